"""A workbook's sheet as columns: numbers, text, dates and what stands between them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import SourceError
from peerstats.files._cells import text_column
from peerstats.files._workbook import one_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from peerstats.files._cells import CellRules, Told

__all__ = ["cell_text", "looks_like_serials", "read_sheet", "sheet_column"]

_SERIAL = (20_000, 80_000)  # days from 1899-12-30 to 1954 and 2119: whole columns of such numbers are dates
_DATE_WORDS = ("date", "day", "dob", "birth")


def read_sheet(
    path: Path, call: str, sheet: str | int | None, header: int
) -> tuple[list[list[Any]], list[int]]:
    """Read the rows of a sheet.

    Parameters
    ----------
    path : Path
        The workbook.
    call : str
        The public call, for messages.
    sheet : str or int, optional
        Its name, or its place from 0; the first by default.
    header : int
        Row of the names, from 1; the rows above it are left out.

    Returns
    -------
    rows : list of list
        The row of names and all below it that are not empty.
    lines : list of int
        The sheet's number of each row.

    Raises
    ------
    SourceError
        If the file is damaged, or cells of the header are merged.
    """
    with one_sheet(path, call, sheet) as (name, _, cells, merged):
        rows, lines = [], []
        for i, row in enumerate(cells, start=1):
            if i >= header and any(cell != "" for cell in row):
                rows.append(row)
                lines.append(i)
    if not rows:
        raise SourceError(f"{call}(): sheet {name!r} of {path.name} has no rows.", "Name another: sheet=...")
    at = lines[0] - 1
    wide = [(left, right) for (top, left), (bottom, right) in merged if top <= at <= bottom and right > left]
    if wide:
        raise SourceError(
            f"{call}(): row {lines[0]} of sheet {name!r} of {path.name}, where the names should be, has "
            f"merged cells: columns {wide[0][0] + 1} to {wide[0][1] + 1}.",
            "Say in which row the names of single columns are, for example header=2, or unmerge them.",
        )
    return rows, lines


def cell_text(cell: Any) -> str:
    """Return a cell as text: a whole number without its point."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def _is_date(cell: Any) -> bool:
    return isinstance(cell, dt.date)


def sheet_column(name: str, cells: Sequence[Any], rules: CellRules, told: Told) -> tuple[Any, str]:
    """Turn the cells of a column of a sheet into one kind.

    Parameters
    ----------
    name : str
        Its name.
    cells : sequence, n of them
        Numbers, texts, booleans, dates; empty text where there is nothing.
    rules : CellRules
        How texts are read.
    told : Told
        Where notes are collected.

    Returns
    -------
    values : (n,) array or list
        Numbers, booleans, dates or texts.
    kind : str
        "number", "boolean", "date" or "text".
    """
    filled = [x for x in cells if not (isinstance(x, str) and (not x.strip() or x.strip() in rules.na))]
    if filled and all(map(_is_date, filled)):
        days = [np.datetime64(x, "us") if _is_date(x) else np.datetime64("NaT") for x in cells]
        return np.array(days, dtype="datetime64[us]"), "date"
    if filled and len(filled) == len(cells) and all(isinstance(x, bool) for x in filled):
        return np.array(cells, dtype=bool), "boolean"
    values, numeric = text_column(name, [cell_text(x) for x in cells], rules, told)
    return values, "number" if numeric else "text"


def looks_like_serials(name: str, values: Any) -> bool:
    """Return whether a column of numbers is one of dates that lost their format."""
    if not any(word in name.lower() for word in _DATE_WORDS):
        return False
    array = np.asarray(values, dtype=float)
    known = array[np.isfinite(array)]
    return known.size > 0 and bool(np.all((known >= _SERIAL[0]) & (known <= _SERIAL[1])))
