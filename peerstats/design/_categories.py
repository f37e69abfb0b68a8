"""A category's levels in the rows used: their order, the reference and the contrast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import nw, row_name
from peerstats.design._columns import as_held, read_levels
from peerstats.design._contrasts import MOST_POLYNOMIAL
from peerstats.design._formula import show_place
from peerstats.design._frozen import FrozenFactor
from peerstats.errors import FormulaError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.design._columns import Level
    from peerstats.design._factor import Factor
    from peerstats.design._formula import Formula
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = [
    "Task",
    "choose_reference",
    "freeze_category",
    "read_category",
    "settle_category",
    "show",
    "unused_note",
]

_SHOWN = 6  # levels named in a note
_WITHOUT_REFERENCE = ("poly", "helmert", "diff")


@dataclass(slots=True)
class Task:
    """What the steps of one call share."""

    formula: Formula
    frame: nw.DataFrame[Any]
    used: BoolArray
    levels: Mapping[str, Any]
    call: str
    notes: list[str]
    numbers: dict[str, Array]
    rows: IntArray  # positions in the data of the rows that `numbers` are of
    n: int  # rows used
    constant: bool = True  # whether the design has one; else thresholds take its place


def unused_note(name: str, unused: list[Level]) -> str:
    """Say which levels have no rows."""
    shown = ", ".join(repr(level) for level in unused[:_SHOWN])
    more = f" and {len(unused) - _SHOWN} more" if len(unused) > _SHOWN else ""
    return f"{name}: no row used has {shown}{more}; left out of the levels."


def show(task: Task, factor: Factor) -> str:
    """Return the formula with carets under a factor."""
    place = task.formula.factors[factor.code]
    return show_place(task.formula.text, place.start, place.end)


def _choose_levels(
    task: Task, factor: Factor, name: str, levels: list[Level]
) -> tuple[list[Level], Level | None, list[Level]]:
    """Return the levels in order, the reference, and levels asked for that have no rows."""
    given = task.levels.get(name)
    wanted = [as_held(level, levels) for level in given] if isinstance(given, list | tuple) else None
    if given is not None and factor.reference is not None and (factor.contrast == "treatment" or not wanted):
        said = str(factor.contrast).title()
        raise InputError(
            f"{task.call}(): levels= and {said}() both name a reference for {name!r}.",
            "Keep one of them.",
        )
    if given is not None and wanted is None and factor.contrast not in (None, "treatment"):
        raise InputError(
            f"{task.call}(): levels= names a reference for {name!r}, which {factor.code!r} does not have.",
            "List every level in order, or take the contrast away.",
        )
    extra: list[Level] = []
    if wanted is not None:
        left_out = [level for level in levels if level not in wanted]
        if left_out:
            raise InputError(
                f"{task.call}(): levels= for {name!r} lacks {left_out[0]!r}, which rows hold.",
                "List every level, or give the reference level only.",
            )
        extra = [level for level in wanted if level not in levels]
        levels = [level for level in wanted if level in levels]
    named = given if given is not None and wanted is None else factor.reference
    return levels, choose_reference(task, factor, name, levels, named), extra


def choose_reference(
    task: Task, factor: Factor, name: str, levels: list[Level], named: Level | None
) -> Level | None:
    """Return the level without a column of its own, as the data hold it."""
    if factor.contrast in _WITHOUT_REFERENCE:
        return None
    if named is None:
        return levels[-1] if factor.contrast == "sum" else levels[0]
    named = as_held(named, levels)
    if named in levels:
        return levels[levels.index(named)]
    words = all(isinstance(level, str) for level in levels)
    # patsy takes a number that is no level for a place; among numbers that would be a guess
    if factor.contrast == "sum" and words and isinstance(named, int) and -len(levels) <= named < len(levels):
        return levels[named]
    raise InputError(
        f"{task.call}(): {name!r} has no level {named!r} in the rows used.",
        did_you_mean(str(named), levels, what="levels"),
    )


def freeze_category(task: Task, factor: Factor, levels: list[Level], reference: Level | None) -> FrozenFactor:
    """Return the record of a category, once its contrast is known to fit its levels."""
    if factor.scores and len(factor.scores) != len(levels):
        raise FormulaError(
            f"{task.call}(): Poly() has {len(factor.scores)} numbers for the {len(levels)} levels of "
            f"{factor.code!r}.{show(task, factor)}",
            "Give one number a level, in their order.",
        )
    if factor.contrast == "poly" and len(levels) > MOST_POLYNOMIAL:
        raise FormulaError(
            f"{task.call}(): {factor.code!r} has {len(levels)} levels, over {MOST_POLYNOMIAL}."
            f"{show(task, factor)}",
            "Use the column's numbers, or a spline of them such as bs().",
        )
    return FrozenFactor(
        code=factor.code,
        kind="category",
        variables=factor.variables,
        levels=tuple(levels),
        reference=reference,
        contrast=factor.contrast or "treatment",
        scores=factor.scores,
    )


def read_category(task: Task, factor: Factor, name: str) -> tuple[FrozenFactor, Array]:
    """Return the record of a column of categories and the level codes of the rows used."""
    codes, found, unused = read_levels(task.frame, name, task.used)
    infinite = next((level for level in found if isinstance(level, float) and not np.isfinite(level)), None)
    if infinite is not None:
        row = int(np.flatnonzero(task.used)[codes.tolist().index(found.index(infinite))])
        raise InputError(
            f"{task.call}(): column {name!r} holds {infinite} in {row_name(task.frame, row)}.",
            "Set infinite values to missing, or correct them.",
        )
    frozen = settle_category(task, factor, name, found, unused)
    place = np.array([frozen.levels.index(level) for level in found])
    return frozen, place[codes]


def settle_category(
    task: Task, factor: Factor, name: str, found: list[Level], unused: list[Level]
) -> FrozenFactor:
    """Return the record of a category whose levels were found; note those without rows."""
    levels, reference, extra = _choose_levels(task, factor, name, found)
    if len(levels) == 1:
        raise FormulaError(
            f"{task.call}(): {name!r} has one level, {levels[0]!r}, in the rows used.{show(task, factor)}",
            "Take it out of the formula.",
        )
    unused = [*unused, *(level for level in extra if level not in unused)]
    if unused:
        task.notes.append(unused_note(name, unused))
    return freeze_category(task, factor, levels, reference)
