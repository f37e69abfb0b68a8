"""Files in Arrow record batches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from peerstats._core.arrow import arrow_frame, load_arrow
from peerstats._core.checks import check_twice
from peerstats.engines._arrow_totals import Adder
from peerstats.engines._batches import BATCH_ROWS, Batches
from peerstats.errors import InputError, SourceError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from peerstats._core.frames import nw
    from peerstats.engines._totals import Totals

__all__ = ["ArrowBatches", "arrow_batches"]

_GROUP_ROWS = 1_048_576  # a batch that is only counted: the merge of its patterns is then lost in the count


def _kind(pyarrow: Any, kind: Any) -> str:
    """Name what a column holds; numbers of all widths are one kind."""
    types = pyarrow.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return "numbers"
    if types.is_string(kind) or types.is_large_string(kind) or str(kind) == "string_view":
        return "text"
    return "true or false" if types.is_boolean(kind) else str(kind)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArrowBatches(Batches):
    """A pyarrow Dataset (Parquet, Arrow or CSV files) or ParquetFile.

    Parameters
    ----------
    native, columns, call
        As in `Batches`.
    stamps : tuple of (str, int, int)
        Path, size and time of change of each file, as they were first seen.
    """

    stamps: tuple[tuple[str, int | None, int | None], ...] = ()

    @property
    def kind(self) -> str:
        """What the data are."""
        return f"pyarrow {type(self.native).__name__}"

    @property
    def schema(self) -> Any:
        """Names and types of the columns."""
        return self.native.schema_arrow if hasattr(self.native, "schema_arrow") else self.native.schema

    def head(self) -> nw.DataFrame[Any]:
        """Return a frame without rows."""
        return arrow_frame(self.schema.empty_table(), self.call)

    def check(self) -> None:
        """Refuse files that are gone or have another size or time of change."""
        for now, then in zip(_stamps(self.native), self.stamps, strict=True):
            if now[1:] == then[1:]:
                continue
            what = "is no longer there" if now[1] is None else "has changed since the fit began to read it"
            raise SourceError(
                f"{self.call}(): the file {now[0]!r} {what}.",
                "A fit reads its files several times: leave them as they are, and call again.",
            )

    def _check_schemas(self, columns: Sequence[str]) -> None:
        """Refuse files that lack a column, or hold another kind in it: Arrow would read nulls."""
        leaves = _leaves(self.native)
        if len(leaves) == 1 and len(self.stamps) <= 1:  # a file agrees with itself
            return
        pyarrow = load_arrow(self.call)
        schemas = [
            (path, schema)
            for i, leaf in enumerate(leaves)
            for path, schema in _schemas(leaf, f"data set {i}")
        ]
        for name in columns:
            holders = [path for path, schema in schemas if name in schema.names]
            if not holders:
                continue  # a column that the folders' names give
            want = _kind(pyarrow, self.native.schema.field(name).type)
            for path, schema in schemas:
                if name not in schema.names:
                    raise InputError(
                        f"{self.call}(): {path!r} has no column {name!r}, and {holders[0]!r} has.",
                        "Give files that have the same columns, or leave that one out.",
                    )
                held = _kind(pyarrow, schema.field(name).type)
                if held not in (want, "null") and want != "null":
                    raise InputError(
                        f"{self.call}(): column {name!r} holds {held} in {path!r} and {want} in others.",
                        "Write the files with one type of column, or give the dataset a schema=.",
                    )

    def _batches(self, columns: Sequence[str], where: str | None) -> Iterator[Any]:
        if hasattr(self.native, "iter_batches"):
            yield from self.native.iter_batches(batch_size=BATCH_ROWS, columns=list(columns))
            return
        keep = None if where is None else load_arrow(self.call).dataset.field(where)
        yield from self.native.to_batches(batch_size=BATCH_ROWS, columns=list(columns), filter=keep)

    def _large_batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Yield large batches, in which words of Parquet files are the codes that the files hold."""
        if hasattr(self.native, "iter_batches"):
            yield from self.native.iter_batches(batch_size=_GROUP_ROWS, columns=list(columns))
            return
        coded = _with_codes(self.native, columns, self.call)
        # few batches ahead: each is large
        yield from coded.to_batches(
            batch_size=_GROUP_ROWS, columns=list(columns), batch_readahead=2, fragment_readahead=1
        )

    def read(self, columns: Sequence[str], where: str | None) -> Generator[nw.DataFrame[Any], None, None]:
        """Yield frames of some columns."""
        self._check_schemas(columns)
        for batch in self._batches(columns, where):
            if batch.num_rows:
                unkept = where is not None and hasattr(self.native, "iter_batches")
                yield arrow_frame(batch.filter(batch.column(where)) if unkept else batch, self.call)

    def add_up(self, asked: Totals) -> nw.DataFrame[Any]:
        """Return totals, batch by batch; those so far as soon as there are too many."""
        pyarrow = load_arrow(self.call)
        self._check_schemas(asked.columns)
        adder = Adder(pyarrow, self.schema, asked)
        for batch in self._large_batches(asked.columns or self.columns[:1]):
            if batch.num_rows and not adder.add(batch):
                break
        return arrow_frame(adder.table(), self.call)


