import sys
from dataclasses import dataclass

import pytest

import peerstats as ps
from peerstats.results import Column, Printed, Result, Table


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts(Result):
    rows: int

    def tables(self):
        column = Column(key="n", label="n <&>", kind="integer")
        return tuple(
            Table(key=key, title=f"Rows {key}", columns=[column], rows=[(self.rows,)]) for key in "ab"
        )


class Deeper(Counts):
    __slots__ = ()


@pytest.mark.parametrize("kind", [Counts, Deeper])
def test_a_result_shows_its_first_table(kind):
    assert repr(kind(rows=1204)) == "Rows a\n\nn <&>\n-----\n1,204"


def test_a_summary_holds_all_tables_and_shows_as_itself():
    summary = Counts(rows=1).summary()
    assert summary == "Rows a\n\nn <&>\n-----\n    1\n\n\nRows b\n\nn <&>\n-----\n    1"
    assert repr(summary) == summary


def test_printed_text_is_text():
    assert Printed("a\nb") == "a\nb"
    assert repr(Printed("a\nb")) == "a\nb"


def test_a_result_record_keeps_its_slots():
    assert not hasattr(Counts(rows=1), "__dict__")


def test_a_result_may_still_write_its_own_face():
    class Own(Counts):
        __slots__ = ()

        def __repr__(self):
            return "own"

    assert repr(Own(rows=1)) == "own"


def test_a_result_without_tables_says_so():
    with pytest.raises(TypeError, match="abstract"):
        Result()


def test_a_notebook_gets_all_tables_as_html():
    html = Counts(rows=1)._repr_html_()
    assert '<div id="a"' in html
    assert '<div id="b"' in html


def test_a_notebook_without_great_tables_gets_escaped_text(monkeypatch):
    monkeypatch.setitem(sys.modules, "great_tables", None)
    html = Counts(rows=1)._repr_html_()
    assert html.startswith("<pre>Rows a\n\nn &lt;&amp;&gt;\n")
    assert html.endswith("</pre>")
    assert "Rows b" in html


def test_a_table_shows_like_a_result():
    table = Counts(rows=1).tables()[0]
    assert repr(table) == table.to_text()
    assert table._repr_html_() == table.to_html()


def test_html_without_great_tables_names_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "great_tables", None)
    with pytest.raises(
        ps.MissingExtraError, match=r"(?s)to_html\(\): needs.*pip install 'peerstats\[report\]'"
    ):
        Counts(rows=1).tables()[0].to_html()
