"""table_one beside R: survey on a simulated sample, and the published table of tableone's vignette."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden"
SURVEY = GOLDEN / "table_one_survey"
PBC = GOLDEN / "table_one_pbc"
# R prints 15 digits; quantiles and tests sum a few hundred terms in another order
SAME = {"rel": 1e-8, "abs": 1e-10}
NUMBERS = ("age", "wage", "tenure")
CODES = ("status", "edema", "stage")
TRUTHS = ("ascites", "hepato", "spiders")
BIOMARKERS = ("bili", "chol", "copper", "alk.phos", "ast", "trig", "protime")


def people():
    return pd.read_csv(SURVEY / "input_simulated.csv")


def expected():
    return pd.read_csv(SURVEY / "expected.csv", keep_default_na=False)


def design(name):
    if name == "weights":
        return {"weights": "weight"}
    return {"design": ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu")}


@pytest.mark.parametrize("by", ["sector", "place"])
@pytest.mark.parametrize("name", ["weights", "clusters"])
class TestWeighted:
    def tables(self, name, by, **how):
        columns = ["age", "wage", "tenure", "gender", "veteran"]
        return ps.table_one(people(), columns, by=by, categorical=["veteran"], **design(name), **how).tidy()

    def golden(self, name, by):
        all_ = expected()
        return all_[(all_["design"] == name) & (all_["by"] == by)]

    def test_means_spreads_and_quartiles_are_those_of_svymean_svyvar_and_svyquantile(self, name, by):
        tidy = self.tables(name, by).set_index(["column", "group"])
        rows = self.golden(name, by)
        rows = rows[rows["column"].isin(NUMBERS) & (rows["group"] != "")]
        assert len(rows) == 3 * (4 if by == "place" else 3) * 6
        for row in rows.itertuples():
            found = np.ravel(tidy.loc[(row.column, row.group), row.quantity]).item()
            assert found == pytest.approx(float(row.value), **SAME), row

    def test_shares_are_those_of_svymean_and_counts_are_not_weighted(self, name, by):
        tidy = ps.table_one(people(), ["gender", "veteran"], by=by, **design(name)).tidy()
        tidy["level"] = tidy["level"].replace({"yes": "1"})
        tidy = tidy.set_index(["column", "level", "group"])
        rows = self.golden(name, by)
        rows = rows[rows["quantity"].isin(["share", "count"]) & (rows["level"] != "0")]
        assert len(rows) == (3 + 1) * 2 * (4 if by == "place" else 3)
        for row in rows.itertuples():
            found = tidy.loc[(row.column, row.level, row.group), row.quantity]
            assert found == pytest.approx(float(row.value), **SAME), row

    @pytest.mark.parametrize("summary", ["mean_sd", "median_iqr"])
    def test_tests_are_svyttest_svyranktest_and_svychisq(self, name, by, summary):
        tidy = self.tables(name, by, continuous=summary).drop_duplicates("column").set_index("column")
        kind = "mean" if summary == "mean_sd" else "rank"
        rows = self.golden(name, by)
        rows = rows[rows["quantity"].str.match(rf"({kind}|share)_(statistic|df|df_denominator|p)$")]
        assert len(rows) >= 10
        for row in rows.itertuples():
            key = row.quantity.partition("_")[2].replace("p", "p_value")
            assert tidy.loc[row.column, key] == pytest.approx(float(row.value), **SAME), row

    @pytest.mark.parametrize("which", ["mean", "max"])
    def test_standardised_differences_are_those_of_their_formulas(self, name, by, which):
        tidy = self.tables(name, by, smd=which).drop_duplicates("column").set_index("column")
        rows = self.golden(name, by)
        rows = rows[rows["quantity"] == f"smd_{which}"]
        assert len(rows) == 5
        for row in rows.itertuples():
            assert tidy.loc[row.column, "smd"] == pytest.approx(float(row.value), **SAME), row


def arm(column, *, whole=True):
    """The patients of one column: rows, or rows that stand for several."""
    counts = pd.read_csv(PBC / "input_counts.csv", dtype={"value": str})
    rows = counts[counts["column"] == column].reset_index(drop=True)
    values = rows["value"] if column == "sex" else rows["value"].astype(float)
    found = pd.DataFrame({column: values, "trt": rows["trt"], "count": rows["count"]})
    if not whole:
        return found
    return found.loc[found.index.repeat(found["count"])].drop(columns="count").reset_index(drop=True)


def table(column, data=None, **how):
    how = {"categorical": [column] if column in CODES else [], "smd": True, "overall": False} | how
    return ps.table_one(arm(column) if data is None else data, [column], by="trt", **how)


def published():
    return pd.read_csv(PBC / "published.csv", dtype=str, keep_default_na=False)


def numbers(text):
    return [float(x) for x in re.findall(r"\d+\.\d+|\d+", text)]


@pytest.mark.parametrize("row", [r for r in published().itertuples() if r.p_value])
def test_with_tableone_s_two_defaults_p_values_and_differences_are_the_published_ones(row):
    column, _, exact = row.column.partition(" ")
    how = {"correction": True, "equal_var": True}
    if exact:
        how["tests"] = {column: "fisher"}
    if column in BIOMARKERS:
        how["continuous"] = "median_iqr"
    found = table(column, **how).tidy().iloc[0]
    assert f"{found['p_value']:.3f}" == row.p_value
    if row.smd:
        # printed with three decimals, smaller ones as <0.001
        printed = f"{found['smd']:.3f}" if found["smd"] >= 0.001 else "<0.001"
        assert printed == row.smd


@pytest.mark.parametrize("row", [r for r in published().itertuples() if r.first])
def test_means_medians_and_counts_print_as_the_published_ones(row):
    kind = "median_iqr" if row.column in BIOMARKERS else "mean_sd"
    tidy = table(row.column, continuous=kind).tidy()
    if row.level:
        level = "yes" if row.column in TRUTHS else row.level
        tidy = tidy[tidy["level"] == level]
    counts = tidy["count"]  # itertuples has a count of its own
    for group, text in (("1", row.first), ("2", row.second)):
        (cell,) = tidy[tidy["group"] == group].itertuples()
        if row.level:
            got = [counts[cell.Index], 100 * cell.share]
        else:
            got = [cell.median, cell.q1, cell.q3] if row.column in BIOMARKERS else [cell.mean, cell.sd]
        # as many decimals as are printed; R rounds a half to even, so the last may differ by half a unit
        for value, said in zip(got, numbers(text), strict=True):
            assert abs(value - said) <= (0.051 if row.level else 0.00501)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    "column", ["time", "age", "bili", "alk.phos", "trig", "sex", "status", "edema", "stage"]
)
def test_unrounded_numbers_are_base_r_s_rows_repeated_or_counted(column, whole):
    golden = pd.read_csv(PBC / "expected.csv")
    golden = golden[golden["column"] == column].set_index("quantity")["value"]
    data = arm(column, whole=whole)
    kind = {} if whole else {"weights": "count", "weight_kind": "frequency"}

    def p_value(**how):
        return table(column, data, **kind, **how).tidy()["p_value"][0]

    assert table(column, data, **kind).tidy()["smd"][0] == pytest.approx(golden["smd"], **SAME)
    if "welch_p" in golden:
        assert p_value() == pytest.approx(golden["welch_p"], **SAME)
        assert p_value(equal_var=True) == pytest.approx(golden["equal_var_p"], **SAME)
        assert p_value(continuous="median_iqr") == pytest.approx(golden["rank_p"], **SAME)
        tidy = table(column, data, **kind).tidy().set_index("group")
        for group in ("1", "2"):
            for name in ("mean", "sd", "q1", "median", "q3"):
                assert tidy.loc[group, name] == pytest.approx(golden[f"{name}_{group}"], **SAME)
        return
    for test, name in (("chi_square", "pearson_p"), ("fisher", "fisher_p")):
        assert p_value(tests={column: test}) == pytest.approx(golden[name], **SAME)
    corrected = p_value(tests={column: "chi_square"}, correction=True)
    assert corrected == pytest.approx(golden["corrected_p"], **SAME)
    assert np.isfinite(corrected)
