"""Files without labels of their own, delimited or workbooks: to contents with kinds, names and notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import CodedText, wide_frame
from peerstats._core.words import counted
from peerstats.errors import InputError, SourceError
from peerstats.files._assembled import FileContents
from peerstats.files._cells import CellRules, Told, looks_decimal_comma, text_column
from peerstats.files._file_kind import TEXT, read_bytes
from peerstats.files._header import column_names
from peerstats.files._qualtrics import TOLD, header_rows, question_labels, row_notes, seen_note
from peerstats.files._sheet_file import cell_text, looks_like_serials, read_sheet, sheet_column
from peerstats.files._text_file import read_text_rows
from peerstats.files._variable import Variable
from peerstats.files._workbook import starts_in_1904

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from peerstats.files._variable import Kind

__all__ = ["Asked", "read_table_file"]

_DAY_0 = {False: np.datetime64("1899-12-30"), True: np.datetime64("1904-01-01")}
_KINDS: dict[str, Kind] = {"b": "boolean", "M": "date"}
_WITH_DAY_0 = (".xlsx", ".xlsm", ".xls")
_LAST_WRONG = 60  # Excel's 29 February 1900, which was none: serial numbers up to it are a day off


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """What the caller said about the file.

    Attributes
    ----------
    call : str
        The public call, for messages.
    encoding, delimiter, decimal : str or None
        Of delimited text; None is to be found.
    sheet : str, int or None
        Of a workbook.
    header : int
        Row of the names, from 1.
    na : tuple of str
        Words that mean missing.
    missing : object
        User-missing codes as they were given.
    duplicates : str
        What becomes of a name that stands twice.
    dates : tuple of str
        Columns of dates.
    """

    call: str
    encoding: str | None
    delimiter: str | None
    decimal: str | None
    sheet: str | int | None
    header: int
    na: tuple[str, ...]
    missing: Any
    duplicates: str
    dates: tuple[str, ...]


def read_table_file(path: Path, kind: str, asked: Asked) -> FileContents:
    """Read delimited text or a sheet.

    Parameters
    ----------
    path : Path
        The file.
    kind : str
        What it is.
    asked : Asked
        What the caller said.

    Returns
    -------
    FileContents
        Cells and what is known of them.
    """
    call, notes = asked.call, []
    is_text = kind == TEXT
    if is_text:
        read = read_text_rows(
            read_bytes(path, call), path, call, encoding=asked.encoding, delimiter=asked.delimiter
        )
        rows: list[list[Any]] = read.rows[asked.header - 1 :]
        lines, notes, sign = read.lines[asked.header - 1 :], read.notes, read.delimiter
    else:
        rows, lines = read_sheet(path, call, asked.sheet, asked.header)
        sign = ","
    if not rows:
        raise SourceError(f"{call}(): {path.name} has no row {asked.header}.", "Say a smaller header=.")
    place = "line" if is_text else "row"
    n_header = header_rows(rows)
    head = [cell_text(cell) for cell in rows[0]]
    if not is_text:
        head, rows = _trimmed(head, rows)
    names, made = column_names(head, path.name, call, duplicates=asked.duplicates)
    notes += made
    kept, numbers, n_empty = _answers(rows, lines, n_header, len(names), path, asked, place)
    if n_empty:
        notes.append(f"{counted(n_empty, 'row')} with nothing in it left out.")
    columns, kinds, told = _columns(names, kept, asked, sign, is_text=is_text)
    notes += told.notes(lambda row: f"on {place} {numbers[row]}")
    labels = question_labels(names, rows[1]) if n_header > 1 else {}
    if n_header > 1:
        notes += [
            *row_notes({name: _listed(columns[name]) for name in TOLD if name in columns}),
            *seen_note(columns, asked.missing),
        ]
    notes += _dates(columns, kinds, asked, path)
    frame = wide_frame(columns)
    what = f"{'Qualtrics ' if n_header > 1 else ''}{_word(path)}"
    variables = {
        name: Variable(name=name, label=labels.get(name, ""), kind=_kind(columns[name])) for name in names
    }
    return FileContents(frame=frame, variables=variables, file_kind=what, notes=tuple(notes))


def _kind(values: Any) -> Kind:
    if isinstance(values, CodedText):
        return "text"
    # an array of objects has numbers, among them user-missing codes of text
    return _KINDS.get(values.dtype.kind, "number")


def _listed(values: Any) -> Any:
    """Return a column's cells one by one."""
    return [values.words[i] for i in values.codes] if isinstance(values, CodedText) else values


def _word(path: Path) -> str:
    ending = path.suffix.lower().lstrip(".")
    return {"csv": "CSV", "tsv": "TSV", "xlsx": "Excel", "xls": "Excel", "xlsm": "Excel"}.get(ending, "text")


def _trimmed(head: list[str], rows: list[list[Any]]) -> tuple[list[str], list[list[Any]]]:
    """Leave out columns of a sheet that have neither a name nor a cell."""
    kept = [j for j, name in enumerate(head) if name.strip() or any(row[j] != "" for row in rows[1:])]
    if len(kept) == len(head):
        return head, rows
    return [head[j] for j in kept], [[row[j] for j in kept] for row in rows]


