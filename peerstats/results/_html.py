"""Table to HTML; the only door to great_tables."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from peerstats._core.extras import load_extra
from peerstats._core.frames import new_frame
from peerstats.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.results._table import Table

__all__ = ["html_or_text", "render_html"]

# The look of a journal: rules above, below the headings and at the end; nothing between rows.
_LOOK = {
    "table_font_size": "14px",
    "table_font_color": "#222222",
    "heading_align": "left",
    "heading_title_font_size": "16px",
    "heading_subtitle_font_size": "13px",
    "heading_padding_horizontal": "10px",
    "heading_border_bottom_style": "none",
    "table_border_top_style": "none",
    "table_border_bottom_style": "none",
    "table_margin_left": "0px",
    "column_labels_font_weight": "bold",
    "column_labels_padding_horizontal": "10px",
    "column_labels_border_top_color": "#222222",
    "column_labels_border_bottom_color": "#222222",
    "column_labels_border_bottom_width": "1px",
    "data_row_padding": "4px",
    "data_row_padding_horizontal": "10px",
    "table_body_hlines_style": "none",
    "table_body_border_top_width": "1px",
    "table_body_border_top_color": "#222222",
    "table_body_border_bottom_color": "#222222",
    "source_notes_font_size": "12px",
    "source_notes_padding_horizontal": "10px",
}

_INDENT = "\N{NO-BREAK SPACE}" * 4  # of one step


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def render_html(table: Table) -> str:
    """Return a table as a `div` with its own styles; every text is escaped here, whatever the version."""
    gt = load_extra("great_tables", "report", "to_html")
    # great_tables makes ids of headings from these names
    names = [f"{table.key}-{j}" for j in range(len(table.columns))]
    cells = [[_one_line(text) for text in row] for row in table.cells()]
    for i, row in enumerate(cells):
        row[0] = _INDENT * table.indent(i) + row[0]
    frame = new_frame({name: [row[j] for row in cells] for j, name in enumerate(names)}, "pandas")
    numbers = [name for name, column in zip(names, table.columns, strict=True) if column.kind != "text"]
    texts = [name for name in names if name not in numbers]
    made = (
        gt.GT(frame, id=table.key)
        .tab_header(
            gt.html(f"<strong>{escape(table.title)}</strong>"),
            gt.html("<br>".join(map(escape, table.lines))) if table.lines else None,
        )
        .cols_label({n: gt.html(escape(label)) for n, label in zip(names, table.headings(), strict=True)})
        .fmt(escape, columns=names)
        .tab_options(**_LOOK)
    )
    # An empty list of columns would mean all of them
    made = made.cols_align("right", columns=numbers) if numbers else made
    made = made.cols_align("left", columns=texts) if texts else made
    for text, first, last in table.spans():
        if text:
            made = made.tab_spanner(
                gt.html(escape(text)), columns=names[first:last], id=f"{table.key}-{first}-{last}"
            )
    if table.rules:
        line = gt.style.borders(sides="top", color="#222222", style="solid", weight="1px")
        made = made.tab_style(line, gt.loc.body(rows=list(table.rules)))
    for note in table.notes:
        made = made.tab_source_note(gt.html(escape(note)))
    return str(made.as_raw_html())


def html_or_text(tables: Sequence[Table]) -> str:
    """Return tables as HTML, or as text in a `pre` where great_tables is not installed."""
    try:
        return "\n".join(render_html(table) for table in tables)
    except MissingExtraError:
        text = "\n\n\n".join(table.to_text() for table in tables)
        return f"<pre>{escape(text)}</pre>"
