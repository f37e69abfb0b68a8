"""Shares of respondents as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as, ticker
from peerstats.plots._row_labels import fit_labels
from peerstats.plots._style import GRID, SAMPLE_FILL, TEXT, finish, width_of
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Axes
    from peerstats.typing import Array

__all__ = ["share_bars"]

_ROW = 0.22  # inches a row of 8-point text needs
_LABELS = 0.45  # of the figure's width is the most that the rows' names may take
_FRAME = 1.0  # inches for title, ticks and axis label


def share_bars(
    labels: Sequence[str],
    shares: Any,
    *,
    groups: Sequence[str] | None = None,
    title: str | None = None,
    xlabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw shares as horizontal bars, the first at the top.

    Parameters
    ----------
    labels : sequence of str
        Names of the bars, k of them.
    shares : (k,) array
        Fractions from 0 to 1; a bar without one (NaN) keeps its place and stays empty.
    groups : sequence of str, optional
        Group of each bar, such as its scale. Bars of a group stand together and get a bold heading.
    title, xlabel : str, optional
        Title, and label of the axis.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure as high as the bars need.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If the lengths differ, there are no bars, or a share is not a fraction.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from peerstats.plots import describe, new_axes, share_bars
    >>> ax = share_bars(["Engaged", "Burnout"], [0.75, 0.25], ax=new_axes())
    >>> describe(ax)
    'Bars of shares. Engaged: 75.0%. Burnout: 25.0%.'
    """
    values = read_vector(shares, "shares", "share_bars")
    named = [""] * len(labels) if groups is None else list(map(str, groups))
    same_length("share_bars", labels=len(labels), shares=len(values), groups=len(named))
    _check(labels, values)
    headings = [] if groups is None else list(dict.fromkeys(named))
    texts, bars = _rows(labels, named, headings)
    ax = axes_or_new(ax, height=_FRAME + _ROW * len(texts), call="share_bars")
    texts, size = fit_labels(ax, texts, _LABELS, call="share_bars", title=title, xlabel=xlabel, above=0)
    drawn = np.nan_to_num(values)
    ax.barh([bars.index(i) for i in range(len(values))], drawn, height=0.7, color=SAMPLE_FILL)
    ax.set_xlim(0, max(1.05 * float(drawn.max()), 0.05))
    ax.xaxis.set_major_locator(ticker().MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(ticker().FuncFormatter(lambda share, _: f"{100 * share:g}%"))
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.set_yticks(range(len(texts)), texts)
    ax.set_ylim(len(texts) - 0.4, -0.6)
    for tick, label, bar in zip(ax.yaxis.get_major_ticks(), ax.get_yticklabels(), bars, strict=True):
        if bar is None:
            label.set_fontweight("bold")
            tick.tick1line.set_visible(False)
    left = max(width_of(text, size) for text in texts) + 2 * TEXT
    finish(ax, title=title, xlabel=xlabel, left=left)
    ax.tick_params(axis="y", labelsize=size)
    keep_data(
        ax, {**({} if groups is None else {"group": named}), "label": list(map(str, labels)), "share": values}
    )
    describe_as(ax, _alt_text(labels, values, named, title))
    return ax


def _check(labels: Sequence[str], values: Array) -> None:
    if not len(values):
        raise InputError("share_bars(): there are no bars.", "Give at least one share.")
    wrong = np.flatnonzero((values < 0) | (values > 1))
    if len(wrong):
        i = int(wrong[0])
        raise InputError(
            f"share_bars(): the share of {labels[i]!r} is {values[i]:g}.", "Give fractions from 0 to 1."
        )


def _rows(labels: Sequence[str], named: list[str], headings: list[str]) -> tuple[list[str], list[int | None]]:
    """Return the texts beside the axis from top to bottom, and the bar of each; None for a heading."""
    rows: list[tuple[str, int | None]] = []
    for heading in headings or [""]:
        rows += [(heading, None)] if headings else []
        rows += [(str(label), i) for i, label in enumerate(labels) if named[i] == heading]
    return [text for text, _ in rows], [bar for _, bar in rows]


def _alt_text(labels: Sequence[str], values: Array, named: list[str], title: str | None) -> str:
    told = [
        f"{group + ', ' if group else ''}{label}: {'no share' if np.isnan(share) else f'{share:.1%}'}"
        for label, share, group in zip(labels, values, named, strict=True)
    ]
    return f"{f'Bars of shares: {title}' if title else 'Bars of shares'}. {'. '.join(told)}."
