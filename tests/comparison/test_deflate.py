"""Amounts moved by the consumer price index: published multipliers, laws, and what is refused."""

import datetime as dt
import json
import math
import pickle
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peerstats as ps
from peerstats._core.bundled import read_rows

MONTHS = [row["date"] for row in read_rows("norms", "cpi_u.csv") if "-" in row["date"]]
# January, May and annual average, CUUR0000SA0, as the agency's releases print them
PRINTED = {
    2016: (236.916, 240.229, 240.007),
    2017: (242.839, 244.733, 245.12),
    2018: (247.867, 251.588, 251.107),
    2019: (251.712, 256.092, 255.657),
    2020: (257.971, 256.394, 258.811),
    2021: (261.582, 269.195, 270.97),
    2022: (281.148, 292.296, 292.655),
    2023: (299.17, 304.127, 304.702),
    2024: (308.417, 314.069, 313.689),
    2025: (317.671, 321.465, 321.943),
}
dates = st.sampled_from(MONTHS)


@pytest.mark.parametrize("year", PRINTED)
def test_the_index_is_the_printed_one(year):
    found = tuple(ps.deflate(1.0, at=at, to="2020").index_at for at in (f"{year}-01", f"{year}-05", year))
    assert found == PRINTED[year]


@pytest.mark.parametrize(("to", "times"), [("2022-05", 1.1400), ("2024-05", 1.2249), ("2025-05", 1.2538)])
def test_may_2020_dollars_become_those_of_later_mays_by_the_published_multipliers(to, times):
    moved = ps.deflate(1.0, at="2020-05", to=to)
    assert round(moved.factor, 4) == times
    assert moved.amount == moved.factor


def test_the_south_has_its_own_prices():
    # CUUR0300SA0 in the agency's file cu.data.0
    moved = ps.deflate(100.0, at="2020-05", to="2022-05", area="South")
    assert moved.index_at == 245.696
    assert moved.series_id == "CUUR0300SA0"


@settings(max_examples=25, deadline=None)
@given(st.floats(-1e6, 1e6), dates, dates, dates)
def test_moving_in_two_steps_is_moving_once(amount, first, second, third):
    step = ps.deflate(ps.deflate(amount, at=first, to=second).amount, at=second, to=third)
    # four roundings of a relative 1e-16
    assert step.amount == pytest.approx(ps.deflate(amount, at=first, to=third).amount, rel=1e-14, abs=1e-300)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e5), dates), min_size=1, max_size=8), dates)
def test_each_amount_is_moved_from_its_own_month(pairs, to):
    amounts, at = map(list, zip(*pairs, strict=True))
    moved = ps.deflate(amounts, at=at, to=to)
    assert moved.amount == [ps.deflate(a, at=when, to=to).amount for a, when in pairs]
    assert sum(moved.tidy()["n"]) == len(pairs)
    assert list(moved.tidy()["at"]) == sorted(set(at))


@pytest.mark.parametrize(
    "at",
    [
        "2020-05",
        "2020-05-14",
        "May 2020",
        dt.date(2020, 5, 14),
        pd.Timestamp(2020, 5, 14, 8),
        pd.Period("2020-05", "M"),
        np.datetime64("2020-05"),
        np.datetime64("2020-05-14T08:00:00", "ns"),
    ],
    ids=str,
)
def test_a_month_is_read_however_it_is_written(at):
    assert ps.deflate(1.0, at=at, to="2022-05").dates[0].at == "2020-05"


@pytest.mark.parametrize("at", ["2020", 2020, 2020.0, np.int64(2020), pd.Period("2020", "Y")], ids=str)
def test_a_year_means_its_annual_average_and_says_so(at):
    moved = ps.deflate(1.0, at=at, to="2022-05")
    assert moved.index_at == 258.811
    assert "2020 (annual average)" in repr(moved)


