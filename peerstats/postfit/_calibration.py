"""How well predicted probabilities of two outcomes hold: calibration, and the area under the ROC curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats._core.words import counted
from peerstats.errors import InputError
from peerstats.numerics import (
    area_under_curve,
    group_by_share,
    t_half_width,
)
from peerstats.postfit._link_test import logit_on
from peerstats.postfit._new_rows import new_rows
from peerstats.postfit._term_rows import fit_codebook
from peerstats.postfit._used import design_df, need_binary, sums_covariance, total_covariance, used_rows
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.numerics import AreaUnderCurve
    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._used import UsedRows
    from peerstats.typing import Array, IntArray

__all__ = ["CalibrationResult", "calibration"]

_NAMES = ("calibration_intercept", "calibration_slope", "auc", "brier")
_MOST = 100
_FLAT = 1e-10  # of its size: predictors that differ by less are one, and have no slope


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CalibrationResult(LabelledResult):
    """How predicted probabilities of two outcomes hold in some rows.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    model : str
        Model and formula.
    estimate, std_error : (4,) float arrays
        Calibration intercept, slope, area under the ROC curve, Brier score.
    df : float
        Degrees of freedom of the intervals.
    conf_level : float
        Confidence level.
    predicted, observed : (g,) float arrays
        Mean probability and share with the outcome, by group.
    n : (g,) int array
        Rows by group.
    n_missing : int
        Rows left out.
    roc : AreaUnderCurve
        The curve.
    lines, notes : tuple of str
        What happened, and what to keep in mind.
    backend : str
        Library of the frames.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> rng = np.random.default_rng(1)
    >>> jobs = pd.DataFrame({"age": rng.normal(45, 10, 600)})
    >>> jobs["peer"] = rng.random(600) < 1 / (1 + np.exp(2 - jobs["age"] / 20))
    >>> result = ps.logistic("peer ~ age", jobs.iloc[:300])
    >>> result.calibration(jobs.iloc[300:]).tidy()[["quantity", "estimate", "std_error"]].round(2)
                    quantity  estimate  std_error
    0  calibration_intercept     -0.10       0.12
    1      calibration_slope      1.90       0.34
    2                    auc      0.70       0.03
    3                  brier      0.23       0.01
    """

    model: str
    estimate: Array
    std_error: Array
    df: float
    conf_level: float
    predicted: Array
    observed: Array
    n: IntArray
    n_missing: int
    roc: AreaUnderCurve
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        half = t_half_width(self.conf_level, np.full(len(_NAMES), self.df)) * self.std_error
        return {
            "quantity": list(_NAMES),
            "estimate": self.estimate,
            "std_error": self.std_error,
            "conf_low": self.estimate - half,
            "conf_high": self.estimate + half,
        }

    def _group_columns(self) -> dict[str, Any]:
        return {
            "group": [str(g + 1) for g in range(len(self.n))],
            "n": self.n,
            "predicted": self.predicted,
            "observed": self.observed,
        }

    def tidy(self) -> Any:
        """Return intercept, slope, area under the curve and Brier score.

        Returns
        -------
        frame
            Columns quantity, estimate, std_error, conf_low, conf_high.
        """
        return new_frame(self._columns(), self.backend)

    def groups(self) -> Any:
        """Return predicted and observed shares by group of predicted probability.

        Returns
        -------
        frame
            Columns group, n, predicted, observed.
        """
        return new_frame(self._group_columns(), self.backend)

    def glance(self) -> Any:
        """Return counts, one row.

        Returns
        -------
        frame
            Columns n, n_missing, n_groups, conf_level.
        """
        return new_frame(
            {
                "n": np.array([int(self.n.sum())]),
                "n_missing": np.array([self.n_missing]),
                "n_groups": np.array([len(self.n)]),
                "conf_level": np.array([self.conf_level]),
            },
            self.backend,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the figures, and the groups, as tables.

        Returns
        -------
        tuple of Table
            Two tables.
        """
        figures, groups = self._columns(), self._group_columns()
        level = f"{100 * self.conf_level:g}%"
        first = (
            Column(key="quantity", label="Quantity"),
            Column(key="estimate", label="Estimate", kind="number", digits=3),
            Column(key="std_error", label="Std. error", kind="number", digits=3),
            Column(key="conf_low", label=f"{level} low", kind="number", digits=3),
            Column(key="conf_high", label=f"{level} high", kind="number", digits=3),
        )
        second = (
            Column(key="group", label="Group"),
            Column(key="n", label="n", kind="integer"),
            Column(key="predicted", label="Predicted", kind="percent", digits=1),
            Column(key="observed", label="Observed", kind="percent", digits=1),
        )
        return tuple(
            Table(
                key=key,
                title=f"{title}: {self.model}",
                columns=heads,
                rows=list(zip(*(cells[head.key] for head in heads), strict=True)),
                lines=self.lines,
                notes=self.notes,
            )
            for key, title, heads, cells in (
                ("calibration", "Calibration", first, figures),
                ("calibration_groups", "Predicted and observed shares", second, groups),
            )
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw observed against predicted shares by group.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        from peerstats.plots import unit_square  # noqa: PLC0415  (only a plot pays for matplotlib)

        return unit_square(
            self.predicted.tolist(),
            self.observed.tolist(),
            xlabel="Predicted probability",
            ylabel="Observed share",
            ax=ax,
        )

    def plot_roc(self, ax: Any = None) -> Any:
        """Draw the ROC curve.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        from peerstats.plots import unit_square  # noqa: PLC0415  (only a plot pays for matplotlib)

        return unit_square(
            self.roc.false_positive.tolist(),
            self.roc.true_positive.tolist(),
            joined=True,
            xlabel="False positive rate (1 - specificity)",
            ylabel="True positive rate (sensitivity)",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return figures and groups as a dictionary that JSON can hold; no respondent is in it.

        Returns
        -------
        dict
            Its schema is 1.
        """
        return {
            "schema": 1,
            "model": self.model,
            "figures": plain_rows(self._columns()),
            "groups": plain_rows(self._group_columns()),
            "n_missing": self.n_missing,
            "conf_level": self.conf_level,
            "notes": list(self.notes),
        }


def _figures(rows: UsedRows, totals: Callable[[Array], Array] | None, sums: Callable[[Array], Array]) -> Any:
    """Return the four figures, their errors and the curve."""
    eta, p, w = rows.eta[0], rows.value[1], rows.w
    one = np.ones_like(eta)
    event = rows.y == 1
    intercept, intercept_covariance = logit_on(one[None], rows, totals, eta)
    slope, slope_covariance = np.full(2, np.nan), np.full((2, 2), np.nan)
    if np.ptp(eta) > _FLAT * (1.0 + np.abs(eta).max()):
        slope, slope_covariance = logit_on(np.stack([one, eta]), rows, totals)
    roc = area_under_curve(eta, event, w)
    side = np.where(event, w[event].sum(), w[~event].sum())
    part = (roc.placement - roc.area) / side
    if totals is None:
        # DeLong: each side's variance has its own n - 1
        counts = [w[event].sum(), w[~event].sum()]
        squares = [w[event] @ part[event] ** 2, w[~event] @ part[~event] ** 2]
        few = min(counts) <= 1
        area = np.nan if few else sum(s * n / (n - 1) for s, n in zip(squares, counts, strict=True))
    else:
        area = sums(part[:, None])[0, 0]
    loss = (p - event) ** 2
    brier = float(np.average(loss, weights=w))
    brier_variance = sums(((loss - brier) / w.sum())[:, None])[0, 0]
    estimate = np.array([intercept[0], slope[1], roc.area, brier])
    variance = np.array([intercept_covariance[0, 0], slope_covariance[1, 1], area, brier_variance])
    return estimate, np.sqrt(variance), roc


def calibration(
    fit: ModelFit, source: FitSource | None, data: Any = None, *, groups: int = 10
) -> CalibrationResult:
    """Compare predicted probabilities of two outcomes with what happened.

    Parameters
    ----------
    fit : ModelFit
        A fit of two outcomes.
    source : FitSource or None
        Its rows; not read where `data` are given.
    data : frame, optional
        Other rows.
    groups : int
        Groups of about equal weight.

    Returns
    -------
    CalibrationResult
        Figures and groups.

    Raises
    ------
    InputError
        If the fit has more than two outcomes, or the rows cannot be used.

    Notes
    -----
    See `ModelResult.calibration`.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import calibration
    >>> jobs = pd.DataFrame({"peer": [0, 1, 0, 1, 1, 0, 1, 1] * 9, "age": range(72)})
    >>> result = ps.logistic("peer ~ age", jobs)
    >>> len(calibration(result.fit, result.source, groups=4).n)
    4
    """
    call = "calibration"
    need_binary(fit, call)
    if not isinstance(groups, int) or isinstance(groups, bool) or not 1 <= groups <= _MOST:
        raise InputError(f"{call}(): groups={groups!r}.", f"Give a whole number from 1 to {_MOST}.")
    trusted = fit.variance == "model"
    notes: tuple[str, ...] = ()
    if data is not None:
        rows, n_missing, backend = new_rows(fit, data, call)
        copies = fit.weight_kind == "frequency"
        alike = float(rows.w.sum()) if copies else float(len(rows.w))
        units = alike if rows.cluster is None else float(rows.cluster.max() + 1)

        def sums(values: Array) -> Array:
            return sums_covariance(values, rows.w, rows.cluster, units, copies=copies)

        trusted = (copies or fit.weight_kind == "none") and rows.cluster is None
        df = np.inf if trusted else units - 1.0
        if fit.survey is not None:
            notes = ("Errors take the weights, but not the design's strata and PSUs.",)
        where = "other rows"
    elif source is not None:
        rows, n_missing, backend = used_rows(fit, source), fit.n_missing, source.rows.source.backend

        def sums(values: Array) -> Array:
            return total_covariance(source, values, rows.w, rows.cluster)

        df = np.inf if trusted else design_df(source)
        notes = (
            "In the fit's own rows the intercept is 0 and the slope 1 whatever the model: give other rows.",
        )
        where = "the rows of the fit"
    else:
        raise ValueError("neither rows nor data")
    estimate, error, roc = _figures(rows, None if trusted else sums, sums)
    codes = group_by_share(rows.value[1], rows.w, groups)
    size = np.bincount(codes, rows.w)
    return CalibrationResult(
        model=f"{fit.model}, {fit.formula}",
        estimate=estimate,
        std_error=error,
        df=float(df),
        conf_level=fit.conf_level,
        predicted=np.bincount(codes, rows.w * rows.value[1]) / size,
        observed=np.bincount(codes, rows.w * (rows.y == 1)) / size,
        n=np.bincount(codes),
        n_missing=n_missing,
        roc=roc,
        lines=(f"{counted(len(rows.y), 'row')}, {n_missing:,} left out; {where}",),
        notes=notes,
        backend=backend,
        codebook=fit_codebook(fit),
    )
