"""The result of a model: the fit, and the rows it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.models._group_effects import effect_columns, group_intercepts
from peerstats.models._print import fit_tables
from peerstats.postfit import (
    ModelFit,
    coefficient_columns,
    covariance_columns,
    fit_columns,
    judge_independence,
    judge_merging,
    judge_terms,
    predict,
    ratio_word,
    variance_columns,
)
from peerstats.results import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.design import Level
    from peerstats.postfit import FitSource, TestResult
    from peerstats.results import Table

__all__ = ["ModelResult"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelResult(Result):
    """A fitted model.

    Parameters
    ----------
    fit : ModelFit
        The fit: coefficients, covariance and design, nothing by row.
    source : FitSource
        What was asked for and where the rows come from; never part of `to_dict()`.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> ps.logistic("job ~ 1", jobs)
    Logistic regression: job ~ 1
    20 rows of 20, no weights
    outcome: peer; base outcome: other; standard errors: model-based; tests: normal
    <BLANKLINE>
    Term       Estimate  Std. error  95% low  95% high      p
    ---------------------------------------------------------
    Intercept     1.099       0.516    0.086     2.111  0.033
    <BLANKLINE>
    log-likelihood -11.2 on 1 coefficient, McFadden R2 0.000, converged in 4 iterations
    """

    fit: ModelFit
    source: FitSource = field(repr=False)

    def __repr__(self) -> str:
        """Return the coefficients as text, and below them the random intercept if there is one."""
        shown = 1 if self.fit.random is None else 2
        return "\n\n".join(table.to_text() for table in self.tables()[:shown])

    def tidy(self, *, exponentiate: bool = False) -> Any:
        """Return the coefficients, one row per outcome and term.

        Parameters
        ----------
        exponentiate : bool
            Whether to return odds ratios (logistic), relative risk ratios (multinomial), or ratios of
            geometric means (linear models of a logarithm).

        Returns
        -------
        frame
            In the caller's library: outcome, term, estimate, std_error, statistic, df, p_value, conf_low,
            conf_high.

        Raises
        ------
        InputError
            If ratios are asked of a linear model whose outcome is no logarithm.

        Notes
        -----
        An exponentiated estimate has the standard error of the delta method, estimate times the
        coefficient's error, as Stata `logit, or` and `mlogit, rrr` print it (R `broom` leaves it on the log
        scale). Test and interval are those of the coefficient; the limits are exponentiated.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
        >>> ps.logistic("job ~ 1", jobs).tidy(exponentiate=True)[["outcome", "term", "estimate"]].round(6)
          outcome       term  estimate
        0    peer  Intercept       3.0
        """
        return self._frame(coefficient_columns(self.fit, exponentiate=exponentiate))

    def glance(self) -> Any:
        """Return the fit's key figures, one row.

        Returns
        -------
        frame
            In the caller's library: n, n_missing, n_clusters, n_outcomes, n_parameters, loglik, loglik_null,
            mcfadden_r2, aic, bic, variance, weight_kind, base, n_iterations, conf_level. AIC and BIC are NaN
            unless the errors are model-based. A linear model has r_squared, adj_r_squared, sigma and
            df_residual instead of n_outcomes, mcfadden_r2 and base. A mixed model has n_groups, group_sd (the
            random intercept's standard deviation), intraclass_correlation, lr_statistic, lr_p_value and
            method (ML, REML) instead of n_clusters, loglik_null and what explains; its AIC and BIC count the
            variances and are NaN for REML, whose likelihood depends on the terms.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
        >>> ps.logistic("job ~ 1", jobs).glance()[["n", "variance", "base"]]
            n variance   base
        0  20    model  other
        """
        return self._frame(fit_columns(self.fit))

    def covariance(self) -> Any:
        """Return the covariance of the coefficients with its names.

        Returns
        -------
        frame
            In the caller's library: outcome and term of each row, then one column per coefficient, named
            "outcome: term".

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
        >>> ps.logistic("job ~ 1", jobs).covariance().round(4)
          outcome       term  peer: Intercept
        0    peer  Intercept           0.2667
        """
        return self._frame(covariance_columns(self.fit))

    def variance_components(self) -> Any:
        """Return what a random intercept says of the groups: variance, SD and intraclass correlation.

        Returns
        -------
        frame
            In the caller's library: term (variance, sd, icc; of a linear model also residual_variance and
            residual_sd), estimate, std_error, conf_low, conf_high. The limits are those of the profile
            likelihood, with REML too; `fit.random` has Wald limits beside them.

        Raises
        ------
        InputError
            If the model has no random intercept.

        Notes
        -----
        The intraclass correlation is the share of the variance that lies between groups; of a logit, of the
        latent response, whose variance within groups is pi^2 / 3. R `lme4::VarCorr`, `confint(m, method =
        "profile")`; Stata `estat icc`.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> waves = pd.DataFrame({"score": [3, 4, 8, 7, 5, 6], "person": [0, 0, 1, 1, 2, 2]})
        >>> ps.mixed_linear("score ~ 1", waves, group="person").variance_components()[
        ...     ["term", "estimate", "conf_low", "conf_high"]].round(2)
                        term  estimate  conf_low  conf_high
        0           variance      3.75      0.00      23.01
        1                 sd      1.94      0.00       4.80
        2                icc      0.88      0.00       0.98
        3  residual_variance      0.50      0.14       4.36
        4        residual_sd      0.71      0.38       2.09
        """
        return self._frame(variance_columns(self.fit))

    def group_effects(self) -> Any:
        """Return the random intercept of each group, one row a group.

        They are predictions, drawn towards 0 the more the fewer rows a group has, and name groups, so they
        are read from the rows in memory and are never part of `to_dict()`.

        Returns
        -------
        frame
            In the caller's library: group, n, estimate (the posterior mode: empirical Bayes, BLUP of a linear
            model), std_error (one over the root of the curvature there), conf_low, conf_high. Coefficients
            and variances are taken as known.

        Raises
        ------
        InputError
            If the model has no random intercept.

        Notes
        -----
        R `lme4::ranef(m, condVar = TRUE)`, Stata `predict, reffects ebmodes`.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> waves = pd.DataFrame({"score": [3, 4, 8, 7, 5, 7], "person": ["a", "a", "b", "b", "c", "c"]})
        >>> ps.mixed_linear("score ~ 1", waves, group="person").group_effects()[
        ...     ["group", "n", "estimate", "std_error"]].round(3)
          group  n  estimate  std_error
        0     a  2    -1.901      0.662
        1     b  2     1.609      0.662
        2     c  2     0.293      0.662
        """
        return self._frame(effect_columns(self.fit, self.source.rows))

    def predict(
        self, data: Any = None, *, kind: Literal["population", "typical", "conditional"] | None = None
    ) -> Any:
        """Predict the probability of every outcome, or a linear model's outcome, for each row.

        Parameters
        ----------
        data : frame, optional
            Rows with the variables of the formula's right side. Without it, all rows of the data that the
            model was called with: those left out for a missing outcome or by `where` too.
        kind : {"population", "typical", "conditional"}, optional
            For a model with a random intercept. "population", the default, averages over the groups: the
            share expected among people like these. "typical" is for a group whose intercept is 0.
            "conditional" is for the row's own group, with its intercept of `group_effects()`; the group
            column must be in `data`. Of a linear model the first two are the same.

        Returns
        -------
        frame
            The kind of frame that came in, row order and pandas index kept. One column per outcome level,
            the base first; of a linear model one column, estimate. Null where a variable is missing.

        Raises
        ------
        InputError
            If a variable is not in `data`, or `data` hold a level that the fit has not seen, or for
            "conditional" a group; if `kind` is given for a model without a random intercept.

        Notes
        -----
        R `predict(nnet::multinom(...), type = "probs")`, Stata `predict`. After Stata `melogit`, "population"
        is `predict, mu marginal`, "typical" `predict, mu conditional(fixedonly)` and "conditional" `predict,
        mu conditional(ebmodes)`; after R `glmer` "typical" is `predict(m, type = "response", re.form = NA)`
        and "conditional" `predict(m, type = "response")`.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "other", "other", "peer"] * 5, "age": [30, 30, 40, 40] * 5})
        >>> ps.logistic("job ~ age", jobs).predict(pd.DataFrame({"age": [30, None]})).round(3)
           other  peer
        0    0.5   0.5
        1    NaN   NaN
        """
        intercepts = None
        if kind == "conditional" and self.fit.random is not None:
            found = group_intercepts(self.fit, self.source.rows, "predict")
            intercepts = dict(zip(found.labels, found.modes.tolist(), strict=True))
        if data is None:
            return self.source.rows.source.map_frames(
                lambda frame: predict(self.fit, frame, strict=False, kind=kind, intercepts=intercepts)
            )
        return predict(self.fit, data, kind=kind, intercepts=intercepts)

    def test(
        self,
        terms: str | Sequence[str] | None = None,
        *,
        kind: Literal["wald", "score", "lr"] = "wald",
        joint: bool = False,
        by_outcome: bool = False,
        hypothesis: Any = None,
        null: Any = None,
        adjust: bool = True,
        approximation: Literal["saddlepoint", "satterthwaite"] = "saddlepoint",
    ) -> TestResult:
        """Test terms of the formula, or a linear hypothesis on the coefficients.

        Parameters
        ----------
        terms : str or sequence of str, optional
            Terms as the formula names them, each tested over all of its columns and outcomes; by default
            every term but the intercept.
        kind : {"wald", "score", "lr"}
            Wald's test; Rao's score test, which looks at the model without the term; or the likelihood ratio.
            Where errors are not model-based (sampling weights, clusters, a design, HC) a likelihood ratio is
            that of Rao and Scott, and a score test takes the sandwich of the scores.
        joint : bool
            Whether the terms are tested together, in one row.
        by_outcome : bool
            Whether each outcome is tested on its own.
        hypothesis : str, sequence of str or (q, p) array, optional
            Instead of terms: equations such as ``"peer: age = other: age"``, ``"age = 0.5"`` or
            ``"2 * age - tenure = 0"`` between coefficients as `covariance()` names them (with one equation
            the term's name is enough), or their matrix. Several are tested together.
        null : float or (q,) array, optional
            With a matrix: what its combinations are equal to; 0 by default.
        adjust : bool
            With the degrees of freedom d of clusters, sampling weights or a design and q coefficients tested:
            whether F is W (d - q + 1) / (d q) on q and d - q + 1 degrees of freedom, as Stata's `test` after
            `svy:`, or W / q on q and d, as R ``survey::regTermTest``, which rejects too often where d is
            small.
        approximation : {"saddlepoint", "satterthwaite"}
            How the p-value of Rao and Scott's likelihood ratio is found.

        Returns
        -------
        TestResult
            One row a hypothesis: `.tidy()`, `.summary()`, `.plot()`, `.to_dict()`.

        Raises
        ------
        InputError
            If a term or coefficient is not in the model, the test is not defined for the fit, or no degrees
            of freedom are left.

        Notes
        -----
        Wald: chi-square where the fit's tests are normal, else F with the fit's degrees of freedom (`df=` of
        the model's call; R's are those of ``df="residual"``). CR2 errors take the least of the tested
        coefficients' Satterthwaite degrees of freedom. Score and likelihood ratio refit the model under the
        hypothesis: of a linear model they are n (1 - RSS1 / RSS0) and n log(RSS0 / RSS1). With a random
        intercept there are Wald and, by maximum likelihood, likelihood ratio.

        Rao and Scott's statistic is the fall of twice the log-likelihood, weights scaled to a mean of 1;
        under the hypothesis it is like the sum of chi-squares weighted by the generalised design effects: R
        ``regTermTest(method = "LRT")``.

        References
        ----------
        .. [1] Rao and Scott (1984), Annals of Statistics 12(1), 46-60.
        .. [2] Lumley and Scott (2014), Survey Methodology 40(2), 207-225.
        .. [3] Boos (1992), American Statistician 46(4), 327-333 (robust score tests).

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> trial = pd.DataFrame({"employed": ["yes", "no"] * 2, "arm": ["new", "new", "old", "old"],
        ...                       "people": [325, 123, 175, 104]})
        >>> result = ps.logistic("employed ~ arm", trial, weights="people", weight_kind="frequency")
        >>> result.test("arm", kind="score").tidy()[["term", "statistic", "p_value"]].round(4)
          term  statistic  p_value
        0  arm     7.7215   0.0055
        """
        return judge_terms(
            self.fit,
            self.source,
            terms,
            kind=kind,
            joint=joint,
            by_outcome=by_outcome,
            hypothesis=hypothesis,
            null=null,
            adjust=adjust,
            approximation=approximation,
        )

    def test_merge(
        self,
        first: Level | None = None,
        second: Level | None = None,
        *,
        kind: Literal["wald", "score", "lr"] = "wald",
        adjust: bool = True,
        approximation: Literal["saddlepoint", "satterthwaite"] = "saddlepoint",
    ) -> TestResult:
        """Test whether two outcomes can be merged: whether no slope tells them apart.

        Parameters
        ----------
        first, second : str, int or bool, optional
            Two outcomes; all pairs by default.
        kind : {"wald", "score", "lr"}
            As in `test`.
        adjust : bool
            As in `test`.
        approximation : {"saddlepoint", "satterthwaite"}
            As in `test`.

        Returns
        -------
        TestResult
            One row a pair.

        Raises
        ------
        InputError
            If an outcome is not in the model, or it has no intercept or no terms.

        Notes
        -----
        The intercepts stay free: outcomes that the terms do not tell apart may differ in size (Anderson
        1984). Stata `mlogtest, combine` and `lrcomb` (Long and Freese).

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["none", "other", "peer"] * 2, "trained": [False] * 3 + [True] * 3,
        ...                      "people": [40, 35, 25, 30, 30, 40]})
        >>> result = ps.multinomial("job ~ trained", jobs, weights="people", weight_kind="frequency")
        >>> result.test_merge().tidy()[["outcome", "other_outcome", "p_value"]].round(3)
          outcome other_outcome  p_value
        0    none         other    0.700
        1    none          peer    0.031
        2   other          peer    0.080
        """
        return judge_merging(
            self.fit, self.source, first, second, kind=kind, adjust=adjust, approximation=approximation
        )

    def test_iia(self, omitted: Level | Sequence[Level] | None = None) -> TestResult:
        """Test independence of irrelevant alternatives, a test of low power.

        Parameters
        ----------
        omitted : str, int, bool or sequence of them, optional
            Outcomes to leave out, each in its turn; every one by default.

        Returns
        -------
        TestResult
            One row per outcome left out.

        Raises
        ------
        InputError
            If the model is not multinomial with three outcomes or more, or its terms leave nothing to
            compare: with categories alone both models can say the same.
        ConvergenceError
            If a model of fewer outcomes has no maximum.

        Notes
        -----
        Coefficients with and without the outcome are compared (Hausman and McFadden 1984) in the covariance
        of their difference, found from both models' influence values on the same rows, clusters and design,
        as Stata `suest`; so the statistic cannot be negative. Model-based errors count rows as independent
        (HC0). In small samples the test's size is unreliable and its power low (Cheng and Long 2007,
        Sociological Methods and Research 35(4), 583-600): where slopes are weak the two fits differ by less
        than their covariance says, and it hardly ever rejects. With a design's replicates both are refitted.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["none", "other", "peer"] * 8, "age": [*range(23), 3]})
        >>> ps.multinomial("job ~ age", jobs).test_iia("peer").tidy()[["omitted", "df_numerator"]]
          omitted  df_numerator
        0    peer           2.0
        """
        return judge_independence(self.fit, self.source, omitted)

    def plot(self, ax: Any = None) -> Any:
        """Draw the coefficients with their intervals: ratios on a log axis where they have them.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on; intercepts are left out.

        Raises
        ------
        InputError
            If the model has an intercept only.
        MissingExtraError
            If matplotlib is not installed.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "age": range(20)})
        >>> ps.logistic("job ~ age", jobs).plot().get_xscale()
        'log'
        """
        from peerstats.plots import forest  # noqa: PLC0415  (only a plot pays for matplotlib)

        ratio, base = ratio_word(self.fit), self.fit.base
        cells = coefficient_columns(self.fit, exponentiate=ratio is not None)
        kept = np.array([term != "Intercept" for term in cells["term"]])
        if not kept.any():
            raise InputError("plot(): the model has an intercept only.", "Add a term to the formula.")
        names = np.array(cells["term"])[kept].tolist()
        groups = np.array(cells["outcome"])[kept].tolist() if self.fit.model == "multinomial" else None
        return forest(
            names,
            cells["estimate"][kept],
            cells["conf_low"][kept],
            cells["conf_high"][kept],
            reference=0.0 if ratio is None else 1.0,
            log=ratio is not None,
            groups=groups,
            xlabel=f"{f'{ratio} of' if ratio else 'Change in'} {self.fit.outcome}"
            if base is None
            else f"{ratio}, base {base}",
            ax=ax,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the coefficients, and the ratios, as tables.

        Returns
        -------
        tuple of Table
            The table of coefficients first.
        """
        return fit_tables(self.fit)

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as a dictionary that JSON can hold; no respondent is in it.

        Returns
        -------
        dict
            What `ModelFit.to_dict()` returns; its schema is 1.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
        >>> ps.logistic("job ~ 1", jobs).to_dict()["schema"]
        1
        """
        return self.fit.to_dict()

    def _frame(self, columns: dict[str, Any]) -> Any:
        return new_frame(columns, self.source.rows.source.backend)
