from html.parser import HTMLParser

import pytest

from peerstats.results import Column, Table

NASTY = '<script>alert("1 & 2")</script>'


class Reader(HTMLParser):
    """Collects the tags and the text of what stands outside the styles."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.cells, self.ids = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        if tag in {"td", "th"} and "tfoot" not in self.tags:
            self.cells.append("")

    def handle_data(self, data):
        if self.cells and "tfoot" not in self.tags:
            self.cells[-1] += data.strip()


def table(**changes):
    record = {
        "key": "wages",
        "title": "Wages (simulated)",
        "lines": ["591 rows"],
        "columns": [
            Column(key="job", label="Job", blank_repeats=True),
            Column(key="n", label="n", kind="integer"),
            Column(key="mean", label="Mean", kind="number"),
        ],
        "rows": [("peer", 1204, 17.504), ("peer", 3, None)],
        "notes": ["A note."],
    }
    return Table(**(record | changes))


def test_html_holds_the_printed_cells_in_order():
    cells = Reader(table().to_html()).cells
    assert cells == [
        "Wages (simulated)",
        "591 rows",
        "Job",
        "n",
        "Mean",
        "peer",
        "1,204",
        "17.50",
        "",
        "3",
        "",
    ]


def test_the_id_is_the_key_of_the_table():
    assert table().to_html().startswith('<div id="wages"')


def test_the_same_table_gives_the_same_bytes():
    assert table().to_html() == table().to_html()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": NASTY},
        {"lines": [NASTY]},
        {"notes": [NASTY]},
        {"columns": [Column(key=NASTY, label=NASTY) for _ in "1"], "rows": [("x",)]},
        {"rows": [(NASTY, 1, 2.0)]},
        {"rows": [("peer", NASTY, 2.0)]},
    ],
    ids=["title", "line", "note", "label", "text cell", "text in a number's cell"],
)
def test_text_from_the_caller_never_becomes_markup(changes):
    html = table(**changes).to_html()
    assert "script" not in Reader(html).tags
    assert "&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt;" in html


def test_markdown_in_a_note_stays_as_it_is():
    assert "**bold** [R]" in table(notes=["**bold** [R]"]).to_html()


def test_styles_come_with_the_table_and_nothing_is_fetched():
    html = table().to_html()
    assert "<style>" in html
    assert "http" not in html
    assert "url(" not in html


def test_numbers_stand_right_and_text_left():
    html = table().to_html()
    assert html.count('gt_right">') == 2 * 2
    assert html.count('gt_left">') == 2


def test_a_table_without_rows_has_its_headings():
    assert Reader(table(rows=[]).to_html()).cells[-3:] == ["Job", "n", "Mean"]


@pytest.mark.parametrize("kind", ["text", "integer"])
def test_a_table_of_one_kind_of_column_renders(kind):
    one = Table(key="k", title="T", columns=[Column(key="a", label="A", kind=kind)], rows=[(1,)])
    assert Reader(one.to_html()).cells[-1] == "1"
