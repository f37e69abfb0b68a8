"""What must hold of Firth's fits for any data, and what they refuse."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.models import _firth

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
FIRTH = {"penalty": "firth"}
COPIES = {"weights": "copies", "weight_kind": "frequency"}


def simulated(seed, n=60, outcomes=3):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(45, 10, n),
            "state": rng.choice(["NC", "OR"], n),
            "copies": rng.integers(0, 4, n),
            "county": rng.integers(0, 10, n),
            "job": np.array(["none", "other", "peer"])[rng.integers(0, outcomes, n)],
        }
    )
    # every outcome has a row that counts
    data.loc[: outcomes - 1, "job"] = ["none", "other", "peer"][:outcomes]
    data.loc[: outcomes - 1, "copies"] = 1
    return data


def columns(result):
    return result.tidy().drop(columns=["outcome", "term"]).to_numpy()


@few
@given(seeds, st.integers(2, 3))
def test_frequency_weights_equal_rows_repeated_tests_and_limits_too(seed, outcomes):
    data = simulated(seed, outcomes=outcomes)
    again = data.loc[data.index.repeat(data["copies"])]
    weighted = ps.multinomial("job ~ age + state", data, **FIRTH, **COPIES)
    repeated = ps.multinomial("job ~ age + state", again, **FIRTH)
    # limits are within 1e-7 of a standard error each, those of the intercept the widest
    assert_allclose(columns(weighted), columns(repeated), rtol=1e-6, atol=1e-7)
    for name in ("n", "loglik", "loglik_penalized", "loglik_null"):
        assert_allclose(weighted.glance()[name], repeated.glance()[name], rtol=1e-10)


@few
@given(seeds, st.integers(2, 3))
def test_firth_tends_to_the_maximum_as_rows_are_repeated(seed, outcomes):
    data = simulated(seed, n=120, outcomes=outcomes)
    likelihood = ps.multinomial("job ~ age + state", data).fit.coefficients

    def scaled(times):
        fit = ps.multinomial("job ~ age + state", data.assign(copies=times), **FIRTH, **COPIES).fit
        return times * (fit.coefficients - likelihood)

    # the bias that is removed is of order 1/n: what is left of the next order falls with the repeats
    many, more = scaled(1_000), scaled(10_000)
    assert_allclose(more, many, rtol=0.02, atol=1e-3 * np.abs(many).max())


@few
@given(seeds)
def test_two_outcomes_in_multinomial_are_logistic(seed):
    data = simulated(seed, outcomes=2)
    two = ps.multinomial("job ~ age * state", data, **FIRTH)
    one = ps.logistic("job ~ age * state", data, **FIRTH)
    assert_allclose(columns(two), columns(one), rtol=1e-12)


@few
@given(seeds)
def test_a_change_of_base_changes_no_probability_and_no_likelihood(seed):
    data = simulated(seed)
    none, peer = (ps.multinomial("job ~ age + state", data, base=base, **FIRTH) for base in ("none", "peer"))
    names = ["none", "other", "peer"]
    # within 1e-10 standard errors each
    assert_allclose(none.predict()[names], peer.predict()[names], atol=1e-8)
    assert_allclose(none.fit.profile.loglik_penalized, peer.fit.profile.loglik_penalized, rtol=1e-10)
    turned = peer.tidy().query("outcome == 'none'")
    same = none.tidy().query("outcome == 'peer'")
    assert_allclose(turned["conf_low"], -same["conf_high"].to_numpy(), rtol=1e-6, atol=1e-7)
    assert_allclose(turned["p_value"], same["p_value"], rtol=1e-6)


@few
@given(
    st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3).filter(any), min_size=2, max_size=4).filter(
        lambda rows: (np.sum(rows, axis=0) > 0).all()
    )
)
def test_a_saturated_table_adds_one_half_to_each_cell(counts):
    table = pd.DataFrame(counts, columns=["none", "other", "peer"])
    table["group"] = [f"g{i}" for i in range(len(counts))]
    cells = table.melt("group", var_name="job", value_name="copies")
    fit = ps.multinomial("job ~ group", cells, **FIRTH, **COPIES)
    shares = fit.predict(table)[["none", "other", "peer"]].to_numpy()
    halves = np.array(counts) + 0.5
    assert_allclose(shares, halves / halves.sum(axis=1, keepdims=True), atol=1e-9)


def test_a_2_by_2_table_with_an_empty_cell_has_the_odds_ratio_of_haldane():
    table = pd.DataFrame({"job": ["no", "yes"] * 2, "arm": ["a", "a", "b", "b"], "copies": [10, 0, 4, 7]})
    fit = ps.logistic("job ~ arm", table, **FIRTH, **COPIES).fit
    assert_allclose(fit.coefficients[1, 0], np.log((7.5 / 4.5) / (0.5 / 10.5)), rtol=1e-9)


@settings(max_examples=8, deadline=None)  # each looks for other hills at every limit
@given(seeds, st.integers(2, 3))
def test_separated_rows_give_finite_estimates_tests_and_limits(seed, outcomes):
    data = simulated(seed, n=25, outcomes=outcomes)
    data["sign"] = np.where(data["job"] == "none", -1.0, 1.0)
    with pytest.raises(ps.ConvergenceError):
        ps.multinomial("job ~ sign", data)
    result = ps.multinomial("job ~ sign + state", data, **FIRTH)
    assert np.isfinite(result.tidy().drop(columns=["outcome", "term", "df"]).to_numpy()).all()
    assert (result.tidy()["df"] == np.inf).all()
    cells = result.tidy()
    assert (cells["conf_low"] < cells["estimate"]).all()
    assert (cells["estimate"] < cells["conf_high"]).all()
    # a test and an interval by one likelihood agree
    outside = (cells["conf_low"] > 0) | (cells["conf_high"] < 0)
    assert (outside == (cells["p_value"] < 0.05)).all()


def test_an_offset_moves_the_intercept_alone():
    data = simulated(4, outcomes=2).assign(known=0.7)
    plain = ps.logistic("job ~ age", data, **FIRTH)
    moved = ps.logistic("job ~ age", data, offset="known", **FIRTH)
    difference = (
        moved.tidy()[["estimate", "conf_low", "conf_high"]].to_numpy()
        - plain.tidy()[["estimate", "conf_low", "conf_high"]].to_numpy()
    )
    # limits are within 1e-7 of a standard error
    assert_allclose(difference, [[-0.7] * 3, [0.0] * 3], atol=1e-6)


def test_nearly_dependent_columns_have_the_tests_of_columns_that_are_not():
    data = simulated(2, outcomes=2)
    noise = np.random.default_rng(0).normal(size=len(data))
    apart = ps.logistic("job ~ age + noise", data.assign(noise=noise), **FIRTH)
    near = ps.logistic("job ~ age + noise", data.assign(noise=data["age"] + 1e-7 * noise), **FIRTH)
    a, b = apart.tidy().iloc[2], near.tidy().iloc[2]
    # rounding of noise beside age leaves nine of sixteen digits
    assert_allclose(b["estimate"] * 1e-7, a["estimate"], rtol=1e-6)
    assert_allclose(b["p_value"], a["p_value"], rtol=1e-6)
    assert_allclose(b["conf_low"] * 1e-7, a["conf_low"], rtol=1e-6)
    # columns scaled by a change of one shift the penalty by the log of it
    shift = apart.fit.profile.loglik_penalized - near.fit.profile.loglik_penalized
    assert_allclose(shift, np.log(1e7), rtol=1e-6)


def test_batches_give_the_fit_in_memory():
    pa = pytest.importorskip("pyarrow")
    dataset = pytest.importorskip("pyarrow.dataset")
    data = simulated(3)
    file = dataset.dataset(pa.Table.from_pandas(data))
    batches = ps.multinomial("job ~ age + state", file, **FIRTH)
    memory = ps.multinomial("job ~ age + state", data, **FIRTH)
    inside = batches.__class__(fit=batches.fit, source=memory.source)
    assert_allclose(columns(inside), columns(memory), rtol=1e-9)


def test_ratios_are_exponentiated_with_the_limits_of_the_profile():
    result = ps.logistic("job ~ age", simulated(1, outcomes=2), **FIRTH)
    logs, ratios = result.tidy(), result.tidy(exponentiate=True)
    for name in ("estimate", "conf_low", "conf_high"):
        assert_allclose(ratios[name], np.exp(logs[name]))
    assert_allclose(ratios["std_error"], np.exp(logs["estimate"]) * logs["std_error"])
    assert_allclose(ratios["p_value"], logs["p_value"])


def test_the_fit_says_what_it_is():
    result = ps.logistic("job ~ age", simulated(1, outcomes=2), **FIRTH)
    line = "Firth penalty; limits and tests from the penalised profile likelihood"
    assert line in repr(result)
    assert "tests: normal" not in repr(result)
    glance = result.glance().iloc[0]
    assert glance["penalty"] == "firth"
    assert np.isnan(glance["aic"])
    assert np.isnan(glance["bic"])
    maximum = ps.logistic("job ~ age", simulated(1, outcomes=2))
    assert glance["loglik"] < maximum.fit.loglik  # the plain one, off its maximum
    assert_allclose(glance["loglik_null"], maximum.fit.loglik_null)
    record = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert record["penalty"] == "firth"
    assert_allclose(record["profile"]["conf_low"], result.tidy()["conf_low"])
    assert "penalty" not in maximum.glance()
    assert maximum.to_dict()["profile"] is None


def test_a_limit_without_a_solution_is_missing_and_counted(monkeypatch):
    def flat(*args, **more):
        found = profile(*args, **more)
        return type(found)(
            statistic=found.statistic,
            conf_low=found.conf_low,
            conf_high=np.append(found.conf_high[:-1], np.nan),
            n_hills=2,
        )

    profile = _firth.profile_firth
    monkeypatch.setattr(_firth, "profile_firth", flat)
    result = ps.logistic("job ~ age", simulated(1, outcomes=2), **FIRTH)
    assert "1 test or limit has no solution" in repr(result)
    assert "2 tests and limits lie where the penalised likelihood has several" in repr(result)
    assert np.isnan(result.tidy()["conf_high"].iloc[-1])
    json.dumps(result.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        ({"weights": "copies"}, "does not grow with the weights"),
        ({"design": ps.SurveyDesign(weights="copies")}, "does not grow with the weights"),
        ({"cluster": "county"}, "independent"),
        ({"variance": "HC0"}, "'HC0'"),
        ({"variance": "replicate"}, "'replicate'"),
        ({"variance": "linearized"}, "'linearized'"),
        ({"variance": "nonsense"}, "not known"),
        ({"df": "residual"}, "chi-square"),
        ({"rng": 1}, "rng"),
    ],
)
@pytest.mark.parametrize("model", [ps.logistic, ps.multinomial])
def test_what_the_penalised_likelihood_does_not_cover_is_refused(model, call, match):
    with pytest.raises(ps.InputError, match=match):
        model("job ~ age", simulated(1, outcomes=2), **FIRTH, **call)


@pytest.mark.parametrize("penalty", ["ridge", "Firth", True])
def test_an_unknown_penalty_is_refused(penalty):
    with pytest.raises(ps.InputError, match="not known"):
        ps.logistic("job ~ age", simulated(1, outcomes=2), penalty=penalty)


def test_dependent_columns_stay_refused():
    data = simulated(1, outcomes=2).assign(twice=lambda d: 2 * d["age"])
    with pytest.raises(ps.FormulaError, match="twice"):
        ps.logistic("job ~ age + twice", data, **FIRTH)


def test_columns_beyond_reach_say_so(monkeypatch):
    monkeypatch.setattr(_firth, "fit_firth", lambda *_: None)
    with pytest.raises(ps.ConvergenceError, match="penalised likelihood"):
        ps.logistic("job ~ age", simulated(1, outcomes=2), **FIRTH)
