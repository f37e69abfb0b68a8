"""Estimates of rows that DuckDB, polars or Arrow files hold are those in memory; faults there are said."""

import os
from decimal import Decimal
from itertools import pairwise

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
from peerstats.engines import as_batches
from peerstats.engines._arrow import ArrowBatches
from peerstats.engines._duckdb import RelationBatches
from peerstats.engines._polars import LazyFrameBatches
from peerstats.estimates import _sums_request as request

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
# Sums of some hundred numbers in another order differ by 1e-14 of their size; an interval of a share near
# 0 or 1 makes that a thousand times more.
RTOL, ATOL = 1e-8, 1e-10


def simulated(seed, n=300):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "wage": rng.normal(18, 3, n).round(1),
            "hours": rng.uniform(5, 40, n),
            "job type": rng.choice(["none", "other", "peer"], n),
            "sex.x": rng.choice([True, False], n),
            "stratum": rng.choice(["s", "t", "u"], n),
            "weight": rng.uniform(0.2, 3, n),
            "copies": rng.integers(0, 4, n),
            "inside": rng.random(n) < 0.8,
        }
    )
    # numbers that no float holds
    data["agency"] = 2**60 + data["stratum"].map({"s": 0, "t": 100, "u": 200}) + rng.integers(0, 8, n)
    data["size"] = data["stratum"].map({"s": 1000, "t": 2000, "u": 5000})
    data.loc[rng.choice(n, 20), "wage"] = np.nan
    data.loc[rng.choice(n, 20), "hours"] = np.nan
    data.loc[rng.choice(n, 9), "job type"] = None
    data.loc[rng.choice(n, 9), "weight"] = 0.0
    return data


def as_table(data):
    return data if isinstance(data, pa.Table) else pa.Table.from_pandas(data, preserve_index=False)


_OPEN = []  # before DuckDB 1.5 a relation does not keep its connection


def as_relation(data):
    connection = duckdb.connect()
    _OPEN.append(connection)
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
STATISTICS = {
    "mean": ("wage", {}),
    "means": (["wage", "hours"], {}),
    "totals": (["wage", "hours"], {"statistic": "total", "deff": "finite"}),
    "ratio": ("wage", {"statistic": "ratio", "denominator": "hours"}),
    "shares": (["job type", "sex.x"], {"statistic": "proportion", "interval": "beta"}),
    "share of a truth": ("sex.x", {}),
    "quantiles": (["wage", "hours"], {"statistic": "quantile", "quantiles": [0.1, 0.5, 0.9]}),
    "medians": ("wage", {"statistic": "quantile", "qrule": "school", "interval": "xlogit"}),
    "interpolated": ("wage", {"statistic": "quantile", "quantiles": [0.3, 0.5], "qrule": "hf8"}),
}
DESIGNS = {
    "none": {},
    "weights": {"weights": "weight"},
    "copies": {"weights": "copies", "weight_kind": "frequency"},
    "clusters": {"weights": "weight", "cluster": "agency"},
    "copies, clusters": {"weights": "copies", "weight_kind": "frequency", "cluster": "agency"},
    "strata": {"design": ps.SurveyDesign(weights="weight", strata="stratum")},
    "strata, clusters": {"design": ps.SurveyDesign(weights="weight", strata="stratum", cluster="agency")},
    "correction": {"design": ps.SurveyDesign(strata="stratum", fpc="size")},
    "correction, clusters": {"design": ps.SurveyDesign(strata="stratum", cluster="agency", fpc="size")},
    "all": {
        "design": ps.SurveyDesign(
            weights="weight", strata="stratum", cluster="agency", fpc="size", nest=True, lonely_psu="average"
        )
    },
}


