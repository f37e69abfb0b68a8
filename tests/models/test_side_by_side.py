"""Unadjusted and adjusted, blocks of predictors, standardised coefficients: own fits, R, and laws."""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.errors import FormulaError, InputError

GOLDEN = Path(__file__).parents[1] / "golden" / "blocks_r"
few = settings(max_examples=15, deadline=None)


@pytest.fixture(scope="module")
def workers():
    return pd.read_csv(GOLDEN / "input_simulated.csv")


@pytest.fixture(scope="module")
def expected():
    return pd.read_csv(GOLDEN / "expected.csv").set_index("what")["value"]


@pytest.fixture(scope="module")
def people():
    return ps.simulate_cohort(400, rng=5).data.query("wave == 1").reset_index(drop=True)


def rows_of(result, side):
    cells = result.tidy()
    return cells[cells["adjustment"] == side].reset_index(drop=True)


@pytest.mark.parametrize("model", ["linear", "logistic", "multinomial"])
def test_each_predictor_alone_is_its_own_fit(workers, model):
    data = workers.assign(job=np.array(["none", "other", "peer"])[np.arange(len(workers)) % 3])
    outcome = {"linear": "exhaustion", "logistic": "peer", "multinomial": "job"}[model]
    both = ps.side_by_side(f"{outcome} ~ age + state", data, model=model, weights="weight")
    call = getattr(ps, model)
    for formula in (f"{outcome} ~ age", f"{outcome} ~ state"):
        own = call(formula, data, weights="weight").tidy()
        own = own[own["term"] != "Intercept"]
        found = rows_of(both, "unadjusted").merge(own, on=["outcome", "term"])
        assert len(found) == len(own)
        # the same numbers by the same fit
        assert_allclose(found["estimate_x"], found["estimate_y"], rtol=1e-9)
        assert_allclose(found["std_error_x"], found["std_error_y"], rtol=1e-9)
    whole = call(f"{outcome} ~ age + state", data, weights="weight").tidy()
    assert_allclose(
        rows_of(both, "adjusted")["estimate"], whole.loc[whole["term"] != "Intercept", "estimate"], rtol=1e-12
    )


def test_the_same_rows_are_those_of_the_adjusted_model_unless_all_are_asked_for(workers):
    holes = workers.copy()
    holes.loc[:29, "workload"] = np.nan
    same = ps.side_by_side("exhaustion ~ age + workload", holes, model="linear")
    free = ps.side_by_side("exhaustion ~ age + workload", holes, model="linear", rows="available")
    assert same.glance()["n"].tolist() == [150, 150, 150]
    assert free.glance()["n"].tolist() == [180, 150, 150]
    complete = ps.linear("exhaustion ~ age", holes.iloc[30:]).fit.coefficients[1, 0]
    assert_allclose(rows_of(same, "unadjusted")["estimate"][0], complete, rtol=1e-12)
    assert "(n = 150 to 180)" in repr(free)


def test_terms_of_one_column_stay_together(workers):
    both = ps.side_by_side(
        "exhaustion ~ age + I(age ** 2) + state + workload + state:workload", workers, model="linear"
    )
    assert [result.fit.formula for result in both.unadjusted] == [
        "exhaustion ~ 1 + age + I(age ** 2)",
        "exhaustion ~ 1 + state + workload + state:workload",
    ]


def test_clusters_and_a_design_hold_on_both_sides(people):
    call = {"base": "not working", "cluster": "county", "weights": "weight"}
    both = ps.side_by_side("job_type ~ age + veteran", people, model="multinomial", **call)
    alone = ps.multinomial("job_type ~ veteran", people, **call).tidy()
    alone = alone[alone["term"] != "Intercept"]
    found = rows_of(both, "unadjusted").merge(alone, on=["outcome", "term"])
    assert_allclose(found["std_error_x"], found["std_error_y"], rtol=1e-9)
    assert set(both.tidy()["df"]) == {people["county"].nunique() - 1}


