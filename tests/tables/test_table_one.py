"""The laws that table_one obeys, and what it does with bad input."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import peerstats as ps
from peerstats.numerics import fisher_exact_p, kruskal_test, mean_equality_test
from peerstats.plots import describe, new_axes

# Sums of a few hundred terms in another order
SAME = {"rel": 1e-9, "abs": 1e-12}
COMPARED = ["mean", "sd", "median", "q1", "q3", "share", "statistic", "p_value", "smd"]


def people(seed=1, n=120, n_groups=3):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "group": np.array(list("abcd"))[rng.integers(0, n_groups, n)],
            "age": rng.integers(20, 70, n).astype(float),
            "pay": rng.lognormal(3, 0.5, n).round(1),
            "kind": np.array(["x", "y", "z"])[rng.integers(0, 3, n)],
            "member": rng.random(n) < 0.4,
            "count": rng.integers(1, 4, n),
        }
    )
    data.loc[rng.random(n) < 0.1, "pay"] = np.nan
    return data


COLUMNS = ["age", "pay", "kind", "member"]


def tidy(data, **how):
    how = {"by": "group", "smd": True, "continuous": {"pay": "median_iqr"}} | how
    return ps.table_one(data, COLUMNS, **how).tidy()


def assert_same(first, second, columns=COMPARED):
    for name in columns:
        np.testing.assert_allclose(
            first[name].to_numpy(float), second[name].to_numpy(float), rtol=SAME["rel"], atol=SAME["abs"]
        )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_frequency_weights_equal_rows_repeated(seed, n_groups):
    data = people(seed, n_groups=n_groups)
    repeated = data.loc[data.index.repeat(data["count"])].reset_index(drop=True)
    counted = tidy(data, weights="count", weight_kind="frequency")
    assert_same(counted, tidy(repeated), [*COMPARED, "n", "n_missing", "count"])
    assert counted["test"].equals(tidy(repeated)["test"])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 50))
def test_equal_sampling_weights_describe_as_none_do(seed, weight):
    data = people(seed).assign(weight=weight)
    weighted = tidy(data, weights="weight")
    # tests differ: those of a survey need no equal or normal spread
    assert_same(weighted, tidy(data), ["mean", "sd", "median", "q1", "q3", "share", "smd", "n", "count"])
    assert_same(weighted, weighted.assign(smd=weighted["smd_unweighted"]), ["smd"])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 50))
def test_the_scale_of_sampling_weights_does_not_matter(seed, scale):
    data = people(seed)
    data["weight"] = np.random.default_rng(seed).lognormal(0, 0.5, len(data))
    assert_same(
        tidy(data, weights="weight"), tidy(data.assign(weight=scale * data["weight"]), weights="weight")
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.permutations("abc"))
def test_other_names_of_the_groups_change_no_test(seed, names):
    data = people(seed)
    renamed = data.assign(group=data["group"].map(dict(zip("abc", names, strict=True))))
    first, second = (tidy(each, overall=False).drop_duplicates("column") for each in (data, renamed))
    assert_same(first, second, ["p_value", "smd"])


@pytest.mark.parametrize("weights", [None, "weight"])
def test_tests_of_levels_are_those_of_crosstab(weights):
    data = people(3, n=400)
    data["weight"] = np.random.default_rng(3).lognormal(0, 0.5, len(data))
    found = ps.table_one(data, ["kind"], by="group", weights=weights).tidy()["p_value"][0]
    tests = ps.crosstab(data, "kind", "group", weights=weights).tests().set_index("test")["p_value"]
    expected = tests["Rao-Scott F" if weights else "Pearson chi-square of counts"]
    assert found == pytest.approx(expected, **SAME)


def test_counted_tests_are_those_of_scipy():
    data = people(5, n=300)
    groups = [part for _, part in data.groupby("group")]
    found = tidy(data).drop_duplicates("column").set_index("column")["p_value"]
    pay = [part["pay"].dropna() for part in groups]
    assert found["pay"] == pytest.approx(stats.kruskal(*pay).pvalue, **SAME)
    equal = tidy(data, equal_var=True).set_index("column")["p_value"]
    assert equal["age"].iloc[0] == pytest.approx(
        stats.f_oneway(*(part["age"] for part in groups)).pvalue, **SAME
    )
    pair = data[data["group"] != "c"]
    a, b = (part["age"] for _, part in pair.groupby("group"))
    welch = stats.ttest_ind(a, b, equal_var=False)
    row = tidy(pair).iloc[0]
    assert (row["test"], row["df"]) == ("Welch's t", pytest.approx(welch.df, **SAME))
    assert [row["statistic"], row["p_value"]] == pytest.approx([welch.statistic, welch.pvalue], **SAME)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=2, max_size=2))
def test_fisher_of_two_by_two_is_scipy_s(rows):
    table = np.array(rows, dtype=float)
    if table.any(axis=0).all() and table.any(axis=1).all():
        assert fisher_exact_p(table) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(3)), st.permutations(range(4)))
def test_fisher_does_not_depend_on_the_order_of_rows_and_columns(rows, columns):
    table = np.array([[1.0, 2, 4, 3], [0, 3, 1, 5], [2, 0, 2, 1]])
    turned = table[list(rows)][:, list(columns)]
    assert fisher_exact_p(turned) == pytest.approx(fisher_exact_p(table), rel=1e-9)
    assert fisher_exact_p(turned.T) == pytest.approx(fisher_exact_p(table), rel=1e-9)


def test_tests_without_spread_or_with_one_value_give_none():
    one = np.array([1.0, 5.0])
    assert np.isnan(mean_equality_test(one, one, one).p_value)
    two = np.array([3.0, 3.0])
    assert np.isnan(mean_equality_test(two, two, np.zeros(2)).p_value)
    assert np.isnan(mean_equality_test(two, two, np.zeros(2), equal_var=True).p_value)
    assert np.isnan(kruskal_test(np.ones(4), np.array([0, 0, 1, 1]), 2).p_value)
    assert np.isnan(kruskal_test(np.ones(2), np.zeros(2, dtype=int), 2).p_value)


def test_a_table_too_large_for_fisher_has_pearson_and_says_why():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"g": rng.integers(0, 8, 400), "k": rng.integers(0, 30, 400)})
    result = ps.table_one(data, ["k"], by="g", categorical=["k"])
    assert set(result.tidy()["test"]) == {"Pearson chi-square"}
    assert "too many tables" in "".join(result.notes)


def test_adjusted_p_values_are_printed_and_both_are_kept():
    found = tidy(people(), adjust="holm").drop_duplicates("column")
    p = np.sort(found["p_value"])
    holm = np.minimum(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), 1)
    np.testing.assert_allclose(np.sort(found["p_adjusted"]), holm)
    notes = ps.table_one(people(), COLUMNS, by="group", adjust="holm").notes
    assert "p-values are adjusted for 4 tests by Holm's method." in notes


def test_frames_of_every_library_give_the_same_numbers():
    data = people()
    expected = tidy(data)
    for frame in (pl.from_pandas(data), pl.from_pandas(data).to_arrow()):
        found = tidy(frame)
        assert type(found).__module__.partition(".")[0] == type(frame).__module__.partition(".")[0]
        found = found.to_pandas()
        assert_same(found, expected)
        assert found["level"].fillna("").tolist() == expected["level"].fillna("").tolist()


# What is printed


def printed(result):
    (table,) = result.tables()
    return {row[0]: row[1:] for row in table.cells()}


def test_the_printed_table_has_levels_and_missing_values_below_their_column():
    data = people()
    result = ps.table_one(data, COLUMNS, by="group", continuous={"pay": "median_iqr"}, smd=True)
    (table,) = result.tables()
    labels = [row[0] for row in table.rows]
    assert labels == [
        *("Respondents, n", "age, mean (SD)", "pay, median (IQR)", "missing, n"),
        *("kind", "x", "y", "z", "member"),
    ]
    assert list(table.indents) == [0, 0, 0, 1, 0, 1, 1, 1, 0]
    cells = printed(result)
    n = int((data["kind"] == "x").sum())
    assert cells["x"][1] == f"{n} ({100 * n / len(data):.1f}%)"
    assert cells["pay, median (IQR)"][0] == str(int(data["pay"].notna().sum()))
    assert cells["missing, n"][1] == str(int(data["pay"].isna().sum()))


def test_the_counts_of_the_printed_table_add_up():
    for how in ({}, {"overall": False}, {"missing": "levels"}, {"by": None}):
        (table,) = ps.table_one(people(), COLUMNS, **({"by": "group"} | how)).tables()
        counts = table.counts
        assert counts is not None
        assert len(counts.sums) > len(COLUMNS)
        for total, parts in counts.sums:
            assert counts.counts[total].n == sum(counts.counts[part].n for part in parts)


def test_small_counts_are_kept_back_with_few_others():
    """Two small cells of a 3 x 3 table need two more, so that no row and no column gives them away."""
    counts = {"x": (48, 54, 91), "y": (4, 6, 11), "z": (83, 113, 181)}
    cells = [(kind, group, n) for kind, row in counts.items() for group, n in zip("abc", row, strict=True)]
    data = pd.DataFrame(cells, columns=["kind", "group", "count"]).assign(age=1.0)
    result = ps.table_one(data, ["kind", "age"], by="group", weights="count", weight_kind="frequency")
    (table,) = result.tables()
    kept = [row for row in table.suppress(11).cells() if "[s]" in row]
    assert [(row[0], row.count("[s]")) for row in kept] == [("x", 2), ("y", 2)]
    assert not any("[s]" in row for row in table.suppress(4).cells())


def test_missing_as_a_level_counts_in_shares_and_tests():
    data = people()
    data.loc[:20, "kind"] = None
    rows = ps.table_one(data, ["kind", "pay"], by="group", missing="levels").tidy()
    kind = rows[(rows["column"] == "kind") & (rows["group"] == "all")]
    assert kind["level"].tolist() == ["x", "y", "z", "(missing)"]
    assert kind["share"].sum() == pytest.approx(1)
    assert kind.set_index("level").loc["(missing)", "share"] == pytest.approx(21 / 120)


def test_a_truth_value_is_one_row_and_so_are_numbers_of_0_and_1():
    data = pd.DataFrame({"flag": [True, False, True, None], "code": [0, 1, 1, 0]})
    rows = ps.table_one(data, ["flag", "code"]).tidy()
    assert rows[["column", "level", "count", "n"]].to_numpy().tolist() == [
        ["flag", "yes", 2.0, 3],
        ["code", "yes", 2.0, 4],
    ]
    as_numbers = ps.table_one(data, ["code"], continuous={"code": "mean_sd"}).tidy()
    assert as_numbers["mean"][0] == 0.5


def test_labels_are_printed_and_names_stay_in_the_tidy_frame():
    result = ps.table_one(people(), ["age"], by="group", labels={"age": "Age, years", "group": "sector"})
    assert "Age, years, mean (SD)" in printed(result)
    assert result.tables()[0].title == "Characteristics by sector"
    assert result.tidy()["column"][0] == "age"


class _Book:
    def label(self, name):
        return {"age": "Age", "group": "Sector"}.get(name, name)

    def labels(self, name):
        return {"kind_code": {1: "salaried", 2: "hourly"}, "pay": {-9: "refused"}}.get(name, {})


class _Survey:
    def __init__(self, frame):
        self.frame = frame
        self.codebook = _Book()

    def __peerstats_frame__(self):
        return self.frame


def test_labels_of_a_survey_s_codebook_reach_columns_and_levels():
    data = people().assign(kind_code=np.arange(120) % 2 + 1)
    result = ps.table_one(_Survey(data), ["age", "kind_code", "pay"], by="group")
    assert {"Age, mean (SD)", "hourly", "salaried", "pay, mean (SD)"} <= set(printed(result))
    assert result.by_label == "Sector"


def test_a_note_names_the_columns_whose_mean_misleads():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(
        {"fair": rng.normal(50, 5, 200), "skewed": rng.lognormal(0, 2, 200), "signed": rng.normal(0, 1, 200)}
    )
    (note,) = (note for note in ps.table_one(data).notes if "misleads" in note)
    assert "for skewed:" in note
    assert not any("misleads" in note for note in ps.table_one(data, continuous="median_iqr").notes)


def test_a_weighted_table_says_what_is_weighted():
    data = people().assign(weight=np.linspace(0.5, 2, 120))
    result = ps.table_one(data, COLUMNS, by="group", weights="weight")
    assert "counts are of respondents; percentages, means, SDs and quantiles are weighted" in result.lines
    assert result.glance()["weight_kind"][0] == "sampling"


def test_to_dict_is_strict_json():
    said = ps.table_one(people(), COLUMNS, by="group", smd="max").to_dict()
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    assert (said["schema"], said["kind"], len(said["rows"])) == (1, "table_one", 24)


def test_the_plot_has_both_differences_where_there_are_weights():
    data = people().assign(weight=np.random.default_rng(1).lognormal(0, 1, 120))
    ax = ps.table_one(data, COLUMNS, by="group", smd="max", weights="weight").plot(ax=new_axes())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["unweighted", "weighted"]
    assert describe(ax).startswith("Standardised differences: Differences by group, threshold 0.1. ")
    assert ax.get_xlabel() == "Largest standardised difference"
    plain = ps.table_one(data, COLUMNS, by="group", smd=True).plot(ax=new_axes())
    assert plain.get_legend() is None


# Bad input


def table(data=None, columns=None, **how):
    return ps.table_one(people() if data is None else data, columns, **({"by": "group"} | how))


def test_one_group_is_described_without_a_comparison():
    result = table(people().assign(group="only"), COLUMNS, smd=True)
    assert result.tidy()["test"].isna().all()
    assert "No comparison: group has one level." in result.notes
    assert "p" not in result.tables()[0].to_text().split("\n")[3].split()
    with pytest.raises(ps.InputError, match="no standardised differences"):
        result.plot(ax=new_axes())


def test_groups_that_nobody_has_a_value_of_are_left_out_of_the_test():
    data = people()
    data.loc[data["group"] == "c", "age"] = np.nan
    found = table(data, ["age"], smd=True)
    pair = table(data[data["group"] != "c"], ["age"], smd=True)
    assert_same(found.tidy().iloc[:1], pair.tidy().iloc[:1], ["statistic", "p_value", "smd"])
    assert "age: groups without a value are left out of the comparison." in found.notes


def test_a_column_without_any_value_is_a_row_of_missing_ones():
    data = people().assign(empty=np.nan)
    result = table(data, ["empty"])
    assert result.tidy()["n_missing"].tolist()[0] == 120
    assert result.tidy()["p_value"].isna().all()


def test_what_cannot_be_described_is_named_where_columns_are_not():
    data = people().assign(
        id=[f"p{i}" for i in range(120)],
        row=range(120),
        woken=[dt.time(6, 30)] * 120,
        spent=pd.to_timedelta(np.arange(120), unit="h"),
    )
    said = "\n".join(table(data).lines)
    for text in ("'id' has a value of its own", "'row' counts the rows", "'woken'", "'spent' holds times"):
        assert text in said
    assert set(table(data).tidy()["column"]) == {*COLUMNS, "count"}


DAYS = pd.DataFrame(
    {
        "group": ["a", "b"] * 10,
        "day": pd.date_range("2020-02-20", periods=20).where(np.arange(20) != 3),
        "number": np.where(np.arange(20) == 3, np.nan, np.arange(20.0)),
        "weight": np.arange(1.0, 21),
    }
)


@pytest.mark.parametrize("weights", [None, "weight"])
def test_dates_have_the_quartiles_test_and_difference_of_the_days_that_they_are(weights):
    found = ps.table_one(
        DAYS, ["day", "number"], by="group", weights=weights, continuous="median_iqr", smd=True
    )
    rows = found.tidy()
    day, number = (rows[rows["column"] == name].reset_index(drop=True) for name in ("day", "number"))
    for name in ("median", "q1", "q3"):
        first = np.datetime64("2020-02-20") + np.floor(number[name]).astype("timedelta64[D]").to_numpy()
        assert day[f"{name}_date"].tolist() == [str(each)[:10] for each in first]
        assert day[name].isna().all()
    assert day["test"].tolist() == number["test"].tolist()
    for name in ("n", "n_missing", "p_value", "smd"):
        assert day[name].tolist() == pytest.approx(number[name].tolist(), rel=1e-12)  # sums of other sizes
    assert day["n_missing"].tolist() == [1, 0, 1]


def test_dates_print_as_dates_in_every_format():
    printed = ps.table_one(DAYS, ["day"], by="group", missing="rows").tables()[0]
    for text in (printed.to_text(), printed.to_markdown(), printed.to_html(), printed.to_latex()):
        assert "2020-03-01 (2020-02-25, 2020-03-05)" in text
    assert "2020-03-01,2020-02-25,2020-03-05" in printed.to_csv()
    assert any("to the day" in note for note in printed.notes)


@pytest.mark.parametrize(
    "make",
    [
        lambda day: day,
        lambda day: day.dt.date.astype(object).where(day.notna(), None),
        lambda day: day + pd.Timedelta(hours=23),
        lambda day: (day + pd.Timedelta(hours=23)).dt.tz_localize("America/New_York"),
        lambda day: day.astype("datetime64[s]"),
    ],
    ids=["dates", "objects", "times of day", "time zone", "seconds"],
)
@pytest.mark.parametrize("library", [lambda d: d, pl.from_pandas, pa.Table.from_pandas])
def test_a_date_is_the_same_however_it_is_kept(make, library):
    data = library(DAYS.assign(day=make(DAYS["day"])))
    found = ps.table_one(data, ["day"], by="group").to_dict()["rows"]
    expected = ps.table_one(DAYS, ["day"], by="group").to_dict()["rows"]
    assert found == expected


BAD = {
    "an identifier": (
        lambda d: table(d.assign(id=[f"p{i}" for i in range(120)]), ["id"]),
        "'id' has a value of its own in each of 120 rows: it names the rows.\n  Leave it out of columns=",
    ),
    "times": (
        lambda d: table(d.assign(spent=pd.to_timedelta(np.arange(120), unit="h")), ["spent"]),
        "'spent' holds times.*\n  Turn them into numbers, such as hours",
    ),
    "the mean of dates": (
        lambda d: table(
            d.assign(day=pd.date_range("2020-01-01", periods=120)), ["day"], continuous={"day": "mean_sd"}
        ),
        "asks for the mean of 'day', which holds dates",
    ),
    "dates as levels": (
        lambda d: table(d.assign(day=pd.date_range("2020-01-01", periods=120)), ["day"], categorical=["day"]),
        "categorical= names 'day', which holds dates",
    ),
    "too many levels": (
        lambda d: (
            table(d, ["age"], categorical=["age"])
            if d["age"].nunique() > 50
            else table(d.assign(age=np.arange(120) // 2), ["age"], categorical=["age"])
        ),
        "levels, more than the 50.*\n  Leave it out of categorical=",
    ),
    "200 groups": (
        lambda d: table(d.assign(group=np.arange(120) // 2)),
        "has 60 groups, more than the 20 columns.*\n  Put its values into classes",
    ),
    "groups all missing": (lambda d: table(d.assign(group=None)), "nobody has a group"),
    "no rows": (lambda d: table(d.iloc[:0]), "0 rows"),
    "no such column": (lambda d: table(d, ["agee"]), "'agee' is not in the data.*\n.*age"),
    "no such group": (lambda d: table(d, by="gruop"), "grouping column 'gruop' is not in the data"),
    "by a list": (lambda d: table(d, by=["group", "kind"]), "Name one column of groups"),
    "one name as a list of categories": (lambda d: table(d, categorical="age"), "Give a list of names"),
    "numbers and levels at once": (
        lambda d: table(d, ["age"], categorical=["age"], continuous={"age": "mean_sd"}),
        "'age' is in categorical= and in continuous=",
    ),
    "text as numbers": (
        lambda d: table(d, ["kind"], continuous={"kind": "mean_sd"}),
        "continuous= names 'kind', which holds text",
    ),
    "infinite": (
        lambda d: table(d.assign(age=np.where(d.index == 3, np.inf, d["age"])), ["age"]),
        "'age' is infinite in row 3",
    ),
    "a test for numbers of levels": (
        lambda d: table(d, ["kind"], tests={"kind": "mean"}),
        "tests= asks for 'mean' of 'kind', which holds levels",
    ),
    "a test that is none": (lambda d: table(d, tests={"kind": "t"}), "tests='t' is not known"),
    "correction with weights": (
        lambda d: table(d, weights="count", correction=True),
        "correction=True is for counted respondents",
    ),
    "Fisher with weights": (
        lambda d: table(d, weights="count", tests={"kind": "fisher"}),
        "Fisher's test of 'kind', and it knows no weights",
    ),
    "differences without groups": (lambda d: table(d, by=None, smd=True), "smd= compares groups"),
    "digits": (lambda d: table(d, digits=-1), "digits=-1 is no number of decimals"),
    "a negative weight": (lambda d: table(d.assign(count=-1), weights="count"), "is negative"),
    "an adjustment": (lambda d: table(d, adjust="tukey"), "adjust='tukey' is not known"),
    "missing": (lambda d: table(d, missing="drop"), "missing='drop' is not known"),
    "only identifiers": (
        lambda d: table(pd.DataFrame({"group": d["group"], "id": d.index.map(str)})),
        "no column is left to describe",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_what_to_do(case):
    call, message = BAD[case]
    with pytest.raises(ps.InputError, match=f"(?s){message}"):
        call(people())
