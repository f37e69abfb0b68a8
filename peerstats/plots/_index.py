"""One value a row, the largest named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as
from peerstats.plots._style import GRID, MUTED, SAMPLE, SMALL, finish
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Axes

__all__ = ["index_plot"]


def index_plot(
    values: Sequence[float],
    labels: Sequence[Any],
    *,
    named: int = 5,
    ylabel: str | None = None,
    title: str | None = None,
    ax: Any = None,
) -> Axes:
    """Draw one stem a row, and name the largest.

    Parameters
    ----------
    values : sequence of float
        One value a row.
    labels : sequence
        Name of each row.
    named : int
        How many of the largest are named.
    ylabel, title : str, optional
        Words at the axis and above.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If there are no values, or the lengths differ.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from peerstats.plots import index_plot, new_axes
    >>> ax = index_plot([0.1, 0.7, 0.2], ["a", "b", "c"], named=1, ax=new_axes())
    >>> [text.get_text() for text in ax.texts]
    ['b']
    """
    call = "index_plot"
    heights = read_vector(values, "values", call)
    same_length(call, values=len(heights), labels=len(labels))
    if not len(heights):
        raise InputError(f"{call}(): there are no values.", "Give one value a row.")
    axes = axes_or_new(ax, height=3.2, call=call)
    place = np.arange(len(heights))
    axes.vlines(place, 0, heights, color=SAMPLE, linewidth=0.8)
    axes.axhline(0, color=MUTED, linewidth=0.6)
    largest = np.argsort(-np.abs(np.nan_to_num(heights)), kind="stable")[: max(named, 0)]
    for i in largest:
        axes.annotate(
            str(labels[i]), (place[i], heights[i]), fontsize=SMALL, ha="center", va="bottom", color=MUTED
        )
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    finish(axes, title=title, xlabel="Row, in the order of the data", ylabel=ylabel)
    keep_data(axes, {"label": list(map(str, labels)), "value": heights})
    describe_as(
        axes,
        f"{ylabel or 'Value'} of {len(heights):,} rows, from {np.nanmin(heights):.3g} to "
        f"{np.nanmax(heights):.3g}.",
    )
    return axes
