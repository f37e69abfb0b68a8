"""Critical boundaries of the three burnout dimensions, from a norm or from the sample itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from peerstats.errors import InputError
from peerstats.norms import Benchmark, norm_of_each_scale
from peerstats.scoring._placement import at_or_above

if TYPE_CHECKING:
    from peerstats.scoring._result import ScoreResult
    from peerstats.typing import BoolArray

__all__ = ["ROLES", "Boundary", "NormSpec", "find_boundaries"]

NormSpec: TypeAlias = str | Mapping[str, tuple[float, float] | Benchmark]

ROLES = ("exhaustion", "cynicism", "efficacy")

# SDs above the norm's mean from which each dimension is high: Leiter and Maslach (2016), as the publisher
# gives them.
_STEPS = {"exhaustion": 0.5, "cynicism": 1.25, "efficacy": 0.1}
_CALL = "burnout_profiles"
_OTHER_NORM = "Give norm= the key of a bundled norm, or means and SDs."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Boundary:
    """Where one dimension begins to be high.

    Attributes
    ----------
    role, scale : str
        The dimension, and the instrument's scale for it.
    mean, sd : float
        Of the norm, in the metric of the scores.
    step : float
        SDs above the mean.
    n : int or None
        Respondents of the norm, where known.
    """

    role: str
    scale: str
    mean: float
    sd: float
    step: float
    n: int | None

    @property
    def value(self) -> float:
        """The boundary: mean + step x SD."""
        return self.mean + self.step * self.sd

    def high(self, scored: ScoreResult, ties: str) -> BoolArray:
        """Tell which scores are high; one that is missing is not."""
        high: BoolArray = at_or_above(scored.scales[self.scale].score, self.value, ties=ties)
        return high

    def n_tied(self, scored: ScoreResult) -> int:
        """Count the scores that lie on the boundary."""
        return int((self.high(scored, "high") & ~self.high(scored, "low")).sum())


def _metric(scored: ScoreResult, scale: str) -> tuple[float, float]:
    """Return the lowest and highest score that a scale can have by the method used."""
    plan = scored.plan
    n_items = next(len(s.items) for s in plan.scales if s.name == scale) if plan.method == "sum" else 1
    return n_items * plan.instrument.low, n_items * plan.instrument.high


def _from_sample(scored: ScoreResult, role: str) -> Boundary:
    scale = scored.plan.instrument.roles[role]
    scores = scored.scales[scale].score
    kept = scores[~np.isnan(scores)]
    if len(kept) < 2:  # noqa: PLR2004  (an SD needs two)
        raise InputError(
            f"{_CALL}(): {len(kept)} of the sample's respondents have a score of {scale!r}: too few.",
            _OTHER_NORM,
        )
    if np.ptp(kept) == 0:
        raise InputError(
            f"{_CALL}(): all of the sample's scores of {scale!r} are {kept[0]:g}: they cannot be a norm.",
            _OTHER_NORM,
        )
    return Boundary(
        role=role,
        scale=scale,
        mean=float(kept.mean()),
        sd=float(kept.std(ddof=1)),
        step=_STEPS[role],
        n=len(kept),
    )


def _check_record(norm: Benchmark, scored: ScoreResult, scale: str) -> None:
    """Stop at a norm of another statistic, scale or metric, or without an SD."""
    where = f"{_CALL}(): norm {norm.key!r}"
    if norm.statistic != "mean" or norm.sd is None:
        lacks = f"is a {norm.statistic}" if norm.statistic != "mean" else "has no SD"
        raise InputError(f"{where} {lacks}.", "A boundary needs the norm's mean and SD.")
    if norm.scale is not None and norm.scale != scale:
        raise InputError(
            f"{where} is of the scale {norm.scale!r} ({norm.instrument}), and {scale!r} is wanted.",
            f"Choose a norm of {scale!r}, or give norm= means and SDs.",
        )
    if norm.method is not None and norm.method != scored.plan.method:
        raise InputError(
            f"{where} is of scores by method={norm.method!r}, and these are scored by "
            f"method={scored.plan.method!r}.",
            f"Score with method={norm.method!r}, or give a norm in {scored.plan.method}s.",
        )


def _is_number(value: Any) -> bool:
    if isinstance(value, bool | np.bool_):
        return False
    return isinstance(value, Real) and math.isfinite(value)


def _check_pair(pair: object, scored: ScoreResult, role: str) -> tuple[float, float]:
    """Return a given mean and SD if the scores of this metric can have them."""
    scale = scored.plan.instrument.roles[role]
    numbers = tuple(pair) if isinstance(pair, tuple | list) else ()
    if len(numbers) != 2 or not all(map(_is_number, numbers)):  # noqa: PLR2004
        raise InputError(
            f"{_CALL}(): norm[{role!r}] is {pair!r}.",
            "Give (mean, SD) as numbers, or a Benchmark with an SD.",
        )
    mean, sd = map(float, numbers)
    low, high = _metric(scored, scale)
    # no distribution between low and high with this mean has a larger SD (Bhatia and Davis 2000); the
    # divisor n - 1 makes it sqrt(2) times as large at most
    if not low <= mean <= high or not 0 < sd <= math.sqrt(2 * (mean - low) * (high - mean)):
        raise InputError(
            f"{_CALL}(): norm[{role!r}] = ({mean:g}, {sd:g}) cannot be mean and SD of {scale!r}, which is "
            f"scored by method={scored.plan.method!r} from {low:g} to {high:g} here.",
            "Give the norm in the metric of the scores, or score by the other method: means or sums.",
        )
    return mean, sd


def _check_metric(boundaries: tuple[Boundary, ...], scored: ScoreResult) -> None:
    """Stop where sums meet a norm whose means all fit the answers' own range: that is one of means."""
    plan = scored.plan
    if plan.method == "sum" and all(b.mean <= plan.instrument.high for b in boundaries):
        raise InputError(
            f"{_CALL}(): the scores are by method='sum', and the norm's means "
            f"({', '.join(f'{b.mean:g}' for b in boundaries)}) look like means of items, "
            f"{plan.instrument.low} to {plan.instrument.high}.",
            "Score with method='mean', or multiply the norm by each scale's number of items.",
        )


