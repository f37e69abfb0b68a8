"""Published weighted scores of several scales' means."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.plots import histogram
from peerstats.results import with_codebook
from peerstats.scoring._categories import CategoryResult, check_scores, key_notes
from peerstats.scoring._placement import Placement, in_words, place

if TYPE_CHECKING:
    from peerstats.instruments import Instrument
    from peerstats.instruments._records import Composite
    from peerstats.scoring._result import ScoreResult
    from peerstats.typing import Array

__all__ = ["CompositeResult", "burnout_composite"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CompositeResult(CategoryResult):
    """A weighted score and its bands: made by `burnout_composite`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    scored : ScoreResult
        The means that were combined.
    placements : tuple of Placement
        One: the band of each respondent.
    lines : tuple of str
        Formula and bands.
    notes : tuple of str
        What a reader must know.
    composite : Composite
        Weights, reversed scales and bands.
    values : (n,) array
        The weighted scores; NaN where a scale has none.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(300, rng=1).data
    >>> weighted = ps.burnout_composite(ps.score(people, "mbi_gs", items="mbi_{}"))
    >>> weighted.tidy()["band"].tolist()
    ['no burnout', 'some symptoms', 'burnout']
    """

    composite: Composite
    values: Array

    _kind: ClassVar[str] = "composite"
    _word: ClassVar[str] = "band"
    _by_scale: ClassVar[bool] = False

    @property
    def scores(self) -> Any:
        """Weighted scores, one row a respondent, in the caller's kind of frame and order.

        Columns named after the composite: the score, `_band`, and `_band_reason` why there is none.
        """
        return self._rows()

    def _row_columns(self) -> dict[str, Any]:
        (band,) = self.placements
        return {self.composite.name: self.values, **band.columns()}

    def _chosen(self) -> dict[str, Any]:
        known = self.values[~np.isnan(self.values)]
        return {
            "composite": [self.composite.name],
            "mean": np.array([known.mean() if len(known) else np.nan]),
            "sd": np.array([known.std(ddof=1) if len(known) > 1 else np.nan]),
            "minimum": np.array([known.min() if len(known) else np.nan]),
            "maximum": np.array([known.max() if len(known) else np.nan]),
        }

    def _title(self) -> str:
        return f"Weighted score {self.composite.name!r}: {self.scored.plan.instrument.title}"

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the distribution of the weighted scores.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        return histogram(self.values, title=self._title(), xlabel=self.composite.name, ax=ax)


def _find_composite(instrument: Instrument, name: str) -> Composite:
    known = {each.name: each for each in instrument.composites}
    if not known:
        raise InputError(
            f"burnout_composite(): {instrument.key!r} has no weighted score.",
            "Keep its scales apart; for one of your own, write [composite.NAME] in an instrument file.",
        )
    if name not in known:
        raise InputError(
            f"burnout_composite(): {instrument.key!r} has no weighted score {name!r}.",
            did_you_mean(name, known, what="weighted scores"),
        )
    return known[name]


def _combine(scored: ScoreResult, composite: Composite) -> Array:
    instrument = scored.plan.instrument
    total = np.zeros(scored.n)
    for scale, weight in composite.weights.items():
        mean = scored.scales[scale].score
        total += weight * (instrument.low + instrument.high - mean if scale in composite.reverse else mean)
    total.flags.writeable = False
    return total


def _lines(composite: Composite, scored: ScoreResult) -> tuple[str, str]:
    mirror = scored.plan.instrument.low + scored.plan.instrument.high
    parts = [
        f"{weight:g} " + (f"({mirror} - {scale})" if scale in composite.reverse else scale)
        for scale, weight in composite.weights.items()
    ]
    edges = [
        f"{band} from {edge:g}" for band, edge in zip(composite.bands[1:], composite.bands_from, strict=True)
    ]
    return (
        f"{composite.name} = {' + '.join(parts)}, of means",
        f"bands: {composite.bands[0]} below {composite.bands_from[0]:g}, {', '.join(edges)}",
    )


def burnout_composite(scores: ScoreResult, name: str = "kalimo") -> CompositeResult:
    """Combine burnout scales into a published weighted score.

    Parameters
    ----------
    scores : ScoreResult
        Scores by method="mean" of an instrument that has the weighted score, such as `mbi_gs`.
    name : str
        The weighted score, by its name in the instrument's file.

    Returns
    -------
    CompositeResult
        `.scores`, `.attach()`, `.tidy()`, `.report()`, and the printed summary.

    Raises
    ------
    InputError
        If the scores are sums, or the instrument has no such weighted score.

    Warns
    -----
    PeerstatsWarning
        If the weighted score is recalled and not confirmed.

    Notes
    -----
    *kalimo*: 0.4 exhaustion + 0.3 cynicism + 0.3 (6 - professional efficacy), of means; below 1.5 no
    burnout, from 1.5 some symptoms, from 3.5 burnout. It was read in one source. The inventory's authors
    report three scores and no total. A respondent without one of the scores has no weighted score.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> answers = pd.DataFrame([[2] * 16], columns=[f"mbi_{i}" for i in range(1, 17)])
    >>> weighted = ps.burnout_composite(ps.score(answers, "mbi_gs", items="mbi_{}"))
    >>> weighted.scores[["kalimo", "kalimo_band"]].round(2)
       kalimo    kalimo_band
    0     2.6  some symptoms
    """
    scored = check_scores(scores, "burnout_composite")
    instrument = scored.plan.instrument
    composite = _find_composite(instrument, name)
    check_scores(scored, "burnout_composite", method="mean")
    confidence = f"The weighted score {name!r}: {in_words(composite.confidence)} ({composite.source})."
    if composite.confidence.startswith("R"):
        warnings.warn(f"burnout_composite(): {confidence}", PeerstatsWarning, stacklevel=2)
    values = _combine(scored, composite)
    absent = np.isnan(values)
    placement = Placement(
        name=name,
        column=f"{name}_band",
        categories=composite.bands,
        code=place(values, composite.bands_from),
        reason=absent.astype(np.int64),
        reasons=(None, f"no score of {' or '.join(composite.weights)}"),
    )
    result = CompositeResult(
        scored=scored,
        placements=(placement,),
        lines=_lines(composite, scored),
        notes=(f"{composite.about}.", confidence, *key_notes(scored)),
        composite=composite,
        values=values,
    )
    return with_codebook(result, scored)
