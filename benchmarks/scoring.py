"""`ps.score` beside what people write by hand, on simulated answers: side by side, taking turns.

1. MBI-GS, 1,000,000 x 16, into three scale means: beside `df[columns].mean(axis=1)` of pandas for the three
   scales, which checks nothing, and beside `scoreItems` of the R package psych (scaled up from 100,000 rows)
   where Rscript and psych are installed.
2. Financial well-being by the response model, 1,000,000 respondents: seconds.
3. MBI-GS in polars (lazy) and in DuckDB: beside a query of the same engine written by hand that does the same
   checks and gives the same columns.

Every answer is simulated. Prints medians and ratios.

    python benchmarks/scoring.py [--rounds 7] [--rows 1000000]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl

import peerstats as ps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MBI = [f"mbi_{i}" for i in range(1, 17)]
FWB = [f"fwb_{i}" for i in range(1, 11)]
SCALES = {scale.name: [MBI[i] for i in scale.items] for scale in ps.get_instrument("mbi_gs").scales}
SHARE_MISSING = 0.02
R_ROWS = 100_000


def _turns(calls: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Time every call once a round, and give the medians; the first round only warms up."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if turn:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def _row(name: str, seconds: float, beside: float | None = None) -> None:
    ratio = "" if beside is None else f"{seconds / beside:10.2f}"
    print(f"  {name:58}{seconds:9.3f}{ratio}")


def _head(title: str, against: str) -> None:
    print(f"\n{title}\n  {'':58}{'seconds':>9}  / {against}")


def _simulated_mbi(rows: int, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Make each column apart, as a file is read."""
    whole = {name: rng.integers(0, 7, rows) for name in MBI}
    floats = {name: values.astype(float) for name, values in whole.items()}
    gaps = {name: np.where(rng.random(rows) < SHARE_MISSING, np.nan, x) for name, x in floats.items()}
    named = {"int64": whole, "float64": floats, "float64, 2 % missing": gaps}
    return {name: pd.DataFrame(columns) for name, columns in named.items()}


