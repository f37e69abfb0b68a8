"""From a formula and the rows used to the frozen design and the factors' values."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import nw, read_numbers
from peerstats.design._categories import (
    Task,
    choose_reference,
    freeze_category,
    read_category,
    settle_category,
    show,
    unused_note,
)
from peerstats.design._columns import column_kind
from peerstats.design._evaluate import UndefinedArgumentError, learn
from peerstats.design._factor import Factor, read_factor
from peerstats.design._formula import Formula, code_terms, show_place
from peerstats.design._frozen import FrozenDesign, FrozenFactor, FrozenTerm, freeze_terms
from peerstats.design._values import finite_rows, not_finite, undefined
from peerstats.errors import FormulaError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.design._columns import Level
    from peerstats.design._learn import TransformState
    from peerstats.design._scan import Scan
    from peerstats.typing import Array, BoolArray

__all__ = ["build_design", "build_scanned_design", "read_factors", "unused_note"]


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


def _check_numeric(task: Task, factor: Factor) -> None:
    for name in factor.variables:
        dtype = task.frame[name].dtype
        if not dtype.is_numeric() and dtype != nw.Boolean:
            raise FormulaError(
                f"{task.call}(): {factor.code!r} needs numbers, and column {name!r} holds {dtype}."
                f"{show(task, factor)}",
                f"Use C({name}), or a column of numbers.",
            )


def _read_numbers(task: Task, factor: Factor) -> None:
    _check_numeric(task, factor)
    for name in factor.variables:
        if name in task.numbers:
            continue
        values = read_numbers(task.frame, [name], task.call)[:, 0]
        values = values if task.used.all() else values[task.used]
        infinite = np.isinf(values)
        if infinite.any():
            row = int(np.flatnonzero(task.used)[np.flatnonzero(infinite)[0]])
            raise not_finite(
                factor.code,
                [name],
                values[infinite][:1, None],
                task.frame,
                task.call,
                row,
            )
        task.numbers[name] = values


def _undefined(task: Task, factor: Factor, states: tuple[TransformState, ...], bad: BoolArray) -> InputError:
    position = int(np.flatnonzero(np.broadcast_to(bad, task.n))[0])
    row = int(task.rows[position])
    numbers = np.column_stack([task.numbers[name] for name in factor.variables])
    return undefined(factor, states, numbers, position, task.frame, task.call, row)


def _learn(task: Task, factor: Factor) -> tuple[Array, tuple[TransformState, ...]]:
    def refuse(what: str, next_step: str) -> FormulaError:
        return FormulaError(f"{task.call}(): {what} cannot be used.{show(task, factor)}", next_step)

    try:
        return learn(factor, task.numbers, refuse)
    except UndefinedArgumentError as error:
        raise _undefined(task, factor, (), error.bad) from None


def _number(task: Task, factor: Factor) -> tuple[FrozenFactor, Array]:
    _read_numbers(task, factor)
    values, states = _learn(task, factor)
    width = values.shape[1] if values.ndim > 1 else 1
    if width == 1:
        values = np.broadcast_to(values, task.n)
    bad = ~finite_rows(values)
    if bad.any():
        raise _undefined(task, factor, states, bad)
    if factor.compares:
        codes: Array = np.asarray(values.astype(np.int64))
        present = np.unique(codes)
        if len(present) == 1:
            raise FormulaError(
                f"{task.call}(): {factor.code!r} is {bool(present[0])} in every row used."
                f"{show(task, factor)}",
                "Take it out of the formula.",
            )
        return _freeze_comparison(task, factor, states), codes
    frozen = FrozenFactor(
        code=factor.code, kind="numeric", variables=factor.variables, width=width, transforms=states
    )
    return frozen, values.astype(float, copy=False)


def _from_moments(task: Task, factor: Factor, learnt: Mapping[int, TransformState]) -> FrozenFactor:
    """Freeze a factor whose transforms have learnt from rows that stay elsewhere."""
    _check_numeric(task, factor)
    states = tuple(learnt[i] for i in range(len(factor.transforms)))
    if factor.compares:
        return _freeze_comparison(task, factor, states)
    return FrozenFactor(
        code=factor.code,
        kind="numeric",
        variables=factor.variables,
        width=states[-1].width if factor.is_spline else 1,
        transforms=states,
    )


def _freeze_comparison(task: Task, factor: Factor, states: tuple[TransformState, ...]) -> FrozenFactor:
    levels: list[Level] = [False, True]
    named = choose_reference(task, factor, factor.code, levels, factor.reference)
    return replace(freeze_category(task, factor, levels, named), transforms=states)


def _check_levels_names(
    task: Task, frozen: Mapping[str, FrozenFactor], factors: Mapping[str, Factor]
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
    constant: bool = True,
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
    constant : bool
        Whether the design has an intercept; without it columns are those of a formula that has one.

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
    rows = np.flatnonzero(used)
    task = Task(formula, frame, used, dict(levels or {}), call, [], {}, rows, len(rows), constant)
    frozen: dict[str, FrozenFactor] = {}
    coded: dict[str, Array] = {}
    for code, factor in factors.items():
        name = _category_column(task, factor)
        if name is not None:
            frozen[code], coded[code] = read_category(task, factor, name)
        else:
            frozen[code], coded[code] = _number(task, factor)
    return _finish(task, frozen, factors), coded, task.notes


def _category_column(task: Task, factor: Factor) -> str | None:
    """Return the column of a factor of levels; None for a factor of numbers or a comparison."""
    name = factor.column
    if name is not None:
        kind = column_kind(task.frame, name, task.call)
        return name if factor.as_categories or kind == "category" else None
    if factor.as_categories and not factor.compares:
        raise FormulaError(
            f"{task.call}(): C() takes a column.{show(task, factor)}",
            "Make a column of the expression first.",
        )
    return None


def _finish(task: Task, frozen: dict[str, FrozenFactor], factors: Mapping[str, Factor]) -> FrozenDesign:
    _check_levels_names(task, frozen, factors)
    terms = _terms(task, frozen)
    return FrozenDesign(formula=task.formula.text, factors=tuple(frozen.values()), terms=terms)


def build_scanned_design(
    formula: Formula,
    factors: Mapping[str, Factor],
    scan: Scan,
    *,
    levels: Mapping[str, Any] | None,
    call: str,
    constant: bool = True,
) -> tuple[FrozenDesign, list[str]]:
    """Freeze a design from what a pass over batches of rows has found.

    Parameters
    ----------
    formula : Formula
        The formula.
    factors : mapping of str to Factor
        Its factors, checked.
    scan : Scan
        Levels, the columns that transforms learn from, and counts.
    levels : mapping or None
        As in `build_design`.
    call : str
        The public call, for messages.
    constant : bool
        As in `build_design`.

    Returns
    -------
    design : FrozenDesign
        Levels and contrasts.
    notes : list of str
        Levels left out.

    Raises
    ------
    FormulaError
        As `build_design`.
    InputError
        If a level is unknown.
    """
    used = np.ones(len(scan.sample), dtype=bool)
    task = Task(
        formula,
        scan.sample,
        used,
        dict(levels or {}),
        call,
        [],
        scan.numbers,
        scan.positions,
        scan.n_used,
        constant,
    )
    frozen: dict[str, FrozenFactor] = {}
    for code, factor in factors.items():
        name = _category_column(task, factor)
        if name is not None:
            frozen[code] = settle_category(task, factor, name, *scan.levels[name].split())
        elif code in scan.learnt:
            frozen[code] = _from_moments(task, factor, scan.learnt[code])
        elif factor.transforms:
            frozen[code] = _number(task, factor)[0]
        else:
            _check_numeric(task, factor)
            plain = FrozenFactor(code=code, kind="numeric", variables=factor.variables)
            frozen[code] = plain if not factor.compares else _freeze_comparison(task, factor, ())
    return _finish(task, frozen, factors), task.notes


def _width(subterm: tuple[tuple[str, bool], ...], frozen: Mapping[str, FrozenFactor]) -> int:
    return prod(frozen[code].n_columns(full=full) for code, full in subterm)


def _terms(task: Task, frozen: Mapping[str, FrozenFactor]) -> tuple[FrozenTerm, ...]:
    numeric = {code for code, factor in frozen.items() if factor.kind == "numeric"}
    codings = code_terms(task.formula.terms, numeric)
    width = 0
    for coding in codings:
        width += sum(_width(part, frozen) for part in coding.subterms)
        if width >= task.n:
            name = ":".join(coding.factors) or "Intercept"
            raise FormulaError(
                f"{task.call}(): the formula has no fewer columns than the {task.n:,} rows used; "
                f"{name!r} takes them to that number.",
                "Use fewer or coarser categories; an identifier is no predictor.",
            )
    if width == 0:
        raise FormulaError(
            f"{task.call}(): the formula has no terms.", "Keep at least the intercept: 'y ~ 1'."
        )
    if not task.constant:
        if () not in task.formula.terms:
            raise FormulaError(
                f"{task.call}(): the formula takes the intercept away, but the thresholds between the "
                "outcome's levels stand for it.",
                "Leave out the 0 or -1: there is no intercept to take away.",
            )
        codings = tuple(coding for coding in codings if coding.factors)
    return freeze_terms(codings, frozen)
