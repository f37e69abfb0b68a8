"""Errors of averages over rows: by the delta method, with the rows themselves drawn, or from replicates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.design import DesignUnits, MemoryRows
from peerstats.engines import replicate, replicate_variance
from peerstats.errors import ConvergenceError, InputError
from peerstats.numerics import one_blas_thread
from peerstats.postfit._averages import average, average_over
from peerstats.postfit._drawn_rows import drawn_covariance, row_influence
from peerstats.postfit._response import response

if TYPE_CHECKING:
    from peerstats.engines import Replicates
    from peerstats.postfit._averages import Averages, Plan
    from peerstats.postfit._averaging import Averaging
    from peerstats.postfit._combination import Combination
    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._margin_rows import MarginRows
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._scenario import PlacedRows
    from peerstats.typing import Array

__all__ = ["ERRORS", "Effects", "check_errors", "work_out"]

ERRORS = ("delta", "unconditional", "replicate")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effects:
    """Estimates and their covariance.

    Parameters
    ----------
    estimate : (R,) float array
        The estimates.
    covariance : (R, R) float array
        Their covariance.
    n_replicates : int or None
        Replicates behind it.
    notes : tuple of str
        What to keep in mind.
    """

    estimate: Array
    covariance: Array
    n_replicates: int | None = None
    notes: tuple[str, ...] = ()


def check_errors(
    errors: str, fit: ModelFit, source: FitSource | None, *, own: bool, weights: str, call: str
) -> None:
    """Refuse errors that the fit or the rows cannot give."""
    check_choice(errors, ERRORS, "errors", call)
    if not fit.df >= 1:
        raise InputError(
            f"{call}(): the fit has {fit.df:g} degrees of freedom: no error can be told.",
            "Use more clusters or PSUs, or leave terms out.",
        )
    if errors == "delta":
        return
    if source is None:
        raise InputError(
            f"{call}(): errors={errors!r} need the fit's own rows, and this fit was loaded.",
            'Join it with them first, result.with_data(data), or take errors="delta".',
        )
    if not own or weights == "none":
        raise InputError(
            f"{call}(): errors={errors!r} are those of the fit's own rows with its weights.",
            'Take errors="delta" with data=, weights="none" or a balanced grid.',
        )
    if source.fitted is None:
        raise InputError(
            f"{call}(): errors={errors!r} are not defined for {fit.model}().", 'Take errors="delta".'
        )
    by_replicates = fit.variance == "replicate"
    if errors == "replicate" and not by_replicates:
        raise InputError(
            f"{call}(): errors='replicate' of a fit whose errors are {fit.variance!r}.",
            'Fit with variance="replicate", or with a design that has replicate weights.',
        )
    if errors == "unconditional" and by_replicates:
        raise InputError(
            f"{call}(): errors='unconditional' of a fit with replicate weights.",
            'Take errors="replicate", which draws the rows as well.',
        )


def work_out(
    how: Averaging,
    fit: ModelFit,
    source: FitSource | None,
    plan: Plan,
    rows: MarginRows,
    combination: Combination,
) -> Effects:
    """Average, combine and measure the errors.

    Parameters
    ----------
    how : Averaging
        What was asked for: the kind of errors, and replicates.
    fit : ModelFit
        The fit.
    source : FitSource or None
        Where it came from.
    plan : Plan
        What is averaged.
    rows : MarginRows
        Over which rows.
    combination : Combination
        Which averages the results are made of.

    Returns
    -------
    Effects
        Estimates and covariance.

    Notes
    -----
    Delta: G V G', G being the gradient and V the covariance of the coefficients; the rows are taken as they
    are. Unconditional: the variance of the sum of w_i (h_i - a) / W + G u_i, u_i being the influence of row i
    on the coefficients. Replicate: the model refitted and the averages taken with each replicate's weights.
    """
    names = _columns(plan)
    expected = response(fit)
    found = average_over(plan, rows, names, expected)
    estimate = combination.of(found.value[0])
    gradient = combination.of(_gradient(found))
    if how.errors == "delta" or source is None or source.fitted is None:
        with one_blas_thread():
            matrix = gradient @ expected.covariance @ gradient.T
        return Effects(estimate=estimate, covariance=(matrix + matrix.T) / 2)
    if how.errors == "replicate" and how.replicates is not None:
        return _replicated(fit, source, plan, list(rows.parts(names)), combination, estimate, how.replicates)
    influence = row_influence(plan, combination, expected, source.fitted, found, gradient=gradient)
    matrix = drawn_covariance(fit, source, rows, names, influence)
    return Effects(estimate=estimate, covariance=matrix)


def _columns(plan: Plan) -> tuple[str, ...]:
    changed = {name for item in plan.items for name in item.setting}
    slopes = {item.slope for item in plan.items if item.slope is not None}
    needed = dict.fromkeys(plan.scenarios.expression_columns([*changed, *slopes]))
    return tuple(needed)


def _gradient(found: Averages) -> Array:
    if found.gradient is None:
        raise ValueError("no gradient")
    return found.gradient


def _replicated(
    fit: ModelFit,
    source: FitSource,
    plan: Plan,
    held: list[tuple[int, PlacedRows]],
    combination: Combination,
    estimate: Array,
    replicates: Replicates,
) -> Effects:
    memory, fitted, arrays = source.rows.source, source.fitted, source.rows.survey
    if not isinstance(memory, MemoryRows) or isinstance(arrays, DesignUnits) or fitted is None:
        raise TypeError("replicates of rows that are not in memory")

    def statistic(weights: Array) -> Array:
        inside = np.ascontiguousarray(weights[: memory.n_rows] if arrays is None else weights[memory.used])
        refits = fitted.refit(memory, inside)
        shape = fit.coefficients.T.shape
        responses = [response(replace(fit, coefficients=each.reshape(shape).T.copy())) for each in refits]
        with np.errstate(all="ignore"):  # of a replicate without a fit, or without a row in a group
            values = average(plan, held, responses, inside, curved=False).value
        return np.stack([combination.of(each) for each in values])

    values = replicate(statistic, replicates, label=f"{fit.model}: margins of replicates")
    n_lost = int((~np.isfinite(values).all(axis=1)).sum())
    if replicates.n_replicates - n_lost < 2:  # noqa: PLR2004  (two replicates have a variance)
        raise ConvergenceError(
            f"{fit.model}(): {n_lost:,} of {replicates.n_replicates:,} replicates have no fit.",
            "Merge outcomes or levels with few rows: replicates lose them.",
        )
    matrix = (
        replicate_variance(values, replicates)
        if arrays is None
        else arrays.replicate_covariance(values, estimate)
    )
    lost = f"{n_lost:,} of {replicates.n_replicates:,} replicates have no fit and are left out of the errors."
    return Effects(
        estimate=estimate,
        covariance=matrix,
        n_replicates=replicates.n_replicates,
        notes=(lost,) if n_lost else (),
    )
