"""How journals print numbers; a style touches what is printed, never what is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["STYLES", "Style", "StyleName"]

StyleName: TypeAlias = Literal["plain", "apa", "ama", "psychiatric_services"]

_LEVEL = re.compile(r"\((\d[\d.]*% CI)\)")
# Smaller p-values say more about the model than about the data (APA Publication Manual, 7th ed., 6.36).
_SMALLEST_P = 0.001


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Style:
    """One house's way with numbers.

    Parameters
    ----------
    zero_of_p, zero : bool
        Whether p-values, and other numbers, keep the zero before the decimal point.
    short_p : bool
        Whether p-values from 0.01 on have two decimals instead of three.
    open_, close : str
        What encloses an interval.
    dash : bool
        Whether limits are joined by a hyphen, or by "to" where one is negative, instead of a comma.
    whole_percent : bool
        Whether percentages have no decimals.
    n_of : str
        What a number out of a number begins with.
    """

    zero_of_p: bool = True
    zero: bool = True
    short_p: bool = False
    open_: str = "("
    close: str = ")"
    dash: bool = False
    whole_percent: bool = False
    n_of: str = ""

    def p_value(self, value: float) -> str:
        """Return a p-value."""
        if value < _SMALLEST_P:
            text = f"<{_SMALLEST_P}"
        # Two digits, but three below .01 and where two would print .05 for what is less (AMA Manual of Style)
        elif not self.short_p or value < 0.00995 or 0.045 <= value < 0.05:  # noqa: PLR2004
            text = f"{value:.3f}"
        else:
            text = f"{value:.2f}" if value < 0.995 else ">0.99"  # noqa: PLR2004  (prints as 1.00 from here on)
        return text if self.zero_of_p else _without_zero(text)

    def number(self, value: float, digits: int) -> str:
        """Return a number with thousands separators."""
        # "z" prints what rounds to zero without a minus sign
        text = f"{value:z,.{digits}f}"
        return text if self.zero else _without_zero(text)

    def percent(self, value: float, digits: int) -> str:
        """Return a fraction as a percentage."""
        return self.number(100 * value, 0 if self.whole_percent else digits) + "%"

    def interval(self, low: str, high: str) -> str:
        """Return two printed limits as an interval."""
        if not self.dash:
            return f"{self.open_}{low}, {high}{self.close}"
        joined = f"{low} to {high}" if "-" in low + high else f"{low}-{high}"
        return f"{self.open_}{joined}{self.close}"

    def heading(self, label: str) -> str:
        """Return a heading, the words "(95% CI)" enclosed as the style's intervals are."""
        return _LEVEL.sub(lambda found: f"{self.open_}{found[1]}{self.close}", label)


def _without_zero(text: str) -> str:
    return re.sub(r"(?<![\d,.])0(?=\.\d)", "", text)


STYLES: dict[StyleName, Style] = {
    "plain": Style(),
    # No zero before what cannot exceed 1; intervals in brackets (APA Style, "Formatting Statistics: Using
    # Brackets" and "A Post About Nothing", blog.apastyle.org, 2010)
    "apa": Style(zero_of_p=False, open_="[", close="]"),
    # The zero goes from P only; limits joined by a hyphen (AMA Manual of Style 18.7.1 and 19.5, as JMIR's
    # "Guidelines for Reporting Statistics" gives them)
    "ama": Style(zero_of_p=False, short_p=True, dash=True),
    # No zero before the decimal point at all (the journal's tips on style); whole percentages and
    # "N=448 of 591" as its abstracts print them
    "psychiatric_services": Style(zero_of_p=False, zero=False, whole_percent=True, n_of="N="),
}
