"""A Spark session of two workers on this machine."""

import os
import sys
import warnings

import pyarrow as pa
import pytest


@pytest.fixture(scope="session")
def spark():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    sql = pytest.importorskip("pyspark.sql")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = (
            sql.SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.default.parallelism", "3")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
        yield session
        session.stop()


@pytest.fixture
def in_spark(spark):
    """Hand a frame to Spark, in so many partitions."""

    def hand(data, places=None):
        table = data if isinstance(data, pa.Table) else pa.Table.from_pandas(data, preserve_index=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            frame = spark.createDataFrame(table)
        return frame if places is None else frame.repartition(places)

    return hand


@pytest.fixture
def fetched():
    """Bring the few rows of a test back."""

    def fetch(frame):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return frame.toArrow().to_pandas()

    return fetch
