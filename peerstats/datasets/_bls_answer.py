"""What the service of the Bureau of Labor Statistics answers: read, checked, and its faults named."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peerstats.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Answer", "Observation", "read_answer"]

# Marks that the agency writes where there is no figure.
_NO_FIGURE = ("-", "", "*", "(NA)", "(X)", "N.A.")
_PERIOD = re.compile(r"M(0[1-9]|1[0-3])|Q0[1-5]|S0[1-3]|A01")
_QUOTA = re.compile(r"daily threshold|exceeded the number of requests", re.IGNORECASE)
_BAD_KEY = re.compile(r"key.*invalid|invalid.*key", re.IGNORECASE)
_NO_SERIES = re.compile(r"series does not exist", re.IGNORECASE)
_REGISTER = "https://data.bls.gov/registrationEngine/"
_SHOWN = 80  # characters of a strange answer that a message shows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observation:
    """One figure of a series.

    Parameters
    ----------
    series_id : str
        The series.
    year : int
        The year.
    period : str
        "M05" is May, "M13" the annual average of months; Q, S and A likewise.
    value : float
        The figure; NaN where the agency writes that there is none.
    footnotes : str
        Footnotes, joined by "; ".

    Examples
    --------
    >>> from peerstats.datasets import Observation
    >>> Observation(series_id="CUUR0000SA0", year=2020, period="M05", value=256.394, footnotes="").date
    '2020-05'
    """

    series_id: str
    year: int
    period: str
    value: float
    footnotes: str

    @property
    def date(self) -> str:
        """Return when the figure holds.

        Returns
        -------
        str
            "2020-05", "2020-Q2", "2020-S1", or "2020" for an annual figure.
        """
        kind, number = self.period[0], int(self.period[1:])
        annual = {"M": 13, "Q": 5, "S": 3, "A": 1}[kind]
        if number == annual:
            return f"{self.year}"
        return f"{self.year}-{number:02d}" if kind == "M" else f"{self.year}-{kind}{number}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """One answer of the service.

    Attributes
    ----------
    observations : tuple of Observation
        All figures, by series and time.
    messages : tuple of str
        What the service says besides, such as that a year has no data.
    """

    observations: tuple[Observation, ...]
    messages: tuple[str, ...]


def read_answer(text: str, call: str, series: Sequence[str] | None = None) -> Answer:
    """Read the body of an answer.

    Parameters
    ----------
    text : str
        The body, as text in which no key stands.
    call : str
        The public call, for messages.
    series : sequence of str, optional
        What was asked for; the answer must hold these and no others.

    Returns
    -------
    Answer
        Its figures.

    Raises
    ------
    SourceError
        If the body is not an answer of the service, or the service refused.
    """
    body = _parse(text, call)
    messages = tuple(str(each) for each in body.get("message") or ())
    _check_status(str(body["status"]), messages, call)
    found: dict[str, list[Observation]] = {}
    for each in _series_of(body.get("Results"), call):
        if not isinstance(each, dict) or not isinstance(each.get("data", []), list) or "seriesID" not in each:
            raise SourceError(
                f"{call}(): a series in the answer has no seriesID or no data.",
                "Try again; the shape is new.",
            )
        rows = [_observation(each["seriesID"], row, call) for row in each.get("data", [])]
        found.setdefault(each["seriesID"], []).extend(rows)
    wanted = list(found) if series is None else list(series)
    if set(wanted) != set(found):
        absent, other = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
        raise SourceError(
            f"{call}(): the answer is not to this request: it lacks {absent} and has {other} besides.",
            f"The service says: {'; '.join(messages) or 'nothing'}.",
        )
    rows = [row for name in wanted for row in sorted(found[name], key=lambda row: (row.year, row.period))]
    places = [(row.series_id, row.year, row.period) for row in rows]
    if len(set(places)) < len(places):
        twice = next(place for place in places if places.count(place) > 1)
        raise SourceError(f"{call}(): the answer has {twice} twice.", "Try again.")
    return Answer(observations=tuple(rows), messages=messages)


def _parse(text: str, call: str) -> dict[str, Any]:
    start = text.lstrip()[:_SHOWN]
    if start.startswith("<"):
        raise SourceError(
            f"{call}(): the service answered with a web page, not with data: {start!r}.",
            "The page is often a refusal: look at it in a browser, try later, or from another network.",
        )
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        cut = f"cut off after {len(text):,} characters" if start.startswith(("{", "[")) else "no JSON"
        raise SourceError(
            f"{call}(): the answer is {cut}: {start!r}.", f"Try again; reading stopped at {error.pos}."
        ) from None
    if not isinstance(body, dict) or "status" not in body:
        raise SourceError(f"{call}(): the answer has no status: {start!r}.", "Check the address (url=).")
    return body


def _check_status(status: str, messages: Sequence[str], call: str) -> None:
    """Turn a refusal into an error; it may come with the status of a success."""
    said = "; ".join(messages) or status
    for message in messages:
        if _QUOTA.search(message):
            raise SourceError(
                f"{call}(): the day's quota of requests is used up. The service says: {message}",
                "Try tomorrow, or register a key (500 requests a day instead of 25, which all without a key "
                f"at one network address share): {_REGISTER}",
            )
        if _BAD_KEY.search(message):
            raise SourceError(
                f"{call}(): the service does not accept the key. It says: {message}",
                f"Check the key, or leave it out; a new one is at {_REGISTER}",
            )
    absent = [message for message in messages if _NO_SERIES.search(message)]
    if absent:
        raise SourceError(
            f"{call}(): {'; '.join(absent)}.",
            "Check the identifier; bls_series() builds those of prices, local unemployment and the CPS.",
        )
    if status != "REQUEST_SUCCEEDED":
        raise SourceError(
            f"{call}(): the service did not answer ({status}): {said}.", "Change the request, or try later."
        )


def _series_of(results: Any, call: str) -> list[Any]:
    """Return the series; `Results` is an object, or a list of one as in the agency's own samples."""
    parts = results if isinstance(results, list) else [results or {}]
    if not all(isinstance(part, dict) and isinstance(part.get("series", []), list) for part in parts):
        raise SourceError(f"{call}(): the answer's Results hold no series.", "Try again.")
    return [each for part in parts for each in part.get("series", [])]


def _observation(series_id: str, row: Any, call: str) -> Observation:
    try:
        year, period, cell = int(row["year"]), str(row["period"]), str(row["value"]).strip()
        notes = [note["text"] for note in row.get("footnotes") or () if note and note.get("text")]
        value = math.nan if cell in _NO_FIGURE else float(cell.replace(",", ""))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SourceError(
            f"{call}(): a row of {series_id} cannot be read: {str(row)[:_SHOWN]}.", "Try again."
        ) from None
    if _PERIOD.fullmatch(period) is None or math.isinf(value):
        raise SourceError(
            f"{call}(): a row of {series_id} has the period {period!r} and the value {cell!r}.", "Try again."
        )
    return Observation(
        series_id=series_id, year=year, period=period, value=value, footnotes="; ".join(map(str, notes))
    )
