"""Where each factor's values go in the design: settled once, so that blocks of rows cost copies only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.typing import Array

__all__ = ["DesignLayout", "Part", "Place"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One factor of a block of columns.

    Parameters
    ----------
    code : str
        The factor's text in the formula.
    contrasts : (columns, levels + 1) float array or None
        Columns of each level, the last of missing values; None for numbers.
    width : int
        Number of its columns.
    """

    code: str
    contrasts: Array | None
    width: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """A block of columns: the products of its factors' columns.

    Parameters
    ----------
    first, last : int
        Its first row in the design, and the row after its last.
    parts : tuple of Part
        Its factors; none for the intercept.
    """

    first: int
    last: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DesignLayout:
    """The blocks of a design's columns.

    Parameters
    ----------
    places : tuple of Place
        In the order of the columns.
    """

    places: tuple[Place, ...]

    def matrix(self, coded: Mapping[str, Array], start: int, stop: int) -> Array:
        """Build the design of some rows.

        Parameters
        ----------
        coded : mapping of str to (n,) or (n, columns) array
            What `FrozenDesign.code` returned.
        start, stop : int
            The first row, and the row after the last.

        Returns
        -------
        (k, m) float array
            One row per column of the design; NaN where a value is missing.
        """
        x = np.empty((self.places[-1].last if self.places else 0, stop - start))
        for place in self.places:
            if len(place.parts) == 1 and place.parts[0].contrasts is None and place.parts[0].width == 1:
                x[place.first] = coded[place.parts[0].code][start:stop]
            else:
                _fill(x[place.first : place.last], place.parts, coded, start, stop)
        return x


def _fill(out: Array, parts: tuple[Part, ...], coded: Mapping[str, Array], start: int, stop: int) -> None:
    """Write the columns of a block into `out`; the left-most factor varies fastest, as in patsy and R."""
    if not parts:
        out[:] = 1.0
    block: Array | None = None
    for position, part in enumerate(parts, 1):
        values = coded[part.code][start:stop]
        last = position == len(parts)
        whole = last and block is None
        if part.contrasts is None:
            columns: Array = np.atleast_2d(values.T)
            if whole:
                out[:] = columns
        else:
            # the code -1 of missing values wraps to the contrasts' last column
            codes = values.astype(np.intp, copy=False)
            columns = np.take(part.contrasts, codes, axis=1, mode="wrap", out=out if whole else None)
        if block is not None:
            shape = (len(columns), len(block), stop - start)
            products = np.multiply(columns[:, None, :], block, out=out.reshape(shape) if last else None)
            columns = products.reshape(-1, stop - start)
        block = columns
