"""Table to plain text, laid out by rich; the width never depends on the terminal."""

from __future__ import annotations

import textwrap
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.results._table import Table

__all__ = ["render_text"]

_WIDTH = 100  # characters: fits a terminal beside an editor, and a printed page in 9 point
_GAP = 2  # blanks between columns
_STEP = "  "  # of one indent
_NARROWEST = 16  # characters below which a wrapped column cannot be read


def render_text(table: Table) -> str:
    """Return title, lines, body and notes of a table as text."""
    parts = [
        [line for text in (table.title, *table.lines) for line in _wrap(text)],
        _body(table),
        [line for text in table.notes for line in _wrap(text)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _widest(texts: Sequence[str]) -> int:
    from rich.cells import cell_len  # noqa: PLC0415  (only printing pays for rich)

    return max((cell_len(line) for text in texts for line in text.split("\n")), default=0)


def _fold(label: str, width: int) -> str:
    return "\n".join(textwrap.wrap(label, max(width, 1), break_long_words=False, break_on_hyphens=False))


def _hang(text: str, width: int, indent: int) -> str:
    """Fold a text so that its further lines stand one step further in than its first."""
    if not indent or _widest([text]) <= width:
        return text
    step = _STEP * (indent + 1)
    return "\n".join(
        textwrap.fill(line, width, subsequent_indent=step, break_on_hyphens=False)
        for line in text.split("\n")
    )


def _shrink(widths: list[int], floors: Sequence[int], room: int) -> None:
    """Take from the column that can spare most, until the columns fit or none can spare any."""
    while sum(widths) > room:
        spare, j = max((w - floor, -j) for j, (w, floor) in enumerate(zip(widths, floors, strict=True)))
        if spare <= 0:
            return
        widths[-j] -= 1


def _fit(labels: list[str], cells: Sequence[Sequence[str]], is_text: Sequence[bool]) -> list[int]:
    """Choose the columns' widths: first headings of numbers fold, then text does, numbers never."""
    body = [_widest([row[j] for row in cells]) for j in range(len(labels))]
    widths = [max(_widest([label]), w) for label, w in zip(labels, body, strict=True)]
    room = _WIDTH - _GAP * (len(labels) - 1)
    words = [_widest(label.split()) for label in labels]
    floors = [
        w if text else max(b, word) for text, w, b, word in zip(is_text, widths, body, words, strict=True)
    ]
    _shrink(widths, floors, room)
    # Folding at a blank may leave room
    widths = [
        w if text else max(b, _widest([_fold(label, w)]))
        for text, w, b, label in zip(is_text, widths, body, labels, strict=True)
    ]
    floors = [min(w, _NARROWEST) if text else w for text, w in zip(is_text, widths, strict=True)]
    _shrink(widths, floors, room)
    return widths


def _headings(labels: list[str], widths: list[int]) -> list[str]:
    """Fold the headings to the widths, their last lines level with each other."""
    folded = [_fold(label, width) for label, width in zip(labels, widths, strict=True)]
    height = max(text.count("\n") for text in folded)
    return ["\n" * (height - text.count("\n")) + text for text in folded]


def _widen(widths: list[int], spans: Sequence[tuple[str, int, int]]) -> None:
    """Make the columns below a shared heading as wide as its longest word."""
    for text, first, last in spans:
        need = _widest(text.split()) - sum(widths[first:last]) - _GAP * (last - first - 1)
        widths[last - 1] += max(need, 0)


def _spanning(spans: Sequence[tuple[str, int, int]], widths: list[int]) -> list[str]:
    """Return the lines of the headings that columns share, centred, with a rule below each."""
    if not spans:
        return []
    from rich.cells import cell_len  # noqa: PLC0415  (only printing pays for rich)

    sizes = [sum(widths[first:last]) + _GAP * (last - first - 1) for _, first, last in spans]
    folded = [_fold(text, size).split("\n") for (text, _, _), size in zip(spans, sizes, strict=True)]
    height = max(map(len, folded))
    lines = []
    for i in range(height + 1):
        pieces = []
        for (text, _, _), words, size in zip(spans, folded, sizes, strict=True):
            place = i - height + len(words)
            piece = ("-" * size if text else "") if i == height else words[place] if place >= 0 else ""
            left = (size - cell_len(piece)) // 2
            pieces.append(" " * left + piece + " " * (size - cell_len(piece) - left))
        lines.append((" " * _GAP).join(pieces).rstrip())
    return lines


def _body(table: Table) -> list[str]:
    from rich.box import Box  # noqa: PLC0415  (only printing pays for rich)
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table as Grid  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    cells = [
        ("\n".join(_STEP * table.indent(i) + line for line in row[0].split("\n")), *row[1:])
        for i, row in enumerate(table.cells())
    ]
    is_text = [column.kind == "text" for column in table.columns]
    labels = list(table.headings())
    widths = _fit(labels, cells, is_text)
    _widen(widths, table.spans())
    rule_below_head = Box("    \n    \n -- \n    \n -- \n    \n    \n    \n", ascii=True)
    grid = Grid(box=rule_below_head, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    for label, text, width in zip(_headings(labels, widths), is_text, widths, strict=True):
        # Text, not str: square brackets in a label are no markup
        grid.add_column(Text(label), justify="left" if text else "right", width=width, overflow="fold")
    for i, row in enumerate(cells):
        if i in table.rules:
            grid.add_section()
        first = _hang(row[0], widths[0], table.indent(i)) if is_text[0] else row[0]
        grid.add_row(*map(Text, (first, *row[1:])))
    out = StringIO()
    total = sum(widths) + _GAP * (len(widths) - 1)
    console = Console(file=out, width=total, color_system=None, force_terminal=False, legacy_windows=False)
    console.print(grid)
    body = [line.rstrip() for line in out.getvalue().rstrip("\n").split("\n")]
    return [*_spanning(table.spans(), widths), *body]
