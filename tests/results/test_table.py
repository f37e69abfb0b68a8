import json
import math
import pickle

import numpy as np
import pytest

import peerstats as ps
from peerstats.results import Column, Table


def small(**changes):
    record = {
        "key": "t",
        "title": "T",
        "columns": [Column(key="a", label="A"), Column(key="b", label="B", kind="number")],
        "rows": [("x", 1.0)],
    }
    return Table(**(record | changes))


def test_a_table_keeps_tuples_whatever_came_in():
    table = small(rows=np.array([[1.0, 2.0], [3.0, 4.0]]), lines=["used"], notes=["note"])
    assert table.rows == ((1.0, 2.0), (3.0, 4.0))
    assert all(type(cell) is float for row in table.rows for cell in row)
    assert (table.lines, table.notes) == (("used",), ("note",))
    assert isinstance(table.columns, tuple)


def test_numpy_scalars_become_python_numbers_and_stay_unrounded():
    table = small(rows=[("x", np.float64(1 / 3)), ("y", np.int64(3))])
    assert table.rows == (("x", 1 / 3), ("y", 3))
    assert type(table.rows[1][1]) is int


def test_a_table_cannot_be_changed():
    with pytest.raises(AttributeError):
        small().title = "other"


def test_a_table_survives_pickling():
    table = small()
    assert pickle.loads(pickle.dumps(table)).to_text() == table.to_text()  # noqa: S301  (our own bytes)


def test_two_columns_with_one_key_are_refused():
    with pytest.raises(ps.InputError, match=r"Table\(\): table 't' has two columns with key 'a'\."):
        small(columns=[Column(key="a", label="A"), Column(key="a", label="B")])


def test_a_row_of_another_length_is_refused_with_its_place():
    with pytest.raises(ps.InputError, match=r"row 1 of table 't' has 3 cells, the table has 2 columns"):
        small(rows=[("x", 1.0), ("y", 2.0, 3.0)])


def test_a_cell_that_is_no_scalar_is_refused_with_its_place():
    with pytest.raises(ps.InputError, match=r"row 0 of table 't', column 'b' holds a list"):
        small(rows=[("x", [1.0])])


@pytest.mark.parametrize("key", ["", "1st", "a b", 'x"', "a<b"])
def test_a_key_that_cannot_be_an_html_id_is_refused(key):
    with pytest.raises(ps.InputError, match="cannot be an HTML id"):
        small(key=key)


def test_a_table_without_columns_is_refused():
    with pytest.raises(ps.InputError, match="table 't' has no columns"):
        small(columns=[], rows=[])


@pytest.mark.parametrize("name", ["lines", "notes"])
def test_one_text_is_not_taken_for_a_sequence_of_letters(name):
    with pytest.raises(ps.InputError, match=f"{name}='converged' is one text"):
        small(**{name: "converged"})


def test_a_column_of_unknown_kind_is_refused():
    with pytest.raises(ps.InputError, match=r"Column\(\): kind='money' is not known"):
        Column(key="a", label="A", kind="money")


def test_negative_decimals_are_refused():
    with pytest.raises(ps.InputError, match=r"column 'a' has digits=-1"):
        Column(key="a", label="A", kind="number", digits=-1)


def test_a_column_needs_a_key():
    with pytest.raises(ps.InputError, match="the column labelled 'A' has an empty key"):
        Column(key="", label="A")


def test_the_dictionary_is_json_and_keeps_unrounded_numbers():
    table = small(rows=[("x", 1 / 3), ("y", math.nan), ("z", math.inf), (None, -math.inf)], notes=["n"])
    told = json.loads(json.dumps(table.to_dict(), allow_nan=False))
    assert told == {
        "schema": 1,
        "key": "t",
        "title": "T",
        "columns": [
            {"key": "a", "label": "A", "kind": "text", "digits": 2},
            {"key": "b", "label": "B", "kind": "number", "digits": 2},
        ],
        "rows": [["x", 1 / 3], ["y", None], ["z", "inf"], [None, "-inf"]],
        "lines": [],
        "notes": ["n"],
    }
    assert float(told["rows"][3][1]) == -math.inf


def repeated(*rows):
    columns = [
        Column(key="outcome", label="Outcome", blank_repeats=True),
        Column(key="term", label="Term", blank_repeats=True),
        Column(key="n", label="n", kind="integer"),
    ]
    return Table(key="t", title="T", columns=columns, rows=rows).cells()


def test_a_repeated_value_prints_once_and_again_after_a_change():
    assert [row[0] for row in repeated(("a", "x", 1), ("a", "y", 1), ("b", "x", 1), ("a", "x", 1))] == [
        "a",
        "",
        "b",
        "a",
    ]


def test_a_repeat_shows_where_the_column_to_its_left_has_changed():
    assert repeated(("a", "x", 1), ("b", "x", 1), ("b", "x", 1)) == (
        ("a", "x", "1"),
        ("b", "x", "1"),
        ("", "", "1"),
    )


def test_a_column_that_does_not_ask_for_blanks_repeats_itself():
    assert [row[2] for row in repeated(("a", "x", 5), ("a", "x", 5))] == ["5", "5"]


def test_values_that_only_round_to_the_same_text_are_no_repeats():
    column = Column(key="m", label="M", kind="number", digits=1, blank_repeats=True)
    table = Table(key="t", title="T", columns=[column], rows=[(0.11,), (0.12,)])
    assert table.cells() == (("0.1",), ("0.1",))
