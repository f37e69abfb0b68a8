"""Medians, percentiles and proportions beside benchmarks: worked numbers, laws and bad input."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

import peerstats as ps
from peerstats.comparison._family import adjusted
from peerstats.comparison._screen import screen_mean, screen_share
from peerstats.numerics import median_ranks

SSA = ps.oews("21-1093", year=2020)  # social and human service assistants
LAWS = settings(max_examples=25, deadline=None)
VALUES = st.lists(st.tuples(st.integers(8, 30), st.integers(1, 4)), min_size=4, max_size=25)


def first(result, column):
    return result.tidy()[column].iloc[0]


def numbers(result):
    return result.tidy().select_dtypes("number").to_numpy(float)


# Worked numbers


def test_the_worked_example_shows_both_tests_side_by_side():
    chw = ps.oews("21-1094", year=2020)
    row = ps.compare_summary(mean=16.50, sd=4.0, n=100, benchmark=chw).tidy().iloc[0]
    assert_allclose([row["statistic"], row["fixed_statistic"]], [-13.10, -14.05], atol=0.005)


def test_an_error_of_1_645_at_90_percent_is_the_census_rule():
    """Two estimates differ at 90 % if |A - B| over the root of the summed squares passes 1.645."""
    other = ps.benchmark(0.20, std_error=0.03 / 1.645, statistic="proportion", name="ACS")
    data = pd.DataFrame({"x": [1] * 130 + [0] * 370})
    row = ps.compare(data, "x", other, statistic="proportion", conf_level=0.9).tidy().iloc[0]
    own = math.sqrt(0.26 * 0.74 / 500)
    assert_allclose(row["statistic"], 0.06 / math.hypot(own, 0.03 / 1.645), rtol=1e-12)


def test_six_bins_of_a_sample_that_follows_the_benchmark_fit_exactly():
    centres = [11, 13, 16, 19, 24, 30]
    data = pd.DataFrame({"w": np.repeat(centres, [10, 15, 25, 25, 15, 10])})
    result = ps.compare(data, "w", SSA, statistic="percentiles")
    assert_allclose(result.tidy()["difference"], 0, atol=1e-15)
    assert result.joint()["chi_square"].iloc[0] == pytest.approx(0, abs=1e-20)
    assert_allclose(result.bins()["expected_share"], [0.10, 0.15, 0.25, 0.25, 0.15, 0.10], atol=1e-15)


@pytest.mark.parametrize(("n", "rank", "level"), [(6, 1, 0.96875), (10, 2, 0.978515625), (5, 0, math.nan)])
def test_order_statistics_of_small_samples(n, rank, level):
    # 1 - 2 / 2^6 and 1 - 22 / 2^10; five values bound a median with 93.75 % at most
    assert median_ranks(n, 0.95) == (rank, pytest.approx(level, nan_ok=True))


# Laws


@LAWS
@given(VALUES)
@pytest.mark.parametrize("statistic", ["mean", "median", "percentiles"])
def test_frequency_weights_equal_rows_repeated(statistic, rows):
    data = pd.DataFrame(rows, columns=["x", "w"])
    data["x"] = data["x"].astype(float)
    repeated = data.loc[data.index.repeat(data["w"])]
    weighted = ps.compare(data, "x", SSA, statistic=statistic, weights="w", weight_kind="frequency", margin=1)
    plain = ps.compare(repeated, "x", SSA, statistic=statistic, margin=1)
    # equal sums in another order
    assert_allclose(numbers(weighted), numbers(plain), rtol=1e-8, atol=1e-9)


@LAWS
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 4)), min_size=4, max_size=25))
def test_frequency_weights_of_shares_equal_rows_repeated(rows):
    data = pd.DataFrame(rows, columns=["x", "w"])
    benchmark = ps.benchmark(0.3, std_error=0.02, statistic="proportion")
    weighted = ps.compare(
        data, "x", benchmark, statistic="proportion", weights="w", weight_kind="frequency", margin=0.1
    )
    plain = ps.compare(
        data.loc[data.index.repeat(data["w"])], "x", benchmark, statistic="proportion", margin=0.1
    )
    assert_allclose(numbers(weighted), numbers(plain), rtol=1e-10)


@LAWS
@given(st.lists(st.floats(8, 30), min_size=6, max_size=40))
@pytest.mark.parametrize("statistic", ["mean", "median", "percentiles"])
def test_equal_weights_give_the_estimates_of_none(statistic, values):
    data = pd.DataFrame({"x": values, "w": 3.0})
    weighted = ps.compare(data, "x", SSA, statistic=statistic, weights="w").tidy()
    plain = ps.compare(data, "x", SSA, statistic=statistic).tidy()
    assert_allclose(weighted["estimate"], plain["estimate"], rtol=1e-12)
    if statistic == "mean":
        assert_allclose(weighted["std_error"], plain["std_error"], rtol=1e-9, atol=1e-12)


def test_a_design_of_weights_alone_equals_weights(rng):
    data = pd.DataFrame({"x": rng.gamma(16, 1, 80), "w": rng.uniform(1, 3, 80), "g": ["a", "b"] * 40})
    design = ps.SurveyDesign(weights="w")
    for statistic in ("mean", "median", "percentiles"):
        one = ps.compare(data, "x", SSA, statistic=statistic, by="g", design=design, margin=1)
        other = ps.compare(data, "x", SSA, statistic=statistic, by="g", weights="w", margin=1)
        assert_allclose(numbers(one), numbers(other), rtol=1e-9)


@LAWS
@given(st.floats(14, 22), st.floats(0.1, 4), st.floats(0.01, 2))
def test_equivalence_holds_just_where_the_limits_of_twice_the_level_lie_within_the_margin(
    mean, error, margin
):
    """TOST at 5 % and limits at 90 % say the same."""
    benchmark = ps.benchmark(18.0, std_error=error, name="B")
    row = ps.compare_summary(mean=mean, sd=4, n=200, benchmark=benchmark, conf_level=0.9).tidy().iloc[0]
    data = pd.DataFrame({"x": stats.norm.ppf((np.arange(200) + 0.5) / 200)})
    data["x"] = mean + 4 * data["x"] / data["x"].std()
    tested = ps.compare(data, "x", benchmark, margin=margin, conf_level=0.95).tidy().iloc[0]
    within = -margin < row["difference_low"] and row["difference_high"] < margin
    assert (tested["equivalence_p_value"] < 0.05) == within


@LAWS
@given(st.integers(0, 40), st.floats(0.05, 0.95))
def test_wilsons_limits_are_the_shares_that_the_score_test_keeps(hits, share):
    data = pd.DataFrame({"x": [10.0] * hits + [20.0] * (40 - hits)})
    benchmark = ps.benchmark(15, std_error=1, percentiles={100 * share: 15.0})
    row = ps.compare(data, "x", benchmark, statistic="percentiles").tidy().iloc[0]
    inside = row["conf_low"] < share < row["conf_high"]
    # on the limit itself rounding decides
    assert inside == (row["p_value"] > 0.05) or abs(row["p_value"] - 0.05) < 1e-9


@LAWS
@given(st.floats(0.5, 2))
def test_a_change_of_unit_changes_no_p_value(factor):
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"x": rng.gamma(16, 1, 60)})
    moved = ps.benchmark(
        SSA.value * factor,
        std_error=SSA.std_error * factor,
        percentiles={p: v * factor for p, v in SSA.percentiles.items()},
    )
    for statistic in ("mean", "median", "percentiles"):
        one = ps.compare(data, "x", SSA, statistic=statistic, margin="5%").tidy()
        other = ps.compare(data * factor, "x", moved, statistic=statistic, margin="5%").tidy()
        assert_allclose(one["p_value"], other["p_value"], rtol=1e-7)
        assert_allclose(one["equivalence_p_value"], other["equivalence_p_value"], rtol=1e-7, atol=1e-300)


def test_the_sidak_family_of_one_is_the_test_itself():
    assert adjusted(np.array([0.03]), "sidak")[0] == pytest.approx(0.03, rel=1e-12)
    assert_allclose(adjusted(np.array([0.03, 0.5]), "sidak"), 1 - (1 - np.array([0.03, 0.5])) ** 2)


def test_holm_is_never_below_benjamini_and_hochberg(rng):
    p = rng.uniform(size=30) ** 2
    assert (adjusted(p, "holm") >= adjusted(p, "bh") - 1e-15).all()
    assert (adjusted(p, "bh") >= p).all()


def test_a_subpopulation_keeps_the_full_design(rng):
    data = pd.DataFrame(
        {"x": rng.gamma(16, 1, 90), "w": rng.uniform(1, 3, 90), "in": [True, True, False] * 30}
    )
    data["g"] = data["in"].map({True: "in", False: "out"})
    where = ps.compare(data, "x", SSA, where="in", weights="w").tidy().iloc[0]
    by = ps.compare(data, "x", SSA, by="g", weights="w").tidy().iloc[0]
    assert where["std_error"] == pytest.approx(by["std_error"], rel=1e-12)
    assert "30 outside where=" in str(ps.compare(data, "x", SSA, where="in", weights="w").summary())


# What the result says


def test_published_medians_are_taken_as_fixed_and_the_result_says_so():
    data = pd.DataFrame({"x": [14.0, 16, 17.29, 18, 22, 25, 12, 13]})
    result = ps.compare(data, "x", SSA, statistic="median")
    text = str(result.summary())
    assert "benchmark taken as fixed" in text
    assert "order statistics and reach" in text
    assert "sign test" in text
    assert first(result, "n_ties") == 1
    assert math.isnan(first(result, "benchmark_std_error"))


def test_a_median_with_an_error_of_its_own_has_both_tests(rng):
    data = pd.DataFrame({"x": rng.gamma(16, 1, 100)})
    benchmark = ps.benchmark(15.0, std_error=0.5, statistic="median")
    row = ps.compare(data, "x", benchmark, statistic="median").tidy().iloc[0]
    assert row["test"] == "z"
    assert row["difference_high"] - row["difference_low"] > row["fixed_high"] - row["fixed_low"]
    reach = stats.norm.ppf(0.975) * 0.5
    assert row["difference_low"] == pytest.approx(
        row["difference"] - math.hypot(row["difference"] - row["fixed_low"], reach), rel=1e-12
    )
    signs = ps.compare(data, "x", benchmark, statistic="median", benchmark_error="ignore").tidy().iloc[0]
    assert signs["test"] == "sign"
    assert signs["p_value"] == row["fixed_p_value"]


def test_equivalence_of_medians_is_two_sign_tests(rng):
    x = rng.normal(17.29, 1, 60)
    row = ps.compare(pd.DataFrame({"x": x}), "x", SSA, statistic="median", margin=1.0).tidy().iloc[0]
    one_sided = [
        stats.binomtest(int((x > 16.29).sum()), 60, 0.5, alternative="greater").pvalue,
        stats.binomtest(int((x < 18.29).sum()), 60, 0.5, alternative="greater").pvalue,
    ]
    assert row["equivalence_p_value"] == pytest.approx(max(one_sided), rel=1e-10)
    assert row["verdict"] == "equivalent"


def test_equivalence_of_a_share_is_two_exact_tests():
    data = pd.DataFrame({"x": [1] * 60 + [0] * 240})
    benchmark = ps.benchmark(0.2, std_error=0, statistic="proportion")
    row = ps.compare(data, "x", benchmark, statistic="proportion", margin=0.1).tidy().iloc[0]
    one_sided = [
        stats.binomtest(60, 300, 0.1, alternative="greater").pvalue,
        stats.binomtest(60, 300, 0.3, alternative="less").pvalue,
    ]
    assert row["equivalence_p_value"] == pytest.approx(max(one_sided), rel=1e-9)


def test_effect_sizes_say_whose_standard_deviation_they_take(rng):
    data = pd.DataFrame({"x": rng.normal(52, 12, 90)})
    norm = ps.benchmark(54.0, sd=14.0, n=6_000, name="norm")
    row = ps.compare(data, "x", norm).tidy().iloc[0]
    assert row["effect_sd"] == "benchmark"
    assert row["effect_size"] == pytest.approx(row["difference"] / 14.0)
    row = ps.compare(data, "x", ps.benchmark(54.0, std_error=0.2)).tidy().iloc[0]
    assert row["effect_sd"] == "sample"
    assert row["effect_size"] == pytest.approx(row["difference"] / data["x"].std())
    median = ps.compare(data, "x", ps.benchmark(54.0, std_error=0, statistic="median"), statistic="median")
    assert first(median, "effect_sd") == ""


def test_the_family_is_named_and_counted(rng):
    data = pd.DataFrame({"x": rng.gamma(16, 1, 60), "g": list("abc") * 20})
    result = ps.compare(data, "x", [SSA, ps.oews("21-1094")], by="g", adjust="holm")
    assert "family of 6 rows" in str(result.summary())
    assert (result.tidy()["p_adjusted"] >= result.tidy()["p_value"]).all()


def test_a_top_coded_percentile_lies_above_every_value_under_the_code():
    doctors = ps.benchmark(100, std_error=1, percentiles={10: 30.0, 50: 90.0}, top_coded={90: 115.0})
    data = pd.DataFrame({"x": [20.0, 50, 80, 95, 100, 110, 60, 70]})
    result = ps.compare(data, "x", doctors, statistic="percentiles")
    assert result.tidy()["estimate"].iloc[2] == 1
    assert any("every value of the sample is under the code" in note for note in result.notes)
    assert result.bins()["bin"].tolist() == ["below P10", "P10 to P50", "P50 to P90", "above P90"]
    data.loc[0, "x"] = 140.0
    result = ps.compare(data, "x", doctors, statistic="percentiles")
    assert len(result.tidy()) == 2
    assert any("1 row of the sample at or above the code" in note for note in result.notes)


def test_missing_percentiles_leave_fewer_bins_and_are_named(rng):
    some = ps.benchmark(18, std_error=1, percentiles={10: 12.0, 50: 17.0, 75: 21.0})
    result = ps.compare(pd.DataFrame({"x": rng.gamma(16, 1, 50)}), "x", some, statistic="percentiles")
    assert result.joint()["n_bins"].iloc[0] == 4
    assert any("P25, P90 not published" in note for note in result.notes)


def test_whole_years_may_be_taken_as_they_are_rounded_or_completed():
    data = pd.DataFrame({"years": [2.0] * 10 + [4.0] * 20 + [6.0] * 10})
    tenure = ps.cps("tenure", year=2020)
    medians = {
        how: first(ps.compare(data, "years", tenure, statistic="median", interpolate=how), "estimate")
        for how in ("auto", "none", "rounded", "completed")
    }
    assert medians == {"auto": 4.0, "none": 4.0, "rounded": 4.0, "completed": 4.5}
    off = pd.DataFrame({"years": [1.0] * 10 + [4.0] * 20})
    # 10 of 30 lie below 3.5; the 15th lies a quarter into the cell of 20
    assert first(ps.compare(off, "years", tenure, statistic="median"), "estimate") == pytest.approx(3.75)


def test_a_figure_of_years_with_a_fraction_is_met_by_interpolation():
    data = pd.DataFrame({"years": [1.0] * 10 + [4.0] * 20})
    for value, quantity in ((4.6, "median, interpolated (rounded)"), (4.0, "median")):
        own = ps.benchmark(value, std_error=0, statistic="median", unit="years")
        assert first(ps.compare(data, "years", own, statistic="median"), "quantity") == quantity


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_frames_of_every_library_give_the_same_comparison(library, rng):
    data = pd.DataFrame(
        {
            "x": rng.gamma(16, 1, 60),
            "g": list("ab") * 30,
            "yes": rng.uniform(size=60) < 0.3,
            "w": rng.uniform(1, 2, 60),
        }
    )
    data.loc[::9, "x"] = np.nan
    other = pytest.importorskip(library)
    made = other.from_pandas(data) if library == "polars" else other.Table.from_pandas(data)
    for statistic, column, benchmark in (
        ("mean", "x", SSA),
        ("median", "x", SSA),
        ("percentiles", "x", SSA),
        ("proportion", "yes", PROPORTION),
    ):
        how = {"statistic": statistic, "by": "g", "weights": "w"}
        one = ps.compare(data, column, benchmark, **how)
        two = ps.compare(made, column, benchmark, **how)
        assert one.to_dict() == two.to_dict()


def test_years_in_fractions_are_not_interpolated(rng):
    data = pd.DataFrame({"years": rng.exponential(5, 40)})
    result = ps.compare(data, "years", ps.cps("tenure", year=2020), statistic="median")
    assert first(result, "quantity") == "median"
    assert first(result, "estimate") == pytest.approx(data["years"].median())
    with pytest.raises(ps.InputError, match="interpolate='rounded', and column 'years' holds"):
        ps.compare(data, "years", ps.cps("tenure", year=2020), statistic="median", interpolate="rounded")


def test_words_and_truth_values_are_shares_too():
    data = pd.DataFrame({"job": ["peer"] * 30 + ["other"] * 70, "part": [True] * 20 + [False] * 80})
    benchmark = ps.cps("part_time", year=2021)
    of_words = ps.compare(data, "job", benchmark, statistic="proportion", level="peer")
    assert first(of_words, "estimate") == 0.3
    result = ps.compare(data, "part", benchmark, statistic="proportion")
    assert first(result, "estimate") == 0.2
    assert "usual hours under 35 a week" in " ".join(str(result.summary()).split())


# Screens


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.4, 0.05, 100, math.inf), ""),
        ((0.4, 0.10, 25, math.inf), "suppress: n under 30"),
        ((0.4, 0.12, 100, math.inf), "suppress: effective n under 30"),  # .24 / .0144 = 16.7
        ((0.5, math.sqrt(0.25 / 31), 31, math.inf), "suppress: limits 0.30 wide or more"),
        ((0.02, math.sqrt(0.0196 / 100), 100, math.inf), "suppress: limits wider than 130 % of the share"),
        ((0.98, math.sqrt(0.0196 / 100), 100, math.inf), "complement: limits wider than 130 % of it"),
        ((0.0, 0.0, 1000, math.inf), "review: a share of 0 or 1"),
        ((0.5, math.sqrt(0.25 / 2000), 2000, 5), "review: under 8 degrees of freedom"),
    ],
)
def test_shares_are_screened_by_the_rules_of_nchs(arguments, words):
    assert screen_share(*arguments) == words


def test_means_are_screened_by_size_and_relative_error():
    assert screen_mean(29, 10, 1) == "n under 30"
    assert screen_mean(40, 10, 3.2) == "relative standard error over 30 %"
    assert screen_mean(40, 10, 1) == ""


# Bad input


WAGES = pd.DataFrame(
    {
        "x": [15.0, 17.0, 21.0],
        "annual": [31_200.0, 36_000.0, 45_000.0],
        "text": ["$17.50", "18", None],
        "commas": ["1,250.00", "990", "880"],
        "odd": [0, 1, 2],
        "yes": ["a", "b", "b"],
        "w": [1.0, 2, 3],
    }
)
PROPORTION = ps.benchmark(0.2, std_error=0.01, statistic="proportion", name="P")


@pytest.mark.parametrize(
    ("arguments", "how", "message"),
    [
        (("annual", SSA), {}, r"the mean of 'annual' is 37,400\.00, and .* is in dollars an hour"),
        (("annual", SSA), {"unit": "dollars a year"}, r"oews\(\.\.\., pay='annual'\)"),
        (("x", ps.oews("21-1093", pay="annual")), {}, "is in dollars a year"),
        (("x", SSA), {"unit": "euros an hour"}, "Bring both to one unit"),
        (("text", SSA), {}, r"'\$17\.50' in row 0"),
        (("commas", SSA), {}, r"'1,250\.00' in row 0"),
        (("x", SSA), {"statistic": "mode"}, "statistic='mode'"),
        (("x", PROPORTION), {}, "is a proportion, and this call compares means"),
        (("x", SSA), {"statistic": "proportion"}, "is a mean, and this call compares proportions"),
        (
            ("x", ps.benchmark(1, std_error=1)),
            {"statistic": "percentiles"},
            "goes by percentiles",
        ),
        (("odd", PROPORTION), {"statistic": "proportion"}, "holds 2, neither 0 nor 1"),
        (("yes", PROPORTION), {"statistic": "proportion"}, "holds 'a', neither 0 nor 1"),
        (("yes", PROPORTION), {"statistic": "proportion", "level": "c"}, "has no level 'c'"),
        (("x", SSA), {"level": "c"}, "level='c' with statistic='mean'"),
        (("x", SSA), {"interval": "exact"}, "interval='exact' with statistic='mean'"),
        (("x", SSA), {"interpolate": "none"}, "interpolate='none' with statistic='mean'"),
        (("x", SSA), {"margin": -1}, "margin=-1 is not a margin"),
        (("x", SSA), {"margin": "5"}, "margin='5' is not a margin"),
        (("x", SSA), {"margin": True}, "margin=True is not a margin"),
        (("x", SSA), {"adjust": "bonferroni"}, "adjust='bonferroni'"),
        (("x", [SSA, SSA]), {}, "two benchmarks are called 'oews_21-1093_US_2020'"),
        (
            ("x", SSA),
            {"statistic": "percentiles", "interval": "wilson", "weights": "w"},
            "counts respondents of equal weight",
        ),
        (("x", SSA), {"design": ps.SurveyDesign(weights="w"), "weights": "w"}, "beside design="),
    ],
)
def test_bad_input_is_named(arguments, how, message):
    with pytest.raises(ps.InputError, match=message):
        ps.compare(WAGES, *arguments, **how)


def test_a_stated_unit_settles_a_questionable_mean():
    result = ps.compare(WAGES, "annual", SSA, unit="dollars an hour")
    assert first(result, "difference") > 37_000
    annual = ps.compare(WAGES, "annual", ps.oews("21-1093", pay="annual"), unit="dollars a year")
    assert first(annual, "n") == 3


def test_only_percentiles_are_tested_together():
    with pytest.raises(ps.InputError, match=r'statistic="percentiles"'):
        ps.compare(WAGES, "x", SSA).joint()


def test_too_few_values_bound_no_median():
    result = ps.compare(WAGES, "x", SSA, statistic="median")
    assert math.isnan(first(result, "conf_low"))
    assert any("No limit of a median" in note for note in result.notes)
    assert first(result, "screen").startswith("n under 30")


@pytest.mark.parametrize("statistic", ["mean", "median", "percentiles"])
def test_results_are_plain_data_and_pictures(statistic, rng):
    import json  # noqa: PLC0415

    from peerstats.plots import new_axes  # noqa: PLC0415

    data = pd.DataFrame({"x": rng.gamma(16, 1, 60), "g": list("ab") * 30})
    result = ps.compare(data, "x", [SSA, ps.oews("21-1094")], statistic=statistic, by="g", margin="10%")
    said = json.dumps(result.to_dict(), allow_nan=False)
    assert '"schema": 1' in said
    assert len(result.plot(ax=new_axes()).get_yticks()) >= 4


def test_one_respondent_has_no_error_and_is_refused_by_no_design():
    row = ps.compare(pd.DataFrame({"x": [15.0]}), "x", SSA).tidy().iloc[0]
    assert row["difference"] == pytest.approx(15.0 - 18.38)
    assert math.isnan(row["p_value"])


@pytest.mark.parametrize("statistic", ["mean", "median", "percentiles"])
@pytest.mark.parametrize("kind", ["sampling", "frequency"])
def test_one_respondent_with_a_weight_has_an_estimate_and_no_error(statistic, kind):
    data = pd.DataFrame({"x": [15.0], "w": [1.0]})
    row = (
        ps.compare(data, "x", SSA, statistic=statistic, weights="w", weight_kind=kind, margin=1)
        .tidy()
        .iloc[0]
    )
    assert row["estimate"] in (15.0, 0.0)
    assert kind == "frequency" or math.isnan(row["p_value"])


def test_a_share_of_one_respondent_has_no_error():
    data = pd.DataFrame({"p": [1], "w": [2.0]})
    row = ps.compare(data, "p", PROPORTION, statistic="proportion", weights="w").tidy().iloc[0]
    assert row["estimate"] == 1
    assert math.isnan(row["p_value"])


def test_a_top_coded_wage_of_a_file_bounds_the_percentile_from_below(tmp_path):
    path = tmp_path / "state_M2024_simulated.csv"
    path.write_text(
        "AREA,AREA_TITLE,NAICS,OWN_CODE,OCC_CODE,OCC_TITLE,O_GROUP,TOT_EMP,H_MEAN,A_MEAN,MEAN_PRSE,"
        "H_PCT10,H_PCT25,H_MEDIAN,H_PCT75,H_PCT90\n"
        "42,Pennsylvania,000000,1235,29-1210,Physicians,detailed,900,99.0,205920,5.0,30,60,98,#,#\n",
        encoding="utf-8",
    )
    wage = ps.oews("29-1210", area="PA", data=ps.read_oews(path))
    assert dict(wage.top_coded) == {75: 115.0, 90: 115.0}
    data = pd.DataFrame({"x": [25.0, 50, 80, 90, 95, 110]})
    rows = ps.compare(data, "x", wage, statistic="percentiles").tidy()
    assert rows["quantity"].iloc[3:].tolist() == ["share below P75", "share below P90"]
    assert rows["estimate"].iloc[3:].tolist() == [1, 1]
    placed = ps.place_in_benchmark(data, "x", wage)
    assert placed.positions["benchmark_percent_place"].iloc[5] == "above P50"
    assert any("P75, P90 top-coded: nobody is placed above P50" in note for note in placed.notes)
