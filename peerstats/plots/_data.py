"""The numbers behind a plot, as a frame and as CSV."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.results import guard

if TYPE_CHECKING:
    from peerstats.plots._pyplot import Axes
    from peerstats.typing import Columns

__all__ = ["figure_csv", "figure_data", "keep_data"]

# Beside the axes, which have no place for it; an entry goes with its axes
_KEPT: WeakKeyDictionary[Axes, Columns] = WeakKeyDictionary()


def keep_data(ax: Axes, columns: Columns) -> None:
    """Keep the columns that a plot was drawn from."""
    _KEPT[ax] = columns


def _kept(ax: Axes, call: str) -> Columns:
    if ax not in _KEPT:
        raise InputError(
            f"{call}(): these axes have no data of a plot.",
            "Give the axes that a function of plots returned.",
        )
    return _KEPT[ax]


def figure_data(ax: Axes) -> Any:
    """Return the numbers that a plot shows.

    Parameters
    ----------
    ax : matplotlib Axes
        Axes that a function of `peerstats.plots`, or a result's `plot`, drew on.

    Returns
    -------
    pandas DataFrame
        What is drawn: one row a mark, bar or bin. A histogram gives its bins, not the values in them; a plot
        of a point for each respondent gives those points.

    Raises
    ------
    InputError
        If no plot was drawn on the axes.

    Examples
    --------
    >>> from peerstats.plots import figure_data, histogram, new_axes
    >>> figure_data(histogram([1.0, 2.0, 2.0, 3.0], ax=new_axes()))
       low  high  share
    0  0.5   1.5   0.25
    1  1.5   2.5   0.50
    2  2.5   3.5   0.25
    """
    return new_frame(_kept(ax, "figure_data"))


def figure_csv(ax: Axes) -> str:
    r"""Return the numbers that a plot shows as CSV, unrounded.

    Parameters
    ----------
    ax : matplotlib Axes
        Axes that a function of `peerstats.plots`, or a result's `plot`, drew on.

    Returns
    -------
    str
        A heading and a line a row; an absent number is empty. No label starts a formula in a spreadsheet: an
        apostrophe stands before ``=``, ``+``, ``-`` and ``@``.

    Raises
    ------
    InputError
        If no plot was drawn on the axes.

    Examples
    --------
    >>> from peerstats.plots import figure_csv, forest, new_axes
    >>> figure_csv(forest(["age", "=hours"], [0.2, -0.1], [0.1, -0.3], [0.3, 0.1], ax=new_axes()))
    "label,estimate,low,high\nage,0.2,0.1,0.3\n'=hours,-0.1,-0.3,0.1\n"
    """
    columns = _kept(ax, "figure_csv")
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    lists = [values.tolist() if isinstance(values, np.ndarray) else values for values in columns.values()]
    for row in zip(*lists, strict=True):
        writer.writerow(
            [
                "" if value is None or value != value else guard(value) if isinstance(value, str) else value  # noqa: PLR0124
                for value in row
            ]
        )
    return out.getvalue()
