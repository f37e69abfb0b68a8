"""What a model expects of a row agrees with its own differences, and its probabilities with their laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from peerstats.numerics import (
    identity_response,
    multinomial_probabilities,
    multinomial_response,
    ordinal_response,
    population_response,
)

few = settings(max_examples=25, deadline=None)
H = 1e-5


def _drawn(seed, kind):
    rng = np.random.default_rng(seed)
    if kind == "multinomial":
        return rng.normal(0, 2, (3, 7)), np.empty(0), lambda eta, _: multinomial_response(eta, curved=True)
    if kind == "ordinal":
        cuts = np.sort(rng.normal(0, 2, 3))
        return rng.normal(0, 2, (1, 7)), cuts, lambda eta, c: ordinal_response(eta, c, curved=True)
    if kind == "population":
        sd = np.array([rng.uniform(0.2, 2.5)])
        return rng.normal(0, 2, (1, 7)), sd, lambda eta, c: population_response(eta, c[0], curved=True)
    return rng.normal(0, 2, (1, 7)), np.empty(0), lambda eta, _: identity_response(eta, curved=True)


@few
@given(st.integers(0, 2**32 - 1), st.sampled_from(["multinomial", "ordinal", "population", "identity"]))
def test_derivatives_are_those_of_the_values(seed, kind):
    eta, extra, call = _drawn(seed, kind)
    here = call(eta, extra)
    # central differences with steps of 1e-5: truncation and rounding both near 1e-10
    for e in range(len(eta)):
        step = np.zeros_like(eta)
        step[e] = H
        up, down = call(eta + step, extra), call(eta - step, extra)
        assert_allclose(here.slope[:, e], (up.value - down.value) / (2 * H), atol=1e-8)
        assert_allclose(here.curvature[:, :, e], (up.slope - down.slope) / (2 * H), atol=1e-7)
    for t in range(len(extra)):
        step = np.zeros_like(extra)
        step[t] = H
        up, down = call(eta, extra + step), call(eta, extra - step)
        assert_allclose(here.extra[:, t], (up.value - down.value) / (2 * H), atol=1e-8)
        assert_allclose(here.extra_slope[:, :, t], (up.slope - down.slope) / (2 * H), atol=1e-7)


@pytest.mark.parametrize("kind", ["multinomial", "ordinal", "population"])
def test_probabilities_sum_to_one_and_their_changes_to_zero(kind):
    eta, extra, call = _drawn(1, kind)
    here = call(eta, extra)
    assert_allclose(here.value.sum(axis=0), 1.0, rtol=1e-14)
    for change in (here.slope, here.curvature, here.extra, here.extra_slope):
        assert_allclose(change.sum(axis=0), 0.0, atol=1e-12)


def test_multinomial_values_are_those_of_predictions():
    eta = np.random.default_rng(2).normal(0, 3, (2, 5))
    assert_allclose(multinomial_response(eta).value, multinomial_probabilities(eta, np.eye(5)), rtol=1e-14)


def test_a_small_ordinal_probability_keeps_its_digits():
    found = ordinal_response(np.array([[-40.0]]), np.array([0.0, 1e-9]))
    # d/dz of the logistic at 40 is exp(-40) to 17 digits, times the gap
    assert_allclose(found.value[1, 0], np.exp(-40.0) * 1e-9, rtol=1e-6)


def test_two_ordinal_levels_are_logistic():
    eta = np.array([[0.3, -1.2]])
    two = ordinal_response(eta, np.array([0.5]), curved=True)
    logistic = multinomial_response(eta - 0.5, curved=True)
    assert_allclose(two.value, logistic.value, rtol=1e-14)
    assert_allclose(two.curvature, logistic.curvature, atol=1e-15)
