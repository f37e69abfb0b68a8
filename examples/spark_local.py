"""Score, estimate and model a Spark DataFrame: here two workers on this machine, on a cluster the same lines.

Needs Java 17 or later and the extra: pip install 'peerstats[spark]'. All people are simulated.

    python examples/spark_local.py [folder of Parquet files]
"""

from __future__ import annotations

import os
import sys

# Before the session starts: Spark's workers run this interpreter, in which peerstats is installed.
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

from pyspark.sql import SparkSession

import peerstats as ps


def open_people(spark: SparkSession) -> object:
    """Return the rows of a folder, or simulated ones."""
    if len(sys.argv) > 1:
        return spark.read.parquet(sys.argv[1])
    return spark.createDataFrame(ps.simulate_cohort(rng=2020, backend="pyarrow").data)


def main() -> None:
    """Print a model, its average effects and a few predictions."""
    # on a cluster: SparkSession.builder.getOrCreate(), under spark-submit or in a notebook that has a session
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    people = open_people(spark)

    fit = ps.multinomial("job_type ~ age + education", people, weights="weight", cluster="county")
    print(fit.summary())
    print(fit.margins("age").summary())

    predicted = fit.predict(people)  # a Spark DataFrame: worked out when it is asked for
    predicted.select("age", "education", *fit.fit.outcome_levels).show(5)
    spark.stop()


if __name__ == "__main__":
    main()
