"""Random numbers by name, so that a new column never changes the draws of another."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["Streams"]


class Streams:
    """A generator for each name, all from one key.

    Parameters
    ----------
    rng : Generator, int or None
        A generator is moved on by two draws; an int is a seed; None draws a fresh seed.
    call : str
        The public call, for messages.
    """

    __slots__ = ("_key",)

    def __init__(self, rng: np.random.Generator | int | None, call: str) -> None:
        try:
            generator = np.random.default_rng(rng)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{call}(): rng={rng!r} is neither a generator nor a seed.",
                "Give a whole number of 0 or more, or numpy.random.default_rng(...).",
            ) from error
        self._key: list[int] = generator.integers(2**63, size=2).tolist()

    def __call__(self, name: str) -> np.random.Generator:
        """Return the generator of a name; each call starts it anew."""
        return np.random.default_rng([*self._key, zlib.crc32(name.encode())])

    def choose(self, name: str, shares: dict[str, Any], n: int) -> np.ndarray[Any, np.dtype[np.str_]]:
        """Draw n words with probabilities proportional to their shares, as an (n, 1) array."""
        edges = np.cumsum(list(shares.values()), dtype=float)
        place = np.searchsorted(edges / edges[-1], self(name).random(n), side="right")
        return np.array(list(shares))[np.minimum(place, len(edges) - 1)][:, None]

    def normals(self, name: str, n: int, stability: float, *, n_waves: int = 3, columns: int = 1) -> Array:
        """Draw standard normals whose correlation between waves is `stability`, as (n, n_waves, columns)."""
        rng = self(name)
        person = rng.standard_normal((n, 1, columns))
        own = rng.standard_normal((n, n_waves, columns))
        return np.asarray(np.sqrt(stability) * person + np.sqrt(1 - stability) * own)
