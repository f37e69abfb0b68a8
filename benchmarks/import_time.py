"""`import peerstats` beside `import statsmodels.api`, each in a fresh interpreter.

The time of an interpreter that imports nothing is in both, and is measured in the same turns.

    python benchmarks/import_time.py [--quick] [--rounds 11] [--check]
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from _timing import Contestant, Row, command, contest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_STATEMENTS = {
    "peerstats": "import peerstats",
    "statsmodels.api": "import statsmodels.api",
    "scikit-learn, linear_model": "import sklearn.linear_model",
    "pandas": "import pandas",
    "nothing": "pass",
}
_GOALS = {"statsmodels.api": "ratio >= 10"}


def run(statement: str) -> None:
    """Run a statement in a fresh interpreter."""
    subprocess.run([sys.executable, "-c", statement], check=True)


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Import each in turn."""
    contestants = [
        Contestant(peer=name, work=run, data=statement, goal=_GOALS.get(name, ""))
        for name, statement in _STATEMENTS.items()
        if _installed(statement)
    ]
    yield contest("A fresh interpreter that imports", contestants, rounds=asked.rounds)


def _installed(statement: str) -> bool:
    done = subprocess.run([sys.executable, "-c", statement], check=False, capture_output=True)
    return done.returncode == 0


if __name__ == "__main__":
    command(measure, __doc__, rounds=(11, 3))
