"""Scoring in an engine: the same scores and counts as in memory, and nobody's row collected."""

import re

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest
from numpy.testing import assert_allclose
from polars.testing import assert_frame_equal

import peerstats as ps
from peerstats._core import lazy_frames
from peerstats.scoring import LazyScoreResult, _lazy, _lazy_checks

MBI = [f"mbi_{i}" for i in range(1, 17)]
FWB = [f"fwb_{i}" for i in range(1, 11)]
WELL_BEING = {"items": "fwb_{}", "age": "age", "mode": "mode"}


CONNECTION = duckdb.connect()  # a relation does not keep its connection open in every version


def as_relation(data):
    """Put a polars frame into a table of DuckDB."""
    CONNECTION.register("rows", data.to_arrow())
    CONNECTION.execute("CREATE OR REPLACE TABLE survey AS SELECT * FROM rows")
    CONNECTION.unregister("rows")
    return CONNECTION.table("survey")


ENGINES = {
    "polars": pl.DataFrame.lazy,
    "duckdb": as_relation,
    "pyarrow": lambda data: ds.dataset(data.to_arrow()),
}


@pytest.fixture(params=list(ENGINES))
def to_lazy(request):
    """Hand a polars frame to an engine."""
    return ENGINES[request.param]


def run(query, by="id"):
    rows = query.collect() if isinstance(query, pl.LazyFrame) else query.pl()
    return rows.sort(by) if by in rows.columns else rows


@pytest.fixture
def burnout(rng):
    """Simulated answers, null and NaN both among them, one respondent without any."""
    answers = rng.integers(0, 7, (300, 16)).astype(float)
    answers[rng.random(answers.shape) < 0.05] = np.nan
    answers[0] = np.nan
    columns = {name: pl.Series(answers[:, j]) for j, name in enumerate(MBI)}
    data = pl.DataFrame({"id": np.arange(300), **columns})
    return data.with_columns(
        pl.when(pl.col("id") % 2 == 0).then(pl.col(MBI).fill_nan(None)).otherwise(pl.col(MBI))
    )


@pytest.fixture
def well_being(rng):
    """Simulated answers of people of all ages, some ages and modes missing."""
    answers = rng.integers(0, 5, (300, 10)).astype(float)
    answers[rng.random(answers.shape) < 0.03] = np.nan
    columns = {name: pl.Series(answers[:, j]).fill_nan(None) for j, name in enumerate(FWB)}
    age = pl.Series(rng.integers(15, 90, 300)).set(pl.Series(np.arange(300) % 50 == 3), None)
    mode = pl.Series(rng.choice(["self", "interviewer"], 300)).set(pl.Series(np.arange(300) % 60 == 7), None)
    return pl.DataFrame({"id": np.arange(300), **columns, "age": age, "mode": mode})


def assert_same_scores(lazy, eager):
    lazily, at_once = run(lazy.attach()), eager.attach()
    assert lazily.columns == at_once.columns
    for name in eager.scores.columns:
        if name.endswith(("_reason", "_band")):
            assert lazily[name].to_list() == at_once[name].to_list(), name
        else:
            # the same kernel on rows in another order: the last bit of a standard error may differ
            assert_allclose(lazily[name].to_numpy(), at_once[name].to_numpy(), rtol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    "how", [{}, {"method": "sum"}, {"min_answered": 4}, {"min_answered": 0.5, "method": "sum"}]
)
def test_means_and_sums_are_those_of_rows_in_memory(burnout, to_lazy, how):
    how |= {"items": "mbi_{}"}
    assert_same_scores(ps.score(to_lazy(burnout), "mbi_gs", **how), ps.score(burnout, "mbi_gs", **how))


@pytest.mark.parametrize("method", ["lookup", "irt"])
def test_published_conversions_are_those_of_rows_in_memory(well_being, to_lazy, method):
    lazy, eager = (
        ps.score(data, "cfpb_fwb_10", method=method, **WELL_BEING)
        for data in (to_lazy(well_being), well_being)
    )
    assert_same_scores(lazy, eager)
    reasons = set(eager.report()["reason"])
    assert {"age group missing", "younger than the first age group", "mode missing"} <= reasons


