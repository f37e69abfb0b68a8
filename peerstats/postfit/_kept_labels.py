"""The part of a codebook that a fit keeps: the words of the columns that it uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats._core.labels import codebook_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["KeptLabels", "keep_labels"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptLabels:
    """Labels of some columns and of their values: a codebook without counts.

    Parameters
    ----------
    columns : mapping of str to str
        Labels by column, of those that have one.
    values : mapping of str to (mapping of value to str)
        Value labels by column, of those that have some.

    Examples
    --------
    >>> from peerstats.postfit import KeptLabels
    >>> kept = KeptLabels(columns={"state": "State of work"}, values={"state": {1: "North Carolina"}})
    >>> kept.label("state"), kept.labels("state"), kept.label("age")
    ('State of work', {1: 'North Carolina'}, 'age')
    """

    columns: Mapping[str, str]
    values: Mapping[str, Mapping[Any, str]]

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
        return self.values.get(name, {})

    def to_dict(self) -> dict[str, Any]:
        """Return the labels as a dictionary that JSON can hold.

        Returns
        -------
        dict
            Keys columns, labels by name; and values, by name a list of pairs of value and label.
        """
        return {
            "columns": dict(self.columns),
            "values": {name: [list(pair) for pair in known.items()] for name, known in self.values.items()},
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
        whole = isinstance(record, Mapping) and set(record) == {"columns", "values"}
        if not whole or not all(isinstance(record[key], Mapping) for key in record):
            raise TypeError("is none of labels")
        pairs = [tuple(pair) for known in record["values"].values() for pair in known]
        texts = [*record["columns"].values(), *(pair[1] for pair in pairs if len(pair) == 2)]  # noqa: PLR2004
        if any(len(pair) != 2 or not isinstance(pair[0], str | int | float) for pair in pairs) or not all(  # noqa: PLR2004
            isinstance(text, str) for text in texts
        ):
            raise TypeError("has a label that is no text, or not one of a value")
        values = {name: {pair[0]: pair[1] for pair in known} for name, known in record["values"].items()}
        return cls(columns=dict(record["columns"]), values=values)


def keep_labels(data: Any, names: Iterable[str | None]) -> KeptLabels | None:
    """Take the labels of the columns that a model uses out of a codebook.

    Parameters
    ----------
    data : object
        What carries a codebook, or None.
    names : iterable of str or None
        Columns, and expressions that name them.

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
    values = {
        name: {value: label for value, label in known.items() if isinstance(value, str | int | float)}
        for name in used
        if (known := book.labels(name))
    }
    return KeptLabels(columns=columns, values=values) if columns or values else None
