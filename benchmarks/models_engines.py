"""Models on 30,000,000 rows of a Parquet file: time beside one grouped count of DuckDB, and against the rows.

Simulated files. A multinomial logit of three outcomes on three categories takes turns with DuckDB's count
of the same groups; one on two numbers and a category is timed on files of growing length. Every turn of
every contestant is a fresh process that keeps its own clock and counts its own memory, so that the peak is
that of one fit alone.

    python benchmarks/models_engines.py [--quick] [--rows 3000000 30000000] [--folder DIR] [--check]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _timing import Contestant, Row, Timed, command, contest, peak

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    import pyarrow as pa

_PIECE = 1_000_000
_CATEGORIES = "job ~ state + education + sex"
_NUMBERS = "job ~ age + tenure + state"
_COUNT = "SELECT job, state, education, sex, count(*) FROM read_parquet('{}') GROUP BY ALL"
_WITHIN = 1.1  # of the time that is linear from the shortest file


def _words(codes: np.ndarray, words: list[str]) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415  (imported where it is used: the fresh processes need not)

    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(words)).cast(pa.string())


def _write(path: Path, rows: int) -> None:
    """Write simulated people in pieces."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    rng = np.random.default_rng(1)
    writer = None
    for start in range(0, rows, _PIECE):
        n = min(_PIECE, rows - start)
        age, tenure, state = rng.normal(45, 10, n), rng.exponential(4, n), rng.integers(0, 5, n)
        odds = np.exp([np.zeros(n), 0.02 * (age - 45), 0.3 * (state == 2) - 0.01 * tenure])
        job = (rng.random(n) > (odds / odds.sum(0)).cumsum(0)).sum(0).clip(0, 2)
        education = rng.integers(0, 4, n)
        table = pa.table(
            {
                "job": _words(job, ["none", "other", "peer"]),
                "state": _words(state, ["NC", "NY", "OR", "PA", "VT"]),
                "education": _words(education, ["college", "high school", "none", "some college"]),
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


def _open(path: str, engine: str) -> Any:
    if engine == "arrow":
        import pyarrow.dataset as ds  # noqa: PLC0415

        return ds.dataset(path)
    import duckdb  # noqa: PLC0415

    return duckdb.connect().read_parquet(path)


def _work(engine: str, formula: str, path: str, small: str) -> None:
    """Work once on few rows, to load the libraries, then under the clock; print what came out."""
    if formula == "count":
        import duckdb  # noqa: PLC0415

        def do(file: str) -> list[float]:
            duckdb.connect().sql(_COUNT.format(file)).fetchall()
            return []
    else:
        import peerstats as ps  # noqa: PLC0415

        def do(file: str) -> list[float]:
            return ps.multinomial(formula, _open(file, engine)).fit.coefficients.ravel().tolist()

    do(small)
    before = peak()
    start = time.perf_counter()
    value = do(path)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "megabytes": peak() - before, "value": value}))


def apart(data: tuple[str, ...]) -> Timed:
    """Work in a fresh process."""
    command_line = [sys.executable, __file__, "--work", *data]
    done = subprocess.run(command_line, check=True, capture_output=True, text=True)
    return Timed(**json.loads(done.stdout))


def _of(
    peer: str, engine: str, formula: str, files: tuple[Path, Path], goal: str = "", note: str = ""
) -> Contestant:
    data = (engine, formula, *map(str, files))
    numbers = (lambda timed: timed.value) if formula != "count" else None
    return Contestant(peer=peer, work=apart, data=data, numbers=numbers, goal=goal, note=note)


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Write the files and fit."""
    with tempfile.TemporaryDirectory(dir=asked.folder or None) as folder:
        small = Path(folder) / "simulated_few.parquet"
        _write(small, 2_000)
        paths = {rows: Path(folder) / f"simulated_{rows}.parquet" for rows in sorted(asked.rows)}
        for rows, path in paths.items():
            _write(path, rows)
        most = max(asked.rows)
        files = (paths[most], small)
        # asked is: at most 3 times the count, so the count takes a third of ours at least
        contestants = [
            _of("peerstats, DuckDB", "duckdb", _CATEGORIES, files),
            _of(
                "DuckDB, one grouped count",
                "duckdb",
                "count",
                files,
                "ratio >= 0.3333",
                "ours: 3 times at most",
            ),
            _of("peerstats, Arrow", "arrow", _CATEGORIES, files),
        ]
        name = "Multinomial logit on categories, Parquet"
        yield contest(name, contestants, rounds=asked.rounds, n=most, k=9, outcomes=3)
        first: dict[str, float] = {}
        for rows, path in paths.items():
            goal = f"megabytes <= 2048; growth <= {_WITHIN}" if rows == most else ""
            contestants = [
                _of("peerstats, Arrow", "arrow", _NUMBERS, (path, small), goal),
                _of("peerstats, DuckDB", "duckdb", _NUMBERS, (path, small), goal),
            ]
            name = "Multinomial logit on numbers, Parquet, by rows"
            rows_of = contest(name, contestants, rounds=asked.rounds, n=rows, k=7, outcomes=3)
            yield [_linear(row, first) for row in rows_of]


def _linear(row: Row, first: dict[str, float]) -> Row:
    """Say how many times as long a row takes as in the shortest file."""
    assert row.seconds is not None  # noqa: S101  (all take part)
    assert row.n is not None  # noqa: S101
    each = row.seconds / row.n
    return replace(row, growth=each / first.setdefault(row.peer, each))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        _work(*sys.argv[2:])
    else:
        command(
            measure,
            __doc__,
            rows=((3_000_000, 10_000_000, 30_000_000), (300_000, 1_000_000)),
            rounds=(3, 1),
            folder=("", ""),
        )
