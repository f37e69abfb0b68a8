"""Columns as plain rows, for `to_dict`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Columns

__all__ = ["plain", "plain_rows"]


def plain_rows(columns: Columns) -> list[dict[str, Any]]:
    """Turn columns into one dictionary a row, of Python's own numbers and text.

    Parameters
    ----------
    columns : mapping of str to array or list
        Columns of one length.

    Returns
    -------
    list of dict
        One a row, keys in the order of the columns. What JSON has no number for is None (missing) or text
        that `float` reads back ("inf").

    Examples
    --------
    >>> import peerstats as ps
    >>> import numpy as np
    >>> from peerstats.results import plain_rows
    >>> plain_rows({"group": ["a", "b"], "n": np.array([3, 4])})
    [{'group': 'a', 'n': 3}, {'group': 'b', 'n': 4}]
    """
    lists = [
        values.tolist()
        if isinstance(values, np.ndarray)
        else [value.item() if isinstance(value, np.generic) else value for value in values]
        for values in columns.values()
    ]
    rows: list[dict[str, Any]] = plain(
        [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]
    )
    return rows


def plain(value: Any) -> Any:
    """Replace what JSON has no number for, in lists and dictionaries as deep as they go.

    Parameters
    ----------
    value : object
        Dictionaries, lists and tuples of Python's own numbers and text.

    Returns
    -------
    object
        The same, with None for NaN and text that `float` reads back for infinite numbers.

    Examples
    --------
    >>> from peerstats.results import plain
    >>> plain({"df": float("inf"), "p": [0.5, float("nan")]})
    {'df': 'inf', 'p': [0.5, None]}
    """
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return None if math.isnan(value) else str(value)
