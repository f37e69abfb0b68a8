"""Hadamard matrices, which balance half-samples."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import IntArray

__all__ = ["hadamard_matrix"]


def _is_prime(q: int) -> bool:
    return q > 1 and all(q % d for d in range(2, int(q**0.5) + 1))


def _jacobsthal(q: int) -> IntArray:
    """Return the quadratic characters of the differences modulo a prime."""
    character = np.full(q, -1)
    character[np.arange(1, q) ** 2 % q] = 1
    character[0] = 0
    each = np.arange(q)
    jacobsthal: IntArray = character[(each[:, None] - each) % q]
    return jacobsthal


def _bordered(q: int, corner: int) -> IntArray:
    """Put a border of ones round the characters; its left side has the sign `corner`."""
    matrix = np.zeros((q + 1, q + 1), dtype=np.int64)
    matrix[0, 1:] = 1
    matrix[1:, 0] = corner
    matrix[1:, 1:] = _jacobsthal(q)
    return matrix


@cache
def _of_order(order: int) -> IntArray | None:
    """Return a Hadamard matrix of an order by Paley's or Sylvester's construction, if one gives it."""
    if order == 1:
        return np.ones((1, 1), dtype=np.int64)
    if order % 4 == 0:
        q = order - 1
        if _is_prime(q):  # q is 3 modulo 4: Paley's first construction
            return np.eye(order, dtype=np.int64) + _bordered(q, -1)
        q = order // 2 - 1
        if _is_prime(q) and q % 4 == 1:  # Paley's second
            twos = np.array([[1, 1], [1, -1]])
            ones = np.array([[1, -1], [-1, -1]])
            return np.kron(_bordered(q, 1), twos) + np.kron(np.eye(q + 1, dtype=np.int64), ones)
    half = _of_order(order // 2) if order % 2 == 0 else None
    return None if half is None else np.kron(np.array([[1, 1], [1, -1]]), half)


def hadamard_matrix(least: int) -> IntArray:
    """Return a Hadamard matrix whose first column is ones.

    Parameters
    ----------
    least : int
        Order at least.

    Returns
    -------
    (m, m) int array
        Entries 1 and -1, rows orthogonal; m is the smallest order from `least` up that a construction gives.

    Notes
    -----
    Sylvester's doubling and Paley's two constructions over the integers modulo a prime. Of the multiples of 4
    below 100 they miss 52 and 92, for which the next is taken.

    Examples
    --------
    >>> from peerstats.numerics import hadamard_matrix
    >>> h = hadamard_matrix(11)
    >>> h.shape, bool(((h @ h.T).diagonal() == 12).all())
    ((12, 12), True)
    """
    order = max(1, least)
    while (found := _of_order(order)) is None:
        order += 1
    return found * found[:, :1]
