"""Plots of scores and answers: weighted shares, the instrument's words, norms of the same scores."""

import numpy as np
import pandas as pd
import pytest

import peerstats as ps
from peerstats.plots import describe, new_axes


def people():
    return pd.DataFrame(
        [[0] * 16, [6] * 16, [6] * 16, [None] * 16], columns=[f"mbi_{i}" for i in range(1, 17)]
    )


def burnout(data, **how):
    return ps.score(data, "mbi_gs", items="mbi_{}", **how)


def widths(ax, item=0):
    return [container[item].get_width() for container in ax.containers]


def well_being(data):
    return ps.score(data, "cfpb_fwb_10", items="fwb_{}", method="irt", age_group="18-61", mode="self")


def financial(answer=4):
    return pd.DataFrame({f"fwb_{i}": [answer, 1] for i in range(1, 11)})


def test_shares_are_of_those_who_answered():
    ax = burnout(people()).plot_items("cynicism", ax=new_axes())
    np.testing.assert_allclose(widths(ax), [1 / 3, 0, 0, 0, 0, 0, 2 / 3], atol=1e-12)


def test_weights_weigh():
    data = people().assign(weight=[2.0, 1.0, 0.0, 9.0])
    ax = burnout(data).plot_items("cynicism", weights="weight", ax=new_axes())
    np.testing.assert_allclose(widths(ax), [2 / 3, 0, 0, 0, 0, 0, 1 / 3], atol=1e-12)
    assert ax.get_xlabel().startswith("weighted share")


def test_answers_are_drawn_as_given_with_the_words_of_the_instrument():
    ax = well_being(financial()).plot_items(ax=new_axes())
    # item 3 is reverse-keyed; its answer 4 is still the highest word
    np.testing.assert_allclose(widths(ax, item=2), [0, 0.5, 0, 0, 0.5], atol=1e-12)
    words = {text.get_text() for text in ax.get_legend().get_texts()}
    assert {"Not at all / Never", "Completely / Always"} <= words
    assert "(R)" in ax.get_yticklabels()[2].get_text()
    assert "R: reverse-keyed" in ax.get_xlabel().replace("\n", " ")


def test_a_file_s_own_words_are_used_where_the_caller_gave_them():
    words = {f"w{code}": code for code in range(7)}
    data = people().map(lambda code: None if pd.isna(code) else f"w{int(code)}")
    ax = burnout(data, labels=words).plot_items("cynicism", ax=new_axes())
    assert {text.get_text() for text in ax.get_legend().get_texts()} == set(words)


def test_an_item_nobody_answered_is_said_to_have_no_answers():
    data = people()
    data["mbi_8"] = np.nan
    assert "mbi_8: no answers" in describe(burnout(data).plot_items("cynicism", ax=new_axes()))


@pytest.mark.parametrize(
    ("scale", "weights", "message"),
    [
        ("cynism", None, r"scale='cynism' is not known.\n  Closest scales: 'cynicism'"),
        (None, None, "scale=None is not known"),
        ("cynicism", "wt", "weights column 'wt' is not in the data"),
        ("cynicism", "weight", "the weight 'weight' is negative in row 1"),
    ],
)
def test_an_unknown_scale_or_a_bad_weight_is_refused(scale, weights, message):
    data = people().assign(weight=[1, -1, 1, 1])
    with pytest.raises(ps.InputError, match=rf"plot_items\(\): {message}"):
        burnout(data).plot_items(scale, weights=weights, ax=new_axes())


def test_a_norm_with_a_distribution_is_drawn_as_its_outline_and_mean():
    norm = ps.get_norm("fwb_us_2016")
    told = describe(well_being(financial()).plot(norm=norm, ax=new_axes()))
    assert f"(mean {norm.value:.1f})" in told


def test_a_norm_without_one_is_a_line_at_its_value():
    norm = ps.benchmark(2.3, sd=1.4, n=800, name="made up", population="made-up workers")
    told = describe(burnout(people()).plot("exhaustion", norm=norm, ax=new_axes()))
    assert told.endswith("Line at 2.3: norm mean 2.3: made-up workers.")


@pytest.mark.parametrize(
    ("scale", "norm", "message"),
    [
        ("exhaustion", 2.3, "norm is a float, not a Benchmark"),
        ("exhaustion", ps.get_norm("fwb_us_2016"), "holds scores of instrument 'cfpb_fwb_10'"),
    ],
)
def test_a_norm_of_other_scores_is_refused(scale, norm, message):
    with pytest.raises(ps.InputError, match=rf"plot\(\): .*{message}"):
        burnout(people()).plot(scale, norm=norm, ax=new_axes())


def reliabilities(**how):
    data = ps.simulate_cohort(80, rng=2).data
    data["mbi_3"] = 6 - data["mbi_3"]
    return ps.reliability(data, "mbi_gs", items="mbi_{}", interval=None, **how)


def test_the_item_chart_draws_what_items_lists():
    found = reliabilities()
    told = describe(found.plot_items("exhaustion", ax=new_axes()))
    items = found.items().query("scale == 'exhaustion'")
    assert all(f"{row.item}: {row.item_rest:.2f}" in told for row in items.itertuples())
    assert "mbi_3: -0." in told
    assert told.count("probably reverse-keyed") == 1


def test_the_item_chart_asks_which_of_several_groups():
    found = reliabilities(by="wave")
    assert "exhaustion, 2" in describe(found.plot_items("exhaustion", group="2", ax=new_axes()))
    with pytest.raises(ps.InputError, match=r"plot_items\(\): group=None is not known"):
        found.plot_items("exhaustion", ax=new_axes())
    with pytest.raises(ps.InputError, match=r"plot_items\(\): scale='fatigue' is not known"):
        found.plot_items("fatigue", group="2", ax=new_axes())
