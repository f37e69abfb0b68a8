"""Reliability: psych's numbers, laws, groups, weights, and what bad data get."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "reliability_psych"
ITEMS = [f"q{i}" for i in range(1, 10)]
SCALE = {"items": ITEMS, "reverse": ["q4"], "low": 0, "high": 6}
# Both sides are formulas of the same sums.
RTOL = 1e-10


@pytest.fixture(scope="module")
def answers():
    return pd.read_csv(GOLDEN / "input_simulated.csv")


@pytest.fixture(scope="module")
def expected():
    return pd.read_csv(GOLDEN / "expected.csv").set_index(["set", "name"])["value"]


def estimates(result, column="estimate"):
    return result.tidy().set_index(["scale", "group", "coefficient"])[column]


def test_coefficients_equal_psych_s_and_lavaan_s(answers, expected):
    keyed = ps.reliability(answers, **SCALE)
    unkeyed = ps.reliability(answers, items=ITEMS)
    groups = ps.reliability(answers, **SCALE, by="group")
    for result, group, name in (
        (keyed, "all", "keyed"),
        (unkeyed, "all", "unkeyed"),
        (groups, "peer", "peer"),
        (groups, "other", "other"),
    ):
        found = estimates(result)["scale", group]
        for key in ("alpha", "standardised_alpha", "lambda_2"):
            assert_allclose(found[key], expected[name, key], rtol=RTOL)
        # lavaan's optimiser leaves a gradient that shows in the eighth digit
        assert_allclose(found["omega"], expected[name, "omega"], rtol=1e-6)
        limits = result.tidy().query("coefficient == 'alpha' and group == @group").iloc[0]
        assert_allclose(limits["conf_low"], expected[name, "conf_low"], rtol=RTOL)
        assert_allclose(limits["conf_high"], expected[name, "conf_high"], rtol=RTOL)
        scale = result.scale_statistics().query("group == @group").iloc[0]
        for key in ("mean", "sd", "inter_item_low", "inter_item_mean", "inter_item_high"):
            assert_allclose(scale[key], expected[name, key], rtol=RTOL)


@pytest.mark.parametrize("key", ["keyed", "unkeyed"])
def test_item_statistics_equal_psych_s(answers, key):
    result = ps.reliability(answers, **(SCALE if key == "keyed" else {"items": ITEMS}))
    theirs = pd.read_csv(GOLDEN / "items.csv").query("set == @key")
    for column in ("mean", "sd", "item_rest", "alpha_dropped"):
        assert_allclose(result.items()[column], theirs[column], rtol=RTOL)


def test_guttman_s_lambda_2_in_psych_is_that_of_correlations(answers, expected):
    x = answers[ITEMS].dropna()
    standardised = (x - x.mean()) / x.std() * np.where(x.columns == "q4", -1, 1)
    found = estimates(ps.reliability(standardised, items=ITEMS))
    assert_allclose(
        found["scale", "all", "lambda_2"], expected["keyed", "lambda_2_of_correlations"], rtol=RTOL
    )


def test_alpha_is_unchanged_by_shifting_and_scaling_all_items_together(answers):
    one = ps.reliability(answers, items=ITEMS).tidy()
    moved = answers.assign(**{item: 100 - 2.5 * answers[item] for item in ITEMS})
    other = ps.reliability(moved, items=ITEMS).tidy()
    for column in ("estimate", "conf_low", "conf_high"):
        assert_allclose(other[column], one[column], rtol=1e-9)
    assert_allclose(other["sem"], 2.5 * one["sem"], rtol=1e-8)


def test_rows_and_items_may_come_in_any_order(answers, rng):
    one = ps.reliability(answers, **SCALE, coefficients=["alpha", "lambda_2", "omega", "ordinal_alpha"])
    shuffled = answers.sample(frac=1, random_state=1)
    turned = SCALE | {"items": list(rng.permutation(ITEMS))}
    other = ps.reliability(shuffled, **turned, coefficients=["alpha", "lambda_2", "omega", "ordinal_alpha"])
    assert_allclose(other.tidy()["estimate"], one.tidy()["estimate"], rtol=1e-8)
    both = one.items().merge(other.items(), on="item", suffixes=("", "_other"))
    assert len(both) == 9
    assert_allclose(both["item_rest"], both["item_rest_other"], rtol=1e-9)


@pytest.mark.parametrize("interval", ["feldt", "bonett", "percentile", "bca"])
def test_frequency_weights_equal_rows_repeated(answers, interval):
    copies = np.arange(len(answers)) % 3
    counted = answers.assign(copies=copies)
    how = {**SCALE, "interval": interval, "n_replicates": 100, "rng": 3, "by": "group"}
    weighted = ps.reliability(counted, weights="copies", weight_kind="frequency", **how)
    repeated = ps.reliability(answers.loc[np.repeat(answers.index, copies)], **how)
    for column in ("estimate", "std_error", "conf_low", "conf_high", "sem"):
        assert_allclose(weighted.tidy()[column], repeated.tidy()[column], rtol=1e-8)
    for column in ("mean", "sd", "item_rest", "alpha_dropped", "floor", "ceiling"):
        assert_allclose(weighted.items()[column], repeated.items()[column], rtol=1e-9)
    assert_allclose(weighted.tests()["p_value"], repeated.tests()["p_value"], rtol=1e-8)


def test_equal_sampling_weights_change_no_estimate(answers):
    weighted = ps.reliability(answers.assign(w=0.25), weights="w", interval=None, **SCALE)
    plain = ps.reliability(answers, interval=None, **SCALE)
    for column in ("estimate", "sem"):
        assert_allclose(weighted.tidy()[column], plain.tidy()[column], rtol=1e-9)


def test_one_factor_with_equal_loadings_makes_omega_alpha(rng):
    root = np.linalg.cholesky(np.full((5, 5), 0.4) + 0.6 * np.eye(5))
    x = rng.normal(size=(200, 5))
    x = np.linalg.solve(np.linalg.cholesky(np.cov(x.T)), (x - x.mean(axis=0)).T).T @ root.T
    found = estimates(ps.reliability(pd.DataFrame(x, columns=list("abcde")), items=list("abcde")))[
        "scale", "all"
    ]
    assert_allclose(found["omega"], found["alpha"], rtol=1e-7)
    assert_allclose(found["alpha"], 5 * 0.4 / (1 + 4 * 0.4), rtol=1e-9)


def test_the_bootstrap_is_the_same_for_the_same_seed_and_near_normal_theory(answers):
    how = {**SCALE, "coefficients": ["alpha", "omega"], "n_replicates": 1000}
    one, other = (ps.reliability(answers, interval="percentile", rng=4, **how).tidy() for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    theory = ps.reliability(answers, **how).tidy()
    assert_allclose(one["conf_low"][0], theory["conf_low"][0], atol=0.02)
    assert_allclose(one["std_error"][0], theory["std_error"][0], rtol=0.2)
    bca = ps.reliability(answers, interval="bca", rng=4, **how).tidy()
    assert (bca["conf_low"] < bca["estimate"]).all()
    assert (bca["estimate"] < bca["conf_high"]).all()


def test_clusters_answering_alike_widen_the_limits(answers):
    ten = answers[ITEMS].dropna().head(60)
    alike = pd.concat([ten] * 10).assign(site=np.tile(np.arange(60), 10))
    how = {"items": ITEMS, "coefficients": "alpha", "interval": "percentile", "rng": 1, "n_replicates": 500}
    apart = ps.reliability(alike, **how).tidy()["std_error"][0]
    whole = ps.reliability(alike, cluster="site", **how).tidy()["std_error"][0]
    # ten equal rows a cluster tell as much as one
    assert 2.5 < whole / apart < 4


def test_groups_are_tested_by_w_and_by_replicates(answers):
    two = ps.reliability(answers, **SCALE, by="group", coefficients="alpha")
    alphas = two.tidy().set_index("group")["estimate"]
    test = two.tests().iloc[0]
    assert test["test"] == "Feldt's W"
    assert_allclose(test["statistic"], (1 - alphas["other"]) / (1 - alphas["peer"]), rtol=1e-9)
    three = ps.reliability(
        answers.assign(third=np.arange(240) % 3), **SCALE, by="third", coefficients="alpha"
    )
    assert three.tests()["test"].tolist() == ["Hakstian-Whalen"]
    weighted = ps.reliability(
        answers.assign(w=1.0),
        **SCALE,
        by="group",
        coefficients="alpha",
        weights="w",
        interval="percentile",
        rng=1,
    )
    assert weighted.tests()["test"].tolist() == ["Wald"]
    assert_allclose(weighted.tests()["p_value"][0], test["p_value"], atol=0.15)


def test_a_wrongly_keyed_item_is_pointed_out(answers):
    result = ps.reliability(answers, items=ITEMS)
    assert any("q4 has an item-rest correlation of -0." in note for note in result.notes)
    assert any("probably reverse-keyed or in the wrong place" in note for note in result.notes)
    assert ps.reliability(answers, **SCALE).notes == ()


def test_floor_and_ceiling_are_shares_of_the_possible_ends(answers):
    items = ps.reliability(answers, **SCALE).items().set_index("item")
    x = answers[ITEMS].dropna()
    assert_allclose(items.loc["q1", "floor"], (x["q1"] == 0).mean())
    assert_allclose(items.loc["q4", "floor"], (x["q4"] == 6).mean())
    assert ps.reliability(answers, items=ITEMS).items()["ceiling"].isna().all()


def test_the_error_of_measurement_is_in_units_of_the_score(answers):
    result = ps.reliability(answers, **SCALE)
    row, scale = result.tidy().iloc[0], result.scale_statistics().iloc[0]
    assert_allclose(row["sem"], scale["sd"] * np.sqrt(1 - row["estimate"]))


def test_incomplete_respondents_are_left_out_and_counted(answers):
    result = ps.reliability(answers, **SCALE)
    assert result.tidy()["n"].unique().tolist() == [228]
    assert result.tidy()["n_missing"].unique().tolist() == [12]
    assert "left out with an answer missing: scale 12" in result.summary()


def test_zero_weights_and_missing_groups_are_left_out_and_counted(answers):
    odd = answers.assign(w=(np.arange(240) >= 5).astype(float), part=["x"] * 230 + [None] * 10)
    result = ps.reliability(odd, **SCALE, weights="w", by="part", interval=None)
    assert "5 respondents of weight zero left out" in result.summary()
    assert "10 respondents without part left out" in result.summary()
    kept = ps.reliability(answers.iloc[5:230], **SCALE, interval=None)
    assert_allclose(result.tidy()["estimate"], kept.tidy()["estimate"], rtol=1e-10)


def test_an_instrument_gives_each_scale_what_its_items_alone_give():
    people = ps.simulate_cohort(200, rng=3).data
    result = ps.reliability(people, "cfpb_fwb_10", items="fwb_{}")
    instrument = ps.get_instrument("cfpb_fwb_10")
    names = [f"fwb_{i}" for i in range(1, 11)]
    turned = [f"fwb_{instrument.item_names[i]}" for i in instrument.scales[0].reverse]
    alone = ps.reliability(people, items=names, reverse=turned, low=0, high=4)
    assert_allclose(result.tidy()["estimate"], alone.tidy()["estimate"], rtol=1e-12)


def test_scores_bring_their_instrument_and_their_own_errors():
    people = ps.simulate_cohort(300, rng=3).data
    scores = ps.score(people, "cfpb_fwb_10", items="fwb_{}", age="age", mode="self", method="irt")
    result = ps.reliability(scores, coefficients="alpha", interval="percentile", n_replicates=200, rng=1)
    found = result.tidy()
    assert found["coefficient"].tolist() == ["alpha", "empirical", "empirical"]
    assert found["group"].tolist() == ["all", "18-61, self", "62+, self"]
    young = (people["age"] < 62).to_numpy()
    eap = scores.scores["financial_well_being_unrounded"].to_numpy()[young]
    error = scores.scores["financial_well_being_std_error"].to_numpy()[young]
    spread = np.var(eap, ddof=1)
    assert_allclose(found["estimate"][1], spread / (spread + np.mean(error**2)), rtol=1e-10)
    assert (found["conf_low"] < found["estimate"]).all()


def test_the_national_file_s_empirical_reliability(national):
    columns = [*(f"FWB1_{i}" for i in range(1, 7)), *(f"FWB2_{i}" for i in range(1, 5))]
    scores = ps.score(
        national,
        "cfpb_fwb_10",
        items=columns,
        age_group=("agecat", {i: "18-61" if i < 6 else "62+" for i in range(1, 9)}),
        mode="self",
        method="irt",
        coded_from=1,
        missing_codes=[-1, -4],
    )
    found = ps.reliability(scores, coefficients="alpha").tidy().query("coefficient == 'empirical'")
    assert found["group"].tolist() == ["18-61, self", "62+, self"]
    assert_allclose(found["estimate"], [0.880, 0.880], atol=5e-4)


def test_every_kind_of_frame_gives_the_same(make_frame, answers):
    columns = {
        name: answers[name].astype(object).where(answers[name].notna(), None).tolist() for name in answers
    }
    result = ps.reliability(make_frame(columns), **SCALE, by="group")
    one = ps.reliability(answers, **SCALE, by="group")
    assert type(result.tidy()).__module__.split(".")[0] == type(make_frame(columns)).__module__.split(".")[0]
    assert_allclose(
        [e.estimate for s in result.scales for e in s.estimates], one.tidy()["estimate"], rtol=1e-12
    )


def test_the_caller_s_frame_is_unchanged(answers):
    before = answers.copy()
    ps.reliability(answers, **SCALE, interval="bca", n_replicates=50, rng=1)
    pd.testing.assert_frame_equal(answers, before)


def test_a_result_prints_plots_and_becomes_plain_data(answers):
    from peerstats.plots import describe, new_axes  # noqa: PLC0415  (matplotlib only here)

    result = ps.reliability(answers, **SCALE, by="group")
    text = result.summary()
    for words in (
        "240 respondents, unweighted",
        "95% limits by Feldt's F",
        "omega total",
        "item-rest r",
        "Feldt's W",
    ):
        assert words in text
    assert "peer: alpha: 0.852" in describe(result.plot(ax=new_axes()))
    plain = result.to_dict()
    assert (plain["schema"], plain["kind"], len(plain["rows"]), len(plain["items"])) == (
        1,
        "reliability",
        8,
        18,
    )
    assert result.glance()["interval"].tolist() == ["feldt"]


def still(n=20):
    return pd.DataFrame({"a": np.arange(n) % 4, "b": np.arange(n) % 3, "c": [2] * n})


def test_an_item_without_variance_gets_a_reason():
    result = ps.reliability(still(), items=["a", "b", "c"])
    found = result.tidy().set_index("coefficient")
    assert found.loc["standardised_alpha", "reason"] == "an item has no variance"
    assert found.loc["omega", "reason"] == "an item has no variance"
    assert np.isnan(found.loc["omega", "estimate"])
    assert np.isfinite(found.loc["alpha", "estimate"])
    assert result.items()["reason"][2] == "no variance"
    assert any("everybody gave the same answer to c" in note for note in result.notes)


@pytest.mark.parametrize("interval", ["feldt", "bonett", "percentile", "bca"])
def test_a_scale_without_variance_gets_reasons_and_no_limits(interval):
    same = pd.DataFrame({"a": [1] * 9, "b": [3] * 9, "c": [2] * 9})
    result = ps.reliability(same, items=["a", "b", "c"], interval=interval, n_replicates=20, rng=1)
    assert result.tidy()["reason"].tolist() == ["no item has any variance"] * 4
    assert result.tidy()[["estimate", "std_error", "conf_low", "conf_high", "sem"]].isna().all(axis=None)


def test_items_that_cancel_out_have_no_alpha():
    opposite = pd.DataFrame({"a": np.arange(5), "b": 4 - np.arange(5)})
    found = ps.reliability(opposite, items=["a", "b"]).tidy()
    assert found["reason"][0] == "the sum of the items has no variance"
    assert found["reason"][3] == "two items do not determine a factor"


@pytest.mark.parametrize("interval", ["feldt", "percentile", "bca"])
def test_one_item_has_no_reliability(answers, interval):
    result = ps.reliability(
        answers,
        items=["q1"],
        interval=interval,
        n_replicates=20,
        rng=1,
        coefficients=["alpha", "omega", "ordinal_alpha"],
    )
    assert result.tidy()["reason"].tolist() == ["one item"] * 3
    assert result.items()["reason"].tolist() == ["one item"]


@pytest.mark.parametrize("interval", ["feldt", "bonett", "percentile", "bca"])
def test_a_group_of_one_gets_a_reason(answers, interval):
    lonely = answers.dropna().assign(part=["alone"] + ["together"] * 227)
    result = ps.reliability(
        lonely, **SCALE, by="part", interval=interval, n_replicates=50, rng=1, coefficients=["alpha", "omega"]
    )
    assert result.tidy().query("group == 'alone'")["reason"].tolist() == ["one respondent"] * 2
    assert result.tidy().query("group == 'together'")["estimate"].notna().all()
    assert len(result.tests()) == 0


def test_a_group_in_which_nobody_answered_everything_gets_a_reason(answers):
    odd = answers.assign(part=np.where(answers["q3"].isna(), "incomplete", "complete"))
    found = ps.reliability(odd, **SCALE, by="part").tidy().query("group == 'incomplete'")
    assert set(found["reason"]) == {"nobody answered every item"}


def test_fewer_respondents_than_items_is_said(answers):
    result = ps.reliability(answers.dropna().head(6), **SCALE, coefficients=["alpha", "omega"])
    assert any("fewer respondents (6) than items (9)" in note for note in result.notes)
    found = result.tidy().set_index("coefficient")
    assert np.isfinite(found.loc["alpha", "estimate"])
    assert found.loc["omega", "reason"] == "the covariance matrix is not positive definite"


def test_replicates_without_a_value_are_counted():
    rare = pd.DataFrame({"a": [0] * 9 + [3], "b": [0] * 9 + [2], "c": [0] * 9 + [3]})
    result = ps.reliability(rare, items=["a", "b", "c"], coefficients="alpha", interval="percentile", rng=1)
    # nobody but the last respondent differs, who is left out of a share (9 / 10)^10 of the replicates
    assert any("replicates without a value: " in note for note in result.notes)


def test_measurements_are_no_ordered_categories(rng):
    x = pd.DataFrame(rng.normal(size=(50, 3)), columns=list("abc"))
    found = ps.reliability(x, items=list("abc"), coefficients=["alpha", "ordinal_alpha"]).tidy()
    assert "no ordered categories" in found["reason"][1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"weights": "w"},
            "interval='feldt' rests on .* sampling weights are given.\n  Say interval='percentile'",
        ),
        ({"weights": "w", "interval": "bonett"}, "interval='bonett' rests on"),
        ({"cluster": "group"}, "clusters are given"),
        ({"strata": "group"}, "strata are given"),
        ({"weights": "negative"}, "negative"),
        ({"weights": "missing"}, "is missing in row 0"),
        ({"weights": "zero"}, "every weight 'zero' is zero"),
        ({"cluster": "missing", "interval": "bca"}, "cluster column 'missing' is missing in row 0"),
        ({"interval": "normal"}, "interval='normal' is not known"),
        ({"coefficients": "beta"}, "coefficients='beta' is not known"),
        ({"coefficients": []}, "coefficients= is empty"),
        ({"coefficients": "omega", "interval": "bonett"}, "is an interval of alpha"),
        ({"conf_level": 95}, "conf_level=95"),
        ({"interval": "bca", "n_replicates": 1}, "n_replicates=1 is too few"),
        ({"by": "job"}, "grouping column 'job' is not in the data"),
        ({"reverse": ["q99"]}, "reverse= names 'q99'"),
        ({"low": None}, "needs the range of the answers"),
        ({"high": 5}, "is answered 0 to 5; row .* holds 6"),
        ({"items": ["q1", "q1"], "reverse": []}, "names 'q1' twice"),
        ({"items": ["q1", "q77"], "reverse": []}, "'q77' is not in the data"),
        ({"items": "q{}"}, "is no list of columns"),
        ({"items": None}, "is no list of columns"),
        ({"coded_from": 1}, "coded_from= is given, which needs an instrument"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_next_step(answers, arguments, message):
    odd = answers.assign(w=1.5, zero=0.0, negative=-1.0, missing=[None, *[1.0] * 239])
    with pytest.raises(ps.InputError, match=rf"reliability\(\): .*{message}") as caught:
        ps.reliability(odd, **SCALE | arguments)
    assert caught.value.next_step


def test_errors_of_the_coding_name_the_call():
    people = ps.simulate_cohort(50, rng=1).data
    with pytest.raises(ps.InputError, match=r"reliability\(\): 'mbi_gs' needs items="):
        ps.reliability(people, "mbi_gs")
    with pytest.raises(ps.InputError, match=r"reliability\(\): 'mbi_gs' has 16 items"):
        ps.reliability(people, "mbi_gs", items=["mbi_1"])
    with pytest.raises(ps.InputError, match=r"reliability\(\): low= is given, and the instrument"):
        ps.reliability(people, "mbi_gs", items="mbi_{}", low=0)
    with pytest.raises(ps.InputError, match=r"reliability\(\): items= is given, and the scores bring"):
        ps.reliability(ps.score(people, "mbi_gs", items="mbi_{}"), items="mbi_{}")
    with pytest.raises(ps.InputError, match=r"reliability\(\): item column 'mbi_1' .* 0 to 6"):
        ps.reliability(people.assign(mbi_1=9), "mbi_gs", items="mbi_{}")


def test_an_unconfirmed_key_is_warned_of():
    people = ps.simulate_cohort(50, rng=1).data
    with pytest.warns(ps.PeerstatsWarning, match=r"reliability\(\): The key of 'aws_28' is not confirmed"):
        result = ps.reliability(people, "aws_28", items="aws_{}", interval=None)
    assert any("is not confirmed" in note for note in result.notes)
