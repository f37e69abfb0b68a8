"""Weighted means by group with clusters, of 10,000,000 rows of a Parquet file, beside DuckDB's grouped sums.

A simulated file. The estimate from DuckDB, polars and Arrow takes turns with DuckDB's own aggregate of the
same sums by the same groups and clusters: rows, sum(w), sum(w y), sum(w^2), sum(w y^2). The median of a wage
with the same clusters, and the mean without them, stand beside; their numbers agree between the engines.

    python benchmarks/estimate_engines.py [--quick] [--rows 10000000] [--clusters 20000] [--rounds 3]
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from _timing import Contestant, Row, command, contest

import peerstats as ps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

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
_ENGINES = {"duckdb": "DuckDB", "polars": "polars", "arrow": "Arrow"}


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


def _open(path: str, engine: str) -> Any:
    if engine == "arrow":
        return ds.dataset(path)
    return pl.scan_parquet(path) if engine == "polars" else duckdb.connect().read_parquet(path)


def sums(path: str) -> None:
    """Take DuckDB's own sums."""
    duckdb.connect().sql(_SUMS.format(path)).to_arrow_table()


def estimate(path: str, engine: str, what: str) -> Any:
    """Estimate from the file."""
    return ps.estimate(_open(path, engine), "wage", by="job", weights="weight", **_CALLS[what])


def _numbers(found: Any) -> np.ndarray:
    return np.concatenate([np.asarray(found.tidy()[name], float) for name in ("estimate", "std_error")])


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Write the file and estimate."""
    with tempfile.TemporaryDirectory(dir=asked.folder or None) as folder:
        path, small = (str(Path(folder) / f"simulated_{size}.parquet") for size in ("people", "few"))
        _write(Path(path), asked.rows, asked.clusters)
        _write(Path(small), 2_000, 20)
        for what in _CALLS:
            contestants = [
                Contestant(
                    peer=f"peerstats, {said}",
                    work=partial(estimate, engine=engine, what=what),
                    data=path,
                    small=small,
                    numbers=_numbers,
                )
                for engine, said in _ENGINES.items()
            ]
            contestants.append(
                Contestant(
                    peer="DuckDB, its grouped sums", work=sums, data=path, small=small, note="sums alone"
                )
            )
            yield contest(f"Weighted {what}, Parquet", contestants, rounds=asked.rounds, n=asked.rows, k=4)


if __name__ == "__main__":
    command(
        measure,
        __doc__,
        rows=(10_000_000, 200_000),
        clusters=(20_000, 500),
        rounds=(3, 1),
        folder=("", ""),
    )
