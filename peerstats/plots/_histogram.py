"""One distribution as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.words import counted
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as, ticker
from peerstats.plots._style import GRID, SAMPLE_FILL, finish
from peerstats.plots._values import bin_edges, shares, some_values_and_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Axes
    from peerstats.typing import Array

__all__ = ["draw_shares", "histogram"]


def histogram(
    values: Any,
    *,
    weights: Any = None,
    bins: int | Sequence[float] | None = None,
    title: str | None = None,
    xlabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the distribution of one variable as shares in bins.

    Parameters
    ----------
    values : (n,) array
        The values; rows without one (NaN) are left out.
    weights : (n,) array, optional
        Weights from 0 up; their scale does not matter.
    bins : int or sequence of float, optional
        Number of bins, or their edges. By default one bin an integer for integers that span less
        than 40, else numpy's rule "auto" with at most 40 bins.
    title, xlabel : str, optional
        Title, and label of the axis of values.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If there is no value, a value is infinite or outside the given bins, or a weight is negative.
    MissingExtraError
        If matplotlib is not installed.

    Notes
    -----
    A bar's height is the share of the (weighted) respondents in its bin; all heights add to 100 %.

    Examples
    --------
    >>> from peerstats.plots import histogram, new_axes
    >>> ax = histogram([0, 1, 1, 2], xlabel="Days a month", ax=new_axes())
    >>> [float(bar.get_height()) for bar in ax.patches]
    [0.25, 0.5, 0.25]
    """
    x, w = some_values_and_weights(values, weights, "histogram")
    edges = bin_edges(x, bins, "histogram")
    ax = axes_or_new(ax, height=3.2, call="histogram")
    draw_shares(ax, shares(x, w, edges), edges)
    share = "Share" if weights is None else "Weighted share"
    finish(ax, title=title, xlabel=xlabel, ylabel=f"{share} of respondents")
    name = f"Histogram: {title}" if title else "Histogram"
    mean = np.average(x, weights=w)
    keep_data(ax, {"low": edges[:-1], "high": edges[1:], "share": shares(x, w, edges)})
    describe_as(ax, f"{name}. {counted(len(x), 'value')} from {x.min():g} to {x.max():g}, mean {mean:.4g}.")
    return ax


def draw_shares(ax: Axes, heights: Array, edges: Array) -> None:
    """Draw bars of shares on an axis of percentages."""
    ax.bar(
        edges[:-1], heights, np.diff(edges), align="edge", color=SAMPLE_FILL, edgecolor="white", linewidth=0.6
    )
    ax.yaxis.set_major_locator(ticker().MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(ticker().FuncFormatter(lambda share, _: f"{100 * share:g}%"))
    ax.grid(axis="y", color=GRID, linewidth=0.6)
