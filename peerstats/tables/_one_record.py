"""What is known of one column in a table of characteristics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["Characteristic", "Compared", "Description", "Summary"]

Summary = Literal["mean_sd", "median_iqr", "count"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Description:
    """A column in the whole sample and in each of g groups.

    Attributes
    ----------
    n, n_missing : (1 + g,) float arrays
        Respondents with and without a value; the whole sample first.
    mean, sd, median, q1, q3, skew, minimum : (1 + g,) float arrays
        Of numbers; NaN of levels.
    counts, shares : (L, 1 + g) float arrays
        Respondents of each level, never weighted, and the levels' shares; L is 0 of numbers.
    """

    n: Array
    n_missing: Array
    mean: Array
    sd: Array
    median: Array
    q1: Array
    q3: Array
    skew: Array
    minimum: Array
    counts: Array
    shares: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """How a column differs between the groups.

    Attributes
    ----------
    test : str or None
        Name of the test; None without one.
    statistic, df, df_denominator, p_value : float
        The test; NaN without one. `df_denominator` is infinite for a chi-square.
    reason : str or None
        Why there is no test, or not the one that was to be expected.
    smd : float
        Standardised difference, weighted where the table is.
    smd_unweighted : float
        The same without weights.
    """

    test: str | None = None
    statistic: float = np.nan
    df: float = np.nan
    df_denominator: float = np.nan
    p_value: float = np.nan
    reason: str | None = None
    smd: float = np.nan
    smd_unweighted: float = np.nan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Characteristic:
    """One column of the data, a block of rows of the table.

    Attributes
    ----------
    name, label : str
        The column and what is printed for it.
    kind : {"continuous", "date", "categorical", "truth"}
        What it holds; dates are days since 1970-01-01.
    summary : {"mean_sd", "median_iqr", "count"}
        What is printed of it.
    levels : tuple of str
        Levels in words; of a truth value "no" and "yes".
    digits : int
        Decimals printed.
    description : Description
        By group.
    compared : Compared
        Between groups.
    p_adjusted : float
        P-value adjusted for the number of tests.
    """

    name: str
    label: str
    kind: str
    summary: Summary
    levels: tuple[str, ...]
    digits: int
    description: Description
    compared: Compared
    p_adjusted: float
