"""Errors of a model under a survey design: linearised, or from the design's replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.checks import check_choice
from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.models._covariance import Covariance
from peerstats.models._replicated import memory_rows, refit_all
from peerstats.numerics import one_blas_thread, sandwich

if TYPE_CHECKING:
    from peerstats.design import Asked, DesignArrays, ModelRows
    from peerstats.postfit import Fitted
    from peerstats.typing import Array, BoolArray

__all__ = ["design_variance", "designed"]


def design_variance(variance: str, arrays: DesignArrays, call: str) -> str:
    """Return the kind of errors that a design gives; refuse another."""
    if variance in ("auto", arrays.variance):
        return arrays.variance
    has = "replicate weights" if arrays.variance == "replicate" else "no replicate weights"
    raise InputError(
        f"{call}(): variance={variance!r} with a design that has {has}: its errors are {arrays.variance!r}.",
        'Leave variance="auto"; design.with_replicates() makes replicate weights.',
    )


def _residual_df(arrays: DesignArrays, used: BoolArray, n_parameters: int, call: str) -> float:
    """Return R `svyglm`'s degrees of freedom: of the PSUs with a row used, less all coefficients but one."""
    if arrays.replicates is not None:
        base = float(arrays.replicate_rank(used) - 1)
    else:
        present = np.unique(arrays.psu[used])
        base = float(len(present) - len(np.unique(arrays.stratum[present])))
    df = base + 1 - n_parameters
    if df < 1:
        raise InputError(
            f"{call}(): {base:,.0f} degrees of freedom of the design less "
            f"{counted(n_parameters - 1, 'coefficient')} leave none.",
            'Leave terms out, or leave df="design".',
        )
    return df


def designed(
    rows: ModelRows, arrays: DesignArrays, fitted: Fitted, asked: Asked, estimate: Array
) -> Covariance:
    """Return the covariance of a model's coefficients under a survey design.

    Parameters
    ----------
    rows : ModelRows
        The rows used, in memory.
    arrays : DesignArrays
        The design, of all rows of the data.
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
    source = memory_rows(rows, asked.call)
    used = source.used
    if not arrays.supplied and len(np.unique(arrays.psu[used])) == 1:
        raise InputError(
            f"{asked.call}(): all {int(used.sum()):,} rows used lie in one PSU; no other shows its error.",
            "Widen where=, or name smaller sampling units.",
        )
    notes: tuple[str, ...] = ()
    n_replicates = None
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
            matrix = sandwich(fitted.bread, filling, 1.0)
            if fitted.turn is not None:
                matrix = fitted.turn @ matrix @ fitted.turn.T
    if asked.df == "residual":
        df = _residual_df(arrays, used, len(estimate), asked.call)
    else:
        df = arrays.degrees_of_freedom(used)
    if df < len(estimate):
        counts = f"{df:,.0f} degrees of freedom of the design for {counted(len(estimate), 'coefficient')}"
        notes += (f"{counts}: tests of all together are impossible, single errors uncertain.",)
    return Covariance(matrix=matrix, df=None, notes=notes, df_design=df, n_replicates=n_replicates)
