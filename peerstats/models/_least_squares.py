"""The fit behind linear: least squares, its errors and its likelihood."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.models._assemble import assemble
from peerstats.models._collinear import refuse_collinear
from peerstats.models._variance import choose_variance, covariance
from peerstats.numerics import Collinearity, TurnedRows, add_up, fit_least_squares, least_squares_refits
from peerstats.postfit import Fitted, is_natural_log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.design import Asked, MemoryRows, ModelRows
    from peerstats.models._result import ModelResult
    from peerstats.numerics import Block, LeastSquares
    from peerstats.typing import Array

__all__ = ["fit_linear"]

_EXACT = 1e-20  # of the total sum of squares: a residual sum below it is rounding


def _refit(source: MemoryRows, weights: Array) -> Array:
    return least_squares_refits(source.design_matrix(), source.values.astype(float), weights)


def _fitted(rows: ModelRows, found: LeastSquares, variance_of_errors: float) -> Fitted:
    """Work in orthonormal columns Q = X R^-1, whose inverse information is the identity."""
    k = len(found.beta)
    turn = solve_triangular(found.triangle, np.eye(k))
    # the coefficients of Q
    beta = found.triangle @ found.beta

    def residual(block: Block) -> Array:
        # means of patterns come in extended precision
        left: Array = np.asarray(block.y - beta @ block.x, dtype=float)
        return left

    patterns = rows.patterns
    return Fitted(
        rows=TurnedRows(rows=rows.source, turn=turn),
        bread=np.eye(k),
        scores=lambda block: block.x * residual(block),
        working=lambda block: (residual(block), None),
        turn=turn,
        refit=_refit,
        dispersion=variance_of_errors,
        squared=None if patterns is None else TurnedRows(rows=patterns.squared(), turn=turn),
        summed=None if patterns is None else TurnedRows(rows=patterns, turn=turn),
    )


def _loglik(rows: ModelRows, found: LeastSquares, squares: float) -> float:
    """Return the normal log-likelihood at the variance `squares` / n; NaN with sampling weights."""
    if rows.weight_kind == "sampling" or squares <= 0:
        return float("nan")
    logs = found.sum_log_weights if rows.weight_kind == "precision" else 0.0
    return float(-0.5 * rows.n * (np.log(2 * np.pi * squares / rows.n) + 1) + 0.5 * logs)


def _smearing(rows: ModelRows, found: LeastSquares) -> float | None:
    """Return the weighted mean of the exponentiated residuals of a model of a logarithm (Duan 1983)."""
    if not is_natural_log(rows.outcome) or rows.weight_kind == "precision":
        return None
    beta = found.beta

    def exponentiated(blocks: Iterable[Block]) -> tuple[float, float]:
        total = mean = 0.0
        for block in blocks:
            ratio = np.exp(block.y - beta @ block.x)
            total += float(len(ratio) if block.w is None else block.w.sum())
            mean += float(ratio.sum() if block.w is None else block.w @ ratio)
        return total, mean

    total, mean = rows.source.reduce(exponentiated, add_up)
    return float(mean / total)


def fit_linear(rows: ModelRows, asked: Asked) -> ModelResult:
    """Fit a linear model to rows that were read."""
    call = asked.call
    variance = choose_variance(asked.variance, rows, one_equation=True, call=call)
    k = len(rows.design.columns)
    if rows.n <= k:
        raise InputError(
            f"{call}(): {counted(rows.n, 'observation')} for {k:,} coefficients leave no degrees of freedom.",
            "Leave terms out.",
        )
    found = fit_least_squares(rows.summed, k)
    if isinstance(found, Collinearity):
        raise refuse_collinear(rows, found, call)
    if rows.patterns is not None and rows.patterns.numbers is not None:
        found = replace(found, sum_log_weights=rows.patterns.numbers.sum_log_weights)
    df_residual = rows.n - k
    # precision weights are relative: the residual variance is that of a row of weight 1
    scale = rows.n / found.sum_weights if rows.weight_kind == "sampling" else 1.0
    sigma2 = found.rss * scale / df_residual
    exact = found.rss <= _EXACT * found.tss
    fitted = _fitted(rows, found, sigma2)
    return assemble(
        asked,
        rows,
        fitted,
        coefficients=found.beta[:, None],
        variance=variance,
        covariance=covariance(variance, rows, fitted, asked, found.beta),
        loglik=_loglik(rows, found, found.rss),
        loglik_null=_loglik(rows, found, found.tss),
        n_iterations=0,
        notes=("The terms fit every outcome exactly: the errors are rounding.",) if exact else (),
        sigma=float(np.sqrt(sigma2)),
        r_squared=1.0 - found.rss / found.tss,
        adj_r_squared=1.0 - found.rss / found.tss * (rows.n - found.has_constant) / df_residual,
        smearing=_smearing(rows, found),
    )
