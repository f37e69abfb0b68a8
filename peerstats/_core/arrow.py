"""The one door to pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peerstats._core.checks import check_twice
from peerstats._core.extras import load_extra
from peerstats._core.frames import nw
from peerstats.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["arrow_frame", "load_arrow", "read_parquet"]


def load_arrow(call: str) -> Any:
    """Return pyarrow, its modules compute, dataset and parquet with it."""
    for module in ("pyarrow.compute", "pyarrow.dataset", "pyarrow.parquet"):
        load_extra(module, "arrow", call)
    return load_extra("pyarrow", "arrow", call)


def arrow_frame(rows: Any, call: str) -> nw.DataFrame[Any]:
    """Wrap a pyarrow Table or RecordBatch, decimals as floats, so that their whole numbers are levels too."""
    pyarrow = load_arrow(call)
    table = pyarrow.Table.from_batches([rows]) if isinstance(rows, pyarrow.RecordBatch) else rows
    for i, kind in enumerate(table.schema.types):
        if pyarrow.types.is_decimal(kind):
            table = table.set_column(i, table.schema.names[i], table.column(i).cast(pyarrow.float64()))
    return nw.from_native(table, eager_only=True)


def read_parquet(path: Path, call: str) -> Any:
    """Read a Parquet file whole.

    Parameters
    ----------
    path : Path
        The file.
    call : str
        The public call, for messages.

    Returns
    -------
    pandas DataFrame
        Its columns.

    Raises
    ------
    SourceError
        If it is damaged or cut off.
    InputError
        If a column name stands twice.
    """
    pyarrow = load_arrow(call)
    try:
        with pyarrow.parquet.ParquetFile(str(path)) as file:
            check_twice(list(file.schema_arrow.names), call)
            table = file.read()
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceError(
            f"{call}(): {path.name} cannot be read as a Parquet file: {str(error).splitlines()[0]}.",
            "It is damaged or cut off: copy or export it again.",
        ) from error
    return table.to_pandas(ignore_metadata=True)
