"""The tables of the page on parity are those that the golden folders and peerstats give now."""

import importlib
import re
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
parity = importlib.import_module("_parity")
sys.path.remove(str(DOCS))


@pytest.fixture(scope="module")
def page():
    return parity.PAGE.read_text(encoding="utf-8")


def test_the_page_shows_the_numbers_of_r_and_stata_and_ours(page):
    # a table is written only if every coefficient agrees within its tolerance
    assert parity.rewritten(page) == page


def test_every_comparison_stands_on_the_page_once(page):
    assert sorted(re.findall(r"<!-- table (\w+) -->", page)) == sorted(parity.BLOCKS)


def test_a_stale_number_would_be_found(page):
    stale = page.replace("0.108544654", "0.108544655", 1)
    assert stale != page
    assert parity.rewritten(stale) == page


def test_a_disagreement_is_no_table():
    row = parity.Row(
        what="wrong", theirs="lm", fit={"formula": "main", "weights": "precision", "variance": "HC0"}
    )
    block = parity.Block(
        folder="linear_sandwich_clubsandwich",
        call='ps.linear("wage ~ age * college + state", d',
        term="age",
        rows=(row,),
    )
    with pytest.raises(AssertionError, match="wrong"):
        parity.block_table(block)
