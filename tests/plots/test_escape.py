"""Arrows for coefficients that run off, dots for those that do not."""

import pytest

import peerstats as ps
from peerstats.plots import describe, escape_chart, new_axes


def test_an_arrow_points_where_a_coefficient_runs_and_a_dot_is_finite():
    ax = escape_chart(["a", "b", "c", "d"], ["finite", "+inf", "-inf", "+-inf"], ax=new_axes())
    arrows = [(text.xy[0], text.xy[1]) for text in ax.texts]
    assert arrows == [(1, 1), (-1, 2), (-1, 3), (1, 3)]
    dots = [line.get_ydata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert dots == [0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c", "d"]
    assert describe(ax) == "Where coefficients run. a: finite. b: +inf. c: -inf. d: +-inf."


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"labels": [], "limits": []}, "there is no coefficient"),
        ({"labels": ["a"], "limits": ["up"]}, "limit 'up' is not known"),
        ({"labels": ["a"], "limits": []}, "escape_chart"),
        ({"labels": ["a"], "limits": ["finite"], "groups": []}, "escape_chart"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, message):
    with pytest.raises(ps.InputError, match=message):
        escape_chart(**call, ax=new_axes())
