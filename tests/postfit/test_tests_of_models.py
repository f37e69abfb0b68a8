"""Tests of terms, hypotheses, merged outcomes and nested models: identities, laws, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import chi2, f

import peerstats as ps
from peerstats.numerics import chi_square_sum_p, quadratic_form

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
DESIGN = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", nest=True)
KINDS = ("wald", "score", "lr")


def sample(seed, n=240):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(44, 11, n).round(1),
            "tenure": rng.gamma(2, 3, n).round(1),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "stratum": rng.integers(0, 4, n),
            "psu": rng.integers(0, 6, n),
            "weight": rng.uniform(0.5, 4, n).round(2),
        }
    )
    eta = np.stack(
        [np.zeros(n), 0.03 * (data["age"] - 44) + 0.3 * (data["state"] == "PA"), -0.02 * (data["age"] - 44)]
    )
    u = rng.gumbel(size=(3, n))
    data["job"] = np.array(["none", "other", "peer"])[(eta + u).argmax(axis=0)]
    data["employed"] = np.where(data["job"] == "none", "no", "yes")
    data["wage"] = np.exp(2.8 + 0.004 * data["age"] + rng.normal(0, 0.3, n)).round(2)
    data["county"] = 10 * data["stratum"] + data["psu"]
    return data


VARIANCES = {
    "model": {},
    "robust": {"variance": "HC0"},
    "clusters": {"cluster": "county"},
    "sampling": {"weights": "weight"},
    "design": {"design": DESIGN},
}
MODELS = {
    "linear": (ps.linear, "log(wage) ~ age + state + tenure"),
    "logistic": (ps.logistic, "employed ~ age + state + tenure"),
    "multinomial": (ps.multinomial, "job ~ age + state + tenure"),
}


def fit(model, data, **more):
    call, formula = MODELS[model]
    return call(formula, data, **more)


def one(result):
    return result.tidy().iloc[0]


def table(a, n_a, b, n_b):
    return pd.DataFrame(
        {
            "employed": ["yes", "no"] * 2,
            "group": ["a", "a", "b", "b"],
            "people": [a, n_a - a, b, n_b - b],
        }
    )


# The sanity checks of the papers, with figures computed for them by hand: chi-square, its p, odds ratio.
PAPERS = {
    "325/448 against 175/279": ((325, 448, 175, 279), 7.7215, 0.00546, 1.5703),
    "53/78 against 266/494": ((53, 78, 266, 494), 5.4313, 0.01978, 1.817),
}


@pytest.mark.parametrize("name", list(PAPERS))
def test_published_two_by_two_tables_come_out_of_public_functions(name):
    counts, chi_square, p_value, ratio = PAPERS[name]
    data = table(*counts)
    kind = {"weights": "people", "weight_kind": "frequency"}
    model = ps.logistic("employed ~ group", data, levels={"group": "b"}, **kind)
    score = one(model.test("group", kind="score"))
    crossed = ps.crosstab(data, "group", "employed", **kind).tests()
    pearson = crossed[crossed["test"].str.contains("Pearson")].iloc[0]
    # figures were printed with four decimals, p with three significant digits or more
    for found in (score, pearson):
        assert found["statistic"] == pytest.approx(chi_square, abs=5e-5)
        assert found["p_value"] == pytest.approx(p_value, abs=5e-6)
    odds = model.tidy(exponentiate=True).query("term == 'group[T.a]'")["estimate"].item()
    assert odds == pytest.approx(ratio, abs=5e-4)


@given(st.lists(st.integers(1, 60), min_size=4, max_size=4))
@few
def test_the_score_test_of_two_groups_is_pearson_s_chi_square(counts):
    a, b, c, d = counts
    model = ps.logistic(
        "employed ~ group", table(a, a + b, c, c + d), weights="people", weight_kind="frequency"
    )
    n = a + b + c + d
    pearson = n * (a * d - b * c) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))
    assert_allclose(one(model.test(kind="score"))["statistic"], pearson, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", list(VARIANCES))
@pytest.mark.parametrize("model", list(MODELS))
def test_the_wald_test_of_one_coefficient_is_its_statistic_squared(model, name):
    result = fit(model, sample(1), **VARIANCES[name])
    single = result.tidy().query("term == 'age'")
    tested = result.test("age", by_outcome=True).tidy()
    assert_allclose(tested["statistic"], single["statistic"] ** 2, rtol=1e-9)
    assert_allclose(tested["p_value"], single["p_value"], rtol=1e-7)


@pytest.mark.parametrize("kind", ["CR2", "HC3"])
def test_corrected_errors_test_one_coefficient_as_tidy_does(kind):
    more = {"cluster": "county"} if kind == "CR2" else {}
    result = fit("logistic", sample(2), variance=kind, **more)
    single = result.tidy().query("term == 'tenure'")
    tested = one(result.test("tenure"))
    assert_allclose(tested["statistic"], single["statistic"].item() ** 2, rtol=1e-9)
    assert_allclose(tested["p_value"], single["p_value"].item(), rtol=1e-7)
    assert ("Satterthwaite" in result.test("tenure").notes[-1]) if kind == "CR2" else True


@pytest.mark.parametrize("model", ["linear", "logistic", "multinomial"])
@pytest.mark.parametrize("term", ["age", "state"])
def test_the_likelihood_ratio_is_that_of_two_public_fits(model, term):
    data = sample(3)
    call, formula = MODELS[model]
    larger, smaller = call(formula, data), call(formula.replace(f" {term} +", ""), data)
    found = one(larger.test(term, kind="lr"))
    assert_allclose(found["statistic"], 2 * (larger.fit.loglik - smaller.fit.loglik), rtol=1e-7)
    compared = ps.compare_models(smaller, larger).tidy().iloc[1]
    assert_allclose(compared["statistic"], found["statistic"], rtol=1e-12)
    assert compared["df_numerator"] == found["df_numerator"]
    assert_allclose(compared["aic"], larger.glance()["aic"].item())


def test_the_likelihood_ratio_of_mixed_models_is_that_of_two_public_fits():
    data = sample(4)
    for call, outcome, more in (
        (ps.mixed_linear, "log(wage)", {"method": "ml"}),
        (ps.mixed_logistic, "employed", {}),
    ):
        larger = call(f"{outcome} ~ age + tenure", data, group="county", **more)
        smaller = call(f"{outcome} ~ tenure", data, group="county", **more)
        found = one(larger.test("age", kind="lr"))
        # the search of the variance stops within 1e-8 of the log-likelihood, some hundred here
        assert_allclose(found["statistic"], 2 * (larger.fit.loglik - smaller.fit.loglik), rtol=1e-5)
        compared = ps.compare_models(smaller, larger).tidy().iloc[1]
        assert_allclose(compared["statistic"], found["statistic"])


def test_linear_score_and_likelihood_ratio_are_functions_of_the_residual_sums():
    data = sample(5)
    larger, smaller = ps.linear("wage ~ age + state", data), ps.linear("wage ~ age", data)
    n = len(data)
    rss = [each.fit.sigma**2 * (n - each.fit.n_parameters) for each in (larger, smaller)]
    assert_allclose(one(larger.test("state", kind="score"))["statistic"], n * (1 - rss[0] / rss[1]))
    assert_allclose(one(larger.test("state", kind="lr"))["statistic"], n * np.log(rss[1] / rss[0]))


@given(seeds)
@few
def test_robust_score_tests_are_the_one_step_wald_tests_of_boos(seed):
    data = sample(seed)
    result = ps.linear("wage ~ tenure + age", data, variance="HC0")
    x = np.column_stack([np.ones(len(data)), data["tenure"]])
    extra = data["age"].to_numpy()
    residual = data["wage"].to_numpy() - x @ np.linalg.lstsq(x, data["wage"].to_numpy())[0]
    apart = extra - x @ np.linalg.lstsq(x, extra)[0]
    expected = (apart @ residual) ** 2 / ((apart * residual) ** 2).sum()
    found = one(result.test("age", kind="score"))
    # F on 1 and n - k degrees of freedom: the same statistic
    assert_allclose(found["statistic"], expected, rtol=1e-8)


@pytest.mark.parametrize("name", ["robust", "clusters", "sampling", "design"])
def test_robust_score_tests_of_a_logit_are_the_generalised_score_tests_of_boos(name):
    data = sample(22)
    large = fit("logistic", data, **VARIANCES[name])
    small = ps.logistic("employed ~ age + tenure", data, **VARIANCES[name])
    p = small.predict()["yes"].to_numpy()
    w = data["weight"].to_numpy() if name in ("sampling", "design") else np.ones(len(data))
    x = np.column_stack(
        [np.ones(len(data)), data["age"], data["tenure"], data["state"] == "OR", data["state"] == "PA"]
    )
    information = x.T @ (x * (w * p * (1 - p))[:, None])
    scores = x * (w * ((data["employed"] == "yes") - p)).to_numpy()[:, None]
    if name == "robust":
        filling = scores.T @ scores
    elif name == "clusters":
        sums = np.array([scores[data["county"] == c].sum(axis=0) for c in data["county"].unique()])
        filling = sums.T @ sums * len(sums) / (len(sums) - 1)
    elif name == "sampling":
        filling = scores.T @ scores * len(data) / (len(data) - 1)
    else:
        filling = np.zeros((5, 5))
        for _, part in data.groupby("stratum"):
            sums = np.array([scores[part.index[part["psu"] == c]].sum(axis=0) for c in part["psu"].unique()])
            off = sums - sums.mean(axis=0)
            filling += off.T @ off * len(sums) / (len(sums) - 1)
    into = np.hstack([-information[3:, :3] @ np.linalg.inv(information[:3, :3]), np.eye(2)])
    u = scores.sum(axis=0)[3:]
    expected = u @ np.linalg.solve(into @ filling @ into.T, u)
    found = one(large.test("state", kind="score", adjust=False))
    assert_allclose(found["statistic"] * (1 if name == "robust" else 2), expected, rtol=1e-7)


@given(seeds, st.sampled_from(list(VARIANCES)), st.sampled_from(KINDS))
@few
def test_tests_do_not_depend_on_the_base_or_on_the_reference_level(seed, name, kind):
    data = sample(seed)
    one_way = fit("multinomial", data, **VARIANCES[name])
    other = fit("multinomial", data, base="peer", levels={"state": "PA"}, **VARIANCES[name])
    for test in (lambda m: m.test(kind=kind), lambda m: m.test_merge("other", "peer", kind=kind)):
        first, second = test(one_way).tidy(), test(other).tidy()
        assert_allclose(first["statistic"], second["statistic"], rtol=1e-6, atol=1e-9)
        assert_allclose(first["p_value"], second["p_value"], rtol=1e-5, atol=1e-12)


@given(seeds)
@settings(max_examples=8, deadline=None)
def test_frequency_weights_equal_repeated_rows(seed):
    data = sample(seed, 150).assign(f=np.random.default_rng(seed).integers(1, 4, 150))
    repeated = data.loc[data.index.repeat(data["f"])]
    kind = {"weights": "f", "weight_kind": "frequency"}
    for variance in ("model", "HC0"):
        short, long = (
            fit("multinomial", data, variance=variance, **kind),
            fit("multinomial", repeated, variance=variance),
        )
        for test in (
            *(lambda m, kind=kind: m.test(kind=kind) for kind in KINDS),
            lambda m: m.test_iia(),
            lambda m: m.test_merge(),
        ):
            assert_allclose(test(short).tidy()["p_value"], test(long).tidy()["p_value"], rtol=1e-6)


@given(seeds, st.sampled_from(list(VARIANCES)))
@settings(max_examples=12, deadline=None)
def test_a_scale_of_sampling_weights_changes_no_test(seed, name):
    data = sample(seed)
    larger = data.assign(weight=1_000 * data["weight"])
    for kind in KINDS:
        first, second = (
            fit("logistic", each, **VARIANCES[name]).test(kind=kind).tidy() for each in (data, larger)
        )
        assert_allclose(first["statistic"], second["statistic"], rtol=1e-6, atol=1e-9)


@given(seeds)
@few
def test_a_hypothesis_in_words_equals_its_matrix(seed):
    result = fit("multinomial", sample(seed))
    names = [f"{o}: {t}" for o, t in result.covariance()[["outcome", "term"]].to_numpy()]
    matrix = np.zeros((2, len(names)))
    matrix[0, names.index("other: age")], matrix[0, names.index("peer: age")] = 1, -1
    matrix[1, names.index("peer: state[T.PA]")], matrix[1, names.index("peer: state[T.OR]")] = 2, 0.5
    words = ["other: age = peer: age", "2 * peer: state[T.PA] + 0.5*peer: state[T.OR] - 1 = -.5"]
    for kind in KINDS:
        said = one(result.test(hypothesis=words, kind=kind))
        shown = one(result.test(hypothesis=matrix, null=[0, 0.5], kind=kind))
        assert_allclose(said["statistic"], shown["statistic"], rtol=1e-9)
        assert said["df_numerator"] == 2


def test_a_term_is_the_hypothesis_that_its_coefficients_are_zero():
    result = fit("logistic", sample(6), design=DESIGN)
    words = ["state[T.OR] = 0", "yes: state[T.PA]"]
    for kind in KINDS:
        assert_allclose(
            one(result.test(hypothesis=words, kind=kind))["p_value"],
            one(result.test("state", kind=kind))["p_value"],
        )


def test_merging_by_likelihood_ratio_is_that_of_a_model_of_the_merged_outcome():
    data = sample(7)
    whole = fit("multinomial", data)
    merged = ps.logistic("m ~ age + state + tenure", data.assign(m=data["job"] == "none"))
    counts = data["job"].value_counts()[["other", "peer"]].to_numpy()
    within = counts @ np.log(counts / counts.sum())
    found = one(whole.test_merge("peer", "other", kind="lr"))
    assert_allclose(found["statistic"], 2 * (whole.fit.loglik - merged.fit.loglik - within), rtol=1e-7)
    # two outcomes merge where no term tells them apart: the test of the whole model
    logit = fit("logistic", data)
    assert_allclose(
        one(logit.test_merge(kind="lr"))["statistic"],
        2 * (logit.fit.loglik - logit.fit.loglik_null),
        rtol=1e-7,
    )


def test_the_iia_statistic_is_the_wald_test_of_stacked_fits():
    data = sample(8)
    whole = ps.multinomial("job ~ age + tenure", data)
    part = ps.logistic("job ~ age + tenure", data[data["job"] != "peer"])
    x = np.column_stack([np.ones(len(data)), data["age"], data["tenure"]])
    y = data["job"].to_numpy()
    p = whole.predict().to_numpy()
    stacked = np.hstack([((y == level) - p[:, j])[:, None] * x for j, level in ((1, "other"), (2, "peer"))])
    inverse = np.linalg.inv(
        sum(
            np.kron(np.diag(q[1:]) - np.outer(q[1:], q[1:]), np.outer(row, row))
            for q, row in zip(p, x, strict=True)
        )
    )
    own = np.where(y != "peer", (y == "other") - part.predict(data)["other"], 0.0)[:, None] * x
    influence = own @ part.fit.covariance - (stacked @ inverse)[:, :3]
    d = part.fit.coefficients[:, 0] - whole.fit.coefficients[:, 0]
    expected = d @ np.linalg.solve(influence.T @ influence, d)
    found = one(whole.test_iia("peer"))
    assert found["df_numerator"] == 3
    assert_allclose(found["statistic"], expected, rtol=1e-7)


@given(seeds, st.sampled_from(list(VARIANCES)))
@settings(max_examples=12, deadline=None)
def test_the_iia_test_does_not_depend_on_the_base(seed, name):
    data = sample(seed)
    first = ps.multinomial("job ~ age + tenure", data, **VARIANCES[name]).test_iia().tidy()
    second = ps.multinomial("job ~ age + tenure", data, base="peer", **VARIANCES[name]).test_iia().tidy()
    both = first.merge(second, on="omitted")
    assert len(both) == 3
    assert (first["statistic"] >= 0).all()
    assert_allclose(both["statistic_x"], both["statistic_y"], rtol=1e-6)


def test_replicates_give_an_iia_test_near_that_of_the_linearised_design():
    data = sample(9)
    tests = [
        one(ps.multinomial("job ~ age", data, design=design).test_iia("peer"))
        for design in (DESIGN, DESIGN.with_replicates("JKn"))
    ]
    assert tests[0]["df_denominator"] == tests[1]["df_denominator"]
    # 24 PSUs of 10 people: the jackknife and the linearised variance differ by terms of the order of 1 / 24
    assert_allclose(tests[1]["statistic"], tests[0]["statistic"], rtol=0.3)


def test_an_adjusted_f_is_hotelling_s_of_the_plain_one():
    result = fit("multinomial", sample(10), design=DESIGN)
    plain, adjusted = (one(result.test("state", adjust=adjust)) for adjust in (False, True))
    d, q = plain["df_denominator"], plain["df_numerator"]
    assert adjusted["df_denominator"] == d - q + 1
    assert_allclose(adjusted["statistic"], plain["statistic"] * (d - q + 1) / d)


def test_terms_can_be_tested_together():
    result = fit("logistic", sample(11))
    found = one(result.test(["age", "state"], joint=True))
    assert found["df_numerator"] == 3
    assert found["term"] == "age + state"


def test_the_weighted_sum_of_equal_chi_squares_is_exact_by_satterthwaite():
    effects = np.full(3, 1.7)
    for x in (0.5, 5.0, 30.0):
        assert_allclose(
            chi_square_sum_p(1.7 * x, effects, approximation="satterthwaite"), chi2.sf(x, 3), rtol=1e-12
        )
        assert_allclose(
            chi_square_sum_p(1.7 * x, effects, 20, approximation="satterthwaite"),
            f.sf(x / 3, 3, 20),
            rtol=1e-12,
        )
        # the saddlepoint of a chi-square with 3 degrees of freedom is off by up to some hundredths of p
        assert_allclose(chi_square_sum_p(1.7 * x, effects), chi2.sf(x, 3), rtol=0.05)
    assert chi_square_sum_p(0.0, effects) == 1.0


def test_a_singular_covariance_is_seen():
    form = quadratic_form(np.array([1.0, 2.0]), np.ones((2, 2)))
    assert form.rank == 1


def test_a_result_prints_and_is_strict_json():
    result = fit("multinomial", sample(12), design=DESIGN)
    for tested in (result.test(kind="lr"), result.test_merge(), result.test_iia("peer")):
        record = json.loads(json.dumps(tested.to_dict(), allow_nan=False))
        assert record["schema"] == 1
        assert len(record["tests"]) == len(tested.tidy())
        assert "linearized" in str(tested.summary())
        assert tested.plot().get_xscale() == "log"
    small = ps.multinomial("job ~ age", sample(12), design=DESIGN)
    compared = ps.compare_models(small, result)
    json.dumps(compared.to_dict(), allow_nan=False)
    assert np.isnan(compared.tidy()["aic"]).all()
    assert compared.plot() is not None
    assert "left out" in compared.notes[-1]


def test_models_of_a_file_in_batches_are_tested_alike(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    data = sample(13)
    pq.write_table(pa.Table.from_pandas(data), tmp_path / "jobs.parquet", row_group_size=50)
    here, there = fit("multinomial", data), fit("multinomial", pq.ParquetFile(tmp_path / "jobs.parquet"))
    for kind in KINDS:
        assert_allclose(
            here.test(kind=kind).tidy()["statistic"], there.test(kind=kind).tidy()["statistic"], rtol=1e-7
        )
    assert_allclose(here.test_iia().tidy()["statistic"], there.test_iia().tidy()["statistic"], rtol=1e-7)


def test_nearly_dependent_columns_are_tested_in_their_turned_coordinates():
    data = sample(14).assign(year=lambda d: 2_000 + d["age"] / 10)
    near = ps.logistic("employed ~ year + I(year ** 2) + tenure", data)
    centred = ps.logistic("employed ~ y + I(y ** 2) + tenure", data.assign(y=data["year"] - 2_000))
    assert near.source.fitted.turn is not None
    for kind in ("score", "lr"):
        first, second = (one(each.test("tenure", kind=kind))["statistic"] for each in (near, centred))
        # rounding of the square at 4e6 is 1e-9 of its spread about a line
        assert_allclose(first, second, rtol=1e-6)


REFUSED = [
    (lambda r: r.test("stat"), "'stat' is no term"),
    (lambda r: r.test([]), "terms= is empty"),
    (lambda r: r.test("age", kind="f"), "kind='f'"),
    (lambda r: r.test("age", approximation="davies"), "approximation='davies'"),
    (lambda r: r.test("age", null=1), "null= without"),
    (lambda r: r.test("age", hypothesis="other: age = 0"), "beside terms"),
    (lambda r: r.test(hypothesis="age = 0"), "neither a coefficient nor a number"),
    (lambda r: r.test(hypothesis="other: age = = 0"), "neither a coefficient nor a number"),
    (lambda r: r.test(hypothesis="other: age 3"), "cannot be read"),
    (lambda r: r.test(hypothesis="3 * 4"), "no coefficient"),
    (lambda r: r.test(hypothesis="1 = 2"), "holds no coefficient"),
    (lambda r: r.test(hypothesis=["other: age", "2 * other: age = 0"]), "equation 2"),
    (lambda r: r.test(hypothesis="other: age = 0", null=1), "in words"),
    (lambda r: r.test(hypothesis=np.eye(3)), r"shape \(3, 3\)"),
    (lambda r: r.test(hypothesis=[["a"]]), "neither text nor a matrix"),
    (lambda r: r.test(hypothesis=np.full((1, 10), np.nan)), "not finite"),
    (lambda r: r.test_merge("none", "pear"), "'pear' is no outcome"),
    (lambda r: r.test_merge("none"), "None is no outcome"),
    (lambda r: r.test_merge("none", "none"), "named twice"),
    (lambda r: r.test_iia("pear"), "'pear' is no outcome"),
    (lambda _: ps.compare_models(), "0 model"),
    (lambda r: ps.compare_models(r, "job ~ age"), "argument 2 is a str"),
    (lambda r: ps.compare_models(r, fit("logistic", sample(15))), "differ in model"),
    (lambda r: ps.compare_models(r, fit("multinomial", sample(15)[:200])), "differ in n"),
    (lambda r: ps.compare_models(r, fit("multinomial", sample(16))), "differ in their rows"),
    (lambda r: ps.compare_models(r, fit("multinomial", sample(15), base="peer")), "differ in base"),
    (lambda r: ps.compare_models(r, fit("multinomial", sample(15), design=DESIGN)), "differ in weights"),
]


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_what_cannot_be_tested_is_refused_by_name(call, words):
    with pytest.raises(ps.InputError, match=words):
        call(fit("multinomial", sample(15)))


def test_a_fit_without_a_maximum_or_without_rows_is_refused():
    result = fit("multinomial", sample(17))
    with pytest.raises(ps.ConvergenceError, match="reached no maximum"):
        replace(result, fit=replace(result.fit, converged=False)).test()
    with pytest.raises(ps.InputError, match="0 degrees of freedom"):
        replace(result, fit=replace(result.fit, df=0.0)).test()


def test_too_few_degrees_of_freedom_are_an_error_and_the_rao_scott_test_is_not():
    data = sample(18).assign(psu=lambda d: d["psu"] % 2)
    result = ps.multinomial("job ~ state * age + tenure", data, design=DESIGN)
    every = ["state", "age", "state:age", "tenure"]
    assert result.fit.df == 4
    with pytest.raises(ps.InputError, match="degrees of freedom"):
        result.test(every, joint=True)
    assert 0 < one(result.test(every, joint=True, kind="lr"))["p_value"] < 1


def test_tests_that_are_not_defined_say_why():
    data = sample(19)
    mixed = ps.mixed_linear("wage ~ age", data, group="county")
    with pytest.raises(ps.InputError, match="REML"):
        mixed.test("age", kind="lr")
    with pytest.raises(ps.InputError, match="a score test is made for linear, logistic, multinomial"):
        mixed.test("age", kind="score")
    with pytest.raises(ps.InputError, match="the model is 'mixed_linear'"):
        mixed.test_merge()
    with pytest.raises(ps.InputError, match="needs a multinomial model"):
        fit("logistic", data).test_iia()
    with pytest.raises(ps.InputError, match="not for scores"):
        fit("logistic", data, cluster="county", variance="CR2").test("age", kind="score")
    with pytest.raises(ps.InputError, match="give no scores"):
        fit("logistic", data, design=DESIGN.with_replicates("JKn")).test("age", kind="score")
    with pytest.raises(ps.InputError, match="intercept only"):
        ps.logistic("employed ~ 1", data).test()
    with pytest.raises(ps.InputError, match="needs an intercept"):
        ps.multinomial("job ~ age - 1", data).test_merge()


def test_a_saturated_model_has_no_iia_test():
    with pytest.raises(ps.InputError, match="covariance of rank 0"):
        ps.multinomial("job ~ state", sample(20)).test_iia("peer")


def test_models_that_are_not_nested_are_set_side_by_side_without_a_test():
    data = sample(21)
    models = [ps.logistic(f"employed ~ {right}", data) for right in ("age", "tenure", "tenure + age")]
    compared = ps.compare_models(*models)
    assert compared.tidy()["p_value"].isna().tolist() == [True, True, False]
    assert compared.notes == ("Models 1 and 2 are not nested by their columns: no test.",)
    # a factor of another reference has other columns of the same span; it is not taken for nested by name
    other = ps.logistic("employed ~ state + age", data, levels={"state": "PA"})
    first = ps.logistic("employed ~ state", data)
    assert np.isnan(ps.compare_models(first, other).tidy()["p_value"]).all()


def test_linear_models_under_a_design_are_compared_by_rao_scott_and_have_no_daic():
    data = sample(23)
    small, large = (ps.linear(f"wage ~ {right}", data, design=DESIGN) for right in ("age", "age + state"))
    compared = ps.compare_models(small, large)
    found = compared.tidy().iloc[1]
    assert found["test"] == "Rao-Scott likelihood ratio"
    assert_allclose(found["p_value"], one(large.test("state", kind="lr"))["p_value"], rtol=1e-12)
    assert np.isnan(compared.tidy()[["aic", "daic", "dbic"]].to_numpy()).all()
    assert "residual variance" in compared.notes[-1]
    wald = ps.compare_models(small, large, kind="wald").tidy().iloc[1]
    assert_allclose(wald["p_value"], one(large.test("state"))["p_value"], rtol=1e-12)
