"""Counts of people as published: given as numbers, or recovered from a printed share."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from peerstats.comparison._rounded import read_rounded
from peerstats.errors import InputError

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["Count", "compatible_counts", "read_count", "read_size"]

_EXACT = 1e-12  # a share computed in double precision, not printed


class Count:
    """How many of how many, and which counts print as the same share.

    Parameters
    ----------
    hits, n : int
        How many have the property, of how many.
    note : str
        How the count was recovered, empty where it was given.
    """

    __slots__ = ("hits", "n", "note")

    def __init__(self, hits: int, n: int, note: str = "") -> None:
        self.hits, self.n, self.note = hits, n, note


def read_size(value: Any, name: str, call: str, *, least: int = 1) -> int:
    """Return a whole number of people of at least `least`."""
    whole = isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or value < least:
        raise InputError(
            f"{call}(): {name}={value!r} is not a number of people.",
            f"Give a whole number, {least} or more.",
        )
    return int(value)


def compatible_counts(printed: Fraction, half_unit: Fraction, n: int) -> range:
    """Return the counts of `n` whose share rounds to a printed one.

    Parameters
    ----------
    printed : Fraction
        The share, a fraction of 1.
    half_unit : Fraction
        Half a unit of its last decimal.
    n : int
        Of how many.

    Returns
    -------
    range
        Counts; empty if there is none. A share exactly between two printed ones fits both: some round
        halves up, some to the even digit.
    """
    low = max(0, math.ceil((printed - half_unit) * n))
    return range(low, min(n, math.floor((printed + half_unit) * n)) + 1)


def _from_share(share: Any, n: int, name: str, call: str) -> Count:
    if isinstance(share, bool) or not isinstance(share, Real) or not 0 <= float(share) <= 1:
        raise InputError(
            f"{call}(): {name}={share!r} is not a share.", "Shares are fractions: 72.5 % is 0.725."
        )
    nearest = round(float(share) * n)
    if abs(nearest / n - float(share)) < _EXACT:
        return Count(nearest, n)
    printed = read_rounded(share, name, call)
    fits = compatible_counts(printed.value, printed.half_unit, n)
    if not fits:
        raise InputError(
            f"{call}(): no count of {n:,} has a share that rounds to {name}={share!r}.",
            "Check the share and the number of people; a printed percentage may be of another denominator.",
        )
    note = f"share {share:g} of {n:,}: count {nearest:,} is taken"
    if len(fits) > 1:
        note += f"; {fits[0]:,} to {fits[-1]:,} print alike"
    return Count(nearest, n, note)


def read_count(count: Any, share: Any, n: Any, prefix: str, call: str) -> Count:
    """Return a count given as a number, or as a printed share of `n`."""
    size = read_size(n, f"{prefix}n", call)
    if (count is None) == (share is None):
        both = "neither" if count is None else "both"
        raise InputError(
            f"{call}(): {both} of {prefix}count= and {prefix}share= given.",
            f"Give one: {prefix}count= people, or {prefix}share= as a fraction.",
        )
    if count is None:
        return _from_share(share, size, f"{prefix}share", call)
    hits = read_size(count, f"{prefix}count", call, least=0)
    if hits > size:
        raise InputError(
            f"{call}(): {prefix}count={hits:,} of {prefix}n={size:,}.", "The count is part of n."
        )
    return Count(hits, size)
