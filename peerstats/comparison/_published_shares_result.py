"""What a comparison of two samples' shares gives: shares, differences, ratios, and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.comparison._records import record_columns
from peerstats.plots import forest
from peerstats.results import Column, Result, Table, plain_rows

__all__ = ["ProportionsResult", "Quantity", "ShareTest"]

_PRINTED = (
    Column(key="quantity", label="quantity"),
    Column(key="group", label="sample"),
    Column(key="benchmark", label="beside"),
    Column(key="n", label="n", kind="integer"),
    Column(key="estimate", label="estimate", kind="number", digits=4),
    Column(key="std_error", label="SE", kind="number", digits=4),
    Column(key="conf_low", label="low", kind="number", digits=4),
    Column(key="conf_high", label="high", kind="number", digits=4),
    Column(key="interval", label="limits"),
)
_TESTS = (
    Column(key="test", label="test"),
    Column(key="benchmark", label="beside"),
    Column(key="statistic", label="statistic", kind="number", digits=2),
    Column(key="df", label="df", kind="number", digits=0),
    Column(key="p_value", label="p", kind="p_value"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quantity:
    """A share, a difference or a ratio with its limits; the error of a ratio is that of its logarithm."""

    quantity: str
    n: int
    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    interval: str
    group: str | None = None
    benchmark: str | None = None
    hits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShareTest:
    """A test of a share; NaN where an exact test has no statistic."""

    test: str
    benchmark: str
    statistic: float
    df: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ProportionsResult(Result):
    """Published shares of two samples beside each other.

    Parameters
    ----------
    name : str
        The sample.
    quantities : tuple of Quantity
        Shares, differences and ratios with limits.
    share_tests : tuple of ShareTest
        The tests.
    interval : str
        Limits of a share: wilson or exact.
    conf_level : float
        Confidence level of the limits.
    lines : tuple of str
        The counts.
    notes : tuple of str
        Counts that print alike, and cautions.

    Examples
    --------
    >>> import peerstats as ps
    >>> both = ps.compare_proportions(count=325, n=448, other_count=175, other_n=279)
    >>> both.tests()["p_value"].round(4).tolist()
    [0.0055, 0.0066]
    """

    name: str
    quantities: tuple[Quantity, ...]
    share_tests: tuple[ShareTest, ...]
    interval: str
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]

    def _columns(self) -> dict[str, Any]:
        found = record_columns(self.quantities)
        return {column.key: found[column.key] for column in _PRINTED}

    def tidy(self) -> Any:
        """Return one row for each share, difference and ratio.

        Returns
        -------
        frame
            Columns quantity (share, difference, ratio, relative risk, odds ratio), group, benchmark,
            n, estimate, std_error (of a ratio: of its logarithm), conf_low, conf_high, interval. Unrounded.
        """
        return new_frame(self._columns())

    def tests(self) -> Any:
        """Return the tests.

        Returns
        -------
        frame
            Columns test, benchmark, statistic, df, p_value; exact tests have no statistic.
        """
        return new_frame(record_columns(self.share_tests))

    def glance(self) -> Any:
        """Return one row on the whole comparison, with the first test.

        Returns
        -------
        frame
            Columns n, test, statistic, df, p_value, interval, conf_level.
        """
        first = {
            c: v[:1] for c, v in record_columns(self.share_tests).items() if not c.startswith("benchmark")
        }
        n = sum(each.n for each in self.quantities if each.quantity == "share")
        return new_frame(
            {
                "n": np.array([n]),
                **first,
                "interval": [self.interval],
                "conf_level": np.array([self.conf_level]),
            }
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            The shares and what they make of each other; the tests.
        """
        columns, tests = self._columns(), record_columns(self.share_tests)
        return (
            Table(
                key="proportions",
                title=f"Share of {self.name} beside another sample's",
                lines=(
                    *self.lines,
                    f"{self.conf_level:.0%} limits; errors of ratios are of their logarithms",
                ),
                columns=_PRINTED,
                rows=tuple(zip(*(columns[c.key] for c in _PRINTED), strict=True)),
            ),
            Table(
                key="proportions-tests",
                title="Tests",
                columns=_TESTS,
                rows=tuple(zip(*(tests[c.key] for c in _TESTS), strict=True)),
                notes=self.notes,
            ),
        )

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the differences with their limits.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        rows = [each for each in self.quantities if each.quantity == "difference"]
        return forest(
            [str(each.benchmark) for each in rows],
            [100 * each.estimate for each in rows],
            [100 * each.conf_low for each in rows],
            [100 * each.conf_high for each in rows],
            title=f"{self.name}: difference of shares",
            xlabel=f"percentage points, with {self.conf_level:.0%} limits",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data.

        Returns
        -------
        dict
            Keys schema, kind, name, rows, tests, interval, conf_level, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "proportions",
            "name": self.name,
            "rows": plain_rows(self._columns()),
            "tests": plain_rows(record_columns(self.share_tests)),
            "interval": self.interval,
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
