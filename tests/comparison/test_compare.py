"""Comparisons: the worked numbers, the laws, and bad input."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal
from scipy import stats

import peerstats as ps

CHW = ps.oews("21-1094", year=2020)


def first(result, column):
    return result.tidy()[column].iloc[0]


@pytest.mark.parametrize(
    ("benchmark", "said", "t"),
    [
        (CHW, "ignore", -14.05),
        (CHW, "include", -13.10),
        (ps.benchmark(29.71, rse=4.5, name="Pennsylvania 21-1099, May 2025"), "ignore", -33.0),
        (ps.benchmark(29.71, rse=4.5, name="Pennsylvania 21-1099, May 2025"), "include", -9.5),
    ],
    ids=["nation-ignored", "nation-included", "state-ignored", "state-included"],
)
def test_the_worked_numbers_come_out(benchmark, said, t):
    result = ps.compare_summary(mean=16.50, sd=4.0, n=100, benchmark=benchmark, benchmark_error=said)
    # printed to two decimals, or to one
    assert first(result, "statistic") == pytest.approx(t, abs=0.005 if abs(t * 100) % 10 > 0.5 else 0.05)


def test_printed_moments_are_judged_as_the_sample_that_has_them(rng):
    wage = rng.gamma(16, 1.3, 25)
    asked = {"margin": "8%", "adjust": "bh"}
    plain = ps.compare(pd.DataFrame({"wage": wage}), "wage", [CHW, ps.oews("21-1093")], **asked)
    printed = ps.compare_summary(
        mean=float(wage.mean()),
        sd=float(wage.std(ddof=1)),
        n=25,
        benchmark=[CHW, ps.oews("21-1093")],
        **asked,
    )
    assert_frame_equal(printed.tidy(), plain.tidy(), rtol=1e-9)
    assert any(note.startswith("Screen:") for note in printed.notes)


@pytest.mark.parametrize("name", ["pay an hour", "Lohn/Stunde", "salário"])
def test_any_name_of_a_column_prints(name, rng):
    frame = pd.DataFrame({name: rng.gamma(16, 1.3, 40), "state": "NC"})
    for result in (
        ps.compare(frame, name, CHW),
        ps.compare(frame, name, CHW, statistic="percentiles"),
        ps.compare_summary(mean=17.0, sd=4.0, n=40, benchmark=CHW, name=name),
        ps.compare_mix(frame, name, {"NC": CHW}, mix="state"),
        ps.place_in_benchmark(frame, name, CHW),
        ps.compare_distributions(frame, name, frame, interval="woodruff"),
    ):
        assert name in str(result)
        assert result.tables()[0].to_html()


def test_ignoring_the_error_is_the_one_sample_t_test(rng):
    wage = rng.gamma(16, 1.0, 80)
    result = ps.compare(pd.DataFrame({"wage": wage}), "wage", CHW, benchmark_error="ignore")
    reference = stats.ttest_1samp(wage, CHW.value)
    limits = reference.confidence_interval(0.95)
    row = result.tidy().iloc[0]
    assert_allclose(
        [row["statistic"], row["p_value"], row["df"]], [reference.statistic, reference.pvalue, 79], rtol=1e-10
    )
    assert_allclose([row["difference_low"], row["difference_high"]], np.array(limits) - CHW.value, rtol=1e-10)


def test_a_published_sample_as_benchmark_is_welchs_test(rng):
    a, b = rng.normal(3, 1, 40), rng.normal(3.4, 2, 25)
    other = ps.benchmark(float(b.mean()), sd=float(b.std(ddof=1)), n=25, name="other survey")
    row = ps.compare(pd.DataFrame({"x": a}), "x", other).tidy().iloc[0]
    reference = stats.ttest_ind(a, b, equal_var=False)
    assert_allclose(
        [row["statistic"], row["p_value"], row["df"]],
        [reference.statistic, reference.pvalue, reference.df],
        rtol=1e-10,
    )


def test_ratio_limits_are_those_of_the_log(rng):
    data = pd.DataFrame({"wage": rng.gamma(16, 1.0, 60)})
    row = ps.compare(data, "wage", CHW).tidy().iloc[0]
    half = stats.t.ppf(0.975, row["df"]) * math.hypot(
        row["std_error"] / row["estimate"], CHW.std_error / CHW.value
    )
    assert_allclose(
        np.log([row["ratio_low"], row["ratio_high"]]), math.log(row["ratio"]) + np.array([-half, half])
    )


def test_the_national_mean_is_its_own_benchmark(national):
    national = national[["finalwt"]].assign(score=national["FWBscore"].where(national["FWBscore"] > 0))
    norm = ps.get_norm("fwb_us_2016")
    row = ps.compare(national, "score", norm, weights="finalwt").tidy().iloc[0]
    assert row["estimate"] == pytest.approx(54.25, abs=0.005)
    assert row["std_error"] == pytest.approx(0.195, abs=5e-4)
    # the bundled figures keep six decimals
    assert_allclose([row["difference"], row["std_error"]], [0, norm.std_error], atol=1e-6)


def test_group_errors_count_the_full_sample(national):
    """Domain estimates of the user's guide kind: rows outside the group are zeros, not absent."""
    national = national[["finalwt"]].assign(
        score=national["FWBscore"].where(national["FWBscore"] > 0),
        old=(national["agecat"] >= 6).map({True: "62+", False: "18-61"}),
    )
    rows = ps.compare(national, "score", "fwb_us_2016", by="old", weights="finalwt").tidy()
    assert_allclose(rows["estimate"], [52.49, 59.86], atol=0.005)
    assert_allclose(rows["std_error"], [0.230, 0.344], atol=5e-4)
    assert (rows["n"] + rows["n_missing"]).sum() == 6_394


