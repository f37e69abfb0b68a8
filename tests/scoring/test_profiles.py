"""Burnout profiles: the rule table by hand, the laws it obeys, and what bad input gets."""

import json
import warnings
from collections import Counter

import narwhals.stable.v2 as nw  # noqa: TID251  (tests look at frames of every kind)
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peerstats as ps

# Items of the three scales of the General Survey, English numbering.
EXHAUSTION, CYNICISM, EFFICACY = (1, 2, 3, 4, 6), (8, 9, 13, 14, 15), (5, 7, 10, 11, 12, 16)
SCALES = (EXHAUSTION, CYNICISM, EFFICACY)

# Boundaries by hand: 2 + 0.5 x 2 = 3, 1.75 + 1.25 x 1 = 3, 2.9 + 0.10 x 1 = 3.
NORM = {"exhaustion": (2.0, 2.0), "cynicism": (1.75, 1.0), "efficacy": (2.9, 1.0)}

BOTH = "exhausted and cynical, yet efficacious"
TIRED = "exhausted and not efficacious, not cynical"
AWAY = "cynical and not efficacious, not exhausted"

# (exhaustion, cynicism, efficacy) high -> profile: Leiter and Maslach (2016), who name five of them
TABLE = {
    (0, 0, 1): "Engaged",
    (0, 0, 0): "Ineffective",
    (1, 0, 1): "Overextended",
    (0, 1, 1): "Disengaged",
    (1, 1, 0): "Burnout",
    (1, 1, 1): BOTH,
    (1, 0, 0): TIRED,
    (0, 1, 0): AWAY,
}
NAMES = set(TABLE.values())


def answers(*people):
    """Make the item columns of people whose answers to a scale's items are all the same number."""
    rows = []
    for person in people:
        row = {}
        for items, answer in zip(SCALES, person, strict=True):
            row |= {f"mbi_{i}": answer for i in items}
        rows.append(row)
    return {name: [row[name] for row in rows] for name in rows[0]}


def scored(*people, **how):
    return ps.score(pd.DataFrame(answers(*people)), "mbi_gs", items="mbi_{}", **how)


def profiles(*people, norm=NORM, **how):
    return ps.burnout_profiles(scored(*people), norm=norm, **how)


def as_list(result):
    return [None if pd.isna(word) else word for word in result.profiles["profile"]]


