"""One fitted factor model: its parameters with errors, its fit, and what a reader must know of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.words import counted
from peerstats.numerics import cfa_errors, fit_cfa, fit_indices
from peerstats.scoring._cfa_parameters import factor_parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.numerics import CfaErrors, CfaFit, FitIndices
    from peerstats.scoring._cfa_parameters import Parameter
    from peerstats.typing import Array, IntArray

__all__ = ["FactorModel", "fit_factor_model"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FactorModel:
    """A factor model of one group of respondents.

    Attributes
    ----------
    group, name : str
        The respondents, and the model: "scales", "one" or the scale that is modelled alone.
    factors, items : tuple of str
        Names of the factors and of the items, in the order of the fit.
    n, n_missing : int
        Respondents used (the sum of frequency weights), and rows left out because an answer was missing.
    fit : CfaFit or None
        The estimates.
    indices : FitIndices or None
        How well it fits.
    parameters : tuple of Parameter
        Every number, with its error.
    notes : tuple of str
        Heywood cases and other things a reader must know.
    reason : str or None
        Why there is no fit.
    """

    group: str
    name: str
    factors: tuple[str, ...]
    items: tuple[str, ...]
    n: int
    n_missing: int
    fit: CfaFit | None
    indices: FitIndices | None
    parameters: tuple[Parameter, ...]
    notes: tuple[str, ...]
    reason: str | None


def fit_factor_model(
    answers: Array,
    weights: Array | None,
    weight_kind: str,
    *,
    factor: IntArray,
    factors: Sequence[str],
    items: Sequence[str],
    group: str,
    name: str,
    robust: bool,
) -> FactorModel:
    """Fit one model to the respondents who answered every item of it.

    Parameters
    ----------
    answers : (n, m) array
        Answers after reversal, NaN where there is none.
    weights : (n,) array or None
        Their weights.
    weight_kind : {"none", "sampling", "frequency"}
        What the weights mean.
    factor : (m,) int array
        The factor of each item.
    factors, items : sequence of str
        Their names.
    group, name : str
        The respondents and the model.
    robust : bool
        Whether errors are the sandwich's.

    Returns
    -------
    FactorModel
        The model; one that cannot be fitted has a reason and no numbers.
    """
    complete = ~np.isnan(answers).any(axis=1)
    x = answers[complete]
    w = np.ones(len(x)) if weights is None else weights[complete]
    n = float(w.sum()) if weight_kind == "frequency" else float(len(x))
    told = {
        "group": group,
        "name": name,
        "factors": tuple(factors),
        "items": tuple(items),
        "n": round(n),
        "n_missing": int((~complete).sum()),
    }
    reason = _too_little(x, items)
    if reason is not None:
        return _without(told, reason)
    z = x - w @ x / w.sum()
    s = (z * w[:, None]).T @ z / w.sum()
    fit = fit_cfa(s, factor)
    if fit.reason is not None:
        return _without(told, fit.reason)
    share = n * w**2 / w.sum() ** 2 if weight_kind == "sampling" else w / w.sum()
    errors = cfa_errors(fit, s, z, share, n)
    indices = fit_indices(
        s,
        fit.implied,
        discrepancy=fit.discrepancy,
        n=n,
        n_parameters=len(errors.covariance),
        scaling_factor=errors.scaling_factor,
        baseline_scaling_factor=errors.baseline_scaling_factor,
    )
    if weight_kind == "sampling":
        # weighted respondents have no likelihood, and n F no chi-square distribution: the scaled test has
        indices = replace(indices, p_value=np.nan, rmsea_p_value=np.nan, aic=np.nan, bic=np.nan)
    covariance = errors.robust_covariance if robust else errors.covariance
    return FactorModel(
        **told,  # type: ignore[arg-type]  # one dictionary of words and counts
        fit=fit,
        indices=indices,
        parameters=factor_parameters(fit, covariance, factors, items),
        notes=_notes(fit, errors, indices, factors, items),
        reason=None,
    )


def _without(told: dict[str, object], reason: str) -> FactorModel:
    return FactorModel(**told, fit=None, indices=None, parameters=(), notes=(), reason=reason)  # type: ignore[arg-type]  # as above


def _too_little(x: Array, items: Sequence[str]) -> str | None:
    n, m = x.shape
    if n <= m:
        return f"{counted(n, 'respondent')} with every answer are too few for {counted(m, 'item')}"
    constant = [item for item, column in zip(items, x.T, strict=True) if (column == column[0]).all()]
    if constant:
        return f"item {constant[0]!r} has no variance: every answer is {x[0, items.index(constant[0])]:g}"
    return None


def _notes(
    fit: CfaFit, errors: CfaErrors, indices: FitIndices, factors: Sequence[str], items: Sequence[str]
) -> tuple[str, ...]:
    said = [
        f"Heywood case: the unique variance of {item!r} would be zero or less. It stands at its bound, 0.5% "
        "of the item's variance, and has no error; the other estimates are the best under that bound, and "
        "the chi-square is not exact. Look at the item, or at a factor of too few items."
        for item, here in zip(items, fit.heywood, strict=True)
        if here
    ]
    a, b = np.triu_indices(len(factors), 1)
    beyond = np.abs(fit.factor_correlations[a, b]) > 1
    said += [
        f"{factors[int(a[i])]!r} and {factors[int(b[i])]!r} correlate beyond 1: they are one factor here."
        for i in np.flatnonzero(beyond)
    ]
    if not errors.determined:
        said.append("The answers do not determine every parameter: there are no standard errors.")
    if not indices.df:
        said.append("The model has no degrees of freedom: it fits any answers, and no index can judge it.")
    return tuple(said)
