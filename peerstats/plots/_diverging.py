"""Answers of items as bars that part at the middle of the scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import PAGE_WIDTH, axes_or_new, describe_as, points_across, ticker
from peerstats.plots._row_labels import fit_labels
from peerstats.plots._style import GRID, MUTED, SMALL, TEXT, finish, width_of, wrap
from peerstats.plots._values import same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Axes
    from peerstats.typing import Array

__all__ = ["diverging_bars"]

_ROW = 0.27  # inches a row of 8-point text and its bar need
_LABELS = 0.45  # of the figure's width is the most that the items' names may take
_FRAME = 0.9  # inches for title, ticks and axis label
_LINE = 0.16  # inches a line of the legend takes
_TICK = 32  # points between ticks that keep their labels apart
_SWATCH = 22  # points of a colour and the gaps beside it in the legend
_TOLERANCE = 1e-6  # shares are sums of at most some million rounded weights
_ENTRY = 1.3  # height of an entry of the legend over its font size
_LIGHT = 0.45  # luminance above which black text reads better than white

# Ends and middle of the scale: vermilion and blue of Okabe and Ito (2008), which differ to every kind of
# colour vision. The nearer the middle the lighter, so that grey shows the strength and the side the sign.
_LOW, _HIGH, _MIDDLE = (0.80, 0.33, 0.0), (0.0, 0.40, 0.65), (0.92, 0.92, 0.92)
_PALEST = 0.55  # of white that the answer next to the middle is mixed with


def diverging_bars(
    shares: Any,
    labels: Sequence[str],
    answers: Sequence[str],
    *,
    neutral: int | None = None,
    title: str | None = None,
    xlabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the shares of ordered answers as bars that part at the middle, one item a row.

    Parameters
    ----------
    shares : (k, c) array
        Share of each answer to each item, as fractions; a row adds to 1. A row of NaN keeps its place and
        stays empty.
    labels : sequence of str
        Names of the items, k of them, the first at the top.
    answers : sequence of str
        Words of the answers, c of them, from the lowest.
    neutral : int, optional
        Position, from 0, of the answer that lies across the line. By default the middle one of an odd number
        of answers, and none of an even number.
    title, xlabel : str, optional
        Title, and label of the axis.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure as high as the items need.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If the lengths differ, there are no items or fewer than two answers, shares are negative or do not add
        to 1, or `neutral` is no answer.
    MissingExtraError
        If matplotlib is not installed.

    Notes
    -----
    Both sides of the axis count up from 0. Shares are printed where they have room; weighting them is the
    caller's. R's equivalent is ``likert::plot``, without its rescaling.

    Examples
    --------
    >>> from peerstats.plots import describe, diverging_bars, new_axes
    >>> ax = diverging_bars([[0.2, 0.3, 0.5]], ["item 1"], ["no", "so so", "yes"], ax=new_axes())
    >>> describe(ax)
    'Answers by item. item 1: no 20%, so so 30%, yes 50%.'
    """
    table = _read(shares, labels, answers)
    middle = _middle(neutral, len(answers))
    lines = 1 + max(wrap(str(label), _LABELS * PAGE_WIDTH * 72).count("\n") for label in labels)
    words = [str(word) for word in answers]
    height = _FRAME + _ROW * (1 + 0.6 * (lines - 1)) * len(labels)
    n_rows = _legend_rows(words, (1 - _LABELS) * PAGE_WIDTH * 72)
    ax = axes_or_new(ax, height=height + _LINE * n_rows, call="diverging_bars")
    xlabel = xlabel or "share of the answers"
    legend = _ENTRY * TEXT * _legend_rows(words, (1 - _LABELS) * points_across(ax))
    texts, size = fit_labels(
        ax,
        list(map(str, labels)),
        _LABELS,
        call="diverging_bars",
        title=title,
        xlabel=xlabel,
        above=legend,
    )
    left = max(width_of(text, size) for text in texts) + 2 * TEXT
    room = points_across(ax) - left
    starts = _starts(table, middle)
    colours = _colours(len(words), middle)
    for j, colour in enumerate(colours):
        ax.barh(
            range(len(texts)),
            table[:, j],
            left=starts[:, j],
            height=0.74,
            color=colour,
            edgecolor="white",
            linewidth=0.5,
        )
    _set_axis(ax, table, starts, room)
    _print_shares(ax, table, starts, colours, room)
    ax.set_yticks(range(len(texts)), texts)
    ax.set_ylim(len(texts) - 0.4, -0.6)
    below_title = _legend(ax, words, room)
    finish(ax, title=title, xlabel=xlabel, left=left, below_title=below_title)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0, labelsize=size)
    keep_data(ax, {"label": list(map(str, labels)), **{word: table[:, j] for j, word in enumerate(words)}})
    describe_as(ax, _alt_text(table, list(map(str, labels)), words, title))
    return ax


