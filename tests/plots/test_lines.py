"""Lines over years: a gap stays a gap, and a band is drawn where limits are known."""

import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe, lines_over_years

YEARS = [2019, 2020, 2021, 2019, 2020, 2021]
VALUES = [18.0, np.nan, 19.0, 21.0, 22.0, 23.0]
GROUPS = ["aides"] * 3 + ["health workers"] * 3


def test_a_missing_figure_breaks_its_line_and_none_is_made_up(ax):
    lines_over_years(YEARS, VALUES, VALUES, VALUES, GROUPS, ax=ax)
    first, second = (line.get_ydata() for line in ax.lines)
    assert np.isnan(first).tolist() == [False, True, False]
    assert second.tolist() == [21, 22, 23]
    assert describe(ax) == (
        "Figures over years. aides 18 (2019) to 19 (2021); health workers 21 (2019) to 23 (2021)."
    )


def test_a_line_goes_by_year_whatever_the_order_of_rows(ax):
    turned = [values[::-1] for values in (YEARS, VALUES, VALUES, VALUES, GROUPS)]
    lines_over_years(*turned, ax=ax)
    assert [line.get_xdata().tolist() for line in ax.lines] == [[2019, 2020, 2021]] * 2


def test_a_break_is_drawn_between_the_years_and_not_beside_them(ax):
    lines_over_years(YEARS, VALUES, VALUES, VALUES, GROUPS, break_at=(2020.5, "new method"), ax=ax)
    assert [text.get_text() for text in ax.texts] == ["new method"]
    assert len(ax.lines) == 3
    assert (
        len(lines_over_years([2021, 2022], [1, 2], [1, 2], [1, 2], ["a"] * 2, break_at=(2020.5, "x")).lines)
        == 1
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([2020], [1.0, 2.0], [1.0], [1.0], ["a"]), "the lengths differ"),
        (([2020], [np.nan], [np.nan], [np.nan], ["a"]), "there is no figure to draw"),
        (([2020], ["x"], [1.0], [1.0], ["a"]), "values must hold numbers"),
    ],
)
def test_bad_figures_are_told(columns, message):
    with pytest.raises(ps.InputError, match=rf"lines_over_years\(\): {message}"):
        lines_over_years(*columns)
