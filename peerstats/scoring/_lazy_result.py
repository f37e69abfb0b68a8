"""What scoring a lazy frame gives: scores as a query, and what was withheld and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame, nw, tidy_backend
from peerstats._core.lazy_frames import fetch
from peerstats.errors import InputError
from peerstats.scoring._evaluate import REASONS
from peerstats.scoring._summary import Counted, ScoreSummary

if TYPE_CHECKING:
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array, Columns

__all__ = ["PRIVATE", "LazyScoreResult"]

PRIVATE = "__peerstats_"  # what begins the names of columns that no caller sees


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LazyScoreResult(ScoreSummary):
    """The scores of one instrument in a polars LazyFrame or a DuckDB relation.

    It has the columns, counts and printed face of `ScoreResult`. The rows stay in the engine: `.scores` and
    `.attach()` are queries that have not run, and each count runs one aggregate query.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    plan : ScoringPlan
        Instrument, columns, coding and method.
    notes : tuple of str
        What a reader of the scores should know.
    n : int
        Respondents.
    frame : narwhals LazyFrame
        The caller's query.
    scored : narwhals LazyFrame
        The same rows with the scores beside them, under private names.

    Examples
    --------
    >>> import polars as pl
    >>> import peerstats as ps
    >>> answers = pl.LazyFrame({f"mbi_{i}": [3, None] for i in range(1, 17)})
    >>> result = ps.score(answers, "mbi_gs", items="mbi_{}")
    >>> result.scores.collect()["exhaustion"].to_list()
    [3.0, None]
    >>> result.report()["n"].to_list()
    [1, 1, 1]
    """

    plan: ScoringPlan
    notes: tuple[str, ...]
    n: int
    frame: nw.LazyFrame[Any]
    scored: nw.LazyFrame[Any]

    def _columns(self) -> list[str]:
        made = set(self.scored.collect_schema().names())
        return [
            scale.name + suffix
            for scale in self.plan.scales
            for suffix in ("", "_unrounded", "_std_error", "_band", "_reason")
            if f"{PRIVATE}{scale.name}{suffix}" in made
        ]

    @property
    def scores(self) -> Any:
        """Scores, one row a respondent, as a query of the caller's engine.

        A polars query keeps the rows in their order. DuckDB's tables have none: take `attach` there.

        For each scale: the score; `_unrounded` and `_std_error` where the method has them; `_band` where
        bands were asked for; `_reason` why a score was withheld.
        """
        return self.scored.select(**{name: nw.col(PRIVATE + name) for name in self._columns()}).to_native()

    def attach(self) -> Any:
        """Return the caller's query with the score columns added at its end.

        Returns
        -------
        polars LazyFrame or DuckDB relation
            A new query; the caller's own is unchanged.

        Raises
        ------
        InputError
            If a score column's name is already taken.
        """
        own, columns = self.frame.collect_schema().names(), self._columns()
        taken = [name for name in columns if name in own]
        if taken:
            raise InputError(
                f"attach(): the data already have a column {taken[0]!r}.",
                "Rename it in the query before scoring.",
            )
        return self.scored.select(*own, **{name: nw.col(PRIVATE + name) for name in columns}).to_native()

    def items(self) -> Any:
        """Return each item's answers as the scales use them: on the instrument's codes, after reversal.

        Returns
        -------
        polars LazyFrame or DuckDB relation
            A query with one row a respondent; a column `item_NAME` for each item.
        """
        plan, instrument = self.plan, self.plan.instrument
        reverse = {item for scale in plan.scales for item in scale.reverse}
        columns = {}
        for j, name in enumerate(instrument.item_names):
            answer = nw.col(f"{PRIVATE}item_{j}") - plan.shift
            keyed = instrument.low + instrument.high - answer if j in reverse else answer
            columns[f"item_{name}"] = keyed.cast(nw.Float64)
        return self.scored.select(**columns).to_native()

    def _frame(self, columns: Columns) -> Any:
        return new_frame(columns, tidy_backend(self.frame))

    def _count(self) -> Counted:
        """Count by one aggregate query."""
        has_error = f"{PRIVATE}{self.plan.scales[0].name}_std_error" in self.scored.collect_schema().names()
        wanted: dict[str, nw.Expr] = {}
        for k, scale in enumerate(self.plan.scales):
            score, reason = nw.col(PRIVATE + scale.name), nw.col(f"{PRIVATE}{scale.name}_reason")
            wanted |= {f"n{k}": score.count(), f"mean{k}": score.mean(), f"sd{k}": score.std()}
            wanted |= {f"minimum{k}": score.min(), f"maximum{k}": score.max()}
            wanted |= {
                f"reason{k}_{r}": (reason == word).cast(nw.Int64).sum()
                for r, word in enumerate(REASONS)
                if word
            }
            if has_error:
                wanted[f"mean_std_error{k}"] = nw.col(f"{PRIVATE}{scale.name}_std_error").mean()
        complete = nw.all_horizontal(
            *(nw.col(f"{PRIVATE}{scale.name}_reason").is_null() for scale in self.plan.scales),
            ignore_nulls=False,
        )
        row = fetch(self.scored.select(complete=complete.cast(nw.Int64).sum(), **wanted)).rows(named=True)[0]
        numbers = ["mean", "sd", "minimum", "maximum", *(["mean_std_error"] if has_error else [])]
        scales = range(len(self.plan.scales))
        n_scored = np.array([row[f"n{k}"] for k in scales])
        return Counted(
            summaries={
                "scale": [scale.name for scale in self.plan.scales],
                "n_items": np.array([len(scale.items) for scale in self.plan.scales]),
                "n_scored": n_scored,
                "n_withheld": self.n - n_scored,
                **{name: np.array([row[f"{name}{k}"] for k in scales], dtype=float) for name in numbers},
            },
            withheld={
                scale.name: {
                    word: int(row[f"reason{k}_{r}"])
                    for r, word in enumerate(REASONS)
                    if word and row[f"reason{k}_{r}"]
                }
                for k, scale in enumerate(self.plan.scales)
            },
            n_complete=int(row["complete"]),
        )

    def _scored(self, scale: str) -> Array:
        """Return one scale's scores by their distinct values and counts: no row is read."""
        name = PRIVATE + scale
        values = self.scored.filter(~nw.col(name).is_null()).group_by(name).agg(nw.len().alias("n"))
        found = fetch(values)
        order = np.argsort(found[name].to_numpy())
        scored: Array = np.repeat(found[name].to_numpy()[order], found["n"].to_numpy()[order])
        return scored
