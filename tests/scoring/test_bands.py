"""Bands of the CFPB score: on request only, and said to be unconfirmed."""

import duckdb
import pandas as pd
import polars as pl
import pytest

import peerstats as ps

ANSWERS = {f"q{i}": [0, 2, 4, None] for i in range(1, 11)}
HOW = {"items": "q{}", "method": "irt", "age_group": "18-61", "mode": "self"}


def test_bands_are_there_only_when_asked_for():
    data = pd.DataFrame(ANSWERS)
    assert "financial_well_being_band" not in ps.score(data, "cfpb_fwb_10", **HOW).scores.columns
    with pytest.warns(ps.PeerstatsWarning, match="bands of 'cfpb_fwb_10' are not confirmed") as caught:
        result = ps.score(data, "cfpb_fwb_10", bands=True, **HOW)
    assert len(caught) == 1
    assert any("bands" in note for note in result.notes)
    scores = result.scores
    edges = [0, 30, 38, 50, 58, 68, 101]
    names = ["very low", "low", "medium low", "medium high", "high", "very high"]
    expected = pd.cut(scores["financial_well_being"], edges, right=False, labels=names).astype(object)
    assert scores["financial_well_being_band"].fillna("").tolist() == expected.fillna("").tolist()
    assert scores["financial_well_being_band"].isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.filterwarnings("ignore:score.*bands of:peerstats.PeerstatsWarning")
def test_bands_are_the_same_in_an_engine(engine):
    """The engine may give its rows in another order, so they are matched by name."""
    rows = pl.DataFrame(ANSWERS | {"id": range(4)})
    expected = ps.score(rows, "cfpb_fwb_10", bands=True, **HOW).attach()
    with duckdb.connect() as connection:
        lazy = rows.lazy() if engine == "polars" else connection.from_arrow(rows.to_arrow())
        found = ps.score(lazy, "cfpb_fwb_10", bands=True, **HOW).attach()
        found = found.collect() if engine == "polars" else pl.from_arrow(found.to_arrow_table())
    assert found.columns == expected.columns
    bands = found.sort("id")["financial_well_being_band"].to_list()
    assert bands == expected["financial_well_being_band"].to_list()


def test_an_instrument_without_bands_says_so():
    data = pd.DataFrame({f"m{i}": [1] for i in range(1, 17)})
    with pytest.raises(ps.InputError, match="'mbi_gs' has no bands"):
        ps.score(data, "mbi_gs", items="m{}", bands=True)
