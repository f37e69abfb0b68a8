"""From a formula and the rows used to the frozen design and the factors' values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import nw, read_numbers, row_name
from peerstats.design._columns import column_kind, read_levels
from peerstats.design._factor import Factor, evaluate, read_factor
from peerstats.design._formula import Formula, code_terms, show_place
from peerstats.design._frozen import FrozenDesign, FrozenFactor, FrozenTerm, name_columns, not_finite
from peerstats.errors import FormulaError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.design._columns import Level
    from peerstats.typing import Array, BoolArray

__all__ = ["build_design", "read_factors", "unused_note"]


_SHOWN = 6  # levels named in a note


@dataclass(slots=True)
class _Task:
    """What the steps of one call share."""

    formula: Formula
    frame: nw.DataFrame[Any]
    used: BoolArray
    levels: Mapping[str, Any]
    call: str
    notes: list[str]
    numbers: dict[str, Array]


def unused_note(name: str, unused: list[Level]) -> str:
    """Say which levels have no rows."""
    shown = ", ".join(repr(level) for level in unused[:_SHOWN])
    more = f" and {len(unused) - _SHOWN} more" if len(unused) > _SHOWN else ""
    return f"{name}: no row used has {shown}{more}; left out of the levels."


def read_factors(formula: Formula, frame: nw.DataFrame[Any], call: str) -> dict[str, Factor]:
    """Check the factors of a formula against the closed list and the data's columns.

    Parameters
    ----------
    formula : Formula
        The formula.
    frame : narwhals DataFrame
        The data.
    call : str
        The public call, for messages.

    Returns
    -------
    dict of str to Factor
        By code, in the formula's order.

    Raises
    ------
    FormulaError
        If a factor is not allowed or names a column that is not there.
    """
    factors = {code: read_factor(factor, formula.text, call) for code, factor in formula.factors.items()}
    for code, factor in factors.items():
        place = formula.factors[code]
        for name in factor.variables:
            if name not in frame.columns:
                raise FormulaError(
                    f"{call}(): column {name!r} is not in the data."
                    f"{show_place(formula.text, place.start, place.end)}",
                    did_you_mean(name, frame.columns, what="columns"),
                )
    return factors


def _choose_levels(
    task: _Task, factor: Factor, name: str, levels: list[Level]
) -> tuple[list[Level], Level, list[Level]]:
    """Return the levels in order, the reference, and levels asked for that have no rows."""
    given = task.levels.get(name)
    if given is not None and factor.reference is not None:
        raise InputError(
            f"{task.call}(): levels= and Treatment() both name a reference for {name!r}.", "Keep one of them."
        )
    wanted = list(given) if isinstance(given, list | tuple) else None
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
    reference = factor.reference if given is None else (levels[0] if wanted is not None else given)
    if reference is None:
        reference = levels[0]
    if reference not in levels:
        raise InputError(
            f"{task.call}(): {name!r} has no level {reference!r} in the rows used.",
            did_you_mean(str(reference), levels, what="levels"),
        )
    return levels, levels[levels.index(reference)], extra


def _category(task: _Task, factor: Factor, name: str) -> tuple[FrozenFactor, Array]:
    codes, found, unused = read_levels(task.frame, name, task.used)
    infinite = next((level for level in found if isinstance(level, float) and not np.isfinite(level)), None)
    if infinite is not None:
        row = int(np.flatnonzero(task.used)[codes.tolist().index(found.index(infinite))])
        raise InputError(
            f"{task.call}(): column {name!r} holds {infinite} in {row_name(task.frame, row)}.",
            "Set infinite values to missing, or correct them.",
        )
    levels, reference, extra = _choose_levels(task, factor, name, found)
    if len(levels) == 1:
        raise FormulaError(
            f"{task.call}(): {name!r} has one level, {levels[0]!r}, in the rows used.{_show(task, factor)}",
            "Take it out of the formula.",
        )
    unused = [*unused, *(level for level in extra if level not in unused)]
    if unused:
        task.notes.append(unused_note(name, unused))
    place = np.array([levels.index(level) for level in found])
    frozen = FrozenFactor(
        code=factor.code,
        kind="category",
        variables=factor.variables,
        levels=tuple(levels),
        reference=reference,
        contrast="treatment",
    )
    return frozen, place[codes]


def _show(task: _Task, factor: Factor) -> str:
    place = task.formula.factors[factor.code]
    return show_place(task.formula.text, place.start, place.end)


def _read_numbers(task: _Task, factor: Factor) -> None:
    for name in factor.variables:
        if name in task.numbers:
            continue
        dtype = task.frame[name].dtype
        if not dtype.is_numeric() and dtype != nw.Boolean:
            raise FormulaError(
                f"{task.call}(): {factor.code!r} needs numbers, and column {name!r} holds {dtype}."
                f"{_show(task, factor)}",
                f"Use C({name}), or a column of numbers.",
            )
        values = read_numbers(task.frame, [name], task.call)[:, 0]
        values = values if task.used.all() else values[task.used]
        infinite = np.isinf(values)
        if infinite.any():
            raise _not_finite(task, factor, [name], values[:, None], infinite)
        task.numbers[name] = values


def _not_finite(task: _Task, factor: Factor, names: list[str], numbers: Array, bad: BoolArray) -> InputError:
    position = int(np.flatnonzero(bad)[0])
    row = int(np.flatnonzero(task.used)[position])
    return not_finite(factor.code, names, numbers, position, task.frame, task.call, row)


def _number(task: _Task, factor: Factor) -> tuple[FrozenFactor, Array]:
    _read_numbers(task, factor)
    values = evaluate(factor, task.numbers)
    n = int(task.used.sum())
    if factor.compares:
        codes = np.broadcast_to(values, n).astype(np.int64)
        present = np.unique(codes)
        if len(present) == 1:
            raise FormulaError(
                f"{task.call}(): {factor.code!r} is {bool(present[0])} in every row used."
                f"{_show(task, factor)}",
                "Take it out of the formula.",
            )
        frozen = FrozenFactor(
            code=factor.code,
            kind="category",
            variables=factor.variables,
            levels=(False, True),
            reference=False,
            contrast="treatment",
        )
        return frozen, np.asarray(codes)
    values = np.broadcast_to(values, n).astype(float, copy=False)
    bad = ~np.isfinite(values)
    if bad.any():
        numbers = np.column_stack([task.numbers[name] for name in factor.variables])
        raise _not_finite(task, factor, list(factor.variables), numbers, bad)
    return FrozenFactor(code=factor.code, kind="numeric", variables=factor.variables), values


def _check_levels_names(
    task: _Task, frozen: Mapping[str, FrozenFactor], factors: Mapping[str, Factor]
) -> None:
    known = [factors[code].column for code, f in frozen.items() if f.kind == "category"]
    numeric = {factors[code].column for code, f in frozen.items() if f.kind == "numeric"}
    for name in task.levels:
        if name in known:
            continue
        if name in numeric:
            raise InputError(
                f"{task.call}(): levels= names {name!r}, whose values are numbers.",
                f"Write C({name}) in the formula to make it a category.",
            )
        raise InputError(
            f"{task.call}(): levels= names {name!r}, which is no category in the formula.",
            did_you_mean(str(name), [k for k in known if k], what="categories"),
        )


def build_design(
    formula: Formula,
    factors: Mapping[str, Factor],
    frame: nw.DataFrame[Any],
    used: BoolArray,
    *,
    levels: Mapping[str, Any] | None,
    call: str,
) -> tuple[FrozenDesign, dict[str, Array], list[str]]:
    """Freeze a design from the rows used.

    Parameters
    ----------
    formula : Formula
        The formula.
    factors : mapping of str to Factor
        Its factors, checked.
    frame : narwhals DataFrame
        The data.
    used : (n,) bool array
        The rows used; none has a missing value.
    levels : mapping or None
        For a column its reference level, or a list of all of its levels, the reference first.
    call : str
        The public call, for messages.

    Returns
    -------
    design : FrozenDesign
        Levels and contrasts.
    coded : dict of str to (m,) array
        Numbers or level codes of the rows used.
    notes : list of str
        Levels left out.

    Raises
    ------
    FormulaError
        If a column is neither numbers nor categories or has one level, or there are as many columns as rows.
    InputError
        If a value is not finite or a level is unknown.
    """
    task = _Task(formula, frame, used, dict(levels or {}), call, [], {})
    frozen: dict[str, FrozenFactor] = {}
    coded: dict[str, Array] = {}
    for code, factor in factors.items():
        name = factor.column
        if name is not None and (factor.as_categories or column_kind(frame, name, call) == "category"):
            if factor.as_categories:
                column_kind(frame, name, call)
            frozen[code], coded[code] = _category(task, factor, name)
        elif factor.as_categories and not factor.compares:
            raise FormulaError(
                f"{call}(): C() takes a column.{_show(task, factor)}",
                "Make a column of the expression first.",
            )
        else:
            frozen[code], coded[code] = _number(task, factor)
    _check_levels_names(task, frozen, factors)
    terms = _terms(task, frozen)
    return FrozenDesign(formula=formula.text, factors=tuple(frozen.values()), terms=terms), coded, task.notes


def _width(subterm: tuple[tuple[str, bool], ...], frozen: Mapping[str, FrozenFactor]) -> int:
    width = 1
    for code, full in subterm:
        if frozen[code].kind == "category":
            width *= len(frozen[code].levels) - (not full)
    return width


def _terms(task: _Task, frozen: Mapping[str, FrozenFactor]) -> tuple[FrozenTerm, ...]:
    numeric = {code for code, factor in frozen.items() if factor.kind == "numeric"}
    codings = code_terms(task.formula.terms, numeric)
    n = int(task.used.sum())
    width = 0
    for coding in codings:
        width += sum(_width(part, frozen) for part in coding.subterms)
        if width >= n:
            name = ":".join(coding.factors) or "Intercept"
            raise FormulaError(
                f"{task.call}(): the formula has no fewer columns than the {n:,} rows used; "
                f"{name!r} takes them to that number.",
                "Use fewer or coarser categories; an identifier is no predictor.",
            )
    if width == 0:
        raise FormulaError(
            f"{task.call}(): the formula has no terms.", "Keep at least the intercept: 'y ~ 1'."
        )
    return tuple(
        FrozenTerm(
            name=":".join(coding.factors) or "Intercept",
            subterms=coding.subterms,
            columns=tuple(name for part in coding.subterms for name in name_columns(part, frozen)),
        )
        for coding in codings
    )
