"""The norms of the burnout inventory: recalled, in sums, and never used without a word."""

import math
import runpy
from pathlib import Path

import pytest

import peerstats as ps
from peerstats.norms import norm_of_each_scale

ROOT = Path(__file__).parents[2]
KEY = "mbi_hss_us_1996"


@pytest.fixture(scope="module")
def builder():
    return runpy.run_path(str(ROOT / "tools" / "build_mbi_norm.py"))


@pytest.mark.parametrize(
    ("group", "n", "means_and_sds"),
    [
        (None, 11067, [(20.99, 10.75), (8.73, 5.89), (34.58, 7.11)]),
        ("mental health", 730, [(16.89, 8.90), (5.72, 4.62), (30.87, 6.37)]),
        ("social services", 1538, [(21.35, 10.51), (7.46, 5.11), (32.75, 7.71)]),
        ("medicine", 1104, [(22.19, 9.53), (7.12, 5.22), (36.53, 7.34)]),
        ("teaching, K-12", 4163, [(21.25, 11.01), (11.00, 6.19), (33.54, 6.89)]),
        ("teaching, post-secondary", 635, [(18.57, 11.95), (5.57, 6.63), (39.17, 7.92)]),
    ],
)
def test_each_group_has_the_recalled_mean_and_sd_of_each_sum(group, n, means_and_sds):
    norms = norm_of_each_scale(KEY, group, "test")
    assert list(norms) == list(ps.get_instrument("mbi_hss").scale_names)
    for norm, (mean, sd) in zip(norms.values(), means_and_sds, strict=True):
        assert (norm.value, norm.sd, norm.n) == (mean, sd, n)
        # the file holds six decimals
        assert norm.std_error == pytest.approx(sd / math.sqrt(n), abs=5e-7)
        assert (norm.method, norm.confirmed, norm.instrument) == ("sum", False, "mbi_hss")


def test_asking_for_an_unconfirmed_norm_warns_once_and_the_record_says_so():
    with pytest.warns(
        ps.PeerstatsWarning, match=r"get_norm\(\): The figures of .* are not confirmed"
    ) as said:
        norm = ps.get_norm(KEY, scale="depersonalization", by="occupation", group="medicine")
    assert len(said) == 1
    assert said[0].filename == __file__
    assert norm.key == "mbi_hss_us_1996 (depersonalization; occupation: medicine)"
    assert "not confirmed. To confirm them, compare them with the table" in norm.notes[0]
    assert str(norm).count("confirmed") == 1


def test_the_two_sizes_of_the_overall_sample_are_told():
    norm = norm_of_each_scale(KEY, None, "test")["emotional_exhaustion"]
    assert any("11,067" in note and "10,067" in note for note in norm.notes)


def test_an_unknown_group_of_a_norm_is_told_the_closest_names():
    with pytest.raises(ps.InputError, match=r"test\(\): .* has no group 'mental'(.|\n)*'mental health'"):
        norm_of_each_scale(KEY, "mental", "test")


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ((730, ((60.0, 8.9), (5.72, 4.62), (30.87, 6.37))), "emotional_exhaustion: mean 60.0"),
        ((730, ((16.89, 8.9), (0.2, 4.62), (30.87, 6.37))), "depersonalization: mean 0.2, SD 4.62"),
        ((12000, ((16.89, 8.9), (5.72, 4.62), (30.87, 6.37))), "the occupations are 19440 people"),
    ],
)
def test_a_figure_that_cannot_be_stops_the_builder(builder, figures, message):
    builder["check"](builder["FIGURES"])
    with pytest.raises(SystemExit, match=message):
        builder["check"]({**builder["FIGURES"], ("occupation", "mental health"): figures})
