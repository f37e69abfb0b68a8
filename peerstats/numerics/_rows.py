"""Rows of a model, block by block: what every likelihood is summed over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import add
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from peerstats.typing import Array, IntArray

__all__ = [
    "BLOCK_ROWS",
    "ArrayRows",
    "Block",
    "ChangedRows",
    "ConstantFirst",
    "ConstantRows",
    "Part",
    "Rows",
    "RowsHere",
    "add_up",
    "block_change",
    "every_row",
    "total",
]

Part = TypeVar("Part")


BLOCK_ROWS = 2048  # a block and its products stay in a core's cache: measured best among 1,024 to 16,384


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Some rows of a model, ready for a kernel.

    Parameters
    ----------
    x : (k, m) float array
        The design, one row per coefficient: a column of the design is contiguous.
    y : (m,) int or float array
        Outcome of each row: its code, 0 for the base, or a number.
    w : (m,) float array or None
        Weights; None means 1.
    cluster : (m,) int array or None
        Cluster of each row; under a design that is read in batches its sampling unit, or its stratum where
        each row is a unit.
    offset : (m,) float array or None
        Known part of the linear predictor; None means 0.
    """

    x: Array
    y: IntArray | Array
    w: Array | None = None
    cluster: IntArray | None = None
    offset: Array | None = None


class Rows(Protocol):
    """What a fit asks of a source of rows: memory now, files and engines alike later."""

    @property
    def n_rows(self) -> int:
        """Number of rows."""

    def blocks(self) -> Iterable[Block]:
        """Yield all rows, block by block, in the same order each time."""

    def reduce(
        self, part: Callable[[Iterable[Block]], Part], together: Callable[[Iterable[Part]], Part], /
    ) -> Part:
        """Return what `part` makes of all rows.

        Where rows lie in several places, `part` is applied in each, and `together` puts what it made there
        together, in the order of the places; nothing of a row leaves its place but what `part` returns.
        """

    def thin(self, step: int) -> Rows | None:
        """Return every `step`-th row, for a start near the maximum; None of rows that stay elsewhere."""


class RowsHere:
    """Rows that this process reads itself."""

    __slots__ = ()

    def blocks(self) -> Iterable[Block]:
        """Yield all rows, block by block."""
        raise TypeError(type(self))

    def reduce(
        self, part: Callable[[Iterable[Block]], Part], together: Callable[[Iterable[Part]], Part], /
    ) -> Part:
        """Return what `part` makes of all rows: they lie in one place."""
        del together
        return part(self.blocks())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArrayRows(RowsHere):
    """Rows of plain arrays.

    Parameters
    ----------
    x : (k, n) float array
        The design, one row per coefficient.
    y : (n,) int or float array
        Outcome of each row: its code, 0 for the base, or a number.
    w : (n,) float array or None
        Weights; None means 1.
    cluster : (n,) int array or None
        Cluster of each row.
    offset : (n,) float array or None
        Known part of the linear predictor; None means 0.
    block_rows : int
        Rows in a block.
    """

    x: Array
    y: IntArray | Array
    w: Array | None = None
    cluster: IntArray | None = None
    offset: Array | None = None
    block_rows: int = BLOCK_ROWS

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.y)

    def _part(self, rows: slice) -> Block:
        return Block(
            x=np.ascontiguousarray(self.x[:, rows]),
            y=self.y[rows],
            w=None if self.w is None else self.w[rows],
            cluster=None if self.cluster is None else self.cluster[rows],
            offset=None if self.offset is None else self.offset[rows],
        )

    def blocks(self) -> Iterable[Block]:
        """Yield all rows, block by block."""
        for start in range(0, len(self.y), self.block_rows):
            yield self._part(slice(start, start + self.block_rows))

    def thin(self, step: int) -> ArrayRows:
        """Return every `step`-th row."""
        part = self._part(slice(None, None, step))
        return ArrayRows(
            x=part.x,
            y=part.y,
            w=part.w,
            cluster=part.cluster,
            offset=part.offset,
            block_rows=self.block_rows,
        )


_NOWHERE = ArrayRows(x=np.zeros((0, 0)), y=np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChangedRows:
    """Rows whose blocks are changed one by one on their way.

    Parameters
    ----------
    rows : Rows
        Source of blocks.
    """

    rows: Rows

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self.rows.n_rows

    def change(self, block: Block) -> Block:
        """Return a block as it is wanted."""
        return block

    def blocks(self) -> Iterable[Block]:
        """Yield all rows, block by block."""
        return map(self.change, self.rows.blocks())

    def reduce(
        self, part: Callable[[Iterable[Block]], Part], together: Callable[[Iterable[Part]], Part], /
    ) -> Part:
        """Return what `part` makes of the rows where they lie."""
        # what travels to the rows must not hold them
        change = replace(self, rows=_NOWHERE).change
        return self.rows.reduce(lambda blocks: part(map(change, blocks)), together)

    def thin(self, step: int) -> Rows | None:
        """Return every `step`-th row, if there is one."""
        rows = self.rows.thin(step)
        return None if rows is None else replace(self, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConstantRows(ChangedRows):
    """Rows whose design is replaced by a constant: the model of the intercept alone."""

    def change(self, block: Block) -> Block:
        """Return a block with a constant alone."""
        return replace(block, x=np.ones((1, len(block.y))))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConstantFirst(ChangedRows):
    """Rows whose design has a constant before its columns: thresholds of an ordinal model stand for one."""

    def change(self, block: Block) -> Block:
        """Return a block with a constant before its columns."""
        return replace(block, x=np.vstack([np.ones(len(block.y)), block.x]))


def block_change(rows: Rows) -> Callable[[Block], Block]:
    """Return what changed rows make of a block of the rows that they come from; it holds none of them."""
    changes: list[Callable[[Block], Block]] = []
    while isinstance(rows, ChangedRows):
        changes.append(replace(rows, rows=_NOWHERE).change)
        rows = rows.rows
    return partial(_change, tuple(reversed(changes)))


def _change(changes: Sequence[Callable[[Block], Block]], block: Block) -> Block:
    return reduce(lambda found, change: change(found), changes, block)


def add_up(parts: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Add sums of several places, each a tuple of numbers and arrays, in their order."""
    return tuple(reduce(add, each) for each in zip(*parts, strict=True))


def total(parts: Iterable[Array]) -> Array:
    """Add arrays of several places in their order."""
    return reduce(add, parts)


def every_row(blocks: Iterable[Block], step: int) -> ArrayRows:
    """Return every `step`-th row of some blocks."""
    kept: list[Block] = []
    seen = 0
    for block in blocks:
        rows = np.arange(-seen % step, len(block.y), step)
        seen += len(block.y)
        kept.append(
            Block(
                x=block.x[:, rows],
                y=block.y[rows],
                w=None if block.w is None else block.w[rows],
                offset=None if block.offset is None else block.offset[rows],
            )
        )

    def together(parts: list[Array | None]) -> Array | None:
        held = [part for part in parts if part is not None]
        return np.concatenate(held) if held else None

    return ArrayRows(
        x=np.concatenate([block.x for block in kept], axis=1),
        y=np.concatenate([block.y for block in kept]),
        w=together([block.w for block in kept]),
        offset=together([block.offset for block in kept]),
    )
