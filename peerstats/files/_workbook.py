"""Workbooks, row by row; the one door to python-calamine."""

from __future__ import annotations

import re
import struct
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from peerstats._core.extras import load_extra
from peerstats.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["first_sheet", "one_sheet", "starts_in_1904"]

# The largest agency workbook, all areas and industries of a year, has 415,000 x 32 cells in about 1 GB of
# XML.
_MOST_BYTES = 4 << 30
_MOST_CELLS = 100_000_000
# Sheets are repetitive text and shrink to a tenth; a thousandth is what only repeated bytes reach.
_MOST_RATIO = 200
_SMALL = 64 << 20  # what expands to less than this cannot hurt, whatever its ratio
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_ALPHABET = 26
# [MS-XLS], BOF, Date1904 and EOF: the record that begins a workbook's own settings, in BIFF8; the one that
# says whether days count from 1904; the one that ends the settings
_GLOBALS = bytes.fromhex("0908100000060500")
_DATE_MODE, _END = 0x22, 0x0A


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _ALPHABET + letter - ord("A") + 1
    return number


def _check_size(path: Path, call: str) -> None:
    """Stop at an archive that is damaged, no workbook, or would expand beyond any real workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
                inside = sorted(name for name in names if name.lower().endswith((".xlsx", ".xls", ".csv")))
                step = f"Unpack {inside[0]} and give that." if inside else "Check the path."
                raise SourceError(f"{call}(): {path.name} is a zip archive, not a workbook.", step)
            for member in members:
                _check_member(archive, member, path, call)
            if sum(member.file_size for member in members) > _MOST_BYTES:
                raise _bomb(path, call, "over 4 GB in all")
    except zipfile.BadZipFile as error:
        raise SourceError(
            f"{call}(): {path.name} is damaged or cut off: {error}.", "Download it again."
        ) from error


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, call: str) -> None:
    most = max(_SMALL, member.compress_size * _MOST_RATIO)
    if member.file_size > most:
        raise _bomb(
            path, call, f"{member.filename} {member.file_size / max(member.compress_size, 1):,.0f}-fold"
        )
    if not member.filename.startswith("xl/worksheets/sheet"):
        return
    with archive.open(member) as file:
        found = _DIMENSION.search(file.read(4096))
    if found is not None:
        left, top, right, bottom = found.groups()
        cells = (_column(right) - _column(left) + 1) * (int(bottom) - int(top) + 1)
        if cells > _MOST_CELLS:
            raise SourceError(
                f"{call}(): {member.filename} of {path.name} says that it has {cells:,} cells.",
                "A stray cell far from the table does that: delete what is beyond it, or save it as CSV.",
            )


def _bomb(path: Path, call: str, how: str) -> SourceError:
    return SourceError(
        f"{call}(): {path.name} would expand {how}, more than any wage or survey workbook does.",
        "Do not open it unless you know where it comes from; download it again.",
    )


@contextmanager
def first_sheet(path: Path, call: str) -> Iterator[tuple[str, int, Iterator[list[Any]]]]:
    """Open a workbook's first sheet, whatever its name.

    Parameters
    ----------
    path : Path
        An .xlsx or .xls file.
    call : str
        The public call, for messages.

    Yields
    ------
    name : str
        The sheet's name.
    n_rows : int
        Its number of rows.
    rows : iterator of list
        Cells of one row at a time: text, numbers, booleans; empty text where there is nothing.

    Raises
    ------
    SourceError
        If the file is damaged or no workbook, or would expand beyond any real workbook.
    """
    with one_sheet(path, call, None) as (name, n_rows, rows, _):
        yield name, n_rows, rows


@contextmanager
def one_sheet(
    path: Path, call: str, sheet: str | int | None
) -> Iterator[tuple[str, int, Iterator[list[Any]], list[tuple[tuple[int, int], tuple[int, int]]]]]:
    """Open one sheet of a workbook.

    Parameters
    ----------
    path : Path
        An .xlsx, .xlsm or .xls file.
    call : str
        The public call, for messages.
    sheet : str or int, optional
        Its name, or its place from 0; the first by default.

    Yields
    ------
    name : str
        The sheet's name.
    n_rows : int
        Its number of rows.
    rows : iterator of list
        Cells of one row at a time: text, numbers, booleans, dates; empty text where there is nothing.
    merged : list of ((top, left), (bottom, right))
        Merged cells, from 0; empty where the file or the reader does not tell.

    Raises
    ------
    SourceError
        If the file is damaged or no workbook, would expand beyond any real workbook, or has
        no such sheet.
    """
    calamine = load_extra("python_calamine", "io", call)
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        _check_size(path, call)
    book = _opened(calamine, path, call)
    try:
        place = _place(book.sheet_names, sheet, path, call)
        opened = book.get_sheet_by_index(place)
        merged = getattr(opened, "merged_cell_ranges", None) or []
    except (calamine.CalamineError, OSError, IndexError) as error:
        book.close()
        raise _unreadable(path, call, error) from error
    except SourceError:
        book.close()
        raise
    try:
        yield opened.name, opened.total_height, opened.iter_rows(), list(merged)
    finally:
        book.close()


def _opened(calamine: Any, path: Path, call: str) -> Any:
    """Open a workbook; what is cut off in an old one makes the library panic, which is no Exception."""
    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except (calamine.CalamineError, OSError) as error:
        raise _unreadable(path, call, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable(path, call, error) from error


def _unreadable(path: Path, call: str, error: BaseException) -> SourceError:
    return SourceError(
        f"{call}(): {path.name} cannot be read as a workbook: {error}.",
        "It is damaged or cut off: download or export it again.",
    )


def _place(names: list[str], sheet: str | int | None, path: Path, call: str) -> int:
    if sheet is None:
        return 0
    if isinstance(sheet, str) and sheet in names:
        return names.index(sheet)
    if isinstance(sheet, int) and 0 <= sheet < len(names):
        return sheet
    raise SourceError(
        f"{call}(): {path.name} has no sheet {sheet!r}.", f"Its sheets are {', '.join(map(repr, names[:8]))}."
    )


def starts_in_1904(path: Path) -> bool:
    """Return whether a workbook counts days from 1904, as those of old Macintoshes do."""
    try:
        if path.suffix.lower() == ".xls":
            return _old_starts_in_1904(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            head = archive.read("xl/workbook.xml")
    except (zipfile.BadZipFile, KeyError, OSError):
        return False
    return re.search(rb'date1904="(?:1|true)"', head) is not None


def _old_starts_in_1904(raw: bytes) -> bool:
    """Walk the records that an old workbook begins with, to the one that says from when days count."""
    at = raw.find(_GLOBALS)
    while 0 <= at <= len(raw) - 4:
        kind, length = struct.unpack_from("<HH", raw, at)
        body = raw[at + 4 : at + 4 + length]
        if kind == _DATE_MODE:
            return body[:1] == b"\1"
        if kind == _END:
            return False
        at += 4 + length
    return False