def test_side_by_side_prints_draws_and_is_json(people):
    both = ps.side_by_side("job_type ~ age + veteran", people, model="multinomial", base="not working")
    text = repr(both)
    assert "Unadjusted" in text
    assert "Adjusted" in text
    assert "on the rows of the adjusted model" in text
    record = json.loads(json.dumps(both.to_dict(), allow_nan=False))
    assert len(record["rows"]) == 8
    # three lines an outcome: its heading, and each term with two marks
    assert len(both.plot().get_yticks()) == 6


def test_blocks_agree_with_r(workers, expected):
    steps = ps.blocks(
        {"person": "exhaustion ~ age + state", "work": "exhaustion ~ age + state + workload + hours"}, workers
    ).tidy()
    # closed forms in double precision, R's numbers printed to 15 digits
    assert_allclose(steps["r_squared"], expected[["small_r2", "large_r2"]], rtol=1e-12)
    assert_allclose(steps["adj_r_squared"], expected[["small_adj", "large_adj"]], rtol=1e-11)
    assert_allclose(steps["statistic"][1], expected["f"], rtol=1e-10)
    assert_allclose(steps["p_value"][1], expected["f_p"], rtol=1e-9)
    assert steps["block"].tolist() == ["person", "work"]
    logit = ps.blocks(["peer ~ age", "peer ~ age + state + workload"], workers, model="logistic").tidy()
    # R's deviances are those of a fit to 1e-14
    assert_allclose(logit["statistic"][1], expected["lr"], rtol=1e-9)
    assert_allclose(logit["p_value"][1], expected["lr_p"], rtol=1e-9)
    assert logit["test"].tolist() == ["likelihood ratio", "likelihood ratio"]


@few
@given(st.permutations(["age", "state", "workload", "hours"]), st.booleans())
def test_blocks_in_any_order_add_up_to_the_same(order, weighted):
    data = pd.read_csv(GOLDEN / "input_simulated.csv")
    call = {"weights": "weight"} if weighted else {}
    texts = ["exhaustion ~ " + " + ".join(order[: i + 1]) for i in range(4)]
    steps = ps.blocks(texts, data, **call).tidy()
    whole = ps.linear("exhaustion ~ age + state + workload + hours", data, **call)
    assert_allclose(steps["r_squared_change"].sum(), whole.fit.r_squared, rtol=1e-11)
    assert (steps["r_squared_change"] > -1e-12).all()


def test_blocks_of_fewer_rows_use_those_of_the_last(workers):
    holes = workers.copy()
    holes.loc[:29, "workload"] = np.nan
    steps = ps.blocks(["exhaustion ~ age", "exhaustion ~ age + workload"], holes)
    assert steps.tidy()["n"].tolist() == [150, 150]
    assert_allclose(
        steps.tidy()["r_squared"][0], ps.linear("exhaustion ~ age", holes.iloc[30:]).fit.r_squared, rtol=1e-12
    )


def test_with_clusters_a_block_is_tested_by_walds_f(people):
    steps = ps.blocks(["hourly_wage ~ age", "hourly_wage ~ age + veteran"], people, cluster="county").tidy()
    own = ps.linear("hourly_wage ~ age + veteran", people, cluster="county").tidy()
    assert steps["test"].tolist() == ["Wald", "Wald"]
    assert_allclose(steps["statistic"][1], own["statistic"].iloc[-1] ** 2, rtol=1e-10)
    assert_allclose(steps["p_value"][1], own["p_value"].iloc[-1], rtol=1e-8)


def test_blocks_print_draw_and_are_json(workers):
    steps = ps.blocks(["exhaustion ~ 1", "exhaustion ~ age", "exhaustion ~ age + state"], workers)
    cells = steps.tidy()
    assert_allclose(cells["r_squared"][0], 0.0, atol=1e-14)
    assert np.isnan(cells["p_value"][0])
    assert "all blocks on the rows of the last" in repr(steps)
    record = json.loads(json.dumps(steps.to_dict(), allow_nan=False))
    assert len(record["fits"]) == 3
    assert record["rows"][0]["p_value"] is None
    steps.plot()


