"""Reliable change: worked examples, its laws, and what bad input gets."""

import json

import narwhals.stable.v2 as nw  # noqa: TID251  (tests look at frames of every kind)
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import peerstats as ps

MEANS = {"sd": 14.0, "reliability": 0.88, "kind_of_reliability": "alpha"}
OWN = {"std_error1": "se_1", "std_error2": "se_2"}
Z = stats.norm.ppf(0.975)


def people(**columns):
    frame = {
        "a": [48.0, 50.0, 60.0],
        "b": [64.0, 55.0, 40.0],
        "se_1": [5.0, 4.0, 6.0],
        "se_2": [4.0, 3.0, 8.0],
    }
    return pd.DataFrame(frame | columns)


def change(data=None, **how):
    usual = {"first": "a", "second": "b", "better": "higher"}
    return ps.reliable_change(people() if data is None else data, **usual | how)


def test_the_index_by_hand_from_the_scores_own_errors():
    found = change(**OWN).changes
    assert found["change"].tolist() == [16, 5, -20]
    np.testing.assert_allclose(found["change_std_error"], [np.sqrt(41), 5, 10], rtol=1e-15)
    np.testing.assert_allclose(found["reliable_change_index"], [16 / np.sqrt(41), 1, -2], rtol=1e-15)
    assert found["change_class"].tolist() == ["improved", "unchanged", "worsened"]


def test_the_index_by_hand_from_a_reliability():
    # Jacobson and Truax (1991): s1 = 7.5, r = .80, change 47.5 - 32.5: SEM 3.35, S_diff 4.74, RC 3.16
    data = pd.DataFrame({"a": [32.5], "b": [47.5]})
    result = change(data, sd=7.5, reliability=0.80, kind_of_reliability="test-retest")
    assert result.error.sem == pytest.approx(3.35, abs=0.005)
    assert result.changes["change_std_error"][0] == pytest.approx(4.74, abs=0.005)
    assert result.changes["reliable_change_index"][0] == pytest.approx(3.16, abs=0.005)


def test_the_minimal_detectable_change_is_z_root_two_sem():
    result = change(**MEANS)
    sem = 14 * np.sqrt(0.12)
    assert result.error.sem == pytest.approx(sem, rel=1e-15)
    assert result.minimal_detectable_change == pytest.approx(Z * np.sqrt(2) * sem, rel=1e-15)
    own = change(**OWN)
    # the mean of 25, 16, 16, 9, 36 and 64
    assert own.minimal_detectable_change == pytest.approx(Z * np.sqrt(2 * 166 / 6), rel=1e-15)


def test_the_sd_is_that_of_everyone_with_a_first_score():
    data = people(b=[64.0, np.nan, 40.0])
    result = change(data, reliability=0.88, kind_of_reliability="alpha")
    assert result.error.sd == pytest.approx(np.std([48, 50, 60], ddof=1), rel=1e-14)
    assert "SD of the 3 first scores" in str(result.summary())


def test_lower_may_be_better():
    assert change(better="lower", **OWN).changes["change_class"].tolist() == [
        "worsened",
        "unchanged",
        "improved",
    ]
    assert "lower scores are better" in str(change(better="lower", **OWN).summary())


def test_the_confidence_level_moves_the_bar():
    assert change(conf_level=0.99, **OWN).tidy()["n"].tolist() == [0, 3, 0]
    assert change(conf_level=0.68, **OWN).tidy()["n"].tolist() == [2, 0, 1]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 100)] * 2, *[st.floats(0.5, 10)] * 2), min_size=1, max_size=10))
def test_swapping_the_waves_turns_the_index_round(rows):
    data = pd.DataFrame(rows, columns=["a", "b", "se_1", "se_2"])
    one = change(data, **OWN)
    two = change(data, first="b", second="a", std_error1="se_2", std_error2="se_1")
    np.testing.assert_allclose(
        two.changes["reliable_change_index"], -one.changes["reliable_change_index"], rtol=1e-14
    )
    turned = {"improved": "worsened", "worsened": "improved", "unchanged": "unchanged"}
    assert two.changes["change_class"].tolist() == one.changes["change_class"].map(turned).tolist()


@settings(max_examples=30, deadline=None)
@given(st.integers(-1000, 1000))
def test_shifting_both_waves_changes_nothing(shift):
    data = people()
    moved = data.assign(a=data["a"] + shift, b=data["b"] + shift)
    how = {"reliability": 0.8, "kind_of_reliability": "omega"}
    one, two = change(data, **how).changes, change(moved, **how).changes
    # the SD of shifted numbers
    np.testing.assert_allclose(two["reliable_change_index"], one["reliable_change_index"], rtol=1e-9)


def test_rows_stay_in_the_caller_s_order_and_index():
    data = people().set_axis(["x", "y", "z"]).iloc[[2, 0, 1]]
    found = change(data, **OWN).changes
    assert found.index.tolist() == ["z", "x", "y"]
    assert found["change"].tolist() == [-20, 16, 5]


