"""Item wording that is licensed stands nowhere; item numbers, keys and answers' anchors do."""

import re
import tomllib
from pathlib import Path

import pytest

import peerstats as ps

ROOT = Path(__file__).parents[2]
DATA = ROOT / "peerstats" / "instruments" / "data"
FILES = sorted(path for path in DATA.glob("*.toml") if path.name != "manifest.toml")
LICENSED = ("mbi", "aws")
TEXT = {".toml", ".csv", ".py", ".md", ".rst", ".json", ".cff", ".txt", ".ipynb", ".tsv", ".yaml", ".yml"}
SKIPPED = {"build", "dist", "__pycache__", "_build"}
# A table or list of item wordings, however it is spelled, beside the name of a licensed scale.
WORDED = re.compile(
    r"(mbi|aws)[\w\"'\].]*(text|wording|stem|question)s?[\"'\])]*\s*[:=]\s*[\[({\"']",
)


def _files(folder=ROOT):
    """List the repository's texts, this one left out."""
    found = []
    for path in folder.iterdir():
        if path.is_dir() and not path.name.startswith(".") and path.name not in SKIPPED:
            found += _files(path)
        elif path.suffix in TEXT and path != Path(__file__):
            found.append(path)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_public_domain_wording_is_in_an_instrument_file(path):
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    text = table["items"].get("text", [])
    assert bool(text) <= (table["wording"] == "public domain")
    assert set(table["items"]) <= {"names", "text"}
    instrument = ps.get_instrument(path.stem)
    assert bool(any(instrument.item_text)) == bool(text)


@pytest.mark.parametrize("path", [p for p in FILES if p.stem.startswith(LICENSED)], ids=lambda p: p.stem)
def test_a_licensed_scale_has_numbers_for_items_and_says_who_owns_them(path):
    instrument = ps.get_instrument(path.stem)
    assert instrument.wording == "not distributed"
    assert all(name.isdigit() for name in instrument.item_names)
    assert not any(instrument.item_text)
    assert "Mind Garden" in instrument.licence


def test_no_file_holds_a_table_of_licensed_items():
    files = _files()
    assert len(files) > len(FILES)
    found = [path.name for path in files if WORDED.search(path.read_text(encoding="utf-8").lower())]
    assert found == []


@pytest.mark.parametrize(
    "line", ['mbi_text = ["..."]', 'aws_items_text: ["..."]', "[mbi.item_text] = {", '"aws_wording": "..."']
)
def test_the_search_would_find_one(line):
    assert WORDED.search(line)
