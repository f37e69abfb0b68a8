"""Instrument files: written and read back, and every kind of mistake named by its line."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import peerstats as ps

KEYS = ps.list_instruments()["instrument"].tolist()


def equal(a, b):
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b)
    if dataclasses.is_dataclass(a):
        return all(equal(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a))
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(equal, a, b))
    return a == b


@pytest.mark.parametrize("key", KEYS)
def test_an_instrument_written_and_read_is_the_same_instrument(key, tmp_path):
    inst = ps.get_instrument(key)
    inst.to_toml(tmp_path / "mine.toml")
    again = ps.read_instrument(tmp_path / "mine.toml")
    assert [
        f.name for f in dataclasses.fields(inst) if not equal(getattr(inst, f.name), getattr(again, f.name))
    ] == []


def test_nothing_that_is_there_is_replaced(tmp_path):
    (tmp_path / "cfpb_fwb_5_irt.csv").write_text("mine")
    with pytest.raises(ps.SourceError, match=r"cfpb_fwb_5_irt.csv is already there"):
        ps.get_instrument("cfpb_fwb_5").to_toml(tmp_path / "a.toml")
    assert not (tmp_path / "a.toml").exists()
    assert (tmp_path / "cfpb_fwb_5_irt.csv").read_text() == "mine"


def test_keys_are_those_of_the_reference():
    """Item numbers typed here a second time, from the same published keys."""
    human_services = {
        "emotional_exhaustion": [1, 2, 3, 6, 8, 13, 14, 16, 20],
        "depersonalization": [5, 10, 11, 15, 22],
        "personal_accomplishment": [4, 7, 9, 12, 17, 18, 19, 21],
    }
    general = {
        "exhaustion": [1, 2, 3, 4, 6],
        "cynicism": [8, 9, 13, 14, 15],
        "professional_efficacy": [5, 7, 10, 11, 12, 16],
    }
    for keys, expected in (
        (("mbi_hss", "mbi_hss_mp", "mbi_es"), human_services),
        (("mbi_gs", "mbi_gs_s"), general),
    ):
        for key in keys:
            found = {s.name: [i + 1 for i in s.items] for s in ps.get_instrument(key).scales}
            assert found == expected
    reversed_28 = [i + 1 for s in ps.get_instrument("aws_28").scales for i in s.reverse]
    assert reversed_28 == [1, 2, 3, 12, 13, 18, 23, 24]
    reversed_29 = [i + 1 for s in ps.get_instrument("aws_29").scales for i in s.reverse]
    assert reversed_29 == [1, 2, 3, 4, 12, 13, 18, 23, 24, 29]
    assert [i + 1 for i in ps.get_instrument("cfpb_fwb_10").scales[0].reverse] == [3, 5, 6, 7, 9, 10]


@pytest.mark.parametrize("key", KEYS)
def test_every_item_belongs_to_one_scale(key):
    inst = ps.get_instrument(key)
    orders = [order.items for order in inst.orders] or [{s.name: s.items for s in inst.scales}]
    for items in orders:
        assert sorted(i for positions in items.values() for i in positions) == list(
            range(len(inst.item_names))
        )


MINE = """
key = "mine"
title = "My scale"
form = "4 items"
wording = "public domain"
licence = "mine"
reference = "unpublished"
confirmed = true
methods = ["mean"]

[answers]
low = 1
high = 5

[items]
names = ["a", "b", "c", "d"]

[scale.calm]
items = ["a", "b"]
reverse = ["b"]
high_means = "calmer"

