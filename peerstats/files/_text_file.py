"""Delimited text of a survey: its encoding, its delimiter, its rows."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerstats.errors import InputError, SourceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["TextRows", "read_text_rows"]

_DELIMITERS = (",", "\t", ";", "|")
_NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
_LARGEST_FIELD = 131_072  # the csv module's own limit, said so that another library cannot have changed it
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextRows:
    """The rows of a delimited file.

    Attributes
    ----------
    rows : list of list of str
        All rows, the header among them; blank lines left out.
    lines : list of int
        The file's line on which each row ends.
    delimiter : str
        What stands between cells.
    notes : list of str
        How the text was read.
    """

    rows: list[list[str]]
    lines: list[int]
    delimiter: str
    notes: list[str]


def _decode(raw: bytes, path: Path, call: str, encoding: str | None) -> tuple[str, list[str]]:
    if encoding is not None:
        return _declared(raw, path, call, encoding), []
    for mark, codec, _ in _MARKS:
        if raw.startswith(mark):
            return _declared(raw, path, call, codec), []
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
    text = _declared(raw, path, call, "cp1252")
    note = (
        f"The text is not UTF-8 (first on line {line}) and was read as Windows-1252: check words with "
        "accents, or say encoding=."
    )
    return text, [note]


def _declared(raw: bytes, path: Path, call: str, encoding: str) -> str:
    try:
        codec = codecs.lookup(encoding).name
    except LookupError as error:
        raise InputError(
            f"{call}(): encoding={encoding!r} is not known.",
            "Say for example 'utf-8', 'cp1252' or 'latin-1'.",
        ) from error
    # a byte order mark is no part of the first name
    codec = "utf-8-sig" if codec == "utf-8" else codec
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceError(
            f"{call}(): {path.name} is not in {encoding}: byte 0x{raw[error.start]:02x} on line {line}.",
            "Say which encoding it is in, for example encoding='cp1252' or 'mac-roman', or save it as 'CSV "
            "UTF-8'.",
        ) from error


def _delimiter(text: str, path: Path) -> str:
    """Find what stands between the cells of the first row, outside quotes; in a tie by the ending."""
    counts = dict.fromkeys(_DELIMITERS, 0)
    quoted = False
    for sign in text.lstrip("\r\n"):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "\r\n":
            break
        elif not quoted and sign in counts:
            counts[sign] += 1
    usual = "\t" if path.suffix.lower() in {".tsv", ".tab"} else ","
    return max(_DELIMITERS, key=lambda sign: (counts[sign], sign == usual))


def read_text_rows(
    raw: bytes, path: Path, call: str, *, encoding: str | None, delimiter: str | None
) -> TextRows:
    """Read delimited text.

    Parameters
    ----------
    raw : bytes
        The file.
    path : Path
        Its path, for messages.
    call : str
        The public call, for messages.
    encoding : str, optional
        By default by the byte order mark, else UTF-8, else Windows-1252 with a note.
    delimiter : str, optional
        By default what occurs most in the first row: comma, tab, semicolon or bar.

    Returns
    -------
    TextRows
        Its rows, all of one length.

    Raises
    ------
    SourceError
        If the text is in another encoding, a quote is not closed, or a row has another length than the first.
    """
    text, notes = _decode(raw, path, call, encoding)
    text = text.lstrip("\ufeff")  # programs that put marks before marks
    sign = _delimiter(text, path) if delimiter is None else delimiter
    if len(sign) != 1:
        raise InputError(f"{call}(): delimiter={sign!r} is not one character.", "Say ',', ';' or '\\t'.")
    csv.field_size_limit(_LARGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    # an answer is one object however often it is given: without this, words took twice the time and memory
    pool: dict[str, str] = {}
    try:
        for row in reader:
            if row:
                rows.append(list(map(pool.setdefault, row, row)))
                lines.append(reader.line_num)
    except csv.Error as error:
        raise SourceError(
            f"{call}(): {path.name} is not delimited text up to line {reader.line_num}: {error}.",
            "Check its quotes; a quote that is not closed is the sign of a file that was cut off.",
        ) from error
    if not rows:
        raise SourceError(f"{call}(): {path.name} is empty.", "Check that the export worked.")
    if delimiter is None and sign != ",":
        notes.append(f"Cells are separated by {_NAMES[sign]}s.")
    return TextRows(rows=rows, lines=lines, delimiter=sign, notes=notes)
