"""Models under survey designs on data that engines hold equal those in memory."""

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.engines import _batches as batches

few = settings(max_examples=8, deadline=None)
seeds = st.integers(0, 2**32 - 1)
_OPEN = []  # before DuckDB 1.5 a relation does not keep its connection


def simulated(seed, n=600):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(45, 10, n).round(1),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "sex": rng.choice(["woman", "man"], n),
            "stratum": rng.choice(["north", "south", "east", "west"], n),
            "psu": rng.integers(0, 6, n),
            "weight": rng.uniform(0.2, 5, n),
            "known": rng.normal(0, 0.2, n),
        }
    )
    # every stratum has its PSUs, whatever the seed, and one PSU has no row inside
    data.loc[:23, "stratum"] = np.repeat(["north", "south", "east", "west"], 6)
    data.loc[:23, "psu"] = np.tile(np.arange(6), 4)
    data["inside"] = (rng.random(n) < 0.7) & ~((data["stratum"] == "east") & (data["psu"] == 2))
    data["region"] = data["stratum"] + data["psu"].astype(str)
    data["frame size"] = data["stratum"].map({"north": 40, "south": 12, "east": 6, "west": 2000})
    data["people"] = data["stratum"].map({"north": 4000, "south": 1200, "east": 60000, "west": 2000})
    data["share"] = data["stratum"].map({"north": 0.5, "south": 0.1, "east": 1.0, "west": 0.25})
    eta = 0.03 * (data["age"] - 45) + 0.4 * (data["state"] == "PA")
    data["job"] = np.array(["none", "other", "peer"])[
        np.minimum((rng.random(n) > 0.3).astype(int) + (rng.random(n) > 1 / (1 + np.exp(eta))), 2)
    ]
    data["wage"] = 18 + 0.05 * data["age"] + rng.normal(0, 3, n)
    data["employed"] = data["job"] != "none"
    data.loc[rng.choice(n, 20), "age"] = np.nan
    data.loc[rng.choice(n, 20), "state"] = None
    data.loc[rng.choice(n, 20), ["job", "wage"]] = [None, np.nan]
    # nobody: neither a PSU nor a stratum of its own
    data.loc[[30, 31], ["weight", "psu", "stratum"]] = [[0.0, 9, "void"], [0.0, 2, None]]
    return data


def as_table(data):
    return pa.Table.from_pandas(data, preserve_index=False)


def as_relation(data):
    _OPEN.append(duckdb.connect())
    _OPEN[-1].register("people", as_table(data))
    _OPEN[-1].execute("CREATE TABLE kept AS SELECT * FROM people")
    return _OPEN[-1].table("kept")


ENGINES = {
    "duckdb": as_relation,
    "polars": lambda data: pl.from_arrow(as_table(data)).lazy(),
    "arrow": lambda data: ds.dataset(pa.Table.from_batches(as_table(data).to_batches(max_chunksize=64))),
}
if not hasattr(pl.LazyFrame, "collect_batches"):  # in old versions of polars
    del ENGINES["polars"]

NESTED = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", nest=True)
DESIGNS = {
    "nested": NESTED,
    "PSUs by name": ps.SurveyDesign(weights="weight", strata="stratum", cluster="region"),
    "clusters": ps.SurveyDesign(weights="weight", cluster="psu"),
    "fpc": replace(NESTED, fpc="frame size"),
    "strata": ps.SurveyDesign(weights="weight", strata="stratum"),
    "strata, shares": ps.SurveyDesign(weights="weight", strata="stratum", fpc="share"),
    "weights": ps.SurveyDesign(weights="weight"),
}
WITHOUT = {  # weights that follow from the corrections, or are all 1
    "PSUs": ps.SurveyDesign(strata="stratum", cluster="psu", nest=True, fpc="frame size"),
    "rows": ps.SurveyDesign(strata="stratum", fpc="people"),
    "none": ps.SurveyDesign(strata="stratum", cluster="psu", nest=True),
    "rows, shares": ps.SurveyDesign(strata="stratum", fpc="share"),
}
ORDER = {"levels": {"job": ["none", "other", "peer"]}}
NUMBERS = {
    "linear": (ps.linear, "log(wage) ~ age + state", {}),
    "logistic": (ps.logistic, "employed ~ age + state", {"offset": "known"}),
    "multinomial": (ps.multinomial, "job ~ age + state", {"base": "peer"}),
    "ordinal": (ps.ordinal, "job ~ age + state", ORDER),
}
CATEGORIES = {
    "linear": (ps.linear, "wage ~ state * sex", {}),
    "logistic": (ps.logistic, "employed ~ state * sex", {}),
    "multinomial": (ps.multinomial, "job ~ state + sex", {}),
    "ordinal": (ps.ordinal, "job ~ C(state, Sum)", ORDER),
}
SAME = (
    "terms",
    "outcome_levels",
    "n",
    "n_rows",
    "n_missing",
    "dropped",
    "n_clusters",
    "notes",
    "survey",
    "weights",
    "weight_kind",
    "variance",
    "df",
)


