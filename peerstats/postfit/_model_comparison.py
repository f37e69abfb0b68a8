"""What `compare_models` gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.plots import forest
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.postfit._tested import Tested
    from peerstats.typing import Array

__all__ = ["ModelComparison"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ModelComparison(LabelledResult):
    """Models of the same rows side by side.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    formulas : tuple of str
        The M models.
    n_parameters : tuple of int
        Their coefficients.
    loglik, aic, bic, daic, dbic : (M,) float array
        Log-likelihood and information criteria; NaN where they are not defined.
    effective_parameters : (M,) float array
        Sum of the generalised design effects that dAIC counts instead of coefficients.
    tested : tuple of Tested or None
        Each model against the one before it; None where neither is nested in the other.
    n : float
        Observations.
    variance : str
        Kind of the errors.
    weight_kind : str
        Kind of the weights.
    lines : tuple of str
        What the tests rest on.
    notes : tuple of str
        What to keep in mind.
    backend : str
        Library of the frames it gives.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "age": range(20)})
    >>> models = [ps.logistic(formula, jobs) for formula in ("job ~ 1", "job ~ age")]
    >>> ps.compare_models(*models).glance()[["n", "n_models", "variance"]]
        n  n_models variance
    0  20         2    model
    """

    formulas: tuple[str, ...]
    n_parameters: tuple[int, ...]
    loglik: Array
    aic: Array
    bic: Array
    daic: Array
    dbic: Array
    effective_parameters: Array
    tested: tuple[Tested | None, ...]
    n: float
    variance: str
    weight_kind: str
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        def of(name: str) -> Array:
            return np.array(
                [np.nan if each is None else float(getattr(each, name)) for each in self.tested], dtype=float
            )

        return {
            "formula": list(self.formulas),
            "n_parameters": np.array(self.n_parameters),
            "loglik": self.loglik,
            "aic": self.aic,
            "bic": self.bic,
            "daic": self.daic,
            "dbic": self.dbic,
            "effective_parameters": self.effective_parameters,
            "test": [None if each is None else each.test for each in self.tested],
            "statistic": of("statistic"),
            "df_numerator": of("df_numerator"),
            "df_denominator": of("df_denominator"),
            "p_value": of("p_value"),
        }

    def tidy(self) -> Any:
        """Return one row for each model, its test against the row before it.

        Returns
        -------
        frame
            Columns formula, n_parameters, loglik, aic, bic, daic, dbic, effective_parameters, test,
            statistic, df_numerator, df_denominator, p_value. Unrounded; NaN where something is not defined.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the comparison.

        Returns
        -------
        frame
            Columns n, n_models, variance, weight_kind.
        """
        return new_frame(
            {
                "n": np.array([round(self.n)]),
                "n_models": np.array([len(self.formulas)]),
                "variance": [self.variance],
                "weight_kind": [self.weight_kind],
            },
            self.backend,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the models as a table; what none of them has is left out.

        Returns
        -------
        tuple of Table
            One table.
        """
        cells = self._columns()
        columns = [
            Column(key="formula", label="Model"),
            Column(key="n_parameters", label="Coefficients", kind="integer"),
            *(
                Column(key=key, label=label, kind="number", digits=1)
                for key, label in (("aic", "AIC"), ("bic", "BIC"), ("daic", "dAIC"), ("dbic", "dBIC"))
                if np.isfinite(cells[key]).any()
            ),
            Column(key="statistic", label="Statistic", kind="number", digits=2),
            Column(key="df_numerator", label="df", kind="number", digits=0),
            Column(key="p_value", label="p", kind="p_value"),
        ]
        test = next(
            (f"test: {each.test}, of each model and the one before it" for each in self.tested if each), ""
        )
        return (
            Table(
                key="model-comparison",
                title="Models side by side",
                lines=(*self.lines, *([test] if test else [])),
                columns=columns,
                rows=list(zip(*(cells[column.key] for column in columns), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw how far each model's AIC, or dAIC, lies above the least.

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
        InputError
            If the models have neither.
        MissingExtraError
            If matplotlib is not installed.
        """
        name, values = ("AIC", self.aic) if np.isfinite(self.aic).all() else ("dAIC", self.daic)
        if not np.isfinite(values).all():
            raise InputError("plot(): the models have neither AIC nor dAIC.", "See tidy() for their tests.")
        above = values - values.min()
        return forest(self.formulas, above, above, above, xlabel=f"{name} above the least", ax=ax)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, models, n, variance, weight_kind, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "model_comparison",
            "models": plain_rows(self._columns()),
            "n": self.n,
            "variance": self.variance,
            "weight_kind": self.weight_kind,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
