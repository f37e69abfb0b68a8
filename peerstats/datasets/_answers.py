"""Answers of the simulated cohort to the scales: financial well-being, areas of worklife, burnout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from peerstats._core.bundled import read_rows
from peerstats.datasets._constants import CONSTANTS
from peerstats.datasets._people import OLDER
from peerstats.datasets._predictors import coefficients, linear_predictor

if TYPE_CHECKING:
    from peerstats.datasets._predictors import Wide
    from peerstats.datasets._streams import Streams
    from peerstats.typing import Array

__all__ = ["draw_financial_well_being", "draw_work_scales", "general_factor", "latent_group", "mean_answer"]

_AGE_GROUPS = ("18-61", "62+")


def _lose_some(answers: Array, name: str, streams: Streams) -> Array:
    lost = streams(f"{name}_missing").random(answers.shape) < CONSTANTS["missing_answers"]["share"]
    return np.where(lost, np.nan, answers)


# ---- financial well-being


def latent_group(factor: str, group: str) -> tuple[float, float]:
    """Return a factor's published mean and variance in an age group, self-administered."""
    found = {
        (row["factor"], row["age_group"]): (float(row["mean"]), float(row["variance"]))
        for row in read_rows("instruments", "cfpb_fwb_latent.csv")
        if row["mode"] == "self"
    }
    return found[factor, group]


def _draw_factor(factor: str, older: Any, streams: Streams) -> Array:
    """Draw a factor with its published mean and variance by age group, (n, 3)."""
    stability = CONSTANTS["financial_well_being"]["stability"]
    score = streams.normals(f"fwb_{factor}", len(older), stability)[:, :, 0]
    (mean, variance), (mean_older, variance_older) = (latent_group(factor, group) for group in _AGE_GROUPS)
    sd = np.sqrt(np.where(older, variance_older, variance))
    if factor == "F":  # covariates explain the rest of the variance
        sd = sd * np.sqrt(CONSTANTS["financial_well_being"]["residual_share"])
    return np.asarray(np.where(older, mean_older, mean) + sd * score)


def general_factor(columns: Wide, streams: Streams) -> Array:
    """Draw the factor that the score estimates, (n, 3): 0 and 1 are mean and sd of adults of 18 to 61."""
    known = columns | {"hourly_wage": np.nan_to_num(columns["hourly_wage"])}
    explained = linear_predictor(CONSTANTS["financial_well_being"]["coefficients"], known)
    return explained + _draw_factor("F", columns["age"] >= OLDER, streams)


def draw_financial_well_being(columns: Wide, streams: Streams) -> Wide:
    """Draw the ten answers from the published bifactor graded response model.

    Parameters
    ----------
    columns : dict of str to array
        The covariates, the job type and the wage.
    streams : Streams
        Random numbers.

    Returns
    -------
    dict of str to array
        fwb_1 to fwb_10, (n, 3): 0 is Not at all or Never, 4 is Completely or Always; nothing is reversed.
    """
    older = columns["age"] >= OLDER
    factors = {name: _draw_factor(name, older, streams) for name in "PN"}
    factors["F"] = general_factor(columns, streams)
    noise = streams("fwb").logistic(size=(*older.shape, 10))
    answers = np.zeros(noise.shape)
    for row in read_rows("instruments", "cfpb_fwb_irt.csv"):
        if row["mode"] != "self":
            continue
        item = int(row["item"]) - 1
        latent = float(row["slope_general"]) * factors["F"] + noise[:, :, item]
        latent = latent + float(row["slope_specific"]) * factors[row["factor"]]
        best = np.searchsorted([float(row[f"cut_{k}"]) for k in range(1, 5)], latent)
        # the model has 4 as best; items of the negative factor are answered the other way round
        answered = best if row["factor"] == "P" else 4 - best
        here = older == (row["age_group"] == _AGE_GROUPS[1])
        answers[:, :, item][here] = answered[here]
    answers = _lose_some(answers, "fwb", streams)
    return {f"fwb_{i + 1}": answers[:, :, i] for i in range(10)}


