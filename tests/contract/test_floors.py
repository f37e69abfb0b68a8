"""Imports point down only, and each third-party library comes in by one door."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A package imports from lower floors only; neighbours on a floor do not import each other.
FLOORS = {
    "cli": 9,
    "study": 8,
    "waves": 7,
    "comparison": 6,
    "tables": 6,
    "models": 5,
    "postfit": 4,
    "estimates": 4,
    "imputation": 4,
    "scoring": 3,
    "design": 3,
    "places": 3,
    "coding": 3,
    "datasets": 3,
    "plots": 2,
    "files": 2,
    "engines": 2,
    "results": 1,
    "numerics": 1,
    "instruments": 1,
    "norms": 1,
    "_core": 0,
}
# These two lie below everything, so that _core may use them.
GROUND = {"errors", "typing"}

# Library -> the modules that may import it.
DOORS = {
    "narwhals": {"_core/frames.py"},
    "pandas": {"_core/frames.py"},
    "patsy": {"design/_formula.py"},
    "matplotlib": {"plots/_pyplot.py"},
    "pyarrow": {"_core/arrow.py"},
    "python_calamine": {"files/_workbook.py"},
    "pyreadstat": {"files/_pyreadstat.py"},
    "great_tables": {"results/_html.py"},
    "docx": {"results/_docx.py"},
    "duckdb": {"engines/_duckdb.py"},
    "pyspark": {"engines/_spark.py"},
    "requests": {"datasets/_bls_transport.py"},
    "click": {"cli/*"},
    "rich": {"_core/progress.py", "results/_text.py"},
}
# Whatever the package: arrays, solvers, and the limit on their threads.
EVERYWHERE = {"numpy", "scipy", "threadpoolctl"}
NUMERICS_MAY = EVERYWHERE | {"peerstats.typing", "peerstats.errors", "peerstats.numerics"}
LAZY = "peerstats._core.lazy"  # how names load

MODULES = sorted((ROOT / "peerstats").rglob("*.py"))
BELOW_TOP = [path for path in MODULES if path.parent.name != "peerstats"]


def _name(path):
    return path.relative_to(ROOT / "peerstats").as_posix()


def _package(path):
    """Return the package of a module, or the module's own name where it lies at the top."""
    first, *rest = path.relative_to(ROOT / "peerstats").parts
    return first if rest else first.removesuffix(".py")


def _called(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)


def _imports(path):
    """List the modules that a file names in imports, under TYPE_CHECKING too, and in calls that import."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(path)} has a relative import"
            # `from peerstats import scoring` names a package too
            whole = node.module == "peerstats"
            found += [f"peerstats.{alias.name}" for alias in node.names] if whole else [node.module]
        elif isinstance(node, ast.Call) and _called(node) in {"load_extra", "import_module", "__import__"}:
            first = node.args[0]
            found += [first.value] if isinstance(first, ast.Constant) else []
    return found


def _third_party(path):
    tops = {name.partition(".")[0] for name in _imports(path)}
    return {top for top in tops if top != "peerstats" and top not in sys.stdlib_module_names}


def _own(path):
    """List the packages of peerstats that a module imports, its own left out."""
    own = {name.split(".")[1] for name in _imports(path) if name.startswith("peerstats.")}
    return own - {_package(path)} - GROUND


def _is_door(name, doors):
    return name in doors or f"{name.partition('/')[0]}/*" in doors


def test_every_package_has_a_floor():
    packages = {path.parent.name for path in (ROOT / "peerstats").glob("*/__init__.py")}
    assert packages <= set(FLOORS)


@pytest.mark.parametrize("path", BELOW_TOP, ids=_name)
def test_a_package_imports_from_lower_floors_only(path):
    floor = FLOORS[_package(path)]
    assert {name: FLOORS[name] for name in _own(path) if FLOORS[name] >= floor} == {}


@pytest.mark.parametrize("name", sorted(GROUND))
def test_errors_and_types_import_nothing_of_peerstats(name):
    assert _own(ROOT / "peerstats" / f"{name}.py") == set()


@pytest.mark.parametrize("path", BELOW_TOP, ids=_name)
def test_who_imports_the_top_takes_only_the_version_from_it(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    taken = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "peerstats"
    }
    assert taken <= {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_each_library_has_its_door(path):
    libraries = _third_party(path) - EVERYWHERE
    assert {name for name in libraries if not _is_door(_name(path), DOORS.get(name, set()))} == set()


@pytest.mark.parametrize("library", [name for name in DOORS if name != "click"])
def test_a_door_is_used(library):
    assert DOORS[library] == {_name(path) for path in MODULES if library in _third_party(path)}


@pytest.mark.parametrize("path", [p for p in MODULES if _package(p) == "numerics"], ids=_name)
def test_numerics_knows_arrays_only(path):
    for name in _imports(path):
        top = name.partition(".")[0]
        two = ".".join(name.split(".")[:2])
        known = top in sys.stdlib_module_names or top in EVERYWHERE or two in NUMERICS_MAY
        assert known or name == LAZY, name