def assert_same(found, wanted, rtol=RTOL, atol=ATOL):
    """Numbers to 1e-8, words and counts exactly."""
    assert found.labels == wanted.labels
    assert (found.lines, found.notes) == (wanted.lines, wanted.notes)
    assert (found.n, found.df, found.variance) == (wanted.n, wanted.df, wanted.variance)
    assert found.weight_kind == wanted.weight_kind
    for name, values in wanted.numbers.items():
        assert_allclose(found.numbers[name], values, rtol=rtol, atol=atol, err_msg=name)
    assert (found.matrix is None) == (wanted.matrix is None)
    if wanted.matrix is not None:
        assert_allclose(found.matrix, wanted.matrix, rtol=rtol, atol=atol)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("statistic", STATISTICS)
@few
@given(
    seed=seeds,
    design=st.sampled_from(list(DESIGNS)),
    by=st.sampled_from([None, "job type", ["sex.x", "job type"]]),
    where=st.sampled_from([None, "inside"]),
)
def test_an_estimate_from_an_engines_sums_is_the_one_in_memory(engine, statistic, seed, design, by, where):
    columns, asked = STATISTICS[statistic]
    asked = {**asked, **DESIGNS[design], "where": where}
    if asked.get("qrule") == "hf8" and asked.get("weight_kind") == "frequency":
        asked["qrule"] = "math"  # copies of rows are not interpolated
    if statistic not in ("shares", "share of a truth"):
        asked["by"] = by
    data = simulated(seed)
    found = ps.estimate(ENGINES[engine](data), columns, **asked)
    assert_same(found, ps.estimate(data, columns, **asked))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("statistic", ["F", "chisq", "wald"])
@few
@given(seed=seeds, design=st.sampled_from(list(DESIGNS)), where=st.sampled_from([None, "inside"]))
def test_a_cross_tabulation_of_an_engines_sums_is_the_one_in_memory(engine, statistic, seed, design, where):
    data = simulated(seed)
    asked = {"where": where, "statistic": statistic, **DESIGNS[design]}
    wanted = ps.crosstab(data, "job type", "sex.x", **asked)
    found = ps.crosstab(ENGINES[engine](data), "job type", "sex.x", **asked)
    assert (found.lines, found.notes, found.n) == (wanted.lines, wanted.notes, wanted.n)
    for name, values in wanted.numbers.items():
        assert_allclose(found.numbers[name], values, rtol=RTOL, atol=ATOL, err_msg=name)
    for name, test in wanted.independence.items():
        # a p-value of 1e-9 differs by more of its size than the statistic does
        assert_allclose(found.independence[name].p_value, test.p_value, rtol=1e-6, atol=ATOL)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("design", ["none", "weights", "copies", "strata", "strata, clusters"])
@pytest.mark.parametrize("statistic", ["mean", "ratio"])
def test_small_differences_of_large_numbers_keep_their_digits(engine, design, statistic):
    data = simulated(5).assign(one=1.0)
    # an eighth is exact beside 1e9, and so is the shift
    data["wage"] = (data["wage"] * 8).round() / 8
    small = ps.estimate(data, "wage", by="sex.x", **DESIGNS[design])
    more = {"statistic": "ratio", "denominator": "one"} if statistic == "ratio" else {}
    large = ENGINES[engine](data.assign(wage=data["wage"] + 1e9))
    found = ps.estimate(large, "wage", by="sex.x", **more, **DESIGNS[design])
    # a ratio is one number, of which 1e-7 is the last digit
    rtol = 1e-8 if statistic == "mean" else 1e-6
    assert_allclose(found.numbers["std_error"], small.numbers["std_error"], rtol=rtol)
    assert_allclose(found.numbers["deff"], small.numbers["deff"], rtol=rtol)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("design", ["none", "weights", "clusters"])
def test_groups_far_apart_and_groups_of_one_value_have_their_own_errors(engine, design):
    data = simulated(6).assign(group=lambda frame: frame["job type"])
    near = data.copy()
    data.loc[data["group"] == "none", "wage"] += 2.0**40
    data.loc[data["group"] == "other", "wage"] = 0.1
    near.loc[near["group"] == "other", "wage"] = 0.1
    found = ps.estimate(ENGINES[engine](data), "wage", by="group", **DESIGNS[design])
    wanted = ps.estimate(near, "wage", by="group", **DESIGNS[design])
    errors, kept = found.numbers["std_error"], wanted.numbers["std_error"]
    assert_allclose(errors[2], kept[2], rtol=1e-10)
    assert_allclose(errors[0], kept[0], rtol=1e-3)  # beside 2^40 a wage has four digits left
    assert errors[1] < 1e-15


