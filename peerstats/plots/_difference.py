"""Differences over means, with limits of agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as
from peerstats.plots._style import BENCHMARK, GRID, MUTED, SAMPLE, TEXT, finish
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from peerstats.plots._pyplot import Axes

__all__ = ["difference_plot"]

_MANY = 300  # points beyond which single ones overlap and are drawn fainter


def difference_plot(
    means: Any,
    differences: Any,
    *,
    centre: float,
    limits: tuple[float, float],
    title: str | None = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw differences over means, as Bland and Altman do.

    Parameters
    ----------
    means, differences : (n,) array
        Mean and difference of the two measurements of each subject; rows without one (NaN) are left out.
    centre : float
        Mean difference, drawn as a line.
    limits : (float, float)
        Limits of agreement, drawn as dashed lines.
    title, xlabel, ylabel : str, optional
        Title, and labels of the axes.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If the lengths differ or there are no points.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from peerstats.plots import describe, difference_plot, new_axes
    >>> ax = difference_plot([2, 3], [0.5, -0.5], centre=0, limits=(-1.4, 1.4), ax=new_axes())
    >>> describe(ax)
    'Differences over means. 2 points; mean difference 0, limits -1.4 to 1.4, 0 points outside.'
    """
    x = read_vector(means, "means", "difference_plot")
    y = read_vector(differences, "differences", "difference_plot")
    same_length("difference_plot", means=len(x), differences=len(y))
    kept = ~(np.isnan(x) | np.isnan(y))
    x, y = x[kept], y[kept]
    if not len(x):
        raise InputError("difference_plot(): there are no points.", "Give subjects with both measurements.")
    low, high = limits
    ax = axes_or_new(ax, height=3.6, call="difference_plot")
    ax.scatter(x, y, s=12, color=SAMPLE, alpha=0.7 if len(x) <= _MANY else 0.3, linewidths=0)
    ax.axhline(0, color=MUTED, linewidth=0.8, zorder=1)
    ax.axhline(centre, color=BENCHMARK, linewidth=1.2)
    for limit in limits:
        ax.axhline(limit, color=BENCHMARK, linewidth=1, linestyle="--")
    for level, word in ((centre, "mean"), (low, "lower limit"), (high, "upper limit")):
        ax.annotate(
            f"{word} {level:.2f}",
            (1, level),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 2),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=TEXT,
        )
    ax.margins(y=0.12)
    ax.grid(axis="y", color=GRID, linewidth=0.6)
    finish(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    outside = int(((y < low) | (y > high)).sum())
    name = f"Differences over means: {title}" if title else "Differences over means"
    points = "point" if outside == 1 else "points"
    keep_data(ax, {"mean": x, "difference": y})
    describe_as(
        ax,
        f"{name}. {counted(len(x), 'point')}; mean difference {centre:.4g}, limits {low:.4g} to {high:.4g}, "
        f"{outside:,} {points} outside.",
    )
    return ax
