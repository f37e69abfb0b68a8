"""The random-intercept logit against lme4, numerical integration and its own laws."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.special import expit, log_expit
from scipy.stats import chi2, norm

from peerstats.errors import InputError
from peerstats.numerics import (
    ArrayRows,
    boundary_p_value,
    fit_mixed_logit,
    fit_multinomial,
    group_rows,
    intercept_spread,
    latent_icc,
    mixed_logit_kernel,
    mixed_logit_modes,
    mixed_logit_population,
    posterior_modes,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "mixed_logistic_lme4"
TERMS = {
    "counties": ["age", "college", "wage", "years", "rural"],
    "waves": ["wave", "x", "trained"],
    "boundary": ["x"],
    "steep": ["x"],
}
few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def read(name):
    with (GOLDEN / name).open() as handle:
        return list(csv.DictReader(handle))


def golden_rows(name):
    table = read(f"{name}_simulated.csv")
    column = {key: np.array([float(row[key]) for row in table]) for key in table[0]}
    x = np.vstack([np.ones(len(table)), *(column[term] for term in TERMS[name])])
    return group_rows(x, column["y"], column["group"].astype(int))


def fact(name, quantity):
    return next(float(r["value"]) for r in read("fits.csv") if r["set"] == name and r["quantity"] == quantity)


def parameters(name, by):
    rows = [r for r in read("parameters.csv") if r["set"] == name and r["by"] == by]
    errors = [float(r["std_error"]) if r["std_error"] != "NA" else np.nan for r in rows]
    return np.array([float(r["estimate"]) for r in rows]), np.array(errors)


def simulate(seed, *, groups=30, most=6, k=2, sigma=1.0, weighted=False):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), rng.integers(1, most + 1, groups))
    n = len(group)
    x = np.vstack([np.ones(n), rng.normal(size=(k - 1, n))])
    y = (rng.random(n) < expit(0.5 * x.sum(axis=0) + sigma * rng.normal(size=groups)[group])).astype(int)
    return x, y, group, rng.integers(1, 4, n).astype(float) if weighted else None


def slope(function, at, step=1e-5):
    return np.array([(function(at + d) - function(at - d)) / (2 * step) for d in np.eye(len(at)) * step])


@pytest.mark.parametrize("name", ["counties", "waves"])
def test_estimates_and_errors_agree_with_glmer(name):
    fit = fit_mixed_logit(golden_rows(name))
    for by in ("glmer_15", "glmer_25"):
        estimate, error = parameters(name, by)
        # bobyqa's rhoend is 1e-9, but the deviance is flat to its last digit for 1e-6 about its minimum
        assert_allclose(fit.beta, estimate[:-1], rtol=3e-6)
        assert_allclose(fit.sigma, estimate[-1], rtol=3e-6)
        # lme4 takes second differences of the deviance
        assert_allclose(np.sqrt(np.diag(fit.covariance))[:-1], error[:-1], rtol=1e-5)
        # 15 points leave 3e-9 in three waves of people
        assert_allclose(fit.loglik, fact(name, f"{by}_loglik"), rtol=1e-8)


@pytest.mark.parametrize("name", ["counties", "waves", "steep"])
def test_estimates_errors_and_likelihood_agree_with_numerical_integration(name):
    fit = fit_mixed_logit(golden_rows(name))
    estimate, error = parameters(name, "integrate")
    assert fit.converged
    assert fit.points_enough
    assert not fit.singular
    # R's Newton steps are by numerical derivatives of the score, good to about 1e-9
    assert_allclose(np.append(fit.beta, fit.sigma), estimate, rtol=1e-8)
    assert_allclose(np.sqrt(np.diag(fit.covariance)), error, rtol=1e-7)
    # integrate() was asked for 1e-11 a group
    assert_allclose(fit.loglik, fact(name, "integrate_loglik"), atol=1e-8)
    assert_allclose(fit.loglik_plain, fact(name, "plain_loglik"), rtol=1e-12)


@pytest.mark.parametrize("name", list(TERMS))
def test_profile_limits_agree_with_numerical_integration_and_with_lme4(name):
    rows = golden_rows(name)
    spread = intercept_spread(fit_mixed_logit(rows), rows)
    found = [spread.sd.conf_low, spread.sd.conf_high]
    # limits are asked for to 1e-5 relative in doubling the points; R's root is good to 1e-8
    assert_allclose(found, [fact(name, "profile_low"), fact(name, "profile_high")], rtol=1e-7)
    # lme4 interpolates its profile by a spline; 25 points leave 2e-3 where sigma is 5
    rtol = 3e-3 if name == "steep" else 1e-5
    assert_allclose(found, [fact(name, "lme4_profile_low"), fact(name, "lme4_profile_high")], rtol=rtol)


def test_a_variance_at_its_boundary_is_the_plain_logit_and_says_so():
    rows = golden_rows("boundary")
    fit = fit_mixed_logit(rows)
    estimate, error = parameters("boundary", "glmer_25")
    assert fact("boundary", "glmer_25_singular") == 1
    assert fit.converged
    assert fit.singular
    assert fit.sigma == 0
    assert fit.loglik == fit.loglik_plain
    assert_allclose(fit.loglik, fact("boundary", "plain_loglik"), rtol=1e-12)
    assert_allclose(fit.beta, estimate[:-1], rtol=1e-7)  # bobyqa
    assert_allclose(np.sqrt(np.diag(fit.covariance))[:-1], error[:-1], rtol=1e-6)  # second differences
    assert np.isnan(fit.covariance[-1]).all()
    spread = intercept_spread(fit, rows)
    assert spread.lr_statistic == 0
    assert spread.lr_p_value == 1
    assert spread.sd.conf_low == spread.icc.conf_low == 0
    assert spread.icc.conf_high == latent_icc(spread.sd.conf_high)
    assert np.isnan(spread.sd.wald_low)


@pytest.mark.parametrize("name", ["counties", "waves"])
def test_modes_of_groups_agree_with_ranef(name):
    rows = golden_rows(name)
    fit = fit_mixed_logit(rows)
    found = mixed_logit_modes(rows, fit.beta, fit.sigma)
    theirs = {int(r["group"]): r for r in read("modes.csv") if r["set"] == name}
    assert len(theirs) == rows.n_groups
    # lme4's modes are by iterations that stop at a change of 1e-7 of the deviance
    mode = [float(theirs[label]["mode"]) for label in found.labels]
    assert_allclose(found.modes, mode, rtol=1e-4, atol=1e-5)
    assert_allclose(found.mode_sds, [float(theirs[label]["sd"]) for label in found.labels], rtol=1e-4)


@few
@given(seeds, st.floats(0.0, 3.0), st.booleans())
def test_score_and_information_are_slopes_of_the_log_likelihood(seed, sigma, weighted):
    x, y, group, f = simulate(seed, k=3, weighted=weighted)
    rows = group_rows(x, y, group, f=f, offset=np.linspace(-1, 1, len(y)))
    theta = np.append(np.random.default_rng(seed).normal(0, 0.5, 3), sigma)
    sums = mixed_logit_kernel(theta[:-1], sigma, rows, 127)
    loglik = slope(lambda t: mixed_logit_kernel(t[:-1], t[-1], rows, 127).loglik, theta)
    score = slope(lambda t: mixed_logit_kernel(t[:-1], t[-1], rows, 127).score, theta)
    # central differences by 1e-5; 127 points leave 1e-8 at sigma = 3
    assert_allclose(sums.score, loglik, rtol=1e-6, atol=1e-6)
    assert_allclose(sums.information, -score, rtol=1e-6, atol=1e-6)
    assert_allclose(sums.information, sums.information.T, rtol=0, atol=0)


@few
@given(seeds, st.floats(0.01, 4.0))
def test_each_group_is_integrated_as_scipy_does(seed, sigma):
    x, y, group, _ = simulate(seed, groups=4, most=8)
    rows = group_rows(x, y, group)
    eta = np.array([0.3, -0.4]) @ rows.x
    total = 0.0
    for j in range(4):
        mine = rows.group == j

        def density(u, mine=mine):
            return np.exp(log_expit((2 * rows.y[mine] - 1) * (eta[mine] + sigma * u)).sum()) * norm.pdf(u)

        total += np.log(quad(density, -12, 12, epsabs=0, epsrel=1e-11, limit=500, points=[-3, 0, 3])[0])
    found = mixed_logit_kernel(np.array([0.3, -0.4]), sigma, rows, 255).loglik
    assert_allclose(found, total, atol=1e-7)  # 255 points leave this at sigma = 4


@few
@given(seeds)
def test_without_spread_it_is_the_plain_logit(seed):
    x, y, group, f = simulate(seed, weighted=True)
    rows = group_rows(x, y, group, f=f)
    beta = np.array([0.2, -0.7])
    sums = mixed_logit_kernel(beta, 0.0, rows, 7)
    assert_allclose(sums.loglik, f @ log_expit((2 * y - 1) * (beta @ x)), rtol=1e-12)
    assert_allclose(sums.means, 0, atol=1e-12)
    plain = fit_multinomial(ArrayRows(x=x, y=y, w=f), 2, np.abs(x).max(axis=1), f.sum())
    if plain.converged:
        assert_allclose(fit_mixed_logit(rows).loglik_plain, plain.loglik, rtol=1e-12)


@few
@given(seeds)
def test_neither_the_order_of_rows_nor_the_names_of_groups_matter(seed):
    x, y, group, _ = simulate(seed, groups=40)
    rng = np.random.default_rng(seed)
    shuffle, names = rng.permutation(len(y)), rng.permutation(1000)[:40]
    one = fit_mixed_logit(group_rows(x, y, group))
    other = fit_mixed_logit(group_rows(x[:, shuffle], y[shuffle], names[group[shuffle]]))
    assert one.stop == other.stop
    if one.converged:
        # sums in another order, and a last Newton step from a gain of 1e-14
        assert_allclose(other.beta, one.beta, rtol=1e-6, atol=1e-8)
        assert_allclose(other.sigma, one.sigma, rtol=1e-6)
        assert_allclose(other.loglik, one.loglik, rtol=1e-10)


@few
@given(seeds)
def test_frequency_weights_are_rows_repeated_in_their_group(seed):
    x, y, group, f = simulate(seed, groups=40, most=3, weighted=True)
    times = f.astype(int)
    weighted = fit_mixed_logit(group_rows(x, y, group, f=f))
    repeated = fit_mixed_logit(group_rows(x.repeat(times, axis=1), y.repeat(times), group.repeat(times)))
    assert weighted.stop == repeated.stop
    assert weighted.largest_group == repeated.largest_group
    assert weighted.n_single == repeated.n_single
    if weighted.converged:
        assert_allclose(weighted.beta, repeated.beta, rtol=1e-6, atol=1e-8)
        assert_allclose(weighted.loglik, repeated.loglik, rtol=1e-10)
        assert_allclose(weighted.covariance, repeated.covariance, rtol=1e-5, atol=1e-9)


@few
@given(seeds, st.floats(0.3, 3.0))
def test_twice_the_points_change_less_than_the_tolerance(seed, sigma):
    x, y, group, _ = simulate(seed, groups=80, most=5, sigma=sigma)
    rows = group_rows(x, y, group)
    fit = fit_mixed_logit(rows)
    if fit.converged and fit.points_enough and not fit.singular and fit.n_points <= 255:
        again = fit_mixed_logit(rows, n_points=2 * fit.n_points + 1)
        assert_allclose(again.loglik, fit.loglik, atol=1e-6)
        away = np.append(again.beta - fit.beta, again.sigma - fit.sigma)
        assert away @ np.linalg.solve(fit.covariance, away) < 1e-5**2


def test_too_few_points_are_said_to_be_too_few():
    fit = fit_mixed_logit(golden_rows("steep"), n_points=15)
    estimate, _ = parameters("steep", "integrate")
    assert fit.n_points == 15
    assert fit.n_points_checked == 31
    assert not fit.points_enough
    assert abs(fit.loglik_change) > 1e-3
    assert abs(fit.sigma - estimate[-1]) > 1e-3


def test_the_maximum_is_no_lower_than_its_neighbours_whatever_the_data():
    rng = np.random.default_rng(5)
    seen = {"zero": 0, "more": 0}
    for seed in range(30):
        rows = group_rows(*simulate(seed, groups=15, most=4, sigma=rng.choice([0.0, 0.5, 2.0]))[:3])
        fit = fit_mixed_logit(rows)
        if not fit.converged:
            continue
        seen["zero" if fit.singular else "more"] += 1
        for sigma in (0.0, 0.1, 0.5, 1.0, 2.0, 4.0):
            near = fit.beta * np.sqrt((1 + 0.346 * sigma**2) / (1 + 0.346 * fit.sigma**2))
            # 63 points leave 1e-5 at sigma = 4
            assert mixed_logit_kernel(near, sigma, rows, 63).loglik <= fit.loglik + 1e-5
    assert min(seen.values()) >= 5


def test_separated_data_stop_with_the_direction_of_escape():
    x, _, group, _ = simulate(1, groups=60)
    fit = fit_mixed_logit(group_rows(x, (x[1] > 0).astype(int), group))
    assert not fit.converged
    assert fit.stop == "separated"
    assert abs(fit.last_step[1]) > 1e-3
    assert np.isnan(fit.covariance).all()


def test_groups_that_each_answer_alike_send_sigma_away():
    x, _, group, _ = simulate(2, groups=60)
    fit = fit_mixed_logit(group_rows(x, group % 2, group))
    assert fit.n_uniform == fit.n_groups
    assert fit.stop == "sigma_unbounded"
    with pytest.raises(InputError, match="no maximum"):
        intercept_spread(fit, group_rows(x, group % 2, group))


def test_groups_of_one_without_predictors_say_nothing_on_sigma():
    y = np.arange(90) % 3 == 0
    fit = fit_mixed_logit(group_rows(np.ones((1, 90)), y, np.arange(90)))
    assert fit.largest_group == 1
    assert fit.n_single == 90
    assert fit.stop == "not_identified"
    assert_allclose(fit.loglik_plain, 30 * np.log(1 / 3) + 60 * np.log(2 / 3), rtol=1e-12)


def test_large_groups_are_found_as_exactly_as_small_ones():
    x, y, group, _ = simulate(3, groups=6, most=2)
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(6), 5000)
    x = np.vstack([np.ones(30_000), rng.normal(size=30_000)])
    effect = np.array([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0])
    y = rng.random(30_000) < expit(0.5 * x[1] + effect[group])
    rows = group_rows(x, y, group)
    fit = fit_mixed_logit(rows)
    assert fit.points_enough
    assert fit.n_points <= 31
    found = mixed_logit_modes(rows, fit.beta, fit.sigma)
    own = [np.log(y[group == j].mean() / (1 - y[group == j].mean())) for j in range(6)]
    # each group's own logit, marginal over x of sd 0.5, is within a few hundredths
    assert_allclose(fit.beta[0] + found.modes, own, atol=0.15)


@pytest.mark.parametrize("sigma", [0.0, 0.3, 1.0, 2.5, 5.0])
def test_population_probabilities_are_the_integral(sigma):
    eta = np.array([-6.0, -1.0, 0.0, 0.7, 12.0])
    found = mixed_logit_population(eta, sigma)
    exact = [
        quad(lambda u, e=e: expit(e + sigma * u) * norm.pdf(u), -10, 10, epsabs=1e-13, points=[0], limit=200)[
            0
        ]
        for e in eta
    ]
    assert_allclose(found.probability, exact, atol=1e-12)  # quad's own error
    step = 1e-5
    above, below = mixed_logit_population(eta + step, sigma), mixed_logit_population(eta - step, sigma)
    assert_allclose(found.by_eta, (above.probability - below.probability) / (2 * step), atol=1e-9)
    if sigma:
        above, below = mixed_logit_population(eta, sigma + step), mixed_logit_population(eta, sigma - step)
        assert_allclose(found.by_sigma, (above.probability - below.probability) / (2 * step), atol=1e-9)


def test_posterior_means_and_sds_are_integrals():
    y = np.array([1, 1, 1, 0, 1])
    rows = group_rows(np.ones((1, 5)), y, np.array([0, 0, 0, 1, 1]))
    found = mixed_logit_modes(rows, np.array([0.4]), 2.0, n_points=127)
    for j, outcomes in enumerate(([1, 1, 1], [0, 1])):
        sign = 2 * np.array(outcomes) - 1

        def moment(power, sign=sign):
            return quad(
                lambda u: u**power * np.exp(log_expit(sign * (0.4 + 2 * u)).sum()) * norm.pdf(u), -12, 12
            )[0]

        mean = moment(1) / moment(0)
        # quad is asked for 1.5e-8
        assert_allclose(found.means[j], 2 * mean, rtol=1e-6, atol=1e-7)
        assert_allclose(found.sds[j], 2 * np.sqrt(moment(2) / moment(0) - mean**2), rtol=1e-6)


def test_modes_are_where_the_slope_of_the_posterior_is_zero_even_far_out():
    y = np.r_[np.ones(5000), np.zeros(3), 1, 0]
    group = np.r_[np.zeros(5000), np.ones(3), 2, 2].astype(int)
    rows = group_rows(np.ones((1, len(y))), y, group)
    for sigma, intercept in ((5.0, -40.0), (0.1, 3.0), (20.0, 0.0)):
        eta = np.full(len(y), intercept)
        modes, _ = posterior_modes(eta, sigma, rows)
        p = expit(eta + sigma * modes[rows.group])
        # residuals of 5,000 rows near their mode add up with rounding of 1e-12 or so
        assert_allclose(sigma * rows.sums(rows.y - p), modes, atol=1e-8)


def test_the_test_of_no_variance_halves_the_tail():
    assert boundary_p_value(0.0) == 1
    assert_allclose(boundary_p_value(3.2), chi2.sf(3.2, 1) / 2, rtol=1e-12)


def test_measures_of_the_spread_are_transforms_of_one_another():
    rows = golden_rows("waves")
    fit = fit_mixed_logit(rows)
    spread = intercept_spread(fit, rows, 0.9)
    sd, variance, icc = spread.sd, spread.variance, spread.icc
    for name in ("estimate", "conf_low", "conf_high", "wald_low", "wald_high"):
        assert getattr(variance, name) == pytest.approx(getattr(sd, name) ** 2, rel=1e-14)
        assert getattr(icc, name) == pytest.approx(latent_icc(getattr(sd, name)), rel=1e-14)
    assert variance.std_error == pytest.approx(2 * sd.estimate * sd.std_error)
    slope_of_icc = (latent_icc(sd.estimate + 1e-6) - latent_icc(sd.estimate - 1e-6)) / 2e-6
    assert icc.std_error == pytest.approx(slope_of_icc * sd.std_error, rel=1e-6)
    assert spread.lr_statistic == pytest.approx(2 * (fit.loglik - fit.loglik_plain))
    wide = intercept_spread(fit, rows, 0.99)
    assert wide.sd.conf_low < sd.conf_low < sd.estimate < sd.conf_high < wide.sd.conf_high


def test_blocks_of_groups_add_up_to_the_whole(monkeypatch):
    x, y, group, _ = simulate(4, groups=50)
    rows = group_rows(x, y, group)
    whole = mixed_logit_kernel(np.array([0.3, 0.2]), 1.0, rows, 15)
    monkeypatch.setattr("peerstats.numerics._mixed_rows._CHUNK", 200)
    assert len(list(rows.chunks(15))) > 5
    parts = mixed_logit_kernel(np.array([0.3, 0.2]), 1.0, rows, 15)
    assert_allclose(parts.loglik, whole.loglik, rtol=1e-13)
    assert_allclose(parts.score, whole.score, atol=1e-11)
    assert_allclose(parts.information, whole.information, atol=1e-11)
    assert_allclose(parts.sds, whole.sds, rtol=1e-12)


def test_bad_input_is_named():
    with pytest.raises(InputError, match="row 1 is 2"):
        group_rows(np.ones((1, 2)), np.array([0, 2]), np.array([0, 0]))
    with pytest.raises(InputError, match="no rows"):
        group_rows(np.ones((1, 0)), np.zeros(0), np.zeros(0, dtype=int))
    rows = group_rows(np.ones((1, 4)), np.array([0, 1, 1, 0]), np.array([0, 0, 1, 1]))
    with pytest.raises(InputError, match="n_points is 3"):
        fit_mixed_logit(rows, n_points=3)
    with pytest.raises(InputError, match="n_points is 600"):
        mixed_logit_kernel(np.zeros(1), 1.0, rows, 600)
    with pytest.raises(InputError, match="conf_level"):
        intercept_spread(fit_mixed_logit(rows), rows, 95)


@few
@given(seeds, st.floats(-2.0, 2.0))
def test_an_offset_takes_the_place_of_a_known_coefficient(seed, known):
    x, y, group, _ = simulate(seed, groups=60)
    one = fit_mixed_logit(group_rows(x, y, group))
    other = fit_mixed_logit(group_rows(x, y, group, offset=known * x[1]))
    assert one.stop == other.stop
    if one.converged:
        assert_allclose(other.beta, one.beta - [0, known], rtol=1e-6, atol=1e-7)
        assert_allclose(other.loglik, one.loglik, rtol=1e-9)
