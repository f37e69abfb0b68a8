"""Labels beside data: what a survey file says about its columns, for tables and plots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "AGAINST",
    "CROSS",
    "GroupedLabels",
    "Labels",
    "Words",
    "code_text",
    "codebook_of",
    "frame_of",
    "grouped",
    "label_of",
    "labels_of",
]

AGAINST = " against "
CROSS = " x "  # between the columns of a margin or an interaction
_MISSING = " missing"
# Where the lines of a result name columns: "5 respondents without job and state left out", "5 wage missing"
_WITHOUT = re.compile(r"(?<=\bwithout )([^(),;]+?)(?= left out|\)|$)")
_LACKED = re.compile(r"(?<=\d )([^(),;]+?)(?= missing\b)")
# A name inside an expression: no function, no keyword argument, no part of a longer or a quoted name
_NAME = re.compile(r"(?<![\w.\"'])[^\W\d]\w*(?![\w\"']|\s*\(|\s*=[^=])")


@runtime_checkable
class Labels(Protocol):
    """What a codebook answers."""

    def label(self, name: str) -> str:
        """Return a column's label; its name where it has none or is not known."""
        ...

    def labels(self, name: str) -> Mapping[Any, str]:
        """Return a column's value labels by value, empty where it has none or is not known."""
        ...


def frame_of(data: Any) -> Any:
    """Return the frame of what carries one beside its labels; anything else as it is.

    Parameters
    ----------
    data : object
        What the caller gave.

    Returns
    -------
    object
        The frame of a `Survey`, found by its method `__peerstats_frame__`.
    """
    own = getattr(type(data), "__peerstats_frame__", None)
    return data if own is None else own(data)


def codebook_of(data: Any) -> Labels | None:
    """Return the codebook that stands beside data.

    Parameters
    ----------
    data : object
        A `Survey`, a codebook itself, a result that keeps one, or a frame.

    Returns
    -------
    Labels or None
        None for a frame: labels never ride on one.
    """
    # asked of the type: a frame may have columns of any name
    kind = type(data)
    if not hasattr(kind, "__peerstats_labels__"):
        keeps = hasattr(kind, "__peerstats_frame__") or hasattr(kind, "codebook")
        data = data.codebook if keeps else None
    return data if isinstance(data, Labels) else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupedLabels:
    """A codebook that knows which columns the groups of a result are of.

    Parameters
    ----------
    book : Labels
        The codebook.
    by : tuple of str
        Columns of the groups.
    """

    book: Labels
    by: tuple[str, ...]

    def __peerstats_labels__(self) -> None:
        """Say that tables may take their labels here."""

    def label(self, name: str) -> str:
        """Return a column's label."""
        return self.book.label(name)

    def labels(self, name: str) -> Mapping[Any, str]:
        """Return a column's value labels."""
        return self.book.labels(name)


def grouped(data: Any, by: str | Sequence[str] | None) -> Labels | None:
    """Return the codebook that stands beside data, for a result by groups.

    Parameters
    ----------
    data : object
        What the caller gave.
    by : str, sequence of str or None
        Columns of the groups.

    Returns
    -------
    Labels or None
        None where there is no codebook.
    """
    book = codebook_of(data)
    if book is None or by is None:
        return book
    own = book.book if isinstance(book, GroupedLabels) else book
    return GroupedLabels(book=own, by=(by,) if isinstance(by, str) else tuple(by))


def label_of(data: Any, name: str) -> str:
    """Return what a column is called in print: its label, or its name where there is none."""
    book = codebook_of(data)
    return name if book is None else book.label(name)


def labels_of(data: Any, name: str) -> Mapping[Any, str]:
    """Return a column's value labels by value; empty where there are none."""
    book = codebook_of(data)
    return {} if book is None else book.labels(name)


