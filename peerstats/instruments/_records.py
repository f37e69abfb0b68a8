"""The records that an instrument file becomes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from peerstats.instruments._write import instrument_tables, instrument_text, write_new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from peerstats.typing import Array, IntArray

__all__ = [
    "Anchors",
    "Bands",
    "Composite",
    "CutoffSet",
    "Example",
    "Groups",
    "Instrument",
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instrument:
    """A questionnaire: items, key, response range, scales, conversion, source and licence.

    Parameters
    ----------
    key : str
        Name by which calls ask for it.
    title, form : str
        Full name, and the form of it ("10 items").
    wording : str
        "public domain", or "not distributed" where the item text is licensed.
    licence, reference : str
        Who owns it, and where it is published.
    confirmed : bool
        Whether its key was confirmed; if not, every result says so.
    confirm : str
        How to confirm it.
    methods : tuple of str
        Ways to score it; where there is more than one conversion the caller chooses.
    notes : tuple of str
        What a user should know before scoring.
    confidence : mapping of str to str
        For each part of the file: V verified, 1 read in one source, R recalled.
    low, high : int
        Lowest and highest answer code.
    item_names : tuple of str
        What `{}` in a column pattern stands for, in order.
    item_text : tuple of str
        Wording, empty where it is not distributed.
    anchors : tuple of Anchors
        Words of the answers.
    scales : tuple of Scale
        Its scales, by the instrument's own numbering.
    orders : tuple of Order
        Numberings in circulation; empty where there is one.
    default_order : str or None
        The instrument's own; None where the caller must choose.
    groups : Groups or None
        Scoring groups, where the conversion needs them.
    lookup : LookupTable or None
        Published conversion by raw total.
    irt : ResponseModel or None
        Published response model.
    roles : mapping of str to str
        Which scale is exhaustion, cynicism and efficacy, for burnout profiles.
    composites : tuple of Composite
        Weighted scores.
    cutoffs : tuple of CutoffSet
        Legacy cut-offs; used on request only.
    match : Match or None
        Match and mismatch about a midpoint.
    bands : Bands or None
        Named bands; used on request only.
    examples : tuple of Example
        Worked examples; a test runs them all.

    Examples
    --------
    >>> import peerstats as ps
    >>> ps.get_instrument("mbi_gs").scale_names
    ('exhaustion', 'cynicism', 'professional_efficacy')
    """

    key: str
    title: str
    form: str
    wording: str
    licence: str
    reference: str
    confirmed: bool
    confirm: str
    methods: tuple[str, ...]
    notes: tuple[str, ...]
    confidence: Mapping[str, str]
    low: int
    high: int
    item_names: tuple[str, ...]
    item_text: tuple[str, ...]
    anchors: tuple[Anchors, ...]
    scales: tuple[Scale, ...]
    orders: tuple[Order, ...]
    default_order: str | None
    groups: Groups | None
    lookup: LookupTable | None
    irt: ResponseModel | None
    roles: Mapping[str, str]
    composites: tuple[Composite, ...]
    cutoffs: tuple[CutoffSet, ...]
    match: Match | None
    bands: Bands | None
    examples: tuple[Example, ...]

    @property
    def scale_names(self) -> tuple[str, ...]:
        """Names of the scales, in order."""
        return tuple(scale.name for scale in self.scales)

    def to_toml(self, path: str | PathLike[str] | None = None) -> str:
        """Write the instrument as an instrument file.

        Parameters
        ----------
        path : str or path, optional
            Where to; conversion tables are written beside it. An existing file is not replaced.

        Returns
        -------
        str
            The TOML text.

        Raises
        ------
        SourceError
            If the file is already there or cannot be written.

        Examples
        --------
        >>> import peerstats as ps
        >>> text = ps.get_instrument("mbi_gs").to_toml()
        >>> text.splitlines()[1]
        'key = "mbi_gs"'
        """
        text = instrument_text(self)
        if path is not None:
            home = Path(path)
            write_new({home: text} | {home.with_name(n): t for n, t in instrument_tables(self).items()})
        return text

    def __repr__(self) -> str:
        """Return key, title, form, scales and licence in a few lines."""
        lines = [
            f"{self.title} [{self.key}]",
            (
                f"{len(self.item_names)} items answered {self.low}-{self.high}; "
                f"scored by {' or '.join(self.methods)}"
            ),
        ]
        for scale in self.scales:
            names = [("-" if i in scale.reverse else "") + self.item_names[i] for i in scale.items]
            items = f"items {' '.join(names)}" if names else "items by order="
            lines.append(f"  {scale.name}: {items} (high = {scale.high_means})")
        if any(scale.reverse for scale in self.scales):
            lines.append("  a minus marks a reverse-keyed item")
        if self.orders:
            named = [
                f"{o.name} (the default)" if o.name == self.default_order else o.name for o in self.orders
            ]
            lines.append(f"orders: {', '.join(named)}")
        lines.append(f"wording: {self.wording}; {self.licence}")
        if not self.confirmed:
            lines.append(f"key NOT confirmed: {self.confirm}")
        return "\n".join(lines)
