"""Means, totals, shares, ratios, quantiles and tables are those of R's survey package."""

from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "estimate_survey"
MARGINS = {
    "gender": {"man": 4500, "woman": 7500},
    "region": {"rural": 2500, "suburban": 3500, "urban": 6000},
}
# Both compute the same sums in floating point; R prints 15 digits and rakes to 1e-13. Limits go through
# inverse distribution functions of other libraries, good to about 1e-10.
RTOL = 1e-8


@cache
def data():
    frame = pd.read_csv(GOLDEN / "input_simulated.csv")
    return frame.assign(everybody=True, member=frame["member"] == 1)


@cache
def expected():
    return pd.read_csv(GOLDEN / "expected.csv", keep_default_na=False)


@cache
def design(name):
    plan = {"weights": "weight", "strata": "stratum", "cluster": "psu", "nest": True}
    if name == "raked":
        return ps.rake(data(), MARGINS, design=ps.SurveyDesign(**plan, fpc="fpc")).design
    return {
        "plan": lambda: ps.SurveyDesign(**plan, fpc="fpc"),
        "weights": lambda: ps.SurveyDesign(weights="weight"),
        "unweighted": ps.SurveyDesign,
        "JKn": lambda: ps.SurveyDesign(**plan).with_replicates("JKn"),
        "bootstrap": lambda: ps.SurveyDesign(
            weights="weight", replicates="boot_{}", replicate_method="bootstrap"
        ),
    }[name]()


DESIGNS = ["plan", "weights", "unweighted", "JKn", "bootstrap", "raked"]
# R takes n - 1 of all rows of a calibrated design, ours of the subpopulation; and degf of the subset, which
# where people are PSUs counts the subpopulation only.
OTHER_BETA = {(name, "member") for name in ("raked", "weights", "unweighted")}
CASES = [(name, where) for name in DESIGNS for where in ("all", "member")]


def wanted(name, where, statistic, **more):
    found = expected()
    for key, value in {"design": name, "where": where, "statistic": statistic, **more}.items():
        found = found[found[key] == value]
    assert len(found)
    return found.set_index("quantity")["value"].astype(float)


def given(name, where):
    return {"design": design(name), "where": "member" if where == "member" else "everybody"}


def compare(row, values):
    for quantity, value in values.items():
        assert_allclose(row[quantity], value, rtol=RTOL, err_msg=quantity)


@pytest.mark.parametrize(("name", "where"), CASES)
@pytest.mark.parametrize("statistic", ["mean", "total"])
def test_means_and_totals_have_the_errors_and_design_effects_of_svymean_and_svytotal(name, where, statistic):
    whole = ps.estimate(data(), ["wage", "hours"], statistic=statistic, **given(name, where)).tidy()
    by = ps.estimate(data(), ["wage", "hours"], statistic=statistic, by="gender", **given(name, where))
    rows = pd.concat([whole, by.tidy()])
    assert len(rows) == 6
    for _, row in rows.iterrows():
        values = wanted(name, where, statistic, column=row["column"], group=row["group"], option="")
        compare(row, values)


@pytest.mark.parametrize(("name", "where"), CASES)
def test_groups_are_those_of_svyby(name, where):
    rows = ps.estimate(data(), "wage", by="gender", **given(name, where)).tidy().set_index("group")
    values = wanted(name, where, "svyby")
    for group in ("man", "woman"):
        assert_allclose(rows.loc[group, "estimate"], values[group], rtol=RTOL)
        assert_allclose(rows.loc[group, "std_error"], values[f"se_{group}"], rtol=RTOL)


@pytest.mark.parametrize(("name", "where"), CASES)
def test_shares_and_their_covariance_are_those_of_svymean(name, where):
    result = ps.estimate(data(), "job", statistic="proportion", **given(name, where))
    rows = result.tidy()
    for _, row in rows.iterrows():
        compare(row, wanted(name, where, "proportion", level=row["level"], option=""))
    at = [rows["level"].tolist().index(level) for level in ("other", "peer")]
    value = wanted(name, where, "proportion", level="other, peer")["covariance"]
    assert_allclose(result.covariance()[at[0], at[1]], value, rtol=RTOL)


@pytest.mark.parametrize(("name", "where"), CASES)
@pytest.mark.parametrize("interval", ["logit", "mean", "beta"])
def test_limits_of_shares_are_those_of_svyciprop(name, where, interval):
    rows = ps.estimate(data(), "job", statistic="proportion", interval=interval, **given(name, where)).tidy()
    row = rows[rows["level"] == "peer"].iloc[0]
    values = wanted(name, where, "proportion", level="peer", option=interval)
    if interval == "beta" and (name, where) in OTHER_BETA:
        values = values.drop(["conf_low", "conf_high"])
    if interval == "logit" and name in ("JKn", "bootstrap"):
        # R iterates each replicate's logit to 1e-8 only
        for end in ("conf_low", "conf_high"):
            assert_allclose(row[end], values[end], rtol=1e-6)
        values = values.drop(["conf_low", "conf_high"])
    compare(row, values)


@pytest.mark.parametrize(("name", "where"), CASES)
def test_ratios_are_those_of_svyratio(name, where):
    row = ps.estimate(data(), "wage", statistic="ratio", denominator="hours", **given(name, where)).tidy()
    compare(row.iloc[0], wanted(name, where, "ratio"))


