"""A self-contained HTML report of tables and figures."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import peerstats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.results import Table

__all__ = ["Figure", "Section", "render_report"]

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1a1a1a;
       background: #fff; max-width: 62rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .4rem; padding-top: 1rem; border-top: 1px solid #d5d5d5; }
.lead { color: #444; margin: 0 0 .6rem; max-width: 46rem; }
.warning { border-left: 4px solid #d55e00; background: #fdf3ec; padding: .6rem .9rem; margin: 1rem 0; }
.table { overflow-x: auto; margin: 1rem 0 1.4rem; }
figure { margin: 1.2rem 0; }
figure img { max-width: 100%; height: auto; }
figcaption { color: #444; font-size: .92rem; max-width: 46rem; }
footer { margin-top: 3rem; border-top: 1px solid #d5d5d5; padding-top: .8rem; color: #555; font-size: .9rem; }
@media print { body { margin: 0; max-width: none; } h2, figure, .table { break-inside: avoid; } }
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figure:
    """A picture with its caption.

    Attributes
    ----------
    png : bytes
        The picture.
    alt : str
        What it shows, for those who cannot see it.
    caption : str
        Text below it.
    """

    png: bytes
    alt: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Section:
    """A part of a report.

    Attributes
    ----------
    title, text : str
        Heading and opening sentence.
    tables : tuple of Table
        Its tables.
    figures : tuple of Figure
        Its figures.
    """

    title: str
    text: str
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()


def _figure(figure: Figure) -> str:
    data = base64.b64encode(figure.png).decode("ascii")
    return (
        f'<figure><img src="data:image/png;base64,{data}" alt="{escape(figure.alt)}">'
        f"<figcaption>{escape(figure.caption)}</figcaption></figure>"
    )


def render_report(title: str, *, lead: str, warning: str, sections: Sequence[Section]) -> str:
    """Render a report that needs no other file and no network.

    Parameters
    ----------
    title, lead : str
        Heading and opening sentence.
    warning : str
        Set apart below it, such as that the data are simulated.
    sections : sequence of Section
        The parts, in order.

    Returns
    -------
    str
        One HTML page.
    """
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="lead">{escape(lead)}</p>',
        f'<p class="warning">{escape(warning)}</p>',
    ]
    for section in sections:
        parts += [f"<h2>{escape(section.title)}</h2>", f'<p class="lead">{escape(section.text)}</p>']
        parts += [f'<div class="table">{table.to_html()}</div>' for table in section.tables]
        parts += [_figure(figure) for figure in section.figures]
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n"
        f"<footer>Made by peerstats {peerstats.__version__}.</footer>\n</body>\n</html>\n"
    )
