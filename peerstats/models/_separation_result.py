"""What separation gives: where each coefficient runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats._core.words import counted
from peerstats.plots import escape_chart
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.design import Level
    from peerstats.numerics import SeparationKind
    from peerstats.typing import Array, BoolArray, Columns, IntArray

__all__ = ["SeparationResult"]

_LIMITS = {-1: "-inf", 0: "+-inf", 1: "+inf"}
_WORDS = {"complete": "complete", "quasi": "quasi-complete"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SeparationResult(LabelledResult):
    """Coefficients without a finite estimate: made by `separation`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    formula : str
        The formula.
    outcome : str
        The outcome's column.
    outcome_levels : tuple
        Its levels, the base first; J of them.
    terms : tuple of str
        Columns of the design; k of them.
    kind : {"none", "quasi", "complete"}
        How the rows are separated.
    infinite : (J-1, k) bool array
        Coefficients without a finite estimate.
    sign : (J-1, k) int array
        Where each of them runs: 1 up, -1 down; 0 for finite ones and those that may run either way.
    direction : (J-1, k) float array
        A direction of few coefficients in which the likelihood never falls: those at fault.
    words : str
        Which terms tell which outcomes apart.
    n : int
        Rows used.
    n_missing : int
        Rows left out because a value was missing.
    n_judged : int
        Rows judged: all used, or a sample whose verdict was checked against all.
    n_separated : int
        Rows judged whose outcome is told from another without exception.
    dropped : tuple of (str, int) pairs
        Rows left out, by reason.
    notes : tuple of str
        Levels left out.
    backend : str
        The library of the frames.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "other", "peer", "peer"], "trained": [0, 0, 0, 1]})
    >>> ps.separation("job ~ trained", jobs).tidy()
      outcome       term   limit  at_fault
    0    peer  Intercept  finite     False
    1    peer    trained    +inf      True
    """

    formula: str
    outcome: str
    outcome_levels: tuple[Level, ...]
    terms: tuple[str, ...]
    kind: SeparationKind
    infinite: BoolArray
    sign: IntArray
    direction: Array
    words: str
    n: int
    n_missing: int
    n_judged: int
    n_separated: int
    dropped: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    backend: str

    def _columns(self) -> Columns:
        k = len(self.terms)
        limits = [
            _LIMITS[sign] if infinite else "finite"
            for sign, infinite in zip(self.sign.ravel().tolist(), self.infinite.ravel(), strict=True)
        ]
        return {
            "outcome": [str(level) for level in self.outcome_levels[1:] for _ in range(k)],
            "term": list(self.terms) * (len(self.outcome_levels) - 1),
            "limit": limits,
            "at_fault": (self.direction != 0).ravel(),
        }

    def tidy(self) -> Any:
        """Return one row per outcome and term.

        Returns
        -------
        frame
            In the caller's library: outcome, term, limit ("finite", "+inf", "-inf", or "+-inf" if it may run
            either way) and at_fault.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return one row on the whole result.

        Returns
        -------
        frame
            Columns n, n_missing, n_outcomes, separation, n_separated and base.
        """
        return new_frame(
            {
                "n": np.array([self.n]),
                "n_missing": np.array([self.n_missing]),
                "n_outcomes": np.array([len(self.outcome_levels)]),
                "separation": [self.kind],
                "n_separated": np.array([self.n_separated]),
                "base": [str(self.outcome_levels[0])],
            },
            self.backend,
        )

    def _lines(self) -> tuple[str, ...]:
        out = sum(count for _, count in self.dropped)
        line = f"{counted(self.n, 'row')} of {self.n + out:,}"
        if out:
            reasons = (f"{count:,} {self._words().reason(reason)}" for reason, count in self.dropped)
            line += f" (left out: {', '.join(reasons)})"
        verdict = (
            "no separation: all estimates are finite"
            if self.kind == "none"
            else f"{_WORDS[self.kind]}: {self.words} without exception in "
            f"{counted(self.n_separated, 'row')} of {self.n_judged:,}"
        )
        return (line, f"base outcome: {self._words().level(self.outcome, self.outcome_levels[0])}", verdict)

    def _all_notes(self) -> tuple[str, ...]:
        notes = self.notes
        if self.n_judged < self.n:
            notes += (
                f"Judged on {self.n_judged:,} rows sampled of {self.n:,}; none of the others contradicts.",
            )
        if (self.infinite & (self.sign == 0)).any():
            notes += ("+-inf: no finite estimate; which way depends on how the others run.",)
        return notes

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            Where each coefficient runs.
        """
        words = self._words()
        cells = dict(self._columns())
        cells["outcome"] = words.levels(self.outcome, cells["outcome"])
        cells["term"] = words.names(cells["term"])
        rows = [
            (outcome, term, limit, "yes" if at_fault else "")
            for outcome, term, limit, at_fault in zip(*cells.values(), strict=True)
        ]
        return (
            Table(
                key="separation",
                title=f"Separation: {self.formula}",
                columns=[
                    Column(key="outcome", label=words.name(self.outcome), blank_repeats=True),
                    Column(key="term", label="Term"),
                    Column(key="limit", label="Runs to"),
                    Column(key="at_fault", label="At fault"),
                ],
                rows=rows,
                lines=self._lines(),
                notes=self._all_notes(),
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw where each coefficient runs.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        cells = self._columns()
        words = self._words()
        several = len(self.outcome_levels) > 2  # noqa: PLR2004  (the base and one other)
        return escape_chart(
            words.names(cells["term"]),
            list(cells["limit"]),
            groups=words.levels(self.outcome, cells["outcome"]) if several else None,
            title=f"Where the coefficients run: {words.name(self.outcome)}",
            xlabel=f"against {words.level(self.outcome, self.outcome_levels[0])}",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a dictionary that JSON can hold.

        Returns
        -------
        dict
            Keys schema (1), formula, outcome, base, kind, words, n, n_missing, n_judged, n_separated,
            dropped, notes, and coefficients: outcome, term, limit and at_fault of each.
        """
        return {
            "schema": 1,
            "formula": self.formula,
            "outcome": self.outcome,
            "base": str(self.outcome_levels[0]),
            "kind": self.kind,
            "words": self.words,
            "n": self.n,
            "n_missing": self.n_missing,
            "n_judged": self.n_judged,
            "n_separated": self.n_separated,
            "dropped": dict(self.dropped),
            "notes": list(self.notes),
            "coefficients": plain_rows(self._columns()),
        }
