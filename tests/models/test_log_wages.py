"""Means predicted from a linear model of a logarithm."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def simulated(seed, n=400):
    rng = np.random.default_rng(seed)
    years, job = rng.uniform(0, 20, n), rng.choice(["peer", "other"], n)
    # skewed residuals: a centred gamma
    log_wage = 2.7 + 0.02 * years - 0.1 * (job == "peer") + 0.3 * (rng.gamma(2.0, size=n) - 2.0) / np.sqrt(2)
    return pd.DataFrame(
        {
            "wage": np.exp(log_wage),
            "years": years,
            "job": job,
            "weight": rng.uniform(0.2, 5, n),
            "copies": rng.integers(1, 4, n),
        }
    )


@few
@given(seeds, st.sampled_from([None, "weight", "copies"]))
def test_with_an_intercept_alone_smearing_gives_the_weighted_mean_exactly(seed, weights):
    data = simulated(seed)
    kind = {"weight_kind": "frequency"} if weights == "copies" else {}
    result = ps.linear("log(wage) ~ 1", data, weights=weights, **kind)
    mean = np.average(data["wage"], weights=None if weights is None else data[weights])
    assert_allclose(result.predict(retransform="smearing")["estimate"], mean, rtol=1e-12)


@few
@given(seeds)
def test_the_smearing_factor_is_the_mean_of_exponentiated_residuals(seed):
    data = simulated(seed)
    result = ps.linear("log(wage) ~ years + job", data, weights="weight")
    logs = result.predict()["estimate"]
    factor = np.average(data["wage"] / np.exp(logs), weights=data["weight"])
    assert_allclose(result.fit.smearing, factor, rtol=1e-12)
    assert_allclose(result.predict(retransform="smearing")["estimate"], np.exp(logs) * factor, rtol=1e-12)
    sigma = result.glance()["sigma"].iloc[0]
    normal = result.predict(retransform="normal")["estimate"]
    assert_allclose(normal, np.exp(logs + sigma**2 / 2), rtol=1e-12)


def test_smearing_hits_the_mean_where_residuals_are_skewed_and_the_normal_factor_does_not():
    data = simulated(5, n=40_000)
    result = ps.linear("log(wage) ~ years + job", data)
    means = {how: result.predict(retransform=how)["estimate"].mean() for how in ("smearing", "normal")}
    geometric = np.exp(result.predict()["estimate"]).mean()
    truth = data["wage"].mean()
    # the error of a mean of 40,000 skewed wages is about 0.2 per cent; the factors are 1.055 and 1.046
    assert_allclose(means["smearing"], truth, rtol=3e-3)
    assert means["normal"] < 0.995 * truth
    assert geometric < 0.96 * truth


def test_frequency_weights_and_batches_have_the_factor_of_rows():
    data = simulated(1)
    again = data.loc[data.index.repeat(data["copies"])]
    call = {"weights": "copies", "weight_kind": "frequency"}
    file = ds.dataset(pa.Table.from_batches(pa.Table.from_pandas(data).to_batches(max_chunksize=64)))
    fits = [
        ps.linear("log(wage) ~ years", again),
        ps.linear("log(wage) ~ years", data, **call),
        ps.linear("log(wage) ~ years", file, **call),
    ]
    assert_allclose([fit.fit.smearing for fit in fits], fits[0].fit.smearing, rtol=1e-12)


def test_logs_stay_logs_unless_asked():
    data = simulated(1)
    result = ps.linear("log(wage) ~ years", data)
    assert_allclose(result.predict()["estimate"].mean(), np.log(data["wage"]).mean(), rtol=1e-12)
    assert result.to_dict()["smearing"] == result.fit.smearing
    with pytest.warns(ps.PeerstatsWarning, match=r"1 of 2 rows have a missing value"):
        new = result.predict(pd.DataFrame({"years": [1.0, None]}), retransform="smearing")
    assert new["estimate"].isna().tolist() == [False, True]


def test_means_are_refused_where_they_mean_nothing():
    data = simulated(1).assign(person=np.arange(400) // 2)
    for formula in ("wage ~ years", "I(log(wage) - log(years + 1)) ~ years", "sqrt(log(wage)) ~ years"):
        result = ps.linear(formula, data)
        assert result.fit.smearing is None
        with pytest.raises(ps.InputError, match=r"is for linear\(\) of a logarithm"):
            result.predict(retransform="smearing")
        with pytest.raises(ps.InputError, match="not logs"):
            result.tidy(exponentiate=True)
    with pytest.raises(ps.InputError, match=r"is for linear\(\) of a logarithm"):
        ps.mixed_linear("log(wage) ~ years", data, group="person").predict(retransform="normal")
    with pytest.raises(ps.InputError, match=r"is for linear\(\) of a logarithm"):
        ps.logistic("job ~ years", data).predict(retransform="normal")
    precise = ps.linear("log(wage) ~ years", data, weights="weight", weight_kind="precision")
    for how in ("smearing", "normal"):
        with pytest.raises(ps.InputError, match="rows differ in the spread"):
            precise.predict(retransform=how)
    with pytest.raises(ps.InputError, match="retransform='median'"):
        ps.linear("log(wage) ~ years", data).predict(retransform="median")
