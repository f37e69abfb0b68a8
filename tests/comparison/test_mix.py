"""State mix: the worked number, hand formulas, laws, coverage by simulation, and bad input."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps

# 21-1093, May 2025, hourly: mean, its relative standard error, P10 to P90
STATES = {
    "NC": (21.10, 1.5, (14.72, 17.19, 20.60, 23.29, 28.64)),
    "OR": (25.47, 0.7, (19.16, 22.18, 24.63, 28.37, 32.29)),
    "PA": (21.66, 1.2, (16.60, 17.98, 21.18, 23.33, 28.22)),
    "TX": (22.22, 0.7, (15.07, 18.24, 22.05, 24.76, 29.07)),
}
WAGES = {
    state: ps.benchmark(
        mean,
        rse=rse,
        name=f"21-1093 {state}",
        unit="dollars an hour",
        date="May 2025",
        percentiles=dict(zip((10, 25, 50, 75, 90), percentiles, strict=True)),
    )
    for state, (mean, rse, percentiles) in STATES.items()
}


@pytest.fixture
def people(rng):
    n = 160
    state = rng.choice(list(STATES), n, p=[0.3, 0.1, 0.4, 0.2])
    centre = np.array([STATES[each][0] for each in state])
    return pd.DataFrame(
        {
            "state": state,
            "wage": centre - 1.5 + rng.normal(0, 3, n),
            "w": rng.uniform(0.5, 3, n),
            "county": rng.integers(0, 25, n),
            "job": rng.choice(["peer", "other"], n),
        }
    )


def first(result):
    return result.tidy().iloc[0]


def test_equal_quarters_of_four_states_give_the_worked_standard():
    people = pd.DataFrame({"state": list(STATES) * 5, "wage": [17.0, 18.0, 19.0, 20.0, 22.0] * 4})
    row = first(ps.compare_mix(people, "wage", WAGES, mix="state"))
    # printed to four decimals and to three
    assert row["benchmark_value"] == pytest.approx(22.6125, abs=5e-5)
    assert row["benchmark_std_error"] == pytest.approx(0.118, abs=5e-4)


def test_the_variance_is_that_of_the_mean_gap_plus_each_state_s_own(people):
    result = ps.compare_mix(people, "wage", WAGES, mix="state")
    apart = people["wage"] - people["state"].map(lambda s: WAGES[s].value)
    shares = people["state"].value_counts(normalize=True)
    other = sum((shares[s] * WAGES[s].std_error) ** 2 for s in shares.index)
    own = apart.var() / len(people)
    row = first(result)
    assert row["difference"] == pytest.approx(apart.mean(), rel=1e-12)
    assert row["difference_std_error"] == pytest.approx(math.sqrt(own + other), rel=1e-12)
    assert row["df"] == pytest.approx((own + other) ** 2 / (own**2 / (len(people) - 1)), rel=1e-12)
    assert row["fixed_statistic"] == pytest.approx(apart.mean() / math.sqrt(own), rel=1e-12)
    # the stratified difference sum w_k (m_k - B_k) is the same
    levels = result.levels()
    stratified = (levels["share"] * (levels["estimate"] - levels["benchmark_value"])).sum()
    assert row["difference"] == pytest.approx(stratified, rel=1e-12)


@pytest.mark.parametrize("arguments", [{}, {"weights": "w"}, {"by": "job"}, {"by": "job", "weights": "w"}])
def test_one_state_equals_compare(people, arguments):
    people["state"] = "NC"
    mixed = ps.compare_mix(people, "wage", WAGES, mix="state", **arguments).tidy()
    plain = ps.compare(people, "wage", WAGES["NC"], **arguments).tidy()
    names = [
        "estimate",
        "std_error",
        "difference",
        "difference_std_error",
        "difference_low",
        "difference_high",
    ]
    names += ["ratio", "ratio_low", "ratio_high", "statistic", "df", "p_value", "effect_size"]
    names += ["conf_low", "conf_high", "fixed_low", "fixed_high", "fixed_statistic", "fixed_p_value"]
    # the mean of differences against the difference of means: rounding of sums of 160 numbers
    assert_allclose(mixed[names], plain[names], rtol=1e-9)


def test_a_published_sample_brings_its_degrees_of_freedom(people):
    people["state"] = "NC"
    other = {"NC": ps.benchmark(20.0, sd=5.0, n=40, name="another survey")}
    row = first(ps.compare_mix(people, "wage", other, mix="state"))
    assert row["df"] == pytest.approx(first(ps.compare(people, "wage", other["NC"]))["df"], rel=1e-9)


@given(st.lists(st.integers(0, 4), min_size=12, max_size=12).filter(lambda w: sum(w[:3]) > 1 and sum(w) > 4))
@settings(max_examples=25, deadline=None)
def test_frequency_weights_equal_rows_repeated(copies):
    wages = [15.0, 18.5, 20.0, 17.0, 22.0, 24.5, 19.0, 21.0, 16.5, 23.0, 18.0, 20.5]
    people = pd.DataFrame({"state": ["NC", "PA", "TX"] * 4, "wage": wages, "f": copies})
    for statistic in ("mean", "median"):
        weighted, repeated = (
            ps.compare_mix(rows, "wage", WAGES, mix="state", statistic=statistic, **more).tidy()
            for rows, more in (
                (people, {"weights": "f", "weight_kind": "frequency"}),
                (people.loc[people.index.repeat(people["f"])].reset_index(drop=True), {}),
            )
        )
        words = ("group", "effect_sd", "verdict", "screen")
        numbers = [c for c in repeated.columns if c not in words]
        assert_allclose(
            weighted[numbers].astype(float), repeated[numbers].astype(float), rtol=1e-9, atol=1e-9
        )


def test_a_design_s_clusters_are_those_of_the_gap_s_mean(people):
    plan = ps.SurveyDesign(weights="w", cluster="county")
    row = first(ps.compare_mix(people, "wage", WAGES, mix="state", design=plan))
    apart = people.assign(gap=people["wage"] - people["state"].map(lambda s: WAGES[s].value))
    found = ps.estimate(apart, "gap", design=plan).tidy().iloc[0]
    other = row["difference_std_error"] ** 2 - found["std_error"] ** 2
    shares = people.groupby("state")["w"].sum() / people["w"].sum()
    assert row["difference"] == pytest.approx(found["estimate"], rel=1e-12)
    expected = sum((shares[s] * WAGES[s].std_error) ** 2 for s in shares.index)
    assert other == pytest.approx(expected, rel=1e-9)


def test_states_that_stand_in_with_the_nation_s_figure_share_its_error(people):
    nation = ps.benchmark(22.93, rse=0.4, name="21-1093 US", unit="dollars an hour")
    result = ps.compare_mix(people, "wage", dict.fromkeys(STATES, nation), mix="state")
    plain = ps.compare(people, "wage", nation)
    assert first(result)["difference_std_error"] == pytest.approx(
        first(plain)["difference_std_error"], rel=1e-12
    )
    assert any("share its error" in note for note in result.notes)


def test_the_limits_cover_and_those_that_ignore_the_shared_mix_are_too_wide():
    rng = np.random.default_rng(20261126)
    centres = np.array([15.0, 20.0, 25.0, 30.0])
    errors = np.array([0.4, 0.3, 0.5, 0.4])
    covered = {"include": 0, "ignore": 0, "multinomial": 0}
    repeats = 400
    for _ in range(repeats):
        k = rng.choice(4, 200, p=[0.2, 0.3, 0.3, 0.2])
        people = pd.DataFrame(
            {"state": np.array(list("abcd"))[k], "wage": centres[k] + rng.normal(0, 3, 200)}
        )
        published = rng.normal(centres, errors)
        figures = {
            s: ps.benchmark(float(b), std_error=float(e))
            for s, b, e in zip("abcd", published, errors, strict=True)
        }
        row = first(ps.compare_mix(people, "wage", figures, mix="state"))
        covered["include"] += row["difference_low"] <= 0 <= row["difference_high"]
        covered["ignore"] += row["fixed_low"] <= 0 <= row["fixed_high"]
        # the mean's own variance holds that of the mix
        wide = 1.96 * math.hypot(row["std_error"], row["benchmark_std_error"])
        covered["multinomial"] += abs(row["difference"]) <= wide
    # three standard errors of a coverage of .95 in 400 samples: .033
    assert covered["include"] / repeats == pytest.approx(0.95, abs=0.033)
    # SE_B / SE_m is about 1 here
    assert covered["ignore"] / repeats < 0.92
    assert covered["multinomial"] / repeats > 0.985


def mixture_share(x, shares):
    """Share of the mixture below x, by numpy's interpolation."""
    levels = [0.1, 0.25, 0.5, 0.75, 0.9]
    return sum(w * np.interp(math.log(x), np.log(STATES[s][2]), levels) for s, w in shares.items())


