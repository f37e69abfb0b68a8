"""Errors by bootstrap replicates: each is the fit to its resample, and their spread is the error."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.engines import bootstrap_replicates


def simulated(seed, n=240):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(45, 10, n),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "county": rng.integers(0, 30, n),
            "copies": rng.integers(0, 4, n),
            "weight": rng.uniform(0.2, 5, n),
            "known": rng.normal(0, 0.3, n),
        }
    )
    eta = np.column_stack([np.zeros(n), 0.02 * (data["age"] - 45), 0.3 * (data["state"] == "PA")])
    p = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    code = np.minimum((rng.random(n)[:, None] > p.cumsum(axis=1)).sum(axis=1), 2)
    return data.assign(
        job=np.array(["none", "other", "peer"])[code],
        employed=code > 0,
        wage=18 + 0.05 * data["age"] + rng.normal(0, 3, n),
    )


MODELS = {
    "multinomial": (ps.multinomial, "job ~ age + state", {}),
    "logistic": (ps.logistic, "employed ~ age + state", {"offset": "known"}),
    "linear": (ps.linear, "log(wage) ~ age + state", {}),
}


@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_the_error_is_the_spread_of_fits_to_the_same_resamples(model, clustered):
    fit, formula, call = MODELS[model]
    data = simulated(1)
    cluster = {"cluster": "county"} if clustered else {}
    result = fit(
        formula, data, weights="weight", variance="replicate", n_replicates=40, rng=7, **call, **cluster
    )
    _, codes = np.unique(data["county"], return_inverse=True)
    drawn = bootstrap_replicates(
        len(data),
        n_replicates=40,
        rng=7,
        weights=data["weight"].to_numpy(),
        weight_kind="sampling",
        cluster=codes if clustered else None,
    )
    each = []
    for _, weights in drawn.chunks(1):
        resample = data.assign(weight=weights[:, 0])
        each.append(fit(formula, resample, weights="weight", **call).fit.coefficients.T.ravel())
    # a refit converges as a cold fit does, so the two agree to its tolerance
    assert_allclose(result.fit.covariance, np.cov(np.array(each).T), rtol=1e-6, atol=1e-12)
    assert result.fit.df == (29 if clustered else 39)  # thirty counties; forty replicates
    assert result.fit.n_replicates == 40
    assert "replicate weights (40 replicates)" in str(result)


def test_replicates_of_few_clusters_have_the_clusters_less_one_as_degrees_of_freedom():
    data = simulated(2)
    result = ps.linear("wage ~ age", data, cluster="county", variance="replicate", n_replicates=400, rng=1)
    assert result.fit.df == data["county"].nunique() - 1


def test_a_thousand_replicates_come_near_the_linearised_error():
    data = simulated(3, n=600)
    call = {"weights": "weight", "cluster": "county"}
    drawn = ps.multinomial("job ~ age + state", data, variance="replicate", rng=4, **call)
    taylor = ps.multinomial("job ~ age + state", data, **call)
    # the error of a standard error from 1,000 replicates is 2 per cent; few clusters add some
    assert_allclose(np.diag(drawn.fit.covariance), np.diag(taylor.fit.covariance), rtol=0.35)


def test_the_same_seed_gives_the_same_errors_and_another_seed_others():
    data = simulated(4)
    call = {"variance": "replicate", "n_replicates": 50}
    one, same, other = (ps.linear("wage ~ age", data, rng=seed, **call).fit.covariance for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).all()


def test_frequency_weights_are_rows_repeated_in_distribution():
    data = simulated(5)
    again = data.loc[data.index.repeat(data["copies"])]
    call = {"variance": "replicate", "n_replicates": 3000}
    rows = ps.linear("wage ~ age", again, rng=1, **call)
    copies = ps.linear("wage ~ age", data, weights="copies", weight_kind="frequency", rng=2, **call)
    # two draws of 3,000: their variances differ by 2.6 per cent each
    assert_allclose(np.diag(copies.fit.covariance), np.diag(rows.fit.covariance), rtol=0.12)
    assert copies.fit.df == rows.fit.df == len(again) - 1


def test_a_subpopulation_draws_the_whole_design():
    data = simulated(6).assign(inside=lambda d: d["county"] < 20)
    call = {"weights": "weight", "where": "inside", "cluster": "county"}
    result = ps.linear("wage ~ age", data, variance="replicate", n_replicates=400, rng=3, **call)
    assert result.fit.df == 29  # all counties, also those outside
    taylor = ps.linear("wage ~ age", data, **call)
    assert_allclose(np.diag(result.fit.covariance), np.diag(taylor.fit.covariance), rtol=0.4)


def test_replicates_without_a_fit_are_counted_and_left_out():
    data = simulated(7, n=60)
    data["rare"] = data.index < 2
    result = ps.linear("wage ~ rare", data, variance="replicate", n_replicates=200, rng=5)
    lost = int(result.fit.notes[-1].split(" ")[0])
    # two of sixty rows are both missed with probability (58/60)^60 = 0.13
    assert 10 <= lost <= 50
    assert np.isfinite(result.fit.covariance).all()


def test_arguments_of_a_bootstrap_without_one_are_refused():
    data = simulated(8)
    with pytest.raises(ps.InputError, match=r"rng= without a bootstrap; the errors are 'model'"):
        ps.linear("wage ~ age", data, rng=1)
    with pytest.raises(ps.InputError, match=r"n_replicates=1 is too few"):
        ps.linear("wage ~ age", data, variance="replicate", n_replicates=1)
    with pytest.raises(ps.InputError, match=r"rng='seed' is neither a generator nor a seed"):
        ps.linear("wage ~ age", data, variance="replicate", rng="seed")
