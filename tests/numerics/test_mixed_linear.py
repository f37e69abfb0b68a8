"""The random-intercept linear regression against lme4, dense matrices and its own laws."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from peerstats.errors import InputError
from peerstats.numerics import fit_mixed_linear, mixed_linear_modes

GOLDEN = Path(__file__).parents[1] / "golden" / "mixed_linear_lme4"
TERMS = {"waves": ["wave", "x", "trained"], "boundary": ["wave", "x"]}
few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
cases = pytest.mark.parametrize(("name", "by"), [(name, by) for name in TERMS for by in ("REML", "ML")])


def read(name):
    with (GOLDEN / name).open() as handle:
        return list(csv.DictReader(handle))


def golden_fit(name, by):
    table = read(f"{name}_simulated.csv")
    column = {key: np.array([float(row[key]) for row in table]) for key in table[0]}
    x = np.vstack([np.ones(len(table)), *(column[term] for term in TERMS[name])])
    return fit_mixed_linear(x, column["score"], column["person"].astype(int), reml=by == "REML")


def facts(name, by):
    rows = [row for row in read("fits.csv") if (row["set"], row["by"]) == (name, by)]
    return {row["quantity"]: float(row["value"].replace("NA", "nan")) for row in rows}


def simulate(seed, groups=25, most=5, sd=1.0):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), rng.integers(1, most + 1, groups))
    x = np.vstack([np.ones(len(group)), rng.normal(size=len(group))])
    y = 3 + x[1] + sd * rng.normal(size=groups)[group] + rng.normal(size=len(group))
    return x, y, group


def dense(fit, x, y, group):
    """Return minus twice the log-likelihood as a function of the two standard deviations."""

    def deviance(sds):
        v = sds[0] ** 2 * (group[:, None] == group) + sds[1] ** 2 * np.eye(len(y))
        inverse = np.linalg.inv(v)
        information = x @ inverse @ x.T
        r = y - np.linalg.solve(information, x @ inverse @ y) @ x
        value = len(y) * np.log(2 * np.pi) + np.linalg.slogdet(v)[1] + r @ inverse @ r
        if fit.reml:
            value += np.linalg.slogdet(information)[1] - len(x) * np.log(2 * np.pi)
        return value

    return deviance


@cases
def test_coefficients_and_their_errors_agree_with_lmer(name, by):
    fit = golden_fit(name, by)
    theirs = [row for row in read("parameters.csv") if (row["set"], row["by"]) == (name, by)]
    # bobyqa stops at a change of theta of 1e-12, but its deviance is flat to the last digit for 1e-8 or so
    assert_allclose(fit.beta, [float(row["estimate"]) for row in theirs], rtol=1e-8)
    assert_allclose(np.sqrt(np.diag(fit.covariance)), [float(row["std_error"]) for row in theirs], rtol=3e-8)


@cases
def test_spread_and_likelihood_agree_with_lmer(name, by):
    fit, theirs = golden_fit(name, by), facts(name, by)
    assert_allclose(fit.loglik, theirs["loglik"], rtol=1e-12)
    assert_allclose(fit.spread.sd.estimate, theirs["sd_person"], rtol=1e-7)  # theta, as above
    assert_allclose(fit.sd_row, theirs["sd_row"], rtol=1e-7)
    assert_allclose(fit.spread.icc.estimate, theirs["icc"], rtol=1e-7)
    assert fit.singular == (theirs["sd_person"] == 0)
    if not fit.singular:
        # R's second derivatives are by Richardson extrapolation
        assert_allclose(fit.spread.sd.std_error, theirs["se_sd_person"], rtol=1e-7)
        assert_allclose(fit.sd_row_error, theirs["se_sd_row"], rtol=1e-7)


@pytest.mark.parametrize("name", list(TERMS))
def test_profile_limits_agree_with_lme4_for_both_criteria(name):
    theirs = facts(name, "ML")
    for by in ("ML", "REML"):
        sd = golden_fit(name, by).spread.sd
        # lme4 interpolates its profile by a spline
        assert_allclose(
            [sd.conf_low, sd.conf_high], [theirs["sd_person_low"], theirs["sd_person_high"]], rtol=1e-6
        )


@pytest.mark.parametrize("name", list(TERMS))
def test_profile_limits_of_the_residual_agree_with_lme4(name):
    theirs, fit = facts(name, "ML"), golden_fit(name, "REML")
    # lme4 interpolates its profile by a spline
    assert_allclose(
        [fit.sd_row_low, fit.sd_row_high], [theirs["sd_row_low"], theirs["sd_row_high"]], rtol=1e-5
    )


@pytest.mark.parametrize("by", ["REML", "ML"])
def test_intercepts_of_people_agree_with_ranef(by):
    fit = golden_fit("waves", by)
    table = read("waves_simulated.csv")
    column = {key: np.array([float(row[key]) for row in table]) for key in table[0]}
    x = np.vstack([np.ones(len(table)), *(column[term] for term in TERMS["waves"])])
    found = mixed_linear_modes(
        column["score"] - fit.beta @ x,
        column["person"].astype(int),
        sd_group=fit.spread.sd.estimate,
        sd_row=fit.sd_row,
    )
    theirs = {int(row["person"]): row for row in read("modes.csv") if row["by"] == by}
    assert set(theirs) == set(found.labels.tolist())
    # theta is good to 1e-8 (bobyqa)
    assert_allclose(
        found.modes, [float(theirs[label]["mode"]) for label in found.labels], rtol=1e-6, atol=1e-7
    )
    assert_allclose(found.sds, [float(theirs[label]["sd"]) for label in found.labels], rtol=1e-6)


def test_a_variance_at_its_boundary_is_least_squares():
    fit = golden_fit("boundary", "ML")
    assert fit.converged
    assert fit.singular
    assert fit.loglik == fit.loglik_plain
    assert fit.spread.lr_p_value == 1
    assert fit.spread.sd.conf_low == fit.spread.icc.conf_low == 0
    assert 0 < fit.spread.icc.conf_high < 0.1
    assert np.isnan(fit.spread.icc.std_error)


@few
@given(seeds, st.booleans(), st.floats(0.3, 5.0))
def test_the_likelihood_is_that_of_the_dense_normal_and_flat_at_its_maximum(seed, reml, sd):
    x, y, group = simulate(seed, sd=sd)
    fit = fit_mixed_linear(x, y, group, reml=reml)
    deviance = dense(fit, x, y, group)
    at = np.array([fit.spread.sd.estimate, fit.sd_row])
    assert_allclose(fit.loglik, -deviance(at) / 2, rtol=1e-11)
    assert_allclose(fit.loglik_plain, -deviance(np.array([0.0, plain_sd(x, y, reml=reml)])) / 2, rtol=1e-11)
    for move in (-0.05, 0.05):
        for step in np.eye(2) * move:
            if (at + step).min() >= 0:
                assert deviance(at + step) >= deviance(at) - 1e-9


def plain_sd(x, y, *, reml):
    rest = y - np.linalg.lstsq(x.T, y)[0] @ x
    return np.sqrt(rest @ rest / (len(y) - (len(x) if reml else 0)))


@few
@given(seeds, st.booleans())
def test_frequency_weights_are_rows_repeated_in_their_group(seed, reml):
    x, y, group = simulate(seed)
    times = np.random.default_rng(seed).integers(1, 4, len(y))
    one = fit_mixed_linear(x, y, group, f=times.astype(float), reml=reml)
    other = fit_mixed_linear(x.repeat(times, axis=1), y.repeat(times), group.repeat(times), reml=reml)
    assert one.largest_group == other.largest_group
    assert_allclose(one.loglik, other.loglik, rtol=1e-11)
    assert_allclose(one.beta, other.beta, rtol=1e-7, atol=1e-9)
    assert_allclose(one.covariance, other.covariance, rtol=1e-6, atol=1e-10)
    assert_allclose(one.spread.sd.conf_high, other.spread.sd.conf_high, rtol=1e-7)


@few
@given(seeds, st.floats(-1e4, 1e4), st.floats(0.01, 100.0))
def test_shifting_and_scaling_the_outcome_shifts_and_scales_the_fit(seed, shift, scale):
    x, y, group = simulate(seed)
    order = np.random.default_rng(seed).permutation(len(y))
    one = fit_mixed_linear(x, y, group)
    other = fit_mixed_linear(x[:, order], shift + scale * y[order], 1000 - 7 * group[order])
    assert_allclose(other.beta, scale * one.beta + [shift, 0], rtol=1e-6, atol=1e-6)
    assert_allclose(other.sd_row, scale * one.sd_row, rtol=1e-6)
    # the shift leaves 1e-16 * 1e4 of the outcome's digits, against a scale of 0.01
    assert_allclose(other.spread.icc.estimate, one.spread.icc.estimate, rtol=1e-4, atol=1e-7)


def test_groups_of_one_say_nothing_on_the_variance():
    x, y, _ = simulate(1)
    fit = fit_mixed_linear(x, y, np.arange(len(y)))
    assert not fit.converged
    assert fit.stop == "not_identified"
    assert np.isnan(fit.spread.sd.estimate)
    assert_allclose(fit.beta, np.linalg.lstsq(x.T, y)[0], rtol=1e-10)


def test_groups_without_differences_within_have_no_residual():
    group = np.repeat(np.arange(10), 3)
    y = np.random.default_rng(2).normal(size=10)[group]
    fit = fit_mixed_linear(np.ones((1, 30)), y, group)
    assert not fit.converged
    assert fit.stop == "no_residual"


def test_a_very_large_spread_has_an_interval():
    group = np.repeat(np.arange(12), 2)
    rng = np.random.default_rng(4)
    y = 1000 * rng.normal(size=12)[group] + rng.normal(size=24)
    spread = fit_mixed_linear(np.ones((1, 24)), y, group).spread
    assert spread.sd.conf_low < spread.sd.estimate < spread.sd.conf_high < 3000
    assert 0.99999 < spread.icc.conf_low < spread.icc.estimate < spread.icc.conf_high <= 1
    assert spread.lr_p_value < 1e-20


def test_a_level_outside_0_to_1_is_refused():
    with pytest.raises(InputError, match="conf_level is 95"):
        fit_mixed_linear(np.ones((1, 4)), np.arange(4.0), np.array([0, 0, 1, 1]), conf_level=95)
