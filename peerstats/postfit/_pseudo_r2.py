"""Pseudo-R2, each by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._used import UsedRows

__all__ = ["pseudo_r2"]

_LOGISTIC = np.pi**2 / 3  # variance of the logistic distribution


def pseudo_r2(fit: ModelFit, rows: UsedRows) -> dict[str, float]:
    """Return the measures of explained variation that have a name.

    Parameters
    ----------
    fit : ModelFit
        A logistic or multinomial fit.
    rows : UsedRows
        Its rows.

    Returns
    -------
    dict of str to float
        mcfadden_r2, mcfadden_adjusted_r2, cox_snell_r2, nagelkerke_r2; of two outcomes tjur_r2 and
        mckelvey_zavoina_r2 too.

    Notes
    -----
    With l and l0 the log-likelihoods, K coefficients: McFadden 1 - l / l0; adjusted 1 - (l - K) / l0;
    Cox-Snell 1 - exp(2 (l0 - l) / n); Nagelkerke that over its largest value 1 - exp(2 l0 / n); Tjur the mean
    probability of those with the outcome less that of those without; McKelvey-Zavoina the variance of the
    linear predictor over itself plus pi^2 / 3. Stata ``fitstat``; R ``survey::psrsq`` for the third and
    fourth under weights: sampling weights count as scaled to a mean of 1.
    """
    total = float(rows.w.sum())
    n = fit.n
    # sampling weights: the same of any scale
    scale = n / total
    loglik, null = fit.loglik * scale, fit.loglik_null * scale
    cox_snell = -np.expm1(2 * (null - loglik) / n)
    out = {
        "mcfadden_r2": 1 - loglik / null,
        "mcfadden_adjusted_r2": 1 - (loglik - fit.n_parameters) / null,
        "cox_snell_r2": float(cox_snell),
        "nagelkerke_r2": float(cox_snell / -np.expm1(2 * null / n)),
    }
    if len(rows.eta) == 1:
        event = rows.y == 1
        p = rows.value[1]
        spread = float(
            np.average((rows.eta[0] - np.average(rows.eta[0], weights=rows.w)) ** 2, weights=rows.w)
        )
        out["tjur_r2"] = float(
            np.average(p[event], weights=rows.w[event]) - np.average(p[~event], weights=rows.w[~event])
        )
        out["mckelvey_zavoina_r2"] = spread / (spread + _LOGISTIC)
    return out
