"""Response quality: worked examples, base R's numbers, what missing answers and bad input get."""

import json
import warnings
from pathlib import Path

import narwhals.stable.v2 as nw  # noqa: TID251  (tests look at frames of every kind)
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "response_quality_base_r"
SCALES = {
    "a": ["q1", "q2", "q3", "q4", "q5"],
    "b": ["q6", "q7", "q8", "q9"],
    "c": ["q10", "q11", "q12"],
    "d": ["q13", "q14", "q15", "q16"],
}
KEY = {"reverse": ["q2", "q7", "q13"], "low": 1, "high": 5}
NAMES = ["longstring", "average_string", "irv", "even_odd", "synonyms", "antonyms", "mahalanobis"]


def golden_answers():
    return pd.read_csv(GOLDEN / "input_simulated.csv")


def golden(data=None, **how):
    return ps.response_quality(golden_answers() if data is None else data, items=SCALES, **KEY | how)


def one(*answers, **how):
    """Return the indices of people whose answers are listed, one list a person."""
    frame = pd.DataFrame(answers, columns=[f"q{i}" for i in range(1, len(answers[0]) + 1)], dtype=float)
    return ps.response_quality(frame, **{"items": list(frame.columns)} | how).indices


def mbi(*people):
    return pd.DataFrame(people, columns=[f"mbi_{i}" for i in range(1, 17)], dtype=float)


@pytest.mark.parametrize("name", [*NAMES, "mahalanobis_p"])
def test_the_indices_are_those_of_base_r(name):
    expected = pd.read_csv(GOLDEN / "expected.csv")[name]
    # one more division than R's two-pass mean, and correlations of up to 15 pairs
    np.testing.assert_allclose(golden().indices[name], expected, rtol=1e-9, atol=1e-12)


def test_the_pairs_are_those_of_base_r_the_strongest_first():
    expected = pd.read_csv(GOLDEN / "pairs.csv")
    found = golden().pairs()
    both = found.merge(expected, on=["index", "item", "other_item"])
    assert len(both) == len(found) == len(expected)
    np.testing.assert_allclose(both["correlation_x"], both["correlation_y"], rtol=1e-12)  # sums of 200 rows
    strength = found[found["index"] == "synonyms"]["correlation"].to_numpy()
    assert (np.diff(strength) <= 0).all()


def test_runs_by_hand():
    # 3 3 | 1 | 2 2 2: three runs of 2, 1 and 3
    found = one([3, 3, 1, 2, 2, 2], [1, 2, 3, 4, 5, 6])
    assert found["longstring"].tolist() == [3, 1]
    assert found["average_string"].tolist() == [2, 1]


def test_a_missing_answer_ends_a_run_and_is_none():
    # 4 4 _ 4 | 2 2: runs of 2, 1 and 2
    found = one([4, 4, None, 4, 2, 2], [None, 1, None, None, 1, None])
    assert found["longstring"].tolist() == [2, 1]
    assert found["average_string"].tolist() == [5 / 3, 1]


def test_the_spread_of_a_person_s_answers_by_hand():
    # mean 3, squares 4 + 0 + 4 over 2
    found = one([1, 3, 5], [2, 2, 2], [4, None, None])["irv"]
    assert found[:2].tolist() == [2.0, 0.0]
    assert np.isnan(found[2])


def test_even_odd_consistency_by_hand():
    # halves (odd, even): (1, 2), (3, 3), (5, 4): r = 1, 2 r / (1 + r) = 1; second person r = -1, held at -1
    # third: (1, 2), (3, 1), (5, 3): r = 0.5, so 1 / 1.5 = 2/3
    scales = {"a": ["q1", "q2"], "b": ["q3", "q4"], "c": ["q5", "q6"]}
    found = one([1, 2, 3, 3, 5, 4], [1, 5, 3, 3, 5, 1], [1, 2, 3, 1, 5, 3], items=scales)["even_odd"]
    np.testing.assert_allclose(found, [1, -1, 2 / 3], rtol=1e-14)  # one division