@pytest.mark.parametrize("engine", ENGINES)
def test_decimals_nulls_and_nan_are_the_numbers_and_gaps_they_are_in_memory(engine):
    wages = [Decimal("17.50"), Decimal("16.25"), None, Decimal("19.00"), Decimal("21.75"), Decimal("18.00")]
    table = pa.table(
        {
            "wage": pa.array(wages, pa.decimal128(8, 2)),
            "hours": pa.array([1.0, float("nan"), None, 4.0, 5.0, 6.0]),
            "id": pa.array([2**62 + 1, 2**62 + 2, 2**62 + 1, 2**62 + 2, None, 2**62 + 1]),
        }
    )
    held = ENGINES[engine](table)
    floats = pd.DataFrame({name: table[name].to_pylist() for name in ("wage", "hours")}, dtype=float)
    floats["id"] = pd.array(table["id"].to_pylist(), dtype="Int64")
    found = ps.estimate(held, ["wage", "hours"])
    assert_same(found, ps.estimate(floats, ["wage", "hours"]))
    assert found.numbers["n_missing"].tolist() == [1, 2]
    groups = ps.estimate(held, "wage", by="id")
    assert groups.labels["group"] == [str(2**62 + 1), str(2**62 + 2)]
    assert_same(groups, ps.estimate(floats, "wage", by="id"))
    medians = ps.estimate(held, "wage", statistic="quantile", by="id")
    assert_same(medians, ps.estimate(floats, "wage", statistic="quantile", by="id"))


@pytest.mark.parametrize("engine", ENGINES)
def test_one_column_can_be_value_group_weight_and_cluster_at_once(engine):
    data = simulated(7)
    data["whole"] = data["wage"].round().clip(14, 20)
    held = ENGINES[engine](data)
    for asked in ({"by": "whole"}, {"cluster": "agency", "by": "whole"}, {"weights": "weight"}):
        column = "weight" if "weights" in asked else "whole"
        assert_same(ps.estimate(held, column, **asked), ps.estimate(data, column, **asked))
    found = ps.estimate(held, "copies", cluster="copies")
    assert_same(found, ps.estimate(data, "copies", cluster="copies"))


def test_files_are_estimated_as_they_are_in_memory(tmp_path):
    data = simulated(8)
    table = as_table(data)
    for part in range(3):
        pq.write_table(table.slice(part * 100, 100), tmp_path / f"part_{part}.parquet", row_group_size=30)
    pq.write_table(table, tmp_path / "whole file.parquet", row_group_size=64)
    pyarrow.csv.write_csv(table, tmp_path / "people.csv")
    cells = pyarrow.csv.ConvertOptions(strings_can_be_null=True)
    files = [
        ds.dataset([str(tmp_path / f"part_{part}.parquet") for part in range(3)]),
        pq.ParquetFile(tmp_path / "whole file.parquet"),
        ds.dataset(tmp_path / "people.csv", format=ds.CsvFileFormat(convert_options=cells)),
        ds.dataset(tmp_path / "whole file.parquet").filter(ds.field("hours") > 0),
    ]
    for i, file in enumerate(files):
        memory = data[data["hours"] > 0] if i == 3 else data
        for asked in ({"by": "job type"}, {"statistic": "quantile", "by": "job type", "where": "inside"}):
            how = {**asked, **DESIGNS["strata, clusters"]}
            assert_same(ps.estimate(file, "wage", **how), ps.estimate(memory, "wage", **how))


