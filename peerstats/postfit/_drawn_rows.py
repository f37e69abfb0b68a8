"""Covariance of averages whose rows are drawn as well: sums of the rows' influence, in one pass over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design import DesignUnits, MemoryRows
from peerstats.numerics import (
    add_up,
    block_change,
    cluster_sums,
    meat,
    one_blas_thread,
    sandwich_factor,
    total,
)
from peerstats.postfit._averages import row_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from peerstats.numerics import Block
    from peerstats.postfit._averages import Averages, Plan
    from peerstats.postfit._combination import Combination
    from peerstats.postfit._fitted import FitSource, Fitted
    from peerstats.postfit._margin_rows import MarginRows
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._placed_rows import ReadRows
    from peerstats.postfit._response import Response
    from peerstats.typing import Array

__all__ = ["RowInfluence", "drawn_covariance", "row_influence"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowInfluence:
    """What each row does to R combined averages; it travels to the rows and holds none.

    Parameters
    ----------
    plan : Plan
        What is averaged.
    combination : Combination
        How the averages are combined.
    expected : Response
        What the fit expects.
    estimate : (R,) float array
        The combined averages.
    total : (G,) float array
        Sum of the weights of each group.
    reach : (R, p) float array
        What the scores of a row do to them through the coefficients.
    scores : callable
        From a block to the (p, m) scores of its rows, unweighted.
    change : callable
        From a block of the design to the block that `scores` takes.
    """

    plan: Plan
    combination: Combination
    expected: Response
    estimate: Array
    total: Array
    reach: Array
    scores: Callable[[Block], Array]
    change: Callable[[Block], Block]

    def of(self, rows: ReadRows) -> tuple[Array, Any]:
        """Return the (R, m) weighted influence of some rows, and their clusters or units.

        Notes
        -----
        w (h - a) / W + G u: with the coefficients as they are, and through them, u being their influence.
        """
        found = np.zeros((len(self.estimate), rows.n))
        for group, part, rows_of, values in row_values(self.plan, rows.placed, self.expected):
            here = np.flatnonzero(self.combination.group == group)
            h = self.combination.part(here).of(values[None])
            away = (h - self.estimate[here, None]) / self.total[group]
            if part.weights is not None:
                away *= part.weights[rows_of]
            stand = part.stand(rows_of)
            where = np.arange(stand.start, stand.stop) if isinstance(stand, slice) else stand
            found[np.ix_(here, where)] = away
        clusters = []
        first = 0
        for block in rows.blocks:
            own = self.reach @ self.scores(self.change(block))
            if block.w is not None:
                own *= block.w
            found[:, first : first + own.shape[1]] += own
            first += own.shape[1]
            if block.cluster is not None:
                clusters.append(block.cluster)
        return found, np.concatenate(clusters) if clusters else None


def row_influence(
    plan: Plan,
    combination: Combination,
    expected: Response,
    fitted: Fitted,
    found: Averages,
    *,
    gradient: Array,
) -> RowInfluence:
    """Return what gives the influence of each row on combined averages.

    Parameters
    ----------
    plan, combination, expected
        What is averaged, how averages are combined, and what the fit expects.
    fitted : Fitted
        Scores and bread of the fit.
    found : Averages
        The averages.
    gradient : (R, p) float array
        Derivatives of the combined averages.

    Returns
    -------
    RowInfluence
        The influence of any rows of the fit.
    """
    return RowInfluence(
        plan=plan,
        combination=combination,
        expected=expected,
        estimate=combination.of(found.value[0]),
        total=found.total[0],
        reach=gradient @ (fitted.bread if fitted.turn is None else fitted.turn @ fitted.bread),
        scores=fitted.scores,
        change=block_change(fitted.rows),
    )


def drawn_covariance(
    fit: ModelFit, source: FitSource, rows: MarginRows, names: Sequence[str], influence: RowInfluence
) -> Array:
    """Return the covariance of averages under the fit's plan of sampling.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource
        Its clusters, weights and design.
    rows : MarginRows
        Its rows.
    names : sequence of str
        Columns that are read as numbers.
    influence : RowInfluence
        What each row does to the averages.

    Returns
    -------
    (R, R) float array
        The covariance of the sum of influence values: added up where the rows lie, by cluster or sampling
        unit where there are any, so that memory does not grow with rows that come in batches.
    """
    model = source.rows
    survey, clustered, n_codes = model.survey, model.clustered, model.n_codes
    copies = fit.weight_kind == "frequency" and not clustered

    def each(parts: Iterable[ReadRows]) -> Iterator[tuple[Array, Any]]:
        for part in parts:
            values, clusters = influence.of(part)
            if copies and part.weights is not None:
                # a row that stands for f rows adds f outer products
                values /= np.sqrt(part.weights)
            yield values, clusters

    def summed(parts: Iterable[ReadRows]) -> Array:
        return cluster_sums(each(parts), n_codes) if clustered else meat(own for own, _ in each(parts))

    with one_blas_thread():
        if isinstance(survey, DesignUnits):
            return survey.meat(*rows.reduce_read(_unit_sums(survey, influence), add_up, names))
        if survey is not None and isinstance(model.source, MemoryRows):
            used = model.source.used
            whole = rows.reduce_read(
                lambda parts: np.concatenate([own for own, _ in each(parts)], axis=1), total, names
            )
            return survey.meat(whole.T, used, rows=used)
        filling = rows.reduce_read(summed, total, names)
    if not clustered:
        units, kind = model.n_design, "linearized"
    else:
        filling = filling.T @ filling
        units, kind = float(model.n_clusters or n_codes), "CR1"
    return filling * sandwich_factor(kind, n=model.n, n_parameters=fit.n_parameters, n_units=units)


def _unit_sums(
    design: DesignUnits, influence: RowInfluence
) -> Callable[[Iterable[ReadRows]], tuple[Array, Array]]:
    return lambda parts: design.sums(influence.of(part) for part in parts)
