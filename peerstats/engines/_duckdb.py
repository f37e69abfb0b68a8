"""DuckDB relations, read in batches: the rows stay with DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.arrow import arrow_frame
from peerstats._core.extras import load_extra
from peerstats.engines._batches import (
    BATCH_ROWS,
    FAULTS,
    PATTERN_ROWS,
    PATTERN_SQUARES,
    PATTERN_WEIGHT,
    Batches,
    few_patterns,
    no_columns,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from peerstats._core.frames import nw

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

    def group(
        self, keys: Sequence[str], weights: str | None, limit: int, *, whole: bool
    ) -> nw.DataFrame[Any] | None:
        """Return distinct patterns, counted by DuckDB."""
        by = list(map(_quoted, keys))
        each = [f"count(*) AS {PATTERN_ROWS}"]
        if weights is not None:
            w = f"CAST({_quoted(weights)} AS DOUBLE)"
            # a comparison with null is null, and DuckDB's NaN is the largest number
            plain = f"coalesce(isfinite({w}) AND {w} >= 0{f' AND {w} = round({w})' if whole else ''}, false)"
            each += [f"sum({w}) AS {PATTERN_WEIGHT}", f"sum({w} * {w}) AS {PATTERN_SQUARES}"]
            each += [f"count(*) FILTER (NOT {plain}) AS {FAULTS}"]
            by += [f"{w} > 0"]
        query = self.native.aggregate(", ".join([*map(_quoted, keys), *each]), ", ".join(by)).limit(limit + 1)
        try:
            table = query.to_arrow_table()
        except Exception as error:
            raise self.failed(error, "counting the rows") from error
        found: nw.DataFrame[Any] | None = few_patterns(arrow_frame(table, self.call), keys, weights, limit)
        return found


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
