"""Rows used of a frame, or of one batch of a file, with the frame that they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats.numerics import RowsHere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from peerstats._core.frames import nw
    from peerstats.numerics import Block, Part
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["FramePart", "PartsHere", "ReadPart"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FramePart:
    """Some rows used, and the frame that they stand in.

    Parameters
    ----------
    frame : narwhals DataFrame
        n rows.
    used : (n,) bool array
        The m rows used.
    coded : mapping of str to (m,) or (m, columns) array
        The factors' values in them.
    weights : (m,) float array or None
        Their weights; None means 1.
    offset : (m,) float array or None
        Known part of their linear predictors.
    """

    frame: nw.DataFrame[Any]
    used: BoolArray
    coded: Mapping[str, Array]
    weights: Array | None
    offset: Array | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadPart:
    """The rows used of one batch.

    Parameters
    ----------
    framed : FramePart
        Their factors, weights and offset.
    y : (m,) int or float array or None
        Their outcome; None where it was not asked for.
    cluster : (m,) int array or None
        Their clusters, or under a design what `DesignUnits.codes` gives.
    """

    framed: FramePart
    y: IntArray | Array | None
    cluster: IntArray | None


class PartsHere(RowsHere):
    """Rows that this process reads itself, with their frames."""

    __slots__ = ()

    def parts(self, extra: Sequence[str] = ()) -> Iterable[FramePart]:
        """Yield the rows used with their frames."""
        raise TypeError(type(self), extra)

    def reduce_parts(
        self,
        part: Callable[[Iterable[FramePart]], Part],
        together: Callable[[Iterable[Part]], Part],
        extra: Sequence[str] = (),
    ) -> Part:
        """Return what `part` makes of the rows used with their frames: they lie in one place."""
        del together
        return part(self.parts(extra))

    def framed_blocks(self, extra: Sequence[str] = ()) -> Iterable[tuple[FramePart, Iterable[Block]]]:
        """Yield the rows used with their frames, and block by block: both of one reading."""
        raise TypeError(type(self), extra)

    def reduce_framed(
        self,
        part: Callable[[Iterable[tuple[FramePart, Iterable[Block]]]], Part],
        together: Callable[[Iterable[Part]], Part],
        extra: Sequence[str] = (),
    ) -> Part:
        """Return what `part` makes of the rows used with their frames and blocks: they lie in one place."""
        del together
        return part(self.framed_blocks(extra))