def _answers(
    rows: list[list[Any]],
    lines: list[int],
    n_header: int,
    width: int,
    path: Path,
    asked: Asked,
    place: str,
) -> tuple[list[list[Any]], list[int], int]:
    """Take the rows below the header: of one width, and not empty."""
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            raise SourceError(
                f"{asked.call}(): {place} {line} of {path.name} has {counted(len(row), 'cell')} and the "
                f"header {width}.",
                "Check for a cut-off file, an unquoted delimiter, or a title above the names (header=2).",
            )
    below, numbers = rows[n_header:], lines[n_header:]
    full = [i for i, row in enumerate(below) if any(cell != "" for cell in row)]
    if not full:
        raise SourceError(
            f"{asked.call}(): {path.name} has names and no rows.", "Check that the export worked."
        )
    if len(full) == len(below):
        return below, numbers, 0
    return [below[i] for i in full], [numbers[i] for i in full], len(below) - len(full)


def _columns(
    names: Sequence[str], rows: list[list[Any]], asked: Asked, sign: str, *, is_text: bool
) -> tuple[dict[str, Any], dict[str, str], Told]:
    told = Told()
    codes = _text_codes(asked.missing, names)
    by_column = list(zip(names, zip(*rows, strict=True), strict=True))
    if not is_text:
        made = {
            name: sheet_column(name, cells, _rules(asked, asked.decimal or ".", codes[name]), told)
            for name, cells in by_column
        }
        return (
            {name: x for name, (x, _) in made.items()},
            {name: kind for name, (_, kind) in made.items()},
            told,
        )
    decimal = asked.decimal
    if decimal is None:
        # a list is separated by semicolons where the comma is the decimal mark
        held = sign == ";" and any(looks_decimal_comma(set(cells)) for _, cells in by_column)
        decimal = "," if held else "."
    columns: dict[str, Any] = {}
    kinds: dict[str, str] = {}
    for name, cells in by_column:
        columns[name], numeric = text_column(name, cells, _rules(asked, decimal, codes[name]), told)
        kinds[name] = "number" if numeric else "text"
    return columns, kinds, told


def _rules(asked: Asked, decimal: str, codes: frozenset[str]) -> CellRules:
    return CellRules(na=frozenset(asked.na), decimal=decimal, codes=codes)


def _text_codes(missing: Any, names: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return each column's user-missing codes that are text: they keep none from being one of numbers."""
    if isinstance(missing, Mapping) and any(name in missing for name in names):
        own = {name: missing.get(name, ()) for name in names}
    else:
        own = dict.fromkeys(names, missing)
    listed = {name: each for name, each in own.items() if isinstance(each, Iterable)}
    return {name: frozenset(code for code in listed.get(name, ()) if isinstance(code, str)) for name in names}


def _dates(columns: dict[str, Any], kinds: dict[str, str], asked: Asked, path: Path) -> list[str]:
    """Turn the columns that were named into dates, in place; tell of others that look like serial numbers."""
    check_columns(asked.dates, list(columns), asked.call, use="date column")
    late = starts_in_1904(path) if path.suffix.lower() in _WITH_DAY_0 else False
    for name in asked.dates:
        if kinds[name] != "date":
            columns[name] = _as_dates(columns[name], name, asked, late=late)
            kinds[name] = "date"
    lost = [
        name for name, kind in kinds.items() if kind == "number" and looks_like_serials(name, columns[name])
    ]
    return [
        f"{name!r} holds numbers that look like dates as a spreadsheet counts them (days from 1900): say "
        f"dates=[{name!r}] if they are."
        for name in lost
    ]


def _as_dates(values: Any, name: str, asked: Asked, *, late: bool) -> Any:
    array = values if isinstance(values, np.ndarray) else None
    if array is not None and array.dtype.kind in "fi":
        days = array.astype(float)
        known = np.isfinite(days)
        early = known & (days <= (0 if late else _LAST_WRONG))
        if early.any():
            raise InputError(
                f"{asked.call}(): date column {name!r} holds {days[early][0]:g}, which is no serial number "
                "of a date after February 1900.",
                "Leave it out of dates=.",
            )
        out = np.full(len(days), np.datetime64("NaT"), dtype="datetime64[us]")
        seconds = np.round(days[known] * 86_400).astype("timedelta64[s]")
        out[known] = _DAY_0[late].astype("datetime64[us]") + seconds
        return out
    cells = _listed(values)
    out = np.full(len(cells), np.datetime64("NaT"), dtype="datetime64[us]")
    for i, cell in enumerate(cells):
        if cell is None:
            continue
        try:
            out[i] = np.datetime64(str(cell).replace(" ", "T"), "us")
        except ValueError as error:
            raise InputError(
                f"{asked.call}(): date column {name!r} holds {cell!r} in row {i}, which is no date as "
                "2026-01-31.",
                "Leave it out of dates=, and turn it into dates where you know how it is written.",
            ) from error
    return out
