"""DuckDB relations, read in batches: the rows stay with DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.arrow import arrow_frame
from peerstats._core.extras import load_extra
from peerstats._core.frames import nw
from peerstats.engines._batches import BATCH_ROWS, Batches, no_columns
from peerstats.engines._lazy_totals import alias_keys, alias_numbers, lazy_totals, name_columns

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from peerstats.engines._totals import Beside, Totals

__all__ = ["RelationBatches", "as_relation"]

_READERS = ("to_arrow_reader", "fetch_record_batch", "fetch_arrow_reader")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RelationBatches(Batches):
    """A DuckDB relation; every pass closes its reader, since an open one blocks the connection."""

    @property
    def kind(self) -> str:
        """What the data are."""
        return "DuckDB relation"

    @property
    def order(self) -> str:
        """What a row's position is counted in."""
        return " in the order in which DuckDB gave the rows"

    def head(self) -> nw.DataFrame[Any]:
        """Return a frame without rows."""
        try:
            empty = self.native.limit(0).to_arrow_table()
        except Exception as error:
            raise no_columns(self.native, self.call, error) from error
        return arrow_frame(empty, self.call)

    def check(self) -> None:
        """Leave it to the sums of each pass: a relation has no time of change."""

    def read(self, columns: Sequence[str], where: str | None) -> Generator[nw.DataFrame[Any], None, None]:
        """Yield frames of some columns."""
        kept = self.native if where is None else self.native.filter(_quoted(where))
        relation = kept.project(", ".join(map(_quoted, columns)))
        # the first of the names that this release of DuckDB has; older ones keep the newer as deprecated
        name = next(name for name in _READERS if hasattr(relation, name))
        reader = getattr(relation, name)(BATCH_ROWS)
        try:
            for batch in reader:
                yield arrow_frame(batch, self.call)
        finally:
            reader.close()

    def add_up(self, asked: Totals) -> nw.DataFrame[Any]:
        """Return totals, added up by DuckDB."""
        keys, numbers = alias_keys(asked), alias_numbers(asked)
        held = [f"{_quoted(name)} AS {alias}" for name, alias in keys.items()]
        held += [f"CAST({_quoted(name)} AS DOUBLE) AS {alias}" for name, alias in numbers.items()]
        # older releases take a dot in a name for a table, so that none may stand as it is
        relation = self.native.project(", ".join(held or ["1 AS one"]))
        table = None if asked.beside is None else nw.from_native(self._table(asked.beside))
        query: Any = lazy_totals(nw.from_native(relation), asked, table).to_native()
        return name_columns(arrow_frame(query.to_arrow_table(), self.call), asked)

    def _table(self, beside: Beside) -> Any:
        """Write a small table into the relation's query: one of Python's would need its connection."""
        known = beside.known()
        kinds = dict(zip(self.native.columns, map(str, self.native.types), strict=True))
        columns = []
        for i, name in enumerate(beside.keys):
            words = (_text(value) for value in beside.frame[name].filter(known.tolist()).to_list())
            columns.append(
                f"CAST(unnest([{','.join(words)}]::VARCHAR[]) AS {kinds.get(name, 'INTEGER')}) AS b{i}"
            )
        for i, values in enumerate(beside.numbers.values()):
            words = (f"'{value!r}'" for value in values[known].tolist())
            columns.append(f"CAST(unnest([{','.join(words)}]::VARCHAR[]) AS DOUBLE) AS c{i}")
        one_row = self.native.limit(0).aggregate("count(*) AS n")
        return one_row.project(", ".join(columns))


def _text(value: Any) -> str:
    """Write a value as a text that DuckDB reads back as the type of its column."""
    said = value.isoformat(sep=" ") if hasattr(value, "tzinfo") and hasattr(value, "date") else str(value)
    return "'" + said.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    """Write a name as DuckDB reads it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def as_relation(data: Any, call: str) -> Any:
    """Return a pyarrow Dataset as a DuckDB relation that reads its files; other data as they are.

    Parameters
    ----------
    data : object
        What the caller gave.
    call : str
        The public call, for messages.

    Returns
    -------
    object
        The relation, on DuckDB's default connection; or `data`.
    """
    if not (type(data).__module__.startswith("pyarrow") and hasattr(data, "count_rows")):
        return data
    return load_extra("duckdb", "duckdb", call).from_arrow(data)
