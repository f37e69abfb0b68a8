"""Columns as plain rows, for `to_dict`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Columns

__all__ = ["plain_rows"]


def plain_rows(columns: Columns) -> list[dict[str, Any]]:
    """Turn columns into one dictionary a row, of Python's own numbers and text.

    Parameters
    ----------
    columns : mapping of str to array or list
        Columns of one length.

    Returns
    -------
    list of dict
        One a row, keys in the order of the columns; missing values stay as they are.

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
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]
