"""Models by their name, for calls that fit several: to data, or some terms to the rows of another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from peerstats.design import parse_formula, same_rows
from peerstats.models._cumulative import fit_ordinal
from peerstats.models._firth import fit_likelihood
from peerstats.models._least_squares import fit_linear
from peerstats.models._linear import linear
from peerstats.models._logistic import logistic
from peerstats.models._multinomial import multinomial
from peerstats.models._ordinal import ordinal
from peerstats.postfit import need_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from peerstats.design import Asked, Formula, ModelRows
    from peerstats.models._result import ModelResult

__all__ = ["MODELS", "fit_model", "fit_rows", "refit_terms", "write_formula"]

_CALLS: dict[str, Callable[..., ModelResult]] = {
    "linear": linear,
    "logistic": logistic,
    "multinomial": multinomial,
    "ordinal": ordinal,
}
_FITS: dict[str, Callable[[ModelRows, Asked], ModelResult]] = {
    "linear": fit_linear,
    "logistic": fit_likelihood,
    "multinomial": fit_likelihood,
    "ordinal": fit_ordinal,
}
MODELS = tuple(_CALLS)


def fit_model(model: str, formula: str, data: Any, options: dict[str, Any]) -> ModelResult:
    """Fit a model to data, as its own call does."""
    return _CALLS[model](formula, data, **options)


def fit_rows(rows: ModelRows, asked: Asked) -> ModelResult:
    """Fit the model that was asked for to rows that were read."""
    return _FITS[asked.call](rows, asked)


def write_formula(parsed: Formula, terms: Sequence[tuple[str, ...]]) -> str:
    """Write the formula of some terms of another; the intercept is the empty one."""
    names = [":".join(term) or "1" for term in terms]
    return f"{parsed.text[parsed.outcome.start : parsed.outcome.end]} ~ {' + '.join(names)}"


def refit_terms(result: ModelResult, terms: Sequence[tuple[str, ...]]) -> ModelResult:
    """Fit some terms of a model to its own rows, with its levels, weights and kind of errors.

    Parameters
    ----------
    result : ModelResult
        The model.
    terms : sequence of tuple of str
        Factor codes of each term, the intercept among them as the empty one.

    Returns
    -------
    ModelResult
        The model of these terms.
    """
    source = need_source(result.source, "refit_terms")
    formula = write_formula(parse_formula(source.asked.formula, source.asked.call), terms)
    rows = same_rows(source.rows, terms, formula, constant=not source.asked.ordered)
    return fit_rows(rows, replace(source.asked, formula=formula))
