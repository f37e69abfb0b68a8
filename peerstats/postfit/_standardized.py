"""Standardised coefficients: per standard deviation of a predictor, and of a linear model's outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design import same_rows
from peerstats.postfit._tidy import coefficient_columns

if TYPE_CHECKING:
    from peerstats.design import ModelRows
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

__all__ = ["standardized_columns"]


def _spreads(rows: ModelRows) -> tuple[Array, float]:
    """Return the standard deviation of each column of the design, and of the outcome, in the rows used."""

    def passes(centre: Array, power: int) -> tuple[Array, float]:
        sums, total = np.zeros(len(centre)), 0.0
        for block in rows.source.blocks():
            w = np.ones(len(block.y)) if block.w is None else block.w
            values = np.vstack([block.x, np.asarray(block.y, dtype=float)])
            sums += (values - centre[:, None]) ** power @ w
            total += float(w.sum())
        return sums, total

    width = len(rows.design.columns) + 1
    sums, total = passes(np.zeros(width), 1)
    squares, _ = passes(sums / total, 2)
    # only frequencies count rows; other weights are relative
    n = total if rows.weight_kind == "frequency" else float(rows.source.n_rows)
    sd = np.sqrt(squares / total * n / (n - 1.0))
    return sd[:-1], float(sd[-1])


def standardized_columns(fit: ModelFit, rows: ModelRows) -> dict[str, Any]:
    """Return standardised coefficients as columns, without the intercept and thresholds.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    rows : ModelRows
        Its rows.

    Returns
    -------
    dict of str to list or array
        As `coefficient_columns`, with sd (of the term's numbers) and, for a linear model, outcome_sd.

    Notes
    -----
    b sd(x) / sd(y), with the standard deviations taken as known: R `lm.beta`, Stata `regress, beta`. Where
    the outcome is a level there is no sd(y). Levels of a factor are left alone: their coefficient is divided
    by sd(y) only, as is that of a spline. Numbers in an interaction are divided by their standard deviation
    and not centred.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import standardized_columns
    >>> jobs = pd.DataFrame({"wage": [15, 17, 21, 20, 24, 18], "age": [30, 35, 50, 40, 60, 45]})
    >>> result = ps.linear("wage ~ age", jobs)
    >>> standardized_columns(result.fit, result.source.rows)["estimate"].round(4)
    array([0.9388])
    """
    plain = [f.code for f in fit.design.factors if f.kind == "numeric" and f.width == 1]
    spreads, outcome_sd = _spreads(same_rows(rows, [(code,) for code in plain], fit.formula))
    sd_of = dict(zip(plain, spreads, strict=True))
    known = {factor.code: factor for factor in fit.design.factors}
    scale: list[float] = []
    for term in fit.design.terms:
        for part in term.subterms:
            width = int(np.prod([known[code].n_columns(full=full) for code, full in part]))
            scale += [float(np.prod([sd_of.get(code, 1.0) for code, _ in part]))] * width
    cells = coefficient_columns(fit)
    linear = not fit.outcome_levels
    k = len(fit.design.columns)
    kept = np.array(
        [i % len(fit.terms) < k and cells["term"][i] != "Intercept" for i in range(fit.n_parameters)]
    )
    sd = np.tile([*scale, *[1.0] * (len(fit.terms) - k)], fit.coefficients.shape[1])[kept]
    factor = sd / outcome_sd if linear else sd
    columns = {
        name: [value for value, keep in zip(values, kept, strict=True) if keep]
        if isinstance(values, list)
        else values[kept]
        for name, values in cells.items()
    }
    for name in ("estimate", "std_error", "conf_low", "conf_high"):
        columns[name] = columns[name] * factor
    columns["sd"] = sd
    if linear:
        columns["outcome_sd"] = np.full(len(sd), outcome_sd)
    return columns
