import numpy as np
import pandas as pd
import pytest

import peerstats as ps
from peerstats.plots import bands, describe

X = [60, 20, 40]
MIDDLE = [0.5, 0.2, 0.3]
LOW = [0.3, 0.1, 0.2]
HIGH = [0.7, 0.3, 0.4]


def test_a_line_runs_from_left_to_right_within_its_band(ax):
    assert bands(X, MIDDLE, LOW, HIGH, title="T", xlabel="age", ylabel="share", ax=ax) is ax
    line = ax.lines[0]
    assert list(line.get_xdata()) == [20, 40, 60]
    assert list(line.get_ydata()) == [0.2, 0.3, 0.5]
    corners = ax.collections[0].get_paths()[0].vertices
    assert {(20.0, 0.1), (20.0, 0.3), (60.0, 0.3), (60.0, 0.7)} <= set(map(tuple, corners.tolist()))
    assert (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()) == ("T", "age", "share")
    assert ax.get_legend() is None


def test_lines_differ_in_colour_or_style_and_stand_in_the_legend_in_order(ax):
    names = [f"line {i}" for i in range(24) for _ in range(2)]
    bands(np.tile([1, 2], 24), np.arange(48.0), np.arange(48.0), np.arange(48.0), lines=names, ax=ax)
    looks = {(line.get_color(), line.get_linestyle()) for line in ax.lines}
    assert len(looks) == 24
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == list(dict.fromkeys(names))


def test_what_is_drawn_is_told_in_words(ax):
    bands(X, MIDDLE, LOW, HIGH, lines=["a", "a", "b"], ax=ax)
    assert describe(ax) == (
        "Lines with bands. a: from 0.2 (0.1 to 0.3) at 20 to 0.5 (0.3 to 0.7) at 60. "
        "b: from 0.3 (0.2 to 0.4) at 40."
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (([1], [1, 2], [1, 2], [1, 2]), "the lengths differ: x 1"),
        (([], [], [], []), "there are no rows"),
        ((["a"], [1], [1], [1]), "x must hold numbers"),
    ],
)
def test_what_cannot_be_drawn_is_refused(ax, arguments, told):
    with pytest.raises(ps.InputError, match=told):
        bands(*arguments, ax=ax)


def test_too_many_lines_to_be_told_apart_are_refused(ax):
    with pytest.raises(ps.InputError, match="25 lines cannot be told apart"):
        bands(np.ones(25), np.ones(25), np.ones(25), np.ones(25), lines=list(map(str, range(25))), ax=ax)


@pytest.fixture(scope="module")
def result():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"age": rng.normal(44, 11, 300), "sex": rng.choice(["f", "m"], 300)})
    data["job"] = rng.choice(["none", "other", "peer"], 300)
    return ps.multinomial("job ~ age * sex", data)


def test_adjusted_probabilities_along_a_number_are_a_line_an_outcome(result, ax):
    means = result.adjusted_means(at={"age": range(20, 70, 10)})
    means.plot(ax)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["none", "other", "peer"]
    table = means.tidy()
    assert list(ax.lines[2].get_ydata()) == table.loc[table["outcome"] == "peer", "estimate"].tolist()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("age", "Probability of job")


def test_one_outcome_can_be_drawn_alone(result, ax):
    result.adjusted_means("sex", at={"age": range(20, 70, 10)}).plot(ax, outcome="peer")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["f", "m"]
    assert ax.get_ylabel() == "Probability of job: peer"
    with pytest.raises(ps.InputError, match="outcome='pear' is none of 'job'"):
        result.adjusted_means("sex").plot(ax, outcome="pear")


def test_effects_and_contrasts_are_forests_by_outcome(result, ax):
    result.margins().plot(ax)
    texts = [label.get_text() for label in ax.get_yticklabels()]
    assert texts[:3] == ["none", "age", "sex: m against f"]
    ax.clear()
    result.contrasts(of="coefficients").plot(ax)
    assert ax.get_xscale() == "log"
    assert ax.get_yticklabels()[0].get_text() == "other against none"
