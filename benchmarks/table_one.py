"""Table 1 of 100,000 respondents x 40 columns by three groups: seconds, and of which what.

Twenty columns of numbers (half of them skewed, a tenth missing), ten of words, ten of 0 and 1; tests and
standardised differences with each. All simulated. Then the same with sampling weights, whose tests take the
design's errors.

    python benchmarks/table_one.py [--rounds 5] [--rows 100000] [--most 2]

`--most 2` exits with 1 unless the unweighted median is below two seconds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import numpy as np
import pandas as pd

import peerstats as ps


def simulate(n: int) -> pd.DataFrame:
    """Return simulated answers: 40 columns, a group and a weight."""
    rng = np.random.default_rng(20260901)
    columns: dict[str, object] = {}
    for j in range(20):
        x = rng.normal(50, 10, n) if j % 2 else rng.lognormal(0, 1, n)
        if j < 10:
            x = np.round(x, 1)  # ties
        x[rng.random(n) < 0.1] = np.nan
        columns[f"number_{j}"] = x
    words = np.array(["never", "rarely", "sometimes", "often", "always"])
    for j in range(10):
        columns[f"word_{j}"] = words[rng.integers(0, 3 + j % 3, n)]
        columns[f"truth_{j}"] = rng.integers(0, 2, n)
    columns["group"] = np.array(["a", "b", "c"])[rng.integers(0, 3, n)]
    columns["weight"] = rng.lognormal(0, 0.5, n)
    return pd.DataFrame(columns)


def main() -> int:
    """Time both tables and print medians."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--most", type=float, default=None)
    asked = parser.parse_args()
    data = simulate(asked.rows)
    columns = [name for name in data.columns if name not in ("group", "weight")]
    medians = {f"number_{j}": "median_iqr" for j in range(0, 20, 2)}
    found: dict[str, list[float]] = {"unweighted": [], "weighted": []}
    for _ in range(asked.rounds):
        for name, how in (("unweighted", {}), ("weighted", {"weights": "weight"})):
            start = time.perf_counter()
            ps.table_one(data, columns, by="group", continuous=medians, smd=True, **how).summary()
            found[name].append(time.perf_counter() - start)
    for name, seconds in found.items():
        print(f"{name}: {statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})")
    return int(asked.most is not None and statistics.median(found["unweighted"]) > asked.most)


if __name__ == "__main__":
    sys.exit(main())
