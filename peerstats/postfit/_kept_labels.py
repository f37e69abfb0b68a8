"""The part of a codebook that a fit keeps: the words of the columns that it uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.labels import code_text, codebook_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.design import FrozenDesign

__all__ = ["KeptLabels", "keep_labels", "levels_of"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptLabels:
    """Labels of some columns and of their values: a codebook without counts.

    Parameters
    ----------
    columns : mapping of str to str
        Labels by column, of those that have one.
    levels : mapping of str to (mapping of value to str)
        Value labels by column, of those that have some.

    Examples
    --------
    >>> from peerstats.postfit import KeptLabels
    >>> kept = KeptLabels(columns={"state": "State of work"}, levels={"state": {1: "North Carolina"}})
    >>> kept.label("state"), kept.labels("state"), kept.label("age")
    ('State of work', {1: 'North Carolina'}, 'age')
    """

    columns: Mapping[str, str]
    levels: Mapping[str, Mapping[Any, str]]

    def __peerstats_labels__(self) -> None:
        """Say that tables may take their labels here."""

    def label(self, name: str) -> str:
        """Return what a column is called in print.

        Parameters
        ----------
        name : str
            A column.

        Returns
        -------
        str
            Its label; the name itself where there is none.
        """
        return self.columns.get(name, name)

    def labels(self, name: str) -> Mapping[Any, str]:
        """Return a column's value labels.

        Parameters
        ----------
        name : str
            A column.

        Returns
        -------
        mapping of value to str
            Labels by value; empty where there are none.
        """
        return self.levels.get(name, {})

    def to_dict(self) -> dict[str, Any]:
        """Return the labels as a dictionary that JSON can hold.

        Returns
        -------
        dict
            Keys columns, labels by name; and levels, by name a list of pairs of value and label.
        """
        return {
            "columns": dict(self.columns),
            "levels": {name: [list(pair) for pair in known.items()] for name, known in self.levels.items()},
        }

    @classmethod
    def from_dict(cls, record: Any) -> KeptLabels:
        """Rebuild the labels from `to_dict()`.

        Parameters
        ----------
        record : mapping
            What `to_dict` returned.

        Returns
        -------
        KeptLabels
            The same labels.

        Raises
        ------
        TypeError
            If the record is none of labels.
        """
        whole = isinstance(record, Mapping) and set(record) == {"columns", "levels"}
        if not whole or not all(isinstance(record[key], Mapping) for key in record):
            raise TypeError("is none of labels")
        pairs = [tuple(pair) for known in record["levels"].values() for pair in known]
        texts = [*record["columns"].values(), *(pair[1] for pair in pairs if len(pair) == 2)]  # noqa: PLR2004
        if any(len(pair) != 2 or not isinstance(pair[0], str | int | float) for pair in pairs) or not all(  # noqa: PLR2004
            isinstance(text, str) for text in texts
        ):
            raise TypeError("has a label that is no text, or not one of a value")
        values = {name: {pair[0]: pair[1] for pair in known} for name, known in record["levels"].items()}
        return cls(columns=dict(record["columns"]), levels=values)


def keep_labels(
    data: Any, names: Iterable[str | None], levels: Mapping[str, Iterable[Any]]
) -> KeptLabels | None:
    """Take the labels of the columns that a model uses out of a codebook.

    Parameters
    ----------
    data : object
        What carries a codebook, or None.
    names : iterable of str or None
        Columns, and expressions that name them.
    levels : mapping of str to iterable
        Columns whose values are named, and these: of other values nothing is kept, for a file may label
        people and places.

    Returns
    -------
    KeptLabels or None
        Their labels; None where there is no codebook, or it has nothing to say of them.
    """
    book = codebook_of(data)
    if book is None:
        return None
    given = [name for name in names if name is not None]
    used = dict.fromkeys([*given, *(word for name in given for word in re.findall(r"[^\W\d]\w*", name))])
    columns = {name: book.label(name) for name in used if book.label(name) != name}
    values: dict[str, dict[Any, str]] = {}
    for name, wanted in levels.items():
        texts = {code_text(level) for level in wanted}
        kept = {value: label for value, label in book.labels(name).items() if code_text(value) in texts}
        if kept:
            values[name] = kept
    return KeptLabels(columns=columns, levels=values) if columns or values else None


def levels_of(
    design: FrozenDesign, outcome: str, outcome_levels: Iterable[Any]
) -> dict[str, tuple[Any, ...]]:
    """Return the columns whose values a model names, with these.

    Parameters
    ----------
    design : FrozenDesign
        The design.
    outcome : str
        The outcome.
    outcome_levels : iterable
        Its levels.

    Returns
    -------
    dict of str to tuple
        The outcome's levels, and those of every category.
    """
    found: dict[str, tuple[Any, ...]] = {outcome: tuple(outcome_levels)}
    for factor in design.factors:
        for name in factor.variables:
            found[name] = (*found.get(name, ()), *factor.levels)
    return found
