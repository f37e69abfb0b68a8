"""One look for all plots, set on the axes: matplotlib's global settings stay as they are."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from peerstats.plots._pyplot import figure_of, points_across

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Artist, Axes

__all__ = [
    "BENCHMARK",
    "GRID",
    "MARKS",
    "MUTED",
    "SAMPLE",
    "SAMPLE_FILL",
    "SCALE",
    "SMALL",
    "TEXT",
    "TITLE",
    "finish",
    "legend_above",
    "literal",
    "width_of",
    "wrap",
]

# Okabe and Ito (2008), Color Universal Design: blue, sky blue and black differ to every kind of colour
# vision, and in grey (lightness 45, 71 and 0 of 100).
SAMPLE = "#0072B2"
SAMPLE_FILL = "#56B4E9"
BENCHMARK = "#000000"
MUTED = "#555555"
GRID = "#DDDDDD"

# Several estimates on one line: shape and filling tell them apart, without colour and in grey
MARKS: tuple[dict[str, Any], ...] = (
    {"marker": "o", "color": SAMPLE, "markerfacecolor": SAMPLE, "markersize": 4.5},
    {"marker": "s", "color": BENCHMARK, "markerfacecolor": "white", "markersize": 4.5},
    {"marker": "D", "color": SAMPLE_FILL, "markerfacecolor": SAMPLE_FILL, "markersize": 4.2},
    {"marker": "^", "color": MUTED, "markerfacecolor": "white", "markersize": 5},
    {"marker": "v", "color": BENCHMARK, "markerfacecolor": BENCHMARK, "markersize": 5},
)

# Points: 8 is the least that journals ask for in a figure printed at its own size
TEXT = 8
SMALL = 7
TITLE = 9
SCALE = 45  # points that a scale of numbers and its label take beside the axes
_LINE = 1.25  # height of a line of text over its font size
_CHARACTER = 0.55  # width of a character of a sans serif face over its font size, on average


# Dollars that no backslash takes for themselves
_DOLLAR = re.compile(r"(?<!\\)\$")


def literal(text: str) -> str:
    """Keep matplotlib from reading what stands between two dollars as mathematics."""
    return _DOLLAR.sub(r"\\$", text) if len(_DOLLAR.findall(text)) > 1 else text


def wrap(text: str, points: float, size: float = TEXT, *, least: int = 12) -> str:
    """Break a text into lines that fit a width in points, of `least` characters at least; dollars literal."""
    lines = textwrap.fill(text, max(int(points / (_CHARACTER * size)), least), break_long_words=False)
    return literal(lines)


def width_of(text: str, size: float = TEXT) -> float:
    """Return about how many points a text is wide, its longest line counting."""
    return _CHARACTER * size * max(map(len, text.split("\n")))


def finish(
    ax: Axes,
    *,
    title: str | None,
    xlabel: str | None,
    ylabel: str | None = None,
    left: float = SCALE,
    below_title: float = 0,
) -> None:
    """Set frame, ticks, labels and title.

    The texts beside the axes take `left` points of the width; `below_title` points stay free under
    the title.
    """
    room = points_across(ax) - left
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(MUTED)
    ax.tick_params(labelsize=TEXT, color=MUTED, length=3)
    ax.set_axisbelow(True)
    ax.set_xlabel(wrap(xlabel or "", room), fontsize=TEXT)
    high = 72 * figure_of(ax).get_figheight() * ax.get_position(original=True).height
    ax.set_ylabel(wrap(ylabel or "", high), fontsize=TEXT)
    if title:
        bold = 1.1 * TITLE  # letters are that much wider
        ax.set_title(
            wrap(title, room, bold), loc="left", fontsize=TITLE, fontweight="bold", pad=6 + below_title
        )


def legend_above(ax: Axes, handles: Sequence[Artist], labels: Sequence[str]) -> float:
    """Put a legend between plot and title, one entry a line; return its height in points."""
    room = points_across(ax) - SCALE - 3 * TEXT
    fitted = [wrap(label, room) for label in labels]
    ax.legend(
        handles,
        fitted,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.3,
        borderpad=0,
        handlelength=1.6,
        labelspacing=0.3,
        frameon=False,
        fontsize=TEXT,
    )
    lines = sum(label.count("\n") + 1 for label in fitted)
    return TEXT * (_LINE + 0.2) * lines
