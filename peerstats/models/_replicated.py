"""Errors of a model from replicate weights: the model refitted under each of them, many at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.design import MemoryRows
from peerstats.engines import bootstrap_replicates, replicate, replicate_rank, replicate_variance
from peerstats.errors import ConvergenceError, InputError
from peerstats.models._covariance import Covariance

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.design import Asked, ModelRows
    from peerstats.engines import Replicates
    from peerstats.typing import Array

__all__ = ["Refitted", "bootstrapped", "check_replicates", "fit_replicates", "memory_rows", "refit_all"]

_THREADS = min(2, os.cpu_count() or 1)  # more wait for each other: small products hold Python's lock
_REPLICATES = 1_000  # by default: the error of a standard error is then 2 per cent


def check_replicates(asked: Asked, variance: str) -> None:
    """Refuse arguments of a bootstrap where there is none."""
    if asked.survey is not None:
        variance = "the design's"
    given = {"n_replicates": asked.n_replicates, "rng": asked.rng}
    for name, value in given.items():
        if value is not None and variance != "replicate":
            raise InputError(
                f"{asked.call}(): {name}= without a bootstrap; the errors are {variance!r}.",
                'Say variance="replicate", or leave it out.',
            )


def memory_rows(rows: ModelRows, call: str) -> MemoryRows:
    """Return the rows in memory, or refuse a file that is read in batches."""
    if not isinstance(rows.source, MemoryRows):
        raise InputError(
            f"{call}(): replicates and designs need the rows in memory, and the data are read in batches.",
            "Read the file into memory, or take another variance.",
        )
    return rows.source


def _bootstrap(source: MemoryRows, rows: ModelRows, asked: Asked) -> Replicates:
    """Draw respondents or clusters, of the whole design: the rows used first, then those outside `where`."""
    n = source.n_rows + source.n_outside
    weights = source.weights
    if source.n_outside and weights is not None:
        # whatever they weigh, rows outside have no part in a refit
        weights = np.concatenate([weights, np.ones(source.n_outside)])
    cluster = source.cluster
    if cluster is not None and source.outside_cluster is not None:
        cluster = np.concatenate([cluster, source.outside_cluster])
    return bootstrap_replicates(
        n,
        n_replicates=_REPLICATES if asked.n_replicates is None else asked.n_replicates,
        rng=asked.rng,
        weights=weights,
        weight_kind=rows.weight_kind,
        cluster=cluster,
        call=asked.call,
    )


def fit_replicates(rows: ModelRows, asked: Asked) -> Replicates:
    """Return the replicate weights behind a fit's errors: the design's, or the bootstrap's drawn again.

    Parameters
    ----------
    rows : ModelRows
        The rows used.
    asked : Asked
        What the caller asked for.

    Returns
    -------
    Replicates
        The weights; of a bootstrap the same if `rng` is a seed, else new ones.
    """
    if rows.survey is not None and rows.survey.replicates is not None:
        return rows.survey.replicates
    return _bootstrap(memory_rows(rows, asked.call), rows, asked)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refitted:
    """Coefficients under every replicate.

    Parameters
    ----------
    values : (R, p) float array
        The coefficients; NaN where there is no fit.
    notes : tuple of str
        How many have none.
    """

    values: Array
    notes: tuple[str, ...]


def refit_all(call: str, weights: Replicates, refit: Callable[[Array], Array]) -> Refitted:
    """Refit a model under every replicate.

    Parameters
    ----------
    call : str
        The public call, for messages.
    weights : Replicates
        The replicate weights.
    refit : callable
        From (n, c) weights to (c, p) coefficients.

    Returns
    -------
    Refitted
        The coefficients.

    Raises
    ------
    ConvergenceError
        If fewer than two replicates have a fit.
    """
    values = replicate(refit, weights, label=f"{call}: replicates", n_threads=_THREADS)
    n, n_lost = weights.n_replicates, int((~np.isfinite(values).all(axis=1)).sum())
    if n - n_lost < 2:  # noqa: PLR2004  (two replicates have a variance)
        raise ConvergenceError(
            f"{call}(): {n_lost:,} of {n:,} replicates have no fit.",
            "Merge outcomes or levels with few rows: replicates lose them.",
        )
    lost = f"{n_lost:,} of {n:,} replicates have no fit and are left out of the errors"
    return Refitted(values=values, notes=(f"{lost}: separated, or a level without rows.",) if n_lost else ())


def bootstrapped(rows: ModelRows, asked: Asked, refit: Callable[[MemoryRows, Array], Array]) -> Covariance:
    """Return the covariance of a model's coefficients over bootstrap replicates.

    Parameters
    ----------
    rows : ModelRows
        The rows used.
    asked : Asked
        What the caller asked for.
    refit : callable
        From the rows and (m, c) weights to (c, p) coefficients; NaN where there is no fit.

    Returns
    -------
    Covariance
        With the rank of the weights less 1 as degrees of freedom.

    Raises
    ------
    ConvergenceError
        If fewer than two replicates have a fit.
    """
    source = memory_rows(rows, asked.call)
    weights = _bootstrap(source, rows, asked)
    refits = refit_all(asked.call, weights, lambda w: refit(source, w[: source.n_rows]))
    # a row that stands for f rows is f units, though one column of weights
    copies = rows.weight_kind == "frequency" and not rows.clustered
    rank = min(weights.n_replicates, round(rows.n)) if copies else replicate_rank(weights)
    return Covariance(
        matrix=replicate_variance(refits.values, weights),
        df=None,
        notes=refits.notes,
        df_design=float(rank - 1),
        n_replicates=weights.n_replicates,
    )
