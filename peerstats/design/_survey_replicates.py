"""Replicate weights of a survey design: made from its plan, or read from columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_columns
from peerstats._core.frames import nw, read_numbers, row_name
from peerstats.design._survey_checks import stratum_label
from peerstats.engines import (
    Replicates,
    balanced_replicates,
    bootstrap_replicates,
    jackknife_replicates,
    spread_replicates,
    supplied_replicates,
)
from peerstats.errors import InputError
from peerstats.numerics import EXHAUSTED

if TYPE_CHECKING:
    from peerstats.design._survey_design import SurveyDesign
    from peerstats.typing import Array, IntArray

__all__ = ["Plan", "made_replicates", "supplied_columns"]

_OFF = 2.0  # replicates repeat the sample: their weights add up to about the sample's

_PAIR = 2
_SIGNED = ("ACS", "successive-difference")  # the methods that may give a negative weight


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """The PSUs of a design.

    Parameters
    ----------
    psu : (n,) int array
        PSU of each row, -1 for rows of weight zero.
    stratum : (G,) int array
        Stratum of each PSU.
    sampled : (H,) float array or None
        Share of each stratum's PSUs that was sampled.
    labels : list
        Labels of the strata; empty without strata.
    units : (G,) float array or None
        How many PSUs each of the G stands for, where rows that are PSUs are added up; None for one each.
    """

    psu: IntArray
    stratum: IntArray
    sampled: Array | None
    labels: list[Any]
    units: Array | None = None

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return int(self.stratum.max()) + 1

    @property
    def sizes(self) -> Array:
        """PSUs of each stratum."""
        return np.bincount(self.stratum, weights=self.units).astype(float)

    def label(self, h: int) -> str:
        """Name a stratum."""
        return stratum_label(self.labels, h)


def _unit_replicates(
    design: SurveyDesign, plan: Plan, stratum: IntArray, of: IntArray, call: str
) -> Replicates:
    """Make replicates of the PSUs whose strata, coded anew, are `stratum` and were `of`."""
    method = design.replicate_method
    if method == "bootstrap" and design.n_replicates is not None:
        return bootstrap_replicates(
            len(stratum), n_replicates=design.n_replicates, rng=design.seed, strata=stratum, call=call
        )
    if method in ("BRR", "Fay"):
        sizes = np.bincount(stratum)
        odd = np.flatnonzero(sizes != _PAIR)
        if len(odd):
            raise InputError(
                f"{call}(): {method} replicates need two PSUs a stratum; stratum "
                f"{plan.label(int(of[odd[0]]))} has {int(sizes[odd[0]])} ({len(odd):,} such strata).",
                'Choose "JKn" or "bootstrap", or name pairs of PSUs as strata.',
            )
        return balanced_replicates(stratum, rho=design.rho or 0.0, call=call)
    source = jackknife_replicates(len(stratum), strata=stratum if method == "JKn" else None, call=call)
    if plan.sampled is None:
        return source
    return replace(source, rscales=source.rscales * (1 - plan.sampled[of[stratum]]))


def made_replicates(design: SurveyDesign, plan: Plan, weights: Array, call: str) -> Replicates:
    """Make the replicates that a design asks for.

    Parameters
    ----------
    design : SurveyDesign
        The design.
    plan : Plan
        Its PSUs.
    weights : (n,) float array
        Base weights.
    call : str
        The public call, for messages.

    Returns
    -------
    Replicates
        Of all n rows.

    Raises
    ------
    InputError
        If a stratum with a single PSU has no place in replicates, or BRR finds other than pairs.
    """
    single = np.bincount(plan.stratum) == 1
    whole = np.zeros(len(single), dtype=bool) if plan.sampled is None else 1 - plan.sampled < EXHAUSTED
    lost = single & ~whole
    if lost.any() and design.lonely_psu != "certainty":
        raise InputError(
            f"{call}(): stratum {plan.label(int(np.argmax(lost)))} has a single PSU, which replicates "
            f"cannot treat by lonely_psu={design.lonely_psu!r}.",
            'Say lonely_psu="certainty", join the stratum with another, or take linearised errors.',
        )
    moving = ~single[plan.stratum]
    if not moving.any():
        raise InputError(f"{call}(): every stratum has a single PSU.", "Join strata.")
    of, stratum = np.unique(plan.stratum[moving], return_inverse=True)
    place = np.full(len(plan.stratum) + 1, -1, dtype=np.int64)  # the last one is for rows in no PSU
    place[np.flatnonzero(moving)] = np.arange(moving.sum())
    source = _unit_replicates(design, plan, stratum, of, call)
    return spread_replicates(source, place[plan.psu], weights)


def _columns(design: SurveyDesign, frame: nw.DataFrame[Any], call: str) -> list[str]:
    named = design.replicates
    if named is None or not isinstance(named, str):
        names = list(named or ())
        check_columns(names, frame.columns, call, use="replicate column")
    else:
        if named.count("{}") != 1:
            raise InputError(
                f"{call}(): replicates={named!r} is neither a list nor a pattern.",
                'Write {} where the number stands, for example "rep_{}".',
            )
        pattern = re.compile(r"(\d+)".join(map(re.escape, named.split("{}"))))
        found = {name: match for name in frame.columns if (match := pattern.fullmatch(name))}
        names = sorted(found, key=lambda name: int(found[name][1]))
        numbers = [int(found[name][1]) for name in names]
        absent = sorted(set(range(numbers[0], numbers[-1])) - set(numbers)) if names else []
        if absent:
            raise InputError(
                f"{call}(): replicates={named!r}: the data have the numbers {numbers[0]} to {numbers[-1]} "
                f"but not {absent[0]}.",
                "Bring the column back, or list the replicates that there are.",
            )
    if design.weights in names:
        raise InputError(
            f"{call}(): the full-sample weights {design.weights!r} are among the replicates.",
            "Name the replicates so that they leave it out.",
        )
    expected = len(design.rscales) if design.rscales is not None else design.n_replicates
    if len(names) < 2 or (expected is not None and len(names) != expected):  # noqa: PLR2004  (a variance)
        raise InputError(
            f"{call}(): replicates={named!r} names {len(names)} columns of the data"
            + ("." if expected is None else f", and {expected} are expected."),
            "Check the names against the data; rscales= and n_replicates= are one for each.",
        )
    if design.n_replicates is not None and len(names) != design.n_replicates:
        raise InputError(
            f"{call}(): {len(names)} replicate columns, n_replicates={design.n_replicates}.",
            "Check the names against the data.",
        )
    return names


def _scales(design: SurveyDesign, n_replicates: int) -> float:
    method, rho = design.replicate_method, design.rho or 0.0
    own = {
        "BRR": 1 / n_replicates,
        "Fay": 1 / (n_replicates * (1 - rho) ** 2),
        "ACS": 4 / n_replicates,
        "successive-difference": 4 / n_replicates,
        "JK1": (n_replicates - 1) / n_replicates,
        "bootstrap": 1 / (n_replicates - 1),
    }
    return own.get(method or "other", 1.0) if design.scale is None else design.scale


def supplied_columns(design: SurveyDesign, frame: nw.DataFrame[Any], weights: Array, call: str) -> Replicates:
    """Read the replicate weights of a data file.

    Parameters
    ----------
    design : SurveyDesign
        The design.
    frame : narwhals DataFrame
        The data.
    weights : (n,) float array
        Full-sample weights.
    call : str
        The public call, for messages.

    Returns
    -------
    Replicates
        Of all n rows.

    Raises
    ------
    InputError
        If there are too few columns or other than expected, or a weight is missing, infinite or negative.
    """
    names = _columns(design, frame, call)
    matrix = read_numbers(frame, names, call, use="replicate column")
    bad = ~np.isfinite(matrix)
    if design.replicate_method not in _SIGNED:
        bad |= matrix < 0
    if bad.any():
        i, j = (int(each[0]) for each in np.nonzero(bad))
        raise InputError(
            f"{call}(): the replicate weight {names[j]!r} is {matrix[i, j]:g} in {row_name(frame, i)} "
            f"({int(bad.sum()):,} such values).",
            "Replicate weights are numbers from 0 up; zeros are normal.",
        )
    matrix[weights == 0] = 0.0  # such rows are nobody in the replicates too
    ratio = float(np.median(matrix.sum(axis=0)) / weights.sum())
    if design.combined and not 1 / _OFF <= ratio <= _OFF:
        raise InputError(
            f"{call}(): the replicate weights add up to {ratio:.2g} times the full-sample weights, so they "
            "look like factors of them.",
            "Say combined=False for factors; else check weights=.",
        )
    return supplied_replicates(
        matrix,
        scale=_scales(design, len(names)),
        rscales=None if design.rscales is None else np.array(design.rscales),
        weights=None if design.combined else weights,
    )