def test_even_odd_uses_the_answers_after_reversal_and_longstring_before():
    scales = {"a": ["q1", "q2"], "b": ["q3", "q4"], "c": ["q5", "q6"]}
    straight = [[5, 5, 5, 5, 5, 5], [1, 5, 3, 3, 4, 2]]
    found = one(*straight, items=scales, reverse=["q2", "q4", "q6"], low=1, high=5)
    assert found["longstring"].tolist() == [6, 2]
    assert found["straight_lined"].isna().all()
    assert found["even_odd"][1] == pytest.approx(1.0, rel=1e-14)  # keyed halves are equal


def test_two_scales_have_no_even_odd_consistency():
    found = golden_answers()[["q1", "q2", "q6", "q7"]]
    result = ps.response_quality(found, items={"a": ["q1", "q2"], "b": ["q6", "q7"]})
    assert result.indices["even_odd"].isna().all()
    assert any("needs three scales of two items or more, and there are 2" in line for line in result.lines)


def test_straight_lining_is_the_share_of_scales_with_one_answer_throughout():
    scales = {"a": ["q1", "q2", "q3"], "b": ["q4", "q5", "q6"], "c": ["q7", "q8"]}
    found = one(
        [1, 1, 1, 2, 2, 2, 5, 4],  # both scales that count
        [1, 1, 1, 2, 3, 2, 5, 5],  # one of two
        [1, 1, None, 2, 2, 2, 5, 5],  # the first has two answers and does not count
        [1, 1, None, 2, None, 2, 5, 5],  # none counts
        items=scales,
    )["straight_lined"]
    assert found[:3].tolist() == [1.0, 0.5, 1.0]
    assert np.isnan(found[3])


def test_the_distance_of_complete_answers_is_the_textbook_one():
    data = golden_answers().dropna()
    x = data.to_numpy(dtype=float)
    centred = x - x.mean(axis=0)
    expected = np.einsum("ij,jk,ik->i", centred, np.linalg.inv(np.cov(x.T)), centred)
    np.testing.assert_allclose(golden(data).indices["mahalanobis"], expected, rtol=1e-9)  # an inverse


def test_reversal_does_not_move_the_distance():
    data = golden_answers()
    turned = data.assign(q2=6 - data["q2"], q13=6 - data["q13"])
    # two factorisations of the same matrix
    np.testing.assert_allclose(
        golden(turned).indices["mahalanobis"], golden(data).indices["mahalanobis"], rtol=1e-9
    )


def test_who_answered_nothing_has_null_and_no_flag():
    result = golden()
    last = result.indices.iloc[-1]
    assert last.isna().all()
    assert result.flags.iloc[-1].to_numpy().sum() == 0
    assert result.glance()["n_missing"].tolist() == [1]


def test_seconds_per_item_are_the_time_over_the_items():
    frame = pd.DataFrame([[1, 2, 3], [3, 2, 1], [1, 1, 1]], columns=["a", "b", "c"]).assign(
        time=[5.9, 6.0, None]
    )
    result = ps.response_quality(frame, items=["a", "b", "c"], seconds="time")
    np.testing.assert_allclose(result.indices["seconds_per_item"], [5.9 / 3, 2, np.nan], rtol=1e-15)
    assert result.flags["seconds_per_item_flag"].tolist() == [True, False, False]
    whole = ps.response_quality(frame, items=["a", "b", "c"], seconds="time", timed_items=30)
    assert whole.indices["seconds_per_item"][1] == pytest.approx(0.2, rel=1e-15)


def test_without_times_there_is_no_speeding():
    assert "seconds_per_item" not in golden().indices.columns
    assert "seconds_per_item" not in golden().tidy()["index"].tolist()


