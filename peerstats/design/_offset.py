"""The offset of a model: a known part of its linear predictor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import read_numbers, row_name
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.typing import Array, BoolArray

__all__ = ["read_offset"]


def read_offset(frame: nw.DataFrame[Any], name: str, used: BoolArray, call: str) -> Array:
    """Return the offset of the rows used; refuse infinite ones."""
    values = read_numbers(frame, [name], call, use="offset column")[:, 0]
    infinite = np.isinf(values) & used
    if infinite.any():
        first = int(np.flatnonzero(infinite)[0])
        raise InputError(
            f"{call}(): offset={name!r} is {values[first]} in {row_name(frame, first)}.",
            "Correct it; an offset is on the scale of the linear predictor, so the log of an exposure.",
        )
    return values[used]
