"""Every call takes a survey as its data, and answers as it does for the frame."""

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import peerstats as ps
from peerstats._core.labels import codebook_of, frame_of, label_of, labels_of


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """A simulated cohort that went through an SPSS file."""
    path = tmp_path_factory.mktemp("survey") / "simulated.sav"
    data = ps.simulate_cohort(300, rng=1).data
    # SPSS knows no booleans and no missing words
    plain = data.assign(**{name: data[name].astype(float) for name in data if data[name].dtype == bool})
    words = plain.select_dtypes(exclude="number").columns
    plain = plain.assign(
        **{name: plain[name].astype(object).where(plain[name].notna(), "") for name in words}
    )
    pyreadstat.write_sav(
        plain,
        path,
        column_labels={"age": "Age in years", "hourly_wage": "Wage per hour"},
        variable_value_labels={"disclosure": {0: "No", 1: "Yes"}},
    )
    return ps.read_survey(path)


CALLS = {
    "score": lambda data: ps.score(data, "mbi_gs", items="mbi_{}"),
    "reliability": lambda data: ps.reliability(data, items=["fwb_1", "fwb_2", "fwb_4"], coefficients="alpha"),
    "response_quality": lambda data: ps.response_quality(data, "cfpb_fwb_10", items="fwb_{}"),
    "estimate": lambda data: ps.estimate(data, "age", by="gender", weights="weight"),
    "crosstab": lambda data: ps.crosstab(data, "gender", "rurality"),
    "rake": lambda data: ps.rake(data, {"wave": {1: 0.3, 2: 0.3, 3: 0.4}}, total=1_000),
    "compare": lambda data: ps.compare(data, "hourly_wage", ps.oews("21-1093"), weights="weight"),
    "linear": lambda data: ps.linear("hourly_wage ~ age + gender", data, weights="weight"),
    "logistic": lambda data: ps.logistic("disclosure ~ age", data),
    "multinomial": lambda data: ps.multinomial("job_type ~ age", data, base="not working"),
    "ordinal": lambda data: ps.ordinal("job_satisfaction ~ age", data),
    "mixed_linear": lambda data: ps.mixed_linear("hourly_wage ~ age", data, group="subject"),
    "side_by_side": lambda data: ps.side_by_side("disclosure ~ age + veteran", data, model="logistic"),
    "separation": lambda data: ps.separation("job_type ~ age", data),
    "blocks": lambda data: ps.blocks(["hourly_wage ~ age", "hourly_wage ~ age + veteran"], data),
    "icc": lambda data: ps.icc(data, value="physical_health", subject="subject", time="wave"),
    "scale_table": lambda data: ps.scale_table(
        data, {"burnout": {"instrument": "mbi_gs", "items": "mbi_{}"}}, interval=None
    ),
    "design": lambda data: ps.estimate(data, "age", design=ps.SurveyDesign(weights="weight")),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.filterwarnings("ignore::peerstats.PeerstatsWarning")
def test_a_call_takes_a_survey_as_it_takes_its_frame(survey, call):
    of_survey, of_frame = (CALLS[call](data) for data in (survey, survey.data))
    pd.testing.assert_frame_equal(of_survey.tidy(), of_frame.tidy())


def test_predictions_take_a_survey(survey):
    fit = ps.linear("hourly_wage ~ age", survey)
    pd.testing.assert_frame_equal(fit.predict(survey), fit.predict(survey.data))


def test_a_score_stands_beside_the_rows_of_the_survey(survey):
    scored = ps.score(survey, "cfpb_fwb_10", items="fwb_{}", age_group="18-61", mode="self", method="lookup")
    attached = scored.attach()
    assert list(attached.index) == list(survey.data.index)
    assert set(survey.data.columns) < set(attached.columns)


def test_tables_find_the_labels_beside_the_data(survey):
    assert codebook_of(survey) is survey.codebook
    assert codebook_of(survey.codebook) is survey.codebook
    assert codebook_of(survey.data) is None
    assert frame_of(survey) is survey.data
    assert frame_of(survey.data) is survey.data
    assert label_of(survey, "age") == "Age in years"
    assert label_of(survey, "made_later") == "made_later"
    assert label_of(survey.data, "age") == "age"
    assert dict(labels_of(survey, "disclosure")) == {0.0: "No", 1.0: "Yes"}
    assert dict(labels_of(survey.data, "disclosure")) == {}


def test_labels_are_the_levels_of_a_model(survey):
    words = survey.labelled(["disclosure"])
    of_words, of_codes = (ps.logistic("disclosure ~ age", data) for data in (words, survey))
    np.testing.assert_array_equal(of_words.tidy()["estimate"], of_codes.tidy()["estimate"])
    assert set(of_words.tidy()["outcome"]) == {"Yes"}
