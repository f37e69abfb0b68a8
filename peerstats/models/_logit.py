"""The one fit behind logistic and multinomial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from peerstats.errors import ConvergenceError, FormulaError
from peerstats.models._variance import choose_variance, covariance, degrees_of_freedom
from peerstats.numerics import (
    TurnedRows,
    find_collinearity,
    fit_multinomial,
    measure_design,
    multinomial_loglik_null,
)
from peerstats.postfit import ModelFit

if TYPE_CHECKING:
    from peerstats.design import ModelRows
    from peerstats.numerics import DesignScale, Maximum, Rows
    from peerstats.typing import Array

__all__ = ["fit_logit"]

_RUNAWAY = 0.1  # of the largest move of a linear predictor: terms that move as much are named
_NAMED = 6  # runaway terms named in a message


def _turn(rows: ModelRows, scale: DesignScale, call: str) -> Array | None:
    """Return the matrix that makes nearly dependent columns orthogonal; refuse dependent ones."""
    names = rows.design.columns
    if not np.isfinite(scale.norm).all():
        j = int(np.flatnonzero(~np.isfinite(scale.norm))[0])
        raise FormulaError(f"{call}(): the values of {names[j]!r} are too large to square.", "Rescale them.")
    if scale.clear:
        return None
    found = find_collinearity(rows, scale.norm)
    if found.column is None:
        turn: Array = solve_triangular(found.triangle, np.sqrt(rows.n_rows) * np.eye(len(names)))
        return turn / scale.norm[:, None]
    name = names[found.column]
    if not found.others:
        raise FormulaError(f"{call}(): {name!r} is 0 in every row used.", "Take it out of the formula.")
    others = ", ".join(repr(names[i]) for i in found.others)
    raise FormulaError(
        f"{call}(): the column {name!r} is a combination of {others} in the {rows.n_rows:,} rows used.",
        "Take one of these columns out of the formula, or merge levels.",
    )


def _separated(rows: ModelRows, maximum: Maximum, step: Array, reach: Array, call: str) -> ConvergenceError:
    """Say which coefficients grow without end."""
    outcome = rows.outcome
    moves = np.abs(step) * reach
    if not np.isfinite(moves).all() or moves.max() == 0:
        return ConvergenceError(
            f"{call}(): no maximum was reached after {maximum.n_iterations} steps.",
            "Check the columns for extreme values, or leave terms out.",
        )
    runaway = moves >= _RUNAWAY * moves.max()
    names = [name for name, runs in zip(rows.design.columns, runaway.any(axis=0), strict=True) if runs]
    # the intercept runs against the others; it is named only if it runs alone
    names = [name for name in names if name != "Intercept"] or names
    shown = ", ".join(map(repr, names[:_NAMED])) + (
        f" and {len(names) - _NAMED} more" if names[_NAMED:] else ""
    )
    tell = "tells" if len(names) == 1 else "tell"
    levels = [
        repr(level) for level, runs in zip(outcome.levels[1:], runaway.any(axis=1), strict=True) if runs
    ]
    return ConvergenceError(
        f"{call}(): the rows are separated: {shown} {tell} {outcome.name} {' and '.join(levels)} from "
        f"{outcome.levels[0]!r} without exception, so the coefficients grow without end "
        f"(stopped after {maximum.n_iterations} steps).",
        f"Tabulate {outcome.name} by the term; merge levels in which an outcome never or always occurs, "
        "or leave the term out.",
    )


def _notes(rows: ModelRows, maximum: Maximum) -> tuple[str, ...]:
    notes = list(rows.notes)
    if maximum.n_extreme:
        notes.append(
            f"{maximum.n_extreme:,} rows have a fitted probability within 1e-8 of 0 or 1: "
            "look for terms that nearly separate the outcomes."
        )
    p = len(maximum.beta)
    if rows.n_clusters is not None and rows.n_clusters < p:
        notes.append(
            f"{rows.n_clusters:,} clusters for {p:,} coefficients: tests of all coefficients together are "
            "impossible, single errors uncertain."
        )
    return tuple(notes)


def fit_logit(
    rows: ModelRows,
    *,
    model: str,
    formula: str,
    weights: str | None,
    cluster: str | None,
    variance: str,
    conf_level: float,
) -> ModelFit:
    """Fit a logistic (two outcomes) or multinomial logit to rows that were read."""
    variance = choose_variance(variance, rows.weight_kind, clustered=cluster is not None, call=model)
    k, n_outcomes = len(rows.design.columns), len(rows.outcome.levels)
    totals = np.bincount(rows.outcome.codes, rows.weights, minlength=n_outcomes).astype(float)
    scale = measure_design(rows, k)
    turn = _turn(rows, scale, model)
    source: Rows = rows if turn is None else TurnedRows(rows=rows, turn=turn)
    reach = scale.reach if turn is None else measure_design(source, k).reach
    maximum = fit_multinomial(source, n_outcomes, reach, float(totals.sum()))
    back = np.eye(k) if turn is None else turn
    shape = (n_outcomes - 1, k)
    if not maximum.converged:
        raise _separated(rows, maximum, maximum.last_step.reshape(shape) @ back.T, scale.reach, model)
    errors = covariance(variance, rows, source, maximum, shape, model)
    if turn is not None:
        every = np.kron(np.eye(n_outcomes - 1), turn)
        errors = every @ errors @ every.T
    return ModelFit(
        model=model,
        formula=" ".join(formula.split()),
        outcome=rows.outcome.name,
        outcome_levels=rows.outcome.levels,
        terms=rows.design.columns,
        coefficients=np.array((maximum.beta.reshape(shape) @ back.T).T),
        covariance=np.array(errors),
        df=degrees_of_freedom(variance, rows),
        variance=variance,
        weights=weights,
        weight_kind=rows.weight_kind,
        cluster=cluster,
        n=rows.n,
        n_rows=rows.n_rows,
        n_missing=rows.n_missing,
        dropped=tuple(rows.dropped.items()),
        n_clusters=rows.n_clusters,
        loglik=maximum.loglik,
        loglik_null=multinomial_loglik_null(totals),
        n_iterations=maximum.n_iterations,
        converged=True,
        conf_level=conf_level,
        notes=_notes(rows, maximum),
        design=rows.design,
    )
