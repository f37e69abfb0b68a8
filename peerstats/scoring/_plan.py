"""A compiled instrument: which columns, which coding, which scales, which conversion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.instruments import Instrument, Scale

__all__ = ["ScoringPlan", "compile_plan", "item_columns"]


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
    shift : int
        The file's lowest code minus the instrument's.
    missing_codes : tuple of float
        Codes that mean "no answer".
    scales : tuple of Scale
        Scales, with the number of answers that this call needs.
    """

    instrument: Instrument
    columns: tuple[str, ...]
    method: str
    shift: int
    missing_codes: tuple[float, ...]
    scales: tuple[Scale, ...]


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
            f"score(): {instrument.key!r} has {needed} items and items= names {len(names)} columns.",
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


def compile_plan(
    instrument: Instrument,
    *,
    columns: tuple[str, ...],
    method: str | None,
    coded_from: int | None,
    missing_codes: Sequence[float],
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
    coded_from : int or None
        The lowest code of the file; None for the instrument's own.
    missing_codes : sequence of float
        Codes that mean "no answer".

    Returns
    -------
    ScoringPlan
        The plan.

    Raises
    ------
    InputError
        If the method is not the instrument's, or a missing code is also an answer.
    """
    shift = 0 if coded_from is None else int(coded_from) - instrument.low
    clash = [c for c in missing_codes if instrument.low + shift <= c <= instrument.high + shift]
    if clash:
        raise InputError(
            f"score(): missing code {clash[0]!r} is also an answer: {instrument.key!r} is coded "
            f"{instrument.low + shift} to {instrument.high + shift} here.",
            "Check coded_from= and missing_codes=.",
        )
    return ScoringPlan(
        instrument=instrument,
        columns=columns,
        method=_choose_method(method, instrument),
        shift=shift,
        missing_codes=tuple(float(c) for c in missing_codes),
        scales=instrument.scales,
    )
