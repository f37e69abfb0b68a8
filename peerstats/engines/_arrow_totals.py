"""Totals of record batches: each batch is added up, and the few sums of all are merged."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

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
    from peerstats.engines._totals import Beside, Number, Totals
    from peerstats.typing import Array, IntArray

__all__ = ["Adder"]


class _Table:
    """The table beside: finds its row for each row of a batch.

    Parameters
    ----------
    pyarrow : module
        With its module of functions, compute.
    beside : Beside
        The table.
    """

    def __init__(self, pyarrow: Any, beside: Beside) -> None:
        self.pyarrow, self.keys = pyarrow, beside.keys
        known = beside.known()
        self.rows = np.flatnonzero(known)
        self.levels: dict[str, Any] = {}
        code = np.zeros(len(self.rows), dtype=np.int64)
        for name in self.keys:
            column = beside.frame[name].to_native()
            column = column.combine_chunks() if hasattr(column, "combine_chunks") else column
            if pyarrow.types.is_dictionary(column.type):
                column = column.cast(column.type.value_type)
            coded = column.take(pyarrow.array(self.rows)).dictionary_encode()
            self.levels[name] = coded.dictionary
            code = code * max(len(coded.dictionary), 1) + np.asarray(coded.indices)
        self.order = np.argsort(code)
        self.codes = code[self.order]

    def find(self, columns: dict[str, Any], words: dict[str, Any], n: int) -> IntArray:
        """Return the table's row of each of n rows, -1 where it has none."""
        compute = self.pyarrow.compute
        joint, known = np.zeros(n, dtype=np.int64), np.ones(n, dtype=bool)
        for name in self.keys:
            levels = self.levels[name]
            column = words.get(name, columns[name])
            if levels.type != column.type:
                levels = levels.cast(column.type, safe=False)
            place = compute.index_in(column, value_set=levels)
            if name in words:
                place = place.take(columns[name])
            codes = np.asarray(place.fill_null(-1), dtype=np.int64)
            known &= codes >= 0
            joint = joint * max(len(levels), 1) + codes
        at = np.minimum(np.searchsorted(self.codes, joint), max(len(self.codes) - 1, 0))
        if not len(self.codes):
            return np.full(n, -1, dtype=np.int64)
        found: IntArray = np.where(known & (self.codes[at] == joint), self.rows[self.order[at]], -1)
        return found


