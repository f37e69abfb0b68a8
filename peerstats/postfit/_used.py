"""The rows of a fit as arrays: outcome, weight, what the fit expects; and sums with their errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design import DesignUnits, MemoryRows
from peerstats.engines import replicate
from peerstats.errors import InputError
from peerstats.numerics import one_blas_thread
from peerstats.postfit._response import response

if TYPE_CHECKING:
    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array, IntArray

__all__ = [
    "UsedRows",
    "design_df",
    "need_binary",
    "need_plain",
    "sums_covariance",
    "total_covariance",
    "used_rows",
]

_PLAIN = ("linear", "logistic", "multinomial")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UsedRows:
    """Rows of a fit.

    Parameters
    ----------
    value : (Q, m) float array
        What the fit expects: the probability of every outcome, or the value of a linear model.
    eta : (E, m) float array
        Linear predictors, the offset included.
    y : (m,) int or float array
        Outcome: its code, 0 for the base, or a number.
    w : (m,) float array
        Weights; ones without.
    cluster : (m,) int array or None
        Clusters; of rows read in batches under a design what its `DesignUnits.codes` gives.
    """

    value: Array
    eta: Array
    y: IntArray | Array
    w: Array
    cluster: IntArray | None


def need_plain(fit: ModelFit, call: str, *, models: tuple[str, ...] = _PLAIN) -> None:
    """Refuse a model that a diagnostic is not defined for.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    call : str
        The public call, for messages.
    models : tuple of str
        The models it is for.

    Raises
    ------
    InputError
        If the fit is of another model.
    """
    if fit.model not in models:
        raise InputError(
            f"{call}(): {fit.model}() has none: it is for {' and '.join(f'{name}()' for name in models)}.",
            "Compare predictions with outcomes by hand, or fit a model that has it.",
        )


def need_binary(fit: ModelFit, call: str) -> None:
    """Refuse a fit that is not of two outcomes, one equation and no random intercept.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    call : str
        The public call, for messages.

    Raises
    ------
    InputError
        If the fit has more or no outcome levels.
    """
    if fit.model not in ("logistic", "multinomial") or len(fit.outcome_levels) != 2:  # noqa: PLR2004
        raise InputError(
            f"{call}(): it is for two outcomes, and this is {fit.model}() "
            + (f"of {len(fit.outcome_levels)} levels." if fit.outcome_levels else "of a number."),
            "Fit logistic() to one outcome against the others.",
        )


def used_rows(fit: ModelFit, source: FitSource) -> UsedRows:
    """Read the rows of a fit, block by block, and keep what it expects of each.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource
        Its rows.

    Returns
    -------
    UsedRows
        Outcomes, weights and expected values.
    """
    expect = response(fit)
    values, etas, ws, clusters = [], [], [], []
    ys: list[Any] = []
    with one_blas_thread():
        for block in source.rows.source.blocks():
            eta = expect.beta @ block.x
            etas.append(eta if block.offset is None else eta + block.offset)
            values.append(expect.respond(etas[-1]).value)
            ys.append(block.y)
            ws.append(np.ones(len(block.y)) if block.w is None else block.w)
            clusters.append(block.cluster)
    known = [codes for codes in clusters if codes is not None]
    return UsedRows(
        value=np.concatenate(values, axis=1),
        eta=np.concatenate(etas, axis=1),
        y=np.concatenate(ys),
        w=np.concatenate(ws),
        cluster=np.concatenate(known) if known else None,
    )


def design_df(source: FitSource) -> float:
    """Return the degrees of freedom of sums over the rows: PSUs less strata, clusters or rows less 1.

    Parameters
    ----------
    source : FitSource
        The rows of a fit.

    Returns
    -------
    float
        The degrees of freedom.
    """
    rows = source.rows
    if isinstance(rows.survey, DesignUnits):
        return rows.survey.degrees_of_freedom
    if rows.survey is not None and isinstance(rows.source, MemoryRows):
        return rows.survey.degrees_of_freedom(rows.source.used)
    return (rows.n_design if rows.n_clusters is None else float(rows.n_clusters)) - 1.0


def total_covariance(source: FitSource, values: Array, w: Array, cluster: IntArray | None) -> Array:
    """Return the covariance of weighted sums over the rows, by the design, the clusters or the rows.

    Parameters
    ----------
    source : FitSource
        The rows of a fit.
    values : (m, q) float array
        What is summed, unweighted and centred.
    w : (m,) float array
        Weights.
    cluster : (m,) int array or None
        Clusters.

    Returns
    -------
    (q, q) float array
        Linearised, with the factor n / (n - 1) or G / (G - 1); with a design of replicates from them.
    """
    rows = source.rows
    arrays = rows.survey
    if isinstance(arrays, DesignUnits):
        return arrays.meat(*arrays.sums([((values * w[:, None]).T, cluster)]))
    if arrays is not None and isinstance(rows.source, MemoryRows):
        used = rows.source.used
        if arrays.replicates is None:
            return arrays.meat(values * w[:, None], used, rows=used)
        sums = replicate(lambda each: each[used].T @ values, arrays.replicates, label="replicates")
        return arrays.replicate_covariance(sums, w @ values)
    units = rows.n_design if rows.n_clusters is None else float(rows.n_clusters)
    return sums_covariance(values, w, cluster, units, copies=rows.weight_kind == "frequency")


def sums_covariance(
    values: Array, w: Array, cluster: IntArray | None, units: float, *, copies: bool
) -> Array:
    """Return the linearised covariance of weighted sums over rows or clusters.

    Parameters
    ----------
    values : (m, q) float array
        What is summed, unweighted and centred.
    w : (m,) float array
        Weights.
    cluster : (m,) int array or None
        Clusters, coded from 0.
    units : float
        Rows or clusters of the whole design, G; the factor is G / (G - 1).
    copies : bool
        Whether a weight counts rows that are alike: without clusters such a row adds f outer products.

    Returns
    -------
    (q, q) float array
        The covariance.
    """
    root = np.sqrt(w) if copies and cluster is None else w
    sums = (values * root[:, None]).T
    if cluster is not None:
        sums = np.stack([np.bincount(cluster, row) for row in sums])
    covariance: Array = sums @ sums.T * (units / (units - 1.0))
    return covariance
