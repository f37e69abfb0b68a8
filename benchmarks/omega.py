"""200 bootstrap omegas beside psych, on the same simulated answers.

The replicates are `one_factor` of the covariances under 200 columns of bootstrap weights, from the draws to
the percentile interval; the public call `ps.reliability` is timed as well. R: `benchmarks/omega.R`, where
Rscript and psych are installed, and a loop over factanal there, the shortest way
in R to the same coefficient. Prints medians and ratios.

    python benchmarks/omega.py [--rounds 5] [--replicates 200]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

import peerstats as ps
from peerstats.numerics import one_factor, weighted_moments

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE, ITEMS = 600, 16
NAMES = [f"q{i}" for i in range(1, ITEMS + 1)]


def simulated_answers() -> np.ndarray[Any, np.dtype[np.float64]]:
    """Simulate skewed answers 0-6 of one factor."""
    rng = np.random.default_rng(1)
    latent = 1.3 * rng.normal(size=(PEOPLE, 1)) + rng.normal(size=(PEOPLE, ITEMS))
    return np.clip(np.round(latent + 1.5), 0, 6)


def bootstrap_omega(answers: np.ndarray[Any, np.dtype[np.float64]], replicates: int) -> Any:
    """Return the percentile interval of omega."""
    rng = np.random.default_rng(2)
    weights = rng.multinomial(PEOPLE, np.full(PEOPLE, 1 / PEOPLE), size=replicates).T.astype(float)
    with threadpool_limits(1, "blas"):
        whole = one_factor(weighted_moments(answers)[1])
        drawn = one_factor(weighted_moments(answers, weights)[1], start=whole)
    return np.percentile(drawn.omega, [2.5, 97.5])


def _median(call: Callable[[], Any], rounds: int) -> float:
    seconds = []
    for turn in range(rounds + 1):
        start = time.perf_counter()
        call()
        if turn:  # the first only warms up
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def _r_seconds(answers: np.ndarray[Any, np.dtype[np.float64]], replicates: int) -> dict[str, float]:
    rscript = shutil.which("Rscript")
    if rscript is None:
        print("Rscript is not installed: only peerstats is timed.")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "simulated_answers.csv"
        np.savetxt(file, answers, fmt="%d", delimiter=",")
        script = Path(__file__).with_suffix(".R")
        done = subprocess.run(
            [rscript, str(script), str(file), str(replicates), "3"],
            check=True,
            capture_output=True,
            text=True,
        )
    rows = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    return {name: float(seconds) for name, seconds in rows}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--replicates", type=int, default=200)
    chosen = parser.parse_args()
    answers = simulated_answers()
    frame = pd.DataFrame(answers, columns=NAMES)
    replicates = chosen.replicates
    ours = {
        "one_factor of bootstrap covariances": lambda: bootstrap_omega(answers, replicates),
        "ps.reliability(coefficients='omega')": lambda: ps.reliability(
            frame, items=NAMES, coefficients="omega", interval="percentile", n_replicates=replicates, rng=1
        ),
    }
    times = {name: _median(call, chosen.rounds) for name, call in ours.items()}
    theirs = _r_seconds(answers, replicates)
    print(
        f"{replicates} bootstrap omegas, {PEOPLE} x {ITEMS}: median seconds, and how often ours fits into it"
    )
    heads = "".join(f"{i:>12}" for i in range(1, len(times) + 1))
    print(f"  {'':42}{'seconds':>9}{heads}")
    for place, (name, seconds) in enumerate(times.items(), 1):
        print(f"{place:2}{name:>42}{seconds:9.3f}")
    for name, seconds in theirs.items():
        ratios = "".join(f"{seconds / own:12.0f}" for own in times.values())
        print(f"  {name:>42}{seconds:9.2f}{ratios}")


if __name__ == "__main__":
    main()
