"""Missing rules and item orders."""

import pandas as pd
import pytest

import peerstats as ps

ITEMS = [f"m{i}" for i in range(1, 17)]


def sheet(*rows):
    return pd.DataFrame(list(rows), columns=ITEMS)


def three_of_five():
    row = [4.0] * 16
    row[0] = row[1] = None  # exhaustion: 3 of 5 answered
    row[2] = 1.0
    return sheet(row)


@pytest.mark.parametrize(
    ("rule", "scored"),
    [
        (None, False),
        ("all", False),
        (5, False),
        (3, True),
        (4, False),
        (0.6, True),
        (0.61, False),
        ({"exhaustion": 3}, True),
    ],
)
def test_a_scale_needs_the_answers_that_its_rule_says(rule, scored):
    scores = ps.score(three_of_five(), "mbi_gs", items="m{}", min_answered=rule).scores
    assert scores["exhaustion"].notna().tolist() == [scored]
    assert scores["cynicism"].tolist() == [4]


def test_the_score_is_the_mean_of_the_answered_and_a_sum_is_that_mean_for_every_item():
    mean = ps.score(three_of_five(), "mbi_gs", items="m{}", min_answered=3).scores["exhaustion"]
    total = ps.score(three_of_five(), "mbi_gs", items="m{}", min_answered=3, method="sum").scores[
        "exhaustion"
    ]
    assert mean.tolist() == [3.0]
    assert total.tolist() == [15.0]


def test_nobody_is_scored_without_an_answer_whatever_the_rule():
    result = ps.score(sheet([None] * 16), "mbi_gs", items="m{}", min_answered=1)
    assert result.report()["reason"].tolist() == ["no item answered"] * 3


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (0, "min_answered=0"),
        (6, "'exhaustion', which has 5 items"),
        (1.0, "min_answered=1.0"),
        (True, "min_answered=True"),
        ("most", "min_answered='most'"),
        ({"exhaustian": 3}, "no scale of 'mbi_gs'"),
    ],
)
def test_impossible_rules_are_refused(rule, message):
    with pytest.raises(ps.InputError, match=message):
        ps.score(three_of_five(), "mbi_gs", items="m{}", min_answered=rule)


def test_a_conversion_keeps_its_own_rule():
    data = pd.DataFrame([[2] * 10], columns=[f"q{i}" for i in range(1, 11)])
    with pytest.raises(ps.InputError, match="has its own missing rule"):
        ps.score(data, "cfpb_fwb_10", items="q{}", method="irt", age_group="62+", mode="self", min_answered=5)


def test_another_order_reads_other_items():
    row = [0] * 16
    row[5] = 6  # item 6: exhaustion in the English form, efficacy in the other
    english = ps.score(sheet(row), "mbi_gs", items="m{}").scores
    other = ps.score(sheet(row), "mbi_gs", items="m{}", order="biopsykit").scores
    assert [english["exhaustion"][0], english["professional_efficacy"][0]] == [1.2, 0]
    assert [other["exhaustion"][0], other["professional_efficacy"][0]] == [0, 1]


def test_a_form_without_an_agreed_order_asks_for_one():
    data = pd.DataFrame([[1] * 15], columns=ITEMS[:15])
    with pytest.raises(ps.InputError, match="'mbi_ss_15' needs order=") as caught:
        ps.score(data, "mbi_ss_15", items="m{}")
    assert "interleaved" in caught.value.next_step
    with pytest.raises(ps.InputError, match="has no order 'german'"):
        ps.score(data, "mbi_ss_15", items="m{}", order="german")


def test_the_order_is_in_the_printed_result():
    text = str(ps.score(sheet([1] * 16), "mbi_gs", items="m{}", order="biopsykit").summary())
    assert "order biopsykit" in text


def test_an_unconfirmed_key_is_a_note_and_one_warning():
    data = pd.DataFrame([[2] * 28], columns=[f"a{i}" for i in range(1, 29)])
    with pytest.warns(ps.PeerstatsWarning, match="'aws_28' is not confirmed") as caught:
        result = ps.score(data, "aws_28", items="a{}")
    assert len(caught) == 1
    assert any("Teo 2021" in note for note in result.notes)


def test_items_are_given_after_reversal_on_request():
    data = pd.DataFrame(
        [[1] * 28, [None] + [5] * 27], columns=[f"a{i}" for i in range(1, 29)], index=["x", "y"]
    )
    with pytest.warns(ps.PeerstatsWarning):
        result = ps.score(data, "aws_28", items="a{}")
    items = result.items()
    assert list(items.index) == ["x", "y"]
    assert items.loc["x", ["item_1", "item_4"]].tolist() == [5, 1]
    assert items["item_1"].isna().tolist() == [False, True]
