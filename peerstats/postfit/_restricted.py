"""A fit again, with a linear hypothesis imposed on its coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import ConvergenceError, InputError
from peerstats.numerics import (
    cumulative_kernel,
    cumulative_scores,
    fit_constrained,
    fit_mixed_linear,
    fit_mixed_logit,
    group_rows,
    measure_design,
    multinomial_kernel,
    multinomial_scores,
    null_space,
)
from peerstats.postfit._influence_covariance import influence_covariance

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.numerics import Block, Sums
    from peerstats.postfit._fitted import FitSource, Fitted
    from peerstats.postfit._hypothesis import Hypothesis
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

__all__ = ["REFITTED", "Restricted", "restrict", "restricted_mixed_loglik", "sum_scale"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Restricted:
    """What the restricted maximum says of the coefficients.

    Parameters
    ----------
    deviance : float
        Twice the fall of the log-likelihood, weights as they are; of a linear model that of the residual sum
        of squares over its residual variance.
    step : (p,) float array
        Inverse information times score there: where one step of scoring would lead.
    covariance : (p, p) float array
        Covariance of the step: model-based, or with robust errors the sandwich of the restricted scores.
    """

    deviance: float
    step: Array
    covariance: Array


def _as_rows(theta: Array, block: Block) -> Array:
    """Return coefficients as one row per outcome."""
    return theta.reshape(-1, len(block.x))


def _logit_kernel(theta: Array, block: Block) -> Sums:
    return multinomial_kernel(_as_rows(theta, block), block)


def _logit_scores(theta: Array, block: Block) -> Array:
    return multinomial_scores(_as_rows(theta, block), block)


# Of each model: log-likelihood with derivatives, and the scores of rows, at any coefficients.
_LIKELIHOODS: dict[str, tuple[Callable[[Array, Block], Sums], Callable[[Array, Block], Array]]] = {
    "logistic": (_logit_kernel, _logit_scores),
    "multinomial": (_logit_kernel, _logit_scores),
    "ordinal": (cumulative_kernel, cumulative_scores),
}
REFITTED = ("linear", *_LIKELIHOODS)  # models that can be fitted again under a hypothesis


def sum_scale(fit: ModelFit, source: FitSource) -> float:
    """Return the mean sampling weight, by which a pseudo likelihood is divided; 1 with other weights."""
    if fit.weight_kind != "sampling":
        return 1.0
    total = sum(float(block.w.sum()) for block in source.rows.source.blocks() if block.w is not None)
    return total / fit.n_rows


def _no_maximum(call: str) -> ConvergenceError:
    return ConvergenceError(
        f"{call}(): the model under the hypothesis reached no maximum.", 'Take kind="wald".'
    )


def _origin(matrix: Array, off: Array, estimate: Array, covariance: Array) -> Array:
    """Return the coefficients that meet the hypothesis and are nearest to the estimates."""
    across = covariance @ matrix.T
    near: Array = estimate - across @ np.linalg.solve(matrix @ across, off)
    return near


def restrict(
    fit: ModelFit, source: FitSource, fitted: Fitted, hypothesis: Hypothesis, *, scores: bool, call: str
) -> Restricted:
    """Fit a linear, logistic or multinomial model under a hypothesis.

    Parameters
    ----------
    fit : ModelFit
        The fit without it.
    source : FitSource
        Its rows.
    fitted : Fitted
        Its scores and inverse information.
    hypothesis : Hypothesis
        The hypothesis.
    scores : bool
        Whether the covariance of the step is asked for; else it is empty.
    call : str
        The public call, for messages.

    Returns
    -------
    Restricted
        In the coefficients of the design.

    Raises
    ------
    ConvergenceError
        If no maximum is reached.
    """
    p = fit.n_parameters
    turn = np.eye(p) if fitted.turn is None else fitted.turn
    matrix = hypothesis.matrix @ turn
    estimate = np.asarray(np.linalg.solve(turn, fit.coefficients.T.ravel()), dtype=float)
    beta = _origin(matrix, matrix @ estimate - hypothesis.value, estimate, fitted.bread)
    if not fit.outcome_levels:
        # in orthonormal columns the nearest point is the restricted maximum
        step = estimate - beta
        added = float(step @ step)
        rss = fitted.dispersion * (fit.n - p)
        if fit.weight_kind == "sampling":
            rss *= sum_scale(fit, source)
        deviance = added / fitted.dispersion
        inverse = fitted.bread * ((rss + added) / fit.n)

        def influence(block: Block) -> Array:
            return block.x * (block.y - beta @ block.x)

    else:
        kernel, scores_at = _LIKELIHOODS[fit.model]
        k = len(next(iter(fitted.rows.blocks())).x)
        reach = measure_design(fitted.rows, k).reach
        found = fit_constrained(
            fitted.rows,
            kernel,
            beta,
            null_space(matrix),
            np.concatenate([np.tile(reach, len(fit.equations)), np.ones(fit.n_thresholds)]),
        )
        if not found.converged:
            raise _no_maximum(call)
        inverse = np.asarray(np.linalg.inv(found.information), dtype=float)
        step = inverse @ found.score
        deviance = 2 * (fit.loglik - found.loglik)

        def influence(block: Block) -> Array:
            values: Array = inverse @ scores_at(found.beta, block)
            return values

    covariance = np.empty((0, 0))
    if scores:
        covariance = inverse
        if fit.variance != "model":
            covariance = influence_covariance(fit, source, fitted.rows, influence, call=call)
        covariance = turn @ covariance @ turn.T
    return Restricted(deviance=max(deviance, 0.0), step=turn @ step, covariance=covariance)


def restricted_mixed_loglik(fit: ModelFit, source: FitSource, hypothesis: Hypothesis, *, call: str) -> float:
    """Return the log-likelihood of a model with a random intercept under a hypothesis.

    Parameters
    ----------
    fit : ModelFit
        The fit without it, by maximum likelihood.
    source : FitSource
        Its rows.
    hypothesis : Hypothesis
        The hypothesis.
    call : str
        The public call, for messages.

    Returns
    -------
    float
        The log-likelihood.

    Raises
    ------
    InputError
        If no coefficient is left.
    ConvergenceError
        If no maximum is reached.
    """
    blocks = list(source.rows.source.blocks())
    p = fit.n_parameters
    if len(hypothesis.matrix) == p:
        raise InputError(f"{call}(): the hypothesis leaves no coefficient.", 'Take kind="wald".')
    x = np.concatenate([block.x for block in blocks], axis=1)
    y = np.concatenate([block.y for block in blocks])
    group = np.concatenate([block.cluster for block in blocks if block.cluster is not None])
    f = None if blocks[0].w is None else np.concatenate([block.w for block in blocks if block.w is not None])
    norm = measure_design(source.rows.source, p).norm
    matrix = hypothesis.matrix / norm
    directions = null_space(matrix) / norm[:, None]
    estimate = fit.coefficients[:, 0]
    origin = _origin(
        hypothesis.matrix, hypothesis.matrix @ estimate - hypothesis.value, estimate, fit.covariance
    )
    known = origin @ x
    if not fit.outcome_levels:
        linear = fit_mixed_linear(directions.T @ x, y - known, group, f=f, reml=False)
        converged, loglik = linear.converged, linear.loglik
    else:
        offset = known
        if blocks[0].offset is not None:
            offset = known + np.concatenate([block.offset for block in blocks if block.offset is not None])
        grouped = group_rows(directions.T @ x, y, group, f=f, offset=offset)
        logit = fit_mixed_logit(grouped)
        converged, loglik = logit.converged, logit.loglik
    if not converged:
        raise _no_maximum(call)
    return float(loglik)
