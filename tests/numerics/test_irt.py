"""Expected scores of the bifactor graded response model."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit

import peerstats as ps
from peerstats.numerics import BifactorModel, expected_scores, expected_scores_by_sum

GOLDEN = Path(__file__).parents[1] / "golden" / "fwb_eap_by_raw" / "expected.csv"


def fwb_model(key="cfpb_fwb_10", age_group="18-61", mode="self"):
    inst = ps.get_instrument(key)
    irt, here = inst.irt, (inst.groups.age_group.index(age_group), inst.groups.mode.index(mode))
    return BifactorModel(
        slopes=irt.slopes[here],
        cuts=irt.cuts[here],
        factor=irt.factor,
        mean=irt.mean[here],
        variance=irt.variance[here],
        grid=irt.grid,
    )


def brute_force(pattern, model):
    """The plain three-dimensional sum."""
    f, p, n = np.meshgrid(model.grid, model.grid, model.grid, indexing="ij")
    posterior = np.ones_like(f)
    for value, mean, variance in zip((f, p, n), model.mean, model.variance, strict=True):
        posterior *= np.exp(-0.5 * (value - mean) ** 2 / variance)
    for item, answer in enumerate(pattern):
        if answer < 0:
            continue
        line = model.slopes[item, 0] * f + model.slopes[item, 1] * (p, n)[model.factor[item]]
        above = [np.ones_like(f), *(expit(line - cut) for cut in model.cuts[item]), np.zeros_like(f)]
        posterior *= above[answer] - above[answer + 1]
    mean = (posterior * f).sum() / posterior.sum()
    return mean, np.sqrt((posterior * f**2).sum() / posterior.sum() - mean**2)


@pytest.mark.parametrize(
    "row", list(csv.DictReader(GOLDEN.read_text().splitlines())), ids=lambda r: "-".join(list(r.values())[:4])
)
def test_scores_by_sum_come_out_to_the_printed_four_decimals(row):
    key = {"10-item": "cfpb_fwb_10", "5-item": "cfpb_fwb_5"}[row["version"]]
    expected, error = expected_scores_by_sum(fwb_model(key, row["age_group"], row["mode"]))
    raw = int(row["raw"])
    # half a unit of the fourth decimal, which is all that was printed
    assert_allclose(50 + 15 * expected[raw], float(row["eap_unrounded"]), atol=5.0001e-5, rtol=0)
    assert_allclose(15 * error[raw], float(row["posterior_sd"]), atol=5.0001e-5, rtol=0)


@pytest.mark.parametrize(
    "pattern",
    [
        [0] * 10,
        [4] * 10,
        [0, 4, 2, 1, 3, 2, 2, 4, 0, 1],
        [-1, -1, 3, -1, -1, -1, -1, -1, -1, -1],
        [-1, 1, 3, 2, -1, 0, 4, -1, 2, 2],
    ],
)
def test_two_sums_over_planes_equal_the_sum_over_the_cube(pattern):
    model = fwb_model(age_group="62+", mode="interviewer")
    expected, error = expected_scores(np.array([pattern]), model)
    # the same sums in another order: rounding only, larger in the SD because of its subtraction
    assert_allclose([expected[0], error[0]], brute_force(pattern, model), rtol=1e-9)


def test_a_pattern_scores_the_same_among_others_and_alone(rng):
    model = fwb_model()
    answers = rng.integers(-1, 5, size=(3_000, 10))
    together = np.stack(expected_scores(answers, model))
    alone = np.stack(
        [np.concatenate(expected_scores(answers[i : i + 1], model)) for i in range(0, 3_000, 250)], axis=1
    )
    assert_allclose(together[:, ::250], alone, rtol=1e-12)


def test_nobody_is_scored_without_an_answer():
    expected, error = expected_scores(np.full((2, 10), -1), fwb_model())
    assert np.isnan(expected).all()
    assert np.isnan(error).all()


def test_averaging_patterns_of_one_sum_gives_the_score_of_the_sum():
    """Law: E(F | sum) is the probability-weighted mean of E(F | pattern)."""
    model = fwb_model("cfpb_fwb_5")
    patterns = np.stack(np.meshgrid(*[np.arange(5)] * 5, indexing="ij"), axis=-1).reshape(-1, 5)
    by_pattern, _ = expected_scores(patterns, model)
    prior = [
        np.exp(-0.5 * (model.grid - m) ** 2 / v) for m, v in zip(model.mean, model.variance, strict=True)
    ]
    prior = [w / w.sum() for w in prior]
    chosen = np.flatnonzero(patterns.sum(axis=1) == 3)
    probability = []
    for pattern in patterns[chosen]:
        like = [np.ones((49, 49)), np.ones((49, 49))]
        for item, answer in enumerate(pattern):
            line = model.slopes[item, 0] * model.grid[:, None] + model.slopes[item, 1] * model.grid[None, :]
            above = [
                np.ones_like(line),
                *(expit(line - cut) for cut in model.cuts[item]),
                np.zeros_like(line),
            ]
            like[model.factor[item]] *= above[answer] - above[answer + 1]
        probability.append(prior[0] @ ((like[0] @ prior[1]) * (like[1] @ prior[2])))
    by_sum, _ = expected_scores_by_sum(model)
    assert_allclose(np.average(by_pattern[chosen], weights=probability), by_sum[3], rtol=1e-10)
