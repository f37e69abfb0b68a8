"""Labels of rows beside a plot that has a given height: none lies on its neighbour."""

from __future__ import annotations

import itertools
import textwrap
import warnings
from typing import TYPE_CHECKING

from peerstats.errors import PeerstatsWarning
from peerstats.plots._pyplot import points_across, points_down
from peerstats.plots._style import SMALL, TEXT, TITLE, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Axes

__all__ = ["fit_labels"]

_LEAST = 6.0  # points: the smallest text that journals print
_LINE = 1.2  # height of a line over its font size, as matplotlib sets it
_WIDEST = 0.5  # share of the width that labels take at most
_BELOW = 34.0  # points that ticks, their numbers and one line of the axis label take


def fit_labels(
    ax: Axes,
    labels: Sequence[str],
    share: float,
    *,
    call: str,
    title: str | None,
    xlabel: str | None,
    above: float,
) -> tuple[list[str], float]:
    """Break labels into lines that fit their rows: wider, then smaller, then cut.

    Parameters
    ----------
    ax : matplotlib Axes
        Where they stand.
    labels : sequence of str
        One label a row, from top to bottom.
    share : float
        Share of the width that they should take.
    call : str
        The public call, for the warning.
    title, xlabel : str or None
        What takes of the height too.
    above : float
        Points that a legend takes.

    Returns
    -------
    fitted : list of str
        The labels in lines.
    size : float
        Their font size in points.
    """
    across = points_across(ax)
    for size, part in ((TEXT, share), (TEXT, _WIDEST), (SMALL, _WIDEST), (_LEAST, _WIDEST)):
        fitted = [wrap(label, part * across, size) for label in labels]
        room = across - max(width_of(text, size) for text in fitted) - 2 * TEXT
        taken = _BELOW + above + _extra(title, room, 1.1 * TITLE, first=TITLE * _LINE + 6)
        row = (points_down(ax) - taken - _extra(xlabel, room, TEXT, first=0)) / len(labels)
        heights = [_LINE * size * (text.count("\n") + 1) for text in fitted]
        if all((one + two) / 2 <= row for one, two in itertools.pairwise(heights)):
            return fitted, size
    most = max(int(row // (_LINE * _LEAST)), 1)
    if row < _LEAST:
        warnings.warn(
            f"{call}(): {len(labels)} rows do not fit the height of the axes. Draw on higher ones "
            f"({len(labels) * TEXT * _LINE / 72 + 1:.0f} inches), or leave out ax=.",
            PeerstatsWarning,
            stacklevel=3,
        )
    return [_cut(text, most) for text in fitted], _LEAST


def _extra(text: str | None, room: float, size: float, *, first: float) -> float:
    """Return the height of a text; of its first line what is given."""
    if not text:
        return 0.0
    return first + _LINE * size * wrap(text, room, size).count("\n")


def _cut(text: str, most: int) -> str:
    """Keep so many lines; the whole label stays in the plot's data and alternative text."""
    lines = text.split("\n")
    if len(lines) <= most:
        return text
    width = max(map(len, lines))
    last = textwrap.shorten(" ".join(lines[most - 1 :]), width, placeholder=" \N{HORIZONTAL ELLIPSIS}")
    return "\n".join([*lines[: most - 1], last])
