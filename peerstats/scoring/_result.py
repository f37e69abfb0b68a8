"""What scoring gives: a row a respondent, and what was withheld and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import CodedText, frame_like, new_frame, nw, tidy_backend, with_columns
from peerstats.errors import InputError
from peerstats.scoring._answers import read_answers
from peerstats.scoring._evaluate import REASONS, ScaleScores
from peerstats.scoring._placement import band_of
from peerstats.scoring._score_plots import plot_answers
from peerstats.scoring._summary import Counted, ScoreSummary
from peerstats.scoring._words import words_to_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.instruments import Bands
    from peerstats.scoring._groups import RespondentGroups
    from peerstats.scoring._plan import ScoringPlan
    from peerstats.typing import Array, Columns

__all__ = ["ScoreResult"]


def _score_columns(scales: Mapping[str, ScaleScores], bands: Bands | None) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    all_scored: CodedText | None = None
    for name, scale in scales.items():
        columns[name] = scale.score
        if scale.unrounded is not None:
            columns[f"{name}_unrounded"] = scale.unrounded
        if scale.std_error is not None:
            columns[f"{name}_std_error"] = scale.std_error
        if bands is not None and bands.scale == name:
            columns[f"{name}_band"] = band_of(scale.score, bands)
        reason = CodedText(codes=scale.reason, words=REASONS)
        if not scale.reason.any():
            reason = all_scored = all_scored or reason  # one empty column serves every complete scale
        columns[f"{name}_reason"] = reason
    return columns


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ScoreResult(ScoreSummary):
    """The scores of one instrument.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
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
    groups : RespondentGroups or None
        Scoring group of each respondent, where the instrument has them.

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
    groups: RespondentGroups | None = None

    @property
    def scores(self) -> Any:
        """Scores, one row a respondent, in the caller's kind of frame and order.

        For each scale: the score; `_unrounded` and `_std_error` where the method has them; `_band` where
        bands were asked for; `_reason` why a score was withheld.
        """
        return frame_like(self.frame, _score_columns(self.scales, self.plan.bands))

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
        columns = _score_columns(self.scales, self.plan.bands)
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

    def plot_items(self, scale: str | None = None, *, weights: str | None = None, ax: Any = None) -> Any:
        """Draw the answers to the items of one scale as bars that part at the middle.

        Parameters
        ----------
        scale : str, optional
            The scale; may be left out where there is one.
        weights : str, optional
            Column of weights.
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.

        Raises
        ------
        InputError
            If the scale is not named and there are several, or is unknown, or a weight is negative or
            missing.

        Notes
        -----
        Answers are drawn as given, before reversal; shares are of those who answered the item. The middle one
        of an odd number of answers lies across the line.
        """
        return plot_answers(
            self.frame, self.plan, self.labels, scale, weights=weights, words=self._words(), ax=ax
        )

    def _frame(self, columns: Columns) -> Any:
        return new_frame(columns, tidy_backend(self.frame))

    def _count(self) -> Counted:
        reasons = {n: np.bincount(s.reason, minlength=len(REASONS)) for n, s in self.scales.items()}
        return Counted(
            summaries=self._summaries(),
            withheld={
                name: {str(REASONS[code]): int(n[code]) for code in np.flatnonzero(n) if code}
                for name, n in reasons.items()
            },
            n_complete=int(np.all([s.reason == 0 for s in self.scales.values()], axis=0).sum()),
        )

    def _summaries(self) -> dict[str, Any]:
        scored = [self._scored(name) for name in self.scales]
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

    def _scored(self, scale: str) -> Array:
        kept = self.scales[scale]
        scored: Array = kept.score[kept.reason == 0]
        return scored
