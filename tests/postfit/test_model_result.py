"""The record of a fit, its predictions, tables and plot."""

import json
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose

import peerstats as ps


@pytest.fixture
def jobs(rng):
    n = 120
    return pd.DataFrame(
        {
            "job": rng.choice(["none", "other", "peer"], n),
            "age": rng.normal(45, 10, n),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "weight": rng.uniform(0.5, 2, n),
        },
        index=pd.Index([f"id{i}" for i in range(n)], name="person"),
    )


@pytest.fixture
def result(jobs):
    return ps.multinomial("job ~ log(age) + state", jobs, weights="weight")


def test_ratios_are_exponentiated_with_stata_s_standard_error(result):
    logs, ratios = result.tidy(), result.tidy(exponentiate=True)
    for name in ("estimate", "conf_low", "conf_high"):
        assert_allclose(ratios[name], np.exp(logs[name]))
    assert_allclose(ratios["std_error"], ratios["estimate"] * logs["std_error"])
    for name in ("outcome", "term", "statistic", "df", "p_value"):
        assert ratios[name].equals(logs[name])


def test_aic_and_bic_are_given_with_model_based_errors_only(jobs):
    robust = ps.multinomial("job ~ age", jobs, variance="HC1").glance()
    model = ps.multinomial("job ~ age", jobs).glance()
    assert robust[["aic", "bic"]].isna().all(axis=None)
    assert_allclose(model["aic"], 2 * 4 - 2 * model["loglik"])
    assert_allclose(model["bic"], 4 * np.log(120) - 2 * model["loglik"])


def test_the_covariance_names_its_rows_and_columns(result):
    frame = result.covariance()
    names = [f"{o}: {t}" for o, t in zip(frame["outcome"], frame["term"], strict=True)]
    assert list(frame.columns) == ["outcome", "term", *names]
    assert_allclose(np.diag(frame[names]), result.tidy()["std_error"] ** 2)


def test_predictions_keep_rows_index_and_gaps(result):
    new = pd.DataFrame(
        {"state": ["PA", None, "NC", "NC"], "age": [30.0, 40.0, np.nan, 50.0]}, index=["d", "a", "c", "b"]
    )
    with pytest.warns(ps.PeerstatsWarning, match="2 of 4 rows"):
        p = result.predict(new)
    assert list(p.index) == ["d", "a", "c", "b"]
    assert list(p.columns) == ["none", "other", "peer"]
    assert p.isna().all(axis=1).tolist() == [False, True, True, False]
    assert_allclose(p.dropna().sum(axis=1), 1)
    alone = result.predict(new.iloc[[3]])
    assert_allclose(alone, p.iloc[[3]])


def test_predictions_without_data_are_for_every_row_of_the_call(jobs):
    holes = jobs.copy()
    holes.loc["id3", "job"] = None
    holes.loc["id4", "age"] = np.nan
    holes.loc["id5", ["age", "state"]] = [np.nan, "VT"]
    holes.loc["id6", ["job", "state"]] = [None, "VT"]
    p = ps.multinomial("job ~ age + state", holes, where=(jobs["state"] != "OR").to_numpy() | True).predict()
    assert p.index.equals(holes.index)
    assert p.index[p.isna().any(axis=1)].tolist() == ["id4", "id5", "id6"]


def test_an_intercept_alone_predicts_the_shares(jobs):
    p = ps.multinomial("job ~ 1", jobs).predict(jobs.iloc[:2])
    assert_allclose(p, np.tile(jobs["job"].value_counts(normalize=True)[["none", "other", "peer"]], (2, 1)))


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (
            pd.DataFrame({"state": ["PA", "VT"], "age": [30, 40]}),
            r"'state' has the level 'VT' in row 1.*\n  The levels of the fit are 'NC', 'OR', 'PA'",
        ),
        (pd.DataFrame({"state": ["PA"]}), "column 'age' is not in the data"),
        (pd.DataFrame({"state": ["PA"], "age": [np.inf]}), "column 'age' holds inf in row 0"),
        (pd.DataFrame({"state": ["PA"], "age": [0]}), r"'log\(age\)' is not a finite number in row 0"),
        (pd.DataFrame({"state": ["PA"], "age": ["old"]}), "must hold numbers; row 0 holds 'old'"),
    ],
)
def test_new_rows_that_cannot_be_predicted_are_named(result, new, told):
    with pytest.raises(ps.InputError, match=rf"predict\(\): .*{told}"):
        result.predict(new)