def test_what_comes_in_comes_back_in_kind():
    both = {"at": "2020-05", "to": "2022-05"}
    times = ps.deflate(1.0, **both).factor
    assert ps.deflate(10, **both).amount == 10 * times
    assert ps.deflate(Decimal(10), **both).amount == 10 * times
    assert ps.deflate([10, None], **both).amount[0] == 10 * times
    array = ps.deflate(np.array([10, 20]), **both).amount
    assert isinstance(array, np.ndarray)
    assert array.tolist() == [10 * times, 20 * times]
    series = pd.Series([10.0, 20.0], index=["a", "b"], name="wage")
    kept = series.copy()
    pd.testing.assert_series_equal(ps.deflate(series, **both).amount, series * times)
    pd.testing.assert_series_equal(series, kept)
    moved = ps.deflate(pl.Series("wage", [10.0, None]), **both)
    assert moved.amount.to_list() == [10 * times, None]
    assert isinstance(moved.tidy(), pl.DataFrame)


def test_missing_amounts_and_missing_dates_stay_missing_and_are_counted():
    data = pd.DataFrame({"wage": [10.0, np.nan, 12.0], "month": ["2020-05", "2020-06", None]})
    moved = ps.deflate(data["wage"], at=data["month"], to="2022")
    assert moved.amount.isna().tolist() == [False, True, True]
    row = moved.glance().iloc[0]
    assert (row["n"], row["n_missing"]) == (1, 2)
    assert moved.n_undated == 1
    assert "missing amounts: 2, 1 of them without a date" in repr(moved)


@pytest.mark.parametrize(
    "at",
    [
        pd.Series(["2020-05", pd.NA], dtype="string"),
        pd.Series(["2020-05", pd.NA], dtype=object),
        pd.Series(pd.to_datetime(["2020-05-07", None])),
        pl.Series([dt.date(2020, 5, 7), None]),
        np.array(["2020-05", "NaT"], dtype="datetime64[M]"),
        ["2020-05", math.nan],
    ],
    ids=["pandas text", "pandas objects", "pandas dates", "polars dates", "numpy months", "list"],
)
def test_a_date_is_missing_in_the_words_of_every_library(at):
    moved = ps.deflate(pl.Series([10.0, 11.0]), at=at, to="2022-05")
    assert moved.amount.to_list() == [10 * (292.296 / 256.394), None]
    assert moved.n_undated == 1


def test_a_benchmark_moves_with_its_error_and_its_percentiles():
    wage = ps.oews("21-1093", year=2020)
    moved = ps.deflate(wage, at="2020-05", to="2022-05")
    there = moved.amount
    assert there.value == wage.value * moved.factor
    # the relative standard error does not change: one rounding
    assert there.std_error / there.value == pytest.approx(wage.std_error / wage.value, rel=1e-14)
    assert there.percentiles[50] == wage.percentiles[50] * moved.factor
    assert "in prices of May 2022" in there.date
    assert "CUUR0000SA0" in there.notes[-1]
    with pytest.raises(ps.InputError, match=r"at='2021-05', but .* holds for May 2020"):
        ps.deflate(wage, at="2021-05", to="2022-05")
    with pytest.raises(ps.InputError, match="is in score points, not in dollars"):
        ps.deflate(ps.get_norm("fwb_us_2016"), at="2016", to="2022-05")


