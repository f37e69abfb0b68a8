"""The result of a model: the fit, and the rows it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.models._averaged import Averaged
from peerstats.models._diagnosed import Diagnosed
from peerstats.models._group_effects import effect_columns, group_intercepts
from peerstats.models._judged import Judged
from peerstats.models._kept import Kept
from peerstats.models._print import fit_tables
from peerstats.postfit import (
    ModelFit,
    coefficient_columns,
    covariance_columns,
    fit_columns,
    need_source,
    predict,
    ratio_word,
    standardized_columns,
    variance_columns,
)

if TYPE_CHECKING:
    from peerstats.postfit import FitSource
    from peerstats.results import Table

__all__ = ["ModelResult"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelResult(Averaged, Judged, Diagnosed, Kept):
    """A fitted model.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    fit : ModelFit
        The fit: coefficients, covariance and design, nothing by row.
    source : FitSource or None
        What was asked for and where the rows come from; never part of `to_dict()`, so None of a loaded fit.

    Notes
    -----
    Tables and plots of a model of a `Survey` print the labels of its codebook; `tidy()` and the other frames
    keep the names of the data, which code looks up. A saved fit keeps the labels of the columns it uses.

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
    source: FitSource | None = field(repr=False, default=None)

    def __repr__(self) -> str:
        """Return the coefficients as text, and below them the random intercept if there is one."""
        shown = 1 if self.fit.random is None else 2
        return "\n\n".join(table.to_text() for table in self.tables()[:shown])

    def tidy(self, *, exponentiate: bool = False) -> Any:
        """Return the coefficients, one row per outcome and term.

        Parameters
        ----------
        exponentiate : bool
            Whether to return odds ratios (logistic, ordinal), relative risk ratios (multinomial), or ratios
            of geometric means (linear models of a logarithm). Thresholds of an ordinal model are then left
            out, as Stata `ologit, or` leaves them alone.

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
        scale). Test and interval are those of the coefficient; the limits are exponentiated. With
        penalty="firth" tests and limits are those of the penalised profile likelihood, and the statistic is
        the root of twice the fall of that likelihood at 0, with the estimate's sign.

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

    def standardized(self) -> Any:
        """Return standardised coefficients: per standard deviation of a number, and of a linear outcome.

        Returns
        -------
        frame
            In the caller's library: as `tidy()` without the intercept, with sd, what each coefficient was
            multiplied by, and for a linear model outcome_sd, by which it was divided. Levels of factors and
            columns of splines are left alone (sd 1).

        Notes
        -----
        The standard deviations are those of the rows used, weighted, and are taken as known in the errors.
        Numbers in an interaction are not centred: write center() for that. R `lm.beta`, Stata `regress,
        beta`.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"wage": [15, 17, 21, 20, 24, 18], "age": [30, 35, 50, 40, 60, 45]})
        >>> ps.linear("wage ~ age", jobs).standardized()[["term", "estimate"]].round(3)
          term  estimate
        0  age     0.939
        """
        return self._frame(standardized_columns(self.fit, need_source(self.source, "standardized").rows))

    def glance(self) -> Any:
        """Return the fit's key figures, one row.

        Returns
        -------
        frame
            In the caller's library: n, n_missing, n_clusters, n_outcomes, n_parameters, loglik, loglik_null,
            mcfadden_r2, aic, bic, variance, weight_kind, base, n_iterations, conf_level; of data that are
            read in batches n_passes. AIC and BIC are NaN unless the errors are model-based. A penalised fit
            has loglik_penalized and penalty as well; its loglik and loglik_null are without the penalty, and
            AIC and BIC are NaN. A linear model has r_squared, adj_r_squared, sigma and df_residual instead of
            n_outcomes, mcfadden_r2 and base; an ordinal model has no base. A mixed model has n_groups,
            group_sd (the random intercept's standard deviation), intraclass_correlation, lr_statistic,
            lr_p_value and method (ML, REML) instead of n_clusters, loglik_null and what explains; its AIC and
            BIC count the variances and are NaN for REML, whose likelihood depends on the terms.

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
            If the model has no random intercept, or the fit was loaded without its rows.

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
        return self._frame(effect_columns(self.fit, need_source(self.source, "group_effects").rows))

    def predict(
        self,
        data: Any = None,
        *,
        kind: Literal["population", "typical", "conditional"] | None = None,
        retransform: Literal["smearing", "normal"] | None = None,
        interval: bool = False,
        std_error: bool = False,
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
        retransform : {"smearing", "normal"}, optional
            For a linear model of a logarithm, such as that of a wage: predict the mean wage instead of the
            mean logarithm. exp(x'b) alone is the geometric mean, and too low. "smearing" (Duan 1983)
            multiplies it by the weighted mean of the exponentiated residuals; "normal" by
            exp(sigma^2 / 2), right if residuals are normal. Both take their spread as the same for all.
        interval : bool
            Whether confidence limits are added: NAME_low and NAME_high of each column, at the fit's level.
        std_error : bool
            Whether standard errors are added: NAME_std_error.

        Returns
        -------
        frame
            The kind of frame that came in, row order and pandas index kept. One column per outcome level,
            the base or the lowest first; of a linear model one column, estimate; then their errors and
            limits. Null where a variable is missing; of `data` such rows are counted in a warning.

        Raises
        ------
        InputError
            If a variable is not in `data`, or `data` hold a level that the fit has not seen, or for
            "conditional" a group; if `kind` is given for a model without a random intercept, or
            `retransform` for another model than `linear` of a logarithm, or with precision weights; if the
            fit was loaded without the rows that are needed.

        Notes
        -----
        R `predict(nnet::multinom(...), type = "probs")`, Stata `predict`. After Stata `melogit`, "population"
        is `predict, mu marginal`, "typical" `predict, mu conditional(fixedonly)` and "conditional" `predict,
        mu conditional(ebmodes)`; after R `glmer` "typical" is `predict(m, type = "response", re.form = NA)`
        and "conditional" `predict(m, type = "response")`.

        Limits are those of what is expected of such people, by the delta method; of a probability they are
        found on the logit scale, so they stay within 0 and 1. They are no limits of a single outcome.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["peer", "other", "other", "peer"] * 5, "age": [30, 30, 40, 40] * 5})
        >>> result = ps.logistic("job ~ age", jobs)
        >>> result.predict(pd.DataFrame({"age": [30]}), interval=True).round(3)
           other  peer  other_low  other_high  peer_low  peer_high
        0    0.5   0.5      0.225       0.775     0.225      0.775
        """
        intercepts = None
        if kind == "conditional" and self.fit.random is not None:
            found = group_intercepts(self.fit, need_source(self.source, "predict").rows, "predict")
            intercepts = dict(zip(found.labels, found.modes.tolist(), strict=True))
        if data is None:
            fit = self.fit  # what may travel to the rows; this result holds them
            return need_source(self.source, "predict").rows.source.map_frames(
                lambda frame: predict(
                    fit,
                    frame,
                    strict=False,
                    kind=kind,
                    intercepts=intercepts,
                    retransform=retransform,
                    interval=interval,
                    std_error=std_error,
                )
            )
        return predict(
            self.fit,
            data,
            kind=kind,
            intercepts=intercepts,
            retransform=retransform,
            interval=interval,
            std_error=std_error,
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw the coefficients with their intervals: ratios on a log axis where they have them.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on; intercepts and thresholds are left out.

        Raises
        ------
        InputError
            If the model has no term.
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

        ratio, words = ratio_word(self.fit), self._words()
        outcome = words.name(self.fit.outcome)
        cells = coefficient_columns(self.fit, exponentiate=ratio is not None)
        kept = np.array([term != "Intercept" for term in cells["term"]])
        if not kept.any():
            only = "thresholds" if self.fit.n_thresholds else "an intercept"
            raise InputError(f"plot(): the model has {only} only.", "Add a term to the formula.")
        names = words.names(np.array(cells["term"])[kept].tolist())
        groups = None
        if self.fit.model == "multinomial":
            groups = words.levels(self.fit.outcome, np.array(cells["outcome"])[kept].tolist())
        return forest(
            names,
            cells["estimate"][kept],
            cells["conf_low"][kept],
            cells["conf_high"][kept],
            reference=0.0 if ratio is None else 1.0,
            log=ratio is not None,
            groups=groups,
            xlabel=f"{f'{ratio} of' if ratio else 'Change in'} {outcome}"
            if self.fit.base is None
            else f"{ratio}, base {words.level(self.fit.outcome, self.fit.base)}",
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
        return new_frame(columns, self.backend)