def assert_same_fit(found, memory):
    # sums in another order, and of weights that were summed before: to rounding
    assert_allclose(found.fit.coefficients, memory.fit.coefficients, rtol=1e-8, atol=1e-10)
    assert_allclose(found.fit.covariance, memory.fit.covariance, rtol=1e-8, atol=1e-12)
    assert_allclose(found.fit.loglik, memory.fit.loglik, rtol=1e-10)
    for name in SAME:
        assert getattr(found.fit, name) == getattr(memory.fit, name), name
    assert found.source.rows.n_design == memory.source.rows.n_design
    assert found.fit.design == memory.fit.design


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("model", NUMBERS)
def test_a_design_on_an_engine_gives_the_fit_in_memory(model, design, engine):
    call, formula, more = NUMBERS[model]
    data = simulated(1)
    for where in [{"where": "inside"}, *([{}] if engine == "arrow" else [])]:
        said = {"design": DESIGNS[design], **where, **more}
        memory, found = call(formula, data, **said), call(formula, ENGINES[engine](data), **said)
        assert found.source.rows.patterns is None
        assert_same_fit(found, memory)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("model", CATEGORIES)
def test_patterns_of_categories_psus_and_strata_give_the_fit_of_their_rows(model, design, engine):
    call, formula, more = CATEGORIES[model]
    data = simulated(2)
    for where in [{"where": "inside"}, *([{}] if engine == "duckdb" else [])]:
        said = {"design": DESIGNS[design], **where, **more}
        memory, found = call(formula, data, **said), call(formula, ENGINES[engine](data), **said)
        assert found.source.rows.patterns is not None
        assert_same_fit(found, memory)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("design", WITHOUT)
def test_weights_that_follow_from_corrections_are_those_in_memory(design, engine):
    data = simulated(3)
    data = data[data["weight"] > 0]
    for call, formula in (
        (ps.linear, "wage ~ age"),
        (ps.linear, "wage ~ state"),
        (ps.logistic, "employed ~ state"),
        (ps.logistic, "employed ~ age"),
    ):
        said = {"design": WITHOUT[design], "where": "inside"}
        assert_same_fit(call(formula, ENGINES[engine](data), **said), call(formula, data, **said))


@pytest.mark.parametrize("rule", ["adjust", "average", "certainty"])
@pytest.mark.parametrize("formula", ["employed ~ age", "employed ~ state"])
@pytest.mark.parametrize("cluster", ["psu", None])
def test_a_stratum_with_a_single_psu_follows_the_rule_of_the_design(rule, formula, cluster):
    data = simulated(4)
    if cluster is None:
        alone = data["stratum"] == "east"
        data = data[~alone | (alone.cumsum() == 3)]
        data.loc[alone, ["employed", "inside", "state", "age"]] = [True, True, "OR", 40.0]
        nested = ps.SurveyDesign(weights="weight", strata="stratum", lonely_psu=rule)
    else:
        data = data[(data["stratum"] != "east") | (data["psu"] == 3)]
        nested = replace(NESTED, lonely_psu=rule)
    for where in ({}, {"where": "inside"}):
        for made in ENGINES.values():
            found = ps.logistic(formula, made(data), design=nested, **where)
            assert_same_fit(found, ps.logistic(formula, data, design=nested, **where))
    corrected = replace(nested, fpc="share")  # east is wholly sampled, and needs no rule
    found = ps.logistic(formula, as_relation(data), design=corrected)
    assert_same_fit(found, ps.logistic(formula, data, design=corrected))


@few
@given(seeds, st.sampled_from(list(DESIGNS)), st.integers(20, 900))
def test_neither_the_order_of_rows_nor_the_size_of_batches_matters(seed, design, rows):
    data = simulated(seed)
    mixed = as_table(data.sample(frac=1, random_state=seed % 2**31))
    parts = ds.dataset(pa.Table.from_batches(mixed.to_batches(max_chunksize=rows)))
    said = {"design": DESIGNS[design], "where": "inside"}
    assert_same_fit(ps.linear("wage ~ age", parts, **said), ps.linear("wage ~ age", data, **said))


