"""Errors of a model under a survey design: linearised, or from the design's replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.checks import check_choice
from peerstats._core.words import counted
from peerstats.design import DesignUnits
from peerstats.errors import InputError
from peerstats.models._covariance import Covariance
from peerstats.models._replicated import memory_rows, refit_all
from peerstats.numerics import add_up, one_blas_thread, sandwich, total

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.design import Asked, DesignArrays, ModelRows
    from peerstats.numerics import Block
    from peerstats.postfit import Fitted
    from peerstats.typing import Array, BoolArray

__all__ = ["design_variance", "designed"]


def design_variance(variance: str, arrays: DesignArrays | DesignUnits, call: str) -> str:
    """Return the kind of errors that a design gives; refuse another."""
    if variance in ("auto", arrays.variance):
        return arrays.variance
    has = "replicate weights" if arrays.variance == "replicate" else "no replicate weights"
    raise InputError(
        f"{call}(): variance={variance!r} with a design that has {has}: its errors are {arrays.variance!r}.",
        'Leave variance="auto"; design.with_replicates() makes replicate weights.',
    )


def _present_df(arrays: DesignArrays, used: BoolArray) -> float:
    """Return R ``degf`` of a subset: of the PSUs with a row used."""
    if arrays.replicates is not None:
        return float(arrays.replicate_rank(used) - 1)
    present = np.unique(arrays.psu[used])
    return float(len(present) - len(np.unique(arrays.stratum[present])))


def _residual_df(base: float, n_parameters: int, call: str) -> float:
    """Return R `svyglm`'s degrees of freedom: of the PSUs with a row used, less all coefficients but one."""
    df = base + 1 - n_parameters
    if df < 1:
        raise InputError(
            f"{call}(): {base:,.0f} degrees of freedom of the design less "
            f"{counted(n_parameters - 1, 'coefficient')} leave none.",
            'Leave terms out, or leave df="design".',
        )
    return df


def _refuse_one_unit(n_units: int, n_rows: int, call: str) -> None:
    if n_units == 1:
        raise InputError(
            f"{call}(): all {n_rows:,} rows used lie in one PSU; no other shows its error.",
            "Widen where=, or name smaller sampling units.",
        )


def _sandwiched(fitted: Fitted, filling: Array) -> Array:
    matrix = sandwich(fitted.bread, filling, 1.0)
    return matrix if fitted.turn is None else fitted.turn @ matrix @ fitted.turn.T


def _unit_covariance(units: DesignUnits, fitted: Fitted) -> Array:
    """Return the linearised covariance from sums by PSU, or by stratum, of rows that are read in batches."""
    scores = fitted.scores

    def weighted(block: Block, *, root: bool = False) -> Array:
        own = scores(block)
        return own if block.w is None else own * (np.sqrt(block.w) if root else block.w)

    def sums(blocks: Iterable[Block]) -> tuple[Array, Array]:
        return units.sums((weighted(block), block.cluster) for block in blocks)

    def products(blocks: Iterable[Block]) -> Array:
        return total(units.products(weighted(block, root=True), block.cluster) for block in blocks)

    with one_blas_thread():
        totals, squares = (fitted.summed or fitted.rows).reduce(sums, add_up)
        if units.alone and fitted.squared is not None:
            # of patterns each of whose rows is a PSU, outer products have sums of squared weights
            squares = fitted.squared.reduce(products, total)
        return _sandwiched(fitted, units.meat(totals, squares))


def designed(
    rows: ModelRows, arrays: DesignArrays | DesignUnits, fitted: Fitted, asked: Asked, estimate: Array
) -> Covariance:
    """Return the covariance of a model's coefficients under a survey design.

    Parameters
    ----------
    rows : ModelRows
        The rows used.
    arrays : DesignArrays or DesignUnits
        The design, of all rows of the data; DesignUnits where these are read in batches.
    fitted : Fitted
        Bread, scores and refits.
    asked : Asked
        What the caller asked for.
    estimate : (p,) float array
        The coefficients, outcomes slowest.

    Returns
    -------
    Covariance
        With the design's degrees of freedom.

    Notes
    -----
    Linearised: bread times the design's covariance of the summed scores times bread, the scores of rows
    outside the subpopulation being zero: R ``survey::svyrecvar`` on influence values, `svyglm`. Replicates:
    the spread of the refits, R ``survey::withReplicates``.
    """
    check_choice(asked.df, ("design", "residual"), "df", asked.call)
    notes: tuple[str, ...] = ()
    n_replicates = None
    if isinstance(arrays, DesignUnits):
        _refuse_one_unit(arrays.n_present, rows.source.n_rows, asked.call)
        matrix = _unit_covariance(arrays, fitted)
        df, present = arrays.degrees_of_freedom, arrays.present_degrees
    else:
        source = memory_rows(rows, asked.call)
        used = source.used
        if not arrays.supplied:
            _refuse_one_unit(len(np.unique(arrays.psu[used])), source.n_rows, asked.call)
        if arrays.replicates is not None:
            refits = refit_all(
                asked.call, arrays.replicates, lambda w: fitted.refit(source, np.ascontiguousarray(w[used]))
            )
            matrix = arrays.replicate_covariance(refits.values, estimate)
            notes, n_replicates = refits.notes, arrays.replicates.n_replicates
        else:
            with one_blas_thread():
                parts = []
                for block in fitted.rows.blocks():
                    scores = fitted.scores(block)
                    parts.append(scores if block.w is None else scores * block.w)
                filling = arrays.meat(np.concatenate(parts, axis=1).T, used, rows=used)
                matrix = _sandwiched(fitted, filling)
        df, present = arrays.degrees_of_freedom(used), _present_df(arrays, used)
    if asked.df == "residual":
        df = _residual_df(present, len(estimate), asked.call)
    if df < len(estimate):
        counts = f"{df:,.0f} degrees of freedom of the design for {counted(len(estimate), 'coefficient')}"
        notes += (f"{counts}: tests of all together are impossible, single errors uncertain.",)
    return Covariance(matrix=matrix, df=None, notes=notes, df_design=df, n_replicates=n_replicates)
