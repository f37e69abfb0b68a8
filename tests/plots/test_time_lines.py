import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe, time_lines

YEARS = {
    "aides": ([2019, 2020, 2021], [18.0, np.nan, 19.0]),
    "health workers": ([2021, 2020, 2019], [23.0, 22.0, 21.0]),
}


def test_years_alone_stand_at_the_year_in_their_order_whatever_that_of_the_rows(ax):
    time_lines(YEARS, ax=ax)
    assert [line.get_xdata().tolist() for line in ax.lines] == [[2019, 2020, 2021]] * 2
    assert ax.lines[1].get_ydata().tolist() == [21, 22, 23]


def test_a_band_is_drawn_where_limits_are_known(ax):
    time_lines(YEARS, bands={"health workers": ([22.0, 21.5, 20.0], [24.0, 22.5, 22.0])}, ax=ax)
    (band,) = ax.collections
    assert band.get_datalim(ax.transData).extents.tolist() == [2019, 20, 2021, 24]


def test_a_break_is_drawn_between_the_years_and_not_beside_them(ax):
    time_lines(YEARS, break_at=(2020.5, "new method"), ax=ax)
    assert [text.get_text() for text in ax.texts] == ["new method"]
    assert len(ax.lines) == 3
    assert len(time_lines({"a": ([2021, 2022], [1, 2])}, break_at=(2020.5, "x")).lines) == 1


def test_dates_stand_in_the_middle_of_what_they_name(ax):
    time_lines({"a": (["2020", "2020-01", "2020-Q4", "2020-S1"], [1, 2, 3, 4])}, ylabel="index", ax=ax)
    # a twenty-fourth, an eighth and a quarter of a year are exact enough in binary
    assert ax.lines[0].get_xdata() == pytest.approx([2020 + 1 / 24, 2020.25, 2020.5, 2020.875], abs=1e-9)
    assert ax.get_ylabel() == "index"
    assert ax.get_legend() is None


def test_a_missing_value_interrupts_the_line_and_is_not_counted(ax):
    time_lines({"a": (["2019", "2020", "2021"], [1, np.nan, 3]), "b": (["2020"], [None])}, ax=ax)
    assert np.isnan(ax.lines[0].get_ydata()[1])
    assert describe(ax) == "Lines over time. a: 1 in 2019 to 3 in 2021, 2 values; b: no values."
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a"]


def test_six_series_differ_in_colour_or_dashes(ax):
    time_lines({name: (["2019", "2020"], [1, 2]) for name in "abcdef"}, ax=ax)
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == 6


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ({}, "there is no value to draw"),
        ({"a": (["2020"], [np.nan])}, "there is no value to draw"),
        ({"a": (["2020"], ["x"])}, "values must hold numbers"),
        ({"a": (["05/2020"], [1])}, "'05/2020' is not a date"),
        ({"a": (["2020"], [1, 2])}, "the lengths differ: dates 1, values 2"),
    ],
)
def test_bad_series_are_refused(ax, series, words):
    with pytest.raises(ps.InputError, match=words):
        time_lines(series, ax=ax)
