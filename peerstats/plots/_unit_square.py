"""Shares against shares: calibration and ROC curves, with the diagonal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as
from peerstats.plots._style import GRID, MUTED, SAMPLE, finish
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Axes

__all__ = ["unit_square"]


def unit_square(
    x: Sequence[float],
    y: Sequence[float],
    *,
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
    joined: bool = False,
    xlabel: str | None = None,
    ylabel: str | None = None,
    title: str | None = None,
    ax: Any = None,
) -> Axes:
    """Draw shares against shares, and the diagonal on which both are equal.

    Parameters
    ----------
    x, y : sequence of float
        Shares, from 0 to 1.
    low, high : sequence of float, optional
        Limits of `y`.
    joined : bool
        Whether a line joins the points, as in a ROC curve; else each is a dot.
    xlabel, ylabel, title : str, optional
        Words at the axes and above.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If there are no points, or the lengths differ.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from peerstats.plots import new_axes, unit_square
    >>> ax = unit_square([0.2, 0.5], [0.25, 0.45], ax=new_axes())
    >>> len(ax.lines)
    2
    """
    call = "unit_square"
    across, up = read_vector(x, "x", call), read_vector(y, "y", call)
    same_length(call, x=len(across), y=len(up))
    if not len(up):
        raise InputError(f"{call}(): there are no points.", "Give one share a point.")
    axes = axes_or_new(ax, height=4.0, call=call)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle="--", zorder=1)
    if low is not None and high is not None:
        axes.vlines(
            across, read_vector(low, "low", call), read_vector(high, "high", call), color=SAMPLE, linewidth=1
        )
    if joined:
        axes.plot(across, up, color=SAMPLE, linewidth=1.4)
    else:
        axes.plot(across, up, color=SAMPLE, marker="o", markersize=4, linestyle="none")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    axes.grid(color=GRID, linewidth=0.6)
    finish(axes, title=title, xlabel=xlabel, ylabel=ylabel)
    kept = {"x": across, "y": up}
    if low is not None and high is not None:
        kept |= {"low": read_vector(low, "low", call), "high": read_vector(high, "high", call)}
    kind = "A curve" if joined else f"{len(up)} points"
    keep_data(axes, kept)
    describe_as(axes, f"{kind}: {ylabel or 'y'} against {xlabel or 'x'}, with the diagonal of equal shares.")
    return axes