def test_polars_come_back_with_nulls(jobs):
    result = ps.multinomial("job ~ age + state", pl.from_pandas(jobs))
    with pytest.warns(ps.PeerstatsWarning, match="1 of 2 rows"):
        p = result.predict(pl.DataFrame({"state": ["PA", None], "age": [30.0, 40.0]}))
    assert p["peer"].null_count() == 1
    assert isinstance(result.glance(), pl.DataFrame)


def test_the_printed_form_says_what_happened(jobs):
    jobs.loc[["id1", "id2"], "age"] = np.nan
    jobs["county"] = np.arange(120) % 40
    result = ps.multinomial("job ~ age + state", jobs, base="peer", weights="weight", cluster="county")
    text = repr(result)
    assert text.startswith(
        "Multinomial logit: job ~ age + state\n"
        "118 rows of 120 (left out: 2 age missing), sampling weights weight, clusters county (40)\n"
        "base outcome: peer; standard errors: cluster-robust (CR1); tests: t with 39 df\n"
    )
    assert "pseudo log-likelihood -" in text
    assert "on 8 coefficients, McFadden R2 0.0" in text
    assert "converged in" in text
    assert "Relative risk ratio" in result.summary()
    assert "Relative risk ratio" not in text


def test_a_logistic_table_has_odds_ratios_and_no_outcome_column(jobs):
    result = ps.logistic("peer ~ age", jobs.assign(peer=jobs["job"] == "peer"))
    first, second = result.tables()
    assert [column.label for column in first.columns][:2] == ["Term", "Estimate"]
    assert second.columns[1].label == "Odds ratio"
    assert [row[0] for row in second.rows] == ["age"]
    assert "outcome: True; base outcome: False; standard errors: model-based; tests: normal" in repr(result)


def test_the_dictionary_is_json_and_holds_no_respondent(result, jobs):
    text = json.dumps(result.to_dict(), allow_nan=False)
    record = json.loads(text)
    assert record["schema"] == 1
    assert record["base"] == "none"
    assert record["terms"] == list(result.fit.terms)
    assert_allclose(record["coefficients"], result.fit.coefficients)
    assert not any(repr(value) in text for name in ("age", "weight") for value in jobs[name].tolist())
    assert not any(person in text for person in jobs.index)


def test_the_fit_has_nothing_by_row_and_is_frozen(result):
    arrays = [getattr(result.fit, name) for name in result.fit.__slots__]
    assert max(a.shape[0] for a in arrays if isinstance(a, np.ndarray)) == result.fit.n_parameters
    with pytest.raises(ValueError, match="read-only"):
        result.fit.coefficients[0, 0] = 1
    with pytest.raises(AttributeError):
        result.fit.n = 3
    assert len(pickle.dumps(result.fit)) < 5000


def test_a_pickled_fit_predicts_the_same(result, jobs):
    from peerstats.postfit import predict  # noqa: PLC0415  (what a loaded fit is used with)

    again = pickle.loads(pickle.dumps(result.fit))  # noqa: S301  (our own bytes)
    assert_allclose(predict(again, jobs), result.predict())


def test_the_plot_shows_ratios_on_a_log_axis_without_intercepts(result):
    import matplotlib.pyplot as plt  # noqa: PLC0415  (only plots need it)

    ax = result.plot()
    assert ax.get_xscale() == "log"
    assert "Intercept" not in [label.get_text() for label in ax.get_yticklabels()]
    assert "Relative risk ratio, base none" in ax.get_xlabel()
    plt.close(ax.figure)


def test_an_intercept_alone_has_nothing_to_plot(jobs):
    with pytest.raises(ps.InputError, match="an intercept only"):
        ps.multinomial("job ~ 1", jobs).plot()


def test_the_caller_s_frame_is_left_as_it_was(jobs):
    before = jobs.copy(deep=True)
    ps.multinomial("job ~ log(age) + state", jobs, weights="weight", where=jobs["age"] > 20).predict()
    pd.testing.assert_frame_equal(jobs, before)
