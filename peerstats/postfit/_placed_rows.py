"""Rows that are read part by part, placed in groups: what averages and their errors are summed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from peerstats._core.frames import read_numbers, read_words
from peerstats.postfit._scenario import PlacedRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from peerstats.design import FramePart
    from peerstats.numerics import Block, Part
    from peerstats.typing import Array

__all__ = ["PartsSource", "Placing", "ReadRows", "Reduce", "ReduceRead"]


class Reduce(Protocol):
    """What a function makes of rows, where they lie."""

    def __call__(
        self,
        part: Callable[[Iterable[tuple[int, PlacedRows]]], Part],
        together: Callable[[Iterable[Part]], Part],
        names: Sequence[str],
        /,
    ) -> Part: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadRows:
    """Some rows of the fit, as they are averaged over and as they are fitted.

    Parameters
    ----------
    n : int
        Their number, m.
    placed : iterable of (int, PlacedRows)
        Groups and their rows, placed among these m.
    blocks : iterable of Block
        The same rows, in their order.
    weights : (m,) float array or None
        Their weights.
    """

    n: int
    placed: Iterable[tuple[int, PlacedRows]]
    blocks: Iterable[Block]
    weights: Array | None


class ReduceRead(Protocol):
    """What a function makes of rows of the fit, where they lie."""

    def __call__(
        self,
        part: Callable[[Iterable[ReadRows]], Part],
        together: Callable[[Iterable[Part]], Part],
        names: Sequence[str],
        /,
    ) -> Part: ...


class PartsSource(Protocol):
    """Rows with their frames, wherever they lie."""

    def parts(self, extra: Sequence[str] = (), /) -> Iterable[FramePart]:
        """Yield them."""

    def reduce_parts(
        self,
        part: Callable[[Iterable[FramePart]], Part],
        together: Callable[[Iterable[Part]], Part],
        extra: Sequence[str] = (),
        /,
    ) -> Part:
        """Return what `part` makes of them."""

    def reduce_framed(
        self,
        part: Callable[[Iterable[tuple[FramePart, Iterable[Block]]]], Part],
        together: Callable[[Iterable[Part]], Part],
        extra: Sequence[str] = (),
        /,
    ) -> Part:
        """Return what `part` makes of them and their blocks."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placing:
    """How rows that were read are placed in groups; it travels to the rows and holds none.

    Parameters
    ----------
    over : str or None
        Column of the groups.
    labels : list or None
        The groups, in order.
    weighted : bool
        Whether the rows have weights.
    call : str
        The public call, for messages.
    """

    over: str | None
    labels: list[Any] | None
    weighted: bool
    call: str

    def placed(self, parts: Iterable[FramePart], names: Sequence[str]) -> Iterator[tuple[int, PlacedRows]]:
        """Yield groups and their rows, placed among all rows of the parts."""
        first = 0
        for each in parts:
            held = _place(each, names, first, weighted=self.weighted, call=self.call)
            first += held.n
            if self.over is None or self.labels is None:
                yield 0, held
            else:
                yield from _grouped(each, held, self.over, self.labels)

    def read(
        self, both: Iterable[tuple[FramePart, Iterable[Block]]], names: Sequence[str]
    ) -> Iterator[ReadRows]:
        """Yield the rows of each part with their blocks."""
        for each, blocks in both:
            yield ReadRows(
                n=int(each.used.sum()),
                placed=self.placed([each], names),
                blocks=blocks,
                weights=each.weights if self.weighted else None,
            )

    def reduce_of(self, own: PartsSource) -> Reduce:
        """Return what works on placed rows, where they lie."""
        extra = () if self.over is None else (self.over,)

        def reduce(
            part: Callable[[Iterable[tuple[int, PlacedRows]]], Part],
            together: Callable[[Iterable[Part]], Part],
            names: Sequence[str],
        ) -> Part:
            return own.reduce_parts(lambda parts: part(self.placed(parts, names)), together, extra)

        return reduce

    def reduce_read_of(self, own: PartsSource) -> ReduceRead:
        """Return what works on placed rows and their blocks, where they lie."""
        extra = () if self.over is None else (self.over,)

        def reduce_read(
            part: Callable[[Iterable[ReadRows]], Part],
            together: Callable[[Iterable[Part]], Part],
            names: Sequence[str],
        ) -> Part:
            return own.reduce_framed(lambda both: part(self.read(both, names)), together, extra)

        return reduce_read


def _place(part: FramePart, names: Sequence[str], first: int, *, weighted: bool, call: str) -> PlacedRows:
    numbers = {}
    for name in names:
        values = read_numbers(part.frame, [name], call)[:, 0]
        numbers[name] = values if part.used.all() else values[part.used]
    n = int(part.used.sum())
    return PlacedRows(
        n=n,
        coded=part.coded,
        numbers=numbers,
        weights=part.weights if weighted else None,
        offset=part.offset,
        first=first,
    )


def _grouped(
    part: FramePart, held: PlacedRows, over: str, labels: list[Any]
) -> Iterator[tuple[int, PlacedRows]]:
    codes, levels = read_words(part.frame, over)
    own = codes[part.used]
    for group, label in enumerate(labels):
        if label not in levels:
            continue
        places = np.flatnonzero(own == levels.index(label))
        if len(places):
            yield (
                group,
                PlacedRows(
                    n=len(places),
                    coded={code: values[places] for code, values in held.coded.items()},
                    numbers={name: values[places] for name, values in held.numbers.items()},
                    weights=None if held.weights is None else held.weights[places],
                    offset=None if held.offset is None else held.offset[places],
                    places=held.first + places,
                ),
            )
