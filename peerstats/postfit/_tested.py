"""One hypothesis tested: Wald, score, likelihood ratio, and what they are under a design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.errors import ConvergenceError, InputError
from peerstats.numerics import chi_square_sum_p, f_or_chi_square_p, quadratic_form
from peerstats.postfit._fitted import need_source
from peerstats.postfit._restricted import REFITTED, restrict, restricted_mixed_loglik, sum_scale

if TYPE_CHECKING:
    from peerstats.postfit._fitted import FitSource, Fitted
    from peerstats.postfit._hypothesis import Hypothesis
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

__all__ = ["Tested", "check_fit", "fitted_of", "judge_wald", "run_test", "working_effects"]

_KINDS = ("wald", "score", "lr")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tested:
    """A test of one hypothesis.

    Parameters
    ----------
    test : str
        Name of the test.
    statistic : float
        F or chi-square.
    df_numerator, df_denominator : float
        Degrees of freedom; the denominator's are infinite for a chi-square.
    p_value : float
        The p-value.
    distribution : str
        What the statistic is compared with.
    deff : float
        Mean generalised design effect; NaN where none was computed.
    """

    test: str
    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float
    distribution: str
    deff: float = float("nan")


def check_fit(fit: ModelFit, kind: str, approximation: str, call: str) -> None:
    """Refuse what no test can be made of."""
    check_choice(kind, _KINDS, "kind", call)
    check_choice(approximation, ("saddlepoint", "satterthwaite"), "approximation", call)
    if not fit.converged:
        raise ConvergenceError(
            f"{call}(): the fit of {fit.formula!r} reached no maximum, so its errors mean nothing.",
            "Look for terms that separate the outcomes, and fit again.",
        )
    if not fit.df > 0 or not np.isfinite(fit.covariance).all():
        raise InputError(
            f"{call}(): the fit of {fit.formula!r} has {fit.df:g} degrees of freedom or no errors.",
            "Leave terms out.",
        )


def fitted_of(fit: ModelFit, source: FitSource | None, what: str, call: str) -> tuple[FitSource, Fitted]:
    """Return where a fit came from and its scores, or say why they are not at hand."""
    source = need_source(source, call)
    if fit.penalty is not None:
        raise InputError(
            f"{call}(): {what} compares unpenalised likelihoods; the fit has penalty={fit.penalty!r}.",
            'Take kind="wald", or the tests of single coefficients in tidy().',
        )
    if source.fitted is None or fit.model not in REFITTED:
        raise InputError(
            f"{call}(): {what} is made for {', '.join(REFITTED)}; the model is {fit.model!r}.",
            'Take kind="wald".',
        )
    return source, source.fitted


def judge_wald(
    fit: ModelFit, test: str, vector: Array, covariance: Array, df: float, *, adjust: bool, call: str
) -> Tested:
    """Judge a Wald statistic by chi-square or F.

    Parameters
    ----------
    fit : ModelFit
        The fit: whether its degrees of freedom are those of clusters or a design.
    test : str
        Name of the test.
    vector : (q,) float array
        What is zero under the hypothesis.
    covariance : (q, q) float array
        Its covariance.
    df : float
        Degrees of freedom of the covariance; infinite for chi-square.
    adjust : bool
        Whether the F of clusters and designs is W (d - q + 1) / (d q), as Stata's `svy: test`; else W / q.
    call : str
        The public call, for messages.

    Returns
    -------
    Tested
        The test.

    Raises
    ------
    InputError
        If the covariance has no inverse or no degrees of freedom are left.
    """
    q = len(vector)
    form = quadratic_form(vector, covariance)
    if form.rank < q:
        why = "" if np.isinf(df) else f": {df:,.0f} degrees of freedom are too few"
        raise InputError(
            f"{call}(): {q} coefficients are tested and their covariance has rank {form.rank}{why}.",
            'Test fewer at once, or take kind="lr".' if fit.variance != "model" else "Test fewer at once.",
        )
    if np.isinf(df):
        return Tested(
            test=test,
            statistic=form.statistic,
            df_numerator=q,
            df_denominator=df,
            p_value=f_or_chi_square_p(form.statistic, q, df),
            distribution="chi-square",
        )
    of_units = fit.variance.startswith("CR") or fit.variance in ("linearized", "replicate")
    adjusted = adjust and of_units
    left = df - q + 1 if adjusted else df
    if left < 1:
        raise InputError(
            f"{call}(): {q} coefficients are tested with {df:,.0f} degrees of freedom, which leave none.",
            'Test fewer at once, or take kind="lr", which needs no inverse of the covariance.',
        )
    f = form.statistic / q * (left / df if adjusted else 1.0)
    return Tested(
        test=test,
        statistic=f,
        df_numerator=q,
        df_denominator=left,
        p_value=f_or_chi_square_p(f, q, left),
        distribution="F",
    )


def working_effects(matrix: Array, covariance: Array, working: Array) -> Array:
    """Return the generalised design effects of combinations of coefficients.

    Parameters
    ----------
    matrix : (q, p) float array
        The combinations.
    covariance : (p, p) float array
        Covariance of the coefficients.
    working : (p, p) float array
        What it would be if the likelihood were true.

    Returns
    -------
    (q,) float array
        Eigenvalues of the one in the other, the largest first.
    """
    # symmetric by the root of the working covariance, so that eigenvalues are real
    root = np.linalg.cholesky(matrix @ working @ matrix.T)
    half = np.linalg.solve(root, matrix @ covariance @ matrix.T)
    both = np.linalg.solve(root, half.T)
    return np.asarray(np.linalg.eigvalsh((both + both.T) / 2)[::-1])


def _df(fit: ModelFit, matrix: Array) -> float:
    """Return the least degrees of freedom of the coefficients tested: with CR2 Satterthwaite's."""
    return float(fit.df_terms[np.any(matrix != 0, axis=0)].min())