@given(st.lists(st.tuples(st.floats(1, 100), st.integers(1, 4)), min_size=3, max_size=20))
def test_frequency_weights_equal_rows_repeated(rows):
    data = pd.DataFrame(rows, columns=["x", "w"])
    repeated = data.loc[data.index.repeat(data["w"])]
    weighted = ps.compare(data, "x", CHW, weights="w", weight_kind="frequency").tidy()
    plain = ps.compare(repeated, "x", CHW).tidy()
    columns = ["estimate", "std_error", "difference_low", "statistic", "df"]
    # equal sums in another order
    assert_allclose(weighted[columns].to_numpy(float), plain[columns].to_numpy(float), rtol=1e-8, atol=1e-10)


@given(st.floats(0.01, 1000))
def test_the_scale_of_sampling_weights_does_not_matter(factor):
    data = pd.DataFrame({"x": [1.0, 2, 4, 8], "w": [1.0, 2, 1, 3]})
    one = ps.compare(data, "x", CHW, weights="w").tidy()
    other = ps.compare(data.assign(w=data["w"] * factor), "x", CHW, weights="w").tidy()
    assert_allclose(one["std_error"], other["std_error"], rtol=1e-12)


def test_including_the_error_never_narrows(rng):
    data = pd.DataFrame({"wage": rng.gamma(16, 1.0, 30), "job": ["a", "b", "c"] * 10})
    with_error = ps.compare(data, "wage", [CHW, ps.oews("21-1093")], by="job").tidy()
    without = ps.compare(data, "wage", [CHW, ps.oews("21-1093")], by="job", benchmark_error="ignore").tidy()
    assert (with_error["difference_std_error"] > without["difference_std_error"]).all()
    assert with_error["group"].tolist() == ["a", "a", "b", "b", "c", "c"]


def test_a_five_item_score_beside_a_ten_item_norm_is_said_aloud(rng):
    answers = pd.DataFrame(rng.integers(0, 5, (30, 5)), columns=list("abcde"))
    scored = ps.score(
        answers, "cfpb_fwb_5", items=list("abcde"), method="irt", age_group="18-61", mode="self"
    )
    with pytest.warns(ps.PeerstatsWarning, match="Not the same form"):
        result = ps.compare(scored, "financial_well_being", "fwb_us_2016")
    assert any("5 items" in note and "10 items" in note for note in result.notes)


def test_a_norm_of_another_instrument_is_refused(rng):
    answers = pd.DataFrame(rng.integers(0, 7, (30, 16)), columns=[f"m{i}" for i in range(1, 17)])
    scored = ps.score(answers, "mbi_gs", items="m{}")
    with pytest.raises(ps.InputError, match="holds scores of 'cfpb_fwb_10'"):
        ps.compare(scored, "exhaustion", "fwb_us_2016")


def test_the_result_says_what_was_used_and_left_out():
    data = pd.DataFrame({"x": [1.0, None, 3, 4], "g": ["a", "a", None, "b"], "w": [1, 1, 1, 0]})
    text = str(ps.compare(data, "x", CHW, by="g", weights="w").summary())
    assert "1 x missing" in text
    assert "1 weight zero" in text
    assert "1 g missing" in text
    assert "sampling weights w" in text
    assert "May 2020" in text


DATA = pd.DataFrame({"x": [1.0, 2, 3], "w": [1.0, 1, -1], "t": ["a", "b", "c"]})


