"""Numbers with their nouns."""

from __future__ import annotations

__all__ = ["counted"]


def counted(n: float, word: str) -> str:
    """Return a count with its noun: 1 row, 2,000 rows."""
    return f"{n:,.0f} {word}{'' if n == 1 else 's'}"
