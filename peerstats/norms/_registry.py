"""The bundled norms: a CSV of figures and its manifest entry make one norm."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from peerstats._core.bundled import read_manifest, read_rows
from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import new_frame
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.norms._benchmark import Benchmark

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["get_norm", "list_norms", "norm_file", "norm_groups", "norm_of_each_scale"]


class _Place(NamedTuple):
    """Which figures of a norm: of a scale, in a group of a variable."""

    scale: str
    variable: str
    group: str

    @property
    def everybody(self) -> bool:
        return (self.variable, self.group) == ("all", "all")


def _norm_files() -> dict[str, str]:
    """Return the file of each norm's key."""
    manifest = read_manifest("norms")
    return {entry["norm"]["key"]: name for name, entry in manifest.items() if "norm" in entry}


def _file_of(key: str, call: str) -> str:
    files = _norm_files()
    if key not in files:
        raise InputError(f"{call}(): no norm is called {key!r}.", did_you_mean(key, files, what="norms"))
    return files[key]


def _place_of(file: str, row: dict[str, str]) -> _Place:
    """Return a row's place; a file of one scale has no column for it."""
    scale = row["scale"] if "scale" in row else read_manifest("norms")[file]["norm"]["scale"]
    return _Place(scale, row["variable"], row["group"])


def _places(file: str) -> list[_Place]:
    """Return the places of a norm in the order of its file."""
    return list(dict.fromkeys(_place_of(file, row) for row in read_rows("norms", file)))


def _scales(file: str) -> list[str]:
    return list(dict.fromkeys(place.scale for place in _places(file)))


def _distribution(file: str) -> tuple[Array, Array]:
    rows = read_rows("norms", file)
    return np.array([float(row["score"]) for row in rows]), np.array([float(row["share"]) for row in rows])


def _notes(key: str, facts: dict[str, Any]) -> tuple[str, ...]:
    if facts["confirmed"]:
        return tuple(facts["notes"])
    return (
        f"The figures of {key!r} are not confirmed. To confirm them, {facts['confirm']}.",
        *facts["notes"],
    )


def _build(key: str, place: _Place) -> Benchmark:
    file = _norm_files()[key]
    entry: dict[str, Any] = read_manifest("norms")[file]
    facts = entry["norm"]
    rows = {row["statistic"]: row for row in read_rows("norms", file) if _place_of(file, row) == place}
    group = "" if place.everybody else f"{place.variable}: {place.group}"
    scale = place.scale if len(_scales(file)) > 1 else ""
    which = "; ".join(filter(None, (scale, group)))
    figure = rows[facts["statistic"]]
    percents = [name for name in rows if name.startswith("p")]
    return Benchmark(
        key=f"{key} ({which})" if which else key,
        statistic=facts["statistic"],
        value=float(figure["value"]),
        std_error=float(figure["std_error"]),
        percentiles={int(name[1:]): float(rows[name]["value"]) for name in percents},
        population="; ".join(filter(None, (entry["population"], group))),
        date=facts["date"],
        form=facts["form"],
        source=entry["source"],
        unit=facts["unit"],
        sd=float(rows["sd"]["value"]),
        n=int(figure["n"]),
        notes=_notes(key, facts),
        confirmed=facts["confirmed"],
        instrument=facts["instrument"],
        scale=place.scale,
        method=facts["method"],
        distribution=_distribution(facts["distribution"])
        if place.everybody and "distribution" in facts
        else None,
    )


def _find_scale(key: str, scale: str | None) -> str:
    """Return the scale asked for; it may be left out where there is one."""
    scales = _scales(_norm_files()[key])
    if scale is None and len(scales) == 1:
        return scales[0]
    if scale not in scales:
        said = "has several scales" if scale is None else f"has no scale {scale!r}"
        raise InputError(f"get_norm(): {key!r} {said}.", f"Say scale= one of {', '.join(map(repr, scales))}.")
    return scale


def _find_group(key: str, scale: str, by: str | None, group: str | None) -> _Place:
    if by is None and group is None:
        return _Place(scale, "all", "all")
    places = [place for place in _places(_norm_files()[key]) if not place.everybody]
    variables = list(dict.fromkeys(place.variable for place in places))
    if by is None:
        raise InputError(
            f"get_norm(): group={group!r} is given without by.",
            f"Say which variable it belongs to: by= one of {', '.join(map(repr, variables))}.",
        )
    if by not in variables:
        raise InputError(
            f"get_norm(): {key!r} has no variable {by!r}.", did_you_mean(by, variables, what="variables")
        )
    groups = list(dict.fromkeys(place.group for place in places if place.variable == by))
    if group is None:
        raise InputError(
            f"get_norm(): by={by!r} is given without group.",
            f"Say group= one of {', '.join(map(repr, groups))}.",
        )
    if group not in groups:
        raise InputError(
            f"get_norm(): {by!r} of {key!r} has no group {group!r}.",
            did_you_mean(group, groups, what="groups"),
        )
    return _Place(scale, by, group)


def norm_file(key: str, call: str) -> str:
    """Return the file of a norm."""
    return _file_of(key, call)