def test_bands_are_named_in_the_engine(well_being, to_lazy):
    how = WELL_BEING | {"method": "lookup", "bands": True}
    with pytest.warns(ps.PeerstatsWarning, match="bands"):
        lazy, eager = (ps.score(d, "cfpb_fwb_10", **how) for d in (to_lazy(well_being), well_being))
    assert_same_scores(lazy, eager)
    assert "medium high" in run(lazy.scores)["financial_well_being_band"].to_list()


def test_irt_gives_the_published_scores_of_the_national_file_in_every_engine(national, to_lazy):
    items = [f"FWB1_{i}" for i in range(1, 7)] + [f"FWB2_{i}" for i in range(1, 5)]
    groups = ("agecat", dict.fromkeys(range(1, 6), "18-61") | dict.fromkeys(range(6, 9), "62+"))
    data = pl.from_pandas(national[[*items, "agecat", "FWBscore"]])
    how = {"age_group": groups, "mode": "self", "coded_from": 1, "missing_codes": [-1, -4]}
    attached = run(ps.score(to_lazy(data), "cfpb_fwb_10", items=items, method="irt", **how).attach())
    scored = attached.filter(pl.col("FWBscore") > 0)
    assert len(scored) == 6_389
    assert (scored["financial_well_being"] == scored["FWBscore"]).all()
    assert attached.filter(pl.col("FWBscore") < 0)["financial_well_being"].is_null().all()


def test_scores_and_attached_columns_stay_in_the_engine(burnout, to_lazy):
    data = to_lazy(burnout)
    result = ps.score(data, "mbi_gs", items="mbi_{}")
    assert isinstance(result, LazyScoreResult)
    # DuckDB reads the files of a Dataset
    kind = type(as_relation(burnout)) if isinstance(data, ds.Dataset) else type(data)
    assert type(result.scores) is type(result.attach()) is type(result.items()) is kind
    assert run(result.scores).columns == ps.score(burnout, "mbi_gs", items="mbi_{}").scores.columns


def test_attach_changes_no_other_column(well_being, to_lazy):
    attached = run(ps.score(to_lazy(well_being), "cfpb_fwb_10", method="irt", **WELL_BEING).attach())
    assert attached.select(well_being.columns).equals(well_being)


@pytest.mark.parametrize("method", ["lookup", "irt"])
def test_polars_keeps_the_rows_in_their_order(rng, method):
    answers = rng.integers(0, 5, (200_000, 10))
    data = pl.DataFrame({name: answers[:, j] for j, name in enumerate(FWB)})
    how = {"items": "fwb_{}", "method": method, "age_group": "62+", "mode": "self"}
    lazy, eager = (ps.score(d, "cfpb_fwb_10", **how).scores for d in (data.lazy(), data))
    assert lazy.collect()["financial_well_being"].equals(eager["financial_well_being"])


def test_scores_may_not_overwrite_a_column(burnout, to_lazy):
    result = ps.score(to_lazy(burnout.with_columns(exhaustion=1.0)), "mbi_gs", items="mbi_{}")
    assert run(result.scores)["exhaustion"].n_unique() > 1
    with pytest.raises(ps.InputError, match=r"attach\(\): the data already have a column 'exhaustion'"):
        result.attach()


@pytest.mark.parametrize("method", ["lookup", "irt"])
def test_counts_and_moments_are_those_of_rows_in_memory(well_being, to_lazy, method):
    lazy, eager = (
        ps.score(data, "cfpb_fwb_10", method=method, **WELL_BEING)
        for data in (to_lazy(well_being), well_being)
    )
    assert str(lazy.summary()) == str(eager.summary())
    assert lazy.notes == eager.notes
    for name in ("report", "tidy", "glance"):
        one, other = (pl.DataFrame(getattr(result, name)()) for result in (lazy, eager))
        # a mean of the same numbers added in another order
        assert_frame_equal(one, other)
    ours, theirs = lazy.to_dict(), eager.to_dict()
    assert ours["scales"][0].pop("mean") == pytest.approx(theirs["scales"][0].pop("mean"))
    assert ours.keys() == theirs.keys()
    assert ours["n"] == 300


