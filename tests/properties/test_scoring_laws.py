"""Laws of scoring: they hold for every answer sheet, in every kind of frame and in every engine."""

import warnings

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose

import peerstats as ps

laws = settings(max_examples=15, deadline=None, database=None, derandomize=True)
# seven frames an example, some in an engine: many respondents in few examples
engine_laws = settings(laws, max_examples=8)

NULL, NOT_A_NUMBER = -1, -2  # how a sheet of drawn codes marks the two ways of not answering
FWB = {"age": "age", "mode": "mode"}

# instrument, how it is scored
CASES = {
    "mbi_gs mean": ("mbi_gs", {}),
    "mbi_gs sum": ("mbi_gs", {"method": "sum"}),
    "mbi_gs at least 3": ("mbi_gs", {"min_answered": 3}),
    "mbi_gs half": ("mbi_gs", {"min_answered": 0.5, "method": "sum"}),
    "aws_28": ("aws_28", {"min_answered": 2}),
    "aws_28 coded from 0": ("aws_28", {"coded_from": 0}),
    "cfpb_fwb_10 lookup": ("cfpb_fwb_10", FWB | {"method": "lookup"}),
    "cfpb_fwb_10 irt": ("cfpb_fwb_10", FWB | {"method": "irt"}),
}


def score(data, key, how):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ps.PeerstatsWarning)  # the key of aws_28 is unconfirmed
        return ps.score(data, key, items="q{}", **how)


def sheets(key, how, *, missing=True, most=8):
    """Draw answers of up to `most` respondents, on the file's codes, and who and how they are."""
    inst = ps.get_instrument(key)
    low = how.get("coded_from", inst.low)
    codes = st.integers(NOT_A_NUMBER if missing else 0, inst.high - inst.low)

    def fill(drawn):
        rows = len(drawn)
        answers = np.where(drawn >= 0, drawn + float(low), np.nan)
        who = st.tuples(
            st.lists(st.sampled_from([17, 18, 61, 62, 95, None]), min_size=rows, max_size=rows),
            st.lists(st.sampled_from(["self", "interviewer", None]), min_size=rows, max_size=rows),
        )
        return who.map(lambda w: (drawn, answers, *w))

    shape = st.tuples(st.integers(1, most), st.just(len(inst.item_names)))
    return hnp.arrays(np.int64, shape, elements=codes).flatmap(fill)


def columns(sheet, *, nan):
    """Lay a sheet out as lists by column: None where there is no answer, NaN where so marked and `nan`."""
    drawn, answers, age, mode = sheet
    cells = answers.astype(object)
    cells[drawn == NULL if nan else drawn < 0] = None
    named = {f"q{j + 1}": cells[:, j].tolist() for j in range(cells.shape[1])}
    return {"id": list(range(len(drawn))), **named, "age": age, "mode": mode}


def as_arrow(sheet):
    typed = {"id": pa.int64(), "age": pa.float64(), "mode": pa.string()}
    laid = columns(sheet, nan=True)
    return pa.table({name: pa.array(cells, typed.get(name, pa.float64())) for name, cells in laid.items()})


CONNECTION = duckdb.connect()  # a relation does not keep its connection open in every version


def as_relation(table):
    CONNECTION.register("rows", table)
    CONNECTION.execute("CREATE OR REPLACE TABLE survey AS SELECT * FROM rows")
    CONNECTION.unregister("rows")
    return CONNECTION.table("survey")


KINDS = {
    "pandas": lambda sheet: as_arrow(sheet).to_pandas(),
    "pandas of integers with gaps": lambda sheet: pd.DataFrame(columns(sheet, nan=False)).convert_dtypes(),
    "polars": lambda sheet: pl.from_arrow(as_arrow(sheet)),
    "pyarrow": as_arrow,
    "polars lazy": lambda sheet: pl.from_arrow(as_arrow(sheet)).lazy(),
    "polars lazy, small integers": lambda sheet: (
        pl.from_arrow(as_arrow(sheet)).fill_nan(None).with_columns(pl.col("^q.*$").cast(pl.Int8)).lazy()
    ),
    "DuckDB": lambda sheet: as_relation(as_arrow(sheet)),
}


def rows_of(native):
    """Return any frame or query as polars rows in the respondents' order."""
    if isinstance(native, pl.LazyFrame):
        native = native.collect()
    elif isinstance(native, duckdb.DuckDBPyRelation):
        native = native.pl()
    elif isinstance(native, pd.DataFrame):
        native = pl.from_pandas(native)
    elif isinstance(native, pa.Table):
        native = pl.from_arrow(native)
    return native.sort("id")


def scores_of(result, suffixes=("_reason", "_unrounded", "_std_error")):
    attached = rows_of(result.attach())
    names = [s.name for s in result.plan.scales]
    wanted = [n + x for n in names for x in ("", *suffixes) if n + x in attached.columns]
    return attached.select(wanted)


@pytest.mark.parametrize("case", CASES)
@engine_laws
@given(data=st.data())
def test_every_kind_of_frame_and_every_engine_gives_the_same_scores(case, data):
    key, how = CASES[case]
    sheet = data.draw(sheets(key, how, most=30))
    first, *others = [scores_of(score(make(sheet), key, how)) for make in KINDS.values()]
    for other in others:
        assert other.columns == first.columns
        for name in first.columns:
            if name.endswith("_reason"):
                assert other[name].to_list() == first[name].to_list()
            else:
                # exact but for the response model, whose sums run in another order of the rows
                exact = 1e-12 if name.endswith(("_unrounded", "_std_error")) else 0
                mine, theirs = (f[name].fill_null(np.nan).to_numpy() for f in (other, first))
                assert_allclose(mine, theirs, rtol=exact, atol=0)


