"""The rows that a model's terms make in a table, with labels instead of names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from peerstats._core.close_names import did_you_mean
from peerstats._core.labels import Words, codebook_of
from peerstats.errors import InputError
from peerstats.postfit._kept_labels import KeptLabels, keep_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from peerstats.design import FrozenDesign, FrozenFactor
    from peerstats.postfit._model_fit import ModelFit

__all__ = ["Namer", "RowKey", "TermRow", "check_labels", "design_codebook", "fit_codebook", "term_rows"]

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
        book = codebook_of(labels)
        self.words = Words(book)
        self.own: Mapping[Any, str] = {}
        self.used: set[Any] = set()
        if labels is not None and book is None:
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
        return self.words.name(name)

    def level(self, variable: str, level: Any) -> str:
        """Return what a level is called."""
        for key in ((variable, level), (variable, str(level))):
            self.used.add(key)
            if key in self.own:
                return self.own[key]
        return self.words.level(variable, level)


def check_labels(labels: Any, namers: Iterable[Namer], call: str) -> None:
    """Refuse labels of what no model has; after everything was named.

    Parameters
    ----------
    labels : mapping, Survey, codebook or None
        What the caller gave.
    namers : iterable of Namer
        Those of all models.
    call : str
        The public call, for messages.

    Raises
    ------
    InputError
        If a mapping names a variable or a level that nothing has.
    """
    used = {key for namer in namers for key in namer.used}
    left = [key for key in labels if key not in used] if isinstance(labels, Mapping) else []
    if left:
        known = [key for key in used if isinstance(key, str) == isinstance(left[0], str)]
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


def _has_words(codes: Iterable[str], factors: Mapping[str, FrozenFactor], words: Words) -> bool:
    return any(
        words.name(name) != name or bool(words.book is not None and words.book.labels(name))
        for code in codes
        for name in factors[code].variables
    )


def _apart(found: Mapping[str, str]) -> dict[str, str]:
    """Put the name behind a word that two names share."""
    given = list(found.values())
    return {name: word if given.count(word) == 1 else f"{word} [{name}]" for name, word in found.items()}


def design_codebook(labels: KeptLabels | None, design: FrozenDesign) -> KeptLabels | None:
    """Add words for a model's terms to the labels of its columns.

    Parameters
    ----------
    labels : KeptLabels or None
        Labels of the columns.
    design : FrozenDesign
        The design.

    Returns
    -------
    KeptLabels or None
        The labels, and under the name of each term of the formula, and of each of its columns, what it is
        called where no heading stands above it: "State of work: North Carolina" for state[T.1]. No two are
        called the same. None without labels.
    """
    if labels is None:
        return None
    words = Words(labels)
    factors = {factor.code: factor for factor in design.factors}
    columns: dict[str, str] = {}
    terms: dict[str, str] = {}
    rows = {name: row for name, row in term_rows(design, Namer(labels, "terms")) if name is not None}
    for term in design.terms:
        codes = list(dict.fromkeys(code for subterm in term.subterms for code, _ in subterm))
        if not _has_words(codes, factors, words):
            continue
        terms[term.name] = " x ".join(words.name(_variable_of(factors[code])) for code in codes)
        for name in term.columns:
            if name in rows:
                row = rows[name]
                columns[name] = f"{row.heading}: {row.label}" if row.heading else row.label
    named = {**_apart(terms), **_apart(columns), **labels.columns}
    return KeptLabels(columns=named, levels=labels.levels)


def fit_codebook(fit: ModelFit, over: str | None = None, data: Any = None) -> KeptLabels | None:
    """Return the words of a fit: labels of its columns and values, and what its terms are called.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    over : str, optional
        A column beside those of the fit.
    data : object, optional
        What carries the codebook of that column.

    Returns
    -------
    KeptLabels or None
        What results made of the fit take their words from; None where its data had no labels.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit.parts import fit_codebook
    >>> fit_codebook(ps.linear("wage ~ 1", pd.DataFrame({"wage": [15.0, 18.0]})).fit) is None
    True
    """
    book = design_codebook(fit.labels, fit.design)
    beside = codebook_of(data)
    of_groups = {} if over is None or beside is None else {over: beside.labels(over)}
    more = keep_labels(beside, (over,), of_groups)
    if more is not None:
        own = book or KeptLabels(columns={}, levels={})
        book = KeptLabels(columns={**more.columns, **own.columns}, levels={**more.levels, **own.levels})
    if book is None or not fit.n_thresholds:
        return book
    levels = Words(book).levels(fit.outcome, fit.outcome_levels)
    names = fit.terms[-fit.n_thresholds :]
    thresholds = {name: f"{low} | {high}" for name, (low, high) in zip(names, pairwise(levels), strict=True)}
    return KeptLabels(columns={**book.columns, **thresholds}, levels=book.levels)
