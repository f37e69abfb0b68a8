"""Tables of a survey: what is a share of what, what is left out, and what the tests say."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.plots import describe, new_axes


def people(n=240, seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "job": rng.choice(["peer", "other", "none"], n),
            "sex": rng.choice(["woman", "man"], n),
            "weight": rng.uniform(1, 4, n),
            "psu": np.arange(n) % 20,
        }
    )


@pytest.mark.parametrize(
    "design",
    [
        ps.SurveyDesign(weights="weight", cluster="psu"),
        ps.SurveyDesign(weights="weight", cluster="psu").with_replicates("JK1"),
    ],
    ids=["linearized", "replicate"],
)
def test_row_shares_are_the_shares_of_each_row_s_subpopulation(design):
    data = people()
    table = ps.crosstab(data, "sex", "job", design=design).tidy()
    shares = ps.estimate(data, "job", by="sex", statistic="proportion", design=design).tidy()
    names = ["estimate", "std_error", "df", "conf_low", "conf_high"]
    assert table["row_level"].tolist() == shares["group"].tolist()
    # the table's errors come from those of the cells' totals
    assert_allclose(table[names], shares[names], rtol=1e-9)


def test_shares_add_to_one_within_what_they_are_shares_of():
    for percent, by in (("row", "row_level"), ("column", "column_level")):
        found = ps.crosstab(people(), "sex", "job", percent=percent, weights="weight").tidy()
        assert_allclose(found.groupby(by)["estimate"].sum(), 1)
    found = ps.crosstab(people(), "sex", "job", percent="total", weights="weight").tidy()
    assert_allclose(found["estimate"].sum(), 1)
    assert_allclose(found["sum_weights"].sum(), people()["weight"].sum())


def test_swapping_rows_and_columns_changes_no_test():
    one = ps.crosstab(people(), "sex", "job", weights="weight", percent="total")
    other = ps.crosstab(people(), "job", "sex", weights="weight", percent="total")
    assert_allclose(one.tests().iloc[:, 1:], other.tests().iloc[:, 1:])


def test_a_table_that_is_independent_by_construction_has_a_statistic_of_zero():
    data = pd.DataFrame({"a": [0, 0, 1, 1] * 10, "b": [0, 1, 0, 1] * 10})
    first = ps.crosstab(data, "a", "b").tests().iloc[0]
    assert first["statistic"] == pytest.approx(0, abs=1e-12)
    assert first["p_value"] == pytest.approx(1)


def test_in_a_simple_random_sample_first_order_and_pearson_agree_near_independence():
    # the design effects are 1 under independence, n / (n - 1) apart
    tests = ps.crosstab(people(4000), "sex", "job", statistic="chisq").tests()
    assert_allclose(tests["statistic"].iloc[0], tests["statistic"].iloc[1], rtol=0.01)


def test_missing_cells_and_empty_levels_are_told():
    data = people().assign(job=lambda d: pd.Categorical(d["job"], ["peer", "other", "none", "unknown"]))
    data.loc[:4, "sex"] = None
    table = ps.crosstab(data, "sex", "job")
    assert "235 of 240 respondents (5 without sex or job)" in repr(table)
    assert "Nobody has job 'unknown': left out." in repr(table)
    assert table.glance()["n_missing"].tolist() == [5]


def test_an_empty_cell_has_limits_and_the_test_still_runs():
    data = people()
    data = data[~((data["sex"] == "man") & (data["job"] == "none"))]
    table = ps.crosstab(data, "sex", "job", weights="weight")
    cell = table.tidy().set_index(["row_level", "column_level"]).loc[("man", "none")]
    assert cell["estimate"] == cell["n"] == cell["conf_low"] == 0
    assert 0 < cell["conf_high"] < 0.2
    assert np.isfinite(table.tests()["p_value"]).all()


def test_a_single_level_has_shares_and_no_test():
    table = ps.crosstab(people().assign(sex="woman"), "sex", "job")
    assert len(table.tests()) == 0
    assert np.isnan(table.glance()["p_value"].iloc[0])
    assert "No test" in repr(table)


def test_a_subpopulation_keeps_the_design():
    data = people()
    found = ps.crosstab(data, "sex", "job", cluster="psu", where=data["psu"] < 5)
    assert found.tidy()["df"].unique().tolist() == [19]


def test_yates_s_correction_is_asked_for_and_for_two_by_two_only():
    data = people().assign(peer=lambda d: d["job"] == "peer")
    plain, corrected = (
        ps.crosstab(data, "sex", "peer", continuity=yes).tests().iloc[1] for yes in (False, True)
    )
    assert corrected["statistic"] < plain["statistic"]
    assert "Yates" in corrected["test"]
    assert "No continuity correction" in repr(ps.crosstab(data, "sex", "job", continuity=True))


@pytest.mark.parametrize("percent", ["row", "column"])
def test_a_table_prints_draws_and_turns_into_plain_data(percent):
    table = ps.crosstab(people(), "sex", "job", percent=percent)
    assert json.loads(json.dumps(table.to_dict(), allow_nan=False))["kind"] == "crosstab"
    assert "Tests of independence" in str(table.summary())
    assert describe(table.plot(ax=new_axes())).startswith("Forest plot: ")


def test_what_cannot_be_tabulated_is_refused():
    data = people().assign(x=np.arange(240), gone=None)
    for rows, columns, message in (
        ("sex", "jobs", "'jobs' is not in the data"),
        ("sex", "sex", "both 'sex'"),
        ("sex", "gone", "nobody has both"),
        ("x", "weight", "240 x 240 cells"),
    ):
        with pytest.raises(ps.InputError, match=r"^crosstab\(\): .*" + message):
            ps.crosstab(data, rows, columns)
    with pytest.raises(ps.InputError, match="percent='cell'"):
        ps.crosstab(data, "sex", "job", percent="cell")
