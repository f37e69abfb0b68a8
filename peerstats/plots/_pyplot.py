"""Figures in and out; the only door to matplotlib."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, cast

from peerstats._core.checks import check_choice
from peerstats._core.extras import load_extra

if TYPE_CHECKING:
    from matplotlib.artist import Artist as Artist  # noqa: PLC0414  (other modules take the types from this door)
    from matplotlib.axes import Axes as Axes  # noqa: PLC0414  (the same)
    from matplotlib.figure import Figure

__all__ = [
    "axes_or_new",
    "describe",
    "describe_as",
    "figure_of",
    "new_axes",
    "points_across",
    "points_down",
    "save_figure",
    "ticker",
]

PAGE_WIDTH = 7.0  # inches: text width of a letter page; a journal's column is about 3.4
_DPI = 200  # pixels an inch: sharp on a screen of double density and in print at column width


def new_axes(*, width: float = PAGE_WIDTH, height: float = 4.0) -> Axes:
    """Make empty axes that belong to no window and no notebook.

    Parameters
    ----------
    width, height : float
        Size of the figure in inches: 7 fills a page, 3.4 a journal's column.

    Returns
    -------
    matplotlib Axes
        Axes of a figure that pyplot does not know: nothing shows it, and it goes when its name goes.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from peerstats.plots import histogram, new_axes, save_figure
    >>> ax = histogram([1.0, 2.0, 2.0, 3.0], ax=new_axes(width=3.4, height=2.5))
    >>> save_figure(ax, "png")[1:4]
    b'PNG'
    """
    figure = load_extra("matplotlib.figure", "report", "new_axes").Figure(
        figsize=(width, height), layout="constrained"
    )
    return cast("Axes", figure.add_subplot())


def figure_of(ax: Axes) -> Figure:
    """Return the outermost figure that holds the axes, subfigures passed over."""
    return ax.figure.figure


def axes_or_new(ax: Axes | None, *, height: float, call: str) -> Axes:
    """Return the given axes, or new ones that a notebook or a window will show."""
    if ax is not None:
        return ax
    pyplot = load_extra("matplotlib.pyplot", "report", call)
    _, made = pyplot.subplots(figsize=(PAGE_WIDTH, height), layout="constrained")
    return cast("Axes", made)


def save_figure(ax: Axes, kind: Literal["png", "svg"] = "png") -> bytes:
    """Draw a figure as a file and close it.

    Parameters
    ----------
    ax : matplotlib Axes
        Any axes of the figure.
    kind : {"png", "svg"}
        Pixels (200 an inch) or curves; text in an SVG is drawn as curves, so it needs no fonts.

    Returns
    -------
    bytes
        The file. The same figure gives the same bytes under the same matplotlib: no dates are
        written, and an SVG's ids are not drawn at random.

    Raises
    ------
    InputError
        If the kind is not known.

    Notes
    -----
    Closing means that a figure made by pyplot is shown no more, and that its memory goes.

    Examples
    --------
    >>> from peerstats.plots import histogram, save_figure
    >>> save_figure(histogram([1.0, 2.0, 2.0, 3.0]), "svg")[:5]
    b'<?xml'
    """
    check_choice(kind, ("png", "svg"), "kind", "save_figure")
    matplotlib = load_extra("matplotlib", "report", "save_figure")
    figure = figure_of(ax)
    out = BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    # Without a layout of its own a figure may be smaller than its labels
    crop: dict[str, Any] = {} if figure.get_layout_engine() else {"bbox_inches": "tight"}
    with matplotlib.rc_context({"svg.hashsalt": "peerstats", "svg.fonttype": "path"}):
        figure.savefig(out, format=kind, dpi=_DPI, metadata=metadata, **crop)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)
    return out.getvalue()


def ticker() -> Any:
    """Return matplotlib's module of tick locators and formatters."""
    return load_extra("matplotlib.ticker", "report", "plot")


def points_across(ax: Axes) -> float:
    """Return the width in points of the part of the figure that belongs to the axes and their labels."""
    figure = figure_of(ax)
    share = ax.get_position(original=True).width / (figure.subplotpars.right - figure.subplotpars.left)
    return float(share * figure.get_figwidth() * 72)


def points_down(ax: Axes) -> float:
    """Return the height in points of the part of the figure that belongs to the axes and their labels."""
    figure = figure_of(ax)
    share = ax.get_position(original=True).height / (figure.subplotpars.top - figure.subplotpars.bottom)
    return float(share * figure.get_figheight() * 72)


def describe_as(ax: Axes, text: str) -> None:
    """Keep a plot's alternative text as the label of its axes, where matplotlib draws nothing."""
    ax.set_label(text)


def describe(ax: Axes) -> str:
    """Return the alternative text of a plot: what it shows, in words.

    Parameters
    ----------
    ax : matplotlib Axes
        Axes that a function of `peerstats.plots` drew on.

    Returns
    -------
    str
        Some sentences for readers who do not see the plot; empty for other axes.

    Examples
    --------
    >>> from peerstats.plots import describe, histogram, new_axes
    >>> describe(histogram([1.0, 2.0, 2.0, 3.0], title="Tenure", ax=new_axes()))
    'Histogram: Tenure. 4 values from 1 to 3, mean 2.'
    """
    return str(ax.get_label())