def test_residual_degrees_of_freedom_count_the_psus_with_a_row_used():
    data = simulated(5)
    for design in (NESTED, DESIGNS["strata"]):
        said = {"design": design, "where": "inside", "df": "residual"}
        for formula in ("employed ~ age", "employed ~ sex"):
            found = ps.logistic(formula, as_relation(data), **said)
            assert found.fit.df == ps.logistic(formula, data, **said).fit.df
    # 24 PSUs in 4 strata, one of them without a row inside; and 2 coefficients
    assert ps.logistic("employed ~ age", as_relation(data), where="inside", design=NESTED).fit.df == 24 - 4
    residual = ps.logistic("employed ~ age", as_relation(data), where="inside", design=NESTED, df="residual")
    assert residual.fit.df == 23 - 4 + 1 - 2


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("design", ["nested", "strata, shares"])
def test_what_follows_a_fit_is_that_of_the_rows_in_memory(design, engine):
    data = simulated(6)
    said = {"design": DESIGNS[design], "where": "inside"}
    for formula in ("job ~ age + sex", "job ~ state + sex"):
        memory = ps.multinomial(formula, data, **said)
        found = ps.multinomial(formula, ENGINES[engine](data), **said)
        for make in (
            lambda result: result.margins(),
            lambda result: result.margins("sex", over="state"),
            lambda result: result.margins(errors="unconditional"),
        ):
            for name, values in make(memory).numbers.items():
                assert_allclose(make(found).numbers[name], values, rtol=1e-7, atol=1e-12)
        for kind in ("wald", "score", "lr"):
            mine, theirs = (result.test("sex", kind=kind).to_dict() for result in (found, memory))
            assert_allclose(
                [row["statistic"] for row in mine["tests"]],
                [row["statistic"] for row in theirs["tests"]],
                rtol=1e-6,  # refits under the hypothesis end where a step is below 1e-8 of a coefficient
            )
        assert_allclose(found.predict().to_pandas(), memory.predict(), rtol=1e-8, atol=1e-12)


def test_checks_of_a_fit_and_its_thresholds_are_those_in_memory():
    data = simulated(12)
    for design in (NESTED, DESIGNS["strata, shares"]):
        said = {"design": design, "where": "inside"}
        for terms in ("age + state", "state"):
            one, other = (
                ps.brant_test(ps.ordinal(f"job ~ {terms}", each, **said, **ORDER)).statistic
                for each in (data, as_relation(data))
            )
            assert_allclose(other, one, rtol=1e-6)  # each threshold's own logit is a search of its own
            one, other = (
                ps.logistic(f"employed ~ {terms}", each, **said) for each in (data, as_relation(data))
            )
            for name in ("calibration", "goodness_of_fit", "diagnostics"):
                mine, theirs = getattr(other, name)().tidy().to_pandas(), getattr(one, name)().tidy()
                numbers = theirs.select_dtypes("float").columns
                # the intercept in the fit's own rows is 0 but for rounding
                assert_allclose(mine[numbers], theirs[numbers], rtol=1e-6, atol=1e-12, err_msg=name)


def test_a_loaded_fit_is_joined_with_the_rows_of_an_engine_under_its_design(tmp_path):
    data = simulated(7)
    ps.linear("wage ~ age", data, design=NESTED).save(tmp_path / "fit.json")
    result = ps.load_fit(tmp_path / "fit.json", as_relation(data), design=NESTED)
    memory = ps.linear("wage ~ age", data, design=NESTED)
    assert_allclose(
        result.margins(errors="unconditional").numbers["std_error"],
        memory.margins(errors="unconditional").numbers["std_error"],
        rtol=1e-7,
    )
    with pytest.raises(ps.InputError, match=r"the design is 'weights weight; PSUs psu \(6\)'"):
        ps.load_fit(tmp_path / "fit.json", as_relation(data), design=DESIGNS["clusters"])


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_are_read_once_for_the_scores_and_categories_under_a_design_never(monkeypatch, engine):
    data = ENGINES[engine](simulated(8))
    passes = []
    frames = batches.Batches.frames

    def counted(self, columns, where=None):
        passes.append(tuple(columns))
        yield from frames(self, columns, where)

    monkeypatch.setattr(batches.Batches, "frames", counted)
    fit = ps.multinomial("job ~ age", data, design=NESTED).fit
    # once for levels and units, once for columns, once a step, once for the scores
    assert len(passes) == 2 + (fit.n_iterations + 1) + 1
    assert set(passes) == {("job", "age", "weight", "stratum", "psu")}
    passes.clear()
    for design in (NESTED, DESIGNS["strata, shares"]):
        ps.multinomial("job ~ state", data, design=design, where="inside")
    assert passes == []


