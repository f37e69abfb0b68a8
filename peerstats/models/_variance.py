"""Which covariance a model gets, and how it is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from peerstats._core.checks import check_choice
from peerstats.errors import InputError
from peerstats.numerics import clustered_meat, meat, multinomial_scores, sandwich, sandwich_factor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peerstats.design import ModelRows
    from peerstats.numerics import Block, Maximum, Rows
    from peerstats.typing import Array

__all__ = ["VARIANCE_WORDS", "choose_variance", "covariance", "degrees_of_freedom"]

VARIANCE_WORDS = {
    "model": "model-based",
    "HC0": "robust (HC0)",
    "HC1": "robust (HC1)",
    "CR0": "cluster-robust (CR0)",
    "CR1": "cluster-robust (CR1)",
    "CR1S": "cluster-robust (CR1S)",
    "linearized": "Taylor-linearised",
}


def choose_variance(variance: str, weight_kind: str, *, clustered: bool, call: str) -> str:
    """Resolve "auto" and refuse combinations that would give wrong errors."""
    check_choice(variance, ("auto", *VARIANCE_WORDS), "variance", call)
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
    if clustered and variance in ("model", "HC0", "HC1"):
        raise InputError(
            f"{call}(): variance={variance!r} would ignore the clusters.",
            'Leave variance="auto" (CR1), or leave cluster= out.',
        )
    return variance


def degrees_of_freedom(variance: str, rows: ModelRows) -> float:
    """Return clusters minus 1, with sampling weights the whole design's respondents minus 1, else inf."""
    if rows.n_clusters is not None:
        return float(rows.n_clusters - 1)
    if rows.weight_kind == "sampling" or variance == "linearized":
        return rows.n_design - 1
    return float("inf")


def covariance(
    variance: str, model_rows: ModelRows, rows: Rows, maximum: Maximum, shape: tuple[int, int], call: str
) -> Array:
    """Return the covariance of the coefficients of `rows`: the model's rows, or those rows turned."""
    bread = maximum.inverse_information
    if variance == "model":
        return bread
    beta = maximum.beta.reshape(shape)
    frequency = model_rows.weight_kind == "frequency"
    if variance in ("HC1", "CR1S") and model_rows.n <= bread.shape[0]:
        raise InputError(
            f"{call}(): variance={variance!r} needs more observations than the {bread.shape[0]} "
            f"coefficients; there are {model_rows.n:,.0f}.",
            "Leave terms out, or merge outcome levels.",
        )

    def scores() -> Iterator[tuple[Array, Any]]:
        for block in rows.blocks():
            yield _weighted(multinomial_scores(beta, block), block, root=frequency and block.cluster is None)

    with threadpool_limits(limits=1, user_api="blas"):
        if model_rows.cluster is not None:
            filling = clustered_meat(scores(), int(model_rows.cluster.max()) + 1)
        else:
            filling = meat(part for part, _ in scores())
    units = model_rows.n_design if model_rows.n_clusters is None else float(model_rows.n_clusters)
    factor = sandwich_factor(variance, n=model_rows.n, n_parameters=bread.shape[0], n_units=units)
    return sandwich(bread, filling, factor)


def _weighted(scores: Array, block: Block, *, root: bool) -> tuple[Array, Any]:
    """Weight the scores; a row that stands for f rows adds f outer products, so its root is taken."""
    if block.w is not None:
        scores = scores * (np.sqrt(block.w) if root else block.w)
    return scores, block.cluster
