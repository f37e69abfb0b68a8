"""Models on Spark DataFrames are the models in memory; rows stay with Spark's workers.

Run by .ci/run, which installs Java and pyspark: pytest -m spark tests/spark
"""

import decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.engines._spark import SparkBatches

pytestmark = pytest.mark.spark


@pytest.fixture
def passes(monkeypatch):
    """Count the passes over the rows."""
    made = []
    whole = SparkBatches.map_places

    def counted(self, work, columns, where):
        made.append(tuple(columns))
        return whole(self, work, columns, where)

    monkeypatch.setattr(SparkBatches, "map_places", counted)
    return made


def simulated(seed=1, n=900):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(45, 10, n).round(1),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "county": rng.integers(0, 40, n),
            "copies": rng.integers(0, 4, n),
            "weight": rng.uniform(0.2, 5, n),
            "inside": rng.random(n) < 0.8,
            "known": rng.normal(0, 0.2, n),
        }
    )
    eta = np.column_stack([np.zeros(n), 0.02 * (data["age"] - 45), 0.3 * (data["state"] == "PA")])
    p = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    code = np.minimum((rng.random(n)[:, None] > p.cumsum(axis=1)).sum(axis=1), 2)
    data["job"] = np.array(["none", "other", "peer"])[code]
    data["stratum"], data["unit"] = data["county"] % 5, data["county"]
    data["people"] = 1000 + 100 * data["stratum"]
    data["wage"] = 18 + 0.05 * data["age"] + rng.normal(0, 3, n)
    data["employed"] = data["job"] != "none"
    data.loc[rng.choice(n, 20), "age"] = np.nan
    data.loc[rng.choice(n, 20), "state"] = None
    data.loc[rng.choice(n, 20), ["job", "wage"]] = [None, np.nan]
    return data


# sums in another order and by partition: to rounding
def assert_same(there, here):
    assert_allclose(there.fit.coefficients, here.fit.coefficients, rtol=1e-8, atol=1e-10)
    assert_allclose(there.fit.covariance, here.fit.covariance, rtol=1e-8, atol=1e-12)
    assert_allclose(there.fit.df_terms, here.fit.df_terms, rtol=1e-8)
    assert_allclose(there.fit.loglik, here.fit.loglik, rtol=1e-10)
    assert_allclose(there.fit.loglik_null, here.fit.loglik_null, rtol=1e-10)
    for name in ("terms", "outcome_levels", "n", "n_rows", "n_missing", "dropped", "n_clusters", "notes"):
        assert getattr(there.fit, name) == getattr(here.fit, name), name


FITS = {
    "multinomial": (ps.multinomial, "job ~ age * state", {"base": "peer"}),
    "clusters inside": (
        ps.multinomial,
        "job ~ center(age)",
        {"weights": "weight", "cluster": "county", "where": "inside"},
    ),
    "copies": (
        ps.multinomial,
        "job ~ age + C(state, Sum)",
        {"weights": "copies", "weight_kind": "frequency", "variance": "HC1"},
    ),
    "offset and knots": (
        ps.logistic,
        "employed ~ bs(age, knots=[40, 50]) + (age > 40)",
        {"offset": "known", "weights": "weight"},
    ),
    "linear": (ps.linear, "log(wage) ~ standardize(age) + state", {"levels": {"state": "PA"}}),
    "nested transforms": (ps.linear, "wage ~ center(center(age) ** 2)", {"cluster": "county"}),
    "ordinal": (ps.ordinal, "job ~ age", {"levels": {"job": ["none", "other", "peer"]}, "weights": "weight"}),
    "a design of strata and units": (
        ps.multinomial,
        "job ~ age + state",
        {"design": ps.SurveyDesign(weights="weight", strata="stratum", cluster="unit"), "where": "inside"},
    ),
    "a design whose rows are units": (
        ps.logistic,
        "employed ~ age",
        {"design": ps.SurveyDesign(strata="stratum", fpc="people")},
    ),
    "categories": (ps.multinomial, "job ~ state", {"weights": "weight", "cluster": "county"}),
    "a number by categories": (
        ps.linear,
        "wage ~ state * C(copies)",
        {"weights": "weight", "where": "inside"},
    ),
    "a number by categories, clusters": (
        ps.linear,
        "wage ~ state",
        {"weights": "weight", "weight_kind": "precision", "cluster": "county"},
    ),
    "categories, no weights": (ps.multinomial, "job ~ state * C(copies)", {}),
}