class Adder:
    """Adds batches to a table of totals.

    Parameters
    ----------
    pyarrow : module
        With its module of functions, compute.
    schema : pyarrow Schema
        Columns of the data.
    asked : Totals
        What is summed.
    """

    def __init__(self, pyarrow: Any, schema: Any, asked: Totals) -> None:
        self.pyarrow, self.compute, self.asked = pyarrow, pyarrow.compute, asked
        self.sums = [ROWS, *asked.sums]
        self.ends = [(lowest(name), "min") for name in asked.extremes]
        self.ends += [(highest(name), "max") for name in asked.extremes]
        self.by = list(asked.by)
        self.table_ = None if asked.beside is None else _Table(pyarrow, asked.beside)
        # the categories that columns declare, in their order
        self.declared: dict[str, dict[Any, None]] = {
            name: {} for name in asked.keys if pyarrow.types.is_dictionary(schema.field(name).type)
        }
        self.found: Any = None

    def _sum(self, table: Any) -> Any:
        wanted = [*((name, "sum") for name in self.sums), *self.ends]
        summed = table.group_by(self.by).aggregate(wanted)
        return summed.rename_columns([*self.by, *(name for name, _ in wanted)])

    def _keys(self, batch: Any, names: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return columns of a batch, words as their codes, and the words."""
        columns, words = {}, {}
        for name in names:
            column = batch.column(batch.schema.get_field_index(name))
            if self.pyarrow.types.is_dictionary(column.type):
                words[name] = column.dictionary
                if name in self.declared:
                    self.declared[name].update(dict.fromkeys(column.dictionary.to_pylist()))
                column = column.indices
            columns[name] = column
        return columns, words

    def _floats(self, batch: Any) -> dict[str, Array]:
        """Return the columns that are numbers as floats, NaN where missing."""
        found = {}
        for name in self.asked.read_as_numbers:
            column = batch.column(batch.schema.get_field_index(name))
            floats = column.cast(self.pyarrow.float64(), safe=False)
            found[name] = np.asarray(floats.to_numpy(zero_copy_only=False), dtype=float)
        return found

    def _states(self, floats: dict[str, Array]) -> dict[str, IntArray]:
        found: dict[str, IntArray] = {}
        for name in self.asked.states:
            x = floats[name]
            found[state(name)] = np.where(np.isnan(x), MISSING, np.where(np.isinf(x), INFINITE, FINITE))
        if self.asked.weights is not None:
            w = floats[self.asked.weights]
            cases = [np.isnan(w), np.isinf(w), w < 0, w == 0]
            numbers = [2, 3, 4, 0]
            if self.asked.whole:
                with np.errstate(invalid="ignore"):
                    cases.append(w % 1 != 0)
                numbers.append(5)
            found[WEIGHT_STATE] = np.select(cases, numbers, default=POSITIVE)
        return found

    def _number(self, number: Number, floats: dict[str, Array], beside: dict[str, Array]) -> Array:
        x = floats[number.column]
        with np.errstate(invalid="ignore"):
            if number.log:
                return np.asarray(np.log(np.where(np.isfinite(x) & (x > 0), x, 1.0)))
            if number.at_most is not None:
                return (np.isfinite(x) & (x <= beside[number.at_most])).astype(float)
            value = x if number.less is None else x - beside[number.less]
        found: Array = np.where(np.isfinite(x), value, 0.0)
        return found

    def add(self, batch: Any) -> bool:
        """Add a batch; return whether patterns are still few."""
        pyarrow, asked = self.pyarrow, self.asked
        if asked.where is not None:
            batch = batch.filter(batch.column(batch.schema.get_field_index(asked.where)))
        floats = self._floats(batch)
        states = self._states(floats)
        kept = np.ones(batch.num_rows, dtype=bool)
        if asked.positive:
            kept &= states[WEIGHT_STATE] == POSITIVE
        names = tuple(dict.fromkeys([*asked.keys, *self._beside_columns()]))
        columns, words = self._keys(batch, names)
        beside: dict[str, Array] = {}
        if asked.beside is not None and self.table_ is not None:
            held = columns | {name: pyarrow.array(codes) for name, codes in states.items()}
            at = self.table_.find(held, words, batch.num_rows)
            if asked.beside.inner:
                kept &= at >= 0
            beside = {name: np.append(values, np.nan)[at] for name, values in asked.beside.numbers.items()}
        made: dict[str, Any] = {name: columns[name] for name in asked.keys}
        made |= {name: pyarrow.array(codes) for name, codes in states.items()}
        made |= {name: pyarrow.array(beside[name]) for name in asked.beside_keys}
        factors = {name: self._number(each, floats, beside) for name, each in asked.numbers.items()}
        made[ROWS] = pyarrow.repeat(pyarrow.scalar(1), batch.num_rows)
        with np.errstate(over="ignore", invalid="ignore"):  # who asked sees a sum that is not finite
            products = {
                name: reduce(np.multiply, [factors[part] for part in parts])
                for name, parts in asked.sums.items()
            }
        made |= {name: pyarrow.array(product) for name, product in products.items()}
        for name in asked.extremes:
            made |= {lowest(name): pyarrow.array(factors[name]), highest(name): pyarrow.array(factors[name])}
        table = pyarrow.table(made)
        return self._merge(table if kept.all() else table.filter(pyarrow.array(kept)), words)

    def _merge(self, table: Any, words: dict[str, Any]) -> bool:
        """Add the rows of a batch; its codes are its own, and the few patterns are merged by their words."""
        counted = self._sum(table)
        for name, values in words.items():
            if name in self.asked.keys:
                place = counted.schema.get_field_index(name)
                column = values.take(counted.column(name).combine_chunks())
                counted = counted.set_column(place, name, column)
        if self.found is not None:
            counted = self._sum(self.pyarrow.concat_tables([self.found, counted]))
        self.found = counted
        return bool(counted.num_rows <= self.asked.limit)

    def _beside_columns(self) -> list[str]:
        beside = () if self.asked.beside is None else self.asked.beside.keys
        states = {state(name) for name in self.asked.states}
        return [name for name in beside if name not in states]

    def table(self) -> Any:
        """Return the totals; None without a row."""
        if self.found is None:
            return None
        pyarrow = self.pyarrow
        table = self.found.combine_chunks()
        for name, known in self.declared.items():
            place = table.schema.get_field_index(name)
            levels = pyarrow.array([level for level in known if level is not None])
            codes = self.compute.index_in(table.column(name).combine_chunks(), levels)
            column = pyarrow.DictionaryArray.from_arrays(codes, levels)
            table = table.set_column(place, name, column)
        return table
