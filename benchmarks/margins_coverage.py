"""No clock: how often the intervals of average marginal effects cover, in simulated samples.

A multinomial logit of three outcomes with two numbers and a category of three levels, n = 300. "delta" should
cover the average effect among the sample's own people under the true coefficients, "unconditional" that of
the population (two million simulated people). In the second half people come in 60 clusters of 5 that share
a part of age, and errors are clustered.

    python benchmarks/margins_coverage.py [--simulations 2000] [--n 300]
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import pandas as pd

import peerstats as ps

BETA = np.array([[-0.2, 0.5, 0.4, 0.6, -0.3], [-0.5, -0.4, 0.8, 0.2, 0.5]])  # constant, age, wage, two levels
LEVELS = np.array(["a", "b", "c"])
JOBS = np.array(["none", "other", "peer"])
POPULATION = 2_000_000


def _people(rng: np.random.Generator, n: int, *, clustered: bool) -> pd.DataFrame:
    share = np.repeat(rng.normal(size=-(-n // 5)), 5)[:n]
    age = np.sqrt(0.5) * (share + rng.normal(size=n)) if clustered else rng.normal(size=n)
    return pd.DataFrame(
        {
            "age": age,
            "wage": rng.exponential(size=n) - 1,
            "state": rng.choice(LEVELS, n, p=[0.5, 0.3, 0.2]),
            "county": np.arange(n) // 5,
        }
    )


def _design(data: pd.DataFrame) -> np.ndarray:
    state = data["state"].to_numpy()
    return np.column_stack([np.ones(len(data)), data["age"], data["wage"], state == "b", state == "c"])


def _shares(x: np.ndarray) -> np.ndarray:
    odds = np.column_stack([np.ones(len(x)), np.exp(x @ BETA.T)])
    return odds / odds.sum(axis=1, keepdims=True)


def _truth(data: pd.DataFrame) -> np.ndarray:
    """Return the average effects among some people, outcome by outcome."""
    x = _design(data)
    p = _shares(x)
    effects = []
    for column in (1, 2):
        slopes = np.append(0.0, BETA[:, column])
        effects.append((p * (slopes - (p @ slopes)[:, None])).mean(axis=0))
    at = {}
    for level, dummies in {"a": (0, 0), "b": (1, 0), "c": (0, 1)}.items():
        moved = x.copy()
        moved[:, 3:] = dummies
        at[level] = _shares(moved).mean(axis=0)
    effects += [at["b"] - at["a"], at["c"] - at["a"]]
    return np.array(effects).T.ravel()


def _draw(rng: np.random.Generator, data: pd.DataFrame) -> pd.DataFrame:
    p = _shares(_design(data))
    return data.assign(job=JOBS[(rng.random((len(data), 1)) > p.cumsum(axis=1)).sum(axis=1)])


def _covered(found: ps.MarginsResult, truth: np.ndarray) -> np.ndarray:
    return (found.numbers["conf_low"] <= truth) & (truth <= found.numbers["conf_high"])


def main() -> int:
    """Simulate, and print the coverage of each effect."""
    parser = argparse.ArgumentParser(description="Coverage of the intervals of average marginal effects.")
    parser.add_argument("--simulations", type=int, default=2000, help="samples a half (default 2000)")
    parser.add_argument("--n", type=int, default=300, help="people a sample (default 300)")
    asked = parser.parse_args()
    names = ["age slope", "wage slope", "b against a", "c against a"]
    print(f"{asked.simulations:,} simulated samples of {asked.n}, intervals of 95 %; covered, by effect\n")
    print(f"{'people':10}{'errors':15}{'outcome':9}" + "".join(f"{name:>13}" for name in names))
    for clustered in (False, True):
        rng = np.random.default_rng(20261126)
        population = _truth(_people(rng, POPULATION, clustered=clustered))
        hits = {errors: np.zeros(len(population)) for errors in ("delta", "unconditional")}
        how = {"cluster": "county"} if clustered else {}
        for _ in range(asked.simulations):
            data = _draw(rng, _people(rng, asked.n, clustered=clustered))
            result = ps.multinomial("job ~ age + wage + state", data, base="none", **how)
            hits["delta"] += _covered(result.margins(["age", "wage", "state"]), _truth(data))
            found = result.margins(["age", "wage", "state"], errors="unconditional")
            hits["unconditional"] += _covered(found, population)
        for errors, count in hits.items():
            for job, shares in zip(JOBS, (count / asked.simulations).reshape(3, 4), strict=True):
                cells = "".join(f"{share:13.3f}" for share in shares)
                print(f"{'clustered' if clustered else 'single':10}{errors:15}{job:9}{cells}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
