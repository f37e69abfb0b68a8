import pytest

from peerstats.results import Column, Table

COEFFICIENTS = Table(
    key="coefficients",
    title="Multinomial logit: job_type ~ age (simulated)",
    lines=["2,487 rows of 2,518 (31 dropped: age missing), weights wt (sampling)"],
    columns=[
        Column(key="outcome", label="Outcome", blank_repeats=True),
        Column(key="term", label="Term"),
        Column(key="estimate", label="Estimate", kind="number", digits=3),
        Column(key="p_value", label="p", kind="p_value"),
        Column(key="n", label="n", kind="integer"),
    ],
    rows=[
        ("agency", "(intercept)", 1.3634, 1e-9, 1204),
        ("agency", "C(state)[T.NY]", -0.0104, 0.9394, 12),
        ("other", "age", None, 0.005, 3),
    ],
    notes=["Converged in 6 iterations."],
)


def wide(numbers, text="a benchmark"):
    columns = [Column(key="b", label="Benchmark")]
    columns += [
        Column(key=f"k{i}", label=label, kind="number")
        for i, label in enumerate(["Benchmark value", "Benchmark std. error", "Difference low", "High"])
    ]
    return Table(key="w", title="W", columns=columns, rows=[(text, *numbers)])


def body(table):
    return table.to_text().split("\n\n")[1].split("\n")


def test_a_table_prints_title_lines_rows_and_notes():
    assert COEFFICIENTS.to_text() == (
        "Multinomial logit: job_type ~ age (simulated)\n"
        "2,487 rows of 2,518 (31 dropped: age missing), weights wt (sampling)\n"
        "\n"
        "Outcome  Term            Estimate       p      n\n"
        "------------------------------------------------\n"
        "agency   (intercept)        1.363  <0.001  1,204\n"
        "         C(state)[T.NY]    -0.010   0.939     12\n"
        "other    age                        0.005      3\n"
        "\n"
        "Converged in 6 iterations."
    )


@pytest.mark.parametrize("columns", ["20", "400"])
def test_the_width_of_the_terminal_changes_nothing(monkeypatch, columns):
    here = COEFFICIENTS.to_text()
    monkeypatch.setenv("COLUMNS", columns)
    assert COEFFICIENTS.to_text() == here


def test_brackets_and_colons_in_a_label_are_text_not_markup():
    table = Table(
        key="t", title="[b]x[/b]", columns=[Column(key="a", label="[red]A")], rows=[("[i] :smile:",)]
    )
    assert table.to_text() == "[b]x[/b]\n\n[red]A\n-----------\n[i] :smile:"


def test_long_text_wraps_so_that_the_table_keeps_to_100_characters():
    table = wide([1.0, 2.0, 3.0, 4.0], text="Social and human service assistants " * 5)
    assert max(map(len, body(table))) <= 100
    assert sum(line.count("assistants") for line in body(table)) == 5


def test_long_headings_of_numbers_fold_before_text_wraps():
    table = wide([1.0, 2.0, 3.0, 4.0], text="x" * 60)
    assert body(table) == [
        " " * 73 + "Benchmark",
        " " * 62 + "Benchmark       std.  Difference",
        "Benchmark" + " " * 57 + "value      error         low  High",
        "-" * 100,
        "x" * 60 + "       1.00       2.00        3.00  4.00",
    ]


def test_numbers_are_never_cut_or_wrapped_however_many_there_are():
    columns = [Column(key=f"k{i}", label=f"k{i}", kind="number", digits=6) for i in range(20)]
    table = Table(key="t", title="T", columns=columns, rows=[[123456.654321 + i for i in range(20)]])
    head, rule, row = body(table)
    assert row.split() == [f"{123456.654321 + i:,.6f}" for i in range(20)]
    assert len(head) == len(rule) == len(row) == 20 * 14 + 19 * 2


def test_long_notes_wrap_at_100_characters():
    table = Table(
        key="t", title="T", columns=[Column(key="a", label="A")], rows=[], notes=["word " * 50, "next"]
    )
    notes = table.to_text().split("\n\n")[2].split("\n")
    assert [len(line) for line in notes] == [99, 96, 56, 4]
    assert notes[1].startswith("  word")


def test_a_table_without_rows_prints_its_headings():
    table = Table(key="t", title="T", columns=[Column(key="a", label="Scale")], rows=[])
    assert table.to_text() == "T\n\nScale\n-----"


def test_wide_characters_keep_the_columns_level():
    columns = [Column(key="a", label="A"), Column(key="n", label="n", kind="integer")]
    table = Table(key="t", title="T", columns=columns, rows=[("調査", 1), ("ab", 2)])
    assert body(table)[2:] == ["調査  1", "ab    2"]


def test_no_line_ends_in_blanks():
    assert all(line == line.rstrip() for line in wide([1.0, None, 2.0, None]).to_text().split("\n"))
