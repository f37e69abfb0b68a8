"""The rows of a model in memory, as a source of blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import row_name, tidy_backend
from peerstats.design._parts import FramePart, PartsHere
from peerstats.numerics import BLOCK_ROWS, Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from peerstats._core.frames import nw
    from peerstats.design._frozen import FrozenDesign
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["MemoryRows"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MemoryRows(PartsHere):
    """The caller's frame and the values of the rows used; never saved.

    Parameters
    ----------
    frame : narwhals DataFrame
        The caller's data, all rows.
    used : (n,) bool array
        The rows of the fit, m of them.
    design : FrozenDesign
        Formula, levels and contrasts.
    coded : dict of str to (m,) array
        The factors' values in the rows used.
    values : (m,) int or float array
        Outcome of the rows used: codes, 0 for the base, or numbers.
    weights : (m,) float array or None
        Positive weights of the rows used.
    offset : (m,) float array or None
        Known part of the linear predictor of the rows used.
    cluster : (m,) int array or None
        Cluster of each row used.
    n_outside : int
        Rows of the design outside `where`, which resamples of a subpopulation draw as well.
    outside_cluster : (n_outside,) int array or None
        Their clusters; codes beyond those of the rows used where they have no row used.
    block_rows : int
        Rows in a block.
    """

    frame: nw.DataFrame[Any]
    used: BoolArray
    design: FrozenDesign
    coded: dict[str, Array]
    values: IntArray | Array
    weights: Array | None
    offset: Array | None
    cluster: IntArray | None
    n_outside: int = 0
    outside_cluster: IntArray | None = None
    block_rows: int = BLOCK_ROWS

    @property
    def n_rows(self) -> int:
        """Number of rows used."""
        return len(self.values)

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""
        return tidy_backend(self.frame)

    @property
    def n_passes(self) -> int:
        """How often data were read from where they lie: these are in memory."""
        return 0

    @property
    def in_order(self) -> bool:
        """Whether every pass gives the rows in one order."""
        return True

    def blocks(self) -> Iterator[Block]:
        """Yield the rows used, block by block; the design of a block is built when its turn comes."""
        layout = self.design.layout()
        for start in range(0, self.n_rows, self.block_rows):
            stop = min(start + self.block_rows, self.n_rows)
            yield Block(
                x=layout.matrix(self.coded, start, stop),
                y=self.values[start:stop],
                w=None if self.weights is None else self.weights[start:stop],
                cluster=None if self.cluster is None else self.cluster[start:stop],
                offset=None if self.offset is None else self.offset[start:stop],
            )

    def parts(self, _extra: Sequence[str] = ()) -> Iterator[FramePart]:
        """Yield the rows used with their frame: one part."""
        yield FramePart(
            frame=self.frame, used=self.used, coded=self.coded, weights=self.weights, offset=self.offset
        )

    def framed_blocks(self, extra: Sequence[str] = ()) -> Iterator[tuple[FramePart, Iterator[Block]]]:
        """Yield the rows used with their frame, one part, and block by block."""
        for part in self.parts(extra):
            yield part, self.blocks()

    def design_matrix(self) -> Array:
        """Return the whole (k, m) design of the rows used."""
        return self.design.matrix(self.coded, 0, self.n_rows)

    def thin(self, step: int) -> MemoryRows:
        """Return every `step`-th row used, for a start near the maximum."""
        return replace(
            self,
            coded={code: values[::step] for code, values in self.coded.items()},
            values=self.values[::step],
            weights=None if self.weights is None else self.weights[::step],
            offset=None if self.offset is None else self.offset[::step],
            cluster=None if self.cluster is None else self.cluster[::step],
        )

    def under(self, design: FrozenDesign) -> MemoryRows:
        """Return the same rows under another design of the same factors."""
        return replace(self, design=design)

    def row_name(self, position: int) -> str:
        """Name the row at a position among those used, as its owner would."""
        return row_name(self.frame, int(np.flatnonzero(self.used)[position]))

    def map_frames(self, call: Callable[[nw.DataFrame[Any]], Any]) -> Any:
        """Return what a call makes of all rows of the data, row by row."""
        return call(self.frame)
