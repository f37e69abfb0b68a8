"""Weights and clusters of a model, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import row_name
from peerstats._core.weights import WEIGHT_KINDS, read_weights
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.design._asked import Asked
    from peerstats.typing import Array, BoolArray

__all__ = ["missing_cluster", "model_weights"]


def model_weights(frame: nw.DataFrame[Any], asked: Asked, *, whole: bool = True) -> Array | None:
    """Read the weights of a model; None where it has none."""
    if asked.weights is None:
        return None
    kinds = (*WEIGHT_KINDS, "precision")
    return read_weights(frame, asked.weights, asked.weight_kind, asked.call, kinds=kinds, whole=whole)


def missing_cluster(
    frame: nw.DataFrame[Any], name: str, empty: BoolArray, asked: Asked, *, whole: bool
) -> InputError:
    """Make the error of rows without a cluster; with sampling weights rows outside `where` count too."""
    first = row_name(frame, int(np.flatnonzero(empty)[0]))
    instead = "of the data: those outside where= are part of the design" if whole else "with where="
    return InputError(
        f"{asked.call}(): {asked.word}={name!r} is missing in {first} ({int(empty.sum()):,} such rows).",
        f"Give every row a {asked.word}, or leave such rows out {instead}.",
    )
