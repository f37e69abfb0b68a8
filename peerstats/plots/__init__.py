"""Plots of estimates, distributions and percentiles: plain numbers in, matplotlib Axes out.

Each function draws on the `ax` it is given and returns it. Without one it asks pyplot for a figure, so
that a notebook or a window shows it; `new_axes` makes axes that pyplot does not know, for files.
"""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from peerstats._core.lazy import attach as _attach

if _TYPE_CHECKING:
    from peerstats.plots._bands import bands
    from peerstats.plots._bars import share_bars
    from peerstats.plots._data import figure_csv, figure_data
    from peerstats.plots._difference import difference_plot
    from peerstats.plots._diverging import diverging_bars
    from peerstats.plots._escape import escape_chart
    from peerstats.plots._forest import forest
    from peerstats.plots._histogram import histogram
    from peerstats.plots._index import index_plot
    from peerstats.plots._item_chart import item_rest_chart
    from peerstats.plots._ladder import percentile_ladder
    from peerstats.plots._love import love_plot
    from peerstats.plots._norm import distribution_over_norm
    from peerstats.plots._norm_line import norm_line
    from peerstats.plots._pyplot import describe, new_axes, save_figure
    from peerstats.plots._time_lines import time_lines
    from peerstats.plots._unit_square import unit_square

# Where each name lives: a name loads its own module only. A test holds this equal to the imports above.
_HOMES = {
    "_bands": ("bands",),
    "_bars": ("share_bars",),
    "_data": (
        "figure_csv",
        "figure_data",
    ),
    "_difference": ("difference_plot",),
    "_diverging": ("diverging_bars",),
    "_escape": ("escape_chart",),
    "_forest": ("forest",),
    "_histogram": ("histogram",),
    "_index": ("index_plot",),
    "_item_chart": ("item_rest_chart",),
    "_ladder": ("percentile_ladder",),
    "_love": ("love_plot",),
    "_norm": ("distribution_over_norm",),
    "_norm_line": ("norm_line",),
    "_pyplot": (
        "describe",
        "new_axes",
        "save_figure",
    ),
    "_time_lines": ("time_lines",),
    "_unit_square": ("unit_square",),
}

if not _TYPE_CHECKING:
    __getattr__, __dir__, _ = _attach(__name__, _HOMES)

__all__ = [
    "bands",
    "describe",
    "difference_plot",
    "distribution_over_norm",
    "diverging_bars",
    "escape_chart",
    "figure_csv",
    "figure_data",
    "forest",
    "histogram",
    "index_plot",
    "item_rest_chart",
    "love_plot",
    "new_axes",
    "norm_line",
    "percentile_ladder",
    "save_figure",
    "share_bars",
    "time_lines",
    "unit_square",
]
