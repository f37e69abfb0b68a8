"""The gap between an estimate and a benchmark, with the benchmark's error and with it left out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.comparison._gap_test import Equivalence, GapTest, satterthwaite, t_test, tost
from peerstats.numerics import t_half_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.norms import Benchmark
    from peerstats.numerics import MeanEstimate

__all__ = ["Gap", "gap", "gap_columns"]


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
    limits : (float, float)
        Limits of the estimate.
    value : float
        The benchmark's figure.
    value_error : float or None
        Its standard error; None where none is published and the figure is taken as fixed.
    n_missing : int
        Rows of the group without a value.
    included, fixed : GapTest
        Limits and test with the benchmark's error, and with the benchmark as a fixed number.
    include_error : bool
        Which of the two the comparison goes by.
    ratio : (float, float, float)
        Sample over benchmark, and its limits; NaN unless both are positive.
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
    limits: tuple[float, float]
    value: float
    value_error: float | None
    n_missing: int
    included: GapTest
    fixed: GapTest
    include_error: bool
    ratio: tuple[float, float, float] = (math.nan, math.nan, math.nan)
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
    def difference(self) -> float:
        """Sample minus benchmark, in the benchmark's unit."""
        return self.sample.mean - self.value

    @property
    def used(self) -> GapTest:
        """The limits and test that the comparison goes by."""
        return self.included if self.include_error else self.fixed


def gap_columns(gaps: Sequence[Gap]) -> dict[str, Any]:
    """Put comparisons into columns; those with the benchmark as a fixed number begin with fixed_."""

    def numbers(found: Sequence[Any]) -> Any:
        return np.array(found, dtype=float)

    samples, used, fixed = ([getattr(g, name) for g in gaps] for name in ("sample", "used", "fixed"))
    return {
        "group": [g.group for g in gaps],
        "benchmark": [g.benchmark.key for g in gaps],
        "quantity": [g.quantity for g in gaps],
        "cut": numbers([g.cut for g in gaps]),
        "n": np.array([each.n for each in samples]),
        "n_missing": np.array([g.n_missing for g in gaps]),
        "n_ties": numbers([g.n_ties for g in gaps]),
        "estimate": numbers([each.mean for each in samples]),
        "std_error": numbers([each.std_error for each in samples]),
        "conf_low": numbers([g.limits[0] for g in gaps]),
        "conf_high": numbers([g.limits[1] for g in gaps]),
        "conf_achieved": numbers([g.achieved for g in gaps]),
        "benchmark_value": numbers([g.value for g in gaps]),
        "benchmark_std_error": numbers([g.value_error for g in gaps]),
        "difference": numbers([g.difference for g in gaps]),
        "difference_std_error": numbers([each.std_error for each in used]),
        "difference_low": numbers([each.low for each in used]),
        "difference_high": numbers([each.high for each in used]),
        "ratio": numbers([g.ratio[0] for g in gaps]),
        "ratio_low": numbers([g.ratio[1] for g in gaps]),
        "ratio_high": numbers([g.ratio[2] for g in gaps]),
        "test": [g.test for g in gaps],
        "statistic": numbers([each.statistic for each in used]),
        "df": numbers([each.df for each in used]),
        "p_value": numbers([each.p_value for each in used]),
        "fixed_low": numbers([each.low for each in fixed]),
        "fixed_high": numbers([each.high for each in fixed]),
        "fixed_statistic": numbers([each.statistic for each in fixed]),
        "fixed_p_value": numbers([each.p_value for each in fixed]),
        "p_adjusted": numbers([g.p_adjusted for g in gaps]),
        "effect_size": numbers([g.effect_size for g in gaps]),
        "effect_sd": [g.effect_sd for g in gaps],
        "equivalence_margin": numbers([getattr(g.equivalence, "margin", np.nan) for g in gaps]),
        "equivalence_p_value": numbers([getattr(g.equivalence, "p_value", np.nan) for g in gaps]),
        "verdict": [getattr(g.equivalence, "verdict", "") for g in gaps],
        "screen": [g.screen for g in gaps],
    }


def gap(
    sample: MeanEstimate,
    benchmark: Benchmark,
    *,
    conf_level: float,
    group: str = "all",
    quantity: str = "mean",
    n_missing: int = 0,
    include_error: bool = True,
    margin: float | None = None,
    apart: MeanEstimate | None = None,
    parts: tuple[Sequence[float], Sequence[float]] | None = None,
    relative_error: float | None = None,
) -> Gap:
    """Compare one mean with one benchmark.

    Parameters
    ----------
    sample : MeanEstimate
        The group's mean.
    benchmark : Benchmark
        The benchmark.
    conf_level : float
        Confidence level of the limits.
    group, quantity : str
        The group's name, and what is compared.
    n_missing : int
        Rows of the group without a value.
    include_error : bool
        Whether the comparison goes by the test with the benchmark's own error.
    margin : float, optional
        Margin of equivalence, in the benchmark's unit.
    apart : MeanEstimate, optional
        The mean of what each respondent lies apart from a benchmark that differs among them.
    parts : tuple of two sequences of float, optional
        Variances that make up the benchmark's, and the degrees of freedom they are known on; by default its
        own, and its n less one or infinity.
    relative_error : float, optional
        Error of the ratio over the ratio, without the benchmark's; by default that of the mean.

    Returns
    -------
    Gap
        Difference, ratio, limits and tests.
    """
    error, value = benchmark.std_error or 0.0, benchmark.value
    if parts is None:
        parts = [error**2], [benchmark.n - 1.0 if benchmark.n is not None else math.inf]
    if apart is None:
        apart = replace(sample, mean=sample.mean - value)
    variance = apart.std_error**2
    # without an error there is no test
    own_df = apart.df if apart.std_error >= 0 else math.nan
    df = satterthwaite([variance, *parts[0]], [own_df, *parts[1]])
    included = t_test(apart.mean, math.sqrt(variance + math.fsum(parts[0])), df, conf_level)
    fixed = t_test(apart.mean, apart.std_error, own_df, conf_level)
    used = included if include_error else fixed
    ratio = (math.nan, math.nan, math.nan)
    if sample.mean > 0 and value > 0:
        own = sample.std_error / sample.mean if relative_error is None else relative_error
        on_log = math.hypot(own, error / value if include_error else 0.0)
        on_log *= float(t_half_width(conf_level, used.df))
        over = sample.mean / value
        ratio = (over, over * math.exp(-on_log), over * math.exp(on_log))
    alone = t_test(sample.mean, sample.std_error, sample.df, conf_level)
    return Gap(
        group=group,
        benchmark=benchmark,
        quantity=quantity,
        sample=sample,
        limits=(alone.low, alone.high),
        value=value,
        value_error=benchmark.std_error,
        n_missing=n_missing,
        included=included,
        fixed=fixed,
        include_error=include_error,
        ratio=ratio,
        equivalence=None
        if margin is None
        else Equivalence(margin=margin, p_value=tost(apart.mean, used, margin)),
    )
