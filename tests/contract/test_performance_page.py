"""The page of performance is what its results say. Nothing is timed here."""

import csv
import importlib
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS, FOLDER = ROOT / "benchmarks", ROOT / "docs" / "_static" / "performance"
sys.path.insert(0, str(BENCHMARKS))
made = importlib.import_module("_page")
timing = importlib.import_module("_timing")
sys.path.remove(str(BENCHMARKS))

SIZES = {"rows": "n", "columns": "k", "outcomes": "outcomes", "replicates": "replicates"}


@pytest.fixture(scope="module")
def text():
    return (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def results():
    with (FOLDER / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tables(text):
    """Read the tables of comparisons back: name, peer, sizes, and the cells under their heads."""
    for found in re.finditer(r"^\*\*(.+)\*\*(?:: (.+))?\n\n((?:\|.*\n)+)", text, re.MULTILINE):
        fixed = {
            said: value for value, said in (part.split(" ") for part in (found[2] or "").split(", ") if part)
        }
        head, _, *lines = ([cell.strip() for cell in line.split("|")[1:-1]] for line in found[3].splitlines())
        for peer, *cells in lines:
            named = dict(zip(head[1:], cells, strict=True))
            given = fixed | named
            size = tuple(int(given[said].replace(",", "")) if given.get(said) else None for said in SIZES)
            yield found[1], peer.strip("*"), size, named


def numbers(cell):
    return [float(each.replace(",", "")) for each in re.findall(r"\d[\d,]*\.?\d*(?:e-?\d+)?", cell)]


def test_every_script_is_named_on_the_page_and_in_the_readme(text):
    scripts = {path.name for path in BENCHMARKS.glob("[a-z]*.py")}
    readme = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    assert {name for name in scripts if f"`{name}`" not in text} - {"performance.py"} == set()
    assert {name for name in scripts if name not in readme} == set()


def test_the_page_is_made_from_the_results(text):
    rows = timing.read_rows(FOLDER / "results.csv")
    runs = importlib.import_module("json").loads((FOLDER / "runs.json").read_text(encoding="utf-8"))
    assert made.page(rows, runs, BENCHMARKS) == text


def test_the_numbers_of_the_page_are_those_of_the_results(text, results):
    # three digits are printed: half a unit of the third is 0.5 % of the least number that has them
    near = 0.005
    shown = {}
    for name, peer, size, cells in tables(text):
        shown[name, peer, size] = cells
    assert len(shown) == len(results)
    for row in results:
        size = tuple(int(row[field]) if row[field] else None for field in SIZES.values())
        cells = shown[row["name"], row["peer"], size]
        for what in ("ratio", "seconds"):
            once = row["rounds"] == "1"
            expected = [float(row[f"{what}{end}"]) for end in ("", "_least", "_most") if row[f"{what}{end}"]]
            found = numbers(cells.get(what, ""))
            assert found == pytest.approx(expected[:1] if once else expected, rel=near)
        memory = cells.get("MB", "")
        if not row["megabytes"] or float(row["megabytes"]) < 1:
            assert memory == ("below 1" if row["megabytes"] else "")
        else:
            assert numbers(memory) == pytest.approx([float(row["megabytes"])], abs=0.5)  # whole megabytes


def test_a_stale_number_would_be_found(results):
    rows = timing.read_rows(FOLDER / "results.csv")
    first = next(row for row in rows if row.seconds is not None)
    changed = importlib.import_module("dataclasses").replace(first, seconds=1.01 * first.seconds)
    others = [row for row in rows if row is not first]
    assert made.page([changed, *others], {}, BENCHMARKS) != made.page([first, *others], {}, BENCHMARKS)
    assert len(results) == len(rows)


def test_every_picture_of_the_page_is_there(text):
    named = re.findall(r"\]\((_static/performance/\w+\.svg)\)", text)
    assert named
    assert [name for name in named if not (ROOT / "docs" / name).exists()] == []


def test_a_run_names_machine_date_and_versions(text, results):
    runs = importlib.import_module("json").loads((FOLDER / "runs.json").read_text(encoding="utf-8"))
    assert set(runs) == {row["script"] for row in results}
    for run in runs.values():
        assert run["machine"] in text
        assert run["date"] in text
        assert {"Python", "peerstats", "numpy"} <= set(run["versions"])


@pytest.mark.parametrize(
    ("value", "printed"),
    [(None, ""), (0, "0"), (0.012345, "0.0123"), (1.0049, "1.00"), (99.96, "100"), (12345.6, "12,300")],
)
def test_numbers_are_printed_to_three_digits_and_without_exponents(value, printed):
    assert made.whole(value) == printed


def test_a_peer_that_is_not_installed_is_named_as_absent():
    def work(_):
        return timing.Timed(seconds=2.0, megabytes=3.0, value=[1.0])

    ours = timing.Contestant(peer="peerstats", work=work, numbers=lambda timed: timed.value)
    missing = timing.absent("R VGAM::vglm", "its R package is not installed")
    rows = timing.contest("Something", [ours, missing], rounds=2, n=10)
    assert [row.peer for row in rows] == ["peerstats", "R VGAM::vglm"]
    assert (rows[0].seconds, rows[0].megabytes, rows[0].rounds) == (2.0, 3.0, 2)
    assert rows[1].seconds is None
    assert "absent: its R package is not installed" in made.page(
        [importlib.import_module("dataclasses").replace(row, script="multinomial") for row in rows],
        {},
        BENCHMARKS,
    )


def test_a_ratio_is_taken_within_its_turn_and_its_spread_is_kept():
    seconds = {
        "ours": iter([9.0, 1.0, 2.0, 4.0]),
        "theirs": iter([9.0, 3.0, 4.0, 20.0]),
    }  # the first warms up

    def work(who):
        return timing.Timed(seconds=next(seconds[who]))

    contestants = [timing.Contestant(peer=who, work=work, data=who) for who in seconds]
    ours, theirs = timing.contest("Something", contestants, rounds=3)
    assert (theirs.ratio, theirs.ratio_least, theirs.ratio_most) == (3.0, 2.0, 5.0)
    assert (theirs.seconds, theirs.seconds_least, theirs.seconds_most) == (4.0, 3.0, 20.0)
    assert ours.ratio is None


@pytest.mark.parametrize(
    ("goal", "reached"),
    [
        ("ratio >= 5", [True]),
        ("ratio >= 5.1", [False]),
        ("seconds <= 2; growth <= 1.1", [True, False]),
        ("megabytes <= 1", [None]),
        ("", []),
    ],
)
def test_a_goal_is_reached_or_not_or_not_measured(goal, reached):
    row = timing.Row(ratio=5.0, seconds=2.0, growth=1.2, goal=goal)
    assert [found for _, found in timing.goals(row)] == reached
    assert timing.missed([row]) == (False in reached)


def test_results_come_back_as_they_were_written(tmp_path):
    rows = [
        timing.Row(script="a", name="b, c", n=1_000_000, seconds=0.25, goal="seconds <= 1"),
        timing.Row(peer="R"),
    ]
    timing.write_rows(tmp_path / "rows.csv", rows)
    assert list(map(repr, timing.read_rows(tmp_path / "rows.csv"))) == [repr(r) for r in rows]
