import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe, forest, new_axes, save_figure

LABELS = ["age", "hours", "state"]
ESTIMATE = [0.2, -0.1, 0.4]
LOW = [0.1, -0.3, 0.1]
HIGH = [0.3, 0.1, 0.7]


def intervals(ax):
    return {
        float(segment[0, 1]): (float(segment[0, 0]), float(segment[1, 0]))
        for segment in ax.collections[0].get_segments()
    }


def points(ax):
    dots = next(line for line in ax.lines if line.get_marker() == "o")
    return dict(zip(map(float, dots.get_ydata()), map(float, dots.get_xdata()), strict=True))


def texts(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_each_row_has_its_estimate_and_interval_from_the_top_down(ax):
    assert forest(LABELS, ESTIMATE, LOW, HIGH, ax=ax) is ax
    assert points(ax) == {0: 0.2, 1: -0.1, 2: 0.4}
    assert intervals(ax) == {0: (0.1, 0.3), 1: (-0.3, 0.1), 2: (0.1, 0.7)}
    assert texts(ax) == LABELS
    bottom, top = ax.get_ylim()
    assert bottom > 2
    assert top < 0


def test_the_dashed_line_stands_at_the_reference(ax):
    forest(LABELS, ESTIMATE, LOW, HIGH, reference=0.25, title="T", xlabel="X", ax=ax)
    assert list(ax.lines[0].get_xdata()) == [0.25, 0.25]
    assert ax.lines[0].get_linestyle() == "--"
    assert (ax.get_title(loc="left"), ax.get_xlabel()) == ("T", "X")


def test_the_reference_is_in_view_even_far_from_the_estimates(ax):
    forest(["a"], [50.0], [49.0], [51.0], ax=ax)
    left, right = ax.get_xlim()
    assert left < 0
    assert right > 51


def test_groups_come_together_below_bold_headings(ax):
    forest(LABELS, ESTIMATE, LOW, HIGH, groups=["peer", "none", "peer"], ax=ax)
    assert texts(ax) == ["peer", "age", "state", "none", "hours"]
    assert points(ax) == {1: 0.2, 4: -0.1, 2: 0.4}
    assert [label.get_fontweight() == "bold" for label in ax.get_yticklabels()] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_a_row_without_an_estimate_keeps_its_place(ax):
    forest(LABELS, [0.2, np.nan, 0.4], [0.1, np.nan, 0.1], [0.3, np.nan, 0.7], ax=ax)
    assert set(intervals(ax)) == {0, 2}
    assert texts(ax) == LABELS
    assert "hours: no estimate" in describe(ax)


def test_an_infinite_limit_runs_to_the_edge_and_ends_in_an_arrowhead(ax):
    forest(["a", "b"], [1.0, 2.0], [-np.inf, 1.0], [2.0, np.inf], ax=ax)
    left, right = ax.get_xlim()
    assert intervals(ax) == {0: (left, 2.0), 1: (1.0, right)}
    heads = {line.get_marker(): list(line.get_ydata()) for line in ax.lines if line.get_marker() in "<>"}
    assert heads == {"<": [0], ">": [1]}


def test_a_log_axis_shows_plain_numbers(ax):
    forest(["a"], [2.0], [0.4], [12.0], log=True, reference=1, ax=ax)
    assert ax.get_xscale() == "log"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.5", "1", "2", "5", "10"]


def test_a_short_log_axis_still_has_three_ticks(ax):
    forest(["a"], [1.2], [1.1], [1.4], log=True, reference=1, ax=ax)
    assert len(ax.get_xticks()) >= 3


def test_a_long_name_wraps_and_pyplot_makes_room_for_it():
    one = forest(["age", "hours"], [1.0, 1.0], [0.0, 0.0], [2.0, 2.0])
    long = forest(["age", "professional shortage area " * 3], [1.0, 1.0], [0.0, 0.0], [2.0, 2.0])
    assert "\n" in texts(long)[1]
    assert long.figure.get_figheight() > one.figure.get_figheight()
    for ax in (one, long):
        save_figure(ax)


def test_texts_stay_inside_a_figure_of_column_width():
    ax = new_axes(width=3.4, height=3)
    forest(
        ["gender: woman", "state: OR"],
        [1.0, 2.0],
        [0.0, 1.0],
        [2.0, 3.0],
        groups=["job outside peer work"] * 2,
        title="Job type by covariates, multinomial logit, simulated cohort",
        xlabel="Log relative-risk ratio against a peer job, robust interval",
        ax=ax,
    )
    figure = ax.figure
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    assert box.x0 >= 0
    assert box.x1 <= 3.4


def test_the_alternative_text_names_every_row(ax):
    forest(["age"], [0.2], [0.1], [0.3], groups=["peer"], title="Jobs", ax=ax)
    assert describe(ax) == "Forest plot: Jobs, reference 0. peer, age: 0.2 (0.1 to 0.3)."


def test_lists_of_different_lengths_are_refused(ax):
    with pytest.raises(ps.InputError, match=r"forest\(\): the lengths differ: labels 3, estimate 2"):
        forest(LABELS, [1.0, 2.0], LOW, HIGH, ax=ax)


def test_no_rows_are_refused(ax):
    with pytest.raises(ps.InputError, match=r"forest\(\): there are no rows"):
        forest([], [], [], [], ax=ax)


def test_crossed_limits_are_refused_with_their_row(ax):
    with pytest.raises(ps.InputError, match=r"row 1 \('hours'\) has the limits 0.3 and 0.1"):
        forest(LABELS, ESTIMATE, [0.1, 0.3, 0.1], HIGH, ax=ax)


@pytest.mark.parametrize(
    ("estimate", "low", "reference"), [([-1.0], [-2.0], 1), ([1.0], [-0.5], 1), ([1.0], [0.5], 0)]
)
def test_a_log_axis_refuses_what_is_not_positive(ax, estimate, low, reference):
    with pytest.raises(ps.InputError, match="log=True needs positive numbers"):
        forest(["a"], estimate, low, [2.0], log=True, reference=reference, ax=ax)


def test_text_is_refused_where_numbers_are_needed(ax):
    with pytest.raises(ps.InputError, match=r"forest\(\): estimate must hold numbers"):
        forest(["a"], ["high"], [1.0], [2.0], ax=ax)


def test_series_share_a_line_each_with_its_mark_and_a_legend(ax):
    forest(
        ["age", "hours", "age", "hours"],
        [0.2, -0.1, 0.3, 0.0],
        [0.1, -0.3, 0.2, -0.1],
        [0.3, 0.1, 0.4, 0.1],
        series=["crude", "crude", "adjusted", "adjusted"],
        ax=ax,
    )
    assert texts(ax) == ["age", "hours"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["crude", "adjusted"]
    marks = {line.get_marker(): line for line in ax.lines if line.get_marker() in ("o", "s")}
    assert list(marks["o"].get_xdata()) == [0.2, -0.1]
    assert list(marks["s"].get_xdata()) == [0.3, 0.0]
    # above and below the line's middle, within the line
    assert all(-0.5 < y - round(y) < 0 for y in map(float, marks["o"].get_ydata()))
    assert [round(float(y)) for y in marks["s"].get_ydata()] == [0, 1]
    assert "age, crude: 0.2 (0.1 to 0.3)" in describe(ax)
    assert "age, adjusted: 0.3 (0.2 to 0.4)" in describe(ax)


def test_a_series_that_lacks_a_row_leaves_its_place_empty(ax):
    forest(["a", "b", "a"], [1.0, 2, 3], [0.0, 1, 2], [2.0, 3, 4], series=["m", "m", "n"], ax=ax)
    assert texts(ax) == ["a", "b"]
    square = next(line for line in ax.lines if line.get_marker() == "s")
    assert list(square.get_xdata()) == [3.0]


def test_more_series_than_marks_and_rows_twice_in_a_series_are_refused(ax):
    six = list("abcdef")
    with pytest.raises(ps.InputError, match="6 series, and a line has room for 5"):
        forest(["x"] * 6, np.ones(6), np.zeros(6), np.full(6, 2.0), series=six, ax=ax)
    with pytest.raises(ps.InputError, match="row 1 is the second of series 'm' that is called 'x'"):
        forest(["x", "x"], [1, 2], [0, 1], [2, 3], series=["m", "m"], ax=ax)
