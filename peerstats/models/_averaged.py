"""What a fitted model says averaged over respondents: effects, means and contrasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from peerstats.models._kept import Fitting
from peerstats.models._replicated import fit_replicates
from peerstats.postfit import Averaging, adjusted_means, contrasts, margins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.engines import Replicates
    from peerstats.postfit import (
        AdjustedMeansResult,
        ContrastsResult,
        MarginsResult,
    )

__all__ = ["Averaged"]

_Errors = Literal["delta", "unconditional", "replicate"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Averaged(Fitting):
    """A fit that can be averaged over rows.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    fit, source
        As in `Fitting`.
    """

    def margins(
        self,
        variables: str | Sequence[str] | None = None,
        *,
        at: Mapping[str, Any] | None = None,
        over: str | None = None,
        change: Mapping[str, Any] | None = None,
        weights: Literal["fit", "none"] = "fit",
        errors: _Errors = "delta",
        data: Any = None,
        conf_level: float | None = None,
    ) -> MarginsResult:
        """Compute average marginal effects: by how much each outcome's probability, or the mean, changes.

        The change is worked out for every respondent and averaged: of a number the slope (dy/dx), of a
        category the difference between everybody at a level and everybody at the reference level.

        Parameters
        ----------
        variables : str or sequence of str, optional
            Columns of the formula; all by default. Numbers are numbers, 0 and 1 too.
        at : dict, optional
            Values that everybody is given, as in ``{"age": [30, 50], "sex": "female"}``; of lists every
            combination, of a number also "mean". The others keep their values.
        over : str, optional
            Column of the data whose groups are averaged over one by one.
        change : dict, optional
            Of a number instead of its slope: an amount that is added to everybody's value, "sd" (half a
            standard deviation down to half up), or (from, to). Of a category (from, to).
        weights : {"fit", "none"}
            Whether respondents are weighted as in the fit.
        errors : {"delta", "unconditional", "replicate"}
            "delta" takes the respondents as they are: the effect among these people. "unconditional" counts
            them as drawn, by the fit's clusters or design: the effect in the population that they come from.
            "replicate" does so by the fit's own replicate weights.
        data : frame, optional
            Rows to average over instead of the fit's, with delta errors. A loaded fit needs them.
        conf_level : float, optional
            Confidence level; the fit's by default.

        Returns
        -------
        MarginsResult
            One row per outcome (of two, the one modelled), group, setting and change.

        Raises
        ------
        InputError
            If a variable is not in the formula, a level was not seen, a slope does not exist, or the errors
            cannot be had of this fit.

        Notes
        -----
        Every variable that a change does not name keeps its value, also in interactions and transforms of
        which the changed one is a part; what `center` and splines have learnt stays. Slopes are exact
        derivatives. Stata `margins, dydx(*)` (there ``vce(delta)`` is the default as well, and
        ``vce(unconditional)``), with ``at()`` and ``over()``; R ``margins::margins``. Unconditional: the
        variance of the sum of w_i (h_i - a) / W + G u_i, u_i being the influence of row i on the
        coefficients and G the gradient; by the design's formula, G / (G - 1) of clusters, or n / (n - 1).

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["none", "other", "peer"] * 2, "trained": [False] * 3 + [True] * 3,
        ...                      "people": [40, 35, 25, 30, 30, 40]})
        >>> result = ps.multinomial("job ~ trained", jobs, weights="people", weight_kind="frequency")
        >>> result.margins().tidy()[["outcome", "change", "estimate", "std_error"]].round(3)
          outcome              change  estimate  std_error
        0    none  True against False     -0.10      0.067
        1   other  True against False     -0.05      0.066
        2    peer  True against False      0.15      0.065
        """
        how = Averaging(
            at=at,
            over=over,
            weights=weights,
            errors=errors,
            data=data,
            conf_level=conf_level,
            replicates=self._replicates(errors),
        )
        return margins(self.fit, self.source, variables, change=change, how=how)

    def adjusted_means(
        self,
        variables: str | Sequence[str] | None = None,
        *,
        at: Mapping[str, Any] | None = None,
        over: str | None = None,
        grid: Literal["sample", "balanced"] = "sample",
        weights: Literal["fit", "none"] = "fit",
        errors: _Errors = "delta",
        data: Any = None,
        conf_level: float | None = None,
    ) -> AdjustedMeansResult:
        """Compute adjusted means, or of a model of outcomes adjusted probabilities.

        Everybody is given the same level or value and keeps all else; what is expected is averaged.

        Parameters
        ----------
        variables : str or sequence of str, optional
            Categories of the formula: everybody is given each level, or each combination of levels; a
            variable of `at` has its values there.
        at : dict, optional
            Values that everybody is given, as in ``{"age": range(20, 70, 5)}``; of lists every combination,
            of a number also "mean".
        over : str, optional
            Column of the data whose groups are averaged over one by one.
        grid : {"sample", "balanced"}
            "sample" averages over the respondents, "balanced" over all combinations of the other categories'
            levels, each counting the same, numbers at their plain means.
        weights : {"fit", "none"}
            Whether respondents are weighted as in the fit.
        errors : {"delta", "unconditional", "replicate"}
            As of `margins`.
        data : frame, optional
            Rows to average over instead of the fit's, with delta errors. A loaded fit needs them.
        conf_level : float, optional
            Confidence level; the fit's by default.

        Returns
        -------
        AdjustedMeansResult
            One row per outcome, group, setting and level. Limits of probabilities are found on the logit
            scale, so they stay within 0 and 1. `plot()` draws bands along a number of three values or more.

        Raises
        ------
        InputError
            If a variable is not in the formula or is a number, a level was not seen, or the errors cannot be
            had of this fit.

        Notes
        -----
        "sample" is Stata `margins job` (predictive margins); "balanced" is R ``emmeans::emmeans(m, ~ job)``,
        with ``mode = "prob"`` for multinomial and ordinal models and ``regrid(transform = "response")`` for
        logistic ones.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"wage": [15.0, 18, 16, 21, 17, 19], "sex": ["f", "m", "f", "m", "m", "f"],
        ...                      "age": [30, 40, 35, 50, 45, 38]})
        >>> ps.linear("wage ~ sex + age", jobs).adjusted_means("sex").tidy()[["level", "estimate"]].round(2)
          level  estimate
        0     f     18.62
        1     m     16.71
        """
        how = Averaging(
            at=at,
            over=over,
            grid=grid,
            weights=weights,
            errors=errors,
            data=data,
            conf_level=conf_level,
            replicates=self._replicates(errors),
        )
        return adjusted_means(self.fit, self.source, variables, how=how)

    def contrasts(
        self,
        variable: str | None = None,
        *,
        pairs: Literal["all", "reference"] = "all",
        outcomes: Sequence[Any] | None = None,
        of: Literal["probability", "coefficients"] = "probability",
        adjust: Literal["none", "holm", "bh", "sidak", "single-step"] = "none",
        at: Mapping[str, Any] | None = None,
        over: str | None = None,
        grid: Literal["sample", "balanced"] = "sample",
        weights: Literal["fit", "none"] = "fit",
        errors: _Errors = "delta",
        data: Any = None,
        conf_level: float | None = None,
    ) -> ContrastsResult:
        """Contrast any two levels of a category, or any two outcomes of a multinomial.

        Parameters
        ----------
        variable : str, optional
            The category whose levels are contrasted by their adjusted means or probabilities. With
            of="coefficients" the variable whose terms are wanted; all terms by default.
        pairs : {"all", "reference"}
            Every two levels, or each against the reference.
        outcomes : sequence, optional
            With of="coefficients" the outcomes that are contrasted: each with those named after it; every two
            by default. Else the outcomes that are shown.
        of : {"probability", "coefficients"}
            "probability" contrasts levels by what is expected (the mean, of a linear model); "coefficients"
            contrasts outcomes: log relative risk ratios of one outcome against another.
        adjust : {"none", "holm", "bh", "sidak", "single-step"}
            How p-values are adjusted for there being several; the family is all rows of the result.
            "single-step" uses the correlation of the contrasts and is the sharpest. With "sidak" and
            "single-step" the limits hold together.
        at : dict, optional
            Values that everybody is given, as of `adjusted_means`.
        over : str, optional
            Column of the data whose groups are averaged over one by one.
        grid : {"sample", "balanced"}
            Average over the respondents, or over all combinations of the other categories' levels.
        weights : {"fit", "none"}
            Whether respondents are weighted as in the fit.
        errors : {"delta", "unconditional", "replicate"}
            As of `margins`.
        data : frame, optional
            Rows to average over instead of the fit's, with delta errors. A loaded fit needs them.
        conf_level : float, optional
            Confidence level; the fit's by default.

        Returns
        -------
        ContrastsResult
            One row per contrast, with p_value and p_adjusted; of coefficients
            ``tidy(exponentiate=True)`` gives relative risk ratios.

        Raises
        ------
        InputError
            If a variable, a level or an outcome does not exist, or the errors cannot be had of this fit.

        Notes
        -----
        R ``pairs(emmeans(m, ~ job), adjust = "mvt")``, `multcomp::glht`; Stata `pwcompare`, and for outcomes
        `mlogit, baseoutcome()`. Holm (1979), Benjamini and Hochberg (1995), Sidak (1967); single-step is the
        chance that the largest of all t, sign aside, is as large, which the normal or t distribution of the
        contrasts gives to 1e-4 where it is below .1.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["none", "other", "peer"] * 2, "trained": [False] * 3 + [True] * 3,
        ...                      "people": [40, 35, 25, 30, 30, 40]})
        >>> result = ps.multinomial("job ~ trained", jobs, weights="people", weight_kind="frequency")
        >>> ratios = result.contrasts("trained", of="coefficients").tidy(exponentiate=True)
        >>> ratios[["outcome", "term", "estimate", "p_value"]].round(3)
                      outcome             term  estimate  p_value
        0  other against none  trained[T.True]     1.143    0.700
        1   peer against none  trained[T.True]     2.133    0.031
        2  peer against other  trained[T.True]     1.867    0.080
        """
        how = Averaging(
            at=at,
            over=over,
            grid=grid,
            weights=weights,
            errors=errors,
            data=data,
            conf_level=conf_level,
            replicates=self._replicates(errors),
        )
        return contrasts(
            self.fit, self.source, variable, pairs=pairs, outcomes=outcomes, of=of, adjust=adjust, how=how
        )

    def _replicates(self, errors: str) -> Replicates | None:
        """Return the replicate weights of the fit, where they are asked for and there are any."""
        if errors != "replicate" or self.fit.variance != "replicate" or self.source is None:
            return None
        return fit_replicates(self.source.rows, self.source.asked)
