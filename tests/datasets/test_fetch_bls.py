"""Series of the Bureau of Labor Statistics: a local server answers as the service does, and badly."""

import json
import logging
import pickle
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import peerstats as ps
from peerstats.datasets import _bls_transport, _cache

requests = pytest.importorskip("requests")

KEY = "0123456789abcdef0123456789abcdef"
CPI = "CUUR0000SA0"
QUOTA = (
    "Request could not be serviced, as the daily threshold for total number of requests allocated to the "
    f"user with registration key {KEY.upper()} has been reached."
)


def row(year, period, value, *notes):
    """One row as the service writes it: text, and an empty object where there is no footnote."""
    return {
        "year": str(year),
        "period": period,
        "periodName": "",
        "value": value,
        "footnotes": [{"code": "X", "text": text} for text in notes] or [{}],
    }


def answer(body, *, messages=(), status="REQUEST_SUCCEEDED", data=None, as_list=False):
    """What the service answers: a figure a May of each year asked for, newest first."""
    years = range(int(body["endyear"]), int(body["startyear"]) - 1, -1)
    series = [
        {"seriesID": name, "data": data if data is not None else [row(y, "M05", f"{y}.5") for y in years]}
        for name in body["seriesid"]
    ]
    results = {"series": series}
    return {
        "status": status,
        "responseTime": 37,
        "message": list(messages),
        "Results": [results] if as_list else results,
    }


class Service:
    """A server in a thread; `replies` are taken one by one, the last again and again."""

    def __init__(self):
        self.bodies, self.replies = [], [answer]
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.bodies.append((self.path, body))
                reply = service.replies[min(len(service.bodies), len(service.replies)) - 1]
                if callable(reply):
                    reply = (200, {}, json.dumps(reply(body)))
                status, headers, text = reply
                if headers.pop("Sleep", None):
                    time.sleep(0.6)
                raw = text.encode()
                length = headers.pop("Length", len(raw))
                self.send_response(status)
                for name, value in {"Content-Length": length, **headers}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/publicAPI"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = Service()
    yield made
    made.close()


@pytest.fixture
def waits(monkeypatch):
    """Waits between attempts are recorded, not waited."""
    taken = []
    monkeypatch.setattr(_bls_transport, "sleep", taken.append)
    return taken


def fetch(service, series=CPI, *, start=2020, end=2022, **more):
    return ps.fetch_bls(series, start=start, end=end, url=service.url, **{"cache": False, **more})


def refused(service, **more):
    with pytest.raises(ps.SourceError) as caught:
        fetch(service, **more)
    assert caught.value.next_step
    return str(caught.value)


def test_rows_come_in_time_order_as_numbers(service):
    found = fetch(service)
    frame = found.tidy()
    assert frame["date"].tolist() == ["2020-05", "2021-05", "2022-05"]
    assert frame["value"].tolist() == [2020.5, 2021.5, 2022.5]
    assert service.bodies == [
        ("/publicAPI/v2/timeseries/data/", {"seriesid": [CPI], "startyear": "2020", "endyear": "2022"})
    ]
    assert "Without a key the service gives no annual averages." in found.notes


def test_results_may_be_a_list_of_one_object(service):
    service.replies = [lambda body: answer(body, as_list=True)]
    assert len(fetch(service).rows) == 3


def test_what_the_agency_does_not_publish_is_missing_and_its_footnote_is_kept(service):
    data = [
        row(2025, "M13", "321.943"),
        row(2025, "M11", "324.122"),
        row(2025, "M10", "-", "Data unavailable due to the 2025 lapse in appropriations"),
        row(2025, "M09", "1,324.800"),
    ]
    service.replies = [lambda body: answer(body, data=data)]
    found = fetch(service, start=2025, end=2025, key=KEY)
    frame = found.tidy()
    assert frame["date"].tolist() == ["2025-09", "2025-10", "2025-11", "2025"]
    assert frame["value"].isna().tolist() == [False, True, False, False]
    assert frame["value"][0] == 1324.8
    assert frame["footnotes"][1].startswith("Data unavailable")
    assert found.glance()["n_missing"].item() == 1
    assert "lapse in appropriations" in repr(found)
    assert "2025-10" not in found.by_date()


