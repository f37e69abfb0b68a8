"""Which counts must be kept back so that no small one can be worked out from the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["HiddenCounts", "hide_counts"]

_INFEASIBLE = 2  # what scipy's milp calls it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HiddenCounts:
    """The counts to keep back.

    Parameters
    ----------
    small : (m,) bool array
        Counts below the threshold.
    revealing : (m,) bool array
        Others that are kept back because a small one could be worked out from them.
    """

    small: BoolArray
    revealing: BoolArray


class _Search:
    """Which counts are hidden so far, and which of those cannot be worked out."""

    def __init__(self, n: IntArray, equations: Array, hidden: BoolArray, fixed: BoolArray) -> None:
        self.n = n
        self.equations = equations
        self.hidden = hidden
        self.fixed = fixed
        self.is_total: BoolArray = np.asarray((equations < 0).any(axis=0))
        self.safe = np.zeros(len(n), dtype=bool)

    def _linked(self, j: int) -> tuple[IntArray, IntArray]:
        """Return the equations and hidden counts that hang together with a count."""
        uses = (self.equations != 0) & self.hidden
        rows = uses[:, j]
        while True:
            columns = uses[rows].any(axis=0)
            grown = uses[:, columns].any(axis=1)
            if (grown == rows).all():
                return np.flatnonzero(rows), np.flatnonzero(columns)
            rows = grown

    def is_known(self, j: int) -> bool:
        """Say whether the shown counts leave a hidden one a single value; others found safe are noted."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  (few tables ask for it)

        rows, unknown = self._linked(j)
        if not len(rows):
            return False
        left = self.equations[np.ix_(rows, unknown)]
        right = left @ self.n[unknown]
        place = int(np.flatnonzero(unknown == j)[0])
        for low, high in ((self.n[j] + 1, np.inf), (0, self.n[j] - 1)):
            if high < low:
                continue
            lows, highs = np.zeros(len(unknown)), np.full(len(unknown), np.inf)
            lows[place], highs[place] = low, high
            found = milp(
                np.zeros(len(unknown)),
                integrality=np.ones(len(unknown)),
                bounds=Bounds(lows, highs),
                constraints=LinearConstraint(left, right, right),
            )
            if found.status == 0:
                other = np.rint(found.x).astype(np.int64)
                self.safe[unknown[other != self.n[unknown]]] = True
                return False
            if found.status != _INFEASIBLE:  # not settled: take it as known, which hides more
                return True
        return True

    def next_known(self) -> int | None:
        """Return a hidden count that can be worked out, first one that is alone in a sum; else None."""
        uses = (self.equations != 0) & self.hidden
        alone = np.flatnonzero(uses.sum(axis=1) == 1)
        if len(alone):
            return int(np.flatnonzero(uses[alone[0]])[0])
        for j in np.flatnonzero(self.hidden & ~self.safe).tolist():
            if not self.safe[j] and self.is_known(j):
                return int(j)
            self.safe[j] = True
        return None

    def complement(self, j: int) -> int | None:
        """Choose the count to hide next: one that stands in a sum with this one, totals last.

        One that is alone with more hidden counts goes before one that is smaller: it hides them as well.
        """
        open_ = ~self.hidden & ~self.fixed
        uses = self.equations != 0
        single = (uses & self.hidden).sum(axis=1) == 1
        helps = uses[single].sum(axis=0)
        own = np.flatnonzero(uses[:, j])
        for rows in (own[single[own]], own, self._linked(j)[0]):
            found = np.flatnonzero(uses[rows].any(axis=0) & open_).tolist()
            if found:
                # a zero is the easiest to guess
                return int(
                    min(found, key=lambda i: (self.is_total[i], self.n[i] == 0, -helps[i], self.n[i], i))
                )
        return None


def hide_counts(
    n: IntArray,
    sums: Sequence[tuple[int, Sequence[int]]],
    below: int,
    *,
    zeros: bool = False,
    fixed: BoolArray | None = None,
) -> HiddenCounts:
    """Choose the counts to keep back.

    Parameters
    ----------
    n : (m,) int array
        The counts.
    sums : sequence of (total, parts) pairs
        Position of a total, and positions of the counts that add up to it.
    below : int
        Counts from 1 to one less are small.
    zeros : bool
        Whether zeros are small too.
    fixed : (m,) bool array, optional
        Counts that are known anyway and cannot be kept back.

    Returns
    -------
    HiddenCounts
        Small counts, and those that would reveal them.

    Raises
    ------
    InputError
        If a fixed count is small, or gives a small one away whatever else is kept back.

    Notes
    -----
    A count can be worked out if whole numbers of 0 or more that agree with every shown count and every sum
    leave it one value: two integer programmes, one asking for more and one for less, settle it. While a
    hidden count can be worked out, another count in a sum with it is hidden too: one that serves other
    hidden counts as well, else the smallest. Hiding one count more never makes another known, so each is
    settled once. The fewest possible is not sought.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.results._hide_counts import hide_counts
    >>> hidden = hide_counts(np.array([4, 30, 25, 59]), [(3, (0, 1, 2))], 11)
    >>> hidden.small.tolist(), hidden.revealing.tolist()
    ([True, False, False, False], [False, False, True, False])
    """
    known = np.zeros(len(n), dtype=bool) if fixed is None else fixed
    small: BoolArray = np.less(n, below) & (np.greater(n, 0) | zeros)
    if (small & known).any():
        raise InputError(
            f"suppress(): the table tells of {n[small & known][0]} people in its text, fewer than {below}.",
            "Do not publish it.",
        )
    equations = np.zeros((len(sums), len(n)))
    for row, (total, parts) in zip(equations, sums, strict=True):
        row[list(parts)] = 1
        row[total] = -1
    search = _Search(n, equations, small.copy(), known)
    while (j := search.next_known()) is not None:
        other = search.complement(j)
        if other is None:
            raise InputError(
                f"suppress(): a count of {n[j]} can be worked out from what the table's text tells.",
                "Merge levels, or do not publish it.",
            )
        search.hidden[other] = True
    return HiddenCounts(small=small, revealing=search.hidden & ~small)
