"""Weights and clusters of a model, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice
from peerstats._core.frames import row_name
from peerstats._core.weights import WEIGHT_KINDS, read_weights
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.typing import Array, BoolArray

__all__ = ["check_weight_kind", "missing_cluster", "model_weights"]


def check_weight_kind(
    weights: str | None, weight_kind: str, call: str, *, numbers: bool, default: str = "sampling"
) -> None:
    """Refuse a kind that is not known, has no weights, or does not fit the outcome."""
    check_choice(weight_kind, (*WEIGHT_KINDS, "precision"), "weight_kind", call)
    if weights is None and weight_kind != default:
        raise InputError(
            f"{call}(): weight_kind={weight_kind!r} without weights.", "Name their column: weights=."
        )
    if weight_kind == "precision" and not numbers:
        raise InputError(
            f"{call}(): weight_kind='precision' is for linear models: the variance of a category follows "
            "from its probability.",
            'Rows that stand for identical people take weight_kind="frequency"; survey weights "sampling".',
        )


def model_weights(
    frame: nw.DataFrame[Any], name: str | None, weight_kind: str, call: str, *, whole: bool = True
) -> Array | None:
    """Read the weights of a model; None where it has none."""
    if name is None:
        return None
    return read_weights(frame, name, weight_kind, call, kinds=(*WEIGHT_KINDS, "precision"), whole=whole)


def missing_cluster(
    frame: nw.DataFrame[Any], name: str, empty: BoolArray, call: str, *, whole: bool, word: str
) -> InputError:
    """Make the error of rows without a cluster; with sampling weights rows outside `where` count too."""
    first = row_name(frame, int(np.flatnonzero(empty)[0]))
    return InputError(
        f"{call}(): {word}={name!r} is missing in {first} ({int(empty.sum()):,} such rows).",
        f"Give every row a {word}, or leave such rows out "
        f"{'of the data: those outside where= are part of the design' if whole else 'with where='}.",
    )
