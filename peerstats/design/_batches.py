"""The rows of a model in batches of a file: read again at each pass, never whole in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import nw, read_words
from peerstats.design._build import build_scanned_design
from peerstats.design._offset import read_offset
from peerstats.design._order import put_in_order
from peerstats.design._outcome import check_varies, number_values, order_levels
from peerstats.design._parts import FramePart
from peerstats.design._scan import BatchPart, Recipe, Scan, read_parts, scan_batches
from peerstats.errors import InputError
from peerstats.numerics import BLOCK_ROWS, ArrayRows, Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from peerstats._core.arrow import Batches
    from peerstats.design._columns import Level
    from peerstats.design._formula import Formula
    from peerstats.design._frozen import FrozenDesign
    from peerstats.design._layout import DesignLayout
    from peerstats.typing import Array, IntArray

__all__ = ["BatchRows", "ScannedModel", "scan_model"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchRows:
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
    """

    batches: Batches
    recipe: Recipe
    design: FrozenDesign
    levels: tuple[Level, ...]
    clusters: Mapping[Any, int] | None
    n_rows: int

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""
        return "pyarrow"

    def blocks(self) -> Iterator[Block]:
        """Yield the rows used, block by block; each call reads the data again."""
        layout = self.design.layout()
        for part in read_parts(self.batches, self.recipe):
            if part.use.used.any():
                yield from self._blocks(part, layout)

    def _framed(self, part: BatchPart) -> FramePart:
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
        for part in read_parts(self.batches, self.recipe, extra):
            if part.use.used.any():
                yield self._framed(part)

    def _blocks(self, part: BatchPart, layout: DesignLayout) -> Iterator[Block]:
        framed = self._framed(part)
        coded, w, offset = framed.coded, framed.weights, framed.offset
        y = self._outcome(part)
        cluster = self._clusters(part)
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
                    f"{self.recipe.asked.call}(): {code!r} is not a finite number in row {row:,}.",
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

    def _clusters(self, part: BatchPart) -> IntArray | None:
        if self.clusters is None or self.recipe.asked.clusters is None:
            return None
        codes, words = read_words(part.frame, self.recipe.asked.clusters)
        places: IntArray = np.array([*(self.clusters.get(word, -1) for word in words), -1])
        own: IntArray = places[codes][part.use.used]
        return own

    def thin(self, step: int) -> ArrayRows:
        """Return every `step`-th row used, held in memory."""
        kept: list[Block] = []
        seen = 0
        for block in self.blocks():
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

    def under(self, design: FrozenDesign) -> BatchRows:
        """Return the same rows under another design of the same factors."""
        return replace(self, design=design)

    def row_name(self, position: int) -> str:
        """Name the row at a position among those used by its position in the data."""
        for part in read_parts(self.batches, self.recipe):
            places = np.flatnonzero(part.use.used)
            if position < len(places):
                return f"row {part.start + int(places[position])}"
            position -= len(places)
        raise IndexError(position)

    def map_frames(self, call: Callable[[nw.DataFrame[Any]], Any]) -> Any:
        """Return what a call makes of all rows of the data, row by row."""
        parts = [
            nw.from_native(call(frame), eager_only=True)
            for _, frame in self.batches.frames(self.recipe.columns)
        ]
        return nw.concat(parts).to_native()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScannedModel:
    """What a first pass over batches has settled.

    Parameters
    ----------
    rows : BatchRows
        The rows used.
    scan : Scan
        Counts.
    outcome : str
        Name of the outcome.
    notes : tuple of str
        Levels left out.
    """

    rows: BatchRows
    scan: Scan
    outcome: str
    notes: tuple[str, ...]


def scan_model(batches: Batches, recipe: Recipe, formula: Formula) -> ScannedModel:
    """Read batches once and freeze the design.

    Parameters
    ----------
    batches : Batches
        The data.
    recipe : Recipe
        How each batch is read.
    formula : Formula
        The formula.

    Returns
    -------
    ScannedModel
        The rows, ready to be read again, and counts.

    Raises
    ------
    InputError
        If a column, a value or a level cannot be used.
    FormulaError
        If the formula does not fit the data.
    """
    call = recipe.asked.call
    check_columns(recipe.columns, batches.columns, call)
    scan = scan_batches(batches, recipe)
    ordered: list[Level] = []
    notes: tuple[str, ...] = ()
    if isinstance(recipe.outcome, str):
        name = recipe.outcome
        found, unused = scan.levels[name].split()
        if recipe.asked.ordered:
            said = (recipe.asked.levels or {}).get(name)
            found, unused = put_in_order(scan.sample, name, found, unused, said, call)
        ordered, notes = order_levels(name, found, unused, recipe.asked.base, scan.n_used, call)
    else:
        name = recipe.outcome.code
        check_varies(name, scan.low, scan.high, scan.n_used, call)
    design, more = build_scanned_design(
        formula,
        recipe.factors,
        scan,
        levels=recipe.levels,
        call=call,
        constant=not recipe.asked.ordered,
    )
    rows = BatchRows(
        batches=batches,
        recipe=recipe,
        design=design,
        levels=tuple(ordered),
        clusters=None if recipe.asked.clusters is None else scan.clusters,
        n_rows=scan.n_used,
    )
    return ScannedModel(rows=rows, scan=scan, outcome=name, notes=(*notes, *more))