@pytest.mark.parametrize(
    ("period", "date"),
    [
        ("M01", "2020-01"),
        ("Q02", "2020-Q2"),
        ("Q05", "2020"),
        ("S01", "2020-S1"),
        ("S03", "2020"),
        ("A01", "2020"),
    ],
)
def test_periods_become_dates(service, period, date):
    service.replies = [lambda body: answer(body, data=[row(2020, period, "1")])]
    assert fetch(service).tidy()["date"].tolist() == [date]


@pytest.mark.parametrize(("key", "n_series", "n_years"), [(None, 25, 10), (KEY, 50, 20)])
def test_requests_stay_within_the_limits_and_join_again(service, key, n_series, n_years):
    series = [f"LAUCN{37001 + 2 * i}0000000003" for i in range(60)]
    found = fetch(service, series, start=1999, end=2023, key=key)
    for _, body in service.bodies:
        assert len(body["seriesid"]) <= n_series
        assert int(body["endyear"]) - int(body["startyear"]) < n_years
        assert body.get("annualaverage", False) == (key is not None)
    frame = found.tidy()
    assert list(dict.fromkeys(frame["series_id"])) == series
    assert all(each["year"].tolist() == list(range(1999, 2024)) for _, each in frame.groupby("series_id"))
    assert found.n_requests == len(service.bodies) == -(-60 // n_series) * -(-25 // n_years)


def test_more_requests_than_a_day_has_are_not_begun(service):
    with pytest.raises(ps.InputError, match=r"need 27 requests; a day has 25 without a key(.|\n)*register"):
        fetch(service, [f"LNU0{i:07d}" for i in range(220)], start=2000, end=2022)
    assert service.bodies == []


@pytest.mark.parametrize(
    ("status", "message", "words"),
    [
        ("REQUEST_NOT_PROCESSED", QUOTA, r"quota of requests is used up"),
        ("REQUEST_SUCCEEDED", QUOTA, r"quota of requests is used up"),
        (
            "REQUEST_NOT_PROCESSED",
            f"The key:{KEY} provided by the User is invalid.",
            "does not accept the key",
        ),
        ("REQUEST_SUCCEEDED", f"Series does not exist for Series {CPI}", f"does not exist for Series {CPI}"),
        (
            "REQUEST_NOT_PROCESSED",
            "Something else.",
            r"did not answer \(REQUEST_NOT_PROCESSED\): Something else",
        ),
        ("REQUEST_FAILED_INVALID_PARAMETERS", "", "REQUEST_FAILED_INVALID_PARAMETERS"),
    ],
)
@pytest.mark.parametrize("results", [{}, [], None])
def test_a_refusal_is_an_error_that_says_why_and_is_not_asked_again(
    service, waits, status, message, words, results
):
    said = [message] if message else []
    service.replies = [lambda _: {"status": status, "message": said, "Results": results}]
    text = refused(service, key=KEY)
    assert KEY not in text.lower()
    assert re.search(words, text)
    assert len(service.bodies) == 1
    assert waits == []


def test_a_year_without_data_is_a_note(service):
    message = f"No Data Available for Series {CPI} Year: 2022"
    service.replies = [lambda body: answer(body, messages=[message], data=[row(2020, "M05", "1")])]
    found = fetch(service)
    assert message in found.notes
    assert message in repr(found)


def test_a_series_without_any_figure_is_told_and_none_at_all_is_an_error(service):
    def half(body):
        made = answer(body)
        made["Results"]["series"][1]["data"] = []
        return made

    service.replies = [half]
    assert "LNU04000000 has no figures from 2020 to 2022." in fetch(service, [CPI, "LNU04000000"]).notes
    service.replies = [lambda body: answer(body, data=[])]
    assert "there are no figures of CUUR0000SA0 from 2020 to 2022" in refused(service)


FAULTS = {
    "a timeout": ((200, {"Sleep": 1}, "{}"), "did not answer within 0.2 seconds"),
    "too many requests": ((429, {}, "slow down"), "HTTP 429: 'slow down'"),
    "a server in trouble": ((503, {}, "<html>Service Unavailable</html>"), "HTTP 503: 'Service Unavailable'"),
    "a body that breaks off": ((200, {"Length": 900}, '{"status":'), "cut off"),
    "half a body": ((200, {}, '{"status": "REQUEST_SUCC'), "cut off after 24 characters"),
    "a busy service": (
        (200, {}, json.dumps({"status": "REQUEST_FAILED_OVER_CAPACITY", "message": []})),
        "REQUEST_FAILED_OVER_CAPACITY",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_may_pass_is_tried_again_with_growing_waits(service, waits, fault):
    reply, words = FAULTS[fault]
    again = lambda: (reply[0], dict(reply[1]), reply[2])  # noqa: E731
    service.replies = [again(), again(), answer]
    found = fetch(service, timeout=0.2)
    assert (found.n_requests, waits) == (3, [1.0, 2.0])
    service.bodies.clear()
    service.replies = [again() for _ in range(4)]
    text = refused(service, timeout=0.2, key=KEY)
    assert words in text
    assert "asked 4 times" in text
    assert len(service.bodies) == 4


def test_the_server_says_how_long_to_wait_and_is_believed_within_reason(service, waits):
    service.replies = [
        (429, {"Retry-After": "7"}, ""),
        (429, {"Retry-After": "86400"}, ""),
        (503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, ""),
        answer,
    ]
    fetch(service)
    assert waits == [7.0, 60.0, 4.0]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ((200, {}, "<!DOCTYPE html><title>Access Denied</title>"), "a web page, not with data"),
        ((403, {}, "<h1>Access Denied</h1>"), "HTTP 403: 'Access Denied'"),
        ((404, {}, ""), "Check the address"),
        ((302, {"Location": "http://elsewhere.invalid/"}, ""), "HTTP 302"),
        ((200, {}, "hello"), "no JSON"),
        ((200, {}, "[1, 2]"), "has no status"),
        ((200, {}, '{"status": "REQUEST_SUCCEEDED", "Results": "none"}'), "hold no series"),
        ((200, {}, '{"status": "REQUEST_SUCCEEDED", "Results": {"series": [1]}}'), "has no seriesID"),
    ],
)
def test_what_is_no_answer_is_named_and_not_asked_for_again(service, waits, reply, words):
    service.replies = [reply]
    assert words in refused(service)
    assert (len(service.bodies), waits) == (1, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows[0].update(value="n/a"), "cannot be read"),
        (lambda rows: rows[0].pop("year"), "cannot be read"),
        (lambda rows: rows[0].update(period="M14"), "the period 'M14'"),
        (lambda rows: rows[0].update(value="inf"), "the value 'inf'"),
        (lambda rows: rows.append(rows[0]), "twice"),
        (lambda rows: rows[0].update(year="2030"), "of 2030, not asked for"),
    ],
)
def test_a_row_that_makes_no_sense_is_not_taken(service, change, words):
    def spoilt(body):
        made = answer(body)
        change(made["Results"]["series"][0]["data"])
        return made

    service.replies = [spoilt]
    assert words in refused(service)


