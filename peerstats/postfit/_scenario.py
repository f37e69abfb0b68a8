"""Rows as they are, and as they would be with some of their variables changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design import DesignLayout, Place, differentiate, evaluate
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from peerstats.design import Factor, FrozenDesign, FrozenFactor, Level
    from peerstats.typing import Array, IntArray

__all__ = ["PlacedRows", "Put", "Scenarios", "Setting", "Shift", "Variable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A column that a formula reads.

    Parameters
    ----------
    name : str
        The column.
    levels : tuple
        Its levels, where the formula takes it as categories; empty for numbers.
    base : int
        Place of the level that others are compared with.
    """

    name: str
    levels: tuple[Level, ...] = ()
    base: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Everybody's value: a number, the place of a level, or (m,) of either."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What is added to everybody's number."""

    amount: float


Setting = dict[str, Put | Shift]
_NOTHING = np.zeros(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlacedRows:
    """Some rows, ready to be changed.

    Parameters
    ----------
    n : int
        Their number, m.
    coded : mapping of str to (m,) or (m, columns) array
        The factors' values.
    numbers : mapping of str to (m,) array
        Columns that expressions read.
    weights, offset : (m,) float array or None
        Weights; known part of the linear predictors.
    first : int
        Where the first stands among all rows used.
    places : (m,) int array or None
        Where each stands; None where they follow one another.
    """

    n: int
    coded: Mapping[str, Array]
    numbers: Mapping[str, Array]
    weights: Array | None
    offset: Array | None
    first: int = 0
    places: IntArray | None = None

    def stand(self, block: slice) -> slice | IntArray:
        """Return where the rows of a block stand among all rows used."""
        if self.places is None:
            return slice(self.first + block.start, self.first + block.stop)
        return self.places[block]


def _is_plain(factor: FrozenFactor, parsed: Factor) -> bool:
    """Say whether a factor is a column as it stands."""
    return parsed.column is not None and not factor.transforms


class Scenarios:
    """Builds the design of rows whose variables are changed.

    Parameters
    ----------
    design : FrozenDesign
        The design.
    call : str
        The public call, for messages.
    """

    def __init__(self, design: FrozenDesign, call: str) -> None:
        self.design, self.call = design, call
        self.parsed = {factor.code: factor.parse() for factor in design.factors}
        self.layout = design.layout()
        self.variables = self._read_variables()

    def _read_variables(self) -> dict[str, Variable]:
        found = {name: Variable(name=name) for name in self.design.variables}
        for factor in reversed(self.design.factors):
            name = self.parsed[factor.code].column
            if factor.kind == "category" and name is not None:
                base = 0 if factor.reference is None else factor.levels.index(factor.reference)
                found[name] = Variable(name=name, levels=factor.levels, base=base)
        return found

    def readers(self, name: str) -> list[FrozenFactor]:
        """List the factors that read a column."""
        return [factor for factor in self.design.factors if name in factor.variables]

    def expression_columns(self, names: Iterable[str]) -> tuple[str, ...]:
        """Name the columns that are needed as numbers when some are changed."""
        needed: dict[str, None] = {}
        for name in names:
            for factor in self.readers(name):
                if not _is_plain(factor, self.parsed[factor.code]):
                    needed.update(dict.fromkeys(factor.variables))
        return tuple(needed)

    def own_column(self, name: str) -> int | None:
        """Return the one column of the design that is this variable as it stands; None if there is none."""
        readers = self.readers(name)
        if len(readers) != 1 or readers[0].kind != "numeric":
            return None
        if not _is_plain(readers[0], self.parsed[readers[0].code]):
            return None
        places = self._places([readers[0].code])
        alone = len(places) == 1 and len(places[0].parts) == 1
        return places[0].first if alone else None

    def check_slope(self, name: str) -> None:
        """Refuse the slope of a variable that enters as a step."""
        for factor in self.readers(name):
            if self.parsed[factor.code].compares:
                raise InputError(
                    f"{self.call}(): {name!r} enters as the step {factor.code!r}, which has no slope.",
                    f'Ask for a change: change={{"{name}": (from, to)}}.',
                )

    def _places(self, codes: Iterable[str]) -> list[Place]:
        wanted = set(codes)
        return [place for place in self.layout.places if wanted & {part.code for part in place.parts}]

    def sublayout(self, codes: Iterable[str]) -> tuple[DesignLayout, IntArray]:
        """Return the layout of the columns that some factors enter, and where they stand in the design."""
        places, columns, top = [], [], 0
        for place in self._places(codes):
            width = place.last - place.first
            places.append(Place(first=top, last=top + width, parts=place.parts))
            columns.append(np.arange(place.first, place.last))
            top += width
        where = np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64)
        return DesignLayout(places=tuple(places)), where

    def coded(self, rows: PlacedRows, start: int, stop: int, setting: Setting) -> dict[str, Array]:
        """Return the factors' values of a block of rows under a setting."""
        out: dict[str, Array] = {}
        for factor in self.design.factors:
            code = factor.code
            if not any(name in setting for name in factor.variables):
                out[code] = rows.coded[code][start:stop]
            elif _is_plain(factor, self.parsed[code]):
                change = setting[factor.variables[0]]
                out[code] = self._plain(change, rows.coded.get(code, _NOTHING), start, stop)
            else:
                out[code] = self._expression(factor, self._numbers(rows, factor, start, stop, setting))
        return out

    @staticmethod
    def _plain(change: Put | Shift, values: Array, start: int, stop: int) -> Array:
        if isinstance(change, Shift):
            return values[start:stop] + change.amount
        if np.ndim(change.value):
            return np.asarray(change.value[start:stop])
        return np.broadcast_to(change.value, (stop - start,))

    def _numbers(
        self, rows: PlacedRows, factor: FrozenFactor, start: int, stop: int, setting: Setting
    ) -> dict[str, Array]:
        """Return the columns that an expression reads; a level that is true or a number is that number."""
        out = {}
        for name in factor.variables:
            change = setting.get(name)
            if change is None:
                out[name] = rows.numbers[name][start:stop]
                continue
            out[name] = self._plain(change, rows.numbers.get(name, _NOTHING), start, stop)
            levels = self.variables[name].levels
            if levels:
                out[name] = np.array([float(level) for level in levels])[out[name]]
        return out

    def _expression(self, factor: FrozenFactor, numbers: dict[str, Array]) -> Array:
        parsed = self.parsed[factor.code]
        values = evaluate(parsed, numbers, factor.transforms)
        m = len(next(iter(numbers.values())))
        if factor.width == 1:
            values = np.broadcast_to(values, (m,))
        bad = ~np.isfinite(values)
        if bad.any():
            at = int(np.flatnonzero(bad.any(axis=1) if bad.ndim > 1 else bad)[0])
            shown = ", ".join(f"{name} = {x[at]:g}" for name, x in numbers.items())
            raise InputError(
                f"{self.call}(): {factor.code!r} has no value for {shown}.",
                "Ask for values within the range of the data.",
            )
        return values.astype(np.int64) if factor.kind == "category" else values.astype(float, copy=False)

    def derivative(
        self, rows: PlacedRows, start: int, stop: int, setting: Setting, name: str
    ) -> tuple[IntArray, Array]:
        """Return the columns that a number enters, (c,), and their derivatives by it, (c, m)."""
        coded = self.coded(rows, start, stop, setting)
        readers = self.readers(name)
        _, columns = self.sublayout(factor.code for factor in readers)
        out = np.zeros((len(columns), stop - start))
        for factor in readers:
            if _is_plain(factor, self.parsed[factor.code]):
                own: Array = np.ones(stop - start)
            else:
                numbers = self._numbers(rows, factor, start, stop, setting)
                own = differentiate(self.parsed[factor.code], numbers, factor.transforms, name)
                own = np.broadcast_to(own, (stop - start,)) if own.ndim == 0 else own
                self._check_finite(own, numbers, factor.code, name)
            layout, here = self.sublayout([factor.code])
            out[np.searchsorted(columns, here)] += layout.matrix({**coded, factor.code: own}, 0, stop - start)
        return columns, out

    def _check_finite(self, own: Array, numbers: Mapping[str, Array], code: str, name: str) -> None:
        bad = ~np.isfinite(own)
        if bad.any():
            at = int(np.flatnonzero(bad.any(axis=1) if bad.ndim > 1 else bad)[0])
            shown = ", ".join(f"{each} = {x[at]:g}" for each, x in numbers.items())
            raise InputError(
                f"{self.call}(): {code!r} has no slope by {name!r} at {shown}.",
                f'Leave such rows out of the fit, or ask for a change: change={{"{name}": 1}}.',
            )
