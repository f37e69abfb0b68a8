"""Correlations of items with the rest of their scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import PAGE_WIDTH, axes_or_new, describe_as, points_across
from peerstats.plots._row_labels import fit_labels
from peerstats.plots._style import GRID, MUTED, SAMPLE, SMALL, TEXT, finish, width_of, wrap
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Axes
    from peerstats.typing import Array

__all__ = ["item_rest_chart"]

_ROW = 0.22  # inches a row of 8-point text needs
_LABELS = 0.45  # of the figure's width is the most that the items' names may take
_FRAME = 1.0  # inches for title, ticks and axis label
_WRONG = "#D55E00"  # vermilion of Okabe and Ito (2008); the marker differs too, for prints in grey
_SAID = "probably reverse-keyed or in the wrong place"


def item_rest_chart(
    labels: Sequence[str],
    item_rest: Any,
    *,
    low: float = 0.3,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the correlation of each item with the sum of the others as dots, the first at the top.

    Parameters
    ----------
    labels : sequence of str
        Names of the items, k of them.
    item_rest : (k,) array
        Correlations; an item without one (NaN) keeps its place and is said to have none.
    low : float
        Where the dashed line stands: correlations below it are usually looked at again.
    title : str, optional
        Title.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure as high as the items need.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If the lengths differ, there are no items, or a correlation is beyond -1 or 1.
    MissingExtraError
        If matplotlib is not installed.

    Notes
    -----
    An item below zero is drawn as a cross and marked "probably reverse-keyed or in the wrong place". The
    line at 0.3 is a custom (Nunnally and Bernstein 1994), not a test.

    Examples
    --------
    >>> from peerstats.plots import describe, item_rest_chart, new_axes
    >>> ax = item_rest_chart(["q1", "q2"], [0.55, -0.2], ax=new_axes())
    >>> describe(ax)
    'Item-rest correlations. q1: 0.55. q2: -0.20, probably reverse-keyed or in the wrong place.'
    """
    values = read_vector(item_rest, "item_rest", "item_rest_chart")
    same_length("item_rest_chart", labels=len(labels), item_rest=len(values))
    _check(labels, values)
    names = list(map(str, labels))
    lines = 1 + max(wrap(name, _LABELS * PAGE_WIDTH * 72).count("\n") for name in names)
    ax = axes_or_new(ax, height=_FRAME + _ROW * lines * len(names), call="item_rest_chart")
    xlabel = f"item-rest correlation (dashed: {low:g})"
    texts, size = fit_labels(ax, names, _LABELS, call="item_rest_chart", title=title, xlabel=xlabel, above=0)
    left = max(width_of(text, size) for text in texts) + 2 * TEXT
    ax.axvline(0, color="black", linewidth=0.8, zorder=1)
    ax.axvline(low, color=MUTED, linestyle="--", linewidth=1, zorder=1)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    _draw(ax, values, low, points_across(ax) - left)
    ax.set_yticks(range(len(texts)), texts)
    ax.set_ylim(len(texts) - 0.4, -0.6)
    finish(ax, title=title, xlabel=xlabel, left=left)
    ax.tick_params(axis="y", labelsize=size)
    keep_data(ax, {"label": names, "item_rest": values})
    describe_as(ax, _alt_text(names, values, title))
    return ax


def _check(labels: Sequence[str], values: Array) -> None:
    if not len(values):
        raise InputError("item_rest_chart(): there are no items.", "Give at least one correlation.")
    wrong = np.flatnonzero(abs(values) > 1)
    if len(wrong):
        i = int(wrong[0])
        raise InputError(
            f"item_rest_chart(): the correlation of {labels[i]!r} is {values[i]:g}.",
            "Give correlations from -1 to 1.",
        )


def _draw(ax: Axes, values: Array, low: float, room: float) -> None:
    rows = np.arange(len(values))
    below = values < 0
    least = float(np.fmin.reduce(np.append(values, 0.0)))
    most = float(np.fmax.reduce(np.append(values, low)))
    margin = 0.05 * (most - least)
    ax.set_xlim(least - margin, min(most + 3 * margin, 1.05))
    colours = [_WRONG if each else SAMPLE for each in below]
    ax.hlines(rows, 0, np.nan_to_num(values), colors=colours, linewidth=1, alpha=0.6)
    ax.plot(values[~below], rows[~below], "o", color=SAMPLE, markersize=4.5)
    ax.plot(values[below], rows[below], "X", color=_WRONG, markersize=6)
    # the free side of an item below zero is the right of the line
    for row in rows[below | np.isnan(values)]:
        said = "no correlation" if np.isnan(values[row]) else _SAID
        first, last = ax.get_xlim()
        text = wrap(said, room * last / (last - first) - TEXT, SMALL)
        ax.annotate(
            text,
            (0, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            linespacing=0.95,
            color=MUTED if np.isnan(values[row]) else _WRONG,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )


def _alt_text(labels: list[str], values: Array, title: str | None) -> str:
    told = [
        f"{label}: {'no correlation' if np.isnan(r) else f'{r:.2f}' + (f', {_SAID}' if r < 0 else '')}"
        for label, r in zip(labels, values, strict=True)
    ]
    return f"{f'Item-rest correlations: {title}' if title else 'Item-rest correlations'}. {'. '.join(told)}."
