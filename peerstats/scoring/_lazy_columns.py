"""Columns of a lazy frame as expressions: answers, ages and groups, checked by one aggregate query."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from peerstats._core.checks import check_columns
from peerstats._core.frames import nw
from peerstats._core.lazy_frames import fetch, has_no_type
from peerstats.errors import InputError
from peerstats.scoring._codes import bad_answer_advice
from peerstats.scoring._groups import OLDEST, check_groups, everybody, group_of_word, unknown_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.instruments import Instrument
    from peerstats.scoring._groups import GroupSpec
    from peerstats.scoring._plan import ScoringPlan

__all__ = ["Checked", "LazyGroups", "check_answers", "lazy_answers", "lazy_groups"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LazyGroups:
    """Each respondent's scoring group, as expressions.

    Attributes
    ----------
    age_group : narwhals Expr
        Position among the age groups, below 0 where younger than the first; null where missing.
    mode : narwhals Expr
        Position among the modes; null where missing.
    ages : narwhals Expr or None
        Ages in years, where the call gave them.
    age_column : str or None
        Their column.
    """

    age_group: nw.Expr
    mode: nw.Expr
    ages: nw.Expr | None
    age_column: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checked:
    """What the aggregate query found.

    Attributes
    ----------
    n : int
        Respondents.
    n_missing : tuple of int
        Missing answers of each item.
    low_used : bool
        Whether the lowest code occurs.
    """

    n: int
    n_missing: tuple[int, ...]
    low_used: bool


def _numbers(frame: nw.LazyFrame[Any], schema: Mapping[str, Any], column: str, use: str) -> nw.Expr:
    """Return a column as numbers wide enough for sums: null where it is missing or NaN."""
    dtype, numbers = schema[column], nw.col(column)
    if dtype in (nw.Int32, nw.Int64):
        return numbers
    if dtype == nw.Boolean or (dtype == nw.Unknown and has_no_type(frame, column)):
        return numbers.cast(nw.Int64)
    if not dtype.is_numeric():
        text = dtype in (nw.String, nw.Categorical, nw.Enum)
        raise InputError(
            f"score(): {use} {column!r} of the lazy frame must hold numbers and holds {dtype}.",
            "Turn the words into codes in the engine first, or collect the data: in memory words are read."
            if text
            else "Cast it to numbers in the engine first, or name another column.",
        )
    if dtype != nw.Float64:
        numbers = numbers.cast(nw.Float64)
    return numbers.fill_nan(None) if dtype.is_float() else numbers


def _without(numbers: nw.Expr, codes: Sequence[float], *, whole: bool) -> nw.Expr:
    """Return null where a number is one of the codes."""
    wanted = [int(c) if float(c).is_integer() else c for c in codes if not whole or float(c).is_integer()]
    if not wanted:
        return numbers
    return nw.when(reduce(and_, (numbers != code for code in wanted))).then(numbers)


def lazy_answers(frame: nw.LazyFrame[Any], plan: ScoringPlan) -> tuple[nw.Expr, ...]:
    """Return each item's answers on the file's codes; null where there is none.

    Parameters
    ----------
    frame : narwhals LazyFrame
        The data.
    plan : ScoringPlan
        Columns and missing codes.

    Returns
    -------
    tuple of narwhals Expr
        One for each item.

    Raises
    ------
    InputError
        If a column holds text or another thing that is not a number.
    """
    schema = frame.collect_schema()
    return tuple(
        _without(
            _numbers(frame, schema, column, "item column"),
            plan.missing_codes,
            whole=schema[column].is_integer(),
        )
        for column in plan.columns
    )


def _levels(frame: nw.LazyFrame[Any], spec: GroupSpec, levels: tuple[str, ...], name: str) -> nw.Expr:
    columns = frame.collect_schema().names()
    one = everybody(spec, columns, levels, name)
    if one is not None:
        return nw.lit(one)
    column, mapping = spec if isinstance(spec, tuple) else (spec, None)
    check_columns([column], columns, "score", use=f"{name} column")
    table = group_of_word(mapping, levels, name)
    # one value more than are mapped, and null, show a value that is not
    found = fetch(frame.group_by(column).agg(nw.len().alias("__peerstats_n")).head(len(table) + 3))
    values = [
        v for v in found[column].to_list() if v is not None and not (isinstance(v, float) and math.isnan(v))
    ]
    if all(isinstance(v, float) and v.is_integer() for v in values):
        # a column of whole numbers with a gap is often float; its levels are still 1, 2, 3
        values = [int(v) for v in values]
    unknown = [v for v in values if str(v) not in table]
    if unknown:
        count = fetch(frame.select((nw.col(column) == unknown[0]).sum().alias("n")))["n"][0]
        raise unknown_group(column, unknown[0], f"{count:,} rows", levels, name)
    code = nw.lit(None, nw.Int64)
    for value in values:
        code = nw.when(nw.col(column) == value).then(levels.index(table[str(value)])).otherwise(code)
    return code


def lazy_groups(
    frame: nw.LazyFrame[Any],
    instrument: Instrument,
    *,
    age: str | None,
    age_group: GroupSpec | None,
    mode: GroupSpec | None,
) -> LazyGroups | None:
    """Find each respondent's scoring group, as expressions.

    Parameters
    ----------
    frame : narwhals LazyFrame
        The data.
    instrument : Instrument
        The instrument; None is returned where it has no scoring groups.
    age, age_group, mode
        As in `score`.

    Returns
    -------
    LazyGroups or None
        Expressions; only the distinct values of a column of groups were read.

    Raises
    ------
    InputError
        If a group is asked for wrongly, or a value belongs to none.
    """
    groups = check_groups(instrument, age=age, age_group=age_group, mode=mode)
    if groups is None or mode is None:
        return None
    ages = None
    if age is not None:
        schema = frame.collect_schema()
        check_columns([age], schema.names(), "score", use="age column")
        ages = _numbers(frame, schema, age, "age column")
        place = sum(((ages >= first).cast(nw.Int64) for first in groups.ages_from), start=nw.lit(-1))
    elif age_group is not None:
        place = _levels(frame, age_group, groups.age_group, "age_group")
    return LazyGroups(
        age_group=place, mode=_levels(frame, mode, groups.mode, "mode"), ages=ages, age_column=age
    )


def _is_bad(answer: nw.Expr, low: int, high: int) -> nw.Expr:
    return (answer < low) | (answer > high) | (answer != answer.floor())


def _stop_at_bad_answers(
    frame: nw.LazyFrame[Any], plan: ScoringPlan, answers: Sequence[nw.Expr]
) -> InputError:
    """Count the answers that are none, and give an example: an engine's rows have no names."""
    instrument = plan.instrument
    low, high = instrument.low + plan.shift, instrument.high + plan.shift
    wanted: dict[str, nw.Expr] = {}
    for j, answer in enumerate(answers):
        bad = _is_bad(answer, low, high)
        kept = nw.when(bad).then(answer)
        wanted |= {f"n{j}": bad.sum(), f"least{j}": kept.min(), f"most{j}": kept.max()}
        wanted |= {f"low{j}": (answer == low).any(), f"high{j}": (answer == high).any()}
    row = fetch(frame.select(**wanted)).rows(named=True)[0]
    columns = [j for j in range(len(answers)) if row[f"n{j}"]]
    first, where = columns[0], f"{len(columns)} columns" if len(columns) > 1 else "this column"
    odd = sorted({float(row[f"{end}{j}"]) for j in columns for end in ("least", "most")})
    return InputError(
        f"score(): item column {plan.columns[first]!r} of {instrument.key!r} is answered {low} to {high}; "
        f"{row[f'n{first}']:,} rows hold another number, for example {row[f'most{first}']:g} "
        f"({sum(row[f'n{j}'] for j in columns):,} such answers in {where}).",
        bad_answer_advice(
            plan,
            odd,
            low_used=any(row[f"low{j}"] for j in range(len(answers))),
            high_used=any(row[f"high{j}"] for j in range(len(answers))),
        ),
    )


