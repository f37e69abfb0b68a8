"""From rounded percentages to tables, from an odds ratio and p to error and interval."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

import peerstats as ps


@pytest.fixture(scope="module")
def shortage():
    return ps.tables_from_percentages((68, 54), n=572, group_percentage=14, p_value=".020")


def test_the_shortage_area_abstract_allows_25_tables(shortage):
    assert len(shortage.tidy()) == 25
    ranges = shortage.ranges().set_index("quantity")
    # as printed, at their decimals
    assert_allclose(ranges.loc["odds_ratio", ["minimum", "maximum"]].astype(float), [1.74, 1.87], atol=0.005)
    assert_allclose(ranges.loc["p_value", ["minimum", "maximum"]].astype(float), [0.0136, 0.0293], atol=5e-5)
    yates = ranges.loc["yates_p_value", ["minimum", "maximum"]].astype(float)
    assert_allclose(yates, [0.0189, 0.0397], atol=5e-5)


def test_three_tables_print_the_published_p_by_pearson_five_by_fisher_none_by_yates(shortage):
    alike = shortage.ranges().set_index("quantity")["n_print_alike"]
    assert alike[["p_value", "fisher_p_value", "yates_p_value"]].tolist() == [3, 5, 0]
    rows = shortage.tidy()
    found = rows[(rows["p_value"] >= 0.0195) & (rows["p_value"] <= 0.0205)]
    assert found[["count", "n", "other_count", "other_n"]].to_numpy().tolist() == [
        [53, 78, 266, 494],
        [54, 79, 268, 493],
        [56, 82, 267, 490],
    ]


def test_figures_of_a_table_are_those_of_its_counts(shortage):
    row = shortage.tidy().iloc[0]
    a, n1, c, n2 = (int(row[name]) for name in ("count", "n", "other_count", "other_n"))
    cells = np.array([[a, n1 - a], [c, n2 - c]])
    for corrected, name in ((False, "p_value"), (True, "yates_p_value")):
        expected = stats.chi2_contingency(cells, correction=corrected)
        assert row[name] == pytest.approx(expected.pvalue, rel=1e-9)
    assert row["fisher_p_value"] == pytest.approx(stats.fisher_exact(cells).pvalue, rel=1e-9)


@given(st.integers(2, 40), st.integers(2, 40), st.data())
@settings(max_examples=25, deadline=None)
def test_the_table_behind_two_rounded_percentages_is_among_those_they_allow(n, other_n, data):
    a, c = data.draw(st.integers(0, n)), data.draw(st.integers(0, other_n))
    printed = [f"{100 * hits / size:.1f}" for hits, size in ((a, n), (c, other_n))]
    rows = ps.tables_from_percentages(printed, n=(n, other_n)).tidy()
    assert [a, n, c, other_n] in rows[["count", "n", "other_count", "other_n"]].to_numpy().tolist()
    # below 1,000 people a tenth of a per cent tells one count from the next
    assert len(rows) == 1


def test_tables_without_a_ratio_do_not_hide_the_range_of_the_others():
    result = ps.tables_from_percentages((0, 1), n=(30, 100))
    assert result.tidy()["odds_ratio"].tolist() == [0.0]
    nobody = ps.tables_from_percentages((0, 0), n=(30, 300))
    # 0 or 1 of 300: without anybody there is no ratio
    assert nobody.tidy()["odds_ratio"].isna().tolist() == [True, False]
    assert nobody.glance()[["odds_ratio_low", "odds_ratio_high"]].to_numpy().tolist() == [[0.0, 0.0]]
    assert json.dumps(nobody.to_dict(), allow_nan=False)


def test_trailing_zeros_count_in_text_and_not_in_numbers():
    one = ps.tables_from_percentages((68, 54.0), n=(1000, 500))
    other = ps.tables_from_percentages(("68.0", "54.0"), n=(1000, 500))
    assert len(one.tidy()) > len(other.tidy())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((68, 54), {"n": (7, 494)}), r"no table has 68 % and 54 % with n=\(7, 494\)"),
        (((168, 54), {"n": (78, 494)}), r"percentages\[0\]=168 is not a percentage"),
        (((68,), {"n": (78, 494)}), r"are not two"),
        (((68, 54), {"n": 572, "group_percentage": "<1"}), r"group_percentage='<1' is not a number"),
        (((68, 54), {"n": (78, 494), "group_percentage": 14}), r"beside group_percentage="),
        (((68, 54), {"n": 100_000}), r"more than 50,000 tables fit"),
    ],
)
def test_percentages_that_fit_nothing_are_told(arguments, message):
    (percentages, rest) = arguments
    with pytest.raises(ps.InputError, match=message):
        ps.tables_from_percentages(percentages, **rest)


@pytest.mark.parametrize(
    ("odds_ratio", "p_value", "z", "error", "limits"),
    [
        ("1.14", ".728", 0.348, 0.3767, (0.545, 2.386)),
        ("2.13", ".026", 2.226, 0.3396, (1.095, 4.145)),
        ("2.90", ".032", 2.144, 0.4965, (1.096, 7.674)),
    ],
)
def test_the_errors_that_three_printed_odds_ratios_imply(odds_ratio, p_value, z, error, limits):
    row = ps.from_odds_ratio(odds_ratio, p_value=p_value).glance().iloc[0]
    # worked by hand to these decimals
    assert row["statistic"] == pytest.approx(z, abs=5.1e-4)
    assert row["std_error"] == pytest.approx(error, abs=5.1e-5)
    assert_allclose([row["conf_low"], row["conf_high"]], limits, atol=5.1e-4)


@given(st.floats(0.2, 5).filter(lambda v: abs(math.log(v)) > 0.05), st.floats(0.1, 1.5))
@settings(max_examples=25, deadline=None)
def test_the_true_error_lies_within_what_rounding_allows(ratio, error):
    p = 2 * stats.norm.sf(abs(math.log(ratio)) / error)
    low, high = (ratio * math.exp(sign * stats.norm.ppf(0.975) * error) for sign in (-1, 1))
    printed = f"{ratio:.3f}"
    ways = [{"conf_low": f"{low:.3f}", "conf_high": f"{high:.3f}"}] if low > 0.01 else []
    ways += [{"p_value": f"{p:.4f}"}] if 0.0002 < p < 0.9998 else []
    for way in ways:
        row = ps.from_odds_ratio(printed, **way).tidy().set_index("quantity").loc["std_error"]
        assert row["rounded_low"] - 1e-9 <= error <= row["rounded_high"] + 1e-9


def test_from_error_to_p_and_back_is_no_change():
    row = ps.from_odds_ratio(2.13, std_error=0.33963).glance().iloc[0]
    again = ps.from_odds_ratio(2.13, p_value=float(row["p_value"])).glance().iloc[0]
    assert again["std_error"] == pytest.approx(0.33963, rel=1e-9)
    limits = {"conf_low": float(row["conf_low"]), "conf_high": float(row["conf_high"])}
    assert ps.from_odds_ratio(2.13, **limits).glance()["p_value"].iloc[0] == pytest.approx(row["p_value"])


def test_a_t_test_s_degrees_of_freedom_count():
    row = ps.from_odds_ratio("2.13", p_value=".026", df=20).glance().iloc[0]
    assert row["std_error"] == pytest.approx(math.log(2.13) / stats.t.isf(0.013, 20), rel=1e-9)


def test_limits_that_do_not_lie_about_the_ratio_are_pointed_out():
    odd = ps.from_odds_ratio("1.1", conf_low="0.5", conf_high="4.1")
    even = ps.from_odds_ratio("2.13", conf_low="1.095", conf_high="4.145")
    assert any("not Wald's, or a figure is misprinted" in note for note in odd.notes)
    assert not any("misprinted" in note for note in even.notes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"odds_ratio": "2.13"}, r"given are no error"),
        ({"odds_ratio": "2.13", "p_value": ".026", "std_error": 0.3}, r"given are p_value= and std_error="),
        ({"odds_ratio": "2.13", "conf_low": 1.0}, r"one limit is given alone"),
        ({"odds_ratio": "2.13", "p_value": "<.001"}, r"An inequality has no rounding"),
        ({"odds_ratio": "2.13", "p_value": 0}, r"p_value=0 gives no standard error"),
        ({"odds_ratio": -2, "p_value": 0.2}, r"odds_ratio=-2 is not above zero"),
        ({"odds_ratio": "1", "p_value": 0.2}, r"an odds ratio of 1 has a p-value of 1"),
        ({"odds_ratio": 2, "conf_low": 3, "conf_high": 2.5}, r"conf_low=3 is not below"),
        ({"odds_ratio": 2, "p_value": 0.2, "df": 0}, r"df=0 is not above zero"),
    ],
)
def test_figures_that_imply_no_error_are_told(arguments, message):
    with pytest.raises(ps.InputError, match=message):
        ps.from_odds_ratio(**arguments)


def test_both_results_are_strict_json_and_draw(shortage):
    for result, kind in (
        (shortage, "possible_tables"),
        (ps.from_odds_ratio("2.1", p_value=".03"), "odds_ratio"),
    ):
        assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["kind"] == kind
        assert result.plot().get_xlabel()