@pytest.mark.parametrize("kind", ["polars", "pyarrow"])
def test_every_frame_kind_gets_the_same_in_its_own_kind(kind):
    native = nw.from_native(people(b=[64.0, None, 40.0]), eager_only=True).to_arrow()
    if kind == "polars":
        native = nw.from_arrow(native, backend="polars").to_native()
    found = nw.from_native(change(native, **OWN).changes, eager_only=True)
    assert found.implementation.value == kind
    assert found["change_class"].to_list() == ["improved", None, "worsened"]
    assert found["change_reason"].to_list() == [None, "no second score", None]
    assert found["reliable_change_index"].to_list()[1] is None


def test_who_lacks_a_score_or_an_error_has_no_class_and_the_reason():
    data = pd.DataFrame(
        {
            "a": [1.0, None, 1.0, None, 1.0],
            "b": [9.0, 9.0, None, None, 9.0],
            "se_1": [1.0, 1, 1, 1, None],
            "se_2": [1.0] * 5,
        }
    )
    result = change(data, **OWN)
    assert result.changes["change_reason"].tolist()[1:] == [
        "no first score",
        "no second score",
        "no score",
        "no standard error",
    ]
    assert result.glance()[["n", "n_missing"]].to_numpy().tolist() == [[1, 4]]
    assert result.changes["change_class"].notna().tolist() == [True, False, False, False, False]
    assert result.tidy()["share"].tolist() == [1, 0, 0]
    assert {"reason": "no score", "n": 1} in result.to_dict()["report"]


def test_an_unchanged_score_with_reliability_nought_is_unchanged():
    assert change(sd=10, reliability=0.0, kind_of_reliability="none").error.sem == 10


def test_of_people_who_do_not_change_one_in_twenty_seems_to():
    rng = np.random.default_rng(11)
    true = rng.normal(50, 10, 40_000)
    data = pd.DataFrame({"a": true + rng.normal(0, 5, 40_000), "b": true + rng.normal(0, 5, 40_000)})
    # reliability 100 / 125; four standard errors of a share of .05 in 40,000 are .0044
    result = change(data, reliability=0.8, kind_of_reliability="known")
    assert result.tidy()["share"][[0, 2]].sum() == pytest.approx(0.05, abs=0.0045)


def test_attach_takes_a_prefix_and_refuses_a_taken_name():
    result = change(people(change=1.0), **OWN)
    assert "fwb_change_class" in result.attach(prefix="fwb_").columns
    with pytest.raises(ps.InputError, match=r"attach\(\): the data already have a column 'change'"):
        result.attach()


def test_the_printed_face_names_the_reliability_and_its_kind():
    text = str(change(**MEANS).summary())
    for words in (
        "3 respondents with both scores; nobody left out; unweighted",
        "|change| > 1.96 standard errors",
        "SD as given, 14.000; reliability 0.880 (alpha)",
        "minimal detectable change 13.443",
    ):
        assert words in text
    assert "se_1, se_2" in str(change(**OWN).summary())


def test_to_dict_is_plain_and_holds_no_respondent():
    for told in (change(**MEANS).to_dict(), change(**OWN).to_dict()):
        assert json.loads(json.dumps(told, allow_nan=False)) == told
        assert (told["schema"], told["kind"]) == (1, "change")
    assert told["reliability"] is None


def test_the_plot_has_a_bar_for_each_class():
    from peerstats.plots import describe, new_axes  # noqa: PLC0415  (only this test draws)

    assert "improved: 33.3%" in describe(change(**OWN).plot(ax=new_axes()))


BAD = {
    "no error at all": ({}, r"reliability= is not given"),
    "one of two errors": ({"std_error1": "se_1"}, r"std_error2= is not given"),
    "both sources": (OWN | MEANS, r"std_error1= and sd= are both given"),
    "no kind": ({"reliability": 0.9}, r"kind_of_reliability= is not given"),
    "a perfect reliability": (MEANS | {"reliability": 1.0}, r"reliability=1.0 is none"),
    "a negative reliability": (MEANS | {"reliability": -0.1}, r"reliability=-0.1 is none"),
    "a negative sd": (MEANS | {"sd": -1.0}, r"sd=-1.0 is not a positive number"),
    "no direction": (MEANS | {"better": "up"}, r"better='up' is not known"),
    "a column that is not there": (MEANS | {"first": "c"}, r"score column 'c' is not in the data"),
    "an error of nought": (
        OWN | {"std_error2": "zero"},
        r"standard error column 'zero' must hold positive numbers; row 1 holds 0",
    ),
    "a percentage": (MEANS | {"conf_level": 95}, r"conf_level=95 is not a confidence level"),
    "waves that never meet": (MEANS | {"second": "none"}, r"none of the 3 respondents has both scores"),
    "first scores that do not vary": (
        {"first": "same", "reliability": 0.9, "kind_of_reliability": "alpha"},
        r"the SD of the first scores is 0, not a positive number",
    ),
    "text": (MEANS | {"second": "word"}, r"score column 'word' must hold numbers"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named_with_the_call(case):
    how, words = BAD[case]
    data = people(zero=[1.0, 0.0, 1.0], none=[np.nan] * 3, same=4.0, word="much")
    with pytest.raises(ps.InputError, match=words) as caught:
        change(data, **how)
    assert caught.value.problem.startswith("reliable_change(): ")
    assert caught.value.next_step