def code_text(value: Any) -> str:
    """Return a code as people write it: 1.0 is 1."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _one_line(label: str) -> str:
    """Return a label as it can stand within a sentence: breaks of lines are spaces."""
    return " ".join(label.split()) if any(mark in label for mark in "\r\n\v\f\u2028\u2029") else label


class Words:
    """What columns and their values are called in tables and plots; frames keep the names of the data.

    Parameters
    ----------
    data : object
        What carries a codebook, or None: every name and value is then its own word.
    """

    __slots__ = ("_by_text", "book")

    def __init__(self, data: Any) -> None:
        self.book = codebook_of(data)
        self._by_text: dict[str, dict[str, str]] = {}

    def __bool__(self) -> bool:
        """Return whether there is a codebook."""
        return self.book is not None

    def name(self, name: str) -> str:
        """Return what a column is called, or an expression of columns, such as log(wage)."""
        if self.book is None:
            return name
        label = self.book.label(name)
        if label != name or name.isidentifier():
            return _one_line(label)
        book = self.book
        return _NAME.sub(lambda found: _one_line(book.label(found[0])), name)

    def names(self, names: Iterable[str]) -> list[str]:
        """Return what columns are called; the name stands behind a label that two of them share."""
        given = list(names)
        found = {name: self.name(name) for name in given}
        words = list(found.values())
        return [found[name] if words.count(found[name]) == 1 else f"{found[name]} [{name}]" for name in given]

    def joined(self, names: str, between: str) -> str:
        """Return what columns are called whose names stand in one text."""
        return between.join(self.name(each) for each in names.split(between)) if self else names

    def level(self, name: str, level: Any) -> str:
        """Return what a value of a column is called; a value may be given as its text.

        Two codes with one label stay apart: the code stands behind the label.
        """
        text = code_text(level)
        if self.book is None:
            return str(level)
        if name not in self._by_text:
            known = self.book.labels(name)
            given = list(known.values())
            self._by_text[name] = {
                code_text(value): _one_line(
                    label if given.count(label) == 1 else f"{label} [{code_text(value)}]"
                )
                for value, label in known.items()
            }
        found = self._by_text[name]
        if text not in found and text.endswith(".0"):
            text = text.removesuffix(".0")
        return found.get(text, str(level))

    def levels(self, name: str, levels: Iterable[Any]) -> list[str]:
        """Return what values of a column are called."""
        return [self.level(name, level) for level in levels]

    def change(self, name: str, change: str) -> str:
        """Return a change between two values in words, as it stands in margins: 1 against 2."""
        to, against, start = change.partition(AGAINST)
        return f"{self.level(name, to)}{AGAINST}{self.level(name, start)}" if self and against else change

    def crossed(self, names: Sequence[str], levels: str, between: str = ", ") -> str:
        """Return what a combination of values of several columns is called: 1, 2."""
        parts = levels.split(between) if len(names) > 1 else [levels]
        if not self or len(parts) != len(names):
            return levels
        return between.join(self.level(name, part) for name, part in zip(names, parts, strict=True))

    @property
    def by(self) -> tuple[str, ...]:
        """Columns of the groups, where the result has some."""
        return self.book.by if isinstance(self.book, GroupedLabels) else ()

    def group(self, group: str) -> str:
        """Return what a group is called."""
        return self.crossed(self.by, group) if self.by else group

    def groups(self, groups: Iterable[str]) -> list[str]:
        """Return what groups are called."""
        return [self.group(group) for group in groups]

    def heading(self, otherwise: str) -> str:
        """Return what the groups are groups of."""
        return ", ".join(self.names(self.by)) or otherwise

    def lines(self, lines: Iterable[str]) -> tuple[str, ...]:
        """Return what is said of rows left out, the columns that they lack in words."""
        if self.book is None:
            return tuple(lines)
        return tuple(_LACKED.sub(self._listed, _WITHOUT.sub(self._listed, line)) for line in lines)

    def _listed(self, found: re.Match[str]) -> str:
        book = self.book
        parts = re.split(r"( and | or )", found[1])
        return "".join(part if book is None else _one_line(book.label(part)) for part in parts)

    def reason(self, reason: str) -> str:
        """Return why rows were left out, the column that they lack in words."""
        name, ending = reason.removesuffix(_MISSING), reason.endswith(_MISSING)
        return f"{self.name(name)}{_MISSING}" if self and ending else reason
