"""The 2016 National Financial Well-Being Survey: the published score of every respondent."""

import numpy as np
import pytest

import peerstats as ps

ITEMS = [f"FWB1_{i}" for i in range(1, 7)] + [f"FWB2_{i}" for i in range(1, 5)]
GROUPS = ("agecat", dict.fromkeys(range(1, 6), "18-61") | dict.fromkeys(range(6, 9), "62+"))
HOW = {"age_group": GROUPS, "mode": "self", "coded_from": 1, "missing_codes": [-1, -4]}


def test_irt_gives_the_published_score_of_all_6389_respondents(national):
    scores = ps.score(national, "cfpb_fwb_10", items=ITEMS, method="irt", **HOW).scores[
        "financial_well_being"
    ]
    published = national["FWBscore"]
    assert (published > 0).sum() == 6_389
    assert (scores[published > 0] == published[published > 0]).all()
    assert scores[published < 0].isna().all()


def test_scores_are_attached_to_the_file_without_a_word_from_pandas(national):
    attached = ps.score(national, "cfpb_fwb_10", items=ITEMS, method="irt", **HOW).attach()
    assert attached.columns[:217].equals(national.columns)
    assert (attached["financial_well_being"].fillna(0) == national["FWBscore"].clip(lower=0)).all()


def test_lookup_agrees_for_1041_of_the_6375_complete_forms(national):
    result = ps.score(national, "cfpb_fwb_10", items=ITEMS, method="lookup", **HOW)
    scores = result.scores["financial_well_being"]
    assert scores.notna().sum() == 6_375
    assert (scores == national["FWBscore"]).sum() == 1_041
    report = result.report()
    assert dict(zip(report["reason"], report["n"], strict=True)) == {
        "no item answered": 5,
        "too few items answered": 14,
    }


@pytest.mark.parametrize(
    ("method", "n", "correlation", "difference"),
    [("lookup", 6_377, 0.9536, -1.12), ("irt", None, 0.9626, -1.13)],
)
def test_the_five_item_form_stands_to_the_published_score_as_computed(
    national, method, n, correlation, difference
):
    items = [ITEMS[i - 1] for i in (3, 5, 6, 8, 10)]
    scores = ps.score(national, "cfpb_fwb_5", items=items, method=method, **HOW).scores[
        "financial_well_being"
    ]
    complete = (national[items] > 0).all(axis=1)
    assert n is None or scores.notna().sum() == n
    assert np.corrcoef(scores[complete], national["FWBscore"][complete])[0, 1] == pytest.approx(
        correlation, abs=5e-5
    )
    assert (scores - national["FWBscore"])[complete].mean() == pytest.approx(difference, abs=5e-3)


def test_the_file_without_a_word_on_its_coding_stops(national):
    with pytest.raises(ps.InputError, match=r"item column 'FWB1_1' .* is answered 0 to 4; row \d+ holds"):
        ps.score(
            national,
            "cfpb_fwb_10",
            items=ITEMS,
            method="irt",
            age_group=GROUPS,
            mode="self",
            missing_codes=[-1, -4],
        )
    with pytest.raises(ps.InputError, match=r"holds -4 \(111 such answers in 10 columns\)"):
        ps.score(
            national, "cfpb_fwb_10", items=ITEMS, method="irt", age_group=GROUPS, mode="self", coded_from=1
        )
