"""Intraclass correlations and limits of agreement: R's numbers, their laws, what bad input gets."""

import json
from pathlib import Path

import narwhals.stable.v2 as nw  # noqa: TID251  (tests look at frames of every kind)
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "icc_psych"
TABLES = ["shrout_fleiss", "shifted_simulated", "unrelated_simulated", "two_waves_simulated"]
# psych's names in the order of the result
PSYCH = ["ICC2", "ICC3", "ICC1", "ICC2k", "ICC3k", "ICC1k"]
LONG = {"value": "score", "subject": "subject", "time": "time"}
AGREEMENT, CONSISTENCY, ONE_WAY = 0, 1, 2


def table(name):
    data = pd.read_csv(GOLDEN / "input_simulated.csv")
    return data[data["table"] == name].drop(columns="table").reset_index(drop=True)


def wide(scores):
    return pd.DataFrame(scores, columns=[f"wave_{j + 1}" for j in range(np.shape(scores)[1])], dtype=float)


def estimates(scores, **how):
    frame = wide(scores)
    return ps.icc(frame, columns=list(frame.columns), **how).tidy()["estimate"].to_numpy()


scores_tables = (
    st.integers(2, 4)
    .flatmap(
        lambda k: st.lists(
            st.lists(st.floats(-50, 50).map(lambda v: round(v, 2)), min_size=k, max_size=k),
            min_size=4,
            max_size=12,
        )
    )
    .filter(lambda rows: np.ptp(rows, axis=1).max() > 0.5 and np.ptp(np.mean(rows, axis=1)) > 0.5)
)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("conf_level", [0.95, 0.9])
def test_estimates_limits_and_tests_are_psych_s(name, conf_level):
    expected = pd.read_csv(GOLDEN / "expected.csv").query("table == @name and conf_level == @conf_level")
    expected = expected.set_index("type").loc[PSYCH]
    found = ps.icc(table(name), **LONG, conf_level=conf_level).tidy()
    for column in (
        "estimate",
        "conf_low",
        "conf_high",
        "statistic",
        "df_numerator",
        "df_denominator",
        "p_value",
    ):
        # psych's sums of squares come from a fitted aov, ours from means: some 1e-12 apart
        np.testing.assert_allclose(found[column], expected[column], rtol=1e-8, atol=1e-12, err_msg=column)


def test_agreement_and_consistency_of_one_score_come_first_under_both_names():
    found = ps.icc(table("shrout_fleiss"), **LONG).tidy()
    assert found["icc"].tolist() == ["ICC(A,1)", "ICC(C,1)", "ICC(1)", "ICC(A,k)", "ICC(C,k)", "ICC(k)"]
    assert found["shrout_fleiss"].tolist()[:3] == ["ICC(2,1)", "ICC(3,1)", "ICC(1,1)"]


def test_the_published_example_of_shrout_and_fleiss():
    # Shrout and Fleiss (1979), table 4: .17, .29, .71, .44, .62, .91
    found = ps.icc(table("shrout_fleiss"), **LONG).tidy().set_index("shrout_fleiss")["estimate"].round(2)
    published = {"ICC(1,1)": 0.17, "ICC(2,1)": 0.29, "ICC(3,1)": 0.71}
    published |= {"ICC(1,k)": 0.44, "ICC(2,k)": 0.62, "ICC(3,k)": 0.91}
    assert found.to_dict() == published


@settings(max_examples=50, deadline=None)
@given(scores_tables, st.floats(-100, 100))
def test_shifting_one_wave_leaves_consistency_alone(rows, shift):
    moved = np.array(rows)
    moved[:, 0] += shift
    # numbers up to 150 with two decimals: sums of squares lose some digits
    np.testing.assert_allclose(
        estimates(moved)[CONSISTENCY], estimates(rows)[CONSISTENCY], rtol=1e-6, atol=1e-8
    )


@settings(max_examples=50, deadline=None)
@given(scores_tables, st.floats(-100, 100), st.floats(0.1, 20))
def test_shifting_and_scaling_all_waves_leaves_every_form_alone(rows, shift, scale):
    # as above
    np.testing.assert_allclose(
        estimates(np.array(rows) * scale + shift), estimates(rows), rtol=1e-6, atol=1e-6
    )


