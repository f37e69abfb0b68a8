"""Figures over years, one line each, with bands of their errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as, ticker
from peerstats.plots._style import GRID, MUTED, SMALL, finish, legend_above
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Axes

__all__ = ["lines_over_years"]

# Okabe and Ito (2008) in the order of falling contrast; each with a mark and a dash of its own, for grey
# print
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#000000", "#CC79A7", "#E69F00", "#56B4E9")
_MARKS = ("o", "s", "^", "D", "v", "P", "X")
_DASHES = ("-", "--", "-.", ":")


def lines_over_years(
    years: Any,
    values: Any,
    low: Any,
    high: Any,
    groups: Sequence[str],
    *,
    break_at: tuple[float, str] | None = None,
    title: str | None = None,
    ylabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one line a group over years, with a band where limits are known.

    Parameters
    ----------
    years, values, low, high : (n,) array
        Year, figure and its limits; a figure that is missing (NaN) breaks its line, and limits that are
        missing leave out the band.
    groups : sequence of str
        Group of each row.
    break_at : (float, str), optional
        A year at which figures stop being comparable, and its label; drawn as a dashed vertical.
    title, ylabel : str, optional
        Title, and label of the figures.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If the lengths differ or there is no figure.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from peerstats.plots import describe, lines_over_years, new_axes
    >>> low, high = [17.9, 18.2], [18.1, 18.6]
    >>> ax = lines_over_years([2019, 2020], [18.0, 18.4], low, high, ["aides"] * 2, ax=new_axes())
    >>> describe(ax)
    'Figures over years. aides 18 (2019) to 18.4 (2020).'
    """
    call = "lines_over_years"
    columns = {"years": years, "values": values, "low": low, "high": high}
    x, y, bottom, top = (read_vector(column, name, call) for name, column in columns.items())
    same_length(call, years=len(x), values=len(y), low=len(bottom), high=len(top), groups=len(groups))
    if not np.isfinite(y).any():
        raise InputError(f"{call}(): there is no figure to draw.", "Choose rows with published figures.")
    ax = axes_or_new(ax, height=4.0, call=call)
    of = np.array(groups, dtype=object)
    handles, labels, told = [], [], []
    for i, group in enumerate(dict.fromkeys(groups)):
        rows = np.flatnonzero(of == group)
        rows = rows[np.argsort(x[rows], kind="stable")]
        if not np.isfinite(y[rows]).any():
            continue
        colour = _COLOURS[i % len(_COLOURS)]
        (handle,) = ax.plot(
            x[rows],
            y[rows],
            color=colour,
            marker=_MARKS[i % len(_MARKS)],
            linestyle=_DASHES[i // len(_COLOURS) % len(_DASHES)],
            markersize=3,
            linewidth=1.2,
        )
        ax.fill_between(x[rows], bottom[rows], top[rows], color=colour, alpha=0.2, linewidth=0)
        handles.append(handle)
        labels.append(group)
        seen = rows[np.isfinite(y[rows])]
        first, last = seen[0], seen[-1]
        told.append(f"{group} {y[first]:.4g} ({x[first]:.0f}) to {y[last]:.4g} ({x[last]:.0f})")
    if break_at is not None and x.min() < break_at[0] < x.max():
        ax.axvline(break_at[0], color=MUTED, linewidth=0.8, linestyle="--", zorder=1)
        ax.annotate(
            break_at[1],
            (break_at[0], 0),
            xycoords=("data", "axes fraction"),
            xytext=(2, 2),
            textcoords="offset points",
            fontsize=SMALL,
            color=MUTED,
        )
    ax.grid(axis="y", color=GRID, linewidth=0.6)
    ax.xaxis.set_major_locator(ticker().MaxNLocator(integer=True))
    room = legend_above(ax, handles, labels)
    finish(ax, title=title, xlabel="year", ylabel=ylabel, below_title=room)
    kept = {"year": x, "value": y, "low": bottom, "high": top}
    keep_data(ax, {"group": list(map(str, groups)), **kept})
    describe_as(ax, f"{title or 'Figures over years'}. {'; '.join(told)}.")
    return ax