[scale.busy]
items = ["c", "d"]
min_answered = 0.5
high_means = "busier"
"""


def read(text, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return ps.read_instrument(path)


def test_a_file_of_ones_own_is_scored_from_its_path(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    data = pd.DataFrame({"x_a": [1, 5], "x_b": [1, 2], "x_c": [4, None], "x_d": [None, 2]})
    for given in (path, str(path), ps.read_instrument(path)):
        scores = ps.score(data, given, items="x_{}").scores
        assert scores["calm"].tolist() == [3.0, 4.5]
        assert scores["busy"].tolist() == [4.0, 2.0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('key = "mine"', "key = mine", r"is not TOML: .*line 2"),
        ('key = "mine"', "", r"\[key\] is missing"),
        ('title = "My scale"', "title = 3", r"line 3: \[title\] must be text, and is 3"),
        ('wording = "public domain"', 'wording = "secret"', r"line 5: \[wording\] is 'secret'"),
        ("confirmed = true", "confirmed = false", r"\[confirm\] is missing"),
        ("confirmed = true", 'confirmed = "yes"', r"line 8: \[confirmed\] must be true or false"),
        ('methods = ["mean"]', 'methods = ["median"]', r"line 9: \[methods\] is \['median'\]"),
        (
            'methods = ["mean"]',
            'methods = ["lookup"]',
            r"line 9: \[methods\] offers 'lookup' without \[lookup\]",
        ),
        ("low = 1", "low = 5", r"line 13: \[answers.high\] is 5, not above the lowest answer 5"),
        ("low = 1", 'low = "one"', r"line 12: \[answers.low\] must be a whole number"),
        ("low = 1", "lowest = 1", r"line 12: \[answers.lowest\] means nothing"),
        (
            'names = ["a", "b", "c", "d"]',
            'names = ["a", "a"]',
            r"line 16: \[items.names\] has an item name twice",
        ),
        ('items = ["a", "b"]', 'items = ["a", "z"]', r"line 19: \[scale.calm.items\] names item 'z'"),
        ('items = ["a", "b"]', 'items = ["b", "b"]', r"line 19: \[scale.calm.items\] names item 'b' twice"),
        ('items = ["a", "b"]', "items = []", r"line 19: \[scale.calm.items\] is empty"),
        ('reverse = ["b"]', 'reverse = ["c"]', r"line 20: \[scale.calm.reverse\] reverses item c"),
        ('reverse = ["b"]', 'revers = ["b"]', r"line 20: \[scale.calm.revers\] means nothing"),
        ("min_answered = 0.5", "min_answered = 3", r"line 25: \[scale.busy.min_answered\] is 3"),
        ('high_means = "busier"', "", r"line 23: \[scale.busy.high_means\] is missing"),
        ("[scale.busy]", "[scales.busy]", r"\[scales\] means nothing"),
        (
            "[scale.busy]",
            '[roles]\nexhaustion = "tired"\n\n[scale.busy]',
            r"line 23: \[roles.cynicism\] is missing",
        ),
        (
            "[items]",
            '[[anchors]]\nitems = ["a"]\nwords = ["no", "yes"]\n\n[items]',
            r"has 2 words for 5 answer codes",
        ),
        (
            "[items]",
            '[order.odd]\nabout = "x"\nconfidence = "R"\ncalm = ["a"]\n\n[items]',
            r"\[order.odd.busy\] is missing",
        ),
        (
            "[items]",
            '[match]\nmidpoint = "three"\n\n[items]',
            r"line 16: \[match.midpoint\] must be a number",
        ),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_line(old, new, message, tmp_path):
    assert old in MINE
    with pytest.raises(ps.InputError, match=message) as caught:
        read(MINE.replace(old, new, 1), tmp_path)
    assert "mine.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("18-61,self,0,19\n", "", "without a score for 18-61, self, raw total 0"),
        ("18-61,self,0,19\n", "18-60,self,0,19\n", "with a cell for 18-60, self, raw total 0"),
        ("age_group,mode,raw,score", "age_group,mode,total,score", "without the column 'raw'"),
    ],
)
def test_a_look_up_table_with_a_gap_is_refused(old, new, message, tmp_path):
    ps.get_instrument("cfpb_fwb_5").to_toml(tmp_path / "mine.toml")
    table = tmp_path / "cfpb_fwb_5_lookup.csv"
    text = table.read_text().replace(".0\n", "\n")
    assert old in text
    table.write_text(text.replace(old, new))
    with pytest.raises(ps.InputError, match=message):
        ps.read_instrument(tmp_path / "mine.toml")


def test_a_table_that_is_not_there_is_named(tmp_path):
    ps.get_instrument("cfpb_fwb_5").to_toml(tmp_path / "mine.toml")
    (tmp_path / "cfpb_fwb_5_irt.csv").unlink()
    with pytest.raises(
        ps.InputError, match=r"\[irt.items\] names the table 'cfpb_fwb_5_irt.csv', which cannot be read"
    ):
        ps.read_instrument(tmp_path / "mine.toml")


@pytest.mark.parametrize(
    "call", [ps.read_instrument, lambda path: ps.score(pd.DataFrame({"a": [1]}), path, items="{}")]
)
def test_a_file_that_is_not_there_is_a_source_error(call, tmp_path):
    with pytest.raises(ps.SourceError, match="cannot be read: No such file"):
        call(Path(tmp_path) / "none.toml")
