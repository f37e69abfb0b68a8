"""Whoever holds the rows, sums of products by keys are the same."""

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from numpy.testing import assert_allclose

from peerstats.engines import (
    ROWS,
    WEIGHT_STATE,
    Beside,
    Number,
    Totals,
    as_batches,
    highest,
    lowest,
    state,
)

_OPEN = []


def people(n=500):
    rng = np.random.default_rng(1)
    day = [None if i % 7 == 0 else dt.date(2020, 1, 1 + i % 3) for i in range(n)]
    wage = [None if i % 5 == 0 else float("nan") if i % 11 == 0 else i * 1.5 for i in range(n)]
    weight = [None, np.inf, -1.0, 0.0, 0.5, *rng.integers(1, 4, n - 5).astype(float)]
    return pa.table(
        {
            "id.x": pa.array(2**60 + rng.integers(0, 3, n)),
            "a word": pa.array(rng.choice(["x", "y'z"], n).tolist()),
            "day": pa.array(day),
            "wage": pa.array(wage),
            "weight": pa.array(weight),
            "inside": pa.array(rng.random(n) < 0.5),
        }
    )


def relation(table):
    _OPEN.append(duckdb.connect())  # before DuckDB 1.5 a relation does not keep its connection
    _OPEN[-1].register("people", table)
    return _OPEN[-1].table("people")


ENGINES = {
    "duckdb": relation,
    "polars": lambda table: pl.from_arrow(table).lazy(),
    "arrow": lambda table: ds.dataset(pa.Table.from_batches(table.to_batches(max_chunksize=50))),
}
if not hasattr(pl.LazyFrame, "collect_batches"):  # in old versions of polars
    del ENGINES["polars"]


@pytest.mark.parametrize("engine", ENGINES)
def test_sums_by_keys_are_those_of_pandas(engine):
    batches = as_batches(ENGINES[engine](people()), "f")
    found = batches.totals(
        Totals(
            keys=("a word", "id.x"),
            states=("wage",),
            weights="weight",
            whole=True,
            numbers={"w": Number("weight"), "y": Number("wage")},
            sums={"wy": ("w", "y"), "wwy": ("w", "w", "y")},
            extremes=("y",),
            where="inside",
            limit=1000,
        )
    )
    data = people().to_pandas()
    data = data[data["inside"]].assign(state=lambda frame: frame["wage"].notna().astype(int), kind=1)
    w = data["weight"]
    data.loc[w == 0, "kind"] = 0
    data.loc[w.isna(), "kind"] = 2
    data.loc[np.isinf(w), "kind"] = 3
    data.loc[w < 0, "kind"] = 4
    data.loc[(w > 0) & np.isfinite(w) & (w % 1 > 0), "kind"] = 5
    w, y = w.where(np.isfinite(w), 0.0).fillna(0.0), data["wage"].fillna(0.0)
    sums = data.assign(wy=w * y, wwy=w * w * y, low=y, high=y, rows=1).groupby(
        ["a word", "id.x", "state", "kind"]
    )
    wanted = sums.agg({"rows": "sum", "wy": "sum", "wwy": "sum", "low": "min", "high": "max"})
    names = ["a word", "id.x", state("wage"), WEIGHT_STATE]
    rows = pd.DataFrame({name: found[name].to_list() for name in found.columns}).set_index(names).sort_index()
    assert rows.index.tolist() == wanted.index.tolist()
    columns = [ROWS, "wy", "wwy", lowest("y"), highest("y")]
    assert_allclose(rows[columns].to_numpy(float), wanted.to_numpy(float), rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_logarithms_are_summed_over_positive_numbers(engine):
    batches = as_batches(ENGINES[engine](people()), "f")
    asked = Totals(numbers={"l": Number("weight", log=True)}, states=("weight",), sums={"l": ("l",)}, limit=9)
    found = batches.totals(asked)
    w = people().to_pandas()["weight"]
    wanted = np.log(w[(w > 0) & np.isfinite(w)]).sum()
    assert_allclose(np.asarray(found["l"].to_numpy(), float).sum(), wanted, rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("inner", [True, False])
def test_a_table_beside_gives_each_row_the_numbers_of_its_keys(engine, inner):
    batches = as_batches(ENGINES[engine](people()), "f")
    keys = ("a word", "day", "id.x")
    groups = batches.totals(Totals(keys=keys, limit=100))
    centre = np.arange(len(groups)) * 10.0
    found = batches.totals(
        Totals(
            beside_keys=("row",),
            numbers={"d": Number("wage", less="centre"), "below": Number("wage", at_most="centre")},
            sums={"dd": ("d", "d"), "below": ("below",)},
            beside=Beside(
                frame=groups,
                keys=keys,
                numbers={"centre": centre, "row": np.arange(len(groups)) * 1.0},
                inner=inner,
            ),
            limit=100,
        )
    )
    table = pd.DataFrame({name: groups[name].to_list() for name in keys}).assign(centre=centre)
    data = people().to_pandas().merge(table[table["day"].notna()], on=list(keys), how="inner")
    off = (data["wage"] - data["centre"]).fillna(0.0)
    wanted = data.assign(dd=off**2, below=data["wage"] <= data["centre"], rows=1).groupby("centre")
    rows = np.column_stack([np.asarray(found[x].to_numpy(), float) for x in ("row", ROWS, "dd", "below")])
    without = np.isnan(rows[:, 0])
    # rows without a day meet nothing
    assert without.any() != inner
    assert rows[without, 1].sum() == (0 if inner else people()["day"].null_count)
    rows = rows[~without]
    rows = rows[np.argsort(rows[:, 0])]
    assert_allclose(rows[:, 1:], wanted[["rows", "dd", "below"]].sum().to_numpy(float), rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_without_keys_all_rows_are_one_sum_and_a_limit_says_that_there_are_more(engine):
    batches = as_batches(ENGINES[engine](people()), "f")
    assert batches.totals(Totals(limit=10))[ROWS].to_list() == [500]
    assert len(batches.totals(Totals(keys=("wage",), limit=10))) > 10