def test_tables_come_in_the_callers_library_or_in_pandas(burnout):
    frames = [ps.score(to(burnout), "mbi_gs", items="mbi_{}").tidy() for to in ENGINES.values()]
    assert [type(frame) for frame in frames] == [pl.DataFrame, pd.DataFrame, pd.DataFrame]


def test_a_plot_is_that_of_rows_in_memory(burnout, to_lazy):
    heights = [
        [bar.get_height() for bar in ps.score(data, "mbi_gs", items="mbi_{}").plot("cynicism").patches]
        for data in (to_lazy(burnout), burnout)
    ]
    assert_allclose(*heights)


def test_items_after_reversal_are_those_of_rows_in_memory(to_lazy):
    data = pl.DataFrame({f"a{i}": [1, 5, None] for i in range(1, 29)})
    with pytest.warns(ps.PeerstatsWarning, match="not confirmed"):
        lazy, eager = (ps.score(d, "aws_28", items="a{}").items() for d in (to_lazy(data), data))
    assert run(lazy).equals(eager)


def test_sums_of_narrow_integers_do_not_overflow(to_lazy):
    data = pl.DataFrame({f"q{i}": pl.Series([126, 122], dtype=pl.Int8) for i in range(1, 29)})
    with pytest.warns(ps.PeerstatsWarning, match="not confirmed"):
        lazy, eager = (ps.score(d, "aws_28", items="q{}", coded_from=122) for d in (to_lazy(data), data))
    assert run(lazy.scores).equals(eager.scores)
    assert eager.scores["control"].to_list() == [5, 1]


def test_booleans_decimals_and_columns_without_a_value_are_numbers(to_lazy):
    data = pl.DataFrame({name: [1, 2] for name in MBI}).with_columns(
        mbi_1=pl.Series([True, False]),
        mbi_2=pl.Series(["3.0", "4.0"]).cast(pl.Decimal(4, 1)),
        mbi_8=pl.Series([None, None]),
        mbi_5=pl.Series([1.0, float("nan")], dtype=pl.Float32),
    )
    lazy, eager = (ps.score(d, "mbi_gs", items="mbi_{}") for d in (to_lazy(data), data.drop("mbi_8")
        .with_columns(mbi_8=pl.Series([None, None], dtype=pl.Int64))))  # fmt: skip
    assert run(lazy.scores).equals(eager.scores)


def test_one_aggregate_query_checks_before_the_scores_are_returned(burnout, to_lazy, monkeypatch):
    queries = []
    fetch = _lazy_checks.fetch
    monkeypatch.setattr(
        _lazy_checks, "fetch", lambda frame: queries.append(len(rows := fetch(frame))) or rows
    )
    monkeypatch.setattr(_lazy, "fetch", lambda _: pytest.fail("a mean needs no rows"))
    ps.score(to_lazy(burnout), "mbi_gs", items="mbi_{}")
    assert queries == [1]


def test_only_distinct_patterns_reach_the_array_kernel(well_being, to_lazy, monkeypatch):
    seen = []
    kernel = _lazy.score_patterns
    monkeypatch.setattr(
        _lazy,
        "score_patterns",
        lambda irt, patterns, *cell: seen.append(patterns) or kernel(irt, patterns, *cell),
    )
    twice = pl.concat([well_being, well_being.with_columns(pl.col("id") + 1_000)])
    lazy = ps.score(to_lazy(twice), "cfpb_fwb_10", method="irt", **WELL_BEING)
    assert_same_scores(lazy, ps.score(twice, "cfpb_fwb_10", method="irt", **WELL_BEING))
    assert sum(len(patterns) for patterns in seen) <= len(well_being)
    assert {patterns.shape[1] for patterns in seen} == {10}


