"""One table, six formats: golden files of each, and the same numbers in all."""

import csv
import importlib.util
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peerstats as ps
from peerstats.results import Column, Numbers, Table

GOLDEN = Path(__file__).parents[1] / "golden" / "tables"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _load(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


AWKWARD = _load("awkward").AWKWARD


class Grid(HTMLParser):
    """Collects the rows of an HTML table with what their cells say and span."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append(["", int(dict(attrs).get("colspan", 1))])
            self.inside = True

    def handle_endtag(self, tag):
        if tag in {"td", "th"}:
            self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1][0] = f"{self.rows[-1][-1][0]} {data.strip()}".strip()


def document(table, folder):
    """Return the XML of a table's Word file."""
    table.to_docx(folder / "table.docx")
    with zipfile.ZipFile(folder / "table.docx") as packed:
        return ET.fromstring(packed.read("word/document.xml"))  # noqa: S314  (our own bytes)


def word_rows(root):
    return [
        ["".join(text.text or "" for text in cell.iter(f"{WORD}t")) for cell in row.iter(f"{WORD}tc")]
        for row in root.iter(f"{WORD}tr")
    ]


def numbers(text):
    """List a text's numbers, whatever sign a format has for a minus."""
    plain = text.replace("$-$", "-").replace("\N{MINUS SIGN}", "-")
    return re.findall(r"-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+)", plain)


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("awkward.txt", Table.to_text),
        ("awkward.tex", Table.to_latex),
        ("awkward.md", Table.to_markdown),
        ("awkward.csv", Table.to_csv),
        ("awkward_full.csv", lambda table: table.to_csv(rounded=False)),
    ],
)
def test_a_table_of_awkward_labels_is_written_as_before(name, render):
    assert render(AWKWARD).rstrip("\n") + "\n" == (GOLDEN / name).read_text(encoding="utf-8")


def test_html_says_and_spans_as_before():
    # the markup around the cells is that of great_tables' version
    assert Grid(AWKWARD.to_html()).rows == Grid((GOLDEN / "awkward.html").read_text(encoding="utf-8")).rows


def test_the_word_table_is_as_before(tmp_path):
    made = ET.canonicalize(
        ET.tostring(next(document(AWKWARD, tmp_path).iter(f"{WORD}tbl"))),
        strip_text=True,
        rewrite_prefixes=True,
    )
    kept = ET.canonicalize(
        (GOLDEN / "awkward_docx.xml").read_text(encoding="utf-8"), strip_text=True, rewrite_prefixes=True
    )
    assert made == kept


@pytest.mark.parametrize("style", ["plain", "apa", "ama", "psychiatric_services"])
def test_every_format_prints_the_same_numbers(style, tmp_path):
    # labels without digits or minus signs, so that every number is one of the table's
    names = ["a", "b", "c", "d", "e", "f", "g"]
    columns = [
        replace(column, label=letter, group="")
        for column, letter in zip(AWKWARD.columns, "vwxyz", strict=True)
    ]
    rows = [(name, *row[1:]) for name, row in zip(names, AWKWARD.rows, strict=True)]
    table = replace(AWKWARD, columns=columns, rows=rows, title="T", lines=[], notes=[], style=style)
    text = table.to_text().split("\n\n", 1)[1]
    wanted = numbers(text)
    assert len(wanted) > 20
    latex = table.to_latex().split(r"\midrule", 1)[1].split(r"\end{tabular}")[0]
    latex = re.sub(r"\\hspace\*\{\dem\}", "", latex)
    html = " ".join(cell for row in Grid(table.to_html()).rows for cell, _ in row)
    word = " ".join(cell for row in word_rows(document(table, tmp_path)) for cell in row)
    sheet = " ".join(cell for row in csv.reader(StringIO(table.to_csv())) for cell in row)
    markdown = table.to_markdown().replace("\\", "")
    for other in (latex, html, word, markdown):
        assert numbers(other) == wanted
    # limits joined by a hyphen stand in columns of their own
    assert [n.lstrip("-") for n in numbers(sheet)] == [n.lstrip("-") for n in wanted]


def test_unrounded_csv_gives_the_stored_numbers_back():
    rows = list(csv.reader(StringIO(AWKWARD.to_csv(rounded=False))))
    gap = rows[0].index("'=Other: Gap, $")
    assert [float(row[gap]) for row in (rows[1], rows[4], rows[5], rows[6], rows[7])] == [
        -1234.5678,
        0.004,
        -0.001,
        3,
        12345,
    ]
    low = rows[0].index("Peer_support & more: OR (95% CI): low")
    assert [row[low] for row in rows[1:]] == ["0.25", "", "", "1.04", "-0.1", "", ""]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["=", "+", "-", "@", "\t", "\r", " =", "\n+", "\r\n-", "\t@"]), st.text(max_size=8))
