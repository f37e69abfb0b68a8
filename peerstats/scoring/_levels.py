"""Levels by cut-offs: the burnout inventories' legacy sets, and bands of a score."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from peerstats.errors import InputError, PeerstatsWarning
from peerstats.results import with_codebook
from peerstats.scoring._categories import CategoryResult, check_scores, key_notes
from peerstats.scoring._placement import in_words, place, place_scale

if TYPE_CHECKING:
    from peerstats.instruments import Instrument
    from peerstats.instruments._records import CutoffSet
    from peerstats.scoring._result import ScoreResult

__all__ = ["LevelResult", "burnout_levels"]

_LEVELS = ("low", "moderate", "high")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LevelResult(CategoryResult):
    """Low, moderate and high scores by legacy cut-offs: made by `burnout_levels`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    scored : ScoreResult
        The sums that were placed.
    placements : tuple of Placement
        The level of each respondent, by scale.
    lines : tuple of str
        The cut-offs and their norm group.
    notes : tuple of str
        What a reader must know.
    cutoffs : CutoffSet
        The set: name, norm group, source, confidence, and where the bands begin.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(300, rng=1).data
    >>> levels = ps.burnout_levels(ps.score(people, "mbi_gs", items="mbi_{}", method="sum"), "mbi_gs")
    >>> levels.tidy()["level"].tolist()[:3]
    ['low', 'moderate', 'high']
    """

    cutoffs: CutoffSet

    _kind: ClassVar[str] = "levels"
    _word: ClassVar[str] = "level"

    @property
    def levels(self) -> Any:
        """Levels, one row a respondent, in the caller's kind of frame and order.

        For each scale `_level`, and `_level_reason` why there is none.
        """
        return self._rows()

    def _chosen(self) -> dict[str, Any]:
        return {"cutoffs": [self.cutoffs.name]}

    def _title(self) -> str:
        return f"Levels by legacy cut-offs: {self.scored.plan.instrument.title}"


def _find_set(instrument: Instrument, name: str) -> CutoffSet:
    for each in instrument.cutoffs:
        if each.name == name:
            return each
    if not instrument.cutoffs:
        raise InputError(
            f"burnout_levels(): {instrument.key!r} has no cut-offs.",
            "Use its scores as they are, or burnout_profiles().",
        )
    sets = "; ".join(f"{each.name!r} (norm group: {each.group})" for each in instrument.cutoffs)
    raise InputError(
        f"burnout_levels(): {instrument.key!r} has no cut-offs {name!r}.", f"Its sets are {sets}."
    )


def _line(chosen: CutoffSet, scale: str) -> str:
    low, high, end = chosen.moderate_from[scale], chosen.high_from[scale], chosen.burnout[scale]
    return f"{scale}: low below {low:g}, moderate from {low:g}, high from {high:g}; {end} is burnout"


def burnout_levels(scores: ScoreResult, cutoffs: str) -> LevelResult:
    """Place respondents by legacy cut-offs of burnout scales.

    Parameters
    ----------
    scores : ScoreResult
        Scores of a Maslach Burnout Inventory by method="sum".
    cutoffs : str
        The set, by its name in the instrument's file, such as "medicine". There is no default: each set is
        that of one norm group.

    Returns
    -------
    LevelResult
        `.levels`, `.attach()`, `.tidy()`, `.report()`, and the printed summary.

    Raises
    ------
    InputError
        If the scores are means, or the instrument has no such set; its sets and norm groups are named.

    Warns
    -----
    PeerstatsWarning
        If the set is recalled and not confirmed.

    Notes
    -----
    The publisher withdrew these cut-offs in the fourth edition of the manual: the upper third of a large
    sample is no definition of severe burnout, and the inventory is a research measure, not a diagnostic
    tool. They are here to repeat older work; for new work use the scores, or `burnout_profiles`.

    A sum is low below ``moderate_from``, high from ``high_from`` on, and moderate between. The level is that
    of the scale: low personal accomplishment is the burnout direction. In R:
    ``cut(x, c(-Inf, moderate_from, high_from, Inf), right = FALSE)``.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> answers = pd.DataFrame([[3] * 22, [0] * 22], columns=[f"q{i}" for i in range(1, 23)])
    >>> sums = ps.score(answers, "mbi_hss_mp", items="q{}", method="sum")
    >>> ps.burnout_levels(sums, "medicine").levels["emotional_exhaustion_level"].tolist()
    ['high', 'low']
    """
    scored = check_scores(scores, "burnout_levels")
    instrument = scored.plan.instrument
    chosen = _find_set(instrument, cutoffs)
    check_scores(scored, "burnout_levels", method="sum")
    confidence = (
        f"The cut-offs {cutoffs!r} of {instrument.key!r}: {in_words(chosen.confidence)} ({chosen.source})."
    )
    if chosen.confidence.startswith("R"):
        warnings.warn(f"burnout_levels(): {confidence}", PeerstatsWarning, stacklevel=2)
    placements = tuple(
        place_scale(
            scored,
            scale,
            "level",
            _LEVELS,
            place(scored.scales[scale].score, (chosen.moderate_from[scale], chosen.high_from[scale])),
        )
        for scale in chosen.moderate_from
    )
    result = LevelResult(
        scored=scored,
        placements=placements,
        lines=(
            f"legacy cut-offs {cutoffs!r}; norm group: {chosen.group}",
            *(_line(chosen, scale) for scale in chosen.moderate_from),
        ),
        notes=(chosen.note, confidence, *key_notes(scored)),
        cutoffs=chosen,
    )
    return with_codebook(result, scores)
