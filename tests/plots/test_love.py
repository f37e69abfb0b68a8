import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe, love_plot, new_axes, save_figure


def points(ax, marker):
    line = next(line for line in ax.lines if line.get_marker() == marker)
    return list(map(float, line.get_xdata()))


def test_sizes_stand_from_the_largest_down_in_the_order_of_the_first_series(ax):
    love_plot(["a", "b", "c"], {"before": [0.1, -0.4, np.nan], "after": [0.05, 0.2, 0.3]}, ax=ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b", "a", "c"]
    assert points(ax, "o")[:2] == [0.4, 0.1]
    assert points(ax, "D") == [0.2, 0.05, 0.3]
    assert describe(ax).endswith(
        "b: before 0.40, after 0.20. a: before 0.10, after 0.05. c: before none, after 0.30."
    )


def test_one_series_needs_no_legend_and_no_threshold_no_line(ax):
    love_plot(["a"], {"SMD": [0.0]}, threshold=None, ax=ax)
    assert ax.get_legend() is None
    assert [line.get_linestyle() for line in ax.lines].count("--") == 0
    assert save_figure(ax, "svg")[:5] == b"<?xml"


@pytest.mark.parametrize(
    ("labels", "series", "message"),
    [
        (["a"], {"x": [1.0, 2.0]}, "lengths differ"),
        ([], {"x": []}, "there are no rows"),
        (["a"], {"x": [1.0], "y": [1.0], "z": [1.0]}, "there are 3 series"),
    ],
)
def test_bad_input_is_refused(labels, series, message):
    with pytest.raises(ps.InputError, match=message):
        love_plot(labels, series, ax=new_axes())
