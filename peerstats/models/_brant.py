"""Whether the slopes of an ordinal model are the same at every threshold: Brant's test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.linalg import block_diag
from scipy.special import chdtrc, fdtrc

from peerstats._core.checks import check_choice
from peerstats.errors import ConvergenceError, InputError
from peerstats.models._brant_result import BrantResult
from peerstats.models._cumulative import read_columns
from peerstats.models._result import ModelResult
from peerstats.models._variance import covariance
from peerstats.numerics import (
    ChangedRows,
    ConstantFirst,
    fit_multinomial,
    multinomial_probabilities,
    multinomial_refits,
    multinomial_scores,
    one_blas_thread,
)
from peerstats.postfit import Fitted, need_source

if TYPE_CHECKING:
    from peerstats.design import MemoryRows
    from peerstats.models._cumulative import Columns
    from peerstats.numerics import Block, Maximum
    from peerstats.typing import Array

__all__ = ["brant_test"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Above(ChangedRows):
    """Rows whose outcome is whether its level lies above a threshold: 0 or 1."""

    cut: int

    @staticmethod
    def of(block: Block, cut: int) -> Block:
        """Return a block whose outcome is whether the level lies above a threshold."""
        return replace(block, y=(block.y > cut).astype(np.int64))

    def change(self, block: Block) -> Block:
        """Return a block with that outcome."""
        return self.of(block, self.cut)


def _check(result: ModelResult) -> None:
    fit = result.fit
    if not fit.n_thresholds:
        raise InputError(
            f"brant_test(): the result is of {fit.model}(), which has no thresholds.",
            "Give a result of ordinal().",
        )
    if fit.n_thresholds == 1:
        raise InputError(
            f"brant_test(): {fit.outcome!r} has two levels and one threshold; there is no other to compare "
            "its slopes with.",
            "The test needs three levels at least.",
        )
    if len(fit.terms) == fit.n_thresholds:
        raise InputError("brant_test(): the model has thresholds only.", "Add a term to the formula.")


def _fit_each(result: ModelResult, columns: Columns) -> list[Maximum]:
    """Fit the logit of lying above each threshold."""
    fit, reach = result.fit, np.concatenate([[1.0], columns.reach])
    whole = ConstantFirst(rows=columns.rows)
    found = []
    for cut in range(fit.n_thresholds):
        maximum = fit_multinomial(_Above(rows=whole, cut=cut), 2, reach, float(columns.totals.sum()))
        if not maximum.converged:
            name = fit.terms[len(fit.terms) - fit.n_thresholds + cut]
            raise ConvergenceError(
                f"brant_test(): the logit of {fit.outcome} at the threshold {name!r} alone has no maximum: a "
                "term separates the levels below it from those above.",
                f"Tabulate {fit.outcome} by the terms; merge levels that few hold, or leave the term out.",
            )
        found.append(maximum)
    return found


def _model_covariance(columns: Columns, each: list[Maximum]) -> Array:
    """Return Brant's covariance of the (J-1)(k+1) coefficients of all logits.

    That of logits m < l is B_m X' diag(w (p_l - p_m p_l)) X B_l, with B the inverse information and p the
    probability of lying above: who lies above l lies above m.
    """
    n, size = len(each), len(columns.reach) + 1
    filling = np.zeros((n, size, n, size))
    for block in ConstantFirst(rows=columns.rows).blocks():
        x = block.x
        p = [multinomial_probabilities(one.beta[None], x, block.offset)[1] for one in each]
        for m in range(n):
            for high in range(m, n):
                curve = p[high] * (1.0 - p[m]) if block.w is None else block.w * p[high] * (1.0 - p[m])
                filling[m, :, high] += x @ (x * curve).T
    for m in range(n):
        for high in range(m, n):
            part = each[m].inverse_information @ filling[m, :, high] @ each[high].inverse_information
            filling[m, :, high], filling[high, :, m] = part, part.T
    return filling.reshape(n * size, n * size)


def _any_covariance(
    result: ModelResult, columns: Columns, each: list[Maximum], back: Array, estimate: Array
) -> tuple[Array, float, tuple[str, ...]]:
    """Return the covariance that the model's own errors have, of all logits together; its df and notes."""
    source, variance = need_source(result.source, "brant_test"), result.fit.variance
    n, n_cut = len(estimate) // len(back), result.fit.n_thresholds
    starts = estimate.reshape(n, -1)

    def scores(block: Block) -> Array:
        return np.concatenate(
            [multinomial_scores(one.beta[None], _Above.of(block, cut)) for cut, one in enumerate(each)]
        )

    def refit(rows: MemoryRows, weights: Array) -> Array:
        x = np.vstack([np.ones(rows.n_rows), rows.design_matrix()])
        parts = [
            multinomial_refits(
                x, (rows.values > cut).astype(np.int64), weights, starts[[cut]], offset=rows.offset
            )
            for cut in range(n_cut)
        ]
        return np.concatenate([part.coefficients for part in parts], axis=1)

    fitted = Fitted(
        rows=ConstantFirst(rows=columns.rows),
        bread=np.asarray(block_diag(*[one.inverse_information for one in each])),
        scores=scores,
        working=None,
        turn=np.asarray(np.kron(np.eye(n), back), dtype=float),
        refit=refit,
    )
    asked = replace(source.asked, call="brant_test")
    found = covariance(variance, source.rows, fitted, asked, estimate)
    return found.matrix, result.fit.df, found.notes


