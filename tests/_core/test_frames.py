"""The frame door: every kind in, the same kind out, and odd frames told by name."""

import narwhals.stable.v2 as nw  # noqa: TID251  (tests look at frames of every kind)
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import peerstats as ps
from peerstats._core.frames import (
    frame_like,
    is_null,
    new_frame,
    read_frame,
    read_numbers,
    read_words,
    row_name,
    with_columns,
)


def test_numbers_read_the_same_from_every_kind(make_frame):
    frame = read_frame(make_frame({"a": [1, None, 3], "b": [0.5, 1.5, None], "c": [True, False, None]}), "t")
    np.testing.assert_array_equal(
        read_numbers(frame, ["a", "b", "c"], "t"),
        [[1, 0.5, 1], [np.nan, 1.5, 0], [3, np.nan, np.nan]],
    )


def test_words_read_the_same_from_every_kind(make_frame):
    frame = read_frame(make_frame({"w": ["b", None, "a", "b"], "n": [2, None, 1, 2]}), "t")
    for column, levels in (("w", ["a", "b"]), ("n", [1, 2])):
        codes, found = read_words(frame, column)
        assert found == levels
        assert codes.tolist() == [1, -1, 0, 1]


def test_levels_keep_the_order_of_categories_and_only_those_that_occur():
    column = pd.Categorical(["lo", "hi", "lo"], categories=["lo", "mid", "hi"])
    assert read_words(read_frame(pd.DataFrame({"x": column}), "t"), "x")[1] == ["lo", "hi"]
    enum = pl.Series("x", ["lo", "hi", "lo"], dtype=pl.Enum(["lo", "mid", "hi"]))
    assert read_words(read_frame(pl.DataFrame({"x": enum}), "t"), "x")[1] == ["lo", "hi"]


def test_numeric_categories_are_numbers():
    frame = read_frame(pd.DataFrame({"x": pd.Categorical([3, 1, None])}), "t")
    np.testing.assert_array_equal(read_numbers(frame, ["x"], "t")[:, 0], [3, 1, np.nan])


def test_columns_come_back_in_the_same_kind_with_missing_as_null(make_frame):
    data = make_frame({"a": [1, 2]})
    made = frame_like(read_frame(data, "t"), {"x": np.array([1.5, np.nan]), "y": ["u", None]})
    assert type(made) is type(data)
    frame = nw.from_native(made, eager_only=True)
    assert [is_null(frame[name]).tolist() for name in ("x", "y")] == [[False, True], [False, True]]


def test_added_columns_leave_the_callers_frame_alone(make_frame):
    data = make_frame({"a": [1, 2]})
    added = nw.from_native(with_columns(read_frame(data, "t"), {"b": np.array([3.0, 4.0])}), eager_only=True)
    assert added.columns == ["a", "b"]
    assert nw.from_native(data, eager_only=True).columns == ["a"]


def test_a_pandas_index_with_copies_is_kept():
    data = pd.DataFrame({"a": [1, 2]}, index=pd.Index([7, 7], name="subject"))
    frame = read_frame(data, "t")
    assert list(with_columns(frame, {"b": np.array([3.0, 4.0])}).index) == [7, 7]
    assert row_name(frame, 1) == "subject 7"
    assert row_name(read_frame(data.reset_index(drop=True), "t"), 1) == "row 1"
    assert row_name(read_frame(pl.DataFrame({"a": [1, 2]}), "t"), 1) == "row 1"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (3, "data is a builtins int, not a frame"),
        ([{"a": 1}], "not a frame in memory"),
        (pd.Series([1, 2], name="a"), "Series, not a frame in memory"),
        (pd.DataFrame({"a": []}), "0 rows and 1 column"),
        (pd.DataFrame(index=[1, 2]), "2 rows and 0 columns|0 rows and 0 columns"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "more than one column named 'a'"),
        (pd.DataFrame([[1, 2]]), "name is not text: 0"),
    ],
    ids=["number", "list", "series", "no-rows", "no-columns", "copies", "numbers-as-names"],
)
def test_what_is_no_frame_is_told(data, message):
    with pytest.raises(ps.InputError, match=message) as caught:
        read_frame(data, "t")
    assert caught.value.next_step


@pytest.mark.parametrize("bad", [["x", 1], [pd.Timestamp("2020-01-01"), None], [[1], [2]]])
def test_cells_that_are_no_numbers_are_named(bad):
    with pytest.raises(ps.InputError, match="column 'a' must hold numbers"):
        read_numbers(read_frame(pd.DataFrame({"a": pd.Series(bad, dtype=object)}), "t"), ["a"], "t")
    with pytest.raises(ps.InputError, match="'d' must hold numbers and holds Datetime"):
        read_numbers(read_frame(pd.DataFrame({"d": pd.to_datetime(["2020-01-01"])}), "t"), ["d"], "t")


def test_a_new_frame_is_of_the_library_that_is_named():
    for backend, kind in (("pandas", "pandas"), ("polars", "polars"), ("pyarrow", "pyarrow")):
        assert type(new_frame({"a": np.array([1])}, backend)).__module__.startswith(kind)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([2**60, 1, 2]),
        pd.Series([-(2**60), 1, None], dtype="Int64"),
        pl.Series([2**60, None, 1]),
        pl.Series([2**63 + 5, 1, 2], dtype=pl.UInt64),
        pa.array([1, 2, 2**53 + 1]),
    ],
    ids=["pandas", "pandas with gaps", "polars", "unsigned", "pyarrow"],
)
def test_whole_numbers_that_floats_cannot_tell_apart_are_refused(column):
    make = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}
    frame = make[type(column).__module__.partition(".")[0]]({"id": column, "job": ["a", "b", "a"]})
    with pytest.raises(ps.InputError, match=r"'id' holds -?\d{16,}; beyond 2\^53.*\n.*C\(column\)"):
        ps.estimate(frame, "id")
    # as names they are exact
    levels = read_words(nw.from_native(frame, eager_only=True), "id")[1]
    assert max(map(abs, levels)) > 2**53


def test_a_whole_number_column_without_a_value_is_no_fault_of_size():
    frame = pd.DataFrame({"id": pd.array([None, None], dtype="Int64"), "age": [30.0, 40.0]})
    with pytest.raises(ps.InputError, match="has no value"):
        ps.estimate(frame, "id")
