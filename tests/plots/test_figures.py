import struct
import sys

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

import peerstats as ps
from peerstats.plots import (
    bands,
    describe,
    distribution_over_norm,
    diverging_bars,
    forest,
    histogram,
    item_rest_chart,
    new_axes,
    percentile_ladder,
    save_figure,
    share_bars,
)

VALUES = [1.0, 2.0, 2.5, 4.0]


def draw_forest(ax):
    return forest(["a"], [1.0], [0.5], [2.0], title="T", ax=ax)


def draw_histogram(ax):
    return histogram(VALUES, title="T", ax=ax)


def draw_norm(ax):
    return distribution_over_norm(
        VALUES, [1, 2, 3], [0.2, 0.5, 0.3], sample_label="S", norm_label="N", title="T", ax=ax
    )


def draw_ladder(ax):
    return percentile_ladder([VALUES], [50], [2.0], benchmark_label="B", group_labels=["G"], title="T", ax=ax)


def draw_bars(ax):
    return share_bars(["a", "b"], [0.25, 0.75], groups=["G", "G"], title="T", ax=ax)


def draw_diverging(ax):
    return diverging_bars([[0.2, 0.3, 0.5]], ["a"], ["no", "so so", "yes"], title="T", ax=ax)


def draw_items(ax):
    return item_rest_chart(["a", "b"], [0.4, -0.1], title="T", ax=ax)


def draw_bands(ax):
    return bands([1, 2], [0.2, 0.3], [0.1, 0.2], [0.3, 0.4], title="T", ax=ax)


every_plot = pytest.mark.parametrize(
    "draw",
    [draw_forest, draw_histogram, draw_norm, draw_ladder, draw_bars, draw_diverging, draw_items, draw_bands],
)


@every_plot
@pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_same_figure_gives_the_same_bytes(draw, kind, start):
    first, second = (save_figure(draw(new_axes(width=3.4, height=3)), kind) for _ in range(2))
    assert first == second
    assert first.startswith(start)


@every_plot
def test_no_global_setting_changes(draw):
    before = dict(mpl.rcParams)
    save_figure(draw(new_axes()), "svg")
    assert dict(mpl.rcParams) == before


@every_plot
def test_without_axes_pyplot_makes_a_figure_and_saving_closes_it(draw):
    before = plt.get_fignums()
    ax = draw(None)
    assert ax.figure.number in plt.get_fignums()
    save_figure(ax)
    assert plt.get_fignums() == before


@every_plot
def test_given_axes_leave_pyplot_alone(draw, ax):
    before = plt.get_fignums()
    assert draw(ax) is ax
    assert plt.get_fignums() == before


@every_plot
def test_every_plot_describes_itself_and_carries_its_title(draw, ax):
    draw(ax)
    assert describe(ax).endswith(".")
    assert ax.get_title(loc="left") == "T"


@every_plot
def test_every_plot_fits_into_subplots(draw):
    figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3))
    assert draw(left).figure is figure
    assert draw(right) is right
    assert save_figure(left).startswith(b"\x89PNG")


def test_a_picture_has_200_pixels_an_inch():
    picture = save_figure(draw_histogram(new_axes(width=3.4, height=2)))
    assert struct.unpack(">II", picture[16:24]) == (680, 400)


def test_a_picture_carries_no_date():
    assert b"<dc:date>" not in save_figure(draw_histogram(new_axes()), "svg")


def test_axes_that_we_did_not_draw_on_have_no_description(ax):
    assert describe(ax) == ""


def test_another_kind_of_file_is_refused(ax):
    with pytest.raises(ps.InputError, match=r"save_figure\(\): kind='pdf' is not known"):
        save_figure(ax, "pdf")


def test_without_matplotlib_the_error_names_the_command_that_installs_it(monkeypatch):
    for module in ("matplotlib", "matplotlib.pyplot", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        ps.MissingExtraError, match=r"(?s)histogram\(\): needs.*pip install 'peerstats\[report\]'"
    ):
        histogram(VALUES)
