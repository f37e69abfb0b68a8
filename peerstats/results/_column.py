"""One column of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from peerstats._core.checks import check_choice
from peerstats.errors import InputError

__all__ = ["Column", "Kind"]

Kind = Literal["text", "number", "integer", "p_value", "percent"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One column of a table: its name, its heading and how its values are printed.

    Parameters
    ----------
    key : str
        Name of the column, once a table.
    label : str
        Heading.
    kind : {"text", "number", "integer", "p_value", "percent"}
        How values are printed. A year is text: an integer has thousands separators.
    digits : int
        Decimals of "number" and "percent".
    blank_repeats : bool
        Print a value once and leave the cells below it empty until it changes, here or in a column
        to the left that does the same.
    group : str
        Heading that the column shares with the columns beside it that have the same; none if empty.

    Raises
    ------
    InputError
        If the kind is not known, `digits` is negative or the key is empty.

    Examples
    --------
    >>> from peerstats.results import Column
    >>> Column(key="mean", label="Mean", kind="number", digits=1).label
    'Mean'
    """

    key: str
    label: str
    kind: Kind = "text"
    digits: int = 2
    blank_repeats: bool = False
    group: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            raise InputError(f"Column(): the column labelled {self.label!r} has an empty key.", "Name it.")
        check_choice(self.kind, get_args(Kind), "kind", "Column")
        if self.digits < 0:
            raise InputError(
                f"Column(): column {self.key!r} has digits={self.digits!r}.", "Give 0 or more decimals."
            )