def norm_groups(key: str) -> dict[str, list[str]]:
    """Return the groups of each variable of a norm."""
    found: dict[str, list[str]] = {}
    for place in _places(_norm_files()[key]):
        if not place.everybody:
            groups = found.setdefault(place.variable, [])
            if place.group not in groups:
                groups.append(place.group)
    return found


def norm_of_each_scale(key: str, group: str | None, call: str) -> dict[str, Benchmark]:
    """Return a norm of every scale that it has, of everybody or of one group; nothing is warned of.

    Parameters
    ----------
    key : str
        The norm.
    group : str or None
        A group of any of its variables; None for everybody.
    call : str
        The public call, for messages.

    Returns
    -------
    dict of str to Benchmark
        By scale.

    Raises
    ------
    InputError
        If there is no such norm or group.

    Examples
    --------
    >>> from peerstats.norms import norm_of_each_scale
    >>> {scale: norm.value for scale, norm in norm_of_each_scale("fwb_us_2016", "62+", "doctest").items()}
    {'financial_well_being': 59.8...}
    """
    places = _places(_file_of(key, call))
    wanted = [place for place in places if (place.everybody if group is None else place.group == group)]
    if not wanted:
        groups = list(dict.fromkeys(place.group for place in places if not place.everybody))
        raise InputError(
            f"{call}(): {key!r} has no group {group!r}.", did_you_mean(str(group), groups, what="groups")
        )
    return {place.scale: _build(key, place) for place in wanted}


def get_norm(
    key: str, *, scale: str | None = None, by: str | None = None, group: str | None = None
) -> Benchmark:
    """Return a bundled norm, of everybody or of one group.

    Parameters
    ----------
    key : str
        The norm; `list_norms` lists them.
    scale : str, optional
        Scale of the instrument, such as "depersonalization"; may be left out where the norm has one.
    by : str, optional
        Variable that divides the population, such as "education".
    group : str, optional
        Group of that variable, such as "bachelor's degree".

    Returns
    -------
    Benchmark
        Mean with its standard error, SD and n; where they are known, percentiles, and for everybody also
        the distribution.

    Raises
    ------
    InputError
        If the key, the scale, the variable or the group is unknown, the norm has several scales and none is
        named, or only one of `by` and `group` is given.

    Warns
    -----
    PeerstatsWarning
        If the figures are unconfirmed.

    Notes
    -----
    ``fwb_us_2016``: weighted figures of the 2016 National Financial Well-Being Survey (Consumer Financial
    Protection Bureau), computed from its public-use file. The standard error is linearised with replacement
    over the full file, each group a domain: what R's ``survey::svyby(~FWBscore, ~group, svydesign(~1,
    weights = ~finalwt), svymean)`` and Stata's ``svy, subpop(): mean`` give. The SD divides by the sum of the
    weights. The groups of ``age_group`` are those for which the scale is scored apart; ``age`` has eight.

    ``mbi_hss_us_1996``: means and SDs of the sums of the Human Services Survey's three scales, third-edition
    manual, overall and by occupation. They were recalled and are not confirmed. The standard error is
    SD / sqrt(n).

    Examples
    --------
    >>> import peerstats as ps
    >>> norm = ps.get_norm("fwb_us_2016")
    >>> round(norm.value, 2), round(norm.std_error, 3), round(norm.sd, 2), norm.n
    (54.25, 0.195, 13.74, 6389)
    >>> round(ps.get_norm("fwb_us_2016", by="education", group="bachelor's degree").value, 2)
    58.14
    """
    _file_of(key, "get_norm")
    norm = _build(key, _find_group(key, _find_scale(key, scale), by, group))
    if not norm.confirmed:
        warnings.warn(f"get_norm(): {norm.notes[0]}", PeerstatsWarning, stacklevel=2)
    return norm


def list_norms() -> Any:
    """List the bundled norms and their groups.

    Returns
    -------
    pandas DataFrame
        One row a norm, scale and group: key, scale, by, group ("all" for everybody), title, population, date,
        form, source, value, std_error, n, confirmed.

    Notes
    -----
    Official wages are not norms of an instrument; `oews` has them.

    Examples
    --------
    >>> import peerstats as ps
    >>> norms = ps.list_norms()
    >>> norms.loc[norms["by"] == "sex", ["key", "group", "value", "n"]].round(2)
                key  group  value     n
    31  fwb_us_2016    men  54.41  3350
    32  fwb_us_2016  women  54.10  3039
    """
    places = [(key, place) for key, file in _norm_files().items() for place in _places(file)]
    norms = [_build(key, place) for key, place in places]
    manifest, files = read_manifest("norms"), _norm_files()
    return new_frame(
        {
            "key": [key for key, _ in places],
            "scale": [place.scale for _, place in places],
            "by": [place.variable for _, place in places],
            "group": [place.group for _, place in places],
            "title": [manifest[files[key]]["title"] for key, _ in places],
            "population": [norm.population for norm in norms],
            "date": [norm.date for norm in norms],
            "form": [norm.form for norm in norms],
            "source": [norm.source for norm in norms],
            "value": np.array([norm.value for norm in norms]),
            "std_error": np.array([norm.std_error for norm in norms], dtype=float),
            "n": np.array([norm.n for norm in norms]),
            "confirmed": ["yes" if norm.confirmed else "no" for norm in norms],
        }
    )
