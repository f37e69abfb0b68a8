"""Labels of rows on axes of a given height: they neither overlap nor go unsaid."""

import itertools

import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import (
    describe,
    diverging_bars,
    figure_data,
    forest,
    item_rest_chart,
    love_plot,
    new_axes,
    share_bars,
)

KINDS = pytest.mark.parametrize("kind", ["forest", "bars", "love", "items", "shares"])
LONG = [
    f"{i}. An item whose wording is much longer than half a column is wide, whatever its type"
    for i in range(9)
]


def draw(kind, labels, ax):
    if kind == "forest":
        return forest(labels, [1.0] * len(labels), [0.5] * len(labels), [2.0] * len(labels), title="T", ax=ax)
    if kind == "love":
        return love_plot(labels, {"a": np.linspace(0.3, 0.1, len(labels))}, title="T", ax=ax)
    if kind == "items":
        return item_rest_chart(labels, [0.5] * len(labels), title="T", ax=ax)
    if kind == "shares":
        return share_bars(labels, [0.1] * len(labels), title="T", ax=ax)
    return diverging_bars([[0.2, 0.3, 0.5]] * len(labels), labels, ["no", "so so", "yes"], title="T", ax=ax)


def boxes(ax):
    figure = ax.figure
    figure.draw_without_rendering()
    return [label.get_window_extent() for label in ax.get_yticklabels()]


@KINDS
@pytest.mark.parametrize("height", [2.5, 3.2, 5, 8])
def test_no_label_lies_on_the_next_at_column_width(kind, height):
    ax = draw(kind, LONG, new_axes(width=3.3, height=height))
    found = boxes(ax)
    # half a pixel is rounding
    assert all(below.y1 - above.y0 <= 0.5 for above, below in itertools.pairwise(found))
    assert min(box.x0 for box in found) >= 0
    assert ax.get_yticklabels()[0].get_fontsize() >= 6
    assert list(figure_data(ax)["label"]) == LONG
    assert LONG[8] in describe(ax)


@KINDS
def test_labels_stay_as_they_are_where_there_is_room(kind):
    ax = draw(kind, ["age", "hours"], new_axes(width=3.3, height=2.5))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["age", "hours"]
    assert ax.get_yticklabels()[0].get_fontsize() == 8


@KINDS
def test_rows_that_no_size_fits_are_told_with_the_height_they_need(kind):
    labels = [f"row {i}" for i in range(60)]
    with pytest.warns(ps.PeerstatsWarning, match=r"60 rows do not fit(.|\n)*\(9 inches\)"):
        draw(kind, labels, new_axes(width=3.3, height=2.5))
