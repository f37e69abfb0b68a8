"""What Brant's test gives: the tests, and the slopes at each threshold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.models._variance import VARIANCE_WORDS
from peerstats.numerics import t_half_width
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.postfit import ModelFit
    from peerstats.typing import Array, Columns, IntArray

__all__ = ["BrantResult"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class BrantResult(LabelledResult):
    """Tests of proportional odds: made by `brant_test`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    fit : ModelFit
        The ordinal model, of k slopes and J - 1 thresholds.
    terms : tuple of str
        What each test is of: "all", then columns or terms.
    statistic : (t,) float array
        Wald chi-square; F where the errors have degrees of freedom; NaN where they are too few.
    df : (t,) int array
        Degrees of freedom of each test.
    df_denominator : (t,) float array
        Those of the denominator of F; infinite for chi-square.
    p_value : (t,) float array
        P-values.
    slopes, slope_errors : (J-1, k) float array
        Slopes of the logit of lying above each threshold, and their standard errors.
    df_errors : float
        Degrees of freedom of the errors.
    notes : tuple of str
        What to keep in mind.
    backend : str
        The library of the frames.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> nausea = pd.DataFrame({"nausea": [0, 1, 2, 3] * 2, "arm": ["a"] * 4 + ["b"] * 4,
    ...                        "people": [14, 10, 3, 2, 11, 7, 8, 4]})
    >>> result = ps.ordinal("nausea ~ arm", nausea, weights="people", weight_kind="frequency")
    >>> ps.brant_test(result)
    Brant test of proportional odds: nausea ~ arm
    outcome: 0 < 1 < 2 < 3; standard errors: model-based
    <BLANKLINE>
    Term      Chi-square  df      p
    -------------------------------
    all             1.67   2  0.434
    arm[T.b]        1.67   2  0.434
    <BLANKLINE>
    A small p-value: the slope differs between thresholds.
    """

    fit: ModelFit
    terms: tuple[str, ...]
    statistic: Array
    df: IntArray
    df_denominator: Array
    p_value: Array
    slopes: Array
    slope_errors: Array
    df_errors: float
    notes: tuple[str, ...]
    backend: str = field(repr=False)

    def __post_init__(self) -> None:
        for name in ("statistic", "df", "df_denominator", "p_value", "slopes", "slope_errors"):
            getattr(self, name).flags.writeable = False

    @property
    def _thresholds(self) -> tuple[str, ...]:
        return self.fit.terms[-self.fit.n_thresholds :]

    @property
    def _columns_of_design(self) -> tuple[str, ...]:
        return self.fit.terms[: -self.fit.n_thresholds]

    def _tests(self) -> Columns:
        return {
            "term": list(self.terms),
            "statistic": self.statistic,
            "df": self.df,
            "df_denominator": self.df_denominator,
            "p_value": self.p_value,
        }

    def _slope_columns(self) -> Columns:
        half = t_half_width(self.fit.conf_level, np.full(self.slopes.size, self.df_errors))
        estimate, std_error = self.slopes.T.ravel(), self.slope_errors.T.ravel()
        return {
            "term": [term for term in self._columns_of_design for _ in self._thresholds],
            "threshold": list(self._thresholds) * len(self._columns_of_design),
            "estimate": estimate,
            "std_error": std_error,
            "conf_low": estimate - half * std_error,
            "conf_high": estimate + half * std_error,
        }

    def tidy(self) -> Any:
        """Return the tests, one row each, that of all slopes first.

        Returns
        -------
        frame
            In the caller's library: term, statistic, df, df_denominator, p_value.
        """
        return new_frame(self._tests(), self.backend)

    def coefficients(self) -> Any:
        """Return the slopes of the logit of lying above each threshold.

        Returns
        -------
        frame
            In the caller's library: term, threshold, estimate, std_error, conf_low, conf_high.
        """
        return new_frame(self._slope_columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole result.

        Returns
        -------
        frame
            In the caller's library: n, n_outcomes, statistic, df, df_denominator, p_value of the test of all
            slopes, variance, weight_kind.
        """
        return new_frame(
            {
                "n": np.array([round(self.fit.n)]),
                "n_outcomes": np.array([len(self.fit.outcome_levels)]),
                "statistic": self.statistic[:1],
                "df": self.df[:1],
                "df_denominator": self.df_denominator[:1],
                "p_value": self.p_value[:1],
                "variance": [self.fit.variance],
                "weight_kind": [self.fit.weight_kind],
            },
            self.backend,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the tests, and the slopes at each threshold, as tables.

        Returns
        -------
        tuple of Table
            The tests first.
        """
        chi_square = bool(np.isinf(self.df_errors))
        tests, slopes = dict(self._tests()), dict(self._slope_columns())
        columns = [
            Column(key="term", label="Term"),
            Column(key="statistic", label="Chi-square" if chi_square else "F", kind="number", digits=2),
            Column(key="df", label="df", kind="integer"),
            Column(key="df_denominator", label="df below", kind="number", digits=0),
            Column(key="p_value", label="p", kind="p_value"),
        ]
        if chi_square:
            del columns[3]
        level = f"{100 * self.fit.conf_level:g}%"
        slope_columns = [
            Column(key="term", label="Term", blank_repeats=True),
            Column(key="threshold", label="Threshold"),
            Column(key="estimate", label="Estimate", kind="number", digits=3),
            Column(key="std_error", label="Std. error", kind="number", digits=3),
            Column(key="conf_low", label=f"{level} low", kind="number", digits=3),
            Column(key="conf_high", label=f"{level} high", kind="number", digits=3),
        ]
        words = self._words()
        tests["term"], slopes["term"] = words.names(tests["term"]), words.names(slopes["term"])
        slopes["threshold"] = words.names(slopes["threshold"])
        levels = " < ".join(words.levels(self.fit.outcome, self.fit.outcome_levels))
        errors = f"standard errors: {VARIANCE_WORDS[self.fit.variance]}"
        return (
            Table(
                key="brant",
                title=f"Brant test of proportional odds: {self.fit.formula}",
                columns=columns,
                rows=list(zip(*(tests[column.key] for column in columns), strict=True)),
                lines=(f"outcome: {levels}; {errors}",),
                notes=("A small p-value: the slope differs between thresholds.", *self.notes),
            ),
            Table(
                key="slopes",
                title="Slopes of the logit of lying above each threshold",
                columns=slope_columns,
                rows=list(zip(*(slopes[column.key] for column in slope_columns), strict=True)),
                lines=(errors,),
            ),
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw the odds ratio of each term at each threshold, and that of the ordinal model.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on: under proportional odds the rows of a term lie one under another.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> nausea = pd.DataFrame({"nausea": [0, 1, 2, 3] * 2, "arm": ["a"] * 4 + ["b"] * 4,
        ...                        "people": [14, 10, 3, 2, 11, 7, 8, 4]})
        >>> result = ps.ordinal("nausea ~ arm", nausea, weights="people", weight_kind="frequency")
        >>> ps.brant_test(result).plot().get_xscale()
        'log'
        """
        from peerstats.plots import forest  # noqa: PLC0415  (only a plot pays for matplotlib)

        k = len(self._columns_of_design)
        half = t_half_width(self.fit.conf_level, self.fit.df_terms[:k])
        own = self.fit.coefficients[:k, 0]
        half = half * np.sqrt(np.diag(self.fit.covariance)[:k])
        cells = self._slope_columns()

        def with_own(each: Any, values: Any) -> Any:
            return np.exp(np.column_stack([np.asarray(each).reshape(k, -1), values]).ravel())

        words = self._words()
        rows = [*words.names(self._thresholds), "proportional odds"]
        return forest(
            rows * k,
            with_own(cells["estimate"], own),
            with_own(cells["conf_low"], own - half),
            with_own(cells["conf_high"], own + half),
            reference=1.0,
            log=True,
            groups=[term for term in words.names(self._columns_of_design) for _ in rows],
            xlabel=f"Odds ratio of {words.name(self.fit.outcome)} above the threshold",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a dictionary that JSON can hold.

        Returns
        -------
        dict
            Keys schema (1), formula, outcome, outcome_levels, variance, tests and coefficients (the rows of
            `tidy()` and `coefficients()`), and notes.
        """
        return {
            "schema": 1,
            "formula": self.fit.formula,
            "outcome": self.fit.outcome,
            "outcome_levels": list(self.fit.outcome_levels),
            "variance": self.fit.variance,
            "tests": plain_rows(self._tests()),
            "coefficients": plain_rows(self._slope_columns()),
            "notes": list(self.notes),
        }
