"""The records that an instrument file becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.typing import Array, IntArray

__all__ = ["Anchors", "Example", "Groups", "Instrument", "LookupTable", "ResponseModel", "Scale"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scale:
    """One scale of an instrument.

    Attributes
    ----------
    name : str
        Name of the scale and of its score column.
    items : tuple of int
        Positions of its items in the instrument, from 0.
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
    scores : mapping of str to float
        What must come out, by scale.
    source : str
        Where that is printed.
    """

    answers: tuple[int | None, ...]
    method: str
    groups: Mapping[str, str]
    scores: Mapping[str, float]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instrument:
    """A questionnaire: items, key, response range, scales, conversion, source and licence.

    Attributes
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
        Its scales.
    groups : Groups or None
        Scoring groups, where the conversion needs them.
    lookup : LookupTable or None
        Published conversion by raw total.
    irt : ResponseModel or None
        Published response model.
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
    methods: tuple[str, ...]
    notes: tuple[str, ...]
    confidence: Mapping[str, str]
    low: int
    high: int
    item_names: tuple[str, ...]
    item_text: tuple[str, ...]
    anchors: tuple[Anchors, ...]
    scales: tuple[Scale, ...]
    groups: Groups | None
    lookup: LookupTable | None
    irt: ResponseModel | None
    examples: tuple[Example, ...]

    @property
    def scale_names(self) -> tuple[str, ...]:
        """Names of the scales, in order."""
        return tuple(scale.name for scale in self.scales)

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
            lines.append(f"  {scale.name}: items {' '.join(names)} (high = {scale.high_means})")
        if any(scale.reverse for scale in self.scales):
            lines.append("  a minus marks a reverse-keyed item")
        lines.append(f"wording: {self.wording}; {self.licence}")
        if not self.confirmed:
            lines.append("key NOT confirmed: see .notes")
        return "\n".join(lines)