def _wald(fit: ModelFit, hypothesis: Hypothesis, *, adjust: bool, call: str) -> Tested:
    matrix = hypothesis.matrix
    off = matrix @ fit.coefficients.T.ravel() - hypothesis.value
    return judge_wald(
        fit, "Wald", off, matrix @ fit.covariance @ matrix.T, _df(fit, matrix), adjust=adjust, call=call
    )


def _score(
    fit: ModelFit, source: FitSource | None, hypothesis: Hypothesis, *, adjust: bool, call: str
) -> Tested:
    whole, fitted = fitted_of(fit, source, "a score test", call)
    found = restrict(fit, whole, fitted, hypothesis, scores=True, call=call)
    matrix = hypothesis.matrix
    df = float("inf") if fit.variance == "model" else fit.df
    return judge_wald(
        fit,
        "score" if fit.variance == "model" else "robust score",
        matrix @ found.step,
        matrix @ found.covariance @ matrix.T,
        df,
        adjust=adjust,
        call=call,
    )


def _mixed_lr(fit: ModelFit, source: FitSource | None, hypothesis: Hypothesis, call: str) -> float:
    source = need_source(source, call)
    if fit.random is not None and fit.random.method == "REML":
        raise InputError(
            f"{call}(): kind='lr' of a fit by REML: restricted likelihoods of models with different terms "
            "cannot be compared.",
            'Fit with method="ml", or take kind="wald".',
        )
    return 2 * (fit.loglik - restricted_mixed_loglik(fit, source, hypothesis, call=call))


def _ratio(
    fit: ModelFit, source: FitSource | None, hypothesis: Hypothesis, *, approximation: str, call: str
) -> Tested:
    matrix = hypothesis.matrix
    q = len(matrix)
    if fit.random is None:
        whole, fitted = fitted_of(fit, source, "a likelihood ratio", call)
        deviance = restrict(fit, whole, fitted, hypothesis, scores=False, call=call).deviance
        if fit.variance != "model":
            scale = sum_scale(fit, whole)
            turn = np.eye(fit.n_parameters) if fitted.turn is None else fitted.turn
            working = turn @ fitted.bread @ turn.T * (scale * fitted.dispersion)
            effects = working_effects(matrix, fit.covariance, working)
            effects = np.clip(effects, 0.0, None)
            if effects[0] <= 0:
                raise InputError(f"{call}(): the tested coefficients have no variance.", "Test others.")
            p = chi_square_sum_p(deviance / scale, effects, fit.df, approximation=approximation)
            return Tested(
                test="Rao-Scott likelihood ratio",
                statistic=deviance / scale,
                df_numerator=q,
                df_denominator=fit.df,
                p_value=p,
                distribution="weighted sum of chi-squares",
                deff=float(effects.mean()),
            )
        statistic = deviance
        if not fit.outcome_levels:
            statistic = fit.n * np.log1p(deviance / (fit.n - fit.n_parameters))
    else:
        statistic = _mixed_lr(fit, source, hypothesis, call)
    statistic = max(float(statistic), 0.0)
    return Tested(
        test="likelihood ratio",
        statistic=statistic,
        df_numerator=q,
        df_denominator=float("inf"),
        p_value=f_or_chi_square_p(statistic, q, float("inf")),
        distribution="chi-square",
    )


def run_test(
    fit: ModelFit,
    source: FitSource | None,
    hypothesis: Hypothesis,
    *,
    kind: str,
    adjust: bool,
    approximation: str,
    call: str,
) -> Tested:
    """Test one hypothesis.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource or None
        Its rows; score tests and likelihood ratios need them.
    hypothesis : Hypothesis
        The hypothesis.
    kind : {"wald", "score", "lr"}
        The test.
    adjust : bool
        Whether F takes the number of coefficients off the degrees of freedom of clusters or a design.
    approximation : {"saddlepoint", "satterthwaite"}
        For the weighted sum of chi-squares of a Rao-Scott likelihood ratio.
    call : str
        The public call, for messages.

    Returns
    -------
    Tested
        The test.

    Raises
    ------
    InputError
        If the test is not defined for the fit, or no degrees of freedom are left.
    """
    if kind == "wald":
        return _wald(fit, hypothesis, adjust=adjust, call=call)
    if kind == "score":
        return _score(fit, source, hypothesis, adjust=adjust, call=call)
    return _ratio(fit, source, hypothesis, approximation=approximation, call=call)
