"""Frames that an engine holds, of polars, DuckDB or Spark: queries on them, their rows not collected."""

from __future__ import annotations

import re
from importlib.metadata import version
from inspect import signature
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from peerstats._core.checks import check_twice
from peerstats._core.frames import new_frame, nw
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.typing import Columns

__all__ = [
    "LazyRows",
    "fetch",
    "has_no_type",
    "is_lazy",
    "lazy_table",
    "left_join",
    "read_lazy_frame",
]


class _PolarsQuery(Protocol):
    """What a polars LazyFrame has and no frame in memory."""

    @property
    def explain(self) -> Any: ...


class _DuckDBRelation(Protocol):
    """What a DuckDB relation has and no frame in memory."""

    @property
    def fetchall(self) -> Any: ...


LazyRows: TypeAlias = _PolarsQuery | _DuckDBRelation

# Class name -> the module that defines it begins with one of these.
_LAZY = {
    "LazyFrame": ("polars", "narwhals"),
    "DuckDBPyRelation": ("duckdb", "_duckdb"),
    "DataFrame": ("pyspark.sql.",),
}

_TAKES_TABLES = 2  # the version of DuckDB from which a query on a relation leaves nothing in the catalogue

# What the rows of a small table are called while a relation takes them up; no table of a user is called so.
_TABLE = "__peerstats_table__"


def is_lazy(data: Any) -> bool:
    """Return whether `data` is a polars LazyFrame, a DuckDB relation or a Spark DataFrame."""
    kind = type(data)
    return kind.__module__.startswith(_LAZY.get(kind.__name__, ("no module is called so",)))


def read_lazy_frame(data: Any, call: str) -> nw.LazyFrame[Any]:
    """Wrap the caller's lazy frame; its rows stay in the engine.

    Parameters
    ----------
    data : polars LazyFrame, DuckDB relation or Spark DataFrame
        The frame, for which `is_lazy` holds.
    call : str
        The public call, for messages.

    Returns
    -------
    narwhals LazyFrame
        A view of the same query.

    Raises
    ------
    InputError
        If a column name occurs twice, or the engine is another one.
    """
    if type(data).__name__ != "LazyFrame":  # polars refuses them itself
        check_twice(list(data.columns), call)
    frame: nw.LazyFrame[Any] = nw.from_native(data)
    known = frame.implementation
    if not (known.is_polars() or known.is_duckdb() or known.is_spark_like()):
        raise InputError(
            f"{call}(): data is a lazy frame of {frame.implementation.value}, which is not read lazily.",
            "Collect it first, or give a polars LazyFrame, a DuckDB relation or a Spark DataFrame.",
        )
    dotted = [name for name in data.columns if "." in name or "`" in name] if known.is_spark_like() else []
    if dotted:
        raise InputError(
            f"{call}(): column {dotted[0]!r} has a dot or backtick in its name, which Spark's expressions "
            "take for something else.",
            f"Rename it: data.withColumnRenamed({dotted[0]!r}, {re.sub('[.`]', '_', dotted[0])!r}).",
        )
    return frame


def has_no_type(frame: nw.LazyFrame[Any], name: str) -> bool:
    """Return whether a column was never given a value: the engine calls its type NULL."""
    native = frame.select(name).to_native()
    if frame.implementation.is_spark_like():
        return bool(native.schema[0].dataType.typeName() == "void")
    kind = native.types[0] if frame.implementation.is_duckdb() else native.collect_schema()[name]
    return str(kind).strip('"').upper() == "NULL"


def fetch(frame: nw.LazyFrame[Any]) -> nw.DataFrame[Any]:
    """Run a query and return its few rows in memory; DuckDB's reader is read to its end."""
    return frame.collect()


def left_join(frame: nw.LazyFrame[Any], table: nw.LazyFrame[Any], keys: Sequence[str]) -> nw.LazyFrame[Any]:
    """Join a table to every row of a frame, the rows of polars in their order."""
    if not frame.implementation.is_polars():
        return frame.join(table, on=list(keys), how="left")
    rows, other = frame.to_native(), table.to_native()
    # before polars had the word, its left join kept the order anyway
    order = {"maintain_order": "left"} if "maintain_order" in signature(rows.join).parameters else {}
    joined: nw.LazyFrame[Any] = nw.from_native(rows.join(other, on=list(keys), how="left", **order))
    return joined


def _as_text(relation: Any, columns: Columns) -> Any:
    """Write a table of numbers into a query as text, one constant a column.

    DuckDB takes up Python's tables without a trace in the caller's database from version 2 on. Before, the
    relation would first become a view there.
    """
    one_row = relation.limit(0).aggregate("count(*) AS n")
    parts, n = [], 0
    for name, values in columns.items():
        array = np.asarray(values)
        n, kind = len(array), "BIGINT" if array.dtype.kind == "i" else "DOUBLE"
        numbers = ",".join(map(repr, array.tolist())) or "0"
        quoted = name.replace('"', '""')
        parts.append(f"CAST(unnest(string_split('{numbers}', ',')) AS {kind}) AS \"{quoted}\"")
    return one_row.project(", ".join(parts)).limit(n)


def lazy_table(frame: nw.LazyFrame[Any], columns: Columns) -> nw.LazyFrame[Any]:
    """Hand a table of numbers in memory to the engine of `frame`, for a join with it.

    Parameters
    ----------
    frame : narwhals LazyFrame
        A frame of the engine; a DuckDB table joins only what is on the same connection.
    columns : mapping of str to (n,) int or float array
        The table.

    Returns
    -------
    narwhals LazyFrame
        The table in the engine; nothing is written to the caller's database.

    Raises
    ------
    InputError
        If the DuckDB connection is closed to Python's tables.
    """
    native: Any = frame.to_native()
    table: nw.LazyFrame[Any]
    if frame.implementation.is_spark_like():
        table = nw.from_native(native.sparkSession.createDataFrame(new_frame(columns, "pyarrow")))
    elif frame.implementation.is_polars():
        table = nw.from_native(new_frame(columns, "polars").lazy())
    elif int(version("duckdb").partition(".")[0]) < _TAKES_TABLES:
        table = nw.from_native(_as_text(native, columns))
    else:
        # DuckDB finds the table by the name of this variable
        __peerstats_table__ = new_frame(columns, "pyarrow")  # noqa: F841
        try:
            table = nw.from_native(native.query("__peerstats_relation__", f"SELECT * FROM {_TABLE}"))  # noqa: S608
        except Exception as error:
            if _TABLE not in str(error):
                raise
            raise InputError(
                "score(): this DuckDB connection does not read tables of Python, and the conversion is one.",
                "Say connection.execute('SET python_enable_replacements = true') first.",
            ) from error
    return table
