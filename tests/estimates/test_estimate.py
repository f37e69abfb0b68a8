"""What `estimate` refuses, counts and says."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.plots import describe, new_axes


def people():
    return pd.DataFrame(
        {
            "wage": [16.0, np.nan, 19.0, 15.5, 18.0, 21.0, 17.0, 16.5],
            "hours": [40, 20, 30, np.nan, np.nan, 35, 25, 40],
            "job": ["peer", "peer", "other", "peer", None, "peer", "peer", "peer"],
            "sex": ["woman", "man", "woman", "man", "woman", None, "woman", "man"],
            "peer": [True, True, False, True, False, True, True, True],
            "weight": [1.0, 2, 1, 2, 1, 2, 1, 0],
        }
    )


def rows(*args, **more):
    return ps.estimate(people(), *args, **more).tidy()


def test_each_column_leaves_out_its_own_missing_values():
    found = rows(["wage", "hours"])
    assert found["n"].tolist() == [7, 6]
    assert found["n_missing"].tolist() == [1, 2]
    printed = repr(ps.estimate(people(), ["wage", "hours"]))
    assert "wage: 7 of 8 respondents (1 missing)" in printed
    assert "hours: 6 of 8 respondents (2 missing)" in printed


def test_weights_of_zero_and_rows_without_a_group_leave_and_are_told():
    result = ps.estimate(people(), "wage", by="sex", weights="weight")
    assert result.tidy()["n"].sum() == 5
    printed = repr(result)
    assert "1 row with a weight of zero left out" in printed
    assert "1 respondent without sex left out" in printed


def test_a_column_of_truth_values_has_a_mean_and_shares():
    assert rows("peer")["estimate"].tolist() == [0.75]
    assert rows("peer", statistic="proportion")["level"].tolist() == ["False", "True"]


def test_several_grouping_columns_keep_their_names():
    found = rows("wage", by=["sex", "peer"])
    assert found["sex"].tolist() == ["man", "woman", "woman"]
    assert found["peer"].tolist() == ["True", "False", "True"]
    assert found["group"].tolist() == ["man, True", "woman, False", "woman, True"]


def test_a_level_that_nobody_has_is_no_group():
    data = people().assign(sex=lambda d: pd.Categorical(d["sex"], ["woman", "man", "other"]))
    assert ps.estimate(data, "wage", by="sex").tidy()["group"].tolist() == ["woman", "man"]


@pytest.mark.parametrize("interval", ["logit", "mean", "beta", "asin"])
def test_a_share_of_all_or_none_has_limits_by_the_sample_size(interval):
    data = pd.DataFrame({"job": ["peer"] * 10, "a": ["x"] * 5 + ["y"] * 5, "b": ["x", "y"] * 5})
    found = ps.estimate(data, "job", statistic="proportion", interval=interval).tidy().iloc[0]
    # Clopper and Pearson for 10 of 10: (alpha / 2)^(1 / n)
    assert found["estimate"] == 1
    assert_allclose([found["conf_low"], found["conf_high"]], [0.025**0.1, 1])
    both = ps.estimate(data, "a", by="b", statistic="proportion", where=data["b"] == data["a"])
    assert "Clopper and Pearson" in repr(both)
    none = both.tidy().set_index(["group", "level"]).loc[("x", "y")]
    assert none["estimate"] == 0
    assert 0 < none["conf_high"] < 1


def test_a_quantile_with_nobody_beyond_has_no_limit_there_and_says_so():
    result = ps.estimate(people(), "wage", statistic="quantile", quantiles=0.95)
    assert np.isnan(result.tidy()["conf_high"].iloc[0])
    assert "no limit on a side" in repr(result)
    with pytest.raises(ps.InputError, match="quantiles"):
        result.covariance()


def test_replicates_without_members_of_a_group_leave_its_estimate_only():
    # dropping the PSU of all men leaves that replicate without men
    data = people().assign(psu=[0, 4, 1, 4, 2, 3, 3, 4])
    design = ps.SurveyDesign(cluster="psu").with_replicates("JK1")
    result = ps.estimate(data, "wage", by="sex", design=design)
    assert np.isfinite(result.tidy()["std_error"]).all()
    assert np.isnan(result.covariance()[0, 1])


def test_a_design_effect_needs_weights_of_a_population_where_it_is_finite():
    small = ps.estimate(people(), "wage", deff="finite")
    assert np.isnan(small.tidy()["deff"].iloc[0])
    assert 'deff="finite"' in repr(small)


def test_a_group_without_a_value_is_kept_without_an_estimate():
    result = ps.estimate(
        people().assign(wage=lambda d: d["wage"].where(d["sex"] == "woman")), "wage", by="sex"
    )
    found = result.tidy().set_index("group")
    assert found.loc["man", "n"] == 0
    assert found.loc["man", ["estimate", "std_error", "conf_low", "deff"]].isna().all()
    assert "No estimate where a group has no value" in repr(result)


def test_scores_are_estimated_as_they_come():
    data = ps.simulate_cohort(200, rng=1).data
    scored = ps.score(data, "cfpb_fwb_10", items="fwb_{}", method="irt", age="age", mode="self")
    one = ps.estimate(scored, "financial_well_being", weights="weight").tidy()
    other = ps.estimate(scored.attach(), "financial_well_being", weights="weight").tidy()
    assert_allclose(one["estimate"], other["estimate"])


def test_every_kind_of_frame_gives_the_same_and_its_own_back(make_frame):
    columns = {"wage": [16.0, 18.0, 20.0, 22.0], "sex": ["a", "b", "a", "b"], "w": [1.0, 2.0, 3.0, 4.0]}
    frame = make_frame(columns)
    found = ps.estimate(frame, "wage", by="sex", weights="w").tidy()
    assert type(found).__module__.split(".")[0] == type(frame).__module__.split(".")[0]
    plain = ps.estimate(pd.DataFrame(columns), "wage", by="sex", weights="w").tidy()
    assert_allclose(np.asarray(found["std_error"]), plain["std_error"])


@pytest.mark.parametrize("statistic", ["mean", "proportion", "quantile"])
def test_a_result_prints_draws_and_turns_into_plain_data(statistic):
    result = ps.estimate(people(), ["peer", "hours"], by="sex", statistic=statistic)
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["kind"] == "estimates"
    assert result.glance()["n"].tolist() == [7]
    assert "reference" not in describe(result.plot(ax=new_axes()))
    assert "95%" in str(result.summary())


def test_means_of_groups_by_two_columns_are_drawn_on_one_line_each():
    people = ps.simulate_cohort(300, rng=1).data
    result = ps.estimate(people, "age", by=["rurality", "wave"], cluster="subject")
    ax = result.plot(ax=new_axes())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["rural", "suburban", "urban"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["wave 1", "wave 2", "wave 3"]
    tidy = result.tidy()
    circles = next(line for line in ax.lines if line.get_marker() == "o")
    assert list(circles.get_xdata()) == tidy[tidy["wave"] == "1"]["estimate"].tolist()


BAD = {
    "no such column": (("wages",), {}, r"'wages' is not in the data.\n  Closest columns: 'wage'"),
    "text": (("job",), {}, r"'job' holds text, and a mean needs numbers.\n .*proportion"),
    "no column": (([],), {}, "names no column"),
    "twice": ((["wage", "wage"],), {}, "names 'wage' twice"),
    "group": (("wage",), {"by": "gender"}, "grouping column 'gender'"),
    "nobody": (("wage",), {"where": [False] * 8}, "keeps no row"),
    "weightless": (("wage",), {"where": [False] * 7 + [True], "weights": "weight"}, "weight of zero"),
    "ratio": (("wage",), {"statistic": "ratio"}, "without denominator="),
    "no ratio": (("wage",), {"denominator": "hours"}, "with denominator="),
    "median": (("wage",), {"statistic": "median"}, "statistic='median' is not known"),
    "percent": (("wage",), {"statistic": "quantile", "quantiles": [50]}, "between 0 and 1"),
    "words": (("wage",), {"statistic": "quantile", "quantiles": "half"}, "are no numbers"),
    "rule": (("wage",), {"statistic": "quantile", "qrule": "hf3"}, "qrule='hf3' is not known"),
    "logit": (("wage",), {"interval": "logit"}, "interval='logit' is not known"),
    "no replicates": (("wage",), {"statistic": "quantile", "interval": "quantile"}, "replicates"),
    "missing": ((["wage", "hours"],), {"missing": "raise"}, "missing: wage in 1 row, hours in 2 rows"),
    "both": (("wage",), {"design": ps.SurveyDesign(), "weights": "weight"}, "beside design="),
    "no design": (("wage",), {"design": "weight"}, "design= is a str"),
    "kind": (("wage",), {"weight_kind": "frequency"}, "without weights"),
    "level": (("wage",), {"conf_level": 95}, "conf_level=95"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_estimated_is_refused_with_a_next_step(case):
    args, more, message = BAD[case]
    with pytest.raises(ps.InputError, match=r"^estimate\(\): [^\n]*" + message.partition(r"\n")[0]) as caught:
        ps.estimate(people(), *args, **more)
    assert "\n  " in str(caught.value)


def test_values_that_are_no_measure_or_no_category_are_refused():
    data = pd.DataFrame({"x": np.arange(300.0), "y": [np.inf] + [1.0] * 299, "z": [np.nan] * 300, "w": -1.0})
    with pytest.raises(ps.InputError, match="300 distinct values"):
        ps.estimate(data, "x", statistic="proportion")
    with pytest.raises(ps.InputError, match="infinite in row 0"):
        ps.estimate(data, "y")
    with pytest.raises(ps.InputError, match="'z' has no value"):
        ps.estimate(data, "z")
    with pytest.raises(ps.InputError, match="nobody has a group"):
        ps.estimate(data, "x", by="z")
    with pytest.raises(ps.InputError, match="negative"):
        ps.estimate(data, "x", weights="w")
    with pytest.raises(ps.InputError, match="single PSU"):
        ps.estimate(data.assign(psu=1), "x", cluster="psu")
    with pytest.raises(ps.InputError, match="interpolates between rows"):
        ps.estimate(
            data.assign(w=2), "x", statistic="quantile", qrule="hf7", weights="w", weight_kind="frequency"
        )


def test_a_raking_is_not_yet_a_design():
    data = people().assign(sex="x")
    raked = ps.rake(data, {"sex": {"x": 10}}, weights="weight")
    with pytest.raises(ps.InputError, match=r"design=result\.design"):
        ps.estimate(data, "wage", design=raked)
    assert ps.estimate(data, "peer", statistic="total", design=raked.design).tidy()["sum_weights"].iloc[
        0
    ] == pytest.approx(10)


def test_replicates_without_weights_are_a_design_and_no_simple_random_sample():
    design = ps.SurveyDesign().with_replicates("JK1")
    printed = repr(ps.estimate(people(), "wage", design=design))
    assert "8 JK1 replicates; replicate errors" in printed
    assert "simple random" not in printed