def _read(shares: Any, labels: Sequence[str], answers: Sequence[str]) -> Array:
    try:
        table = np.asarray(shares, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(
            "diverging_bars(): shares must hold numbers.", "Give one row of fractions an item."
        ) from error
    if table.ndim != 2:  # noqa: PLR2004  (items by answers)
        raise InputError(
            f"diverging_bars(): shares has {table.ndim} dimensions.", "Give items by answers, a (k, c) array."
        )
    same_length("diverging_bars", labels=len(labels), items=len(table))
    same_length("diverging_bars", answers=len(answers), shares=table.shape[1])
    if not table.size or table.shape[1] == 1:
        raise InputError(
            f"diverging_bars(): there are {len(table)} items of {table.shape[1]} answers.",
            "Give at least one item of at least two answers.",
        )
    empty = np.isnan(table).all(axis=1)
    wrong = ~empty & ~((table >= 0).all(axis=1) & (abs(table.sum(axis=1) - 1) < _TOLERANCE))
    if wrong.any():
        i = int(np.argmax(wrong))
        raise InputError(
            f"diverging_bars(): the shares of {labels[i]!r} are {', '.join(f'{s:g}' for s in table[i])}.",
            "Give fractions from 0 to 1 that add to 1, or only NaN for an item without answers.",
        )
    return table


def _middle(neutral: int | None, n: int) -> float:
    """Return the place of the line among the answers: on one, or half between two."""
    if neutral is None:
        return (n - 1) / 2
    if not 0 <= neutral < n:
        raise InputError(
            f"diverging_bars(): neutral={neutral!r} is no position of {n} answers.",
            f"Count from 0 to {n - 1}, or leave it out.",
        )
    return float(neutral)


def _starts(table: Array, middle: float) -> Array:
    """Return where each answer's bar begins, the line at 0."""
    ends = table.cumsum(axis=1)
    before = np.minimum(np.arange(table.shape[1]) - middle, 0)
    on_line = table[:, np.flatnonzero(np.arange(table.shape[1]) == middle)].sum(axis=1) / 2
    starts: Array = ends - table - (table[:, before < 0].sum(axis=1) + on_line)[:, None]
    return starts


def _colours(n: int, middle: float) -> list[tuple[float, ...]]:
    """Return a colour for each answer, paler towards the middle."""
    found: list[tuple[float, ...]] = []
    for j in range(n):
        if j == middle:
            found.append(_MIDDLE)
            continue
        side = [k for k in range(n) if (k < middle) == (j < middle) and k != middle]
        rank = side.index(j) if j > middle else len(side) - 1 - side.index(j)
        white = _PALEST * (1 - rank / (len(side) - 1)) if len(side) > 1 else _PALEST / 2
        end = _LOW if j < middle else _HIGH
        found.append(tuple(c + (1 - c) * white for c in end))
    return found


def _set_axis(ax: Axes, table: Array, starts: Array, room: float) -> None:
    left = float(np.nanmin(np.append(starts, 0)))
    right = float(np.nanmax(np.append(starts + table, 0)))
    margin = 0.02 * (right - left)
    ax.set_xlim(left - margin, right + margin)
    ax.xaxis.set_major_locator(
        ticker().MaxNLocator(int(np.clip(room // _TICK, 3, 9)), steps=[1, 2, 2.5, 5, 10])
    )
    ax.xaxis.set_major_formatter(ticker().FuncFormatter(lambda share, _: f"{abs(100 * share):.0f}%"))
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    # below the bars, whose middle answer has its share printed on the line
    ax.axvline(0, color="black", linewidth=0.8, zorder=0.9)


def _print_shares(
    ax: Axes, table: Array, starts: Array, colours: list[tuple[float, ...]], room: float
) -> None:
    """Print a share in its bar where the bar is wide enough for it."""
    first, last = ax.get_xlim()
    across = room / (last - first)
    for i in np.flatnonzero(np.isnan(table).all(axis=1)):
        ax.annotate(
            "no answers",
            (0, i),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=MUTED,
        )
    for (i, j), share in np.ndenumerate(table):
        text = f"{100 * share:.0f}%"
        if np.isnan(share) or share * across < width_of(text, SMALL) + 3:
            continue
        red, green, blue = colours[j]
        light = 0.2126 * red + 0.7152 * green + 0.0722 * blue > _LIGHT  # luminance of sRGB, gamma ignored
        ax.text(
            float(starts[i, j] + share / 2),
            i,
            text,
            ha="center",
            va="center_baseline",
            fontsize=SMALL,
            color="black" if light else "white",
        )


def _legend_rows(words: list[str], room: float) -> int:
    widest = max(width_of(word) for word in words) + _SWATCH
    return -(-len(words) // max(int(room // widest), 1))


def _legend(ax: Axes, words: list[str], room: float) -> float:
    """Put the answers between plot and title, in rows from the left; return their height in points."""
    n_rows = _legend_rows(words, room)
    n_columns = -(-len(words) // n_rows)
    fitted = [wrap(word, room - _SWATCH) for word in words]
    handles = [container[0] for container in ax.containers]
    # matplotlib fills columns first
    order = [i for column in range(n_columns) for i in range(column, len(words), n_columns)]
    legend = ax.legend(
        [handles[i] for i in order],
        [fitted[i] for i in order],
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=n_columns,
        borderaxespad=0.3,
        borderpad=0,
        handlelength=1.0,
        handleheight=1.0,
        handletextpad=0.4,
        columnspacing=1.0,
        labelspacing=0.25,
        frameon=False,
        fontsize=TEXT,
    )
    legend.set_in_layout(False)
    lines = sum(max(word.count("\n") + 1 for word in row) for row in _in_rows(fitted, n_columns))
    return _ENTRY * TEXT * lines + 2


def _in_rows(words: list[str], n_columns: int) -> list[list[str]]:
    return [words[start : start + n_columns] for start in range(0, len(words), n_columns)]


def _alt_text(table: Array, labels: list[str], words: list[str], title: str | None) -> str:
    told = [
        f"{label}: "
        + (
            "no answers"
            if np.isnan(row).all()
            else ", ".join(f"{word} {share:.0%}" for word, share in zip(words, row, strict=True))
        )
        for label, row in zip(labels, table, strict=True)
    ]
    return f"{f'Answers by item: {title}' if title else 'Answers by item'}. {'. '.join(told)}."