def test_no_label_starts_a_formula_in_a_spreadsheet(start, rest):
    label = f"{start}x{rest}"
    columns = [Column(key="a", label=label, group=label), Column(key="b", label=label)]
    table = Table(key="t", title=label, columns=columns, rows=[(label, label)], indents=[1])
    for rounded in (True, False):
        text = table.to_csv(rounded=rounded)
        for row in csv.reader(StringIO(text)):
            assert all(cell.lstrip().startswith("'") for cell in row)
        assert not re.search(r'^"?[=+\-@\t\r]', text, re.MULTILINE)


def test_a_negative_number_stays_a_number_in_a_spreadsheet():
    table = Table(
        key="t",
        title="T",
        columns=[Column(key="a", label="a", kind="number"), Column(key="b", label="b")],
        rows=[(-0.125, "-3"), (Numbers(pattern="interval", values=(-2.5, -1)), "-3+x")],
    )
    assert table.to_csv().splitlines()[1:] == ["-0.12,,,-3", ",-2.50,-1.00,'-3+x"]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=r"&%$#_{}~^\[]*|<>`-ab \n", max_size=12))
def test_no_label_becomes_a_latex_command(label):
    made = Table(key="t", title="T", columns=[Column(key="a", label="A")], rows=[(label,)]).to_latex()
    row = made.split("\\midrule\n")[1].split("\n\\bottomrule")[0]
    assert row.endswith(r" \\")
    cell = row.removesuffix(r" \\")
    assert "\n" not in cell
    known = (
        r"\\(?:textbackslash|textasciitilde|textasciicircum|textasciigrave|textless|textgreater|textbar)\{\}"
    )
    left = re.sub(rf"{known}|\\[&%$#_{{}}]|\{{[\[\]*]?\}}|~", "", cell)
    assert not set(left) & set("&%$#_{}~^\\[]*|<>")


def test_a_wide_word_table_lies_on_its_side_and_repeats_its_headings(tmp_path):
    root = document(AWKWARD, tmp_path)
    rows = list(root.iter(f"{WORD}tr"))
    assert [row.find(f".//{WORD}tblHeader") is not None for row in rows[:4]] == [True, True, False, False]
    assert root.find(f".//{WORD}pgSz").get(f"{WORD}orient") is None
    wide = replace(AWKWARD, rows=[(f"{row[0]}{'x' * 60}", *row[1:]) for row in AWKWARD.rows], title="W" * 9)
    columns = [*wide.columns, Column(key="more", label="m" * 30, kind="number")]
    wide = replace(wide, columns=columns, rows=[(*row, 1.0) for row in wide.rows])
    assert document(wide, tmp_path).find(f".//{WORD}pgSz").get(f"{WORD}orient") == "landscape"


def test_control_characters_do_not_spoil_a_word_file(tmp_path):
    table = Table(key="t", title="a\x00b", columns=[Column(key="a", label="\x1b[1m")], rows=[("x\x0by",)])
    assert word_rows(document(table, tmp_path)) == [["[1m"], ["x y"]]


def test_markup_in_a_shared_heading_is_text():
    group = '"><script>alert(1)</script>'
    html = Table(
        key="t", title="T", columns=[Column(key="a", label="A", group=group)], rows=[("x",)]
    ).to_html()
    assert "<script>" not in html
    assert 'id="t-"' not in html


@pytest.mark.parametrize("ending", [".html", ".tex", ".docx", ".md", ".csv", ".txt"])
def test_a_table_is_saved_as_its_ending_says(ending, tmp_path):
    path = tmp_path / f"table{ending}"
    AWKWARD.save(path)
    first = path.read_bytes()
    begins = {
        ".html": b"<div",
        ".tex": b"% needs",
        ".docx": b"PK",
        ".md": b"**50%",
        ".csv": b"\xef\xbb\xbfTerm",
        ".txt": b"50%",
    }
    assert first.startswith(begins[ending])


def test_an_ending_that_no_table_has_is_refused(tmp_path):
    with pytest.raises(ps.InputError, match=r"save\(\): 'table\.xlsx' ends in '\.xlsx'"):
        AWKWARD.save(tmp_path / "table.xlsx")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"indents": [1]}, "has 7 rows and 1 indents"),
        ({"indents": [-1] * 7}, "has 7 rows and 7 indents"),
        ({"rules": [7]}, "no row 7 with a column 0"),
        ({"style": "bluebook"}, "style='bluebook' is not known"),
    ],
)
def test_places_that_a_table_does_not_have_are_refused(changes, message):
    with pytest.raises(ps.InputError, match=message):
        replace(AWKWARD, **changes)


def test_numbers_need_as_many_values_as_their_pattern():
    with pytest.raises(ps.InputError, match="takes 2 values, 1 are given"):
        Numbers(pattern="interval", values=(1,))
    with pytest.raises(ps.InputError, match="'1' is no number"):
        Numbers(pattern="interval", values=("1", 2))
