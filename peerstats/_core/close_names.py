"""The nearest names to one that is missing."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["closest", "did_you_mean"]


def closest(name: str, names: Iterable[object], most: int = 3) -> list[str]:
    """List the names that look most like `name`, best first, letter case ignored."""
    by_fold: dict[str, str] = {}
    for known in names:
        by_fold.setdefault(str(known).casefold(), str(known))
    found = difflib.get_close_matches(name.casefold(), by_fold, n=most, cutoff=0.6)
    return [by_fold[fold] for fold in found]


def did_you_mean(name: str, names: Iterable[object], *, what: str = "names") -> str:
    """Say which names come closest, or which there are.

    Parameters
    ----------
    name : str
        The name that is missing.
    names : iterable
        The names there are.
    what : str
        What they are called in the sentence.

    Returns
    -------
    str
        One sentence for an error's next step.
    """
    known = [str(each) for each in names]
    near = closest(name, known)
    if near:
        return f"Closest {what}: {', '.join(map(repr, near))}."
    if not known:
        return f"There are no {what}."
    shown = ", ".join(map(repr, known[:12]))
    more = f" and {len(known) - 12} more" if len(known) > 12 else ""  # noqa: PLR2004
    return f"The {what} are {shown}{more}."
