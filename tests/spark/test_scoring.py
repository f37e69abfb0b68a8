"""Scores that Spark works out are those in memory."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

pytestmark = pytest.mark.spark


@pytest.fixture
def answers(rng):
    """Simulated answers to two instruments, some missing, beside a column whose name has a space."""
    n = 300
    fwb, mbi = rng.integers(0, 5, (n, 10)).astype(float), rng.integers(0, 7, (n, 16)).astype(float)
    fwb[rng.random(fwb.shape) < 0.03] = np.nan
    mbi[rng.random(mbi.shape) < 0.05] = np.nan
    mbi[0] = np.nan
    columns = {f"fwb_{i + 1}": fwb[:, i] for i in range(10)} | {f"mbi_{i + 1}": mbi[:, i] for i in range(16)}
    return pd.DataFrame(
        {"person": np.arange(n), **columns, "age": rng.integers(18, 90, n), "home state": ["NC"] * n}
    )


@pytest.mark.parametrize(
    ("instrument", "call"),
    [
        ("mbi_gs", {"items": "mbi_{}"}),
        ("cfpb_fwb_10", {"items": "fwb_{}", "method": "irt", "age": "age", "mode": "self"}),
        ("cfpb_fwb_10", {"items": "fwb_{}", "method": "lookup", "age": "age", "mode": "self"}),
    ],
)
def test_spark_gives_the_scores_in_memory(answers, in_spark, fetched, instrument, call):
    there = ps.score(in_spark(answers), instrument, **call)
    here = ps.score(answers, instrument, **call)
    attached = there.attach()
    assert type(attached).__module__.startswith("pyspark.sql")
    rows = fetched(attached).sort_values("person").reset_index(drop=True)
    known = here.attach()
    assert list(rows.columns) == list(known.columns)
    for name in known.columns.difference(answers.columns):
        if known[name].dtype.kind == "f":
            # the same sums in the same order; answer patterns are scored by the same kernel
            assert_allclose(rows[name], known[name], rtol=1e-12)
        else:
            assert rows[name].fillna("").tolist() == known[name].fillna("").tolist()
    assert there.glance().equals(here.glance())


def test_an_answer_out_of_range_is_refused(answers, in_spark):
    answers.loc[5, "mbi_3"] = 9
    with pytest.raises(ps.InputError, match="mbi_3"):
        ps.score(in_spark(answers), "mbi_gs", items="mbi_{}")


def test_a_dot_in_a_name_is_told_before_spark_stumbles(answers, in_spark):
    frame = in_spark(answers.rename(columns={"home state": "home.state"}))
    with pytest.raises(
        ps.InputError, match=r"'home\.state' has a dot.*\n.*withColumnRenamed\('home\.state', 'home_s"
    ):
        ps.score(frame, "mbi_gs", items="mbi_{}")
