"""A sampling plan: what it refuses, and the laws of what it reads."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import peerstats as ps
from peerstats.engines import replicate

PLAN = {"weights": "w", "strata": "s", "cluster": "c", "nest": True}
JK = {"weights": "w", "replicates": "r_{}"}


def people(**more):
    """Return twelve people in two strata of three PSUs, labelled 1 to 3 in each."""
    columns = {
        "w": np.linspace(1, 2.1, 12),
        "s": ["north"] * 6 + ["south"] * 6,
        "c": [1, 1, 2, 2, 3, 3] * 2,
        "f": [9] * 6 + [6] * 6,
        "y": np.array([3.0, 5, 2, 8, 4, 4, 9, 1, 7, 7, 2, 6]),
    }
    return pd.DataFrame(columns | more)


def with_replicates(k=3):
    return people(**{f"r_{i}": np.linspace(0.5, 1 + i, 12) for i in range(1, k + 1)})


def spoiled(column, row, value):
    frame = people().astype({column: object if isinstance(value, str | None) else float})
    frame.loc[row, column] = value
    return frame


def mean_error(design, frame, inside=None):
    """Return the mean of y and its error."""
    arrays = design.read(frame)
    y = frame["y"].to_numpy(float)
    w = arrays.weights * (1.0 if inside is None else inside)
    mean = w @ y / w.sum()
    if arrays.replicates is None:
        return mean, float(arrays.meat((w * (y - mean) / w.sum())[:, None], inside)[0, 0]) ** 0.5
    values = replicate(lambda v: ((v.T @ y) / v.sum(axis=0))[:, None], arrays.replicates)
    return mean, float(arrays.replicate_covariance(values)[0, 0]) ** 0.5


ALL = {
    "weights": ps.SurveyDesign(weights="w"),
    "strata": ps.SurveyDesign(weights="w", strata="s"),
    "plan": ps.SurveyDesign(**PLAN),
    "plan with fpc": ps.SurveyDesign(**PLAN, fpc="f"),
    "JKn": ps.SurveyDesign(**PLAN).with_replicates("JKn"),
    "bootstrap": ps.SurveyDesign(**PLAN).with_replicates("bootstrap", n_replicates=40, rng=1),
    "raked": ps.rake(
        people(), {"s": {"north": 0.4, "south": 0.6}}, design=ps.SurveyDesign(**PLAN), total=50
    ).design,
}


@pytest.mark.parametrize("name", ALL)
def test_a_design_reads_every_kind_of_frame_alike(name, make_frame):
    columns = {key: list(values) for key, values in people().items()}
    wanted, found = ALL[name].read(people()), ALL[name].read(make_frame(columns))
    assert_array_equal(found.psu, wanted.psu)
    assert_array_equal(found.stratum, wanted.stratum)
    assert_allclose(found.weights, wanted.weights, rtol=1e-14)


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("weights", "strata")])
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(name, seed):
    order = np.random.default_rng(seed).permutation(12)
    shuffled = people().iloc[order].reset_index(drop=True)
    # the same sums in another order; raking stops at 1e-10
    assert_allclose(mean_error(ALL[name], shuffled), mean_error(ALL[name], people()), rtol=1e-9)


@pytest.mark.parametrize("name", ALL)
def test_the_scale_of_weights_leaves_means_and_their_errors_alone(name):
    scaled = people(w=1000 * people()["w"])
    assert_allclose(mean_error(ALL[name], scaled), mean_error(ALL[name], people()), rtol=1e-9)


@pytest.mark.parametrize("name", ALL)
def test_rows_of_weight_zero_are_nobody(name):
    nobody = people(w=0.0, s=["west", "north"] * 6, c=[7, 1, None] * 4)
    both = pd.concat([people(), nobody], ignore_index=True)
    found, alone = ALL[name].read(both), ALL[name].read(people())
    assert (found.n, found.n_zero, found.n_psu, found.n_strata) == (24, 12, alone.n_psu, alone.n_strata)
    assert found.degrees_of_freedom() == alone.degrees_of_freedom()
    assert_allclose(mean_error(ALL[name], both), mean_error(ALL[name], people()), rtol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_a_subpopulation_that_is_everyone_changes_nothing(name):
    everyone = np.ones(12, dtype=bool)
    arrays = ALL[name].read(people())
    assert arrays.degrees_of_freedom(everyone) == arrays.degrees_of_freedom()
    assert_allclose(mean_error(ALL[name], people(), everyone), mean_error(ALL[name], people()), rtol=1e-12)


def test_clusters_of_one_are_rows():
    frame = people(c=np.arange(12))
    clustered = ps.SurveyDesign(weights="w", strata="s", cluster="c")
    assert_allclose(mean_error(clustered, frame), mean_error(ALL["strata"], frame), rtol=1e-14)


def test_weights_alone_give_the_linearised_error_of_a_model_of_the_mean():
    # a linear model of the intercept has the mean's error
    fit = ps.linear("y ~ 1", people(), weights="w")
    tidy = fit.tidy()
    assert_allclose(
        mean_error(ALL["weights"], people()), tidy.loc[0, ["estimate", "std_error"]].tolist(), rtol=1e-10
    )


def test_nested_labels_are_distinct_psus_in_each_stratum():
    arrays = ps.SurveyDesign(**PLAN).read(people())
    assert (arrays.n_psu, arrays.n_strata, arrays.degrees_of_freedom()) == (6, 2, 4)
    assert arrays.psu.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    apart = people(c=[1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
    assert ps.SurveyDesign(**PLAN | {"nest": False}).read(apart).psu.tolist() == arrays.psu.tolist()


def test_a_psu_in_two_strata_is_an_error_unless_it_is_nested():
    with pytest.raises(
        ps.InputError, match=r"PSU 1 lies in two strata, 'north' and 'south' \(row 6\)"
    ) as caught:
        ps.SurveyDesign(**PLAN | {"nest": False}).read(people())
    assert "nest=True" in str(caught.value)


def test_sizes_and_shares_are_the_same_correction():
    shares = people(f=[3 / 9] * 6 + [3 / 6] * 6)
    assert_allclose(
        mean_error(ALL["plan with fpc"], shares), mean_error(ALL["plan with fpc"], people()), rtol=1e-14
    )


def test_a_stratum_with_one_psu_with_members_is_not_lonely():
    member = people()["c"].to_numpy() == 1
    arrays = ps.SurveyDesign(**PLAN).read(people())
    # all three PSUs of both strata count, two of them with nobody
    assert arrays.degrees_of_freedom(member) == 4
    scores = np.where(member, 1.0, 0.0)[:, None]
    # PSU sums 2, 0, 0 in each stratum: 3 / 2 times (4 - 4 / 3)
    assert_allclose(arrays.meat(scores, member), [[2 * 1.5 * (4 - 4 / 3)]])


def test_a_bootstrap_is_the_same_at_every_reading():
    design = ps.SurveyDesign(**PLAN).with_replicates("bootstrap", n_replicates=20, rng=None)
    again = ps.SurveyDesign.from_dict(json.loads(json.dumps(design.to_dict())))
    one, other = (next(each.read(people()).replicates.chunks(20))[1] for each in (design, again))
    assert_array_equal(one, other)


@pytest.mark.parametrize("name", ALL)
def test_a_design_comes_back_from_json(name):
    design = ALL[name]
    again = ps.SurveyDesign.from_dict(json.loads(json.dumps(design.to_dict())))
    assert repr(again) == repr(design)
    assert again.to_dict() == design.to_dict()
    assert_allclose(mean_error(again, people()), mean_error(design, people()), rtol=0)


def test_a_design_says_what_it_is():
    assert repr(ALL["raked"]).endswith("nest=True, raked to s)")
    assert ALL["JKn"].read(people()).description == "weights w; strata s (2); PSUs c (6); 6 JKn replicates"
    assert ALL["raked"].read(people()).description.endswith("raked to s")
    lone = ps.SurveyDesign(weights="w", strata="c", cluster="u", lonely_psu="certainty")
    assert (
        "lonely PSUs: certainty"
        in lone.read(people(u=[1, 1, 2, 2, 3, 4, *[5] * 6], c=[1] * 6 + [2] * 6)).description
    )


BAD_DESIGNS = {
    "several columns": ({"cluster": ["a", "b"]}, "is not the name of a column"),
    "unknown rule": ({"lonely_psu": "remove"}, "lonely_psu='remove' is not known"),
    "nest of nothing": ({"cluster": "c", "nest": True}, "nest=True without"),
    "factors of nothing": ({"rscales": [1, 2]}, "rscales= without replicates="),
    "scale of nothing": ({"scale": 1.0}, "scale= without replicates="),
    "combined of nothing": ({"combined": False}, "combined= without replicates="),
    "mse of nothing": ({"mse": True}, "mse= without replicates"),
    "number of nothing": ({"n_replicates": 5}, "n_replicates= without replicates"),
    "unknown method": ({"replicate_method": "JK3"}, "replicate_method='JK3' is not known"),
    "one factor": (JK | {"replicate_method": "JKn", "rscales": 0.5}, "is one number"),
    "plan and replicates": (JK | {"strata": "s"}, "strata='s' beside replicates="),
    "no weights": ({"replicates": "r_{}", "replicate_method": "BRR"}, "without weights="),
    "no scale": (JK, "without replicate_method= or scale="),
    "other without scale": (JK | {"replicate_method": "other"}, "without scale="),
    "JKn without factors": (JK | {"replicate_method": "JKn"}, "JKn replicates without rscales="),
    "BRR with scale": (JK | {"replicate_method": "BRR", "scale": 1.0}, "whose scale is known"),
    "Fay without rho": (JK | {"replicate_method": "Fay"}, "rho=None with Fay"),
    "BRR with rho": (JK | {"replicate_method": "BRR", "rho": 0.5}, "rho=0.5 with BRR"),
    "rho of 1": (JK | {"replicate_method": "Fay", "rho": 1}, "is not Fay's factor"),
    "seed": (JK | {"replicate_method": "BRR", "seed": 1}, "seed= with replicates="),
    "negative scale": (JK | {"scale": -1}, "negative"),
}


@pytest.mark.parametrize("name", BAD_DESIGNS)
def test_names_and_rules_that_do_not_fit_are_refused(name):
    arguments, words = BAD_DESIGNS[name]
    with pytest.raises(ps.InputError, match=words):
        ps.SurveyDesign(**arguments)


PLAIN = ps.SurveyDesign(weights="w", cluster="c")
STRATA = ps.SurveyDesign(**PLAN)
BAD_REPLICATES = {
    "JKn": (PLAIN, {}, "design without strata"),
    "BRR": (PLAIN, {}, "design without strata"),
    "JK1": (STRATA, {}, "JK1 replicates of a design with strata"),
    "Fay": (STRATA, {}, "rho=None with Fay"),
    "bootstrap": (STRATA, {}, "needs n_replicates"),
    "JK2": (STRATA, {}, "method='JK2' is not known"),
    "JKn ": (STRATA, {"n_replicates": 9}, "as many replicates as the design says"),
    "JKn  ": (STRATA, {"rng": 9}, "JKn draws nothing"),
    "BRR ": (ps.SurveyDesign(**PLAN, fpc="f"), {}, "know no finite population correction"),
    "bootstrap ": (STRATA, {"n_replicates": 9, "rng": "x"}, "neither a generator nor a seed"),
    "JKn   ": (ALL["JKn"], {}, "has replicates already"),
}


@pytest.mark.parametrize("method", BAD_REPLICATES)
def test_replicates_that_do_not_fit_the_plan_are_refused(method):
    design, how, words = BAD_REPLICATES[method]
    with pytest.raises(ps.InputError, match=words):
        design.with_replicates(method.strip(), **how)


LONELY = people(c=[1] * 6 + [1, 1, 2, 2, 3, 3])
BAD_DATA = {
    "negative weight": (
        ALL["plan"],
        spoiled("w", 3, -1.0),
        r"the weight 'w' is negative in row 3 \(-1; 1 such",
    ),
    "infinite weight": (ALL["plan"], spoiled("w", 3, np.inf), "is infinite in row 3"),
    "missing weight": (ALL["plan"], spoiled("w", 3, np.nan), "is missing in row 3"),
    "missing stratum": (ALL["plan"], spoiled("s", 4, None), r"strata='s' is missing in row 4 \(1 such"),
    "missing PSU": (ALL["plan"], spoiled("c", 5, np.nan), "cluster='c' is missing in row 5"),
    "absent column": (ps.SurveyDesign(weights="v"), people(), "'v' is not in the data"),
    "absent stratum": (ps.SurveyDesign(strata="v"), people(), "strata column 'v' is not in the data"),
    "lonely PSU": (ALL["plan"], LONELY, r"stratum 'north' has a single PSU \(1 such strata\)"),
    "lonely PSU in replicates": (
        ps.SurveyDesign(**PLAN, lonely_psu="adjust").with_replicates("JKn"),
        LONELY,
        "single PSU, which replicates cannot treat by lonely_psu='adjust'",
    ),
    "one PSU": (PLAIN, people(c=1), "the design has a single PSU"),
    "only lonely PSUs": (ps.SurveyDesign(**PLAN, lonely_psu="average"), people(c=1), "has a single PSU"),
    "only certain PSUs": (
        ps.SurveyDesign(**PLAN, lonely_psu="certainty").with_replicates("JKn"),
        people(c=1),
        "every stratum has a single PSU",
    ),
    "fpc below the sample": (
        ALL["plan with fpc"],
        people(f=2),
        "stratum 'north' has 3 PSUs in the sample, 2 in all",
    ),
    "fpc varies": (ALL["plan with fpc"], spoiled("f", 2, 8.0), "varies in stratum 'north': 9 and 8"),
    "fpc mixed": (ALL["plan with fpc"], people(f=[0.5] * 6 + [9] * 6), "has sizes and shares"),
    "fpc missing": (ALL["plan with fpc"], spoiled("f", 2, np.nan), "fpc='f' is nan in row 2"),
    "fpc negative": (ALL["plan with fpc"], spoiled("f", 2, -9.0), "fpc='f' is -9 in row 2"),
    "no pairs": (STRATA.with_replicates("BRR"), people(), "need two PSUs a stratum; stratum 'north' has 3"),
    "no replicates": (ps.SurveyDesign(**JK, scale=1), people(), "names 0 columns of the data"),
    "no pattern": (
        ps.SurveyDesign(weights="w", replicates="r_", scale=1),
        with_replicates(),
        "neither a list nor a pattern",
    ),
    "other number": (
        ps.SurveyDesign(**JK, replicate_method="BRR", n_replicates=4),
        with_replicates(),
        "names 3 columns of the data, and 4 are expected",
    ),
    "other factors": (
        ps.SurveyDesign(**JK, replicate_method="JKn", rscales=[0.5, 0.5]),
        with_replicates(),
        "and 2 are expected",
    ),
    "other factors and number": (
        ps.SurveyDesign(**JK, replicate_method="bootstrap", rscales=[1, 1, 1], n_replicates=4),
        with_replicates(),
        "3 replicate columns, n_replicates=4",
    ),
    "absent replicate": (
        ps.SurveyDesign(weights="w", replicates=["r_1", "r_9"], scale=1),
        with_replicates(),
        "replicate column 'r_9' is not in the data",
    ),
    "negative replicate": (
        ps.SurveyDesign(**JK, scale=1),
        with_replicates().assign(r_2=-1.0),
        "replicate weight 'r_2' is -1 in row 0",
    ),
}


@pytest.mark.parametrize("name", BAD_DATA)
def test_data_that_do_not_fit_the_plan_are_refused_by_name(name):
    design, frame, words = BAD_DATA[name]
    with pytest.raises(ps.InputError, match=words) as caught:
        design.read(frame, "estimate")
    assert str(caught.value).startswith("estimate(): ")


def test_replicate_columns_are_taken_in_the_order_of_their_numbers():
    frame = with_replicates(11)
    frame["w"] = frame.filter(like="r_").mean(axis=1)
    design = ps.SurveyDesign(**JK, replicate_method="BRR")
    found = next(design.read(frame).replicates.chunks(11))[1]
    assert_array_equal(found, frame[[f"r_{i}" for i in range(1, 12)]])


def test_rows_of_weight_zero_are_nobody_in_supplied_replicates_too():
    frame = with_replicates().assign(w=[0.0, *[1.0] * 11])
    found = next(ps.SurveyDesign(**JK, replicate_method="BRR").read(frame).replicates.chunks(3))[1]
    assert_array_equal(found[0], 0)
    assert (found[1:] > 0).all()


def test_negative_replicate_weights_are_normal_in_successive_differences():
    frame = with_replicates().assign(r_2=-1.0)
    arrays = ps.SurveyDesign(**JK, replicate_method="ACS").read(frame)
    assert arrays.replicates.scale == 4 / 3


@pytest.mark.parametrize(
    ("said", "scale"),
    [
        ({"replicate_method": "JK1"}, 2 / 3),
        ({"replicate_method": "JK2"}, 1),
        ({"replicate_method": "bootstrap"}, 1 / 2),
        ({"replicate_method": "bootstrap", "scale": 0.4}, 0.4),
        ({"scale": 0.7}, 0.7),
        ({"replicate_method": "Fay", "rho": 0.5}, 4 / 3),
    ],
)
def test_each_method_has_the_scale_of_svrepdesign(said, scale):
    assert_allclose(ps.SurveyDesign(**JK, **said).read(with_replicates()).replicates.scale, scale)


@pytest.mark.parametrize(
    "said", [{}, {"kind": "survey_design", "schema": 2}, {"kind": "survey_design", "schema": 1, "x": 1}]
)
def test_what_is_no_design_is_not_read_back(said):
    with pytest.raises(ps.InputError, match="is no design of schema 1"):
        ps.SurveyDesign.from_dict(said)


@pytest.mark.parametrize("name", ALL)
def test_rows_left_out_of_the_scores_are_zeros(name):
    arrays = ALL[name].read(people())
    rows = people()["y"].to_numpy() > 3
    scores = np.where(rows, arrays.weights * people()["y"].to_numpy(), 0.0)[:, None]
    assert_allclose(arrays.meat(scores[rows], rows, rows=rows), arrays.meat(scores, rows), rtol=1e-12)


def test_scores_and_replicates_must_be_those_of_the_design():
    arrays = STRATA.read(people())
    with pytest.raises(ValueError, match="scores of 3 rows for 12 of a design of 12"):
        arrays.meat(np.ones((3, 1)))
    with pytest.raises(ValueError, match="without replicates"):
        arrays.replicate_covariance(np.ones((3, 1)))