@pytest.mark.parametrize("fit", FITS)
def test_spark_gives_the_fit_in_memory(in_spark, fit):
    model, formula, call = FITS[fit]
    data = simulated()
    there, here = model(formula, in_spark(data), **call), model(formula, data, **call)
    assert_same(there, here)
    assert isinstance(there.tidy(), pd.DataFrame)


def test_a_fit_takes_a_pass_a_newton_step_and_two_more(in_spark, passes):
    there = ps.multinomial("job ~ age + state", in_spark(simulated(2)))
    # the last step is taken but not looked at again
    assert len(passes) == (there.fit.n_iterations + 1) + 2 == there.fit.n_passes
    # and no column travels that the model does not name
    assert {frozenset(columns) for columns in passes} == {frozenset({"job", "age", "state"})}


def test_a_linear_model_takes_three_passes(in_spark, passes):
    ps.linear("wage ~ center(age) + state", in_spark(simulated(3)))
    assert len(passes) == 3


def test_categories_alone_are_counted_by_spark_and_never_passed_over(in_spark, passes):
    ps.multinomial("job ~ state", in_spark(simulated(4)))
    assert passes == []


def test_margins_means_contrasts_and_tests_are_those_in_memory(in_spark):
    data, call = simulated(5), {"weights": "weight", "where": "inside", "cluster": "county"}
    there = ps.multinomial("job ~ age + state", in_spark(data), **call)
    here = ps.multinomial("job ~ age + state", data, **call)
    for ask in (
        lambda fit: fit.margins(),
        lambda fit: fit.margins(["age"], over="state"),
        lambda fit: fit.margins(["age"], over="state", errors="unconditional"),
        lambda fit: fit.adjusted_means("state"),
        lambda fit: fit.adjusted_means("state", grid="balanced"),
        lambda fit: fit.contrasts("state"),
        lambda fit: fit.test(),
    ):
        found, known = ask(there).tidy(), ask(here).tidy()
        assert list(found.columns) == list(known.columns)
        numbers = [name for name in known if known[name].dtype.kind == "f"]
        assert_allclose(found[numbers], known[numbers], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("fit", ["copies", "linear", "ordinal", "a design of strata and units"])
def test_errors_of_margins_with_the_rows_drawn_are_those_in_memory(in_spark, fit):
    model, formula, call = FITS[fit]
    data = simulated(18)
    there, here = (
        model(formula, each, **call).margins(errors="unconditional")
        for each in (in_spark(data, places=3), data)
    )
    for name in ("estimate", "std_error"):
        assert_allclose(there.numbers[name], here.numbers[name], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("own", [True, False])
def test_predictions_come_back_as_a_spark_dataframe_beside_the_data(in_spark, fetched, own):
    data = simulated(6).assign(person=np.arange(900))
    frame = in_spark(data)
    there, here = ps.multinomial("job ~ age + state", frame), ps.multinomial("job ~ age + state", data)
    found = there.predict() if own else there.predict(frame, interval=True)
    assert type(found).__module__.startswith("pyspark.sql")
    rows = fetched(found).sort_values("person").reset_index(drop=True)
    known = here.predict() if own else here.predict(data.dropna(subset=["age", "state"]), interval=True)
    if not own:
        rows = rows[rows["person"].isin(known.index)]
    assert list(rows.columns) == [*data.columns, *known.columns]
    assert_allclose(rows[known.columns], known, rtol=1e-8, atol=1e-12)


def test_predictions_do_not_overwrite_a_column(in_spark):
    data = simulated(7).assign(peer=1)
    there = ps.multinomial("job ~ age", in_spark(data))
    with pytest.raises(ps.InputError, match=r"have a column 'peer' already.*\n.*withColumnRenamed"):
        there.predict()


def test_empty_partitions_and_many_of_them_change_nothing(in_spark):
    data = simulated(8, n=60).dropna()
    there = ps.linear("wage ~ center(age)", in_spark(data, places=40), weights="weight")
    assert_same(there, ps.linear("wage ~ center(age)", data, weights="weight"))


def test_names_with_dots_decimals_large_integers_and_nulls_are_read_as_in_memory(in_spark):
    data = simulated(9, n=300)
    table = pa.table(
        {
            "home state": pa.array(data["state"].where(data["state"].notna(), None), pa.string()),
            "age.now": pa.array(
                [None if np.isnan(x) else decimal.Decimal(f"{x:.1f}") for x in data["age"]],
                pa.decimal128(8, 1),
            ),
            "id`s": pa.array(data["county"].to_numpy() + 2**60, pa.int64()),
            "known": pa.array(data["known"].to_numpy(), pa.float64()),  # NaN and null in one column
            "employed": pa.array(data["employed"].tolist(), pa.bool_()),
        }
    )
    known = table.column("known").to_pylist()
    known[:2] = [float("nan"), None]
    table = table.set_column(3, "known", pa.array(known, pa.float64()))
    formula, call = 'employed ~ Q("home state") + Q("age.now") + known', {"cluster": "id`s"}
    memory = table.to_pandas().assign(**{"age.now": data["age"]})
    assert_same(ps.logistic(formula, in_spark(table), **call), ps.logistic(formula, memory, **call))


def test_a_value_that_cannot_be_used_is_named_with_its_partition(in_spark):
    data = simulated(10).dropna()
    data.iloc[7, data.columns.get_loc("age")] = np.inf
    with pytest.raises(
        ps.InputError, match=r"column 'age' holds inf in row \d+.*Spark's partition 0|'age' is not a finite"
    ) as caught:
        ps.linear("wage ~ age", in_spark(data, places=1))
    assert "partition 0" in str(caught.value)


def test_a_worker_that_fails_says_why_and_where(in_spark):
    rows = ps.linear("wage ~ age", in_spark(simulated(11))).source.rows.source

    def broken(_blocks):
        raise MemoryError("no room for the block")

    with pytest.raises(ps.SourceError, match=r"work on partition 0 .*MemoryError: no room for the block"):
        rows.reduce(broken, list)


def test_a_fault_of_the_data_s_own_plan_is_a_source_error(in_spark):
    functions = pytest.importorskip("pyspark.sql.functions")
    frame = in_spark(simulated(12)).withColumn(
        "wage", functions.expr("CASE WHEN age > 50 THEN raise_error('the disk is gone') ELSE wage END")
    )
    with pytest.raises(ps.SourceError, match=r"linear\(\): .*the disk is gone"):
        ps.linear("wage ~ age", frame)


def test_files_that_are_deleted_or_change_between_passes_are_refused(spark, tmp_path, monkeypatch):
    data = simulated(13).dropna()
    for name, rows in (("a", data[:400]), ("b", data[400:])):
        pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), tmp_path / f"{name}.parquet")
    frame = spark.read.parquet(str(tmp_path))
    whole, n = SparkBatches.map_places, []

    def change(self, work, columns, where):
        n.append(1)
        if len(n) == 3:
            moved = data[400:].assign(age=data["age"] + 1)
            pq.write_table(pa.Table.from_pandas(moved, preserve_index=False), tmp_path / "b.parquet")
        return whole(self, work, columns, where)

    monkeypatch.setattr(SparkBatches, "map_places", change)
    with pytest.raises(ps.SourceError, match=r"Spark DataFrame (gave other rows|failed)"):
        ps.linear("wage ~ age", frame)
    n.clear()

    def delete(self, work, columns, where):
        n.append(1)
        if len(n) == 2:
            (tmp_path / "b.parquet").unlink()
        return whole(self, work, columns, where)

    monkeypatch.setattr(SparkBatches, "map_places", delete)
    with pytest.raises(ps.SourceError, match=r"a pass over the rows of the Spark DataFrame failed"):
        ps.linear("wage ~ age", spark.read.parquet(str(tmp_path)))


