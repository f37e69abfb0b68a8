"""Delimited survey files, read and written as text: no cell is changed on the way."""

from __future__ import annotations

import csv
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import new_frame
from peerstats._core.words import counted
from peerstats.errors import InputError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TextIO


__all__ = ["DelimitedFile", "kind_by_beginning", "read_delimited", "replace_file", "write_delimited"]

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
# How other kinds of file begin: a wrong ending is told by name, not by a parsing error.
_BEGINNINGS = {
    b"PK\x03\x04": "an Excel workbook or zip archive",
    b"PAR1": "a Parquet file",
    b"$FL2": "an SPSS file",
    b"$FL3": "an SPSS file",
    b"<stata_dta>": "a Stata file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DelimitedFile:
    """A delimited file: its header and its cells, as text.

    Attributes
    ----------
    path : Path
        Where it stands.
    header : list of str
        Column names.
    rows : list of list of str
        Cells, one list a row.
    lines : list of int
        The file's line number on which each row ends.
    """

    path: Path
    header: list[str]
    rows: list[list[str]]
    lines: list[int]

    def frame(self, names: Sequence[str] | None = None, *, call: str = "frame") -> Any:
        """Return columns as a pandas frame, each row named by its line in the file.

        Parameters
        ----------
        names : sequence of str, optional
            The columns; all by default.
        call : str
            The public call, for messages.

        Returns
        -------
        pandas DataFrame
            A column of numbers and empty cells becomes numbers, every other column stays text; the index is
            called "line".

        Raises
        ------
        InputError
            If a column is missing.
        """
        names = self.header if names is None else names
        check_columns(names, self.header, call)
        columns: dict[str, Any] = {}
        for name in names:
            j = self.header.index(name)
            cells = [row[j].strip() for row in self.rows]
            if all(_is_number(cell) for cell in cells if cell):
                columns[name] = np.array([float(cell) if cell else np.nan for cell in cells])
            else:
                columns[name] = [cell or None for cell in cells]
        made = new_frame(columns)
        made.index = self.lines
        made.index.name = "line"
        return made


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _delimiter(path: Path, call: str) -> str:
    ending = path.suffix.lower()
    if ending not in _DELIMITERS:
        raise SourceError(
            f"{call}(): {path.name} ends in {ending or 'nothing'!r}, which is not read or written.",
            "Save the data as .csv (comma) or .tsv (tab).",
        )
    return _DELIMITERS[ending]


def kind_by_beginning(raw: bytes) -> str | None:
    """Say what a file is that is not text, from its first bytes.

    Parameters
    ----------
    raw : bytes
        The file's beginning.

    Returns
    -------
    str or None
        Its kind in words; None for text.
    """
    kind = next((kind for start, kind in _BEGINNINGS.items() if raw.startswith(start)), None)
    if kind is None and raw.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
        kind = "a web page"
    if kind is None and b"\x00" in raw[:4096]:
        kind = "a binary file"
    return kind


def _read_text(path: Path, call: str) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{call}(): {path} cannot be read: {error.strerror}.", "Check the path.") from error
    kind = kind_by_beginning(raw)
    if kind is not None:
        raise SourceError(
            f"{call}(): {path.name} is {kind}, not a {path.suffix} file.", "Export it as CSV first."
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceError(
            f"{call}(): {path.name} is not UTF-8: byte 0x{raw[error.start]:02x} on line {line}.",
            "Save it as 'CSV UTF-8'.",
        ) from error


def read_delimited(path: str | Path, call: str) -> DelimitedFile:
    """Read a .csv or .tsv file as text.

    Parameters
    ----------
    path : str or Path
        The file.
    call : str
        The public call, for messages.

    Returns
    -------
    DelimitedFile
        Header and cells.

    Raises
    ------
    SourceError
        If the file cannot be read, is not what its ending says, is empty, or has a row of another length.
    """
    path = Path(path)
    delimiter = _delimiter(path, call)
    text = _read_text(path, call)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    header: list[str] | None = None
    try:
        for row in reader:
            if not row:
                continue
            if header is None:
                header = row
                continue
            if len(row) != len(header):
                raise SourceError(
                    f"{call}(): line {reader.line_num} of {path.name} has "
                    f"{counted(len(row), 'cell')} and the header {len(header)}.",
                    "Check for an unquoted comma, a cut-off file, or another delimiter.",
                )
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise SourceError(
            f"{call}(): line {reader.line_num} of {path.name}: {error}.", "Check its quotes."
        ) from error
    if header is None or not rows:
        raise SourceError(f"{call}(): {path.name} has no rows.", "Check that the export worked.")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SourceError(
            f"{call}(): {path.name} has more than one column {twice[0]!r}.", "Rename one of them."
        )
    return DelimitedFile(path=path, header=header, rows=rows, lines=lines)


@contextmanager
def replace_file(path: str | Path, call: str) -> Iterator[TextIO]:
    """Write a text file whole or not at all: a failure leaves no partial file and keeps an older one.

    Parameters
    ----------
    path : str or Path
        The file.
    call : str
        The public call, for messages.

    Yields
    ------
    file
        Open for writing UTF-8 text.

    Raises
    ------
    SourceError
        If it cannot be written.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        file = part.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise SourceError(
            f"{call}(): {path} cannot be written: {error.strerror}.", "Check the folder."
        ) from error
    try:
        with file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return str(value)


def write_delimited(
    path: str | Path, source: DelimitedFile, added: Mapping[str, Sequence[Any]], call: str
) -> None:
    """Write a file's own cells, as they were, with columns added at the end.

    Parameters
    ----------
    path : str or Path
        Where to; .csv or .tsv.
    source : DelimitedFile
        What was read.
    added : mapping of str to sequence
        New columns; None and NaN become empty cells.
    call : str
        The public call, for messages.

    Raises
    ------
    InputError
        If a new column's name is taken.
    SourceError
        If the file cannot be written.
    """
    delimiter = _delimiter(Path(path), call)
    taken = [name for name in added if name in source.header]
    if taken:
        raise InputError(
            f"{call}(): {source.path.name} already has a column {taken[0]!r}.", "Rename that column."
        )
    with replace_file(path, call) as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow([*source.header, *added])
        for row, new in zip(source.rows, zip(*added.values(), strict=True), strict=True):
            writer.writerow([*row, *map(_cell, new)])