@pytest.mark.parametrize(
    ("arguments", "how", "message"),
    [
        (("y", CHW), {}, "column 'y' is not in the data"),
        (("t", CHW), {}, "'t' must hold numbers; row 0 holds 'a'"),
        (("x", CHW), {"weights": "w"}, "row 2"),
        (("x", CHW), {"by": "X"}, "Closest columns: 'x'"),
        (("x", []), {}, "benchmark= is empty"),
        (("x", 3.0), {}, "3.0 is not a benchmark"),
        (("x", [3.0]), {}, "3.0 is not a benchmark"),
        (("x", "fwb_us"), {}, "Closest norms"),
        (("x", ps.oews("21-1093", statistic="median")), {}, "is a median"),
        (("x", CHW), {"conf_level": 95}, "conf_level=95"),
        (("x", CHW), {"benchmark_error": "both"}, "benchmark_error='both'"),
    ],
)
def test_bad_input_is_named(arguments, how, message):
    with pytest.raises(ps.InputError, match=message):
        ps.compare(DATA, *arguments, **how)


@pytest.mark.parametrize(
    ("figures", "message"),
    [({"sd": 0}, "sd=0"), ({"n": 1}, "n=1"), ({"n": 2.5}, "n=2.5"), ({"mean": math.nan}, "mean=nan")],
)
def test_impossible_figures_are_refused(figures, message):
    with pytest.raises(ps.InputError, match=message):
        ps.compare_summary(**({"mean": 1.0, "sd": 1.0, "n": 10, "benchmark": CHW} | figures))


def test_a_group_of_one_has_no_error_and_says_so():
    data = pd.DataFrame({"x": [1.0, 2, 3], "g": ["a", "b", "b"]})
    rows = ps.compare(data, "x", CHW, by="g").tidy()
    assert math.isnan(rows["std_error"].iloc[0])
    assert math.isnan(rows["p_value"].iloc[0])
    assert np.isfinite(rows["p_value"].iloc[1])


def test_a_group_without_any_value_is_counted_and_has_no_row():
    data = pd.DataFrame({"x": [1.0, 2, None, None], "g": ["a", "a", "b", "b"]})
    result = ps.compare(data, "x", CHW, by="g")
    assert result.tidy()["group"].tolist() == ["a"]
    assert "no value in group 'b' (2 rows)" in str(result.summary())
    with pytest.raises(ps.InputError, match="column 'x' has no value"):
        ps.compare(data.iloc[2:], "x", CHW)


def test_what_benchmarks_share_is_said_once():
    pair = [ps.oews(code, year=2020) for code in ("21-1093", "21-1094")]
    notes = ps.compare_summary(mean=16.5, sd=4, n=100, benchmark=pair).notes
    assert sum("May 2020" in note for note in notes) == 1
    assert [note for note in notes if note.startswith(pair[1].key) and "0.7 %" in note]


def burnout(method, rng):
    answers = pd.DataFrame(rng.integers(0, 7, (30, 22)), columns=[f"m{i}" for i in range(1, 23)])
    return ps.score(answers, "mbi_hss", items="m{}", method=method)


def exhaustion_norm():
    with pytest.warns(ps.PeerstatsWarning, match="not confirmed"):
        return ps.get_norm("mbi_hss_us_1996", scale="emotional_exhaustion")


def test_means_are_not_set_beside_a_norm_of_sums(rng):
    with pytest.raises(ps.InputError, match="holds scores by sum, the sample's are by mean"):
        ps.compare(burnout("mean", rng), "emotional_exhaustion", exhaustion_norm())


def test_a_norm_of_another_scale_is_refused(rng):
    with pytest.raises(
        ps.InputError, match="the scale 'emotional_exhaustion', the sample of 'depersonalization'"
    ):
        ps.compare(burnout("sum", rng), "depersonalization", exhaustion_norm())


def test_an_unconfirmed_norm_is_a_note_and_one_warning(rng):
    scored, norm = burnout("sum", rng), exhaustion_norm()
    with pytest.warns(ps.PeerstatsWarning, match="is not confirmed") as caught:
        result = ps.compare(scored, "emotional_exhaustion", norm)
    assert len(caught) == 1
    assert any("not confirmed" in note for note in result.notes)


def test_look_up_scores_beside_a_norm_by_response_model_are_noted(rng):
    answers = pd.DataFrame(rng.integers(0, 5, (30, 10)), columns=[f"q{i}" for i in range(1, 11)])
    scored = ps.score(answers, "cfpb_fwb_10", items="q{}", method="lookup", age_group="18-61", mode="self")
    notes = ps.compare(scored, "financial_well_being", "fwb_us_2016").notes
    assert any("by lookup, those of fwb_us_2016 by irt" in note for note in notes)
