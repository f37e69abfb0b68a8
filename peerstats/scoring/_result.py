"""What scoring gives: a row a respondent, and what was withheld and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import frame_like, new_frame, nw, tidy_backend, with_columns
from peerstats.errors import InputError
from peerstats.plots import histogram
from peerstats.results import Column, Result, Table
from peerstats.scoring._answers import read_answers
from peerstats.scoring._evaluate import REASONS, ScaleScores
from peerstats.scoring._words import words_to_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Columns

__all__ = ["ScoreResult"]


def _score_columns(scales: Mapping[str, ScaleScores]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    words = np.array(REASONS, dtype=object)
    for name, scale in scales.items():
        columns[name] = scale.score
        if scale.unrounded is not None:
            columns[f"{name}_unrounded"] = scale.unrounded
        if scale.std_error is not None:
            columns[f"{name}_std_error"] = scale.std_error
        columns[f"{name}_reason"] = words[scale.reason].tolist()
    return columns


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ScoreResult(Result):
    """The scores of one instrument.

    Parameters
    ----------
    plan : ScoringPlan
        Instrument, columns, coding and method.
    scales : mapping of str to ScaleScores
        Scores, standard errors and reasons, by scale.
    notes : tuple of str
        What a reader of the scores should know.
    n : int
        Respondents.
    frame : narwhals DataFrame
        The caller's rows.
    labels : mapping of str to int or None
        Words of the answers, where the caller gave them.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> answers = pd.DataFrame([[3] * 16, [None] * 16], columns=[f"mbi_{i}" for i in range(1, 17)])
    >>> result = ps.score(answers, "mbi_gs", items="mbi_{}")
    >>> result.scores["exhaustion"].tolist()
    [3.0, nan]
    >>> result.report().head(1)
            scale            reason  n
    0  exhaustion  no item answered  1
    """

    plan: ScoringPlan
    scales: Mapping[str, ScaleScores]
    notes: tuple[str, ...]
    n: int
    frame: nw.DataFrame[Any]
    labels: Mapping[str, int] | None

    @property
    def scores(self) -> Any:
        """Scores, one row a respondent, in the caller's kind of frame and order.

        For each scale: the score; `_unrounded` and `_std_error` where the method has them; `_reason` why a
        score was withheld.
        """
        return frame_like(self.frame, _score_columns(self.scales))

    def attach(self) -> Any:
        """Return the caller's frame with the score columns added at its end.

        Returns
        -------
        frame
            A new frame of the caller's kind; the caller's own is unchanged.

        Raises
        ------
        InputError
            If a score column's name is already taken.
        """
        columns = _score_columns(self.scales)
        taken = [name for name in columns if name in self.frame.columns]
        if taken:
            raise InputError(
                f"attach(): the data already have a column {taken[0]!r}.",
                "Rename it, or take .scores and join it yourself.",
            )
        return with_columns(self.frame, columns)

    def items(self) -> Any:
        """Return each item's answers as the scales use them: on the instrument's codes, after reversal.

        Returns
        -------
        frame
            One row a respondent in the caller's kind of frame and order; a column `item_NAME` for each item.
        """
        instrument = self.plan.instrument
        keyed = read_answers(words_to_codes(self.frame, self.plan, self.labels), self.plan)
        for scale in self.plan.scales:
            for item in scale.reverse:
                keyed[:, item] = instrument.low + instrument.high - keyed[:, item]
        names = [f"item_{name}" for name in instrument.item_names]
        return frame_like(self.frame, {name: keyed[:, j] for j, name in enumerate(names)})

    def _frame(self, columns: Columns) -> Any:
        return new_frame(columns, tidy_backend(self.frame))

    def report(self) -> Any:
        """Count the withheld scores by scale and reason.

        Returns
        -------
        frame
            Columns scale, reason, n; a scale without withheld scores has no row.
        """
        rows = [
            (name, REASONS[code], int((scale.reason == code).sum()))
            for name, scale in self.scales.items()
            for code in np.unique(scale.reason[scale.reason > 0])
        ]
        return self._frame(
            {
                "scale": [row[0] for row in rows],
                "reason": [row[1] for row in rows],
                "n": np.array([row[2] for row in rows], dtype=np.int64),
            }
        )

    def _summaries(self) -> dict[str, Any]:
        scored = [scale.score[scale.reason == 0] for scale in self.scales.values()]
        errors = [s.std_error for s in self.scales.values()]
        items = {scale.name: len(scale.items) for scale in self.plan.scales}
        columns: dict[str, Any] = {
            "scale": list(self.scales),
            "n_items": np.array([items[name] for name in self.scales]),
            "n_scored": np.array([len(s) for s in scored]),
            "n_withheld": np.array([self.n - len(s) for s in scored]),
            "mean": np.array([s.mean() if len(s) else np.nan for s in scored]),
            "sd": np.array([s.std(ddof=1) if len(s) > 1 else np.nan for s in scored]),
            "minimum": np.array([s.min() if len(s) else np.nan for s in scored]),
            "maximum": np.array([s.max() if len(s) else np.nan for s in scored]),
        }
        if any(e is not None for e in errors):
            columns["mean_std_error"] = np.array(
                [np.nan if e is None or np.isnan(e).all() else np.nanmean(e) for e in errors]
            )
        return columns

    def tidy(self) -> Any:
        """Summarise the scores, one row a scale.

        Returns
        -------
        frame
            Columns scale, n_items, n_scored, n_withheld, mean, sd, minimum, maximum, and mean_std_error where
            the method has standard errors. Unweighted.
        """
        return self._frame(self._summaries())

    def glance(self) -> Any:
        """Return one row: instrument, method, respondents, and how many have every score.

        Returns
        -------
        frame
            Columns instrument, method, n, n_scored, n_withheld.
        """
        complete = int(np.all([s.reason == 0 for s in self.scales.values()], axis=0).sum())
        return self._frame(
            {
                "instrument": [self.plan.instrument.key],
                "method": [self.plan.method],
                "n": np.array([self.n]),
                "n_scored": np.array([complete]),
                "n_withheld": np.array([self.n - complete]),
            }
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            One table.
        """
        columns = self._summaries()
        labels = {
            "n_items": "items",
            "n_scored": "scored",
            "n_withheld": "withheld",
            "mean_std_error": "mean SE",
        }
        plan = self.plan
        low, high = plan.instrument.low + plan.shift, plan.instrument.high + plan.shift
        lines = [f"{self.n:,} respondents, answers coded {low}-{high}, scored by {plan.method}"]
        if plan.order is not None:
            lines.append(f"items by the order {plan.order}")
        if plan.missing_codes:
            lines.append(f"codes that mean no answer: {', '.join(f'{c:g}' for c in plan.missing_codes)}")
        for name, scale in self.scales.items():
            counts = [
                f"{int((scale.reason == code).sum()):,} {REASONS[code]}"
                for code in np.unique(scale.reason)
                if code
            ]
            if counts:
                lines.append(f"{name} withheld: {', '.join(counts)}")
        return (
            Table(
                key=f"scores-{plan.instrument.key}",
                title=plan.instrument.title,
                lines=tuple(lines),
                columns=tuple(
                    Column(
                        key=key,
                        label=labels.get(key, key),
                        kind="text" if key == "scale" else "integer" if key.startswith("n_") else "number",
                    )
                    for key in columns
                ),
                rows=tuple(zip(*columns.values(), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, scale: str | None = None, *, ax: Any = None) -> Any:
        """Draw the distribution of one scale's scores.

        Parameters
        ----------
        scale : str, optional
            The scale; may be left out where there is one.
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.

        Raises
        ------
        InputError
            If the scale is not named and there are several, or is unknown.
        """
        names = list(self.scales)
        if scale is None and len(names) == 1:
            scale = names[0]
        if scale not in names:
            raise InputError(
                f"plot(): scale={scale!r} is not known.", did_you_mean(str(scale), names, what="scales")
            )
        kept = self.scales[scale]
        return histogram(
            kept.score[kept.reason == 0],
            title=self.plan.instrument.title,
            xlabel=scale.replace("_", " "),
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, instrument, method, n, scales and notes.
        """
        columns = self._summaries()
        plain = {name: np.asarray(values).tolist() for name, values in columns.items()}
        rows = [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]
        return {
            "schema": 1,
            "kind": "scores",
            "instrument": self.plan.instrument.key,
            "method": self.plan.method,
            "n": self.n,
            "scales": rows,
            "notes": list(self.notes),
        }
