"""The gap between an estimate and a benchmark, with the benchmark's error and with it left out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerstats.comparison._gap_test import Equivalence, GapTest, satterthwaite, t_test, tost
from peerstats.numerics import t_half_width

if TYPE_CHECKING:
    from peerstats.norms import Benchmark
    from peerstats.numerics import MeanEstimate

__all__ = ["Gap", "gap", "gap_between"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gap:
    """One group beside one benchmark.

    Attributes
    ----------
    group : str
        The group of respondents.
    benchmark : Benchmark
        What it is compared with.
    quantity : str
        What is compared: mean, median, proportion or share below a percentile.
    sample : MeanEstimate
        The group's estimate and its error.
    conf_low, conf_high : float
        Limits of the estimate.
    value : float
        The benchmark's figure.
    value_error : float or None
        Its standard error; None where none is published and the figure is taken as fixed.
    n_missing : int
        Rows of the group without a value.
    difference : float
        Sample minus benchmark, in the benchmark's unit.
    included, fixed : GapTest
        Limits and test with the benchmark's error, and with the benchmark as a fixed number.
    include_error : bool
        Which of the two the comparison goes by.
    ratio, ratio_low, ratio_high : float
        Sample over benchmark; NaN unless both are positive.
    test : str
        The test it goes by, in words.
    n_ties : float
        Respondents who equal the benchmark; NaN where ties do not matter.
    achieved : float
        Confidence level that the limits reach, where they cannot meet the one asked for; else NaN.
    cut : float
        The percentile's value that shares are counted below; else NaN.
    effect_size : float
        Difference over a standard deviation; NaN where there is none.
    effect_sd : str
        Whose it is: benchmark or sample; empty where there is none.
    p_adjusted : float
        The p-value adjusted for the family of tests.
    equivalence : Equivalence or None
        Where a margin was given.
    screen : str
        Why the row should not be published, or with care; empty where nothing speaks against it.
    """

    group: str
    benchmark: Benchmark
    quantity: str = "mean"
    sample: MeanEstimate
    conf_low: float
    conf_high: float
    value: float
    value_error: float | None
    n_missing: int
    difference: float
    included: GapTest
    fixed: GapTest
    include_error: bool
    ratio: float
    ratio_low: float
    ratio_high: float
    test: str = "t"
    n_ties: float = math.nan
    achieved: float = math.nan
    cut: float = math.nan
    effect_size: float = math.nan
    effect_sd: str = ""
    p_adjusted: float = math.nan
    equivalence: Equivalence | None = None
    screen: str = ""

    @property
    def used(self) -> GapTest:
        """The limits and test that the comparison goes by."""
        return self.included if self.include_error else self.fixed


def gap_between(
    sample: MeanEstimate,
    benchmark: Benchmark,
    *,
    group: str,
    quantity: str,
    n_missing: int,
    value: float,
    value_error: float | None,
    limits: tuple[float, float],
    tests: tuple[GapTest, GapTest],
    include_error: bool,
    test: str,
    ratio: tuple[float, float, float] = (math.nan, math.nan, math.nan),
    n_ties: float = math.nan,
    achieved: float = math.nan,
    cut: float = math.nan,
    equivalence: Equivalence | None = None,
) -> Gap:
    """Put an estimate, a figure and their two tests, error included and left out, into a `Gap`."""
    return Gap(
        group=group,
        benchmark=benchmark,
        quantity=quantity,
        sample=sample,
        conf_low=limits[0],
        conf_high=limits[1],
        value=value,
        value_error=value_error,
        n_missing=n_missing,
        difference=sample.mean - value,
        included=tests[0],
        fixed=tests[1],
        include_error=include_error,
        ratio=ratio[0],
        ratio_low=ratio[1],
        ratio_high=ratio[2],
        test=test,
        n_ties=n_ties,
        achieved=achieved,
        cut=cut,
        equivalence=equivalence,
    )


def gap(
    sample: MeanEstimate,
    benchmark: Benchmark,
    *,
    group: str,
    n_missing: int,
    include_error: bool,
    conf_level: float,
    margin: float | None = None,
) -> Gap:
    """Compare one mean with one benchmark.

    Parameters
    ----------
    sample : MeanEstimate
        The group's mean.
    benchmark : Benchmark
        The benchmark.
    group : str
        The group's name.
    n_missing : int
        Rows of the group without a value.
    include_error : bool
        Whether the comparison goes by the test with the benchmark's own error.
    conf_level : float
        Confidence level of the limits.
    margin : float, optional
        Margin of equivalence, in the benchmark's unit.

    Returns
    -------
    Gap
        Difference, ratio, limits and tests.
    """
    error = benchmark.std_error or 0.0
    benchmark_df = benchmark.n - 1.0 if benchmark.n is not None else math.inf
    difference = sample.mean - benchmark.value
    known = sample.std_error >= 0
    df = satterthwaite(sample.std_error, sample.df, error, benchmark_df) if known else math.nan
    fixed_df = sample.df if known else math.nan
    tests = (
        t_test(difference, math.hypot(sample.std_error, error), df, conf_level),
        t_test(difference, sample.std_error, fixed_df, conf_level),
    )
    used = tests[0] if include_error else tests[1]
    ratio = low = high = math.nan
    if sample.mean > 0 and benchmark.value > 0:
        ratio = sample.mean / benchmark.value
        counted = error if include_error else 0.0
        on_log = float(t_half_width(conf_level, used.df)) * math.hypot(
            sample.std_error / sample.mean, counted / benchmark.value
        )
        low, high = ratio * math.exp(-on_log), ratio * math.exp(on_log)
    return gap_between(
        sample,
        benchmark,
        group=group,
        quantity="mean",
        n_missing=n_missing,
        value=benchmark.value,
        value_error=benchmark.std_error,
        limits=(benchmark.value + tests[1].low, benchmark.value + tests[1].high),
        tests=tests,
        include_error=include_error,
        test="t",
        ratio=(ratio, low, high),
        equivalence=None
        if margin is None
        else Equivalence(margin=margin, p_value=tost(difference, used, margin)),
    )
