"""Match and mismatch of person and job, about the midpoint of a scale."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from peerstats.errors import InputError, PeerstatsWarning
from peerstats.results import with_codebook
from peerstats.scoring._categories import CategoryResult, check_scores, key_notes
from peerstats.scoring._placement import at_or_above, in_words, place_scale

if TYPE_CHECKING:
    from peerstats.scoring._result import ScoreResult
    from peerstats.typing import Array, IntArray

__all__ = ["MatchResult", "worklife_match"]

_MATCHES = ("mismatch", "neutral", "match")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MatchResult(CategoryResult):
    """Match and mismatch in each area of worklife: made by `worklife_match`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    scored : ScoreResult
        The means that were placed.
    placements : tuple of Placement
        Mismatch, neutral or match of each respondent, by area.
    lines : tuple of str
        The rule.
    notes : tuple of str
        What a reader must know.
    midpoint : float
        Exactly on it is neutral.

    Examples
    --------
    >>> import warnings
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(300, rng=1).data
    >>> with warnings.catch_warnings():  # the key of the survey is not confirmed
    ...     warnings.simplefilter("ignore", ps.PeerstatsWarning)
    ...     scores = ps.score(people, "aws_28", items="aws_{}")
    >>> ps.worklife_match(scores).tidy()["match"].tolist()[:3]
    ['mismatch', 'neutral', 'match']
    """

    midpoint: float

    _kind: ClassVar[str] = "matches"
    _word: ClassVar[str] = "match"

    @property
    def matches(self) -> Any:
        """Matches, one row a respondent, in the caller's kind of frame and order.

        For each area `_match`, and `_match_reason` why there is none.
        """
        return self._rows()

    def _chosen(self) -> dict[str, Any]:
        return {"midpoint": np.array([self.midpoint])}

    def _title(self) -> str:
        return f"Match and mismatch: {self.scored.plan.instrument.title}"


def _sides(scores: Array, midpoint: float) -> IntArray:
    sides: IntArray = at_or_above(scores, midpoint).astype(np.int64) + at_or_above(
        scores, midpoint, ties="low"
    )
    sides[np.isnan(scores)] = -1
    return sides


def worklife_match(scores: ScoreResult) -> MatchResult:
    """Tell match from mismatch in each area of worklife.

    Parameters
    ----------
    scores : ScoreResult
        Scores by method="mean" of the Areas of Worklife Survey.

    Returns
    -------
    MatchResult
        `.matches`, `.attach()`, `.tidy()`, `.report()`, and the printed summary.

    Raises
    ------
    InputError
        If the scores are sums, or the instrument has no rule of match and mismatch.

    Warns
    -----
    PeerstatsWarning
        If the rule is recalled, unless `score` has already warned of the instrument.

    Notes
    -----
    A mean above the midpoint of the answers is a match, below it a mismatch, exactly on it neutral (two
    numbers that agree to 1e-9 are equal). That the midpoint is the line was recalled and is not confirmed,
    and nothing was read about means exactly on it.

    Examples
    --------
    >>> import warnings
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> answers = pd.DataFrame([[3] * 28, [4] * 28], columns=[f"aws_{i}" for i in range(1, 29)])
    >>> with warnings.catch_warnings():  # the key of the survey is not confirmed
    ...     warnings.simplefilter("ignore", ps.PeerstatsWarning)
    ...     scores = ps.score(answers, "aws_28", items="aws_{}")
    >>> ps.worklife_match(scores).matches[["control_match", "workload_match"]]
      control_match workload_match
    0       neutral        neutral
    1         match       mismatch
    """
    scored = check_scores(scores, "worklife_match")
    instrument = scored.plan.instrument
    rule = instrument.match
    if rule is None:
        raise InputError(
            f"worklife_match(): {instrument.key!r} has no rule of match and mismatch.",
            "Score the Areas of Worklife Survey, 'aws_28' or 'aws_29'.",
        )
    check_scores(scored, "worklife_match", method="mean")
    confidence = f"That {rule.midpoint:g} divides match from mismatch: {in_words(rule.confidence)}."
    if rule.confidence.startswith("R") and instrument.confirmed:
        warnings.warn(f"worklife_match(): {confidence}", PeerstatsWarning, stacklevel=2)
    result = MatchResult(
        scored=scored,
        placements=tuple(
            place_scale(scored, name, "match", _MATCHES, _sides(scale.score, rule.midpoint))
            for name, scale in scored.scales.items()
        ),
        lines=(f"match above {rule.midpoint:g}, mismatch below it, neutral exactly on it",),
        notes=(confidence, *key_notes(scored)),
        midpoint=rule.midpoint,
    )
    return with_codebook(result, scores)
