"""The names of a design's columns."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.design._frozen import FrozenFactor

__all__ = ["name_columns"]


def name_columns(subterm: Sequence[tuple[str, bool]], factors: Mapping[str, FrozenFactor]) -> list[str]:
    """Name the columns of one block; the left-most factor varies fastest."""
    if not subterm:
        return ["Intercept"]
    parts = [factors[code].column_names(full=full) for code, full in subterm]
    return [":".join(reversed(names)) for names in product(*reversed(parts))]
