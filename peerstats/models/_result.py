"""The result of a model: the fit, and the rows it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.models._print import fit_tables
from peerstats.postfit import (
    ModelFit,
    coefficient_columns,
    covariance_columns,
    fit_columns,
    predict,
    ratio_word,
)
from peerstats.results import Result

if TYPE_CHECKING:
    from peerstats.design import ModelRows
    from peerstats.results import Table

__all__ = ["ModelResult"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelResult(Result):
    """A fitted model.

    Parameters
    ----------
    fit : ModelFit
        The fit: coefficients, covariance and design, nothing by row.
    rows : ModelRows
        Where the rows of the fit come from; never part of `to_dict()`.

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
    rows: ModelRows = field(repr=False)

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
            df_residual instead of n_outcomes, mcfadden_r2 and base.

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

    def predict(self, data: Any = None) -> Any:
        """Predict the probability of every outcome, or a linear model's outcome, for each row.

        Parameters
        ----------
        data : frame, optional
            Rows with the variables of the formula's right side. Without it, all rows of the data that the
            model was called with: those left out for a missing outcome or by `where` too.

        Returns
        -------
        frame
            The kind of frame that came in, row order and pandas index kept. One column per outcome level,
            the base first; of a linear model one column, estimate. Null where a variable is missing.

        Raises
        ------
        InputError
            If a variable is not in `data`, or `data` hold a level that the fit has not seen.

        Notes
        -----
        R `predict(nnet::multinom(...), type = "probs")`, Stata `predict`.

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
        if data is None:
            return self.rows.source.map_frames(lambda frame: predict(self.fit, frame, strict=False))
        return predict(self.fit, data)

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
            xlabel=f"{ratio or 'Change'} of {self.fit.outcome}" if base is None else f"{ratio}, base {base}",
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
        return new_frame(columns, self.rows.source.backend)
