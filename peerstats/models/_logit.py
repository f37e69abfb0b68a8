"""The one fit behind logistic and multinomial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from peerstats.errors import ConvergenceError, InputError
from peerstats.models._assemble import assemble
from peerstats.models._collinear import refuse_collinear, refuse_large
from peerstats.models._separated import judge_separation, separation_error
from peerstats.models._variance import choose_variance, covariance
from peerstats.numerics import (
    ConstantRows,
    TurnedRows,
    find_collinearity,
    fit_multinomial,
    measure_design,
    multinomial_loglik_null,
    multinomial_probabilities,
    multinomial_refits,
    multinomial_scores,
)
from peerstats.postfit import Fitted

if TYPE_CHECKING:
    from peerstats.design import Asked, MemoryRows, ModelRows
    from peerstats.models._result import ModelResult
    from peerstats.numerics import Block, DesignScale, Rows
    from peerstats.typing import Array

__all__ = ["extreme_notes", "fit_logit", "null_loglik", "refuse_unfinished", "require_two", "turn_design"]


def turn_design(rows: ModelRows, scale: DesignScale, call: str) -> Array | None:
    """Return the matrix that makes nearly dependent columns orthogonal; refuse dependent ones."""
    if not np.isfinite(scale.norm).all():
        raise refuse_large(rows, int(np.flatnonzero(~np.isfinite(scale.norm))[0]), call)
    if scale.clear:
        return None
    found = find_collinearity(rows.summed, scale.norm)
    if found.column is not None:
        raise refuse_collinear(rows, found, call)
    turn: Array = solve_triangular(found.triangle, np.sqrt(rows.summed.n_rows) * np.eye(len(scale.norm)))
    return turn / scale.norm[:, None]


def require_two(rows: ModelRows, call: str, next_step: str) -> None:
    """Refuse an outcome of more than two levels."""
    if len(rows.outcome_levels) > 2:  # noqa: PLR2004  (two outcomes are what logistic means)
        shown = ", ".join(map(repr, rows.outcome_levels[:6]))
        raise InputError(
            f"{call}(): the outcome {rows.outcome!r} has {len(rows.outcome_levels)} levels: {shown}.",
            next_step,
        )


def _turned(rows: Rows, turn: Array | None) -> Rows:
    return rows if turn is None else TurnedRows(rows=rows, turn=turn)


def refuse_separated(rows: ModelRows, reach: Array, n_iterations: int, call: str) -> None:
    """Raise the error of separated rows if they are."""
    judged = judge_separation(rows.summed, len(rows.outcome_levels), reach)
    if judged is not None and judged.found.kind != "none":
        raise separation_error(rows, judged, n_iterations, call)


def refuse_unfinished(rows: ModelRows, reach: Array, n_iterations: int, call: str) -> ConvergenceError:
    """Make the error of a fit without a maximum; raise that of separated rows if they are."""
    refuse_separated(rows, reach, n_iterations, call)
    return ConvergenceError(
        f"{call}(): no maximum was reached after {n_iterations} steps.",
        "Check the columns for extreme values, or leave terms out.",
    )


def extreme_notes(n_extreme: int, what: str = "rows") -> tuple[str, ...]:
    """Say how many rows, or patterns of them, have a fitted probability near 0 or 1."""
    if not n_extreme:
        return ()
    count = f"{n_extreme:,} {what} have a fitted probability within 1e-8 of 0 or 1"
    return (f"{count}: look for terms that nearly separate the outcomes.",)


def _working(block: Block, beta: Array) -> tuple[Array, Array]:
    """Return residuals and curvature of a logistic model."""
    p = multinomial_probabilities(beta, block.x, block.offset)[1]
    return block.y - p, p * (1.0 - p)


def null_loglik(rows: Rows, totals: Array, *, offset: bool) -> float:
    """Return the log-likelihood of the intercept alone, beside the offset if there is one."""
    if not offset:
        return multinomial_loglik_null(totals)
    return fit_multinomial(ConstantRows(rows=rows), len(totals), np.ones(1), float(totals.sum())).loglik


def fit_logit(rows: ModelRows, asked: Asked) -> ModelResult:
    """Fit a logistic (two outcomes) or multinomial logit to rows that were read."""
    call = asked.call
    k, n_outcomes = len(rows.design.columns), len(rows.outcome_levels)
    one_equation = n_outcomes == 2  # noqa: PLR2004  (the base and one other)
    variance = choose_variance(asked.variance, rows, one_equation=one_equation, call=call)
    scale = measure_design(rows.summed, k, n_outcomes)
    totals = scale.totals
    turn = turn_design(rows, scale, call)
    summed, source = _turned(rows.summed, turn), _turned(rows.source, turn)
    reach = scale.reach if turn is None else measure_design(summed, k).reach
    maximum = fit_multinomial(summed, n_outcomes, reach, float(totals.sum()))
    back = np.eye(k) if turn is None else turn
    shape = (n_outcomes - 1, k)
    if not maximum.converged:
        raise refuse_unfinished(rows, scale.reach, maximum.n_iterations, call)
    if maximum.n_extreme:
        refuse_separated(rows, scale.reach, maximum.n_iterations, call)
    beta = maximum.beta.reshape(shape)
    coefficients = beta @ back.T

    def refit(source: MemoryRows, weights: Array) -> Array:
        codes = source.values.astype(np.int64, copy=False)
        x = source.design_matrix()
        return multinomial_refits(x, codes, weights, coefficients, offset=source.offset).coefficients

    fitted = Fitted(
        rows=source,
        bread=maximum.inverse_information,
        scores=lambda block: multinomial_scores(beta, block),
        working=(lambda block: _working(block, beta)) if one_equation else None,
        turn=None if turn is None else np.asarray(np.kron(np.eye(n_outcomes - 1), turn), dtype=float),
        refit=refit,
        squared=None if rows.patterns is None else _turned(rows.patterns.squared(), turn),
        summed=None if rows.patterns is None else summed,
    )
    return assemble(
        asked,
        rows,
        fitted,
        coefficients=coefficients.T,
        variance=variance,
        covariance=covariance(variance, rows, fitted, asked, coefficients.ravel()),
        loglik=maximum.loglik,
        loglik_null=null_loglik(rows.summed, totals, offset=asked.offset is not None),
        n_iterations=maximum.n_iterations,
        notes=extreme_notes(maximum.n_extreme, rows.summed_word),
    )
