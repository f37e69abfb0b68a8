"""What must hold for any data."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.design import Asked
from peerstats.models._least_squares import fit_linear
from peerstats.models._logit import fit_logit

# a fit takes milliseconds, but the first one loads libraries
few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
ROBUST = ["HC0", "HC1", "CR0", "CR1", "CR1S"]


def simulated(seed, n=240, outcomes=3):
    """Jobs that depend a little on age and state, so that no seed separates them."""
    rng = np.random.default_rng(seed)
    age, state = rng.normal(45, 10, n), rng.choice(["NC", "OR", "PA"], n)
    eta = np.column_stack([np.zeros(n), 0.02 * (age - 45), 0.3 * (state == "PA")])[:, :outcomes]
    p = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    code = np.minimum((rng.random(n)[:, None] > p.cumsum(axis=1)).sum(axis=1), outcomes - 1)
    return pd.DataFrame(
        {
            "job": np.array(["none", "other", "peer"])[code],
            "age": age,
            "state": state,
            "county": rng.integers(0, 30, n),
            "copies": rng.integers(0, 4, n),
            "weight": rng.uniform(0.2, 5, n),
        }
    )


def errors(result):
    return np.sqrt(np.diag(result.fit.covariance))


@few
@given(seeds, st.sampled_from(["model", "linearized", *ROBUST]))
def test_frequency_weights_equal_rows_repeated(seed, variance):
    data = simulated(seed)
    cluster = "county" if variance.startswith("CR") else None
    again = data.loc[data.index.repeat(data["copies"])]
    call = {"cluster": cluster, "variance": variance}
    weighted = ps.multinomial("job ~ age + state", data, weights="copies", weight_kind="frequency", **call)
    repeated = ps.multinomial("job ~ age + state", again, **call)
    assert_allclose(weighted.fit.coefficients, repeated.fit.coefficients, rtol=1e-9, atol=1e-11)
    assert_allclose(errors(weighted), errors(repeated), rtol=1e-9)
    assert weighted.fit.n == repeated.fit.n == data["copies"].sum()
    for name in ("n", "n_missing", "loglik", "loglik_null", "mcfadden_r2", "aic", "bic"):
        assert_allclose(weighted.glance()[name], repeated.glance()[name], rtol=1e-9)
    assert_allclose(weighted.tidy()["df"], repeated.tidy()["df"])


@few
@given(seeds, st.floats(1e-4, 1e4), st.sampled_from(["auto", "CR1S", "HC1"]))
def test_the_scale_of_sampling_weights_changes_neither_estimates_nor_errors(seed, factor, variance):
    data = simulated(seed)
    call = {"cluster": "county" if variance == "CR1S" else None, "variance": variance, "weights": "weight"}
    one = ps.multinomial("job ~ age + state", data, **call)
    other = ps.multinomial("job ~ age + state", data.assign(weight=data["weight"] * factor), **call)
    assert_allclose(one.fit.coefficients, other.fit.coefficients, rtol=1e-8, atol=1e-10)
    assert_allclose(errors(one), errors(other), rtol=1e-8)
    assert_allclose(one.tidy()["df"], other.tidy()["df"])


@few
@given(seeds)
def test_two_outcomes_in_multinomial_are_logistic(seed):
    data = simulated(seed, outcomes=2)
    two = ps.multinomial("job ~ age * state", data, weights="weight")
    one = ps.logistic("job ~ age * state", data, weights="weight")
    assert two.tidy().equals(one.tidy())
    assert two.fit.loglik == one.fit.loglik


@few
@given(seeds, st.sampled_from(["none", "other", "peer"]))
def test_the_base_changes_no_probability_and_no_likelihood(seed, base):
    data = simulated(seed)
    one = ps.multinomial("job ~ age + state", data, weights="weight")
    other = ps.multinomial("job ~ age + state", data, weights="weight", base=base)
    assert other.fit.base == base
    assert_allclose(one.predict(), other.predict()[list(one.predict().columns)], rtol=1e-8)
    assert_allclose(one.fit.loglik, other.fit.loglik, rtol=1e-12)
    assert_allclose(one.fit.loglik_null, other.fit.loglik_null, rtol=1e-12)


@few
@given(seeds)
def test_the_order_of_rows_does_not_matter(seed):
    data = simulated(seed)
    shuffled = data.sample(frac=1, random_state=seed % 1000)
    one = ps.multinomial("job ~ age + state", data, cluster="county")
    other = ps.multinomial("job ~ age + state", shuffled, cluster="county")
    assert_allclose(one.fit.coefficients, other.fit.coefficients, rtol=1e-9, atol=1e-11)
    assert_allclose(errors(one), errors(other), rtol=1e-9)
    assert_allclose(one.predict(), other.predict().loc[data.index], rtol=1e-9)


@few
@given(seeds)
def test_clusters_of_one_give_the_unclustered_sandwich(seed):
    data = simulated(seed).assign(person=range(240))
    for clustered, plain in (("CR0", "HC0"), ("CR1S", "HC1")):
        one = ps.multinomial("job ~ age + state", data, cluster="person", variance=clustered)
        other = ps.multinomial("job ~ age + state", data, variance=plain)
        assert_allclose(one.fit.covariance, other.fit.covariance, rtol=1e-10, atol=1e-14)
    one = ps.multinomial("job ~ age", data, cluster="person", weights="weight")
    other = ps.multinomial("job ~ age", data, weights="weight")
    assert_allclose(one.fit.covariance, other.fit.covariance, rtol=1e-10, atol=1e-14)


@few
@given(seeds)
def test_predictions_average_to_the_weighted_shares(seed):
    data = simulated(seed)
    result = ps.multinomial("job ~ age + state", data, weights="weight")
    shares = data.groupby("job")["weight"].sum() / data["weight"].sum()
    means = np.average(result.predict(), axis=0, weights=data["weight"])
    assert_allclose(means, shares[list(result.predict().columns)], rtol=1e-9)


def test_shifting_and_scaling_a_column_changes_only_its_own_coefficients():
    data = simulated(7)
    plain = ps.multinomial("job ~ age + state", data)
    moved = ps.multinomial("job ~ age + state", data.assign(age=1e6 + 1e-3 * data["age"]))
    age = list(plain.fit.terms).index("age")
    assert_allclose(moved.fit.coefficients[age], 1e3 * plain.fit.coefficients[age], rtol=1e-6)
    assert_allclose(moved.fit.coefficients[1:age], plain.fit.coefficients[1:age], rtol=1e-6)
    assert_allclose(errors(moved)[age], 1e3 * errors(plain)[age], rtol=1e-6)
    assert_allclose(moved.predict(), plain.predict(), rtol=1e-7)


def test_high_powers_of_a_column_are_no_obstacle():
    data = simulated(8)
    raw = ps.logistic(
        "job ~ age + I(age ** 2) + I(age ** 3) + I(age ** 4)",
        data.assign(job=data["job"] == "peer"),
        variance="HC0",
    )
    centred = data["age"] / 10 - 4.5
    powers = {f"a{i}": centred**i for i in range(1, 5)}
    good = ps.logistic(
        "job ~ a1 + a2 + a3 + a4", data.assign(job=data["job"] == "peer", **powers), variance="HC0"
    )
    assert_allclose(raw.fit.loglik, good.fit.loglik, rtol=1e-11)
    assert_allclose(raw.predict(), good.predict(), rtol=1e-7)
    # the highest power is the same coefficient in other units
    assert_allclose(errors(raw)[-1] * 1e4, errors(good)[-1], rtol=1e-6)


@pytest.mark.parametrize("kind", ["sampling", "frequency"])
def test_weights_of_one_change_no_estimate(kind):
    data = simulated(9).assign(one=1)
    plain = ps.multinomial("job ~ age", data, variance="HC0")
    ones = ps.multinomial("job ~ age", data, variance="HC0", weights="one", weight_kind=kind)
    assert_allclose(ones.fit.covariance, plain.fit.covariance, rtol=1e-12)


def test_a_start_on_a_part_of_the_rows_leads_to_the_same_maximum(monkeypatch):
    from peerstats.numerics import _multinomial  # noqa: PLC0415  (its limits are lowered for this test)

    data = simulated(10, n=4000)
    plain = ps.multinomial("job ~ age + state", data)
    monkeypatch.setattr(_multinomial, "_THIN_ABOVE", 1000)
    monkeypatch.setattr(_multinomial, "_THIN_TO", 500)
    thinned = ps.multinomial("job ~ age + state", data)
    assert thinned.fit.n_iterations <= plain.fit.n_iterations
    assert_allclose(thinned.fit.coefficients, plain.fit.coefficients, rtol=1e-10, atol=1e-12)
    assert_allclose(thinned.fit.covariance, plain.fit.covariance, rtol=1e-9, atol=1e-14)


def test_a_part_of_the_rows_that_lacks_an_outcome_is_no_obstacle(monkeypatch):
    from peerstats.numerics import _multinomial  # noqa: PLC0415  (its limits are lowered for this test)

    data = simulated(11, n=2000).assign(job="none")
    data.loc[data.index % 2 == 1, "job"] = "peer"
    data.loc[[3, 101, 501, 777], "job"] = "other"
    plain = ps.multinomial("job ~ age", data)
    monkeypatch.setattr(_multinomial, "_THIN_ABOVE", 1000)
    monkeypatch.setattr(_multinomial, "_THIN_TO", 1000)
    assert_allclose(ps.multinomial("job ~ age", data).fit.coefficients, plain.fit.coefficients, rtol=1e-9)


@few
@given(seeds, st.sampled_from(["linear", "logistic", "multinomial"]))
def test_a_collapsed_table_equals_its_rows(seed, model):
    data = simulated(seed).assign(age=lambda d: d["age"].round(-1), outcome=lambda d: d["county"] % 4)
    fit, formula = {
        "linear": (ps.linear, "outcome ~ age + state"),
        "logistic": (ps.logistic, "working ~ age + state"),
        "multinomial": (ps.multinomial, "job ~ age + state"),
    }[model]
    data["working"] = data["job"] != "none"
    cells = data.groupby(["outcome", "working", "job", "age", "state"], as_index=False).size()
    assert len(cells) < len(data)
    rows = fit(formula, data)
    table = fit(formula, cells, weights="size", weight_kind="frequency")
    assert_allclose(table.fit.coefficients, rows.fit.coefficients, rtol=1e-8, atol=1e-10)
    assert_allclose(errors(table), errors(rows), rtol=1e-8)
    assert_allclose(table.fit.loglik, rows.fit.loglik, rtol=1e-11)


@few
@given(seeds, st.integers(1, 300), st.sampled_from(["multinomial", "linear"]))
def test_the_size_of_a_block_does_not_matter(seed, block_rows, model):
    data = simulated(seed)
    formula = "job ~ age + state" if model == "multinomial" else "age ~ job + state"
    call = {"weights": "weight", "cluster": "county"}
    whole = getattr(ps, model)(formula, data, **call)
    rows = replace(whole.source.rows, source=replace(whole.source.rows.source, block_rows=block_rows))
    fit = fit_logit if model == "multinomial" else fit_linear
    asked = Asked(call=model, formula=formula, numbers=model == "linear", **call)
    parts = fit(rows, asked).fit
    assert_allclose(parts.coefficients, whole.fit.coefficients, rtol=1e-9, atol=1e-11)
    assert_allclose(parts.covariance, whole.fit.covariance, rtol=1e-9, atol=1e-13)
