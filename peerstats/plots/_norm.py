"""A sample's distribution over that of a norm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._histogram import draw_shares
from peerstats.plots._pyplot import axes_or_new, describe_as, figure_of, points_across
from peerstats.plots._style import BENCHMARK, SAMPLE, SCALE, TEXT, finish, legend_above, width_of
from peerstats.plots._values import nice_edges, read_vector, same_length, shares, some_values_and_weights

if TYPE_CHECKING:
    from peerstats.plots._pyplot import Axes
    from peerstats.typing import Array

__all__ = ["distribution_over_norm"]

_HEADROOM = 1.25  # of the highest bar: room for the labels of the means above all bars
_GAP = 4  # points between a mean's line and its label
_LINE = 14  # points from one line of labels to the next
_LAYOUT_SHARE = 0.7  # of the figure's height that labels and legend leave to the axes
_SUM_TOLERANCE = 1e-3  # published shares are rounded: 100 of them to 5 decimals miss 1 by at most 0.0005


def distribution_over_norm(
    values: Any,
    norm_values: Any,
    norm_shares: Any,
    *,
    weights: Any = None,
    sample_label: str,
    norm_label: str,
    sample_mean: float | None = None,
    norm_mean: float | None = None,
    title: str | None = None,
    xlabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a sample's scores as bars and the norm's as an outline, in the same bins.

    Parameters
    ----------
    values : (n,) array
        The sample's scores; rows without one (NaN) are left out.
    norm_values : (m,) array
        Score points of the norm.
    norm_shares : (m,) array
        Share of the norm's population at each point; they add to 1.
    weights : (n,) array, optional
        Weights from 0 up; their scale does not matter.
    sample_label, norm_label : str
        What the two are, for the legend.
    sample_mean, norm_mean : float, optional
        Means to mark; by default those of the numbers given.
    title, xlabel : str, optional
        Title, and label of the axis of scores.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If lengths differ, there is no value, or the norm's shares are negative or do not add to 1.
    MissingExtraError
        If matplotlib is not installed.

    Notes
    -----
    Bins begin at multiples of 1, 2 or 5 times a power of ten, at most about 20 of them. A bin holds
    its lower edge. Heights are shares, so the two distributions compare whatever their sizes.

    Examples
    --------
    >>> from peerstats.plots import describe, distribution_over_norm, new_axes
    >>> ax = distribution_over_norm(
    ...     [40, 50, 60],
    ...     [40, 50, 60, 70],
    ...     [0.1, 0.4, 0.4, 0.1],
    ...     sample_label="Simulated peers",
    ...     norm_label="Norm",
    ...     ax=new_axes(),
    ... )
    >>> describe(ax)
    'Distribution of Simulated peers (3 respondents, mean 50.0) over Norm (mean 55.0).'
    """
    x, w = some_values_and_weights(values, weights, "distribution_over_norm")
    points, norm = _read_norm(norm_values, norm_shares)
    edges = nice_edges(min(x.min(), points.min()), max(x.max(), points.max()))
    sample_mean = float(np.average(x, weights=w)) if sample_mean is None else sample_mean
    norm_mean = float(points @ norm) if norm_mean is None else norm_mean
    ax = axes_or_new(ax, height=3.6, call="distribution_over_norm")
    ours, theirs = shares(x, w, edges), shares(points, norm, edges)
    draw_shares(ax, ours, edges)
    bars = ax.patches[-1]
    outline = ax.stairs(theirs, edges, color=BENCHMARK, linewidth=1.4, baseline=None)
    ax.set_ylim(0, _HEADROOM * max(ours.max(), theirs.max()))
    ax.set_xlim(edges[0], edges[-1])
    _mark_means(ax, sample_mean, norm_mean)
    below_title = legend_above(ax, [bars, outline], [sample_label, norm_label])
    finish(ax, title=title, xlabel=xlabel, ylabel="Share in each bin", below_title=below_title)
    keep_data(ax, {"low": edges[:-1], "high": edges[1:], sample_label: ours, norm_label: theirs})
    describe_as(
        ax,
        f"{title + ': distribution' if title else 'Distribution'} of {sample_label} "
        f"({counted(len(x), 'respondent')}, "
        f"mean {sample_mean:.1f}) over {norm_label} (mean {norm_mean:.1f}).",
    )
    return ax


def _read_norm(norm_values: Any, norm_shares: Any) -> tuple[Array, Array]:
    points = read_vector(norm_values, "norm_values", "distribution_over_norm")
    norm = read_vector(norm_shares, "norm_shares", "distribution_over_norm")
    same_length("distribution_over_norm", norm_values=len(points), norm_shares=len(norm))
    total = norm.sum()
    if not np.isfinite(points).all() or not abs(total - 1) <= _SUM_TOLERANCE or (norm < 0).any():
        raise InputError(
            f"distribution_over_norm(): norm_shares add to {total:g}.",
            "Give the share of the population at each finite score point, none negative, adding to 1.",
        )
    return points, norm


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """A mean's line and label."""

    mean: float
    text: str
    color: str
    linestyle: str


def _mark_means(ax: Axes, sample_mean: float, norm_mean: float) -> None:
    """Mark both means; the labels stand away from each other, or below each other near an edge."""
    marks = [
        _Mark(mean=sample_mean, text=f"sample mean {sample_mean:.1f}", color=SAMPLE, linestyle="-"),
        _Mark(mean=norm_mean, text=f"norm mean {norm_mean:.1f}", color=BENCHMARK, linestyle="--"),
    ]
    marks.sort(key=lambda mark: mark.mean)
    first, last = ax.get_xlim()
    across = (points_across(ax) - SCALE) / (last - first)
    lower_left = (marks[0].mean - first) * across > width_of(marks[0].text) + _GAP
    higher_left = (last - marks[1].mean) * across < width_of(marks[1].text) + _GAP
    # Where a label must stand across the other's line, that line ends below it
    _draw_mark(ax, marks[0], left=lower_left, below=lower_left and higher_left)
    _draw_mark(ax, marks[1], left=higher_left, below=not lower_left and not higher_left)


def _draw_mark(ax: Axes, mark: _Mark, *, left: bool, below: bool) -> None:
    top = 1 - below * _LINE / (_LAYOUT_SHARE * figure_of(ax).get_figheight() * 72)
    ax.axvline(mark.mean, 0, top, color=mark.color, linestyle=mark.linestyle, linewidth=1.6)
    ax.annotate(
        mark.text,
        (mark.mean, top),
        xycoords=("data", "axes fraction"),
        xytext=(-_GAP if left else _GAP, -2),
        textcoords="offset points",
        ha="right" if left else "left",
        va="top",
        color=mark.color,
        fontsize=TEXT,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )
