"""Independence of irrelevant alternatives: the full model against models of fewer outcomes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats.design import DesignArrays, MemoryRows
from peerstats.engines import replicate
from peerstats.errors import ConvergenceError, InputError
from peerstats.numerics import (
    f_or_chi_square_p,
    fit_multinomial,
    measure_design,
    multinomial_refits,
    multinomial_scores,
    quadratic_form,
)
from peerstats.postfit._influence_covariance import influence_covariance
from peerstats.postfit._term_rows import fit_codebook
from peerstats.postfit._test_result import TestResult, errors_line
from peerstats.postfit._tested import Tested, check_fit, fitted_of
from peerstats.postfit._tests import backend_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from peerstats.numerics import Block, Part, Rows
    from peerstats.postfit._fitted import FitSource, Fitted
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array, IntArray

__all__ = ["judge_independence"]

_FEWEST = 3  # outcomes: with one left out, two must stay
_NOTHING = 1e-16  # of the full model's variance: a difference that varies less is zero whatever the rows
_LOW_POWER = (
    "A test of low power (Cheng and Long 2007): where slopes are weak or rows few, both models nearly agree "
    "whether or not the assumption holds, and it hardly ever rejects. A large p-value is no support."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _ChosenRows:
    """Rows whose outcome is among some, coded anew.

    Parameters
    ----------
    rows : Rows
        Source of blocks.
    code : (J,) int array
        New code of each outcome; -1 for one that is left out.
    n_rows : int
        Rows that stay.
    """

    rows: Rows
    code: IntArray
    n_rows: int

    def blocks(self) -> Iterable[Block]:
        """Yield the rows that stay, block by block."""
        return _staying(self.rows.blocks(), self.code)

    def reduce(
        self, part: Callable[[Iterable[Block]], Part], together: Callable[[Iterable[Part]], Part], /
    ) -> Part:
        """Return what `part` makes of the rows that stay, where they lie."""
        code = self.code
        return self.rows.reduce(lambda blocks: part(_staying(blocks, code)), together)

    def thin(self, step: int) -> _ChosenRows | None:
        """Return every `step`-th of all rows, those that stay among them."""
        part = self.rows.thin(step)
        if part is None:
            return None
        n_rows = sum(int((self.code[block.y] >= 0).sum()) for block in part.blocks())
        return _ChosenRows(rows=part, code=self.code, n_rows=n_rows)


def _staying(blocks: Iterable[Block], code: IntArray) -> Iterable[Block]:
    """Yield the rows whose outcome stays, under its new code."""
    for block in blocks:
        y = code[block.y]
        stays = y >= 0
        if stays.any():
            yield replace(
                block,
                x=block.x[:, stays],
                y=y[stays],
                w=None if block.w is None else block.w[stays],
                cluster=None if block.cluster is None else block.cluster[stays],
                offset=None if block.offset is None else block.offset[stays],
            )


def _against(n_outcomes: int, base: int, kept: Sequence[int]) -> Array:
    """Return the matrix from log odds against outcome 0 to those of the kept against another base."""
    matrix = np.zeros((len(kept), n_outcomes))
    for i, level in enumerate(kept):
        matrix[i, level] += 1.0
        matrix[i, base] -= 1.0
    return matrix[:, 1:]


def _replicated(
    source: FitSource,
    fitted: Fitted,
    code: IntArray,
    beta: Array,
    into: Array,
    observed: Array,
    call: str,
) -> Array:
    """Return the covariance of the difference over a design's replicates: both models refitted under each."""
    arrays, rows = source.rows.survey, source.rows.source
    if not isinstance(arrays, DesignArrays) or arrays.replicates is None or not isinstance(rows, MemoryRows):
        raise ValueError("a design without replicates")
    k = beta.shape[1]
    # refits stand in the columns of the design, and are turned as the rows are
    turn = np.eye(k) if fitted.turn is None else fitted.turn[:k, :k]
    codes = rows.values.astype(np.int64, copy=False)
    stays = code[codes] >= 0
    x, y = rows.design_matrix()[:, stays], code[codes[stays]]
    start = beta @ turn.T

    def difference(weights: Array) -> Array:
        own = np.ascontiguousarray(weights[rows.used])
        part = multinomial_refits(x, y, np.ascontiguousarray(own[stays]), start).coefficients
        whole: Array = fitted.refit(rows, own) @ into.T
        return np.asarray(part - whole)

    values = replicate(difference, arrays.replicates, label=f"{call}: replicates", n_threads=1)
    if np.isfinite(values).all(axis=1).sum() < 2:  # noqa: PLR2004  (two replicates have a variance)
        raise ConvergenceError(
            f"{call}(): no two replicates have a fit without the outcome.", "Name other outcomes in omitted=."
        )
    back = np.kron(np.eye(len(beta)), np.linalg.inv(turn))
    return arrays.replicate_covariance(values @ back.T, observed)


