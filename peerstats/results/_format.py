"""Raw value to text: the one place where numbers are rounded."""

from __future__ import annotations

import math

__all__ = ["format_cell"]

# Smaller p-values say more about the model than about the data (APA Publication Manual, 7th ed., 6.36).
_SMALLEST_P = 0.001


def format_cell(value: str | float | None, kind: str, digits: int) -> str:
    """Return a value as its column prints it.

    Parameters
    ----------
    value : str, float or None
        The unrounded value.
    kind : {"text", "number", "integer", "p_value", "percent"}
        The column's kind; "percent" takes a fraction.
    digits : int
        Decimals of "number" and "percent".

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
        return f"<{_SMALLEST_P}" if value < _SMALLEST_P else f"{value:.3f}"
    # "z" prints what rounds to zero without a minus sign
    if kind == "percent":
        return f"{100 * value:z,.{digits}f}%"
    return f"{value:z,.{0 if kind == 'integer' else digits}f}"
