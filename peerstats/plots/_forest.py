"""Estimates and their intervals, one a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import PAGE_WIDTH, axes_or_new, describe_as, ticker
from peerstats.plots._row_labels import fit_labels
from peerstats.plots._style import GRID, MARKS, MUTED, TEXT, finish, legend_above, width_of, wrap
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Artist, Axes
    from peerstats.typing import Array, BoolArray, Columns, IntArray

__all__ = ["forest"]

_ROW = 0.22  # inches a row of 8-point text needs
_LABELS = 0.45  # of the figure's width is the most that the rows' names may take
_FRAME = 1.0  # inches for title, ticks and axis label
_DODGED = 0.09  # inches a further estimate on the same line needs
_SPREAD = 0.7  # of the distance of two lines is what the estimates of one take
_FEWEST_TICKS = 3  # a log axis cannot be read from two


def forest(
    labels: Sequence[str],
    estimate: Any,
    low: Any,
    high: Any,
    *,
    reference: float | None = 0.0,
    log: bool = False,
    groups: Sequence[str] | None = None,
    series: Sequence[str] | None = None,
    title: str | None = None,
    xlabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw estimates with their intervals, one row each, the first at the top.

    Parameters
    ----------
    labels : sequence of str
        Names of the rows, n of them.
    estimate, low, high : (n,) array
        Estimates and interval limits. A row without an estimate (NaN) keeps its place and stays
        empty; an infinite limit runs to the edge and ends in an arrowhead.
    reference : float or None
        Where the dashed line stands: 0 for differences, 1 for ratios; None for no line.
    log : bool
        Whether the axis is logarithmic, as ratios want it. Limits of 0 then run to the edge.
    groups : sequence of str, optional
        Group of each row, such as its outcome. Each group gets a bold heading, in order of first
        appearance, and its rows come together below it.
    series : sequence of str, optional
        What each row belongs to, such as its model: at most five. Rows of one label and group then stand on
        one line, a mark for each series, which a legend names.
    title, xlabel : str, optional
        Title, and label of the axis.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure as high as the rows need.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If the lengths differ, there are no rows, a lower limit exceeds its upper one, a number
        that a log axis needs is not positive, there are more than five series, or two rows of one series
        have one label.
    MissingExtraError
        If matplotlib is not installed.

    Notes
    -----
    R's equivalent is `forestplot::forestplot`, Stata's `coefplot`.

    Examples
    --------
    >>> from peerstats.plots import describe, forest, new_axes
    >>> ax = forest(["age", "hours"], [0.2, -0.1], [0.1, -0.3], [0.3, 0.1], ax=new_axes())
    >>> describe(ax)
    'Forest plot, reference 0. age: 0.2 (0.1 to 0.3). hours: -0.1 (-0.3 to 0.1).'
    """
    rows = _read(labels, estimate, low, high, groups, series)
    if log:
        _check_positive(rows, reference)
    headings = [] if groups is None else list(dict.fromkeys(rows.groups))
    texts, places = _places(rows, headings)
    lines = 1 + max(wrap(text, _LABELS * PAGE_WIDTH * 72).count("\n") for text in texts)
    names = list(dict.fromkeys(rows.series))
    ax = axes_or_new(
        ax, height=_FRAME + (_ROW * lines + _DODGED * (len(names) - 1)) * len(texts), call="forest"
    )
    ax.set_xscale("log" if log else "linear")
    ax.set_xlim(_limits(rows, reference, log=log))
    if reference is not None:
        ax.axvline(reference, color=MUTED, linestyle="--", linewidth=1, zorder=1)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    handles = []
    for i, name in enumerate(names):
        mine = np.array([each == name for each in rows.series])
        shift = _SPREAD * ((i + 0.5) / len(names) - 0.5) if len(names) > 1 else 0.0
        handles.append(_draw(ax, rows, (places + shift).astype(np.float64), mine, MARKS[i]))
    if log:
        _plain_log_ticks(ax)
    room = 0.0 if series is None else legend_above(ax, handles, names)
    texts, size = fit_labels(ax, texts, _LABELS, call="forest", title=title, xlabel=xlabel, above=room)
    _label_rows(ax, texts, places)
    left = max(width_of(text, size) for text in texts) + 2 * TEXT
    finish(ax, title=title, xlabel=xlabel, left=left, below_title=room)
    ax.tick_params(axis="y", labelsize=size)
    keep_data(ax, _columns(rows))
    describe_as(ax, _alt_text(rows, reference, title))
    return ax


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rows:
    labels: list[str]
    estimate: Array
    low: Array
    high: Array
    groups: list[str]
    series: list[str]


def _read(
    labels: Sequence[str],
    estimate: Any,
    low: Any,
    high: Any,
    groups: Sequence[str] | None,
    series: Sequence[str] | None,
) -> _Rows:
    rows = _Rows(
        labels=list(map(str, labels)),
        estimate=read_vector(estimate, "estimate", "forest"),
        low=read_vector(low, "low", "forest"),
        high=read_vector(high, "high", "forest"),
        groups=[""] * len(labels) if groups is None else list(map(str, groups)),
        series=[""] * len(labels) if series is None else list(map(str, series)),
    )
    same_length(
        "forest",
        labels=len(rows.labels),
        estimate=len(rows.estimate),
        low=len(rows.low),
        high=len(rows.high),
        groups=len(rows.groups),
        series=len(rows.series),
    )
    if not rows.labels:
        raise InputError("forest(): there are no rows.", "Give at least one estimate.")
    crossed = np.flatnonzero(rows.low > rows.high)
    if len(crossed):
        i = int(crossed[0])
        raise InputError(
            f"forest(): row {i} ({rows.labels[i]!r}) has the limits {rows.low[i]:g} and {rows.high[i]:g}.",
            "Give the lower limit first.",
        )
    if series is not None:
        _check_series(rows)
    return rows


