"""First result of `peerstats score` on 600 rows: a fresh process from the command to the written file.

Simulated answers to the MBI-GS, read from CSV, scored, reported and written with the scores beside; then
the financial well-being scale by the response model. Beside it a fresh interpreter that imports pandas,
reads the same file, takes the means of the same items without a check, and writes it. All imports are in
the times.

    python benchmarks/first_score.py [--quick] [--rounds 11] [--check]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from _timing import Contestant, Row, command, contest

import peerstats as ps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_ROWS = 600
_COMMAND = "from peerstats.cli import main; main()"
_BY_HAND = """
import sys, pandas as pd
data = pd.read_csv(sys.argv[1])
for name, items in {scales!r}.items():
    data[name] = data[items].mean(axis=1, skipna={skip})
data.to_csv(sys.argv[2], index=False)
"""
_KEYS = {
    "mbi_gs": ("mbi_{}", 7, 16, ()),
    "cfpb_fwb_10": ("fwb_{}", 5, 10, ("--method", "irt", "--age-group", "18-61", "--mode", "self")),
}


def run(command_line: list[str]) -> None:
    """Run an interpreter."""
    subprocess.run([sys.executable, *command_line], check=True, stdout=subprocess.DEVNULL)


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Score one file by each instrument."""
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        for key, (pattern, answers, items, more) in _KEYS.items():
            names = [pattern.format(i) for i in range(1, items + 1)]
            file, out = Path(folder) / f"simulated_{key}.csv", str(Path(folder) / "scored.csv")
            values = rng.integers(0, answers, (_ROWS, items))
            pd.DataFrame(values, columns=names).to_csv(file, index=False)
            ours = ["-c", _COMMAND, "score", str(file), "--instrument", key, "--items", pattern, *more]
            scales = {s.name: [names[i] for i in s.items] for s in ps.get_instrument(key).scales}
            by_hand = _BY_HAND.format(scales=scales, skip=False)
            contestants = [
                Contestant(
                    peer="peerstats", work=run, data=[*ours, "--out", out, "--overwrite"], goal="seconds <= 1"
                ),
                Contestant(
                    peer="pandas, means by hand",
                    work=run,
                    data=["-c", by_hand, str(file), out],
                    note="unchecked",
                ),
            ]
            name = f"First result of `peerstats score`, {key}"
            yield contest(name, contestants, rounds=asked.rounds, n=_ROWS, k=items)


if __name__ == "__main__":
    command(measure, __doc__, rounds=(11, 3))
