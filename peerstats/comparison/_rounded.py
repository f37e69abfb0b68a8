"""Numbers as printed: what they may have been before they were rounded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from numbers import Real
from typing import Any

from peerstats.errors import InputError

__all__ = ["Rounded", "read_rounded"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rounded:
    """A printed number.

    Parameters
    ----------
    value, half_unit : Fraction
        The number, and half a unit of its last decimal.
    decimals : int
        Its decimals.
    text : str
        As it is printed.
    """

    value: Fraction
    half_unit: Fraction
    decimals: int
    text: str

    @property
    def low(self) -> float:
        """Least number that prints so."""
        return float(self.value - self.half_unit)

    @property
    def high(self) -> float:
        """Greatest number that prints so."""
        return float(self.value + self.half_unit)


def read_rounded(value: Any, name: str, call: str) -> Rounded:
    """Return a printed number with its rounding.

    Parameters
    ----------
    value : str, int or float
        Text keeps trailing zeros: "2.90" has two decimals, 2.9 has one, 54.0 as much as 54 has none.
    name : str
        What it is called in messages.
    call : str
        The public call, for messages.

    Returns
    -------
    Rounded
        The number.

    Raises
    ------
    InputError
        If it is no number.
    """
    if isinstance(value, bool) or not isinstance(value, str | Real):
        raise InputError(f"{call}(): {name}={value!r} is not a number.", f"Give {name} as it is printed.")
    if isinstance(value, str):
        text = value.strip()
    else:
        number = float(value)
        text = repr(int(number)) if number.is_integer() else repr(number)
    try:
        printed = Decimal(text)
    except InvalidOperation as error:
        step = "An inequality has no rounding: give the number, or the confidence limits."
        raise InputError(
            f"{call}(): {name}={value!r} is not a number.",
            step if text[:1] in "<>" else f'Give {name} as it is printed: 54, "54.0" or ".026".',
        ) from error
    if not printed.is_finite():
        raise InputError(f"{call}(): {name}={value!r} is not finite.", f"Give {name} as it is printed.")
    decimals = max(0, -int(printed.as_tuple().exponent))
    return Rounded(
        value=Fraction(printed),
        half_unit=Fraction(1, 2 * 10**decimals),
        decimals=decimals,
        text=text,
    )
