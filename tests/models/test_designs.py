"""Models under survey designs equal R's survey, and keep the laws of designs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "models_design_survey"
few = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 2**32 - 1)

PLAIN = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", nest=True)
DESIGNS = {
    "strata": PLAIN,
    "fpc": ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", fpc="pop", nest=True),
    "JKn": PLAIN.with_replicates("JKn"),
    "supplied": ps.SurveyDesign(weights="weight", replicates="V{}", replicate_method="bootstrap"),
}
MODELS = {
    "linear": (ps.linear, "log(wage) ~ age + state", {}),
    "logistic": (ps.logistic, "employed ~ age + state", {}),
    "multinomial": (ps.multinomial, "job ~ age + state", {"base": "not working"}),
}


def survey_data():
    data = pd.read_csv(GOLDEN / "input_simulated.csv").assign(inside=lambda d: d["inside"] == 1)
    return data.join(pd.read_csv(GOLDEN / "replicates_simulated.csv"))


def raked(data):
    margins = {"state": {"NC": 700, "OR": 500, "PA": 650}, "veteran": {0: 1350, 1: 500}}
    return ps.rake(data, margins, design=PLAIN).design


def expected():
    table = pd.read_csv(GOLDEN / "expected.csv", keep_default_na=False)
    term = (
        table["term"]
        .replace({"(Intercept)": "Intercept"})
        .str.replace(r"^state(..)", r"state[T.\1]", regex=True)
    )
    return table.assign(term=term)


CASES = sorted(set(map(tuple, expected()[["fit", "model"]].to_numpy())))


@pytest.mark.parametrize(("fit", "model"), CASES)
def test_a_model_under_a_design_equals_r_s_survey(fit, model):
    data = survey_data()
    name, _, inside = fit.partition(", ")
    if name.startswith("lonely"):
        data = data[(data["stratum"] != 4) | (data["psu"] != 2)]
        design = replace(PLAIN, lonely_psu=name.removeprefix("lonely "))
    else:
        design = raked(data) if name == "raked" else DESIGNS[name]
    call, formula, more = MODELS[model]
    where = {"where": "inside"} if inside else {}
    result = call(formula, data, design=design, **where, **more)
    rows = expected().query("fit == @fit and model == @model")
    if model != "multinomial":
        rows = rows.assign(outcome=result.fit.equations[0])
    both = result.tidy().merge(rows, on=["outcome", "term"], suffixes=("", "_r"))
    assert len(both) == len(rows) == result.fit.n_parameters
    assert_allclose(both["estimate"], both["estimate_r"], rtol=1e-8)
    assert_allclose(both["std_error"], both["std_error_r"], rtol=1e-8)
    if model != "multinomial":
        again = call(formula, data, design=design, df="residual", **where, **more)
        assert (again.tidy()["df"] == both["df_r"]).all()


def test_degrees_of_freedom_count_strata_with_a_member_and_all_of_their_psus():
    data = survey_data()
    whole = ps.linear("wage ~ age", data, design=PLAIN)
    assert whole.fit.df == 24 - 6
    # stratum 2 (three PSUs) has no member; stratum 5 keeps the PSU without one
    part = ps.linear("wage ~ age", data, design=PLAIN, where="inside")
    assert part.fit.df == (24 - 3) - 5
    assert "design: weights weight; strata stratum (6)" in str(whole)


def simulated(seed, n=240):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(45, 10, n),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "stratum": np.arange(n) % 4,
            "psu": rng.integers(0, 6, n),
            "weight": rng.uniform(0.2, 5, n),
        }
    )
    # every stratum has its PSUs, whatever the seed
    data.loc[: 4 * 6 - 1, "psu"] = np.repeat(np.arange(6), 4)
    wage = 18 + 0.05 * (data["age"] - 45) + rng.normal(0, 3, n)
    job = np.array(["none", "other", "peer"])[rng.integers(0, 3, n)]
    return data.assign(wage=wage, employed=wage > 18, job=job)


@few
@given(seeds, st.sampled_from(list(MODELS)))
def test_a_design_of_weights_and_clusters_is_the_same_as_naming_them(seed, model):
    call, formula, _ = MODELS[model]
    data = simulated(seed)
    design = ps.SurveyDesign(weights="weight", cluster="psu")
    one = call(formula, data, design=design)
    other = call(formula, data, weights="weight", cluster="psu")
    assert_allclose(one.fit.covariance, other.fit.covariance, rtol=1e-9, atol=1e-14)
    assert one.fit.df == other.fit.df == 5
    rows = call(formula, data, design=ps.SurveyDesign(weights="weight"))
    assert_allclose(
        rows.fit.covariance, call(formula, data, weights="weight").fit.covariance, rtol=1e-9, atol=1e-14
    )


@few
@given(seeds, st.floats(1e-3, 1e3), st.sampled_from(["linear", "multinomial"]))
def test_the_scale_of_the_weights_and_the_order_of_rows_do_not_matter(seed, factor, model):
    call, formula, _ = MODELS[model]
    data = simulated(seed)
    design = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", nest=True)
    one = call(formula, data, design=design)
    scaled = data.assign(weight=data["weight"] * factor).sample(frac=1, random_state=seed % 1000)
    other = call(formula, scaled, design=design)
    assert_allclose(other.fit.coefficients, one.fit.coefficients, rtol=1e-7, atol=1e-9)
    assert_allclose(other.fit.covariance, one.fit.covariance, rtol=1e-7, atol=1e-12)


def test_rows_outside_the_subpopulation_may_have_anything_but_a_place_in_the_design():
    data = simulated(1)
    inside = data["state"] != "OR"
    holes = data.assign(wage=data["wage"].where(inside))
    design = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", nest=True)
    one = ps.linear("wage ~ age", data, design=design, where=inside.to_numpy())
    other = ps.linear("wage ~ age", holes, design=design)
    assert_allclose(one.fit.covariance, other.fit.covariance, rtol=1e-12)
    assert dict(other.fit.dropped) == {"wage missing": int((~inside).sum())}


def test_replicates_of_a_raked_design_are_raked_again():
    data = survey_data()
    design = raked(data).with_replicates("JKn")
    result = ps.logistic("employed ~ age", data, design=design)
    each = []
    arrays = design.read(data)
    for _, weights in arrays.replicates.chunks(1):
        # the margins hold in every replicate
        totals = pd.Series(weights[:, 0]).groupby(data["state"].to_numpy()).sum()
        assert_allclose(totals, [700, 500, 650], rtol=1e-8)
        each.append(
            ps.logistic("employed ~ age", data.assign(w=weights[:, 0]), weights="w").fit.coefficients[:, 0]
        )
    assert_allclose(result.fit.covariance, arrays.replicate_covariance(np.array(each)), rtol=1e-6, atol=1e-12)


def test_the_record_holds_the_design_in_words_and_no_respondent():
    data = survey_data()
    record = ps.linear("wage ~ age", data, design=PLAIN).to_dict()
    assert record["survey"] == "weights weight; strata stratum (6); PSUs psu (24)"
    assert record["weights"] == "weight"
    assert record["variance"] == "linearized"


BAD = {
    "no design": ({"design": "weight"}, r"linear\(\): design= is a str, not a survey design"),
    "weights too": ({"weights": "weight"}, r"weights='weight' beside a design"),
    "cluster too": ({"cluster": "psu"}, r"cluster='psu' beside a design"),
    "kind too": ({"weight_kind": "frequency"}, r"weight_kind='frequency' beside a design"),
    "other variance": ({"variance": "CR2"}, r"variance='CR2' with a design that has no replicate weights"),
    "replicates of none": ({"variance": "replicate"}, r"variance='replicate' with a design that has no"),
    "bootstrap too": (
        {"n_replicates": 10},
        r"n_replicates= without a bootstrap; the errors are \"the design's\"",
    ),
    "df": (
        {"df": "residual", "formula": "wage ~ bs(age, df=22)"},
        r"leave none",
    ),
    "unknown df": ({"df": "Residual"}, r"df='Residual' is not known"),
    "one PSU": ({"where": "single"}, r"linear\(\): all \d+ rows used lie in one PSU"),
    "lonely": (
        {"design": ps.SurveyDesign(weights="weight", strata="alone", cluster="psu", nest=True)},
        r"linear\(\): .*single PSU",
    ),
    "missing stratum": (
        {"design": ps.SurveyDesign(weights="weight", strata="gap")},
        r"linear\(\): .*'gap'.* missing in row 3",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_an_error_that_names_the_place(case):
    call, message = BAD[case]
    data = simulated(2)
    data = data.assign(alone=np.where(data.index == 0, 9, data["stratum"]), gap=data["stratum"].astype(float))
    data["single"] = (data["stratum"] == 0) & (data["psu"] == 1)
    data.loc[3, "gap"] = np.nan
    design = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", nest=True)
    with pytest.raises(ps.InputError, match=message):
        ps.linear(**{"formula": "wage ~ age", "data": data, "design": design, **call})


def test_a_raked_design_refuses_a_part_of_the_file():
    data = survey_data()
    design = raked(data)
    with pytest.raises(
        ps.InputError, match=r"raked on 498 rows with a weight, and the data have \d+.*\n.*where="
    ):
        ps.linear("wage ~ age", data[data["age"] > 40], design=design)


def test_a_series_for_where_must_have_the_index_of_the_data():
    data = simulated(3)
    older = data["age"] > 45
    aligned = ps.linear("wage ~ age", data, where=older)
    assert aligned.fit.n == older.sum()
    with pytest.raises(ps.InputError, match=r"where= is a Series with another index.*\n.*reindex"):
        ps.linear("wage ~ age", data, where=older.sample(frac=1, random_state=1))


def test_replicates_that_are_factors_or_incomplete_are_refused():
    data = survey_data()
    factors = data.filter(regex=r"^V\d").div(data["weight"], axis=0).add_prefix("f")
    data = data.join(factors)
    design = ps.SurveyDesign(weights="weight", replicates="fV{}", replicate_method="bootstrap")
    with pytest.raises(ps.InputError, match=r"look like factors of them.*\n.*combined=False"):
        ps.linear("wage ~ age", data, design=design)
    design = ps.SurveyDesign(
        weights="weight", replicates="fV{}", replicate_method="bootstrap", combined=False
    )
    whole = ps.linear("wage ~ age", data, design=DESIGNS["supplied"])
    assert_allclose(
        ps.linear("wage ~ age", data, design=design).fit.covariance, whole.fit.covariance, rtol=1e-8
    )
    with pytest.raises(ps.InputError, match=r"numbers 1 to 60 but not 7"):
        ps.linear("wage ~ age", data.drop(columns="V7"), design=DESIGNS["supplied"])
    inside = ps.SurveyDesign(weights="V1", replicates="V{}", replicate_method="bootstrap")
    with pytest.raises(ps.InputError, match=r"'V1' are among the replicates"):
        ps.linear("wage ~ age", data, design=inside)
