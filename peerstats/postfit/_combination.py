"""Which averages the rows of a result are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array, IntArray

__all__ = ["Combination"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Combination:
    """Which averages each of R rows of a result is made of.

    Parameters
    ----------
    group, plus, minus, outcome : (R,) int array
        The average of item `plus` of a group and outcome, less that of item `minus`, which is -1 for none.
    """

    group: IntArray
    plus: IntArray
    minus: IntArray
    outcome: IntArray

    def of(self, values: Array) -> Array:
        """Combine averages whose first axes are group, item and outcome."""
        out: Array = values[self.group, self.plus, self.outcome]
        taken = self.minus >= 0
        out[taken] -= values[self.group[taken], self.minus[taken], self.outcome[taken]]
        return out

    def part(self, rows: IntArray) -> Combination:
        """Return some rows, the averages being those of their one group."""
        return Combination(
            group=np.zeros(len(rows), dtype=np.int64),
            plus=self.plus[rows],
            minus=self.minus[rows],
            outcome=self.outcome[rows],
        )
