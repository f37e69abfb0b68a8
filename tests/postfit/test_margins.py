"""Average marginal effects and adjusted means: outside references, finite differences, laws, bad input."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.numerics import population_response
from peerstats.postfit import margins, response
from peerstats.postfit._averages import Item, Plan, average
from peerstats.postfit._margin_rows import read_rows
from peerstats.postfit._scenario import Put, Scenarios, Shift

FEW = settings(max_examples=25, deadline=None)
JOBS = ("none", "other", "peer")


def people(seed, n=300):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(44, 11, n).round(1).clip(18),
            "wage": np.exp(rng.normal(2.8, 0.35, n)).round(2),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "veteran": rng.random(n) < 0.3,
            "weight": np.exp(rng.normal(0, 0.6, n)).round(3),
            "copies": rng.integers(1, 4, n),
            "county": rng.integers(0, 25, n),
            "exposure": rng.normal(0, 0.3, n),
        }
    )
    pull = 0.03 * (data["age"] - 44) + (data["state"] == "PA") - 0.5 * data["veteran"]
    eta = np.stack([np.zeros(n), 0.3 * pull, np.log(data["wage"] / 16) + 0.5 * pull]) + rng.gumbel(
        size=(3, n)
    )
    data["job"] = np.array(JOBS)[eta.argmax(axis=0)]
    data["peer"] = data["job"] == "peer"
    data["score"] = pull + rng.normal(size=n)
    return data


@pytest.fixture(scope="module")
def data():
    return people(7, 600)


def estimates(result):
    return result.numbers["estimate"]


FORMULAS = [
    "age + wage + state",
    "age * state + log(wage) + veteran",
    "I(age ** 2) + age * wage + veteran + standardize(wage):abs(age - 40.05)",
    "bs(age, df=5) * veteran + sqrt(wage) / age",
    "cr(wage, df=4, constraints='center') + center(age) + I(exp(age / 100) * (age - wage) ** 2 / 1000)",
    "state + np.log1p(abs(wage - 16)) + I(2 ** (age / 20)) + cc(age, df=3, constraints='center')",
]


# statsmodels is the reference; both reach the maximum, so what differs is rounding
def test_slopes_of_a_logistic_model_are_those_of_statsmodels(data):
    mine = ps.logistic("peer ~ age + wage", data).margins()
    theirs = sm.Logit(data["peer"].astype(int), sm.add_constant(data[["age", "wage"]])).fit(disp=0, tol=1e-12)
    peer = theirs.get_margeff()
    assert_allclose(estimates(mine), peer.margeff, rtol=1e-8)
    assert_allclose(mine.numbers["std_error"], peer.margeff_se, rtol=1e-8)


def test_slopes_of_a_multinomial_are_those_of_statsmodels(data):
    mine = ps.multinomial("job ~ age + wage", data).margins()
    codes = data["job"].map(JOBS.index)
    theirs = sm.MNLogit(codes, sm.add_constant(data[["age", "wage"]])).fit(disp=0, method="newton", tol=1e-12)
    peer = theirs.get_margeff()
    assert_allclose(estimates(mine).reshape(3, 2).T, peer.margeff, rtol=1e-8, atol=1e-12)
    assert_allclose(mine.numbers["std_error"].reshape(3, 2).T, peer.margeff_se, rtol=1e-8)


def test_discrete_changes_are_those_of_statsmodels(data):
    coded = data.assign(vet=data["veteran"].astype(int))
    mine = ps.logistic("peer ~ age + vet", coded).margins("vet", change={"vet": (0, 1)})
    theirs = sm.Logit(coded["peer"].astype(int), sm.add_constant(coded[["age", "vet"]])).fit(
        disp=0, tol=1e-12
    )
    peer = theirs.get_margeff(dummy=True)
    assert_allclose(estimates(mine), peer.margeff[1], rtol=1e-8)
    assert_allclose(mine.numbers["std_error"], peer.margeff_se[1], rtol=1e-8)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("name", ["age", "wage"])
def test_a_slope_is_the_limit_of_what_predict_gives(data, formula, name):
    # rows within reach of the outermost values, which a spline with bounds does not go beyond
    result = ps.multinomial(f"job ~ {formula}", data, weights="weight")
    inner = data[data[name].between(data[name].min() + 0.1, data[name].max() - 0.1)]
    mine = result.margins(name, data=inner)

    def shares(step):
        return np.average(
            result.predict(inner.assign(**{name: inner[name] + step})), axis=0, weights=inner["weight"]
        )

    h = 1e-3
    slope = (8 * (shares(h) - shares(-h)) - (shares(2 * h) - shares(-2 * h))) / (12 * h)
    # the difference of five points is good to h^4, and to rounding over h, 1e-13
    assert_allclose(estimates(mine), slope, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("model", ["linear", "logistic", "multinomial", "ordinal", "mixed_logistic"])
def test_gradients_are_those_of_finite_differences(data, formula, model):

    left = {"linear": "score", "multinomial": "job", "ordinal": "job"}.get(model, "peer")
    group = {
        "mixed_logistic": {"group": "county"},
        "ordinal": {"levels": {"job": list(JOBS)}},
    }.get(model, {})
    result = getattr(ps, model)(f"{left} ~ {formula}", data, **group)
    scenarios = Scenarios(result.fit.design, "margins")
    base = {"wage": Shift(amount=0.5)}
    items = [
        Item(setting=base, slope="age"),
        Item(setting=base, slope="wage"),
        Item(setting={"age": Put(value=40.0)}),
    ]
    plan = Plan(scenarios=scenarios, items=items)
    rows = read_rows(result.fit, result.source, data=None, over=None, weights="fit", call="margins")
    held = list(rows.parts(("age", "wage")))
    expected = response(result.fit)
    gradient = average(plan, held, [expected]).gradient[0]
    p = expected.beta.size
    rng = np.random.default_rng(3)
    for j in rng.choice(p, min(p, 6), replace=False):
        h = 1e-4 / max(
            1.0, float(np.abs(result.source.rows.source.design_matrix()[j % expected.beta.shape[1]]).max())
        )

        def moved(step, j=j):
            beta = expected.beta.copy()
            beta.ravel()[j] += step
            return average(plan, held, [replace(expected, beta=beta)], curved=False).value[0, 0]

        slope = (moved(h) - moved(-h)) / (2 * h)
        scale = np.abs(gradient).max()
        # two points are good to h^2; second derivatives of the averaged logit are differences themselves
        assert_allclose(gradient[..., j], slope, rtol=1e-5, atol=1e-6 * scale)


def test_the_gradient_by_the_spread_of_a_random_intercept_is_a_finite_difference(data):

    result = ps.mixed_logistic("peer ~ age * wage + state", data, group="county")
    scenarios = Scenarios(result.fit.design, "margins")
    items = [Item(setting={}, slope="age"), Item(setting={"state": Put(value=1)})]
    plan = Plan(scenarios=scenarios, items=items)
    rows = read_rows(result.fit, result.source, data=None, over=None, weights="fit", call="margins")
    held = list(rows.parts(()))

    def at(sigma):
        respond = partial(population_response, sigma=sigma)
        return average(plan, held, [replace(response(result.fit), extra=np.array([sigma]), respond=respond)])

    slope = (at(0.8001).value[0, 0] - at(0.7999).value[0, 0]) / 2e-4
    # two points are good to h^2; what curves is itself a difference, good to 1e-9
    assert_allclose(at(0.8).gradient[0, ..., -1], slope, rtol=1e-5, atol=1e-9)


@FEW
@given(st.integers(0, 10_000))
def test_effects_of_all_outcomes_add_up_to_zero_without_error(seed):
    result = ps.multinomial("job ~ age * state + wage + veteran", people(seed), weights="weight")
    found = result.margins()
    whole = np.kron(np.ones(3), np.eye(len(estimates(found)) // 3))
    assert_allclose(whole @ estimates(found), 0, atol=1e-12)
    assert_allclose(whole @ found.covariance() @ whole.T, 0, atol=1e-12)


@FEW
@given(st.integers(0, 10_000), st.sampled_from(JOBS), st.sampled_from(["NC", "OR", "PA"]))
def test_a_change_of_base_changes_no_effect_mean_or_contrast(seed, base, reference):
    data = people(seed)
    one = ps.multinomial("job ~ age + state", data, cluster="county")
    other = ps.multinomial(
        "job ~ age + state", data, cluster="county", base=base, levels={"state": reference}
    )
    for call in (
        lambda result: result.margins("age"),
        lambda result: result.adjusted_means("state"),
        lambda result: result.contrasts("state"),
    ):
        keys = [key for key in call(one).labels if key != "variable"]
        mine, theirs = call(one).tidy(), call(other).tidy()
        if "change" in keys and "level" not in keys:  # PA against NC may stand the other way round
            for frame in (mine, theirs):
                frame["change"] = frame["change"].map(lambda text: " ".join(sorted(text.split(" against "))))
                frame["estimate"] = frame["estimate"].abs()
        both = mine.merge(theirs, on=keys, suffixes=("", "_other"))
        assert len(both) == len(mine)
        for column in ("estimate", "std_error"):
            assert_allclose(both[column], both[f"{column}_other"], rtol=1e-6, atol=1e-9)


@FEW
@given(st.integers(0, 10_000))
def test_adjusted_probabilities_at_the_data_are_the_weighted_shares(seed):
    data = people(seed)
    result = ps.multinomial("job ~ age * state + wage", data, weights="weight")
    shares = data.groupby("job")["weight"].sum() / data["weight"].sum()
    assert_allclose(estimates(result.adjusted_means()), shares, rtol=1e-8)


@FEW
@given(st.integers(0, 10_000), st.sampled_from(["delta", "unconditional"]), st.sampled_from([None, "county"]))
def test_frequency_weights_equal_rows_repeated_errors_included(seed, errors, cluster):
    data = people(seed, 200)
    again = data.loc[data.index.repeat(data["copies"])]
    one = ps.multinomial(
        "job ~ age + state", data, weights="copies", weight_kind="frequency", cluster=cluster
    ).margins(errors=errors)
    other = ps.multinomial("job ~ age + state", again, cluster=cluster).margins(errors=errors)
    assert_allclose(estimates(one), estimates(other), rtol=1e-7, atol=1e-10)
    assert_allclose(one.covariance(), other.covariance(), rtol=1e-6, atol=1e-12)


@FEW
@given(st.integers(0, 10_000))
def test_a_contrast_of_levels_is_the_difference_of_their_means_and_the_change(seed):
    result = ps.multinomial("job ~ age * state + wage", people(seed), weights="weight")
    means, contrast = result.adjusted_means("state"), result.contrasts("state", pairs="reference")
    take = np.kron(np.eye(3), [[-1, 1, 0], [-1, 0, 1]])
    assert_allclose(estimates(contrast), take @ estimates(means), atol=1e-12)
    assert_allclose(contrast.covariance(), take @ means.covariance() @ take.T, atol=1e-12)
    assert_allclose(estimates(contrast), estimates(result.margins("state")), atol=1e-12)


def test_groups_and_settings_are_the_averages_over_their_rows(data):
    result = ps.multinomial("job ~ age * state + log(wage)", data, weights="weight")
    found = result.margins("age", over="state", at={"wage": [12, 20]}).tidy()
    for state, rows in data.groupby("state"):
        alone = result.margins("age", data=rows, at={"wage": [12, 20]}).tidy()
        both = found[found["group"] == state].merge(alone, on=["outcome", "wage"], suffixes=("", "_alone"))
        assert len(both) == 6
        assert_allclose(both["estimate"], both["estimate_alone"], rtol=1e-12)
        assert_allclose(both["std_error"], both["std_error_alone"], rtol=1e-10)


def test_changes_of_a_number_are_differences_of_predictions(data):
    result = ps.logistic("peer ~ age + log(wage)", data)

    def mean(**values):
        return result.predict(data.assign(**values))["True"].mean()

    wage = data["wage"]
    changes = {1.5: mean(wage=wage + 1.5) - mean(), (10, 20): mean(wage=20) - mean(wage=10)}
    half = wage.std() / 2
    changes["sd"] = mean(wage=wage + half) - mean(wage=wage - half)
    for asked, expected in changes.items():
        assert_allclose(estimates(result.margins("wage", change={"wage": asked})), expected, rtol=1e-9)


def test_a_linear_model_s_effects_are_its_coefficients_with_their_tests(data):
    result = ps.linear("score ~ age + state", data, variance="HC3")
    found = result.margins().tidy().set_index("variable")
    terms = result.tidy().set_index("term")
    for column in ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"):
        assert_allclose(found.loc["age", column], terms.loc["age", column])
        assert_allclose(found.loc["state", column], terms.loc[["state[T.OR]", "state[T.PA]"], column])


def test_an_offset_is_part_of_what_is_expected(data):
    result = ps.logistic("peer ~ age + state", data, offset="exposure")
    assert_allclose(estimates(result.adjusted_means())[1], data["peer"].mean(), rtol=1e-8)
    everywhere = result.adjusted_means("state", grid="balanced", at={"age": 40}).tidy()
    same = data.head(3).assign(state=["NC", "OR", "PA"], age=40, exposure=data["exposure"].mean())
    chosen = everywhere[everywhere["outcome"] == "True"]
    assert_allclose(chosen["estimate"], result.predict(same)["True"], rtol=1e-12)


def test_a_subpopulation_is_averaged_alone(data):
    design = ps.SurveyDesign(weights="weight", cluster="county")
    result = ps.multinomial("job ~ age + state", data, design=design, where=data["veteran"].tolist())
    plain = ps.multinomial("job ~ age + state", data[data["veteran"]], weights="weight")
    assert_allclose(estimates(result.margins()), estimates(plain.margins()), rtol=1e-8)


def test_batches_of_a_file_give_the_effects_of_rows_in_memory(data, tmp_path):

    pq.write_table(pa.Table.from_pandas(data), tmp_path / "people.parquet", row_group_size=97)
    how = {"weights": "weight", "cluster": "county"}
    batches = ps.multinomial(
        "job ~ bs(age, df=4) + state * wage", ds.dataset(tmp_path / "people.parquet"), **how
    )
    memory = ps.multinomial("job ~ bs(age, df=4) + state * wage", data, **how)
    for errors in ("delta", "unconditional"):
        one, other = (fit.margins(over="veteran", errors=errors) for fit in (batches, memory))
        assert one.labels == other.labels
        assert_allclose(estimates(one), estimates(other), rtol=1e-7, atol=1e-10)
        assert_allclose(one.covariance(), other.covariance(), rtol=1e-6, atol=1e-12)


def test_rows_without_a_group_or_a_value_are_counted(data):
    holes = data.copy()
    holes.loc[holes.index[:4], "state"] = None
    result = ps.logistic("peer ~ age", holes)
    found = result.margins(over="state")
    assert (found.n, found.notes) == (596, ("4 of 600 rows lack state and are in no group.",))
    told = ps.logistic("peer ~ age + state", data).margins(data=holes)
    assert (told.n, told.notes) == (596, ("4 of 600 rows of data= lack a value or have no weight.",))


def test_a_loaded_fit_averages_over_given_rows_and_says_so(data, tmp_path):

    result = ps.multinomial("job ~ age + state", data, weights="weight")
    result.save(tmp_path / "fit.json")
    loaded = ps.load_fit(tmp_path / "fit.json")
    for call in ("margins", "adjusted_means"):
        one, other = getattr(loaded, call)(data=data), getattr(result, call)()
        assert_allclose(estimates(one), estimates(other), rtol=1e-12)
        assert_allclose(one.covariance(), other.covariance(), rtol=1e-10, atol=1e-18)
    ratios = loaded.contrasts(of="coefficients").tidy()
    assert_allclose(ratios["std_error"], result.contrasts(of="coefficients").tidy()["std_error"], rtol=1e-12)
    with pytest.raises(ps.InputError, match="saved fit holds no rows") as error:
        loaded.margins()
    assert "data=" in error.value.next_step
    with pytest.raises(ps.InputError, match="need the fit's own rows"):
        loaded.margins(data=data, errors="unconditional")


def test_frames_come_back_in_the_caller_s_library_and_as_strict_json(data):
    result = ps.multinomial("job ~ age + state", pl.from_pandas(data))
    for found in (result.margins(), result.adjusted_means("state"), result.contrasts("state", adjust="holm")):
        assert isinstance(found.tidy(), pl.DataFrame)
        record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
        assert record["schema"] == 1
        assert len(record["rows"]) == len(record["covariance"]) == len(found.tidy())
        assert found.summary().startswith(found.title)


BAD = [
    (lambda r: r.margins("aeg"), "'aeg', which is not in the formula", "'age'"),
    (
        lambda r: r.margins(at={"county": 3}),
        "at= names 'county', which is not in the formula",
        "variables are",
    ),
    (lambda r: r.margins(at={"state": "PN"}), "the level 'PN', which the fit has not seen", "'PA'"),
    (lambda r: r.margins(at={"age": "old"}), "the value 'old', and it is a number", "finite"),
    (lambda r: r.margins(at={"age": []}), "gives 'age' no value", "one or more"),
    (lambda r: r.margins(at={"age": np.nan}), "the value nan", "finite"),
    (lambda r: r.margins(over="cuonty"), "over column 'cuonty' is not in the data", "'county'"),
    (lambda r: r.margins(change={"age": "iqr"}), "the number 'age' 'iqr'", "sd"),
    (lambda r: r.margins(change={"state": 2}), "the category 'state' 2", "two of its levels"),
    (lambda r: r.margins("age", change={"wage": 1}), "variables= leaves out", "both"),
    (lambda r: r.margins(errors="bootstrap"), "errors='bootstrap' is not known", "unconditional"),
    (lambda r: r.margins(errors="replicate"), "whose errors are 'linearized'", 'variance="replicate"'),
    (lambda r: r.margins(data=people(1), errors="unconditional"), "the fit's own rows", "delta"),
    (lambda r: r.margins(data=people(1).drop(columns="weight")), "weights 'weight' are not in data=", "none"),
    (
        lambda r: r.margins(data=people(1).assign(state="VT")),
        "'VT' in row 0, which the fit has not",
        "levels",
    ),
    (lambda r: r.margins(conf_level=95), "conf_level=95", "fraction"),
    (lambda r: r.margins("wage"), "enters as the step 'wage > 15', which has no slope", "change="),
    (lambda r: r.adjusted_means("age"), "'age' is a number, which has no levels", "at="),
    (lambda r: r.adjusted_means("state", grid="balanced", over="county"), "which has no groups", "at="),
    (lambda r: r.adjusted_means("state", grid="even"), "grid='even' is not known", "balanced"),
    (lambda r: r.contrasts(), "no variable is named", "category"),
    (lambda r: r.contrasts("state", outcomes=["pear"]), "'pear', which is no level of 'job'", "'peer'"),
    (
        lambda r: r.contrasts(of="coefficients", outcomes=["pear", "none"]),
        "'pear', which is no level",
        "'peer'",
    ),
    (lambda r: r.contrasts(of="coefficients", outcomes=["peer"]), "not two different outcomes", "two"),
    (lambda r: r.contrasts("state", of="coefficients", at={"age": 3}), "at= has no use", "out"),
    (lambda r: r.contrasts("sate", of="coefficients"), "'sate', which is not in the formula", "'state'"),
    (lambda r: r.contrasts("state", adjust="bonferoni"), "adjust='bonferoni' is not known", "holm"),
    (lambda r: r.contrasts("state").tidy(exponentiate=True), "differences of probabilities", "coefficients"),
]


@pytest.mark.parametrize(("call", "told", "step"), BAD)
def test_what_cannot_be_answered_is_refused_with_the_next_step(data, call, told, step):
    result = ps.multinomial("job ~ age + state + (wage > 15)", data, weights="weight")
    with pytest.raises(ps.InputError) as error:
        call(result)
    assert told in str(error.value)
    assert step in error.value.next_step


def test_a_fit_without_degrees_of_freedom_has_no_errors_of_averages(data):

    result = ps.linear("score ~ age", data)
    with pytest.raises(ps.InputError, match="0 degrees of freedom"):
        margins(replace(result.fit, df=0.0), result.source)


def test_a_slope_that_does_not_exist_names_the_value(data):
    still = data.assign(wage=[0.0, *data["wage"].iloc[1:]])
    with pytest.raises(ps.InputError, match=r"'sqrt\(wage\)' has no slope by 'wage' at wage = 0"):
        ps.logistic("peer ~ sqrt(wage)", still).margins()


def test_a_variable_with_values_of_its_own_may_be_named_too():
    data = ps.simulate_cohort(200, rng=1).data.query("wave == 1")
    result = ps.linear("hourly_wage ~ age + state", data)
    named = result.adjusted_means(["age", "state"], at={"age": [30, 50]}).tidy()
    plain = result.adjusted_means("state", at={"age": [30, 50]}).tidy()
    assert_allclose(named["estimate"], plain["estimate"])
