"""What a comparison of shares gives: shares, differences, ratios, and tests."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.plots import forest
from peerstats.results import Column, Result, Table, plain, plain_rows

if TYPE_CHECKING:
    from peerstats.norms import Benchmark

__all__ = ["ProportionsResult", "Quantity", "ShareTest"]

_PRINTED = (
    Column(key="quantity", label="quantity"),
    Column(key="group", label="sample"),
    Column(key="benchmark", label="beside"),
    Column(key="benchmark_error", label="its error"),
    Column(key="n", label="n", kind="integer"),
    Column(key="benchmark_value", label="benchmark", kind="number", digits=4),
    Column(key="estimate", label="estimate", kind="number", digits=4),
    Column(key="std_error", label="SE", kind="number", digits=4),
    Column(key="conf_low", label="low", kind="number", digits=4),
    Column(key="conf_high", label="high", kind="number", digits=4),
    Column(key="interval", label="limits"),
)
_TESTS = (
    Column(key="test", label="test"),
    Column(key="benchmark", label="beside"),
    Column(key="benchmark_error", label="its error"),
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
    benchmark_error: str | None = None
    benchmark_value: float = np.nan
    hits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShareTest:
    """A test of a share; NaN where an exact test has no statistic."""

    test: str
    benchmark: str
    statistic: float
    df: float
    p_value: float
    benchmark_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ProportionsResult(Result):
    """Published shares beside benchmarks or beside each other.

    Parameters
    ----------
    name : str
        The sample.
    quantities : tuple of Quantity
        Shares, differences and ratios with limits.
    share_tests : tuple of ShareTest
        The tests.
    benchmarks : tuple of Benchmark
        What the share is compared with; none for two samples.
    interval : str
        Limits of a share: wilson or exact.
    conf_level : float
        Confidence level of the limits.
    lines : tuple of str
        The counts.
    notes : tuple of str
        Counts that print alike, and the benchmarks' population, date, form and source.

    Examples
    --------
    >>> import peerstats as ps
    >>> national = ps.benchmark(0.167, std_error=0.002, statistic="proportion", name="part-time")
    >>> ps.compare_proportions(count=130, n=448, benchmark=national).tests()["p_value"].lt(0.001).tolist()
    [True, True]
    """

    name: str
    quantities: tuple[Quantity, ...]
    share_tests: tuple[ShareTest, ...]
    benchmarks: tuple[Benchmark, ...]
    interval: str
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]

    def _columns(self) -> dict[str, Any]:
        found = [asdict(each) for each in self.quantities]
        words = {c: [row[c] for row in found] for c in ("quantity", "group", "benchmark", "benchmark_error")}
        names = ("benchmark_value", "estimate", "std_error", "conf_low", "conf_high")
        return {
            **words,
            "n": np.array([row["n"] for row in found]),
            **{c: np.array([row[c] for row in found], dtype=float) for c in names},
            "interval": [row["interval"] for row in found],
        }

    def _test_columns(self) -> dict[str, Any]:
        found = [asdict(each) for each in self.share_tests]
        words = {c: [row[c] for row in found] for c in ("test", "benchmark", "benchmark_error")}
        names = ("statistic", "df", "p_value")
        return words | {c: np.array([row[c] for row in found], dtype=float) for c in names}

    def tidy(self) -> Any:
        """Return one row for each share, difference and ratio.

        Returns
        -------
        frame
            Columns quantity (share, difference, ratio, relative risk, odds ratio), group, benchmark,
            benchmark_error, n, benchmark_value, estimate, std_error (of a ratio: of its logarithm),
            conf_low, conf_high, interval. Unrounded.
        """
        return new_frame(self._columns())

    def tests(self) -> Any:
        """Return the tests.

        Returns
        -------
        frame
            Columns test, benchmark, benchmark_error, statistic, df, p_value; exact tests have no statistic.
        """
        return new_frame(self._test_columns())

    def glance(self) -> Any:
        """Return one row on the whole comparison, with the first test.

        Returns
        -------
        frame
            Columns n, test, statistic, df, p_value, interval, conf_level.
        """
        first = {c: v[:1] for c, v in self._test_columns().items() if not c.startswith("benchmark")}
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
        columns, tests = self._columns(), self._test_columns()
        empty = {"benchmark_error", "benchmark_value"} if not self.benchmarks else set()
        kept = [c for c in _PRINTED if c.key not in empty]
        kept_tests = [c for c in _TESTS if c.key not in empty]
        return (
            Table(
                key="proportions",
                title=f"Share of {self.name} beside "
                + ("official figures" if self.benchmarks else "another sample's"),
                lines=(
                    *self.lines,
                    f"{self.conf_level:.0%} limits; errors of ratios are of their logarithms",
                ),
                columns=kept,
                rows=tuple(zip(*(columns[c.key] for c in kept), strict=True)),
            ),
            Table(
                key="proportions-tests",
                title="Tests",
                columns=kept_tests,
                rows=tuple(zip(*(tests[c.key] for c in kept_tests), strict=True)),
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
        said = {"include": "error included", "ignore": "taken as fixed"}
        return forest(
            [said.get(str(each.benchmark_error), str(each.benchmark)) for each in rows],
            [100 * each.estimate for each in rows],
            [100 * each.conf_low for each in rows],
            [100 * each.conf_high for each in rows],
            groups=[str(each.benchmark) for each in rows] if self.benchmarks else None,
            title=f"{self.name}: difference of shares",
            xlabel=f"percentage points, with {self.conf_level:.0%} limits",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data.

        Returns
        -------
        dict
            Keys schema, kind, name, rows, tests, benchmarks, interval, conf_level, lines and notes.
        """
        return {
            "schema": 1,
            "kind": "proportions",
            "name": self.name,
            "rows": plain_rows(self._columns()),
            "tests": plain_rows(self._test_columns()),
            "benchmarks": {each.key: plain(each.to_dict()) for each in self.benchmarks},
            "interval": self.interval,
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
