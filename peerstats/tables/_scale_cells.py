"""Scales in groups: descriptives, reliabilities and correlations of the rows that are used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_column, read_words
from peerstats._core.weights import read_weights
from peerstats.numerics import FEWEST_PAIRS, correlation_estimate, skewness, weighted_moments
from peerstats.scoring import reliability
from peerstats.tables._scale_record import Reliability, ScaleCorrelation, ScaleDescription

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats._core.frames import nw
    from peerstats.scoring import ReliabilityResult
    from peerstats.tables._scale_sources import ScaleSource
    from peerstats.typing import Array, BoolArray

__all__ = ["Respondents", "correlate", "describe_scale", "read_respondents", "reliabilities"]

# Columns that are laid beside the answers for reliability(); no caller's column has a control character.
_WEIGHT, _GROUP = "weight\x1f", "group\x1f"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Respondents:
    """The rows that are used, their weights and groups.

    Attributes
    ----------
    used : (n,) bool array
        Rows of positive weight.
    weights : (n,) array or None
        Weights of all rows.
    weight_kind : {"none", "sampling", "frequency"}
        What they mean.
    groups : mapping of str to (n,) bool array
        The used rows of each group.
    words : sequence of str or None
        The group of each row; None without groups.
    n_without_group : int
        Used rows without a group.
    """

    used: BoolArray
    weights: Array | None
    weight_kind: str
    groups: Mapping[str, BoolArray]
    words: Sequence[str | None] | None
    n_without_group: int

    def weights_of(self, rows: BoolArray) -> Array | None:
        """Return the weights of some rows."""
        return None if self.weights is None else self.weights[rows]


def read_respondents(
    frame: nw.DataFrame[Any], *, by: str | None, weights: str | None, weight_kind: str, call: str
) -> Respondents:
    """Read weights and groups; a column must be in the data.

    Parameters
    ----------
    frame : narwhals DataFrame
        The respondents.
    by, weights : str or None
        Columns of groups and of weights.
    weight_kind : {"sampling", "frequency"}
        What the weights mean.
    call : str
        The public call, for messages.

    Returns
    -------
    Respondents
        The rows that are used.
    """
    n = len(frame)
    w = None if weights is None else read_weights(frame, weights, weight_kind, call)
    used = np.ones(n, dtype=bool) if w is None else w > 0
    kind = "none" if w is None else weight_kind
    if by is None:
        groups = {"all": used}
        return Respondents(
            used=used, weights=w, weight_kind=kind, groups=groups, words=None, n_without_group=0
        )
    codes, levels = read_words(frame, by)
    names = [str(level) for level in levels]
    groups = {name: used & (codes == i) for i, name in enumerate(names)}
    return Respondents(
        used=used,
        weights=w,
        weight_kind=kind,
        groups={name: rows for name, rows in groups.items() if rows.any()},
        words=[None if code < 0 else names[code] for code in codes],
        n_without_group=int((used & (codes < 0)).sum()),
    )


def reliabilities(source: ScaleSource, people: Respondents, **how: Any) -> ReliabilityResult:
    """Measure alpha and omega of the scales of one instrument.

    Parameters
    ----------
    source : ScaleSource
        The scores.
    people : Respondents
        The rows that are used.
    **how : various
        Further keywords of `reliability`.

    Returns
    -------
    ReliabilityResult
        By scale and group.
    """
    frame = source.scored.frame
    beside: dict[str, Any] = {}
    if people.weights is not None:
        beside[_WEIGHT] = people.weights
        how |= {"weights": _WEIGHT, "weight_kind": people.weight_kind}
    if people.words is not None:
        beside[_GROUP] = people.words
        how |= {"by": _GROUP}
    columns = [new_column(frame, name, values) for name, values in beside.items()]
    scored = replace(source.scored, frame=frame.with_columns(*columns)) if columns else source.scored
    return reliability(scored, coefficients=("alpha", "omega"), **how)


def describe_scale(
    name: str, group: str, scores: Array, rows: BoolArray, people: Respondents, answers: Any
) -> ScaleDescription:
    """Describe the scores of a scale in a group.

    Parameters
    ----------
    name, group : str
        Which.
    scores : (n,) array
        Scores of all respondents, NaN where one was withheld.
    rows : (n,) bool array
        The group.
    people : Respondents
        Weights.
    answers : record
        What `reliability` found of its items.

    Returns
    -------
    ScaleDescription
        The description.
    """
    kept = rows & ~np.isnan(scores)
    x, w = scores[kept], people.weights_of(kept)
    mean, variance = weighted_moments(x[:, None], w, weight_kind=people.weight_kind)
    sd = float(np.sqrt(variance[0, 0]))
    alpha, omega = (
        Reliability(estimate=e.estimate, low=e.conf_low, high=e.conf_high, reason=e.reason)
        for e in answers.estimates
    )
    why = (
        "nobody has a score"
        if not len(x)
        else "one respondent"
        if np.isnan(sd)
        else "all scores are equal"
        if sd == 0
        else None
    )
    return ScaleDescription(
        scale=name,
        group=group,
        n=len(x),
        n_missing=int(rows.sum()) - len(x),
        n_items=answers.n_items,
        mean=float(mean[0]),
        sd=sd,
        minimum=float(x.min()) if len(x) else np.nan,
        maximum=float(x.max()) if len(x) else np.nan,
        skew=skewness(x, w, people.weight_kind) if len(x) else np.nan,
        alpha=alpha,
        omega=omega,
        reason=why or alpha.reason or omega.reason,
    )


def correlate(
    values: Mapping[str, Array], people: Respondents, conf_level: float
) -> tuple[ScaleCorrelation, ...]:
    """Correlate every two scales in every group.

    Parameters
    ----------
    values : mapping of str to (n,) array
        Scores by scale, NaN where one was withheld.
    people : Respondents
        Rows, weights and groups.
    conf_level : float
        Confidence level.

    Returns
    -------
    tuple of ScaleCorrelation
        By pair and group.
    """
    n_full = int(people.used.sum())
    found = []
    for (first, x), (second, y) in combinations(values.items(), 2):
        both = ~np.isnan(x) & ~np.isnan(y)
        for group, rows in people.groups.items():
            kept = rows & both
            pair = correlation_estimate(
                x[kept],
                y[kept],
                people.weights_of(kept),
                people.weight_kind,
                n_full=n_full,
                conf_level=conf_level,
            )
            why = None
            if pair.n < 2:  # noqa: PLR2004  (no correlation of fewer)
                why = "one respondent has both" if pair.n else "nobody has both"
            elif np.isnan(pair.estimate):
                still = first if np.ptp(x[kept]) == 0 else second
                why = f"all scores of {still} are equal"
            elif np.isnan(pair.low):
                why = f"limits need {FEWEST_PAIRS} respondents"
            found.append(
                ScaleCorrelation(scale=first, other_scale=second, group=group, found=pair, reason=why)
            )
    return tuple(found)
