"""What tests of a fit give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats._core.words import counted
from peerstats.plots import forest
from peerstats.postfit._effects_result import spoken
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._tested import Tested

__all__ = ["TestResult", "errors_line"]

_LABELS = {"outcome": "Outcome", "other_outcome": "Other outcome", "omitted": "Left out", "term": "Term"}
_LEAST = 1e-16  # of a p-value that a plot can show


def errors_line(fit: ModelFit) -> str:
    """Say what the tests of a fit rest on."""
    df = "" if np.isinf(fit.df) else f", {fit.df:,.0f} degrees of freedom"
    weights = "" if fit.weight_kind == "none" else f", {fit.weight_kind} weights"
    return f"{fit.model}: {fit.formula}; {counted(fit.n, 'observation')}{weights}; errors: {fit.variance}{df}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TestResult(LabelledResult):
    """Tests of a fit, one row a hypothesis.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    kind : str
        What was asked for: test, test_merge or test_iia.
    title : str
        What was tested.
    labels : mapping of str to tuple of str
        What each row is about: outcome, other_outcome, omitted, term.
    tested : tuple of Tested
        The tests.
    n : float
        Observations of the fit.
    variance : str
        Kind of its errors.
    weight_kind : str
        Kind of its weights.
    lines : tuple of str
        What the tests rest on.
    notes : tuple of str
        What to keep in mind.
    backend : str
        Library of the frames it gives.
    outcome : str
        Column of the outcome.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "age": range(20)})
    >>> ps.logistic("job ~ age", jobs).test().tidy()[["term", "statistic", "p_value"]].round(3)
      term  statistic  p_value
    0  age       0.05    0.823
    """

    __test__ = False  # no test class, whatever pytest makes of the name

    kind: str
    title: str
    labels: Mapping[str, tuple[str, ...]]
    tested: tuple[Tested, ...]
    n: float
    variance: str
    weight_kind: str
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str
    outcome: str = ""

    def _columns(self) -> dict[str, Any]:
        each = self.tested
        deff = np.array([one.deff for one in each])
        return {
            **{name: list(values) for name, values in self.labels.items()},
            "test": [one.test for one in each],
            "statistic": np.array([one.statistic for one in each]),
            "df_numerator": np.array([float(one.df_numerator) for one in each]),
            "df_denominator": np.array([float(one.df_denominator) for one in each]),
            "p_value": np.array([one.p_value for one in each]),
            "distribution": [one.distribution for one in each],
            **({} if np.isnan(deff).all() else {"deff": deff}),
        }

    def _said(self) -> dict[str, list[str]]:
        """Return what each row is about in the words of the codebook, where there is one."""
        words = self._words()
        said = spoken({name: list(each) for name, each in self.labels.items()}, words, outcome=self.outcome)
        if "term" in said:
            said["term"] = [words.joined(each, " + ") for each in self.labels["term"]]
        return said

    def tidy(self) -> Any:
        """Return one row for each hypothesis.

        Returns
        -------
        frame
            What the row is about (outcome, other_outcome, omitted, term), test, statistic, df_numerator,
            df_denominator (infinite for a chi-square), p_value, distribution; of a Rao-Scott likelihood
            ratio deff as well, the mean generalised design effect. Unrounded.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on all tests.

        Returns
        -------
        frame
            Columns n, n_tests, test, variance, weight_kind.
        """
        return new_frame(
            {
                "n": np.array([round(self.n)]),
                "n_tests": np.array([len(self.tested)]),
                "test": [self.tested[0].test],
                "variance": [self.variance],
                "weight_kind": [self.weight_kind],
            },
            self.backend,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the tests as a table.

        Returns
        -------
        tuple of Table
            One table.
        """
        cells = {**self._columns(), **self._said()}
        ratio = np.isfinite(cells["df_denominator"]).all()
        columns = [
            *(Column(key=name, label=_LABELS[name], blank_repeats=name != "term") for name in self.labels),
            Column(key="statistic", label="Statistic", kind="number", digits=2),
            Column(key="df_numerator", label="df", kind="number", digits=0),
            *(
                [Column(key="df_denominator", label="Denominator df", kind="number", digits=1)]
                if ratio
                else []
            ),
            *([Column(key="deff", label="Mean deff", kind="number", digits=2)] if "deff" in cells else []),
            Column(key="p_value", label="p", kind="p_value"),
        ]
        first = self.tested[0]
        return (
            Table(
                key=self.kind,
                title=self.title,
                lines=(*self.lines, f"test: {first.test}, by {first.distribution}"),
                columns=columns,
                rows=list(zip(*(cells[column.key] for column in columns), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw the p-values, on a scale of powers of ten, beside 0.05.

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
        p = np.maximum([one.p_value for one in self.tested], _LEAST)
        names = [", ".join(dict.fromkeys(row)) for row in zip(*self._said().values(), strict=True)]
        return forest(names, p, p, p, reference=0.05, log=True, title=self.title, xlabel="p-value", ax=ax)

    def to_dict(self) -> dict[str, Any]:
        """Return the tests as plain data; no respondent is in them.

        Returns
        -------
        dict
            Keys schema, kind, title, tests, n, variance, weight_kind, lines and notes.
        """
        return {
            "schema": 1,
            "kind": self.kind,
            "title": self.title,
            "tests": plain_rows(self._columns()),
            "n": self.n,
            "variance": self.variance,
            "weight_kind": self.weight_kind,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
