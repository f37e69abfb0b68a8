"""Where coefficients without a finite estimate run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peerstats.errors import InputError
from peerstats.plots._data import keep_data
from peerstats.plots._pyplot import axes_or_new, describe_as, points_across
from peerstats.plots._style import GRID, MUTED, SAMPLE, TEXT, finish, width_of, wrap
from peerstats.plots._values import same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.plots._pyplot import Axes

__all__ = ["escape_chart"]

_ROW = 0.22  # inches a row of 8-point text needs
_LABELS = 0.45  # of the figure's width is the most that the rows' names may take
_FRAME = 1.0  # inches for title, ticks and axis label
_ENDS = {"finite": (), "-inf": (-1,), "+inf": (1,), "+-inf": (-1, 1)}


def escape_chart(
    labels: Sequence[str],
    limits: Sequence[str],
    *,
    groups: Sequence[str] | None = None,
    title: str | None = None,
    xlabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw an arrow for each coefficient that runs off, and a dot for each that is finite.

    Parameters
    ----------
    labels : sequence of str
        Names of the coefficients, the first at the top.
    limits : sequence of str
        Where each runs: "finite", "+inf", "-inf", or "+-inf" if it may run either way.
    groups : sequence of str, optional
        Group of each coefficient, such as its outcome, written before its name.
    title, xlabel : str, optional
        Title, and label of the axis.
    ax : matplotlib Axes, optional
        Where to draw; without it pyplot makes a figure as high as the rows need.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    InputError
        If the lengths differ, there is no coefficient, or a limit is not known.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from peerstats.plots import describe, escape_chart, new_axes
    >>> ax = escape_chart(["Intercept", "trained"], ["finite", "+inf"], ax=new_axes())
    >>> describe(ax)
    'Where coefficients run. Intercept: finite. trained: +inf.'
    """
    names = [str(label) for label in labels]
    if groups is not None:
        same_length("escape_chart", labels=len(names), groups=len(groups))
        names = [f"{group}: {name}" for group, name in zip(groups, names, strict=True)]
    same_length("escape_chart", labels=len(names), limits=len(limits))
    if not names:
        raise InputError("escape_chart(): there is no coefficient.", "Give at least one.")
    wrong = next((limit for limit in limits if limit not in _ENDS), None)
    if wrong is not None:
        raise InputError(f"escape_chart(): limit {wrong!r} is not known.", f"Say one of {list(_ENDS)}.")
    ax = axes_or_new(ax, height=_FRAME + _ROW * len(names), call="escape_chart")
    texts = [wrap(name, _LABELS * points_across(ax)) for name in names]
    ax.axvline(0, color=GRID, linewidth=0.6)
    for i, limit in enumerate(limits):
        for end in _ENDS[limit]:
            arrow = {"arrowstyle": "-|>", "color": SAMPLE, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", xy=(end, i), xytext=(0, i), arrowprops=arrow)
        if not _ENDS[limit]:
            ax.plot([0], [i], marker="o", markersize=3.5, color=MUTED, linestyle="none")
    ax.set_xlim(-1.1, 1.1)
    ax.set_xticks([-1, 0, 1], ["-\N{INFINITY}", "finite", "+\N{INFINITY}"])
    ax.set_yticks(range(len(texts)), texts)
    ax.set_ylim(len(texts) - 0.4, -0.6)
    finish(ax, title=title, xlabel=xlabel, left=max(map(width_of, texts)) + 2 * TEXT)
    told = [f"{name}: {limit}" for name, limit in zip(names, limits, strict=True)]
    keep_data(ax, {"label": names, "limit": list(limits)})
    describe_as(ax, f"{title or 'Where coefficients run'}. {'. '.join(told)}.")
    return ax
