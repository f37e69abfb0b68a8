"""Months and years as words: "2020-05" is a month, "2020" a year's annual average."""

from __future__ import annotations

import re
from numbers import Integral, Real
from typing import Any

from peerstats.errors import InputError

__all__ = ["MONTHS", "in_words", "read_date"]

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# what str() makes of dates, of pandas' and numpy's time stamps and periods, and of months
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ][\d:.+\-]*)?)?)?")
_WORDS = re.compile(rf"({'|'.join(MONTHS)}) (\d{{4}})")
_MOST_DAYS = 31


def read_date(value: Any, name: str, call: str) -> str:
    """Return a month as "2020-05", or a year, which stands for its annual average, as "2020".

    Parameters
    ----------
    value : str, int or date
        "2020-05", "May 2020", a day in it, "2020" or 2020; dates of the standard library, numpy and pandas.
    name : str
        What the value is called in messages.
    call : str
        The public call, for messages.

    Returns
    -------
    str
        A month or a year.

    Raises
    ------
    InputError
        If it is no month and no year.

    Examples
    --------
    >>> from peerstats.norms import read_date
    >>> read_date("May 2020", "at", "doctest"), read_date(2020, "at", "doctest")
    ('2020-05', '2020')
    """
    if isinstance(value, Real) and not isinstance(value, Integral) and float(value).is_integer():
        value = int(float(value))  # a column of years with a gap is float
    text = str(value).strip()
    words = _WORDS.fullmatch(text)
    if words is not None:
        return f"{words[2]}-{MONTHS.index(words[1]) + 1:02d}"
    found = _ISO.fullmatch(text)
    if found is None or isinstance(value, bool):
        raise InputError(
            f"{call}(): {name}={value!r} is not a month or a year.",
            "Write a month as '2020-05'; a year, '2020', means its annual average.",
        )
    year, month, day = found.groups()
    if month is None:
        return year
    if not 1 <= int(month) <= len(MONTHS) or not 1 <= int(day or 1) <= _MOST_DAYS:
        raise InputError(f"{call}(): {name}={value!r} is not a date.", "Write a month as '2020-05'.")
    return f"{year}-{month}"


def in_words(date: str) -> str:
    """Return a date as readers write it.

    Parameters
    ----------
    date : str
        A month as "2020-05", or a year as "2020".

    Returns
    -------
    str
        Such as "May 2020", or "2020 (annual average)".

    Examples
    --------
    >>> from peerstats.norms import in_words
    >>> in_words("2020-05"), in_words("2020")
    ('May 2020', '2020 (annual average)')
    """
    year, _, month = date.partition("-")
    return f"{MONTHS[int(month) - 1]} {year}" if month else f"{year} (annual average)"
