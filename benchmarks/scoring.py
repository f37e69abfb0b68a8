"""`ps.score` beside what people write by hand, and psych's `scoreItems`, on simulated answers.

MBI-GS, 1,000,000 x 16, into three scale means: beside `df[columns].mean(axis=1)` of pandas and
`mean_horizontal` of polars for the three scales, which check nothing, and at 100,000 rows beside
`scoreItems` of the R package psych. In polars (lazy) and in DuckDB: beside a query of the same engine
written by hand that does the same checks and gives the same columns. Financial well-being by the response
model: 1,000,000 respondents.

    python benchmarks/scoring.py [--quick] [--rounds 7] [--rows 1000000] [--check]
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from _r import r_contestant
from _timing import Contestant, Row, command, contest

import peerstats as ps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

MBI = [f"mbi_{i}" for i in range(1, 17)]
FWB = [f"fwb_{i}" for i in range(1, 11)]
SCALES = {scale.name: [MBI[i] for i in scale.items] for scale in ps.get_instrument("mbi_gs").scales}
SHARE_MISSING = 0.02
_SMALL = 300


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


def polars_by_hand(frame: pl.LazyFrame) -> pl.DataFrame:
    """Score by a query that does the same checks."""
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


def duckdb_by_hand(relation: duckdb.DuckDBPyRelation) -> Any:
    """Score by a query that does the same checks."""
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


def ours(frame: pd.DataFrame) -> Any:
    """Score, and make the frame of scores."""
    return ps.score(frame, "mbi_gs", items="mbi_{}").scores


def by_response_model(frame: pd.DataFrame) -> Any:
    """Score by the response model."""
    return ps.score(frame, "cfpb_fwb_10", items="fwb_{}", method="irt", age="age", mode="self")


def pandas_means(frame: pd.DataFrame) -> Any:
    """Take the three means, unchecked; an unanswered item is left out of its mean."""
    return [frame[columns].mean(axis=1) for columns in SCALES.values()]


def polars_means(frame: pl.DataFrame) -> Any:
    """Take the three means, unchecked."""
    return frame.select(**{name: pl.mean_horizontal(columns) for name, columns in SCALES.items()})


def our_lazy(frame: pl.LazyFrame) -> Any:
    """Score a lazy frame and collect."""
    return ps.score(frame, "mbi_gs", items="mbi_{}").scores.collect()


def our_relation(relation: duckdb.DuckDBPyRelation) -> Any:
    """Score a relation and fetch."""
    return ps.score(relation, "mbi_gs", items="mbi_{}").scores.to_arrow_table()


def _pandas(kind: str, frame: pd.DataFrame, small: pd.DataFrame, rounds: int) -> list[Row]:
    wide, few = pl.from_pandas(frame), pl.from_pandas(small)
    contestants = [
        Contestant(peer="peerstats", work=ours, data=frame, small=small),
        Contestant(
            peer="pandas, means by hand", work=pandas_means, data=frame, small=small, note="unchecked"
        ),
        Contestant(peer="polars, means by hand", work=polars_means, data=wide, small=few, note="unchecked"),
    ]
    return contest(f"Scores of the MBI-GS, pandas, {kind}", contestants, rounds=rounds, n=len(frame), k=16)


def _psych(frame: pd.DataFrame, rounds: int) -> list[Row]:
    with ExitStack() as stack:
        contestants = [
            Contestant(peer="peerstats", work=ours, data=frame, small=frame.head(_SMALL)),
            stack.enter_context(r_contestant("R psych::scoreItems", "plain", frame, compared=False)),
            stack.enter_context(
                r_contestant("R psych::scoreItems, no imputing", "none", frame, compared=False)
            ),
        ]
        return contest("Scores of the MBI-GS beside R", contestants, rounds=rounds, n=len(frame), k=16)


def _engines(kind: str, frame: pl.DataFrame, rounds: int) -> Iterator[list[Row]]:
    lazy = frame.lazy()
    yield contest(
        f"Scores of the MBI-GS, polars, lazy, {kind}",
        [
            Contestant(peer="peerstats", work=our_lazy, data=lazy, small=frame.head(_SMALL).lazy()),
            Contestant(
                peer="polars by hand", work=polars_by_hand, data=lazy, small=frame.head(_SMALL).lazy()
            ),
        ],
        rounds=rounds,
        n=len(frame),
        k=16,
    )
    with duckdb.connect() as connection:
        connection.register("arrow", frame.to_arrow())
        connection.execute("CREATE TABLE answers AS SELECT * FROM arrow")
        relation = connection.table("answers")
        yield contest(
            f"Scores of the MBI-GS, DuckDB, {kind}",
            [
                Contestant(peer="peerstats", work=our_relation, data=relation),
                Contestant(peer="DuckDB by hand", work=duckdb_by_hand, data=relation),
            ],
            rounds=rounds,
            n=len(frame),
            k=16,
        )


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Score everything."""
    rng = np.random.default_rng(1)
    frames, few = _simulated_mbi(asked.rows, rng), _simulated_mbi(_SMALL, rng)
    for kind, frame in frames.items():
        yield _pandas(kind, frame, few[kind], asked.rounds)
    gaps = frames["float64, 2 % missing"]
    yield _psych(gaps.head(asked.rows // 10), asked.rounds)
    wide = pl.from_pandas(gaps)
    yield from _engines("whole numbers, 2 % missing", wide.cast(pl.Int64), asked.rounds)
    yield from _engines("floats, 2 % missing", wide, asked.rounds)
    people, some = _simulated_fwb(asked.rows, rng), _simulated_fwb(_SMALL, rng)
    mine = Contestant(peer="peerstats", work=by_response_model, data=people, small=some, goal="seconds <= 2")
    name = "Financial well-being by the response model"
    yield contest(name, [mine], rounds=asked.rounds, n=asked.rows, k=10)


if __name__ == "__main__":
    command(measure, __doc__, rounds=(7, 2), rows=(1_000_000, 20_000))
