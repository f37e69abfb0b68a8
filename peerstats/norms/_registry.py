"""The bundled norms: a CSV of figures and its manifest entry make one norm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.bundled import read_manifest, read_rows
from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.norms._benchmark import Benchmark

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["get_norm", "list_norms"]

_ALL = ("all", "all")


def _norm_files() -> dict[str, str]:
    """Return the file of each norm's key."""
    manifest = read_manifest("norms")
    return {entry["norm"]["key"]: name for name, entry in manifest.items() if "norm" in entry}


def _groups(file: str) -> list[tuple[str, str]]:
    """Return the (variable, group) pairs of a norm in the order of its file."""
    return list(dict.fromkeys((row["variable"], row["group"]) for row in read_rows("norms", file)))


def _distribution(file: str) -> tuple[Array, Array]:
    rows = read_rows("norms", file)
    return np.array([float(row["score"]) for row in rows]), np.array([float(row["share"]) for row in rows])


def _build(key: str, place: tuple[str, str]) -> Benchmark:
    file = _norm_files()[key]
    entry: dict[str, Any] = read_manifest("norms")[file]
    facts = entry["norm"]
    rows = {
        row["statistic"]: row for row in read_rows("norms", file) if (row["variable"], row["group"]) == place
    }
    everybody = place == _ALL
    variable, group = place
    figure = rows[facts["statistic"]]
    percents = [name for name in rows if name.startswith("p")]
    return Benchmark(
        key=key if everybody else f"{key} ({variable}: {group})",
        statistic=facts["statistic"],
        value=float(figure["value"]),
        std_error=float(figure["std_error"]),
        percentiles={int(name[1:]): float(rows[name]["value"]) for name in percents},
        population=entry["population"] if everybody else f"{entry['population']}; {variable}: {group}",
        date=facts["date"],
        form=facts["form"],
        source=entry["source"],
        unit=facts["unit"],
        sd=float(rows["sd"]["value"]),
        n=int(figure["n"]),
        notes=tuple(facts["notes"]),
        confirmed=facts["confirmed"],
        instrument=facts["instrument"],
        distribution=_distribution(facts["distribution"]) if everybody else None,
    )


def get_norm(key: str, *, by: str | None = None, group: str | None = None) -> Benchmark:
    """Return a bundled norm, of everybody or of one group.

    Parameters
    ----------
    key : str
        The norm; `list_norms` lists them.
    by : str, optional
        Variable that divides the population, such as "education".
    group : str, optional
        Group of that variable, such as "bachelor's degree".

    Returns
    -------
    Benchmark
        Mean with its standard error, SD, n and percentiles; for everybody also the distribution.

    Raises
    ------
    InputError
        If the key, the variable or the group is unknown, or only one of `by` and `group` is given.

    Notes
    -----
    ``fwb_us_2016``: weighted figures of the 2016 National Financial Well-Being Survey (Consumer Financial
    Protection Bureau), computed from its public-use file. The standard error is linearised with replacement
    over the full file, each group a domain: what R's ``survey::svyby(~FWBscore, ~group, svydesign(~1,
    weights = ~finalwt), svymean)`` and Stata's ``svy, subpop(): mean`` give. The SD divides by the sum of the
    weights. The groups of ``age_group`` are those for which the scale is scored apart; ``age`` has eight.

    Examples
    --------
    >>> import peerstats as ps
    >>> norm = ps.get_norm("fwb_us_2016")
    >>> round(norm.value, 2), round(norm.std_error, 3), round(norm.sd, 2), norm.n
    (54.25, 0.195, 13.74, 6389)
    >>> round(ps.get_norm("fwb_us_2016", by="education", group="bachelor's degree").value, 2)
    58.14
    """
    files = _norm_files()
    if key not in files:
        raise InputError(f"get_norm(): no norm is called {key!r}.", did_you_mean(key, files, what="norms"))
    if by is None and group is None:
        return _build(key, _ALL)
    places = [place for place in _groups(files[key]) if place != _ALL]
    variables = list(dict.fromkeys(variable for variable, _ in places))
    if by is None:
        raise InputError(
            f"get_norm(): group={group!r} is given without by.",
            f"Say which variable it belongs to: by= one of {', '.join(map(repr, variables))}.",
        )
    if by not in variables:
        raise InputError(
            f"get_norm(): {key!r} has no variable {by!r}.", did_you_mean(by, variables, what="variables")
        )
    groups = [name for variable, name in places if variable == by]
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
    return _build(key, (by, group))


def list_norms() -> Any:
    """List the bundled norms and their groups.

    Returns
    -------
    pandas DataFrame
        One row a norm and group: key, by, group ("all" for everybody), title, population, date, form,
        source, value, std_error, n.

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
    places = [(key, *place) for key, file in _norm_files().items() for place in _groups(file)]
    norms = [_build(key, (variable, group)) for key, variable, group in places]
    manifest, files = read_manifest("norms"), _norm_files()
    return new_frame(
        {
            "key": [key for key, _, _ in places],
            "by": [variable for _, variable, _ in places],
            "group": [group for _, _, group in places],
            "title": [manifest[files[key]]["title"] for key, _, _ in places],
            "population": [norm.population for norm in norms],
            "date": [norm.date for norm in norms],
            "form": [norm.form for norm in norms],
            "source": [norm.source for norm in norms],
            "value": np.array([norm.value for norm in norms]),
            "std_error": np.array([norm.std_error for norm in norms]),
            "n": np.array([norm.n for norm in norms]),
        }
    )
