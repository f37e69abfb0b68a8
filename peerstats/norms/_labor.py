"""Labor force figures of the CPS and benefits of the NCS: what could be confirmed, and where the rest is."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.bundled import read_manifest, read_rows
from peerstats._core.checks import check_choice
from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.norms._benchmark import FIXED, Benchmark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["cps", "ncs"]

_NO_ERROR = f"No standard error is published with the figure; {FIXED}."
_NCS_ERROR = f"Standard errors are published in a separate table, which is not bundled; {FIXED}."
_NCS_PAGE = "https://www.bls.gov/ebs/"
_MICRODATA = "Part-time shares of detailed occupations are in no published table: use the microdata (IPUMS)."
_ACCESS = (
    "Access is a property of jobs: the employer offers the benefit. A worker who is asked whether he has it "
    "answers about participation."
)
_NOTES = {
    "part_time": "Not comparable with hours at work in a week, nor with work experience in a year.",
    "part_time_at_work": (
        "Actual hours of one week: people on short weeks and holidays count. Not comparable with usual hours."
    ),
    "part_time_work_experience": "Work at any time in the year. Not comparable with annual averages.",
    "unemployment": (
        "A share of the labor force: who does not work and does not search is not in it. A survey's share of "
        "people not working is another quantity."
    ),
}
_KINDS = {
    "access": "share of workers with access to the benefit (offered to them)",
    "participation": "share of workers who participate in the benefit",
}
_NCS_GROUPS = {
    "civilian": "civilian workers, U.S.",
    "private": "private-industry workers, U.S.",
    "private_management_professional": "private industry, management, professional and related, U.S.",
    "private_service": "private industry, service occupations, U.S.",
    "state_local_government": "state and local government workers, U.S.",
}
_Measure = Literal["tenure", "part_time", "part_time_at_work", "part_time_work_experience", "unemployment"]


def cps(measure: _Measure, *, year: int, group: str = "all") -> Benchmark:
    """Return a figure of the Current Population Survey.

    Bundled are the figures that could be confirmed; for others the error names the page to read them on.

    Parameters
    ----------
    measure : str
        "tenure" (median years with the current employer), "part_time" (usual hours), "part_time_at_work"
        (hours of the reference week), "part_time_work_experience" (any time in the year) or "unemployment".
    year : int
        The year; tenure is of January.
    group : str
        "all", or a group such as "age_25_34" or "occ_community_social_services".

    Returns
    -------
    Benchmark
        A median in years, or a proportion as a fraction. Its `std_error` is None: none is published with it.

    Raises
    ------
    InputError
        If the figure is not bundled.

    Warns
    -----
    PeerstatsWarning
        If it was read in a text that quotes the agency.

    Notes
    -----
    The form says what is measured: usual hours, hours of one week and work in a year give three part-time
    shares, and unemployment is a share of the labor force. A sample's tenure is set beside the median by a
    test of medians, never a t test. Source: U.S. Bureau of Labor Statistics, https://www.bls.gov/cps/.

    Examples
    --------
    >>> import peerstats as ps
    >>> tenure = ps.cps("tenure", year=2020)
    >>> tenure.value, tenure.unit, tenure.std_error
    (4.1, 'years', None)
    >>> round(ps.cps("part_time", year=2021).value, 3)
    0.167
    """
    facts: dict[str, Any] = read_manifest("norms")["cps.csv"]["measures"]
    check_choice(measure, tuple(facts), "measure", "cps")
    about = facts[measure]
    rows = [row for row in read_rows("norms", "cps.csv") if row["measure"] == measure]
    page = about["page"].format(year=year)
    hint = _MICRODATA if measure.startswith("part_time") and group != "all" else ""
    row = _find(rows, year, group, f"cps(): {measure}", page, about["statistic"], hint)
    confirmed = row["confirmed"] == "yes"
    notes = [] if confirmed else [f"Read in a text that quotes the agency: check it at {about['page']}."]
    notes += [_NO_ERROR, *([_NOTES[measure]] if measure in _NOTES else [])]
    if row["whole"]:
        notes.append(f"{int(row['part']):,} of {int(row['whole']):,} thousand people.")
    key = "_".join(["cps", measure, row["year"], *([] if group == "all" else [group])])
    if not confirmed:
        warnings.warn(f"cps(): {key} is not confirmed. {notes[0]}", PeerstatsWarning, stacklevel=2)
    return Benchmark(
        key=key,
        statistic=about["statistic"],
        value=float(row["value"]),
        std_error=None,
        population=about["population"] + ("" if group == "all" else f"; {group}"),
        date=about["date"].format(year=row["year"]),
        form=about["form"],
        source=f"BLS, Current Population Survey, {row['source']}",
        unit=about["unit"],
        notes=tuple(notes),
        confirmed=confirmed,
    )


def ncs(
    benefit: str,
    *,
    year: int = 2023,
    group: str = "civilian",
    kind: Literal["access", "participation"] = "access",
) -> Benchmark:
    """Return the share of workers with a benefit, from the National Compensation Survey.

    Bundled are the figures that could be confirmed; for others the error names the page to read them on.

    Parameters
    ----------
    benefit : str
        "paid_sick_leave", "paid_vacation", "paid_holidays", "paid_family_leave", "medical_care",
        "defined_contribution_retirement" or "defined_benefit_retirement".
    year : int
        March of this year.
    group : str
        "civilian", "private", "state_local_government", or, for some benefits,
        "private_management_professional" or "private_service".
    kind : {"access", "participation"}
        Whether the benefit is offered, or the worker takes part in it.

    Returns
    -------
    Benchmark
        A proportion as a fraction, rounded by the agency to whole percents. Its `std_error` is None.

    Raises
    ------
    InputError
        If the figure is not bundled.

    Notes
    -----
    Access and participation differ, and one is never given for the other. Source: U.S. Bureau of Labor
    Statistics, https://www.bls.gov/ebs/.

    Examples
    --------
    >>> import peerstats as ps
    >>> leave = ps.ncs("paid_sick_leave", year=2023)
    >>> leave.value, leave.date, leave.form
    (0.8, 'March 2023', 'share of workers with access to the benefit (offered to them)')
    """
    check_choice(kind, tuple(_KINDS), "kind", "ncs")
    table = read_rows("norms", "ncs.csv")
    benefits = list(dict.fromkeys(row["measure"] for row in table))
    if benefit not in benefits:
        raise InputError(
            f"ncs(): benefit={benefit!r} is not bundled.",
            f"{did_you_mean(str(benefit), benefits, what='benefits')} {_elsewhere(_NCS_PAGE, 'proportion')}",
        )
    of_kind = [row for row in table if row["measure"] == benefit and row["kind"] == kind]
    other = next(each for each in _KINDS if each != kind)
    of_other = [row for row in table if row["measure"] == benefit and row["kind"] == other]
    there = any((row["year"], row["group"]) == (str(year), group) for row in of_kind)
    if not there and any((row["year"], row["group"]) == (str(year), group) for row in of_other):
        raise InputError(
            f"ncs(): {kind} to {benefit} in {year} for {group!r} is not bundled; {other} is.",
            f"Say kind={other!r} if that is what you compare with. {_elsewhere(_NCS_PAGE, 'proportion')}",
        )
    row = _find(of_kind, year, group, f"ncs(): {kind}, {benefit}", _NCS_PAGE, "proportion")
    return Benchmark(
        key="_".join(["ncs", benefit, kind, row["year"], group]),
        statistic="proportion",
        value=float(row["value"]),
        std_error=None,
        population=_NCS_GROUPS[group],
        date=f"March {row['year']}",
        form=_KINDS[kind],
        source=f"BLS, National Compensation Survey, {row['source']}",
        notes=(_NCS_ERROR, "The agency rounds to whole percents.", *([_ACCESS] if kind == "access" else [])),
    )


def _elsewhere(page: str, statistic: str) -> str:
    return (
        f"Read the figure at {page} and give it to benchmark(value, std_error=..., "
        f"statistic={statistic!r}, date=..., form=..., source=...)."
    )


def _find(
    rows: Sequence[Mapping[str, str]],
    year: int,
    group: str,
    what: str,
    page: str,
    statistic: str,
    hint: str = "",
) -> Mapping[str, str]:
    """Return the row of a year and group, or say what is bundled and where the rest is."""
    for row in rows:
        if (row["year"], row["group"]) == (str(year), group):
            return row
    years = sorted({row["year"] for row in rows if row["group"] == group})
    groups = sorted({row["group"] for row in rows if row["year"] == str(year)})
    problem = f"{what} of {group!r} in {year!r} is not bundled: it could not be confirmed."
    bundled = [
        f"Bundled for {group!r}: {', '.join(years)}." if years else "",
        f"Bundled for {year}: {', '.join(groups)}." if groups else "",
    ]
    if not years and not groups:
        places = ", ".join(f"{row['group']} {row['year']}" for row in rows)
        bundled = [f"Bundled: {places or 'nothing of this kind'}."]
    raise InputError(problem, " ".join([*filter(None, [*bundled, hint]), _elsewhere(page, statistic)]))