BAD = {
    "raked": ({"design": "raked"}, r"the design is raked, and the data are read in batches.*\n.*memory"),
    "made": ({"design": NESTED.with_replicates("JKn")}, r"replicate weights, each a refit.*\n.*linearised"),
    "supplied": (
        {"design": ps.SurveyDesign(weights="weight", replicates="V{}", replicate_method="bootstrap")},
        r"replicate weights, each a refit",
    ),
    "weights too": ({"weights": "weight"}, r"weights='weight' beside a design"),
    "variance": ({"variance": "CR2"}, r"variance='CR2' with a design that has no replicate weights"),
    "no column": (
        {"design": ps.SurveyDesign(weights="weight", strata="stratm")},
        r"strata column 'stratm' is not in the data",
    ),
    "stratum": ({"design": replace(NESTED, strata="gap")}, r"strata='gap' is missing in row 44"),
    "PSU": (
        {"design": ps.SurveyDesign(weights="weight", cluster="gap")},
        r"cluster='gap' is missing in row 44",
    ),
    "torn": (
        {"design": replace(NESTED, nest=False)},
        r"PSU 0 lies in two strata, '\w+' and '\w+' \(row \d+\).*\n.*nest=True",
    ),
    "lonely": (
        {"design": ps.SurveyDesign(weights="weight", strata="odd")},
        r"stratum 'odd' has a single PSU \(1 such strata\)",
    ),
    "one PSU": (
        {"design": ps.SurveyDesign(weights="weight", cluster="same")},
        r"the design has a single PSU",
    ),
    "one PSU used": ({"where": "single"}, r"all \d+ rows used lie in one PSU"),
    "fpc varies": ({"design": replace(NESTED, fpc="age")}, r"fpc='age' (varies in stratum|is nan in row)"),
    "fpc varies once": (
        {"design": replace(NESTED, fpc="bent")},
        r"fpc='bent' varies in stratum '\w+': .*row 50",
    ),
    "fpc zero": ({"design": replace(NESTED, fpc="none")}, r"fpc='none' is 0 in row 0 \("),
    "fpc small": ({"design": replace(NESTED, fpc="few")}, r"has 6 PSUs in the sample, 2 in all"),
    "fpc mixed": ({"design": replace(NESTED, fpc="mixed")}, r"has sizes and shares \(0.5 in row \d+"),
    "weights": ({"design": replace(NESTED, weights="negative")}, r"'negative' is negative in row 55"),
    "nobody": ({"where": "nobody"}, r"no row is left of 600 \(outside where 598"),
    "df": ({"df": "residual", "formula": "employed ~ bs(age, df=22)"}, r"degrees of freedom of the design"),
}


@pytest.mark.parametrize("formula", ["employed ~ age", "employed ~ sex"])
@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("engine", ENGINES)
def test_bad_input_is_an_error_that_names_the_place(case, formula, engine):
    call, message = BAD[case]
    data = simulated(9)
    row = data.index.to_numpy()
    data = data.assign(
        gap=np.where(row == 44, None, "a"),
        odd=np.where(row == 60, "odd", "even"),
        same=1,
        single=(data["region"] == "north1"),
        nobody=False,
        none=0.0,
        few=2,
        bent=np.where(row == 50, 91.0, 90.0),
        mixed=np.where(data["stratum"] == "west", 0.5, 90.0),
        negative=np.where(row == 55, -1.0, 1.0),
    )
    if call.get("design") == "raked":
        margins = {"sex": {"woman": 700, "man": 500}}
        call = {"design": ps.rake(data[data["weight"] > 0], margins, design=DESIGNS["weights"]).design}
    # positions are those of one batch
    monolith = ds.dataset(as_table(data)) if engine == "arrow" else ENGINES[engine](data)
    with pytest.raises(ps.InputError, match=message):
        ps.logistic(**{"formula": formula, "data": monolith, "design": NESTED, **call})


def test_a_fault_in_a_late_batch_is_named_with_the_rows_of_the_batch():
    data = simulated(10)
    data.loc[400, "stratum"] = None
    small = ENGINES["arrow"](data)
    with pytest.raises(
        ps.InputError, match=r"strata='stratum' is missing in row 16 .*batch of rows 384 to 447"
    ):
        ps.linear("wage ~ age", small, design=NESTED)
    late = np.where(data.index < 400, "a", "b")
    data = data.assign(stratum=late, mixed=np.where(late == "a", 99.0, 0.5))
    with pytest.raises(ps.InputError, match=r"fpc='mixed' has sizes and shares \(0.5 in row 400\)"):
        ps.linear("wage ~ age", ENGINES["arrow"](data), design=replace(NESTED, fpc="mixed"))


def test_many_psus_with_names_of_all_kinds_keep_apart():
    data = simulated(11, n=2000)
    data["psu"] = np.random.default_rng(1).integers(2**60, 2**60 + 300, 2000)
    data["flag"] = data["sex"] == "woman"
    for design in (NESTED, replace(NESTED, strata="flag"), replace(NESTED, strata="share")):
        data = data[data["weight"] > 0]
        memory = ps.linear("wage ~ age", data, design=replace(design, lonely_psu="certainty"))
        for made in ENGINES.values():
            found = ps.linear("wage ~ age", made(data), design=replace(design, lonely_psu="certainty"))
            assert_same_fit(found, memory)
