"""Table to Markdown with pipes, as GitHub, Quarto and pandoc read it."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peerstats.results._table import Table

__all__ = ["render_markdown"]

_MARKS = re.compile(r"([\\`*_{}\[\]#~|$^@!])")
# At the beginning of a line these make a list or a heading
_FIRST = re.compile(r"^([-+=]|\d+[.)])(?=\s|$|-)")
_INDENT = "&emsp;"


def _escape(text: str) -> str:
    line = " ".join(text.split())
    return _MARKS.sub(r"\\\1", escape(line, quote=False))


def _paragraph(text: str) -> str:
    return _FIRST.sub(lambda found: f"{found[1][:-1]}\\{found[1][-1]}", _escape(text))


def render_markdown(table: Table) -> str:
    """Return a table as Markdown; a heading that columns share stands before each of theirs."""
    heads = [
        f"{_escape(column.group)}: {_escape(text)}" if column.group else _escape(text)
        for column, text in zip(table.columns, table.headings(), strict=True)
    ]
    rows = [
        [_INDENT * table.indent(i) + _escape(row[0]), *map(_escape, row[1:])]
        for i, row in enumerate(table.cells())
    ]
    widths = [max(3, *(len(row[j]) for row in (heads, *rows))) for j in range(len(heads))]
    texts = [column.kind == "text" for column in table.columns]

    def line(row: list[str]) -> str:
        padded = [
            cell.ljust(width) if text else cell.rjust(width)
            for cell, width, text in zip(row, widths, texts, strict=True)
        ]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * w if text else "-" * (w - 1) + ":" for w, text in zip(widths, texts, strict=True)]
    grid = "\n".join([line(heads), line(rule), *map(line, rows)])
    parts = [
        f"**{_escape(table.title)}**",
        *map(_paragraph, table.lines),
        grid,
        *map(_paragraph, table.notes),
    ]
    return "\n\n".join(parts) + "\n"
