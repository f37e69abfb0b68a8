"""Jobs of the simulated cohort: job type, wage, hours, tenure, benefits, satisfaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logit, ndtr

from peerstats.datasets._constants import CONSTANTS
from peerstats.datasets._predictors import linear_predictor

if TYPE_CHECKING:
    from peerstats.datasets._predictors import Wide
    from peerstats.datasets._streams import Streams
    from peerstats.typing import Array, IntArray

__all__ = ["draw_job_type", "draw_jobs", "job_predictors"]


def job_predictors(columns: Wide) -> Array:
    """Return the job model's linear predictors without person and county effects, (n, 3, outcomes)."""
    facts = CONSTANTS["job_type"]
    each = [linear_predictor(facts["coefficients"][outcome], columns) for outcome in facts["outcomes"]]
    return np.stack(each, axis=2)


def draw_job_type(columns: Wide, county: IntArray, streams: Streams) -> Wide:
    """Draw the job type at each wave.

    Parameters
    ----------
    columns : dict of str to array
        The covariates.
    county : (n,) int array
        Position of the county.
    streams : Streams
        Random numbers.

    Returns
    -------
    dict of str to array
        job_type, (n, 3), and its indicators employed and peer_support.
    """
    facts = CONSTANTS["job_type"]
    outcomes = facts["outcomes"]
    county_sd, person_sd = (
        np.sqrt([facts[part][outcome] for outcome in outcomes])
        for part in ("county_variance", "person_variance")
    )
    county_effect = streams("job_county").standard_normal((county.max() + 1, len(outcomes))) * county_sd
    person_effect = streams("job_person").standard_normal((len(county), len(outcomes))) * person_sd
    predictor = job_predictors(columns) + (county_effect[county] + person_effect)[:, None, :]
    # the largest of utilities with Gumbel errors is a draw from the multinomial logit
    utility = streams("job_type").gumbel(size=(*predictor.shape[:2], len(outcomes) + 1))
    utility[:, :, 1:] += predictor
    choice = utility.argmax(axis=2)
    peer = 1 + outcomes.index("peer support")
    return {
        "job_type": np.array([facts["base"], *outcomes])[choice],
        "employed": (choice > 0).astype(np.int64),
        "peer_support": (choice == peer).astype(np.int64),
    }


def _draw_yes(name: str, columns: Wide, streams: Streams) -> IntArray:
    """Draw an answer whose logit is the table's linear predictor, correlated between waves."""
    facts = CONSTANTS[name]
    noise = logit(ndtr(streams.normals(name, len(columns["subject"]), facts["stability"])[:, :, 0]))
    return np.asarray(linear_predictor(facts["coefficients"], columns) + noise > 0, dtype=np.int64)


def _draw_wage(columns: Wide, streams: Streams) -> Array:
    facts = CONSTANTS["log_hourly_wage"]
    n = len(columns["subject"])
    person = facts["person_sd"] * streams("wage_person").standard_normal((n, 1))
    own = facts["wave_sd"] * streams("wage").standard_normal((n, 3))
    return np.asarray(np.round(np.exp(linear_predictor(facts["coefficients"], columns) + person + own), 2))


def _draw_hours(full_time: IntArray, streams: Streams) -> Array:
    facts = CONSTANTS["hours_per_week"]
    usual, fewer, more = facts["usual"], facts["fewer"], facts["more"]
    rng = streams("hours_per_week")
    kind = rng.random(full_time.shape)
    full = np.where(kind < fewer["share"], rng.integers(fewer["low"], usual, full_time.shape), usual)
    above = rng.integers(usual + 1, more["high"] + 1, full_time.shape)
    full = np.where(kind > 1 - more["share"], above, full)
    low, mode, high = facts["part_time"]
    part = np.floor(rng.triangular(low, mode, high, full_time.shape))
    return np.asarray(np.where(full_time == 1, full, part), dtype=float)


def _draw_satisfaction(columns: Wide, streams: Streams) -> Array:
    facts = CONSTANTS["job_satisfaction"]
    noise = logit(
        ndtr(streams.normals("job_satisfaction", len(columns["subject"]), facts["stability"])[:, :, 0])
    )
    latent = linear_predictor(facts["coefficients"], columns) + noise
    return np.asarray(1.0 + np.searchsorted(facts["cuts"], latent))


def _draw_tenure(columns: Wide, streams: Streams) -> Array:
    """Draw years in the job: who keeps the job type and stays is a year on, others began within the year."""
    facts = CONSTANTS["tenure_years"]
    kind = columns["job_type"]
    rng = streams("tenure_years")
    first = facts["log_sd"] * rng.standard_normal(len(kind))
    moves, fresh = rng.random(kind.shape), rng.random(kind.shape)
    stay, start = np.zeros(kind.shape), np.zeros(kind.shape)
    for word, share in facts["stay"].items():
        stay[kind == word] = share
        start[kind == word] = facts["log_median"][word]
    years = np.empty(kind.shape)
    years[:, 0] = np.minimum(np.exp(start[:, 0] + first), columns["age"][:, 0] - 16.0)
    for t in (1, 2):
        kept = (kind[:, t] == kind[:, t - 1]) & (moves[:, t] < stay[:, t])
        years[:, t] = np.where(kept, years[:, t - 1] + 1, fresh[:, t])
    return np.round(years, 1)


def draw_jobs(columns: Wide, streams: Streams) -> Wide:
    """Draw what a job brings; NaN for those who do not work.

    Parameters
    ----------
    columns : dict of str to array
        The covariates and the job type.
    streams : Streams
        Random numbers.

    Returns
    -------
    dict of str to array
        hourly_wage, hours_per_week, tenure_years, health_insurance, paid_leave, job_satisfaction, (n, 3).
    """
    full_time = _draw_yes("full_time", columns, streams)
    known = columns | {"full_time": full_time}
    drawn: Wide = {
        "hourly_wage": _draw_wage(columns, streams),
        "hours_per_week": _draw_hours(full_time, streams),
        "tenure_years": _draw_tenure(columns, streams),
        "health_insurance": _draw_yes("health_insurance", known, streams),
        "paid_leave": _draw_yes("paid_leave", known, streams),
        "job_satisfaction": _draw_satisfaction(columns, streams),
    }
    employed = columns["employed"] == 1
    return {name: np.where(employed, column, np.nan) for name, column in drawn.items()}
