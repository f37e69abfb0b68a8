"""Whether a frozen design that was read from a file is one that a formula gives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from peerstats.design._formula import code_terms, parse_formula
from peerstats.design._names import name_columns
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peerstats.design._factor import Factor
    from peerstats.design._frozen import FrozenDesign, FrozenFactor

__all__ = ["check_frozen"]

_NEXT = "Read a record that to_dict() wrote, unchanged."


def _wrong_category(factor: FrozenFactor, parsed: Factor) -> Iterator[str]:
    levels = factor.levels
    if len(levels) < 2:  # noqa: PLR2004  (a category of one level has no contrast)
        yield f"has {len(levels)} levels"
    if not all(isinstance(level, str | int | float) for level in levels):
        yield "has a level that is neither text nor a number"
    if any(isinstance(level, float) and not math.isfinite(level) for level in levels):
        yield "has a level that is not finite"
    if len(set(levels)) < len(levels) or len(set(map(str, levels))) < len(levels):
        yield "has a level twice"
    if (factor.contrast, factor.scores) != (parsed.contrast or "treatment", parsed.scores):
        yield f"has the contrast {factor.contrast!r}"
    if (factor.reference is not None) != (factor.contrast in ("treatment", "sum")):
        yield f"has the reference {factor.reference!r}"
    if factor.reference is not None and factor.reference not in levels:
        yield f"has the reference {factor.reference!r}, which is no level"


def _wrong_numbers(factor: FrozenFactor) -> Iterator[str]:
    if factor.levels or factor.reference is not None or factor.contrast is not None:
        yield "is of numbers and has levels"


def _wrong(factor: FrozenFactor, parsed: Factor) -> Iterator[str]:
    """Yield in what a factor is not what its text gives."""
    if factor.kind not in ("numeric", "category"):
        yield f"is of the kind {factor.kind!r}"
    yield from _wrong_category(factor, parsed) if factor.kind == "category" else _wrong_numbers(factor)
    if factor.variables != parsed.variables:
        yield f"reads {list(factor.variables)}"
    # patsy's scale() is standardize() by another name
    if [t.name for t in factor.transforms] != [
        t.name.replace("scale", "standardize") for t in parsed.transforms
    ]:
        yield "has learnt of other transforms"
    for state in factor.transforms:
        numbers = (state.shift, state.divisor, *state.knots, *state.constraint)
        if not all(isinstance(x, int | float) and math.isfinite(x) for x in numbers) or state.divisor == 0:
            yield "has learnt what is not finite"
        if list(state.knots) != sorted(state.knots):
            yield "has knots out of order"
    # only a plain column may be either
    if parsed.column is None or parsed.as_categories:
        category = parsed.as_categories or parsed.compares
        if category != (factor.kind == "category"):
            yield "is of another kind"


def check_frozen(design: FrozenDesign, call: str) -> None:
    """Refuse a design whose factors, levels or columns are not those of its formula.

    Nothing is evaluated: the formula and each factor are held against the closed list again, and the
    columns that they give are named anew.

    Parameters
    ----------
    design : FrozenDesign
        What was read.
    call : str
        The public call, for messages.

    Raises
    ------
    InputError
        If a factor, its levels or the columns do not follow from the formula.
    FormulaError
        If the formula cannot be read or holds what is not allowed.
    """
    formula = parse_formula(design.formula, call)
    codes = tuple(factor.code for factor in design.factors)
    if codes != tuple(formula.factors):
        raise InputError(f"{call}(): the factors {list(codes)} are not those of {formula.text!r}.", _NEXT)
    known = {factor.code: factor for factor in design.factors}
    for code, factor in known.items():
        wrong = next(_wrong(factor, factor.parse(call)), None)
        if wrong is not None:
            raise InputError(f"{call}(): {code!r} {wrong}.", _NEXT)
    numeric = [code for code, factor in known.items() if factor.kind == "numeric"]
    expected = [
        (
            ":".join(coding.factors) or "Intercept",
            coding.subterms,
            tuple(name for part in coding.subterms for name in name_columns(part, known)),
        )
        for coding in code_terms(formula.terms, numeric)
    ]
    # the thresholds of an ordinal model stand for the intercept, whose column then goes
    if [(term.name, term.subterms, term.columns) for term in design.terms] not in (
        expected,
        [term for term in expected if term[0] != "Intercept"],
    ):
        raise InputError(f"{call}(): the columns are not those that {formula.text!r} gives.", _NEXT)
