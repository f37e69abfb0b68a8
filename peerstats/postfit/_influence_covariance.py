"""Covariance of sums over a fit's rows, by the rules that its errors follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design import DesignUnits, MemoryRows
from peerstats.errors import InputError
from peerstats.numerics import add_up, cluster_sums, meat, one_blas_thread, sandwich_factor, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from peerstats.numerics import Block, Rows
    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

__all__ = ["influence_covariance"]

_BY_LEVERAGE = ("HC2", "HC3", "CR2", "CR3")


def influence_covariance(
    fit: ModelFit, source: FitSource, rows: Rows, values: Callable[[Block], Array], *, call: str
) -> Array:
    """Return the covariance of a sum over rows of influence values.

    Parameters
    ----------
    fit : ModelFit
        The fit: kind of errors and weights.
    source : FitSource
        Its rows, clusters and design.
    rows : Rows
        The same rows, turned or not, as `values` takes them.
    values : callable
        From a block to its (q, m) influence values, unweighted.
    call : str
        The public call, for messages.

    Returns
    -------
    (q, q) float array
        The covariance: of a fit with model-based errors that of independent rows (HC0).

    Raises
    ------
    InputError
        If the errors are corrected by leverage, or from replicates, which sums of rows have none of.
    """
    if fit.variance in _BY_LEVERAGE or fit.variance == "replicate":
        why = (
            "replicates refit the coefficients and give no scores"
            if fit.variance == "replicate"
            else "its correction is defined for coefficients, not for scores"
        )
        raise InputError(
            f"{call}(): the fit's errors are {fit.variance!r}: {why}.",
            "Take a Wald test, or fit with another variance=.",
        )
    whole = source.rows
    roots = fit.weight_kind == "frequency"

    n_codes, clustered = whole.n_codes, whole.clustered

    def parts(blocks: Iterable[Block]) -> Iterator[tuple[Array, Any]]:
        for block in blocks:
            part = values(block)
            if block.w is not None:
                # a row that stands for f rows adds f outer products
                part = part * (np.sqrt(block.w) if roots and block.cluster is None else block.w)
            yield part, block.cluster

    def summed(blocks: Iterable[Block]) -> Array:
        if clustered:
            return cluster_sums(parts(blocks), n_codes)
        return meat(part for part, _ in parts(blocks))

    with one_blas_thread():
        if isinstance(whole.survey, DesignUnits):
            design = whole.survey
            return design.meat(*rows.reduce(lambda blocks: design.sums(parts(blocks)), add_up))
        if whole.survey is not None and isinstance(whole.source, MemoryRows):
            used = whole.source.used
            together = np.concatenate([part for part, _ in parts(rows.blocks())], axis=1).T
            return whole.survey.meat(together, used, rows=used)
        filling = rows.reduce(summed, total)
        if clustered:
            filling = filling.T @ filling
    units = whole.n_design if whole.n_clusters is None else float(whole.n_clusters)
    kind = "HC0" if fit.variance == "model" else fit.variance
    return filling * sandwich_factor(kind, n=fit.n, n_parameters=fit.n_parameters, n_units=units)
