"""The fit behind ordinal: cumulative logits with proportional odds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from peerstats.errors import ConvergenceError
from peerstats.models._assemble import assemble
from peerstats.models._collinear import refuse_collinear, refuse_large
from peerstats.models._logit import extreme_notes
from peerstats.models._variance import choose_variance, covariance
from peerstats.numerics import (
    ConstantFirst,
    ConstantRows,
    TurnedRows,
    cumulative_refits,
    cumulative_scores,
    find_collinearity,
    fit_cumulative,
    measure_design,
    multinomial_loglik_null,
)
from peerstats.postfit import Fitted

if TYPE_CHECKING:
    from peerstats.design import Asked, MemoryRows, ModelRows
    from peerstats.models._result import ModelResult
    from peerstats.numerics import Maximum, Rows
    from peerstats.typing import Array

__all__ = ["Columns", "fit_ordinal", "read_columns", "threshold_names"]

_RUNAWAY = 0.1  # of the largest move of a linear predictor: terms that move as much are named
_NAMED = 6  # terms and levels named in a message


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """The columns of an ordinal design, turned where they nearly depend on each other or on a constant.

    Parameters
    ----------
    rows : Rows
        The rows.
    turn : (k + 1, k + 1) float array or None
        The design with a constant before it, times this, gives a constant and the columns of `rows`.
    reach, own_reach : (k,) float array
        Largest absolute value of each column of `rows`, and of the design.
    totals : (J,) float array
        Sum of the weights of each level.
    """

    rows: Rows
    turn: Array | None
    reach: Array
    own_reach: Array
    totals: Array

    def back(self, n_cut: int) -> Array | None:
        """Return the (p, p) matrix from slopes and thresholds of `rows` to those of the design."""
        if self.turn is None:
            return None
        k = len(self.reach)
        matrix = np.eye(k + n_cut)
        matrix[:k, :k] = self.turn[1:, 1:]
        matrix[k:, :k] = -self.turn[0, 1:]
        return matrix


def read_columns(rows: ModelRows, call: str) -> Columns:
    """Measure the columns of an ordinal design; refuse those that depend on each other or are constant."""
    k, names = len(rows.design.columns), ("Intercept", *rows.design.columns)
    whole = ConstantFirst(rows=rows.source)
    scale = measure_design(whole, k + 1, len(rows.outcome_levels))
    if not np.isfinite(scale.norm).all():
        raise refuse_large(rows, int(np.flatnonzero(~np.isfinite(scale.norm))[0]), call, names)
    reach = scale.reach[1:]
    if scale.clear:
        return Columns(rows=rows.source, turn=None, reach=reach, own_reach=reach, totals=scale.totals)
    found = find_collinearity(whole, scale.norm)
    if found.column is not None:
        raise refuse_collinear(rows, found, call, names)
    turn = solve_triangular(found.triangle, np.sqrt(whole.n_rows) * np.eye(k + 1)) / scale.norm[:, None]
    turned = TurnedRows(rows=whole, turn=turn[:, 1:])
    return Columns(
        rows=turned,
        turn=turn,
        reach=measure_design(turned, k).reach,
        own_reach=reach,
        totals=scale.totals,
    )


def threshold_names(rows: ModelRows) -> tuple[str, ...]:
    """Name the thresholds by the levels on both sides, as R does: low|mid."""
    return tuple(f"{low}|{high}" for low, high in pairwise(rows.outcome_levels))


def _refuse_separated(
    rows: ModelRows, found: Maximum, step: Array, reach: Array, call: str
) -> ConvergenceError:
    """Make the error of slopes that grow without end, by the (p,) last step of slopes and thresholds."""
    moves = np.abs(step[: len(reach)]) * reach
    if not np.isfinite(step).all() or not moves.any():
        return ConvergenceError(
            f"{call}(): no maximum was reached after {found.n_iterations} steps.",
            "Check the columns for extreme values, or leave terms out.",
        )
    runaway = moves >= _RUNAWAY * moves.max()
    names = [repr(name) for name, runs in zip(rows.design.columns, runaway, strict=True) if runs]
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if names[_NAMED:] else "")
    tell = "tells" if len(names) == 1 else "tell"
    return ConvergenceError(
        f"{call}(): the rows are separated: {shown} {tell} lower from higher levels of {rows.outcome} "
        f"without exception, so the coefficients grow without end (stopped after {found.n_iterations} "
        "steps).",
        f"Tabulate {rows.outcome} by the term; merge levels of the term whose rows all lie at one end, or "
        "leave the term out.",
    )


def _single_notes(rows: ModelRows, totals: Array) -> tuple[str, ...]:
    """Say which levels one person alone holds."""
    counts = totals
    if rows.weight_kind == "sampling":
        counts = np.zeros(len(totals))
        for block in rows.source.blocks():
            counts += np.bincount(block.y, minlength=len(totals))
    single = [repr(level) for level, count in zip(rows.outcome_levels, counts, strict=True) if count == 1]
    if not single:
        return ()
    shown = ", ".join(single[:_NAMED]) + (f" and {len(single) - _NAMED} more" if single[_NAMED:] else "")
    where, who = ("its threshold", "that person") if len(single) == 1 else ("their thresholds", "these")
    return (f"{rows.outcome}: one person only has {shown}; {where} rests on {who} alone.",)


def _loglik_null(rows: Rows, totals: Array, *, offset: bool) -> float:
    """Return the log-likelihood of the thresholds alone, beside the offset if there is one."""
    if not offset:
        return multinomial_loglik_null(totals)
    empty = TurnedRows(rows=ConstantRows(rows=rows), turn=np.empty((1, 0)))
    return fit_cumulative(empty, np.empty(0), totals).loglik


def fit_ordinal(rows: ModelRows, asked: Asked) -> ModelResult:
    """Fit cumulative logits with proportional odds to rows that were read."""
    call = asked.call
    variance = choose_variance(asked.variance, rows, one_equation=False, call=call)
    columns = read_columns(rows, call)
    maximum = fit_cumulative(columns.rows, columns.reach, columns.totals)
    back = columns.back(len(columns.totals) - 1)
    theta = maximum.beta if back is None else back @ maximum.beta
    if not maximum.converged:
        step = maximum.last_step if back is None else back @ maximum.last_step
        raise _refuse_separated(rows, maximum, step, columns.own_reach, call)

    def refit(source: MemoryRows, weights: Array) -> Array:
        codes = source.values.astype(np.int64, copy=False)
        return cumulative_refits(source.design_matrix(), codes, weights, theta, offset=source.offset)

    fitted = Fitted(
        rows=columns.rows,
        bread=maximum.inverse_information,
        scores=lambda block: cumulative_scores(maximum.beta, block),
        working=None,
        turn=back,
        refit=refit,
    )
    return assemble(
        asked,
        rows,
        fitted,
        coefficients=theta[:, None],
        variance=variance,
        covariance=covariance(variance, rows, fitted, asked, theta),
        loglik=maximum.loglik,
        loglik_null=_loglik_null(rows.source, columns.totals, offset=asked.offset is not None),
        n_iterations=maximum.n_iterations,
        notes=(*_single_notes(rows, columns.totals), *extreme_notes(maximum.n_extreme)),
        thresholds=threshold_names(rows),
    )
