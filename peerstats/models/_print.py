"""A fit as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.labels import Words
from peerstats._core.words import counted
from peerstats.design import ZERO_WEIGHT
from peerstats.models._print_random import conditional_line, random_table
from peerstats.models._variance import VARIANCE_WORDS
from peerstats.postfit import coefficient_columns, fit_columns, ratio_word
from peerstats.postfit.parts import fit_codebook
from peerstats.results import Column, Table

if TYPE_CHECKING:
    from peerstats.postfit import ModelFit

__all__ = ["fit_tables"]

_TITLE = {
    "linear": "Linear regression",
    "logistic": "Logistic regression",
    "mixed_linear": "Mixed linear regression",
    "mixed_logistic": "Mixed logistic regression",
    "multinomial": "Multinomial logit",
    "ordinal": "Ordinal regression (proportional odds)",
}

_PENALTY = "Firth penalty; limits and tests from the penalised profile likelihood"
_TWO_OUTCOMES = ("logistic", "mixed_logistic")


def _rows_line(fit: ModelFit, words: Words) -> str:
    copies = fit.weight_kind == "frequency"
    # a row repeated no times is no observation
    total = round(fit.n) + sum(count for reason, count in fit.dropped if not copies or reason != ZERO_WEIGHT)
    unit = "observations" if copies else "rows"
    line = f"{round(fit.n):,} {unit} of {total:,}"
    if fit.dropped:
        line += (
            f" (left out: {', '.join(f'{count:,} {words.reason(reason)}' for reason, count in fit.dropped)})"
        )
    if copies:
        line += f" in {counted(fit.n_rows, 'row')}"
    if fit.survey is not None:
        line += f", design: {fit.survey}"
    else:
        line += f", {fit.weight_kind} weights {words.name(fit.weights)}" if fit.weights else ", no weights"
    line += f", offset {words.name(fit.offset)}" if fit.offset else ""
    if fit.random is not None:
        groups = counted(fit.random.n_groups, "group")
        return f"{line}, random intercept of {words.name(fit.random.group)} ({groups})"
    return line + (f", clusters {words.name(fit.cluster)} ({fit.n_clusters:,})" if fit.cluster else "")


def _test_words(fit: ModelFit) -> str:
    low, high = fit.df_terms.min(), fit.df_terms.max()
    if np.isinf(low):
        return "normal"
    if low == high == fit.df:
        return f"t with {low:,.0f} df"
    return f"t with Satterthwaite df ({low:,.1f} to {high:,.1f})"


def _lines(fit: ModelFit, words: Words) -> tuple[str, ...]:
    levels = words.levels(fit.outcome, fit.outcome_levels)
    replicates = "" if fit.n_replicates is None else f" ({counted(fit.n_replicates, 'replicate')})"
    errors = f"standard errors: {VARIANCE_WORDS[fit.variance]}{replicates}"
    errors += f"; tests: {_test_words(fit)}" if fit.profile is None else ""
    outcome = f"outcome: {levels[1]}; " if fit.model in _TWO_OUTCOMES else ""
    base = "" if fit.base is None else f"{outcome}base outcome: {levels[0]}; "
    if fit.n_thresholds:
        base = f"outcome: {' < '.join(levels)}; "
    lines = (_rows_line(fit, words), base + errors)
    return lines if fit.profile is None else (*lines, _PENALTY)


def _likelihood(fit: ModelFit) -> str:
    cells = fit_columns(fit)
    noun = "coefficient" if fit.n_parameters == 1 else "coefficients"
    if fit.random is not None:
        kind = "REML log-likelihood" if fit.random.method == "REML" else "log-likelihood"
        line = f"{kind} {fit.loglik:,.1f} on {fit.n_parameters} {noun} and "
        if fit.sigma is not None:
            return f"{line}2 variances"
        return f"{line}1 variance, converged in {fit.n_iterations} iterations"
    if fit.sigma is not None:
        return (
            f"R2 {fit.r_squared:.3f}, adjusted {fit.adj_r_squared:.3f}; residual standard deviation "
            f"{fit.sigma:,.4g} on {cells['df_residual'][0]:,.0f} df, {fit.n_parameters} {noun}"
        )
    pseudo = "pseudo log-likelihood" if fit.weight_kind == "sampling" else "log-likelihood"
    counted = f"{fit.n_parameters} {noun}"
    if fit.n_thresholds:
        n_slopes = fit.n_parameters - fit.n_thresholds
        counted = f"{n_slopes} {'slope' if n_slopes == 1 else 'slopes'} and {fit.n_thresholds} "
        counted += "threshold" if fit.n_thresholds == 1 else "thresholds"
    penalised = "" if fit.profile is None else f" (penalised {fit.profile.loglik_penalized:,.1f})"
    return (
        f"{pseudo} {fit.loglik:,.1f}{penalised} on {counted}, McFadden R2 "
        f"{cells['mcfadden_r2'][0]:.3f}, converged in {fit.n_iterations} iterations"
        + (f" ({fit.n_passes:,} passes)" if fit.n_passes else "")
    )


def _table(fit: ModelFit, *, exponentiate: bool) -> Table:
    words = Words(fit_codebook(fit))
    cells = coefficient_columns(fit, exponentiate=exponentiate)
    intercepts = [term == "Intercept" for term in cells["term"]]
    cells["outcome"] = words.levels(fit.outcome, cells["outcome"])
    cells["term"] = words.names(cells["term"])
    ratio = ratio_word(fit) or ""
    level = f"{100 * fit.conf_level:g}%"
    columns = [
        Column(key="outcome", label=words.name(fit.outcome), blank_repeats=True),
        Column(key="term", label="Term"),
        Column(
            key="estimate",
            label=ratio if exponentiate else "Estimate",
            kind="number",
            digits=3,
        ),
        Column(key="std_error", label="Std. error", kind="number", digits=3),
        Column(key="conf_low", label=f"{level} low", kind="number", digits=3),
        Column(key="conf_high", label=f"{level} high", kind="number", digits=3),
        Column(key="p_value", label="p", kind="p_value"),
    ]
    if fit.model != "multinomial":
        columns = columns[1:]
    rows = list(zip(*(cells[column.key] for column in columns), strict=True))
    if exponentiate:
        rows = [row for row, left in zip(rows, intercepts, strict=True) if not left]
    return Table(
        key="ratios" if exponentiate else "coefficients",
        title=f"{_plural(ratio) if exponentiate else _TITLE[fit.model]}: {fit.formula}",
        columns=columns,
        rows=rows,
        lines=(*_lines(fit, words), *(conditional_line(fit, words) if exponentiate else ())),
        notes=() if exponentiate else (_likelihood(fit), *fit.notes),
    )


def _plural(ratio: str) -> str:
    return ratio.replace("atio", "atios", 1)


def fit_tables(fit: ModelFit) -> tuple[Table, ...]:
    """Return the coefficients, a random intercept and, where there are ratios and a term, the ratios."""
    tables = [_table(fit, exponentiate=False)]
    if fit.random is not None:
        tables.append(random_table(fit, fit.random))
    slopes = fit.terms[: len(fit.terms) - fit.n_thresholds]
    if ratio_word(fit) is not None and not {"Intercept"}.issuperset(slopes):
        tables.append(_table(fit, exponentiate=True))
    return tuple(tables)