def test_the_mixture_s_median_has_half_of_the_mixture_below_it(people):
    result = ps.compare_mix(people, "wage", WAGES, mix="state", statistic="median")
    row = first(result)
    shares = people["state"].value_counts(normalize=True).to_dict()
    assert mixture_share(row["benchmark_value"], shares) == pytest.approx(0.5, abs=1e-9)
    averaged = sum(w * STATES[s][2][2] for s, w in shares.items())
    assert abs(row["benchmark_value"] - averaged) > 0.02
    # the test: the sample's share below, ties half, against each state's own
    x = row["benchmark_value"]
    own = (people["wage"] < x) - people["state"].map(lambda s: mixture_share(x, {s: 1.0}))
    assert row["share"] - 0.5 == pytest.approx(own.mean(), abs=1e-9)
    assert row["statistic"] == pytest.approx(own.mean() / math.sqrt(own.var() / len(own)), rel=1e-6)


def test_one_state_s_percentiles_are_the_published_ones(people):
    people["state"] = "OR"
    rows = ps.compare_mix(people, "wage", WAGES, mix="state", statistic="percentiles").tidy()
    # a hundred halvings of the logarithm's span end at the last digits of a float
    assert_allclose(rows["benchmark_value"], STATES["OR"][2], rtol=1e-12)
    assert rows["probability"].tolist() == [0.1, 0.25, 0.5, 0.75, 0.9]


