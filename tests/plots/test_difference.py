import pytest

import peerstats as ps
from peerstats.plots import describe, difference_plot


def test_points_mean_and_limits_are_drawn(ax):
    drawn = difference_plot(
        [1, 2, 3], [0.0, 2.0, -3.0], centre=-0.5, limits=(-2, 2.5), title="T", xlabel="X", ylabel="Y", ax=ax
    )
    assert drawn is ax
    assert ax.collections[0].get_offsets().tolist() == [[1, 0], [2, 2], [3, -3]]
    assert [float(line.get_ydata()[0]) for line in ax.lines] == [0, -0.5, -2, 2.5]
    assert (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()) == ("T", "X", "Y")
    assert "1 point outside" in describe(ax)


def test_points_without_a_value_are_left_out(ax):
    difference_plot([1, None, 3], [0.0, 2.0, None], centre=0, limits=(-1, 1), ax=ax)
    assert len(ax.collections[0].get_offsets()) == 1


@pytest.mark.parametrize(
    ("means", "differences", "words"),
    [
        ([1, 2], [1], r"difference_plot\(\): the lengths differ: means 2, differences 1"),
        ([None], [1], r"difference_plot\(\): there are no points"),
    ],
)
def test_bad_points_are_refused(ax, means, differences, words):
    with pytest.raises(ps.InputError, match=words):
        difference_plot(means, differences, centre=0, limits=(-1, 1), ax=ax)
