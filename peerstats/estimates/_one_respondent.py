"""The design of a single respondent: it has no variance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats.design import DesignArrays

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["one_respondent"]


def one_respondent(base: Array) -> DesignArrays:
    """Return the design of one respondent, which has no variance."""
    return DesignArrays(
        weights=base,
        base=base,
        psu=np.where(base > 0, 0, -1),
        stratum=np.zeros(1, dtype=np.int64),
        sampled=None,
        lonely_psu="certainty",  # no variance; without degrees of freedom no error is given
        margins=(),
        residuals="rake",
        replicates=None,
        supplied=False,
        mse=False,
        description="one respondent",
    )
