"""A multinomial fit equals Stata's mlogit; golden/anes96_stata says where the numbers come from."""

from pathlib import Path

import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "anes96_stata"
EXPECTED = pd.read_csv(GOLDEN / "expected.csv")
# Half a unit of the last digit that was printed: of 8 (8 decimals below one), of 10 and of 7.
TOLERANCE = {
    "estimate": {"rtol": 5e-8, "atol": 5e-9},
    "std_error": {"rtol": 5e-10, "atol": 1.5e-10},  # one is a unit of its last digit away
    "statistic": {"rtol": 5e-10, "atol": 3e-9},  # Stata's iterations stopped this close to the maximum
    "p_value": {"rtol": 5e-6, "atol": 3e-9},
    "conf_low": {"rtol": 5e-7, "atol": 5e-8},
    "conf_high": {"rtol": 5e-7, "atol": 5e-8},
}


@pytest.fixture(scope="module")
def election():
    """Fit the party, coded 0 to 6, of the 1996 American National Election Study."""
    data = sm.datasets.anes96.load_pandas().data.astype({"PID": int})
    # Stata's generate keeps four bytes: with all eight the log-likelihood is 6e-8 away.
    data["logpopul"] = data["logpopul"].astype("float32").astype(float)
    return ps.multinomial("PID ~ logpopul + selfLR + age + educ + income", data, base=0)


@pytest.mark.parametrize("outcome", range(1, 7))
def test_coefficients_errors_and_intervals_are_those_of_stata(election, outcome):
    ours = election.tidy().assign(outcome=lambda d: d["outcome"].astype(int))
    stata = EXPECTED[EXPECTED["outcome"] == outcome]
    both = ours.merge(stata, on=["outcome", "term"], suffixes=("", "_stata"))
    assert len(both) == len(ours) / 6 == 6
    for name, tolerance in TOLERANCE.items():
        assert_allclose(both[name], both[f"{name}_stata"], err_msg=name, **tolerance)


def test_log_likelihoods_and_criteria_are_those_of_stata(election):
    glance = election.glance().iloc[0]
    stata = pd.read_csv(GOLDEN / "expected_fit.csv").iloc[0]
    assert glance["n"] == stata["n"]
    for name in ("loglik", "loglik_null", "aic", "bic"):
        # 12 digits or more were printed
        assert_allclose(glance[name], stata[name], rtol=2e-12, err_msg=name)
    assert_allclose(glance["mcfadden_r2"], stata["pseudo_r2"], rtol=1e-11)
    assert_allclose(2 * (glance["loglik"] - glance["loglik_null"]), stata["lr"], rtol=1e-11)
