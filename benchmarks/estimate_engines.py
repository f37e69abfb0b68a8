"""Weighted means by group with clusters, of 10,000,000 rows of a Parquet file, beside DuckDB's grouped sums.

Writes a simulated file, then estimates in fresh processes, so that the peak memory is that of one call alone:
VmHWM of Linux less that after the imports. Each round times in turn the estimate and DuckDB's own aggregate
of the same sums by the same groups and clusters: rows, sum(w), sum(w y), sum(w^2), sum(w y^2). The median of
a wage with the same clusters, and the mean without them, stand beside.

    python benchmarks/estimate_engines.py [--rows 10000000] [--clusters 20000] [--rounds 3] [--folder DIR]
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
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

import peerstats as ps

_PIECE = 1_000_000
_SUMS = (
    "SELECT job, agency, count(*), sum(weight), sum(weight * wage), sum(weight * weight), "
    "sum(weight * wage * wage) FROM read_parquet('{}') GROUP BY ALL"
)
_CALLS = {
    "mean, clusters": {"cluster": "agency"},
    "mean, no clusters": {},
    "median, clusters": {"cluster": "agency", "statistic": "quantile"},
}


def _write(path: Path, rows: int, clusters: int) -> None:
    """Write simulated people in pieces."""
    rng = np.random.default_rng(1)
    writer = None
    jobs = np.array(["none", "other", "peer"])
    for start in range(0, rows, _PIECE):
        n = min(_PIECE, rows - start)
        agency = rng.integers(0, clusters, n)
        table = pa.table(
            {
                "job": jobs[rng.integers(0, 3, n)],
                "agency": agency,
                "wage": np.round(18 + 2 * np.sin(agency) + rng.normal(0, 4, n), 2),
                "weight": rng.uniform(0.5, 2, n),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _open(path: str, engine: str) -> object:
    if engine == "arrow":
        return ds.dataset(path)
    return pl.scan_parquet(path) if engine == "polars" else duckdb.connect().read_parquet(path)


def _peak() -> int:
    """Return the most kilobytes that this process held; ru_maxrss would begin at those of its parent."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def _sums(path: str) -> float:
    """Time DuckDB's own sums."""
    start = time.perf_counter()
    duckdb.connect().sql(_SUMS.format(path)).to_arrow_table()
    return time.perf_counter() - start


def _estimate(path: str, engine: str, what: str, rounds: int) -> None:
    """Estimate in this process; print the times, the peak, and those of DuckDB's sums in turn."""
    call = _CALLS[what]
    warm = pa.table(
        {"job": ["a", "b"] * 4, "agency": [1, 2, 3, 4] * 2, "wage": [1.0, 2.0] * 4, "weight": [1.0] * 8}
    )
    ps.estimate(ds.dataset(warm), "wage", by="job", weights="weight", **call)
    before = _peak()
    ps.estimate(_open(path, engine), "wage", by="job", weights="weight", **call)
    peak = (_peak() - before) / 1024
    own, sums = [], []
    for _ in range(rounds):
        sums.append(_sums(path))
        start = time.perf_counter()
        ps.estimate(_open(path, engine), "wage", by="job", weights="weight", **call)
        own.append(time.perf_counter() - start)
    ratios = [a / b for a, b in zip(own, sums, strict=True)]
    print(
        statistics.median(own),
        statistics.median(sums),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        peak,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--clusters", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        path, engine, what, rounds = asked.one
        _estimate(path, engine, what, int(rounds))
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        path = Path(folder) / "simulated.parquet"
        _write(path, asked.rows, asked.clusters)
        for what in _CALLS:
            for engine in ("duckdb", "polars", "arrow"):
                command = [sys.executable, __file__, "--one", str(path), engine, what, str(asked.rounds)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                own, sums, ratio, low, high, peak = (float(word) for word in done.stdout.split())
                print(
                    f"{what}, {engine}: {own:.2f} s, {ratio:.1f} ({low:.1f} to {high:.1f}) of DuckDB's sums "
                    f"({sums:.2f} s), {peak:,.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
