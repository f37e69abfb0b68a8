"""A multinomial logit on a Spark DataFrame of two workers, beside Spark ML's and the same fit in memory.

Simulated rows, held by Spark before the clock starts. Spark ML's `LogisticRegression` without a penalty
takes columns that were put into a vector before, and gives coefficients alone; peerstats takes the formula
and gives errors too. What a pass costs beside its work is told by a fit of few rows: its seconds over its
passes. Needs Java and `pip install 'peerstats[spark]'`.

    python benchmarks/spark.py [--quick] [--rows 200000 1000000] [--rounds 3]
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from _timing import Contestant, Row, absent, command, contest

import peerstats as ps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_COLUMNS = 8
_FEW = 600
_FORMULA = "job ~ " + " + ".join(f"x{i}" for i in range(_COLUMNS))


def _table(rows: int) -> pa.Table:
    """Simulate people."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(rows, _COLUMNS))
    slopes = rng.normal(0, 0.3, (_COLUMNS, 2))
    odds = np.exp(np.column_stack([np.zeros(rows), x @ slopes]))
    code = (rng.random(rows)[:, None] > (odds / odds.sum(1, keepdims=True)).cumsum(1)).sum(1).clip(0, 2)
    return pa.table(
        {"job": np.array(["none", "other", "peer"])[code], **{f"x{i}": x[:, i] for i in range(_COLUMNS)}}
    )


def _ours(frame: Any) -> Any:
    return ps.multinomial(_FORMULA, frame)


def _numbers(fit: Any) -> Any:
    return fit.fit.coefficients.T


def _ml(frame: Any) -> Any:
    from pyspark.ml.classification import LogisticRegression  # noqa: PLC0415  (only where Spark is)

    return LogisticRegression(family="multinomial", regParam=0.0, tol=1e-10, maxIter=200).fit(frame)


def _ml_numbers(model: Any) -> Any:
    """Take the coefficients against the first outcome, the constant first."""
    whole = np.column_stack([model.interceptVector.toArray(), model.coefficientMatrix.toArray()])
    return whole[1:] - whole[0]


def _ready(spark: Any, table: pa.Table) -> tuple[Any, Any]:
    """Return the rows, held by Spark; and as Spark ML wants them, held too."""
    from pyspark.ml.feature import StringIndexer, VectorAssembler  # noqa: PLC0415

    frame = spark.createDataFrame(table).repartition(2).cache()
    frame.count()
    names = [f"x{i}" for i in range(_COLUMNS)]
    coded = StringIndexer(inputCol="job", outputCol="label", stringOrderType="alphabetAsc").fit(frame)
    vectors = VectorAssembler(inputCols=names, outputCol="features").transform(coded.transform(frame))
    vectors = vectors.select("label", "features").cache()
    vectors.count()
    return frame, vectors


def measure(asked: argparse.Namespace) -> Iterator[list[Row]]:
    """Yield the rows of one contest after another."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        nobody = absent("peerstats on Spark", "Java or pyspark is not installed")
        for rows in asked.rows:
            yield contest("multinomial logit", [nobody], rounds=0, n=rows, k=_COLUMNS + 1, outcomes=3)
        return
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession  # noqa: PLC0415

    warnings.filterwarnings("ignore", category=FutureWarning)  # Spark of pandas 3
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "6g",
        "spark.log.level": "ERROR",
    }
    spark = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    few, _ = _ready(spark, _table(_FEW))
    passes = _ours(few).fit.n_passes
    alone = contest(
        "a fit of few rows",
        [Contestant(peer="peerstats", work=_ours, data=few)],
        rounds=asked.rounds,
        n=_FEW,
        k=_COLUMNS + 1,
        outcomes=3,
    )
    each = (alone[0].seconds or 0.0) / passes
    yield [replace(alone[0], note=f"{passes} passes: {each:.2f} s for one that has next to nothing to do")]
    for rows in asked.rows:
        table = _table(rows)
        frame, vectors = _ready(spark, table)
        n_passes = _ours(frame).fit.n_passes
        yield contest(
            "multinomial logit",
            [
                Contestant(
                    peer="peerstats", work=_ours, data=frame, numbers=_numbers, note=f"{n_passes} passes"
                ),
                Contestant(
                    peer="Spark ML LogisticRegression",
                    work=_ml,
                    data=vectors,
                    numbers=_ml_numbers,
                    note="from vectors that were made before; no errors",
                ),
                Contestant(peer="peerstats in memory", work=_ours, data=table, numbers=_numbers),
            ],
            rounds=asked.rounds,
            n=rows,
            k=_COLUMNS + 1,
            outcomes=3,
        )
    spark.stop()


if __name__ == "__main__":
    command(measure, __doc__, rows=((200_000, 1_000_000), (20_000,)), rounds=(3, 1))
