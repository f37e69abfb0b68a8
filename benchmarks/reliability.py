"""2,000 bootstrap alphas of 600 respondents and 16 items: peerstats against R's psych, side by side.

The two take turns on the same simulated answers. What is timed is the public call with its percentile
interval on one side, and `psych::alpha(n.iter = 2000)` on the other, which forks over two cores by default.
Prints medians and their ratio; with --least, exits with 1 where the ratio is smaller. Needs R with psych.

    python benchmarks/reliability.py [--rounds 7] [--replicates 2000] [--least 40]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import peerstats as ps


def _answers(n: int = 600, m: int = 16) -> pd.DataFrame:
    """Simulate answers 0 to 6 to the items of one factor."""
    rng = np.random.default_rng(20260712)
    factor = rng.normal(size=(n, 1))
    answers = np.clip(np.rint(2 + 0.9 * factor + rng.normal(size=(n, m))), 0, 6).astype(int)
    return pd.DataFrame(answers, columns=[f"q{i}" for i in range(1, m + 1)])


def _ours(answers: pd.DataFrame, replicates: int) -> tuple[float, float, float]:
    start = time.perf_counter()
    found = ps.reliability(
        answers,
        items=list(answers),
        coefficients="alpha",
        interval="percentile",
        n_replicates=replicates,
        rng=1,
    )
    seconds = time.perf_counter() - start
    row = found.tidy().iloc[0]
    return seconds, row["conf_low"], row["conf_high"]


def _theirs(path: Path, replicates: int) -> tuple[float, float, float]:
    script = Path(__file__).with_suffix(".R")
    done = subprocess.run(
        ["Rscript", str(script), str(path), str(replicates)],  # noqa: S607  (R is found where the shell finds it)
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, low, high = map(float, done.stdout.split()[-3:])
    return seconds, low, high


def main() -> int:
    """Measure, print the table, and say by the exit code whether the ratio is large enough."""
    parser = argparse.ArgumentParser(description="Time bootstrap alphas beside psych.")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each (default 7)")
    parser.add_argument("--replicates", type=int, default=2000, help="replicates (default 2000)")
    parser.add_argument("--least", type=float, default=0.0, help="smallest ratio that passes (default: any)")
    asked = parser.parse_args()
    answers = _answers()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers_simulated.csv"
        answers.to_csv(path, index=False)
        _ours(answers, asked.replicates)  # the first call loads libraries
        turns = [
            (_ours(answers, asked.replicates), _theirs(path, asked.replicates)) for _ in range(asked.rounds)
        ]
    print(f"{asked.replicates:,} bootstrap alphas of {len(answers)} x {answers.shape[1]} simulated answers\n")
    print(f"{'':12}{'median s':>10}{'least':>10}{'most':>10}{'95% limits':>20}")
    medians = []
    for name, column in (("peerstats", 0), ("psych", 1)):
        times = [turn[column][0] for turn in turns]
        low, high = turns[-1][column][1:]
        medians.append(statistics.median(times))
        limits = f"{low:.4f} to {high:.4f}"
        print(f"{name:12}{medians[-1]:10.4f}{min(times):10.4f}{max(times):10.4f}{limits:>20}")
    ratio = medians[1] / medians[0]
    print(f"\npsych / peerstats: {ratio:.1f}")
    return 0 if ratio >= asked.least else 1


if __name__ == "__main__":
    sys.exit(main())
