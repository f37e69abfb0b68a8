"""Requests to the service of the Bureau of Labor Statistics: retries, and the key kept out of sight."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING, Any

from peerstats._core.extras import load_extra
from peerstats.datasets._bls_answer import Answer, read_answer
from peerstats.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Post", "Query", "post", "windows"]

_PATH = "/v2/timeseries/data/"
_OK = 200
_ELSEWHERE = (301, 302, 303, 307, 308, 404)  # the service is not at this address
_AGAIN = (429, 500, 502, 503, 504)  # the server asks for patience or is in trouble
_LONGEST_WAIT = 60.0  # seconds, whatever Retry-After says
_REFUSED = (
    "The service refuses this address or network: try later or elsewhere, or read the files by hand from "
    "https://download.bls.gov/pub/time.series/."
)
_BUSY = "REQUEST_FAILED_OVER_CAPACITY"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Query:
    """One request: some series and years, and no key.

    Attributes
    ----------
    series : tuple of str
        Identifiers.
    start, end : int
        First and last year.
    annual : bool
        Whether annual averages are asked for.
    """

    series: tuple[str, ...]
    start: int
    end: int
    annual: bool

    def body(self) -> dict[str, Any]:
        """Return what is sent, the key left out."""
        body: dict[str, Any] = {
            "seriesid": list(self.series),
            "startyear": str(self.start),
            "endyear": str(self.end),
        }
        return {**body, "annualaverage": True} if self.annual else body


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Post:
    """How requests are sent; it holds the key and never prints.

    Attributes
    ----------
    url : str
        Address of the service, up to "publicAPI".
    key : str or None
        The caller's key.
    timeout : float
        Seconds to wait for an answer.
    retries : int
        How often a request is sent again.
    """

    url: str
    key: str | None
    timeout: float
    retries: int

    def __repr__(self) -> str:
        """Return nothing of what it holds."""
        return "Post()"

    def hide_key(self, text: str) -> str:
        """Return a text in which the key does not stand."""
        return text if self.key is None else re.sub(re.escape(self.key), "[key]", text, flags=re.IGNORECASE)


def post(query: Query, how: Post, call: str) -> tuple[str, Answer, int]:
    """Send one request, again where the fault may pass.

    Parameters
    ----------
    query : Query
        What is asked for.
    how : Post
        Where to, and how patiently.
    call : str
        The public call, for messages.

    Returns
    -------
    text : str
        Body of the answer, the key taken out.
    answer : Answer
        What it says.
    n_sent : int
        How often the request was sent.

    Raises
    ------
    SourceError
        If no usable answer came.
    """
    attempt = 0
    while True:
        attempt += 1
        sent = _once(query, how, call)
        if isinstance(sent, str):
            try:
                return sent, read_answer(sent, call, query.series), attempt
            except SourceError as error:
                # a body that breaks off, or a busy server, may be whole the next time; a refusal stays one
                if "cut off" not in error.problem and _BUSY not in error.problem:
                    raise
                sent = _Failure(error=error)
        if sent.final:
            raise sent.error
        if attempt > how.retries:
            times = f"{attempt} times" if attempt > 1 else "once"
            raise SourceError(f"{sent.error.problem} It was asked {times}.", sent.error.next_step)
        wait = 2.0 ** (attempt - 1) if sent.wait is None else sent.wait
        sleep(min(wait, _LONGEST_WAIT))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Failure:
    """A request without an answer: why, how long to wait, and whether trying again is in vain."""

    error: SourceError
    wait: float | None = None
    final: bool = False


def _once(query: Query, how: Post, call: str) -> str | _Failure:
    """Send a request once and return its body, the key taken out, or what went wrong."""
    requests = load_extra("requests", "fetch", call)
    body = query.body() if how.key is None else {**query.body(), "registrationkey": how.key}
    failure = ""
    try:
        response = requests.post(
            how.url.rstrip("/") + _PATH,
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
            timeout=how.timeout,
            allow_redirects=False,  # a redirected request would carry the key elsewhere
        )
    except requests.exceptions.Timeout:
        failure = f"did not answer within {how.timeout:g} seconds"
    except requests.exceptions.ChunkedEncodingError:
        failure = "broke off its answer: the body is cut off"
    except requests.exceptions.RequestException as error:
        failure = f"cannot be reached ({type(error).__name__})"
    # made here, not above: the library's error holds the request, and the request the key
    if failure:
        return _Failure(
            error=_fault(f"{how.url} {failure}.", how, call, "Check the connection, or try later.")
        )
    status = response.status_code
    text = how.hide_key(response.content.decode("utf-8", errors="replace"))
    if status == _OK:
        return text
    begun = " ".join(re.sub(r"<[^>]*>", " ", text).split())[:80]
    problem = f"{how.url} answered HTTP {status}: {begun!r}."
    if status in _AGAIN:
        busy = _fault(problem, how, call, "Wait some minutes and try again.")
        return _Failure(error=busy, wait=_retry_after(response))
    step = "Check the address (url=)." if status in _ELSEWHERE else _REFUSED
    return _Failure(error=_fault(problem, how, call, step), final=True)


def _fault(problem: str, how: Post, call: str, step: str) -> SourceError:
    return SourceError(f"{call}(): {how.hide_key(problem)}", step)


def _retry_after(response: Any) -> float | None:
    try:
        return max(float(response.headers.get("Retry-After", "")), 0.0)
    except ValueError:
        return None


def windows(
    series: Sequence[str], start: int, end: int, most: tuple[int, int]
) -> list[tuple[tuple[str, ...], int, int]]:
    """Cut series and years into pieces that one request may hold: at most (series, years)."""
    n_series, n_years = most
    return [
        (tuple(series[i : i + n_series]), first, min(first + n_years - 1, end))
        for i in range(0, len(series), n_series)
        for first in range(start, end + 1, n_years)
    ]
