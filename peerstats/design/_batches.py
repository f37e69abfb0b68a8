"""The rows of a model in batches of a file: read again at each pass, never whole in memory."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import nw, read_words
from peerstats.design._offset import read_offset
from peerstats.design._outcome import number_values
from peerstats.design._parts import FramePart, PartsHere, ReadPart
from peerstats.design._scan import BatchPart, Recipe, read_parts
from peerstats.design._tally import Tally
from peerstats.errors import InputError, SourceError
from peerstats.numerics import BLOCK_ROWS, ArrayRows, Block, every_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from peerstats.design._columns import Level
    from peerstats.design._frozen import FrozenDesign
    from peerstats.design._layout import DesignLayout
    from peerstats.engines import Batches
    from peerstats.typing import Array, IntArray

__all__ = ["BatchRows"]

_ROUNDING = 1e-9  # of a sum of absolute values: an engine may add its rows in another order each time


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchRows(PartsHere):
    """The rows used, from batches.

    Parameters
    ----------
    batches : Batches
        The data.
    recipe : Recipe
        How each batch is read.
    design : FrozenDesign
        Formula, levels and contrasts.
    levels : tuple
        Levels of the outcome, the base first; empty for numbers.
    clusters : mapping or None
        Code of each cluster.
    n_rows : int
        Rows used.
    sums : dict
        Sums and sizes of columns, outcome and clusters, as the first full pass found them, by the words that
        a message has for them.
    seals : dict
        Checksums of the columns in the order of the first full pass, where an engine may change it; None of a
        column that came in another order since.
    """

    batches: Batches
    recipe: Recipe
    design: FrozenDesign
    levels: tuple[Level, ...]
    clusters: Mapping[Any, int] | None
    n_rows: int
    sums: dict[str, tuple[float, float]] = field(default_factory=dict)
    seals: dict[str, int | None] = field(default_factory=dict)

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""
        return self.batches.backend

    def blocks(self) -> Iterator[Block]:
        """Yield the rows used, block by block; each call reads the data again."""
        layout = self.design.layout()
        for read in self._pass(outcome=True):
            yield from self.blocks_of(read, layout)

    def reading(
        self, tally: Tally, extra: Sequence[str] = (), *, outcome: bool = False
    ) -> Iterator[ReadPart]:
        """Read the rows inside `where` once, and count what was read."""
        with closing(read_parts(self.batches, self.recipe, extra, inside=True)) as parts:
            for part in parts:
                if part.use.used.any():
                    read = self.read(part, outcome=outcome)
                    tally.add(read, part.count(part.use.used))
                    yield read

    def _pass(self, extra: Sequence[str] = (), *, outcome: bool = False) -> Iterator[ReadPart]:
        """Read the data once, rows inside `where` alone; refuse data that have changed."""
        tally = Tally(sealed=bool(self.batches.order))
        try:
            yield from self.reading(tally, extra, outcome=outcome)
        except InputError:
            if self.recipe.asked.where is not None:
                # positions were among the rows inside: all rows are read for the place of the fault
                for part in read_parts(self.batches, self.recipe):
                    self.framed(part)
            raise
        self.compare(tally)
        for code, seal in tally.seals.items():
            if self.seals.setdefault(code, seal) != seal:
                self.seals[code] = None

    @property
    def n_passes(self) -> int:
        """How often the data were read up to now."""
        return self.batches.readings.n

    @property
    def in_order(self) -> bool:
        """Whether every full pass gave the rows in one order."""
        return None not in self.seals.values()

    def compare(self, tally: Tally) -> None:
        """Refuse a pass that did not read what the first one read."""
        n_used, sums = tally.n_used, tally.sums
        what = "" if n_used == self.n_rows else f"{n_used:,} rows are used, and {self.n_rows:,} were before"
        for name, (total, squares) in sums.items():
            first, _ = self.sums.setdefault(name, (total, squares))
            if abs(total - first) > _ROUNDING * np.sqrt(n_used * squares):
                what = what or f"{name} add up to {total:.10g}, and to {first:.10g} before"
        if what:
            raise self._changed(what)

    def _changed(self, what: str) -> SourceError:
        return SourceError(
            f"{self.recipe.asked.call}(): the {self.batches.kind} gave other rows than when the fit "
            f"began: {what}.",
            "A fit reads its data several times: leave them as they are, and call again.",
        )

    def read(self, part: BatchPart, *, outcome: bool = True) -> ReadPart:
        """Return the rows used of a batch, coded, with their outcome and clusters unless told otherwise."""
        framed = self.framed(part)
        if not outcome:
            return ReadPart(framed=framed, y=None, cluster=None)
        y, cluster = self._outcome(part), self._units(part)
        for name, codes in (("outcome", y if self.levels else None), ("cluster or stratum", cluster)):
            if codes is not None and (codes < 0).any():
                row = part.start + int(np.flatnonzero(part.use.used)[np.argmax(codes < 0)])
                raise self._changed(
                    f"the {name} in row {row:,}{self.batches.order} is one that was not there before"
                )
        return ReadPart(framed=framed, y=y, cluster=cluster)

    def framed(self, part: BatchPart) -> FramePart:
        """Return the rows used of a batch, coded."""
        used, recipe = part.use.used, self.recipe
        whole = self.design.code(part.frame, recipe.asked.call, strict=False)
        coded = {code: values[used] for code, values in whole.items()}
        self._check(coded, part)
        offset = (
            None
            if recipe.asked.offset is None
            else read_offset(part.frame, recipe.asked.offset, used, recipe.asked.call)
        )
        w = None if part.weights is None else part.weights[used]
        return FramePart(frame=part.frame, used=used, coded=coded, weights=w, offset=offset)

    def parts(self, extra: Sequence[str] = ()) -> Iterator[FramePart]:
        """Yield the rows used batch by batch; `extra` names columns to be read with those of the model."""
        for read in self._pass(extra):
            yield read.framed

    def framed_blocks(self, extra: Sequence[str] = ()) -> Iterator[tuple[FramePart, Iterator[Block]]]:
        """Yield the rows used batch by batch, each with its blocks; the data are read once."""
        layout = self.design.layout()
        for read in self._pass(extra, outcome=True):
            yield read.framed, self.blocks_of(read, layout)

    def blocks_of(self, read: ReadPart, layout: DesignLayout) -> Iterator[Block]:
        """Yield the rows used of one batch, block by block."""
        coded, w, offset = read.framed.coded, read.framed.weights, read.framed.offset
        y, cluster = read.y, read.cluster
        if y is None:
            raise ValueError("rows without their outcome")
        for start in range(0, len(y), BLOCK_ROWS):
            rows = slice(start, min(start + BLOCK_ROWS, len(y)))
            yield Block(
                x=layout.matrix(coded, rows.start, rows.stop),
                y=y[rows],
                w=None if w is None else w[rows],
                cluster=None if cluster is None else cluster[rows],
                offset=None if offset is None else offset[rows],
            )

    def _check(self, coded: Mapping[str, Array], part: BatchPart) -> None:
        """Refuse a value that is not finite: missing ones have left with their rows."""
        for code, values in coded.items():
            bad = ~np.isfinite(values)
            if bad.any():
                at = int(np.flatnonzero(bad.any(axis=1) if bad.ndim > 1 else bad)[0])
                row = part.start + int(np.flatnonzero(part.use.used)[at])
                raise InputError(
                    f"{self.recipe.asked.call}(): {code!r} is not a finite number in row "
                    f"{row:,}{self.batches.order}.",
                    "Set infinite values to missing, leave such rows out with where=, or transform the "
                    "column differently.",
                )

    def _outcome(self, part: BatchPart) -> IntArray | Array:
        used, outcome = part.use.used, self.recipe.outcome
        if not isinstance(outcome, str):
            return number_values(part.frame, outcome, used, self.recipe.asked.call)
        codes, words = read_words(part.frame, outcome)
        place = {level: i for i, level in enumerate(self.levels)}
        places: IntArray = np.array([*(place.get(word, -1) for word in words), -1])[codes][used]
        return places

    def _units(self, part: BatchPart) -> IntArray | None:
        """Return the cluster of each row used, or under a design its PSU, or stratum where it is one."""
        if self.recipe.units is not None:
            return self.recipe.units.codes(part.frame)[part.use.used]
        if self.clusters is None or self.recipe.asked.clusters is None:
            return None
        codes, words = read_words(part.frame, self.recipe.asked.clusters)
        places: IntArray = np.array([*(self.clusters.get(word, -1) for word in words), -1])
        own: IntArray = places[codes][part.use.used]
        return own

    def thin(self, step: int) -> ArrayRows:
        """Return every `step`-th row used, held in memory."""
        return every_row(self.blocks(), step)

    def under(self, design: FrozenDesign) -> BatchRows:
        """Return the same rows under another design of the same factors."""
        return replace(self, design=design)

    def row_name(self, position: int) -> str:
        """Name the row at a position among those used by its position in the data."""
        for part in read_parts(self.batches, self.recipe):
            places = np.flatnonzero(part.use.used)
            if position < len(places):
                return f"row {part.start + int(places[position])}{self.batches.order}"
            position -= len(places)
        raise IndexError(position)

    def map_frames(self, call: Callable[[nw.DataFrame[Any]], Any]) -> Any:
        """Return what a call makes of all rows of the data, row by row."""
        parts = [
            nw.from_native(call(frame), eager_only=True)
            for _, frame in self.batches.frames(self.recipe.columns)
        ]
        return nw.concat(parts).to_native()
