"""The one door to pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.checks import check_twice
from peerstats._core.extras import load_extra
from peerstats._core.frames import nw
from peerstats.errors import InputError, SourceError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

__all__ = ["arrow_frame", "from_pandas", "load_arrow", "read_parquet", "to_pandas"]

_EXACT = 2**53  # up to it a float holds each whole number


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


def from_pandas(frame: Any, backend: Literal["polars", "pyarrow"], whole: Collection[str], call: str) -> Any:
    """Turn a pandas frame into one of another library: NaN becomes null, categories keep their order.

    Parameters
    ----------
    frame : pandas DataFrame
        The frame.
    backend : {"polars", "pyarrow"}
        The library.
    whole : collection of str
        Columns of floats that become integers.
    call : str
        The public call, for messages.

    Returns
    -------
    frame
        A native frame.

    Raises
    ------
    InputError
        If a column holds what the library cannot hold together.
    """
    pyarrow = load_arrow(call)
    columns, categories = {}, {}
    for name in frame.columns:
        column = frame[name]
        try:
            made = pyarrow.Array.from_pandas(column)
        except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError) as error:
            raise InputError(
                f"{call}(): column {name!r} holds numbers and text together, which {backend} cannot hold.",
                'Say keep_missing_codes=False if the text is user-missing codes, or backend="pandas".',
            ) from error
        made = made.combine_chunks() if isinstance(made, pyarrow.ChunkedArray) else made
        if name in whole:
            made = made.cast(pyarrow.int64())
        if backend == "polars" and pyarrow.types.is_dictionary(made.type):
            levels = made.dictionary.to_pylist()
            made = made.dictionary_decode()
            if all(isinstance(level, str) for level in levels):
                categories[name] = levels
        columns[name] = made
    table = pyarrow.table(columns)
    if backend == "pyarrow":
        return table
    found = nw.from_arrow(table, backend=backend)
    return found.with_columns(
        nw.col(name).cast(nw.Enum(each)) for name, each in categories.items()
    ).to_native()


def to_pandas(data: Any, call: str) -> Any:
    """Turn a frame of any library into one of pandas; one of pandas stays as it is.

    Parameters
    ----------
    data : frame
        A frame in memory.
    call : str
        The public call, for messages.

    Returns
    -------
    pandas DataFrame
        Integers with gaps as floats, others as they are.
    """
    frame = nw.from_native(data, eager_only=True)
    if frame.implementation.is_pandas():
        return data
    pyarrow = load_arrow(call)
    table = frame.to_arrow()
    for i, field in enumerate(table.schema):
        kind = field.type
        if pyarrow.types.is_dictionary(kind) and pyarrow.types.is_unsigned_integer(kind.index_type):
            # older pyarrow takes signed codes alone to pandas
            signed = [
                pyarrow.DictionaryArray.from_arrays(
                    part.indices.cast(pyarrow.int32()), part.dictionary, ordered=kind.ordered
                )
                for part in table.column(i).unify_dictionaries().chunks
            ]
            if signed:
                table = table.set_column(i, field.name, pyarrow.chunked_array(signed))
    return table.to_pandas(ignore_metadata=True)


def read_parquet(path: Path, call: str) -> tuple[Any, dict[str, str], list[str]]:
    """Read a Parquet file whole.

    Parameters
    ----------
    path : Path
        The file.
    call : str
        The public call, for messages.

    Returns
    -------
    frame : pandas DataFrame
        Its columns. Integers with gaps are floats; text where floats would lose digits.
    types : dict of str to str
        The type of each column in the file.
    lost : list of str
        The integers that became text.

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
    frame = table.to_pandas(ignore_metadata=True)
    lost: list[str] = []
    types = dict(zip(table.schema.names, map(str, table.schema.types), strict=True))
    for name, column in zip(table.schema.names, table.columns, strict=True):
        if frame[name].dtype.kind == "f" and pyarrow.types.is_integer(column.type):
            known = column.drop_null().to_numpy()
            if known.size and max(abs(int(known.max())), abs(int(known.min()))) > _EXACT:
                frame[name] = column.cast(pyarrow.string()).to_pandas()
                lost.append(name)
    return frame, types, lost
