"""Errors and confidence limits of predictions, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError
from peerstats.numerics import BLOCK_ROWS, expected_variance, one_blas_thread
from peerstats.postfit._margin_lines import limits
from peerstats.postfit._response import response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

__all__ = ["limited_columns"]


def limited_columns(
    fit: ModelFit,
    coded: Mapping[str, Array],
    offset: Array | None,
    n: int,
    *,
    typical: bool,
    interval: bool,
    std_error: bool,
) -> dict[str, Array]:
    """Return predictions with their errors and limits, as columns.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    coded : mapping of str to (n,) or (n, columns) array
        The factors' values.
    offset : (n,) float array or None
        Known part of the linear predictors.
    n : int
        Rows.
    typical : bool
        Whether a random intercept is taken to be 0.
    interval, std_error : bool
        Whether limits and standard errors are asked for.

    Returns
    -------
    dict of str to (n,) float array
        What is expected, then for each of it NAME_std_error, and NAME_low and NAME_high.

    Raises
    ------
    InputError
        If outcome levels have such names already.
    """
    expects = response(fit, typical=typical)
    q = len(expects.names)
    value, variance = np.empty((q, n)), np.empty((q, n))
    layout = fit.design.layout()
    with one_blas_thread():
        for start in range(0, n, BLOCK_ROWS):
            rows = slice(start, min(start + BLOCK_ROWS, n))
            x = layout.matrix(coded, rows.start, rows.stop)
            found = expects.at(x, None if offset is None else offset[rows])
            value[:, rows] = found.value
            variance[:, rows] = expected_variance(found, x, expects.covariance)
    error = np.sqrt(variance)
    low, high = limits(value, error, fit.df, fit.conf_level, share=bool(fit.outcome_levels))
    columns = dict(zip(expects.names, value, strict=True))
    for i, name in enumerate(expects.names):
        made = {f"{name}_std_error": error[i]} if std_error else {}
        if interval:
            made |= {f"{name}_low": low[i], f"{name}_high": high[i]}
        twice = set(made) & set(columns)
        if twice:
            raise InputError(
                f"predict(): the column {min(twice)!r} is an outcome level as well.",
                "Rename the outcome's levels.",
            )
        columns |= made
    return columns
