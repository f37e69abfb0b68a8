"""Records for JSON: strict, whatever the result."""

import json
import warnings

import pytest

import peerstats as ps
from peerstats.results import plain

RESULTS = {
    "reliability": lambda d: ps.reliability(
        d, items=["fwb_1", "fwb_2", "fwb_4"], by="wave", coefficients="alpha"
    ),
    "cfa": lambda d: ps.cfa(d, None, items=["fwb_1", "fwb_2", "fwb_4", "fwb_5"]),
    "icc": lambda d: ps.icc(d, value="physical_health", subject="subject", time="wave"),
    "compare": lambda d: ps.compare(d.head(3), "hourly_wage", ps.oews("21-1093"), by="job_type"),
    "estimate": lambda d: ps.estimate(d, "hourly_wage", by="job_type"),
    "crosstab": lambda d: ps.crosstab(d, "gender", "job_type"),
    "linear": lambda d: ps.linear("hourly_wage ~ age", d, weights="weight"),
    "multinomial": lambda d: ps.multinomial("job_type ~ age", d),
    "mixed": lambda d: ps.mixed_linear("hourly_wage ~ age", d, group="subject"),
    "rake": lambda d: ps.rake(d, {"state": d["state"].value_counts()}),
}


@pytest.mark.parametrize("name", RESULTS)
def test_every_record_is_strict_json(name):
    data = ps.simulate_cohort(200, rng=1).data
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ps.PeerstatsWarning)
        record = RESULTS[name](data).to_dict()
    assert json.loads(json.dumps(record, allow_nan=False))["schema"] == 1


def test_numbers_that_json_has_not_are_null_or_text():
    assert plain({"a": (1.5, float("nan")), "b": float("-inf")}) == {"a": [1.5, None], "b": "-inf"}
