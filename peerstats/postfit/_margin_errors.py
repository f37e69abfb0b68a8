"""Errors of averages over rows: by the delta method, with the rows themselves drawn, or from replicates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.design import DesignUnits, MemoryRows
from peerstats.engines import replicate, replicate_variance
from peerstats.errors import ConvergenceError, InputError
from peerstats.numerics import cluster_sums, meat, one_blas_thread, sandwich_factor
from peerstats.postfit._averages import average, average_over, row_values
from peerstats.postfit._fitted import need_order
from peerstats.postfit._response import response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.engines import Replicates
    from peerstats.postfit._averages import Averages, Plan
    from peerstats.postfit._averaging import Averaging
    from peerstats.postfit._fitted import FitSource, Fitted
    from peerstats.postfit._margin_rows import MarginRows
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._scenario import PlacedRows
    from peerstats.typing import Array, IntArray

__all__ = ["ERRORS", "Combination", "Effects", "check_errors", "work_out"]

ERRORS = ("delta", "unconditional", "replicate")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Combination:
    """Which averages each of R rows of a result is made of.

    Parameters
    ----------
    group, plus, minus, outcome : (R,) int array
        The average of item `plus` of a group and outcome, less that of item `minus`, which is -1 for none.
    """

    group: IntArray
    plus: IntArray
    minus: IntArray
    outcome: IntArray

    def of(self, values: Array) -> Array:
        """Combine averages whose first axes are group, item and outcome."""
        out: Array = values[self.group, self.plus, self.outcome]
        taken = self.minus >= 0
        out[taken] -= values[self.group[taken], self.minus[taken], self.outcome[taken]]
        return out

    def part(self, rows: IntArray) -> Combination:
        """Return some rows, the averages being those of their one group."""
        return Combination(
            group=np.zeros(len(rows), dtype=np.int64),
            plus=self.plus[rows],
            minus=self.minus[rows],
            outcome=self.outcome[rows],
        )


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
    own = row_values(plan, rows.parts(names), expected)
    with one_blas_thread():
        influence = np.zeros((source.rows.source.n_rows, len(estimate)))
        _add_averages(influence, own, combination, estimate, found.total[0])
        clusters = _add_coefficients(influence, source.fitted, gradient)
        need_order(source, "margins")
        matrix = _variance_of(influence, clusters, fit, source)
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


def _add_averages(
    influence: Array,
    own: Iterable[tuple[int, PlacedRows, slice, Array]],
    combination: Combination,
    estimate: Array,
    total: Array,
) -> None:
    """Add what each row does to the averages with the coefficients as they are."""
    for group, part, block, values in own:
        here = np.flatnonzero(combination.group == group)
        h = combination.part(here).of(values[None])
        away = (h - estimate[here, None]) / total[group]
        if part.weights is not None:
            away *= part.weights[block]
        stand = part.stand(block)
        where = np.arange(stand.start, stand.stop) if isinstance(stand, slice) else stand
        influence[np.ix_(where, here)] = away.T


def _add_coefficients(influence: Array, fitted: Fitted, gradient: Array) -> IntArray | None:
    """Add what each row does to the averages through the coefficients; return the clusters."""
    reach = gradient @ (fitted.bread if fitted.turn is None else fitted.turn @ fitted.bread)
    clusters: list[IntArray] = []
    first = 0
    for piece in fitted.rows.blocks():
        scores = fitted.scores(piece)
        m = scores.shape[1]
        if piece.w is not None:
            scores = scores * piece.w
        if piece.cluster is not None:
            clusters.append(piece.cluster)
        influence[first : first + m] += (reach @ scores).T
        first += m
    return np.concatenate(clusters) if clusters else None


def _variance_of(influence: Array, clusters: IntArray | None, fit: ModelFit, source: FitSource) -> Array:
    """Return the covariance of the sum of weighted influence values under the fit's plan of sampling."""
    model = source.rows
    if isinstance(model.survey, DesignUnits):
        return model.survey.meat(*model.survey.sums([(influence.T, clusters)]))
    if model.survey is not None and isinstance(model.source, MemoryRows):
        return model.survey.meat(influence, model.source.used, rows=model.source.used)
    if model.n_clusters is not None and clusters is not None:
        factor = sandwich_factor(
            "CR1", n=model.n, n_parameters=fit.n_parameters, n_units=float(model.n_clusters)
        )
        sums = cluster_sums([(influence.T, clusters)], model.n_codes)
        return factor * (sums.T @ sums)
    if fit.weight_kind == "frequency":
        # a row that stands for f rows adds f outer products
        weights = np.concatenate([np.asarray(block.w) for block in model.source.blocks()])
        influence = influence / np.sqrt(weights)[:, None]
    factor = sandwich_factor("linearized", n=model.n, n_parameters=fit.n_parameters, n_units=model.n_design)
    return factor * meat([influence.T])


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