@settings(max_examples=50, deadline=None)
@given(scores_tables)
def test_the_mean_of_k_steps_up_by_spearman_and_brown(rows):
    k = len(rows[0])
    found = estimates(rows)
    for form in (AGREEMENT, CONSISTENCY, ONE_WAY):
        # a negative correlation may bring the denominator near nought
        if 1 + (k - 1) * found[form] > 1e-3:
            stepped = k * found[form] / (1 + (k - 1) * found[form])
            assert found[form + 3] == pytest.approx(stepped, rel=1e-6, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(scores_tables)
def test_one_way_and_consistency_keep_within_their_bounds_and_limits_hold_the_estimate(rows):
    k = len(rows[0])
    frame = wide(rows)
    found = ps.icc(frame, columns=list(frame.columns)).tidy()
    one = found["estimate"][[CONSISTENCY, ONE_WAY]]
    # rounding of the last digit at the bounds
    assert ((one >= -1 / (k - 1) - 1e-9) & (one <= 1 + 1e-9)).all()
    rows_of_one = found.iloc[[CONSISTENCY, ONE_WAY]]
    assert (rows_of_one["conf_low"] <= rows_of_one["estimate"] + 1e-12).all()
    assert (rows_of_one["conf_high"] >= rows_of_one["estimate"] - 1e-12).all()


def test_a_shift_costs_agreement_and_not_consistency():
    plain = np.random.default_rng(5).normal(size=(80, 3)) @ [[1, 1], [0.5, 0], [0, 0.5]]
    shifted = plain + np.array([0, 3])
    before, after = estimates(plain), estimates(shifted)
    assert after[AGREEMENT] < before[AGREEMENT] - 0.3
    assert after[CONSISTENCY] == pytest.approx(before[CONSISTENCY], rel=1e-12)  # the same sums, shifted


def test_waves_that_agree_to_the_dot_have_one_throughout():
    found = ps.icc(wide([[1, 1], [2, 2], [5, 5]]), columns=["wave_1", "wave_2"]).tidy()
    np.testing.assert_allclose(found[["estimate", "conf_low", "conf_high"]], 1.0, rtol=1e-12)
    assert (found["statistic"] == np.inf).all()
    assert (found["p_value"] == 0).all()


def test_a_constant_shift_is_perfect_consistency():
    found = ps.icc(wide([[1, 2], [2, 3], [5, 6]]), columns=["wave_1", "wave_2"]).tidy()
    np.testing.assert_allclose(
        found.loc[1, ["estimate", "conf_low", "conf_high"]].astype(float), 1, rtol=1e-12
    )
    assert found["estimate"][AGREEMENT] < 1


def test_long_and_wide_data_give_the_same_and_row_order_does_not_matter():
    data = table("shifted_simulated")
    one = ps.icc(data, **LONG).tidy()
    across = data.pivot_table(index="subject", columns="time", values="score")
    across.columns = [f"t{name}" for name in across.columns]
    two = ps.icc(across, columns=list(across.columns)).tidy()
    three = ps.icc(data.sample(frac=1, random_state=1), **LONG).tidy()
    numbers = ["estimate", "conf_low", "conf_high"]
    np.testing.assert_allclose(two[numbers], one[numbers], rtol=1e-12)  # the same sums
    np.testing.assert_allclose(three[numbers], one[numbers], rtol=1e-12)


@pytest.mark.parametrize("kind", ["polars", "pyarrow"])
def test_every_frame_kind_gets_the_same_numbers_in_its_own_kind(kind):
    data = table("shifted_simulated")
    native = nw.from_native(data, eager_only=True).to_arrow()
    if kind == "polars":
        native = nw.from_arrow(native, backend="polars").to_native()
    found = nw.from_native(ps.icc(native, **LONG).tidy(), eager_only=True)
    assert found.implementation.value == kind
    assert found["estimate"].to_list() == ps.icc(data, **LONG).tidy()["estimate"].tolist()


def test_subjects_who_miss_a_wave_are_left_out_and_counted():
    data = table("shifted_simulated")
    data.loc[[0, 1], "score"] = None
    fewer = data.drop(index=2)
    result = ps.icc(fewer, **LONG)
    assert result.glance()[["n", "n_missing"]].to_numpy().tolist() == [[57, 3]]
    assert "3 subjects left out" in str(result.summary())
    gone = data[~data["subject"].isin([1, 2, 3])]
    np.testing.assert_allclose(result.tidy()["estimate"], ps.icc(gone, **LONG).tidy()["estimate"], rtol=1e-12)


def test_some_of_the_waves_can_be_taken():
    data = table("shifted_simulated")
    two = ps.icc(data, **LONG, times=[1, 3])
    assert two.waves.times == ("time 1", "time 3")
    kept = ps.icc(data[data["time"] != 2], **LONG)
    assert two.tidy().equals(kept.tidy())


def test_the_printed_face_and_the_dictionary_say_what_was_used():
    result = ps.icc(table("shifted_simulated"), **LONG)
    text = str(result.summary())
    for words in (
        "60 subjects at k = 3 times: time 1, time 2, time 3; unweighted",
        "ICC(2,1)",
        "consistency",
    ):
        assert words in text
    told = result.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert (told["schema"], told["kind"], len(told["forms"])) == (1, "icc", 6)


def test_plots_show_the_forms_and_the_limits():
    from peerstats.plots import describe, new_axes  # noqa: PLC0415  (only this test draws)

    data = table("two_waves_simulated")
    assert "ICC(A,1): agreement of one score" in describe(ps.icc(data, **LONG).plot(ax=new_axes()))
    told = describe(ps.agreement_limits(data, **LONG).plot(ax=new_axes()))
    assert "250 points" in told
    assert "mean difference" in told


# limits of agreement


def test_limits_of_agreement_by_the_formulas():
    data = table("two_waves_simulated")
    across = data.pivot_table(index="subject", columns="time", values="score").to_numpy()
    d = across[:, 1] - across[:, 0]
    n, mean, sd, z = len(d), d.mean(), d.std(ddof=1), stats.norm.ppf(0.975)
    errors = np.array([sd / np.sqrt(n), *[sd * np.sqrt(1 / n + z**2 / (2 * (n - 1)))] * 2])
    found = ps.agreement_limits(data, **LONG).tidy()
    np.testing.assert_allclose(found["estimate"], [mean, mean - z * sd, mean + z * sd], rtol=1e-12)
    np.testing.assert_allclose(found["std_error"], errors, rtol=1e-12)
    reach = stats.t.ppf(0.975, n - 1) * errors
    np.testing.assert_allclose(found["conf_high"] - found["estimate"], reach, rtol=1e-10)
    np.testing.assert_allclose(found["estimate"] - found["conf_low"], reach, rtol=1e-10)


def test_the_standard_error_of_a_limit_is_that_of_many_samples():
    rng = np.random.default_rng(7)
    n, z = 100, stats.norm.ppf(0.975)
    simulated = rng.normal(0, 2, size=(20_000, n))
    upper = simulated.mean(axis=1) + z * simulated.std(axis=1, ddof=1)
    frame = pd.DataFrame({"a": np.zeros(n), "b": simulated[0]})
    one = ps.agreement_limits(frame, columns=["a", "b"])
    # the formula at the true SD; 20,000 samples know an SD to 0.5 %
    expected = one.tidy()["std_error"][2] / one.glance()["sd_difference"][0] * 2
    assert upper.std() == pytest.approx(expected, rel=0.02)


def test_swapping_the_measurements_turns_the_limits_round():
    data = table("two_waves_simulated")
    one = ps.agreement_limits(data, **LONG, times=[1, 2]).tidy()["estimate"]
    two = ps.agreement_limits(data, **LONG, times=[2, 1]).tidy()["estimate"]
    np.testing.assert_allclose(two, -one[[0, 2, 1]], rtol=1e-12)


def test_wider_coverage_widens_the_limits_and_lets_fewer_out():
    data = table("two_waves_simulated")
    usual, wider = ps.agreement_limits(data, **LONG), ps.agreement_limits(data, **LONG, coverage=0.99)
    assert wider.tidy()["estimate"][2] > usual.tidy()["estimate"][2]
    assert wider.glance()["n_outside"][0] < usual.glance()["n_outside"][0]
    told = usual.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert "time 2 minus time 1" in str(usual.summary())


def _twice(data):
    return pd.concat([data, data.iloc[[4]]], ignore_index=True)


BAD = {
    "no shape": (ps.icc, r"icc\(\): value= is not given"),
    "both shapes": (
        lambda d: ps.icc(d, columns=["score"], **LONG),
        r"icc\(\): columns= and value= are both given",
    ),
    "no subject": (lambda d: ps.icc(d, value="score", time="time"), r"icc\(\): subject= is not given"),
    "one wave": (lambda d: ps.icc(d, columns=["score"]), r"icc\(\): there is 1 time of measurement"),
    "a column twice": (lambda d: ps.icc(d, columns=["score", "score"]), r"names a column twice"),
    "a column that is not there": (
        lambda d: ps.icc(d, columns=["score", "scores"]),
        r"score column 'scores' is not in the data",
    ),
    "a subject twice in a wave": (
        lambda d: ps.icc(_twice(d), **LONG),
        r"icc\(\): subject 5 has 2 rows at time 1 \(row 4 and row 180; 1 such cases\)",
    ),
    "a row without subject": (
        lambda d: ps.icc(d.assign(subject=d["subject"].where(d.index != 3)), **LONG),
        r"subject column 'subject' is empty in row 3",
    ),
    "an unknown wave": (
        lambda d: ps.icc(d, **LONG, times=[1, 9]),
        r"times= names 9, which does not occur in 'time'",
    ),
    "a wave twice": (lambda d: ps.icc(d, **LONG, times=[1, 1]), r"names a time twice"),
    "an infinite score": (
        lambda d: ps.icc(d.assign(score=np.inf), **LONG),
        r"value column 'score' must hold finite numbers; row 0 holds inf",
    ),
    "nobody at every wave": (
        lambda d: ps.icc(d.assign(subject=range(len(d))), **LONG),
        r"icc\(\): 0 of 180 subjects have a score at every time",
    ),
    "no variance": (
        lambda d: ps.icc(d.assign(score=4), **LONG),
        r"icc\(\): every score is 4: nothing varies",
    ),
    "a percentage": (lambda d: ps.icc(d, **LONG, conf_level=95), r"icc\(\): conf_level=95"),
    "three waves to compare": (
        lambda d: ps.agreement_limits(d, **LONG),
        r"agreement_limits\(\): there are 3 times: time 1, time 2, time 3",
    ),
    "a coverage of one": (
        lambda d: ps.agreement_limits(d, **LONG, times=[1, 2], coverage=1),
        r"agreement_limits\(\): coverage=1 is not a share",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named(case):
    call, words = BAD[case]
    with pytest.raises(ps.InputError, match=words) as caught:
        call(table("shifted_simulated"))
    assert caught.value.next_step
