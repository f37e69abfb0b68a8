"""What a pass over rows has read, so that the next one can be compared with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import adler32

import numpy as np

if TYPE_CHECKING:
    from peerstats.design._parts import ReadPart
    from peerstats.typing import Array, IntArray

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """What a pass has read: rows used, sums of columns and of their squares, and checksums if `sealed`."""

    sealed: bool = False
    n_used: int = 0
    sums: dict[str, tuple[float, float]] = field(default_factory=dict)
    seals: dict[str, int] = field(default_factory=dict)

    def add(self, read: ReadPart, n_used: int) -> None:
        """Count a batch that stands for `n_used` rows."""
        self.n_used += n_used
        framed, y, cluster = read.framed, read.y, read.cluster
        each: dict[str, Array | IntArray | None] = {
            **{f"the values of {code!r}": values for code, values in framed.coded.items()},
            "the values of 'weights'": framed.weights,
            "the values of 'offset'": framed.offset,
        }
        if y is not None:
            # outcomes or clusters that change places among rows leave their sums as they are, not products
            mixed = np.zeros(len(y))
            for column in framed.coded.values():
                mixed += column if column.ndim == 1 else column.sum(axis=1)
            each |= {
                "the values of the outcome": y,
                "the products of the outcome with the columns": y * mixed,
            }
            if cluster is not None:
                each["the codes of the clusters"] = cluster
                each["the products of the clusters with the outcome and the columns"] = cluster * (mixed + y)
        for name, values in each.items():
            if values is not None:
                flat = np.asarray(values, dtype=float).ravel()
                self.put(name, float(flat.sum()), float(np.einsum("i,i->", flat, flat)))
        if self.sealed:
            for code, values in framed.coded.items():
                self.seals[code] = adler32(values.tobytes(), self.seals.get(code, 1))

    def put(self, name: str, total: float, squares: float) -> None:
        """Add to the sums of what `name` says."""
        before = self.sums.get(name, (0.0, 0.0))
        self.sums[name] = (before[0] + total, before[1] + squares)

    def join(self, other: Tally) -> None:
        """Add what was read in another place."""
        self.n_used += other.n_used
        for name, (total, squares) in other.sums.items():
            self.put(name, total, squares)
