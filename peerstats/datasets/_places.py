"""Invented counties: shortage areas, rurality, unemployment, and who lives where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from peerstats.datasets._constants import CONSTANTS
from peerstats.datasets._predictors import coefficients

if TYPE_CHECKING:
    from peerstats.datasets._predictors import Wide
    from peerstats.datasets._streams import Streams
    from peerstats.typing import Array, IntArray

__all__ = ["draw_places", "largest_remainder"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Counties:
    """The counties of the sample, g of them.

    Parameters
    ----------
    state : (g,) int array
        Position of the state in the constants' order.
    name : (g,) array of str
        Invented identifiers.
    shortage : (g,) bool array
        Whether a county is a shortage area.
    """

    state: IntArray
    name: npt.NDArray[np.str_]
    shortage: npt.NDArray[np.bool_]


def largest_remainder(total: int, shares: Array) -> IntArray:
    """Split a total into whole parts in the ratio of `shares`; the largest remainders are rounded up."""
    quota = total * shares / shares.sum()
    parts: IntArray = np.floor(quota).astype(np.int64)
    order = np.argsort(parts - quota, kind="stable")
    parts[order[: total - parts.sum()]] += 1
    return parts


def _make_counties(people: IntArray, states: list[str], streams: Streams) -> _Counties:
    facts = CONSTANTS["counties"]
    total = round(int(people.sum()) * facts["per_person"])
    counties = np.maximum(largest_remainder(total, people.astype(float)), people > 0)
    digits = max(3, len(str(counties.max())))
    shortage: list[npt.NDArray[np.bool_]] = []
    rng = streams("shortage_area")
    for number in counties:
        flags = np.arange(number) < round(number * facts["shortage_share"])
        shortage.append(rng.permutation(flags))
    names = [f"{s}-{i + 1:0{digits}d}" for s, k in zip(states, counties, strict=True) for i in range(k)]
    return _Counties(
        state=np.repeat(np.arange(len(states)), counties),
        name=np.array(names),
        shortage=np.concatenate(shortage),
    )


def _draw_rurality(counties: _Counties, streams: Streams) -> npt.NDArray[Any]:
    shares = CONSTANTS["county_rurality"]
    n = len(counties.name)
    elsewhere = streams.choose("rurality", shares["elsewhere"], n)
    inside = streams.choose("rurality", shares["shortage"], n)
    return np.where(counties.shortage, inside[:, 0], elsewhere[:, 0])


def _settle(counties: _Counties, rurality: npt.NDArray[Any], state: IntArray, streams: Streams) -> IntArray:
    """Give everybody a county of their state: one each first, the others by the counties' weights."""
    facts, sizes = CONSTANTS["counties"], CONSTANTS["county_sizes"]
    # one person lives in every county, so the others must make up the rest of the 14 %
    extra = (facts["people_in_shortage"] - facts["per_person"] * facts["shortage_share"]) / (
        1 - facts["per_person"]
    )
    rng = streams("county")
    weight = np.exp(sizes["size_sd"] * rng.standard_normal(len(counties.name)))
    weight *= np.array([sizes["rurality_size"][word] for word in rurality])
    home = np.empty(len(state), dtype=np.int64)
    for s in np.unique(state):
        here = np.flatnonzero(state == s)
        own = np.flatnonzero(counties.state == s)
        share, short = weight[own], counties.shortage[own]
        inside = extra if short.any() else 0.0
        share[~short] *= (1 - inside) / share[~short].sum()
        if short.any():
            share[short] *= inside / share[short].sum()
        home[here[: len(own)]] = own
        home[here[len(own) :]] = rng.choice(own, size=len(here) - len(own), p=share)
    return home


def draw_places(n: int, streams: Streams) -> tuple[Wide, IntArray]:
    """Draw everybody's state and county.

    Parameters
    ----------
    n : int
        Number of people.
    streams : Streams
        Random numbers.

    Returns
    -------
    columns : dict of str to array
        state, county, shortage_area, rurality, local_unemployment.
    county : (n,) int array
        Position of the county.
    """
    ratio = coefficients(CONSTANTS["places"]["people"])
    people = largest_remainder(n, np.array(list(ratio.values()), dtype=float))
    state = streams("state").permutation(np.repeat(np.arange(len(ratio)), people))
    counties = _make_counties(people, list(ratio), streams)
    rurality = _draw_rurality(counties, streams)
    home = _settle(counties, rurality, state, streams)
    facts = CONSTANTS["local_unemployment"]
    rng = streams("local_unemployment")
    log_rate = facts["county_sd"] * rng.standard_normal((len(counties.name), 1))
    log_rate = log_rate + facts["wave_sd"] * rng.standard_normal((len(counties.name), 3))
    rate = np.round(np.array(facts["level"]) * np.exp(log_rate), 1)
    columns: Wide = {
        "state": np.array(list(ratio))[state][:, None],
        "county": counties.name[home][:, None],
        "shortage_area": counties.shortage[home][:, None].astype(np.int64),
        "rurality": rurality[home][:, None],
        "local_unemployment": rate[home],
    }
    return columns, home