def test_an_index_of_ones_own_replaces_the_bundled_one():
    moved = ps.deflate(10.0, at="2020-05", to="2027-01", index={"2020-05": 200, "2027-01": 300.0})
    assert moved.amount == 15.0
    assert moved.series_id == ""
    assert "given by the caller" in repr(moved)
    with pytest.raises(ps.InputError, match=r"'2020-06' has no price index in index="):
        ps.deflate(10.0, at="2020-06", to="2027-01", index={"2027-01": 300.0})
    with pytest.raises(ps.InputError, match="not a price index"):
        ps.deflate(10.0, at="2020-05", to="2027-01", index={"2020-05": "-", "2027-01": 300.0})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"at": "2025-10"}, r"October 2025 was never published(.|\n)*'2025-09' or '2025-11'"),
        ({"to": "2025-10"}, r"to='2025-10'(.|\n)*never published"),
        ({"at": "1989-12"}, r"from 1990-01 to 2026-08(.|\n)*fetch_bls\('CUUR0000SA0', start=1989"),
        ({"at": "2030-01"}, r"bundled are months from(.|\n)*download\.bls\.gov"),
        ({"at": "2026"}, r"annual averages from 1990 to 2025"),
        ({"area": "NC"}, r"no price index is published for states(.|\n)*area='South'"),
        ({"area": "Nrotheast"}, "Northeast"),
        ({"at": "05/2020"}, r"at='05/2020' is not a month or a year"),
        ({"at": "2020-13"}, r"at='2020-13' is not a date"),
        ({"at": "2020Q2"}, "is not a month or a year"),
        ({"at": True}, "is not a month or a year"),
        ({"amount": "$17.50"}, r"amount is the text '\$17\.50'(.|\n)*currency sign"),
        ({"amount": ["17.50"]}, r"amount\[0\] is the text"),
        ({"amount": pd.Series([1.0, "$17.50"], index=[7, 8])}, r"row 8 is '\$17\.50'"),
        ({"amount": True}, "not an amount"),
        ({"amount": pd.Series([True])}, "yes or no"),
        ({"amount": math.inf}, "is infinite"),
        ({"amount": np.array([1.0, np.inf])}, r"amount\[1\] is infinite"),
        ({"amount": {"wage": 1}}, "is a dict"),
        ({"amount": pd.DataFrame({"wage": [1.0]})}, "one column of a frame"),
        ({"amount": [1.0, 2.0], "at": ["2020-05"]}, "2 amounts and 1 dates"),
        ({"at": ["2020-05"]}, "one amount and several dates"),
        ({"amount": [1.0], "at": [None]}, "holds no date"),
        ({"amount": [1.0, 1.0], "at": ["2025-10", "2025-10"]}, "2 amounts need it"),
        ({"index": [1.0]}, "not a mapping"),
        ({"index": {"2020-05": 1.0, "May 2020": 2.0}}, "May 2020 twice"),
    ],
)
def test_what_cannot_be_moved_is_refused_with_a_next_step(arguments, words):
    with pytest.raises(ps.InputError, match=words) as caught:
        ps.deflate(**{"amount": 1.0, "at": "2020-05", "to": "2022-05", **arguments})
    assert str(caught.value).startswith("deflate(): ")
    assert caught.value.next_step


def test_columns_of_different_rows_are_not_matched_by_position():
    amounts, at = pd.Series([1.0], index=[0]), pd.Series(["2020-05"], index=[1])
    with pytest.raises(ps.InputError, match="different indexes"):
        ps.deflate(amounts, at=at, to="2022-05")


def test_the_record_is_plain_and_holds_no_amounts_of_people():
    moved = ps.deflate([10.0, np.nan], at=["2020-05", "2021-05"], to="2022-05")
    plain = moved.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["schema"] == 1
    assert plain["amount"] is None
    assert ps.deflate(10.0, at="2020-05", to="2022-05").to_dict()["amount"] == pytest.approx(11.400, abs=5e-4)
    assert pickle.loads(pickle.dumps(moved)).index_to == moved.index_to  # noqa: S301  (our own bytes)
    with pytest.raises(ps.InputError, match="more than one amount"):
        float(moved)


def test_the_plot_shows_the_index_at_the_dates_used():
    from peerstats.plots import describe, new_axes  # noqa: PLC0415

    ax = ps.deflate(1.0, at="2020-05", to="2022-05").plot(ax=new_axes())
    assert "256.4 in 2020-05 to 292.3 in 2022-05" in describe(ax)
    assert ax.lines[0].get_ydata().tolist() == [256.394, 292.296]
