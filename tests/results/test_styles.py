"""How journals print numbers; what is stored stays as it is."""

from dataclasses import replace

import pytest

from peerstats.results import Column, Numbers, Table

P_VALUES = (0.0004, 0.0321, 0.0081, 0.00996, 0.0496, 0.16, 0.997)


def printed(style, *cells, kind="number", digits=2):
    column = Column(key="a", label="b (95% CI)", kind=kind, digits=digits)
    table = Table(key="t", title="T", columns=[column], rows=[(cell,) for cell in cells], style=style)
    return [row[0] for row in table.cells()]


def test_apa_has_no_zero_before_p_and_brackets_around_limits():
    # APA Style: "p = .032", "p < .001"; "95% CI [5.62, 8.31]"; numbers that can exceed 1 keep their zero
    assert printed("apa", *P_VALUES, kind="p_value") == [
        "<.001",
        ".032",
        ".008",
        ".010",
        ".050",
        ".160",
        ".997",
    ]
    limits = Numbers(pattern="estimate_interval", values=(0.5, -2.43, 4.31))
    assert printed("apa", limits, 0.85) == ["0.50 [-2.43, 4.31]", "0.85"]


def test_ama_has_two_decimals_of_p_and_hyphens_between_limits():
    # AMA: "P=.16", three digits below .01; .0496 would print as .05, which is another verdict
    assert printed("ama", *P_VALUES, kind="p_value") == ["<.001", ".03", ".008", ".01", ".050", ".16", ">.99"]
    positive = Numbers(pattern="estimate_interval", values=(2.72, 0.45, 2.6))
    negative = Numbers(pattern="interval", values=(-0.5, 0.3))
    assert printed("ama", positive, negative) == ["2.72 (0.45-2.60)", "(-0.50 to 0.30)"]


def test_psychiatric_services_has_no_leading_zero_whole_percentages_and_n_of_n():
    cells = (0.35, -0.35, 10.05, 0, Numbers(pattern="n_of_n", values=(448, 591)))
    assert printed("psychiatric_services", *cells) == [".35", "-.35", "10.05", ".00", "N=448 of 591"]
    assert printed("psychiatric_services", 0.758, kind="percent", digits=1) == ["76%"]
    assert printed("psychiatric_services", 1000.05) == ["1,000.05"]


@pytest.mark.parametrize("style", ["apa", "ama", "psychiatric_services"])
def test_a_style_leaves_what_is_stored_alone(style):
    values = (0.123456789, 0.2, 0.3)
    cell = Numbers(pattern="estimate_interval", values=values)
    column = Column(key="a", label="A", kind="number")
    table = Table(key="t", title="T", columns=[column], rows=[(cell,), (0.98765,)])
    styled = replace(table, style=style)
    assert styled.rows == table.rows
    assert styled.to_csv(rounded=False) == table.to_csv(rounded=False)
    assert styled.to_dict()["rows"] == table.to_dict()["rows"]


def test_the_heading_of_limits_is_enclosed_as_they_are():
    column = Column(key="a", label="OR (95% CI)")
    table = Table(key="t", title="T", columns=[column], rows=[], style="apa")
    assert "OR [95% CI]" in table.to_text()
    assert r"OR {[}95\% CI{]}" in table.to_latex()


def test_several_numbers_print_by_their_pattern():
    cells = {
        "count_percent": ((1448, 0.758), "1,448 (75.80%)"),
        "mean_sd": ((35.25, 8.1), "35.25 (8.10)"),
        "median_iqr": ((34, 28, 41.5), "34.00 (28.00, 41.50)"),
        "n_of_n": ((448, 591), "448 of 591"),
        "p_value": ((0.0001,), "<0.001"),
        "integer": ((None,), ""),
    }
    made = [Numbers(pattern=pattern, values=values) for pattern, (values, _) in cells.items()]
    assert printed("plain", *made) == [text for _, text in cells.values()]


def test_an_estimate_with_one_limit_says_that_the_other_is_missing():
    cell = Numbers(pattern="estimate_interval", values=(1, 0.5, float("nan")))
    assert printed("plain", cell) == ["1.00 (0.50, NA)"]