@pytest.mark.parametrize(
    "ask",
    [
        lambda frame: ps.logistic("employed ~ age", frame, penalty="firth"),
        lambda frame: ps.linear("wage ~ age", frame, cluster="county", variance="CR2"),
        lambda frame: ps.mixed_logistic("employed ~ age", frame, group="county"),
    ],
)
def test_what_is_no_sum_over_rows_says_what_can_be_done(in_spark, ask):
    with pytest.raises(ps.InputError, match=r"rows one by one.*stay in Spark.*\n.*toPandas\(\)"):
        ask(in_spark(simulated(14)))


def test_quantile_knots_ask_for_knots(in_spark):
    with pytest.raises(ps.FormulaError, match=r"(?s)stay in Spark.*Name the knots, for example bs\("):
        ps.linear("wage ~ bs(age, df=4)", in_spark(simulated(15)))


def test_separated_rows_are_found(in_spark):
    data = simulated(16).dropna().assign(never=lambda d: (d["job"] == "peer") & (d["state"] == "PA"))
    with pytest.raises(ps.ConvergenceError, match="separated"):
        ps.logistic(
            "employed ~ age + I(1.0 * never) + state",
            in_spark(data.assign(employed=data["never"] | data["employed"])),
        )


def test_a_name_that_stands_twice_is_refused(in_spark):
    frame = in_spark(simulated(17)).selectExpr("age", "wage", "age AS age")
    with pytest.raises(ps.InputError, match="more than one column named 'age'"):
        ps.linear("wage ~ age", frame)
