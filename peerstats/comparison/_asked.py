"""How a comparison is to be made."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from peerstats.errors import InputError

__all__ = ["Asked", "check_margin"]

_PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*$")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """What every statistic needs to know.

    Parameters
    ----------
    include_error : bool
        Whether limits and tests hold the benchmark's own error.
    conf_level : float
        Confidence level of the limits.
    margin : float, str or None
        Margin of equivalence, in units of the difference or as a percentage of the benchmark.
    interval : str
        Kind of the limits of shares.
    interpolate : str
        What whole numbers stand for where medians are taken.
    """

    include_error: bool
    conf_level: float
    margin: float | str | None = None
    interval: str = "auto"
    interpolate: str = "auto"

    def margin_at(self, value: float) -> float | None:
        """Return the margin beside one figure, in units of the difference."""
        if self.margin is None or not isinstance(self.margin, str):
            return self.margin
        found = _PERCENT.match(self.margin)
        return float(found.group(1)) / 100 * abs(value) if found else None


def check_margin(margin: object, call: str) -> float | str | None:
    """Return a margin of equivalence if it is one.

    Parameters
    ----------
    margin : float, str or None
        A positive number, or a percentage such as "5%".
    call : str
        The public call, for messages.

    Returns
    -------
    float, str or None
        The margin.

    Raises
    ------
    InputError
        If it is neither.
    """
    if margin is None:
        return None
    if isinstance(margin, str):
        found = _PERCENT.match(margin)
        if found and float(found.group(1)) > 0:
            return margin
    elif not isinstance(margin, bool) and isinstance(margin, int | float) and 0 < margin < math.inf:
        return float(margin)
    raise InputError(
        f"{call}(): margin={margin!r} is not a margin of equivalence.",
        'Give a positive number in units of the column, or a percentage of the benchmark ("5%").',
    )
