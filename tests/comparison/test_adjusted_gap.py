"""The regression-adjusted gap: R's figures, laws, and bad input."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "adjusted_gap_survey"
NATION = pd.read_csv(GOLDEN / "input_nation_simulated.csv")
PEOPLE = pd.read_csv(GOLDEN / "input_people_simulated.csv")
DESIGNS = {"weights": ps.SurveyDesign(weights="w"), "clusters": ps.SurveyDesign(weights="w", cluster="psu")}


def adjusted(result):
    return result.tidy().set_index("adjustment").loc["adjusted"]


@pytest.mark.parametrize("name", list(DESIGNS))
def test_gap_and_both_errors_are_those_of_r_survey(name):
    expected = pd.read_csv(GOLDEN / "expected.csv").set_index("design").loc[name]
    plan = DESIGNS[name]
    result = ps.adjusted_gap(
        PEOPLE, "score", NATION, "score ~ age + educ", design=plan, microdata_design=plan
    )
    row = adjusted(result)
    found = [
        row["difference"],
        row["difference"] / row["fixed_statistic"],
        row["benchmark_value"],
        row["benchmark_std_error"],
    ]
    # fifteen digits of a sum of 400 products
    assert_allclose(found, expected, rtol=1e-9)
    assert row["difference_std_error"] == pytest.approx(math.hypot(found[1], found[3]), rel=1e-12)


def test_all_combinations_of_categories_give_the_gap_from_the_standardised_norm():
    nation, people = (
        each.assign(old=np.where(each["age"] > 45, "old", "young")) for each in (NATION, PEOPLE)
    )
    result = ps.adjusted_gap(
        people, "score", nation, "score ~ old * educ", weights="w", microdata_weights="w"
    )
    cells = nation.groupby(["old", "educ"]).apply(
        lambda g: np.average(g["score"], weights=g["w"]), include_groups=False
    )
    shares = people.groupby(["old", "educ"])["w"].sum() / people["w"].sum()
    assert adjusted(result)["benchmark_value"] == pytest.approx((shares * cells).sum(), rel=1e-10)


def test_without_predictors_the_adjusted_gap_is_the_plain_one():
    rows = ps.adjusted_gap(PEOPLE, "score", NATION, "score ~ 1", microdata_weights="w").tidy()
    mean = ps.estimate(NATION, "score", weights="w").tidy().iloc[0]
    norm = ps.benchmark(float(mean["estimate"]), std_error=float(mean["std_error"]))
    plain = ps.compare(PEOPLE, "score", norm).tidy().iloc[0]
    for row in (rows.iloc[0], rows.iloc[1]):
        assert row["difference"] == pytest.approx(plain["difference"], rel=1e-9)
        assert row["difference_std_error"] == pytest.approx(plain["difference_std_error"], rel=1e-9)


def test_the_scale_of_either_survey_s_weights_does_not_matter():
    def gap(people, nation):
        return adjusted(
            ps.adjusted_gap(people, "score", nation, "score ~ age", weights="w", microdata_weights="w")
        )

    one = gap(PEOPLE, NATION)
    other = gap(PEOPLE.assign(w=PEOPLE["w"] * 7), NATION.assign(w=NATION["w"] / 3))
    names = ["difference", "difference_std_error", "benchmark_std_error", "df"]
    assert_allclose(one[names].astype(float), other[names].astype(float), rtol=1e-9)


def test_a_sample_of_the_same_population_differs_by_chance_alone():
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(200):
        frames = []
        # the sample is older: as it stands it differs, adjusted it does not
        for n, centre in ((300, 40.0), (60, 55.0)):
            age = rng.normal(centre, 10, n)
            frames.append(pd.DataFrame({"age": age, "score": 20 + 0.5 * age + rng.normal(0, 6, n)}))
        row = adjusted(ps.adjusted_gap(frames[1], "score", frames[0], "score ~ age"))
        covered += row["difference_low"] <= 0 <= row["difference_high"]
    # three standard errors of .95 in 200 samples: .046
    assert covered / 200 == pytest.approx(0.95, abs=0.046)


def test_rows_left_out_are_counted():
    people = PEOPLE.copy()
    people.loc[:1, "score"] = None
    people.loc[2:4, "age"] = None
    result = ps.adjusted_gap(people, "score", NATION, "score ~ age", by="educ")
    assert result.lines[:2] == (
        "88 of 90 rows with a value (2 score missing)",
        "3 rows without a predictor left out",
    )
    assert result.glance()["n_missing"].tolist() == [5]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"formula": "log(score) ~ age"}, r"outcome 'log\(score\)' is no column"),
        ({"column": "points"}, r"column 'points' is not in the data"),
        ({"formula": "score ~ income"}, r"'income' is not in the data"),
        ({"data": PEOPLE.assign(educ="doctorate")}, r"adjusted_gap\(\).*'doctorate'"),
        ({"data": PEOPLE.drop(columns="educ")}, r"adjusted_gap\(\).*'educ'"),
        ({"data": PEOPLE.assign(age=np.nan)}, r"nobody has a 'score' and all predictors"),
    ],
)
def test_bad_input_is_told(change, message):
    given_ = {"data": PEOPLE, "column": "score", "formula": "score ~ age + educ"} | change
    with pytest.raises(ps.InputError, match=message):
        ps.adjusted_gap(given_["data"], given_["column"], NATION, given_["formula"])


def test_another_form_is_pointed_out():
    with pytest.warns(ps.PeerstatsWarning, match="Not the same form: sample '5 items', microdata '10 items'"):
        ps.adjusted_gap(PEOPLE, "score", NATION, "score ~ age", form="5 items", microdata_form="10 items")


def test_the_result_is_strict_json_and_draws():
    result = ps.adjusted_gap(PEOPLE, "score", NATION, "score ~ age + educ", by="educ")
    said = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert (said["kind"], len(said["rows"])) == ("adjusted_gap", 6)
    assert result.plot().get_title(loc="left") or result.plot().get_title()
