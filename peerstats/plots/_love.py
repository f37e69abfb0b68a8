"""Standardised differences, one row a characteristic: the love plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import PAGE_WIDTH, axes_or_new, describe_as
from peerstats.plots._row_labels import fit_labels
from peerstats.plots._style import BENCHMARK, GRID, MUTED, SAMPLE, TEXT, finish, legend_above, width_of, wrap
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.plots._pyplot import Axes

__all__ = ["love_plot"]

_ROW = 0.22  # inches a row of 8-point text needs
_FRAME = 1.1  # inches for title, legend, ticks and axis label
_LABELS = 0.45  # of the figure's width is the most that the rows' names may take
# Hollow before filled: shape and filling tell the series apart without colour
_MARKS: tuple[dict[str, Any], ...] = (
    {"marker": "o", "markerfacecolor": "white", "markeredgecolor": BENCHMARK, "markersize": 5.5},
    {"marker": "D", "markerfacecolor": SAMPLE, "markeredgecolor": SAMPLE, "markersize": 4.5},
)


def love_plot(
    labels: Sequence[str],
    series: Mapping[str, Any],
    *,
    threshold: float | None = 0.1,
    title: str | None = None,
    xlabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the size of standardised differences, the largest at the top.

    Parameters
    ----------
    labels : sequence of str
        Characteristics, n of them.
    series : mapping of str to (n,) array
        One or two sets of differences, such as unweighted and weighted; their size is drawn. A row without a
        difference (NaN) keeps its place, at the bottom.
    threshold : float or None
        Where the dashed line stands: below 0.1 a difference is usually called small. None for no line.
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
        If the lengths differ, there are no rows, or there are more than two series.
    MissingExtraError
        If matplotlib is not installed.

    Notes
    -----
    Rows are in the order of the first series. R's equivalent is `cobalt::love.plot`.

    References
    ----------
    .. [1] Austin (2009), Statistics in Medicine 28(25), 3083-3107.

    Examples
    --------
    >>> from peerstats.plots import describe, love_plot, new_axes
    >>> ax = love_plot(["age", "gender"], {"SMD": [0.05, 0.31]}, ax=new_axes())
    >>> describe(ax)
    'Standardised differences, threshold 0.1. gender: 0.31. age: 0.05.'
    """
    call = "love_plot"
    names = list(map(str, labels))
    sizes = {name: np.abs(read_vector(values, name, call)) for name, values in series.items()}
    same_length(call, labels=len(names), **{name: len(values) for name, values in sizes.items()})
    if not names or not sizes:
        raise InputError(f"{call}(): there are no rows.", "Give at least one difference.")
    if len(sizes) > len(_MARKS):
        raise InputError(f"{call}(): there are {len(sizes)} series.", "Give one or two.")
    order = np.argsort(-np.nan_to_num(next(iter(sizes.values())), nan=-1.0), kind="stable")
    several = len(sizes) > 1
    lines = 1 + max(wrap(name, _LABELS * PAGE_WIDTH * 72).count("\n") for name in names)
    ax = axes_or_new(ax, height=_FRAME + _ROW * lines * len(names), call=call)
    y = np.arange(len(names))
    if threshold is not None:
        ax.axvline(threshold, color=MUTED, linestyle="--", linewidth=1, zorder=1)
    ax.axvline(0, color=MUTED, linewidth=0.6, zorder=1)
    ax.grid(axis="both", color=GRID, linewidth=0.6)
    handles = []
    for (_, values), mark in zip(sizes.items(), _MARKS if several else _MARKS[1:], strict=False):
        handles += ax.plot(values[order], y, linestyle="none", **mark)
    known = np.concatenate([values[np.isfinite(values)] for values in sizes.values()])
    right = max(float(known.max(initial=0.0)), threshold or 0.0) * 1.08
    ax.set_xlim(-0.02 * right, right or 1.0)
    room = legend_above(ax, handles, list(sizes)) if several else 0.0
    texts, size = fit_labels(
        ax, [names[i] for i in order], _LABELS, call=call, title=title, xlabel=xlabel, above=room
    )
    ax.set_yticks(y, texts)
    ax.set_ylim(len(names) - 0.4, -0.6)
    left = max(width_of(text, size) for text in texts) + 2 * TEXT
    finish(ax, title=title, xlabel=xlabel, left=left, below_title=room)
    ax.tick_params(axis="y", labelsize=size)
    keep_data(ax, {"label": names, **sizes})
    name = f"Standardised differences: {title}" if title else "Standardised differences"
    told = [
        f"{names[i]}: "
        + ", ".join(
            (f"{which} " if several else "") + ("none" if np.isnan(values[i]) else f"{values[i]:.2f}")
            for which, values in sizes.items()
        )
        for i in order
    ]
    line = "" if threshold is None else f", threshold {threshold:g}"
    describe_as(ax, f"{name}{line}. {'. '.join(told)}.")
    return ax