def test_long_patterns_are_split_into_several_keys(well_being, to_lazy, monkeypatch):
    monkeypatch.setattr(_lazy, "_LARGEST", 1_000)
    lazy = ps.score(to_lazy(well_being), "cfpb_fwb_10", method="irt", **WELL_BEING)
    assert_same_scores(lazy, ps.score(well_being, "cfpb_fwb_10", method="irt", **WELL_BEING))


def test_a_lowest_code_that_never_occurs_is_pointed_out(burnout, to_lazy):
    shifted = burnout.with_columns(pl.col(MBI).clip(1, 6))
    assert any("coded_from=1" in note for note in ps.score(to_lazy(shifted), "mbi_gs", items="mbi_{}").notes)
    declared = ps.score(to_lazy(shifted), "mbi_gs", items="mbi_{}", coded_from=0)
    assert not any("coded_from" in note for note in declared.notes)


def test_several_results_live_on_one_duckdb_connection(well_being):
    connection = duckdb.connect()
    rows = well_being.to_arrow()
    connection.register("survey", rows)
    first, second = (
        ps.score(
            connection.sql(f"SELECT * FROM survey WHERE id % 2 = {half}"),  # noqa: S608  (a number)
            "cfpb_fwb_10",
            method="irt",
            **WELL_BEING,
        )
        for half in (0, 1)
    )
    assert connection.execute("SELECT count(*) FROM survey").fetchall() == [(300,)]
    for half, result in enumerate((first, second)):
        part = well_being.filter(pl.col("id") % 2 == half)
        assert_same_scores(result, ps.score(part, "cfpb_fwb_10", method="irt", **WELL_BEING))
    assert connection.execute("SHOW TABLES").fetchall() == [("survey",)]


def test_a_read_only_database_is_scored(well_being, tmp_path):
    path = str(tmp_path / "simulated.duckdb")
    connection = duckdb.connect(path)
    rows = well_being.to_arrow()
    connection.register("rows", rows)
    connection.execute("CREATE TABLE survey AS SELECT * FROM rows")
    connection.close()
    connection = duckdb.connect(path, read_only=True)
    lazy = ps.score(connection.table("survey"), "cfpb_fwb_10", method="irt", **WELL_BEING)
    assert_same_scores(lazy, ps.score(well_being, "cfpb_fwb_10", method="irt", **WELL_BEING))


def test_a_table_written_as_text_gives_the_same_scores(well_being, monkeypatch):
    monkeypatch.setattr(lazy_frames, "version", lambda _: "1.5.0")
    for method in ("lookup", "irt"):
        lazy = ps.score(as_relation(well_being), "cfpb_fwb_10", method=method, **WELL_BEING)
        assert_same_scores(lazy, ps.score(well_being, "cfpb_fwb_10", method=method, **WELL_BEING))


@pytest.mark.parametrize("release", ["1.5.0", "2.0.0"])
def test_where_nobody_can_be_scored_the_reasons_are_counted(well_being, to_lazy, monkeypatch, release):
    monkeypatch.setattr(lazy_frames, "version", lambda _: min(release, duckdb.__version__))
    children = to_lazy(well_being.with_columns(age=pl.lit(12)))
    result = ps.score(children, "cfpb_fwb_10", method="irt", **WELL_BEING)
    assert run(result.scores)["financial_well_being"].null_count() == 300
    assert result.glance()["n_scored"].to_list() == [0]
    assert result.to_dict()["scales"][0]["mean"] is None


def test_a_connection_closed_to_pythons_tables_is_told_how_to_open_it(well_being):
    connection = duckdb.connect(config={"python_enable_replacements": False})
    rows = well_being.to_arrow()
    connection.register("survey", rows)
    if int(duckdb.__version__[0]) < 2:
        lazy = ps.score(connection.table("survey"), "cfpb_fwb_10", method="lookup", **WELL_BEING)
        assert_same_scores(lazy, ps.score(well_being, "cfpb_fwb_10", method="lookup", **WELL_BEING))
        return
    with pytest.raises(ps.InputError, match="does not read tables of Python") as caught:
        ps.score(connection.table("survey"), "cfpb_fwb_10", method="lookup", **WELL_BEING)
    assert "python_enable_replacements = true" in caught.value.next_step


