"""A fit as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.design import ZERO_WEIGHT
from peerstats.models._variance import VARIANCE_WORDS
from peerstats.postfit import coefficient_columns, fit_columns
from peerstats.results import Column, Table

if TYPE_CHECKING:
    from peerstats.postfit import ModelFit

__all__ = ["RATIO", "fit_tables"]

RATIO = {"logistic": "Odds ratio", "multinomial": "Relative risk ratio"}
_TITLE = {"logistic": "Logistic regression", "multinomial": "Multinomial logit"}


def _rows_line(fit: ModelFit) -> str:
    copies = fit.weight_kind == "frequency"
    # a row repeated no times is no observation
    total = round(fit.n) + sum(count for reason, count in fit.dropped if not copies or reason != ZERO_WEIGHT)
    unit = "observations" if copies else "rows"
    line = f"{round(fit.n):,} {unit} of {total:,}"
    if fit.dropped:
        line += f" (left out: {', '.join(f'{count:,} {reason}' for reason, count in fit.dropped)})"
    if copies:
        line += f" in {fit.n_rows:,} rows"
    line += f", {fit.weight_kind} weights {fit.weights}" if fit.weights else ", no weights"
    return line + (f", clusters {fit.cluster} ({fit.n_clusters:,})" if fit.cluster else "")


def _lines(fit: ModelFit) -> tuple[str, ...]:
    of = "" if fit.model == "multinomial" else f"outcome: {fit.outcome_levels[1]}; "
    test = f"t with {fit.df:,.0f} df" if np.isfinite(fit.df) else "normal"
    return (
        _rows_line(fit),
        f"{of}base outcome: {fit.base}; standard errors: {VARIANCE_WORDS[fit.variance]}; tests: {test}",
    )


def _likelihood(fit: ModelFit) -> str:
    r2 = fit_columns(fit)["mcfadden_r2"][0]
    pseudo = "pseudo log-likelihood" if fit.weight_kind == "sampling" else "log-likelihood"
    noun = "coefficient" if fit.n_parameters == 1 else "coefficients"
    return (
        f"{pseudo} {fit.loglik:,.1f} on {fit.n_parameters} {noun}, McFadden R2 {r2:.3f}, "
        f"converged in {fit.n_iterations} iterations"
    )


def _table(fit: ModelFit, *, exponentiate: bool) -> Table:
    cells = coefficient_columns(fit, exponentiate=exponentiate)
    level = f"{100 * fit.conf_level:g}%"
    columns = [
        Column(key="outcome", label=fit.outcome, blank_repeats=True),
        Column(key="term", label="Term"),
        Column(
            key="estimate",
            label=RATIO[fit.model] if exponentiate else "Estimate",
            kind="number",
            digits=3,
        ),
        Column(key="std_error", label="Std. error", kind="number", digits=3),
        Column(key="conf_low", label=f"{level} low", kind="number", digits=3),
        Column(key="conf_high", label=f"{level} high", kind="number", digits=3),
        Column(key="p_value", label="p", kind="p_value"),
    ]
    if fit.model == "logistic":
        columns = columns[1:]
    rows = list(zip(*(cells[column.key] for column in columns), strict=True))
    if exponentiate:
        rows = [row for row, term in zip(rows, cells["term"], strict=True) if term != "Intercept"]
    return Table(
        key="ratios" if exponentiate else "coefficients",
        title=f"{RATIO[fit.model]}s: {fit.formula}"
        if exponentiate
        else f"{_TITLE[fit.model]}: {fit.formula}",
        columns=columns,
        rows=rows,
        lines=_lines(fit),
        notes=() if exponentiate else (_likelihood(fit), *fit.notes),
    )


def fit_tables(fit: ModelFit) -> tuple[Table, ...]:
    """Return the coefficients and, where there is more than an intercept, their ratios."""
    first = _table(fit, exponentiate=False)
    return (first,) if set(fit.terms) == {"Intercept"} else (first, _table(fit, exponentiate=True))
