"""Files in Arrow record batches: the one door to pyarrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.extras import load_extra
from peerstats._core.frames import nw
from peerstats.errors import InputError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Batches", "as_batches", "read_parquet"]

_BATCH_ROWS = 65_536  # a few megabytes for twenty columns


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batches:
    """A file or data set that is read batch by batch, as often as asked.

    Parameters
    ----------
    native : object
        A pyarrow Dataset or ParquetFile.
    columns : tuple of str
        Names of its columns.
    call : str
        The public call, for messages.
    """

    native: Any
    columns: tuple[str, ...]
    call: str

    def head(self) -> nw.DataFrame[Any]:
        """Return a frame without rows, for the names and kinds of columns."""
        schema = self.native.schema_arrow if hasattr(self.native, "schema_arrow") else self.native.schema
        return nw.from_native(schema.empty_table(), eager_only=True)

    def frames(self, columns: Sequence[str]) -> Iterator[tuple[int, nw.DataFrame[Any]]]:
        """Read some columns.

        Parameters
        ----------
        columns : sequence of str
            Their names.

        Yields
        ------
        start : int
            Position of the batch's first row in the data, from 0.
        frame : narwhals DataFrame
            A batch with one row at least.
        """
        pyarrow = load_extra("pyarrow", "arrow", self.call)
        wanted = list(columns)
        if hasattr(self.native, "iter_batches"):
            batches = self.native.iter_batches(batch_size=_BATCH_ROWS, columns=wanted)
        else:
            batches = self.native.to_batches(batch_size=_BATCH_ROWS, columns=wanted)
        start = 0
        for batch in batches:
            if batch.num_rows:
                yield start, nw.from_native(pyarrow.Table.from_batches([batch]), eager_only=True)
                start += batch.num_rows


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
        A pyarrow Dataset or ParquetFile, ready to be read.

    Raises
    ------
    InputError
        If the data can be read once only, as a RecordBatchReader, or have a column name twice.
    """
    if not type(data).__module__.startswith("pyarrow"):
        return None
    if hasattr(data, "read_next_batch"):
        raise InputError(
            f"{call}(): data is a pyarrow {type(data).__name__}, which can be read once, and a fit reads "
            "the rows several times.",
            "Give pyarrow.dataset.dataset(path) of the file, or reader.read_all() to hold it in memory.",
        )
    if hasattr(data, "iter_batches"):
        names = list(data.schema_arrow.names)
    elif hasattr(data, "to_batches") and hasattr(data, "count_rows"):
        names = list(data.schema.names)
    else:
        return None
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"{call}(): the data have more than one column named {twice[0]!r}.",
            "Rename or drop the copies: a name must mean one column.",
        )
    return Batches(native=data, columns=tuple(names), call=call)


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
    pyarrow = load_extra("pyarrow", "arrow", call)
    parquet = load_extra("pyarrow.parquet", "arrow", call)
    try:
        with parquet.ParquetFile(str(path)) as file:
            as_batches(file, call)
            table = file.read()
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceError(
            f"{call}(): {path.name} cannot be read as a Parquet file: {str(error).splitlines()[0]}.",
            "It is damaged or cut off: copy or export it again.",
        ) from error
    return table.to_pandas(ignore_metadata=True)
