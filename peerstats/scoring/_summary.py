"""The printed face of scores, whether their rows are in memory or in an engine."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.words import counted
from peerstats.results import Column, LabelledResult, Table, plain_rows
from peerstats.scoring._score_plots import chosen_scale, plot_scores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.norms import Benchmark
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array, Columns

__all__ = ["Counted", "ScoreSummary"]

_LABELS = {"n_items": "items", "n_scored": "scored", "n_withheld": "withheld", "mean_std_error": "mean SE"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counted:
    """What one pass over the scores counts.

    Attributes
    ----------
    summaries : dict of str to list or array
        The columns of `tidy`.
    withheld : mapping of str to mapping of str to int
        By scale and reason, how many scores are withheld; reasons that do not occur are left out.
    n_complete : int
        Respondents who have every score.
    """

    summaries: dict[str, Any]
    withheld: Mapping[str, Mapping[str, int]]
    n_complete: int


class ScoreSummary(LabelledResult):
    """Base of score results: a subclass counts, and this class says what was counted."""

    __slots__ = ()

    plan: ScoringPlan
    notes: tuple[str, ...]
    n: int

    @abstractmethod
    def _count(self) -> Counted:
        """Count scores, withheld scores and complete respondents."""

    @abstractmethod
    def _scored(self, scale: str) -> Array:
        """Return one scale's scores, the withheld left out."""

    @abstractmethod
    def _frame(self, columns: Columns) -> Any:
        """Build a small frame for the caller."""

    def report(self) -> Any:
        """Count the withheld scores by scale and reason.

        Returns
        -------
        frame
            Columns scale, reason, n; a scale without withheld scores has no row.
        """
        rows = [(scale, *row) for scale, reasons in self._count().withheld.items() for row in reasons.items()]
        return self._frame(
            {
                "scale": [row[0] for row in rows],
                "reason": [row[1] for row in rows],
                "n": np.array([row[2] for row in rows], dtype=np.int64),
            }
        )

    def tidy(self) -> Any:
        """Summarise the scores, one row a scale.

        Returns
        -------
        frame
            Columns scale, n_items, n_scored, n_withheld, mean, sd, minimum, maximum, and mean_std_error where
            the method has standard errors. Unweighted.
        """
        return self._frame(self._count().summaries)

    def glance(self) -> Any:
        """Return one row: instrument, method, respondents, and how many have every score.

        Returns
        -------
        frame
            Columns instrument, method, n, n_scored, n_withheld.
        """
        complete = self._count().n_complete
        return self._frame(
            {
                "instrument": [self.plan.instrument.key],
                "method": [self.plan.method],
                "n": np.array([self.n]),
                "n_scored": np.array([complete]),
                "n_withheld": np.array([self.n - complete]),
            }
        )

    def _lines(self, withheld: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
        plan = self.plan
        low, high = plan.instrument.low + plan.shift, plan.instrument.high + plan.shift
        lines = [f"{counted(self.n, 'respondent')}, answers coded {low}-{high}, scored by {plan.method}"]
        if plan.order is not None:
            lines.append(f"items by the order {plan.order}")
        if plan.missing_codes:
            lines.append(f"codes that mean no answer: {', '.join(f'{c:g}' for c in plan.missing_codes)}")
        for name, reasons in withheld.items():
            if reasons:
                counts = ", ".join(f"{n:,} {reason}" for reason, n in reasons.items())
                lines.append(f"{name} withheld: {counts}")
        return tuple(lines)

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        counted = self._count()
        columns = counted.summaries
        return (
            Table(
                key=f"scores-{self.plan.instrument.key}",
                title=self.plan.instrument.title,
                lines=self._lines(counted.withheld),
                columns=tuple(
                    Column(
                        key=key,
                        label=_LABELS.get(key, key),
                        kind="text" if key == "scale" else "integer" if key.startswith("n_") else "number",
                    )
                    for key in columns
                ),
                rows=tuple(zip(*columns.values(), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, scale: str | None = None, *, norm: Benchmark | None = None, ax: Any = None) -> Any:
        """Draw the distribution of one scale's scores.

        Parameters
        ----------
        scale : str, optional
            The scale; may be left out where there is one.
        norm : Benchmark, optional
            A norm of the same scores. Its distribution is drawn as an outline, or its mean as a line.
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.

        Raises
        ------
        InputError
            If the scale is not named and there are several, or is unknown, or the norm is of other scores.
        """
        name = chosen_scale(self.plan, scale, "plot").name
        return plot_scores(self._scored(name), self.plan, name, norm, ax)

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, instrument, method, n, scales and notes.
        """
        columns = self._count().summaries
        rows = plain_rows(columns)
        return {
            "schema": 1,
            "kind": "scores",
            "instrument": self.plan.instrument.key,
            "method": self.plan.method,
            "n": self.n,
            "scales": rows,
            "notes": list(self.notes),
        }
