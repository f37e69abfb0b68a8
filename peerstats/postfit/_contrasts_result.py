"""The record of contrasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.postfit._effects_result import EffectsResult, heading_of

__all__ = ["ContrastsResult"]

_NUMBERS = ("estimate", "std_error", "statistic", "df", "p_value", "p_adjusted", "conf_low", "conf_high")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ContrastsResult(EffectsResult):
    """Contrasts with adjusted p-values: what `ModelResult.contrasts` gives.

    All of them are one family of tests.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    model, formula, outcome : str
        The model, its formula and its outcome.
    labels : mapping of str to list
        The R rows in words: outcome, variable, change and so on.
    numbers : mapping of str to (R,) float array
        Estimates, errors, limits, and what they are made at.
    matrix : (R, R) float array
        Covariance of the estimates; `covariance()` gives it.
    n : int
        Rows averaged over.
    df : float
        Degrees of freedom; infinite where the normal is used.
    errors : str
        Kind of the errors: delta, unconditional or replicate.
    variance : str
        Kind of the fit's covariance.
    conf_level : float
        Confidence level of the limits.
    title : str
        What it is.
    lines, notes : tuple of str
        What was averaged, and what to keep in mind.
    backend : str
        Library of the tables.
    over : str or None
        Column whose groups the rows of the result are of.
    adjust : str
        How p-values and limits were adjusted.
    of : {"probability", "coefficients"}
        What was contrasted: means and probabilities, or coefficients.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"wage": [15.0, 18, 16, 21, 17, 19], "job": ["a", "b", "c"] * 2})
    >>> ps.linear("wage ~ job", jobs).contrasts("job").tidy()[["change", "estimate"]]
            change  estimate
    0  b against a      -0.5
    1  c against a      -0.5
    2  c against b       0.0
    """

    adjust: str
    of: str

    def tidy(self, *, exponentiate: bool = False) -> Any:
        """Return one row per contrast, unrounded.

        Parameters
        ----------
        exponentiate : bool
            Of coefficients, whether to return relative risk ratios: estimate and limits exponentiated, the
            error times the ratio.

        Returns
        -------
        frame
            In the caller's library: what the contrast is, estimate, std_error, statistic, df, p_value,
            p_adjusted, conf_low, conf_high.

        Raises
        ------
        InputError
            If ratios are asked of probabilities or means.
        """
        cells = self._columns()
        if exponentiate:
            if self.of != "coefficients":
                raise InputError(
                    "tidy(): exponentiate=True, but the contrasts are differences of probabilities or means.",
                    'Ask for contrasts(of="coefficients").',
                )
            ratio = np.exp(cells["estimate"])
            cells["std_error"] = ratio * cells["std_error"]
            cells["estimate"] = ratio
            cells["conf_low"], cells["conf_high"] = np.exp(cells["conf_low"]), np.exp(cells["conf_high"])
        return new_frame(cells, self.backend)

    def plot(self, ax: Any = None) -> Any:
        """Draw the contrasts with their limits, those of coefficients as ratios.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        from peerstats.plots import forest  # noqa: PLC0415  (only a plot pays for matplotlib)

        cells, words = self._said(), self._words()
        ratios = self.of == "coefficients"
        inner = "term" if ratios else "change"
        keys = [key for key in cells if key not in (inner, "variable", *_NUMBERS)]
        if len(set(cells["outcome"])) == 1 and not ratios:
            keys.remove("outcome")
        kept = [i for i, name in enumerate(cells[inner]) if not (ratios and name == "Intercept")]
        turn = np.exp if ratios else np.asarray
        xlabel = "Relative risk ratio" if ratios else f"Difference, {words.name(self.outcome)}"
        return forest(
            [cells[inner][i] for i in kept],
            turn(cells["estimate"][kept]),
            turn(cells["conf_low"][kept]),
            turn(cells["conf_high"][kept]),
            reference=1.0 if ratios else 0.0,
            log=ratios,
            groups=[heading_of(cells, keys, i, words) for i in kept] if keys else None,
            xlabel=xlabel,
            ax=ax,
        )
