"""Delimited files: every cell as it was, and every broken file told by name and line."""

import pytest

import peerstats as ps
from peerstats.files import read_delimited, replace_file, write_delimited


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_cells_are_written_back_as_they_were(tmp_path):
    text = 'id,"a ""b""",n\n007,"x, y",1.50\n010,,\n'
    source = read_delimited(write(tmp_path / "in.csv", text), "t")
    write_delimited(tmp_path / "out.csv", source, {"score": [1.0, float("nan")], "why": [None, "x"]}, "t")
    assert (tmp_path / "out.csv").read_text() == 'id,"a ""b""",n,score,why\n007,"x, y",1.50,1,\n010,,,,x\n'


def test_rows_are_named_by_their_line(tmp_path):
    source = read_delimited(write(tmp_path / "in.csv", 'a,b\n1,"two\nlines"\n\n3,x\n'), "t")
    frame = source.frame()
    assert list(frame.index) == [3, 5]
    assert frame.index.name == "line"
    assert frame["a"].tolist() == [1.0, 3.0]


def test_a_byte_order_mark_and_tabs_are_read(tmp_path):
    source = read_delimited(write(tmp_path / "in.tsv", "\ufeffa\tb\n1\t2\n"), "t")
    assert source.header == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.csv", b"PK\x03\x04....", "x.csv is an Excel workbook or zip archive, not a .csv file"),
        ("x.csv", b"PAR1....", "is a Parquet file"),
        ("x.csv", b"$FL2....", "is an SPSS file"),
        ("x.csv", b"  <!DOCTYPE html><html>", "is a web page"),
        ("x.csv", b"a,b\n1,\x00\n", "is a binary file"),
        ("x.csv", "a,b\n1,é\n".encode("cp1252"), "is not UTF-8: byte 0xe9 on line 2"),
        ("x.csv", b"", "has no rows"),
        ("x.csv", b"a,b\n", "has no rows"),
        ("x.csv", b"a,b\n1,2\n3\n", "line 3 of x.csv has 1 cell and the header 2"),
        ("x.csv", b"a,a\n1,2\n", "more than one column 'a'"),
        ("x.csv", b'a,b\n1,"2\n', "line"),
        ("x.xlsx", b"PK", "ends in '.xlsx'"),
        ("x", b"a\n1\n", "ends in 'nothing'"),
    ],
)
def test_a_broken_file_is_a_source_error(tmp_path, name, content, message):
    with pytest.raises(ps.SourceError, match=message) as caught:
        read_delimited(write(tmp_path / name, content), "t")
    assert caught.value.next_step


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ps.SourceError, match="cannot be read: No such file"):
        read_delimited(tmp_path / "none.csv", "t")


def test_a_failure_leaves_no_partial_file_and_keeps_the_older_one(tmp_path):
    path = write(tmp_path / "out.csv", "old")

    def fail_half_way():
        with replace_file(path, "t") as file:
            file.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(ps.SourceError, match="cannot be written"), replace_file(tmp_path / "no" / "x", "t"):
        pass


def test_a_column_is_not_written_over(tmp_path):
    source = read_delimited(write(tmp_path / "in.csv", "a\n1\n"), "t")
    with pytest.raises(ps.InputError, match="already has a column 'a'"):
        write_delimited(tmp_path / "out.csv", source, {"a": [1.0]}, "t")
    assert not (tmp_path / "out.csv").exists()
