import math

import pytest

from peerstats.results._format import format_cell


@pytest.mark.parametrize(
    ("value", "kind", "digits", "text"),
    [
        (1.005, "number", 3, "1.005"),
        (-0.25, "number", 2, "-0.25"),
        (-0.001, "number", 2, "0.00"),
        (1234.5, "number", 1, "1,234.5"),
        (5, "number", 2, "5.00"),
        (6394, "integer", 2, "6,394"),
        (6394.0, "integer", 0, "6,394"),
        (-1200, "integer", 2, "-1,200"),
        (0.0009999, "p_value", 2, "<0.001"),
        (0.001, "p_value", 2, "0.001"),
        (0.0494, "p_value", 2, "0.049"),
        (0.0, "p_value", 2, "<0.001"),
        (1.0, "p_value", 2, "1.000"),
        (0.725, "percent", 1, "72.5%"),
        (1, "percent", 0, "100%"),
        (-0.0001, "percent", 1, "0.0%"),
        ("a <b>", "text", 2, "a <b>"),
        (2020, "text", 2, "2020"),
        (True, "text", 2, "True"),
        ("(base)", "number", 2, "(base)"),
        (math.inf, "number", 2, "inf"),
        (-math.inf, "number", 2, "-inf"),
        (math.inf, "integer", 2, "inf"),
    ],
)
def test_a_value_prints_by_its_kind(value, kind, digits, text):
    assert format_cell(value, kind, digits) == text


@pytest.mark.parametrize("kind", ["text", "number", "integer", "p_value", "percent"])
@pytest.mark.parametrize("value", [None, math.nan])
def test_a_missing_value_prints_as_an_empty_cell(value, kind):
    assert format_cell(value, kind, 2) == ""


@pytest.mark.parametrize("kind", ["number", "integer", "percent"])
def test_a_minus_sign_is_the_ascii_hyphen(kind):
    assert format_cell(-12.0, kind, 1).startswith("-")
    assert format_cell(-12.0, kind, 1).isascii()
