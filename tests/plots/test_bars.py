"""Bars of shares: one a category, in its place, and nothing that is no share."""

import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe, new_axes, share_bars


def widths(ax):
    return [float(bar.get_width()) for bar in ax.patches]


def test_a_bar_is_as_long_as_its_share_and_the_first_is_on_top():
    ax = share_bars(["a", "b", "c"], [0.5, 0.3, 0.2], ax=new_axes())
    assert widths(ax) == [0.5, 0.3, 0.2]
    middles = [bar.get_y() + bar.get_height() / 2 for bar in ax.patches]
    assert middles == pytest.approx([0, 1, 2])
    assert ax.yaxis_inverted()


def test_bars_of_a_group_stand_together_below_its_heading():
    ax = share_bars(["x", "x", "y", "y"], [0.1, 0.2, 0.9, 0.8], groups=["g", "h", "g", "h"], ax=new_axes())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["g", "x", "y", "h", "x", "y"]
    heavy = [label.get_fontweight() == "bold" for label in ax.get_yticklabels()]
    assert heavy == [True, False, False, True, False, False]
    middles = [bar.get_y() + bar.get_height() / 2 for bar in ax.patches]
    assert middles == pytest.approx([1, 4, 2, 5])
    assert "h, x: 20.0%" in describe(ax)


def test_a_share_that_is_missing_keeps_its_place_and_is_said_to_be_missing():
    ax = share_bars(["a", "b"], [np.nan, 1.0], title="T", ax=new_axes())
    assert widths(ax) == [0, 1]
    assert describe(ax) == "Bars of shares: T. a: no share. b: 100.0%."


@pytest.mark.parametrize(
    ("labels", "shares", "more", "message"),
    [
        ([], [], {}, "there are no bars"),
        (["a"], [0.5, 0.5], {}, "labels 1, shares 2, groups 1"),
        (["a", "b"], [0.5, 0.5], {"groups": ["g"]}, "groups 1"),
        (["a", "b"], [0.5, 50], {}, "the share of 'b' is 50"),
        (["a", "b"], [-0.1, 0.5], {}, "the share of 'a' is -0.1"),
        (["a"], ["half"], {}, "shares must hold numbers"),
    ],
)
def test_what_is_no_share_is_refused(labels, shares, more, message):
    with pytest.raises(ps.InputError, match=rf"share_bars\(\): .*{message}"):
        share_bars(labels, shares, ax=new_axes(), **more)
