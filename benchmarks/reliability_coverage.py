"""Coverage of the limits of alpha and omega in simulated five-point items.

What the limits should cover is the coefficient of the population covariance matrix of the answers
themselves, from ten million simulated respondents, not that of the variables behind them. Eight items of one
factor, loadings .45 to .80; "normal": a symmetric item, "skewed": 60 % give the lowest answer. One set of
bootstrap replicates gives both the percentile and the BCa limits.

    python benchmarks/reliability_coverage.py [--simulations 2000] [--replicates 1000]
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
from scipy.stats import norm

from peerstats.engines import bootstrap_replicates, jackknife_replicates, replicate
from peerstats.numerics import (
    acceleration,
    alpha,
    bca_interval,
    bonett_interval,
    feldt_interval,
    one_factor,
    percentile_interval,
    weighted_moments,
)

LOADINGS = np.linspace(0.45, 0.80, 8)
SHARES = {"normal": (0.07, 0.24, 0.38, 0.24, 0.07), "skewed": (0.60, 0.20, 0.10, 0.06, 0.04)}
SIZES = (200, 600)
POPULATION = 10_000_000


def _answers(rng: np.random.Generator, n: int, shape: str) -> np.ndarray:
    factor = rng.standard_normal((n, 1))
    latent = LOADINGS * factor + np.sqrt(1 - LOADINGS**2) * rng.standard_normal((n, len(LOADINGS)))
    cuts = norm.ppf(np.cumsum(SHARES[shape])[:-1])
    return np.searchsorted(cuts, latent.ravel()).reshape(latent.shape).astype(float)


def _population(rng: np.random.Generator, shape: str, size: int) -> dict[str, float]:
    """Return the coefficients of the covariances of `size` simulated respondents."""
    block = 100_000
    sums, products = np.zeros(len(LOADINGS)), np.zeros((len(LOADINGS),) * 2)
    for _ in range(size // block):
        x = _answers(rng, block, shape)
        sums += x.sum(axis=0)
        products += x.T @ x
    n = size // block * block
    covariance = products / n - np.outer(sums, sums) / n**2
    return {"alpha": float(alpha(covariance)), "omega": float(one_factor(covariance).omega)}


def _limits(x: np.ndarray, replicates: int, seed: int) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the limits of one sample by coefficient and method."""
    n, m = x.shape
    covariance = weighted_moments(x)[1]
    whole = one_factor(covariance)
    values = {"alpha": float(alpha(covariance)), "omega": float(whole.omega)}

    def statistic(weights: np.ndarray) -> np.ndarray:
        matrices = weighted_moments(x, weights, weight_kind="sampling")[1]
        return np.stack([alpha(matrices), one_factor(matrices, start=whole).omega], axis=1)

    drawn = replicate(statistic, bootstrap_replicates(n, n_replicates=replicates, rng=seed))
    dropped = jackknife_replicates(n)
    skew = acceleration(replicate(statistic, dropped), dropped.times)
    found = {
        ("alpha", "feldt"): feldt_interval(values["alpha"], n, m, 0.95),
        ("alpha", "bonett"): bonett_interval(values["alpha"], n, m, 0.95),
    }
    for j, key in enumerate(values):
        found[key, "percentile"] = percentile_interval(drawn[:, j], 0.95)
        found[key, "bca"] = bca_interval(drawn[:, j], values[key], float(skew[j]), 0.95)
    return found


def main() -> int:
    """Simulate, and print the coverage of each kind of limits."""
    parser = argparse.ArgumentParser(description="Coverage of the limits of alpha and omega.")
    parser.add_argument("--simulations", type=int, default=2000, help="samples a row (default 2000)")
    parser.add_argument("--replicates", type=int, default=1000, help="bootstrap replicates (default 1000)")
    parser.add_argument("--population", type=int, default=POPULATION, help="respondents of the population")
    asked = parser.parse_args()
    rng = np.random.default_rng(20260712)
    print(f"{asked.simulations:,} simulated samples a row; {asked.replicates:,} bootstrap replicates")
    heads = f"{'items':8}{'n':>5}  {'coefficient':12}{'target':>8}  {'limits':12}"
    print(heads + f"{'covered':>8}{'below':>8}{'above':>8}")
    for shape in SHARES:
        targets = _population(rng, shape, asked.population)
        for n in SIZES:
            samples = [
                _limits(_answers(rng, n, shape), asked.replicates, seed) for seed in range(asked.simulations)
            ]
            for key, method in samples[0]:
                ends = np.array([each[key, method] for each in samples])
                below, above = np.mean(ends[:, 1] < targets[key]), np.mean(ends[:, 0] > targets[key])
                print(
                    f"{shape:8}{n:5}  {key:12}{targets[key]:8.4f}  {method:12}"
                    f"{1 - below - above:8.3f}{below:8.3f}{above:8.3f}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
