"""Packages whose names load on first use: what `peerstats score` does not need is not loaded."""

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "peerstats"
LAZY = sorted(
    path.parent.name for path in PACKAGE.glob("*/__init__.py") if "_HOMES" in path.read_text("utf-8")
)


def test_scoring_and_files_are_lazy():
    assert {"files", "scoring"} <= set(LAZY)


@pytest.mark.parametrize("name", LAZY)
def test_each_name_lives_where_the_type_checker_finds_it(name):
    tree = ast.parse((PACKAGE / name / "__init__.py").read_text(encoding="utf-8"))
    typed = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith(f"peerstats.{name}.")
        for alias in node.names
    }
    module = importlib.import_module(f"peerstats.{name}")
    homes = {each: f"peerstats.{name}.{home}" for home, names in module._HOMES.items() for each in names}
    assert homes == typed
    assert sorted(homes) == sorted(module.__all__)
    assert set(module.__all__) <= set(dir(module))


@pytest.fixture
def answers(tmp_path, rng):
    path = tmp_path / "simulated.csv"
    lines = [",".join(f"mbi_{i}" for i in range(1, 17))]
    lines += [",".join(map(str, row)) for row in rng.integers(0, 7, (600, 16))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _modules(command):
    """Run a command of 600 respondents; list what it has loaded."""
    code = (
        "import json, sys\n"
        "from peerstats.cli import main\n"
        f"sys.argv = ['peerstats', *{command!r}]\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603  (our own code)
    *printed, modules = done.stdout.splitlines()
    assert "600" in "\n".join(printed)
    return set(json.loads(modules))


def test_scoring_by_means_waits_for_no_solver_and_no_other_file_kind(answers):
    loaded = _modules(["score", str(answers), "--instrument", "mbi_gs", "--items", "mbi_{}"])
    unused = {"scipy", "matplotlib", "statsmodels", "patsy", "peerstats.numerics", "peerstats.files._oews"}
    assert sorted(unused & loaded) == []


def test_scoring_by_the_response_model_waits_for_no_part_of_scipy(answers):
    lines = answers.read_text(encoding="utf-8").splitlines()
    items = ["fwb_" + str(i) for i in range(1, 11)]
    rows = [",".join(str(int(x) % 5) for x in line.split(",")[:10]) + ",40" for line in lines[1:]]
    answers.write_text("\n".join([",".join([*items, "age"]), *rows]) + "\n", encoding="utf-8")
    asked = {"instrument": "cfpb_fwb_10", "items": "fwb_{}", "age": "age", "mode": "self", "method": "irt"}
    options = [part for name, value in asked.items() for part in (f"--{name}", value)]
    loaded = _modules(["score", str(answers), *options])
    assert sorted({"scipy", "matplotlib", "statsmodels", "patsy"} & loaded) == []


def test_models_wait_for_no_solver_that_few_of_them_need():
    code = "import json, sys, peerstats.models; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603  (our own code)
    loaded = set(json.loads(done.stdout))
    assert "peerstats.numerics" in loaded
    assert sorted({"scipy.stats", "scipy.optimize", "statsmodels", "matplotlib"} & loaded) == []