def test_standardised_coefficients_agree_with_r(workers, expected):
    found = ps.linear("exhaustion ~ age + state + workload + hours", workers).standardized().set_index("term")
    for term, name in (("age", "age"), ("state[T.PA]", "statePA"), ("workload", "workload")):
        assert_allclose(found.loc[term, "estimate"], expected[f"beta_{name}"], rtol=1e-11)
        assert_allclose(found.loc[term, "std_error"], expected[f"beta_se_{name}"], rtol=1e-10)


@few
@given(st.floats(0.01, 100), st.floats(-50, 50))
def test_units_do_not_change_standardised_coefficients(scale, shift):
    data = pd.read_csv(GOLDEN / "input_simulated.csv")
    other = data.assign(age=data["age"] * scale + shift, exhaustion=data["exhaustion"] * 7 - 3)
    formula = "exhaustion ~ age + state + workload"
    one = ps.linear(formula, data, weights="weight").standardized()
    two = ps.linear(formula, other, weights="weight").standardized()
    for name in ("estimate", "std_error", "p_value"):
        assert_allclose(one[name], two[name], rtol=1e-7)


def test_frequency_weights_standardise_as_repeated_rows(workers):
    copies = workers.assign(copies=np.arange(len(workers)) % 3)
    again = workers.loc[workers.index.repeat(copies["copies"])]
    call = {"weights": "copies", "weight_kind": "frequency"}
    weighted = ps.linear("exhaustion ~ age + state", copies, **call).standardized()
    repeated = ps.linear("exhaustion ~ age + state", again).standardized()
    assert_allclose(weighted["estimate"], repeated["estimate"], rtol=1e-11)
    assert_allclose(weighted["sd"], repeated["sd"], rtol=1e-11)


def test_a_level_and_an_interaction_are_scaled_as_told(workers):
    result = ps.logistic("peer ~ age * state", workers)
    plain, found = result.tidy().set_index("term"), result.standardized().set_index("term")
    sd = workers["age"].std()
    assert_allclose(found.loc["state[T.OR]", "estimate"], plain.loc["state[T.OR]", "estimate"])
    assert_allclose(found.loc["age:state[T.OR]", "estimate"], plain.loc["age:state[T.OR]", "estimate"] * sd)
    assert "outcome_sd" not in found


def test_what_cannot_be_set_side_by_side_is_refused(workers):
    with pytest.raises(FormulaError, match=r"no intercept"):
        ps.side_by_side("exhaustion ~ 0 + age", workers, model="linear")
    with pytest.raises(FormulaError, match=r"no predictor"):
        ps.side_by_side("exhaustion ~ 1", workers, model="linear")
    with pytest.raises(InputError, match=r"model='probit' is not known"):
        ps.side_by_side("peer ~ age", workers, model="probit")
    with pytest.raises(InputError, match=r"rows='all' is not known"):
        ps.side_by_side("peer ~ age", workers, model="logistic", rows="all")


def test_blocks_that_are_not_nested_are_refused(workers):
    for order in permutations(["exhaustion ~ age", "exhaustion ~ state"]):
        with pytest.raises(FormulaError, match=r"the blocks are not nested"):
            ps.blocks(list(order), workers)
    with pytest.raises(FormulaError, match=r"adds no term"):
        ps.blocks(["exhaustion ~ age", "exhaustion ~ age"], workers)
    with pytest.raises(FormulaError, match=r"'exhaustion' and .* of 'peer'"):
        ps.blocks(["exhaustion ~ age", "peer ~ age + state"], workers)
    with pytest.raises(FormulaError, match=r"coded otherwise"):
        ps.blocks(["exhaustion ~ age:state", "exhaustion ~ age + age:state"], workers)
    with pytest.raises(InputError, match=r"is one block"):
        ps.blocks("exhaustion ~ age", workers)


def test_firth_is_on_both_sides(workers):
    few_workers = workers.iloc[:40]
    both = ps.side_by_side("peer ~ age + state", few_workers, model="logistic", penalty="firth")
    alone = ps.logistic("peer ~ age", few_workers, penalty="firth").tidy()
    found = rows_of(both, "unadjusted").set_index("term")
    assert_allclose(found.loc["age", "estimate"], alone["estimate"][1], rtol=1e-8)
    assert {result.fit.penalty for result in (*both.unadjusted, both.adjusted)} == {"firth"}
