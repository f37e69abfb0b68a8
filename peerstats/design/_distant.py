"""The rows of a model in other processes: what is asked of them is worked out there, and sums come back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import nw
from peerstats.design._formula import show_place
from peerstats.design._learn import learn_transform
from peerstats.design._scan import Scanner, finished, located, read_moments, read_parts
from peerstats.design._tally import Tally
from peerstats.errors import FormulaError, InputError
from peerstats.numerics import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from peerstats.design._batches import BatchRows
    from peerstats.design._formula import Formula
    from peerstats.design._frozen import FrozenDesign
    from peerstats.design._learn import TransformState
    from peerstats.design._parts import FramePart
    from peerstats.design._scan import Recipe, Scan
    from peerstats.design._seen import Moments
    from peerstats.engines import Batches, DistantFrames, Frames
    from peerstats.numerics import Block, Part
    from peerstats.typing import Array

__all__ = ["DistantRows", "scan_places"]


def scan_places(batches: Batches, distant: DistantFrames, recipe: Recipe, formula: Formula) -> Scan:
    """Read the rows of all places once, and once more for each level of nested transforms.

    Parameters
    ----------
    batches, distant
        The data.
    recipe : Recipe
        How each batch is read.
    formula : Formula
        The formula, for messages.

    Returns
    -------
    Scan
        Levels and counts, and what transforms have learnt.

    Raises
    ------
    InputError
        If a value cannot be used, or no row is left.
    FormulaError
        If a transform would need the values themselves.
    """
    head = batches.head()

    def look(frames: Frames) -> Scanner | None:
        scanner = None
        for part in read_parts(frames, recipe):
            scanner = scanner or Scanner(recipe, part.frame, frames.order, gather=False)
            try:
                scanner.add(part)
            except InputError as error:
                raise located(error, part.start, len(part.frame), frames.order) from error
        if scanner is not None:
            scanner.scan.sample = scanner.scan.sample.head(0)  # no row leaves its place
        return scanner

    whole: Scanner | None = None
    for found in distant.map_places(look, recipe.columns, None):
        if whole is None:
            whole = Scanner(recipe, head, gather=False)
        whole.join(found)
    scan = finished(whole, recipe)
    scan.learnt = {code: {} for code, factor in recipe.factors.items() if factor.transforms}
    moments: Mapping[tuple[str, int], Moments] = scan.moments
    while moments:
        for (code, i), seen in moments.items():
            scan.learnt[code][i] = _learn(recipe, formula, code, i, seen)
        if all(len(scan.learnt[code]) == len(recipe.factors[code].transforms) for code in scan.learnt):
            break
        moments = _next_moments(distant, recipe, scan.learnt)
    return scan


def _learn(recipe: Recipe, formula: Formula, code: str, i: int, seen: Moments) -> TransformState:
    call, place = recipe.asked.call, formula.factors[code]

    def refuse(what: str, next_step: str) -> FormulaError:
        shown = show_place(formula.text, place.start, place.end)
        return FormulaError(f"{call}(): {what} cannot be used.{shown}", next_step)

    return learn_transform(recipe.factors[code].transforms[i], seen, refuse)


def _next_moments(
    distant: DistantFrames, recipe: Recipe, learnt: Mapping[str, Mapping[int, TransformState]]
) -> dict[tuple[str, int], Moments]:
    """Return what the transforms learn from whose inner ones have learnt."""

    def look(frames: Frames) -> dict[tuple[str, int], Moments]:
        return _added(read_moments(recipe, part, learnt) for part in read_parts(frames, recipe, inside=True))

    return _added(distant.map_places(look, recipe.columns, recipe.where))


def _added(parts: Iterable[Mapping[tuple[str, int], Moments]]) -> dict[tuple[str, int], Moments]:
    found: dict[tuple[str, int], Moments] = {}
    for part in parts:
        for key, moments in part.items():
            found[key] = found[key] + moments if key in found else moments
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DistantRows:
    """The rows used, where they lie.

    Parameters
    ----------
    here : BatchRows
        What is known of them here: design, levels and the sums of the first pass.
    distant : DistantFrames
        Who works on the rows.
    """

    here: BatchRows
    distant: DistantFrames

    @property
    def n_rows(self) -> int:
        """Number of rows used."""
        return self.here.n_rows

    @property
    def design(self) -> FrozenDesign:
        """Formula, levels and contrasts."""
        return self.here.design

    @property
    def levels(self) -> tuple[Any, ...]:
        """Levels of the outcome, the base first."""
        return self.here.levels

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""
        return self.here.backend

    @property
    def n_passes(self) -> int:
        """How often the data were read up to now."""
        return self.here.n_passes

    @property
    def in_order(self) -> bool:
        """Whether every pass gives the rows in one order; nobody joins them by it."""
        return True

    def blocks(self) -> Iterator[Block]:
        """Refuse to bring rows here."""
        return self.here.blocks()

    def thin(self, step: int) -> None:
        """Return nothing: a fit starts without a sample of rows brought here."""
        del step

    def parts(self, extra: Sequence[str] = ()) -> Iterator[FramePart]:
        """Refuse to bring rows here."""
        return self.here.parts(extra)

    def row_name(self, position: int) -> str:
        """Name a row by its position alone: the places number their own."""
        return f"row {position}"

    def under(self, design: FrozenDesign) -> DistantRows:
        """Return the same rows under another design of the same factors."""
        return replace(self, here=self.here.under(design))

    def reduce(
        self, part: Callable[[Iterable[Block]], Part], together: Callable[[Iterable[Part]], Part], /
    ) -> Part:
        """Return what `part` makes of the rows where they lie."""

        def work(rows: BatchRows, tally: Tally) -> Part | None:
            layout = rows.design.layout()
            blocks = (
                block for read in rows.reading(tally, outcome=True) for block in rows.blocks_of(read, layout)
            )
            first = next(blocks, None)
            return None if first is None else part(chain([first], blocks))

        return together(self._map(work))

    def reduce_parts(
        self,
        part: Callable[[Iterable[FramePart]], Part],
        together: Callable[[Iterable[Part]], Part],
        extra: Sequence[str] = (),
    ) -> Part:
        """Return what `part` makes of the rows used with their frames, where they lie."""

        def work(rows: BatchRows, tally: Tally) -> Part | None:
            parts = (read.framed for read in rows.reading(tally, extra))
            first = next(parts, None)
            return None if first is None else part(chain([first], parts))

        return together(self._map(work, extra))

    def reduce_framed(
        self,
        part: Callable[[Iterable[tuple[FramePart, Iterable[Block]]]], Part],
        together: Callable[[Iterable[Part]], Part],
        extra: Sequence[str] = (),
    ) -> Part:
        """Return what `part` makes of the rows used with their frames and blocks, where they lie."""

        def work(rows: BatchRows, tally: Tally) -> Part | None:
            layout = rows.design.layout()
            both = (
                (read.framed, rows.blocks_of(read, layout))
                for read in rows.reading(tally, extra, outcome=True)
            )
            first = next(both, None)
            return None if first is None else part(chain([first], both))

        return together(self._map(work, extra))

    def _map(
        self, work: Callable[[BatchRows, Tally], Part | None], extra: Sequence[str] = ()
    ) -> Iterator[Part]:
        """Work in every place; when all has been taken, refuse data that have changed."""
        recipe = self.here.recipe
        nobody: Any = None
        bare = replace(self.here, batches=nobody)

        def at(frames: Any) -> tuple[Tally, Part] | None:
            tally = Tally()
            with one_blas_thread():
                made = work(replace(bare, batches=frames), tally)
            return None if made is None else (tally, made)

        names = tuple(dict.fromkeys([*recipe.columns, *extra]))
        whole = Tally()
        for tally, made in self.distant.map_places(at, names, recipe.where):
            whole.join(tally)
            yield made
        self.here.compare(whole)

    def map_frames(self, call: Callable[[nw.DataFrame[Any]], Any]) -> Any:
        """Return the data with what a call makes of their rows, worked out when they are read."""

        def work(frame: nw.DataFrame[Any]) -> dict[str, Array]:
            made = nw.from_native(call(frame), eager_only=True)
            return {name: np.asarray(made[name].to_numpy()) for name in made.columns}

        names = tuple(work(self.here.batches.head()))
        return self.distant.map_rows(work, self.here.recipe.columns, names)
