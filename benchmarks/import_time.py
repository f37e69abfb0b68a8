"""`import peerstats` against `import statsmodels.api`, side by side.

Each import runs in a fresh interpreter; the two take turns, so that a busy moment of the machine hits
both. The time of an interpreter that imports nothing is measured in the same turns and taken off. Prints
medians and their ratio; with --least, exits with 1 where the ratio is smaller.

    python benchmarks/import_time.py [--rounds 11] [--least 10]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

_STATEMENTS = {
    "nothing": "pass",
    "import peerstats": "import peerstats",
    "import statsmodels.api": "import statsmodels.api",
}


def _seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def _measure(rounds: int) -> dict[str, list[float]]:
    """Time every statement once a round; the first round only warms the file cache."""
    times: dict[str, list[float]] = {name: [] for name in _STATEMENTS}
    for turn in range(rounds + 1):
        for name, statement in _STATEMENTS.items():
            seconds = _seconds(statement)
            if turn:
                times[name].append(seconds)
    return times


def main() -> int:
    """Measure, print the table, and say by the exit code whether the ratio is large enough."""
    parser = argparse.ArgumentParser(description="Time `import peerstats` beside `import statsmodels.api`.")
    parser.add_argument("--rounds", type=int, default=11, help="turns of each (default 11)")
    parser.add_argument("--least", type=float, default=0.0, help="smallest ratio that passes (default: any)")
    asked = parser.parse_args()
    times = _measure(asked.rounds)
    bare = statistics.median(times["nothing"])
    print(f"seconds, {asked.rounds} rounds, one fresh interpreter each\n")
    print(f"{'':24}{'median':>8}{'least':>8}{'most':>8}{'net':>8}")
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"{name:24}{middle:8.3f}{min(seconds):8.3f}{max(seconds):8.3f}{middle - bare:8.3f}")
    ours, theirs = (statistics.median(times[f"import {name}"]) for name in ("peerstats", "statsmodels.api"))
    print(f"\nstatsmodels.api / peerstats: {theirs / ours:.1f} with the interpreter's start")
    net = (theirs - bare) / max(ours - bare, 1e-4)  # 0.1 ms is the finest that such a clock tells
    print(f"                             {net:.1f} without it")
    return 0 if theirs / ours >= asked.least else 1


if __name__ == "__main__":
    sys.exit(main())
