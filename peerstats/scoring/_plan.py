"""A compiled instrument: which columns, which coding, which scales, which conversion."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from peerstats._core.close_names import did_you_mean
from peerstats._core.words import counted
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.instruments import Bands, Instrument, Scale

__all__ = ["MissingRule", "ScoringPlan", "compile_plan", "item_columns"]

MissingRule: TypeAlias = int | float | str | Mapping[str, int | float | str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoringPlan:
    """What to read and how to score it; both evaluators follow it.

    Attributes
    ----------
    instrument : Instrument
        The instrument.
    columns : tuple of str
        The data's column for each item, in item order.
    method : str
        mean, sum, lookup or irt.
    order : str or None
        The items' numbering, where several are in circulation.
    shift : int
        The file's lowest code minus the instrument's.
    missing_codes : tuple of float
        Codes that mean "no answer".
    missing_words : tuple of str
        Words that mean "no answer".
    scales : tuple of Scale
        Scales, with the number of answers that this call needs.
    bands : Bands or None
        Named bands of one scale's score, where the call asks for them.
    """

    instrument: Instrument
    columns: tuple[str, ...]
    method: str
    order: str | None
    shift: int
    missing_codes: tuple[float, ...]
    missing_words: tuple[str, ...]
    scales: tuple[Scale, ...]
    bands: Bands | None


def _from_pattern(items: str, instrument: Instrument) -> tuple[str, ...]:
    if items.count("{}") != 1:
        raise InputError(
            f"score(): items={items!r} has no single '{{}}' to stand for the item number.",
            "For example items='q_{}' reads q_1, q_2 and so on; or give a list of columns.",
        )
    return tuple(items.replace("{}", name) for name in instrument.item_names)


def _from_mapping(items: Mapping[object, str], instrument: Instrument) -> tuple[str, ...]:
    given = {str(name): column for name, column in items.items()}
    for names, known, problem in (
        (given, instrument.item_names, "is no item of"),
        (instrument.item_names, given, "has no column in items= for"),
    ):
        odd = [name for name in names if name not in known]
        if odd:
            raise InputError(
                f"score(): {odd[0]!r} {problem} {instrument.key!r}.",
                f"Its items are {', '.join(instrument.item_names)}.",
            )
    return tuple(given[name] for name in instrument.item_names)


def item_columns(
    items: str | Sequence[str] | Mapping[object, str], instrument: Instrument, columns: Sequence[str]
) -> tuple[str, ...]:
    """Name the data's column for each item.

    Parameters
    ----------
    items : str, sequence of str or mapping
        A pattern with `{}`, the columns in item order, or a mapping from item to column.
    instrument : Instrument
        The instrument.
    columns : sequence of str
        The data's columns.

    Returns
    -------
    tuple of str
        One column an item.

    Raises
    ------
    InputError
        If there are too many or too few, one is not in the data, or one is named twice.

    Examples
    --------
    >>> import peerstats as ps
    >>> from peerstats.scoring import item_columns
    >>> columns = [f"q{i}" for i in range(1, 17)]
    >>> item_columns("q{}", ps.get_instrument("mbi_gs"), columns)[:3]
    ('q1', 'q2', 'q3')
    """
    if isinstance(items, str):
        names = _from_pattern(items, instrument)
    elif isinstance(items, Mapping):
        names = _from_mapping(items, instrument)
    else:
        names = tuple(items)
    needed = len(instrument.item_names)
    if len(names) != needed:
        raise InputError(
            f"score(): {instrument.key!r} has {needed} items and items= names "
            f"{counted(len(names), 'column')}.",
            f"Name one column for each of the items {', '.join(instrument.item_names)}, in that order.",
        )
    missing = [name for name in names if name not in columns]
    if missing:
        are = "are" if len(missing) > 1 else "is"
        shown = ", ".join(map(repr, missing[:5])) + (", ..." if missing[5:] else "")
        raise InputError(
            f"score(): {instrument.key!r} needs {needed} item columns and {len(missing)} of them {are} "
            f"not in the data: {shown}.",
            f"{did_you_mean(missing[0], columns, what='columns')} "
            "Tell score() how your columns are named, for example items='q_{}'.",
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"score(): column {twice[0]!r} stands for more than one item of {instrument.key!r}.",
            "Name each item's own column in items=.",
        )
    return names


def _choose_method(method: str | None, instrument: Instrument) -> str:
    if method is None and instrument.methods[0] in ("mean", "sum"):
        return instrument.methods[0]
    if method not in instrument.methods:
        said = "needs a method" if method is None else f"cannot be scored by method={method!r}"
        raise InputError(
            f"score(): {instrument.key!r} {said}.",
            f"Say {' or '.join(f'method={m!r}' for m in instrument.methods)}.",
        )
    return method


def _by_order(instrument: Instrument, order: str | None) -> tuple[Scale, ...]:
    """Return the scales with the items of a numbering."""
    known = {each.name: each for each in instrument.orders}
    if order is None and (instrument.default_order is not None or not known):
        return instrument.scales
    if order not in known:
        said = "needs order=" if order is None else f"has no order {order!r}"
        told = "; ".join(f"order={each.name!r} ({each.about})" for each in known.values())
        raise InputError(
            f"score(): {instrument.key!r} {said}.", told or "Leave out order=: it has one numbering."
        )
    chosen = known[order].items
    return tuple(
        replace(scale, items=chosen[scale.name], min_answered=len(chosen[scale.name]))
        for scale in instrument.scales
    )


def _count(value: object, scale: Scale) -> int:
    """Turn a missing rule, a count or a share, into the number of answers it asks of a scale."""
    n_items = len(scale.items)
    if value == "all":
        return n_items
    if isinstance(value, float) and 0 < value < 1:
        return math.ceil(value * n_items)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= n_items:
        raise InputError(
            f"score(): min_answered={value!r} cannot be asked of {scale.name!r}, which has {n_items} items.",
            f"Give a count from 1 to {n_items}, a share between 0 and 1, or 'all'.",
        )
    return value


def _with_rule(
    scales: tuple[Scale, ...], rule: MissingRule | None, method: str, instrument: Instrument
) -> tuple[Scale, ...]:
    if rule is None:
        return scales
    if method in ("lookup", "irt"):
        raise InputError(
            f"score(): method={method!r} has its own missing rule, and min_answered= is given.",
            "Leave out min_answered=: a look-up needs every item, a response model one answer.",
        )
    if isinstance(rule, Mapping):
        odd = [name for name in rule if name not in instrument.scale_names]
        if odd:
            raise InputError(
                f"score(): min_answered= names {odd[0]!r}, which is no scale of {instrument.key!r}.",
                did_you_mean(str(odd[0]), instrument.scale_names, what="scales"),
            )
        return tuple(
            replace(s, min_answered=_count(rule[s.name], s)) if s.name in rule else s for s in scales
        )
    return tuple(replace(s, min_answered=_count(rule, s)) for s in scales)


def compile_plan(
    instrument: Instrument,
    *,
    columns: tuple[str, ...],
    method: str | None,
    order: str | None,
    min_answered: MissingRule | None,
    coded_from: int | None,
    missing_codes: Sequence[float | str],
    bands: bool,
) -> ScoringPlan:
    """Compile an instrument and a call's choices into a plan.

    Parameters
    ----------
    instrument : Instrument
        The instrument.
    columns : tuple of str
        The data's column for each item.
    method : str or None
        How to score; None for the instrument's own where it is a mean or a sum.
    order : str or None
        The items' numbering; None for the instrument's own.
    min_answered : int, float, "all", mapping or None
        Answers that a scale needs; None for the instrument's own rule.
    coded_from : int or None
        The lowest code of the file; None for the instrument's own.
    missing_codes : sequence of float or str
        Codes and words that mean "no answer".
    bands : bool
        Whether the scores' bands are asked for.

    Returns
    -------
    ScoringPlan
        The plan.

    Raises
    ------
    InputError
        If the method or the numbering is not the instrument's, the missing rule asks more than there is, or
        a missing code is also an answer.
    """
    shift = 0 if coded_from is None else int(coded_from) - instrument.low
    numbers = tuple(float(code) for code in missing_codes if not isinstance(code, str))
    clash = [c for c in numbers if instrument.low + shift <= c <= instrument.high + shift]
    if clash:
        raise InputError(
            f"score(): missing code {clash[0]:g} is also an answer: {instrument.key!r} is coded "
            f"{instrument.low + shift} to {instrument.high + shift} here.",
            "Check coded_from= and missing_codes=.",
        )
    if bands and instrument.bands is None:
        raise InputError(f"score(): {instrument.key!r} has no bands.", "Leave out bands=True.")
    method = _choose_method(method, instrument)
    scales = _by_order(instrument, order)
    return ScoringPlan(
        instrument=instrument,
        columns=columns,
        method=method,
        order=order or instrument.default_order,
        shift=shift,
        missing_codes=numbers,
        missing_words=tuple(code for code in missing_codes if isinstance(code, str)),
        scales=_with_rule(scales, min_answered, method, instrument),
        bands=instrument.bands if bands else None,
    )