def hss(*people):
    """Make sums of the Human Services Survey from three numbers that are answered throughout."""
    scales = ((1, 2, 3, 6, 8, 13, 14, 16, 20), (5, 10, 11, 15, 22), (4, 7, 9, 12, 17, 18, 19, 21))
    rows = [
        {f"q{i}": answer for items, answer in zip(scales, person, strict=True) for i in items}
        for person in people
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("pattern", TABLE)
def test_each_of_the_eight_patterns_has_its_profile(pattern):
    assert as_list(profiles([5 if high else 1 for high in pattern])) == [TABLE[pattern]]


@pytest.mark.parametrize(
    ("person", "high", "low"),
    [
        ((3, 1, 5), "Overextended", "Engaged"),
        ((1, 3, 5), "Disengaged", "Engaged"),
        ((1, 1, 3), "Engaged", "Ineffective"),
        ((5, 3, 1), "Burnout", TIRED),
        ((3, 3, 3), BOTH, "Ineffective"),
    ],
)
def test_a_score_on_its_boundary_counts_as_the_tie_rule_says(person, high, low):
    assert as_list(profiles(person)) == as_list(profiles(person, ties="high")) == [high]
    assert as_list(profiles(person, ties="low")) == [low]


def test_a_tie_is_a_tie_however_the_boundary_was_rounded():
    # on paper 0.55 + 0.5 x 0.1 is three fifths; in binary it is not, and misses the score by one bit
    assert 0.55 + 0.5 * 0.1 > 3 / 5
    row = answers((0, 0, 5)) | {f"mbi_{i}": [1] for i in EXHAUSTION[:3]}
    scores = ps.score(pd.DataFrame(row), "mbi_gs", items="mbi_{}")
    norm = NORM | {"exhaustion": (0.55, 0.1)}
    assert as_list(ps.burnout_profiles(scores, norm=norm)) == ["Overextended"]
    assert as_list(ps.burnout_profiles(scores, norm=norm, ties="low")) == ["Engaged"]


def test_scores_on_a_boundary_are_counted_in_print():
    text = str(profiles((3, 1, 5), (3, 3, 5), (1, 1, 1)).summary())
    assert "exhaustion: high from 3.000 = 2.000 + 0.5 x SD 2.000; 2 on the boundary" in text
    assert "cynicism: high from 3.000 = 1.750 + 1.25 x SD 1.000; 1 on the boundary" in text
    assert "professional_efficacy: high from 3.000 = 2.900 + 0.1 x SD 1.000; 0 on the boundary" in text
    assert "a score on its boundary counts as high (ties='high')" in text


def test_the_unnamed_patterns_stay_apart_unless_a_convention_is_asked_for():
    people = [[5 if high else 1 for high in pattern] for pattern in TABLE]
    apart = profiles(*people)
    assert apart.unnamed == "separate"
    assert apart.tidy()["n"].tolist() == [1] * 8
    assert (apart.n_unnamed, apart.glance()["n_unnamed"].tolist()) == (3, [3])
    with pytest.warns(ps.PeerstatsWarning, match=r"unnamed='publisher' (.|\n)*not confirmed"):
        publisher = profiles(*people, unnamed="publisher")
    with pytest.warns(ps.PeerstatsWarning, match=r"unnamed='customary' (.|\n)*not confirmed"):
        customary = profiles(*people, unnamed="customary")
    assert as_list(publisher) == [*[TABLE[p] for p in list(TABLE)[:5]], "Burnout", TIRED, AWAY]
    assert as_list(customary) == [*as_list(publisher)[:6], "Overextended", "Disengaged"]
    assert len(publisher.tidy()) == 7
    assert customary.tidy().set_index("profile")["n"].to_dict() == {
        "Engaged": 1,
        "Ineffective": 1,
        "Overextended": 2,
        "Disengaged": 2,
        "Burnout": 2,
    }
    # who falls there is told whatever becomes of them
    assert publisher.n_unnamed == customary.n_unnamed == 3
    assert any("recalled" in note and "not confirmed" in note for note in customary.notes)
    assert [row["n"] for row in customary.to_dict()["patterns"]] == [1] * 8


def test_one_warning_a_call_says_all_there_is_to_say():
    sums = ps.score(hss([5, 5, 1]), "mbi_hss", items="q{}", method="sum")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        result = ps.burnout_profiles(sums, norm="mbi_hss_us_1996", unnamed="publisher")
    assert len(said) == 1
    assert said[0].filename == __file__
    assert "'mbi_hss_us_1996' are not confirmed" in str(said[0].message)
    assert "unnamed='publisher'" in str(said[0].message)
    assert sum("not confirmed" in note for note in result.notes) == 2


def test_the_sample_as_its_own_norm_has_its_own_means_and_sds():
    people = [(1, 0, 2), (2, 1, 3), (3, 1, 4), (6, 5, 5), (None, 2, 5)]
    result = profiles(*people, norm="sample")
    exhaustion, cynicism, efficacy = result.boundaries
    # by hand: 1 2 3 6 has mean 3, SD sqrt(14 / 3); 0 1 1 5 2 mean 1.8; 2 3 4 5 5 mean 3.8
    assert (exhaustion.mean, exhaustion.sd, exhaustion.n) == (3, pytest.approx(np.sqrt(14 / 3), rel=1e-15), 4)
    assert (cynicism.mean, cynicism.n) == (pytest.approx(1.8, rel=1e-15), 5)
    assert exhaustion.value == pytest.approx(3 + 0.5 * np.sqrt(14 / 3), rel=1e-15)
    assert efficacy.value == pytest.approx(3.8 + 0.1 * np.sqrt(6.8 / 4), rel=1e-15)
    assert result.norm == "this sample"
    assert as_list(result) == ["Ineffective", "Ineffective", "Engaged", BOTH, None]


def test_a_respondent_without_a_score_has_no_profile_and_the_reason_is_counted():
    people = [(1, 1, 5), (None, 1, 5), (1, None, None), (None, None, None), (None, 2, 4)]
    result = profiles(*people)
    assert as_list(result) == ["Engaged", None, None, None, None]
    assert result.profiles["profile_reason"].tolist()[1:] == [
        "no score of exhaustion",
        "no score of cynicism and professional_efficacy",
        "no score",
        "no score of exhaustion",
    ]
    assert result.report().set_index("reason")["n"].to_dict() == {
        "no score of exhaustion": 2,
        "no score of cynicism and professional_efficacy": 1,
        "no score": 1,
    }
    glance = result.glance().iloc[0]
    assert (glance["n"], glance["n_scored"], glance["n_withheld"]) == (5, 1, 4)
    assert "; 2 no score of exhaustion; 1 no score" in " ".join(str(result.summary()).split())


def test_a_bundled_norm_of_a_group_gives_the_boundaries_of_that_group():
    # 16.89 + 0.5 x 8.90 = 21.34; 5.72 + 1.25 x 4.62 = 11.495; 30.87 + 0.10 x 6.37 = 31.507
    sums = ps.score(hss([3, 2, 4], [2, 3, 3]), "mbi_hss", items="q{}", method="sum")
    with pytest.warns(ps.PeerstatsWarning, match="not confirmed"):
        result = ps.burnout_profiles(sums, norm="mbi_hss_us_1996", group="mental health")
    assert [b.value for b in result.boundaries] == pytest.approx([21.34, 11.495, 31.507], abs=1e-12)
    assert [b.n for b in result.boundaries] == [730] * 3
    assert result.norm == "mbi_hss_us_1996, mental health"
    assert as_list(result) == ["Overextended", AWAY]  # sums 27 10 32 and 18 15 24
    with pytest.warns(ps.PeerstatsWarning, match="not confirmed"):
        records = {
            role: ps.get_norm("mbi_hss_us_1996", scale=scale, by="occupation", group="mental health")
            for role, scale in ps.get_instrument("mbi_hss").roles.items()
        }
    with pytest.warns(ps.PeerstatsWarning, match="not confirmed"):
        again = ps.burnout_profiles(sums, norm=records)
    assert as_list(again) == as_list(result)


def test_a_norm_of_a_sister_form_is_used_and_said_to_be_one():
    sums = ps.score(hss([3, 2, 4]), "mbi_es", items="q{}", method="sum")
    with pytest.warns(ps.PeerstatsWarning, match="Not the same form: the scores are of mbi_es"):
        result = ps.burnout_profiles(sums, norm="mbi_hss_us_1996", group="teaching, K-12")
    assert any(note.startswith("Not the same form") for note in result.notes)


def test_profiles_come_back_in_the_callers_kind_and_order(make_frame):
    data = make_frame(answers((5, 5, 1), (None, 1, 1), (1, 1, 5)))
    scores = ps.score(data, "mbi_gs", items="mbi_{}")
    result = ps.burnout_profiles(scores, norm=NORM)
    assert type(result.profiles) is type(data)
    rows = nw.from_native(result.profiles, eager_only=True)
    assert rows.columns == ["profile", "profile_reason"]
    assert rows["profile"].is_null().to_list() == [False, True, False]
    assert [rows["profile"][0], rows["profile"][2]] == ["Burnout", "Engaged"]
    attached = nw.from_native(result.attach(), eager_only=True)
    assert attached.columns == [*nw.from_native(data, eager_only=True).columns, *rows.columns]


def test_a_pandas_index_is_kept_and_a_taken_name_is_refused():
    data = pd.DataFrame(answers((5, 5, 1)), index=["ann"])
    scores = ps.score(data.assign(profile="x"), "mbi_gs", items="mbi_{}")
    result = ps.burnout_profiles(scores, norm=NORM)
    assert list(result.profiles.index) == ["ann"]
    with pytest.raises(ps.InputError, match="already have a column 'profile'"):
        result.attach()


def test_the_result_as_plain_data_holds_no_respondent_and_is_json():
    found = json.loads(json.dumps(profiles((5, 5, 1), (1, 1, 5), (None, 1, 1)).to_dict(), allow_nan=False))
    assert (found["schema"], found["kind"], found["n"], found["ties"]) == (1, "profiles", 3, "high")
    assert found["boundaries"][0] == {
        "role": "exhaustion",
        "scale": "exhaustion",
        "mean": 2.0,
        "sd": 2.0,
        "step": 0.5,
        "value": 3.0,
        "n": None,
    }
    assert sum(row["n"] for row in found["rows"]) == sum(row["n"] for row in found["patterns"]) == 2
    assert found["report"] == [{"reason": "no score of exhaustion", "n": 1}]


def test_the_picture_has_a_bar_a_profile():
    from peerstats.plots import describe, new_axes  # noqa: PLC0415  (only this test draws)

    ax = profiles((5, 5, 1), (1, 1, 5), (1, 1, 5), (1, 1, 5)).plot(ax=new_axes())
    assert [round(float(bar.get_width()), 2) for bar in ax.patches] == [0.75, 0, 0, 0, 0.25, 0, 0, 0]
    assert "Engaged: 75.0%" in describe(ax)


levels = st.integers(0, 6)
person = st.tuples(*[st.one_of(st.none(), levels)] * 3)
people = st.lists(person, min_size=1, max_size=12)


@given(person=st.tuples(levels, levels, levels), ties=st.sampled_from(["high", "low"]))
@settings(deadline=None, max_examples=60)
def test_every_complete_respondent_falls_in_exactly_one_pattern(person, ties):
    result = profiles(person, ties=ties)
    assert result.patterns.sum() == 1
    assert as_list(result)[0] in NAMES
    assert result.tidy()["n"].sum() == 1


@given(person=st.tuples(levels, levels, levels), more=levels, ties=st.sampled_from(["high", "low"]))
@settings(deadline=None, max_examples=60)
def test_raising_exhaustion_never_leaves_an_exhausted_profile(person, more, ties):
    exhausted = {"Overextended", "Burnout", BOTH, TIRED}
    exhaustion, cynicism, efficacy = person
    before, after = as_list(profiles(person, (max(exhaustion, more), cynicism, efficacy), ties=ties))
    assert before not in exhausted or after in exhausted


@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_profiles_do_not_depend_on_the_order_of_rows(data):
    group = data.draw(st.lists(st.tuples(levels, levels, levels), min_size=4, max_size=12))
    if any(len(set(column)) == 1 for column in zip(*group, strict=True)):
        group += [(0, 0, 0), (6, 6, 6)]
    order = data.draw(st.permutations(range(len(group))))
    plain = as_list(profiles(*group, norm="sample"))
    assert as_list(profiles(*(group[i] for i in order), norm="sample")) == [plain[i] for i in order]


@given(people=people)
@settings(deadline=None, max_examples=40)
def test_counts_of_profiles_and_of_reasons_sum_to_everybody(people):
    result = profiles(*people)
    placed, withheld = result.tidy()["n"].sum(), result.report()["n"].sum()
    assert placed + withheld == len(people)
    assert withheld == sum(None in each for each in people)
    assert result.tidy()["share"].sum() == pytest.approx(1) or placed == 0
    assert Counter(word for word in as_list(result) if word) == Counter(
        {word: n for word, n in zip(result.tidy()["profile"], result.tidy()["n"], strict=True) if n}
    )


@given(group=st.lists(st.tuples(levels, levels, levels), min_size=1, max_size=8))
@settings(deadline=None, max_examples=30)
def test_sums_with_a_norm_of_sums_give_the_profiles_of_means_with_a_norm_of_means(group):
    sizes = dict(zip(NORM, map(len, SCALES), strict=True))
    in_sums = {role: (mean * sizes[role], sd * sizes[role]) for role, (mean, sd) in NORM.items()}
    sums = ps.burnout_profiles(scored(*group, method="sum"), norm=in_sums)
    assert as_list(sums) == as_list(profiles(*group))


def _fwb():
    data = pd.DataFrame({f"f{i}": [2] for i in range(1, 11)})
    return ps.score(data, "cfpb_fwb_10", items="f{}", method="irt", age_group="18-61", mode="self")


GS = scored((5, 5, 1), (1, 1, 5), (2, 2, 2))
GS_SUMS = scored((5, 5, 1), (1, 1, 5), method="sum")
HSS_MEANS = ps.score(hss([3, 2, 4]), "mbi_hss", items="q{}")
OWN = ps.benchmark(2.1, sd=1.2, n=300, name="own")


@pytest.mark.parametrize(
    ("scores", "how", "message"),
    [
        (pd.DataFrame(), {}, r"burnout_profiles\(\): scores is a DataFrame(.|\n)*Score first"),
        (_fwb(), {}, r"'cfpb_fwb_10' has no scales of exhaustion(.|\n)*'mbi_gs'"),
        (GS, {"ties": ">="}, r"ties='>=' is not known(.|\n)*'high', 'low'"),
        (GS, {"unnamed": "drop"}, r"unnamed='drop'(.|\n)*'separate', 'publisher', 'customary'"),
        (GS, {"norm": "mbi_hss"}, r"no norm is called 'mbi_hss'(.|\n)*'mbi_hss_us_1996'"),
        (GS, {"norm": "fwb_us_2016"}, r"'fwb_us_2016' holds scores of 'cfpb_fwb_10'"),
        (GS_SUMS, {"norm": "mbi_hss_us_1996"}, r"holds scores of 'mbi_hss' and none of 'exhaustion'"),
        (
            HSS_MEANS,
            {"norm": "mbi_hss_us_1996"},
            r"is of scores by method='sum', and these (.|\n)*method='mean'(.|\n)*Score with method='sum'",
        ),
        (
            HSS_MEANS,
            {"norm": "mbi_hss_us_1996", "group": "mental heath"},
            r"has no group 'mental heath'(.|\n)*'mental health'",
        ),
        (GS, {"group": "medicine"}, r"group='medicine' is given, and norm= is no bundled norm"),
        (GS, {"norm": {"exhaustion": (2, 1)}}, r"norm= has 'exhaustion'(.|\n)*here professional_efficacy"),
        (GS, {"norm": [(2, 1)] * 3}, r"norm is a list"),
        (GS, {"norm": NORM | {"cynicism": 1.5}}, r"norm\['cynicism'\] is 1.5(.|\n)*\(mean, SD\)"),
        (GS, {"norm": NORM | {"cynicism": (1.5, np.nan)}}, r"norm\['cynicism'\] is \(1.5, nan\)"),
        (GS, {"norm": NORM | {"cynicism": (1.5, 0)}}, r"\(1.5, 0\) cannot be mean and SD"),
        (GS, {"norm": NORM | {"cynicism": (1.5, 5)}}, r"\(1.5, 5\) cannot be mean and SD"),
        (
            GS,
            {"norm": {"exhaustion": (20.99, 10.75), "cynicism": (8.73, 5.89), "efficacy": (34.58, 7.11)}},
            r"\(20.99, 10.75\) cannot be mean and SD of 'exhaustion'(.|\n)*method='mean' from 0 to 6 here",
        ),
        (
            GS_SUMS,
            {"norm": NORM},
            r"by method='sum', and the norm's means \(2, 1.75, 2.9\) look like means of items",
        ),
        (GS, {"norm": dict.fromkeys(NORM, ps.oews("21-1093", statistic="median"))}, r"is a median"),
        (
            GS,
            {"norm": dict.fromkeys(NORM, ps.benchmark(2.0, std_error=0.1, name="plain"))},
            r"'plain' has no SD",
        ),
        (
            GS,
            {"norm": dict.fromkeys(NORM, ps.get_norm("fwb_us_2016"))},
            r"is of the scale 'financial_well_being'",
        ),
        (scored((1, 1, 1)), {}, r"1 of the sample's respondents have a score of 'exhaustion'"),
        (scored((1, 1, 1), (1, 2, 2)), {}, r"all of the sample's scores of 'exhaustion' are 1"),
        (
            scored((None, 1, 1), (None, 2, 2)),
            {},
            r"0 of the sample's respondents have a score of 'exhaustion'",
        ),
    ],
)
def test_what_cannot_be_placed_is_refused_with_its_reason(scores, how, message):
    with pytest.raises(ps.InputError, match=message):
        ps.burnout_profiles(scores, **how)


def test_a_published_figure_of_ones_own_can_be_the_norm():
    result = ps.burnout_profiles(GS, norm={"exhaustion": OWN, "cynicism": (1.5, 1.0), "efficacy": (4.0, 1.0)})
    assert result.boundaries[0].value == pytest.approx(2.1 + 0.5 * 1.2, rel=1e-15)
    assert result.boundaries[0].n == 300
