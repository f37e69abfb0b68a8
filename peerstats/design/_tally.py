"""What a pass over rows has read, so that the next one can be compared with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import adler32

import numpy as np

if TYPE_CHECKING:
    from peerstats.design._parts import FramePart
    from peerstats.design._scan import BatchPart

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """What a pass has read: rows used, sums of columns and of their squares, and checksums if `sealed`."""

    sealed: bool = False
    n_used: int = 0
    sums: dict[str, tuple[float, float]] = field(default_factory=dict)
    seals: dict[str, int] = field(default_factory=dict)

    def add(self, part: BatchPart, framed: FramePart) -> None:
        """Count a batch."""
        self.n_used += part.count(part.use.used)
        each = {**framed.coded, "weights": framed.weights, "offset": framed.offset}
        for code, values in each.items():
            if values is not None:
                flat = np.asarray(values, dtype=float).ravel()
                self.put(code, float(flat.sum()), float(np.einsum("i,i->", flat, flat)))
        if self.sealed:
            for code, values in framed.coded.items():
                self.seals[code] = adler32(values.tobytes(), self.seals.get(code, 1))

    def put(self, code: str, total: float, squares: float) -> None:
        """Add to the sums of a column."""
        before = self.sums.get(code, (0.0, 0.0))
        self.sums[code] = (before[0] + total, before[1] + squares)

    def join(self, other: Tally) -> None:
        """Add what was read in another place."""
        self.n_used += other.n_used
        for code, (total, squares) in other.sums.items():
            self.put(code, total, squares)
