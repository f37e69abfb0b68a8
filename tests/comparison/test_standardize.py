"""Norms in the sample's mix: the national figures, hand formulas, laws, and bad input."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.norms import norm_cells

AGES = {1: "18-24", 2: "25-34", 3: "35-44", 4: "45-54", 5: "55-61", 6: "62-69", 7: "70-74", 8: "75+"}
SCHOOL = {
    1: "less than high school",
    2: "high school or GED",
    3: "some college or associate degree",
    4: "bachelor's degree",
    5: "graduate or professional degree",
}
# The agency's web tool, whole-number means, those that the file's groups can show (instruments' figures).
PUBLISHED = {
    ("agecat", (1,)): 51,
    ("agecat", (2,)): 51,
    ("agecat", (3,)): 52,
    ("agecat", (4,)): 54,
    ("agecat", (8,)): 60,
    ("PPINCIMP", (1,)): 46,
    ("PPINCIMP", (2,)): 49,
    ("PPINCIMP", (3, 4)): 51,
    ("PPINCIMP", (5, 6)): 55,
    ("PPINCIMP", (7,)): 56,
    ("PPINCIMP", (8, 9)): 60,
    ("EMPLOY", (1,)): 54,
    ("EMPLOY", (2, 3)): 54,
    ("EMPLOY", (4,)): 54,
    ("EMPLOY", (5,)): 51,
    ("EMPLOY", (6,)): 44,
    ("EMPLOY", (7,)): 45,
    ("EMPLOY", (8,)): 60,
}


@pytest.fixture
def people(rng):
    n = 120
    return pd.DataFrame(
        {
            "age": rng.integers(18, 75, n),
            "education": rng.choice(list(SCHOOL.values()), n, p=[0.04, 0.11, 0.5, 0.25, 0.1]),
            "score": rng.normal(52, 13, n),
            "w": rng.uniform(0.5, 3, n),
        }
    )


@pytest.fixture
def nation(rng):
    n = 500
    return pd.DataFrame(
        {
            "region": rng.choice(["east", "west"], n),
            "job": rng.choice(["peer", "other", "none"], n),
            "score": rng.normal(54, 12, n),
            "w": rng.uniform(0.5, 3, n),
            "psu": rng.integers(0, 40, n),
        }
    )


def usable(national):
    # the file's 217 columns come in many pieces, which pandas warns of
    return national[["FWBscore", "agecat", "PPEDUC", "PPINCIMP", "EMPLOY", "finalwt"]].assign(
        score=national["FWBscore"].where(national["FWBscore"] > 0).astype(float),
        age=national["agecat"].map(AGES),
        education=national["PPEDUC"].map(SCHOOL),
    )


@pytest.mark.parametrize(("place", "mean"), PUBLISHED.items())
def test_the_agency_s_group_means_equal_the_file_s_after_rounding(national, place, mean):
    column, codes = place
    rows = usable(national).assign(inside=national[column].isin(codes))
    found = ps.estimate(rows, "score", where="inside", weights="finalwt").tidy()["estimate"].iloc[0]
    assert round(found) == mean


def test_the_nation_s_own_mix_gives_the_nation_s_mean_back(national):
    rows = usable(national)
    norm = ps.standardize_norm(
        rows, ["age", "education"], norm="fwb_us_2016", column="score", weights="finalwt"
    )
    overall = ps.get_norm("fwb_us_2016")
    # the bundled cells keep six decimals
    assert norm.value == pytest.approx(overall.value, abs=1e-5)
    assert norm.sd == pytest.approx(overall.sd, abs=1e-4)
    # post-stratification takes out what lies between the cells
    assert norm.std_error < overall.std_error


def test_bundled_cells_equal_those_of_the_national_file(national, people):
    by_file = ps.standardize_norm(
        people.assign(age=pd.cut(people["age"], [17, 24, 34, 44, 54, 61, 69, 74, 120], labels=AGES.values())),
        ["age", "education"],
        microdata=usable(national),
        column="score",
        microdata_weights="finalwt",
    )
    bundled = ps.standardize_norm(people, ["age", "education"], norm="fwb_us_2016", column="score")
    # bundled to six decimals
    assert_allclose([by_file.value, by_file.std_error], [bundled.value, bundled.std_error], atol=2e-6)
    assert by_file.sd == pytest.approx(bundled.sd, abs=1e-4)


def test_value_and_error_are_the_cells_weighted_by_the_sample_s_shares(people):
    norm = ps.standardize_norm(
        people, {"age": "age", "education": "education"}, norm="fwb_us_2016", weights="w"
    )
    edges = [17, 24, 34, 44, 54, 61, 69, 74, 120]
    group = pd.cut(people["age"], edges, labels=list(AGES.values())).astype(str)
    shares = people.groupby([group, "education"])["w"].sum() / people["w"].sum()
    cells = norm_cells("fwb_us_2016", ("age", "education"), "test")
    assert norm.value == pytest.approx(sum(w * cells[k].value for k, w in shares.items()), rel=1e-12)
    variance = sum((w * cells[k].std_error) ** 2 for k, w in shares.items())
    assert norm.std_error == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert norm.notes[0].startswith("Standardised to the sample's age and education")


def test_one_group_s_norm_is_that_of_the_registry():
    women = pd.DataFrame({"gender": ["women"] * 5})
    norm = ps.standardize_norm(women, {"sex": "gender"}, norm="fwb_us_2016")
    plain = ps.get_norm("fwb_us_2016", by="sex", group="women")
    assert_allclose(
        [norm.value, norm.std_error, norm.sd], [plain.value, plain.std_error, plain.sd], rtol=1e-12
    )
    assert norm.n == plain.n


def test_clusters_that_cross_cells_bring_their_covariance(nation):
    sample = pd.DataFrame({"region": ["east", "west", "west"], "job": ["peer", "peer", "none"]})
    plan = ps.SurveyDesign(weights="w", cluster="psu")
    norm = ps.standardize_norm(
        sample, ["region", "job"], microdata=nation, microdata_column="score", microdata_design=plan
    )
    found = ps.estimate(nation, "score", by=["region", "job"], design=plan)
    rows = found.tidy()
    shares = [
        ((sample["region"] == r) & (sample["job"] == j)).mean()
        for r, j in zip(rows["region"], rows["job"], strict=True)
    ]
    w = np.array(shares)
    assert norm.value == pytest.approx(w @ rows["estimate"], rel=1e-12)
    assert norm.std_error == pytest.approx(math.sqrt(w @ found.covariance() @ w), rel=1e-12)


def test_with_the_cells_as_predictors_the_adjusted_gap_is_the_gap_from_the_standardised_norm(nation, rng):
    sample = pd.DataFrame(
        {
            "region": rng.choice(["east", "west"], 60),
            "job": rng.choice(["peer", "other", "none"], 60),
            "score": rng.normal(50, 12, 60),
        }
    )
    norm = ps.standardize_norm(
        sample, ["region", "job"], microdata=nation, column="score", microdata_weights="w"
    )
    rows = ps.adjusted_gap(sample, "score", nation, "score ~ region * job", microdata_weights="w").tidy()
    row = rows[rows["adjustment"] == "adjusted"].iloc[0]
    assert row["benchmark_value"] == pytest.approx(norm.value, rel=1e-10)
    # means of domains and of a regression on all cells have one influence function
    assert row["benchmark_std_error"] == pytest.approx(norm.std_error, rel=1e-9)


def test_a_cell_that_the_norm_lacks_stops_or_is_counted(nation):
    sample = pd.DataFrame({"region": ["east", "south", "south"], "x": [1.0, 2.0, 3.0]})
    with pytest.raises(ps.InputError, match=r"no respondents in south \(2 rows\)(.|\n)*region: east, west"):
        ps.standardize_norm(sample, "region", microdata=nation, microdata_column="score")
    norm = ps.standardize_norm(
        sample, "region", microdata=nation, microdata_column="score", missing="drop", name="nation"
    )
    assert any("south 2 rows" in note for note in norm.notes)
    assert norm.value == pytest.approx(nation.loc[nation["region"] == "east", "score"].mean(), rel=1e-12)


def test_rows_without_a_group_or_a_value_are_out_of_the_mix(people):
    people.loc[0, "education"] = None
    people.loc[1:3, "score"] = None
    norm = ps.standardize_norm(people, ["age", "education"], norm="fwb_us_2016", column="score")
    kept = ps.standardize_norm(people.loc[4:], ["age", "education"], norm="fwb_us_2016")
    assert norm.value == pytest.approx(kept.value, rel=1e-12)
    assert any(note.startswith("1 row without age or education") for note in norm.notes)


def test_the_norm_can_be_compared_with_scores_of_its_instrument(people):
    norm = ps.standardize_norm(people, ["age", "education"], norm="fwb_us_2016")
    assert (norm.instrument, norm.form) == ("cfpb_fwb_10", "10 items, self-administered")
    with pytest.warns(ps.PeerstatsWarning, match="Not the same form"):
        ps.compare(people, "score", norm, form="5 items")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"norm": None}, r"neither norm= nor microdata="),
        ({"cells": ["age", "sex"]}, r"is not bundled by age and sex(.|\n)*age and education together"),
        ({"cells": []}, r"cells=\[\] names no columns"),
        ({"norm": "fwb_us_2061"}, r"no norm is called 'fwb_us_2061'"),
        (
            {"data": pd.DataFrame({"age": [12], "education": ["none"]})},
            r"1 ages of 'age' are in no age group",
        ),
        (
            {"data": pd.DataFrame({"age": [22], "education": ["PhD"]})},
            r"no respondents in 18-24 / PhD \(1 row\)",
        ),
        ({"cells": {"age": "years"}}, r"column of cells 'years' is not in the data"),
        ({"norm": None, "microdata": pd.DataFrame({"age": [1]})}, r"microdata= without its column"),
    ],
)
def test_bad_input_is_told(people, change, message):
    given_ = {"data": people, "cells": ["age", "education"], "norm": "fwb_us_2016"} | change
    with pytest.raises(ps.InputError, match=message):
        ps.standardize_norm(given_.pop("data"), given_.pop("cells"), **given_)