def test_where_a_state_s_percentiles_end_the_mixture_is_bounded_and_not_made_up(people):
    result = ps.compare_mix(people, "wage", WAGES, mix="state", statistic="percentiles")
    rows = result.tidy()
    low = rows.iloc[0]
    assert np.isnan(low[["benchmark_value", "difference", "p_value"]].astype(float)).all()
    assert 14.72 <= low["benchmark_low"] < low["benchmark_high"] <= 19.16
    middle = rows.iloc[2]
    assert middle["benchmark_low"] == middle["benchmark_high"] == middle["benchmark_value"]
    assert any("only bounds its percentile" in note for note in result.notes)


def test_the_test_of_the_median_holds_its_level():
    rng = np.random.default_rng(7)
    centres = {"a": 2.6, "b": 3.2}
    z = np.array([-1.2816, -0.6745, 0.0, 0.6745, 1.2816])
    figures = {
        s: ps.benchmark(
            20.0,
            std_error=0,
            percentiles=dict(zip((10, 25, 50, 75, 90), np.exp(c + 0.5 * z).tolist(), strict=True)),
        )
        for s, c in centres.items()
    }
    rejected = 0
    for _ in range(250):
        # the distribution that is taken: log-linear between the percentiles
        state = rng.choice(["a", "b"], 150)
        u = rng.uniform(0.1, 0.9, 150)
        centre = pd.Series(state).map(centres).to_numpy()
        wage = np.exp(centre + 0.5 * np.interp(u, [0.1, 0.25, 0.5, 0.75, 0.9], z))
        beyond = rng.uniform(0, 1, 150)
        wage = np.where(beyond < 0.1, 1.0, np.where(beyond > 0.9, 200.0, wage))
        people = pd.DataFrame({"state": state, "wage": wage})
        row = first(ps.compare_mix(people, "wage", figures, mix="state", statistic="median"))
        rejected += row["p_value"] < 0.05
    # three standard errors of .05 in 250 samples: .041
    assert rejected / 250 == pytest.approx(0.05, abs=0.041)


