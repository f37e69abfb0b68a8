"""Identifiers of series of the Bureau of Labor Statistics: built and checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from peerstats._core.checks import check_choice
from peerstats._core.close_names import did_you_mean
from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["bls_series", "check_series"]

_FORMATS = "https://www.bls.gov/help/hlpforma.htm"
_PROGRAMS = ("cpi", "laus", "cps")
_REGIONS = {"US": "0000", "Northeast": "0100", "Midwest": "0200", "South": "0300", "West": "0400"}
_MEASURES = {
    "unemployment rate": "03",
    "unemployed": "04",
    "employed": "05",
    "labor force": "06",
    "employment-population ratio": "07",
    "participation rate": "08",
    "population": "09",
}
_STATES_ONLY = ("07", "08", "09")
# Codes are of the unadjusted series; the adjusted ones of employment begin with 1 instead of 0.
_CPS = {
    "employed": ("02000000", "12000000"),
    "full time": ("02500000", "12500000"),
    "part time": ("02600000", "12600000"),
    "unemployment rate": ("04000000", "14000000"),
}
# Prefix -> what its identifiers look like (the agency's list of formats), and that in words.
_SHAPES = {
    "CU": (r"CU[SU][RS][0-9A-Z]{4}[A-Z][0-9A-Z]{1,9}", "CU, U or S, R or S, area (4), item: CUUR0000SA0"),
    "LA": (r"LA[SU][A-Z]{2}[0-9]{13}[0-9]{2}", "LA, U or S, area (15), measure (2): LAUCN370630000000003"),
    "LN": (r"LN[SU][0-9]{8}", "LN, U or S, eight digits: LNU04000000"),
    "OE": (
        r"OEU[NSM][0-9]{7}[0-9]{6}[0-9]{6}[0-9]{2}",
        "OE, U, area type, area (7), industry (6), occupation (6), data type (2): OEUN000000000000021109304",
    ),
    "CI": (r"CI[SU][0-9A-Z]{13}[AIQ]", "CI, U or S, thirteen letters and digits, A, I or Q"),
}
_ANY = re.compile(r"[A-Z0-9][A-Z0-9_#-]{2,39}")


def bls_series(
    program: Literal["cpi", "laus", "cps"],
    *,
    area: str = "US",
    item: str | None = None,
    seasonal: bool = False,
) -> str:
    """Build the identifier of a series of the Bureau of Labor Statistics.

    Parameters
    ----------
    program : {"cpi", "laus", "cps"}
        Consumer prices (CPI-U), local unemployment, or the Current Population Survey.
    area : str
        For prices "US", "Northeast", "Midwest", "South", "West" or the agency's four-character code; for
        local unemployment the FIPS code, two digits of a state ("37") or five of a county ("37063"). The CPS
        series are of the nation.
    item : str, optional
        For prices the item code, "SA0" (all items) by default. For local unemployment "unemployment rate" by
        default, "unemployed", "employed", "labor force" and, for states, "employment-population ratio",
        "participation rate" and "population". For the CPS "employed", "full time", "part time" (usual hours),
        "unemployment rate", or the eight digits of a series.
    seasonal : bool
        Whether the series is seasonally adjusted. Adjusted series have no annual averages, and counties have
        no adjusted series.

    Returns
    -------
    str
        The identifier, for `fetch_bls`.

    Raises
    ------
    InputError
        If an area or item is not known, or the series is not published.

    Notes
    -----
    The formats are those of https://www.bls.gov/help/hlpforma.htm: CU + U/S + R + area (4) + item; LA + U/S +
    area (15) + measure (2), with area ST + state + 11 zeros or CN + county + 8 zeros; LN + U/S + 8 digits.

    Examples
    --------
    >>> import peerstats as ps
    >>> ps.bls_series("cpi", area="South")
    'CUUR0300SA0'
    >>> ps.bls_series("laus", area="37063")
    'LAUCN370630000000003'
    >>> ps.bls_series("cps", item="unemployment rate", seasonal=True)
    'LNS14000000'
    """
    check_choice(program, _PROGRAMS, "program", "bls_series")
    build = {"cpi": _cpi, "laus": _laus, "cps": _cps}[program]
    return check_series([build(area, item, "S" if seasonal else "U")], "bls_series")[0]


def _cpi(area: str, item: str | None, letter: str) -> str:
    code = _REGIONS.get(area, area)
    if re.fullmatch(r"[0-9A-Z]{4}", code) is None:
        raise InputError(
            f"bls_series(): area={area!r} is not an area of the price index.",
            f"{did_you_mean(str(area), _REGIONS, what='areas')} Or give its four-character code.",
        )
    return f"CU{letter}R{code}{item or 'SA0'}"


def _laus(area: str, item: str | None, letter: str) -> str:
    measure = _MEASURES.get(item or "unemployment rate")
    if measure is None:
        raise InputError(
            f"bls_series(): item={item!r} is not a measure of local unemployment.",
            did_you_mean(str(item), _MEASURES, what="measures"),
        )
    if re.fullmatch(r"\d{2}|\d{5}", str(area)) is None:
        raise InputError(
            f"bls_series(): area={area!r} is not the FIPS code of a state or county.",
            "Give two digits of a state ('37') or five of a county ('37063'), as text: leading zeros count.",
        )
    if len(area) == 2:  # noqa: PLR2004  (a state)
        return f"LA{letter}ST{area}{'0' * 11}{measure}"
    if letter == "S" or measure in _STATES_ONLY:
        what = "seasonally adjusted" if letter == "S" else repr(item)
        raise InputError(
            f"bls_series(): no {what} series is published for counties such as {area!r}.",
            "Say seasonal=False, and a rate or a count of the labor force; or give a state.",
        )
    return f"LA{letter}CN{area}{'0' * 8}{measure}"


def _cps(area: str, item: str | None, letter: str) -> str:
    if area != "US":
        raise InputError(
            f"bls_series(): area={area!r}: the series of the Current Population Survey are of the nation.",
            "For a state or county say program='laus'.",
        )
    if item in _CPS:
        return f"LN{letter}{_CPS[item][letter == 'S']}"
    if item is None or re.fullmatch(r"\d{8}", item) is None:
        raise InputError(
            f"bls_series(): item={item!r} is not a series of the Current Population Survey.",
            f"{did_you_mean(str(item), _CPS, what='items')} Or give the eight digits of a series.",
        )
    return f"LN{letter}{item}"


def check_series(series: str | Sequence[str], call: str) -> list[str]:
    """Return identifiers in the order given, each once, or say which is not one.

    Parameters
    ----------
    series : str or sequence of str
        Identifiers.
    call : str
        The public call, for messages.

    Returns
    -------
    list of str
        Checked identifiers.

    Raises
    ------
    InputError
        If there is none, or one does not have the shape of its program.
    """
    given = [series] if isinstance(series, str) else list(series)
    if not given:
        raise InputError(f"{call}(): series= is empty.", "Give at least one identifier, as 'CUUR0000SA0'.")
    for each in given:
        if not isinstance(each, str) or _ANY.fullmatch(each) is None:
            hint = "Identifiers are upper case." if isinstance(each, str) and each != each.upper() else ""
            raise InputError(
                f"{call}(): {each!r} is not an identifier of a series.",
                f"{hint} bls_series() builds one; the formats are at {_FORMATS}.".strip(),
            )
        shape = _SHAPES.get(each[:2])
        if shape is not None and re.fullmatch(shape[0], each) is None:
            raise InputError(
                f"{call}(): {each!r} ({len(each)} characters) is not an identifier of its program.",
                f"It is made of {shape[1]}. See {_FORMATS}.",
            )
    return list(dict.fromkeys(given))
