"""What a table says of its counts, so that small ones can be kept back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Count", "Counts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of people that a table shows, or lets be worked out.

    Parameters
    ----------
    n : int
        The count, never weighted.
    cells : sequence of (row, column) pairs
        Every cell that shows it or that it can be worked out from: the count, its percentage, a mean of these
        people. A percentage stands under its numerator and its denominator.
    fixed : bool
        Whether it is told elsewhere, as in a line above the table, and cannot be kept back.

    Raises
    ------
    InputError
        If it is no count.

    Examples
    --------
    >>> from peerstats.results import Count
    >>> Count(n=4, cells=[(0, 1), (0, 2)]).fixed
    False
    """

    n: int
    cells: Sequence[tuple[int, int]] = ()
    fixed: bool = False

    def __post_init__(self) -> None:
        if self.n < 0 or self.n != int(self.n):
            raise InputError(f"Count(): n={self.n!r} is no count.", "Give respondents, not weights.")
        object.__setattr__(self, "n", int(self.n))
        object.__setattr__(self, "cells", tuple((int(i), int(j)) for i, j in self.cells))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The counts of a table and which are sums of others.

    Parameters
    ----------
    counts : sequence of Count
        The counts, by position.
    sums : sequence of (total, parts) pairs
        Position of a total, and the positions of the counts that add up to it.

    Raises
    ------
    InputError
        If a position is none, or parts do not add up to their total.

    Examples
    --------
    >>> from peerstats.results import Count, Counts
    >>> men, women, all_ = (Count(n=n, cells=[(row, 1)]) for row, n in enumerate((4, 30, 34)))
    >>> Counts(counts=[men, women, all_], sums=[(2, (0, 1))]).sums
    ((2, (0, 1)),)
    """

    counts: Sequence[Count]
    sums: Sequence[tuple[int, Sequence[int]]] = ()

    def __post_init__(self) -> None:
        counts = tuple(self.counts)
        sums = tuple((int(total), tuple(map(int, parts))) for total, parts in self.sums)
        for total, parts in sums:
            if not all(0 <= place < len(counts) for place in (total, *parts)):
                raise InputError(
                    f"Counts(): the sum {(total, parts)!r} names a count that is not there.",
                    f"There are {len(counts)} counts, from 0.",
                )
            found = sum(counts[part].n for part in parts)
            if found != counts[total].n:
                raise InputError(
                    f"Counts(): counts {list(parts)} add up to {found}, count {total} is {counts[total].n}.",
                    "Name every part of a total, those that are missing a value too.",
                )
        object.__setattr__(self, "counts", counts)
        object.__setattr__(self, "sums", sums)
