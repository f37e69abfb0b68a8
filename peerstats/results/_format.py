"""Raw value to text: the one place where numbers are rounded."""

from __future__ import annotations

import math

from peerstats.results._styles import STYLES, Style

__all__ = ["format_cell"]


def format_cell(value: str | float | None, kind: str, digits: int, style: Style = STYLES["plain"]) -> str:
    """Return a value as its column prints it.

    Parameters
    ----------
    value : str, float or None
        The unrounded value.
    kind : {"text", "number", "integer", "p_value", "percent"}
        The column's kind; "percent" takes a fraction.
    digits : int
        Decimals of "number" and "percent".
    style : Style
        The journal's way with numbers.

    Returns
    -------
    str
        Empty for None and NaN; text as it is, whatever the kind.
    """
    if isinstance(value, str):
        return value
    if value is None or math.isnan(value):
        return ""
    if kind == "text" or math.isinf(value):
        return str(value)
    if kind == "p_value":
        return style.p_value(value)
    if kind == "percent":
        return style.percent(value, digits)
    return style.number(value, 0 if kind == "integer" else digits)
