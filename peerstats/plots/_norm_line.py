"""A norm's mean as a line across a distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peerstats.plots._pyplot import describe, describe_as, points_across
from peerstats.plots._style import BENCHMARK, SCALE, TEXT, width_of, wrap

if TYPE_CHECKING:
    from peerstats.plots._pyplot import Axes

__all__ = ["norm_line"]

_HEADROOM = 1.25  # of the highest bar: room for the label above all bars
_GAP = 4  # points between the line and its label
_WIDEST = 0.45  # of the axes' width is the most that a line of the label may take


def norm_line(ax: Axes, value: float, label: str) -> Axes:
    """Mark a norm's mean on a distribution that is already drawn.

    Parameters
    ----------
    ax : matplotlib Axes
        Axes that `histogram` drew on.
    value : float
        The norm's mean, in units of the axis.
    label : str
        What to print beside the line.

    Returns
    -------
    matplotlib Axes
        The same axes.

    Examples
    --------
    >>> from peerstats.plots import describe, histogram, new_axes, norm_line
    >>> ax = norm_line(histogram([1, 2, 2, 3], ax=new_axes()), 2.5, "norm mean 2.5")
    >>> describe(ax)
    'Histogram. 4 values from 1 to 3, mean 2. Line at 2.5: norm mean 2.5.'
    """
    ax.set_ylim(0, _HEADROOM * ax.dataLim.y1)
    first, last = ax.get_xlim()
    first, last = min(first, value), max(last, value)
    ax.set_xlim(first, last)
    ax.axvline(value, color=BENCHMARK, linestyle="--", linewidth=1.6)
    room = points_across(ax) - SCALE
    text = wrap(label, _WIDEST * room)
    left = (last - value) / (last - first) * room < width_of(text) + _GAP
    ax.annotate(
        text,
        (value, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-_GAP if left else _GAP, -2),
        textcoords="offset points",
        ha="right" if left else "left",
        va="top",
        color=BENCHMARK,
        fontsize=TEXT,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )
    describe_as(ax, f"{describe(ax)} Line at {value:g}: {label}.")
    return ax
