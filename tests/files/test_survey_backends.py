"""A survey in polars and pyarrow: the same cells, labels and user-missing codes as in pandas."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

import peerstats as ps

OTHERS = pytest.mark.parametrize("backend", ["polars", "pyarrow"])
TEXT = (
    "id,wage,age,county,started,word\n"
    "1,17.5,40,01001,2019-03-04,x\n"
    "2,,-9,36005,,\n"
    "3,20,NA,41051,2024-02-29,y\n"
)


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "simulated.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def sav(tmp_path):
    path = tmp_path / "simulated.sav"
    frame = pd.DataFrame(
        {
            "job": [1.0, 2.0, -8.0, np.nan],
            "age": [30.0, 40.5, -9.0, 50.0],
            "word": ["a", "", "b", "c"],
            "day": pd.to_datetime(["2020-01-01", None, "2020-03-01", "2020-04-01"]),
        }
    )
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"job": "Kind of job"},
        variable_value_labels={"job": {2.0: "Peer", 1.0: "Other", -8.0: "Refused"}},
        missing_ranges={"job": [-8.0], "age": [{"lo": -9.0, "hi": -8.0}]},
    )
    return path


def rows(data):
    """Return the cells as Python's own, None where missing."""
    frame = pl.from_arrow(data) if isinstance(data, pa.Table) else data
    return frame.to_dict(as_series=False)


@OTHERS
def test_integers_with_gaps_stay_integers_and_missing_cells_are_null(text, backend):
    survey = ps.read_survey(text, backend=backend, dates=["started"], missing_codes={"age": [-9]})
    assert rows(survey.data) == {
        "id": [1, 2, 3],
        "wage": [17.5, None, 20.0],
        "age": [40, None, None],
        "county": ["01001", "36005", "41051"],
        "started": [dt.datetime(2019, 3, 4), None, dt.datetime(2024, 2, 29)],  # noqa: DTZ001
        "word": ["x", None, "y"],
    }
    frame = pl.from_arrow(survey.data) if backend == "pyarrow" else survey.data
    assert frame.schema["age"] == frame.schema["id"] == pl.Int64
    assert frame.schema["wage"] == pl.Float64


@OTHERS
@pytest.mark.parametrize("values", ["codes", "labels"])
def test_labels_codes_and_counts_are_those_of_pandas(sav, backend, values):
    survey, other = (ps.read_survey(sav, values=values, backend=each) for each in ("pandas", backend))
    assert other.codebook.to_dict() == survey.codebook.to_dict()
    assert len(other) == 4
    assert survey.summary() == other.summary()
    expected = {
        name: [None if cell != cell or cell is pd.NaT else cell for cell in survey.data[name].tolist()]  # noqa: PLR0124
        for name in survey.data
    }
    assert rows(other.data) == expected
    if values == "labels" and backend == "polars":
        assert other.data.schema["job"] == pl.Enum(["Other", "Peer"])


@OTHERS
@pytest.mark.parametrize("values", ["codes", "labels"])
def test_a_sav_round_trip_keeps_labels_and_codes(sav, backend, values, tmp_path):
    survey = ps.read_survey(sav, values=values, backend=backend)
    survey.to_sav(tmp_path / "again.sav")
    first, second = (ps.read_survey(path, keep_missing_codes=True) for path in (sav, tmp_path / "again.sav"))
    pd.testing.assert_frame_equal(first.data, second.data)
    assert [dict(v.values) for v in first.codebook] == [dict(v.values) for v in second.codebook]
    assert [v.missing for v in first.codebook] == [v.missing for v in second.codebook]


@OTHERS
def test_codes_come_back_and_filtered_rows_are_counted_anew(sav, backend):
    survey = ps.read_survey(sav, backend=backend)
    assert rows(survey.with_missing_codes())["job"] == [1.0, 2.0, -8.0, None]
    assert rows(survey.labelled())["job"] == ["Other", "Peer", None, None]
    part = survey.with_data(survey.data[:2])
    assert type(part.data) is type(survey.data)
    assert dict(part.codebook["job"].counts) == {1.0: 1, 2.0: 1}
    turned = survey.data.reverse() if backend == "polars" else survey.data.take([3, 2, 1, 0])
    moved = ps.Survey(data=turned, codebook=survey.codebook, missing_cells=survey.missing_cells)
    with pytest.raises(ps.InputError, match="no longer have the 4 rows"):
        moved.with_missing_codes()


@OTHERS
def test_parquet_keeps_integers_booleans_categories_and_dates(tmp_path, backend):
    table = pa.table(
        {
            "n": pa.array([1, None, 3]),
            "share": pa.array([1.0, None, 3.0]),
            "yes": pa.array([True, False, True]),
            "perhaps": pa.array([True, None, False]),
            "job": pa.array(["b", "a", None]).dictionary_encode(),
            "day": pa.array([dt.date(2020, 1, 1), None, dt.date(1950, 1, 1)]),
            "key": pa.array([2**60 + 1, None, 5]),
        }
    )
    pq.write_table(table, tmp_path / "simulated.parquet")
    survey = ps.read_survey(tmp_path / "simulated.parquet", backend=backend)
    expected = table.to_pydict() | {"key": [str(2**60 + 1), None, "5"]}
    assert rows(survey.data) == expected
    frame = pl.from_arrow(survey.data) if backend == "pyarrow" else survey.data
    assert (frame.schema["n"], frame.schema["share"]) == (pl.Int64, pl.Float64)
    assert frame.schema["perhaps"] == pl.Boolean
    assert survey.codebook.notes == ("Kept as text, because a number with gaps would lose digits: 'key'.",)


@OTHERS
def test_a_table_and_a_model_of_it_are_those_of_pandas(tmp_path, backend):
    rng = np.random.default_rng(3)
    path = tmp_path / "simulated.csv"
    age = rng.integers(20, 60, 200)
    pd.DataFrame(
        {"age": np.where(rng.random(200) < 0.1, np.nan, age), "job": rng.choice(["peer", "other"], 200)}
    ).to_csv(path, index=False)
    here, there = (ps.read_survey(path, backend=each) for each in ("pandas", backend))
    assert ps.table_one(here, by="job").to_dict() == ps.table_one(there, by="job").to_dict()
    fits = [ps.logistic("job ~ age", each, base="other").to_dict() for each in (here, there)]
    assert fits[0] == fits[1]


def test_letters_among_numbers_and_unknown_libraries_are_refused(tmp_path, text, monkeypatch):
    path = tmp_path / "simulated.dta"
    pyreadstat.write_dta(
        pd.DataFrame({"wage": pd.Series([1.5, "a"], dtype=object)}), path, missing_user_values={"wage": ["a"]}
    )
    assert rows(ps.read_survey(path, backend="polars").data) == {"wage": [1.5, None]}
    with pytest.raises(ps.InputError, match=r"'wage' holds numbers and text together, which polars cannot"):
        ps.read_survey(path, backend="polars", keep_missing_codes=True)
    with pytest.raises(ps.InputError, match="backend='spark' is not known"):
        ps.read_survey(text, backend="spark")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ps.MissingExtraError, match=r"needs the package 'polars'(.|\n)*pip install polars"):
        ps.read_survey(text, backend="polars")