def test_a_state_without_a_benchmark_stops_or_is_counted(people):
    some = {state: each for state, each in WAGES.items() if state != "TX"}
    n_texas = int((people["state"] == "TX").sum())
    with pytest.raises(ps.InputError, match=rf"no benchmark for state TX \({n_texas} rows\)"):
        ps.compare_mix(people, "wage", some, mix="state")
    result = ps.compare_mix(people, "wage", some, mix="state", missing="drop")
    assert f"without a benchmark and left out: TX {n_texas} rows" in result.lines
    kept = ps.compare_mix(people[people["state"] != "TX"], "wage", some, mix="state")
    assert first(result)["difference"] == pytest.approx(first(kept)["difference"], rel=1e-12)


def test_a_function_of_the_state_gives_the_benchmarks(people):
    by_name = ps.compare_mix(people, "wage", WAGES, mix="state")
    by_call = ps.compare_mix(people, "wage", WAGES.get, mix="state")
    assert first(by_call)["difference"] == first(by_name)["difference"]


def test_a_frame_of_one_row_a_state_gives_the_benchmarks(people, make_frame):
    columns = {"state": [*STATES, "CA"], "value": [v[0] for v in STATES.values()] + [None]}
    columns["rse"] = [v[1] for v in STATES.values()] + [None]
    columns |= {
        f"p{percent}": [v[2][i] for v in STATES.values()] + [None]
        for i, percent in enumerate((10, 25, 50, 75, 90))
    }
    rows = make_frame(columns | {"unit": ["dollars an hour"] * 5})
    for statistic in ("mean", "median"):
        by_rows = first(ps.compare_mix(people, "wage", rows, mix="state", statistic=statistic))
        by_name = first(ps.compare_mix(people, "wage", WAGES, mix="state", statistic=statistic))
        assert by_rows["benchmark_value"] == pytest.approx(by_name["benchmark_value"], rel=1e-12)
        assert by_rows["p_value"] == pytest.approx(by_name["p_value"], rel=1e-12)


def test_a_state_that_stands_twice_in_a_frame_is_told(people):
    rows = pd.DataFrame({"state": ["NC", "NC"], "value": [20.0, 21.0]})
    with pytest.raises(ps.InputError, match="'NC' stands twice in 'state' of benchmarks="):
        ps.compare_mix(people, "wage", rows, mix="state")


def test_a_user_s_own_wage_file_answers_state_by_state(people, tmp_path):
    fips = {"NC": "37", "OR": "41", "PA": "42", "TX": "48"}
    lines = [
        "AREA,AREA_TITLE,OCC_CODE,OCC_TITLE,O_GROUP,H_MEAN,MEAN_PRSE,H_PCT10,H_PCT25,H_MEDIAN,H_PCT75,H_PCT90"
    ]
    lines += [
        f"{fips[s]},{s},21-1093,Assistants,detailed,{mean},{rse},{','.join(map(str, percentiles))}"
        for s, (mean, rse, percentiles) in STATES.items()
    ]
    path = tmp_path / "state_M2025_dl.csv"
    path.write_text("\n".join(lines) + "\n")
    table = ps.read_oews(path)
    result = ps.compare_mix(
        people, "wage", lambda state: ps.oews("21-1093", area=state, data=table), mix="state", date="2025-05"
    )
    by_name = first(ps.compare_mix(people, "wage", WAGES, mix="state"))
    assert first(result)["difference_std_error"] == pytest.approx(by_name["difference_std_error"], rel=1e-12)
    assert result.benchmarks["PA"].key == "oews_21-1093_PA_2025"


def test_dates_that_differ_are_pointed_out_and_deflation_mends_them(people):
    with pytest.warns(
        ps.PeerstatsWarning, match=r"compare_mix\(\): The sample is of May 2022, benchmarks of May 2025"
    ):
        ps.compare_mix(people, "wage", WAGES, mix="state", date="2022-05")
    moved = {s: ps.deflate(each, at="2025-05", to="2022-05").amount for s, each in WAGES.items()}
    result = ps.compare_mix(people, "wage", moved, mix="state", date="2022-05")
    assert not any("sample is of" in note for note in result.notes)


