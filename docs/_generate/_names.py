"""Pages of the public names, by package, and of the columns of tidy frames."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING

import peerstats
from _generate._markdown import table
from peerstats import errors
from peerstats._core.glossary import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["reference_groups", "reference_pages"]


def _summary(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def reference_groups() -> dict[str, tuple[str, ...]]:
    """Return the public names by the package in which they live, functions first."""
    groups = {**peerstats._PUBLIC, "errors": tuple(errors.__all__)}  # noqa: SLF001  (the one list)
    return {
        package: tuple(
            sorted(names, key=lambda name: (inspect.isclass(getattr(peerstats, name)), name.lower()))
        )
        for package, names in sorted(groups.items())
    }


def _about(package: str) -> str:
    return _summary(importlib.import_module(f"peerstats.{package}"))


def _title(package: str) -> str:
    # the page that explains the errors has the shorter title
    return "Error classes" if package == "errors" else package.capitalize()


def _directive(name: str) -> str:
    thing = getattr(peerstats, name)
    if not inspect.isclass(thing):
        return f".. autofunction:: {name}\n"
    if issubclass(thing, BaseException):
        return f".. autoexception:: {name}\n   :show-inheritance:\n"
    return f".. autoclass:: {name}\n   :members:\n   :inherited-members:\n"


def _group_page(package: str, names: Sequence[str]) -> str:
    title = _title(package)
    body = "\n\n".join(_directive(name) for name in names)
    return f"{title}\n{'=' * len(title)}\n\n{_about(package)}\n\n.. currentmodule:: peerstats\n\n{body}"


def _names_page(groups: Mapping[str, Sequence[str]]) -> str:
    parts = [
        "# Public names\n",
        "All are reached as `ps.NAME` after `import peerstats as ps`. Names that are not here may change.\n",
        "```{toctree}\n:hidden:\n\n" + "\n".join(groups) + "\n```\n",
    ]
    for package, names in groups.items():
        rows = [
            (f"{{py:obj}}`{name} <peerstats.{name}>`", _summary(getattr(peerstats, name))) for name in names
        ]
        parts += [
            f"## {_title(package)}\n",
            f"{_about(package)}\n",
            table(("name", "what it is"), rows),
        ]
    return "\n".join(parts)


def _columns_page() -> str:
    rows = [(f"`{name}`", meaning) for name, meaning in COLUMNS.items()]
    return (
        "# Columns of tidy frames\n\n"
        "`tidy()`, `glance()`, `report()` and the `list_` functions give frames whose columns are named from "
        "this one list, so that a column means the same wherever it stands.\n\n"
        f"{table(('column', 'meaning'), rows)}\n"
        "Scores are named after their scale: `SCALE`, `SCALE_unrounded`, `SCALE_std_error` and "
        "`SCALE_reason`. Predictions are named after the outcome's levels.\n"
    )


def reference_pages() -> dict[str, str]:
    """Return the pages of the public names and of the column glossary, by file name."""
    groups = reference_groups()
    pages = {f"{package}.rst": _group_page(package, names) for package, names in groups.items()}
    return {"names.md": _names_page(groups), "columns.md": _columns_page(), **pages}
