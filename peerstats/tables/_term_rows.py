"""The rows that a model's terms make in a table, with labels instead of names."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from peerstats._core.close_names import did_you_mean
from peerstats._core.labels import codebook_of
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from peerstats._core.labels import Labels
    from peerstats.design import FrozenDesign, FrozenFactor

__all__ = ["Namer", "RowKey", "TermRow", "term_rows"]

RowKey = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """One row of coefficients, the same in every model that has it.

    Attributes
    ----------
    key : tuple of str
        What it is: ("level", variable, level) or ("column", name).
    label : str
        What is printed.
    group : str
        Variable whose levels stand together below a heading; empty for a row by itself.
    heading : str
        That heading.
    is_reference : bool
        Whether the others are compared with this level, which has no coefficient.
    """

    key: RowKey
    label: str
    group: str = ""
    heading: str = ""
    is_reference: bool = False


class Namer:
    """Says what variables and levels are called in print.

    Parameters
    ----------
    labels : mapping, Survey, codebook or None
        Labels by variable, and by (variable, level) pair; or what carries a codebook.
    """

    def __init__(self, labels: Any, call: str) -> None:
        self.book: Labels | None = codebook_of(labels)
        self.own: Mapping[Any, str] = {}
        self.used: set[Any] = set()
        if labels is not None and self.book is None:
            if not hasattr(labels, "items"):
                raise InputError(
                    f"{call}(): labels= is a {type(labels).__name__}.",
                    "Give labels={'age': 'Age, years', ('state', 'NC'): 'North Carolina'} or a codebook.",
                )
            self.own = labels
            wrong = next((name for name, label in labels.items() if not isinstance(label, str)), None)
            if wrong is not None:
                raise InputError(
                    f"{call}(): labels[{wrong!r}] is a {type(labels[wrong]).__name__}.",
                    "A label is text; the key of a level's is (variable, level).",
                )

    def variable(self, name: str) -> str:
        """Return what a variable or an expression is called."""
        self.used.add(name)
        if name in self.own:
            return self.own[name]
        return name if self.book is None else self.book.label(name)

    def level(self, variable: str, level: Any) -> str:
        """Return what a level is called."""
        for key in ((variable, level), (variable, str(level))):
            self.used.add(key)
            if key in self.own:
                return self.own[key]
        known = {} if self.book is None else self.book.labels(variable)
        return str(known[level]) if level in known else str(level)

    def check(self, call: str) -> None:
        """Refuse labels of what no model has; after everything was named."""
        left = [key for key in self.own if key not in self.used]
        if left:
            known = [key for key in self.used if isinstance(key, str) == isinstance(left[0], str)]
            raise InputError(
                f"{call}(): labels= names {left[0]!r}, which is in none of the models.",
                did_you_mean(left[0], known, what="variables")
                if isinstance(left[0], str)
                else f"Levels: {', '.join(sorted({repr(key) for key in known})[:8])}.",
            )


def _variable_of(factor: FrozenFactor) -> str:
    """Return the column whose levels a factor shows, so that state and C(state) are one; else its code."""
    plain = len(factor.variables) == 1 and (
        factor.code == factor.variables[0] or factor.code.startswith(f"C({factor.variables[0]}")
    )
    return factor.variables[0] if plain else factor.code


def _levels(factor: FrozenFactor, namer: Namer, *, full: bool) -> Iterable[tuple[str | None, TermRow]]:
    """Give each level's row, with None instead of a name where it has no coefficient."""
    variable = _variable_of(factor)
    names = iter(factor.column_names(full=full))
    for level in factor.levels:
        is_reference = not full and level == factor.reference
        yield (
            None if is_reference else next(names),
            TermRow(
                key=("level", variable, str(level)),
                label=namer.level(variable, level),
                group=variable,
                heading=namer.variable(variable),
                is_reference=is_reference,
            ),
        )


def _part_labels(factor: FrozenFactor, namer: Namer, *, full: bool) -> list[str]:
    """Return a factor's columns in words, where it stands in an interaction or has another contrast."""
    label = namer.variable(_variable_of(factor))
    if factor.kind == "numeric":
        return [label] if factor.width == 1 else [f"{label} [{i + 1}]" for i in range(factor.width)]
    if factor.contrast in (None, "treatment"):
        rows = _levels(factor, namer, full=full)
        return [f"{label}: {row.label}" for name, row in rows if name is not None]
    suffixes = [name.removeprefix(factor.code) for name in factor.column_names(full=full)]
    return [f"{label} {suffix}" for suffix in suffixes]


def term_rows(design: FrozenDesign, namer: Namer) -> Sequence[tuple[str | None, TermRow]]:
    """Return the rows of a fit's terms with the name of each one's coefficient, None for reference levels.

    The intercept is left out.
    """
    factors = {factor.code: factor for factor in design.factors}
    found: list[tuple[str | None, TermRow]] = []
    for term in design.terms:
        names = iter(term.columns)
        for subterm in term.subterms:
            if not subterm:
                next(names)
                continue
            code, full = subterm[0]
            factor = factors[code]
            if len(subterm) == 1 and factor.kind == "category" and factor.contrast in (None, "treatment"):
                levels = list(_levels(factor, namer, full=full))
                found += [(None if name is None else next(names), row) for name, row in levels]
                continue
            parts = [_part_labels(factors[each], namer, full=whole) for each, whole in subterm]
            # as in the design, the left-most factor varies fastest
            for labels in product(*reversed(parts)):
                name = next(names)
                found.append((name, TermRow(key=("column", name), label=" x ".join(reversed(labels)))))
    return found
