"""A fit on rows that DuckDB, polars or Arrow files hold is the fit in memory; faults there are said."""

import datetime as dt
import io
import os
import sys

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats._core import progress as progress_module
from peerstats.engines import _batches as batches
from peerstats.postfit._drawn_rows import RowInfluence

few = settings(max_examples=8, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def simulated(seed, n=700):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(45, 10, n).round(1),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "sex": rng.choice(["woman", "man"], n),
            "county": rng.integers(2**60, 2**60 + 30, n),
            "copies": rng.integers(0, 4, n),
            "weight": rng.uniform(0.2, 5, n),
            "inside": rng.random(n) < 0.8,
        }
    )
    eta = np.column_stack([np.zeros(n), 0.02 * (data["age"] - 45), 0.3 * (data["state"] == "PA")])
    p = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    code = np.minimum((rng.random(n)[:, None] > p.cumsum(axis=1)).sum(axis=1), 2)
    data["job"] = np.array(["none", "other", "peer"])[code]
    data["wage"] = 18 + 0.05 * data["age"] + rng.normal(0, 3, n)
    data["employed"] = data["job"] != "none"
    data.loc[rng.choice(n, 20), "age"] = np.nan
    data.loc[rng.choice(n, 20), "state"] = None
    data.loc[rng.choice(n, 20), ["job", "wage"]] = [None, np.nan]
    data.loc[rng.choice(n, 5), "weight"] = 0.0
    return data


def as_table(data):
    return pa.Table.from_pandas(data, preserve_index=False)


_OPEN = []  # before DuckDB 1.5 a relation does not keep its connection


def connect():
    _OPEN.append(duckdb.connect())
    return _OPEN[-1]


def as_relation(data):
    connection = connect()
    connection.register("people", as_table(data))
    connection.execute("CREATE TABLE kept AS SELECT * FROM people")
    return connection.table("kept")


ENGINES = {
    "duckdb": as_relation,
    "polars": lambda data: pl.from_arrow(as_table(data)).lazy(),
    "arrow": lambda data: ds.dataset(
        pa.Table.from_batches(as_table(data).to_batches(max_chunksize=64)),
    ),
}
if not hasattr(pl.LazyFrame, "collect_batches"):  # in old versions of polars
    del ENGINES["polars"]
ORDER = {"levels": {"job": ["none", "other", "peer"]}}
NUMBERS = {
    "multinomial": (ps.multinomial, "job ~ age * state", {}),
    "multinomial, weights": (ps.multinomial, "job ~ age + state", {"weights": "weight", "where": "inside"}),
    "multinomial, clusters": (ps.multinomial, "job ~ age", {"weights": "weight", "cluster": "county"}),
    "multinomial, copies": (
        ps.multinomial,
        "job ~ age + sex",
        {"weights": "copies", "weight_kind": "frequency", "base": "peer", "variance": "HC1"},
    ),
    "logistic, CR2": (ps.logistic, "employed ~ center(age)", {"cluster": "county", "variance": "CR2"}),
    "logistic, HC3": (ps.logistic, "employed ~ age", {"variance": "HC3", "where": "inside"}),
    "linear": (ps.linear, "log(wage) ~ age + state", {"levels": {"state": "PA"}}),
    "linear, CR3": (ps.linear, "wage ~ bs(age, df=4)", {"cluster": "county", "variance": "CR3"}),
    "linear, copies": (ps.linear, "wage ~ sex", {"weights": "copies", "weight_kind": "frequency"}),
    "ordinal": (ps.ordinal, "job ~ age + state", {"weights": "weight", "where": "inside", **ORDER}),
    "ordinal, clusters": (ps.ordinal, "job ~ age", {"cluster": "county", **ORDER}),
}
CATEGORIES = {
    "plain": (ps.multinomial, "job ~ state * sex", {}),
    "weights": (ps.multinomial, "job ~ state + sex", {"weights": "weight", "where": "inside"}),
    "HC1": (ps.multinomial, "job ~ state", {"variance": "HC1", "base": "peer"}),
    "HC3": (ps.logistic, "employed ~ state", {"variance": "HC3"}),
    "clusters": (ps.logistic, "employed ~ state", {"cluster": "county"}),
    "CR2": (ps.logistic, "employed ~ sex", {"cluster": "county", "variance": "CR2"}),
    "weights, clusters": (
        ps.logistic,
        "employed ~ C(state, Sum)",
        {"weights": "weight", "cluster": "county", "where": "inside"},
    ),
    "copies": (
        ps.multinomial,
        "job ~ C(state, Sum)",
        {"weights": "copies", "weight_kind": "frequency", "variance": "HC1", "where": "inside"},
    ),
    "ordinal": (ps.ordinal, "job ~ state", {"weights": "weight", **ORDER}),
    "ordinal, HC0": (ps.ordinal, "job ~ state + sex", {"variance": "HC0", **ORDER}),
    "ordinal, clusters": (ps.ordinal, "job ~ sex", {"cluster": "county", **ORDER}),
    "whole numbers": (ps.multinomial, "copies ~ C(county)", {"where": "inside"}),
}


