"""The fit behind mixed_linear: restricted or full maximum likelihood from the sums of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtri

from peerstats._core.words import counted
from peerstats.errors import ConvergenceError, InputError
from peerstats.models._assemble import assemble
from peerstats.models._collinear import refuse_collinear
from peerstats.models._covariance import Covariance
from peerstats.models._mixed_rows import few_groups, refuse_saturated, stack_rows
from peerstats.numerics import Collinearity, SpreadEstimate, fit_least_squares, fit_mixed_linear
from peerstats.postfit import RandomIntercept

if TYPE_CHECKING:
    from peerstats.design import Asked, ModelRows
    from peerstats.models._result import ModelResult
    from peerstats.numerics import MixedLinearFit

__all__ = ["fit_mixed_squares"]

_EXACT = 1e-20  # of the total sum of squares: a residual sum below it is rounding


def _random(found: MixedLinearFit, group: str) -> RandomIntercept:
    sd, se = found.sd_row, found.sd_row_error
    factor = float(np.exp(ndtri((1.0 + found.spread.conf_level) / 2) * se / sd))
    return RandomIntercept(
        group=group,
        method="REML" if found.reml else "ML",
        n_groups=found.n_groups,
        n_single=found.n_single,
        n_uniform=None,
        largest_group=round(found.largest_group),
        sd=found.spread.sd,
        variance=found.spread.variance,
        icc=found.spread.icc,
        residual_sd=SpreadEstimate(
            estimate=sd,
            std_error=se,
            conf_low=found.sd_row_low,
            conf_high=found.sd_row_high,
            wald_low=sd / factor,
            wald_high=sd * factor,
        ),
        lr_statistic=found.spread.lr_statistic,
        lr_p_value=found.spread.lr_p_value,
        loglik_plain=found.loglik_plain,
        singular=found.singular,
        n_points=None,
        n_points_checked=None,
        loglik_change=None,
        step_change=None,
    )


def fit_mixed_squares(
    rows: ModelRows, asked: Asked, group: str, method: Literal["reml", "ml"]
) -> ModelResult:
    """Fit a linear model with a random intercept to rows that were read."""
    call = asked.call
    k = len(rows.design.columns)
    if rows.n <= k:
        raise InputError(
            f"{call}(): {counted(rows.n, 'observation')} for {k:,} coefficients leave no degrees of freedom.",
            "Leave terms out.",
        )
    least = fit_least_squares(rows.source, k)
    if isinstance(least, Collinearity):
        raise refuse_collinear(rows, least, call)
    if least.rss <= _EXACT * least.tss:
        raise InputError(
            f"{call}(): the terms fit every outcome exactly, so no variance is left to divide.",
            "Leave terms out.",
        )
    stacked = stack_rows(rows, group, call)
    refuse_saturated(stacked, rows, group, call)
    found = fit_mixed_linear(
        stacked.x,
        stacked.y,
        stacked.group,
        f=stacked.f,
        reml=method == "reml",
        conf_level=asked.conf_level,
    )
    if not found.converged:
        raise ConvergenceError(
            f"{call}(): within the groups of {group!r} the terms fit every outcome exactly: no residual "
            "variance is left.",
            f"If the outcome belongs to the group, model one row a {group}; else leave terms out.",
        )
    return assemble(
        asked,
        rows,
        None,
        coefficients=found.beta[:, None],
        variance="model",
        covariance=Covariance(matrix=found.covariance, df=None, notes=()),
        loglik=found.loglik,
        loglik_null=float("nan"),
        n_iterations=0,
        notes=few_groups(rows, group),
        sigma=found.sd_row,
        random=_random(found, group),
    )