def _check_series(rows: _Rows) -> None:
    n_series = len(set(rows.series))
    if n_series > len(MARKS):
        raise InputError(
            f"forest(): there are {n_series} series, and a line has room for {len(MARKS)}.",
            "Draw fewer, or leave out series= and put them into groups=.",
        )
    seen: set[tuple[str, str, str]] = set()
    for i, key in enumerate(zip(rows.groups, rows.labels, rows.series, strict=True)):
        if key in seen:
            raise InputError(
                f"forest(): row {i} is the second of series {key[2]!r} that is called {key[1]!r}.",
                "Give each row of a series its own label, or groups=.",
            )
        seen.add(key)


def _columns(rows: _Rows) -> Columns:
    words = {"group": rows.groups, "label": rows.labels, "series": rows.series}
    return {
        **{name: each for name, each in words.items() if any(each)},
        "estimate": rows.estimate,
        "low": rows.low,
        "high": rows.high,
    }


def _check_positive(rows: _Rows, reference: float | None) -> None:
    least = np.fmin.reduce(np.append(rows.estimate, [] if reference is None else reference))
    below = np.fmin.reduce(np.append(rows.low, 0))
    if least <= 0 or below < 0:
        raise InputError(
            f"forest(): log=True needs positive numbers, and there is {min(least, below):g}.",
            "Give ratios with reference=1, or leave out log=True.",
        )


def _places(rows: _Rows, headings: list[str]) -> tuple[list[str], IntArray]:
    """Return the texts beside the axis from top to bottom, and which of them each estimate stands at."""
    texts: list[str] = []
    places = np.empty(len(rows.labels), dtype=np.int64)
    for heading in headings or [""]:
        if headings:
            texts.append(heading)
        line: dict[str, int] = {}
        several = len(set(rows.series)) > 1
        for i, group in enumerate(rows.groups):
            if group != heading and headings:
                continue
            label = rows.labels[i]
            if several and label in line:
                places[i] = line[label]
                continue
            places[i] = line[label] = len(texts)
            texts.append(label)
    return texts, places


def _limits(rows: _Rows, reference: float | None, *, log: bool) -> tuple[float, float]:
    """Return the ends of the axis: all finite numbers and a margin."""
    numbers = np.concatenate([rows.estimate, rows.low, rows.high, [] if reference is None else [reference]])
    numbers = numbers[np.isfinite(numbers)]
    span = np.log(numbers[numbers > 0]) if log else numbers
    margin = 0.05 * float(np.ptp(span)) or 0.5
    ends = np.array([span.min() - margin, span.max() + margin])
    left, right = np.exp(ends) if log else ends
    return float(left), float(right)


def _draw(ax: Axes, rows: _Rows, y: Array, mine: BoolArray, mark: dict[str, Any]) -> Artist:
    left, right = ax.get_xlim()
    drawn = mine & ~np.isnan(rows.estimate) & ~np.isnan(rows.low) & ~np.isnan(rows.high)
    low, high = np.maximum(rows.low, left), np.minimum(rows.high, right)
    ax.hlines(y[drawn], low[drawn], high[drawn], colors=mark["color"], linewidth=1.6)
    (handle,) = ax.plot(rows.estimate[mine], y[mine], linestyle="none", **mark)
    inside = ax.get_yaxis_transform()  # across in fractions of the axes: an arrowhead stays off the labels
    for off, x, marker in ((rows.low < left, 0.01, "<"), (rows.high > right, 0.99, ">")):
        ends = y[drawn & off]
        ax.plot(np.full(len(ends), x), ends, marker, color=mark["color"], markersize=5, transform=inside)
    return handle


def _plain_log_ticks(ax: Axes) -> None:
    """Put plain numbers on a log axis: decades if three fit, else 1-2-5, else evenly spaced ones."""
    left, right = ax.get_xlim()
    powers = 10.0 ** np.arange(np.floor(np.log10(left)), np.ceil(np.log10(right)) + 1)
    evenly = ticker().MaxNLocator(5).tick_values(left, right)
    for ticks in (powers, np.outer(powers, (1, 2, 5)).ravel(), evenly):
        inside = ticks[(ticks >= left) & (ticks <= right)]
        if len(inside) >= _FEWEST_TICKS:
            break
    ax.set_xticks(inside, [f"{tick:g}" for tick in inside])
    ax.xaxis.set_minor_locator(ticker().NullLocator())


def _label_rows(ax: Axes, texts: list[str], estimates: IntArray) -> None:
    ax.set_yticks(range(len(texts)), texts)
    ax.set_ylim(len(texts) - 0.4, -0.6)
    for place, (tick, label) in enumerate(zip(ax.yaxis.get_major_ticks(), ax.get_yticklabels(), strict=True)):
        if place not in estimates:
            label.set_fontweight("bold")
            tick.tick1line.set_visible(False)


def _alt_text(rows: _Rows, reference: float | None, title: str | None) -> str:
    name = f"Forest plot: {title}" if title else "Forest plot"
    told = [
        f"{group + ', ' if group else ''}{label}{', ' + which if which else ''}: "
        + ("no estimate" if np.isnan(b) else f"{b:.3g} ({low:.3g} to {high:.3g})")
        for group, label, which, b, low, high in zip(
            rows.groups, rows.labels, rows.series, rows.estimate, rows.low, rows.high, strict=True
        )
    ]
    line = "" if reference is None else f", reference {reference:g}"
    return f"{name}{line}. {'. '.join(told)}."
