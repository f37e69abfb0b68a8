"""Log-log pictures of time and memory, told apart by colour, mark and a label at each line's end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from _page import PICTURES
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from scipy.optimize import isotonic_regression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from _timing import Row

__all__ = ["draw"]

# Okabe and Ito's colours, which the colour blind tell apart; marks and lines tell them apart in grey.
_LOOKS = (
    {"color": "#000000", "marker": "o", "linestyle": "-", "linewidth": 2.2},
    {"color": "#0072B2", "marker": "s", "linestyle": "--"},
    {"color": "#D55E00", "marker": "^", "linestyle": "-."},
    {"color": "#9C4F86", "marker": "v", "linestyle": ":"},
    {"color": "#009E73", "marker": "D", "linestyle": (0, (5, 1, 1, 1, 1, 1))},
    {"color": "#8A6D00", "marker": "X", "linestyle": (0, (8, 2))},
)
_APART = 0.075  # of the height of a panel between two labels
_LEAST_MB = 1.0  # below a megabyte a process's own noise is what is seen
_MARGIN = 1.15  # times the least and the most
_DECADES = 2.5  # fewer are marked at 2 and 5 as well
_ROOM = 2.3  # inches for the labels beside each panel


def _lines(rows: Sequence[Row], size: str, value: str) -> dict[str, tuple[list[int], list[float]]]:
    lines: dict[str, tuple[list[int], list[float]]] = {}
    for row in sorted(rows, key=lambda row: getattr(row, size)):
        y = getattr(row, value)
        if y is not None and (value != "megabytes" or y >= _LEAST_MB):
            at, values = lines.setdefault(row.peer, ([], []))
            at.append(getattr(row, size))
            values.append(y)
    return lines


def _spread_out(wanted: np.ndarray) -> np.ndarray:
    """Move labels apart where they would lie upon each other: the nearest places in the same order."""
    order = np.argsort(wanted, kind="stable")
    steps = _APART * np.arange(len(wanted))
    found = np.empty_like(wanted)
    found[order] = isotonic_regression(wanted[order] - steps).x + steps
    return found


def _panel(
    ax: Any,
    lines: Mapping[str, tuple[list[int], list[float]]],
    looks: Mapping[str, Any],
    sizes: Sequence[int],
) -> None:
    ax.set_xscale("log")
    ax.set_yscale("log")
    for peer, (at, values) in lines.items():
        ax.plot(at, values, markersize=4.5, **looks[peer])
    ax.grid(visible=True, which="major", color="#DDDDDD", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8)
    _ticks(ax, sizes)
    ax.autoscale_view()  # the limits are final from here: labels are placed by them
    to_axes = ax.transData + ax.transAxes.inverted()
    ends = [to_axes.transform((at[-1], values[-1])) for at, values in lines.values()]
    heights = _spread_out(np.array([end[1] for end in ends]))
    for (peer, _), end, height in zip(lines.items(), ends, heights, strict=True):
        ax.annotate(
            peer,
            xy=tuple(end),
            xytext=(1.06, height),
            xycoords="axes fraction",
            textcoords="axes fraction",
            fontsize=8,
            color=looks[peer]["color"],
            va="center",
            fontweight="bold" if peer.startswith("peerstats") else "normal",
            arrowprops={
                "arrowstyle": "-",
                "color": "#BBBBBB",
                "linewidth": 0.5,
                "shrinkA": 0,
                "shrinkB": 4,
                "relpos": (0, 0.5),
            },
        )


def _ticks(ax: Any, at: Sequence[int]) -> None:
    ax.set_xlim(at[0] / _MARGIN, at[-1] * _MARGIN)
    ax.set_xticks(at)
    ax.set_xticks([], minor=True)
    ax.set_xticklabels([_short(x) for x in at])
    low, high = ax.get_ylim()
    wider = max(np.sqrt(10 * low / high), 1.0)  # a decade at least: a steep line is steep
    ax.set_ylim(low / wider, high * wider)
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if _narrow(ax) else (1.0,)))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,g}"))


def _narrow(ax: Any) -> bool:
    """Say whether the values span too few decades for marks at decades alone."""
    low, high = ax.get_ylim()
    return bool(high / low < 10**_DECADES)


def _short(x: int) -> str:
    return f"{x / 1e6:g} million" if x >= 1_000_000 else f"{x:,}"


def _figure(rows: Sequence[Row], said: str, size: str) -> Figure:
    peers = list(dict.fromkeys(row.peer for row in rows))
    looks = {peer: _LOOKS[i % len(_LOOKS)] for i, peer in enumerate(peers)}
    width, height = 10.0, 3.3
    figure = Figure(figsize=(width, height))
    panel = (width - 2 * _ROOM - 1.2) / 2
    for place, (value, label) in enumerate((("seconds", "seconds"), ("megabytes", "megabytes"))):
        left = 0.6 + place * (panel + _ROOM + 0.5)
        ax = figure.add_axes((left / width, 0.16, panel / width, 0.72))
        lines = _lines(rows, size, value)
        _panel(ax, lines, looks, sorted({getattr(row, size) for row in rows}))
        ax.set_xlabel(said, fontsize=9)
        ax.set_title(label, fontsize=9, loc="left")
    return figure


def draw(rows: Sequence[Row], folder: Path, kind: str = "svg") -> None:
    """Draw each picture of the page for which there are results.

    Parameters
    ----------
    rows : sequence of Row
        All results.
    folder : Path
        Where the pictures are written.
    kind : str
        svg, or png to look at.
    """
    plain = {"svg.fonttype": "none", "svg.hashsalt": "peerstats", "font.family": "sans-serif"}
    with mpl.rc_context(plain):
        for key, (said, name, size) in PICTURES.items():
            chosen = [row for row in rows if row.name == name and row.seconds is not None]
            if chosen:
                figure = _figure(chosen, said, size)
                metadata = {"Date": None} if kind == "svg" else None
                figure.savefig(folder / f"{key}.{kind}", dpi=110, metadata=metadata)
