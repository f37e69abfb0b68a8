"""The fit behind mixed_logistic: quadrature, its reasons to stop, and the record of the random intercept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.errors import ConvergenceError
from peerstats.models._assemble import assemble
from peerstats.models._covariance import Covariance
from peerstats.models._logit import extreme_notes, refuse_unfinished, turn_design
from peerstats.models._mixed_rows import few_groups, refuse_saturated, stack_rows
from peerstats.numerics import MOST_POINTS, fit_mixed_logit, group_rows, intercept_spread, measure_design
from peerstats.postfit import RandomIntercept

if TYPE_CHECKING:
    from peerstats.design import Asked, ModelRows
    from peerstats.models._result import ModelResult
    from peerstats.numerics import MixedLogitFit
    from peerstats.typing import Array

__all__ = ["fit_mixed_rows"]


def _no_maximum(
    found: MixedLogitFit,
    rows: ModelRows,
    asked: Asked,
    group: str,
    reach: Array,
    *,
    points: bool,
) -> ConvergenceError:
    """Make the error of a search that ended without a maximum."""
    call = asked.call
    if found.stop == "separated":
        return refuse_unfinished(rows, reach, found.n_iterations, call)
    if found.stop == "sigma_unbounded":
        return ConvergenceError(
            f"{call}(): the variance between groups of {group!r} grows without end: in {found.n_uniform:,} "
            f"of {found.n_groups:,} groups all rows have the same outcome.",
            "The outcome belongs to the group: model one row a group, or use logistic() with "
            f'cluster="{group}".',
        )
    if found.stop == "not_identified":
        return ConvergenceError(
            f"{call}(): the rows do not tell how much the groups of {group!r} differ: the likelihood is flat "
            f"({found.n_single:,} of {found.n_groups:,} groups hold one row).",
            f'Name a column of larger groups, or use logistic() with cluster="{group}".',
        )
    return ConvergenceError(
        f"{call}(): no maximum was reached after {found.n_iterations} steps.",
        "Leave n_points= out, and enough points are found."
        if points
        else "Bring predictors to similar scales, or leave terms out.",
    )


def _quadrature_notes(found: MixedLogitFit) -> tuple[str, ...]:
    if found.points_enough:
        return ()
    fewer, more = sorted((found.n_points, found.n_points_checked))
    if fewer == more:
        fewer = more // 2
    note = (
        f"Too few quadrature points: from {fewer} to {more} the log-likelihood changed by "
        f"{found.loglik_change:.1g} and an estimate by {found.step_change:.1g} standard errors"
    )
    most = "" if fewer >= MOST_POINTS // 2 else "; leave n_points= out, and enough are found"
    return (f"{note}{most}.",)


def _turn_back(back: Array, covariance: Array) -> Array:
    """Turn the coefficients of a covariance back; the spread, which follows them, stays and may be NaN."""
    k = len(back)
    joint = covariance.copy()
    joint[:k, :k] = back @ covariance[:k, :k] @ back.T
    joint[:k, k] = joint[k, :k] = back @ covariance[:k, k]
    return joint


def fit_mixed_rows(rows: ModelRows, asked: Asked, group: str, n_points: int | None) -> ModelResult:
    """Fit a logit with a random intercept to rows that were read."""
    call = asked.call
    k = len(rows.design.columns)
    scale = measure_design(rows.source, k)
    turn = turn_design(rows, scale, call)
    stacked = stack_rows(rows, group, call)
    refuse_saturated(stacked, rows, group, call)
    back = np.eye(k) if turn is None else turn
    x = stacked.x if turn is None else turn.T @ stacked.x
    grouped = group_rows(x, stacked.y, stacked.group, f=stacked.f, offset=stacked.offset)
    found = fit_mixed_logit(grouped, n_points=n_points)
    if not found.converged:
        raise _no_maximum(found, rows, asked, group, scale.reach, points=n_points is not None)
    joint = _turn_back(back, found.covariance)
    spread = intercept_spread(found, grouped, asked.conf_level)
    return assemble(
        asked,
        rows,
        None,
        coefficients=(back @ found.beta)[:, None],
        variance="model",
        covariance=Covariance(matrix=joint[:k, :k], df=None, notes=()),
        loglik=found.loglik,
        loglik_null=float("nan"),
        n_iterations=found.n_iterations,
        notes=(*extreme_notes(found.n_extreme), *_quadrature_notes(found), *few_groups(rows, group)),
        random=RandomIntercept(
            group=group,
            method="ML",
            n_groups=found.n_groups,
            n_single=found.n_single,
            n_uniform=found.n_uniform,
            largest_group=round(found.largest_group),
            sd=spread.sd,
            variance=spread.variance,
            icc=spread.icc,
            residual_sd=None,
            lr_statistic=spread.lr_statistic,
            lr_p_value=spread.lr_p_value,
            loglik_plain=found.loglik_plain,
            singular=found.singular,
            n_points=found.n_points,
            n_points_checked=found.n_points_checked,
            loglik_change=found.loglik_change,
            step_change=found.step_change,
            joint=joint,
        ),
    )