def _with_codes(native: Any, columns: Sequence[str], call: str) -> Any:
    """Return a data set of Parquet files whose words are read as codes; another as it is."""
    pyarrow = load_arrow(call)
    dataset = pyarrow.dataset
    if not isinstance(getattr(native, "format", None), dataset.ParquetFileFormat):
        return native
    try:
        pieces = list(native.get_fragments())
    except ValueError:  # a filtered data set does not tell its pieces
        return native
    if not _has_files(native) or any(each.buffer is not None for each in pieces):
        return native
    held_names = {name for each in pieces for name in each.physical_schema.names}
    words = [
        name
        for name in columns
        if name in held_names and _kind(pyarrow, native.schema.field(name).type) == "text"
    ]
    coded = dataset.ParquetFileFormat(read_options=dataset.ParquetReadOptions(dictionary_columns=words))
    schema = native.schema
    for name in words:
        field, held = schema.field(name), schema.field(name).type
        if not pyarrow.types.is_dictionary(held):
            kind = pyarrow.dictionary(pyarrow.int32(), held)
            schema = schema.set(schema.get_field_index(name), field.with_type(kind))
    fragments = [
        coded.make_fragment(
            each.path,
            native.filesystem,
            each.partition_expression,
            row_groups=[group.id for group in each.row_groups],
        )
        for each in pieces
    ]
    return dataset.FileSystemDataset(fragments, schema, coded, native.filesystem)


def _leaves(native: Any) -> list[Any]:
    """Return the data sets that a union is made of, or the one data set itself."""
    children = getattr(native, "children", None)
    return [leaf for child in children for leaf in _leaves(child)] if children else [native]


def _has_files(native: Any) -> bool:
    return hasattr(native, "files") and hasattr(native, "filesystem") and all(native.files)


def _schemas(leaf: Any, name: str) -> list[tuple[str, Any]]:
    """Return the schema of each file of a data set, or of one without files its own."""
    if not _has_files(leaf):
        # a union gives its parts its own schema, but not their pieces
        return [(name, piece.physical_schema) for piece in islice(leaf.get_fragments(), 1)]
    return [(path, leaf.format.inspect(path, leaf.filesystem)) for path in leaf.files]


def _stamps(native: Any) -> tuple[tuple[str, int | None, int | None], ...]:
    """Return path, size and time of change of a dataset's files; no files, no stamps."""
    return tuple(
        (info.path, info.size, info.mtime_ns)
        for leaf in _leaves(native)
        if _has_files(leaf)
        for info in leaf.filesystem.get_file_info(list(leaf.files))
    )


def arrow_batches(data: Any, call: str) -> Batches | None:
    """Return a pyarrow Dataset or ParquetFile to be read in batches; None for other data of pyarrow.

    Parameters
    ----------
    data : object
        What the caller gave, of pyarrow.
    call : str
        The public call, for messages.

    Returns
    -------
    Batches or None
        Ready to be read.

    Raises
    ------
    InputError
        If the data can be read once only, as a RecordBatchReader, or have a column name twice.
    """
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
    check_twice(names, call)
    return ArrowBatches(native=data, columns=tuple(names), call=call, stamps=_stamps(data))
