"""Diverging bars: every share in its place, the line through the middle, and nothing that is no share."""

import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe, diverging_bars, new_axes

THREE = ["no", "so so", "yes"]


def spans(ax, item=0):
    """Return the bars of an item as (left, right), from the lowest answer."""
    bars = [container[item] for container in ax.containers]
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]


def printed(ax):
    return [text.get_text() for text in ax.texts]


def test_the_middle_of_an_odd_number_lies_across_the_line():
    ax = diverging_bars([[0.2, 0.3, 0.5]], ["item"], THREE, ax=new_axes())
    np.testing.assert_allclose(spans(ax), [(-0.35, -0.15), (-0.15, 0.15), (0.15, 0.65)], atol=1e-12)


def test_an_even_number_parts_at_the_line():
    ax = diverging_bars([[0.1, 0.2, 0.3, 0.4]], ["item"], list("abcd"), ax=new_axes())
    np.testing.assert_allclose(spans(ax), [(-0.3, -0.2), (-0.2, 0), (0, 0.3), (0.3, 0.7)], atol=1e-12)


def test_another_answer_may_lie_across_the_line():
    ax = diverging_bars([[0.2, 0.3, 0.5]], ["item"], THREE, neutral=0, ax=new_axes())
    np.testing.assert_allclose(spans(ax), [(-0.1, 0.1), (0.1, 0.4), (0.4, 0.9)], atol=1e-12)


def test_bars_of_an_item_touch_and_are_as_wide_as_their_shares():
    shares = np.random.default_rng(1).dirichlet(np.ones(7), 4)
    ax = diverging_bars(shares, list("abcd"), [str(i) for i in range(7)], ax=new_axes())
    for item in range(4):
        edges = np.array(spans(ax, item))
        np.testing.assert_allclose(edges[:, 1] - edges[:, 0], shares[item], atol=1e-12)
        np.testing.assert_allclose(edges[1:, 0], edges[:-1, 1], atol=1e-12)


def test_shares_are_printed_where_they_have_room():
    ax = diverging_bars([[0.01, 0.39, 0.6]], ["item"], THREE, ax=new_axes(width=3.4))
    assert printed(ax) == ["39%", "60%"]


def test_the_first_item_is_on_top_and_answers_stand_in_their_order_above():
    ax = diverging_bars([[0.2, 0.3, 0.5]] * 2, ["first", "second"], THREE, ax=new_axes())
    assert ax.yaxis_inverted()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == THREE


def test_answers_that_do_not_fit_in_a_row_read_along_the_rows():
    words = [f"answer number {i} of seven" for i in range(1, 8)]
    ax = diverging_bars([[1 / 7] * 7], ["item"], words, ax=new_axes())
    # matplotlib fills columns first: with three columns the second entry of the list is the fourth answer
    shown = [text.get_text() for text in ax.get_legend().get_texts()]
    assert sorted(shown) == words
    assert shown[:3] == [words[0], words[3], words[6]]


def test_the_nearer_the_middle_the_paler_on_both_sides():
    ax = diverging_bars([[1 / 7] * 7], ["item"], list("abcdefg"), ax=new_axes())
    light = [np.dot(c[0].get_facecolor()[:3], [0.2126, 0.7152, 0.0722]) for c in ax.containers]
    assert light[:4] == sorted(light[:4])
    assert light[3:] == sorted(light[3:], reverse=True)
    # in grey two answers beside each other differ by a tenth of the way from black to white
    assert np.abs(np.diff(light)).min() > 0.1


def test_an_item_without_answers_keeps_its_place_and_is_said_to_have_none():
    ax = diverging_bars([[np.nan] * 3, [0.2, 0.3, 0.5]], ["a", "b"], THREE, title="T", ax=new_axes())
    assert "no answers" in printed(ax)
    assert describe(ax) == "Answers by item: T. a: no answers. b: no 20%, so so 30%, yes 50%."


@pytest.mark.parametrize(
    ("shares", "labels", "answers", "more", "message"),
    [
        ([0.5, 0.5], ["a"], ["n", "y"], {}, "shares has 1 dimensions"),
        ([["half", 1]], ["a"], ["n", "y"], {}, "shares must hold numbers"),
        ([[0.5, 0.5]], ["a", "b"], ["n", "y"], {}, "labels 2, items 1"),
        ([[0.5, 0.5]], ["a"], THREE, {}, "answers 3, shares 2"),
        ([[1.0]], ["a"], ["y"], {}, "1 items of 1 answers"),
        (np.empty((0, 2)), [], ["n", "y"], {}, "0 items of 2 answers"),
        ([[0.5, 0.6]], ["a"], ["n", "y"], {}, "the shares of 'a' are 0.5, 0.6"),
        ([[50, 50]], ["a"], ["n", "y"], {}, "the shares of 'a' are 50, 50"),
        ([[-0.5, 1.5]], ["a"], ["n", "y"], {}, "the shares of 'a' are -0.5, 1.5"),
        ([[np.nan, 1.0]], ["a"], ["n", "y"], {}, "the shares of 'a' are nan, 1"),
        ([[0.5, 0.5]], ["a"], ["n", "y"], {"neutral": 2}, "neutral=2 is no position of 2 answers"),
    ],
)
def test_what_is_no_share_is_refused(shares, labels, answers, more, message):
    with pytest.raises(ps.InputError, match=rf"diverging_bars\(\): .*{message}"):
        diverging_bars(shares, labels, answers, ax=new_axes(), **more)