def _stop_at_bad_ages(frame: nw.LazyFrame[Any], groups: LazyGroups) -> InputError:
    assert groups.ages is not None  # noqa: S101  (only ages are checked)
    bad = (groups.ages < 0) | (groups.ages > OLDEST)
    row = fetch(frame.select(n=bad.sum(), most=nw.when(bad).then(groups.ages).max())).rows(named=True)[0]
    return InputError(
        f"score(): age column {groups.age_column!r} must hold years; {row['n']:,} rows hold another number, "
        f"for example {row['most']:g}.",
        "Recode missing-value codes to null first; for age bands use age_group=.",
    )


def check_answers(
    frame: nw.LazyFrame[Any], plan: ScoringPlan, answers: Sequence[nw.Expr], groups: LazyGroups | None
) -> Checked:
    """Check every answer and age, and count the missing answers, in one aggregate query.

    Parameters
    ----------
    frame : narwhals LazyFrame
        The data.
    plan : ScoringPlan
        The plan.
    answers : sequence of narwhals Expr
        Each item's answers (`lazy_answers`).
    groups : LazyGroups or None
        Scoring groups.

    Returns
    -------
    Checked
        Counts.

    Raises
    ------
    InputError
        If there is no row, an answer is out of range or no whole number, or an age is none.
    """
    low, high = plan.instrument.low + plan.shift, plan.instrument.high + plan.shift
    schema = frame.collect_schema()
    items = range(len(answers))
    cleaned = {f"q{j}": answer for j, answer in enumerate(answers)}
    wanted: dict[str, nw.Expr] = {"n": nw.len()}
    for j in items:
        answer = nw.col(f"q{j}")
        wanted |= {f"n{j}": answer.count(), f"least{j}": answer.min(), f"most{j}": answer.max()}
        if not (schema[plan.columns[j]].is_integer() or schema[plan.columns[j]] == nw.Boolean):
            wanted[f"part{j}"] = (answer != answer.floor()).any()
    if groups is not None and groups.ages is not None:
        cleaned["age"] = groups.ages
        wanted |= {"youngest": nw.col("age").min(), "oldest": nw.col("age").max()}
    row = fetch(frame.select(**cleaned).select(**wanted)).rows(named=True)[0]
    if row["n"] == 0:
        raise InputError(
            f"score(): the data have 0 rows and {len(schema)} columns.",
            "Check that the file was read and that no filter removed everybody.",
        )
    extremes = [(row[f"least{j}"], row[f"most{j}"], row.get(f"part{j}")) for j in items if row[f"n{j}"]]
    if any(least < low or most > high or part for least, most, part in extremes):
        raise _stop_at_bad_answers(frame, plan, answers)
    youngest, oldest = (row.get(end) or 0 for end in ("youngest", "oldest"))
    if groups is not None and (youngest < 0 or oldest > OLDEST):
        raise _stop_at_bad_ages(frame, groups)
    return Checked(
        n=row["n"],
        n_missing=tuple(row["n"] - row[f"n{j}"] for j in items),
        low_used=any(least == low for least, _, _ in extremes),
    )
