"""Legacy cut-offs, bands, the weighted score and match: each edge by hand, and what bad input gets."""

import json
import warnings
from dataclasses import replace

import narwhals.stable.v2 as nw  # noqa: TID251  (tests look at frames of every kind)
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peerstats as ps
from peerstats.scoring._placement import band_of

HSS = {
    "emotional_exhaustion": (1, 2, 3, 6, 8, 13, 14, 16, 20),
    "depersonalization": (5, 10, 11, 15, 22),
    "personal_accomplishment": (4, 7, 9, 12, 17, 18, 19, 21),
}
GS = {"exhaustion": (1, 2, 3, 4, 6), "cynicism": (8, 9, 13, 14, 15)}
GS["professional_efficacy"] = (5, 7, 10, 11, 12, 16)


def rows_with_sums(scales, sums):
    """Make item columns whose scales have these sums: as many sixes as fit, then the rest."""
    columns = {f"q{i}": [] for items in scales.values() for i in items}
    for row in sums:
        for items, total in zip(scales.values(), row, strict=True):
            left = total
            for i in items:
                columns[f"q{i}"].append(None if left is None else min(left, 6))
                left = None if left is None else left - min(left, 6)
    return pd.DataFrame(columns)


def hss_sums(*sums, key="mbi_hss"):
    return ps.score(rows_with_sums(HSS, sums), key, items="q{}", method="sum")


def gs_means(*sums):
    return ps.score(rows_with_sums(GS, sums), "mbi_gs", items="q{}")


@pytest.fixture(scope="module")
def worklife():
    """Scores of four people on the Areas of Worklife Survey: its key is unconfirmed, and score() says so."""
    data = pd.DataFrame([[3] * 28, [4] * 28, [2] * 28, [None] * 28], columns=[f"a{i}" for i in range(1, 29)])
    data.loc[0, "a6"] = 4
    with pytest.warns(ps.PeerstatsWarning, match="key of 'aws_28' is not confirmed"):
        return ps.score(data, "aws_28", items="a{}")


# --- legacy cut-offs


@pytest.mark.parametrize(
    ("key", "cutoffs", "below", "on"),
    [
        # instruments' sets as printed: low <= 18, moderate 19-26, high >= 27 and so on
        ("mbi_hss_mp", "medicine", (18, 5, 33), (19, 6, 34)),
        ("mbi_hss", "medicine", (18, 5, 33), (19, 6, 34)),
        ("mbi_es", "education", (16, 8, 30), (17, 9, 31)),
        ("mbi_hss", "web_quizzes", (17, 5, 33), (18, 6, 34)),
    ],
)
def test_the_moderate_band_begins_where_it_is_printed(key, cutoffs, below, on):
    result = ps.burnout_levels(hss_sums(below, on, key=key), cutoffs)
    for scale in HSS:
        assert result.levels[f"{scale}_level"].tolist() == ["low", "moderate"]


@pytest.mark.parametrize(
    ("key", "cutoffs", "below", "on"),
    [
        ("mbi_hss_mp", "medicine", (26, 9, 39), (27, 10, 40)),
        ("mbi_es", "education", (26, 13, 36), (27, 14, 37)),
        ("mbi_hss", "web_quizzes", (29, 11, 39), (30, 12, 40)),
    ],
)
def test_the_high_band_begins_where_it_is_printed(key, cutoffs, below, on):
    result = ps.burnout_levels(hss_sums(below, on, key=key), cutoffs)
    for scale in HSS:
        assert result.levels[f"{scale}_level"].tolist() == ["moderate", "high"]


def test_a_set_says_its_norm_group_its_confidence_and_that_it_was_withdrawn():
    result = ps.burnout_levels(hss_sums((27, 10, 33)), "medicine")
    text = " ".join(str(result).split())
    assert "norm group: medicine, third-edition manual" in text
    assert "The publisher withdrew cut-offs in the fourth edition" in text
    assert "read in two independent sources" in text
    assert "personal_accomplishment: low below 34, moderate from 34, high from 40; low is burnout" in text
    assert result.cutoffs.group == "medicine, third-edition manual"
    assert result.glance()["cutoffs"].tolist() == ["medicine"]


def test_a_recalled_set_warns_once_and_notes_which_figures_were_read():
    with pytest.warns(ps.PeerstatsWarning, match=r"burnout_levels\(\): .*recalled, not confirmed") as said:
        result = ps.burnout_levels(hss_sums((27, 13, 31)), "human_services")
    assert len(said) == 1
    assert said[0].filename == __file__
    words = "recalled, not confirmed (exhaustion 27 and depersonalization 13: read in one source)"
    assert any(words in note for note in result.notes)