@pytest.mark.parametrize("kind", KINDS)
@laws
@given(sheet=sheets(*CASES["cfpb_fwb_10 irt"]))
def test_attach_changes_nothing_else(kind, sheet):
    data = KINDS[kind](sheet)
    before = rows_of(data)
    attached = rows_of(score(data, *CASES["cfpb_fwb_10 irt"]).attach())
    assert attached.columns[: len(before.columns)] == before.columns
    assert attached.select(before.columns).equals(before)
    assert rows_of(data).equals(before)


@laws
@given(sheet=sheets("aws_28", {}))
def test_reversing_twice_is_the_identity(sheet):
    def keyed(answers):
        frame = pd.DataFrame(answers, columns=[f"q{i}" for i in range(1, 29)])
        return score(frame, "aws_28", {}).items().to_numpy()

    _, answers, *_ = sheet
    assert_allclose(keyed(keyed(answers)), answers, rtol=0, atol=0)


@pytest.mark.parametrize("case", ["mbi_gs mean", "mbi_gs at least 3", "aws_28"])
@laws
@given(data=st.data())
def test_mirrored_answers_mirror_mean_scores(case, data):
    key, how = CASES[case]
    inst = ps.get_instrument(key)
    _, answers, *_ = data.draw(sheets(key, how))
    names = [f"q{j + 1}" for j in range(answers.shape[1])]
    plain, mirrored = (
        score(pd.DataFrame(each, columns=names), key, how).scores[list(inst.scale_names)].to_numpy()
        for each in (answers, inst.low + inst.high - answers)
    )
    # a + b - total / count and (a + b) * count / count - total / count differ by rounding
    assert_allclose(mirrored, inst.low + inst.high - plain, rtol=0, atol=1e-14)


@pytest.mark.parametrize("case", CASES)
@laws
@given(data=st.data())
def test_a_better_answer_to_one_item_never_lowers_a_score(case, data):
    """Law: scores are monotone in items, keys applied.

    For the response model this is no theorem: a higher answer can lower another factor's estimate (Hooker,
    Finkelman and Schwartzman 2009), and the general factor's with it. It holds for the published parameters:
    for every complete pattern of both forms in all four groups, of which the shorter form's are run below.
    """
    key, how = CASES[case]
    inst = ps.get_instrument(key)
    low = how.get("coded_from", inst.low)
    drawn, answers, age, mode = data.draw(sheets(key, how))
    item = data.draw(st.integers(0, answers.shape[1] - 1))
    worse = any(item in scale.reverse for scale in inst.scales)
    better = answers.copy()
    better[:, item] = np.clip(better[:, item] + (-1 if worse else 1), low, low + inst.high - inst.low)
    score_name = "_unrounded" if how.get("method") == "irt" else ""
    names = [scale.name + score_name for scale in inst.scales]
    before, after = (
        scores_of(score(KINDS["polars"]((drawn, each, age, mode)), key, how)).select(names).to_numpy()
        for each in (answers, better)
    )
    assert (np.isnan(before) == np.isnan(after)).all()
    # equal sums of floats in another order may differ in the last bit
    assert (after - before >= -1e-9)[~np.isnan(before)].all()


@pytest.mark.parametrize("age_group", ["18-61", "62+"])
@pytest.mark.parametrize("mode", ["self", "interviewer"])
def test_the_short_forms_response_model_is_monotone_in_every_item(age_group, mode):
    patterns = np.stack(np.meshgrid(*[np.arange(5)] * 5, indexing="ij"), axis=-1).reshape(-1, 5)
    inst = ps.get_instrument("cfpb_fwb_5")
    reverse = list(inst.scales[0].reverse)
    patterns[:, reverse] = 4 - patterns[:, reverse]
    frame = pd.DataFrame(patterns, columns=list(inst.item_names))
    how = {"method": "irt", "age_group": age_group, "mode": mode}
    scores = ps.score(frame, "cfpb_fwb_5", items="{}", **how).scores["financial_well_being_unrounded"]
    by_item = scores.to_numpy().reshape((5,) * 5)
    assert min(np.diff(by_item, axis=item).min() for item in range(5)) > 0


@pytest.mark.parametrize("case", CASES)
@laws
@given(data=st.data())
def test_the_order_of_rows_and_of_columns_does_not_matter(case, data):
    key, how = CASES[case]
    frame = KINDS["pandas"](data.draw(sheets(key, how)))
    rows = data.draw(st.permutations(range(len(frame))))
    inst = ps.get_instrument(key)
    shuffled = frame.iloc[rows, data.draw(st.permutations(range(frame.shape[1])))]
    items = {name: f"q{j + 1}" for j, name in enumerate(inst.item_names)}
    turned = dict(data.draw(st.permutations(list(items.items()))))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ps.PeerstatsWarning)
        other = ps.score(shuffled, key, items=turned, **how).scores.sort_index()
    first = score(frame, key, how).scores
    pd.testing.assert_frame_equal(other, first, rtol=1e-12, check_exact=False)
