"""Totals as a query on a lazy frame: the engine groups and adds."""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import TYPE_CHECKING, Any

from peerstats._core.frames import nw
from peerstats.engines._totals import (
    FINITE,
    INFINITE,
    MISSING,
    POSITIVE,
    ROWS,
    WEIGHT_STATE,
    highest,
    lowest,
    state,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.engines._totals import Number, Totals

__all__ = ["alias_keys", "alias_numbers", "lazy_totals", "name_columns"]


def alias_keys(asked: Totals) -> dict[str, str]:
    """Give each column that is read as it is a plain name: whatever is in a name, an engine reads these."""
    beside = () if asked.beside is None else asked.beside.keys
    states = {state(name) for name in asked.states}
    names = [*asked.keys, *(name for name in beside if name not in states)]
    if asked.where is not None:
        names.append(asked.where)
    return {name: f"key_{i}" for i, name in enumerate(dict.fromkeys(names))}


def alias_numbers(asked: Totals) -> dict[str, str]:
    """Give each column that is read as a number a plain name."""
    return {name: f"number_{i}" for i, name in enumerate(asked.read_as_numbers)}


def _chosen(*cases: tuple[Any, int], otherwise: int) -> Any:
    """Return the number of the first condition that holds."""
    found: Any = nw.lit(otherwise)
    for condition, number in reversed(cases):
        found = nw.when(condition).then(nw.lit(number)).otherwise(found)
    return found


def _lacks(x: Any) -> Any:
    return x.is_null() | x.is_nan()


def _weight_state(w: Any, *, whole: bool) -> Any:
    cases = [(_lacks(w), 2), (~w.is_finite(), 3), (w < 0.0, 4), (w == 0.0, 0)]
    if whole:
        cases.append((w % 1.0 != 0.0, 5))
    return _chosen(*cases, otherwise=POSITIVE)


def _number(number: Number, alias: Mapping[str, str], beside: Mapping[str, str]) -> Any:
    x = nw.col(alias[number.column])
    known = x.is_finite()
    if number.log:
        return nw.when(known & (x > 0.0)).then(x).otherwise(nw.lit(1.0)).log()
    if number.at_most is not None:
        known, value = known & (x <= nw.col(beside[number.at_most])), nw.lit(1.0)
    else:
        value = x if number.less is None else x - nw.col(beside[number.less])
    return nw.when(known).then(value).otherwise(nw.lit(0.0))


def _with(frame: nw.LazyFrame[Any], made: Mapping[str, Any]) -> nw.LazyFrame[Any]:
    return frame.with_columns(**made) if made else frame


def lazy_totals(frame: nw.LazyFrame[Any], asked: Totals, table: nw.LazyFrame[Any] | None) -> Any:
    """Return the query of some totals.

    Parameters
    ----------
    frame : narwhals LazyFrame
        The columns under the names of `alias_keys` as they are, and of `alias_numbers` as floats.
    asked : Totals
        What is summed.
    table : narwhals LazyFrame or None
        The table beside in the same engine: its keys as b0, b1, ..., its numbers as c0, c1, ...

    Returns
    -------
    narwhals LazyFrame
        Keys as g0, g1, ..., the rows, and what is summed as s0, s1, ..., a row more than the limit at most.
    """
    keys, numbers = alias_keys(asked), alias_numbers(asked)
    if asked.where is not None:
        frame = frame.filter(nw.col(keys[asked.where]))
    made: dict[str, Any] = {
        f"state_{i}": _chosen(
            (_lacks(nw.col(numbers[name])), MISSING),
            (nw.col(numbers[name]).is_finite(), FINITE),
            otherwise=INFINITE,
        )
        for i, name in enumerate(asked.states)
    }
    if asked.weights is not None:
        made["weight_state"] = _weight_state(nw.col(numbers[asked.weights]), whole=asked.whole)
    frame = frame.with_columns(**made, all_rows=nw.lit(0))
    if asked.positive:
        frame = frame.filter(nw.col("weight_state") == POSITIVE)
    states = {state(name): f"state_{i}" for i, name in enumerate(asked.states)}
    beside: dict[str, str] = {}
    if asked.beside is not None:
        beside = {name: f"c{i}" for i, name in enumerate(asked.beside.numbers)}
        left = [keys.get(name, states.get(name, "")) for name in asked.beside.keys]
        if table is None:
            raise ValueError("a table beside is asked for and not there")
        if left:
            right = [f"b{i}" for i in range(len(left))]
            frame = frame.join(
                table, left_on=left, right_on=right, how="inner" if asked.beside.inner else "left"
            )
        else:
            frame = frame.join(table, how="cross")
    by = [*(keys[name] for name in asked.keys), *states.values(), *(beside[x] for x in asked.beside_keys)]
    by += ["all_rows"] if asked.weights is None else ["weight_state", "all_rows"]
    factors = {name: f"x{i}" for i, name in enumerate(asked.numbers)}
    frame = _with(
        frame, {factors[name]: _number(number, numbers, beside) for name, number in asked.numbers.items()}
    )
    each = [nw.len().alias("counted")]
    products: dict[str, Any] = {}
    for i, parts in enumerate(asked.sums.values()):
        products[f"s{i}"] = reduce(mul, [nw.col(factors[part]) for part in parts])
        each.append(nw.col(f"s{i}").sum())
    for i, name in enumerate(asked.extremes):
        each += [nw.col(factors[name]).min().alias(f"low{i}"), nw.col(factors[name]).max().alias(f"high{i}")]
    return _with(frame, products).group_by(*by).agg(*each).head(asked.limit + 1)


def name_columns(found: nw.DataFrame[Any], asked: Totals) -> nw.DataFrame[Any]:
    """Give the columns of a table that `lazy_totals` made the names that the totals have."""
    keys = alias_keys(asked)
    beside = {} if asked.beside is None else {name: f"c{i}" for i, name in enumerate(asked.beside.numbers)}
    names = {name: keys[name] for name in asked.keys}
    names |= {state(name): f"state_{i}" for i, name in enumerate(asked.states)}
    names |= {name: beside[name] for name in asked.beside_keys}
    if asked.weights is not None:
        names[WEIGHT_STATE] = "weight_state"
    names[ROWS] = "counted"
    names |= {name: f"s{i}" for i, name in enumerate(asked.sums)}
    for i, name in enumerate(asked.extremes):
        names |= {lowest(name): f"low{i}", highest(name): f"high{i}"}
    # an engine gives its groups in any order; sums of them are the same numbers each time
    ordered = found.sort(*(held for held in names.values() if held.startswith(("key_", "state_", "c"))))
    return ordered.select(*(nw.col(held).alias(name) for name, held in names.items()))