def test_declared_categories_keep_their_order():
    order = ["peer", "other", "none"]
    data = simulated(9)
    data["job type"] = pd.Categorical(data["job type"], order)
    dataset = ds.dataset(as_table(data))
    found = ps.estimate(dataset, "wage", by="job type", weights="weight")
    assert found.labels["group"] == order
    assert_same(found, ps.estimate(data, "wage", by="job type", weights="weight"))
    assert_same(
        ps.estimate(dataset, "job type", statistic="proportion"),
        ps.estimate(data, "job type", statistic="proportion"),
    )


CLASSES = {"duckdb": RelationBatches, "polars": LazyFrameBatches, "arrow": ArrowBatches}


def count_passes(monkeypatch, engine):
    asked = []
    add_up = CLASSES[engine].add_up

    def counted(self, totals):
        asked.append(totals)
        return add_up(self, totals)

    monkeypatch.setattr(CLASSES[engine], "add_up", counted)
    for name in ("read", "group"):
        monkeypatch.setattr(CLASSES[engine], name, lambda *_, **__: pytest.fail("a row was read"))
    return asked


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("columns", "statistic", "design", "passes"),
    [
        ("wage", "mean", "weights", 2),
        (["wage", "hours"], "total", "strata, clusters", 2),
        ("job type", "proportion", "weights", 1),
        ("job type", "proportion", "all", 1),
        ("wage", "quantile", "strata", 1),
        ("wage", "quantile", "strata, clusters", 2),
        (["wage", "hours"], "quantile", "clusters", 3),
        (["wage", "hours"], "quantile", "weights", 3),
    ],
)
def test_no_row_is_read_and_passes_are_few(monkeypatch, engine, columns, statistic, design, passes):
    held = ENGINES[engine](simulated(10))
    asked = count_passes(monkeypatch, engine)
    ps.estimate(held, columns, statistic=statistic, by="sex.x", **DESIGNS[design])
    assert len(asked) == passes


def test_sums_have_no_more_rows_than_groups_and_clusters(monkeypatch):
    data = simulated(11, 3000)
    batches = as_batches(as_relation(data), "estimate")
    found = []
    add_up = RelationBatches.add_up
    monkeypatch.setattr(
        RelationBatches, "add_up", lambda self, totals: found.append(add_up(self, totals)) or found[-1]
    )
    ps.estimate(batches.native, "wage", by="sex.x", cluster="agency")
    # two groups with a wage and without, over 24 agencies
    assert [len(frame) for frame in found] == [
        4,
        data.groupby(["sex.x", "agency", data["wage"].isna()]).ngroups,
    ]


def test_a_duckdb_connection_is_free_after_each_call():
    connection = duckdb.connect()
    connection.register("people", as_table(simulated(12)))
    relation = connection.table("people")
    tables = "SELECT count(*) FROM information_schema.tables"
    before = connection.execute(tables).fetchall()
    for asked in ({}, {"statistic": "quantile", "cluster": "agency"}, {"by": "job type"}):
        ps.estimate(relation, "wage", **asked)
        assert connection.execute("SELECT count(*) FROM people").fetchall() == [(300,)]
        assert connection.execute(tables).fetchall() == before


@pytest.mark.skipif("polars" not in ENGINES, reason="a polars without batches")
def test_scores_on_an_engine_are_estimated_there():
    rng = np.random.default_rng(13)
    data = pd.DataFrame({f"q{i}": rng.integers(1, 6, 200) for i in range(1, 6)})
    data["group"] = rng.choice(["a", "b"], 200)
    scored = {
        kind: ps.score(
            held,
            "cfpb_fwb_5",
            items=list(data)[:5],
            coded_from=1,
            method="lookup",
            mode="self",
            age_group="18-61",
        )
        for kind, held in (("memory", data), ("lazy", pl.from_pandas(data).lazy()))
    }
    name = next(iter(scored["memory"].scales))
    wanted = ps.estimate(scored["memory"], name, by="group")
    assert_same(ps.estimate(scored["lazy"], name, by="group"), wanted)