def assert_same_fit(found, memory):
    # sums in another order, and of weights that were summed before: to rounding
    assert_allclose(found.fit.coefficients, memory.fit.coefficients, rtol=1e-8, atol=1e-10)
    assert_allclose(found.fit.covariance, memory.fit.covariance, rtol=1e-8, atol=1e-12)
    assert_allclose(found.fit.df_terms, memory.fit.df_terms, rtol=1e-8)
    assert_allclose(found.fit.loglik, memory.fit.loglik, rtol=1e-10)
    assert_allclose(found.fit.loglik_null, memory.fit.loglik_null, rtol=1e-10)
    for name in ("terms", "outcome_levels", "n", "n_rows", "n_missing", "dropped", "n_clusters", "notes"):
        assert getattr(found.fit, name) == getattr(memory.fit, name), name
    assert found.fit.design == memory.fit.design


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fit", NUMBERS)
def test_an_engine_gives_the_fit_in_memory(fit, engine):
    model, formula, call = NUMBERS[fit]
    data = simulated(1)
    found, memory = model(formula, ENGINES[engine](data), **call), model(formula, data, **call)
    assert_same_fit(found, memory)
    assert_allclose(found.predict().to_pandas(), memory.predict(), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fit", CATEGORIES)
def test_patterns_of_categories_give_the_fit_of_their_rows(fit, engine):
    model, formula, call = CATEGORIES[fit]
    data = simulated(2, n=2000)
    found, memory = model(formula, ENGINES[engine](data), **call), model(formula, data, **call)
    assert found.source.rows.patterns is not None
    assert_same_fit(found, memory)


@pytest.mark.parametrize("engine", ENGINES)
def test_margins_tests_and_errors_of_patterns_are_those_of_their_rows(engine):
    data = simulated(3)
    call = {"weights": "weight", "cluster": "county"}
    found = ps.multinomial("job ~ state + sex", ENGINES[engine](data), **call)
    memory = ps.multinomial("job ~ state + sex", data, **call)
    for make in (
        lambda result: result.margins().numbers,
        lambda result: result.margins("state", over="sex").numbers,
    ):
        for name, values in make(memory).items():
            assert_allclose(make(found)[name], values, rtol=1e-7, atol=1e-12)
    for kind in ("wald", "score", "lr"):
        mine, theirs = (result.test("state", kind=kind).to_dict() for result in (found, memory))
        assert_allclose(
            [row["statistic"] for row in mine["tests"]],
            [row["statistic"] for row in theirs["tests"]],
            rtol=1e-6,  # refits under the hypothesis end where a step is below 1e-8 of a coefficient
        )
    other = found.with_variance("CR0"), memory.with_variance("CR0")
    assert_allclose(other[0].fit.covariance, other[1].fit.covariance, rtol=1e-8, atol=1e-12)


def counted_passes(monkeypatch):
    passes = []
    frames = batches.Batches.frames

    def counted(self, columns, where=None):
        passes.append(tuple(columns))
        yield from frames(self, columns, where)

    monkeypatch.setattr(batches.Batches, "frames", counted)
    return passes


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fit_reads_the_data_once_a_newton_step_and_twice_before(monkeypatch, engine):
    data = ENGINES[engine](simulated(4))
    passes = counted_passes(monkeypatch)
    fit = ps.multinomial("job ~ age + state", data).fit
    # the last step, too short to be looked at again, is not among n_iterations
    assert len(passes) == (fit.n_iterations + 1) + 2
    assert set(passes) == {("job", "age", "state")}
    passes.clear()
    robust = ps.multinomial("job ~ age + state", data, variance="HC1").fit
    assert len(passes) == (robust.n_iterations + 1) + 3  # and once for the scores
    assert robust.n_passes == len(passes)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_passes_over_the_data_are_counted_in_the_result(monkeypatch, engine):
    data = ENGINES[engine](simulated(4))
    passes = counted_passes(monkeypatch)
    line = ps.linear("wage ~ age + state", data)
    assert line.fit.n_passes == len(passes) == 3  # for levels, the triangle, and the residuals
    result = ps.logistic("employed ~ age", data, variance="HC1")
    assert np.asarray(result.glance()["n_passes"]).tolist() == [len(passes) - 3]
    assert f"iterations ({result.fit.n_passes} passes)" in str(result)
    assert ps.ModelFit.from_dict(result.to_dict()).n_passes == result.fit.n_passes
    result.margins()
    again = result.with_variance("HC0")
    assert again.fit.n_passes == result.fit.n_passes - 1  # the levels are known
    # of categories alone the engine counts the patterns once, and adds up numbers about their means
    assert ps.linear("wage ~ state", data).fit.n_passes == 2
    assert ps.logistic("employed ~ state", data).fit.n_passes == 1
    assert "n_passes" not in ps.logistic("employed ~ age", simulated(4)).glance()


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("engine", ENGINES)
def test_a_long_fit_shows_its_passes_and_rows_on_a_terminal(monkeypatch, engine):
    data = ENGINES[engine](simulated(4))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    shown = {}
    for wanted, patience in (("1", -1.0), ("1", 60.0), ("0", -1.0)):
        monkeypatch.setenv("PEERSTATS_PROGRESS", wanted)
        monkeypatch.setattr(progress_module, "_PATIENCE", patience)
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        fit = ps.logistic("employed ~ age", data, where="inside").fit
        shown[wanted, patience] = terminal.getvalue()
    text = shown["1", -1.0]
    inside = int(simulated(4)["inside"].sum())
    assert "logistic: pass 1 over the rows" in text
    assert "700 rows" in text  # how many there are is not known before
    assert f"logistic: pass {fit.n_passes} over the rows" in text
    assert f"{inside} of {inside} rows" in text
    assert shown["1", 60.0] == shown["0", -1.0] == ""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_of_categories_reads_no_row(monkeypatch, engine):
    data = ENGINES[engine](simulated(5))
    passes = counted_passes(monkeypatch)
    ps.multinomial("job ~ state + sex", data, weights="weight", cluster="county", where="inside")
    ps.linear("wage ~ state + sex", data, weights="weight", cluster="county", where="inside")
    assert passes == []


@few
@given(seeds)
def test_the_order_of_the_rows_does_not_matter(seed):
    data = simulated(seed)
    mixed = data.sample(frac=1, random_state=seed % 2**31)
    call = {"weights": "weight", "cluster": "county"}
    one = ps.logistic("employed ~ age + state", as_relation(data), **call)
    other = ps.logistic("employed ~ age + state", as_relation(mixed), **call)
    assert_allclose(one.fit.coefficients, other.fit.coefficients, rtol=1e-8, atol=1e-10)
    assert_allclose(one.fit.covariance, other.fit.covariance, rtol=1e-8, atol=1e-12)


@few
@given(seeds)
def test_copies_in_an_engine_are_rows_repeated(seed):
    data = simulated(seed)
    data = data[data["copies"] > 0].dropna()
    repeated = data.loc[data.index.repeat(data["copies"])]
    for formula in ("employed ~ state", "employed ~ age"):
        call = {"variance": "HC1"}
        copies = ps.logistic(formula, as_relation(data), weights="copies", weight_kind="frequency", **call)
        rows = ps.logistic(formula, as_relation(repeated), **call)
        assert_allclose(copies.fit.coefficients, rows.fit.coefficients, rtol=1e-8, atol=1e-10)
        assert_allclose(copies.fit.covariance, rows.fit.covariance, rtol=1e-8, atol=1e-12)


def test_more_patterns_than_are_worth_while_are_read_as_rows(monkeypatch):
    from peerstats.design import _patterns  # noqa: PLC0415  (its limit is lowered for this test)

    data = simulated(6)
    monkeypatch.setattr(_patterns, "MOST_PATTERNS", 5)
    for engine, made in ENGINES.items():
        found = ps.multinomial("job ~ state", made(data))
        assert found.source.rows.patterns is None, engine
        assert_same_fit(found, ps.multinomial("job ~ state", data))


def test_files_of_a_folder_are_one_data_set_whatever_they_are_written_in(tmp_path):
    data = simulated(7)
    data["job"] = pd.Categorical(data["job"], ["peer", "none", "other"])
    parts = [data.iloc[:300], data.iloc[300:300], data.iloc[300:]]  # one is empty
    for i, part in enumerate(parts):
        pq.write_table(as_table(part), tmp_path / f"{i}.parquet")
        pa.csv.write_csv(as_table(part.astype({"job": "str"})), tmp_path / f"{i}.csv")
    parquet = ds.dataset([tmp_path / f"{i}.parquet" for i in range(3)])
    # pyarrow reads an empty cell of words as an empty word unless told otherwise
    empty = pa.csv.ConvertOptions(strings_can_be_null=True)
    csv = ds.dataset([tmp_path / f"{i}.csv" for i in (0, 2)], format=ds.CsvFileFormat(convert_options=empty))
    for formula in ("job ~ state + sex", "job ~ age + state"):
        memory = ps.multinomial(formula, data, weights="weight")
        memory_of_words = ps.multinomial(formula, simulated(7), weights="weight", base="peer")
        assert_same_fit(ps.multinomial(formula, parquet, weights="weight"), memory)
        relation = connect().read_parquet(str(tmp_path / "*.parquet"))
        assert_same_fit(ps.multinomial(formula, relation, weights="weight", base="peer"), memory_of_words)
    plain = simulated(7)
    assert_same_fit(ps.linear("wage ~ age + state", csv), ps.linear("wage ~ age + state", plain))


def test_filters_pieces_and_unions_of_files_are_kept(tmp_path):
    data = simulated(27).dropna().reset_index(drop=True)
    path = tmp_path / "people.parquet"
    pq.write_table(as_table(data), path, row_group_size=100)
    whole = ds.dataset(path)
    first = next(iter(whole.get_fragments())).subset(row_group_ids=[0, 2])
    pieces = ds.FileSystemDataset([first], whole.schema, whole.format, whole.filesystem)
    for formula in ("job ~ state + sex", "job ~ age + state"):
        found = ps.multinomial(formula, whole.filter(ds.field("age") > 45))
        assert_same_fit(found, ps.multinomial(formula, data[data["age"] > 45]))
        found = ps.multinomial(formula, pieces)
        assert_same_fit(found, ps.multinomial(formula, data[(data.index // 100).isin([0, 2])]))
        found = ps.multinomial(formula, ds.dataset([pieces, whole]))
        both = pd.concat([data[(data.index // 100).isin([0, 2])], data])
        assert_same_fit(found, ps.multinomial(formula, both))
    lacking = ds.dataset(as_table(data.drop(columns="state")))
    with pytest.raises(ps.InputError, match=r"'data set 1' has no column 'state'"):
        ps.multinomial("job ~ state", ds.dataset([whole, lacking]))


def test_folders_named_for_a_column_give_that_column(tmp_path):
    data = simulated(8).dropna()
    pq.write_to_dataset(as_table(data), tmp_path, partition_cols=["sex"])
    folders = ds.dataset(tmp_path, partitioning="hive")
    assert_same_fit(ps.multinomial("job ~ state + sex", folders), ps.multinomial("job ~ state + sex", data))


@pytest.mark.parametrize("engine", ENGINES)
def test_names_with_spaces_dots_and_quotes_are_columns(engine):
    data = simulated(9).rename(columns={"age": "age in years", "state": "home.state", "weight": 'the "w"'})
    for formula in ('job ~ Q("age in years") + Q("home.state")', 'job ~ Q("home.state")'):
        memory = ps.multinomial(formula, data, weights='the "w"')
        assert_same_fit(ps.multinomial(formula, ENGINES[engine](data), weights='the "w"'), memory)


def test_decimals_and_wide_integers_are_numbers_and_whole_ones_levels():
    data = simulated(10).dropna().reset_index(drop=True)
    connection = duckdb.connect()
    connection.register("people", as_table(data))
    relation = connection.sql(
        "SELECT employed, county, CAST(age AS DECIMAL(10, 1)) AS age, CAST(copies AS HUGEINT) AS copies, "
        "CAST(copies AS DECIMAL(6, 2)) AS grade FROM people"
    )
    table = relation.to_arrow_table()
    for formula in ("employed ~ age + copies", "employed ~ C(grade)"):
        memory = ps.logistic(formula, data.assign(grade=data["copies"]), cluster="county")
        for found in (relation, ds.dataset(table)):
            fit = ps.logistic(formula, found, cluster="county").fit
            assert_allclose(fit.covariance, memory.fit.covariance, rtol=1e-8, atol=1e-12)
            assert fit.terms == memory.fit.terms
            assert fit.n_clusters == memory.fit.n_clusters


@pytest.mark.skipif("polars" not in ENGINES, reason="a polars without batches")
def test_decimals_of_polars_are_numbers_and_whole_ones_levels():
    data = simulated(10).dropna().reset_index(drop=True)
    frame = pl.from_arrow(as_table(data)).with_columns(
        pl.col("age").cast(pl.Decimal(10, 1)), pl.col("copies").cast(pl.Decimal(6, 2)).alias("grade")
    )
    for formula in ("employed ~ age", "employed ~ C(grade)"):
        memory = ps.logistic(formula, data.assign(grade=data["copies"]))
        fit = ps.logistic(formula, frame.lazy()).fit
        assert_allclose(fit.covariance, memory.fit.covariance, rtol=1e-8, atol=1e-12)
        assert fit.terms == memory.fit.terms


@pytest.mark.parametrize("engine", ENGINES)
def test_integers_beyond_the_whole_floats_stay_apart_as_levels_and_clusters_beside_gaps(engine):
    data = simulated(28).dropna().reset_index(drop=True)
    # 2^53 and 2^53 + 1 are one float
    wide = [None if i % 50 == 0 else 2**53 + i % 2 for i in range(len(data))]
    units = pa.array([2**53 + i % 40 for i in range(len(data))])
    table = as_table(data).append_column("wide", pa.array(wide, pa.int64())).append_column("units", units)
    made = {"polars": lambda: pl.from_arrow(table).lazy(), "arrow": lambda: ds.dataset(table)}
    made["duckdb"] = lambda: duckdb.from_arrow(table)
    for formula in ("employed ~ C(wide)", "employed ~ C(wide) + age"):
        fit = ps.logistic(formula, made[engine](), cluster="units").fit
        assert [term for term in fit.terms if "wide" in term] == [f"C(wide)[T.{2**53 + 1}]"]
        assert fit.n_clusters == 40
        assert dict(fit.dropped) == {"wide missing": sum(one is None for one in wide)}
        design = ps.SurveyDesign(cluster="units")
        assert ps.logistic(formula, made[engine](), design=design).fit.df == 39


@pytest.mark.parametrize("formula", ["employed ~ age", "employed ~ state"])
def test_a_file_without_rows_among_others_changes_nothing(tmp_path, formula):
    data = simulated(29)
    for name, part in (("a", data[:300]), ("b", data[:0].astype(data.dtypes)), ("c", data[300:])):
        table = pa.Table.from_pandas(part, schema=as_table(data).schema, preserve_index=False)
        pq.write_table(table, tmp_path / f"{name}.parquet")
    memory = ps.logistic(formula, data, weights="weight")
    kept = ds.dataset([tmp_path / f"{name}.parquet" for name in "abc"])
    assert_same_fit(ps.logistic(formula, kept, weights="weight"), memory)
    files = str(tmp_path / "*.parquet")
    assert_same_fit(ps.logistic(formula, connect().read_parquet(files), weights="weight"), memory)
    if "polars" in ENGINES:
        assert_same_fit(ps.logistic(formula, pl.scan_parquet(files), weights="weight"), memory)


@pytest.mark.parametrize("formula", ["employed ~ age", "employed ~ state", "wage ~ age"])
@pytest.mark.parametrize("engine", ENGINES)
def test_data_without_a_row_are_refused(engine, formula):
    model = ps.linear if formula.startswith("wage") else ps.logistic
    table = as_table(simulated(30))[:0]
    made = {"duckdb": duckdb.from_arrow, "arrow": ds.dataset, "polars": lambda t: pl.from_arrow(t).lazy()}
    with pytest.raises(ps.InputError, match=r"no row is left of 0"):
        model(formula, made[engine](table))
    with pytest.raises(ps.InputError, match=r"no row is left of 0"):
        model(formula, made[engine](table), design=ps.SurveyDesign(weights="weight", strata="state"))


@pytest.mark.skipif("polars" not in ENGINES, reason="a polars without batches")
def test_a_file_that_polars_scans_and_is_deleted_between_passes_is_a_source_error(tmp_path, monkeypatch):
    path = tmp_path / "people.parquet"
    pq.write_table(as_table(simulated(31)), path)
    after_the_first_pass(monkeypatch, path.unlink)
    with pytest.raises(ps.SourceError, match=r"the rows from row 0 on of the polars LazyFrame failed"):
        ps.logistic("employed ~ age", pl.scan_parquet(path))


@pytest.mark.skipif("polars" not in ENGINES, reason="a polars without batches")
def test_a_file_that_polars_scans_and_is_changed_between_passes_is_a_source_error(tmp_path, monkeypatch):
    path = tmp_path / "people.parquet"
    data = simulated(31)
    pq.write_table(as_table(data), path)
    passes = []
    frames = batches.Batches.frames

    def changed(self, columns, where=None):
        passes.append(1)
        if len(passes) == 3:
            other = data.assign(employed=~data["employed"])
            pq.write_table(as_table(other), path)
        yield from frames(self, columns, where)

    monkeypatch.setattr(batches.Batches, "frames", changed)
    with pytest.raises(ps.SourceError, match=r"the polars LazyFrame gave other rows|LazyFrame failed"):
        ps.logistic("employed ~ age", pl.scan_parquet(path))


def test_a_file_that_duckdb_reads_and_is_deleted_between_passes_is_a_source_error(tmp_path, monkeypatch):
    path = tmp_path / "people.parquet"
    pq.write_table(as_table(simulated(32)), path)
    relation = connect().read_parquet(str(path))
    after_the_first_pass(monkeypatch, path.unlink)
    with pytest.raises(ps.SourceError, match=r"the rows from row 0 on of the DuckDB relation failed"):
        ps.logistic("employed ~ age", relation)


@pytest.mark.parametrize("formula", ["employed ~ age", "employed ~ sex"])
def test_files_of_other_columns_are_errors_of_the_engine_that_reads_them(tmp_path, formula):
    two_files(tmp_path, lambda part: part.drop(columns=["age", "sex"]))
    files = str(tmp_path / "*.parquet")
    with pytest.raises(ps.SourceError, match=r"of the DuckDB relation failed"):
        ps.logistic(formula, connect().read_parquet(files))
    if "polars" in ENGINES:
        with pytest.raises(ps.SourceError, match=r"of the polars LazyFrame failed"):
            ps.logistic(formula, pl.scan_parquet(files))


@pytest.mark.parametrize("engine", ENGINES)
def test_null_and_nan_are_missing_alike(engine):
    data = simulated(11)
    ages = [None if i % 7 == 0 else float("nan") if i % 5 == 0 else float(i % 3) for i in range(700)]
    table = as_table(data.drop(columns="age")).append_column("age", pa.array(ages, pa.float64()))
    gone = sum(i % 7 == 0 or i % 5 == 0 for i in range(700))
    made = {
        "duckdb": duckdb.from_arrow(table),
        "polars": pl.from_arrow(table).lazy(),
        "arrow": ds.dataset(table),
    }
    for formula in ("employed ~ age", "employed ~ C(age)"):
        fit = ps.logistic(formula, made[engine]).fit
        assert dict(fit.dropped) == {"age missing": gone}
        assert fit.terms == (
            "Intercept",
            *(["age"] if formula.endswith(" age") else ["C(age)[T.1]", "C(age)[T.2]"]),
        )


def test_rows_outside_where_are_left_to_the_engine(monkeypatch):
    data = simulated(12)
    relation = as_relation(data)
    seen = []
    from peerstats.engines._duckdb import RelationBatches  # noqa: PLC0415  (its reading is watched)

    plain = RelationBatches.read

    def watched(self, columns, where):
        for frame in plain(self, columns, where):
            seen.append((where, len(frame)))
            yield frame

    monkeypatch.setattr(RelationBatches, "read", watched)
    ps.logistic("employed ~ age", relation, where="inside")
    # the first pass counts who is outside
    assert seen[0] == (None, 700)
    assert set(seen[1:]) == {("inside", int(data["inside"].sum()))}


def test_predictions_of_new_rows_that_an_engine_holds():
    data = simulated(13)
    result = ps.multinomial("job ~ age + state", data)
    new = simulated(14).dropna()
    memory = result.predict(new, interval=True)
    for engine, made in ENGINES.items():
        found = result.predict(made(new), interval=True).to_pandas()
        assert list(found) == list(memory), engine
        assert_allclose(found, memory, rtol=1e-12)
    lost = simulated(14)
    with pytest.warns(ps.PeerstatsWarning, match=r"of 700 rows have a missing value"):
        result.predict(ENGINES["arrow"](lost))
    with pytest.raises(ps.InputError, match=r"'VT'.*\(rows numbered from row 0 in the order in which DuckDB"):
        result.predict(as_relation(new.assign(state="VT")))
    with pytest.raises(ps.InputError, match=r"the data have no rows"):
        result.predict(as_relation(new).limit(0))


# Faults ----------------------------------------------------------------------------------------------


def two_files(folder, change=lambda part: part):
    data = simulated(20, n=400).dropna()
    pq.write_table(as_table(data.iloc[:200]), folder / "a.parquet")
    pq.write_table(as_table(change(data.iloc[200:])), folder / "b.parquet")
    return ds.dataset([folder / "a.parquet", folder / "b.parquet"])


@pytest.mark.parametrize("formula", ["employed ~ age", "employed ~ sex"])
def test_a_file_without_a_column_that_others_have_is_refused(tmp_path, formula):
    name = formula.rpartition(" ")[2]
    files = two_files(tmp_path, lambda part: part.drop(columns=name))
    with pytest.raises(ps.InputError, match=rf"b\.parquet' has no column '{name}', and .*a\.parquet' has"):
        ps.logistic(formula, files)


def test_a_column_of_another_kind_in_one_file_is_refused(tmp_path):
    files = two_files(tmp_path, lambda part: part.astype({"age": "str"}))
    with pytest.raises(ps.InputError, match=r"'age' holds text in .*b\.parquet' and numbers in"):
        ps.logistic("employed ~ age", files)


def after_the_first_pass(monkeypatch, do):
    frames = batches.Batches.frames
    passes = []

    def changed(self, columns, where=None):
        passes.append(1)
        if len(passes) == 2:
            do()
        yield from frames(self, columns, where)

    monkeypatch.setattr(batches.Batches, "frames", changed)


def test_a_file_deleted_between_passes_is_an_error_that_names_it(tmp_path, monkeypatch):
    files = two_files(tmp_path)
    after_the_first_pass(monkeypatch, (tmp_path / "b.parquet").unlink)
    with pytest.raises(ps.SourceError, match=r"the file '.*b\.parquet' is no longer there"):
        ps.logistic("employed ~ age", files)


def test_a_file_changed_between_passes_is_an_error_that_names_it(tmp_path, monkeypatch):
    files = two_files(tmp_path)
    path = tmp_path / "a.parquet"
    later = dt.datetime(2031, 1, 1, tzinfo=dt.UTC).timestamp()
    after_the_first_pass(monkeypatch, lambda: os.utime(path, (later, later)))
    with pytest.raises(ps.SourceError, match=r"a\.parquet' has changed since the fit began"):
        ps.logistic("employed ~ age", files)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("INSERT INTO kept SELECT * FROM kept LIMIT 9", r"\d+ rows are used, and \d+ were before"),
        ("UPDATE kept SET age = age + 1 WHERE age > 60", r"the values of 'age' add up to"),
        ("UPDATE kept SET weight = 2 WHERE weight > 0", r"the values of 'weights' add up to"),
        ("UPDATE kept SET employed = true WHERE age > 60", r"the values of the outcome add up to"),
        # as many as before are employed
        (
            (
                "UPDATE kept SET employed = NOT employed WHERE rowid IN "
                "(SELECT min(rowid) FROM kept WHERE employed UNION ALL "
                "SELECT max(rowid) FROM kept WHERE NOT employed)"
            ),
            r"the products of the outcome with the columns add up to",
        ),
        ("UPDATE kept SET county = (SELECT min(county) FROM kept)", r"the codes of the clusters add up to"),
        # as many as before are in each county
        (
            (
                "UPDATE kept SET county = CASE WHEN county = (SELECT min(county) FROM kept) THEN "
                "(SELECT max(county) FROM kept) ELSE (SELECT min(county) FROM kept) END WHERE rowid IN "
                "(SELECT min(rowid) FROM kept WHERE county = (SELECT min(county) FROM kept) UNION ALL "
                "SELECT max(rowid) FROM kept WHERE county = (SELECT max(county) FROM kept))"
            ),
            r"the products of the clusters with the outcome and the columns add up to",
        ),
        (
            "UPDATE kept SET county = 7 WHERE age > 60",
            r"the cluster or stratum in row \d+ .*not there before",
        ),
    ],
)
def test_a_table_changed_between_passes_is_an_error(monkeypatch, change, what):
    connection = duckdb.connect()
    connection.register("people", as_table(simulated(21).dropna()))
    connection.execute("CREATE TABLE kept AS SELECT * FROM people")
    passes = []
    frames = batches.Batches.frames

    def changed(self, columns, where=None):
        passes.append(1)
        if len(passes) == 3:  # the first pass over blocks is the second in all
            connection.execute(change)
        yield from frames(self, columns, where)

    monkeypatch.setattr(batches.Batches, "frames", changed)
    with pytest.raises(ps.SourceError, match=r"the DuckDB relation gave other rows.*" + what):
        ps.logistic("employed ~ age", connection.table("kept"), weights="weight", cluster="county")


def test_a_connection_that_dies_is_a_source_error(monkeypatch):
    connection = duckdb.connect()
    connection.register("people", as_table(simulated(22)))
    relation = connection.sql("SELECT * FROM people")
    after_the_first_pass(monkeypatch, connection.close)
    with pytest.raises(ps.SourceError, match=r"reading the rows from row 0 on of the DuckDB relation failed"):
        ps.logistic("employed ~ age", relation)
    with pytest.raises(
        ps.SourceError, match=r"columns of the DuckDBPyRelation cannot be read|rows .* failed"
    ):
        ps.logistic("employed ~ age", relation)


def test_a_query_that_fails_says_where_and_leaves_the_connection_free():
    connection = duckdb.connect()
    relation = connection.sql(
        "SELECT i % 2 = 0 AS employed, CASE WHEN i > 199990 THEN error('no such age') ELSE i END AS age "
        "FROM range(200000) t(i)"
    )
    with pytest.raises(
        ps.SourceError, match=r"logistic\(\): reading the rows from row [\d,]+ on.*no such age"
    ) as e:
        ps.logistic("employed ~ age", relation)
    assert isinstance(e.value.__cause__, duckdb.Error | OSError)
    assert connection.sql("SELECT 1").fetchall() == [(1,)]
    # a fault of the caller's own values in a first batch leaves the rest of the rows unread
    infinite = connection.sql(
        "SELECT i % 2 = 0 AS employed, 1.0 / nullif(i, 0) AS age FROM range(200000) t(i)"
    )
    bad = infinite.project("employed, CASE WHEN age = 0.1 THEN 'infinity'::DOUBLE ELSE age END AS age")
    with pytest.raises(
        ps.InputError, match=r"'age' is not a finite number in row \d+ in the order in which DuckDB"
    ):
        ps.logistic("employed ~ age", bad)
    assert connection.sql("SELECT 1").fetchall() == [(1,)]


def test_a_value_of_a_csv_file_that_cannot_be_read_is_a_source_error(tmp_path):
    path = tmp_path / "people.csv"
    rows = "\n".join(f"{i % 2 == 0},{i}" for i in range(200_000))
    path.write_text(f"employed,age\n{rows}\nTrue,unknown\n", encoding="utf-8")
    with pytest.raises(ps.SourceError, match=r"reading the rows from row [\d,]+ on.*unknown"):
        ps.logistic("employed ~ age", ds.dataset(path, format="csv"))


BAD = {
    "negative": ({"weights": "negative"}, r"'negative' is negative in row 333"),
    "missing": ({"weights": "gap"}, r"'gap' is missing in row 444"),
    "fractions": (
        {"weights": "weight", "weight_kind": "frequency"},
        r"'weight' is no whole number, as a frequency weight must be in row \d+",
    ),
    "halves": (
        {"weights": "half", "weight_kind": "frequency"},
        r"'half' is no whole number, as a frequency weight must be in row 0",
    ),
    "where": ({"where": "perhaps"}, r"where='perhaps' is missing in row 100"),
    "cluster": ({"cluster": "gap"}, r"cluster='gap' is missing in row"),
    "raise": ({"missing": "raise"}, r"values are missing: job in 20 rows, state in 19 rows"),
    "nobody": ({"where": "nobody"}, r"no row is left of 700 \(outside where 700\)"),
    "outcome": ({"formula": "half ~ state"}, r"the outcome 'half' holds fractions"),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_in_patterns_is_named_in_the_rows(case, engine):
    call, message = BAD[case]
    data = simulated(23)
    row = data.index.to_numpy()
    data = data.assign(
        negative=np.where(row == 333, -1.0, 1.0),
        gap=np.where(row == 444, np.nan, 1.0),
        half=np.where(row % 2 == 0, 0.5, 1.5),
        nobody=False,
        perhaps=pd.array(row % 2 == 0, dtype="boolean"),
    )
    data.loc[100, "perhaps"] = pd.NA
    # positions are those of one batch
    monolith = ds.dataset(as_table(data)) if engine == "arrow" else ENGINES[engine](data)
    with pytest.raises(ps.InputError, match=message):
        ps.multinomial(**{"formula": "job ~ state", "data": monolith, **call})


def test_separated_patterns_are_an_error_that_names_the_term():
    data = simulated(24).assign(licence=lambda d: d["employed"])
    with pytest.raises(ps.ConvergenceError, match=r"'licence\[T.True\]' tells employed"):
        ps.logistic("employed ~ licence", as_relation(data))


def test_two_columns_of_one_name_are_refused():
    relation = duckdb.sql("SELECT 1 AS a, 2 AS a")
    with pytest.raises(ps.InputError, match=r"more than one column named 'a'"):
        ps.linear("a ~ 1", relation)


def test_a_polars_that_gives_no_batches_is_told_from_one_that_does(monkeypatch):
    monkeypatch.delattr(pl.LazyFrame, "collect_batches", raising=False)
    with pytest.raises(ps.InputError, match=r"does not give a LazyFrame in batches.*\n.*sink_parquet"):
        ps.linear("wage ~ age", pl.LazyFrame({"wage": [1.0], "age": [2.0]}))


@pytest.mark.parametrize("engine", ENGINES)
def test_calls_that_need_rows_in_memory_say_how_to_collect_them(engine):
    data = ENGINES[engine](simulated(25))
    with pytest.raises(
        ps.InputError, match=r"table_one\(\): data is a .*, not a frame in memory.\n.*collect"
    ):
        ps.table_one(data, by="job")
    with pytest.raises(ps.InputError, match=r"influence\(\)"):
        ps.linear("wage ~ age", data).influence()


def test_rows_in_another_order_at_each_reading_give_the_fit_and_its_unconditional_errors():
    data = simulated(26).dropna()
    relation = as_relation(data).order("random()")
    assert_same_fit(ps.linear("wage ~ age + state", relation), ps.linear("wage ~ age + state", data))
    for call in ({}, {"weights": "weight"}, {"weights": "weight", "cluster": "county"}):
        assert_allclose(
            *(
                ps.linear("wage ~ age * state", each, **call)
                .margins(over="state", errors="unconditional")
                .numbers["std_error"]
                for each in (relation, data)
            ),
            rtol=1e-8,
        )


def test_diagnostics_that_join_rows_say_that_their_order_changes():
    relation = as_relation(simulated(26).dropna()).order("random()")
    found = ps.linear("wage ~ age + state", relation).diagnostics()
    assert any("DuckDB gave the rows in another order each time" in note for note in found.notes)


def test_errors_with_the_rows_drawn_are_sums_over_batches_of_one_pass_more(monkeypatch):
    data = simulated(27).dropna()
    parts = ds.dataset(pa.Table.from_batches(as_table(data).to_batches(max_chunksize=100)))
    frequent = {"weights": "copies", "weight_kind": "frequency"}
    influence, sizes = RowInfluence.of, []

    def counted(self, rows):
        sizes.append(rows.n)
        return influence(self, rows)

    monkeypatch.setattr(RowInfluence, "of", counted)
    for call in ({}, frequent, {**frequent, "cluster": "county"}, {"weights": "weight", "cluster": "county"}):
        found, known = (ps.multinomial("job ~ age + state", each, **call) for each in (parts, data))
        n, n_before = len(sizes), found.source.rows.source.n_passes
        margins = found.margins(errors="unconditional")
        # one for the averages, one for their errors
        assert found.source.rows.source.n_passes == n_before + 2
        assert max(sizes[n:]) <= 100
        assert_allclose(
            margins.numbers["std_error"],
            known.margins(errors="unconditional").numbers["std_error"],
            rtol=1e-7,
        )
