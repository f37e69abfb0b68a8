"""Close names, checks, extras, progress."""

import io
import sys
import time

import pytest

import peerstats as ps
from peerstats._core import progress as progress_module
from peerstats._core.checks import check_choice, check_columns, check_conf_level
from peerstats._core.close_names import closest, did_you_mean
from peerstats._core.extras import load_extra
from peerstats._core.progress import progress


def test_close_names_ignore_letter_case():
    assert closest("fwb_3", ["FWB_3", "age", "fwb_33"]) == ["FWB_3", "fwb_33"]
    assert did_you_mean("zzz", ["a", "b"], what="columns") == "The columns are 'a', 'b'."
    assert did_you_mean("zzz", map(str, range(20))).endswith("and 8 more.")
    assert did_you_mean("zzz", [], what="norms") == "There are no norms."


def test_checks_name_call_and_value():
    assert check_choice("a", ["a", "b"], "kind", "call") == "a"
    with pytest.raises(ps.InputError, match=r"call\(\): kind='c' is not known"):
        check_choice("c", ["a", "b"], "kind", "call")
    with pytest.raises(ps.InputError, match=r"column 'ag' is not in the data \(and 1 more: 'x'\)"):
        check_columns(["ag", "x"], ["age"], "call")
    assert check_conf_level(0.9, "call") == 0.9
    for level in (95, 1, 0.3, float("nan")):
        with pytest.raises(ps.InputError, match="is not a confidence level"):
            check_conf_level(level, "call")


def test_a_missing_package_names_the_command_that_installs_it():
    assert load_extra("json", "io", "call").loads("1") == 1
    with pytest.raises(
        ps.MissingExtraError, match=r"call\(\): needs the package 'no_such_package'"
    ) as caught:
        load_extra("no_such_package.part", "report", "call")
    assert caught.value.next_step == "Run: pip install 'peerstats[report]'"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def work(patience, monkeypatch):
    monkeypatch.setattr(progress_module, "_PATIENCE", patience)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress("Counting", total=2) as advance:
        advance(1)
        advance(1)
    return terminal.getvalue()


def test_progress_shows_on_a_terminal_once_work_takes_long(monkeypatch):
    monkeypatch.setenv("PEERSTATS_PROGRESS", "1")
    monkeypatch.setenv("TERM", "xterm")
    assert "Counting" in work(-1.0, monkeypatch)
    assert "Counting" not in work(60.0, monkeypatch)


def test_progress_counts_what_it_is_told_the_name_of_and_begins_when_the_work_did(monkeypatch):
    monkeypatch.setenv("PEERSTATS_PROGRESS", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress_module, "_PATIENCE", 60.0)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress("Reading", total=None, unit="rows", since=time.monotonic() - 61) as advance:
        advance(65_536)
    with progress("Reading", total=131_072, unit="rows", since=time.monotonic() - 61) as advance:
        advance(65_536)
    shown = terminal.getvalue()
    assert "65,536 rows" in shown
    assert "65,536 of 131,072" in shown


def test_progress_is_off_when_told_and_off_a_terminal(monkeypatch):
    monkeypatch.setenv("PEERSTATS_PROGRESS", "0")
    assert work(-1.0, monkeypatch) == ""
    monkeypatch.setenv("PEERSTATS_PROGRESS", "1")
    quiet = io.StringIO()
    monkeypatch.setattr(sys, "stderr", quiet)
    with progress("Counting", total=1) as advance:
        advance(1)
    assert quiet.getvalue() == ""
