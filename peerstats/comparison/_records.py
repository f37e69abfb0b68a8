"""Records as the columns of a frame."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["record_columns"]


def record_columns(rows: Sequence[Any]) -> dict[str, Any]:
    """Turn records of one kind into columns: numbers as arrays, words and their absence as lists."""
    found = {each.name: [getattr(row, each.name) for row in rows] for each in fields(rows[0])}
    return {
        name: values if any(isinstance(each, str | None) for each in values) else np.array(values)
        for name, values in found.items()
    }
