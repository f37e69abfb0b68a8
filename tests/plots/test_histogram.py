import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe, histogram


def heights(ax):
    return [float(bar.get_height()) for bar in ax.patches]


def edges(ax):
    return [float(bar.get_x()) for bar in ax.patches]


def test_integers_get_one_bar_each(ax):
    assert histogram([0, 1, 1, 3], ax=ax) is ax
    assert heights(ax) == [0.25, 0.5, 0.0, 0.25]
    assert edges(ax) == [-0.5, 0.5, 1.5, 2.5]


def test_weights_equal_rows_repeated(ax):
    histogram([0, 1, 2], weights=[1, 2, 1], ax=ax)
    assert heights(ax) == [0.25, 0.5, 0.25]
    assert ax.get_ylabel() == "Weighted share of respondents"


def test_the_scale_of_the_weights_does_not_matter(ax):
    histogram([0, 1, 2], weights=[3.7, 7.4, 3.7], ax=ax)
    np.testing.assert_allclose(heights(ax), [0.25, 0.5, 0.25], rtol=1e-12)  # sums of three numbers


def test_rows_without_a_value_or_weight_are_left_out(ax):
    histogram([0, 1, None, np.nan, 5], weights=[1, 1, 1, 1, 0], ax=ax)
    assert heights(ax) == [0.5, 0.5]


def test_given_bins_are_used(ax):
    histogram([0.0, 1.0, 2.5], bins=[0, 1, 3], title="T", xlabel="X", ax=ax)
    assert edges(ax) == [0, 1]
    np.testing.assert_allclose(heights(ax), [1 / 3, 2 / 3], rtol=1e-12)
    assert (ax.get_title(loc="left"), ax.get_xlabel()) == ("T", "X")


def test_one_outlier_does_not_make_a_thousand_bins(ax):
    histogram([*np.linspace(0, 1, 500), 1e5], ax=ax)
    assert len(ax.patches) == 40
    assert sum(heights(ax)) == pytest.approx(1, rel=1e-12)  # a sum of 40 shares


def test_the_alternative_text_gives_number_range_and_weighted_mean(ax):
    histogram([1.0, 2.0], weights=[1, 3], title="Tenure", ax=ax)
    assert describe(ax) == "Histogram: Tenure. 2 values from 1 to 2, mean 1.75."


def test_values_outside_the_bins_are_refused(ax):
    with pytest.raises(ps.InputError, match=r"histogram\(\): 1 of 2 values lie outside 0 to 3"):
        histogram([1, 9], bins=[0, 3], ax=ax)


def test_no_value_at_all_is_refused(ax):
    with pytest.raises(ps.InputError, match=r"histogram\(\): no row has a value"):
        histogram([np.nan], ax=ax)


def test_an_infinite_value_is_refused(ax):
    with pytest.raises(ps.InputError, match="values hold 1 infinite values"):
        histogram([1.0, np.inf], ax=ax)


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_a_weight_that_cannot_be_one_is_refused_with_its_row(ax, weight):
    with pytest.raises(ps.InputError, match=rf"weights\[1\] is {weight}"):
        histogram([1.0, 2.0], weights=[1.0, weight], ax=ax)


def test_a_table_of_values_is_refused(ax):
    with pytest.raises(ps.InputError, match="values has 2 dimensions"):
        histogram([[1.0, 2.0]], ax=ax)
