"""A fit on batches of a file is the fit in memory."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.engines import _arrow as arrow
from peerstats.engines import _batches as batches

few = settings(max_examples=8, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def simulated(seed, n=700):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(45, 10, n).round(1),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "county": rng.integers(0, 40, n),
            "copies": rng.integers(0, 4, n),
            "weight": rng.uniform(0.2, 5, n),
            "inside": rng.random(n) < 0.8,
            "known": rng.normal(0, 0.2, n),
        }
    )
    eta = np.column_stack([np.zeros(n), 0.02 * (data["age"] - 45), 0.3 * (data["state"] == "PA")])
    p = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    code = np.minimum((rng.random(n)[:, None] > p.cumsum(axis=1)).sum(axis=1), 2)
    data["job"] = np.array(["none", "other", "peer"])[code]
    data["wage"] = 18 + 0.05 * data["age"] + rng.normal(0, 3, n)
    data["employed"] = data["job"] != "none"
    data.loc[rng.choice(n, 20), "age"] = np.nan
    data.loc[rng.choice(n, 20), "state"] = None
    data.loc[rng.choice(n, 20), ["job", "wage"]] = [None, np.nan]
    return data


def in_batches(data, rows=64):
    table = pa.Table.from_pandas(data)
    batches = table.to_batches(max_chunksize=rows)
    return ds.dataset(pa.Table.from_batches(batches))


FITS = {
    "multinomial": (ps.multinomial, "job ~ age * state", {}),
    "multinomial, weights": (ps.multinomial, "job ~ age + state", {"weights": "weight", "where": "inside"}),
    "multinomial, clusters": (ps.multinomial, "job ~ age", {"weights": "weight", "cluster": "county"}),
    "multinomial, copies": (
        ps.multinomial,
        "job ~ age + C(state, Sum)",
        {"weights": "copies", "weight_kind": "frequency", "base": "peer", "variance": "HC1"},
    ),
    "logistic": (ps.logistic, "employed ~ bs(age, df=4) + state", {"offset": "known"}),
    "logistic, CR2": (ps.logistic, "employed ~ age > 40", {"cluster": "county", "variance": "CR2"}),
    "logistic, HC3": (ps.logistic, "employed ~ standardize(age)", {"variance": "HC3", "where": "inside"}),
    "linear": (ps.linear, "log(wage) ~ age + state", {"levels": {"state": "PA"}}),
    "linear, CR3": (ps.linear, "wage ~ center(age)", {"cluster": "county", "variance": "CR3"}),
    "linear, CR2": (
        ps.linear,
        "wage ~ age + state",
        {"cluster": "county", "variance": "CR2", "weights": "weight"},
    ),
    "linear, precision": (ps.linear, "wage ~ age", {"weights": "weight", "weight_kind": "precision"}),
}


@pytest.mark.parametrize("fit", FITS)
def test_batches_give_the_fit_in_memory(fit):
    model, formula, call = FITS[fit]
    data = simulated(1)
    # rows with a missing outcome are missing in memory and in the file alike
    memory, batches = model(formula, data, **call), model(formula, in_batches(data), **call)
    # sums in another order: to rounding
    assert_allclose(batches.fit.coefficients, memory.fit.coefficients, rtol=1e-8, atol=1e-10)
    assert_allclose(batches.fit.covariance, memory.fit.covariance, rtol=1e-8, atol=1e-12)
    assert_allclose(batches.fit.df_terms, memory.fit.df_terms, rtol=1e-8)
    for name in ("terms", "outcome_levels", "n", "n_rows", "n_missing", "dropped", "n_clusters", "notes"):
        assert getattr(batches.fit, name) == getattr(memory.fit, name), name
    assert batches.fit.design == memory.fit.design
    assert isinstance(batches.tidy(), pa.Table)
    assert_allclose(batches.predict().to_pandas(), memory.predict(), rtol=1e-8, atol=1e-12)


@few
@given(seeds, st.integers(20, 900))
def test_the_size_of_a_batch_does_not_matter(seed, rows):
    data = simulated(seed)
    whole = ps.multinomial("job ~ age + state", data, weights="weight", cluster="county")
    parts = ps.multinomial("job ~ age + state", in_batches(data, rows), weights="weight", cluster="county")
    assert_allclose(parts.fit.coefficients, whole.fit.coefficients, rtol=1e-8, atol=1e-10)
    assert_allclose(parts.fit.covariance, whole.fit.covariance, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("open_file", [ds.dataset, pq.ParquetFile])
def test_a_file_is_read_a_batch_at_a_time(tmp_path, monkeypatch, open_file):
    data = simulated(2, n=3000)
    path = tmp_path / "simulated.parquet"
    pq.write_table(pa.Table.from_pandas(data), path, row_group_size=500)
    monkeypatch.setattr(arrow, "BATCH_ROWS", 128)
    read = []
    frames = batches.Batches.frames

    def counted(self, columns, where=None):
        for start, frame in frames(self, columns, where):
            read.append((len(frame), tuple(frame.columns)))
            yield start, frame

    monkeypatch.setattr(batches.Batches, "frames", counted)
    result = ps.logistic("employed ~ age + state", open_file(path))
    assert max(rows for rows, _ in read) <= 128
    # and no column that the model does not name
    assert {columns for _, columns in read} == {("employed", "age", "state")}
    assert_allclose(
        result.fit.coefficients, ps.logistic("employed ~ age + state", data).fit.coefficients, rtol=1e-9
    )


def test_a_start_on_a_part_of_the_batches_leads_to_the_same_maximum(monkeypatch):
    from peerstats.numerics import _multinomial  # noqa: PLC0415  (its limits are lowered for this test)

    data = simulated(3, n=4000)
    call = {"weights": "weight", "base": "peer"}
    plain = ps.multinomial("job ~ age + state", in_batches(data), **call)
    monkeypatch.setattr(_multinomial, "_THIN_ABOVE", 1000)
    monkeypatch.setattr(_multinomial, "_THIN_TO", 500)
    thinned = ps.multinomial("job ~ age + state", in_batches(data), **call)
    assert_allclose(thinned.fit.coefficients, plain.fit.coefficients, rtol=1e-9, atol=1e-11)


def test_a_level_that_only_a_late_batch_holds_is_found_and_one_outside_is_noted():
    data = simulated(4).assign(state="NC")
    data.loc[650:, "state"] = "PA"
    data.loc[640, ["state", "inside"]] = ["VT", False]
    result = ps.logistic("employed ~ state", in_batches(data), where="inside")
    assert result.fit.terms == ("Intercept", "state[T.PA]")
    assert result.fit.notes == ("state: no row used has 'VT'; left out of the levels.",)


def test_a_dictionary_keeps_the_order_of_its_levels():
    data = simulated(5)
    data["job"] = pd.Categorical(data["job"], ["peer", "none", "other"])
    result = ps.multinomial("job ~ age", in_batches(data))
    assert result.fit.outcome_levels == ("peer", "none", "other")


def test_numbers_and_codes_as_levels_equal_those_in_memory():
    data = simulated(6).assign(code=lambda d: d["county"] % 3, grade=lambda d: d["county"] % 4)
    memory = ps.multinomial("code ~ C(grade)", data)
    batches = ps.multinomial("code ~ C(grade)", in_batches(data))
    assert batches.fit.outcome_levels == memory.fit.outcome_levels == (0, 1, 2)
    assert batches.fit.design == memory.fit.design


BAD = {
    "unknown column": ({"formula": "employed ~ aeg"}, r"column 'aeg' is not in the data"),
    "text": ({"formula": "employed ~ log(state)"}, r"needs numbers, and column 'state' holds String"),
    "infinite": ({"formula": "employed ~ bad"}, r"'bad' is not a finite number in row 300"),
    "log of zero": ({"formula": "employed ~ log(zero)"}, r"'log\(zero\)' is not a finite number in row 200"),
    "centred log of zero": ({"formula": "employed ~ center(log(zero))"}, r"not a finite number in row 200"),
    "weights": ({"weights": "negative"}, r"is negative in row \d+ .*batch of rows 320 to 383"),
    "cluster": ({"cluster": "gap"}, r"cluster='gap' is missing in row \d+"),
    "offset": ({"offset": "bad"}, r"offset='bad' is inf"),
    "fractions": ({"formula": "age ~ state"}, r"the outcome 'age' holds fractions"),
    "one level": ({"where": "nobody"}, r"no row is left of 700 \(outside where 700\)"),
    "list of where": (
        {"where": [True] * 700},
        r"where= is a list of values, and the data are read in batches",
    ),
    "base": ({"base": "maybe"}, r"base='maybe' is no level of the outcome"),
    "missing raise": ({"missing": "raise"}, r"values are missing: age in"),
    "collinear": ({"formula": "employed ~ age + I(2 * age)"}, r"'I\(2 \* age\)' is a combination of 'age'"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_an_error_that_names_the_place(case):
    call, message = BAD[case]
    data = simulated(7)
    row = data.index.to_numpy()
    data = data.assign(
        bad=np.where(row == 300, np.inf, row),
        zero=np.where(row == 200, 0.0, 1.0 + row),
        negative=np.where(row == 333, -1.0, 1.0),
        gap=np.where(row == 444, None, "a"),
        nobody=False,
    )
    data.loc[[200, 300], ["age", "state"]] = [44.0, "NC"]
    with pytest.raises(ps.InputError, match=message):
        ps.logistic(**{"formula": "employed ~ age", "data": in_batches(data), **call})


def test_a_reader_that_can_be_read_once_is_refused():
    reader = pa.Table.from_pandas(simulated(8)).to_reader()
    with pytest.raises(ps.InputError, match=r"RecordBatchReader, which can be read once.*\n.*dataset"):
        ps.linear("wage ~ age", reader)


def test_separation_in_batches_is_an_error_that_names_the_term():
    data = simulated(9).assign(licence=lambda d: d["employed"])
    with pytest.raises(ps.ConvergenceError, match=r"'licence\[T.True\]' tells employed"):
        ps.logistic("employed ~ licence", in_batches(data))


def test_a_row_in_a_later_batch_is_named_by_its_position_in_the_data():
    data = simulated(10).dropna().reset_index(drop=True).assign(alone=lambda d: d.index == 350)
    with pytest.raises(ps.InputError, match=r"rests on one alone: row 350 \(1 row in all\)"):
        ps.linear("wage ~ alone", in_batches(data), variance="HC3")
