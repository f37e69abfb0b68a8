"""One BLAS thread: products of a block of rows gain nothing from more, and lose much on a busy machine."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

__all__ = ["one_blas_thread"]


@cache
def _libraries(*, _scipy: bool) -> ThreadpoolController:
    """Find the BLAS libraries that are loaded, without scipy's own or with it: it takes milliseconds."""
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
    limit: AbstractContextManager[Any] = _libraries(_scipy="scipy.linalg" in sys.modules).limit(
        limits=1, user_api="blas"
    )
    return limit
