"""People of the simulated cohort: who they are, and which waves they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, ndtr, ndtri

from peerstats.datasets._constants import CONSTANTS
from peerstats.datasets._places import draw_places
from peerstats.datasets._predictors import linear_predictor

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from peerstats.datasets._predictors import Wide
    from peerstats.datasets._streams import Streams
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["OLDER", "answer_probabilities", "draw_answered", "draw_people"]

OLDER = 62  # years; the financial well-being scale is scored apart from this age on (CFPB)


def _look_up(table: Mapping[str, float], words: npt.NDArray[Any]) -> Array:
    """Return the table's number for each word."""
    out = np.empty(words.shape)
    for word, value in table.items():
        out[words == word] = value
    return out


def _yes(name: str, share: Array | float, n: int, streams: Streams) -> IntArray:
    return np.asarray(streams(name).random((n, 1)) < share, dtype=np.int64)


def _draw_age(n: int, streams: Streams) -> IntArray:
    facts = CONSTANTS["age"]
    low, high = ndtr((np.array([facts["low"], facts["high"] + 1]) - facts["mean"]) / facts["sd"])
    place = low + (high - low) * streams("age").random((n, 1))
    age = np.floor(facts["mean"] + facts["sd"] * ndtri(place)).astype(np.int64)
    return np.asarray(np.clip(age, facts["low"], facts["high"]) + np.arange(3))


def _draw_physical_health(benefits: IntArray, n: int, streams: Streams) -> IntArray:
    facts = CONSTANTS["physical_health"]
    latent = facts["disability_benefits"] * benefits + streams("physical_health").standard_normal((n, 1))
    return np.asarray(1 + np.searchsorted(facts["cuts"], latent))


def _weights(columns: Wide) -> Array:
    facts = CONSTANTS["weight"]
    ratio = _look_up(facts["state"], columns["state"]) * _look_up(facts["gender"], columns["gender"])
    ratio = ratio * np.where(columns["age"][:, :1] >= OLDER, facts["age_62_plus"], 1.0)
    return np.asarray(np.round(ratio / ratio.mean(), 4))


def draw_people(n: int, streams: Streams) -> tuple[Wide, IntArray]:
    """Draw everybody's covariates at the three waves.

    Parameters
    ----------
    n : int
        Number of people.
    streams : Streams
        Random numbers.

    Returns
    -------
    columns : dict of str to array
        (n, 1) where constant, (n, 3) where not.
    county : (n,) int array
        Position of the county.
    """
    facts = CONSTANTS
    years = np.array(facts["waves"]["years"])
    columns: Wide = {
        "data_source": np.full((n, 1), "simulated"),
        "subject": np.arange(1, n + 1)[:, None],
        "wave": np.arange(1, len(years) + 1)[None, :].repeat(n, axis=0),
        "year": years[None, :].repeat(n, axis=0),
    }
    places, county = draw_places(n, streams)
    columns |= places
    columns["age"] = _draw_age(n, streams)
    columns["education"] = streams.choose("education", facts["education"]["shares"], n)
    columns["gender"] = streams.choose("gender", facts["gender"]["shares"], n)
    columns["hispanic"] = _yes("hispanic", _look_up(facts["hispanic"]["share"], columns["state"]), n, streams)
    columns["veteran"] = _yes("veteran", _look_up(facts["veteran"]["share"], columns["gender"]), n, streams)
    for name, share in facts["yes_no"].items():
        if name != "source":
            columns[name] = _yes(name, share, n, streams)
    columns["physical_health"] = _draw_physical_health(columns["disability_benefits"], n, streams)
    columns["weight"] = _weights(columns)
    return columns, county


def answer_probabilities(columns: Wide) -> Array:
    """Return the probability that each person answers each wave, (n, 3): attrition is monotone."""
    first = {name: column[:, :1] for name, column in columns.items()}
    tables = CONSTANTS["attrition"]
    again = [expit(linear_predictor(tables[wave], first)) for wave in ("2", "3")]
    return np.cumprod(np.hstack([np.ones_like(again[0]), *again]), axis=1)


def draw_answered(columns: Wide, streams: Streams) -> BoolArray:
    """Draw which waves each person answers, (n, 3): everybody the first, nobody one after a missed one."""
    # one uniform number against falling probabilities: whoever misses a wave misses the later ones
    draw = streams("attrition").random((len(columns["subject"]), 1))
    return np.asarray(draw < answer_probabilities(columns))
