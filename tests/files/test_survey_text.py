"""Delimited text: what is found out, what is counted, what is refused by line."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peerstats as ps


@pytest.fixture
def text(tmp_path):
    """Return a function that writes a file and reads it as a survey."""

    def read(content, file="simulated.csv", **how):
        path = tmp_path / file
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return ps.read_survey(path, **how)

    return read


@settings(max_examples=25, deadline=None)
@given(
    numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=20),
    words=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=6), min_size=2),
    delimiter=st.sampled_from(",\t;|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_is_read(tmp_path_factory, numbers, words, delimiter, encoding):
    n = min(len(numbers), len(words))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["number", "word", "end"])
    for number, word in zip(numbers[:n], words[:n], strict=True):
        writer.writerow([repr(number), f"x{word}", "e"])
    path = tmp_path_factory.mktemp("text") / "simulated.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    data = ps.read_survey(path).data
    np.testing.assert_array_equal(data["number"].to_numpy(dtype=float), numbers[:n])
    assert data["word"].tolist() == [f"x{word}".strip() for word in words[:n]]


def test_numbers_are_read_as_pandas_reads_them(text):
    content = "a,b,c,d\n1,1.5,-2e3,\n2,.5,+4,\n3,7.,1E-2,8\n"
    expected = pd.read_csv(io.StringIO(content))
    pd.testing.assert_frame_equal(text(content).data, expected)


@pytest.mark.parametrize("delimiter", ",\t;|")
def test_the_delimiter_is_found_and_said(text, delimiter):
    survey = text(f'a{delimiter}"b, and c"\n1{delimiter}x\n')
    assert list(survey.data.columns) == ["a", "b, and c"]
    assert survey.codebook.notes == (
        ()
        if delimiter == ","
        else (f"Cells are separated by { {'|': 'bar', ';': 'semicolon'}.get(delimiter, 'tab') }s.",)
    )


@pytest.mark.parametrize(("encoding", "n_notes"), [("utf-8", 0), ("utf-8-sig", 0), ("cp1252", 1)])
def test_accents_come_through_and_a_guess_is_told(text, encoding, n_notes):
    survey = text("name,n\nJosé,1\n".encode(encoding))
    assert survey.data["name"].tolist() == ["José"]
    assert survey.data.columns[0] == "name"
    assert len(survey.codebook.notes) == n_notes
    if n_notes:
        assert "not UTF-8 (first on line 2)" in survey.codebook.notes[0]


def test_a_mark_before_a_mark_is_no_part_of_the_first_name(text):
    assert list(text(b"\xef\xbb\xbf\xef\xbb\xbfa,b\n1,2\n").data) == ["a", "b"]


def test_a_sheet_of_a_text_file_is_refused(text):
    with pytest.raises(ps.InputError, match=r"sheet= is for an Excel workbook, and simulated\.csv is delim"):
        text("a,b\n1,2\n", sheet="Answers")


def test_a_declared_encoding_that_is_wrong_names_the_byte_and_its_line(text):
    with pytest.raises(ps.SourceError, match=r"simulated.csv is not in utf-8: byte 0xe9 on line 2"):
        text("name\nJosé\n".encode("cp1252"), encoding="utf-8")
    with pytest.raises(ps.SourceError, match=r"not in cp1252: byte 0x81 on line 2"):
        text(b"name\n\x81\xff\n")
    with pytest.raises(ps.InputError, match="encoding='martian' is not known"):
        text("a\n1\n", encoding="martian")


def test_na_is_missing_and_counted_and_stays_on_request(text):
    survey = text("a,b\n1,NA\nNA,x\n3,NA\n")
    assert survey.data["a"].tolist()[0] == 1
    assert survey.data.isna().sum().tolist() == [1, 2]
    assert survey.codebook.notes == ("'NA' was read as missing in 3 cells of 2 columns; na=() keeps it.",)
    kept = text("country,b\nNA,1\nUS,2\n", na=())
    assert kept.data["country"].tolist() == ["NA", "US"]


def test_digits_that_a_number_would_lose_stay_text(text):
    survey = text("zip,id,code\n00501,12345678901234567,10\n10001,12345678901234568,0\n")
    assert survey.data["zip"].tolist() == ["00501", "10001"]
    assert survey.data["id"].tolist() == ["12345678901234567", "12345678901234568"]
    assert survey.data["code"].tolist() == [10, 0]
    assert "more than 15): 'zip', 'id'." in survey.codebook.notes[0]


def test_a_decimal_comma_is_taken_where_semicolons_separate_and_told_elsewhere(text):
    survey = text("wage;n\n17,5;1\n21;2\n")
    assert survey.data["wage"].tolist() == [17.5, 21.0]
    assert "Numbers with a decimal comma: 'wage'." in survey.codebook.notes
    left = text("wage\tn\n17,5\t1\n21\t2\n", "simulated.tsv")
    assert left.data["wage"].tolist() == ["17,5", "21"]
    assert "look" in " ".join(left.codebook.notes)
    assert text("wage\tn\n17,5\t1\n", "s.tsv", decimal=",").data["wage"].tolist() == [17.5]


def test_a_comma_before_thousands_is_not_taken_for_decimals(text):
    for content in ('pay,n\n"1,234",1\n"17,500",2\n900,3\n', "pay;n\n1,234;1\n900;2\n"):
        survey = text(content)
        assert survey.data["pay"].tolist()[0] == "1,234"
        assert "a comma before thousands" in survey.codebook.notes[-1]
    assert text("pay;rate\n1,234;0,5\n", decimal=",").data["pay"].tolist() == [1.234]


def test_lines_may_end_as_on_an_old_macintosh(text):
    assert text("a,b\r1,2\r3,4\r").data["b"].tolist() == [2, 4]


def test_a_point_in_a_file_of_semicolons_stays_a_point(text):
    assert text("wage;n\n17.5;1\n21;2\n").data["wage"].tolist() == [17.5, 21.0]


def test_a_few_words_in_a_column_of_numbers_are_placed(text):
    rows = "".join(f"{i}\n" for i in range(50))
    survey = text(f"age\n{rows}unknown\n")
    assert survey.data["age"].iloc[-1] == "unknown"
    assert survey.codebook.notes == (
        "'age' is text because of 1 cell without a number, the first 'unknown' on line 52.",
    )


def test_declared_codes_are_missing_and_counted_text_among_them(text):
    survey = text("age,job\n34,peer\n-99,-99\nUNK,other\n", missing_codes=[-99, "UNK", "-99"])
    assert survey.data["age"].tolist()[0] == 34.0
    assert survey.data["age"].dtype == float
    assert dict(survey.codebook["age"].missing_counts) == {-99.0: 1, "UNK": 1}
    assert dict(survey.codebook["job"].missing_counts) == {"-99": 1}


def test_codes_may_be_declared_by_column_or_with_labels(text):
    by_column = text("a,b\n99,99\n1,2\n", missing_codes={"a": [99]})
    assert by_column.data["b"].tolist() == [99, 2]
    assert dict(by_column.codebook["a"].missing_counts) == {99: 1}
    labelled = text("a,b\n99,98\n1,2\n", missing_codes={99: "Refused", 98: "Unknown"})
    assert labelled.codebook["a"].values[99] == "Refused"  # noqa: PD011  (no frame)
    assert labelled.codebook["b"].missing_counts[98] == 1
    with pytest.raises(ps.InputError, match=r"'agee', which is no column(.|\n)*'age'"):
        text("age\n99\n", missing_codes={"agee": [99]})
    with pytest.raises(ps.InputError, match=r"Give a list: \[99\]"):
        text("age\n99\n", missing_codes={"age": 99})
    with pytest.raises(ps.InputError, match=r"Give a list: \[99\]"):
        text("age\n99\n", missing_codes=99)


def test_a_code_of_one_column_is_a_word_in_another(text):
    survey = text("age,job\nUNK,UNK\n34,1\n", missing_codes={"age": ["UNK"]})
    assert survey.data["age"].tolist()[1] == 34.0
    assert survey.data["job"].tolist() == ["UNK", "1"]


def test_copies_of_a_name_are_refused_with_their_places_or_numbered(text):
    with pytest.raises(ps.SourceError, match=r"more than one column 'a': columns 1, 3(.|\n)*duplicates="):
        text("a,b,a\n1,2,3\n")
    survey = text("a,b,a,a_2,a\n1,2,3,4,5\n", duplicates="number")
    assert list(survey.data.columns) == ["a", "b", "a_3", "a_2", "a_4"]
    assert survey.codebook.notes == ("2 columns whose name stood before, numbered: 'a'.",)


def test_a_column_without_a_name_is_called_after_its_place(text):
    survey = text("a,,c,d\n1,2,3,4\n")
    assert list(survey.data.columns) == ["a", "column_2", "c", "d"]
    assert "the first 'column_2'" in survey.codebook.notes[0]


def test_merged_names_and_a_title_are_told_from_names(text):
    merged = "Satisfaction,,Burnout,\ns1,s2,b1,b2\n1,2,3,4\n"
    with pytest.raises(ps.SourceError, match=r"2 of the 4 names(.|\n)*header=2"):
        text(merged)
    assert list(text(merged, header=2).data.columns) == ["s1", "s2", "b1", "b2"]
    with pytest.raises(ps.SourceError, match=r"line 2 of simulated.csv has 2 cells(.|\n)*header=2"):
        text("My survey\na,b\n1,2\n")


def test_a_file_without_names_is_refused(text):
    with pytest.raises(ps.SourceError, match="holds numbers only"):
        text("1,2\n3,4\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n3\n", r"line 3 of simulated.csv has 1 cell and the header 2"),
        ('a,b\n1,"x\n', r"not delimited text up to line 2(.|\n)*cut off"),
        ("", "simulated.csv is empty"),
        ("\ufeff\n", "simulated.csv is empty"),
        ("a,b\n", "has names and no rows"),
        ("<!DOCTYPE html><html>", r"is a web page, not delimited text(.|\n)*login"),
        (b"PK\x03\x04rest", r"is an Excel workbook, not delimited text(.|\n)*simulated.xlsx"),
        (b"$FL2@(#) SPSS", r"is an SPSS file(.|\n)*simulated.sav"),
        (b"PAR1....", r"is a Parquet file(.|\n)*simulated.parquet"),
        (b"%PDF-1.7", "is a PDF"),
    ],
)
def test_what_is_no_whole_file_of_its_ending_is_refused(text, content, words):
    with pytest.raises(ps.SourceError, match=words) as caught:
        text(content)
    assert caught.value.next_step


@pytest.mark.parametrize("ending", ["xlsx", "sav", "dta", "sas7bdat", "xpt", "por", "parquet", "xls"])
def test_text_under_another_ending_is_told(text, ending):
    with pytest.raises(ps.SourceError, match=r"is delimited text, not (.|\n)*simulated.csv"):
        text("a,b\n1,2\n", f"simulated.{ending}")


def test_an_ending_that_is_not_read_and_a_file_that_is_not_there(text, tmp_path):
    with pytest.raises(ps.SourceError, match=r"ends in '.docx', which is not read(.|\n)*.sav"):
        text("a", "simulated.docx")
    with pytest.raises(ps.SourceError, match="cannot be read: No such file"):
        ps.read_survey(tmp_path / "absent.csv")


def test_rows_with_nothing_in_them_are_left_out_and_counted(text):
    survey = text("a,b\n1,2\n,\n\n3,4\n,\n")
    assert len(survey) == 2
    assert survey.codebook.notes == ("2 rows with nothing in it left out.",)


def test_dates_are_read_where_they_are_named(text):
    content = "day,start\n45292,2024-01-31 10:30:00\n,\n45293.5,2024-02-01\n"
    survey = text(content)
    assert "'day' holds numbers that look like dates" in survey.codebook.notes[-1]
    dated = text(content, dates=["day", "start"])
    assert dated.data["day"].tolist()[0] == pd.Timestamp("2024-01-01")
    assert dated.data["day"].iloc[-1] == pd.Timestamp("2024-01-02 12:00")
    assert dated.data["start"].iloc[0] == pd.Timestamp("2024-01-31 10:30")
    assert dated.codebook["day"].kind == "date"
    with pytest.raises(ps.InputError, match=r"date column 'day' holds 'soon' in row 0"):
        text("day\nsoon\n", dates=["day"])
    with pytest.raises(ps.InputError, match="date column 'dya' is not in the data"):
        text("day\n1\n", dates=["dya"])


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"values": "words"}, "values='words' is not known"),
        ({"decimal": "·"}, "decimal='·' is not known"),
        ({"duplicates": "drop"}, "duplicates='drop' is not known"),
        ({"header": 0}, "Rows are counted from 1"),
        ({"header": 9}, "has no row 9"),
        ({"delimiter": "::"}, "is not one character"),
        ({"na": "NA"}, r"na='NA' is no list"),
    ],
)
def test_an_argument_that_cannot_be_is_named(text, how, words):
    with pytest.raises((ps.InputError, ps.SourceError), match=words):
        text("a\n1\n", **how)