OPTIONS = sorted(
    {
        (each.design, each.where, *each.option.split())
        for each in expected().itertuples()
        if each.statistic == "quantile"
    }
)


@pytest.mark.parametrize(("name", "where", "rule", "interval"), OPTIONS)
def test_quantiles_and_their_limits_are_those_of_svyquantile(name, where, rule, interval):
    rows = ps.estimate(
        data(),
        "wage",
        statistic="quantile",
        quantiles=[0.25, 0.5, 0.9],
        qrule=rule,
        interval=interval,
        **given(name, where),
    ).tidy()
    for _, row in rows.iterrows():
        option = f"{rule} {interval}"
        values = wanted(name, where, "quantile", level=f"{row['probability']:g}", option=option)
        if interval == "beta" and (name, where) in OTHER_BETA:
            values = values[["estimate"]]
        compare(row, values)


@pytest.mark.parametrize(("name", "where"), CASES)
@pytest.mark.parametrize(("statistic", "theirs"), [("F", "F"), ("chisq", "Chisq"), ("wald", "Wald")])
def test_tests_of_tables_are_those_of_svychisq(name, where, statistic, theirs):
    table = ps.crosstab(data(), "gender", "job", statistic=statistic, **given(name, where))
    row = table.tests().iloc[0]
    values = wanted(name, where, "crosstab", option=theirs)
    # R counts the PSUs of a subset's members for the denominator, here the members themselves
    other_df = where == "member" and name in ("weights", "unweighted") and statistic != "chisq"
    # the test solves equations in the covariance of the cells, which loses two digits or so
    if not other_df:
        assert_allclose(row["p_value"], values["p_value"], rtol=1e-7)
    assert_allclose(row["df_numerator"], values["df"], rtol=1e-7)
    if statistic != "chisq":  # R prints the uncorrected statistic there
        assert_allclose(row["statistic"], values["statistic"], rtol=1e-7)
        assert other_df or row["df_denominator"] == pytest.approx(values["ddf"], rel=1e-7)


@pytest.mark.parametrize(("name", "where"), CASES)
def test_row_shares_of_tables_are_those_of_svyby(name, where):
    rows = ps.crosstab(data(), "gender", "job", **given(name, where)).tidy()
    for _, row in rows[rows["row_level"] == "woman"].iterrows():
        compare(row, wanted(name, where, "row share", level=row["column_level"]))


@pytest.mark.parametrize("statistic", ["mean", "total"])
def test_design_effects_against_a_finite_population_are_r_s_default(statistic):
    row = ps.estimate(data(), "wage", statistic=statistic, deff="finite", design=design("plan")).tidy()
    compare(row.iloc[0], wanted("plan", "all", statistic, option="finite"))


@pytest.mark.parametrize("continuity", [False, True])
def test_the_plain_chi_square_is_that_of_chisq_test(continuity):
    row = ps.crosstab(data(), "gender", "certified", continuity=continuity).tests().iloc[1]
    values = wanted("none", "all", "crosstab", option=f"correct {str(continuity).upper()}")
    assert_allclose(
        row[["statistic", "df_numerator", "p_value"]].astype(float),
        values[["statistic", "df", "p_value"]],
        rtol=RTOL,
    )


def test_every_golden_case_is_compared():
    assert {*DESIGNS, "none"} == set(expected()["design"])


@cache
def engine(kind):
    table = pa.Table.from_pandas(data(), preserve_index=False)
    if kind == "duckdb":
        connection = duckdb.connect()
        connection.register("people", table)
        return connection, connection.table("people")
    return None, ds.dataset(table) if kind == "arrow" else pl.from_arrow(table).lazy()


HELD = [(name, where) for name in ("plan", "weights", "unweighted") for where in ("all", "member")]


# old versions of polars do not give a LazyFrame in batches
KINDS = ["duckdb", "arrow", *(["polars"] if hasattr(pl.LazyFrame, "collect_batches") else [])]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "where"), HELD)
def test_rows_that_an_engine_adds_up_give_the_values_of_r(kind, name, where):
    held, how = engine(kind)[1], given(name, where)

    def rows(columns, **asked):
        found = ps.estimate(held, columns, **asked, **how).tidy()
        return found.to_pandas().iterrows()

    for statistic in ("mean", "total"):
        for by in (None, "gender"):
            for _, row in rows(["wage", "hours"], statistic=statistic, by=by):
                values = wanted(name, where, statistic, column=row["column"], group=row["group"], option="")
                compare(row, values)
    for _, row in rows("job", statistic="proportion"):
        compare(row, wanted(name, where, "proportion", level=row["level"], option=""))
    for _, row in rows("wage", statistic="ratio", denominator="hours"):
        compare(row, wanted(name, where, "ratio"))
    for rule, interval in {each[2:] for each in OPTIONS if each[:2] == (name, where)}:
        asked = {"quantiles": [0.25, 0.5, 0.9], "qrule": rule, "interval": interval}
        for _, row in rows("wage", statistic="quantile", **asked):
            level = f"{row['probability']:g}"
            values = wanted(name, where, "quantile", level=level, option=f"{rule} {interval}")
            if interval == "beta" and (name, where) in OTHER_BETA:
                values = values.drop([each for each in values.index if each not in ("estimate", "df")])
            compare(row, values)
