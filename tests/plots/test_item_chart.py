"""Item-rest chart: a dot an item, and a mark on the items that point the other way."""

import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe, histogram, item_rest_chart, new_axes, norm_line

WRONG = "probably reverse-keyed or in the wrong place"


def texts(ax):
    return [text.get_text().replace("\n", " ") for text in ax.texts]


def dots(ax):
    return sorted(
        (float(y), float(x))
        for line in ax.lines
        if line.get_marker() in ("o", "X")
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
        if np.isfinite(x)
    )


def test_an_item_stands_at_its_correlation_the_first_on_top():
    ax = item_rest_chart(["a", "b", "c"], [0.5, -0.2, 0.1], ax=new_axes())
    assert dots(ax) == [(0, 0.5), (1, -0.2), (2, 0.1)]
    assert ax.yaxis_inverted()


def test_only_items_below_zero_are_marked():
    ax = item_rest_chart(["a", "b", "c"], [0.0, -0.2, 0.1], ax=new_axes())
    assert texts(ax) == [WRONG]
    crosses = [line for line in ax.lines if line.get_marker() == "X"]
    assert [float(x) for line in crosses for x in line.get_xdata()] == [-0.2]
    assert describe(ax) == f"Item-rest correlations. a: 0.00. b: -0.20, {WRONG}. c: 0.10."


def test_an_item_without_a_correlation_is_said_to_have_none():
    ax = item_rest_chart(["a", "b"], [np.nan, 0.4], title="T", ax=new_axes())
    assert texts(ax) == ["no correlation"]
    assert describe(ax) == "Item-rest correlations: T. a: no correlation. b: 0.40."


def test_zero_and_the_line_that_is_asked_for_are_drawn():
    ax = item_rest_chart(["a"], [0.6], low=0.4, ax=new_axes())
    lines = [line.get_xdata()[0] for line in ax.lines if line.get_marker() in ("", "None")]
    assert lines == [0, 0.4]
    assert "0.4" in ax.get_xlabel()


@pytest.mark.parametrize(
    ("labels", "values", "message"),
    [
        ([], [], "there are no items"),
        (["a"], [0.1, 0.2], "labels 1, item_rest 2"),
        (["a", "b"], [0.1, 1.2], "the correlation of 'b' is 1.2"),
        (["a"], ["high"], "item_rest must hold numbers"),
    ],
)
def test_what_is_no_correlation_is_refused(labels, values, message):
    with pytest.raises(ps.InputError, match=rf"item_rest_chart\(\): .*{message}"):
        item_rest_chart(labels, values, ax=new_axes())


@pytest.mark.parametrize("value", [-5.0, 2.5, 40.0])
def test_a_norm_s_line_is_in_view_wherever_it_stands(value):
    ax = norm_line(histogram([1, 2, 2, 3], ax=new_axes()), value, "norm mean")
    first, last = ax.get_xlim()
    assert first <= value <= last
    assert describe(ax).endswith(f"Line at {value:g}: norm mean.")
    assert max(bar.get_height() for bar in ax.patches) < 0.85 * ax.get_ylim()[1]
