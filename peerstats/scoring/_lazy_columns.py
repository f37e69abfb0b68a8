"""Columns of a lazy frame as expressions: answers, ages and groups."""

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
from peerstats.scoring._groups import check_groups, everybody, group_of_word, unknown_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.instruments import Instrument
    from peerstats.scoring._groups import GroupSpec
    from peerstats.scoring._plan import ScoringPlan

__all__ = ["LazyGroups", "in_rows", "lazy_answers", "lazy_groups"]


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
            "Turn the words into codes in the engine first, or collect the data: words are read in memory."
            if text and use == "item column"
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


def in_rows(count: int) -> str:
    """Say in how many rows."""
    return "1 row" if count == 1 else f"{count:,} rows"


def _levels(frame: nw.LazyFrame[Any], spec: GroupSpec, levels: tuple[str, ...], name: str) -> nw.Expr:
    columns = frame.collect_schema().names()
    one = everybody(spec, columns, levels, name)
    if one is not None:
        return nw.lit(one)
    column, mapping = spec if isinstance(spec, tuple) else (spec, None)
    check_columns([column], columns, "score", use=f"{name} column")
    table = group_of_word(mapping, levels, name)
    # one value more than are mapped, null and NaN beside them, shows a value that is not; no more is read
    distinct = frame.group_by(column).agg(nw.len().alias("__peerstats_n")).sort(column)
    found = fetch(distinct.head(len(table) + 3))
    values = [
        v for v in found[column].to_list() if v is not None and not (isinstance(v, float) and math.isnan(v))
    ]
    if all(isinstance(v, float) and v.is_integer() for v in values):
        # a column of whole numbers with a gap is often float; its levels are still 1, 2, 3
        values = [int(v) for v in values]
    unknown = sorted((v for v in values if str(v) not in table), key=str)
    if unknown:
        count = fetch(frame.select((nw.col(column) == unknown[0]).cast(nw.Int64).sum().alias("n")))["n"][0]
        raise unknown_group(column, unknown[0], in_rows(count), levels, name)
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
