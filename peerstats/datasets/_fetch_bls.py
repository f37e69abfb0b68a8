"""Fetch series of the Bureau of Labor Statistics."""

from __future__ import annotations

from datetime import UTC, datetime
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING

from peerstats.datasets._bls_answer import Answer, Observation, read_answer
from peerstats.datasets._bls_result import BlsResult
from peerstats.datasets._bls_series import check_series
from peerstats.datasets._bls_transport import Post, Query, post, windows
from peerstats.datasets._cache import cache_folder, keep, look_up
from peerstats.errors import InputError, SourceError

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

__all__ = ["fetch_bls"]

_CALL = "fetch_bls"
_SERVICE = "https://api.bls.gov/publicAPI"
# Series and years in a request, and requests a day, without a key and with one:
# https://www.bls.gov/developers/api_faqs.htm
_LIMITS = {False: ((25, 10), 25), True: ((50, 20), 500)}
_FIRST_YEAR = 1900
_LAST_YEAR = 2100
_SHORTEST_KEY = 8  # so short a text could stand in the data, and would be taken out of them


def fetch_bls(
    series: str | Sequence[str],
    *,
    start: int,
    end: int,
    key: str | None = None,
    cache: bool | str | os.PathLike[str] = True,
    saved: str | os.PathLike[str] | None = None,
    timeout: float = 30.0,
    retries: int = 3,
    url: str = _SERVICE,
) -> BlsResult:
    """Fetch series of prices, unemployment and other figures from the Bureau of Labor Statistics.

    Parameters
    ----------
    series : str or sequence of str
        Identifiers, such as "CUUR0000SA0"; `bls_series` builds them.
    start, end : int
        First and last year.
    key : str, optional
        Your registration key. With it a request holds 50 series and 20 years, a day 500 requests, and annual
        averages come too; without it 25 series, 10 years and 25 requests, shared by all who use the same
        network address. It is sent to the service and stands in no message, log, result or file.
    cache : bool or path
        Whether to keep answers on disk, or the folder to keep them in. An answer is used for 30 days, for one
        day if it holds the year in which it was fetched or the year before.
    saved : path, optional
        A file that holds an answer of the service, saved by hand: it is read and nothing is fetched.
    timeout : float
        Seconds to wait for an answer.
    retries : int
        How often a request is sent again after a timeout, a broken answer, or HTTP 429 or 5xx.
    url : str
        Address of the service; for mirrors.

    Returns
    -------
    BlsResult
        `.tidy()` has one row a series and period, in time order.

    Raises
    ------
    InputError
        If an identifier, a year or the key cannot be one, or more requests are needed than a day allows.
    SourceError
        If the service cannot be reached, refuses (the message says why), does not know a series, or answers
        with something else than data.
    MissingExtraError
        If requests is not installed.

    Notes
    -----
    A request is cut into as many as the limits ask for. Where the agency has no figure (October 2025 of the
    price index) the value is missing and the footnote is kept. The service is version 2 of the public data
    API: https://www.bls.gov/developers/api_signature_v2.htm. R: blscrapeR; Stata: no command.

    Examples
    --------
    The service is asked as ``ps.fetch_bls("CUUR0000SA0", start=2020, end=2022)``. An answer saved by hand is
    read without a network:

    >>> import peerstats as ps, json, pathlib, tempfile
    >>> row = {"year": "2020", "period": "M05", "value": "256.394", "footnotes": [{}]}
    >>> answer = {"status": "REQUEST_SUCCEEDED", "message": [],
    ...           "Results": {"series": [{"seriesID": "CUUR0000SA0", "data": [row]}]}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "answer.json")
    ...     _ = path.write_text(json.dumps(answer))
    ...     prices = ps.fetch_bls("CUUR0000SA0", start=2020, end=2020, saved=path)
    >>> prices.tidy()[["series_id", "date", "value"]]
         series_id     date    value
    0  CUUR0000SA0  2020-05  256.394
    """
    wanted = check_series(series, _CALL)
    _check_years(start, end)
    if saved is not None:
        found = _read_saved(Path(saved), wanted)
        kept = [row for row in found.observations if start <= row.year <= end]
        return _result(wanted, start, end, kept, [*found.messages], source=f"file {Path(saved).name}")
    if isinstance(key, str) and (len(key) < _SHORTEST_KEY or key != key.strip()):
        raise InputError(
            f"{_CALL}(): key= is not a registration key.", "Give it as the agency mailed it, or leave it out."
        )
    most, a_day = _LIMITS[key is not None]
    pieces = windows(wanted, start, end, most)
    if len(pieces) > a_day:
        raise InputError(
            f"{_CALL}(): {len(wanted)} series and {end - start + 1} years need {len(pieces)} requests; a day "
            f"has {a_day}{'' if key else ' without a key'}.",
            "Ask for fewer series or years" + ("." if key else ", or register a key."),
        )
    how = Post(url=url, key=key, timeout=timeout, retries=retries)
    folder = _folder(cache)
    rows: list[Observation] = []
    notes: list[str] = []
    n_cached = n_sent = 0
    for names, first, last in pieces:
        query = Query(series=names, start=first, end=last, annual=key is not None)
        answer, sent, told = _ask(query, how, folder)
        rows += answer.observations
        notes += [*answer.messages, *told]
        n_cached, n_sent = n_cached + (sent == 0), n_sent + sent
    if key is None:
        notes.append("Without a key the service gives no annual averages.")
    return _result(wanted, start, end, rows, notes, source=url, n_requests=n_sent, n_cached=n_cached)


