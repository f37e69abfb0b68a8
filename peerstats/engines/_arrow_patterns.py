"""Distinct patterns of record batches, with sums of their rows and weights."""

from __future__ import annotations

from typing import Any

from peerstats.engines._batches import PATTERN_ROWS, PATTERN_SQUARES, PATTERN_WEIGHT, POSITIVE

__all__ = ["Grouped"]


class Grouped:
    """Adds batches to a table of patterns.

    Parameters
    ----------
    pyarrow : module
        With its module of functions, compute.
    schema : pyarrow Schema
        Columns of the data.
    keys : list of str
        Columns whose patterns are counted.
    weights : str or None
        Column of weights.
    limit : int
        The most patterns.
    whole : bool
        Whether weights must be whole numbers.
    """

    def __init__(
        self,
        pyarrow: Any,
        schema: Any,
        keys: list[str],
        weights: str | None,
        limit: int,
        *,
        whole: bool,
    ) -> None:
        self.pyarrow, self.compute = pyarrow, pyarrow.compute
        self.keys, self.weights, self.limit, self.whole = keys, weights, limit, whole
        self.sums = [PATTERN_ROWS, *([] if weights is None else [PATTERN_WEIGHT, PATTERN_SQUARES])]
        self.by = [*keys, *([] if weights is None else [POSITIVE])]
        # the categories that columns declare, in their order
        self.declared: dict[str, dict[Any, None]] = {
            name: {} for name in keys if pyarrow.types.is_dictionary(schema.field(name).type)
        }
        self.found: Any = None

    def _sum(self, table: Any) -> Any:
        summed = table.group_by(self.by).aggregate([(name, "sum") for name in self.sums])
        return summed.rename_columns([*self.by, *self.sums])

    def _keys(self, batch: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the keys of a batch, words as their codes, and the words."""
        columns, words = {}, {}
        for name in self.keys:
            column = batch.column(batch.schema.get_field_index(name))
            if self.pyarrow.types.is_dictionary(column.type):
                words[name] = column.dictionary
                if name in self.declared:
                    self.declared[name].update(dict.fromkeys(column.dictionary.to_pylist()))
                column = column.indices
            columns[name] = column
        return columns, words

    def add(self, batch: Any) -> bool:
        """Add a batch; return whether patterns are still few and weights plain."""
        pyarrow, compute = self.pyarrow, self.compute
        columns, words = self._keys(batch)
        columns[PATTERN_ROWS] = pyarrow.repeat(pyarrow.scalar(1), batch.num_rows)
        if self.weights is not None:
            w = batch.column(batch.schema.get_field_index(self.weights)).cast(pyarrow.float64())
            plain = compute.and_(compute.is_finite(w), compute.greater_equal(w, 0.0))
            if self.whole:
                plain = compute.and_(plain, compute.equal(w, compute.round(w)))
            if w.null_count or not compute.all(plain).as_py():
                return False
            columns |= {PATTERN_WEIGHT: w, PATTERN_SQUARES: compute.multiply(w, w)}
            columns[POSITIVE] = compute.greater(w, 0.0)
        counted = self._sum(pyarrow.table(columns))
        # codes are those of one batch: the few patterns are merged by their words
        for name, values in words.items():
            place = counted.schema.get_field_index(name)
            counted = counted.set_column(place, name, values.take(counted.column(name).combine_chunks()))
        if self.found is not None:
            counted = self._sum(pyarrow.concat_tables([self.found, counted]))
        self.found = counted
        return bool(counted.num_rows <= self.limit)

    def table(self) -> Any:
        """Return the patterns; None without a row."""
        if self.found is None:
            return None
        pyarrow = self.pyarrow
        table = self.found.select([*self.keys, *self.sums]).combine_chunks()
        for name, known in self.declared.items():
            place = table.schema.get_field_index(name)
            levels = pyarrow.array([level for level in known if level is not None])
            codes = self.compute.index_in(table.column(name).combine_chunks(), levels)
            column = pyarrow.DictionaryArray.from_arrays(codes, levels)
            table = table.set_column(place, name, column)
        return table
