"""A benchmark is an estimate: value, error, population, date, form and source."""

import copy
import json
import math
import pickle

import pytest

import peerstats as ps


def test_a_relative_standard_error_is_percent_of_the_value():
    # benchmarks.md 6.2: 22.12 with 0.7 %, and 29.71 with 4.5 %
    assert ps.benchmark(22.12, rse=0.7).std_error == pytest.approx(0.15484, abs=1e-12)
    assert ps.benchmark(29.71, rse=4.5).std_error == pytest.approx(1.33695, abs=1e-12)
    assert ps.benchmark(-5.0, rse=2).std_error == pytest.approx(0.1, abs=1e-12)


def test_a_published_sample_has_sd_over_root_n_and_keeps_both():
    sample = ps.benchmark(52, sd=14.0, n=448)
    assert sample.std_error == pytest.approx(14 / math.sqrt(448), rel=1e-15)
    assert (sample.sd, sample.n) == (14.0, 448)


def test_a_standard_error_of_zero_is_stated_as_fixed():
    fixed = ps.benchmark(17.29, std_error=0, statistic="median")
    assert fixed.std_error == 0
    assert "treated as fixed" in fixed.notes[0]
    assert "(treated as fixed)" in repr(fixed)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({}, "no error is given"),
        ({"std_error": 1, "rse": 2}, r"two ways: std_error= and rse="),
        ({"rse": 2, "sd": 3, "n": 9}, r"two ways: rse= and sd= and n="),
        ({"rse": 2, "n": 9}, r"two ways"),
        ({"sd": 3}, "n is missing"),
        ({"n": 9}, "sd is missing"),
        ({"std_error": -1}, "std_error=-1 must be zero or more"),
        ({"rse": -0.4}, r"rse=-0\.4 must be above zero"),
        ({"rse": 0}, r"rse=0 is not an error(.|\n)*rse=0\.05"),
        ({"sd": -3, "n": 9}, "sd=-3 must be above zero"),
        ({"sd": 3, "n": 1}, "n=1 is not a sample size"),
        ({"sd": 3, "n": 9.5}, r"n=9\.5 is not a sample size"),
        ({"sd": 3, "n": 9, "statistic": "median"}, "standard error of a median"),
        ({"std_error": math.nan}, "std_error=nan is not a finite number"),
        ({"std_error": "0.2"}, "std_error='0.2' is not a finite number"),
        ({"std_error": 1, "statistic": "mode"}, "statistic='mode' is not known"),
        ({"std_error": 1, "percentiles": {110: 3}}, "percent 110"),
        ({"std_error": 1, "percentiles": {10: 3, 50: 2}}, "percentiles (.*) fall somewhere"),
        ({"std_error": 1, "percentiles": {10: math.inf}}, "is not a finite number"),
    ],
)
def test_an_error_given_badly_is_refused_with_the_next_step(arguments, problem):
    with pytest.raises(ps.InputError, match=problem) as caught:
        ps.benchmark(20.0, **arguments)
    assert caught.value.next_step


@pytest.mark.parametrize("value", [math.nan, math.inf, "20", None, True])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(ps.InputError, match=r"benchmark\(\): value=.* is not a finite number"):
        ps.benchmark(value, std_error=1)


def test_a_relative_error_of_a_zero_value_is_refused():
    with pytest.raises(ps.InputError, match="says nothing about a value of 0"):
        ps.benchmark(0, rse=2)


def test_a_small_rse_is_percent_and_not_guessed_to_be_a_fraction():
    assert ps.benchmark(100, rse=0.004).std_error == pytest.approx(0.004, rel=1e-12)


def test_a_record_without_error_needs_a_note_that_says_fixed():
    with pytest.raises(ps.InputError, match=r"std_error=0.0 of 'x' is not a standard error"):
        ps.Benchmark(key="x", value=3, std_error=0)
    assert ps.Benchmark(key="x", value=3, std_error=0, notes=("By law, treated as fixed.",)).std_error == 0


def test_a_record_with_an_impossible_spread_or_distribution_is_refused():
    with pytest.raises(ps.InputError, match=r"sd=-2\.0 must be above zero"):
        ps.Benchmark(key="x", value=3, std_error=1, sd=-2)
    with pytest.raises(ps.InputError, match="2 values and 1 shares"):
        ps.Benchmark(key="x", value=3, std_error=1, distribution=([1, 2], [1]))


def test_a_record_is_read_only():
    norm = ps.get_norm("fwb_us_2016")
    with pytest.raises(AttributeError):
        norm.value = 3
    with pytest.raises(TypeError):
        norm.percentiles[50] = 3
    with pytest.raises(ValueError, match="read-only"):
        norm.distribution[0][0] = 3


def _pickled(record):
    return pickle.loads(pickle.dumps(record))  # noqa: S301  (bytes made on this line)


@pytest.mark.parametrize("again", [copy.deepcopy, _pickled])
def test_a_copied_or_pickled_record_says_the_same(again):
    norm = ps.get_norm("fwb_us_2016")
    assert again(norm).to_dict() == norm.to_dict()
    assert not again(norm).distribution[0].flags.writeable


def test_the_dictionary_is_json_with_its_schema():
    for record in (ps.get_norm("fwb_us_2016"), ps.oews("21-1093"), ps.benchmark(1, sd=2, n=3)):
        found = json.loads(json.dumps(record.to_dict(), allow_nan=False))
        assert found["schema"] == 1
        assert found["value"] == record.value
    assert ps.oews("21-1093").to_dict()["percentiles"]["50"] == 17.29


def test_the_printed_record_names_value_error_population_date_form_source_and_notes():
    text = repr(
        ps.benchmark(
            1234.5,
            rse=10,
            name="pay",
            unit="dollars a month",
            population="all aides",
            date="2021",
            form="take-home",
            source="an agency",
            percentiles={25: 900, 75: 1500.5},
        )
    )
    assert text.splitlines()[0] == "pay: mean 1,234.50 dollars a month (standard error 123)"
    for words in ("all aides", "2021", "take-home", "an agency", "P25 900.00, P75 1,500.50"):
        assert words in text
    assert "not given" in repr(ps.benchmark(1, std_error=1))
    assert "unconfirmed" in repr(ps.Benchmark(key="x", value=1, std_error=1, confirmed=False))