def test_thresholds_stand_in_the_result_and_the_caller_s_replace_them():
    rows = golden().tidy().set_index("index")
    assert rows["threshold"].dropna().to_dict() == {
        "longstring": 8,
        "straight_lined": 1,
        "even_odd": 0.3,
        "synonyms": 0,
        "antonyms": 0,
        "mahalanobis": 0.001,
    }
    chosen = golden(thresholds={"irv": 0.5, "longstring": 5, "mahalanobis": None})
    rows = chosen.tidy().set_index("index")
    assert rows.loc[["irv", "longstring"], "threshold"].tolist() == [0.5, 5]
    assert np.isnan(rows.loc["mahalanobis", "threshold"])
    assert rows.loc["mahalanobis", "n_flagged"] == 0
    assert (
        chosen.flags["irv_flag"].sum() == (chosen.indices["irv"] <= 0.5).sum() == rows.loc["irv", "n_flagged"]
    )
    assert chosen.flags["longstring_flag"].sum() == (chosen.indices["longstring"] >= 5).sum()


def test_flags_are_the_indices_beyond_their_thresholds():
    result = golden()
    i, f = result.indices, result.flags
    assert f["even_odd_flag"].tolist() == (i["even_odd"] < 0.3).tolist()
    assert f["synonyms_flag"].tolist() == (i["synonyms"] < 0).tolist()
    assert f["antonyms_flag"].tolist() == (i["antonyms"] > 0).tolist()
    assert f["mahalanobis_flag"].tolist() == (i["mahalanobis_p"] < 0.001).tolist()
    named = [name for name in f.columns if name.endswith("_flag")]
    assert f["n_flags"].tolist() == f[named].sum(axis=1).tolist()
    assert result.glance()["n_flagged"].tolist() == [(f["n_flags"] > 0).sum()]


def test_fewer_than_ten_items_have_no_default_for_longstring():
    frame = golden_answers()[[f"q{i}" for i in range(1, 10)]]
    rows = ps.response_quality(frame, items=list(frame.columns)).tidy().set_index("index")
    assert np.isnan(rows.loc["longstring", "threshold"])


def test_nobody_is_dropped_and_the_caller_s_frame_stays_as_it_was():
    data = golden_answers()
    before = data.copy()
    attached = golden(data).attach(prefix="x_")
    assert attached.index.tolist() == data.index.tolist()
    assert attached[data.columns].equals(before)
    assert data.equals(before)
    assert {"x_longstring", "x_longstring_flag", "x_n_flags"} <= set(attached.columns)


@pytest.mark.parametrize("kind", ["polars", "pyarrow"])
def test_every_frame_kind_gets_the_same_numbers_in_its_own_kind(kind):
    data = golden_answers()
    native = nw.from_native(data, eager_only=True).to_arrow()
    if kind == "polars":
        native = nw.from_arrow(native, backend="polars").to_native()
    result = golden(native)
    for name, expected in (("indices", golden(data).indices), ("flags", golden(data).flags)):
        frame = nw.from_native(getattr(result, name), eager_only=True)
        assert frame.implementation.value == kind
        for column in expected.columns:
            np.testing.assert_array_equal(
                np.array([np.nan if v is None else v for v in frame[column].to_list()], dtype=float),
                expected[column].to_numpy(dtype=float),
            )


def test_the_order_of_rows_does_not_matter():
    data = golden_answers().sample(frac=1, random_state=3)
    # sums over rows in another order
    np.testing.assert_allclose(golden(data).indices.sort_index(), golden().indices, rtol=1e-9, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=16, max_size=16), min_size=3, max_size=12))
def test_indices_keep_within_their_bounds(people):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = ps.response_quality(mbi(*people), "mbi_gs", items="mbi_{}").indices
    assert found["longstring"].between(1, 16).all()
    assert (found["average_string"] <= found["longstring"]).all()
    assert found["straight_lined"].between(0, 1).all()
    assert (
        (found[["even_odd", "synonyms", "antonyms"]].abs() <= 1)
        .where(found.notna(), other=True)
        .all(axis=None)
    )
    assert (found["mahalanobis"].dropna() >= 0).all()
    # the spread is nil exactly where the longest run holds everything
    assert ((found["irv"] == 0) == (found["longstring"] == 16)).all()