def _wald(difference: Array, matrix: Array, df: float) -> tuple[float, float, float, float]:
    """Return statistic, its degrees of freedom, those of the denominator, and p."""
    q = len(difference)
    wald = float(difference @ np.linalg.solve(matrix, difference)) if df >= q else np.nan
    if np.isinf(df):
        return wald, q, df, float(chdtrc(q, wald))
    below = df - q + 1
    if below < 1:
        return np.nan, q, np.nan, np.nan
    statistic = wald * below / (df * q)
    return statistic, q, below, float(fdtrc(q, below, statistic))


def brant_test(result: ModelResult, *, by: Literal["column", "term"] = "column") -> BrantResult:
    """Test whether the slopes of an ordinal model are the same at every threshold.

    Each threshold is given a logit of its own, and their slopes are compared: all together, and column by
    column, which shows where proportional odds fail.

    Parameters
    ----------
    result : ModelResult
        What `ordinal` returned, of three levels or more.
    by : {"column", "term"}
        Whether each column of the design is tested, or each term: all levels of a factor together.

    Returns
    -------
    BrantResult
        With `.tidy()`, `.glance()`, `.coefficients()`, `.summary()`, `.plot()`, `.to_dict()`.

    Raises
    ------
    InputError
        If the result is not of `ordinal`, has two levels, or no slope.
    ConvergenceError
        If a threshold's own logit is separated.

    Notes
    -----
    With b_j the slopes of the logit of y > j, and D their differences from those of the first, the statistic
    is (D b)' (D V D')^-1 (D b), chi-square with (J - 2) k degrees of freedom (Brant 1990). With model-based
    errors V is Brant's: the covariance of logits m < l is B_m X' diag(p_l - p_m p_l) X B_l, with B their
    inverse information and p_j the fitted probability of y > j. That is Stata `brant` and R `brant::brant`,
    which test columns (`by.var = TRUE` tests terms).

    With any other errors V is the covariance of the stacked scores of all logits, of the same kind as the
    model's: clusters, sampling weights, a design or replicates. Where the errors have df degrees of freedom
    the statistic is F on q and df - q + 1 (Korn and Graubard 1990), NaN where that leaves none.

    A large sample finds differences too small to matter: look at the slopes as well.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> nausea = pd.DataFrame({"nausea": [0, 1, 2, 3] * 2, "arm": ["a"] * 4 + ["b"] * 4,
    ...                        "people": [14, 10, 3, 2, 11, 7, 8, 4]})
    >>> result = ps.ordinal("nausea ~ arm", nausea, weights="people", weight_kind="frequency")
    >>> ps.brant_test(result).tidy()[["term", "statistic", "df", "p_value"]].round(3)
             term  statistic  df  p_value
    0         all      1.668   2    0.434
    1  arm[T.b]      1.668   2    0.434
    """
    call = "brant_test"
    if not isinstance(result, ModelResult):
        raise InputError(
            f"{call}(): result= is a {type(result).__name__}, not a fitted model.",
            "Give a result of ordinal().",
        )
    check_choice(by, ("column", "term"), "by", call)
    _check(result)
    fit, rows = result.fit, need_source(result.source, call).rows
    columns = read_columns(replace(rows, patterns=None), call)
    each = _fit_each(result, columns)
    k, n_cut = len(columns.reach), fit.n_thresholds
    back = np.eye(k + 1)
    if columns.turn is not None:
        back[:, 1:] = columns.turn[:, 1:]
    estimate = np.concatenate([back @ one.beta for one in each])
    notes: tuple[str, ...] = ()
    if fit.variance == "model":
        whole = np.kron(np.eye(n_cut), back)
        with one_blas_thread():
            matrix = whole @ _model_covariance(columns, each) @ whole.T
        df = fit.df
    else:
        matrix, df, notes = _any_covariance(result, columns, each, back, estimate)
    slopes = np.arange(n_cut * (k + 1)).reshape(n_cut, k + 1)[:, 1:]
    b, v = estimate[slopes], matrix
    names, places = _places(result, by)
    tests = []
    for place in places:
        chosen = slopes[:, place]
        contrast = np.zeros((n_cut - 1, len(place), len(estimate)))
        for j in range(n_cut - 1):
            for i in range(len(place)):
                contrast[j, i, chosen[0, i]], contrast[j, i, chosen[j + 1, i]] = 1.0, -1.0
        d = contrast.reshape(-1, len(estimate))
        tests.append(_wald(d @ estimate, d @ v @ d.T, df))
    statistic, df_test, below, p_value = (np.array(cells) for cells in zip(*tests, strict=True))
    if np.isnan(statistic).any():
        lacking = f"{df:,.0f} degrees of freedom are too few for the tests without a statistic"
        notes += (f"{lacking}.",)
    std_error = np.sqrt(np.diag(v))[slopes]
    return BrantResult(
        fit=fit,
        terms=("all", *names),
        statistic=statistic,
        df=df_test.astype(np.int64),
        df_denominator=below,
        p_value=p_value,
        slopes=b,
        slope_errors=std_error,
        df_errors=df,
        notes=notes,
        backend=rows.source.backend,
        codebook=result.codebook,
    )


def _places(result: ModelResult, by: str) -> tuple[list[str], list[list[int]]]:
    """Return the names of the tests and the columns that each takes; all columns first, unnamed."""
    design = result.fit.design
    k = len(design.columns)
    if by == "column":
        return list(design.columns), [list(range(k)), *([i] for i in range(k))]
    places, start = [], 0
    for term in design.terms:
        places.append(list(range(start, start + len(term.columns))))
        start += len(term.columns)
    return [term.name for term in design.terms], [list(range(k)), *places]