def test_missing_values_and_states_are_counted(people):
    people.loc[:2, "wage"] = None
    people.loc[3:4, "state"] = None
    result = ps.compare_mix(people, "wage", WAGES, mix="state")
    assert result.lines[0] == "157 of 160 rows with a value (3 wage missing)"
    assert "2 rows without state left out" in result.lines


def test_a_margin_and_several_groups_are_judged_as_by_compare(people):
    people["state"] = "NC"
    asked = {"by": "job", "margin": "10%", "adjust": "holm"}
    mixed = ps.compare_mix(people, "wage", WAGES, mix="state", **asked)
    plain = ps.compare(people, "wage", WAGES["NC"], **asked).tidy()
    rows = mixed.tidy()
    names = ["p_adjusted", "equivalence_margin", "equivalence_p_value"]
    # rounding of sums of 160 numbers
    assert_allclose(rows[names], plain[names], rtol=1e-8)
    assert rows[["verdict", "screen"]].to_numpy().tolist() == plain[["verdict", "screen"]].to_numpy().tolist()
    assert "p adjusted by Holm over the family of 2 rows" in str(mixed)


def test_few_respondents_are_marked(people):
    result = ps.compare_mix(people.head(12), "wage", WAGES, mix="state")
    assert first(result)["screen"] == "n under 30"
    assert any(note.startswith("Screen:") for note in result.notes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"benchmarks": {"XX": WAGES["NC"]}}, r"no group of the sample \('NC', 'OR', 'PA'\)"),
        ({"benchmarks": WAGES["NC"]}, r"benchmarks= is a Benchmark"),
        ({"benchmarks": dict.fromkeys(STATES, 21.0)}, r"21.0 is not a benchmark"),
        ({"mix": "stat"}, r"column of the mix 'stat' is not in the data"),
        ({"column": "job"}, r"column 'job'(.|\n)*number"),
        ({"weights": "w", "design": ps.SurveyDesign(weights="w")}, r"beside design="),
        ({"statistic": "mode"}, r"statistic='mode' is not known"),
        ({"statistic": "median", "margin": 1.0}, r"margin= or adjust= with statistic='median'"),
        ({"column": "pay"}, r"compare_mix\(\): the mean of 'pay' is .* is in dollars an hour"),
        ({"unit": "dollars a year"}, r"column 'wage' is in 'dollars a year'"),
        ({"adjust": "bonferroni"}, r"adjust='bonferroni' is not known"),
        (
            {
                "benchmarks": {
                    s: ps.benchmark(20.0, rse=1, unit="dollars an hour" if s == "NC" else "dollars a year")
                    for s in STATES
                }
            },
            r"in dollars a year and in dollars an hour",
        ),
        (
            {"benchmarks": dict.fromkeys(STATES, ps.benchmark(20.0, rse=1)), "statistic": "median"},
            r"is a mean, and this call goes by percentiles",
        ),
    ],
)
def test_bad_input_is_told(people, change, message):
    people["pay"] = 2_080 * people["wage"]
    given_ = {"column": "wage", "benchmarks": WAGES, "mix": "state"} | change
    with pytest.raises(ps.InputError, match=message):
        ps.compare_mix(people, given_.pop("column"), given_.pop("benchmarks"), **given_)


def test_the_result_is_strict_json_and_draws(people, make_frame):
    frame = make_frame({name: people[name].tolist() for name in ("state", "wage", "job")})
    for statistic in ("mean", "percentiles"):
        result = ps.compare_mix(frame, "wage", WAGES, mix="state", by="job", statistic=statistic)
        said = json.loads(json.dumps(result.to_dict(), allow_nan=False))
        assert said["kind"] == "mix"
        assert type(result.tidy()).__module__.split(".")[0] == type(frame).__module__.split(".")[0]
        assert result.plot().get_xlabel() == "difference, dollars an hour"
        assert "The mix of state" in str(result.summary())
