"""All two-by-two tables that rounded percentages allow."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import chdtrc

from peerstats.comparison._counts import compatible_counts, read_size
from peerstats.comparison._possible_tables_result import PossibleTables
from peerstats.comparison._rounded import read_rounded
from peerstats.errors import InputError
from peerstats.numerics import fisher_p

if TYPE_CHECKING:
    from peerstats.comparison._rounded import Rounded
    from peerstats.typing import Array, IntArray

__all__ = ["tables_from_percentages"]

_CALL = "tables_from_percentages"
_MOST = 50_000  # tables; Fisher's test of all of them takes some seconds
_HUNDRED = 100
_PAIR = 2


def tables_from_percentages(
    percentages: Sequence[float | str],
    *,
    n: int | Sequence[int],
    group_percentage: float | str | None = None,
    p_value: str | None = None,
) -> PossibleTables:
    """List all two-by-two tables that two rounded percentages allow.

    Parameters
    ----------
    percentages : sequence of two numbers or str
        The percentage of the first and of the second group that have the property, as printed: 68 is any
        share from 67.5 to 68.5 %, "68.0" from 67.95 to 68.05 %.
    n : int or sequence of two int
        People in both groups together, or in each.
    group_percentage : float or str, optional
        With n together: the percentage of them in the first group, as printed.
    p_value : str, optional
        A p-value as printed, ".020": the tables are counted whose tests print so.

    Returns
    -------
    PossibleTables
        The tables, with the range of odds ratio, chi-square and p-values over them.

    Raises
    ------
    InputError
        If a percentage is none, no table fits, or more than 50,000 do.

    Notes
    -----
    A share exactly between two printed ones fits both: some programs round halves up, some to the even
    digit. The chi-square is Pearson's without correction; p-values are its, Yates's and Fisher's. That a
    table's p-value prints as a published one tells which tests a paper may have used, not which it did.

    Examples
    --------
    68 % of those in shortage areas, 14 % of 572 people, against 54 % of the others:

    >>> import peerstats as ps
    >>> tables = ps.tables_from_percentages((68, 54), n=572, group_percentage=14, p_value=".020")
    >>> tables.ranges().set_index("quantity").loc["odds_ratio"].round(2).tolist()[:2]
    [1.74, 1.87]
    >>> len(tables.tidy())
    25
    """
    if isinstance(percentages, str) or not isinstance(percentages, Sequence) or len(percentages) != _PAIR:
        raise InputError(
            f"{_CALL}(): percentages={percentages!r} are not two.", "Give those of both groups: (68, 54)."
        )
    first, second = (_percentage(each, f"percentages[{i}]") for i, each in enumerate(percentages))
    printed_p = None if p_value is None else read_rounded(p_value, "p_value", _CALL)
    sizes, told = _sizes(n, group_percentage)
    parts = []
    total = 0
    for own, other in sizes:
        hits, other_hits = (_fits(each, size) for each, size in ((first, own), (second, other)))
        total += len(hits) * len(other_hits)
        if total > _MOST:
            raise InputError(
                f"{_CALL}(): more than {_MOST:,} tables fit.",
                "Give the groups' sizes, n=(78, 494), or group_percentage=, or more decimals.",
            )
        a = np.repeat(np.array(hits, dtype=np.int64), len(other_hits))
        c = np.tile(np.array(other_hits, dtype=np.int64), len(hits))
        parts.append(np.column_stack([a, np.full(len(a), own), c, np.full(len(c), other)]))
    counts: IntArray = np.concatenate(parts) if parts else np.empty((0, 4), dtype=np.int64)
    if not len(counts):
        raise InputError(
            f"{_CALL}(): no table has {first.text} % and {second.text} % with n={n!r}.",
            "Check percentages and n: a percentage may be of fewer people than n, those who answered.",
        )
    return PossibleTables(
        counts=counts,
        numbers=_statistics(counts),
        percentages=(first.text, second.text),
        p_value=printed_p,
        lines=(f"{first.text} % against {second.text} %, {told}",),
        notes=("Chi-square without continuity correction; shares exactly halfway fit both roundings.",),
    )


def _percentage(value: Any, name: str) -> Rounded:
    found = read_rounded(value, name, _CALL)
    if not 0 <= found.value <= _HUNDRED:
        raise InputError(f"{_CALL}(): {name}={value!r} is not a percentage.", "Percentages are 0 to 100.")
    return found


def _fits(printed: Rounded, n: int) -> range:
    hundred = Fraction(_HUNDRED)
    return compatible_counts(printed.value / hundred, printed.half_unit / hundred, n)


def _sizes(n: Any, group_percentage: Any) -> tuple[list[tuple[int, int]], str]:
    """Return the possible sizes of both groups, and what is known of them in words."""
    if isinstance(n, Sequence) and not isinstance(n, str):
        if len(n) != _PAIR or group_percentage is not None:
            raise InputError(
                f"{_CALL}(): n={n!r}"
                + (" beside group_percentage=." if len(n) == _PAIR else " is not two sizes."),
                "Give n of both groups, (78, 494), or n together with group_percentage=.",
            )
        own, other = (read_size(each, f"n[{i}]", _CALL) for i, each in enumerate(n))
        return [(own, other)], f"{own:,} and {other:,} people"
    whole = read_size(n, "n", _CALL, least=_PAIR)
    if group_percentage is None:
        return [(k, whole - k) for k in range(1, whole)], f"{whole:,} people together"
    part = _percentage(group_percentage, "group_percentage")
    sizes = [(k, whole - k) for k in _fits(part, whole) if 0 < k < whole]
    return sizes, f"{whole:,} people together, {part.text} % of them in the first group"


def _statistics(counts: IntArray) -> dict[str, Array]:
    a, n1, c, n2 = counts.astype(float).T
    b, d = n1 - a, n2 - c
    whole = n1 + n2
    with np.errstate(divide="ignore", invalid="ignore"):
        odds_ratio = a * d / (b * c)
        below = n1 * n2 * (a + c) * (b + d)
        off = np.abs(a * d - b * c)
        chi_square = whole * off**2 / below
        yates = whole * np.maximum(off - whole / 2, 0.0) ** 2 / below
    return {
        "difference": a / n1 - c / n2,
        "odds_ratio": odds_ratio,
        "statistic": chi_square,
        "p_value": chdtrc(1, chi_square),
        "yates_p_value": chdtrc(1, yates),
        "fisher_p_value": np.array([fisher_p(*map(int, row)) for row in counts]),
    }
