"""What must hold for linear models, and what bad input gets."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
FORMULA = "wage ~ age + state"
VARIANCES = ["model", "HC0", "HC1", "HC2", "HC3", "linearized", "CR0", "CR1", "CR1S", "CR2", "CR3"]


def simulated(seed, n=200):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(45, 10, n),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "county": rng.integers(0, 25, n),
            "copies": rng.integers(0, 4, n),
            "weight": rng.uniform(0.2, 5, n),
        }
    )
    wage = 18 + 0.05 * (data["age"] - 45) + (data["state"] == "PA") + rng.normal(0, 3, n)
    return data.assign(wage=wage, employed=wage + rng.normal(0, 4, n) > 18)


def errors(result):
    return np.sqrt(np.diag(result.fit.covariance))


@few
@given(seeds, st.sampled_from(VARIANCES), st.sampled_from(["linear", "logistic"]))
def test_frequency_weights_equal_rows_repeated(seed, variance, model):
    data = simulated(seed)
    fit, formula = (ps.linear, FORMULA) if model == "linear" else (ps.logistic, "employed ~ age + state")
    again = data.loc[data.index.repeat(data["copies"])]
    call = {"cluster": "county" if variance.startswith("CR") else None, "variance": variance}
    weighted = fit(formula, data, weights="copies", weight_kind="frequency", **call)
    repeated = fit(formula, again, **call)
    assert_allclose(weighted.fit.coefficients, repeated.fit.coefficients, rtol=1e-9, atol=1e-11)
    assert_allclose(errors(weighted), errors(repeated), rtol=1e-8)
    # a Satterthwaite df is a ratio of sums of squares, and keeps half the digits of the roots behind it
    assert_allclose(weighted.tidy()["df"], repeated.tidy()["df"], rtol=1e-7)
    numbers = [name for name, kind in weighted.glance().dtypes.items() if kind.kind == "f"]
    steps = {"n_iterations", "n_clusters"}
    for name in set(numbers) - steps:
        assert_allclose(weighted.glance()[name], repeated.glance()[name], rtol=1e-8)


@few
@given(seeds, st.floats(1e-4, 1e4), st.sampled_from(["HC1", "HC3", "linearized", "CR1", "CR2", "CR3"]))
def test_the_scale_of_weights_changes_neither_estimates_nor_errors(seed, factor, variance):
    data = simulated(seed)
    call = {"cluster": "county" if variance.startswith("CR") else None, "variance": variance}
    for kind in ("sampling", "precision"):
        one = ps.linear(FORMULA, data, weights="weight", weight_kind=kind, **call)
        scaled = data.assign(weight=data["weight"] * factor)
        other = ps.linear(FORMULA, scaled, weights="weight", weight_kind=kind, **call)
        assert_allclose(one.fit.coefficients, other.fit.coefficients, rtol=1e-8, atol=1e-10)
        assert_allclose(errors(one), errors(other), rtol=1e-8)
        assert_allclose(one.tidy()["df"], other.tidy()["df"], rtol=1e-6)
        if kind == "sampling":
            assert_allclose(one.fit.sigma, other.fit.sigma, rtol=1e-8)


@few
@given(seeds, st.sampled_from(["linear", "logistic"]), st.sampled_from(["none", "precision"]))
def test_clusters_of_one_give_the_unclustered_sandwich(seed, model, weights):
    data = simulated(seed).assign(person=range(200))
    fit, formula = (ps.linear, FORMULA) if model == "linear" else (ps.logistic, "employed ~ age + state")
    call = {}
    if weights == "precision" and model == "linear":
        call = {"weights": "weight", "weight_kind": "precision"}
    for clustered, plain in (("CR0", "HC0"), ("CR1S", "HC1"), ("CR2", "HC2"), ("CR3", "HC3")):
        one = fit(formula, data, cluster="person", variance=clustered, **call)
        other = fit(formula, data, variance=plain, **call)
        assert_allclose(one.fit.covariance, other.fit.covariance, rtol=1e-8, atol=1e-13)


@few
@given(seeds, st.sampled_from(VARIANCES))
def test_the_order_of_rows_does_not_matter(seed, variance):
    data = simulated(seed)
    shuffled = data.sample(frac=1, random_state=seed % 1000)
    call = {"cluster": "county" if variance.startswith("CR") else None, "variance": variance}
    one, other = ps.linear(FORMULA, data, **call), ps.linear(FORMULA, shuffled, **call)
    assert_allclose(one.fit.coefficients, other.fit.coefficients, rtol=1e-9, atol=1e-11)
    assert_allclose(errors(one), errors(other), rtol=1e-9)


@few
@given(seeds)
def test_a_table_of_means_with_precision_weights_has_the_coefficients_of_its_rows(seed):
    data = simulated(seed).assign(age=lambda d: d["age"].round(-1))
    cells = data.groupby(["age", "state"], as_index=False).agg(wage=("wage", "mean"), n=("wage", "size"))
    rows = ps.linear(FORMULA, data)
    means = ps.linear(FORMULA, cells, weights="n", weight_kind="precision")
    assert_allclose(means.fit.coefficients, rows.fit.coefficients, rtol=1e-9)


@few
@given(seeds, st.floats(-5, 5))
def test_a_constant_offset_moves_the_intercept_and_nothing_else(seed, shift):
    data = simulated(seed).assign(known=shift)
    plain = ps.logistic("employed ~ age + state", data)
    moved = ps.logistic("employed ~ age + state", data, offset="known")
    assert_allclose(moved.fit.coefficients[0], plain.fit.coefficients[0] - shift, rtol=1e-8, atol=1e-8)
    assert_allclose(moved.fit.coefficients[1:], plain.fit.coefficients[1:], rtol=1e-7, atol=1e-10)
    assert_allclose(moved.fit.loglik_null, plain.fit.loglik_null, rtol=1e-10)
    assert_allclose(moved.predict(), plain.predict(), rtol=1e-8)


def test_an_offset_that_is_a_term_takes_its_coefficient_to_what_is_left():
    data = simulated(1).assign(known=lambda d: 0.3 * d["age"])
    plain = ps.logistic("employed ~ age", data)
    moved = ps.logistic("employed ~ age", data, offset="known")
    assert_allclose(moved.fit.coefficients[1], plain.fit.coefficients[1] - 0.3, rtol=1e-9)
    assert_allclose(errors(moved), errors(plain), rtol=1e-8)


def test_predictions_and_residuals_add_up_to_the_outcome():
    data = simulated(2)
    result = ps.linear("log(wage) ~ age * state", data)
    fitted = result.predict()
    assert list(fitted.columns) == ["estimate"]
    residual = np.log(data["wage"]) - fitted["estimate"]
    assert_allclose(residual.sum(), 0, atol=1e-10)
    assert_allclose(residual.std(ddof=6), result.fit.sigma, rtol=1e-10)
    assert_allclose(1 - residual.var() / np.log(data["wage"]).var(), result.fit.r_squared, rtol=1e-10)


def test_a_logged_outcome_has_ratios_and_another_has_none():
    data = simulated(3)
    logged = ps.linear("np.log(wage) ~ age", data)
    assert_allclose(logged.tidy(exponentiate=True)["estimate"], np.exp(logged.tidy()["estimate"]))
    assert "Ratios of geometric means" in str(logged.summary())
    plain = ps.linear("wage ~ age", data)
    with pytest.raises(ps.InputError, match=r"units of 'wage', not logs.*\n.*log\(wage\)"):
        plain.tidy(exponentiate=True)


def test_a_subpopulation_keeps_the_design_of_the_whole():
    data = simulated(4).assign(inside=lambda d: d["state"] != "OR")
    call = {"weights": "weight", "where": "inside"}
    whole = ps.linear("wage ~ age", data, **call)
    assert whole.fit.df == 199
    residual = ps.linear("wage ~ age", data, df="residual", **call)
    assert residual.fit.df == data["inside"].sum() - 2
    assert_allclose(errors(residual), errors(whole))


def test_true_and_false_are_a_number_for_a_linear_probability_model():
    data = simulated(5)
    result = ps.linear("employed ~ age", data, variance="HC1")
    numbers = ps.linear("employed ~ age", data.assign(employed=data["employed"].astype(int)), variance="HC1")
    assert_allclose(result.fit.coefficients, numbers.fit.coefficients, rtol=1e-12)


BAD = {
    "text": (
        {"formula": "state ~ age"},
        r"linear\(\): the outcome 'state' holds String, not numbers.*\n.*multinomial",
    ),
    "category": ({"formula": "C(age) ~ state"}, r"the outcome 'C\(age\)' is no number"),
    "infinite": ({"formula": "bad ~ age"}, r"linear\(\): column 'bad' holds inf in row 7"),
    "log of zero": (
        {"formula": "log(zero) ~ age"},
        r"'log\(zero\)' is not a finite number in row 0 \(zero = 0\)",
    ),
    "constant": ({"formula": "one ~ age"}, r"the outcome 'one' is 1 in all 200 rows used"),
    "collinear": ({"formula": "wage ~ age + I(2 * age)"}, r"'I\(2 \* age\)' is a combination of 'age'"),
    "model and sampling": ({"weights": "weight", "variance": "model"}, r"depend on their scale"),
    "CR without clusters": ({"variance": "CR2"}, r"variance='CR2' without clusters"),
    "HC with clusters": ({"variance": "HC2", "cluster": "county"}, r"would ignore the clusters"),
    "unknown variance": ({"variance": "HC4"}, r"variance='HC4' is not known"),
    "unknown df": ({"df": "kenward"}, r"df='kenward' is not known"),
    "CR2 and residual": ({"cluster": "county", "variance": "CR2", "df": "residual"}, r"Satterthwaite"),
    "no degrees": ({"cluster": "pair", "df": "residual"}, r"2 clusters less 4 coefficients"),
    "one row alone": (
        {"formula": "wage ~ alone", "variance": "HC3"},
        r"rests on one alone: row 0 \(1 row in all\)",
    ),
    "one cluster alone": (
        {"formula": "wage ~ first", "variance": "CR3", "cluster": "county"},
        r"rests on one alone: the cluster of row \d+ \(1 cluster in all\)",
    ),
    "levels of the outcome": ({"levels": {"wage": 1}}, r"levels= names the outcome 'wage'"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_an_error_that_names_the_place(case):
    call, message = BAD[case]
    data = simulated(6)
    data = data.assign(
        bad=np.where(data.index == 7, np.inf, 1.0 * data.index),
        zero=1.0 * data.index,
        one=1,
        pair=data.index % 2,
        alone=data.index == 0,
        first=data["county"] == data["county"].min(),
    )
    with pytest.raises(ps.InputError, match=message):
        ps.linear(**{"formula": FORMULA, "data": data, **call})


def test_hc2_and_cr2_say_which_rows_a_term_fits_exactly():
    data = simulated(7).assign(alone=lambda d: d.index == 0, first=lambda d: d["county"] == 3)
    assert (
        "1 row with a leverage of 1, the first row 0"
        in ps.linear("wage ~ alone", data, variance="HC2").fit.notes[-1]
    )
    clustered = ps.linear("wage ~ first", data, variance="CR2", cluster="county")
    assert "1 cluster with a leverage of 1" in clustered.fit.notes[0]


def test_precision_weights_are_for_linear_models_only():
    with pytest.raises(ps.InputError, match=r"weight_kind='precision' is for linear models"):
        ps.logistic("employed ~ age", simulated(8), weights="weight", weight_kind="precision")


def test_corrections_by_leverage_are_for_one_equation_only():
    data = simulated(9)
    with pytest.raises(ps.InputError, match=r"'HC3' is defined for models of one equation"):
        ps.multinomial("state ~ age", data, variance="HC3")


def test_an_offset_that_is_missing_counts_as_a_missing_value_and_an_infinite_one_is_an_error():
    data = simulated(10).assign(known=0.5)
    data.loc[3, "known"] = np.nan
    result = ps.logistic("employed ~ age", data, offset="known")
    assert dict(result.fit.dropped) == {"known missing": 1}
    assert result.predict().isna().any(axis=1).tolist().index(True) == 3
    data.loc[5, "known"] = np.inf
    with pytest.raises(ps.InputError, match=r"offset='known' is inf in row 5"):
        ps.logistic("employed ~ age", data, offset="known")


def test_fewer_clusters_than_coefficients_is_said():
    data = simulated(11).assign(region=lambda d: d["county"] % 3)
    notes = ps.linear(FORMULA, data, cluster="region").fit.notes
    assert any("3 clusters for 4 coefficients" in note for note in notes)


def test_a_perfect_fit_is_said():
    data = simulated(12).assign(wage=lambda d: 3 + 2 * d["age"])
    assert any("fit every outcome exactly" in note for note in ps.linear("wage ~ age", data).fit.notes)


def test_a_term_that_one_cluster_alone_tells_of_is_said_and_so_are_few_clusters():
    data = simulated(13).assign(first=lambda d: d["county"] == 3)
    notes = ps.linear("wage ~ first", data, cluster="county").fit.notes
    said = "Only one cluster tells of 'first[T.True]': a clustered error has nothing to compare it with"
    assert notes == (f"{said} and is far too small.",)
    few = ps.linear("wage ~ age", data.assign(region=lambda d: d["county"] % 12), cluster="region")
    assert few.fit.notes == ("12 clusters: with so few, errors tend to be too small.",)
    assert ps.linear("wage ~ age", data, cluster="county").fit.notes == ()


WORDS = {
    "kind without weights": ({"weight_kind": "frequency"}, r"weight_kind='frequency' without weights"),
    "unknown kind": ({"weight_kind": "bogus"}, r"weight_kind='bogus' is not known"),
    "levels as text": ({"levels": "PA"}, r"levels='PA' is no dictionary"),
    "empty cell": ({"formula": "wage ~ state * early"}, r"is 0 in every row used: no row has both"),
    "outcome on both sides": ({"formula": "wage ~ age + wage"}, r"'wage' is the outcome as well"),
    "arithmetic": ({"formula": "wage + 1 ~ age"}, r"stands inside I\(\)"),
    "missing cluster": (
        {"cluster": "gap", "weights": "weight"},
        r"cluster='gap' is missing in row 5 .*\n.*of the data: those outside where= are part",
    ),
}


@pytest.mark.parametrize("case", WORDS)
def test_what_is_ignored_elsewhere_is_said_here(case):
    call, message = WORDS[case]
    data = simulated(14).assign(early=lambda d: (d["state"] != "PA") & (d["age"] > 45))
    data["gap"] = data["county"].where(data.index != 5).astype("Int64")
    with pytest.raises(ps.InputError, match=message):
        ps.linear(**{"formula": FORMULA, "data": data, **call})


def test_a_level_that_is_a_number_may_be_named_by_its_text():
    data = simulated(15).assign(grade=lambda d: d["county"] % 3)
    named = ps.linear("wage ~ C(grade)", data, levels={"grade": "2"})
    assert named.fit.terms == ("Intercept", "C(grade)[T.0]", "C(grade)[T.1]")
    assert ps.linear("wage ~ C(grade)", data, levels={"grade": 2}).fit.terms == named.fit.terms
