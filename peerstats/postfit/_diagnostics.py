"""All diagnostics of a fit that need no decision, in one result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.numerics import area_under_curve, wald_f
from peerstats.postfit._goodness_of_fit import check_groups, goodness_of_fit
from peerstats.postfit._link_test import link_test
from peerstats.postfit._pseudo_r2 import pseudo_r2
from peerstats.postfit._specification import breusch_pagan, reset_test
from peerstats.postfit._term_rows import fit_codebook
from peerstats.postfit._used import need_plain, used_rows
from peerstats.postfit._vif import vif_columns
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from peerstats.numerics import FitTest
    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._used import UsedRows
    from peerstats.typing import Array

__all__ = ["DiagnosticsResult", "diagnostics"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class DiagnosticsResult(LabelledResult):
    """Tests and figures of how well a fit stands.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    model : str
        Model and formula.
    tests : mapping of str to FitTest
        Goodness of fit and link test of a logit; RESET and Breusch-Pagan of a linear model.
    figures : mapping of str to float
        Pseudo-R2 by name, area under the ROC curve and Brier score; R2 of a linear model.
    inflation : mapping or None
        Variance inflation by term, as `vif()` has it; None with fewer than two terms.
    notes : tuple of str
        Why a test is not here, and what to keep in mind.
    backend : str
        Library of the frames.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> staff = pd.DataFrame({"wage": [15.0, 18, 16, 21, 19, 23, 17, 26], "years": [1, 4, 2, 6, 3, 5, 2, 8]})
    >>> ps.linear("wage ~ years", staff).diagnostics().tidy()[["test", "statistic", "p_value"]].round(3)
                test  statistic  p_value
    0          RESET      0.085    0.921
    1  Breusch-Pagan      1.137    0.286
    """

    model: str
    tests: Mapping[str, FitTest]
    figures: Mapping[str, float]
    inflation: Mapping[str, Any] | None
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> dict[str, Any]:
        tests = self.tests.values()
        return {
            "test": list(self.tests),
            "statistic": np.array([each.statistic for each in tests]),
            "df_numerator": np.array([each.df_numerator for each in tests]),
            "df_denominator": np.array([each.df_denominator for each in tests]),
            "p_value": np.array([each.p_value for each in tests]),
        }

    def tidy(self) -> Any:
        """Return one row per test.

        Returns
        -------
        frame
            Columns test, statistic, df_numerator, df_denominator (infinite for a chi-square), p_value.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return the figures, one row.

        Returns
        -------
        frame
            Of a logit mcfadden_r2, mcfadden_adjusted_r2, cox_snell_r2, nagelkerke_r2 and, with two outcomes,
            tjur_r2, mckelvey_zavoina_r2, auc, brier; of a linear model r_squared, adj_r_squared.
        """
        return new_frame({name: np.array([x]) for name, x in self.figures.items()}, self.backend)

    def tables(self) -> tuple[Table, ...]:
        """Return tests, figures and variance inflation as tables.

        Returns
        -------
        tuple of Table
            The tests first, where there are any.
        """
        tested = (
            Column(key="test", label="Test"),
            Column(key="statistic", label="Statistic", kind="number", digits=3),
            Column(key="df_numerator", label="df", kind="number", digits=0),
            Column(key="df_denominator", label="Denominator df", kind="number", digits=0),
            Column(key="p_value", label="p", kind="p_value"),
        )
        cells = self._columns()
        cells["df_denominator"] = np.where(np.isinf(cells["df_denominator"]), np.nan, cells["df_denominator"])
        rows = list(zip(*(cells[head.key] for head in tested), strict=True))
        title = f"Diagnostics: {self.model}"
        tables = [
            *(
                [Table(key="diagnostics", title=title, columns=tested, rows=rows, notes=self.notes)]
                if rows
                else []
            ),
            Table(
                key="figures",
                title="Figures" if rows else title,
                notes=() if rows else self.notes,
                columns=(
                    Column(key="figure", label="Figure"),
                    Column(key="value", label="Value", kind="number", digits=3),
                ),
                rows=list(self.figures.items()),
            ),
        ]
        if self.inflation is not None:
            inflated = (
                Column(key="term", label="Term"),
                Column(key="df", label="df", kind="number", digits=0),
                Column(key="gvif", label="GVIF", kind="number", digits=2),
                Column(key="gvif_adjusted", label="GVIF^(1/(2 df))", kind="number", digits=2),
            )
            words = self._words()
            shown = {**self.inflation, "term": words.names(self.inflation["term"])}
            rows = list(zip(*(shown[head.key] for head in inflated), strict=True))
            tables.append(Table(key="vif", title="Variance inflation", columns=inflated, rows=rows))
        return tuple(tables)

    def to_dict(self) -> dict[str, Any]:
        """Return tests, figures and variance inflation as a dictionary that JSON can hold.

        Returns
        -------
        dict
            Its schema is 1; no respondent is in it.
        """
        return {
            "schema": 1,
            "model": self.model,
            "tests": plain_rows(self._columns()),
            "figures": plain_rows({name: np.array([x]) for name, x in self.figures.items()})[0],
            "vif": None if self.inflation is None else plain_rows(dict(self.inflation)),
            "notes": list(self.notes),
        }


def _linked(fit: ModelFit, rows: UsedRows, source: FitSource) -> FitTest:
    # the square of z or t, as the other tests are chi-square or F
    return wald_f(link_test(fit, rows, source)[2] ** 2, 1.0, fit.df)


def _brier(rows: UsedRows) -> float:
    shown = rows.y == np.arange(len(rows.value))[:, None]
    loss: Array = ((rows.value - shown) ** 2).sum(axis=0)
    # of two outcomes both terms are the same, and one is counted, as Brier's score is written today
    return float(np.average(loss, weights=rows.w)) / (2.0 if len(rows.value) == 2 else 1.0)  # noqa: PLR2004


def diagnostics(fit: ModelFit, source: FitSource, *, groups: int = 10) -> DiagnosticsResult:
    """Return the tests and figures of a fit.

    Parameters
    ----------
    fit : ModelFit
        A linear, logistic or multinomial fit.
    source : FitSource
        Its rows.
    groups : int
        Groups of the goodness-of-fit test.

    Returns
    -------
    DiagnosticsResult
        What is defined for the fit; what is not is told in its notes, with the reason.

    Raises
    ------
    InputError
        If the model is of another kind, or `groups` is no count.

    Notes
    -----
    See `ModelResult.diagnostics`.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import diagnostics
    >>> jobs = pd.DataFrame({"peer": [0, 1, 0, 1, 1, 0, 1, 1] * 9, "age": range(72)})
    >>> result = ps.logistic("peer ~ age", jobs)
    >>> list(diagnostics(result.fit, result.source).tests)
    ['Hosmer-Lemeshow', 'link test']
    """
    need_plain(fit, "diagnostics")
    check_groups(groups, "diagnostics")
    rows = used_rows(fit, source)
    binary = len(fit.outcome_levels) == 2  # noqa: PLR2004
    asked: dict[str, Callable[[], FitTest]] = {}
    if fit.outcome_levels:
        found = {"name": "goodness of fit"}

        def fits() -> FitTest:
            result = goodness_of_fit(fit, source, groups=groups)
            found["name"] = result.test
            return result.result

        asked["goodness of fit"] = fits
        if binary:
            asked["link test"] = lambda: _linked(fit, rows, source)
        figures = pseudo_r2(fit, rows)
        if binary:
            figures["auc"] = area_under_curve(rows.eta[0], rows.y == 1, rows.w).area
        figures["brier"] = _brier(rows)
    else:
        asked["RESET"] = lambda: reset_test(fit, rows, source)
        asked["Breusch-Pagan"] = lambda: breusch_pagan(fit, rows, source)
        figures = {"r_squared": float(fit.r_squared or 0.0), "adj_r_squared": float(fit.adj_r_squared or 0.0)}
    tests: dict[str, FitTest] = {}
    notes = []
    for name, make in asked.items():
        try:
            test = make()
        except InputError as error:
            notes.append(f"No {name}: {error.problem.partition('(): ')[2]}")
            continue
        tests[found["name"] if name == "goodness of fit" else name] = test
    try:
        inflation = vif_columns(fit)
    except InputError as error:
        inflation = None
        notes.append(f"No variance inflation: {error.problem.partition('(): ')[2]}")
    return DiagnosticsResult(
        model=f"{fit.model}, {fit.formula}",
        tests=tests,
        figures=figures,
        inflation=inflation,
        notes=tuple(notes),
        backend=source.rows.source.backend,
        codebook=fit_codebook(fit),
    )
