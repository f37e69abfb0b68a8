"""What `import peerstats` loads, and that every public module loads alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "peerstats"
HEAVY = (
    *("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "narwhals", "patsy", "rich", "click"),
    "requests",
)
PUBLIC = sorted(path.parent.name for path in PACKAGE.glob("[a-z]*/__init__.py"))


def _run(code):
    """Run code in a fresh interpreter and read what it prints as JSON."""
    done = subprocess.run(  # noqa: S603  (our own code)
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PEERSTATS_PROGRESS": "0"},
    )
    return json.loads(done.stdout)


def test_import_peerstats_loads_no_library():
    loaded = _run("import json, sys, peerstats; print(json.dumps(sorted(sys.modules)))")
    assert "peerstats" in loaded
    assert sorted(set(loaded) & set(HEAVY)) == []


def test_listing_the_names_loads_no_library():
    code = "import json, sys, peerstats as p; p.__all__, dir(p); print(json.dumps(sorted(sys.modules)))"
    assert sorted(set(_run(code)) & set(HEAVY)) == []


def test_nothing_but_a_plot_loads_matplotlib():
    code = (
        "import json, sys, peerstats\n"
        "[getattr(peerstats, name) for name in peerstats.__all__]\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    assert sorted(set(_run(code)) & {"matplotlib", "great_tables", "statsmodels"}) == []


@pytest.mark.parametrize("name", ["errors", "typing", *PUBLIC])
def test_a_public_module_loads_alone(name):
    code = (
        "import importlib, json\n"
        f"module = importlib.import_module('peerstats.{name}')\n"
        "print(json.dumps([n for n in module.__all__ if not hasattr(module, n)]))"
    )
    assert _run(code) == []


def test_a_name_that_is_not_public_is_an_attribute_error():
    code = (
        "import json, peerstats\n"
        "try:\n    peerstats.nothing\n"
        "except AttributeError as error:\n    print(json.dumps(str(error)))"
    )
    assert _run(code) == "module 'peerstats' has no attribute 'nothing'"
