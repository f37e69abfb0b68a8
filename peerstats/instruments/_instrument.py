"""The record that an instrument file becomes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from peerstats.instruments._write import instrument_tables, instrument_text, write_new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from peerstats.instruments._records import (
        Anchors,
        Bands,
        Composite,
        CutoffSet,
        Example,
        Groups,
        LookupTable,
        Match,
        Order,
        ResponseModel,
        Scale,
    )

__all__ = ["Instrument"]


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
