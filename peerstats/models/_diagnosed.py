"""Diagnostics of a fitted model, as methods of its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.frames import new_frame
from peerstats.models._kept import Fitting
from peerstats.postfit import (
    calibration,
    diagnostics,
    goodness_of_fit,
    influence,
    need_source,
    vif_columns,
)

if TYPE_CHECKING:
    from peerstats.postfit import (
        CalibrationResult,
        DiagnosticsResult,
        FitSource,
        GoodnessResult,
        InfluenceResult,
    )

__all__ = ["Diagnosed"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Diagnosed(Fitting):
    """A fit with diagnostics.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    fit, source
        As in `Fitting`.
    """

    def _rows(self, data: Any, call: str) -> FitSource:
        """Return the rows of the fit: its own, or those given, which must be the same."""
        if data is None:
            return need_source(self.source, call)
        from peerstats.models._reread import attach_rows  # noqa: PLC0415  (that module fits models)

        return attach_rows(self.fit, data, design=None, where=None, call=call)

    def vif(self) -> Any:
        """Return the variance inflation of every term, by Fox and Monette's generalised factor.

        Returns
        -------
        frame
            Columns term, df (the term's coefficients), gvif, gvif_adjusted: GVIF^(1 / (2 df)), whose square
            reads like a VIF.

        Raises
        ------
        InputError
            If there are fewer than two terms, or the covariance has no full rank.

        Notes
        -----
        R ``car::vif``: ``det(R_t) det(R_-t) / det(R)`` from the correlations R of the coefficients without
        the intercept. As there it is the fit's own covariance: with robust errors it tells how estimates go
        together, not columns. With several outcomes a term has its coefficients of all of them, so the base
        does not matter. Works on a loaded fit.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> staff = pd.DataFrame({"wage": [15.0, 18, 16, 21, 19], "years": [1, 4, 2, 6, 3],
        ...                       "age": [22, 40, 30, 44, 41]})
        >>> ps.linear("wage ~ years + age", staff).vif().round(2)
            term   df  gvif  gvif_adjusted
        0  years  1.0  4.76           2.18
        1    age  1.0  4.76           2.18
        """
        return new_frame(vif_columns(self.fit), self.backend)

    def goodness_of_fit(self, data: Any = None, *, groups: int = 10) -> GoodnessResult:
        """Test whether outcomes are as many as expected, by groups of fitted probability.

        With model-based errors Hosmer and Lemeshow's test, for several outcomes in Fagerland, Hosmer and
        Bofin's form. With sampling weights, clusters, a design or other robust errors chi-square would take
        rows for independent and equal: two outcomes then have Archer and Lemeshow's F, more have no test.

        Parameters
        ----------
        data : frame, optional
            The rows of the fit, for a fit that was loaded without them.
        groups : int
            Groups of about equal weight; ties stay together and may leave fewer.

        Returns
        -------
        GoodnessResult
            `.glance()` the test, `.tidy()` observed and expected by group and outcome, `.plot()`.

        Raises
        ------
        InputError
            If the model is not logistic() or multinomial(), has several outcomes and robust errors, or was
            loaded without its rows.

        Notes
        -----
        Groups are Stata's (``estat gof, group(10)``): a cut is the smallest probability at which the weight
        reaches a tenth. R ``ResourceSelection::hoslem.test`` interpolates its cuts and may group a few rows
        differently. Chi-square on (g - 2)(J - 1) degrees of freedom for g groups and J outcomes, which are
        grouped by the probability of any but the base.

        Archer and Lemeshow (2006): with M the weighted mean residuals of the groups, V their linearised
        covariance and f the PSUs less strata, F = (f - g + 2) / (f g) M' V^-1 M on g - 1 and f - g + 2
        degrees of freedom: Stata ``estat gof`` after ``svy: logit``.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"peer": [0, 1, 0, 1, 1, 0, 1, 1] * 9, "age": range(72)})
        >>> ps.logistic("peer ~ age", jobs).goodness_of_fit(groups=4).glance()[["test", "p_value"]].round(3)
                      test  p_value
        0  Hosmer-Lemeshow    0.964
        """
        return goodness_of_fit(self.fit, self._rows(data, "goodness_of_fit"), groups=groups)

    def calibration(self, data: Any = None, *, groups: int = 10) -> CalibrationResult:
        """Compare predicted probabilities of two outcomes with what happened, best in other rows.

        Parameters
        ----------
        data : frame, optional
            Rows with outcome and predictors that the fit was not made from. Without it the rows of the fit,
            in which the intercept is 0 and the slope 1 whatever the model.
        groups : int
            Groups of about equal weight.

        Returns
        -------
        CalibrationResult
            `.tidy()` calibration intercept and slope, area under the ROC curve (auc) and Brier score with
            errors; `.groups()` predicted and observed shares; `.plot()`, `.plot_roc()`.

        Raises
        ------
        InputError
            If the fit has more than two outcomes or a random intercept, or the rows cannot be used.

        Notes
        -----
        The intercept is that of a logit with the linear predictor as offset, the slope the coefficient of the
        predictor (Cox 1958). The area is the weighted Mann-Whitney statistic with DeLong's error, R
        ``pROC::auc``; with weights or clusters its error and the others' are linearised. All take the
        coefficients as known. A loaded fit needs no rows of its own for this.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"peer": [0, 1, 0, 1, 1, 0, 1, 1] * 9, "age": range(72)})
        >>> ps.logistic("peer ~ age", jobs).calibration(groups=2).groups().round(3)
          group   n  predicted  observed
        0     1  36      0.607     0.611
        1     2  36      0.643     0.639
        """
        source = None if data is not None else need_source(self.source, "calibration")
        return calibration(self.fit, source, data, groups=groups)

    def influence(self, data: Any = None, *, top: int = 10) -> InfluenceResult:
        """Return the part of each respondent in the fit: leverage, residuals, DFBETA, Cook's distance.

        Parameters
        ----------
        data : frame, optional
            The rows of the fit, for a fit that was loaded without them.
        top : int
            Rows that are printed.

        Returns
        -------
        InfluenceResult
            `.tidy()` one row per respondent used, named by the caller's index; `.most(n)` the most
            influential; `.changes()` DFBETAS or DFBETA of every coefficient; `.plot()`. Its `to_dict()`
            holds counts only.

        Raises
        ------
        InputError
            If the model has a random intercept, is read in batches, or was loaded without its rows.

        Notes
        -----
        DFBETA is the change that a row makes: exactly for linear(), for a logit by one Newton step from the
        maximum (Pregibon 1981), with several outcomes the same step with a block for all of them. DFBETAS
        divides by the model-based standard error, of linear() with the residual variance without the row: R
        ``dfbetas``. Cook's distance is R ``cooks.distance``; the standardised residual R ``rstandard`` (of a
        logit ``type = "pearson"``). With several outcomes the leverage is the trace of the row's block of the
        hat matrix, and there are no residuals of one number.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> staff = pd.DataFrame({"wage": [15.0, 18, 16, 21, 40], "years": [1, 4, 2, 6, 5]},
        ...                      index=["ann", "ben", "cat", "dan", "eve"])
        >>> ps.linear("wage ~ years", staff).influence().most(2)["row"].tolist()
        ['dan', 'eve']
        """
        return influence(self.fit, self._rows(data, "influence"), top=top)

    def diagnostics(self, data: Any = None, *, groups: int = 10) -> DiagnosticsResult:
        """Return the tests and figures that are defined for the fit, in one result.

        Parameters
        ----------
        data : frame, optional
            The rows of the fit, for a fit that was loaded without them.
        groups : int
            Groups of the goodness-of-fit test.

        Returns
        -------
        DiagnosticsResult
            `.tidy()` one row per test: goodness of fit and, with two outcomes, link test; of linear() RESET
            and Breusch-Pagan. `.glance()` the figures: pseudo-R2 by name, area under the ROC curve, Brier
            score. Printed with the variance inflation, and with the reason for each test that is not there.

        Raises
        ------
        InputError
            If the model has a random intercept, or was loaded without its rows.

        Notes
        -----
        Link test: the square of z or t of the squared linear predictor beside the predictor (Pregibon 1980,
        Stata ``linktest``). RESET: F of the square and cube of the fitted values, R ``lmtest::resettest``;
        with robust errors a Wald F. Breusch-Pagan: Koenker's studentised form, R ``lmtest::bptest``.
        Pseudo-R2 as Stata ``fitstat``; sampling weights count as scaled to a mean of 1.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"peer": [0, 1, 0, 1, 1, 0, 1, 1] * 9, "age": range(72)})
        >>> ps.logistic("peer ~ age", jobs).diagnostics().tidy()["test"].tolist()
        ['Hosmer-Lemeshow', 'link test']
        """
        return diagnostics(self.fit, self._rows(data, "diagnostics"), groups=groups)
