"""Models on 30,000,000 rows of a Parquet file: time beside one grouped count of DuckDB, and against the rows.

Writes simulated files, then fits in fresh processes, so that the peak memory is that of one fit alone:
VmHWM of Linux less that after the imports. A multinomial logit of three outcomes on three categories is
timed in turn with DuckDB's count of the same groups; one on two numbers and a category is timed on files of
growing length, and its seconds a million rows are compared with those of the shortest.

    python benchmarks/models_engines.py [--rows 3000000 10000000 30000000] [--rounds 3] [--folder DIR]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

import peerstats as ps

_PIECE = 1_000_000
_CATEGORIES = "job ~ state + education + sex"
_NUMBERS = "job ~ age + tenure + state"
_COUNT = "SELECT job, state, education, sex, count(*) FROM read_parquet('{}') GROUP BY ALL"


def _words(codes: np.ndarray, words: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(words)).cast(pa.string())


def _write(path: Path, rows: int) -> None:
    """Write simulated people in pieces."""
    rng = np.random.default_rng(1)
    writer = None
    for start in range(0, rows, _PIECE):
        n = min(_PIECE, rows - start)
        age, tenure, state = rng.normal(45, 10, n), rng.exponential(4, n), rng.integers(0, 5, n)
        odds = np.exp([np.zeros(n), 0.02 * (age - 45), 0.3 * (state == 2) - 0.01 * tenure])
        job = (rng.random(n) > (odds / odds.sum(0)).cumsum(0)).sum(0).clip(0, 2)
        table = pa.table(
            {
                "job": _words(job, ["none", "other", "peer"]),
                "state": _words(state, ["NC", "NY", "OR", "PA", "VT"]),
                "education": _words(
                    rng.integers(0, 4, n), ["college", "high school", "none", "some college"]
                ),
                "sex": _words(rng.integers(0, 2, n), ["man", "woman"]),
                "age": age,
                "tenure": tenure,
                "weight": rng.uniform(0.5, 2, n),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _open(path: str, engine: str) -> object:
    return ds.dataset(path) if engine == "arrow" else duckdb.connect().read_parquet(path)


def _peak() -> int:
    """Return the most kilobytes that this process held; ru_maxrss would begin at those of its parent."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def _fit(path: str, engine: str, formula: str, rounds: int) -> None:
    """Fit in this process, after a count by DuckDB in each round; print medians and the peak."""
    ps.multinomial("job ~ sex", pa.table({"job": ["a", "b", "a", "b"], "sex": ["m", "m", "f", "f"]}))
    before = _peak()
    fits, counts = [], []
    for _ in range(rounds):
        if formula == _CATEGORIES and engine == "duckdb":
            start = time.perf_counter()
            duckdb.connect().sql(_COUNT.format(path)).fetchall()
            counts.append(time.perf_counter() - start)
        start = time.perf_counter()
        ps.multinomial(formula, _open(path, engine))
        fits.append(time.perf_counter() - start)
    peak = (_peak() - before) / 1024
    count = statistics.median(counts) if counts else 0.0
    print(statistics.median(fits), count, peak, min(fits), max(fits))


def _apart(path: Path, engine: str, formula: str, rounds: int) -> list[float]:
    command = [sys.executable, __file__, "--one", str(path), engine, formula, str(rounds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[3_000_000, 10_000_000, 30_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        path, engine, formula, rounds = asked.one
        _fit(path, engine, formula, int(rounds))
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        paths = {rows: Path(folder) / f"simulated_{rows}.parquet" for rows in asked.rows}
        for rows, path in paths.items():
            _write(path, rows)
        most = max(asked.rows)
        count = 0.0
        for engine in ("duckdb", "arrow"):
            seconds, counted, peak, low, high = _apart(paths[most], engine, _CATEGORIES, asked.rounds)
            count = counted or count
            print(
                f"categories, {most:,} rows, {engine}: {seconds:.2f} s ({low:.2f} to {high:.2f}), "
                f"{seconds / count:.1f} of DuckDB's grouped count ({count:.2f} s), {peak:,.0f} MB"
            )
        for engine in ("duckdb", "arrow"):
            first = 0.0
            for rows, path in paths.items():
                seconds, _, peak, *_ = _apart(path, engine, _NUMBERS, 1)
                each = seconds / rows * 1e6
                first = first or each
                print(
                    f"numbers, {rows:,} rows, {engine}: {seconds:.1f} s, {each:.2f} s a million "
                    f"({each / first:.2f} of the shortest), {peak:,.0f} MB"
                )


if __name__ == "__main__":
    main()
