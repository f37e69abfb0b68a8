"""Estimates from sums that Spark adds up are those in memory."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

pytestmark = pytest.mark.spark


@pytest.fixture
def people(rng):
    n = 400
    data = pd.DataFrame(
        {
            "wage": rng.normal(18, 3, n).round(1),
            "hours.worked": rng.uniform(5, 40, n),
            "job type": rng.choice(["none", "other", "peer"], n),
            "state": rng.choice(["NC", "OR"], n),
            "stratum": rng.choice(["s", "t", "u"], n),
            "weight": rng.uniform(0.2, 3, n),
            "inside": rng.random(n) < 0.8,
        }
    )
    data["unit"] = data["stratum"] + rng.integers(0, 9, n).astype(str)
    data.loc[rng.choice(n, 20), "wage"] = np.nan
    data.loc[rng.choice(n, 9), "job type"] = None
    data.loc[rng.choice(n, 9), "weight"] = 0.0
    return data


PLAN = ps.SurveyDesign(weights="weight", strata="stratum", cluster="unit")
CALLS = {
    "means by group": (["wage", "hours.worked"], {"by": "job type", "design": PLAN, "where": "inside"}),
    "a mean of rows": ("wage", {"weights": "weight", "by": "state"}),
    "a ratio": ("wage", {"statistic": "ratio", "denominator": "hours.worked", "weights": "weight"}),
    "shares": ("job type", {"statistic": "proportion", "design": PLAN}),
    "medians": ("wage", {"statistic": "quantile", "design": PLAN, "by": "state"}),
    "totals": ("wage", {"statistic": "total", "weights": "weight", "cluster": "unit"}),
}


# sums in another order: to rounding; an interval of a share near 0 or 1 makes that a thousand times more
def assert_same(there, here):
    found, known = there.tidy(), here.tidy()
    assert isinstance(found, pd.DataFrame)
    assert list(found.columns) == list(known.columns)
    for name in known:
        if known[name].dtype.kind == "f":
            assert_allclose(found[name], known[name], rtol=1e-8, atol=1e-10)
        else:
            assert found[name].tolist() == known[name].tolist()
    assert there.summary() == here.summary()


@pytest.mark.parametrize("call", CALLS)
def test_spark_gives_the_estimates_in_memory(people, in_spark, call):
    columns, asked = CALLS[call]
    assert_same(ps.estimate(in_spark(people), columns, **asked), ps.estimate(people, columns, **asked))


def test_spark_gives_the_comparison_and_the_table_in_memory(people, in_spark):
    norm = ps.benchmark(value=17.5, std_error=0.2, statistic="mean", population="simulated", form="wage")
    there, frame = in_spark(people), people
    assert_same(
        ps.compare(there, "wage", norm, by="state", weights="weight", cluster="unit"),
        ps.compare(frame, "wage", norm, by="state", weights="weight", cluster="unit"),
    )
    assert_same(
        ps.crosstab(there, "job type", "state", design=PLAN),
        ps.crosstab(frame, "job type", "state", design=PLAN),
    )


def test_a_negative_weight_is_told_by_the_number_of_its_rows(people, in_spark):
    people.loc[[3, 4], "weight"] = -1.0
    with pytest.raises(ps.InputError, match=r"weight 'weight' is negative in 2 rows"):
        ps.estimate(in_spark(people), "wage", weights="weight")
