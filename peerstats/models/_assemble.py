"""From what was asked for, the rows and the numbers of a fit to its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.models._result import ModelResult
from peerstats.models._variance import degrees_of_freedom
from peerstats.postfit import FitSource, ModelFit
from peerstats.postfit.parts import fit_codebook, keep_labels, levels_of

if TYPE_CHECKING:
    from peerstats.design import Asked, ModelRows
    from peerstats.models._covariance import Covariance
    from peerstats.postfit import Fitted, Profile, RandomIntercept
    from peerstats.typing import Array

__all__ = ["assemble"]


def assemble(
    asked: Asked,
    rows: ModelRows,
    fitted: Fitted | None,
    *,
    coefficients: Array,
    variance: str,
    covariance: Covariance,
    loglik: float,
    loglik_null: float,
    n_iterations: int,
    notes: tuple[str, ...] = (),
    sigma: float | None = None,
    r_squared: float | None = None,
    adj_r_squared: float | None = None,
    random: RandomIntercept | None = None,
    thresholds: tuple[str, ...] = (),
    smearing: float | None = None,
    profile: Profile | None = None,
) -> ModelResult:
    """Return the result of a fit.

    Parameters
    ----------
    asked : Asked
        What the caller asked for.
    rows : ModelRows
        The rows used.
    fitted : Fitted or None
        Scores and inverse information; None for a mixed model.
    coefficients : (k, J-1) float array
        The coefficients.
    variance : str
        Kind of the covariance, resolved.
    covariance : Covariance
        The covariance.
    loglik, loglik_null : float
        Log-likelihood, and that of the intercept alone.
    n_iterations : int
        Steps taken.
    notes : tuple of str
        Notes of the fit itself.
    sigma, r_squared, adj_r_squared : float or None
        Residual standard deviation and share of variance explained of a linear model.
    random : RandomIntercept or None
        The random intercept of a mixed model, whose tests are normal.
    thresholds : tuple of str
        Names of an ordinal model's thresholds, the last of its coefficients.
    smearing : float or None
        Mean of the exponentiated residuals of a linear model of a logarithm.
    profile : Profile or None
        Tests and limits of a penalised fit.

    Returns
    -------
    ModelResult
        The record, and where it came from.
    """
    p = coefficients.size
    mixed = random is not None
    df = float("inf") if mixed else covariance.df_design
    if df is None:
        df = degrees_of_freedom(variance, rows, p, kind=asked.df, call=asked.call)
    fit = ModelFit(
        model=asked.call,
        formula=" ".join(asked.formula.split()),
        outcome=rows.outcome,
        outcome_levels=rows.outcome_levels,
        terms=(*rows.design.columns, *thresholds),
        coefficients=np.array(coefficients),
        covariance=np.array(covariance.matrix),
        df=df,
        df_terms=np.full(p, df) if covariance.df is None else np.array(covariance.df),
        variance=variance,
        weights=asked.weights if asked.survey is None else asked.survey.weights,
        weight_kind=rows.weight_kind,
        cluster=asked.cluster,
        survey=None if rows.survey is None else rows.survey.description,
        offset=asked.offset,
        n=rows.n,
        n_rows=rows.source.n_rows,
        n_missing=rows.n_missing,
        dropped=tuple(rows.dropped.items()),
        n_clusters=None if mixed else rows.n_clusters,
        n_replicates=covariance.n_replicates,
        loglik=loglik,
        loglik_null=loglik_null,
        sigma=sigma,
        r_squared=r_squared,
        adj_r_squared=adj_r_squared,
        n_iterations=n_iterations,
        n_passes=rows.source.n_passes,
        converged=True,
        conf_level=asked.conf_level,
        notes=(*rows.notes, *notes, *covariance.notes),
        design=rows.design,
        random=random,
        n_thresholds=len(thresholds),
        smearing=smearing,
        penalty=asked.penalty,
        profile=profile,
        labels=keep_labels(
            rows.codebook,
            _columns_of(asked, rows),
            levels_of(rows.design, rows.outcome, rows.outcome_levels),
        ),
    )
    source = FitSource(asked=asked, rows=rows, fitted=fitted)
    return ModelResult(fit=fit, source=source, codebook=fit_codebook(fit))


def _columns_of(asked: Asked, rows: ModelRows) -> tuple[str | None, ...]:
    """Return the columns that a model uses, and the expressions that name them."""
    right = (name for factor in rows.design.factors for name in factor.variables)
    weights = asked.weights if asked.survey is None else asked.survey.weights
    lacked = (reason.removesuffix(" missing") for reason in rows.dropped)
    return (rows.outcome, *right, weights, asked.clusters, asked.offset, *lacked)
