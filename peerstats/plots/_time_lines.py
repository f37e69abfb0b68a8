"""Series over time as lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as, ticker
from peerstats.plots._style import BENCHMARK, GRID, MUTED, SAMPLE, SAMPLE_FILL, finish, legend_above
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.plots._pyplot import Axes

__all__ = ["time_lines"]

_DATE = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|S([12])))?")
_PARTS = (12, 4, 2)  # months, quarters and halves of a year
_COLOURS = (SAMPLE, BENCHMARK, SAMPLE_FILL, MUTED)
_DASHES = ("-", "--", ":", "-.")  # with four colours sixteen series differ, in grey too
_MANY = 24  # points beyond which single ones are not marked


def _when(date: str) -> float:
    """Return the middle of a month, quarter, half or year as a number of years."""
    found = _DATE.fullmatch(date)
    if found is None:
        raise InputError(f"time_lines(): {date!r} is not a date.", "Write '2020-05', '2020-Q2' or '2020'.")
    year, *parts = found.groups()
    for part, of in zip(parts, _PARTS, strict=True):
        if part is not None:
            return int(year) + (int(part) - 0.5) / of
    return int(year) + 0.5


def time_lines(
    series: Mapping[str, tuple[Sequence[str], Any]],
    *,
    title: str | None = None,
    ylabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw series over time, a line each; a missing value interrupts its line.

    Parameters
    ----------
    series : mapping of str to (dates, values)
        For each name the dates ("2020-05", "2020-Q2", "2020"), in time order, and as many values.
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
        If there is no series, a date cannot be read or dates and values are not equally many.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from peerstats.plots import describe, new_axes, time_lines
    >>> describe(time_lines({"CPI-U": (["2020-05", "2022-05"], [256.394, 292.296])}, ax=new_axes()))
    'Lines over time. CPI-U: 256.4 in 2020-05 to 292.3 in 2022-05, 2 values.'
    """
    if not series:
        raise InputError("time_lines(): there is no series.", "Give at least one.")
    ax = axes_or_new(ax, height=3.6, call="time_lines")
    handles, said = [], []
    for i, (name, (dates, values)) in enumerate(series.items()):
        y = read_vector(values, "values", "time_lines")
        same_length("time_lines", dates=len(dates), values=len(y))
        known = np.flatnonzero(~np.isnan(y))
        handles += ax.plot(
            [_when(date) for date in dates],
            y,
            color=_COLOURS[i % len(_COLOURS)],
            linestyle=_DASHES[i // len(_COLOURS) % len(_DASHES)],
            linewidth=1.4,
            marker="o" if len(known) <= _MANY else None,
            markersize=3,
        )
        if len(known):
            first, last = known[0], known[-1]
            said.append(
                f"{name}: {y[first]:.4g} in {dates[first]} to {y[last]:.4g} in {dates[last]}, "
                f"{len(known):,} values"
            )
        else:
            said.append(f"{name}: no values")
    kept: dict[str, Any] = {
        "line": [str(name) for name, (dates, _) in series.items() for _ in dates],
        "date": [str(date) for dates, _ in series.values() for date in dates],
        "value": np.concatenate(
            [read_vector(values, "values", "time_lines") for _, values in series.values()]
        ),
    }
    ax.grid(axis="y", color=GRID, linewidth=0.6)
    ax.xaxis.set_major_locator(ticker().MaxNLocator(integer=True))
    height = legend_above(ax, handles, list(series)) if len(series) > 1 else 0
    finish(ax, title=title, xlabel="year", ylabel=ylabel, below_title=height)
    keep_data(ax, kept)
    describe_as(ax, f"{f'Lines over time: {title}' if title else 'Lines over time'}. {'; '.join(said)}.")
    return ax
