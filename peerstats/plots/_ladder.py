"""A sample's values beside the percentiles that a benchmark publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as, figure_of, points_across
from peerstats.plots._style import (
    BENCHMARK,
    MUTED,
    SAMPLE,
    SAMPLE_FILL,
    SCALE,
    SMALL,
    finish,
    legend_above,
    wrap,
)
from peerstats.plots._values import read_vector, same_length, values_and_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Artist, Axes
    from peerstats.typing import Array, Columns

__all__ = ["percentile_ladder"]

_SHOWN = (0.10, 0.25, 0.50, 0.75, 0.90)  # what the wage tables of the BLS publish
_BOX = 0.13  # half the width of a box; groups are 1 apart
_MARGIN = 0.06  # of the span of wages, above and below
_APART = 6  # points between the names of groups
_ROOMY = 40  # points a group needs for its median to be written beside the box
_RUNG_LABEL = 65  # points to the right of the axes that the names of the lines take
_LAYOUT_SHARE = 0.75  # of the figure's height that labels and legend leave to the axes


def percentile_ladder(
    values_by_group: Sequence[Any],
    percentiles: Sequence[float],
    benchmark_values: Sequence[float | None],
    *,
    benchmark_label: str,
    group_labels: Sequence[str],
    weights_by_group: Sequence[Any] | None = None,
    unit: str = "dollars an hour",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each group's spread of values over lines at the benchmark's percentiles.

    Parameters
    ----------
    values_by_group : sequence of (n_g,) arrays
        The sample's values, one array a group; rows without one (NaN) are left out.
    percentiles : (k,) sequence of float
        The benchmark's percentiles, between 0 and 100: 10, 25, 50, 75, 90.
    benchmark_values : (k,) sequence of float
        Their values; None or NaN where none is published, which draws no line.
    benchmark_label : str
        What the benchmark is, for the legend.
    group_labels : sequence of str
        Names of the groups.
    weights_by_group : sequence of (n_g,) arrays, optional
        Weights from 0 up; their scale does not matter.
    unit : str
        Unit of the values. Where it begins with "dollars", numbers carry a dollar sign.
    title : str, optional
        Title.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If the numbers of groups, labels and weights differ, a percentile is not between 0 and 100,
        or nothing is left to draw.
    MissingExtraError
        If matplotlib is not installed.

    Notes
    -----
    For each group the thin bar runs from the 10th to the 90th percentile, the box from the 25th to
    the 75th, and the line across it is the median, written beside it if there is room.

    A sample's percentile is the smallest value at which the weighted distribution function reaches
    it: R's `quantile(type = 1)`, numpy's "inverted_cdf".

    Examples
    --------
    >>> from peerstats.plots import describe, new_axes, percentile_ladder
    >>> ax = percentile_ladder(
    ...     [[15.0, 16.5, 18.0, 19.0, 22.0]],
    ...     [10, 50, 90],
    ...     [13.1, 19.4, None],
    ...     benchmark_label="Community occupations, May 2020",
    ...     group_labels=["Simulated peers"],
    ...     ax=new_axes(),
    ... )
    >>> describe(ax)[:47]
    'Community occupations, May 2020, dollars an hou'
    """
    groups = _read_groups(values_by_group, weights_by_group, group_labels)
    ranks, rungs = _read_rungs(percentiles, benchmark_values)
    published = ~np.isnan(rungs)
    ax = axes_or_new(ax, height=4.2, call="percentile_ladder")
    _set_limits(ax, groups, rungs)
    for rung in rungs[published]:
        ax.axhline(rung, color=BENCHMARK, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
    sign = "$" if unit.startswith("dollars") else ""
    _label_rungs(ax, ranks[published], rungs[published], sign)
    roomy = _room(ax, groups) >= _ROOMY
    boxes = [_draw_group(ax, i, g, sign, labelled=roomy and g.n > 0) for i, g in enumerate(groups)]
    _label_groups(ax, groups)
    legend = [ax.lines[0], boxes[0]] if published.any() else [boxes[0]]
    words = [f"{benchmark_label}: percentiles"] * bool(published.any())
    below = legend_above(
        ax, legend, [*words, "Sample: middle half (box), 10th to 90th percentile (bar), median"]
    )
    finish(ax, title=title, xlabel=None, ylabel=unit[:1].upper() + unit[1:], below_title=below)
    keep_data(ax, _columns(groups, ranks, rungs, benchmark_label))
    describe_as(ax, _alt_text(groups, ranks, rungs, f"{benchmark_label}, {unit}", title, sign))
    return ax


def _columns(groups: Sequence[_Group], ranks: Array, rungs: Array, benchmark: str) -> Columns:
    whose = [group.label for group in groups for _ in _SHOWN] + [benchmark] * len(ranks)
    return {
        "label": whose,
        "percentile": np.concatenate([np.tile(100 * np.array(_SHOWN), len(groups)), 100 * ranks]),
        "value": np.concatenate([*(group.at for group in groups), rungs]),
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    label: str
    n: int
    at: Array  # values at the five shown percentiles, NaN for an empty group


def _read_groups(
    values_by_group: Sequence[Any], weights_by_group: Sequence[Any] | None, labels: Sequence[str]
) -> list[_Group]:
    weights = [None] * len(values_by_group) if weights_by_group is None else list(weights_by_group)
    same_length(
        "percentile_ladder",
        values_by_group=len(values_by_group),
        weights_by_group=len(weights),
        group_labels=len(labels),
    )
    groups = []
    for values, w, label in zip(values_by_group, weights, labels, strict=True):
        x, kept_weights = values_and_weights(values, w, "percentile_ladder")
        at = (
            np.quantile(x, _SHOWN, weights=kept_weights, method="inverted_cdf")
            if len(x)
            else np.full(len(_SHOWN), np.nan)
        )
        groups.append(_Group(label=str(label), n=len(x), at=at))
    if not any(group.n for group in groups):
        raise InputError("percentile_ladder(): no group has a value.", "Check the column and the groups.")
    return groups


def _read_rungs(percentiles: Sequence[float], values: Sequence[float | None]) -> tuple[Array, Array]:
    ranks = read_vector(percentiles, "percentiles", "percentile_ladder")
    rungs = read_vector(values, "benchmark_values", "percentile_ladder")
    same_length("percentile_ladder", percentiles=len(ranks), benchmark_values=len(rungs))
    # A median given as 0.5 would pass for half of the lowest percentile
    if not ((ranks >= 1) & (ranks < 100)).all():  # noqa: PLR2004  (percentiles run to 100)
        raise InputError(
            f"percentile_ladder(): percentiles={[f'{rank:g}' for rank in ranks]} are not between 1 and 100.",
            "Give 10 for the tenth percentile, not 0.1.",
        )
    order = np.argsort(ranks)
    return ranks[order], rungs[order]


def _set_limits(ax: Axes, groups: list[_Group], rungs: Array) -> None:
    numbers = np.concatenate([*(group.at for group in groups), rungs])
    low, high = np.nanmin(numbers), np.nanmax(numbers)
    margin = _MARGIN * (high - low) or 0.5
    ax.set_ylim(low - margin, high + margin)
    ax.set_xlim(-0.5, len(groups) - 0.5)


def _spread(wanted: Array, gap: float) -> Array:
    """Move ascending positions as little as makes them `gap` apart (least squares)."""
    from scipy.optimize import isotonic_regression  # noqa: PLC0415  (slow to load, and only this needs it)

    steps = gap * np.arange(len(wanted))
    return np.asarray(isotonic_regression(wanted - steps).x + steps, dtype=float)


def _label_rungs(ax: Axes, ranks: Array, rungs: Array, sign: str) -> None:
    """Name each line at its right end; labels that would touch move apart and keep a leader."""
    low, high = ax.get_ylim()
    points = _LAYOUT_SHARE * figure_of(ax).get_figheight() * 72 / (high - low)
    wanted = rungs * points
    moved = _spread(wanted, 1.35 * SMALL) - wanted if len(rungs) else wanted
    for rank, rung, shift in zip(ranks, rungs, moved, strict=True):
        ax.annotate(
            f"P{rank:g}  {sign}{rung:,.2f}",
            (1, rung),
            xycoords=("axes fraction", "data"),
            xytext=(12, shift),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=BENCHMARK,
            arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.6, "shrinkA": 1, "shrinkB": 0},
        )


def _draw_group(ax: Axes, x: int, group: _Group, sign: str, *, labelled: bool) -> Artist:
    p10, p25, median, p75, p90 = group.at
    ax.vlines(x, p10, p90, colors=SAMPLE, linewidth=2.2, zorder=2)
    box = ax.bar(x, p75 - p25, 2 * _BOX, p25, color=SAMPLE_FILL, edgecolor=SAMPLE, linewidth=1, zorder=3)
    ax.hlines(median, x - _BOX, x + _BOX, colors=BENCHMARK, linewidth=2, zorder=4)
    if labelled:
        ax.annotate(
            f"{sign}{median:,.2f}",
            (x + _BOX, median),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=SAMPLE,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
    return box.patches[0]


def _room(ax: Axes, groups: list[_Group]) -> float:
    """Return the width that a group has, in points."""
    return (points_across(ax) - SCALE - _RUNG_LABEL) / len(groups)


def _label_groups(ax: Axes, groups: list[_Group]) -> None:
    room = _room(ax, groups)
    equals = " = " if room >= _ROOMY else "="
    ax.set_xticks(
        range(len(groups)), [f"{wrap(g.label, room - _APART, least=6)}\nn{equals}{g.n:,}" for g in groups]
    )
    ax.tick_params(axis="x", length=0)


def _alt_text(
    groups: list[_Group], ranks: Array, rungs: Array, benchmark: str, title: str | None, sign: str
) -> str:
    lines = ", ".join(
        f"P{rank:g} " + ("not published" if np.isnan(rung) else f"{sign}{rung:,.2f}")
        for rank, rung in zip(ranks, rungs, strict=True)
    )
    boxes = [
        f"{group.label} (n = {group.n:,}): "
        + ", ".join(f"P{100 * p:g} {sign}{value:,.2f}" for p, value in zip(_SHOWN, group.at, strict=True))
        if group.n
        else f"{group.label}: no values"
        for group in groups
    ]
    return f"{title + '. ' if title else ''}{benchmark}: {lines}. Sample: {'; '.join(boxes)}."
