"""The data behind a plot: what is drawn, and nothing that a spreadsheet would run."""

import csv
from io import StringIO

import numpy as np
import pytest

import peerstats as ps
from peerstats import plots
from peerstats.plots import figure_csv, figure_data, new_axes

HALF = np.array([0.5, 0.5])
DRAWN = {
    "share_bars": (lambda ax: plots.share_bars(["a", "b"], HALF, ax=ax), ["label", "share"]),
    "difference_plot": (
        lambda ax: plots.difference_plot([1.0, 2], [0.0, 1], centre=0.5, limits=(0.0, 1.0), ax=ax),
        ["mean", "difference"],
    ),
    "forest": (
        lambda ax: plots.forest(["a"], [1.0], [0.0], [2.0], ax=ax),
        ["label", "estimate", "low", "high"],
    ),
    "histogram": (lambda ax: plots.histogram([1.0, 2, 2], ax=ax), ["low", "high", "share"]),
    "index_plot": (lambda ax: plots.index_plot([1.0, 2], ["a", "b"], ax=ax), ["label", "value"]),
    "item_rest_chart": (lambda ax: plots.item_rest_chart(["a"], [0.4], ax=ax), ["label", "item_rest"]),
    "love_plot": (lambda ax: plots.love_plot(["a"], {"SMD": [0.2]}, ax=ax), ["label", "SMD"]),
    "time_lines": (
        lambda ax: plots.time_lines({"x": (["2020-01", "2021-01"], [1.0, 2.0])}, ax=ax),
        ["line", "date", "value"],
    ),
    "time_lines with bands": (
        lambda ax: plots.time_lines(
            {"x": (["2020", "2021"], [1.0, 2.0])}, bands={"x": ([0.5, 1.5], [1.5, 2.5])}, ax=ax
        ),
        ["line", "date", "value", "low", "high"],
    ),
    "unit_square": (lambda ax: plots.unit_square(HALF, HALF, ax=ax), ["x", "y"]),
    "diverging_bars": (
        lambda ax: plots.diverging_bars([[0.5, 0.5]], ["item"], ["no", "yes"], ax=ax),
        ["label", "no", "yes"],
    ),
    "escape_chart": (lambda ax: plots.escape_chart(["a"], ["finite"], ax=ax), ["label", "limit"]),
}


@pytest.mark.parametrize("name", DRAWN)
def test_each_plot_keeps_the_numbers_that_it_draws(name):
    draw, columns = DRAWN[name]
    ax = draw(new_axes())
    frame = figure_data(ax)
    assert list(frame.columns) == columns
    rows = list(csv.DictReader(StringIO(figure_csv(ax))))
    assert len(rows) == len(frame) > 0
    for column in columns:
        kept = frame[column].tolist()
        told = [row[column] for row in rows]
        assert (told if isinstance(kept[0], str) else list(map(float, told))) == kept


def test_the_bins_of_a_histogram_are_its_bars_and_add_to_one():
    ax = plots.histogram(np.random.default_rng(1).normal(size=200), ax=new_axes())
    frame = figure_data(ax)
    assert frame["share"].tolist() == [bar.get_height() for bar in ax.patches]
    # a sum of at most forty shares
    assert frame["share"].sum() == pytest.approx(1, abs=1e-12)


def test_a_result_s_plot_has_its_estimates_as_data():
    people = ps.simulate_cohort(200, rng=1).data
    result = ps.estimate(people, "age", by="rurality", cluster="subject")
    frame = figure_data(result.plot(ax=new_axes()))
    assert frame["estimate"].tolist() == result.tidy()["estimate"].tolist()


@pytest.mark.parametrize("label", ["=1+1", "+cmd", "-x", "@sum"])
def test_no_label_starts_a_formula(label):
    ax = plots.forest([label], [1.0], [0.0], [np.inf], ax=new_axes())
    assert figure_csv(ax).splitlines()[1] == f"'{label},1.0,0.0,inf"
    assert figure_data(ax)["label"][0] == label


def test_an_absent_number_is_empty_and_axes_without_a_plot_are_refused():
    ax = plots.love_plot(["a", "b"], {"SMD": [0.2, np.nan]}, ax=new_axes())
    assert figure_csv(ax).splitlines()[2] == "b,"
    for call in (figure_data, figure_csv):
        with pytest.raises(ps.InputError, match="these axes have no data of a plot"):
            call(new_axes())
