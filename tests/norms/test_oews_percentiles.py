"""The published percentile wages, each with the state of its cell."""

import json

import numpy as np
import pytest

import peerstats as ps


def test_the_five_published_percentiles_come_with_population_date_form_and_source():
    ladder = ps.oews_percentiles("21-1094", year=2020)
    assert ladder.percents.tolist() == [10, 25, 50, 75, 90]
    assert ladder.values.tolist() == [13.47, 16.33, 20.19, 26.11, 34.03]
    assert ladder.states == ("published",) * 5
    assert not ladder.top_coded.any()
    wage = ps.oews("21-1094", year=2020)
    for name in ("key", "unit", "population", "date", "form", "source"):
        assert getattr(ladder, name) == getattr(wage, name)
    assert "No percentile has a published standard error" in ladder.notes[0]


def test_annual_percentiles_are_named_so_and_carry_the_annual_top_code():
    ladder = ps.oews_percentiles("21-1093", year=2025, pay="annual")
    assert ladder.key == "oews_21-1093_US_2025_annual"
    assert ladder.top_code == 239_200
    assert ladder.unit == "dollars a year"


def test_a_year_whose_top_code_was_not_read_has_none():
    assert ps.oews_percentiles("21-1093", year=2016).top_code is None


def test_the_record_is_read_only_and_plain_in_json():
    ladder = ps.oews_percentiles("21-1093")
    with pytest.raises(ValueError, match="read-only"):
        ladder.values[0] = np.nan
    plain = json.loads(json.dumps(ladder.to_dict(), allow_nan=False))
    assert plain["schema"] == 1
    assert plain["values"] == ladder.values.tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"occupation": "21-1011", "year": 2020}, r"oews_percentiles\(\)(.|\n)*21-1018"),
        ({"occupation": "21-1093", "pay": "weekly"}, "pay='weekly'"),
        ({"occupation": "21-1093", "data": [1]}, r"data is a list(.|\n)*read_oews"),
    ],
)
def test_bad_arguments_name_the_call_and_the_next_step(arguments, message):
    with pytest.raises(ps.InputError, match=message):
        ps.oews_percentiles(**arguments)