def test_levels_and_withheld_scores_are_counted_by_scale():
    result = ps.burnout_levels(hss_sums((27, 10, 33), (0, None, 40), (19, 9, 48)), "medicine")
    assert result.tidy().to_dict("list") == {
        "scale": [scale for scale in HSS for _ in range(3)],
        "level": ["low", "moderate", "high"] * 3,
        "n": [1, 1, 1, 0, 1, 1, 1, 0, 2],
        "share": pytest.approx([1 / 3] * 3 + [0, 0.5, 0.5] + [1 / 3, 0, 2 / 3]),
    }
    assert result.report().to_dict("list") == {
        "scale": ["depersonalization"],
        "reason": ["no item answered"],
        "n": [1],
    }
    assert result.levels["depersonalization_level_reason"].tolist()[1] == "no item answered"
    found = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert (found["schema"], found["kind"], found["n_withheld"]) == (1, "levels", 1)
    assert len(result.plot(ax=_axes()).patches) == 9


def _axes():
    from peerstats.plots import new_axes  # noqa: PLC0415  (only the tests that draw)

    return new_axes()


FWB = ps.score(
    pd.DataFrame({f"f{i}": [2] for i in range(1, 11)}),
    "cfpb_fwb_10",
    items="f{}",
    method="irt",
    age_group="18-61",
    mode="self",
)


@pytest.mark.parametrize(
    ("scores", "cutoffs", "message"),
    [
        (
            ps.score(rows_with_sums(HSS, [(1, 1, 1)]), "mbi_hss", items="q{}"),
            "medicine",
            r"'mbi_hss' is scored by method='mean', and this needs sums(.|\n)*method='sum'",
        ),
        (
            hss_sums((1, 1, 1)),
            "norwegian",
            r"no cut-offs 'norwegian'(.|\n)*'human_services' \(norm group: overall(.|\n)*'medicine' \(",
        ),
        (hss_sums((1, 1, 1)), None, r"no cut-offs None(.|\n)*'web_quizzes'"),
        (FWB, "medicine", r"'cfpb_fwb_10' has no cut-offs"),
        ([27, 10], "medicine", r"burnout_levels\(\): scores is a list"),
    ],
)
def test_cutoffs_are_refused_where_they_do_not_fit(scores, cutoffs, message):
    with pytest.raises(ps.InputError, match=message):
        ps.burnout_levels(scores, cutoffs)


@given(sums=st.lists(st.tuples(st.integers(0, 54), st.integers(0, 30), st.integers(0, 48)), max_size=6))
@settings(deadline=None, max_examples=25)
def test_levels_rise_with_the_sum_and_their_counts_are_everybody(sums):
    sums = [*sums, (0, 0, 0)]
    result = ps.burnout_levels(hss_sums(*sums), "medicine")
    order = ["low", "moderate", "high"]
    for place, scale in enumerate(HSS):
        level = [order.index(word) for word in result.levels[f"{scale}_level"]]
        by_sum = sorted(range(len(sums)), key=lambda i, place=place: sums[i][place])
        assert [level[i] for i in by_sum] == sorted(level)
    assert result.tidy()["n"].sum() == 3 * len(sums)


# --- bands


def test_a_band_begins_at_its_edge_and_who_has_no_score_has_none():
    bands = ps.get_instrument("cfpb_fwb_10").bands
    edges = np.array([14.0, 29, 30, 37, 38, 49, 50, 57, 58, 67, 68, 95, np.nan])
    assert band_of(edges, bands) == [
        *["very low"] * 2,
        *["low"] * 2,
        *["medium low"] * 2,
        *["medium high"] * 2,
        *["high"] * 2,
        *["very high"] * 2,
        None,
    ]


# --- the weighted score


def test_the_weighted_score_is_the_published_sum_of_means():
    # by hand: sums 10 5 33 are means 2, 1, 5.5: 0.4 x 2 + 0.3 x 1 + 0.3 x (6 - 5.5) = 1.25
    result = ps.burnout_composite(gs_means((10, 5, 33), (30, 30, 0), (15, 15, 15)))
    assert result.scores["kalimo"].tolist() == pytest.approx([1.25, 6, 3.15], rel=1e-14)
    assert result.scores["kalimo_band"].tolist() == ["no burnout", "burnout", "some symptoms"]
    assert any("read in one source (bio-protocol minidetail 9033186)" in note for note in result.notes)
    assert "kalimo = 0.4 exhaustion + 0.3 cynicism + 0.3 (6 - professional_efficacy), of means" in str(result)


@pytest.mark.parametrize(
    ("sums", "value", "band"),
    [
        # exact in decimals: 0.4 x 3 + 0.3 x 0 + 0.3 x 1 = 1.5; 0.4 x 5 + 0.3 x 3 + 0.3 x 2 = 3.5
        ((15, 0, 30), 1.5, "some symptoms"),
        ((14, 0, 30), 1.42, "no burnout"),
        ((25, 15, 24), 3.5, "burnout"),
        ((24, 15, 24), 3.42, "some symptoms"),
    ],
)
def test_a_band_of_the_weighted_score_begins_on_its_edge(sums, value, band):
    row = ps.burnout_composite(gs_means(sums)).scores.iloc[0]
    assert row["kalimo"] == pytest.approx(value, rel=1e-14)
    assert row["kalimo_band"] == band


