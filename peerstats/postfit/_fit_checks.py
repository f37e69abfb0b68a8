"""Whether a fit that was read from a file hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.design import parse_formula, read_factor
from peerstats.errors import InputError
from peerstats.postfit._record import UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._random_intercept import RandomIntercept
    from peerstats.typing import Array

__all__ = ["check_fit"]

_NUMBERS = ("linear", "mixed_linear")
_TWO = ("logistic", "mixed_logistic")
_MODELS = (*_NUMBERS, *_TWO, "multinomial", "ordinal")
_VARIANCES = (
    "model",
    "HC0",
    "HC1",
    "HC2",
    "HC3",
    "CR0",
    "CR1",
    "CR1S",
    "CR2",
    "CR3",
    "linearized",
    "replicate",
)
_WEIGHTS = ("none", "sampling", "frequency", "precision")
_ROUNDING = 1e-6  # of a correlation of coefficients: far above rounding, far below what an edit would change


def _not_a_covariance(matrix: Array, p: int) -> str | None:
    """Say why a matrix is no covariance of p coefficients; judged on the scale of correlations."""
    if matrix.shape != (p, p):
        return f"has the shape {matrix.shape} for {p} coefficients"
    if not np.isfinite(matrix).all():
        return "is not finite"
    variance = np.diag(matrix)
    if (variance < 0).any():
        return "has a negative variance"
    size = np.where(variance > 0, np.sqrt(variance), 1.0)
    correlation = matrix / size / size[:, None]
    if np.abs(correlation - correlation.T).max() > _ROUNDING:
        return "is not symmetric"
    if np.linalg.eigvalsh((correlation + correlation.T) / 2)[0] < -_ROUNDING * p:
        return "is not positive semidefinite"
    return None


def _words(fit: ModelFit) -> Iterator[str]:
    """Yield what is wrong with the words of a fit."""
    for name, choices in (("model", _MODELS), ("variance", _VARIANCES), ("weight_kind", _WEIGHTS)):
        if getattr(fit, name) not in choices:
            yield f"{name!r} is {getattr(fit, name)!r}"
    yield from _levels(fit)
    if (fit.random is not None) != fit.model.startswith("mixed_"):
        yield "'random' does not go with the model"
    if (fit.sigma is not None) != (fit.model in _NUMBERS):
        yield "'sigma' does not go with the model"
    if (fit.weight_kind == "none") != (fit.weights is None) and fit.survey is None:
        yield f"'weights' is {fit.weights!r}, of the kind {fit.weight_kind!r}"


def _levels(fit: ModelFit) -> Iterator[str]:
    """Yield what is wrong with the outcome's levels."""
    levels = fit.outcome_levels
    if len(set(levels)) < len(levels) or len(set(map(str, levels))) < len(levels):
        yield "'outcome_levels' holds a level twice"
    if fit.model in _NUMBERS and levels:
        yield f"{fit.model}() has outcome levels"
    if fit.model not in _NUMBERS and len(levels) < 2:  # noqa: PLR2004  (a base and another)
        yield f"'outcome_levels' holds {len(levels)} levels"
    if fit.model in _TWO and len(levels) > 2:  # noqa: PLR2004
        yield f"{fit.model}() has {len(levels)} outcome levels"
    if fit.n_thresholds != (len(levels) - 1 if fit.model == "ordinal" else 0):
        yield f"'n_thresholds' is {fit.n_thresholds}"


def _numbers(fit: ModelFit) -> Iterator[str]:
    """Yield what is wrong with the numbers of a fit."""
    columns = fit.terms[: len(fit.terms) - fit.n_thresholds]
    if columns != fit.design.columns or len(set(fit.terms)) < len(fit.terms):
        yield "'terms' are not the columns of the design"
    n_equations = 1 if fit.n_thresholds else max(1, len(fit.outcome_levels) - 1)
    if fit.coefficients.shape != (len(fit.terms), n_equations):
        yield f"'coefficients' has the shape {fit.coefficients.shape} for {len(fit.terms)} terms"
        return
    if not np.isfinite(fit.coefficients).all():
        yield "'coefficients' is not finite"
    wrong = _not_a_covariance(fit.covariance, fit.n_parameters)
    if wrong is not None:
        yield f"'covariance' {wrong}"
    if fit.df_terms.shape != (fit.n_parameters,) or not (fit.df_terms > 0).all() or not fit.df > 0:
        yield "'df_terms' is not one positive number a coefficient"
    if not 0 < fit.conf_level < 1:
        yield f"'conf_level' is {fit.conf_level}"
    if fit.n_rows < 1 or not 0 < fit.n < np.inf:
        yield f"'n' is {fit.n}, 'n_rows' is {fit.n_rows}"
    counts = [fit.n_missing, fit.n_iterations, fit.n_passes, *(count for _, count in fit.dropped)]
    counts += [count for count in (fit.n_clusters, fit.n_replicates) if count is not None]
    if min(counts) < 0:
        yield "a count is negative"
    if fit.sigma is not None and not 0 <= fit.sigma < np.inf:
        yield f"'sigma' is {fit.sigma}"


def _random(fit: ModelFit, random: RandomIntercept) -> Iterator[str]:
    """Yield what is wrong with a random intercept."""
    if random.method not in ("ML", "REML"):
        yield f"'method' is {random.method!r}"
    if not 0 <= random.sd.estimate < np.inf or not 0 <= random.icc.estimate <= 1:
        yield "'sd' or 'icc' is out of range"
    if not 1 < random.n_groups <= fit.n_rows or random.n_single < 0 or random.largest_group < 1:
        yield "the counts of groups do not fit"
    if (random.residual_sd is None) != (fit.model == "mixed_logistic"):
        yield "'residual_sd' does not go with the model"
    if random.joint is None:
        return
    p = fit.n_parameters
    shape = random.joint.shape
    if shape != (p + 1, p + 1) or not np.array_equal(random.joint[:p, :p], fit.covariance):
        yield "'joint' is not the covariance with a row for the spread"
    elif np.isfinite(random.joint).all() and (wrong := _not_a_covariance(random.joint, p + 1)) is not None:
        yield f"'joint' {wrong}"


def _formula(fit: ModelFit, call: str) -> Iterator[str]:
    """Yield what is wrong with the formula; the design's own check has read its right side."""
    parsed = parse_formula(fit.design.formula, call)
    if " ".join(parsed.text.split()) != fit.formula:
        yield f"'formula' is {fit.formula!r}, and that of the design {parsed.text!r}"
    if not fit.n_thresholds and () in parsed.terms and "Intercept" not in fit.terms:
        yield "the intercept of the formula has no coefficient"
    outcome = read_factor(parsed.outcome, parsed.text, call)
    name = outcome.column if fit.outcome_levels else outcome.code
    if fit.outcome != name or outcome.as_categories or outcome.compares or outcome.is_spline:
        yield f"'outcome' is {fit.outcome!r}, and that of the formula {outcome.code!r}"


def check_fit(fit: ModelFit, call: str) -> None:
    """Refuse a record that no fit gives.

    Parameters
    ----------
    fit : ModelFit
        What was read.
    call : str
        The public call, for messages.

    Raises
    ------
    InputError
        If shapes, counts, words or the covariance do not fit together.
    FormulaError
        If the formula cannot be read or holds what is not allowed.
    """
    problems = [*_words(fit)] or [*_numbers(fit)] or [*_formula(fit, call)]
    if not problems and fit.random is not None:
        problems = [*_random(fit, fit.random)]
    if problems:
        raise InputError(f"{call}(): {problems[0]}.", UNCHANGED)