GOOD = {name: [2, 3, 2] for name in FWB} | {"age": [30, 70, 40], "mode": ["self"] * 3}


@pytest.mark.parametrize(
    ("change", "how", "message"),
    [
        ({"fwb_3": [2, 5, 9]}, {}, "'fwb_3' of 'cfpb_fwb_10' is answered 0 to 4; .* 2 rows, for example 9 "),
        ({"fwb_3": [2, 5, 9], "fwb_4": [-1, 2, 2]}, {}, r"\(3 such answers in 2 columns\)"),
        ({"fwb_3": [2, 2.5, 2]}, {}, r"1 row, for example 2.5 \(1 such answers in this column\)"),
        ({"fwb_3": [2, float("inf"), 2]}, {}, "1 row, for example inf"),
        ({"fwb_3": ["2", "x", "3"]}, {}, "'fwb_3' of the lazy frame must hold numbers and holds String"),
        ({"age": [30, 999, 40]}, {}, "age column 'age' must hold years; .* 1 row, for example 999"),
        ({"age": [30, -1, -1]}, {}, "2 rows, for example -1"),
        ({"age": ["a", "b", "c"]}, {}, "age column 'age' of the lazy frame must hold numbers"),
        ({"mode": ["self", "phone", "phone"]}, {}, "mode column 'mode' holds 'phone' in 2 rows"),
        ({}, {"mode": ("mode", {"self": "letter"})}, "mode maps to 'letter'"),
        ({}, {"mode": "how"}, "mode column 'how' is not in the data"),
        ({}, {"age": None}, "neither age= nor age_group="),
        ({}, {"age": None, "age_group": ("age", {30: "18-61", 70: "62+"})}, "holds 40 in 1 row"),
        ({}, {"items": "q{}"}, "10 of them are not in the data"),
    ],
)  # fmt: skip
def test_bad_input_is_named_by_column_count_and_example(to_lazy, change, how, message):
    data = to_lazy(pl.DataFrame(GOOD | change, strict=False))
    with pytest.raises(ps.InputError, match=message) as caught:
        ps.score(data, "cfpb_fwb_10", method="irt", **(WELL_BEING | how))
    assert caught.value.next_step
    assert re.match(r"score\(\): ", str(caught.value))


def test_text_in_a_lazy_frame_is_told_its_next_step(to_lazy):
    data = to_lazy(pl.DataFrame({name: ["Never", "Every day"] for name in MBI}))
    with pytest.raises(ps.InputError, match="item column 'mbi_1' of the lazy frame") as caught:
        ps.score(data, "mbi_gs", items="mbi_{}")
    assert "Turn the words into codes in the engine" in caught.value.next_step


def test_a_file_coded_from_one_stops_and_is_told_the_word(to_lazy):
    data = to_lazy(pl.DataFrame({name: [1, 7, 6] for name in MBI}))
    with pytest.raises(ps.InputError, match=r"coded 1 to 7, say coded_from=1"):
        ps.score(data, "mbi_gs", items="mbi_{}")


def test_nobody_is_no_data(to_lazy):
    data = to_lazy(pl.DataFrame({name: pl.Series([], dtype=pl.Int64) for name in MBI}))
    with pytest.raises(ps.InputError, match="the data have 0 rows and 16 columns"):
        ps.score(data, "mbi_gs", items="mbi_{}")


def test_one_respondent_is_scored(to_lazy):
    data = pl.DataFrame({name: [3] for name in MBI})
    result = ps.score(to_lazy(data), "mbi_gs", items="mbi_{}")
    assert run(result.scores)["exhaustion"].to_list() == [3.0]
    assert result.tidy()["n_scored"].to_list() == [1, 1, 1]
    assert np.isnan(pd.DataFrame(result.tidy().to_dict("list") if isinstance(result.tidy(), pd.DataFrame)
        else result.tidy().to_dict(as_series=False))["sd"].astype(float)).all()  # fmt: skip
