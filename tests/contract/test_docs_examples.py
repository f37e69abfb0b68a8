"""What a page of the docs prints is what peerstats prints."""

import importlib
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
examples = importlib.import_module("_examples")
sys.path.remove(str(DOCS))

RUN = [page for page in examples.pages() if "```pycon" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_a_page_prints_what_it_says(page, tmp_path):
    done = examples.run_page(page, tmp_path)
    assert done
    wrong = [
        f"{page.name}:{each.line}: {each.source}\n{each.printed}"
        for each in done
        if not examples.matches(each.expected, each.printed)
    ]
    assert wrong == []


def test_the_pages_that_teach_are_run():
    assert {page.stem for page in RUN} >= {"index", "getting_started"}
    # Spark needs Java: what its page shows is examples/spark_local.py, which tests/spark runs
    apart = {"index", "spark"}
    assert all(page in RUN for page in (DOCS / "how_to").glob("*.md") if page.stem not in apart)


def test_a_stale_output_would_be_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "```pycon\n>>> 1 + 1\n3\n>>> for i in range(2):\n...     print(i)\n0\n1\n```\n", encoding="utf-8"
    )
    done = examples.run_page(page, tmp_path)
    assert [(each.line, each.expected, each.printed) for each in done] == [(2, "3", "2"), (4, "0\n1", "0\n1")]
