"""Scoring: what comes out, in the caller's kind, and what bad input gets."""

import re
import warnings

import narwhals.stable.v2 as nw  # noqa: TID251  (tests look at frames of every kind)
import numpy as np
import pandas as pd
import pytest

import peerstats as ps

MBI = [f"mbi_{i}" for i in range(1, 17)]
FWB = [f"fwb_{i}" for i in range(1, 11)]


def mbi_rows(*rows):
    return {name: [row[i] for row in rows] for i, name in enumerate(MBI)}


def fwb_rows(*rows, **more):
    return {name: [row[i] for row in rows] for i, name in enumerate(FWB)} | more


def values(frame, column):
    return nw.from_native(frame, eager_only=True)[column].to_list()


@pytest.mark.parametrize("key", ps.list_instruments()["instrument"])
def test_every_worked_example_of_every_instrument_comes_out(key):
    inst = ps.get_instrument(key)
    assert inst.examples, f"{key} has no worked example"
    for example in inst.examples:
        frame = pd.DataFrame([example.answers], columns=list(inst.item_names))
        how = {"items": "{}", "method": example.method, "order": example.order, **example.groups}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore" if not inst.confirmed else "error", ps.PeerstatsWarning)
            scores = ps.score(frame, key, **how).scores
        for scale, expected in example.scores.items():
            assert scores[scale].iloc[0] == pytest.approx(expected, abs=1e-12), example.source


