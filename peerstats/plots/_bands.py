"""Lines over a number, with bands of their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as
from peerstats.plots._style import BENCHMARK, GRID, SAMPLE, finish, legend_above
from peerstats.plots._values import read_vector, same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Artist, Axes

__all__ = ["bands"]

# Okabe and Ito (2008): blue, vermilion, bluish green, black, orange, reddish purple; with the style of the
# line they also differ in grey
_COLOURS = (SAMPLE, "#D55E00", "#009E73", BENCHMARK, "#E69F00", "#CC79A7")
_STYLES = ("-", "--", "-.", ":")
_MOST = len(_COLOURS) * len(_STYLES)  # more lines would look alike, and none could be read
_SHADE = 0.18
_HEIGHT = 3.6  # inches


def bands(
    x: Any,
    estimate: Any,
    low: Any,
    high: Any,
    *,
    lines: Sequence[str] | None = None,
    title: str | None = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw estimates along a number as lines, their limits as bands.

    Parameters
    ----------
    x : (n,) array
        Where each estimate stands; each line is drawn from left to right.
    estimate, low, high : (n,) array
        Estimates and limits; NaN leaves a gap.
    lines : sequence of str, optional
        The line that each row belongs to, such as its outcome; one line by default.
    title, xlabel, ylabel : str, optional
        Title, and labels of the axes.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If the lengths differ, there are no rows, or there are more than 24 lines.
    MissingExtraError
        If matplotlib is not installed.

    Notes
    -----
    Stata's `marginsplot`.

    Examples
    --------
    >>> from peerstats.plots import bands, describe, new_axes
    >>> ax = bands([20, 40, 60], [0.2, 0.3, 0.5], [0.1, 0.2, 0.3], [0.3, 0.4, 0.7], ax=new_axes())
    >>> describe(ax)
    'Lines with bands. From 0.2 (0.1 to 0.3) at 20 to 0.5 (0.3 to 0.7) at 60.'
    """
    numbers = {
        name: read_vector(values, name, "bands")
        for name, values in {"x": x, "estimate": estimate, "low": low, "high": high}.items()
    }
    n = len(numbers["x"])
    names = [""] * n if lines is None else list(map(str, lines))
    same_length("bands", **{name: len(values) for name, values in numbers.items()}, lines=len(names))
    if not n:
        raise InputError("bands(): there are no rows.", "Give at least one estimate.")
    different = list(dict.fromkeys(names))
    if len(different) > _MOST:
        raise InputError(
            f"bands(): {len(different)} lines cannot be told apart.", f"Draw {_MOST} or fewer at once."
        )
    ax = axes_or_new(ax, height=_HEIGHT, call="bands")
    handles: list[Artist] = []
    told: list[str] = []
    for i, name in enumerate(different):
        rows = np.array([each == name for each in names])
        rows = np.flatnonzero(rows)[np.argsort(numbers["x"][rows], kind="stable")]
        at, middle, bottom, top = (numbers[key][rows] for key in ("x", "estimate", "low", "high"))
        colour = _COLOURS[i % len(_COLOURS)]
        ax.fill_between(at, bottom, top, color=colour, alpha=_SHADE, linewidth=0)
        style = _STYLES[(i % len(_COLOURS) + i // len(_COLOURS)) % len(_STYLES)]
        handles += ax.plot(at, middle, color=colour, linestyle=style, linewidth=1.6)
        ends = [
            f"{middle[j]:.3g} ({bottom[j]:.3g} to {top[j]:.3g}) at {at[j]:g}"
            for j in ((0, -1) if len(at) > 1 else (0,))
        ]
        told.append(f"{f'{name}: from' if name else 'From'} {' to '.join(ends)}")
    ax.grid(axis="y", color=GRID, linewidth=0.6)
    ax.margins(x=0.01)
    below = legend_above(ax, handles, different) if different != [""] else 0.0
    finish(ax, title=title, xlabel=xlabel, ylabel=ylabel, below_title=below)
    name = f"Lines with bands: {title}" if title else "Lines with bands"
    keep_data(ax, {**({} if lines is None else {"line": names}), **numbers})
    describe_as(ax, f"{name}. {'. '.join(told)}.")
    return ax
