"""Replicate weights are the same however they are made, and their variances are those of R's survey."""

import signal
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import peerstats as ps
from peerstats.engines import (
    bootstrap_replicates,
    jackknife_replicates,
    replicate,
    replicate_variance,
    supplied_replicates,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "replicates_survey"
CODES = np.repeat(np.arange(12), 5)
STRATA = CODES // 4
WEIGHTS = np.linspace(0.5, 3, 60)
KINDS = {
    "respondents": {},
    "weights": {"weights": WEIGHTS, "weight_kind": "sampling"},
    "copies": {"weights": np.arange(60) % 3 + 1.0, "weight_kind": "frequency"},
    "clusters": {"cluster": CODES},
    "strata": {"strata": STRATA},
    "clusters in strata": {"cluster": CODES, "strata": STRATA, "weights": WEIGHTS, "weight_kind": "sampling"},
}


def whole(source, size=10_000):
    return np.concatenate([weights.T for _, weights in source.chunks(size)]).T


def data():
    return pd.read_csv(GOLDEN / "input_simulated.csv")


def means(weights):
    return weights.T @ data()[["wage", "hours"]].to_numpy(float) / weights.sum(axis=0)[:, None]


@pytest.mark.parametrize("kind", KINDS)
def test_weights_are_the_same_in_whatever_chunks(kind):
    source = bootstrap_replicates(60, n_replicates=50, rng=7, **KINDS[kind])
    assert_array_equal(whole(source), whole(source, 1))
    assert_array_equal(whole(source), whole(source, 7))
    assert_array_equal(whole(source), whole(source, 7))


@pytest.mark.parametrize("kind", KINDS)
def test_statistics_are_the_same_on_whatever_threads(kind, rng):
    x = rng.normal(size=(60, 3))

    def statistic(weights):
        return weights.T @ x / weights.sum(axis=0)[:, None]

    source = bootstrap_replicates(60, n_replicates=200, rng=7, **KINDS[kind])
    once = replicate(statistic, source)
    for n_threads, memory in ((1, 10_000), (2, 10_000), (3, 50_000)):
        again = replicate(statistic, source, n_threads=n_threads, memory=memory)
        assert_allclose(again, once, rtol=1e-12)


def test_weights_are_drawn_on_the_calling_thread_and_computed_on_others():
    source = bootstrap_replicates(60, n_replicates=40, rng=1)
    seen = set()

    def statistic(weights):
        seen.add(threading.get_ident())
        return weights.sum(axis=0)[:, None]

    replicate(statistic, source, n_threads=2, memory=8_000)
    assert threading.get_ident() not in seen


@pytest.mark.parametrize("n_threads", [1, 2])
def test_an_interrupt_stops_the_work(n_threads):
    source = bootstrap_replicates(60, n_replicates=100_000, rng=1)
    calls = []

    def statistic(weights):
        calls.append(len(calls))
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)
        return weights.sum(axis=0)[:, None]

    with pytest.raises(KeyboardInterrupt):
        replicate(statistic, source, n_threads=n_threads, memory=10_000)
    assert len(calls) < 20


def test_an_error_of_the_statistic_comes_through_threads():
    source = bootstrap_replicates(60, n_replicates=1000, rng=1)

    def statistic(weights):
        raise ZeroDivisionError(weights.shape)

    with pytest.raises(ZeroDivisionError):
        replicate(statistic, source, n_threads=2, memory=10_000)


def test_bootstrap_weights_sum_to_n():
    assert_array_equal(whole(bootstrap_replicates(60, n_replicates=50, rng=7)).sum(axis=0), 60)


def test_clusters_are_drawn_whole():
    weights = whole(bootstrap_replicates(60, n_replicates=50, rng=7, cluster=CODES))
    assert_array_equal(weights, weights[::5].repeat(5, axis=0))
    assert_array_equal(weights[::5].sum(axis=0), 12)


def test_rao_wu_factors_sum_to_the_units_of_each_stratum():
    weights = whole(bootstrap_replicates(60, n_replicates=50, rng=7, cluster=CODES, strata=STRATA))[::5]
    for h in range(3):
        here = weights[4 * h : 4 * h + 4]
        assert_allclose(here.sum(axis=0), 4)
        # three draws of four units, each counting 4 / 3
        assert_allclose(here * 3 / 4, np.round(here * 3 / 4), atol=1e-12)


def test_rows_with_frequency_weights_are_drawn_as_if_repeated():
    copies = np.arange(60) % 3 + 1
    source = bootstrap_replicates(
        60, n_replicates=20, rng=7, weights=copies.astype(float), weight_kind="frequency"
    )
    repeated = whole(bootstrap_replicates(int(copies.sum()), n_replicates=20, rng=7))
    assert_array_equal(whole(source), np.add.reduceat(repeated, np.cumsum(copies) - copies, axis=0))


def test_the_same_seed_gives_the_same_weights_and_a_generator_moves_on():
    rng = np.random.default_rng(3)
    first, second = (whole(bootstrap_replicates(60, n_replicates=5, rng=rng)) for _ in range(2))
    assert (first != second).any()
    assert_array_equal(first, whole(bootstrap_replicates(60, n_replicates=5, rng=np.random.default_rng(3))))


