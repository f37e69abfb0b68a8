"""Models with a random intercept, from formula and frame: lme4, statsmodels, laws, bad input."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit, logit
from scipy.stats import chi2

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden"
LOGISTIC = {
    "counties": "y ~ age + college + wage + years + rural",
    "waves": "y ~ wave + x + trained",
    "boundary": "y ~ x",
}
LINEAR = {"waves": "score ~ wave + x + trained", "boundary": "score ~ wave + x"}
few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def people(kind, name):
    return pd.read_csv(GOLDEN / f"mixed_{kind}_lme4" / f"{name}_simulated.csv")


def expected(kind, table, **where):
    with (GOLDEN / f"mixed_{kind}_lme4" / f"{table}.csv").open() as handle:
        return [row for row in csv.DictReader(handle) if all(row[k] == v for k, v in where.items())]


def fact(kind, **where):
    (row,) = expected(kind, "fits", **where)
    return float(row["value"])


def errors(result):
    return np.sqrt(np.diag(result.fit.covariance))


def simulated(seed, groups=25, sd=1.0):
    """People in counties; the outcome depends on age and rurality, and no seed separates it."""
    rng = np.random.default_rng(seed)
    county = np.repeat(np.arange(groups), rng.integers(2, 9, groups))
    n = len(county)
    age, rural = rng.normal(45, 10, n), rng.choice(["no", "yes"], n)
    eta = 0.03 * (age - 45) + 0.5 * (rural == "yes") + sd * rng.normal(size=groups)[county]
    return pd.DataFrame(
        {
            "job": np.where(rng.random(n) < expit(eta), "peer", "other"),
            "score": eta + rng.normal(size=n),
            "age": age,
            "rural": rural,
            "county": county,
            "copies": rng.integers(0, 4, n),
        }
    )


@pytest.mark.parametrize("name", list(LOGISTIC))
def test_a_mixed_logit_agrees_with_glmer(name):
    result = ps.mixed_logistic(LOGISTIC[name], people("logistic", name), group="group")
    theirs = expected("logistic", "parameters", set=name, by="glmer_15")
    # bobyqa's rhoend is 1e-9, but the deviance is flat to its last digit for 1e-6 about its minimum
    estimate = [float(row["estimate"]) for row in theirs]
    assert_allclose(result.fit.coefficients[:, 0], estimate[:-1], rtol=3e-6)
    assert_allclose(result.fit.random.sd.estimate, estimate[-1], rtol=3e-6, atol=1e-8)
    # lme4 takes second differences of the deviance
    assert_allclose(errors(result), [float(row["std_error"]) for row in theirs[:-1]], rtol=1e-5)
    assert_allclose(result.fit.loglik, fact("logistic", set=name, quantity="glmer_15_loglik"), rtol=1e-8)
    assert_allclose(result.fit.random.loglik_plain, fact("logistic", set=name, quantity="plain_loglik"))


@pytest.mark.parametrize("name", list(LOGISTIC))
def test_the_variance_of_a_mixed_logit_has_the_profile_limits_of_numerical_integration(name):
    result = ps.mixed_logistic(LOGISTIC[name], people("logistic", name), group="group")
    cells = result.variance_components().set_index("term")
    low, high = (fact("logistic", set=name, quantity=f"profile_{end}") for end in ("low", "high"))
    # limits are asked for to 1e-5 relative in doubling the points; R's root is good to 1e-8
    assert_allclose(cells.loc["sd", ["conf_low", "conf_high"]].astype(float), [low, high], rtol=1e-7)
    assert_allclose(
        cells.loc["variance", ["conf_low", "conf_high"]].astype(float), [low**2, high**2], rtol=1e-6
    )
    latent = high**2 / (high**2 + np.pi**2 / 3)
    assert_allclose(cells.loc["icc", "conf_high"], latent, rtol=1e-6)


def test_the_test_of_the_variance_halves_the_tail_of_chi_square():
    result = ps.mixed_logistic(LOGISTIC["counties"], people("logistic", "counties"), group="group")
    by = {"set": "counties"}
    plain = fact("logistic", quantity="plain_loglik", **by)
    statistic = 2 * (fact("logistic", quantity="integrate_loglik", **by) - plain)
    glance = result.glance().iloc[0]
    assert_allclose(glance["lr_statistic"], statistic, rtol=1e-9)
    assert_allclose(glance["lr_p_value"], chi2.sf(statistic, 1) / 2, rtol=1e-8)
    assert f"chibar2(01) = {statistic:.2f}, p = 0.003" in str(result)


def test_intercepts_of_counties_agree_with_ranef():
    result = ps.mixed_logistic(LOGISTIC["counties"], people("logistic", "counties"), group="group")
    found = result.group_effects()
    theirs = expected("logistic", "modes", set="counties")
    assert found["group"].tolist() == [int(row["group"]) for row in theirs]
    # lme4's modes are by iterations that stop at a change of 1e-7 of the deviance
    assert_allclose(found["estimate"], [float(row["mode"]) for row in theirs], rtol=1e-4, atol=1e-5)
    assert_allclose(found["std_error"], [float(row["sd"]) for row in theirs], rtol=1e-4)
    assert found["n"].sum() == result.fit.n


@pytest.mark.parametrize("by", ["REML", "ML"])
@pytest.mark.parametrize("name", list(LINEAR))
def test_a_mixed_linear_model_agrees_with_lmer(name, by):
    result = ps.mixed_linear(LINEAR[name], people("linear", name), group="person", method=by.lower())
    theirs = expected("linear", "parameters", set=name, by=by)
    # bobyqa stops at a change of theta of 1e-12, but its deviance is flat to the last digit for 1e-8 or so
    assert_allclose(result.fit.coefficients[:, 0], [float(row["estimate"]) for row in theirs], rtol=1e-8)
    assert_allclose(errors(result), [float(row["std_error"]) for row in theirs], rtol=3e-8)
    glance = result.glance().iloc[0]
    for column, quantity in (
        ("loglik", "loglik"),
        ("sigma", "sd_row"),
        ("group_sd", "sd_person"),
        ("intraclass_correlation", "icc"),
    ):
        assert_allclose(glance[column], fact("linear", set=name, by=by, quantity=quantity), rtol=1e-7)
    cells = result.variance_components().set_index("term")
    for term, quantity in (("sd", "sd_person"), ("residual_sd", "sd_row")):
        limits = [fact("linear", set=name, by="ML", quantity=f"{quantity}_{end}") for end in ("low", "high")]
        # lme4 interpolates its profile by a spline
        assert_allclose(cells.loc[term, ["conf_low", "conf_high"]].astype(float), limits, rtol=1e-5)


@pytest.mark.parametrize("reml", [True, False])
def test_a_mixed_linear_model_agrees_with_statsmodels(reml):
    smf = pytest.importorskip("statsmodels.formula.api")
    data = people("linear", "waves")
    ours = ps.mixed_linear(LINEAR["waves"], data, group="person", method="reml" if reml else "ml")
    theirs = smf.mixedlm(LINEAR["waves"], data, groups="person").fit(reml=reml)
    # its optimiser stops at a gradient of 1e-5; its errors are by another route and agree to 1 % only
    assert_allclose(ours.fit.coefficients[:, 0], theirs.fe_params, rtol=1e-4)
    assert_allclose(ours.fit.loglik, theirs.llf, rtol=1e-8)
    assert_allclose(errors(ours), theirs.bse_fe, rtol=1e-2)
    effects = [theirs.random_effects[person].iloc[0] for person in ours.group_effects()["group"]]
    assert_allclose(ours.group_effects()["estimate"], effects, rtol=1e-3, atol=1e-3)
    if not reml:
        assert_allclose(ours.glance()["aic"], theirs.aic, rtol=1e-8)


def test_a_likelihood_that_depends_on_the_terms_gives_no_aic():
    data = people("linear", "waves")
    assert (
        ps.mixed_linear("score ~ wave", data, group="person").glance()[["aic", "bic"]].isna().all(axis=None)
    )


@few
@given(seeds)
def test_frequency_weights_equal_rows_repeated(seed):
    data = simulated(seed)
    again = data.loc[data.index.repeat(data["copies"])]
    for call, formula in ((ps.mixed_logistic, "job ~ age + rural"), (ps.mixed_linear, "score ~ age + rural")):
        weighted = call(formula, data, group="county", weights="copies")
        repeated = call(formula, again, group="county")
        # the two add in another order, and the likelihood is flat at its maximum
        assert_allclose(weighted.fit.coefficients, repeated.fit.coefficients, rtol=1e-6, atol=1e-8)
        assert_allclose(errors(weighted), errors(repeated), rtol=1e-6)
        assert_allclose(weighted.fit.loglik, repeated.fit.loglik, rtol=1e-9)
        ours, theirs = weighted.variance_components(), repeated.variance_components()
        assert_allclose(ours["conf_high"], theirs["conf_high"], rtol=1e-5)
        assert weighted.fit.n == repeated.fit.n
        assert weighted.fit.random.largest_group == repeated.fit.random.largest_group
        assert_allclose(weighted.group_effects()["n"], repeated.group_effects()["n"])


@few
@given(seeds)
def test_another_base_turns_the_signs_and_leaves_the_variance_alone(seed):
    data = simulated(seed)
    one = ps.mixed_logistic("job ~ age + rural", data, group="county")
    other = ps.mixed_logistic("job ~ age + rural", data, group="county", base="peer")
    assert (one.fit.base, other.fit.base) == ("other", "peer")
    assert_allclose(one.fit.coefficients, -other.fit.coefficients, rtol=1e-6, atol=1e-8)
    assert_allclose(
        one.fit.random.variance.estimate, other.fit.random.variance.estimate, rtol=1e-6, atol=1e-8
    )
    assert_allclose(one.predict()["peer"], other.predict()["peer"], rtol=1e-7)


@few
@given(seeds)
def test_neither_the_order_of_rows_nor_the_names_of_groups_matter(seed):
    data = simulated(seed)
    order = np.random.default_rng(seed).permutation(len(data))
    other = data.assign(county=[f"county {1000 - c}" for c in data["county"]]).iloc[order]
    for call, formula in ((ps.mixed_logistic, "job ~ age + rural"), (ps.mixed_linear, "score ~ age + rural")):
        one, two = call(formula, data, group="county"), call(formula, other, group="county")
        assert_allclose(one.fit.coefficients, two.fit.coefficients, rtol=1e-6, atol=1e-8)
        assert_allclose(errors(one), errors(two), rtol=1e-6)
        mine = one.predict(kind="conditional").to_numpy()[order]
        assert_allclose(mine, two.predict(kind="conditional").to_numpy(), rtol=1e-5, atol=1e-7)


@few
@given(seeds)
def test_nearly_dependent_columns_give_the_predictions_of_independent_ones(seed):
    data = simulated(seed)
    rng = np.random.default_rng(seed)
    data["noise"] = rng.normal(size=len(data))
    data["nearly"] = data["age"] + 1e-4 * data["noise"]
    one = ps.mixed_logistic("job ~ age + noise", data, group="county")
    other = ps.mixed_logistic("job ~ age + nearly", data, group="county")
    # 1e-4 of noise in an age of 45 leaves 1e-6 of the digits
    assert_allclose(one.fit.loglik, other.fit.loglik, rtol=1e-8)
    assert_allclose(one.predict(), other.predict(), rtol=1e-5)
    assert_allclose(1e4 * one.fit.coefficients[2], other.fit.coefficients[2], rtol=1e-4, atol=1e-2)


@few
@given(seeds, st.floats(0.2, 3.0))
def test_population_predictions_average_the_typical_ones_over_the_groups(seed, sd):
    data = simulated(seed, sd=sd)
    result = ps.mixed_logistic("job ~ age + rural", data, group="county")
    sigma = result.fit.random.sd.estimate
    typical = logit(result.predict(kind="typical")["peer"].to_numpy())
    # a fine trapezoid: Gauss-Hermite's error grows with sigma, whose poles lie pi / sigma from the line
    u = np.linspace(-9, 9, 4001)
    weight = np.exp(-(u**2) / 2)
    average = expit(typical[:, None] + sigma * u) @ weight / weight.sum()
    assert_allclose(result.predict()["peer"], average, rtol=1e-9)
    assert_allclose(result.predict().sum(axis=1), 1)
    own = result.group_effects().set_index("group")["estimate"].loc[data["county"]].to_numpy()
    # a share near 1 has few digits left for its logit
    assert_allclose(logit(result.predict(kind="conditional")["peer"]), typical + own, rtol=1e-7, atol=1e-9)


def test_the_three_predictions_of_a_linear_model_differ_by_the_intercept_of_the_group():
    data = simulated(3)
    result = ps.mixed_linear("score ~ age", data, group="county")
    own = result.group_effects().set_index("group")["estimate"].loc[data["county"]].to_numpy()
    assert_allclose(result.predict(), result.predict(kind="typical"))
    assert_allclose(result.predict(kind="conditional")["estimate"], result.predict()["estimate"] + own)
    assert_allclose(own.sum(), (result.group_effects()["n"] * result.group_effects()["estimate"]).sum())


def test_an_offset_shifts_the_log_odds_also_in_the_intercepts_of_groups():
    data = simulated(5).assign(known=0.7)
    one = ps.mixed_logistic("job ~ age", data, group="county")
    other = ps.mixed_logistic("job ~ age", data, group="county", offset="known")
    assert_allclose(one.fit.coefficients, other.fit.coefficients + np.array([[0.7], [0]]), rtol=1e-6)
    for kind in ("population", "typical", "conditional"):
        assert_allclose(one.predict(kind=kind), other.predict(kind=kind), rtol=1e-6)


def test_a_row_without_a_group_or_with_a_new_one():
    data = simulated(4)
    result = ps.mixed_logistic("job ~ age", data, group="county", where=(data["county"] != 3).tolist())
    new = pd.DataFrame({"age": [40.0, 40.0], "county": [1, None]})
    with pytest.warns(ps.PeerstatsWarning, match="1 of 2 rows"):
        assert result.predict(new, kind="conditional").isna()["peer"].tolist() == [False, True]
    assert result.predict(kind="conditional")["peer"].isna().tolist() == (data["county"] == 3).tolist()
    assert result.predict()["peer"].notna().all()
    with pytest.raises(ps.InputError, match=r"county 3 in row 1 is no group of the fit \(1 such"):
        result.predict(new.assign(county=[1, 3]), kind="conditional")
    with pytest.raises(ps.InputError, match="group column 'county' is not in the data"):
        result.predict(new[["age"]], kind="conditional")
    assert_allclose(
        result.predict(new[["age"]], kind="typical")["peer"].iloc[0],
        expit(result.fit.coefficients[:, 0] @ [1, 40.0]),
    )


def test_only_a_mixed_model_knows_kinds_of_predictions_and_groups():
    data = simulated(6)
    plain = ps.logistic("job ~ age", data)
    with pytest.raises(ps.InputError, match=r"kind='typical', but logistic\(\) has no random intercept"):
        plain.predict(kind="typical")
    with pytest.raises(ps.InputError, match=r"variance_components\(\): logistic\(\) has no random"):
        plain.variance_components()
    with pytest.raises(ps.InputError, match=r"group_effects\(\): logistic\(\) has no random"):
        plain.group_effects()
    mixed = ps.mixed_logistic("job ~ age", data, group="county")
    with pytest.raises(ps.InputError, match="kind='marginal' is not known"):
        mixed.predict(kind="marginal")


def test_a_variance_at_its_boundary_is_said_in_words_and_the_fit_is_the_plain_one():
    data = people("logistic", "boundary")
    result, plain = ps.mixed_logistic("y ~ x", data, group="group"), ps.logistic("y ~ x", data)
    assert result.fit.random.singular
    assert_allclose(result.fit.coefficients, plain.fit.coefficients, rtol=1e-9)
    assert_allclose(result.predict(kind="conditional"), plain.predict(), rtol=1e-9)
    assert_allclose(result.group_effects()["estimate"], 0)
    assert "The variance is estimated at its boundary, 0 (a singular fit)" in str(result)
    people_, waves = people("linear", "boundary"), "score ~ wave + x"
    linear = ps.mixed_linear(waves, people_, group="person")
    assert_allclose(linear.fit.coefficients, ps.linear(waves, people_).fit.coefficients, rtol=1e-9)
    assert "boundary, 0" in str(linear)
    assert linear.glance()["lr_p_value"].iloc[0] == 1


def test_nothing_of_a_group_is_in_the_record():
    data = simulated(8).assign(county=lambda d: "county-" + d["county"].astype(str))
    for result in (
        ps.mixed_logistic("job ~ age", data, group="county"),
        ps.mixed_linear("score ~ age", data, group="county"),
    ):
        record = json.dumps(result.to_dict(), allow_nan=False)
        assert "county-" not in record
        assert result.to_dict()["random"]["n_groups"] == 25


def test_polars_gives_what_pandas_gives():
    data = simulated(9)
    one = ps.mixed_logistic("job ~ age + rural", data, group="county")
    other = ps.mixed_logistic("job ~ age + rural", pl.from_pandas(data), group="county")
    assert isinstance(other.group_effects(), pl.DataFrame)
    assert_allclose(one.variance_components()["estimate"], other.variance_components()["estimate"].to_numpy())
    assert_allclose(
        one.predict(kind="conditional")["peer"], other.predict(kind="conditional")["peer"].to_numpy()
    )


def test_odds_ratios_are_said_to_be_conditional():
    result = ps.mixed_logistic("job ~ age", simulated(10), group="county")
    assert "conditional on county: between rows of the same county" in result.summary()
    ratios = result.tidy(exponentiate=True)
    assert_allclose(ratios["estimate"], np.exp(result.tidy()["estimate"]))
    assert np.isinf(ratios["df"]).all()


def test_too_few_points_that_were_asked_for_are_noted():
    result = ps.mixed_logistic(LOGISTIC["waves"], people("logistic", "waves"), group="group", n_points=5)
    assert "Too few quadrature points: from 5 to 11 the log-likelihood changed by" in result.fit.notes[-1]
    enough = ps.mixed_logistic("y ~ x", people("logistic", "steep"), group="group")
    assert not any("quadrature" in note for note in enough.fit.notes)


def test_points_too_few_for_a_maximum_are_said_to_be_the_reason():
    with pytest.raises(ps.ConvergenceError, match=r"no maximum was reached .*\n  Leave n_points= out"):
        ps.mixed_logistic("y ~ x", people("logistic", "steep"), group="group", n_points=5)


def test_few_groups_are_noted():
    data = simulated(2, groups=6, sd=0.3)
    assert any(
        "Only 6 groups of county" in note
        for note in ps.mixed_linear("score ~ age", data, group="county").fit.notes
    )


def _break(**change):
    return simulated(1).assign(**change)


BAD = {
    "sampling weights": (
        lambda: ps.mixed_logistic(
            "job ~ age", _break(), group="county", weights="age", weight_kind="sampling"
        ),
        r"mixed_logistic\(\): weight_kind='sampling': .*groups.*\n.*cluster=\"county\"",
    ),
    "fractions as frequencies": (
        lambda: ps.mixed_linear("score ~ age", _break(), group="county", weights="age"),
        r"mixed_linear\(\): the weight 'age' is no whole number",
    ),
    "a missing group": (
        lambda: ps.mixed_logistic(
            "job ~ age", _break(county=lambda d: d["county"].where(d["county"] != 2)), group="county"
        ),
        r"group='county' is missing in row \d+ \(\d+ such rows\).\n  Give every row a group",
    ),
    "no such group": (
        lambda: ps.mixed_linear("score ~ age", _break(), group="count"),
        r"group column 'count' is not in the data.\n.*'county'",
    ),
    "a formula of lme4": (
        lambda: ps.mixed_linear("score ~ age + (1 | county)", _break(), group="county"),
        r"holds a random intercept, as R's formulas do.\n  Take it out .*group=\"county\"",
    ),
    "two columns of groups": (
        lambda: ps.mixed_linear("score ~ age", _break(), group=["county", "rural"]),
        r"group=\['county', 'rural'\] is no name of a column",
    ),
    "one group": (
        lambda: ps.mixed_linear("score ~ age", _break(county=1), group="county"),
        r"group='county' has one value in the rows used.\n  A random intercept needs two groups",
    ),
    "groups of one": (
        lambda: ps.mixed_logistic("job ~ age", _break(county=lambda d: range(len(d))), group="county"),
        r"none of the \d+ groups has two observations",
    ),
    "three outcomes": (
        lambda: ps.mixed_logistic(
            "job ~ age", _break(job=lambda d: (d["county"] % 3).map("abc".__getitem__)), group="county"
        ),
        r"the outcome 'job' has 3 levels: 'a', 'b', 'c'.\n.*cluster=\"county\"",
    ),
    "collinear columns": (
        lambda: ps.mixed_logistic("job ~ age + twice", _break(twice=lambda d: 2 * d["age"]), group="county"),
        r"the column 'twice' is a combination of 'age'",
    ),
    "collinear columns of a linear model": (
        lambda: ps.mixed_linear("score ~ age + twice", _break(twice=lambda d: 2 * d["age"]), group="county"),
        r"the column 'twice' is a combination of 'age'",
    ),
    "the group as a category": (
        lambda: ps.mixed_linear("score ~ age + C(county)", _break(), group="county"),
        r"the terms tell all 25 groups of 'county' apart, so nothing is left for a random intercept",
    ),
    "the group as a category of a logit": (
        lambda: ps.mixed_logistic("job ~ 0 + C(county)", _break(), group="county"),
        r"the terms tell all 25 groups of 'county' apart",
    ),
    "an outcome constant within groups": (
        lambda: ps.mixed_linear("score ~ 1", _break(score=lambda d: d["county"] ** 2), group="county"),
        r"within the groups of 'county' the terms fit every outcome exactly",
    ),
    "an outcome that belongs to the group": (
        lambda: ps.mixed_logistic("job ~ 1", _break(job=lambda d: d["county"] % 2), group="county"),
        r"the variance between groups of 'county' grows without end: in 25 of 25 groups",
    ),
    "separation": (
        lambda: ps.mixed_logistic(
            "job ~ told + age", _break(told=lambda d: (d["job"] == "peer") * 1), group="county"
        ),
        r"mixed_logistic\(\): the rows are completely separated: 'told' tells job 'peer' from 'other'",
    ),
    "too few points": (
        lambda: ps.mixed_logistic("job ~ age", _break(), group="county", n_points=3),
        r"n_points=3 is no whole number from 5 to 511",
    ),
    "an unknown method": (
        lambda: ps.mixed_linear("score ~ age", _break(), group="county", method="pql"),
        r"mixed_linear\(\): method='pql' is not known",
    ),
    "a percentage": (
        lambda: ps.mixed_linear("score ~ age", _break(), group="county", conf_level=95),
        r"conf_level=95 is not a confidence level",
    ),
    "ratios of a score": (
        lambda: ps.mixed_linear("score ~ age", _break(), group="county").tidy(exponentiate=True),
        r"exponentiate=True, but the coefficients are in units of 'score'",
    ),
}


@pytest.mark.parametrize("name", list(BAD))
def test_what_cannot_be_fitted_is_refused_with_a_next_step(name):
    call, words = BAD[name]
    with pytest.raises(ps.PeerstatsError, match=words) as caught:
        call()
    assert caught.value.next_step


def test_the_code_of_a_group_may_be_a_predictor():
    result = ps.mixed_linear("score ~ age + county", simulated(1), group="county")
    assert result.fit.terms == ("Intercept", "age", "county")
    assert result.fit.random.n_groups == 25
