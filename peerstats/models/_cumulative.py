"""The fit behind ordinal: cumulative logits with proportional odds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from peerstats.models._assemble import assemble
from peerstats.models._collinear import refuse_collinear, refuse_large
from peerstats.models._cumulative_separated import refuse_separated_levels
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
    total,
)
from peerstats.postfit import Fitted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.design import Asked, MemoryRows, ModelRows
    from peerstats.models._result import ModelResult
    from peerstats.numerics import Block, Rows
    from peerstats.typing import Array

__all__ = ["Columns", "fit_ordinal", "read_columns", "threshold_names"]

_NAMED = 6  # levels named in a note


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
    whole = ConstantFirst(rows=rows.summed)
    scale = measure_design(whole, k + 1, len(rows.outcome_levels))
    if not np.isfinite(scale.norm).all():
        raise refuse_large(rows, int(np.flatnonzero(~np.isfinite(scale.norm))[0]), call, names)
    reach = scale.reach[1:]
    if scale.clear:
        return Columns(rows=rows.summed, turn=None, reach=reach, own_reach=reach, totals=scale.totals)
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


def _under(rows: Rows, columns: Columns) -> Rows:
    """Return rows in the columns that the search works in."""
    if columns.turn is None:
        return rows
    return TurnedRows(rows=ConstantFirst(rows=rows), turn=columns.turn[:, 1:])


def threshold_names(rows: ModelRows) -> tuple[str, ...]:
    """Name the thresholds by the levels on both sides, as R does: low|mid."""
    return tuple(f"{low}|{high}" for low, high in pairwise(rows.outcome_levels))


def _single_notes(rows: ModelRows, totals: Array) -> tuple[str, ...]:
    """Say which levels one person alone holds."""
    counts = totals
    if rows.weight_kind == "sampling":
        patterns, n_levels = rows.patterns, len(totals)
        weighted = patterns is not None

        def count(blocks: Iterable[Block]) -> Array:
            each = (np.bincount(b.y, b.w if weighted else None, minlength=n_levels) for b in blocks)
            return total(part.astype(float) for part in each)

        counts = (rows.source if patterns is None else patterns.counted()).reduce(count, total)
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
    if not maximum.converged or maximum.n_extreme:
        step = maximum.last_step if back is None else back @ maximum.last_step
        refuse_separated_levels(rows, maximum, step[: len(columns.reach)] * columns.own_reach, call)

    def refit(source: MemoryRows, weights: Array) -> Array:
        codes = source.values.astype(np.int64, copy=False)
        return cumulative_refits(source.design_matrix(), codes, weights, theta, offset=source.offset)

    fitted = Fitted(
        rows=_under(rows.source, columns),
        bread=maximum.inverse_information,
        scores=lambda block: cumulative_scores(maximum.beta, block),
        working=None,
        turn=back,
        refit=refit,
        squared=None if rows.patterns is None else _under(rows.patterns.squared(), columns),
        summed=None if rows.patterns is None else columns.rows,
    )
    return assemble(
        asked,
        rows,
        fitted,
        coefficients=theta[:, None],
        variance=variance,
        covariance=covariance(variance, rows, fitted, asked, theta),
        loglik=maximum.loglik,
        loglik_null=_loglik_null(rows.summed, columns.totals, offset=asked.offset is not None),
        n_iterations=maximum.n_iterations,
        notes=(*_single_notes(rows, columns.totals), *extreme_notes(maximum.n_extreme, rows.summed_word)),
        thresholds=threshold_names(rows),
    )
