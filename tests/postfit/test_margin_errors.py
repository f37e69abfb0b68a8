"""Errors of averages: the delta method, rows drawn as well, replicates, multiplicity."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import studentized_range

import peerstats as ps
from peerstats.numerics import MaxT, adjusted_p, sidak_level

FEW = settings(max_examples=25, deadline=None)


def people(seed, n=400, counties=40):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(44, 11, n).round(1),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "weight": np.exp(rng.normal(0, 0.5, n)).round(3),
            "county": rng.integers(0, counties, n),
            "rural": rng.random(n) < 0.5,
        }
    )
    data["stratum"] = data["county"] % 4
    shared = rng.normal(0, 0.5, counties)[data["county"]]
    pull = 0.03 * (data["age"] - 44) + 0.6 * (data["state"] == "PA") + shared
    eta = np.stack([np.zeros(n), 0.4 * pull, pull])
    data["job"] = np.array(["none", "other", "peer"])[(eta + rng.gumbel(size=(3, n))).argmax(axis=0)]
    data["peer"] = data["job"] == "peer"
    data["score"] = pull + rng.normal(size=n)
    return data


@pytest.fixture(scope="module")
def data():
    return people(5)


def test_unconditional_errors_of_a_mean_are_those_of_the_survey_s_mean(data):
    # with an intercept alone the adjusted probability is the weighted share, whose error `estimate` gives
    for cluster in (None, "county"):
        design = ps.SurveyDesign(weights="weight", cluster=cluster, strata="stratum" if cluster else None)
        result = ps.logistic("peer ~ 1", data, design=design)
        share = ps.estimate(data.assign(peer=data["peer"].astype(float)), "peer", design=design)
        found = result.adjusted_means(errors="unconditional")
        assert_allclose(found.numbers["estimate"][1], share.numbers["estimate"], rtol=1e-8)
        assert_allclose(found.numbers["std_error"][1], share.numbers["std_error"], rtol=1e-7)


def test_unconditional_errors_of_a_saturated_model_are_those_of_the_groups_share(data):
    # sum over levels of (share of the level, which is drawn) times (probability, which is estimated)
    result = ps.logistic("peer ~ state", data, weights="weight", cluster="county")
    found = result.adjusted_means(errors="unconditional")
    share = ps.estimate(
        data.assign(peer=data["peer"].astype(float)),
        "peer",
        design=ps.SurveyDesign(weights="weight", cluster="county"),
    )
    assert_allclose(found.numbers["std_error"][1], share.numbers["std_error"], rtol=1e-7)


def test_unconditional_errors_of_an_ols_average_are_those_of_its_influence_by_hand(data):
    result = ps.linear("score ~ age * rural", data)
    found = result.margins("age", errors="unconditional")
    x = np.column_stack([np.ones(len(data)), data["rural"], data["age"], data["age"] * data["rural"]])
    beta, *_ = np.linalg.lstsq(x, data["score"], rcond=None)
    influence = np.linalg.solve(x.T @ x, (x * (data["score"] - x @ beta).to_numpy()[:, None]).T)
    h = beta[2] + beta[3] * data["rural"].to_numpy()
    gradient = np.array([0, 0, 1, data["rural"].mean()])
    whole = (h - h.mean()) / len(h) + gradient @ influence
    n = len(h)
    assert_allclose(found.numbers["std_error"], np.sqrt(n / (n - 1) * (whole**2).sum()), rtol=1e-10)


@pytest.mark.parametrize("cluster", [None, "county"])
@pytest.mark.parametrize("model", ["multinomial", "ordinal"])
def test_unconditional_errors_come_close_to_those_of_replicates(data, cluster, model):
    how = {"weights": "weight", "cluster": cluster}
    if model == "ordinal":
        how["levels"] = {"job": ["none", "other", "peer"]}
    fits = {
        variance: getattr(ps, model)("job ~ age + state", data, variance=variance, **how, **more)
        for variance, more in {"auto": {}, "replicate": {"n_replicates": 1_000, "rng": 3}}.items()
    }
    one, other = (
        fits[k].margins(errors=e) for k, e in (("auto", "unconditional"), ("replicate", "replicate"))
    )
    # what pulls people into the middle of three levels pulls as many out: such an effect is near zero, and
    # its error is of the second order, which no linearisation sees
    kept = [model != "ordinal" or outcome != "other" for outcome in one.labels["outcome"]]
    # 1,000 replicates know an error to 2 per cent; small samples add as much: 3 of these, for 9 errors
    one, other = one.numbers["std_error"][kept], other.numbers["std_error"][kept]
    assert_allclose(one, other, rtol=0.12)


def test_replicate_errors_are_the_spread_of_effects_refitted_one_by_one(data):
    design = ps.SurveyDesign(weights="weight", cluster="county").with_replicates("JK1")
    result = ps.logistic("peer ~ age + state", data, design=design)
    found = result.margins(errors="replicate")
    arrays = design.read(data, "test")
    (_, weights), *_ = list(arrays.replicates.chunks(arrays.replicates.n_replicates))
    refits = []
    for w in weights.T:
        kept = data.assign(w=w)[w > 0]
        refits.append(ps.logistic("peer ~ age + state", kept, weights="w").margins().numbers["estimate"])
    refits = np.array(refits)
    spread = np.sqrt((len(refits) - 1) / len(refits) * ((refits - refits.mean(axis=0)) ** 2).sum(axis=0))
    # refits stop when no linear predictor moves by 1e-8 or so
    assert_allclose(found.numbers["std_error"], spread, rtol=1e-6)


def test_a_seed_draws_the_bootstrap_of_the_fit_again(data):
    result = ps.linear("score ~ age", data, variance="replicate", n_replicates=200, rng=11)
    # a linear model's slope is its coefficient, so the replicates must be the same
    found = result.margins(errors="replicate")
    assert_allclose(found.numbers["std_error"], result.tidy()["std_error"].iloc[1], rtol=1e-10)


def test_errors_of_a_fit_with_replicates_are_those_of_its_covariance_by_default(data):
    result = ps.linear("score ~ age", data, variance="replicate", n_replicates=200, rng=11)
    assert_allclose(result.margins().numbers["std_error"], result.tidy()["std_error"].iloc[1], rtol=1e-12)


def test_errors_that_a_fit_cannot_have_are_refused(data):
    replicated = ps.linear("score ~ age", data, variance="replicate", n_replicates=50, rng=1)
    with pytest.raises(ps.InputError, match="errors='unconditional' of a fit with replicate weights"):
        replicated.margins(errors="unconditional")
    mixed = ps.mixed_logistic("peer ~ age", data, group="county")
    with pytest.raises(ps.InputError, match=r"not defined for mixed_logistic\(\)"):
        mixed.margins(errors="unconditional")
    copies = ps.linear("score ~ age", data.assign(copies=2), weights="copies", weight_kind="frequency")
    with pytest.raises(ps.InputError, match="frequency weights, which are rows"):
        copies.margins(weights="none")


def test_without_weights_the_average_is_plain(data):
    result = ps.logistic("peer ~ age", data, weights="weight")
    plain = result.adjusted_means(weights="none").numbers["estimate"]
    assert_allclose(plain, result.predict().mean(), rtol=1e-12)


def test_limits_of_probabilities_stay_within_zero_and_one():
    data = pd.DataFrame({"y": [0] * 39 + [1], "x": ["a"] * 20 + ["b"] * 20})
    data.loc[0, "y"] = 1
    found = ps.logistic("y ~ x", data).adjusted_means("x").tidy()
    assert (found["conf_low"] > 0).all()
    assert (found["conf_high"] < 1).all()
    # of one group alone they are the limits of its log odds
    odds = ps.logistic("y ~ 1", data[data["x"] == "a"]).tidy()
    chosen = found[(found["outcome"] == "1") & (found["level"] == "a")]
    for limit in ("conf_low", "conf_high"):
        assert_allclose(chosen[limit], 1 / (1 + np.exp(-odds[limit])), rtol=1e-6)


def test_p_values_are_adjusted_as_in_published_examples():
    # Benjamini and Hochberg (1995), section 4: of 15 p-values theirs rejects four at .05, Holm's three
    p = np.array([1, 4, 19, 95, 201, 278, 298, 344, 459, 3240, 4262, 5719, 6528, 7590, 10000]) / 1e4
    assert (adjusted_p(p, "bh") <= 0.05).sum() == 4
    assert (adjusted_p(p, "holm") <= 0.05).sum() == 3
    assert_allclose(adjusted_p(p, "sidak")[:2], 1 - (1 - p[:2]) ** 15)


@FEW
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusted_p_values_keep_the_order_and_are_never_smaller(values):
    p = np.array(values)
    for kind in ("holm", "bh", "sidak"):
        adjusted = adjusted_p(p, kind)
        assert np.all(adjusted >= p - 1e-12)
        assert np.all(adjusted <= 1)
        assert np.all(np.diff(adjusted[np.argsort(p, kind="stable")]) >= -1e-12)
    assert np.isnan(adjusted_p(np.append(p, np.nan), "holm")[-1])
    assert_allclose(adjusted_p(np.append(p, np.nan), "holm")[:-1], adjusted_p(p, "holm"))


@pytest.mark.parametrize("m", [1, 2, 5, 15])
def test_the_largest_of_independent_normal_statistics_is_sidak_s(m):
    largest = MaxT(np.eye(m), np.inf)
    for statistic, alone in ((2.5, 0.012419330651552265), (3.5, 0.00046525815807105)):
        together = 1 - (1 - alone) ** m
        # the stated accuracy: 1e-3, and 1e-4 below .1
        assert_allclose(largest.tail(statistic), together, atol=1e-4 if together < 0.1 else 1e-3)
    assert_allclose(largest.tail(largest.half_width(0.95)), 0.05, atol=1e-6)


@pytest.mark.parametrize("groups", [3, 8])
@pytest.mark.parametrize("df", [12.0, 60.0])
def test_the_largest_difference_of_equal_means_is_tukey_s_studentised_range(groups, df):
    pairs = np.array([np.eye(groups)[i] - np.eye(groups)[j] for i in range(groups) for j in range(i)])
    largest = MaxT(pairs @ pairs.T / 2, df)
    for statistic in (2.5, 3.0, 4.0):
        expected = studentized_range.sf(statistic * np.sqrt(2), groups, df)
        assert_allclose(largest.tail(statistic), expected, atol=1e-4 if expected < 0.1 else 1e-3)


def test_a_singular_correlation_counts_the_same_contrast_once():
    assert_allclose(MaxT(np.ones((3, 3)), np.inf).half_width(0.95), 1.959963984540054, rtol=1e-6)
    assert_allclose(sidak_level(0.95, 2), 0.95**0.5)


def test_contrasts_of_outcomes_are_the_coefficients_against_another_base(data):
    one = ps.multinomial("job ~ age + state", data, cluster="county")
    other = ps.multinomial("job ~ age + state", data, cluster="county", base="other")
    found = one.contrasts(of="coefficients", outcomes=["peer", "other"]).tidy()
    terms = other.tidy()
    terms = terms[terms["outcome"] == "peer"].set_index("term").loc[found["term"]]
    for column in ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"):
        assert_allclose(found[column], terms[column], rtol=1e-6, atol=1e-10)
    ratios = one.contrasts(of="coefficients", outcomes=["peer", "other"]).tidy(exponentiate=True)
    assert_allclose(ratios["conf_low"], np.exp(found["conf_low"]))
    assert_allclose(ratios["std_error"], np.exp(found["estimate"]) * found["std_error"])
    only = one.contrasts("state", of="coefficients").tidy()
    assert set(only["term"]) == {"state[T.OR]", "state[T.PA]"}


def test_a_model_of_one_equation_has_no_outcomes_to_contrast(data):
    with pytest.raises(ps.InputError, match=r"linear\(\) has one equation"):
        ps.linear("score ~ age", data).contrasts(of="coefficients")


def test_a_contrast_without_error_has_no_test_and_counts_for_none():
    data = pd.DataFrame({"y": [1.0, 2, 3, 4, 5, 6.5], "x": ["a", "b", "c"] * 2})
    found = ps.linear("y ~ x", data).contrasts("x", adjust="single-step", outcomes=["estimate"])
    assert np.isfinite(found.numbers["p_adjusted"]).all()
