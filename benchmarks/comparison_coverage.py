"""Coverage of the limits of a difference from a benchmark, its own error included and ignored.

The sample's mean and the benchmark are drawn independently around one population mean, so that the true
difference is zero; the benchmark's standard error is a multiple of that of the sample's mean. "normal":
normal values. "wages": log-normal values with the quartiles of hourly wages of social and human service
assistants in May 2020, so skewed. Medians and shares of such wages are set beside a fixed figure, without
weights and with unequal ones. Sets of 5,000; the simulation's own error is .003 at .95.

    python benchmarks/comparison_coverage.py [--simulations 5000]
"""

from __future__ import annotations

import argparse
import math

import numpy as np
import pandas as pd

import peerstats as ps

WAGES = ps.oews("21-1093", year=2020)
MEAN = WAGES.value
SIGMA = math.log(WAGES.percentiles[75] / WAGES.percentiles[25]) / (
    2 * 0.674490
)  # .674: a normal's upper quartile
MEDIAN = WAGES.percentiles[50]
SIZES = (100, 600)
RATIOS = (0.0, 0.25, 0.5, 1.0, 2.0)


def _values(rng: np.random.Generator, n: int, shape: str) -> np.ndarray:
    if shape == "normal":
        return rng.normal(MEAN, 4.0, n)
    return MEDIAN * np.exp(SIGMA * rng.standard_normal(n))


def _truth(shape: str) -> tuple[float, float]:
    """Return mean and standard deviation of the population."""
    if shape == "normal":
        return MEAN, 4.0
    mean = MEDIAN * math.exp(SIGMA**2 / 2)
    return mean, mean * math.sqrt(math.exp(SIGMA**2) - 1)


def _covered(result: ps.ComparisonResult) -> tuple[bool, bool]:
    row = result.gaps[0]
    return row.included.low <= 0 <= row.included.high, row.fixed.low <= 0 <= row.fixed.high


def means(simulations: int, rng: np.random.Generator) -> None:
    """Print the coverage of limits of means."""
    print("shape    n    SE_B/SE_m  included  ignored")
    for shape in ("normal", "wages"):
        truth, sd = _truth(shape)
        for n in SIZES:
            for ratio in RATIOS:
                error = ratio * sd / math.sqrt(n)
                hits = np.zeros(2)
                for _ in range(simulations):
                    value = truth + error * rng.standard_normal()
                    figure = ps.benchmark(value, std_error=error, name="B")
                    data = pd.DataFrame({"wage": _values(rng, n, shape)})
                    hits += _covered(ps.compare(data, "wage", figure))
                included, ignored = hits / simulations
                print(f"{shape:8} {n:4} {ratio:9.2f} {included:9.3f} {ignored:8.3f}", flush=True)


def others(simulations: int, rng: np.random.Generator) -> None:
    """Print the coverage of limits of medians and shares of skewed wages, the benchmark fixed."""
    print("statistic        n    weights   coverage")
    share = float(np.mean(_values(rng, 2_000_000, "wages") < WAGES.percentiles[25]))
    for n in SIZES:
        median = ps.benchmark(MEDIAN, std_error=0, statistic="median", name="B")
        part = ps.benchmark(share, std_error=0, statistic="proportion", name="B")
        for weights in (None, "w"):
            hits = np.zeros(2)
            for _ in range(simulations):
                data = pd.DataFrame({"wage": _values(rng, n, "wages"), "w": rng.uniform(0.5, 3.0, n)})
                data["low"] = (data["wage"] < WAGES.percentiles[25]).astype(int)
                for i, (column, figure, statistic) in enumerate(
                    (("wage", median, "median"), ("low", part, "proportion"))
                ):
                    result = ps.compare(data, column, figure, statistic=statistic, weights=weights)
                    hits[i] += _covered(result)[1]
            for name, count in zip(("median", "proportion"), hits, strict=True):
                print(
                    f"{name:14} {n:4}   {'yes' if weights else 'no':8} {count / simulations:9.3f}", flush=True
                )


def main() -> None:
    """Simulate and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--simulations", type=int, default=5_000)
    simulations = asked.parse_args().simulations
    rng = np.random.default_rng(20261126)
    means(simulations, rng)
    others(simulations, rng)


if __name__ == "__main__":
    main()
