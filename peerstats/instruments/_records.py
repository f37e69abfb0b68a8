"""The parts of an instrument as records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.typing import Array, IntArray

__all__ = [
    "Anchors",
    "Bands",
    "Composite",
    "CutoffSet",
    "Example",
    "Groups",
    "LookupTable",
    "Match",
    "Order",
    "ResponseModel",
    "Scale",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scale:
    """One scale of an instrument.

    Attributes
    ----------
    name : str
        Name of the scale and of its score column.
    items : tuple of int
        Positions of its items in the instrument, from 0; empty where a numbering must be chosen first.
    reverse : tuple of int
        Positions of its reverse-keyed items; each is among `items`.
    min_answered : int
        Answers needed for a score.
    high_means : str
        What a high score means.
    unit : str
        Unit of the score.
    """

    name: str
    items: tuple[int, ...]
    reverse: tuple[int, ...]
    min_answered: int
    high_means: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anchors:
    """The words of the answers, from the lowest code to the highest.

    Attributes
    ----------
    items : tuple of int
        Positions of the items they belong to.
    words : tuple of str
        One for each answer code.
    """

    items: tuple[int, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """Scoring groups: who answered and how.

    Attributes
    ----------
    age_group : tuple of str
        Names of the age groups, youngest first.
    mode : tuple of str
        Names of the modes of administration.
    ages_from : tuple of int
        First age in years of each age group.
    """

    age_group: tuple[str, ...]
    mode: tuple[str, ...]
    ages_from: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LookupTable:
    """Published scores by raw total.

    Attributes
    ----------
    scores : (age groups, modes, totals) array
        Score for each scoring group and raw total 0, 1, ...
    """

    scores: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResponseModel:
    """Parameters of a bifactor graded response model, by scoring group.

    Attributes
    ----------
    slopes : (age groups, modes, items, 2) array
        Slopes on the general and on the item's specific factor.
    cuts : (age groups, modes, items, c) array
        Cuts between the c + 1 answers.
    factor : (items,) int array
        Which specific factor each item loads on, 0 or 1.
    mean, variance : (age groups, modes, 3) array
        Of the general and the two specific factors.
    grid : (q,) array
        Quadrature points.
    centre, spread : float
        A score is centre + spread x expected general factor, rounded to the nearest whole number.
    """

    slopes: Array
    cuts: Array
    factor: IntArray
    mean: Array
    variance: Array
    grid: Array
    centre: float
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Order:
    """A numbering of the items.

    Attributes
    ----------
    name, about, confidence : str
        What it is called, where it is used, and how well that is known.
    items : mapping of str to tuple of int
        Positions of each scale's items, from 0.
    """

    name: str
    about: str
    confidence: str
    items: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Composite:
    """A published weighted score of several scales' means.

    Attributes
    ----------
    name, about, confidence, source : str
        What it is, how well it is known, and where it is printed.
    weights : mapping of str to float
        Weight of each scale.
    reverse : tuple of str
        Scales that are reversed first.
    bands : tuple of str
        Names of its bands, from the lowest.
    bands_from : tuple of float
        Where the second and later bands begin.
    """

    name: str
    about: str
    confidence: str
    source: str
    weights: Mapping[str, float]
    reverse: tuple[str, ...]
    bands: tuple[str, ...]
    bands_from: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CutoffSet:
    """Legacy cut-offs of sum scores.

    Attributes
    ----------
    name, group, confidence, source, note : str
        What it is called, the norm group, how well it is known, where it is printed, and a caution.
    moderate_from, high_from : mapping of str to float
        Where the moderate and the high band of each scale's sum begin.
    burnout : mapping of str to str
        "high" or "low": which end of the scale is the burnout direction.
    """

    name: str
    group: str
    confidence: str
    source: str
    note: str
    moderate_from: Mapping[str, float]
    high_from: Mapping[str, float]
    burnout: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """Match and mismatch about a midpoint of a scale's mean.

    Attributes
    ----------
    midpoint : float
        Exactly on it is neutral.
    about, confidence : str
        The rule, and how well it is known.
    """

    midpoint: float
    about: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bands:
    """Named bands of a score.

    Attributes
    ----------
    scale : str
        The scale.
    names : tuple of str
        From the lowest band.
    lower : tuple of float
        Where the second and later bands begin.
    confirmed : bool
        Whether the edges were confirmed.
    confirm : str
        How to confirm them.
    """

    scale: str
    names: tuple[str, ...]
    lower: tuple[float, ...]
    confirmed: bool
    confirm: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """A worked example that proves the file.

    Attributes
    ----------
    answers : tuple of int or None
        One answer an item; None where there is none.
    method : str
        How it is scored.
    groups : mapping of str to str
        Age group and mode, where the instrument has them.
    order : str or None
        The numbering, where it is not the instrument's own.
    scores : mapping of str to float
        What must come out, by scale.
    source : str
        Where that is printed.
    """

    answers: tuple[int | None, ...]
    method: str
    groups: Mapping[str, str]
    order: str | None
    scores: Mapping[str, float]
    source: str
