"""Which covariance a model gets, and how it is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.errors import InputError
from peerstats.models._cluster_notes import cluster_notes, full_notes, largest_cluster
from peerstats.models._covariance import Covariance
from peerstats.models._designed import design_variance, designed
from peerstats.models._replicated import bootstrapped, check_replicates
from peerstats.numerics import (
    LARGEST_CLUSTER,
    Corrected,
    Working,
    cluster_corrected,
    cluster_rooted,
    cluster_sums,
    leverage_corrected,
    meat,
    one_blas_thread,
    sandwich,
    sandwich_factor,
    total,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from peerstats.design import Asked, ModelRows
    from peerstats.numerics import Block
    from peerstats.postfit import Fitted
    from peerstats.typing import Array

__all__ = ["VARIANCE_WORDS", "choose_variance", "covariance", "degrees_of_freedom"]

VARIANCE_WORDS = {
    "model": "model-based",
    "HC0": "robust (HC0)",
    "HC1": "robust (HC1)",
    "HC2": "robust (HC2)",
    "HC3": "robust (HC3)",
    "CR0": "cluster-robust (CR0)",
    "CR1": "cluster-robust (CR1)",
    "CR1S": "cluster-robust (CR1S)",
    "CR2": "cluster-robust (CR2)",
    "CR3": "cluster-robust (CR3)",
    "linearized": "Taylor-linearised",
    "replicate": "replicate weights",
}
_BY_LEVERAGE = {"HC2": 1, "HC3": 2, "CR2": 1, "CR3": 2}  # the power of 1 - h


def choose_variance(variance: str, rows: ModelRows, *, one_equation: bool, call: str) -> str:
    """Resolve "auto" and refuse combinations that would give wrong errors."""
    check_choice(variance, ("auto", *VARIANCE_WORDS), "variance", call)
    if rows.survey is not None:
        return design_variance(variance, rows.survey, call)
    weight_kind, clustered = rows.weight_kind, rows.clustered
    if variance == "auto":
        if clustered:
            return "CR1"
        return "linearized" if weight_kind == "sampling" else "model"
    if variance == "model" and weight_kind == "sampling":
        raise InputError(
            f"{call}(): variance='model' with sampling weights: such errors depend on their scale.",
            'Leave variance="auto"; rows that stand for identical people take weight_kind="frequency".',
        )
    if variance.startswith("CR") and not clustered:
        raise InputError(f"{call}(): variance={variance!r} without clusters.", "Name their column: cluster=.")
    if clustered and not variance.startswith("CR") and variance not in ("linearized", "replicate"):
        raise InputError(
            f"{call}(): variance={variance!r} would ignore the clusters.",
            'Leave variance="auto" (CR1), or leave cluster= out.',
        )
    if variance in _BY_LEVERAGE and not one_equation:
        raise InputError(
            f"{call}(): variance={variance!r} is defined for models of one equation, linear and logistic.",
            'Leave variance="auto".',
        )
    return variance


def degrees_of_freedom(variance: str, rows: ModelRows, n_parameters: int, *, kind: str, call: str) -> float:
    """Return the degrees of freedom of tests.

    Clusters minus 1; with sampling weights the whole design's respondents minus 1; a linear model's rows
    minus its coefficients; else infinite. `kind` "residual" counts clusters or rows of the subpopulation
    alone and takes all coefficients off, as R `svyglm` on a subset of a design.
    """
    check_choice(kind, ("design", "residual"), "df", call)
    what = "observations" if rows.n_clusters is None else "clusters"
    if kind == "residual":
        units = rows.n if rows.n_clusters is None else float(rows.n_codes)
    elif rows.n_clusters is not None:
        units = float(rows.n_clusters)
    elif rows.weight_kind == "sampling" or variance == "linearized":
        units = rows.n_design
    elif not rows.outcome_levels:
        units, kind = rows.n, "residual"
    else:
        return float("inf")
    df = units - (n_parameters if kind == "residual" else 1)
    if variance == "CR2" and kind == "residual":
        raise InputError(
            f"{call}(): df='residual' with variance='CR2', whose degrees of freedom are Satterthwaite's.",
            "Leave df= out.",
        )
    if df < 1:
        raise InputError(
            f"{call}(): {units:,.0f} {what} less {n_parameters:,} coefficients leave no degrees of freedom.",
            'Leave terms out, or leave df="design".',
        )
    return df


def _weighted(scores: Array, block: Block, *, root: bool) -> tuple[Array, Any]:
    """Weight the scores; a row that stands for f rows adds f outer products, so its root is taken."""
    if block.w is not None:
        scores = scores * (np.sqrt(block.w) if root else block.w)
    return scores, block.cluster


def _plain(variance: str, model_rows: ModelRows, fitted: Fitted, call: str) -> Array:
    """Return the sandwich of summed scores, times the factor of its kind."""
    p = len(fitted.bread)
    # a pattern stands for its rows as a row does for its copies
    copies = model_rows.weight_kind == "frequency" or fitted.squared is not None
    if variance in ("HC1", "CR1S") and model_rows.n <= p:
        raise InputError(
            f"{call}(): variance={variance!r} needs more observations than the {p} "
            f"coefficients; there are {model_rows.n:,.0f}.",
            "Leave terms out, or merge outcome levels.",
        )

    scores, clustered, n_codes = fitted.scores, model_rows.clustered, model_rows.n_codes

    def summed(blocks: Iterable[Block]) -> Array:
        parts = (_weighted(scores(block), block, root=copies and block.cluster is None) for block in blocks)
        return cluster_sums(parts, n_codes) if clustered else meat(part for part, _ in parts)

    filling = (fitted.squared or fitted.rows).reduce(summed, total)
    if clustered:
        filling = filling.T @ filling
    units = model_rows.n_design if model_rows.n_clusters is None else float(model_rows.n_clusters)
    factor = sandwich_factor(variance, n=model_rows.n, n_parameters=p, n_units=units)
    return sandwich(fitted.bread, filling, factor)


def _corrected(variance: str, model_rows: ModelRows, fitted: Fitted, call: str) -> Corrected:
    """Return the meat of HC2, HC3, CR2 or CR3."""
    working = fitted.working
    if working is None:
        raise ValueError(variance)

    def parts() -> Iterator[Working]:
        for block in fitted.rows.blocks():
            residual, curvature = working(block)
            yield Working(x=block.x, residual=residual, curvature=curvature, w=block.w, cluster=block.cluster)

    power = _BY_LEVERAGE[variance]
    copies = model_rows.weight_kind == "frequency"
    if not model_rows.clustered:
        return leverage_corrected(parts(), fitted.bread, power, copies=copies)
    contrasts = np.eye(len(fitted.bread)) if fitted.turn is None else fitted.turn
    linear = not model_rows.outcome_levels
    if variance == "CR3" or (linear and model_rows.weight_kind in ("none", "frequency")):
        return cluster_corrected(parts, fitted.bread, model_rows.n_codes, power, contrasts)
    largest = largest_cluster(fitted.rows, model_rows.n_codes)
    if largest > LARGEST_CLUSTER:
        raise InputError(
            f"{call}(): variance='CR2' solves a problem of each cluster's size; one has {largest:,} rows.",
            'Take variance="CR3", which does not, or "CR1".',
        )
    # sampling weights of a linear model say nothing of the errors' variance
    equal = linear and model_rows.weight_kind == "sampling"
    return cluster_rooted(parts(), fitted.bread, contrasts, equal=equal, copies=copies)


def covariance(
    variance: str, model_rows: ModelRows, fitted: Fitted, asked: Asked, estimate: Array
) -> Covariance:
    """Return the covariance of a model's coefficients, in the order of its design.

    Parameters
    ----------
    variance : str
        Kind of the covariance, resolved.
    model_rows : ModelRows
        The model's rows: weights, clusters and counts.
    fitted : Fitted
        Bread, scores and residuals.
    asked : Asked
        What the caller asked for.
    estimate : (p,) float array
        The coefficients of the design, outcomes slowest.

    Returns
    -------
    Covariance
        With degrees of freedom by coefficient for CR2.
    """
    check_replicates(asked, variance)
    if model_rows.survey is not None:
        return designed(model_rows, model_rows.survey, fitted, asked, estimate)
    if variance == "replicate":
        return bootstrapped(model_rows, asked, fitted.refit)
    call = asked.call
    df: Array | None = None
    notes: tuple[str, ...] = ()
    with one_blas_thread():
        if variance == "model":
            matrix = fitted.dispersion * fitted.bread
        elif variance in _BY_LEVERAGE:
            found = _corrected(variance, model_rows, fitted, call)
            matrix = sandwich(fitted.bread, found.meat, 1.0)
            df = found.df if variance == "CR2" else None
            notes = full_notes(variance, model_rows, found.full, call)
        else:
            matrix = _plain(variance, model_rows, fitted, call)
    notes += cluster_notes(variance, model_rows, len(fitted.bread))
    if fitted.turn is not None:
        matrix = fitted.turn @ matrix @ fitted.turn.T
    return Covariance(matrix=matrix, df=df, notes=notes)
