"""The public names are one list: the table, `__all__`, the stub and the reference page agree."""

import ast
import importlib
import tomllib
from pathlib import Path

import pytest

import peerstats as ps

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "peerstats"
LAZY = {name: module for module, names in ps._PUBLIC.items() for name in names}


def _stub():
    return ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))


@pytest.fixture
def generate(monkeypatch):
    """The module that makes the reference when the docs are built."""
    monkeypatch.syspath_prepend(ROOT / "docs")
    return importlib.import_module("_generate")


def test_no_name_is_listed_twice():
    assert len(ps.__all__) == len(set(ps.__all__))


def test_all_is_the_table_and_the_names_loaded_at_once():
    assert set(ps.__all__) == {*LAZY, *importlib.import_module("peerstats.errors").__all__, "__version__"}


def test_every_name_is_there_and_lives_where_the_table_says():
    for name, module in LAZY.items():
        home = importlib.import_module(f"peerstats.{module}")
        assert getattr(ps, name) is getattr(home, name)
        assert name in home.__all__
    assert set(ps.__all__) <= set(dir(ps))


def test_the_stub_lists_the_same_names():
    (listed,) = (
        ast.literal_eval(node.value)
        for node in _stub().body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )
    assert listed == sorted(ps.__all__)


def test_the_stub_takes_each_name_from_the_table_s_module():
    taken = {
        alias.name: node.module.removeprefix("peerstats.")
        for node in _stub().body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    errors = dict.fromkeys(importlib.import_module("peerstats.errors").__all__, "errors")
    assert taken == LAZY | errors


def test_the_reference_documents_every_public_name_once(generate):
    documented = [name for names in generate.reference_groups().values() for name in names]
    assert sorted(documented) == sorted(set(ps.__all__) - {"__version__"})
    text = "\n".join(generate.reference_pages().values())
    for name in documented:
        assert text.count(f":: {name}\n") == 1, name


@pytest.mark.parametrize("key", ps.list_instruments()["instrument"])
def test_every_instrument_has_a_page_made_from_its_file(generate, key):
    page = generate.instrument_pages()[f"{key}.md"]
    instrument = ps.get_instrument(key)
    assert instrument.title in page
    assert all(note in page for note in instrument.notes)
    assert all(text in page for text in instrument.item_text)


@pytest.mark.parametrize("key", sorted(set(ps.list_norms()["key"])))
def test_every_norm_has_a_page_made_from_its_file(generate, key):
    page = generate.norm_pages()[f"{key}.md"]
    norms = ps.list_norms()
    for row in norms[norms["key"] == key].itertuples():
        assert row.title in page
        assert f"{row.group} | {row.n:,} | {row.value:.2f} | {row.std_error:.3f}" in page


def test_every_column_is_on_the_glossary_page(generate):
    from peerstats._core.glossary import COLUMNS  # noqa: PLC0415  (only this test looks inside)

    page = generate.reference_pages()["columns.md"]
    assert all(f"`{name}`" in page and meaning in page for name, meaning in COLUMNS.items())


def test_no_function_shares_a_name_with_a_module_or_package():
    modules = {path.stem for path in PACKAGE.rglob("*.py")} | {path.name for path in PACKAGE.iterdir()}
    assert modules & set(ps.__all__) == set()
    for path in PACKAGE.glob("[a-z]*/__init__.py"):
        package = importlib.import_module(f"peerstats.{path.parent.name}")
        assert {p.stem for p in path.parent.glob("*.py")} & set(package.__all__) == set()


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").is_file()


def test_the_version_stands_the_same_in_three_places():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert project["version"] == ps.__version__
    assert f"\nversion: {ps.__version__}\n" in citation
