"""Cells and labels as SPSS and Stata keep them."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from peerstats.files._codebook import Codebook
    from peerstats.files._variable import Variable

__all__ = ["category_codes", "spss_missing", "stata_letters", "with_codes"]

_MOST_CODES = 3  # single user-missing codes of a variable in SPSS; beside a range, one


def with_codes(frame: Any, book: Codebook) -> tuple[Any, dict[str, dict[Any, str]]]:
    """Turn categories back into codes, and numbers with labels into the type of their labels."""
    changed, labels = {}, {}
    for name in frame.columns:
        column = frame[name]
        values = dict(book[name].values) if name in book else {}
        if hasattr(column, "cat"):
            changed[name], values = category_codes(column, values)
            column = changed[name]
        text = any(isinstance(cell, str) for cell in values) and column.dtype.kind not in "fiub"
        if values and column.dtype.kind in "iub":
            changed[name] = column.astype(float)
        if values:
            labels[name] = values if text else {_number(value): label for value, label in values.items()}
    return type(frame)({name: changed.get(name, frame[name]) for name in frame.columns}), labels


def _number(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)


def category_codes(column: Any, values: Mapping[Any, str]) -> tuple[Any, dict[Any, str]]:
    """Turn categories back into codes: by their labels, or from 1 where they have none."""
    by_label = {label: value for value, label in values.items()}
    words = [str(word) for word in column.cat.categories]
    if not set(words) <= set(by_label):
        by_label = {word: float(i + 1) for i, word in enumerate(words)}
    codes = [by_label.get(str(cell)) for cell in column.tolist()]
    whole = dict(values) if set(words) <= set(values.values()) else {v: k for k, v in by_label.items()}
    made = column.astype(object)
    made[:] = codes
    numeric = not any(isinstance(code, str) for code in codes)
    return (made.astype(float) if numeric else made), whole


def spss_missing(frame: Any, book: Codebook, call: str) -> Iterator[tuple[str, list[Any]]]:
    for name in frame.columns:
        ranges = book[name].missing if name in book else ()
        if not ranges:
            continue
        wide = [(low, high) for low, high in ranges if low != high]
        if len(wide) > 1 or len(ranges) - len(wide) > (1 if wide else _MOST_CODES):
            raise InputError(
                f"{call}(): {name!r} has {len(ranges)} user-missing codes and ranges, and SPSS keeps three "
                "codes or a range and a code.",
                "Recode some of them before.",
            )
        numeric = frame[name].dtype.kind in "fiub"
        yield (
            name,
            [
                (float(low) if numeric else low) if low == high else {"lo": low, "hi": high}
                for low, high in ranges
            ],
        )


def stata_letters(column: Any, variable: Variable, call: str) -> tuple[Any, dict[Any, str]]:
    """Write user-missing codes as Stata's .a to .z, in the order of the codes; in text they become blank."""
    numeric = column.dtype.kind in "fiub" or variable.kind != "text"
    if not numeric:
        return column.map(
            lambda cell: "" if isinstance(cell, str) and variable.is_missing(cell) else cell
        ), {}
    single = [low for low, high in variable.missing if low == high]
    codes = list(dict.fromkeys([*single, *variable.missing_counts]))
    own = [code for code in codes if isinstance(code, str)]
    free = [letter for letter in ascii_lowercase if letter not in own]
    numbers = sorted(code for code in codes if not isinstance(code, str))
    if len(numbers) > len(free):
        raise InputError(
            f"{call}(): {variable.name!r} has {len(numbers)} user-missing codes, and Stata has {len(free)}.",
            "Recode some of them before.",
        )
    renamed: dict[Any, str] = {code: code for code in own}
    renamed |= {float(code): letter for code, letter in zip(numbers, free, strict=False)}
    cells = [renamed.get(cell, cell) for cell in column.tolist()]
    made = column.astype(object)
    made[:] = cells
    return made, renamed
