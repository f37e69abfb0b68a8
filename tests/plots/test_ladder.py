from itertools import pairwise

import numpy as np
import pytest
from matplotlib.text import Text

import peerstats as ps
from peerstats.plots import describe, new_axes, percentile_ladder

RANKS = [10, 25, 50, 75, 90]
OEWS = [12.0, 15.0, 19.0, 25.0, 33.0]
WAGES = np.arange(10.0, 30.0)


def draw(ax, values=(WAGES,), ranks=RANKS, rungs=OEWS, labels=("peers",), **options):
    return percentile_ladder(
        list(values),
        ranks,
        rungs,
        benchmark_label="OEWS May 2020",
        group_labels=list(labels),
        ax=ax,
        **options,
    )


def spans(ax):
    """Return thin bar, box and median of each group."""
    thin = [tuple(part.get_segments()[0][:, 1]) for part in ax.collections[0::2]]
    median = [part.get_segments()[0][0, 1] for part in ax.collections[1::2]]
    box = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in ax.patches]
    return list(zip(thin, box, median, strict=True))


def rung_texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text().startswith("P")]


def test_a_line_stands_at_every_published_percentile(ax):
    assert draw(ax) is ax
    assert [float(line.get_ydata()[0]) for line in ax.lines] == OEWS
    assert rung_texts(ax) == ["P10  $12.00", "P25  $15.00", "P50  $19.00", "P75  $25.00", "P90  $33.00"]


def test_a_group_shows_its_own_percentiles(ax):
    draw(ax)
    # the smallest of 20 values whose share reaches 10, 25, 50, 75 and 90 %
    assert spans(ax) == [((11.0, 27.0), (14.0, 24.0), 19.0)]
    assert ax.texts[-1].get_text() == "$19.00"


def test_weights_equal_rows_repeated(ax):
    counts = np.tile([1, 2, 3, 4], 5)
    draw(
        ax,
        values=[WAGES, np.repeat(WAGES, counts)],
        labels=["weighted", "repeated"],
        weights_by_group=[counts, None],
    )
    weighted, repeated = spans(ax)
    assert weighted == repeated


def test_weights_may_be_given_for_one_group_only(ax):
    draw(ax, values=[[1.0, 9.0], [1.0, 9.0]], labels=["a", "b"], weights_by_group=[None, [1, 9]])
    assert [median for _, _, median in spans(ax)] == [1.0, 9.0]


def test_groups_are_named_with_their_numbers(ax):
    draw(ax, values=[WAGES, [11.0, None]], labels=["peer job", "other"])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["peer job\nn = 20", "other\nn = 1"]


def test_an_empty_group_keeps_its_place(ax):
    draw(ax, values=[WAGES, [np.nan]], labels=["peers", "others"])
    assert ax.get_xticklabels()[1].get_text() == "others\nn = 0"
    assert "others: no values" in describe(ax)


def test_a_percentile_that_is_not_published_draws_no_line_and_is_told(ax):
    draw(ax, rungs=[12.0, 15.0, 19.0, 25.0, None])
    assert len(ax.lines) == 4
    assert "P90 not published" in describe(ax)


def test_a_benchmark_with_nothing_published_still_shows_the_sample(ax):
    draw(ax, ranks=[50], rungs=[np.nan])
    assert len(ax.lines) == 0
    assert len(ax.get_legend().get_texts()) == 1


def test_percentiles_may_come_in_any_order(ax):
    draw(ax, ranks=RANKS[::-1], rungs=OEWS[::-1])
    assert rung_texts(ax)[0] == "P10  $12.00"


def test_labels_of_close_percentiles_do_not_touch(ax):
    draw(ax, rungs=[12.0, 12.1, 12.2, 12.3, 33.0])
    ax.figure.draw_without_rendering()
    # Text's own extent: an annotation's has its leader in it
    boxes = [Text.get_window_extent(text) for text in ax.texts if text.get_text().startswith("P")]
    boxes.sort(key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))


def test_another_unit_has_no_dollar_sign(ax):
    draw(ax, unit="hours a week")
    assert rung_texts(ax)[0] == "P10  12.00"
    assert ax.get_ylabel() == "Hours a week"


def test_medians_are_left_out_where_they_would_touch_the_next_box():
    ax = new_axes(width=3.4, height=4)
    draw(ax, values=[WAGES] * 6, labels=list("abcdef"))
    assert len(ax.texts) == 5


def test_everything_drawn_is_in_view(ax):
    draw(ax, values=[WAGES * 3])
    low, high = ax.get_ylim()
    assert low < 12
    assert high > 27 * 3


def test_the_alternative_text_holds_both_ladders(ax):
    draw(ax, title="Wages", ranks=[50], rungs=[19.0])
    assert describe(ax) == (
        "Wages. OEWS May 2020, dollars an hour: P50 $19.00. "
        "Sample: peers (n = 20): P10 $11.00, P25 $14.00, P50 $19.00, P75 $24.00, P90 $27.00."
    )


def test_fractions_are_not_taken_for_percentiles(ax):
    with pytest.raises(
        ps.InputError, match=r"percentile_ladder\(\): percentiles=\['0.1', '0.5'\] are not between"
    ):
        draw(ax, ranks=[0.1, 0.5], rungs=[1.0, 2.0])


def test_as_many_labels_as_groups_are_needed(ax):
    with pytest.raises(ps.InputError, match="values_by_group 1, weights_by_group 1, group_labels 2"):
        draw(ax, labels=["a", "b"])


def test_as_many_values_as_percentiles_are_needed(ax):
    with pytest.raises(ps.InputError, match="percentiles 5, benchmark_values 1"):
        draw(ax, rungs=[1.0])


def test_groups_without_any_value_are_refused(ax):
    with pytest.raises(ps.InputError, match=r"percentile_ladder\(\): no group has a value"):
        draw(ax, values=[[np.nan]])


@pytest.mark.parametrize("n", [2, 3])
def test_names_of_groups_do_not_touch_at_column_width(n):
    labels = ["Peer support specialists", "Other health jobs", "Neither of both"][:n]
    ax = percentile_ladder(
        [[10.0, 12, 15, 20]] * n,
        [50],
        [14.0],
        benchmark_label="B",
        group_labels=labels,
        ax=new_axes(width=3.3),
    )
    ax.figure.draw_without_rendering()
    found = [label.get_window_extent() for label in ax.get_xticklabels()]
    assert all(one.x1 < two.x0 for one, two in pairwise(found))
