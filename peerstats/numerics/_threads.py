"""One BLAS thread: products of a block of rows gain nothing from more, and lose much on a busy machine."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import scipy.linalg  # noqa: F401  (loads scipy's own BLAS, so that it is found as well)
from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

__all__ = ["one_blas_thread"]


@cache
def _libraries() -> ThreadpoolController:
    """Find the BLAS libraries once: the search takes milliseconds."""
    return ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[Any]:
    """Run what is inside with BLAS on one thread: on a busy machine two take several times longer.

    Returns
    -------
    context manager
        For `with`.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import one_blas_thread
    >>> with one_blas_thread():
    ...     float(np.ones(3) @ np.ones(3))
    3.0
    """
    limit: AbstractContextManager[Any] = _libraries().limit(limits=1, user_api="blas")
    return limit
