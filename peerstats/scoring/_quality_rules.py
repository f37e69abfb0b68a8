"""Indices of response quality, how each is compared with its threshold, and the thresholds themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.typing import Array, BoolArray

__all__ = ["INDICES", "Rule", "read_thresholds"]

_SHORT = 10  # items below which half of them may well deserve the same answer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One index and what flags it.

    Attributes
    ----------
    index : str
        Name of the index and of its column.
    compared : str
        Name of the column that is compared with the threshold.
    direction : str
        "at least", "at most", "above" or "below".
    threshold : float or None
        None flags nobody.
    """

    index: str
    compared: str
    direction: str
    threshold: float | None

    def flagged(self, values: Array) -> BoolArray:
        """Return which values are flagged; a value that is not there is not."""
        if self.threshold is None:
            return np.zeros(len(values), dtype=bool)
        compare = {
            "at least": np.greater_equal,
            "at most": np.less_equal,
            "above": np.greater,
            "below": np.less,
        }
        out: BoolArray = compare[self.direction](values, self.threshold)
        return out


# Index -> the column compared, the direction, and the default threshold; half of the items for longstring.
INDICES: dict[str, tuple[str, str, float | None]] = {
    "longstring": ("longstring", "at least", None),
    "average_string": ("average_string", "at least", None),
    "irv": ("irv", "at most", None),
    "straight_lined": ("straight_lined", "at least", 1.0),
    "even_odd": ("even_odd", "below", 0.30),
    "synonyms": ("synonyms", "below", 0.0),
    "antonyms": ("antonyms", "above", 0.0),
    "mahalanobis": ("mahalanobis_p", "below", 0.001),
    "seconds_per_item": ("seconds_per_item", "below", 2.0),
}


def read_thresholds(
    thresholds: Mapping[str, float | None] | None, n_items: int, *, timed: bool
) -> tuple[Rule, ...]:
    """Return the rule of each index, the caller's thresholds in place of the defaults.

    Parameters
    ----------
    thresholds : mapping of str to float or None, or None
        The caller's.
    n_items : int
        Items of the call.
    timed : bool
        Whether times were given.

    Returns
    -------
    tuple of Rule
        One an index.

    Raises
    ------
    InputError
        If an index is unknown, or a threshold is no number.
    """
    known = {name: rule for name, rule in INDICES.items() if timed or name != "seconds_per_item"}
    chosen: dict[str, float | None] = {name: rule[2] for name, rule in known.items()}
    chosen["longstring"] = math.ceil(n_items / 2) if n_items >= _SHORT else None
    for name, value in (thresholds or {}).items():
        if name == "seconds_per_item" and not timed:
            raise InputError(
                "response_quality(): thresholds= names 'seconds_per_item', and no times are given.",
                "Name the column of seconds, seconds=.",
            )
        if name not in known:
            raise InputError(
                f"response_quality(): thresholds= names {name!r}, which is no index.",
                did_you_mean(str(name), known, what="indices"),
            )
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and math.isfinite(value)):
            raise InputError(
                f"response_quality(): the threshold of {name!r} is {value!r}.",
                "Give a number, or None to flag nobody.",
            )
        chosen[name] = None if value is None else float(value)
    return tuple(
        Rule(index=name, compared=compared, direction=direction, threshold=chosen[name])
        for name, (compared, direction, _) in known.items()
    )
