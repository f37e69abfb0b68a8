"""Plots of estimates, distributions and percentiles: plain numbers in, matplotlib Axes out.

Each function draws on the `ax` it is given and returns it. Without one it asks pyplot for a figure, so
that a notebook or a window shows it; `new_axes` makes axes that pyplot does not know, for files.
"""

from __future__ import annotations

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
