"""Weights and clusters of a model, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import row_name
from peerstats._core.weights import WEIGHT_KINDS, read_weights
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.typing import Array, BoolArray

__all__ = ["check_weight_kind", "missing_cluster", "model_weights"]


def check_weight_kind(weight_kind: str, call: str, *, numbers: bool) -> None:
    """Refuse precision weights where the outcome is no number."""
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


def missing_cluster(frame: nw.DataFrame[Any], name: str, empty: BoolArray, call: str) -> InputError:
    """Make the error of rows without a cluster."""
    first = row_name(frame, int(np.flatnonzero(empty)[0]))
    return InputError(
        f"{call}(): cluster={name!r} is missing in {first} ({int(empty.sum()):,} such rows).",
        "Give every row a cluster, or leave such rows out with where=.",
    )