def _check_years(start: object, end: object) -> None:
    for name, year in (("start", start), ("end", end)):
        whole = isinstance(year, Integral) and not isinstance(year, bool)
        if not whole or not _FIRST_YEAR <= int(year) <= _LAST_YEAR:  # type: ignore[call-overload]
            raise InputError(f"{_CALL}(): {name}={year!r} is not a year.", "Give a number such as 2020.")
    if start > end:  # type: ignore[operator]
        raise InputError(f"{_CALL}(): start={start} is after end={end}.", "Swap them.")


def _folder(cache: bool | str | os.PathLike[str]) -> Path | None:  # noqa: FBT001  (it is on, off or a folder)
    if isinstance(cache, bool):
        return cache_folder("bls") if cache else None
    return Path(cache)


def _ask(query: Query, how: Post, folder: Path | None) -> tuple[Answer, int, list[str]]:
    """Return an answer from the cache or the service, how often the service was asked, and notes."""
    request = {"url": how.url, **query.body()}
    notes: list[str] = []
    if folder is not None:
        kept = look_up(folder, request, last_year=query.end, now=datetime.now(UTC))
        if kept.text is not None:
            return read_answer(kept.text, _CALL, query.series), 0, notes
        if kept.state == "damaged":
            notes.append("A damaged file in the cache was replaced.")
    text, answer, n_sent = post(query, how, _CALL)
    if folder is not None and not keep(folder, request, text, now=datetime.now(UTC)):
        notes.append(f"The answer could not be kept in {folder}.")
    return answer, n_sent, notes


def _read_saved(path: Path, wanted: list[str]) -> Answer:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{_CALL}(): {str(path)!r} cannot be read ({type(error).__name__}).", "Check the path."
        ) from error
    found = read_answer(text, _CALL)
    there = {row.series_id for row in found.observations}
    absent = [name for name in wanted if name not in there]
    if absent:
        raise SourceError(
            f"{_CALL}(): {path.name} has no figures of {', '.join(absent)}.",
            f"It holds {', '.join(sorted(there)) or 'none'}.",
        )
    kept = tuple(row for name in wanted for row in found.observations if row.series_id == name)
    return Answer(observations=kept, messages=found.messages)


def _result(
    wanted: list[str],
    start: int,
    end: int,
    rows: list[Observation],
    notes: list[str],
    *,
    source: str,
    n_requests: int = 0,
    n_cached: int = 0,
) -> BlsResult:
    outside = [row for row in rows if not start <= row.year <= end]
    if outside:
        raise SourceError(
            f"{_CALL}(): the service sent {outside[0].series_id} of {outside[0].year}, not asked for.",
            "Check the address (url=).",
        )
    if not rows:
        raise SourceError(
            f"{_CALL}(): there are no figures of {', '.join(wanted)} from {start} to {end}.",
            "; ".join(notes) or "Ask for other years.",
        )
    there = {row.series_id for row in rows}
    notes += [f"{name} has no figures from {start} to {end}." for name in wanted if name not in there]
    order = {name: i for i, name in enumerate(wanted)}
    return BlsResult(
        series=tuple(wanted),
        start=start,
        end=end,
        rows=tuple(sorted(rows, key=lambda row: (order[row.series_id], row.year, row.period))),
        notes=tuple(dict.fromkeys(notes)),
        source=source,
        n_requests=n_requests,
        n_cached=n_cached,
    )