def _simulated_fwb(rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw answers whose items hang together, as real ones do, with some missing."""
    person = rng.standard_normal((rows, 1))
    latent = person + rng.standard_normal((rows, 10))
    answers = np.clip(np.rint(2 + latent), 0, 4)
    reverse = ps.get_instrument("cfpb_fwb_10").scales[0].reverse
    answers[:, reverse] = 4 - answers[:, reverse]
    answers[rng.random((rows, 10)) < SHARE_MISSING] = np.nan
    return pd.DataFrame(answers, columns=FWB).assign(age=rng.integers(18, 90, rows))


def _memory(frames: Mapping[str, pd.DataFrame], rounds: int) -> dict[str, float]:
    """Time the scores of pandas frames; return the seconds of the last."""
    ours = {}
    for kind, frame in frames.items():
        plain = "df[columns].mean(axis=1), three scales, unchecked"
        seconds = _turns(
            {
                plain: lambda f=frame: [f[columns].mean(axis=1) for columns in SCALES.values()],
                "ps.score": lambda f=frame: ps.score(f, "mbi_gs", items="mbi_{}"),
                "ps.score(...).scores": lambda f=frame: ps.score(f, "mbi_gs", items="mbi_{}").scores,
            },
            rounds,
        )
        _head(f"MBI-GS in pandas, {len(frame):,} x 16 simulated answers, {kind}", "pandas")
        for name, value in seconds.items():
            _row(name, value, seconds[plain])
        ours = {name: value for name, value in seconds.items() if name != plain}
    return ours


def _psych(rows: int, ours: Mapping[str, float]) -> None:
    """Time psych on answers simulated in the same way; R keeps the time."""
    rscript = shutil.which("Rscript")
    script = Path(__file__).with_suffix(".R")
    command = [str(rscript), str(script), str(R_ROWS)]
    done = None if rscript is None else subprocess.run(command, capture_output=True, text=True, check=False)
    if done is None or done.returncode:
        print("\npsych: Rscript or the package psych is not installed here")
        return
    for name, value in ours.items():
        _head(f"MBI-GS by scoreItems of psych, scaled from {R_ROWS:,} simulated rows, 2 % missing", name)
        for line in done.stdout.splitlines():
            call, _, seconds = line.rpartition("\t")
            _row(call, float(seconds) * rows / R_ROWS, value)


def _polars_by_hand(frame: pl.LazyFrame) -> pl.DataFrame:
    floats = frame.collect_schema()[MBI[0]].is_float()
    item = {name: pl.col(name).fill_nan(None) if floats else pl.col(name) for name in MBI}
    check = [stat for name in MBI for stat in (
        item[name].min().alias(f"{name}_min"),
        item[name].max().alias(f"{name}_max"),
        item[name].count().alias(f"{name}_n"),
        *([(item[name] != item[name].floor()).any().alias(f"{name}_part")] if floats else []),
    )]  # fmt: skip
    row = frame.select(pl.len(), *check).collect().row(0, named=True)
    if any(row[f"{n}_min"] < 0 or row[f"{n}_max"] > 6 or row.get(f"{n}_part") for n in MBI):
        raise ValueError
    scores = []
    for name, columns in SCALES.items():
        total = pl.sum_horizontal(item[c] for c in columns)
        count = pl.sum_horizontal(item[c].is_not_null() for c in columns)
        reason = pl.when(count == 0).then(pl.lit("no item answered"))
        reason = reason.when(count < len(columns)).then(pl.lit("too few items answered"))
        scores += [
            pl.when(count >= len(columns)).then(total / count).alias(name),
            reason.alias(f"{name}_reason"),
        ]
    return frame.select(scores).collect()


def _duckdb_by_hand(relation: duckdb.DuckDBPyRelation) -> Any:
    floats = str(relation.types[0]) == "DOUBLE"
    item = {n: f"CASE WHEN isnan({n}) THEN NULL ELSE {n} END" if floats else n for n in MBI}
    cleaned = relation.project(", ".join(f"{item[n]} AS {n}" for n in MBI))
    part = [f"bool_or({n} != floor({n}))" for n in MBI] if floats else []
    stats = [f"{stat}({n})" for stat in ("min", "max", "count") for n in MBI]
    (row,) = cleaned.aggregate(", ".join(["count(*)", *stats, *part])).fetchall()
    if min(row[1:17]) < 0 or max(row[17:33]) > 6 or any(row[49:]):
        raise ValueError
    stage, scores = [], []
    for name, columns in SCALES.items():
        k = len(columns)
        stage += [
            " + ".join(f"coalesce({c}, 0)" for c in columns) + f" AS {name}_total",
            " + ".join(f"({c} IS NOT NULL)::TINYINT" for c in columns) + f" AS {name}_n",
        ]
        scores += [
            f"CASE WHEN {name}_n >= {k} THEN {name}_total / {name}_n END AS {name}",
            (
                f"CASE WHEN {name}_n = 0 THEN 'no item answered' WHEN {name}_n < {k} "
                f"THEN 'too few items answered' END AS {name}_reason"
            ),
        ]
    return cleaned.project(", ".join(stage)).project(", ".join(scores)).to_arrow_table()


def _scored(data: Any) -> Any:
    return ps.score(data, "mbi_gs", items="mbi_{}").scores


def _lazy(frame: pl.DataFrame, kind: str, rounds: int) -> None:
    lazy = frame.lazy()
    seconds = _turns(
        {
            "polars by hand": lambda: _polars_by_hand(lazy),
            "ps.score(LazyFrame).scores.collect()": lambda: _scored(lazy).collect(),
        },
        rounds,
    )
    _head(f"MBI-GS in polars, lazy, {len(frame):,} x 16 simulated answers, {kind}", "by hand")
    for name, value in seconds.items():
        _row(name, value, seconds["polars by hand"])
    connection = duckdb.connect()
    connection.register("arrow", frame.to_arrow())
    connection.execute("CREATE TABLE answers AS SELECT * FROM arrow")
    relation = connection.table("answers")
    seconds = _turns(
        {
            "DuckDB by hand": lambda: _duckdb_by_hand(relation),
            "ps.score(relation).scores, fetched": lambda: _scored(relation).to_arrow_table(),
        },
        rounds,
    )
    _head(f"MBI-GS in DuckDB, {len(frame):,} x 16 simulated answers, {kind}", "by hand")
    for name, value in seconds.items():
        _row(name, value, seconds["DuckDB by hand"])
    connection.close()


def _irt(rows: int, rounds: int, rng: np.random.Generator) -> None:
    frame = _simulated_fwb(rows, rng)
    how = {"items": "fwb_{}", "method": "irt", "age": "age", "mode": "self"}
    seconds = _turns({"ps.score(method='irt')": lambda: ps.score(frame, "cfpb_fwb_10", **how)}, rounds)
    patterns = len(frame.drop_duplicates())
    _head(f"Financial well-being by irt, {rows:,} simulated respondents, {patterns:,} age-patterns", "2 s")
    for name, value in seconds.items():
        _row(name, value, 2.0)


def main() -> None:
    """Measure everything and print the tables."""
    parser = argparse.ArgumentParser(
        description="Time ps.score beside scoring by hand, on simulated answers."
    )
    parser.add_argument("--rounds", type=int, default=7, help="turns of each (default 7)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="respondents (default 1,000,000)")
    asked = parser.parse_args()
    rng = np.random.default_rng(1)
    frames = _simulated_mbi(asked.rows, rng)
    ours = _memory(frames, asked.rounds)
    _psych(asked.rows, ours)
    _irt(asked.rows, asked.rounds, rng)
    gaps = pl.from_pandas(frames["float64, 2 % missing"])
    _lazy(gaps.cast(pl.Int64), "whole numbers, 2 % missing", asked.rounds)
    _lazy(gaps, "floats, 2 % missing", asked.rounds)


if __name__ == "__main__":
    main()