def test_a_missing_scale_withholds_the_weighted_score():
    result = ps.burnout_composite(gs_means((10, 5, 33), (10, None, 33), (30, 30, 0)))
    reason = "no score of exhaustion or cynicism or professional_efficacy"
    assert np.isnan(result.scores["kalimo"].iloc[1])
    assert result.scores["kalimo_band_reason"].tolist()[1] == reason
    assert result.report().to_dict("list") == {"reason": [reason], "n": [1]}
    glance = result.glance().iloc[0]
    assert (glance["n"], glance["n_scored"], glance["composite"]) == (3, 2, "kalimo")
    assert (glance["minimum"], glance["maximum"]) == (pytest.approx(1.25), 6)
    assert glance["mean"] == pytest.approx(3.625)
    assert result.tidy()["n"].tolist() == [1, 0, 1]
    assert len(result.plot(ax=_axes()).patches) > 0
    assert list(result.attach().columns)[-3:] == ["kalimo", "kalimo_band", "kalimo_band_reason"]


@pytest.mark.parametrize(
    ("scores", "name", "message"),
    [
        (
            ps.score(rows_with_sums(GS, [(1, 1, 1)]), "mbi_gs", items="q{}", method="sum"),
            "kalimo",
            r"'mbi_gs' is scored by method='sum', and this needs means(.|\n)*method='mean'",
        ),
        (gs_means((1, 1, 1)), "kalimoo", r"no weighted score 'kalimoo'(.|\n)*'kalimo'"),
        (hss_sums((1, 1, 1)), "kalimo", r"burnout_composite\(\): 'mbi_hss' has no weighted score"),
        (2.5, "kalimo", r"scores is a float"),
    ],
)
def test_a_weighted_score_is_refused_where_there_is_none(scores, name, message):
    with pytest.raises(ps.InputError, match=message):
        ps.burnout_composite(scores, name)


def test_a_recalled_weighted_score_warns():
    plain = gs_means((10, 5, 33))
    instrument = plain.plan.instrument
    recalled = replace(instrument.composites[0], confidence="R")
    scores = replace(plain, plan=replace(plain.plan, instrument=replace(instrument, composites=(recalled,))))
    with pytest.warns(ps.PeerstatsWarning, match=r"burnout_composite\(\): .*recalled, not confirmed"):
        ps.burnout_composite(scores)


# --- match and mismatch


def test_above_the_midpoint_is_a_match_below_it_a_mismatch_and_on_it_neutral(worklife):
    result = ps.worklife_match(worklife)
    # every answer 3 is 3 after reversal, too; one 4 among four lifts control to 3.25
    assert result.matches["control_match"].tolist()[:3] == ["match", "match", "mismatch"]
    assert result.matches["values_match"].tolist()[:3] == ["neutral", "match", "mismatch"]
    # workload reverses three of five: all 4 gives (3 x 2 + 2 x 4) / 5 = 2.8
    assert result.matches["workload_match"].tolist()[:3] == ["neutral", "mismatch", "match"]
    assert result.matches["control_match"].isna().tolist() == [False, False, False, True]
    assert result.tidy().query("scale == 'control'")["n"].tolist() == [1, 0, 2]
    assert result.tidy().query("scale == 'control'")["match"].tolist() == ["mismatch", "neutral", "match"]
    assert result.report()["n"].tolist() == [1] * 6
    assert result.glance()["midpoint"].tolist() == [3]


def test_the_unconfirmed_rule_and_key_are_noted_and_not_warned_of_twice(worklife):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = ps.worklife_match(worklife)
    assert "recalled, not confirmed" in result.notes[0]
    assert any("key of 'aws_28' is not confirmed" in note for note in result.notes)
    assert json.loads(json.dumps(result.to_dict()))["kind"] == "matches"


def test_a_recalled_rule_warns_where_the_key_did_not(worklife):
    instrument = replace(worklife.plan.instrument, confirmed=True)
    scores = replace(worklife, plan=replace(worklife.plan, instrument=instrument))
    with pytest.warns(ps.PeerstatsWarning, match=r"worklife_match\(\): That 3 divides(.|\n)*not confirmed"):
        ps.worklife_match(scores)


def test_an_instrument_without_the_rule_is_refused():
    with pytest.raises(ps.InputError, match=r"worklife_match\(\): 'mbi_gs' has no rule(.|\n)*'aws_28'"):
        ps.worklife_match(gs_means((1, 1, 1)))
    with pytest.raises(ps.InputError, match="scores is a NoneType"):
        ps.worklife_match(None)


def test_categories_come_back_in_the_callers_kind(make_frame):
    data = make_frame(rows_with_sums(HSS, [(27, 10, 33), (0, None, 40)]).to_dict("list"))
    result = ps.burnout_levels(ps.score(data, "mbi_hss", items="q{}", method="sum"), "medicine")
    assert type(result.levels) is type(data)
    levels = nw.from_native(result.levels, eager_only=True)
    assert levels["depersonalization_level"].is_null().to_list() == [False, True]
    assert levels["emotional_exhaustion_level"].to_list() == ["high", "low"]
    attached = nw.from_native(result.attach(), eager_only=True)
    assert attached.columns[:22] == nw.from_native(data, eager_only=True).columns
    assert attached.columns[22:] == levels.columns