@pytest.mark.parametrize("mse", [False, True])
@pytest.mark.parametrize("kind", ["subbootstrap", "JKn", "JK1"])
def test_variances_of_a_mean_equal_svrepdesign(kind, mse):
    supplied = pd.read_csv(GOLDEN / f"weights_{kind}.csv").to_numpy()
    d = data()
    n_replicates = supplied.shape[1]
    if kind == "subbootstrap":
        source = supplied_replicates(supplied, scale=1 / (n_replicates - 1))
    else:
        strata = np.unique(d["stratum"], return_inverse=True)[1] if kind == "JKn" else None
        source = jackknife_replicates(
            len(d),
            weights=d["weight"].to_numpy(),
            weight_kind="sampling",
            cluster=d["psu"].to_numpy(),
            strata=strata,
        )
        assert_allclose(whole(source), supplied, rtol=1e-12)
    estimate = means(d["weight"].to_numpy()[:, None])[0]
    variance = replicate_variance(replicate(means, source), source, estimate=estimate, mse=mse)
    expected = pd.read_csv(GOLDEN / "expected.csv").query("kind == @kind and mse == @mse").iloc[0]
    assert_allclose(
        variance[[0, 0, 1], [0, 1, 1]], expected[["wage", "both", "hours"]].astype(float), rtol=1e-10
    )


def test_rao_wu_variances_of_totals_are_the_linearised_ones_in_expectation():
    d = data()
    values = d[["wage", "hours"]].to_numpy(float)
    source = bootstrap_replicates(
        len(d),
        n_replicates=20_000,
        rng=11,
        weights=d["weight"].to_numpy(),
        weight_kind="sampling",
        cluster=d["psu"].to_numpy(),
        strata=np.unique(d["stratum"], return_inverse=True)[1],
    )
    variance = replicate_variance(replicate(lambda w: w.T @ values, source), source)
    expected = pd.read_csv(GOLDEN / "expected.csv").query("kind == 'linearised total'").iloc[0]
    # five standard errors of a variance from 20,000 replicates
    assert_allclose(
        np.diag(variance), expected[["wage", "hours"]].astype(float), rtol=5 * np.sqrt(2 / 20_000)
    )


def test_factors_and_combined_weights_say_the_same():
    supplied = pd.read_csv(GOLDEN / "weights_subbootstrap.csv").to_numpy()
    w = data()["weight"].to_numpy()
    factors = supplied_replicates(supplied / w[:, None], scale=0.1, weights=w)
    assert_allclose(whole(factors, 7), supplied, rtol=1e-12)


def test_a_jackknifed_row_of_weight_f_stands_for_f_rows(rng):
    x = rng.normal(size=20)
    copies = rng.integers(1, 4, size=20)

    def variance(values, **kwargs):
        source = jackknife_replicates(len(values), **kwargs)
        found = replicate(lambda w: (w.T @ values / w.sum(axis=0))[:, None], source)
        return replicate_variance(found, source)[0, 0]

    weighted = variance(x, weights=copies.astype(float), weight_kind="frequency")
    repeated = variance(np.repeat(x, copies))
    assert_allclose(weighted, repeated, rtol=1e-10)
    n = copies.sum()
    assert_allclose(repeated, np.repeat(x, copies).var(ddof=1) / n, rtol=1e-10)


def test_a_jackknife_of_groups_drops_every_row_once():
    source = jackknife_replicates(103, most=10)
    weights = whole(source)
    assert weights.shape == (103, 10)
    assert_array_equal((weights == 0).sum(axis=1), 1)
    in_strata = whole(jackknife_replicates(60, strata=STRATA, most=9))
    assert in_strata.shape == (60, 9)
    assert_array_equal((in_strata == 0).sum(axis=1), 1)


def test_replicates_without_a_value_are_left_out():
    source = supplied_replicates(np.ones((3, 4)), scale=1 / 3)
    values = np.array([[1.0], [2.0], [np.nan], [3.0]])
    assert_allclose(replicate_variance(values, source), 2 / 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_replicates": 1}, "n_replicates=1 is too few"),
        ({"rng": "seed"}, "rng='seed' is neither"),
        ({"weights": np.array([1.0, 0, 1, 1])}, "1 weights are not positive"),
        ({"strata": np.array([0, 0, 0, 1])}, "1 strata have a single sampling unit"),
        ({"cluster": np.array([0, 0, 0, 0])}, "a single sampling unit"),
        ({"cluster": np.array([0, 0, 1, 1]), "strata": np.array([0, 1, 1, 1])}, "more than one stratum"),
    ],
)
def test_a_design_that_cannot_be_resampled_is_refused(arguments, message):
    with pytest.raises(ps.InputError, match=message):
        bootstrap_replicates(4, **{"n_replicates": 10, "rng": 1} | arguments)


@pytest.mark.parametrize(
    ("matrix", "kwargs"),
    [(np.ones(3), {}), (np.full((3, 2), np.nan), {}), (np.ones((3, 2)), {"rscales": np.ones(3)})],
)
def test_supplied_replicates_that_do_not_fit_are_refused(matrix, kwargs):
    with pytest.raises(ps.InputError, match="supplied_replicates"):
        supplied_replicates(matrix, scale=1.0, **kwargs)