def test_an_instrument_brings_scales_coding_and_key():
    people = mbi([0] * 16, [6, 1, 6, 1, 4, 6, 4, 0, 1, 4, 4, 4, 1, 0, 1, 4])
    plain = ps.response_quality(people, "mbi_gs", items="mbi_{}").indices
    from_one = ps.response_quality(people + 1, "mbi_gs", items="mbi_{}", coded_from=1).indices
    assert from_one.equals(plain)
    coded = people.where(people != 0, -9)
    blank = ps.response_quality(coded, "mbi_gs", items="mbi_{}", missing_codes=[-9])
    assert blank.glance()["n_missing"].tolist() == [1]


def test_columns_named_by_scale_run_in_the_order_of_the_data():
    people = ps.simulate_cohort(200, rng=4).data
    scales = {
        "exhaustion": (1, 2, 3, 4, 6),
        "cynicism": (8, 9, 13, 14, 15),
        "efficacy": (5, 7, 10, 11, 12, 16),
    }
    named = {scale: [f"mbi_{i}" for i in items] for scale, items in scales.items()}
    own = ps.response_quality(people, items=named)
    assert own.indices.equals(ps.response_quality(people, "mbi_gs", items="mbi_{}").indices)
    assert "16 items in the order of the data" in str(own.summary())
    listed = ps.response_quality(people, items=[name for part in named.values() for name in part])
    assert not listed.indices["longstring"].equals(own.indices["longstring"])


def test_scores_bring_their_own_rows_and_coding():
    people = ps.simulate_cohort(200, rng=4).data
    scored = ps.score(people, "mbi_gs", items="mbi_{}")
    again = ps.response_quality(people, "mbi_gs", items="mbi_{}")
    assert ps.response_quality(scored).indices.equals(again.indices)
    with pytest.raises(ps.InputError, match=r"response_quality\(\): items= is given, and the scores bring"):
        ps.response_quality(scored, items="mbi_{}")


def test_an_unconfirmed_key_warns_once_and_leaves_a_note():
    people = ps.simulate_cohort(100, rng=4).data
    with pytest.warns(ps.PeerstatsWarning, match=r"response_quality\(\): The key of 'aws_28'") as said:
        result = ps.response_quality(people, "aws_28", items="aws_{}")
    assert len(said) == 1
    assert "not confirmed" in result.notes[0]


def test_items_that_follow_from_others_leave_the_distance_out_with_the_reason():
    data = golden_answers().dropna()
    result = golden(data.assign(q16=data["q15"]))
    assert result.indices["mahalanobis"].isna().all()
    assert any("not positive definite" in line for line in result.lines)
    few = golden(data.head(8))
    assert few.indices["mahalanobis"].isna().all()


def test_an_item_that_nobody_varies_on_is_left_out_of_the_distance():
    data = golden_answers()
    constant = golden(data.assign(q16=3)).indices["mahalanobis"]
    without = ps.response_quality(data, items=[f"q{i}" for i in range(1, 16)]).indices["mahalanobis"]
    answered = data.drop(columns="q16").notna().any(axis=1)
    np.testing.assert_allclose(constant[answered], without[answered], rtol=1e-12)  # the same arithmetic


def test_the_printed_face_states_thresholds_people_and_which_answers_were_used():
    text = str(golden().summary())
    for words in (
        "200 respondents, 1 without any answer; unweighted",
        "15 of synonyms, 10 of antonyms",
        ">= 8",
        "p < 0.001",
        "Even-odd uses the answers after reversal",
        "nobody was left out",
    ):
        assert words in text


def test_to_dict_is_plain_and_holds_no_respondent():
    told = golden().to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert (told["schema"], told["kind"], told["n"]) == (1, "response_quality", 200)
    assert len(told["pairs"]) == 25
    assert told["rows"][1]["threshold"] is None


def test_the_plot_has_a_bar_for_each_index_that_flags():
    from peerstats.plots import describe, new_axes  # noqa: PLC0415  (only this test draws)

    told = describe(golden().plot(ax=new_axes()))
    assert "longstring: 1.0%" in told
    assert "irv" not in told
    nobody = golden(thresholds=dict.fromkeys(golden().tidy()["index"]))
    assert "irv: no share" in describe(nobody.plot(ax=new_axes()))


