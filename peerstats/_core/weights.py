"""Weights of a named kind, checked row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice, check_columns
from peerstats._core.frames import read_numbers, row_name
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats._core.frames import nw
    from peerstats.typing import Array

__all__ = ["WEIGHT_KINDS", "read_weights"]

WEIGHT_KINDS = ("sampling", "frequency")


def read_weights(
    frame: nw.DataFrame[Any],
    name: str,
    weight_kind: str,
    call: str,
    *,
    kinds: Sequence[str] = WEIGHT_KINDS,
    whole: bool = True,
) -> Array:
    """Read a column of weights.

    Parameters
    ----------
    frame : narwhals DataFrame
        The data.
    name : str
        The column.
    weight_kind : {"sampling", "frequency", "precision"}
        Sampling weights: how many people of the population a respondent stands for. Frequency weights: how
        many identical respondents a row stands for. Precision weights: the inverse of a row's error
        variance, up to a factor.
    call : str
        The public call, for messages.
    kinds : sequence of str
        The kinds that the call knows.
    whole : bool
        Whether these are all rows; a batch of them may have weights of zero only.

    Returns
    -------
    (n,) float array
        Zero or positive.

    Raises
    ------
    InputError
        If a weight is negative, missing or infinite, or a frequency weight is no whole number.
    """
    check_choice(weight_kind, kinds, "weight_kind", call)
    check_columns([name], frame.columns, call, use="weights column")
    weights = read_numbers(frame, [name], call, use="weights column")[:, 0]
    faults = [
        ("is missing", np.isnan(weights), "Give every row a weight, or leave such rows out of the data."),
        ("is infinite", np.isinf(weights), "Correct the weights."),
        ("is negative", weights < 0, "Weights are zero or positive."),
    ]
    if weight_kind == "frequency":
        finite = np.where(np.isfinite(weights), weights, 0.0)
        fault = finite != np.round(finite)
        step = 'Sampling weights need weight_kind="sampling", in a model that takes them.'
        faults.append(("is no whole number, as a frequency weight must be", fault, step))
    for what, where, step in faults:
        if where.any():
            first = int(np.flatnonzero(where)[0])
            raise InputError(
                f"{call}(): the weight {name!r} {what} in {row_name(frame, first)} ({weights[first]:g}; "
                f"{int(where.sum()):,} such rows).",
                step,
            )
    if whole and not (weights > 0).any():
        raise InputError(
            f"{call}(): every weight {name!r} is zero.", "Name the column that holds the weights."
        )
    return weights
