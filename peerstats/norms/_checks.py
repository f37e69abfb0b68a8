"""Checks on figures that norms share."""

from __future__ import annotations

import math
from numbers import Real

from peerstats.errors import InputError

__all__ = ["check_count", "check_number"]


def check_number(value: object, name: str, call: str) -> float:
    """Return a finite number as a float, or say which argument is not one."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise InputError(f"{call}(): {name}={value!r} is not a finite number.", f"Give {name} as a number.")
    return float(value)


def check_count(value: object, name: str, call: str) -> int:
    """Return a sample size of at least two: one respondent has no standard deviation."""
    number = check_number(value, name, call)
    if number < 2 or not number.is_integer():  # noqa: PLR2004
        raise InputError(
            f"{call}(): {name}={value!r} is not a sample size.",
            f"Give {name} as a whole number of respondents, two or more.",
        )
    return int(number)
