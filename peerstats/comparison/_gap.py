"""The gap between an estimate and a benchmark, with the benchmark's error and with it left out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerstats.numerics import one_sided_p, t_half_width, two_sided_p

if TYPE_CHECKING:
    from peerstats.norms import Benchmark
    from peerstats.numerics import MeanEstimate

__all__ = ["Equivalence", "Gap", "GapTest", "gap", "gap_between", "satterthwaite", "t_test", "tost"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GapTest:
    """A gap's limits and test under one view of the benchmark.

    Attributes
    ----------
    std_error : float
        Standard error of the difference.
    low, high : float
        Limits of the difference.
    statistic, df, p_value : float
        Two-sided test that the difference is zero; the degrees of freedom are infinite for the normal and
        NaN for an exact test, whose statistic is a count.
    """

    std_error: float
    low: float
    high: float
    statistic: float
    df: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Equivalence:
    """Two one-sided tests that a gap lies within a margin.

    Attributes
    ----------
    margin : float
        The margin, in the units of the difference.
    p_value : float
        The larger p of the two.
    verdict : str
        In words: equivalent, different, different but within the margin, or undecided; empty until the family
        of tests is known.
    """

    margin: float
    p_value: float
    verdict: str = ""


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


def satterthwaite(std_error: float, df: float, error: float, benchmark_df: float) -> float:
    """Degrees of freedom of a sum of two variances, of which the benchmark's may count as known."""
    if not df > 0:
        return math.nan
    own, other = std_error**2, error**2
    below = own**2 / df + (other**2 / benchmark_df if math.isfinite(benchmark_df) else 0.0)
    return (own + other) ** 2 / below if below > 0 else math.inf


def t_test(difference: float, std_error: float, df: float, conf_level: float) -> GapTest:
    """Test a difference by its standard error.

    Parameters
    ----------
    difference, std_error, df : float
        The difference, its error and degrees of freedom.
    conf_level : float
        Confidence level of the limits.

    Returns
    -------
    GapTest
        t on df degrees of freedom, or the normal where they are infinite.
    """
    reach = float(t_half_width(conf_level, df)) * std_error if df > 0 else math.nan
    statistic = difference / std_error if std_error > 0 else math.nan
    return GapTest(
        std_error=std_error,
        low=difference - reach,
        high=difference + reach,
        statistic=statistic,
        df=df,
        p_value=float(two_sided_p(statistic, df)),
    )


def tost(difference: float, test: GapTest, margin: float) -> float:
    """Test twice, one-sidedly, that a difference lies within a margin.

    Parameters
    ----------
    difference : float
        The difference.
    test : GapTest
        Its error and degrees of freedom.
    margin : float
        The margin, positive.

    Returns
    -------
    float
        The larger of the two p-values. It is below alpha just where the limits with confidence 1 - 2 alpha
        lie within the margin.

    References
    ----------
    .. [1] Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15(6), 657-680.
    """
    if not test.std_error > 0:
        return math.nan
    above = float(one_sided_p((difference + margin) / test.std_error, test.df))
    below = float(one_sided_p((margin - difference) / test.std_error, test.df))
    return max(above, below)


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
