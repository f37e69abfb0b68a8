"""The five latent burnout profiles of Leiter and Maslach (2016)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from peerstats._core.checks import check_choice
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.results import Column, Table, with_codebook
from peerstats.scoring._boundaries import ROLES, Boundary, NormSpec, find_boundaries
from peerstats.scoring._categories import CategoryResult, check_scores, key_notes
from peerstats.scoring._patterns import CONVENTIONS, RULE, UNNAMED, place_profiles

if TYPE_CHECKING:
    from peerstats.scoring._result import ScoreResult
    from peerstats.typing import IntArray

__all__ = ["ProfileResult", "burnout_profiles"]

_TOLD = {
    "publisher": (
        "unnamed='publisher' counts high exhaustion with high cynicism as Burnout whatever the efficacy, as "
        "the publisher's report is recalled to do"
    ),
    "customary": (
        "unnamed='customary' counts high exhaustion with high cynicism as Burnout, high exhaustion with low "
        "efficacy as Overextended and high cynicism with low efficacy as Disengaged, as users are recalled "
        "to do"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ProfileResult(CategoryResult):
    """Burnout profiles: made by `burnout_profiles`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    scored : ScoreResult
        The scores that were placed.
    placements : tuple of Placement
        One: the profile of each respondent.
    lines : tuple of str
        Norm, boundaries and tie rule.
    notes : tuple of str
        What a reader must know.
    boundaries : tuple of Boundary
        Exhaustion, cynicism and efficacy: scale, the norm's mean and SD, and where high begins.
    patterns : (8,) int array
        Respondents by pattern, numbered 4 exhausted + 2 cynical + 1 efficacious.
    norm : str
        Where the boundaries come from.
    ties : str
        Whether a score on its boundary counts as high or low.
    unnamed : str
        What became of the three patterns that the paper does not name.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(300, rng=1).data
    >>> profiles = ps.burnout_profiles(ps.score(people, "mbi_gs", items="mbi_{}"))
    >>> profiles.tidy().head(2).round(3)
           profile    n  share
    0      Engaged  ...
    1  Ineffective  ...
    """

    boundaries: tuple[Boundary, ...]
    patterns: IntArray
    norm: str
    ties: str
    unnamed: str

    _kind: ClassVar[str] = "profiles"
    _word: ClassVar[str] = "profile"
    _by_scale: ClassVar[bool] = False

    @property
    def profiles(self) -> Any:
        """Profiles, one row a respondent, in the caller's kind of frame and order.

        Columns profile, and profile_reason why there is none.
        """
        return self._rows()

    @property
    def n_unnamed(self) -> int:
        """Respondents with a pattern that the paper does not name, whatever became of them."""
        return int(sum(n for n, word in zip(self.patterns, RULE, strict=True) if word in UNNAMED))

    def _chosen(self) -> dict[str, Any]:
        return {
            "n_unnamed": np.array([self.n_unnamed]),
            "norm": [self.norm],
            "ties": [self.ties],
            "unnamed": [self.unnamed],
        }

    def _title(self) -> str:
        return f"Burnout profiles: {self.scored.plan.instrument.title}"

    def _pattern_rows(self) -> list[tuple[str, str, str, str, int]]:
        level = ("low", "high")
        fold = CONVENTIONS[self.unnamed]
        return [
            (level[i >> 2 & 1], level[i >> 1 & 1], level[i & 1], fold.get(RULE[i], RULE[i]), int(n))
            for i, n in enumerate(self.patterns)
        ]

    def _more_tables(self) -> tuple[Table, ...]:
        labels = (*ROLES, "profile")
        return (
            Table(
                key=f"patterns-{self.scored.plan.instrument.key}",
                title="Patterns of high and low",
                columns=(
                    *(Column(key=name, label=name) for name in labels),
                    Column(key="n", label="n", kind="integer"),
                ),
                rows=self._pattern_rows(),
            ),
        )

    def _details(self) -> dict[str, Any]:
        facts = ("role", "scale", "mean", "sd", "step", "value", "n")
        names = (*ROLES, "profile", "n")
        return {
            "boundaries": [{name: getattr(b, name) for name in facts} for b in self.boundaries],
            "patterns": [dict(zip(names, row, strict=True)) for row in self._pattern_rows()],
        }


def _lines(scored: ScoreResult, boundaries: tuple[Boundary, ...], name: str, ties: str) -> tuple[str, ...]:
    said = [f"boundaries from {name}; a score on its boundary counts as {ties} (ties={ties!r})"]
    for b in boundaries:
        size = "" if b.n is None else f", n {b.n:,}"
        said.append(
            f"{b.scale}: high from {b.value:.3f} = {b.mean:.3f} + {b.step:g} x SD {b.sd:.3f}{size}; "
            f"{b.n_tied(scored):,} on the boundary"
        )
    return tuple(said)


def burnout_profiles(
    scores: ScoreResult,
    *,
    norm: NormSpec = "sample",
    group: str | None = None,
    ties: Literal["high", "low"] = "high",
    unnamed: Literal["separate", "publisher", "customary"] = "separate",
) -> ProfileResult:
    """Place respondents in the five latent burnout profiles.

    Parameters
    ----------
    scores : ScoreResult
        Scores of a Maslach Burnout Inventory, by mean or sum.
    norm : str or mapping
        Where the boundaries come from: "sample", the key of a bundled norm, or a mapping of exhaustion,
        cynicism and efficacy to (mean, SD), or to a `Benchmark` with an SD, in the metric of the scores.
    group : str, optional
        Group of a bundled norm, such as "mental health".
    ties : {"high", "low"}
        What a score on its boundary counts as.
    unnamed : {"separate", "publisher", "customary"}
        What becomes of the three patterns that the paper does not name: each kept as a category of its own,
        or folded into the named profiles by one of two conventions (Notes).

    Returns
    -------
    ProfileResult
        `.profiles`, `.attach()`, `.tidy()`, `.report()`, `.boundaries`, `.patterns`, and the printed summary.

    Raises
    ------
    InputError
        If the instrument has no exhaustion, cynicism and efficacy, or the norm is unknown, incomplete, or in
        another metric than the scores.

    Warns
    -----
    PeerstatsWarning
        If the norm is unconfirmed or of another form, or a convention for the unnamed patterns is asked for.

    Notes
    -----
    Exhaustion is high from the norm's mean + 0.5 SD, cynicism (depersonalization) from mean + 1.25 SD,
    efficacy (accomplishment) from mean + 0.10 SD. The same person may change profile with the norm.

    ============  ==========  ========  =======================================
    exhaustion    cynicism    efficacy  profile
    ============  ==========  ========  =======================================
    low           low         high      Engaged
    low           low         low       Ineffective
    high          low         high      Overextended
    low           high        high      Disengaged
    high          high        low       Burnout
    high          high        high      not named (publisher: Burnout)
    high          low         low       not named (customary: Overextended)
    low           high        low       not named (customary: Disengaged)
    ============  ==========  ========  =======================================

    "publisher" folds the first unnamed pattern, "customary" all three. Both were recalled and are not
    confirmed. Whether a score on its boundary is high was not stated either; two numbers that agree to 1e-9
    are a tie.

    The sample's mean and SD (divisor n - 1) are those of everyone who has that score, unweighted. In R:
    ``cut <- mean(x, na.rm = TRUE) + 0.5 * sd(x, na.rm = TRUE); x >= cut``.

    References
    ----------
    .. [1] Leiter and Maslach (2016), Latent burnout profiles: a new approach to understanding the burnout
       experience, Burnout Research 3, 89-100.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> answers = pd.DataFrame([[1] * 16, [6] * 16], columns=[f"mbi_{i}" for i in range(1, 17)])
    >>> norm = {"exhaustion": (2.0, 1.0), "cynicism": (1.6, 1.0), "efficacy": (4.4, 1.0)}
    >>> result = ps.burnout_profiles(ps.score(answers, "mbi_gs", items="mbi_{}"), norm=norm)
    >>> result.profiles["profile"].tolist()
    ['Ineffective', 'exhausted and cynical, yet efficacious']
    """
    scored = check_scores(scores, "burnout_profiles")
    instrument = scored.plan.instrument
    if not instrument.roles:
        raise InputError(
            f"burnout_profiles(): {instrument.key!r} has no scales of exhaustion, cynicism and efficacy.",
            "Score a Maslach Burnout Inventory, such as 'mbi_gs'; in a file of your own say under [roles] "
            "which scales they are.",
        )
    check_choice(ties, ("high", "low"), "ties", "burnout_profiles")
    check_choice(unnamed, tuple(CONVENTIONS), "unnamed", "burnout_profiles")
    boundaries, name, cautions, notes = find_boundaries(scored, norm, group)
    if unnamed in _TOLD:
        cautions.append(f"{_TOLD[unnamed]}; that is a convention, and it is not confirmed.")
    if cautions:
        warnings.warn(f"burnout_profiles(): {' '.join(cautions)}", PeerstatsWarning, stacklevel=2)
    placement, patterns = place_profiles(scored, boundaries, ties, unnamed)
    result = ProfileResult(
        scored=scored,
        placements=(placement,),
        lines=_lines(scored, boundaries, name, ties),
        notes=(
            *cautions,
            *notes,
            "Efficacy is high only above the mean, so about half of a norm group has low efficacy.",
            *key_notes(scored),
        ),
        boundaries=boundaries,
        patterns=patterns,
        norm=name,
        ties=ties,
        unnamed=unnamed,
    )
    return with_codebook(result, scores)
