"""Which sums an engine is asked for: of products of columns, by distinct values of others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import is_null

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats._core.frames import nw
    from peerstats.typing import Array, BoolArray

__all__ = [
    "FINITE",
    "INFINITE",
    "MISSING",
    "POSITIVE",
    "ROWS",
    "WEIGHT_FAULTS",
    "WEIGHT_STATE",
    "Beside",
    "Number",
    "Totals",
    "highest",
    "lowest",
    "state",
]

# Columns of a table of totals; no column of a user is called so.
ROWS = "__peerstats_rows__"
WEIGHT_STATE = "__peerstats_weight_state__"

# What a number can be; a weight of zero is MISSING in no sense, so its states have numbers of their own.
MISSING, FINITE, INFINITE = 0, 1, 2
POSITIVE = 1  # and 0 for a weight of zero
# what else a weight can be: in the order in which it is told
WEIGHT_FAULTS = {2: "missing", 3: "infinite", 4: "negative", 5: "fraction"}


def state(column: str) -> str:
    """Name the key that says whether a column is missing, finite or infinite."""
    return f"__peerstats_state__{column}"


def lowest(number: str) -> str:
    """Name the least value of a number."""
    return f"__peerstats_lowest__{number}"


def highest(number: str) -> str:
    """Name the greatest value of a number."""
    return f"__peerstats_highest__{number}"


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A column as a number: what is missing or infinite counts as zero.

    Parameters
    ----------
    column : str
        The column.
    less : str or None
        Number of the table beside that is taken off.
    at_most : str or None
        Number of the table beside: 1 where the column is at most that, else 0.
    log : bool
        Whether its natural logarithm is meant; 0 where the column is not positive.
    """

    column: str
    less: str | None = None
    at_most: str | None = None
    log: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beside:
    """A small table that is joined to the rows.

    Parameters
    ----------
    frame : narwhals DataFrame
        m rows of the keys, each row another; columns and states as `Batches.totals` gave them. A row of the
        data without a key has no numbers.
    keys : tuple of str
        Columns of the data, or names of states.
    numbers : mapping of str to (m,) float array
        Numbers of each row.
    inner : bool
        Whether rows of the data that have no row in the table are left out.
    """

    frame: nw.DataFrame[Any]
    keys: tuple[str, ...]
    numbers: Mapping[str, Array]
    inner: bool

    def known(self) -> BoolArray:
        """Return which of the m rows have all keys: a missing one meets nothing."""
        found = np.ones(len(self.frame), dtype=bool)
        for name in self.keys:
            found &= ~is_null(self.frame[name])
        return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Totals:
    """Numbers of rows and sums of products, for each distinct pattern of keys.

    Parameters
    ----------
    keys : tuple of str
        Columns.
    states : tuple of str
        Columns of numbers whose state is a key: missing (NaN too), finite or infinite.
    beside_keys : tuple of str
        Numbers of the table beside that are keys.
    weights : str or None
        Column of weights, whose state is a key: zero, positive, or what is wrong with it.
    whole : bool
        Whether weights must be whole numbers.
    numbers : mapping of str to Number
        Numbers by the names that products call them.
    sums : mapping of str to tuple of str
        Numbers that are multiplied with each other, by the name of their sum.
    extremes : tuple of str
        Numbers whose least and greatest values are wanted.
    where : str or None
        Boolean column of the only rows that are read.
    positive : bool
        Whether only rows with a positive weight are read.
    beside : Beside or None
        A table that is joined to the rows.
    limit : int
        The most patterns; a table of more rows than that says that there are more.
    """

    keys: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    beside_keys: tuple[str, ...] = ()
    weights: str | None = None
    whole: bool = False
    numbers: Mapping[str, Number] = field(default_factory=dict)
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extremes: tuple[str, ...] = ()
    where: str | None = None
    positive: bool = False
    beside: Beside | None = None
    limit: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, keys of the table beside among them."""
        beside = () if self.beside is None else self.beside.keys
        states = {state(name) for name in self.states}
        found = [*self.keys, *(name for name in beside if name not in states), *self.read_as_numbers]
        if self.where is not None:
            found.append(self.where)
        return tuple(dict.fromkeys(found))

    @property
    def read_as_numbers(self) -> tuple[str, ...]:
        """The columns that are read as numbers."""
        weights = () if self.weights is None else (self.weights,)
        each = (number.column for number in self.numbers.values())
        return tuple(dict.fromkeys([*self.states, *weights, *each]))

    @property
    def by(self) -> tuple[str, ...]:
        """The names of all keys."""
        own = () if self.weights is None else (WEIGHT_STATE,)
        return (*self.keys, *map(state, self.states), *self.beside_keys, *own)
