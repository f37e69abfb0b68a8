"""Shares from published counts: the worked numbers, the laws, and bad input."""

import json
import math

import pandas as pd
import pytest
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal
from scipy import stats

import peerstats as ps

PART_TIME = ps.benchmark(0.167, std_error=0.002, statistic="proportion", name="part-time", form="under 35")
FIXED = ps.benchmark(0.167, std_error=0, statistic="proportion", name="part-time, fixed")


def beside(benchmark, count=130, n=448, **more):
    return ps.compare_proportions(count=count, n=n, benchmark=benchmark, **more).tidy().iloc[0]


def figures(result, quantity):
    row = result.tidy().set_index("quantity").loc[quantity]
    return [row["estimate"], row["conf_low"], row["conf_high"]]


def test_peer_jobs_of_2020_and_2022_come_out():
    result = ps.compare_proportions(count=325, n=448, other_count=175, other_n=279)
    tests = result.tests().set_index("test")
    # printed to four decimals and more
    assert tests.loc["Pearson chi-square", "statistic"] == pytest.approx(7.7215, abs=5e-5)
    assert tests.loc["Pearson chi-square", "p_value"] == pytest.approx(0.00546, abs=5e-6)
    assert tests.loc["Fisher exact", "p_value"] == pytest.approx(0.00656, abs=5e-6)
    assert_allclose(figures(result, "odds ratio"), [1.5703, 1.1411, 2.1609], atol=5e-5)
    assert figures(result, "difference")[0] == pytest.approx(0.0982, abs=5e-5)


def test_the_shortage_area_table_comes_out():
    result = ps.compare_proportions(count=53, n=78, other_count=266, other_n=494)
    first = result.glance().iloc[0]
    assert [round(first["statistic"], 4), round(first["p_value"], 5)] == [5.4313, 0.01978]
    assert round(figures(result, "odds ratio")[0], 3) == 1.817


@pytest.mark.parametrize(
    ("count", "n", "wilson", "exact"),
    [
        (448, 591, (0.7219, 0.7908), (0.7214, 0.7920)),
        (329, 448, (0.6916, 0.7732), (0.6909, 0.7747)),
        (279, 364, (0.7204, 0.8070), (0.7196, 0.8090)),
        (115, 301, (0.3290, 0.4381), None),
    ],
)
def test_limits_of_published_shares_come_out(count, n, wilson, exact):
    for interval, limits in (("wilson", wilson), ("exact", exact)):
        if limits is not None:
            row = beside(FIXED, count=count, n=n, interval=interval)
            # printed to four decimals
            assert_allclose([row["conf_low"], row["conf_high"]], limits, atol=5.1e-5)


def test_beside_a_benchmark_with_error_the_test_is_z():
    row = beside(PART_TIME)
    p = 130 / 448
    z = (p - 0.167) / math.sqrt(p * (1 - p) / 448 + 0.002**2)
    assert row["test"] == "z"
    assert row["statistic"] == pytest.approx(z, rel=1e-12)
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(z), rel=1e-9)
    assert row["fixed_p_value"] == pytest.approx(stats.binomtest(130, 448, 0.167).pvalue, rel=1e-9)


def test_a_benchmark_without_error_is_tested_exactly_and_said_to_be_fixed():
    row = beside(FIXED)
    assert row["test"] == "exact binomial"
    limits = row[["difference_low", "difference_high"]]
    assert_allclose(limits.astype(float), [row["conf_low"] - 0.167, row["conf_high"] - 0.167], rtol=1e-12)
    assert "benchmark taken as fixed" in str(ps.compare_proportions(count=130, n=448, benchmark=FIXED))


def test_the_benchmark_s_error_widens_the_difference():
    row = beside(PART_TIME)
    assert row["difference_low"] < row["fixed_low"] < row["fixed_high"] < row["difference_high"]


@pytest.mark.parametrize("count", [0, 448])
def test_a_share_of_nobody_or_everybody_borrows_the_benchmark_s_variance(count):
    z = (count / 448 - 0.167) / math.sqrt(0.167 * 0.833 / 448 + 0.002**2)
    assert beside(PART_TIME, count=count)["statistic"] == pytest.approx(z, rel=1e-12)


