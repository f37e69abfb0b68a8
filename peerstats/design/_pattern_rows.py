"""The distinct patterns of a model of categories alone, in the place of its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from peerstats.design._pattern_numbers import stand_twice
from peerstats.numerics import RowsHere, every_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peerstats.design._batches import BatchRows
    from peerstats.design._pattern_numbers import PatternNumbers
    from peerstats.design._scan import BatchPart
    from peerstats.numerics import ArrayRows, Block
    from peerstats.typing import Array

__all__ = ["PatternRows"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatternRows(RowsHere):
    """The distinct patterns of a model of categories alone, each weighted by its rows.

    Parameters
    ----------
    rows : BatchRows
        The rows that they stand for.
    part : BatchPart
        The patterns; their weights are the sums of those of their rows, or the numbers of these.
    squares : (n,) float array
        What a pattern's outer product of scores is multiplied by: the sum of its rows' squared weights.
    numbers : PatternNumbers or None
        Means and spreads of an outcome of numbers.
    """

    rows: BatchRows
    part: BatchPart
    squares: Array
    numbers: PatternNumbers | None = None

    @property
    def n_rows(self) -> int:
        """Number of patterns."""
        return int(self.part.use.used.sum())

    def blocks(self) -> Iterator[Block]:
        """Yield the patterns, block by block; of an outcome of numbers two rows for each pattern."""
        layout, read, numbers = self.rows.design.layout(), self.rows.read(self.part), self.numbers
        if numbers is None:
            yield from self.rows.blocks_of(read, layout)
            return
        used, start = self.part.use.used, 0
        spread = numbers.spread[used]
        for block in self.rows.blocks_of(replace(read, y=numbers.means(used)), layout):
            end = start + len(block.y)
            yield stand_twice(block, spread[start:end])
            start = end

    def thin(self, step: int) -> ArrayRows:
        """Return every `step`-th pattern."""
        return every_row(self.blocks(), step)

    def counted(self) -> PatternRows:
        """Return the same patterns, weighted by the number of their rows."""
        return replace(self, part=replace(self.part, weights=self.part.rows))

    def squared(self) -> PatternRows:
        """Return the same patterns, weighted for sums of outer products; within clusters as they are."""
        units = self.rows.recipe.units
        if self.rows.clusters is not None or (units is not None and not units.alone):
            return self
        numbers = None if self.numbers is None else self.numbers.squared()
        return replace(self, part=replace(self.part, weights=self.squares), numbers=numbers)
