"""Rows of a model in groups, sorted once for a whole fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peerstats.typing import Array, IntArray

__all__ = ["GroupedRows", "group_rows"]

_CHUNK = 2**18  # nodes times rows at once: 2 MB an array, which stays in a core's cache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupedRows:
    """Rows of a model in groups, sorted by group.

    Parameters
    ----------
    x : (k, n) float array
        The design, one row per coefficient.
    y : (n,) float array
        Outcome of each row, 0 or 1.
    f : (n,) float array
        How many identical rows of the same group each row stands for.
    offset : (n,) float array
        Added to the linear predictor.
    group : (n,) int array
        Group of each row, from 0, ascending.
    starts : (J,) int array
        First row of each group.
    order : (n,) int array
        Position of each row in the arrays that were given.
    labels : (J,) int array
        The groups as they were given, ascending.
    """

    x: Array
    y: Array
    f: Array
    offset: Array
    group: IntArray
    starts: IntArray
    order: IntArray
    labels: IntArray

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.starts)

    @property
    def total(self) -> float:
        """Sum of the frequencies."""
        return float(self.f.sum())

    def sums(self, values: Array) -> Array:
        """Add values, rows last, within groups."""
        added: Array = np.add.reduceat(values, self.starts, axis=-1)
        return added

    def part(self, first: int, last: int) -> GroupedRows:
        """Return some consecutive groups."""
        stop = self.starts[last] if last < len(self.starts) else len(self.y)
        rows = slice(self.starts[first], stop)
        return GroupedRows(
            x=self.x[:, rows],
            y=self.y[rows],
            f=self.f[rows],
            offset=self.offset[rows],
            group=self.group[rows] - first,
            starts=self.starts[first:last] - self.starts[first],
            order=self.order[rows],
            labels=self.labels[first:last],
        )

    def chunks(self, n_points: int) -> Iterator[tuple[slice, GroupedRows]]:
        """Yield whole groups, as many as fit together, with their places."""
        if len(self.y) * n_points <= _CHUNK:
            yield slice(0, self.n_groups), self
            return
        each = self.starts // max(1, _CHUNK // n_points)
        firsts = np.flatnonzero(np.diff(each, prepend=-1))
        for first, last in zip(firsts, [*firsts[1:], self.n_groups], strict=True):
            yield slice(first, last), self.part(int(first), int(last))


def group_rows(
    x: Array, y: Array, group: IntArray, *, f: Array | None = None, offset: Array | None = None
) -> GroupedRows:
    """Sort rows by group, once for a whole fit.

    Parameters
    ----------
    x : (k, n) float array
        The design, one row per coefficient.
    y : (n,) array
        Outcome of each row, 0 or 1.
    group : (n,) int array
        Group of each row: any integers.
    f : (n,) float array, optional
        Frequencies: a row stands for `f` identical rows of the same group. 1 if not given.
    offset : (n,) float array, optional
        Added to the linear predictor.

    Returns
    -------
    GroupedRows
        The rows in the order of their groups.

    Raises
    ------
    InputError
        If there are no rows, or an outcome is neither 0 nor 1.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import group_rows
    >>> rows = group_rows(np.ones((1, 4)), np.array([0, 1, 1, 0]), np.array([7, 3, 7, 3]))
    >>> rows.labels, rows.starts, rows.order
    (array([3, 7]), array([0, 2]), array([1, 3, 0, 2]))
    """
    y = np.asarray(y, dtype=float)
    if not len(y):
        raise InputError("group_rows(): there are no rows.", "Give at least one row.")
    wrong = np.flatnonzero((y != 0) & (y != 1))
    if len(wrong):
        raise InputError(
            f"group_rows(): the outcome of row {wrong[0]} is {y[wrong[0]]:g}, not 0 or 1.",
            "Code the outcome as 0 and 1.",
        )
    order = np.argsort(group, kind="stable")
    labels, starts = np.unique(group[order], return_index=True)
    sizes = np.diff(starts, append=len(y))
    return GroupedRows(
        x=np.ascontiguousarray(np.asarray(x, dtype=float)[:, order]),
        y=y[order],
        f=np.ones(len(y)) if f is None else np.asarray(f, dtype=float)[order],
        offset=np.zeros(len(y)) if offset is None else np.asarray(offset, dtype=float)[order],
        group=np.repeat(np.arange(len(starts)), sizes),
        starts=starts,
        order=order,
        labels=labels,
    )
