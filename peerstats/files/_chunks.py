"""Agency files as chunks of rows: text of one delimiter, or a workbook's first sheet."""

from __future__ import annotations

import codecs
import csv
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peerstats._core.progress import progress
from peerstats._core.words import counted
from peerstats.errors import SourceError
from peerstats.files._delimited import kind_by_beginning
from peerstats.files._workbook import first_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Sheet", "open_sheet"]

_WORKBOOKS = (".xlsx", ".xls")
_ROWS = 512  # a chunk's cells stay in the processor's cache: larger ones took half as long again
_BLOCK = 1 << 20
_LARGEST_FIELD = 131_072  # the csv module's own limit, said so that another library cannot have changed it
_LOOK_AT = 12  # rows among which the header is looked for: agencies put a title above it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """A table whose rows are read once.

    Attributes
    ----------
    path : Path
        The file.
    name : str
        Name of the sheet; empty for text.
    top : list of list
        The first rows, among which the header is.
    chunks : function
        Called with the number of rows to skip and the number of columns; yields lists of rows below them.
    notes : tuple of str
        How the text was read, where that is not the usual way.
    """

    path: Path
    name: str
    top: list[list[Any]]
    chunks: Callable[[int, int], Iterator[list[list[Any]]]]
    notes: tuple[str, ...] = ()


@contextmanager
def open_sheet(path: str | Path, call: str) -> Iterator[Sheet]:
    """Open a workbook or a delimited file.

    Parameters
    ----------
    path : str or Path
        The file. The ending .xlsx or .xls means a workbook, any other text: comma- or tab-separated by its
        first line.
    call : str
        The public call, for messages.

    Yields
    ------
    Sheet
        Its rows.

    Raises
    ------
    SourceError
        If the file cannot be read or is not what its ending says.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            raw = file.read(_BLOCK)
    except OSError as error:
        raise SourceError(f"{call}(): {path} cannot be read: {error.strerror}.", "Check the path.") from error
    if not raw.strip():
        raise SourceError(f"{call}(): {path.name} is empty.", "Download it again.")
    kind = kind_by_beginning(raw)
    ending = path.suffix.lower()
    if ending in _WORKBOOKS:
        usual = {".xlsx": "an Excel workbook or zip archive", ".xls": "an old Excel workbook"}[ending]
        if kind != usual:
            raise SourceError(
                f"{call}(): {path.name} is {kind or 'text'}, not the workbook that its ending says.",
                _step(kind, path),
            )
        with (
            first_sheet(path, call) as (name, n_rows, rows),
            progress(f"Reading {path.name}", n_rows) as tell,
        ):
            yield _sheet(path, name, rows, lambda _before: tell(_ROWS), call)
        return
    if kind is not None:
        raise SourceError(f"{call}(): {path.name} is {kind}, not text.", _step(kind, path))
    encoding, notes = _encoding(path)
    first = raw.splitlines()[0]
    delimiter = "\t" if first.count(b"\t") > first.count(b",") else ","
    with (
        path.open(encoding=encoding, newline="") as text,
        progress(f"Reading {path.name}", path.stat().st_size) as tell,
    ):
        csv.field_size_limit(_LARGEST_FIELD)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        yield _sheet(path, "", reader, _bytes_told(text, tell), call, notes)


def _step(kind: str | None, path: Path) -> str:
    if kind == "a web page":
        return (
            "The agency refused the download and sent a page instead: download the file by hand in a browser."
        )
    if kind is None:
        return f"Give it the ending .csv if it is delimited text: {path.stem}.csv."
    if "xcel" in kind:
        return "Give it the ending .xlsx (.xls if it is an old one); unpack it first if it is a zip archive."
    return "Check the path."


def _encoding(path: Path) -> tuple[str, tuple[str, ...]]:
    """Tell UTF-8 from the code page in which spreadsheets save text; the latter is said in a note."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252", (
                "The text is not UTF-8 and was read as Windows-1252: check names with accents.",
            )
    return "utf-8-sig", ()


def _bytes_told(text: Any, tell: Callable[[float], None]) -> Callable[[int], None]:
    before = 0

    def advance(_rows: int) -> None:
        nonlocal before
        now = text.buffer.tell()
        tell(now - before)
        before = now

    return advance


def _sheet(
    path: Path,
    name: str,
    rows: Any,
    tell: Callable[[int], None],
    call: str,
    notes: tuple[str, ...] = (),
) -> Sheet:
    try:
        top = list(islice(rows, _LOOK_AT))
    except csv.Error as error:
        raise _csv_error(path, error, call) from error

    def chunks(skip: int, width: int) -> Iterator[list[list[Any]]]:
        done = 0
        chunk = top[skip:]
        while True:
            if chunk:
                if set(map(len, chunk)) != {width}:
                    chunk = _same_width(chunk, width, done, path, call)
                done += len(chunk)
                yield chunk
                tell(len(chunk))
            try:
                chunk = list(islice(rows, _ROWS))
            except csv.Error as error:
                raise _csv_error(path, error, call) from error
            if not chunk:
                return

    return Sheet(path=path, name=name, top=top, chunks=chunks, notes=notes)


def _same_width(chunk: list[list[Any]], width: int, done: int, path: Path, call: str) -> list[list[Any]]:
    """Leave out blank lines; stop at a row that is shorter or longer than the header."""
    kept = [row for row in chunk if row]
    for i, row in enumerate(kept):
        if len(row) != width:
            raise SourceError(
                f"{call}(): row {done + i + 1} below the header of {path.name} has "
                f"{counted(len(row), 'cell')} and the header {width}.",
                "Check for an unquoted comma or a file that was cut off, and download it again.",
            )
    return kept


def _csv_error(path: Path, error: csv.Error, call: str) -> SourceError:
    return SourceError(
        f"{call}(): {path.name} is not delimited text: {error}.",
        "Check its quotes, or download it again if it was cut off.",
    )