def _from_mapping(scored: ScoreResult, norm: Mapping[str, object]) -> tuple[Boundary, ...]:
    roles = scored.plan.instrument.roles
    if set(norm) != set(ROLES):
        raise InputError(
            f"{_CALL}(): norm= has {', '.join(map(repr, norm)) or 'nothing'}.",
            "Give mean and SD of each: "
            + ", ".join(
                f"{role!r} (here {roles[role]})" if role != roles[role] else repr(role) for role in ROLES
            )
            + ".",
        )
    found = []
    for role in ROLES:
        given = norm[role]
        n = given.n if isinstance(given, Benchmark) else None
        if isinstance(given, Benchmark):
            _check_record(given, scored, roles[role])
            given = (given.value, given.sd)
        mean, sd = _check_pair(given, scored, role)
        found.append(Boundary(role=role, scale=roles[role], mean=mean, sd=sd, step=_STEPS[role], n=n))
    _check_metric(tuple(found), scored)
    return tuple(found)


def _by_key(scored: ScoreResult, key: str, group: str | None) -> dict[str, Benchmark]:
    """Return a bundled norm's figures by role."""
    norms, roles = norm_of_each_scale(key, group, _CALL), scored.plan.instrument.roles
    absent = [roles[role] for role in ROLES if roles[role] not in norms]
    if absent:
        first = next(iter(norms.values()))
        raise InputError(
            f"{_CALL}(): norm {key!r} holds scores of {first.instrument!r} and none of {absent[0]!r}.",
            "Give norm='sample', a norm of this instrument, or means and SDs.",
        )
    return {role: norms[roles[role]] for role in ROLES}


def _cautions(scored: ScoreResult, norms: list[Benchmark]) -> tuple[list[str], list[str]]:
    """Return what to warn of and what to note about the norms used."""
    own = scored.plan.instrument
    cautions = list(dict.fromkeys(n.notes[0] if n.notes else n.key for n in norms if not n.confirmed))
    other = next((n for n in norms if n.instrument not in (None, own.key)), None)
    if other is not None:
        cautions.append(
            f"Not the same form: the scores are of {own.key} ({own.form}), the norm is of {other.instrument} "
            f"({other.form})."
        )
    notes = [text for n in norms for text in (*n.notes, f"Norm: {n.population}; {n.date}; {n.source}.")]
    return cautions, [text for text in dict.fromkeys(notes) if text not in cautions]


def find_boundaries(
    scored: ScoreResult, norm: NormSpec, group: str | None
) -> tuple[tuple[Boundary, ...], str, list[str], list[str]]:
    """Find the three boundaries.

    Parameters
    ----------
    scored : ScoreResult
        The scores.
    norm : str or mapping
        "sample", the key of a bundled norm, or mean and SD (or a `Benchmark`) by role.
    group : str or None
        Group of a bundled norm.

    Returns
    -------
    boundaries : tuple of Boundary
        In the order of `ROLES`.
    name : str
        What the norm is.
    cautions, notes : list of str
        What to warn of, and what else to note.

    Raises
    ------
    InputError
        If the norm is unknown, incomplete, or in another metric than the scores.
    """
    named = isinstance(norm, str) and norm != "sample"
    if group is not None and not named:
        raise InputError(
            f"{_CALL}(): group={group!r} is given, and norm= is no bundled norm.",
            "Leave out group=, or say which norm has it: norm='mbi_hss_us_1996'.",
        )
    if norm == "sample":
        note = (
            "Boundaries from the sample itself place people beside each other, not beside a population; "
            "another sample moves them."
        )
        found = tuple(_from_sample(scored, role) for role in ROLES)
        return found, "this sample", [], [note]
    if isinstance(norm, str):
        by_role: Mapping[str, object] = _by_key(scored, norm, group)
        name = norm if group is None else f"{norm}, {group}"
    elif isinstance(norm, Mapping):
        by_role, name = norm, "means and SDs given"
    else:
        raise InputError(
            f"{_CALL}(): norm is a {type(norm).__name__}.",
            "Give 'sample', the key of a norm, or (mean, SD) of each of exhaustion, cynicism, efficacy.",
        )
    found = _from_mapping(scored, by_role)
    cautions, notes = _cautions(scored, [n for n in by_role.values() if isinstance(n, Benchmark)])
    return found, name, cautions, notes
