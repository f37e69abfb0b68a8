"""Rows, levels and weights: what leaves is counted, what cannot be used is named."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps


def survey(**columns):
    rng = np.random.default_rng(4)
    n = 60
    return pd.DataFrame(
        {
            "job": rng.choice(["none", "other", "peer"], n),
            "age": rng.normal(45, 10, n).round(),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "weight": rng.integers(1, 4, n).astype(float),
            "county": rng.integers(0, 12, n),
            **columns,
        },
        index=[f"id{i}" for i in range(n)],
    )


def with_value(column, row, value):
    data = survey().astype({column: object}) if isinstance(value, str) else survey()
    data.loc[data.index[row], column] = value
    return data


def test_a_row_missing_in_several_variables_counts_under_the_first_and_once_in_all():
    data = survey()
    data.loc[["id1", "id2", "id3"], "state"] = None
    data.loc[["id3", "id4"], "age"] = np.nan
    data.loc[["id4", "id5"], "job"] = None
    fit = ps.multinomial("job ~ age + state", data).fit
    assert fit.dropped == (("job missing", 2), ("age missing", 1), ("state missing", 2))
    assert (fit.n_missing, fit.n_rows) == (5, 55)
    assert ps.multinomial("job ~ state + age", data).fit.dropped[1] == ("state missing", 3)


def test_missing_values_can_be_made_an_error():
    with pytest.raises(ps.InputError, match="values are missing: age in 1 row"):
        ps.multinomial("job ~ age", with_value("age", 3, np.nan), missing="raise")


def test_levels_are_collected_after_incomplete_rows_have_gone():
    data = survey()
    data.loc["id7", ["state", "age"]] = ["VT", np.nan]
    fit = ps.multinomial("job ~ age + state", data).fit
    assert fit.terms == ("Intercept", "state[T.OR]", "state[T.PA]", "age")
    assert fit.notes == ("state: no row used has 'VT'; left out of the levels.",)


def test_a_reference_level_is_named_in_the_formula_or_in_levels():
    data = survey()
    one = ps.multinomial("job ~ C(state, Treatment('PA'))", data)
    other = ps.multinomial("job ~ state", data, levels={"state": "PA"})
    ordered = ps.multinomial("job ~ state", data, levels={"state": ["PA", "NC", "OR"]})
    assert other.fit.terms == ("Intercept", "state[T.NC]", "state[T.OR]") == ordered.fit.terms
    assert_allclose(one.fit.coefficients, other.fit.coefficients)
    noted = ps.multinomial("job ~ state", data, levels={"state": ["PA", "TX", "NC", "OR"]}).fit
    assert noted.notes == ("state: no row used has 'TX'; left out of the levels.",)


@pytest.mark.parametrize(
    ("levels", "formula", "told"),
    [
        ({"state": "TX"}, "job ~ state", "no level 'TX' in the rows used"),
        ({"state": ["PA", "NC"]}, "job ~ state", "lacks 'OR', which rows hold"),
        ({"sate": "PA"}, "job ~ state", r"names 'sate'.*\n  Closest categories: 'state'"),
        ({"age": 40}, "job ~ age", r"whose values are numbers.\n  Write C\(age\)"),
        ({"job": "peer"}, "job ~ age", r"names the outcome 'job'.\n  Say base="),
        ({"state": "PA"}, "job ~ C(state, Treatment('NC'))", "both name a reference"),
    ],
)
def test_levels_that_cannot_be_used_are_named(levels, formula, told):
    with pytest.raises(ps.InputError, match=rf"multinomial\(\): .*{told}"):
        ps.multinomial(formula, survey(), levels=levels)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (-1.0, r"the weight 'weight' is negative in row id3 \(-1; 1 such rows\)"),
        (np.nan, r"is missing in row id3 \(nan"),
        (np.inf, r"is infinite in row id3 \(inf"),
    ],
)
@pytest.mark.parametrize("kind", ["sampling", "frequency"])
def test_weights_that_are_none_are_named_with_row_and_value(value, told, kind):
    with pytest.raises(ps.InputError, match=told):
        ps.multinomial("job ~ age", with_value("weight", 3, value), weights="weight", weight_kind=kind)


def test_frequency_weights_are_whole_numbers():
    with pytest.raises(ps.InputError, match=r"is no whole number.*row id3 \(1.5.*\n  Sampling weights need"):
        ps.multinomial("job ~ age", with_value("weight", 3, 1.5), weights="weight", weight_kind="frequency")
    with pytest.raises(ps.InputError, match="every weight 'weight' is zero"):
        ps.multinomial("job ~ age", survey(weight=0), weights="weight")
    with pytest.raises(ps.InputError, match="weight_kind='importance' is not known"):
        ps.multinomial("job ~ age", survey(), weights="weight", weight_kind="importance")
    with pytest.raises(ps.InputError, match=r"weights column 'wieght'.*\n  Closest columns: 'weight'"):
        ps.multinomial("job ~ age", survey(), weights="wieght")


def test_zero_weights_leave_the_fit_and_are_counted():
    data = survey()
    data.loc[data.index[:5], "weight"] = 0
    zero = ps.multinomial("job ~ age", data, weights="weight")
    without = ps.multinomial("job ~ age", data.iloc[5:], weights="weight")
    assert zero.fit.dropped == (("weight of zero", 5),)
    assert_allclose(zero.fit.covariance, without.fit.covariance, rtol=1e-12)
    assert zero.fit.df == without.fit.df == 54
    copies = ps.multinomial("job ~ age", data, weights="weight", weight_kind="frequency")
    total = int(data["weight"].sum())
    assert f"{total} observations of {total} (left out: 5 weight of zero) in 55 rows" in repr(copies)


def test_where_without_weights_is_a_plain_subset():
    data = survey()
    keep = (data["state"] != "OR").to_numpy()
    by_array = ps.multinomial("job ~ age", data, where=keep)
    by_name = ps.multinomial("job ~ age", data.assign(keep=keep), where="keep")
    subset = ps.multinomial("job ~ age", data[keep])
    for result in (by_array, by_name):
        assert_allclose(result.fit.covariance, subset.fit.covariance, rtol=1e-14)
        assert result.fit.dropped == (("outside where", int((~keep).sum())),)


def test_where_with_sampling_weights_is_a_subpopulation_of_the_whole_design():
    data = survey()
    keep = (data["state"] != "OR").to_numpy()
    whole = ps.multinomial("job ~ age", data, weights="weight", where=keep)
    subset = ps.multinomial("job ~ age", data[keep], weights="weight")
    m = keep.sum()
    assert_allclose(whole.fit.covariance, subset.fit.covariance * (60 / 59) / (m / (m - 1)), rtol=1e-12)
    assert (whole.fit.df, subset.fit.df) == (59, m - 1)
    few = ps.multinomial("job ~ age", data, weights="weight", where=data["county"] < 3, cluster="county")
    assert few.fit.df == data["county"].nunique() - 1


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ([True] * 3, "has 3 values for 60 rows"),
        ([1] * 60, "holds int64, not True and False"),
        ([False] * 60, "keeps no row"),
        ("state", "not True and False"),
        ("sate", "where column 'sate'"),
        ("gap", r"where='gap' is missing in row id2 \(1 such rows\)"),
    ],
)
def test_where_that_is_no_choice_of_rows_is_refused(where, told):
    gap = pd.array([True] * 2 + [None] + [True] * 57, dtype="boolean")
    with pytest.raises(ps.InputError, match=told):
        ps.multinomial("job ~ age", survey(gap=gap), where=where)


def test_clusters_are_complete_and_two_at_least():
    with pytest.raises(ps.InputError, match=r"cluster='county' is missing in row id3 \(1 such rows\)"):
        ps.multinomial("job ~ age", with_value("county", 3, np.nan), cluster="county")
    with pytest.raises(ps.InputError, match="cluster='county' has one value"):
        ps.multinomial("job ~ age", survey(county=1), cluster="county")
    few = ps.multinomial("job ~ age + state", survey(county=np.arange(60) % 5), cluster="county")
    assert few.fit.notes[0].startswith("5 clusters for 8 coefficients")


@pytest.mark.parametrize(
    ("formula", "column", "row", "value", "told"),
    [
        ("job ~ age", "age", 3, np.inf, "column 'age' holds inf in row id3"),
        ("job ~ age > 40", "age", 3, -np.inf, "column 'age' holds -inf in row id3"),
        ("job ~ I(1 / age)", "age", 3, np.inf, "column 'age' holds inf in row id3"),
        ("job ~ C(age)", "age", 3, np.inf, "column 'age' holds inf in row id3"),
        (
            "job ~ np.log(age)",
            "age",
            3,
            0.0,
            r"'np.log\(age\)' is not a finite number in row id3 \(age = 0\)",
        ),
        ("job ~ sqrt(age)", "age", 3, -4.0, r"'sqrt\(age\)' is not a finite number in row id3 \(age = -4\)"),
        ("job ~ I(1 / age)", "age", 3, 0.0, "is not a finite number in row id3"),
    ],
)
def test_values_that_are_not_finite_are_named_with_their_row(formula, column, row, value, told):
    with pytest.raises(ps.InputError, match=told):
        ps.multinomial(formula, with_value(column, row, value))


@pytest.mark.parametrize(
    ("formula", "columns", "told"),
    [
        (
            "job ~ day",
            {"day": pd.Timestamp("2020-05-01")},
            "'day' holds Datetime.*neither numbers nor categories",
        ),
        ("job ~ day", {"day": [dt.date(2020, 5, 1)] * 60}, "holds objects; row id0 holds datetime.date"),
        ("job ~ bag", {"bag": [{"a": 1}] * 60}, "holds objects; row id0 holds {'a': 1}"),
        ("job ~ mix", {"mix": ["a", 1] * 30}, "mixes kinds or holds objects; row id1 holds 1"),
        (
            "job ~ mix",
            {"mix": pd.Series(["a", True] * 30, dtype=object, index=survey().index)},
            "mixes text with",
        ),
        ("job ~ log(state)", {}, r"'log\(state\)' needs numbers, and column 'state' holds String"),
        ("job ~ age + state", {"state": "NC"}, "'state' has one level, 'NC', in the rows used"),
        ("job ~ age > 5", {"age": 40}, "'age > 5' is True in every row used"),
        ("job ~ C(I(age + 1))", {}, r"C\(\) takes a column"),
        ("job ~ who", {"who": [f"p{i}" for i in range(60)]}, "no fewer columns than the 60 rows used; 'who'"),
        (
            "job ~ who:state",
            {"who": [f"p{i}" for i in range(60)]},
            "no fewer columns than the 60 rows used; 'who:state'",
        ),
        ("job ~ age + I(age * 2)", {}, r"the column 'I\(age \* 2\)' is a combination of 'age'"),
        ("job ~ state + one", {"one": 1.0}, "'one' has the same value in all 60 rows used"),
        ("job ~ zero", {"zero": 0.0}, "'zero' is 0 in every row used"),
        ("job ~ huge", {"huge": np.linspace(1e200, 2e200, 60)}, "'huge' are too large"),
    ],
)
def test_predictors_that_cannot_be_used_are_named(formula, columns, told):
    with pytest.raises(ps.FormulaError, match=rf"(?s)multinomial\(\): .*({told})"):
        ps.multinomial(formula, survey(**columns))


def test_a_dummy_for_every_level_is_a_combination_of_the_intercept_and_the_others():
    data = survey()
    dummies = {name: (data["state"] == name).astype(int) for name in ("NC", "OR", "PA")}
    with pytest.raises(ps.FormulaError, match="the column 'PA' is a combination of 'Intercept', 'NC', 'OR'"):
        ps.multinomial("job ~ NC + OR + PA", data.assign(**dummies))


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (np.linspace(0, 1, 60), r"the outcome 'job' holds fractions, such as 0.01.* in row id1"),
        (np.arange(60), "has 60 levels; more than 50 look like a number"),
        ("peer", "the outcome 'job' is 'peer' in all 60 rows used"),
        ([dt.date(2020, 5, 1)] * 60, "holds objects"),
        ([None] * 60, "no row is left of 60"),
    ],
)
def test_outcomes_that_cannot_be_used_are_named(outcome, told):
    with pytest.raises(ps.InputError, match=rf"multinomial\(\): .*{told}"):
        ps.multinomial("job ~ age", survey(job=outcome))


def test_logistic_refuses_three_levels_and_names_the_model_for_them():
    with pytest.raises(
        ps.InputError, match=r"'job' has 3 levels: 'none', 'other', 'peer'.\n  Use multinomial\(\)"
    ):
        ps.logistic("job ~ age", survey())


@pytest.mark.parametrize(
    ("outcome", "levels"),
    [
        (pd.Categorical(["peer", "none"] * 30, ["peer", "none"]), ("peer", "none")),
        ([True, False] * 30, (False, True)),
        ([1, 0] * 30, (0, 1)),
        ([2.0, 1.0] * 30, (1, 2)),
        (pd.array([2, 1] * 30, dtype="Int64"), (1, 2)),
    ],
)
def test_the_default_base_is_the_first_level(outcome, levels):
    fit = ps.logistic("job ~ state", survey(job=outcome)).fit
    assert fit.outcome_levels == levels
    assert ps.logistic("job ~ state", survey(job=outcome), base=levels[1]).fit.base == levels[1]
    assert ps.logistic("job ~ state", survey(job=outcome), base=str(levels[1])).fit.base == levels[1]


def test_an_unknown_base_gets_the_closest_names():
    with pytest.raises(
        ps.InputError, match=r"base='pear' is no level of the outcome 'job'.*\n  Closest levels: 'peer'"
    ):
        ps.multinomial("job ~ age", survey(), base="pear")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ({"variance": "HC9"}, "variance='HC9' is not known"),
        ({"variance": "model", "weights": "weight"}, "variance='model' with sampling weights"),
        ({"variance": "CR1"}, "variance='CR1' without clusters"),
        ({"variance": "HC1", "cluster": "county"}, "'HC1' would ignore the clusters"),
        ({"missing": "impute"}, "missing='impute' is not known"),
        ({"conf_level": 95}, "conf_level=95 is not a confidence level"),
        ({"cluster": "cuonty"}, r"cluster column 'cuonty'.*\n  Closest columns: 'county'"),
    ],
)
def test_arguments_that_would_mislead_are_refused(call, told):
    with pytest.raises(ps.InputError, match=rf"multinomial\(\): .*{told}"):
        ps.multinomial("job ~ age", survey(), **call)


def test_the_formula_is_text():
    with pytest.raises(ps.FormulaError, match="the formula is a list, not text"):
        ps.multinomial(["job", "age"], survey())


def test_hc1_needs_more_observations_than_coefficients():
    # three segments through one point: no line parts any two outcomes, and six rows have six coefficients
    angle = np.radians([0, 180, 60, 240, 120, 300])
    data = pd.DataFrame({"job": list("aabbcc"), "x": np.cos(angle), "y": np.sin(angle)})
    assert ps.multinomial("job ~ x + y", data, variance="HC0").fit.n_parameters == 6
    with pytest.raises(ps.InputError, match="variance='HC1' needs more observations than the 6 coefficients"):
        ps.multinomial("job ~ x + y", data, variance="HC1")


@pytest.mark.parametrize("formula", ["job ~ age + state", "job ~ C(weight) + age"])
def test_every_kind_of_frame_gives_the_same_fit_in_its_own_kind(make_frame, formula):
    data = survey().reset_index(drop=True)
    columns = {name: data[name].tolist() for name in data}
    columns["age"][3] = None
    native = make_frame(columns)
    result = ps.multinomial(formula, native, weights="weight")
    plain = ps.multinomial(formula, pd.DataFrame(columns), weights="weight")
    assert_allclose(result.fit.coefficients, plain.fit.coefficients, rtol=1e-12)
    assert result.fit.terms == plain.fit.terms
    assert type(result.tidy()) is type(native)
    assert type(result.predict()) is type(native)
    assert len(result.predict()) == 60
