"""Which data are read in batches, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peerstats._core.checks import check_twice
from peerstats._core.lazy_frames import is_lazy
from peerstats.engines._arrow import arrow_batches
from peerstats.engines._batches import no_columns
from peerstats.engines._duckdb import RelationBatches
from peerstats.engines._polars import LazyFrameBatches
from peerstats.engines._spark import SparkBatches, is_spark
from peerstats.errors import InputError, PeerstatsError

if TYPE_CHECKING:
    from peerstats.engines._batches import Batches

__all__ = ["as_batches"]


def _lazy_batches(data: Any, call: str) -> Batches:
    """Return a DuckDB relation or a polars LazyFrame to be read in batches."""
    try:
        names = list(data.collect_schema().names()) if hasattr(data, "collect_schema") else list(data.columns)
        check_twice(names, call)
    except PeerstatsError:
        raise
    except Exception as error:
        raise no_columns(data, call, error) from error
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
        A pyarrow Dataset or ParquetFile, a DuckDB relation, a polars LazyFrame or a Spark DataFrame, ready to
        be read.

    Raises
    ------
    InputError
        If the data can be read once only, have a column name twice, or polars is too old.
    SourceError
        If the engine cannot say what columns there are.
    """
    if is_spark(data):
        check_twice(list(data.columns), call)
        return SparkBatches(native=data, columns=tuple(data.columns), call=call)
    if is_lazy(data):
        return _lazy_batches(data, call)
    return arrow_batches(data, call) if type(data).__module__.startswith("pyarrow") else None
