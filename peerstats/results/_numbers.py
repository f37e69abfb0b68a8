"""Numbers that print in one cell together, or in another way than their column."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from peerstats._core.checks import check_choice
from peerstats.errors import InputError
from peerstats.results._format import format_cell
from peerstats.results._styles import STYLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.results._styles import Style

__all__ = ["Numbers", "Pattern"]

Pattern = Literal[
    "number",
    "integer",
    "p_value",
    "percent",
    "interval",
    "estimate_interval",
    "count_percent",
    "mean_sd",
    "median_iqr",
    "median_iqr_dates",
    "n_of_n",
]
# What each number is called where each has a column of its own, and the kind it prints as
_PARTS: dict[str, tuple[tuple[str, str], ...]] = {
    "number": (("", "number"),),
    "integer": (("", "integer"),),
    "p_value": (("", "p_value"),),
    "percent": (("", "percent"),),
    "interval": (("low", "number"), ("high", "number")),
    "estimate_interval": (("", "number"), ("low", "number"), ("high", "number")),
    "count_percent": (("n", "integer"), ("%", "percent")),
    "mean_sd": (("mean", "number"), ("SD", "number")),
    "median_iqr": (("median", "number"), ("Q1", "number"), ("Q3", "number")),
    "median_iqr_dates": (("median", "date"), ("Q1", "date"), ("Q3", "date")),
    "n_of_n": (("n", "integer"), ("of", "integer")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Unrounded numbers that print in one cell.

    Parameters
    ----------
    pattern : str
        How they print: "interval" (low, high), "estimate_interval" (estimate, low, high), "count_percent"
        (count, fraction), "mean_sd", "median_iqr" (median and quartiles), "median_iqr_dates" (the same, in
        days since 1970-01-01), "n_of_n"; or "number", "integer", "p_value", "percent" for one number that
        prints in another way than its column.
    values : sequence of float or None
        As many as the pattern has.
    digits : int
        Decimals of all that are no counts.

    Raises
    ------
    InputError
        If the pattern is not known or takes another number of values.

    Examples
    --------
    >>> from peerstats.results import Numbers
    >>> str(Numbers(pattern="count_percent", values=(448, 448 / 591), digits=1))
    '448 (75.8%)'
    """

    pattern: Pattern
    values: Sequence[float | None]
    digits: int = 2

    def __post_init__(self) -> None:
        check_choice(self.pattern, get_args(Pattern), "pattern", "Numbers")
        given: Sequence[Any] = self.values
        found = tuple(value.item() if hasattr(value, "item") else value for value in given)  # numpy's
        if len(found) != len(_PARTS[self.pattern]):
            raise InputError(
                f"Numbers(): pattern {self.pattern!r} takes {len(_PARTS[self.pattern])} values, "
                f"{len(found)} are given.",
                "None is an empty value.",
            )
        wrong = next((v for v in found if v is not None and not isinstance(v, int | float)), None)
        if wrong is not None:
            raise InputError(f"Numbers(): {wrong!r} is no number.", "Text is a cell of its own.")
        object.__setattr__(self, "values", found)  # the record is frozen; only here may it be completed

    @property
    def part_names(self) -> tuple[str, ...]:
        """What each number is called; empty for the one that the column's heading names."""
        return tuple(name for name, _ in _PARTS[self.pattern])

    def parts_in(self, style: Style) -> tuple[str, ...]:
        """Return each number as it prints.

        Parameters
        ----------
        style : Style
            The journal's way with numbers.

        Returns
        -------
        tuple of str
            One text a number.

        Examples
        --------
        >>> from peerstats.results import Numbers
        >>> from peerstats.results._styles import STYLES
        >>> Numbers(pattern="mean_sd", values=(0.5, 2), digits=1).parts_in(STYLES["psychiatric_services"])
        ('.5', '2.0')
        """
        kinds = (kind for _, kind in _PARTS[self.pattern])
        return tuple(
            format_cell(value, kind, self.digits, style)
            for value, kind in zip(self.values, kinds, strict=True)
        )

    def text_in(self, style: Style) -> str:
        """Return the cell as it prints.

        Parameters
        ----------
        style : Style
            The journal's way with numbers.

        Returns
        -------
        str
            Empty where the first number is missing.

        Examples
        --------
        >>> from peerstats.results import Numbers
        >>> from peerstats.results._styles import STYLES
        >>> Numbers(pattern="estimate_interval", values=(2, 1.2, 3.3), digits=1).text_in(STYLES["apa"])
        '2.0 [1.2, 3.3]'
        """
        first, *rest = self.parts_in(style)
        value = self.values[0]
        if value is None or math.isnan(value):
            return ""
        shown = [text or "NA" for text in rest]
        if self.pattern == "interval":
            return style.interval(first, *shown)
        if self.pattern == "estimate_interval":
            return f"{first} {style.interval(*shown)}" if any(rest) else first
        if self.pattern in {"median_iqr", "median_iqr_dates"}:
            return f"{first} {style.interval(*shown)}"
        if self.pattern == "n_of_n":
            return f"{style.n_of}{first} of {shown[0]}"
        return f"{first} ({shown[0]})" if rest else first

    def __str__(self) -> str:
        return self.text_in(STYLES["plain"])