def test_an_answer_about_other_series_is_not_taken(service):
    service.replies = [lambda body: answer({**body, "seriesid": ["LNU04000000"]})]
    assert "lacks ['CUUR0000SA0'] and has ['LNU04000000']" in refused(service)


def test_no_server_at_all_is_an_error_with_a_next_step(service, waits):
    service.close()
    assert "cannot be reached (ConnectionError)" in refused(service, retries=1, key=KEY)
    assert waits == [1.0]


def test_the_key_is_sent_and_stands_nowhere_else(service, tmp_path, caplog, capsys, waits):
    caplog.set_level(logging.DEBUG)
    service.replies = [
        (500, {}, f"bad key {KEY}"),
        lambda body: answer(body, messages=[f"Hello {KEY.upper()}"]),
    ]
    found = fetch(service, key=KEY, cache=tmp_path)
    assert service.bodies[0][1]["registrationkey"] == KEY
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    seen = [repr(found), str(found.to_dict()), str(found.notes), written, caplog.text, *capsys.readouterr()]
    assert not any(KEY in text.lower() for text in seen)
    assert "Hello [key]" in found.notes
    service.replies, service.bodies[:] = [(500, {}, f"bad key {KEY}")], []
    with pytest.raises(ps.SourceError) as caught:
        fetch(service, key=KEY)
    error = caught.value
    assert waits == [1.0, 1.0, 2.0, 4.0]
    assert KEY not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert repr(_bls_transport.Post(url="u", key=KEY, timeout=1, retries=1)) == "Post()"


