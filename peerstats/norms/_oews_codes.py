"""What the cells of official wage tables can hold, and which file has what."""

from __future__ import annotations

from typing import Literal

__all__ = [
    "EMPTY",
    "FIGURES",
    "MEANINGS",
    "PAGE",
    "PAY",
    "PERCENTS",
    "PUBLISHED",
    "STATES",
    "SYMBOLS",
    "TOP_CODED",
    "WORDS",
    "Pay",
    "meaning",
    "postal",
    "state_fips",
    "top_code",
    "where_to_get",
]

Pay = Literal["hourly", "annual"]

PAGE = "https://www.bls.gov/oes/tables.htm"
PAY = {"hourly": ("h", "dollars an hour"), "annual": ("a", "dollars a year")}
PERCENTS = {10: "pct10", 25: "pct25", 50: "median", 75: "pct75", 90: "pct90"}

# Canonical columns: those of the 32-column layout of May 2021 and later.
WORDS = (
    *("area", "area_title", "area_type", "prim_state", "naics", "naics_title", "i_group", "own_code"),
    *("occ_code", "occ_title", "o_group", "annual", "hourly"),
)
FIGURES = (
    *("tot_emp", "emp_prse", "jobs_1000", "loc_quotient", "pct_total", "pct_rpt"),
    *("h_mean", "a_mean", "mean_prse", "h_pct10", "h_pct25", "h_median", "h_pct75", "h_pct90"),
    *("a_pct10", "a_pct25", "a_median", "a_pct75", "a_pct90"),
)

# A cell's state is its place here. "Field Descriptions" sheets of the workbooks; 2025: footnotes 5 and 8.
STATES = (
    "published",
    "unavailable",
    "employment unavailable",
    "top-coded",
    "under 0.5 per cent",
    "empty",
)
PUBLISHED, TOP_CODED, EMPTY = 0, 3, 5
SYMBOLS = {"*": 1, "**": 2, "#": 3, "~": 4, "": 5}
MEANINGS = {
    "unavailable": "'*' means that no wage estimate is available",
    "employment unavailable": "'**' means that no employment estimate is available",
    "top-coded": "'#' means that the wage is at or above the top code{top}",
    "under 0.5 per cent": "'~' means that fewer than 0.5 % of establishments report the occupation",
    "empty": "the file has nothing in this cell",
}
# The same sheets: hourly and annual top code by year; those of the other years were not read.
_TOP_CODES = {
    2014: (90.00, 187_200),
    **dict.fromkeys(range(2018, 2022), (100.00, 208_000)),
    **dict.fromkeys(range(2022, 2026), (115.00, 239_200)),
}
# Postal abbreviations and FIPS codes of states and territories (ANSI INCITS 38).
_FIPS = dict(
    pair.split(":")
    for pair in (  # noqa: SIM905
        "AL:01 AK:02 AZ:04 AR:05 CA:06 CO:08 CT:09 DE:10 DC:11 FL:12 GA:13 HI:15 ID:16 IL:17 IN:18 IA:19 "
        "KS:20 KY:21 LA:22 ME:23 MD:24 MA:25 MI:26 MN:27 MS:28 MO:29 MT:30 NE:31 NV:32 NH:33 NJ:34 NM:35 "
        "NY:36 NC:37 ND:38 OH:39 OK:40 OR:41 PA:42 RI:44 SC:45 SD:46 TN:47 TX:48 UT:49 VT:50 VA:51 WA:53 "
        "WV:54 WI:55 WY:56 GU:66 PR:72 VI:78"
    ).split()
)
_POSTAL = {fips: word for word, fips in _FIPS.items()}


def state_fips(word: str) -> str | None:
    """Return the two-digit FIPS code of a postal abbreviation, or None."""
    return _FIPS.get(word)


def postal(fips: str) -> str | None:
    """Return the postal abbreviation of a state or territory.

    Parameters
    ----------
    fips : str
        Two-digit FIPS code.

    Returns
    -------
    str or None
        None where there is no such state.

    Examples
    --------
    >>> from peerstats.norms import postal
    >>> postal("42"), postal("99")
    ('PA', None)
    """
    return _POSTAL.get(fips)


def top_code(year: int, pay: str) -> float | None:
    """Return the wage that ``#`` stands for in a year, or None where it was not read."""
    found = _TOP_CODES.get(year)
    return None if found is None else float(found[0 if pay == "hourly" else 1])


def meaning(state: str, year: int) -> str:
    """Return what the state of a cell means, the year's top code included.

    Parameters
    ----------
    state : str
        The state, other than published.
    year : int
        The May of the figure.

    Returns
    -------
    str
        A clause without a full stop.

    Examples
    --------
    >>> from peerstats.norms import meaning
    >>> meaning("top-coded", 2025)
    "'#' means that the wage is at or above the top code ($115.00 an hour, $239,200 a year)"
    """
    found = _TOP_CODES.get(year)
    top = "" if found is None else f" (${found[0]:.2f} an hour, ${found[1]:,} a year)"
    return MEANINGS[state].format(top=top)


def where_to_get(year: object, area: str | None = None) -> str:
    """Name the file that has a year's figures and the page it is on."""
    yy = str(year)[-2:]
    national = f"oesm{yy}nat.zip (national_M{year}_dl.xlsx)"
    if area is None or area == "US":
        return f"download {national} from {PAGE}"
    return (
        f"download oesm{yy}st.zip (state_M{year}_dl.xlsx) for a state or oesm{yy}ma.zip "
        f"(MSA_M{year}_dl.xlsx) for a metropolitan area from {PAGE}"
    )
