"""A saved fit: the same to the last digit, without respondents, and refused where it was changed."""

import copy
import json
import re
from dataclasses import fields

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps

COUNTY_DESIGN = ps.SurveyDesign(weights="weight", strata="state", cluster="county")


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(4)
    n = 240
    frame = pd.DataFrame(
        {
            "job": rng.choice(["none", "other", "peer"], n),
            "employed": rng.random(n) < 0.6,
            "age": rng.normal(45.1234567, 10.7654321, n),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "wave": rng.choice([1, 2, 3], n),
            "county": np.arange(n) % 30,
            "weight": rng.uniform(0.5, 2, n),
            "copies": rng.integers(1, 4, n),
            "exposure": rng.normal(0, 0.3, n),
            "inside": rng.random(n) < 0.8,
        },
        index=pd.Index([f"id{i}" for i in range(n)], name="person"),
    )
    frame["state"] = np.array(["NC", "OR", "PA"])[frame["county"] % 3]
    own = rng.normal(0, 1, 30)[frame["county"]]
    frame["wage"] = np.exp(2.9 + 0.01 * frame["age"] + 0.2 * own + rng.normal(0, 0.3, n))
    frame["trained"] = rng.random(n) < 1 / (1 + np.exp(-own))
    frame.loc["id7", "age"] = np.nan
    return frame


CALLS = {
    "linear": lambda d: ps.linear("log(wage) ~ bs(age, df=4) + state", d, weights="weight", variance="HC1"),
    "linear, CR2": lambda d: ps.linear("wage ~ center(age) * state", d, cluster="county", variance="CR2"),
    "linear, no likelihood": lambda d: ps.linear("wage ~ state - 1", d, weights="weight", df="residual"),
    "linear, precision": lambda d: ps.linear("wage ~ age", d, weights="weight", weight_kind="precision"),
    "logistic": lambda d: ps.logistic(
        "employed ~ age + C(wave, Poly)", d, weights="copies", weight_kind="frequency"
    ),
    "logistic, offset": lambda d: ps.logistic("employed ~ log(age) > 3.8", d, offset="exposure"),
    "logistic, levels": lambda d: ps.logistic(
        "employed ~ state + C(wave)", d, levels={"state": "PA", "wave": [3, 1, 2]}, where="inside"
    ),
    "multinomial": lambda d: ps.multinomial("job ~ C(state, Sum) + age", d, base="peer", cluster="county"),
    "multinomial, design": lambda d: ps.multinomial("job ~ age", d, design=COUNTY_DESIGN),
    "multinomial, bootstrap": lambda d: ps.multinomial(
        "job ~ age", d, variance="replicate", n_replicates=40, rng=1
    ),
    "logistic, firth": lambda d: ps.logistic("employed ~ state + wave", d, penalty="firth"),
    "ordinal": lambda d: ps.ordinal("wave ~ bs(age, df=3) + state", d, cluster="county"),
    "ordinal of words": lambda d: ps.ordinal(
        "job ~ age", d, levels={"job": ["none", "other", "peer"]}, weights="weight"
    ),
    "mixed_linear": lambda d: ps.mixed_linear("wage ~ age", d, group="county"),
    "mixed_logistic": lambda d: ps.mixed_logistic("trained ~ age", d, group="county"),
    "mixed_linear at its boundary": lambda d: ps.mixed_linear("weight ~ age", d, group="county", method="ml"),
}
AGAIN = {
    "logistic, levels": {"where": "inside"},
    "multinomial, design": {"design": COUNTY_DESIGN},
}


@pytest.fixture(scope="module")
def results(people):
    return {name: call(people) for name, call in CALLS.items()}


@pytest.fixture(params=list(CALLS))
def name(request):
    return request.param


@pytest.fixture
def saved(results, name, tmp_path):
    path = tmp_path / "fit.json"
    results[name].save(path)
    return path


