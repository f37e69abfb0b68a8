"""The codebook is a table, answers for labels, and counts every cell once."""

import json

import pandas as pd
import pyreadstat
import pytest

import peerstats as ps


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "simulated.sav"
    data = pd.DataFrame(
        {"q": [1.0, 2.0, -9.0, None, 2.0], "age": [30.0, 40.0, 98.0, 99.0, 50.0], "w": list("abcde")}
    )
    pyreadstat.write_sav(
        data,
        path,
        column_labels={"q": "Tell?"},
        variable_value_labels={"q": {1: "Yes", 2: "No", 3: "Maybe", -9: "Refused"}},
        missing_ranges={"q": [-9], "age": [{"lo": 97, "hi": 99}]},
    )
    return ps.read_survey(path).codebook


def test_a_row_stands_for_each_labelled_value_and_each_code_that_occurs(book):
    rows = book.tidy()
    of_q = rows[rows["variable"] == "q"]
    assert of_q["code"].tolist() == ["1", "2", "3", "-9"]
    assert of_q["code_label"].tolist() == ["Yes", "No", "Maybe", "Refused"]
    assert of_q["user_missing"].tolist() == [False, False, False, True]
    assert of_q["n"].tolist() == [1, 2, 0, 1]
    of_age = rows[rows["variable"] == "age"]
    assert of_age["code"].tolist()[1:] == ["98", "99"]
    assert of_age["n"].tolist() == [3, 1, 1]


def test_valid_blank_and_user_missing_cells_are_all_cells(book):
    for variable in book:
        assert variable.n + variable.n_blank + sum(variable.missing_counts.values()) == book.n_rows
    whole = book.glance().iloc[0]
    assert (whole["n"], whole["n_variables"], whole["n_labelled"]) == (5, 3, 1)
    assert (whole["n_blank"], whole["n_user_missing"]) == (1, 3)


def test_the_codebook_is_strict_json(book):
    plain = json.loads(json.dumps(book.to_dict(), allow_nan=False))
    assert plain["schema"] == 1
    assert plain["variables"][0]["values"][0] == {"code": 1.0, "label": "Yes", "n": 1}
    assert plain["variables"][1]["user_missing"] == [{"low": 97.0, "high": 99.0}]


def test_the_printed_codebook_names_codes_ranges_and_counts(book):
    text = book.summary()
    assert "1 = Yes; 2 = No; 3 = Maybe" in text
    assert "-9 = Refused (n=1)" in text
    assert "97 to 99 (n=2)" in text


def test_a_codebook_of_thousands_shows_its_first_variables_at_the_prompt(tmp_path):
    path = tmp_path / "simulated.csv"
    names = [f"q{i}" for i in range(2_000)]
    path.write_text(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n", encoding="utf-8")
    book = ps.read_survey(path).codebook
    assert "1,960 more variables" in repr(book)
    assert len(repr(book)) < 5_000
    assert len(book.tables()[0].rows) == len(book) == 2_000


def test_a_variable_that_is_not_there_is_told_with_the_closest(book):
    with pytest.raises(ps.InputError, match=r"no variable 'agee' in simulated.sav(.|\n)*'age'"):
        book["agee"]
    assert book.label("agee") == "agee"
    assert "age" in book
    assert book.names == ("q", "age", "w")


def test_neither_the_codebook_nor_its_labels_can_be_changed(book):
    with pytest.raises(AttributeError):
        book.source = "other"
    with pytest.raises(TypeError):
        book["q"].counts[1.0] = 5


def test_dates_go_through_an_spss_file(tmp_path):
    path = tmp_path / "simulated.csv"
    path.write_text("day\n2024-01-01\n", encoding="utf-8")
    ps.read_survey(path, dates=["day"]).to_sav(tmp_path / "simulated.sav")
    again = ps.read_survey(tmp_path / "simulated.sav")
    assert again.data["day"].tolist() == [pd.Timestamp("2024-01-01")]
    assert again.codebook["day"].kind == "date"
