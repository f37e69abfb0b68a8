"""Series over time as lines, with bands of their errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as, ticker
from peerstats.plots._style import GRID, MUTED, SMALL, finish, legend_above
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.plots._pyplot import Axes
    from peerstats.typing import Array

__all__ = ["time_lines"]

_DATE = re.compile(r"(\d{4})-(?:(\d{2})|Q([1-4])|S([12]))")
_PARTS = (12, 4, 2)  # months, quarters and halves of a year
# Okabe and Ito (2008) in the order of falling contrast; each with a mark and a dash of its own, for grey
# print
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#000000", "#CC79A7", "#E69F00", "#56B4E9")
_MARKS = ("o", "s", "^", "D", "v", "P", "X")
_DASHES = ("-", "--", "-.", ":")
_MANY = 24  # points beyond which single ones are not marked


def _when(date: Any, *, years: bool) -> float:
    """Return a date as a number of years: a year by itself, or the middle of what it names among others."""
    text = str(date)
    if re.fullmatch(r"\d{4}", text):
        return int(text) + (0.0 if years else 0.5)
    found = _DATE.fullmatch(text)
    if found is None:
        raise InputError(f"time_lines(): {date!r} is not a date.", "Write '2020-05', '2020-Q2' or '2020'.")
    year, *parts = found.groups()
    part, of = next((part, of) for part, of in zip(parts, _PARTS, strict=True) if part is not None)
    return int(year) + (int(part) - 0.5) / of


def _kept(
    series: Mapping[str, tuple[Sequence[str], Any]], read: Mapping[str, Array], bands: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is drawn, one row a value."""
    kept: dict[str, Any] = {
        "line": [str(name) for name, (dates, _) in series.items() for _ in dates],
        "date": [str(date) for dates, _ in series.values() for date in dates],
        "value": np.concatenate(list(read.values())),
    }
    for place, end in enumerate(("low", "high") if bands else ()):
        none = {name: np.full(len(values), np.nan) for name, values in read.items()}
        given = {name: np.asarray(each[place], dtype=float) for name, each in bands.items()}
        kept[end] = np.concatenate([given.get(name, none[name]) for name in read])
    return kept


def time_lines(
    series: Mapping[str, tuple[Sequence[Any], Any]],
    *,
    bands: Mapping[str, tuple[Any, Any]] | None = None,
    break_at: tuple[float, str] | None = None,
    title: str | None = None,
    ylabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw series over time, a line each; a missing value interrupts its line.

    Parameters
    ----------
    series : mapping of str to (dates, values)
        For each name the dates ("2020-05", "2020-Q2", "2020" or 2020), and as many values. A date stands in
        the middle of what it names; where all are years, at the year.
    bands : mapping of str to (low, high), optional
        For a name the limits of its values; where one is missing (NaN) there is no band.
    break_at : (float, str), optional
        A time at which figures stop being comparable, and its label; drawn as a dashed vertical.
    title, ylabel : str, optional
        Title, and label of the values.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If there is no value, a date cannot be read or dates, values and limits are not equally many.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from peerstats.plots import describe, new_axes, time_lines
    >>> describe(time_lines({"CPI-U": (["2020-05", "2022-05"], [256.394, 292.296])}, ax=new_axes()))
    'Lines over time. CPI-U: 256.4 in 2020-05 to 292.3 in 2022-05, 2 values.'
    """
    call = "time_lines"
    read = {name: read_vector(values, "values", call) for name, (_, values) in series.items()}
    if not any(np.isfinite(y).any() for y in read.values()):
        raise InputError(f"{call}(): there is no value to draw.", "Give at least one series with a value.")
    ax = axes_or_new(ax, height=4.0, call=call)
    years = all(len(str(date)) == len("2020") for dates, _ in series.values() for date in dates)
    handles, labels, said, times = [], [], [], []
    for i, (name, (dates, _)) in enumerate(series.items()):
        y, colour = read[name], _COLOURS[i % len(_COLOURS)]
        same_length(call, dates=len(dates), values=len(y))
        x = np.array([_when(date, years=years) for date in dates])
        order = np.argsort(x, kind="stable")
        known = order[np.isfinite(y[order])]
        if not len(known):
            said.append(f"{name}: no values")
            continue
        handles += ax.plot(
            x[order],
            y[order],
            color=colour,
            linestyle=_DASHES[i // len(_COLOURS) % len(_DASHES)],
            linewidth=1.2,
            marker=_MARKS[i % len(_MARKS)] if len(known) <= _MANY else None,
            markersize=3,
        )
        labels.append(name)
        times += [x.min(), x.max()]
        if bands is not None and name in bands:
            low, high = (read_vector(each, "bands", call) for each in bands[name])
            same_length(call, values=len(y), low=len(low), high=len(high))
            ax.fill_between(x[order], low[order], high[order], color=colour, alpha=0.2, linewidth=0)
        first, last = known[0], known[-1]
        said.append(
            f"{name}: {y[first]:.4g} in {dates[first]} to {y[last]:.4g} in {dates[last]}, "
            f"{counted(len(known), 'value')}"
        )
    if break_at is not None and min(times) < break_at[0] < max(times):
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
    room = legend_above(ax, handles, labels) if len(series) > 1 else 0
    finish(ax, title=title, xlabel="year", ylabel=ylabel, below_title=room)
    keep_data(ax, _kept(series, read, bands or {}))
    describe_as(ax, f"{f'Lines over time: {title}' if title else 'Lines over time'}. {'; '.join(said)}.")
    return ax