def test_the_cache_answers_the_same_request_and_no_other(service, tmp_path):
    first = fetch(service, cache=tmp_path)
    again = fetch(service, cache=tmp_path)
    assert (first.n_requests, again.n_requests, again.n_cached) == (1, 0, 1)
    assert first.tidy().equals(again.tidy())
    assert fetch(service, cache=tmp_path, end=2021).n_requests == 1
    assert fetch(service, cache=tmp_path, key=KEY).n_requests == 1
    assert fetch(service, cache=False).n_requests == 1


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("2020.5", "2020.6"),
        lambda _: "",
        lambda _: "[]",
        lambda text: text.replace('"endyear": "2022"', '"endyear": "2029"', 1),
    ],
    ids=["cut off", "a figure changed", "empty", "another shape", "of another request"],
)
def test_a_damaged_file_in_the_cache_is_replaced_and_told(service, tmp_path, harm):
    fetch(service, cache=tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text(harm(path.read_text(encoding="utf-8")), encoding="utf-8")
    found = fetch(service, cache=tmp_path)
    assert found.n_requests == 1
    assert "A damaged file in the cache was replaced." in found.notes
    assert found.tidy()["value"].tolist() == [2020.5, 2021.5, 2022.5]
    assert fetch(service, cache=tmp_path).n_cached == 1


@pytest.mark.parametrize(
    ("last_year", "days", "state"),
    [(2020, 29, "fresh"), (2020, 31, "stale"), (2025, 2, "stale"), (2026, 0.5, "fresh"), (2020, -1, "stale")],
)
def test_an_answer_grows_old_the_sooner_the_newer_its_figures(tmp_path, last_year, days, state):
    fetched = _cache.datetime(2026, 6, 1, tzinfo=_cache.UTC)
    request = {"seriesid": [CPI], "endyear": str(last_year)}
    assert _cache.keep(tmp_path, request, "{}", now=fetched)
    now = fetched + days * _cache._DAY
    assert _cache.look_up(tmp_path, request, last_year=last_year, now=now).state == state


def test_a_folder_that_cannot_be_written_to_loses_nothing_but_the_cache(service, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    found = fetch(service, cache=blocked / "under")
    assert len(found.rows) == 3
    assert any(note.startswith("The answer could not be kept") for note in found.notes)


def test_an_error_is_never_kept(service, tmp_path):
    service.replies = [lambda _: {"status": "REQUEST_NOT_PROCESSED", "message": [QUOTA], "Results": {}}]
    refused(service, cache=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_default_cache_is_where_the_system_keeps_such_files(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(_cache.sys, "platform", "linux")
    assert _cache.cache_folder("bls") == tmp_path / "peerstats" / "bls"
    monkeypatch.setattr(_cache.sys, "platform", "darwin")
    assert _cache.cache_folder("bls").parts[-4:] == ("Library", "Caches", "peerstats", "bls")
    monkeypatch.setattr(_cache.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert _cache.cache_folder("bls") == tmp_path / "peerstats" / "bls"


def test_an_answer_saved_by_hand_is_read_without_a_network_or_the_package(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "requests", None)
    path = tmp_path / "answer.json"
    body = {"seriesid": [CPI], "startyear": "2019", "endyear": "2023"}
    path.write_text(json.dumps(answer(body)), encoding="utf-8")
    found = ps.fetch_bls(CPI, start=2020, end=2021, saved=path)
    assert found.by_date() == {"2020-05": 2020.5, "2021-05": 2021.5}
    moved = ps.deflate(1.0, at="2020-05", to="2021-05", index=found.by_date())
    assert moved.factor == 2021.5 / 2020.5
    with pytest.raises(ps.SourceError, match="has no figures of LNU04000000"):
        ps.fetch_bls("LNU04000000", start=2020, end=2021, saved=path)
    with pytest.raises(ps.SourceError, match="cannot be read"):
        ps.fetch_bls(CPI, start=2020, end=2021, saved=tmp_path / "absent.json")
    with pytest.raises(
        ps.MissingExtraError, match=r"fetch_bls\(\): needs .*requests(.|\n)*peerstats\[fetch\]"
    ):
        ps.fetch_bls(CPI, start=2020, end=2021, cache=False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"series": []}, "series= is empty"),
        ({"series": "cuur0000sa0"}, "Identifiers are upper case"),
        ({"series": "LAUCN37063000000003"}, r"\(19 characters\)(.|\n)*LA, U or S, area \(15\)"),
        ({"series": "LNU0400000"}, "eight digits"),
        ({"series": [CPI, 3]}, "3 is not an identifier"),
        ({"start": "2020"}, "start='2020' is not a year"),
        ({"end": 20}, "end=20 is not a year"),
        ({"start": 2023}, "start=2023 is after end=2022"),
        ({"key": ""}, "key= is not a registration key"),
        ({"key": f" {KEY}"}, "key= is not a registration key"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_asking(arguments, words):
    with pytest.raises(ps.InputError, match=words) as caught:
        ps.fetch_bls(**{"series": CPI, "start": 2020, "end": 2022, "cache": False, **arguments})
    assert KEY not in str(caught.value)
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("arguments", "identifier"),
    [
        (("cpi", {}), "CUUR0000SA0"),
        (("cpi", {"area": "West", "seasonal": True}), "CUSR0400SA0"),
        (("cpi", {"area": "S11A", "item": "SEFV"}), "CUURS11ASEFV"),
        (("laus", {"area": "37"}), "LAUST370000000000003"),
        (("laus", {"area": "37063"}), "LAUCN370630000000003"),
        (("laus", {"area": "37", "item": "population", "seasonal": True}), "LASST370000000000009"),
        (("cps", {"item": "employed", "seasonal": True}), "LNS12000000"),
        (("cps", {"item": "part time"}), "LNU02600000"),
        (("cps", {"item": "unemployment rate"}), "LNU04000000"),
        (("cps", {"item": "00000000"}), "LNU00000000"),
    ],
)
def test_identifiers_are_built_as_the_agency_writes_them(arguments, identifier):
    program, more = arguments
    assert ps.bls_series(program, **more) == identifier


@pytest.mark.parametrize(
    ("program", "more", "words"),
    [
        ("ces", {}, "'cpi', 'laus', 'cps'"),
        ("cpi", {"area": "Weast"}, "West"),
        ("cpi", {"item": "all items"}, "not an identifier"),
        ("laus", {}, "area='US' is not the FIPS code"),
        ("laus", {"area": "NC"}, "Give two digits"),
        ("laus", {"area": "37063", "seasonal": True}, "no seasonally adjusted series"),
        ("laus", {"area": "37063", "item": "population"}, "no 'population' series"),
        ("laus", {"area": "37", "item": "rate"}, "not a measure"),
        ("cps", {"area": "37", "item": "employed"}, "program='laus'"),
        ("cps", {}, "item=None"),
    ],
)
def test_a_series_that_is_not_published_is_not_built(program, more, words):
    with pytest.raises(ps.InputError, match=words) as caught:
        ps.bls_series(program, **more)
    assert caught.value.next_step


def test_the_result_is_plain_and_draws(service):
    from peerstats.plots import describe, new_axes  # noqa: PLC0415

    found = fetch(service, [CPI, "LNU04000000"])
    plain = found.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert pickle.loads(pickle.dumps(found)).series == found.series  # noqa: S301  (our own bytes)
    assert "LNU04000000: 2020 in 2020-05" in describe(found.plot(ax=new_axes()))
    with pytest.raises(ps.InputError, match="no series is named"):
        found.by_date()
    assert found.by_date(CPI)["2022-05"] == 2022.5
