"""Separation as users meet it: an error that names terms and outcomes, and a question before the fit."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.models import _logit, _separated
from peerstats.plots import describe, new_axes

GOLDEN = Path(__file__).parents[1] / "golden" / "separation_endometrial"


@pytest.fixture
def people():
    """240 people whose kind of job depends on little; simulated."""
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "job": rng.choice(["none", "other", "peer"], 240),
            "age": rng.normal(45, 10, 240).round(),
            "state": rng.choice(["GA", "OR", "PA", "TX"], 240),
        }
    )


@pytest.fixture
def texans(people):
    """All Texans are peers."""
    return people.assign(job=people["job"].where(people["state"] != "TX", "peer"))


def test_the_endometrial_study_is_judged_as_the_growth_of_r_s_errors_says():
    data = pd.read_csv(GOLDEN / "input.csv")
    expected = pd.read_csv(GOLDEN / "expected.csv")
    found = ps.separation("HG ~ NV + PI + EH", data).tidy()
    assert found["term"].tolist() == ["Intercept", "NV", "PI", "EH"]
    # twelve more steps multiply an infinite coefficient's error by hundreds, a finite one's by 1.000
    assert (found["limit"] != "finite").tolist() == (expected["ratio"] > 100).tolist()
    assert found["limit"].tolist() == ["finite", "+inf", "finite", "finite"]
    with pytest.raises(ps.ConvergenceError, match=r"quasi-completely separated: 'NV' tells HG 1 from 0 with"):
        ps.logistic("HG ~ NV + PI + EH", data)
    # what stays finite is the maximum over the rows that are not told apart: 1e-8 is glm's own stop
    rest = ps.logistic("HG ~ PI + EH", data, where=data["NV"] == 0)
    limits = expected.loc[np.isfinite(expected["limit"]), "limit"]
    assert_allclose(rest.fit.coefficients.ravel(), limits, rtol=1e-8)


def test_a_level_with_one_outcome_is_named_with_outcome_base_and_what_to_do(texans):
    with pytest.raises(ps.ConvergenceError) as caught:
        ps.multinomial("job ~ age + state", texans, base="none")
    n = int((texans["state"] == "TX").sum())
    assert caught.value.problem.startswith(
        "multinomial(): the rows are quasi-completely separated: 'state[T.TX]' tells job 'peer' from 'none' "
        f"without exception in {n} of 240 rows, so the likelihood has no maximum"
    )
    assert caught.value.next_step == (
        "Tabulate job by the term; merge or drop levels in which an outcome never or always occurs; leave "
        'the term out; or say penalty="firth", whose estimates are finite.'
    )


def test_against_another_base_the_same_rows_are_told_from_the_other_outcomes(texans):
    found = ps.separation("job ~ age + state", texans, base="peer")
    assert found.kind == "quasi"
    assert found.words == "'state[T.TX]' tells job 'none' and 'other' from 'peer'"
    tidy = found.tidy().set_index(["outcome", "term"])
    assert tidy.loc[("none", "state[T.TX]"), "limit"] == "-inf"
    assert tidy.loc[("other", "state[T.TX]"), "limit"] == "-inf"
    assert (tidy["limit"] != "finite").sum() == 2
    against_none = (
        ps.separation("job ~ age + state", texans, base="none").tidy().set_index(["outcome", "term"])
    )
    assert against_none.loc[("peer", "state[T.TX]"), "limit"] == "+inf"
    # no Texan has another job: the odds of other against none are not known there
    assert against_none.loc[("other", "state[T.TX]"), "limit"] == "+-inf"


def test_two_terms_at_fault_for_two_outcomes_are_told_apart(people):
    data = people.assign(
        licence=np.where(people["job"] == "peer", people["age"] % 2, 0),
        on_leave=np.where(people["job"] == "none", people["age"] % 2, 0),
    )
    with pytest.raises(
        ps.ConvergenceError,
        match=r"'on_leave' tells job 'none' from 'other'; 'licence' tells job 'peer' from 'other'",
    ):
        ps.multinomial("job ~ age + licence + on_leave", data, base="other")


def test_where_every_term_takes_part_the_message_says_so(people):
    data = people.assign(
        height=np.arange(240.0), told=np.where(np.arange(240) + people["age"] > 160, "yes", "no")
    )
    with pytest.raises(
        ps.ConvergenceError,
        match=r"completely separated: 'age' and 'height' tell told 'yes' from 'no' without exception in all "
        r"240 rows(.|\n)*Plot told against the term; keep fewer terms: every one takes part",
    ):
        ps.logistic("told ~ age + height", data)


@pytest.mark.parametrize(
    "more",
    [
        {"weights": "age"},
        {"cluster": "state"},
        {"design": ps.SurveyDesign(weights="age")},
        {"weights": "age", "weight_kind": "frequency"},
    ],
)
def test_firth_is_the_next_step_only_where_it_can_be(texans, more):
    with pytest.raises(ps.ConvergenceError) as caught:
        ps.multinomial("job ~ state", texans, **more)
    sampling = "design" in more or ("weights" in more and "weight_kind" not in more)
    assert ('penalty="firth"' in caught.value.next_step) == (not sampling)


def test_a_weight_of_zero_takes_the_exception_out(texans):
    data = texans.assign(people=1.0)
    first = data.index[data["state"] == "TX"][0]
    data.loc[first, "job"] = "other"
    assert ps.separation("job ~ state", data, base="other").words != ""
    before = ps.separation("job ~ state", data, base="other", weights="people")
    data.loc[first, "people"] = 0.0
    after = ps.separation("job ~ state", data, base="other", weights="people")
    assert before.words == "'state[T.TX]' tells job 'none' from 'other'"
    assert after.words == "'state[T.TX]' tells job 'peer' from 'other'"
    assert (after.n, after.dropped) == (239, (("weight of zero", 1),))
    assert "239 rows of 240 (left out: 1 weight of zero)" in repr(after)


def test_an_ordinary_fit_asks_no_programme(people, monkeypatch):
    def fail(*_, **__):
        raise AssertionError("the programme was run")

    monkeypatch.setattr(_logit, "judge_separation", fail)
    assert ps.multinomial("job ~ age + state", people).fit.converged


def test_probabilities_near_one_without_separation_keep_their_note(monkeypatch):
    age = np.arange(60) - 29.5
    job = (age > 0).astype(int)
    job[[29, 30]] = job[[30, 29]]
    asked = []
    judge = _logit.judge_separation
    monkeypatch.setattr(_logit, "judge_separation", lambda *a, **k: asked.append(judge(*a, **k)) or asked[-1])
    fit = ps.logistic("job ~ age", pd.DataFrame({"job": job, "age": age})).fit
    assert [each.found.kind for each in asked] == ["none"]
    assert "look for terms that nearly separate" in fit.notes[0]


def test_a_replicate_that_is_separated_is_counted_and_asks_no_programme(monkeypatch):
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"job": rng.integers(0, 2, 40), "rare": (np.arange(40) < 4) * 1})
    data.loc[:3, "job"] = [0, 0, 0, 1]
    monkeypatch.setattr(_logit, "judge_separation", lambda *_, **__: pytest.fail("the programme was run"))
    result = ps.logistic("job ~ rare", data, variance="replicate", n_replicates=100, rng=1)
    assert any("separated, or a level without rows" in note for note in result.fit.notes)


@pytest.mark.parametrize("exception", [False, True])
def test_of_many_rows_a_sample_is_judged_and_checked_against_all(people, monkeypatch, exception):
    monkeypatch.setattr(_separated, "_MOST", 60)
    monkeypatch.setattr(_separated, "_ADDED", 10)
    data = people.assign(told=people["age"] > 45)
    if exception:
        # not among every fourth row, which are the sample
        data.loc[[1, 2], ["age", "told"]] = [[30.0, True], [60.0, False]]
    found = ps.separation("told ~ age", data)
    assert found.kind == ("none" if exception else "complete")
    if exception:
        assert ps.logistic("told ~ age", data).fit.converged
        return
    assert found.n_judged < found.n == 240
    assert "sampled of 240; none of the others contradicts" in found.summary()
    with pytest.raises(
        ps.ConvergenceError, match=r"judged on that many sampled rows; none of all 240 contradicts"
    ):
        ps.logistic("told ~ age", data)


def test_a_term_that_no_sampled_row_has_is_judged_all_the_same(people, monkeypatch):
    monkeypatch.setattr(_separated, "_MOST", 60)
    data = people.assign(rare=np.isin(np.arange(240), [1, 2, 7]) * 1)
    data.loc[[1, 2, 7], "job"] = "peer"
    found = ps.separation("job ~ state + rare", data)
    assert found.kind == "quasi"
    assert found.words == "'rare' tells job 'peer' from 'none'"
    assert found.n_separated == 3
    assert (found.tidy().query("limit != 'finite'")["term"] == "rare").all()


def test_an_outcome_that_no_sampled_row_has_is_judged_all_the_same(people, monkeypatch):
    monkeypatch.setattr(_separated, "_MOST", 60)
    data = people.assign(told=np.isin(np.arange(240), [1, 2, 7, 9, 14]))
    data.loc[[1, 2], "age"] = [20.0, 80.0]
    assert ps.separation("told ~ age", data).kind == "none"


def test_files_in_batches_are_judged_as_frames_are(texans):
    batches = ds.dataset(pa.Table.from_pandas(texans, preserve_index=False))
    frame, file = (ps.separation("job ~ age + state", data) for data in (texans, batches))
    assert file.tidy().to_pylist() == frame.to_dict()["coefficients"]
    assert file.words == frame.words


def test_a_result_is_strict_json_in_the_caller_s_library_with_a_picture(texans):
    found = ps.separation("job ~ age + state", pl.from_pandas(texans), base="none")
    assert isinstance(found.tidy(), pl.DataFrame)
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert (record["schema"], record["kind"], record["base"]) == (1, "quasi", "none")
    assert len(record["coefficients"]) == 10
    row = found.glance().to_dicts()[0]
    assert (row["separation"], row["n"], row["n_outcomes"]) == ("quasi", 240, 3)
    assert row["n_separated"] == (texans["state"] == "TX").sum()
    told = describe(found.plot(ax=new_axes()))
    assert "peer: state[T.TX]: +inf." in told
    assert "peer: age: finite." in told


def test_without_separation_the_result_says_so(people):
    found = ps.separation("job ~ age + state", people)
    assert found.kind == "none"
    assert "no separation: all estimates are finite" in repr(found)
    assert set(found.tidy()["limit"]) == {"finite"}
    assert not found.tidy()["at_fault"].any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"formula": "job ~ agee"}, r"separation\(\): .*'agee'"),
        ({"base": "retired"}, r"separation\(\): .*'retired'"),
        ({"weights": "w"}, r"separation\(\): .*'w'"),
        (
            {"formula": "job ~ age + I(2 * age)"},
            r"separation\(\): the column 'I\(2 \* age\)' is a combination",
        ),
        ({"where": "state"}, r"separation\(\): .*where"),
    ],
)
def test_what_cannot_be_judged_is_refused_by_name(people, call, message):
    with pytest.raises(ps.InputError, match=message):
        ps.separation(**{"formula": "job ~ age", "data": people, **call})