FAULTS = {
    "a missing weight": (
        {"weight": [None, -1.0]},
        {"weights": "weight"},
        r"weight 'weight' is missing in 1 row",
    ),
    "an infinite weight": ({"weight": [np.inf, 1.0]}, {"weights": "weight"}, r"is infinite in 1 row"),
    "negative weights": ({"weight": [-1.0, -2.0]}, {"weights": "weight"}, r"is negative in 2 rows"),
    "a part of a copy": (
        {"copies": [0.5, 1.0]},
        {"weights": "copies", "weight_kind": "frequency"},
        r"is no whole number, as a frequency weight must be in 1 row",
    ),
    "an infinite value": ({"wage": [np.inf, -np.inf]}, {}, r"column 'wage' is infinite in 2 rows"),
    "a missing stratum": (
        {"stratum": [None, None]},
        {"design": ps.SurveyDesign(weights="weight", strata="stratum")},
        r"strata='stratum' is missing in 2 rows",
    ),
    "a missing cluster": (
        {"agency": [None, 1]},
        {"cluster": "agency"},
        r"cluster='agency' is missing in 1 row",
    ),
    "a lonely PSU": (
        {"stratum": ["alone", "t"]},
        {"design": ps.SurveyDesign(strata="stratum")},
        r"stratum 'alone' has a single PSU",
    ),
    "a torn PSU": (
        {"agency": [5, 5], "stratum": ["s", "t"]},
        {"design": ps.SurveyDesign(strata="stratum", cluster="agency")},
        r"PSU 5 lies in two strata, 's' and 't' \(1 row\)",
    ),
    "a correction that varies": (
        {"stratum": ["v", "v"], "size": [9, 8]},
        {"design": ps.SurveyDesign(strata="stratum", fpc="size")},
        r"fpc='size' varies in stratum 'v': . and . \(1 row\)",
    ),
    "a correction that is none": (
        {"size": [-9, 8]},
        {"design": ps.SurveyDesign(strata="stratum", fpc="size")},
        r"fpc='size' is -9 in 1 row",
    ),
    "a missing where": (
        {"inside": [None, True]},
        {"where": "inside"},
        r"where='inside' is missing in 1 row",
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_by_the_number_of_its_rows(engine, fault):
    change, asked, message = FAULTS[fault]
    data = simulated(14)
    for name, values in change.items():
        data[name] = [*values, *data[name].iloc[2:].tolist()]
    table = as_table(data)
    if "agency" in change:  # pandas made floats of it
        numbers = pa.array([*change["agency"], *simulated(14)["agency"].iloc[2:].tolist()], pa.int64())
        table = table.set_column(table.schema.get_field_index("agency"), "agency", numbers)
    with pytest.raises(ps.InputError, match=message):
        ps.estimate(ENGINES[engine](table), "wage", **asked)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("columns", "asked", "message"),
    [
        ("job type", {}, r"column 'job type' holds text, and a mean needs numbers.*\n.*proportion"),
        ("job type", {"statistic": "quantile"}, r"holds text, and a quantile needs numbers"),
        ("wages", {}, r"column 'wages' is not in the data.\n.*wage"),
        ("wage", {"by": "jobtype"}, r"grouping column 'jobtype' is not in the data.\n.*job type"),
        ("wage", {"weights": "job type"}, r"weights column 'job type' must hold numbers"),
        ("wage", {"where": "copies"}, r"where= holds Int64, not True and False"),
        ("wage", {"where": [True] * 300}, r"where= is a list.*\n.*name of a column"),
        ("wage", {"missing": "raise"}, r"values are missing: wage in \d+ rows"),
        ("nothing", {}, r"column 'nothing' has no value in the rows used"),
        ("wage", {"by": "none"}, r"nobody has a group: 'none' is missing"),
        ("wage", {"weights": "zero"}, r"every weight 'zero' is zero"),
        ("wage", {"where": "never"}, r"where= keeps no row"),
        ("hours", {"statistic": "proportion"}, r"column 'hours' has \d+ distinct values"),
        ("wage", {"cluster": "zero"}, r"the design has a single PSU"),
        (
            "wage",
            {"design": ps.SurveyDesign(weights="weight").with_replicates("JK1")},
            r"replicates.*need the rows in memory.\n.*linearised",
        ),
        ("wage", {"statistic": "quantile", "interval": "quantile"}, r"needs a design with replicates"),
    ],
)
def test_what_cannot_be_estimated_is_told_with_the_next_step(engine, columns, asked, message):
    data = simulated(15).assign(zero=0.0, never=False, nothing=np.nan)
    table = as_table(data).append_column("none", pa.array([None] * 300, pa.string()))
    with pytest.raises(ps.InputError, match=message):
        ps.estimate(ENGINES[engine](table), columns, **asked)


def test_a_raked_design_names_what_to_do():
    data = simulated(16)
    design = ps.rake(data, {"stratum": {"s": 1, "t": 1, "u": 2}}, weights="weight").design
    with pytest.raises(ps.InputError, match=r"is raked, which is done on rows in memory.\n.*raked weights"):
        ps.estimate(as_relation(data), "wage", design=design)


@pytest.mark.parametrize("engine", ENGINES)
def test_more_sums_than_memory_holds_are_refused(monkeypatch, engine):
    monkeypatch.setattr(request, "MOST_SUMS", 20)
    with pytest.raises(ps.InputError, match=r"more than 20 patterns of 'hours'.*\n.*round them"):
        ps.estimate(ENGINES[engine](simulated(17)), "hours", statistic="quantile")


@pytest.mark.parametrize("statistic", ["mean", "quantile"])
@pytest.mark.parametrize("design", ["none", "clusters"])
def test_rows_that_change_between_passes_are_refused(monkeypatch, statistic, design):
    relation = as_relation(simulated(18))
    add_up = RelationBatches.add_up

    def changing(self, totals):
        found = add_up(self, totals)
        _OPEN[-1].execute("DELETE FROM kept WHERE wage < 15")
        return found

    monkeypatch.setattr(RelationBatches, "add_up", changing)
    columns = ["wage", "hours"] if design == "none" else "wage"
    with pytest.raises(ps.SourceError, match=r"gave other rows than when the call began"):
        ps.estimate(relation, columns, statistic=statistic, **DESIGNS[design])


def test_a_file_that_changes_between_passes_is_refused(monkeypatch, tmp_path):
    path = tmp_path / "people.parquet"
    pq.write_table(as_table(simulated(19)), path)
    add_up = ArrowBatches.add_up

    def touching(self, totals):
        found = add_up(self, totals)
        os.utime(path, ns=(1, 1))
        return found

    dataset = ds.dataset(path)
    monkeypatch.setattr(ArrowBatches, "add_up", touching)
    with pytest.raises(ps.SourceError, match=r"has changed since"):
        ps.estimate(dataset, "wage")


def test_an_engine_that_fails_is_told_by_its_own_reason():
    connection = duckdb.connect()
    relation = connection.sql("SELECT error('the disk is full') AS wage, 1 AS x")
    with pytest.raises(ps.SourceError, match=r"DuckDB relation failed"):
        ps.estimate(relation.project("CAST(wage AS DOUBLE) AS wage"), "wage")


def test_tables_are_given_in_the_engines_own_library():
    data = simulated(20)
    assert isinstance(ps.estimate(ENGINES["arrow"](data), "wage").tidy(), pa.Table)
    assert isinstance(ps.estimate(as_relation(data), "wage").tidy(), pa.Table)
    if "polars" in ENGINES:
        assert isinstance(ps.estimate(ENGINES["polars"](data), "wage").tidy(), pl.DataFrame)


def test_quantiles_grow_with_their_share():
    found = ps.estimate(
        as_relation(simulated(21)), "wage", statistic="quantile", quantiles=[0.1, 0.3, 0.5, 0.7, 0.9]
    )
    assert all(a <= b for a, b in pairwise(found.numbers["estimate"]))
