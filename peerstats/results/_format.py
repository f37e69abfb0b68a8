"""Raw value to text: the one place where numbers are rounded."""

from __future__ import annotations

import math

import numpy as np

from peerstats.results._styles import STYLES, Style

__all__ = ["date_text", "format_cell"]


def date_text(days: float) -> str:
    """Write days since 1970-01-01 as a date; a part of a day belongs to it.

    Parameters
    ----------
    days : float
        The days.

    Returns
    -------
    str
        Year, month and day.

    Examples
    --------
    >>> from peerstats.results import date_text
    >>> date_text(18_321.5)
    '2020-02-29'
    """
    return str(np.datetime64(math.floor(days), "D"))


def format_cell(value: str | float | None, kind: str, digits: int, style: Style = STYLES["plain"]) -> str:
    """Return a value as its column prints it.

    Parameters
    ----------
    value : str, float or None
        The unrounded value.
    kind : {"text", "number", "integer", "p_value", "percent", "date"}
        The column's kind; "percent" takes a fraction, "date" days since 1970-01-01.
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
    if kind == "percent":
        return style.percent(value, digits)
    one = {"date": date_text, "p_value": style.p_value}.get(kind)
    return one(value) if one is not None else style.number(value, 0 if kind == "integer" else digits)