@pytest.mark.parametrize("benchmark", [PART_TIME, FIXED])
@pytest.mark.parametrize("count", [0, 3, 130])
@pytest.mark.parametrize("more", [{}, {"margin": 0.02}, {"interval": "exact", "margin": "20%"}])
def test_counts_give_what_compare_gives_of_the_respondents(benchmark, count, more):
    people = pd.DataFrame({"part_time": [1] * count + [0] * (448 - count)})
    plain = ps.compare(
        people, "part_time", benchmark, statistic="proportion", **{"interval": "wilson"} | more
    )
    counted = ps.compare_proportions(count=count, n=448, benchmark=benchmark, **more)
    assert_frame_equal(counted.tidy(), plain.tidy())


def test_a_family_of_benchmarks_is_adjusted_and_few_people_are_marked():
    result = ps.compare_proportions(count=5, n=20, benchmark=[PART_TIME, FIXED], adjust="sidak")
    rows = result.tidy()
    assert_allclose(rows["p_adjusted"], 1 - (1 - rows["p_value"]) ** 2, rtol=1e-12)
    assert rows["screen"].tolist() == ["suppress: n under 30"] * 2
    assert any(note.startswith("Screen:") for note in result.notes)


def test_a_printed_share_gives_its_count_and_says_which_print_alike():
    by_share = ps.compare_proportions(share=0.73, n=448, benchmark=FIXED)
    assert any("count 327 is taken; 325 to 329 print alike" in note for note in by_share.notes)
    exactly = ps.compare_proportions(share=325 / 448, n=448, benchmark=FIXED)
    counted = ps.compare_proportions(count=325, n=448, benchmark=FIXED)
    assert_frame_equal(exactly.tidy(), counted.tidy())
    assert not any("print alike" in note for note in exactly.notes)


def test_another_form_is_pointed_out():
    with pytest.warns(ps.PeerstatsWarning, match=r"compare_proportions\(\): Not the same form"):
        ps.compare_proportions(count=130, n=448, benchmark=PART_TIME, form="self-described")


def test_the_result_is_strict_json_and_draws():
    for result, kind in (
        (ps.compare_proportions(count=0, n=12, other_count=4, other_n=15), "proportions"),
        (ps.compare_proportions(count=130, n=448, benchmark=[PART_TIME, FIXED]), "comparison"),
    ):
        said = json.loads(json.dumps(result.to_dict(), allow_nan=False))
        assert (said["schema"], said["kind"]) == (1, kind)
        assert len(result.plot().get_yticklabels()) >= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 500, "n": 448, "benchmark": FIXED}, r"count=500 of n=448"),
        ({"share": 72.5, "n": 448, "benchmark": FIXED}, r"share=72.5 is not a share(.|\n)*0.725"),
        ({"share": 0.731, "n": 10, "benchmark": FIXED}, r"no count of 10 has a share"),
        ({"n": 448, "benchmark": FIXED}, r"neither of count= and share="),
        ({"count": 3, "n": 448}, r"neither of a benchmark and a second sample"),
        ({"count": 3, "n": 448, "benchmark": FIXED, "other_n": 3}, r"both of a benchmark"),
        ({"count": 3.5, "n": 448, "benchmark": FIXED}, r"count=3.5 is not a number of people"),
        (
            {"count": 3, "n": 448, "benchmark": ps.oews("21-1093")},
            r"is a mean, and this call compares proportions",
        ),
        ({"count": 3, "n": 448, "benchmark": 0.3}, r"0.3 is not a benchmark"),
        ({"count": 3, "n": 448, "benchmark": []}, r"benchmark= is empty"),
        ({"count": 3, "n": 448, "benchmark": FIXED, "margin": "half"}, r"margin='half' is not a margin"),
        (
            {"count": 3, "n": 448, "other_count": 2, "other_n": 9, "margin": 0.1},
            r"margin=.* without benchmark=",
        ),
    ],
)
def test_bad_input_is_told(arguments, message):
    with pytest.raises(ps.InputError, match=message):
        ps.compare_proportions(**arguments)