@pytest.mark.parametrize("key", ["cfpb_fwb_10", "cfpb_fwb_5"])
def test_every_cell_of_the_published_tables_comes_out(key):
    inst = ps.get_instrument(key)
    n_cells = 0
    for a, age_group in enumerate(inst.groups.age_group):
        for m, mode in enumerate(inst.groups.mode):
            for raw, published in enumerate(inst.lookup.scores[a, m]):
                keyed = np.full(len(inst.item_names), raw // len(inst.item_names))
                keyed[: raw % len(inst.item_names)] += 1
                answers = [4 - k if i in inst.scales[0].reverse else k for i, k in enumerate(keyed)]
                frame = pd.DataFrame([answers], columns=list(inst.item_names))
                result = ps.score(frame, key, items="{}", method="lookup", age_group=age_group, mode=mode)
                assert result.scores["financial_well_being"].iloc[0] == published
                n_cells += 1
    assert n_cells == {"cfpb_fwb_10": 164, "cfpb_fwb_5": 84}[key]


def test_scores_come_back_in_the_callers_kind_and_order(make_frame):
    data = make_frame(mbi_rows([1] * 16, [None] * 16, [6] * 16))
    result = ps.score(data, "mbi_gs", items="mbi_{}")
    assert type(result.scores) is type(data)
    scores = nw.from_native(result.scores, eager_only=True)
    assert scores["exhaustion"].is_null().to_list() == [False, True, False]
    assert [scores["cynicism"][0], scores["cynicism"][2]] == [1, 6]
    assert values(result.scores, "cynicism_reason")[1] == "no item answered"


def test_attach_adds_columns_and_changes_nothing_else(make_frame):
    data = make_frame(mbi_rows([1] * 16, [2] * 16) | {"name": ["a", "b"]})
    before = nw.from_native(data, eager_only=True).clone()
    attached = nw.from_native(ps.score(data, "mbi_gs", items="mbi_{}").attach(), eager_only=True)
    assert attached.columns[:17] == before.columns
    for name in before.columns:
        assert attached[name].to_list() == before[name].to_list()
        assert nw.from_native(data, eager_only=True)[name].to_list() == before[name].to_list()
    assert attached.columns[17] == "exhaustion"


def test_a_pandas_index_is_kept_and_names_the_row_in_errors():
    data = pd.DataFrame(mbi_rows([1] * 16, [9] * 16), index=["ann", "bob"])
    with pytest.raises(ps.InputError, match="row bob holds 9"):
        ps.score(data, "mbi_gs", items="mbi_{}")
    result = ps.score(data.clip(upper=6), "mbi_gs", items="mbi_{}")
    assert list(result.scores.index) == ["ann", "bob"]


def test_scores_may_not_overwrite_a_column():
    data = pd.DataFrame(mbi_rows([1] * 16) | {"exhaustion": [0.0]})
    with pytest.raises(ps.InputError, match="already have a column 'exhaustion'"):
        ps.score(data, "mbi_gs", items="mbi_{}").attach()


def test_one_missing_answer_withholds_its_scale_and_no_other():
    row = [3] * 16
    row[0] = None
    result = ps.score(pd.DataFrame(mbi_rows(row)), "mbi_gs", items="mbi_{}")
    assert result.scores["exhaustion"].isna().all()
    assert result.scores["cynicism"].tolist() == [3]
    assert result.report().to_dict("list") == {
        "scale": ["exhaustion"],
        "reason": ["too few items answered"],
        "n": [1],
    }


def test_items_as_pattern_list_or_mapping_are_the_same():
    data = pd.DataFrame(mbi_rows([0, 1, 2, 3, 4, 5, 0, 6, 5, 4, 3, 2, 1, 0, 6, 6]))
    ways = ["mbi_{}", MBI, {i: f"mbi_{i}" for i in range(1, 17)}]
    first, *others = [ps.score(data, "mbi_gs", items=items).scores for items in ways]
    for other in others:
        pd.testing.assert_frame_equal(first, other)


def test_a_declared_coding_is_subtracted():
    plain = pd.DataFrame(mbi_rows([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1]))
    pd.testing.assert_frame_equal(
        ps.score(plain + 1, "mbi_gs", items="mbi_{}", coded_from=1).scores,
        ps.score(plain, "mbi_gs", items="mbi_{}").scores,
    )


def test_a_file_coded_from_one_stops_and_is_told_the_word():
    data = pd.DataFrame(mbi_rows([1] * 16, [7] * 16, [6] * 16))
    with pytest.raises(ps.InputError, match=r"coded 1 to 7, say coded_from=1"):
        ps.score(data, "mbi_gs", items="mbi_{}")


def test_a_lowest_code_that_never_occurs_is_pointed_out():
    data = pd.DataFrame(mbi_rows(*[[1, 2, 3, 4] * 4] * 5))
    assert any("coded_from=1" in note for note in ps.score(data, "mbi_gs", items="mbi_{}").notes)
    assert not any(
        "coded_from" in note for note in ps.score(data, "mbi_gs", items="mbi_{}", coded_from=0).notes
    )


def test_ages_and_groups_lead_to_the_same_scores():
    answers = [1, 2, 3, 4, 0, 1, 2, 3, 4, 0]
    data = pd.DataFrame(fwb_rows(answers, answers, age=[61, 62], band=["18-61", "62+"], code=[1, 2]))
    how = {"items": "fwb_{}", "method": "irt", "mode": "self"}
    by_age = ps.score(data, "cfpb_fwb_10", age="age", **how).scores
    by_band = ps.score(data, "cfpb_fwb_10", age_group="band", **how).scores
    by_code = ps.score(data, "cfpb_fwb_10", age_group=("code", {1: "18-61", 2: "62+"}), **how).scores
    pd.testing.assert_frame_equal(by_age, by_band)
    pd.testing.assert_frame_equal(by_age, by_code)
    assert by_age["financial_well_being"].nunique() == 2


def test_mode_may_be_a_column():
    answers = [1, 2, 3, 4, 0, 1, 2, 3, 4, 0]
    data = pd.DataFrame(fwb_rows(answers, answers, how=["self", "interviewer"]))
    scores = ps.score(data, "cfpb_fwb_10", items="fwb_{}", method="irt", age_group="62+", mode="how").scores
    apart = [
        ps.score(
            data.iloc[[i]], "cfpb_fwb_10", items="fwb_{}", method="irt", age_group="62+", mode=mode
        ).scores
        for i, mode in enumerate(["self", "interviewer"])
    ]
    pd.testing.assert_frame_equal(scores, pd.concat(apart))


def test_missing_ages_and_the_too_young_are_withheld_with_the_reason():
    data = pd.DataFrame(fwb_rows([2] * 10, [2] * 10, [2] * 10, age=[40, None, 17]))
    result = ps.score(data, "cfpb_fwb_10", items="fwb_{}", method="lookup", age="age", mode="self")
    assert result.scores["financial_well_being_reason"].fillna("scored").tolist() == [
        "scored",
        "age group missing",
        "younger than the first age group",
    ]


def test_standard_errors_are_those_of_the_method():
    data = pd.DataFrame(fwb_rows([2] * 10, [None] * 9 + [2]))
    how = {"items": "fwb_{}", "age_group": "18-61", "mode": "self"}
    irt = ps.score(data, "cfpb_fwb_10", method="irt", **how).scores["financial_well_being_std_error"]
    lookup = ps.score(data, "cfpb_fwb_10", method="lookup", **how).scores["financial_well_being_std_error"]
    assert irt[1] > 1.5 * irt[0]  # one answer says less than ten
    assert lookup[0] == pytest.approx(6.3, abs=0.05)  # posterior SD of raw total 20, as printed
    assert np.isnan(lookup[1])


def test_the_same_person_scores_the_same_in_every_row_order(rng):
    data = pd.DataFrame(fwb_rows(*rng.integers(0, 5, size=(200, 10)), age=rng.integers(18, 90, 200)))
    shuffled = data.sample(frac=1, random_state=1)
    how = {"items": "fwb_{}", "method": "irt", "age": "age", "mode": "self"}
    pd.testing.assert_frame_equal(
        ps.score(shuffled, "cfpb_fwb_10", **how).scores.sort_index(),
        ps.score(data, "cfpb_fwb_10", **how).scores,
    )


def test_the_summary_counts_everybody():
    data = pd.DataFrame(mbi_rows([1] * 16, [None] * 16))
    result = ps.score(data, "mbi_gs", items="mbi_{}")
    assert result.tidy()["n_scored"].tolist() == [1, 1, 1]
    assert result.glance().iloc[0].to_dict() == {
        "instrument": "mbi_gs", "method": "mean", "n": 2, "n_scored": 1, "n_withheld": 1
    }  # fmt: skip
    assert "exhaustion withheld: 1 no item answered" in str(result.summary())
    assert result.to_dict()["schema"] == 1


GOOD = fwb_rows([2] * 10, [3] * 10, age=[30, 70])
HOW = {"items": "fwb_{}", "method": "irt", "age": "age", "mode": "self"}


@pytest.mark.parametrize(
    ("change", "how", "message"),
    [
        ({}, {"items": "FWB{}"}, "needs 10 item columns and 10 of them are not in the data"),
        ({}, {"items": FWB[:9]}, "has 10 items and items= names 9 columns"),
        ({}, {"items": [*FWB[:9], "fwb_1"]}, "'fwb_1' stands for more than one item"),
        ({}, {"items": [*FWB[:9], "fwb10"]}, "Closest columns: 'fwb_10'"),
        ({}, {"items": "fwb"}, "no single '{}'"),
        ({}, {"items": {1: "fwb_1"}}, "'2' has no column in items="),
        ({}, {"items": {str(i): f"fwb_{i}" for i in range(12)}}, "'0' is no item of"),
        ({}, {"method": None}, "needs a method"),
        ({}, {"method": "mean"}, "cannot be scored by method='mean'"),
        ({}, {"mode": None}, "mode= is not given"),
        ({}, {"mode": "phone"}, "mode column 'phone' is not in the data"),
        ({}, {"age": None}, "neither age= nor age_group="),
        ({}, {"age_group": "62+"}, "both age= and age_group="),
        ({}, {"age": "Age"}, "Closest columns: 'age'"),
        ({}, {"missing_codes": [3]}, "missing code 3 is also an answer"),
        ({"age": [30, 999]}, {}, "row 1 holds 999"),
        ({"age": [-1, 70]}, {}, "row 0 holds -1"),
        ({"fwb_3": [2, 5]}, {}, r"'fwb_3' of .* is answered 0 to 4; row 1 holds 5 \(1 such answers"),
        ({"fwb_3": [2, 2.5]}, {}, "row 1 holds 2.5"),
        ({"fwb_3": [2, float("inf")]}, {}, "row 1 holds inf"),
        ({"fwb_3": ["2", "x"]}, {}, "'fwb_3' of 'cfpb_fwb_10' must hold numbers or .* row 0 holds '2'"),
        ({"band": ["18-61", "old"]}, {"age": None, "age_group": "band"}, "holds 'old' in row 1"),
        ({}, {"age": None, "age_group": ("age", {30: "18-61", 70: "65+"})}, "maps to '65\\+', which is no"),
        ({}, {"age": None, "age_group": ("age", {30: "18-61"})}, "holds 70 in row 1"),
        ({"self": ["self", "self"]}, {}, "is both a scoring group and a column"),
    ],
)
def test_bad_input_is_named_with_its_place_and_next_step(change, how, message):
    with pytest.raises(ps.InputError, match=message) as caught:
        ps.score(pd.DataFrame(GOOD | change), "cfpb_fwb_10", **(HOW | how))
    assert caught.value.next_step
    assert re.match(r"score\(\): ", str(caught.value))


def test_an_unknown_instrument_gets_the_closest_names():
    with pytest.raises(ps.InputError, match="Closest instruments: 'cfpb_fwb_10'"):
        ps.score(pd.DataFrame(GOOD), "cfpb_fwb10", items="fwb_{}")


def test_groups_given_to_a_scale_without_groups_are_refused():
    with pytest.raises(ps.InputError, match="'mbi_gs' has no scoring groups"):
        ps.score(pd.DataFrame(mbi_rows([1] * 16) | {"age": [1]}), "mbi_gs", items="mbi_{}", age="age")