# ---- areas of worklife and burnout


def _cuts(shares: list[float]) -> Array:
    """Return the cuts of a standard normal that give the shares of the answers."""
    return np.asarray(ndtri(np.cumsum(shares)[:-1]))


def mean_answer(scale: str, shift: float) -> float:
    """Return the expected burnout answer where the scale's factor has the mean `shift`."""
    facts = CONSTANTS["burnout"]
    return float(ndtr(facts["loading"] * shift - _cuts(facts["shares"][scale])).sum())


def _draw_item(factor: Array, loading: float, shares: list[float], noise: Array) -> Array:
    latent = loading * factor + np.sqrt(1 - loading**2) * noise
    return np.asarray(np.searchsorted(_cuts(shares), latent), dtype=float)


def _draw_areas(columns: Wide, streams: Streams) -> dict[str, Array]:
    """Draw the six areas' factors, standard normal with one correlation, each (n, 3)."""
    facts = CONSTANTS["areas_of_worklife"]
    names = list(coefficients(facts["shares"]))
    n = len(columns["subject"])
    common = streams.normals("aws_common", n, facts["stability"])
    own = streams.normals("aws_areas", n, facts["stability"], columns=len(names))
    both = np.sqrt(facts["correlation"]) * common + np.sqrt(1 - facts["correlation"]) * own
    return {area: both[:, :, i] for i, area in enumerate(names)}


def _draw_burnout(areas: dict[str, Array], columns: Wide, streams: Streams) -> dict[str, Array]:
    """Draw the three burnout factors given the areas and the job type: variance 1 within a job type."""
    facts = CONSTANTS["burnout"]
    correlation = CONSTANTS["areas_of_worklife"]["correlation"]
    root = np.linalg.cholesky(np.array(facts["correlation"]))
    rest = streams.normals("mbi_scales", len(columns["subject"]), facts["stability"], columns=3) @ root.T
    out = {}
    for i, scale in enumerate(facts["scales"]):
        weights = facts["areas"][scale]
        slopes = np.array(list(weights.values()))
        explained = (1 - correlation) * (slopes @ slopes) + correlation * slopes.sum() ** 2
        factor = (
            np.sqrt(1 - explained) * rest[:, :, i] + facts["peer_support"][scale] * columns["peer_support"]
        )
        out[scale] = factor + sum(slope * areas[area] for area, slope in weights.items())
    return out


def draw_work_scales(columns: Wide, streams: Streams) -> Wide:
    """Draw the answers about work; NaN for those who do not work.

    Parameters
    ----------
    columns : dict of str to array
        The covariates and the job type.
    streams : Streams
        Random numbers.

    Returns
    -------
    dict of str to array
        mbi_1 to mbi_16 (0 to 6) and aws_1 to aws_28 (1 to 5, nothing reversed back), (n, 3).
    """
    facts = CONSTANTS
    areas = _draw_areas(columns, streams)
    scales = _draw_burnout(areas, columns, streams)
    shape = columns["employed"].shape
    out: Wide = {}
    for prefix, key, factors, n_items in (
        ("mbi", "burnout", scales, 16),
        ("aws", "areas_of_worklife", areas, 28),
    ):
        noise = streams(prefix).standard_normal((*shape, n_items))
        answers = np.empty(noise.shape)
        for scale, factor in factors.items():
            for item in facts[key]["items"][scale]:
                drawn = _draw_item(
                    factor, facts[key]["loading"], facts[key]["shares"][scale], noise[:, :, item - 1]
                )
                if key == "areas_of_worklife":
                    drawn = 5 - drawn if item in facts[key]["items"]["reversed"] else 1 + drawn
                answers[:, :, item - 1] = drawn
        answers = _lose_some(answers, prefix, streams)
        answers[columns["employed"] == 0] = np.nan
        out |= {f"{prefix}_{i + 1}": answers[:, :, i] for i in range(n_items)}
    return out