def same(one, other):
    """Whether two values are equal to the last digit, NaN equal to itself."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, float):
        return isinstance(other, float) and (one == other or (one != one and other != other))  # noqa: PLR0124
    if hasattr(type(one), "__dataclass_fields__"):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, tuple):
        pairs = zip(one, other, strict=True)
        return isinstance(other, tuple) and all(same(a, b) for a, b in pairs)
    return type(one) is type(other) and one == other


def test_every_field_comes_back_to_the_last_digit(results, name, saved):
    before, after = results[name].fit, ps.load_fit(saved).fit
    assert [f.name for f in fields(before) if not same(getattr(before, f.name), getattr(after, f.name))] == []
    assert not any(array.flags.writeable for array in (after.coefficients, after.covariance, after.df_terms))


def test_every_field_is_in_the_file(results, name):
    assert set(results[name].to_dict()) == {f.name for f in fields(ps.ModelFit)} | {"schema", "base"}


def test_what_needs_no_rows_is_the_same(people, results, name, saved):
    result, loaded = results[name], ps.load_fit(saved)
    assert loaded.source is None
    pd.testing.assert_frame_equal(loaded.tidy(), result.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(loaded.glance(), result.glance(), check_exact=True)
    pd.testing.assert_frame_equal(loaded.covariance(), result.covariance(), check_exact=True)
    new = people.dropna().iloc[:50]
    pd.testing.assert_frame_equal(loaded.predict(new), result.predict(new), check_exact=True)
    assert loaded.summary() == result.summary()
    assert loaded.to_dict() == result.to_dict()
    if result.fit.random is not None:
        pd.testing.assert_frame_equal(loaded.variance_components(), result.variance_components())


def test_with_its_rows_a_loaded_fit_has_the_scores_and_predictions_of_the_first(people, results, name, saved):
    result = results[name]
    loaded = ps.load_fit(saved, people, **AGAIN.get(name, {}))
    assert loaded.to_dict() == result.to_dict()
    pd.testing.assert_frame_equal(loaded.predict(), result.predict(), check_exact=True)
    asked, again = result.source.asked, loaded.source.asked
    assert (again.df, again.cluster, again.group, again.offset) == (
        asked.df,
        asked.cluster,
        asked.group,
        asked.offset,
    )
    if result.fit.random is not None:
        pd.testing.assert_frame_equal(loaded.group_effects(), result.group_effects(), check_exact=True)
        return
    if result.fit.penalty is not None:  # its tests are those of the profile
        assert loaded.source.fitted is None
        return
    # the same rows in the same order: the same sums
    assert_allclose(loaded.source.fitted.bread, result.source.fitted.bread, rtol=1e-12)
    for mine, theirs in zip(
        loaded.source.fitted.rows.blocks(), result.source.fitted.rows.blocks(), strict=True
    ):
        assert_allclose(loaded.source.fitted.scores(mine), result.source.fitted.scores(theirs), atol=1e-12)


@pytest.mark.parametrize(
    "ask",
    [
        lambda r: r.predict(),
        lambda r: r.group_effects(),
        lambda r: r.predict(pd.DataFrame({"age": [30.0], "county": [1]}), kind="conditional"),
    ],
)
def test_what_needs_rows_says_so(results, tmp_path, ask):
    results["mixed_linear"].save(tmp_path / "fit.json")
    with pytest.raises(ps.InputError, match=r"the fit was loaded and holds no rows: give data="):
        ask(ps.load_fit(tmp_path / "fit.json"))


def test_a_fit_of_polars_rows_is_the_same_file(people, tmp_path):
    for name, frame in (("a", people), ("b", pl.from_pandas(people))):
        ps.logistic("employed ~ age + state", frame, weights="weight").save(tmp_path / f"{name}.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


# --- no respondent


def test_two_samples_that_differ_in_every_outcome_give_one_file(tmp_path):
    """Outcomes 1 at 0 and 3, or at 1 and 2, have the same count and the same sum of x.

    Nothing but those sums is in the fit, so nobody can tell from it who had which outcome.
    """
    x = np.tile([0, 1, 2, 3], 12)
    base = np.tile([[1, 0, 0, 1], [0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1]], (3, 1))
    texts = []
    for y in (base, 1 - base):
        # both have as many ones, and the same sum of x times y
        assert (y.sum(), (x * y.ravel()).sum()) == (24, 36)
        frame = pd.DataFrame({"y": y.ravel(), "x": x})
        ps.logistic("y ~ x", frame).save(tmp_path / "fit.json")
        fit = json.loads((tmp_path / "fit.json").read_text(encoding="utf-8"))["fit"]
        numbers = np.concatenate([np.ravel(fit.pop(key)) for key in ("coefficients", "covariance")])
        texts.append((fit, numbers))
    (one, a), (other, b) = texts
    # sums over other orders of the rows differ in the last digits
    assert_allclose(a, b, atol=1e-12)
    assert one.pop("loglik") == pytest.approx(other.pop("loglik"), rel=1e-12)
    assert one == other


def test_a_file_does_not_grow_with_the_sample(people, results, name, tmp_path):
    double = pd.concat([people, people.set_axis([f"{i}b" for i in people.index])])
    double["county"] = np.where(np.arange(len(double)) < len(people), double["county"], double["county"] + 30)
    results[name].save(tmp_path / "one.json")
    CALLS[name](double).save(tmp_path / "two.json")
    one, two = ((tmp_path / f"{n}.json").stat().st_size for n in ("one", "two"))
    # the digits of a number vary, and a note may come or go
    assert abs(two - one) < 600


def test_no_value_of_the_data_is_in_a_file_but_levels(people, saved):
    text = saved.read_text(encoding="utf-8")
    record = json.loads(text)["fit"]
    for factor in record["design"]["factors"]:
        for state in factor["transforms"]:
            # what save() documents: knots are quantiles, the outer ones the smallest and largest value
            state["knots"] = []
    text = json.dumps(record)
    for column in ("age", "wage", "weight", "exposure"):
        shown = {x: re.escape(repr(x)) for x in people[column].dropna()}
        assert [x for x, word in shown.items() if re.search(rf"(?<![\d.]){word}(?!\d)", text)] == []
    assert [i for i in people.index if f'"{i}"' in text] == []


# --- files that cannot be read


@pytest.fixture
def record(results):
    return results["multinomial"].to_dict()


def edit(path, *steps, value):
    """Return a change of a nested record."""

    def change(record):
        place = record
        for step in (path, *steps)[:-1]:
            place = place[step]
        place[(path, *steps)[-1]] = value
        return record

    return change


CHANGED = {
    "'covariance' has the shape": edit("covariance", value=[[1.0]]),
    "'covariance' is not symmetric": edit("covariance", 0, 1, value=0.9),
    "'covariance' is not finite": edit("covariance", 0, 0, value="nan"),
    "'covariance' has a negative variance": edit("covariance", 0, 0, value=-1.0),
    "'covariance' has rows of different lengths": edit("covariance", 0, value=[1.0]),
    "'coefficients' is not finite": edit("coefficients", 0, 0, value="inf"),
    "'coefficients' has the shape": edit("coefficients", value=[[1.0, 2.0]]),
    "'coefficients' is not a number: ": edit("coefficients", 0, 0, value="0.5"),
    "'coefficients' is not a list": edit("coefficients", value=None),
    "'terms' are not the columns": edit("terms", 1, value="salary"),
    "'terms' is not a list": edit("terms", value="Intercept"),
    "'outcome_levels' holds a level twice": edit("outcome_levels", 2, value="none"),
    "'base' 'none' is not the first": edit("base", value="none"),
    "'df_terms' is not one positive": edit("df_terms", 0, value=0.0),
    "'n_rows' is not a whole number": edit("n_rows", value=True),
    "'n' is 0.0": edit("n", value=0),
    "a count is negative": edit("dropped", value={"age missing": -1}),
    "'dropped' is not counts by name": edit("dropped", value=[1]),
    "'variance' is 'HC9'": edit("variance", value="HC9"),
    "'model' is 'probit'": edit("model", value="probit"),
    "'converged' is neither true nor false": edit("converged", value=1),
    "'random' does not go with": edit("model", value="mixed_logistic"),
    "'conf_level' is 95.0": edit("conf_level", value=95),
    "'sigma' does not go with": edit("sigma", value=1.0),
    "'base' 'peer' is not": edit("n_thresholds", value=2),
    "'outcome' is 'work'": edit("outcome", value="work"),
    "'formula' is 'job ~ age'": edit("formula", value="job ~ age"),
    "the record has 'penalty2', which this release does not know": edit("penalty2", value=None),
    "has a level twice": edit("design", "factors", 0, "levels", value=["NC", "NC", "PA"]),
    "has the reference 'TX', which is no level": edit("design", "factors", 0, "reference", value="TX"),
    "has the contrast 'poly'": edit("design", "factors", 0, "contrast", value="poly"),
    "reads ['agee']": edit("design", "factors", 1, "variables", value=["agee"]),
    "are not those of": edit("design", "factors", 1, "code", value="log(age)"),
    "the columns are not those that": edit("design", "terms", 0, "columns", value=["Constant"]),
    "the record is incomplete": edit("design", "terms", value=3),
}


@pytest.mark.parametrize("told", CHANGED, ids=lambda told: told.replace(" ", "_"))
def test_a_record_that_no_fit_gives_is_refused(record, told):
    changed = CHANGED[told](copy.deepcopy(json.loads(json.dumps(record))))
    if told == "'random' does not go with":
        changed["outcome_levels"] = changed["outcome_levels"][:2]
    with pytest.raises(ps.InputError, match=re.escape(told)):
        ps.ModelFit.from_dict(changed)


@pytest.mark.parametrize("key", ["schema", "base", "coefficients", "design", "notes"])
def test_a_record_that_lacks_something_is_refused(record, key):
    with pytest.raises(ps.InputError, match=key):
        ps.ModelFit.from_dict({name: value for name, value in record.items() if name != key})


def test_correlations_beyond_one_are_no_covariance(record):
    covariance = np.array(record["covariance"])
    covariance[0, 1] = covariance[1, 0] = 1.1 * np.sqrt(covariance[0, 0] * covariance[1, 1])
    with pytest.raises(ps.InputError, match="'covariance' is not positive semidefinite"):
        ps.ModelFit.from_dict({**record, "covariance": covariance.tolist()})


@pytest.mark.parametrize(
    "formula",
    ["job ~ __import__('os').system('true')", "job ~ age.__class__", "job ~ open('x')", "job ~", "~ age"],
)
def test_a_formula_that_could_run_something_is_refused_and_not_run(record, formula):
    changed = copy.deepcopy(record)
    changed["formula"] = changed["design"]["formula"] = formula
    for factor in changed["design"]["factors"]:
        factor["code"] = formula.partition("~ ")[2]
    with pytest.raises(ps.FormulaError, match=r"from_dict\(\): "):
        ps.ModelFit.from_dict(changed)


def test_a_newer_schema_asks_for_a_newer_release(record, results, tmp_path):
    for changed in ({**record, "schema": 2}, {**record, "design": {**record["design"], "schema": 2}}):
        with pytest.raises(ps.InputError, match=r"schema 2 is not 1.*\n.*Read it with a newer peerstats"):
            ps.ModelFit.from_dict(changed)
    path = tmp_path / "fit.json"
    results["logistic"].save(path)
    whole = json.loads(path.read_text(encoding="utf-8"))
    assert whole["peerstats"] == ps.__version__
    path.write_text(json.dumps({**whole, "schema": 2}), encoding="utf-8")
    with pytest.raises(
        ps.InputError, match=r"is of schema 2, written by .*\n.*Read it with a newer peerstats"
    ):
        ps.load_fit(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace('"n_rows": 240', '"n_rows": 241'), "was changed after it was written"),
        (lambda text: text.replace('"wage', '"Wage'), "was changed after it was written"),
        (
            lambda text: text.replace('"schema": 1,\n "peer', '"extra": 1,\n "schema": 1,\n "peer'),
            "was changed",
        ),
        (lambda text: text[:200], "is no JSON"),
        (lambda text: text.replace('"kind"', '"sort"'), "holds no fit"),
        (lambda text: text.replace('"df": 239.0', '"df": NaN'), "NaN is no JSON"),
        (lambda text: text.replace('"df": 239.0', '"df": 239.0, "df": 239.0'), "a name stands twice"),
        (lambda text: "[" * 100_000, "is no JSON"),  # noqa: ARG005
        (lambda text: "[]", "holds no fit"),  # noqa: ARG005
    ],
)
def test_a_file_that_was_changed_is_refused(people, tmp_path, change, told):
    path = tmp_path / "fit.json"
    ps.linear("wage ~ weight", people, weights="weight").save(path)
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")
    with pytest.raises(ps.InputError, match=told):
        ps.load_fit(path)


def test_a_file_that_is_not_there_or_not_named_json_is_told(results, tmp_path):
    with pytest.raises(ps.SourceError, match=r"load_fit\(\): .*none.json cannot be read"):
        ps.load_fit(tmp_path / "none.json")
    with pytest.raises(ps.InputError, match=r"does not end in .json.\n  Name it 'fit.json'"):
        results["logistic"].save(tmp_path / "fit.pkl")
    with pytest.raises(ps.SourceError, match=r"save\(\): .* cannot be written"):
        results["logistic"].save(tmp_path / "no folder" / "fit.json")
    (tmp_path / "latin.json").write_bytes(b"\xff")
    with pytest.raises(ps.SourceError, match="cannot be read"):
        ps.load_fit(tmp_path / "latin.json")


# --- rows that are not those of the fit


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d.iloc[:-1], "238 rows are used, and 239 in the fit"),
        (lambda d: d.assign(age=d["age"].to_numpy()[::-1].copy()), "they give .* the coefficient"),
        (lambda d: d.assign(job=d["job"].replace("none", "unpaid")), "the outcome has the levels"),
        (
            lambda d: d.assign(state=d["state"].replace("NC", "SC")),
            "the rows are not those of the fit: levels= for 'state' lacks 'SC'",
        ),
        (lambda d: d.drop(columns="county"), "column 'county' is not in the data"),
    ],
)
def test_rows_of_another_fit_are_refused(people, results, tmp_path, change, told):
    results["multinomial"].save(tmp_path / "fit.json")
    with pytest.raises(ps.InputError, match=told):
        ps.load_fit(tmp_path / "fit.json", change(people))


def test_knots_learnt_from_other_rows_are_told(people, results):
    with pytest.raises(ps.InputError, match="learns other means or knots"):
        results["linear"].with_data(people.assign(age=people["age"] * 1.01))


def test_a_design_is_asked_for_and_compared(people, results):
    with pytest.raises(ps.InputError, match="which a file does not hold"):
        results["multinomial, design"].with_data(people)
    with pytest.raises(ps.InputError, match="the design is "):
        results["multinomial, design"].with_data(
            people, design=ps.SurveyDesign(weights="weight", cluster="county")
        )


def test_rows_without_data_make_no_sense(results, tmp_path):
    results["logistic"].save(tmp_path / "fit.json")
    with pytest.raises(ps.InputError, match="where= without data="):
        ps.load_fit(tmp_path / "fit.json", where="inside")


# --- other errors of the same coefficients


def test_other_errors_are_those_of_the_model_s_own_call(people, results, tmp_path):
    results["multinomial"].save(tmp_path / "fit.json")
    plain = ps.multinomial("job ~ age", people)
    plain.save(tmp_path / "plain.json")
    loaded = ps.load_fit(tmp_path / "plain.json", people)
    for kind in (
        {"cluster": "county"},
        {"variance": "HC1"},
        {"variance": "replicate", "n_replicates": 30, "rng": 2},
    ):
        other, own = loaded.with_variance(**kind), ps.multinomial("job ~ age", people, **kind)
        assert np.array_equal(other.fit.coefficients, plain.fit.coefficients)
        # the same rows, scores and draws
        assert_allclose(other.fit.covariance, own.fit.covariance, rtol=1e-10)
        assert (other.fit.variance, other.fit.df, other.fit.cluster) == (
            own.fit.variance,
            own.fit.df,
            own.fit.cluster,
        )


def test_other_errors_need_rows_and_a_model_that_has_them(results, tmp_path):
    results["logistic"].save(tmp_path / "fit.json")
    with pytest.raises(ps.InputError, match="holds no rows: give data="):
        ps.load_fit(tmp_path / "fit.json").with_variance(cluster="county")
    with pytest.raises(ps.InputError, match="those of its likelihood"):
        results["mixed_linear"].with_variance("HC1")


def places(record, path=()):
    """List the paths of a nested record."""
    items = record.items() if isinstance(record, dict) else enumerate(record)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each, max_size=2),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), name=st.sampled_from(["linear", "multinomial", "mixed_logistic", "logistic, levels"]))
def test_whatever_is_changed_a_record_is_read_whole_or_refused(results, data, name):
    record = json.loads(json.dumps(results[name].to_dict()))
    path = data.draw(st.sampled_from(sorted(places(record), key=str)))
    place = record
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = data.draw(JSON)
    try:
        fit = ps.ModelFit.from_dict(record)
    except ps.InputError:
        return
    assert same(ps.ModelFit.from_dict(json.loads(json.dumps(fit.to_dict()))), fit)
