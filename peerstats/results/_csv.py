"""Table to CSV that a spreadsheet can open without running any of it."""

from __future__ import annotations

import csv
import math
import re
from io import StringIO
from typing import TYPE_CHECKING

from peerstats.results._numbers import Numbers
from peerstats.results._styles import STYLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.results._table import Cell, Table

__all__ = ["guard", "render_csv"]

_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Full-width twins, which some spreadsheets read alike
_WIDE = (
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)


_PLAIN_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?")


def guard(text: str) -> str:
    """Return text on one line that no spreadsheet takes for a formula: an apostrophe stands before it.

    Parameters
    ----------
    text : str
        A label.

    Returns
    -------
    str
        The text; plain numbers stay as they are.

    Examples
    --------
    >>> from peerstats.results import guard
    >>> guard("=1+1"), guard("age"), guard("-3.5")
    ("'=1+1", 'age', '-3.5')
    """
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    risky = text.startswith(_STARTS) or text.lstrip().startswith((*_STARTS, *_WIDE))
    line = " ".join(text.splitlines())
    return f"'{line}" if risky else line


def _raw(value: str | float | None) -> str:
    """Return a value to its last digit."""
    if isinstance(value, str):
        return guard(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value)


def _part_names(table: Table, j: int) -> list[str]:
    """Return what a column's numbers are called, those that stand alone first."""
    found: dict[str, None] = {}
    for row in table.rows:
        cell = row[j]
        names = cell.part_names if isinstance(cell, Numbers) else ("",) if cell is not None else ()
        found.update(dict.fromkeys(names))
    return sorted(found, key=bool) or [""]


def _cells(cell: Cell, printed: str, names: Sequence[str], table: Table, *, rounded: bool) -> list[str]:
    """Return a cell's numbers, each in its own column; what is no `Numbers` stands in the first."""
    if isinstance(cell, Numbers):
        parts = cell.parts_in(STYLES[table.style]) if rounded else map(_raw, cell.values)
        known = dict(zip(cell.part_names, parts, strict=True))
        return [known.get(name, "") for name in names]
    # what is printed of a number is one: its minus sign is no danger
    printed = guard(printed) if isinstance(cell, str) else printed
    shown = printed if rounded else _raw(cell)
    return [shown, *[""] * (len(names) - 1)]


def render_csv(table: Table, *, rounded: bool) -> str:
    """Return headings and rows as CSV; numbers that share a cell get columns of their own."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    parts = [_part_names(table, j) for j in range(len(table.columns))]
    heads = []
    for column, label, names in zip(table.columns, table.headings(), parts, strict=True):
        shown = f"{column.group}: {label}" if column.group else label
        heads += [guard(f"{shown}: {name}" if name else shown) for name in names]
    writer.writerow(heads)
    for i, (row, printed) in enumerate(zip(table.rows, table.cells(), strict=True)):
        cells = [
            text
            for cell, shown, names in zip(row, printed, parts, strict=True)
            for text in _cells(cell, shown, names, table, rounded=rounded)
        ]
        cells[0] = "  " * table.indent(i) + cells[0] if cells[0] else ""
        writer.writerow(cells)
    return out.getvalue()
