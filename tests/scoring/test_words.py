"""Answers written as words."""

import pandas as pd
import polars as pl
import pytest

import peerstats as ps

MBI = [f"mbi_{i}" for i in range(1, 17)]
WORDS = [
    "Never",
    "A few times a year or less",
    "Once a month or less",
    "A few times a month",
    "Once a week",
    "A few times a week",
    "Every day",
]


def sheet(*rows):
    return {name: [row[i] for row in rows] for i, name in enumerate(MBI)}


CODES = [[i % 7 for i in range(16)], [6 - i % 7 for i in range(16)]]
NUMBERS = pd.DataFrame(sheet(*CODES))
TEXT = pd.DataFrame(sheet(*[[WORDS[c] for c in row] for row in CODES]))


def scored(data, **how):
    return ps.score(data, "mbi_gs", items="mbi_{}", **how).scores


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.map(str.upper),
        TEXT.map(lambda w: "  " + w.replace(" ", "   ")),
        TEXT.astype("category"),
        pl.DataFrame(TEXT.to_dict("list")),
        pl.DataFrame(TEXT.to_dict("list")).cast(pl.Enum(WORDS)),
    ],
    ids=["as-printed", "capitals", "spaces", "categories", "polars", "polars-enum"],
)
def test_words_score_as_their_codes_whatever_their_case_and_spacing(text):
    found = scored(text)
    for scale in ("exhaustion", "cynicism", "professional_efficacy"):
        assert list(found[scale]) == list(scored(NUMBERS)[scale])


def test_each_item_has_the_words_of_its_own_part():
    columns = [f"q{i}" for i in range(1, 11)]
    words = pd.DataFrame([["Completely"] * 6 + ["Always"] * 4], columns=columns)
    how = {"items": "q{}", "method": "lookup", "age_group": "18-61", "mode": "self"}
    assert ps.score(words, "cfpb_fwb_10", **how).scores["financial_well_being"].tolist() == [45]
    words["q1"] = "Always"
    with pytest.raises(ps.InputError, match=r"'q1' of 'cfpb_fwb_10' .* holds 'Always'"):
        ps.score(words, "cfpb_fwb_10", **how)


def test_words_and_numbers_may_stand_in_one_column_and_share_the_files_coding():
    mixed = TEXT.astype(object)
    mixed.iloc[0] = [c + 1 for c in CODES[0]]
    pd.testing.assert_frame_equal(scored(mixed, coded_from=1), scored(NUMBERS))


def test_words_of_another_language_are_given_as_labels():
    labels = {"nunca": 0, "siempre": 6}
    data = pd.DataFrame(sheet(["Nunca"] * 16, ["SIEMPRE"] * 16))
    assert scored(data, labels=labels)["cynicism"].tolist() == [0, 6]
    with pytest.raises(ps.InputError, match="gives 'siempre' the code 7"):
        scored(data, labels=labels | {"siempre": 7})


def test_words_that_mean_no_answer_are_declared():
    data = TEXT.copy()
    data.loc[0, "mbi_1"] = "Prefer not to say"
    with pytest.raises(ps.InputError, match="row 0 holds 'Prefer not to say'"):
        scored(data)
    reason = scored(data, missing_codes=["prefer not to say"])["exhaustion_reason"]
    assert reason.fillna("scored").tolist() == ["too few items answered", "scored"]


def test_a_misspelt_word_gets_the_closest_answers():
    data = TEXT.copy()
    data.loc[1, "mbi_2"] = "Evry day"
    with pytest.raises(ps.InputError, match="row 1 holds 'Evry day'") as caught:
        scored(data)
    assert "every day" in caught.value.next_step


def test_empty_text_is_no_answer():
    data = TEXT.copy()
    data.loc[0, "mbi_1"] = " "
    assert scored(data)["exhaustion"].isna().tolist() == [True, False]
