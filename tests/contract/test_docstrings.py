"""numpydoc finds nothing to say about any public docstring."""

import importlib
import inspect

import pytest
from numpydoc.validate import validate

import peerstats as ps

# An extended summary and a See Also section are asked for nowhere.
NOT_ASKED = {"ES01", "SA01"}
# Packages whose own public names are written for users as well.
PACKAGES = (
    "comparison",
    "datasets",
    "estimates",
    "models",
    "norms",
    "plots",
    "postfit",
    "results",
    "scoring",
    "tables",
)


def _methods(cls):
    """List the public methods and properties of a class, those of its bases in peerstats too."""
    return {
        name
        for base in cls.__mro__
        if base.__module__.startswith("peerstats")
        for name, member in vars(base).items()
        if not name.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, property | classmethod | staticmethod))
    }


def _documented():
    """List what a reader may look up, by import path."""
    found = [f"peerstats.{name}" for name in ps.__all__ if name != "__version__"]
    for package in PACKAGES:
        module = importlib.import_module(f"peerstats.{package}")
        found += [
            f"peerstats.{package}.{name}"
            for name in module.__all__
            if name not in ps.__all__
            and (inspect.isfunction(getattr(module, name)) or inspect.isclass(getattr(module, name)))
        ]
    return found


def _look_up(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


NAMES = _documented()
METHODS = [
    f"{path}.{name}"
    for path in NAMES
    if inspect.isclass(_look_up(path))
    for name in sorted(_methods(_look_up(path)))
]


def _complaints(path, not_asked):
    return [(code, text) for code, text in validate(path)["errors"] if code not in not_asked]


@pytest.mark.parametrize("path", NAMES)
def test_a_public_docstring_is_complete(path):
    assert _complaints(path, NOT_ASKED) == []


@pytest.mark.parametrize("path", METHODS)
def test_a_method_is_documented(path):
    # the example of a method stands in its class or in the function that makes the record
    assert _complaints(path, NOT_ASKED | {"EX01"}) == []


@pytest.mark.parametrize("path", ["peerstats", *(f"peerstats.{name}" for name in PACKAGES)])
def test_a_package_says_in_one_line_what_it_is(path):
    first, *_ = (importlib.import_module(path).__doc__ or "").splitlines()
    assert first.endswith(".")