def _one(fit: ModelFit, source: FitSource, fitted: Fitted, left_out: int, call: str) -> Tested:
    """Test against the model without one outcome, in the coordinates of the turned rows."""
    n_outcomes, name = len(fit.outcome_levels), fit.outcome_levels[left_out]
    p = fit.n_parameters
    k = p // (n_outcomes - 1)
    stay = [level for level in range(n_outcomes) if level != left_out]
    code = np.full(n_outcomes, -1)
    code[stay] = np.arange(len(stay))
    n_stay = sum(int((block.y != left_out).sum()) for block in fitted.rows.blocks())
    chosen = _ChosenRows(rows=fitted.rows, code=code, n_rows=n_stay)
    scale = measure_design(chosen, k, len(stay))
    found = (
        fit_multinomial(chosen, len(stay), scale.reach, float(scale.totals.sum())) if scale.clear else None
    )
    if found is None or not found.converged:
        raise ConvergenceError(
            f"{call}(): without {name!r} the model has no maximum: terms are constant or "
            "separate the outcomes that stay.",
            "Leave terms out, or name other outcomes in omitted=.",
        )
    turn = np.eye(p) if fitted.turn is None else fitted.turn
    full = np.asarray(np.linalg.solve(turn, fit.coefficients.T.ravel()), dtype=float)
    into = np.asarray(np.kron(_against(n_outcomes, stay[0], stay[1:]), np.eye(k)), dtype=float)
    beta = found.beta.reshape(len(stay) - 1, k)
    observed = found.beta - into @ full
    bread, inverse = into @ fitted.bread, found.inverse_information

    def influence(block: Block) -> Array:
        y = code[block.y]
        own = inverse @ multinomial_scores(beta, replace(block, y=np.maximum(y, 0)))
        own[:, y < 0] = 0.0
        values: Array = own - bread @ fitted.scores(block)
        return values

    if source.rows.survey is not None and source.rows.survey.replicates is not None:
        covariance = _replicated(source, fitted, code, beta, into, observed, call)
    else:
        covariance = influence_covariance(fit, source, fitted.rows, influence, call=call)
    size = np.sqrt(np.diag(into @ fitted.bread @ into.T))
    form = quadratic_form(observed, covariance, scale=size, tolerance=_NOTHING)
    if form.rank < len(size):
        raise InputError(
            f"{call}(): without {name!r} the difference of {len(size)} coefficients has a covariance of rank "
            f"{form.rank}: the terms say of each outcome what its shares say, or the degrees of freedom are "
            "too few.",
            "Fit with fewer terms, or with one that is no category.",
        )
    q = len(size)
    statistic, df, distribution = form.statistic, float("inf"), "chi-square"
    if np.isfinite(fit.df):
        df = fit.df - q + 1
        if df < 1:
            raise InputError(
                f"{call}(): {q} coefficients are compared with {fit.df:,.0f} degrees of freedom.",
                "Leave terms out.",
            )
        statistic, distribution = form.statistic * df / (fit.df * q), "F"
    return Tested(
        test="Hausman-McFadden by stacked scores",
        statistic=statistic,
        df_numerator=q,
        df_denominator=df,
        p_value=f_or_chi_square_p(statistic, q, df),
        distribution=distribution,
    )


def judge_independence(fit: ModelFit, source: FitSource | None, omitted: Any = None) -> TestResult:
    """Test independence of irrelevant alternatives; the argument is that of `ModelResult.test_iia`.

    Parameters
    ----------
    fit : ModelFit
        The fit of a multinomial model.
    source : FitSource or None
        Its rows.
    omitted : str, int, bool or sequence of them, optional
        Outcomes to leave out, each in its turn; every one by default.

    Returns
    -------
    TestResult
        One row per outcome left out.

    Raises
    ------
    InputError
        If the model is not multinomial with three outcomes, or the terms leave nothing to compare.
    ConvergenceError
        If a model of fewer outcomes has no maximum.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import judge_independence
    >>> jobs = pd.DataFrame({"job": ["none", "other", "peer"] * 8, "age": [*range(23), 3]})
    >>> result = ps.multinomial("job ~ age", jobs)
    >>> judge_independence(result.fit, result.source, "peer").tidy()[["omitted", "df_numerator"]]
      omitted  df_numerator
    0    peer           2.0
    """
    call = "test_iia"
    check_fit(fit, "wald", "saddlepoint", call)
    if fit.model != "multinomial" or len(fit.outcome_levels) < _FEWEST:
        raise InputError(
            f"{call}(): needs a multinomial model of {_FEWEST} outcomes at least; this is {fit.model!r} of "
            f"{len(fit.outcome_levels)}.",
            "With two outcomes there is no alternative to leave out.",
        )
    whole, fitted = fitted_of(fit, source, "the test", call)
    levels = [str(level) for level in fit.outcome_levels]
    if omitted is None:
        named = levels
    else:
        named = [str(each) for each in (omitted if isinstance(omitted, list | tuple) else [omitted])]
        for name in named:
            if name not in levels:
                raise InputError(
                    f"{call}(): {name!r} is no outcome of the model.",
                    did_you_mean(name, levels, what="outcomes"),
                )
    return TestResult(
        kind="test_iia",
        title="Tests of independence of irrelevant alternatives",
        labels={"omitted": tuple(named)},
        tested=tuple(_one(fit, whole, fitted, levels.index(name), call) for name in named),
        n=fit.n,
        variance=fit.variance,
        weight_kind=fit.weight_kind,
        lines=(errors_line(fit),),
        notes=(_LOW_POWER,),
        backend=backend_of(source),
        outcome=fit.outcome,
        codebook=fit_codebook(fit),
    )