BAD = {
    "a pattern without an instrument": ({"items": "q{}"}, r"items='q\{\}' names no columns"),
    "no items at all": ({}, r"items=None names no columns"),
    "a column that is not there": ({"items": ["q1", "q22"]}, r"item column 'q22' is not in the data"),
    "a column twice": ({"items": ["q1", "q1"]}, r"items= names column 'q1' twice"),
    "one item": ({"items": ["q1"]}, r"items= names 1 column.*\n.*two items or more"),
    "reversal without a range": (
        {"items": ["q1", "q2"], "reverse": ["q2"]},
        r"reverse=\['q2'\] needs the range of the answers",
    ),
    "reversal of no item": (
        {"items": ["q1", "q2"], "reverse": ["q3"], "low": 1, "high": 5},
        r"reverse= column 'q3' is not in",
    ),
    "an answer out of range": (
        {"items": ["q1", "q2"], "low": 0, "high": 2},
        r"item column 'q1' is answered 0 to 2; row 0 holds 3 \(\d+ such answers\)",
    ),
    "an empty range": ({"items": ["q1", "q2"], "low": 5, "high": 1}, r"low=5 is not below high=1"),
    "an instrument's argument without one": (
        {"items": ["q1", "q2"], "coded_from": 1},
        r"coded_from= is given, and no instrument is named",
    ),
    "a key beside an instrument": (
        {"instrument": "mbi_gs", "items": "q{}", "reverse": ["q1"]},
        r"reverse= is given, and the instrument has its own key",
    ),
    "an instrument without items": ({"instrument": "mbi_gs"}, r"'mbi_gs' needs items="),
    "an instrument's missing column": (
        {"instrument": "mbi_gs", "items": "x{}"},
        r"response_quality\(\): 'mbi_gs' needs 16 item columns.*\n.*Tell response_quality\(\)",
    ),
    "a word as missing code": (
        {"items": ["q1", "q2"], "missing_codes": ["none"]},
        r"missing_codes= holds the word 'none'",
    ),
    "an unknown index": (
        {"items": ["q1", "q2"], "thresholds": {"longstrings": 3}},
        r"thresholds= names 'longstrings'.*\n.*'longstring'",
    ),
    "a threshold that is no number": (
        {"items": ["q1", "q2"], "thresholds": {"irv": "low"}},
        r"the threshold of 'irv' is 'low'",
    ),
    "a threshold of times without times": (
        {"items": ["q1", "q2"], "thresholds": {"seconds_per_item": 1}},
        r"'seconds_per_item', and no times are given",
    ),
    "a correlation beyond one": ({"items": ["q1", "q2"], "pair_correlation": 1.2}, r"pair_correlation=1.2"),
    "timed items without times": (
        {"items": ["q1", "q2"], "timed_items": 4},
        r"timed_items=4 cannot be used without seconds=",
    ),
    "a negative time": (
        {"items": ["q1", "q2"], "seconds": "time"},
        r"seconds column 'time' holds -1 in row 1",
    ),
    "an infinite time": (
        {"items": ["q1", "q2"], "seconds": "forever"},
        r"seconds column 'forever' must hold finite numbers; row 0",
    ),
    "text": ({"items": ["q1", "word"]}, r"item column 'word' must hold numbers"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named_with_the_call(case):
    how, words = BAD[case]
    data = golden_answers().assign(time=3.0, forever=np.inf, word="yes")
    data.loc[1, "time"] = -1
    with pytest.raises(ps.InputError, match=words) as caught:
        ps.response_quality(data, **how)
    assert caught.value.problem.startswith("response_quality(): ")
    assert caught.value.next_step


def test_a_taken_name_is_refused():
    data = golden_answers().assign(irv=1)
    with pytest.raises(ps.InputError, match=r"attach\(\): the data already have a column 'irv'.*\n.*prefix"):
        golden(data).attach()
