"""DuckDB relations and polars LazyFrames, read in batches: the rows stay with the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.arrow import arrow_batches, arrow_frame
from peerstats._core.batches import (
    BATCH_ROWS,
    PATTERN_ROWS,
    PATTERN_SQUARES,
    PATTERN_WEIGHT,
    Batches,
    check_twice,
)
from peerstats._core.frames import nw
from peerstats._core.lazy_frames import is_lazy
from peerstats.errors import InputError, PeerstatsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

__all__ = ["LazyFrameBatches", "RelationBatches", "as_batches"]

_FAULTS, _POSITIVE = "__peerstats_faults__", "__peerstats_positive__"


def _few(found: nw.DataFrame[Any], keys: Sequence[str], weights: str | None, limit: int) -> Any:
    """Return a table of patterns without its helpers; None if there are too many, or a weight is at fault."""
    if len(found) == 0 or len(found) > limit:
        return None
    if weights is None:
        return found
    if found[_FAULTS].to_numpy().astype(float).any():
        return None
    return found.select(*keys, PATTERN_ROWS, PATTERN_WEIGHT, PATTERN_SQUARES)


def _no_columns(data: Any, call: str, error: Exception) -> SourceError:
    return SourceError(
        f"{call}(): the columns of the {type(data).__name__} cannot be read: {error}",
        "Check that its files are there and that its connection is open.",
    )


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
            raise _no_columns(self.native, self.call, error) from error
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
            each += [f"count(*) FILTER (NOT {plain}) AS {_FAULTS}"]
            by += [f"{w} > 0"]
        query = self.native.aggregate(", ".join([*map(_quoted, keys), *each]), ", ".join(by)).limit(limit + 1)
        try:
            table = query.to_arrow_table()
        except Exception as error:
            raise self.failed(error, "counting the rows") from error
        found: nw.DataFrame[Any] | None = _few(arrow_frame(table, self.call), keys, weights, limit)
        return found


def _quoted(name: str) -> str:
    """Write a name as DuckDB reads it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LazyFrameBatches(Batches):
    """A polars LazyFrame: its query runs once a pass, in polars' streaming engine."""

    @property
    def kind(self) -> str:
        """What the data are."""
        return "polars LazyFrame"

    @property
    def backend(self) -> str:
        """Library that tidy frames are made in."""
        return "polars"

    def head(self) -> nw.DataFrame[Any]:
        """Return a frame without rows."""
        return nw.from_native(self.native.head(0).collect(), eager_only=True)

    def check(self) -> None:
        """Leave it to the sums of each pass: a query has no time of change."""

    def read(self, columns: Sequence[str], where: str | None) -> Generator[nw.DataFrame[Any], None, None]:
        """Yield frames of some columns."""
        frame = nw.from_native(self.native)
        kept: Any = (frame if where is None else frame.filter(nw.col(where))).select(*columns).to_native()
        stream = kept.collect_batches(
            chunk_size=BATCH_ROWS, maintain_order=True, lazy=True, engine="streaming"
        )
        try:
            for batch in stream:
                yield nw.from_native(batch, eager_only=True)
        finally:
            getattr(stream, "stop", _nothing)()

    def group(
        self, keys: Sequence[str], weights: str | None, limit: int, *, whole: bool
    ) -> nw.DataFrame[Any] | None:
        """Return distinct patterns, counted by polars."""
        frame = nw.from_native(self.native).select(*keys, *([] if weights is None else [weights]))
        each, by = [nw.len().alias(PATTERN_ROWS)], list(keys)
        if weights is not None:
            w = nw.col(weights).cast(nw.Float64)
            plain = w.is_finite() & (w >= 0.0)
            plain = (plain & (w == w.round()) if whole else plain).fill_null(value=False)
            added = {PATTERN_WEIGHT: w, PATTERN_SQUARES: w * w, _FAULTS: nw.when(plain).then(0).otherwise(1)}
            frame = frame.with_columns((w > 0.0).alias(_POSITIVE), **added)
            each += [nw.col(name).sum() for name in added]
            by.append(_POSITIVE)
        query: Any = frame.group_by(*by).agg(*each).head(limit + 1).to_native()
        try:
            table = query.collect(engine="streaming")
        except Exception as error:
            raise self.failed(error, "counting the rows") from error
        found: nw.DataFrame[Any] | None = _few(nw.from_native(table, eager_only=True), keys, weights, limit)
        return found


def _nothing() -> None:
    """Stop nothing: a query of this version ends with its generator."""


def _lazy_batches(data: Any, call: str) -> Batches:
    """Return a DuckDB relation or a polars LazyFrame to be read in batches."""
    try:
        names = list(data.collect_schema().names()) if hasattr(data, "collect_schema") else list(data.columns)
        check_twice(names, call)
    except PeerstatsError:
        raise
    except Exception as error:
        raise _no_columns(data, call, error) from error
    if type(data).__name__ == "DuckDBPyRelation":
        return RelationBatches(native=data, columns=tuple(names), call=call)
    if not hasattr(data, "collect_batches"):
        raise InputError(
            f"{call}(): this polars does not give a LazyFrame in batches.",
            "Use a newer polars, whose LazyFrame has collect_batches(); or write it with sink_parquet() and "
            "give pyarrow.dataset.dataset(path).",
        )
    return LazyFrameBatches(native=data, columns=tuple(names), call=call)


def as_batches(data: Any, call: str) -> Batches | None:
    """Return data that are read in batches; None for a frame in memory.

    Parameters
    ----------
    data : object
        What the caller gave.
    call : str
        The public call, for messages.

    Returns
    -------
    Batches or None
        A pyarrow Dataset or ParquetFile, a DuckDB relation or a polars LazyFrame, ready to be read.

    Raises
    ------
    InputError
        If the data can be read once only, have a column name twice, or polars is too old.
    SourceError
        If the engine cannot say what columns there are.
    """
    if is_lazy(data):
        return _lazy_batches(data, call)
    return arrow_batches(data, call) if type(data).__module__.startswith("pyarrow") else None
