import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe, distribution_over_norm, new_axes

POINTS = np.arange(14, 96)
SHARES = np.full(len(POINTS), 1 / len(POINTS))


def draw(ax, values=(40, 50, 60, 60), points=POINTS, shares=SHARES, **options):
    return distribution_over_norm(
        list(values), points, shares, sample_label="Simulated peers", norm_label="US adults", ax=ax, **options
    )


def bars(ax):
    return {bar.get_x(): bar.get_height() for bar in ax.containers[0].patches}


def outline(ax):
    heights, edges, _ = ax.patches[-1].get_data()
    return dict(zip(map(float, edges[:-1]), heights, strict=True))


def means(ax):
    return [float(line.get_xdata()[0]) for line in ax.lines]


def test_sample_and_norm_are_shares_in_the_same_bins(ax):
    assert draw(ax) is ax
    assert list(bars(ax)) == list(outline(ax)) == [10 + 5 * i for i in range(18)]
    assert bars(ax)[40] == 0.25
    assert bars(ax)[60] == 0.5
    assert sum(bars(ax).values()) == 1
    # five of the 82 score points lie in each bin but the ends: 14, and 95 alone
    np.testing.assert_allclose(outline(ax)[50], 5 / 82, rtol=1e-12)
    np.testing.assert_allclose([outline(ax)[10], outline(ax)[95]], 1 / 82, rtol=1e-12)


def test_a_sample_that_is_the_norm_has_the_norms_outline(ax):
    draw(ax, values=POINTS)
    np.testing.assert_allclose(list(bars(ax).values()), list(outline(ax).values()), rtol=1e-12)


def test_weights_equal_rows_repeated(ax):
    draw(ax, values=[40, 50, 60], weights=[1, 1, 2])
    assert (bars(ax)[40], bars(ax)[60]) == (0.25, 0.5)
    assert means(ax)[0] == 52.5


def test_both_means_are_marked_and_named(ax):
    draw(ax)
    assert means(ax) == [52.5, 54.5]
    assert [text.get_text() for text in ax.texts] == ["sample mean 52.5", "norm mean 54.5"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Simulated peers", "US adults"]


def test_given_means_are_marked_instead(ax):
    draw(ax, sample_mean=51.0, norm_mean=54.25)
    assert means(ax) == [51.0, 54.25]


@pytest.mark.parametrize("width", [3.4, 7.0])
@pytest.mark.parametrize(("sample", "norm"), [(50, 54), (54, 50), (16, 17), (93, 94), (15, 94), (50, 50)])
def test_the_labels_of_the_means_never_touch_nor_leave_the_axes(width, sample, norm):
    ax = new_axes(width=width, height=3.6)
    draw(ax, sample_mean=sample, norm_mean=norm)
    ax.figure.draw_without_rendering()
    first, second = (text.get_window_extent() for text in ax.texts)
    assert not first.overlaps(second)
    frame = ax.get_window_extent()
    for label in (first, second):
        assert frame.x0 <= label.x0
        assert label.x1 <= frame.x1


def test_the_labels_stand_above_the_bars(ax):
    draw(ax, values=[50, 50, 50])
    ax.figure.draw_without_rendering()
    top = max(bar.get_window_extent().y1 for bar in ax.containers[0].patches)
    assert min(text.get_window_extent().y0 for text in ax.texts) > top


def test_the_alternative_text_gives_both_means(ax):
    draw(ax, title="Well-being")
    assert describe(ax) == (
        "Well-being: distribution of Simulated peers (4 respondents, mean 52.5) over US adults (mean 54.5)."
    )


@pytest.mark.parametrize("shares", [SHARES * 100, SHARES * 0.5, SHARES * np.nan])
def test_norm_shares_that_do_not_add_to_one_are_refused(ax, shares):
    with pytest.raises(ps.InputError, match=r"distribution_over_norm\(\): norm_shares add to"):
        draw(ax, shares=shares)


def test_a_negative_norm_share_is_refused(ax):
    with pytest.raises(ps.InputError, match="norm_shares add to 1"):
        draw(ax, points=[1, 2], shares=[1.5, -0.5])


def test_norm_points_and_shares_of_different_length_are_refused(ax):
    with pytest.raises(ps.InputError, match="norm_values 2, norm_shares 1"):
        draw(ax, points=[1, 2], shares=[1.0])


def test_scores_of_one_value_still_have_a_bin(ax):
    draw(ax, values=[5, 5], points=[5], shares=[1.0])
    assert sum(bars(ax).values()) == 1
