"""The national financial well-being norms, from the survey's public-use file."""

import warnings

import numpy as np
import pytest

import peerstats as ps
from peerstats._core.bundled import read_manifest, read_rows
from peerstats._core.glossary import COLUMNS


def test_the_national_mean_is_that_without_the_negative_codes():
    norm = ps.get_norm("fwb_us_2016")
    assert round(norm.value, 2) == 54.25  # 54.20 with the codes -1 and -4 left in
    assert round(norm.std_error, 3) == 0.195
    assert round(norm.sd, 2) == 13.74
    assert norm.n == 6389
    assert norm.percentiles == {5: 31, 10: 37, 25: 46, 50: 54, 75: 63, 90: 72, 95: 77}
    assert (norm.form, norm.date, norm.unit) == ("10 items, self-administered", "2016", "score points")
    assert norm.instrument == "cfpb_fwb_10"
    assert norm.confirmed


@pytest.mark.parametrize(
    ("by", "group", "mean", "std_error", "sd", "n"),
    [
        ("age_group", "18-61", 52.49, 0.230, 13.11, 4136),
        ("age_group", "62+", 59.86, 0.344, 14.16, 2253),
        ("education", "less than high school", 47.97, None, 12.53, 429),
        ("employment", "part-time employee", 51.84, None, 13.21, 432),
        ("sex", "women", 54.10, None, 13.55, 3039),
        ("ethnicity", "Hispanic", 51.04, None, 12.52, 874),
    ],
)
def test_a_group_has_its_known_figures(by, group, mean, std_error, sd, n):
    norm = ps.get_norm("fwb_us_2016", by=by, group=group)
    assert (round(norm.value, 2), round(norm.sd, 2), norm.n) == (mean, sd, n)
    if std_error is not None:
        assert round(norm.std_error, 3) == std_error
    assert group in norm.population
    assert group in norm.key
    assert norm.distribution is None


def test_the_distribution_has_the_norms_own_mean_sd_and_median():
    norm = ps.get_norm("fwb_us_2016")
    scores, shares = norm.distribution
    assert shares.sum() == pytest.approx(1, abs=1e-7)  # 77 shares, each rounded to 9 decimals
    assert (scores * shares).sum() == pytest.approx(norm.value, abs=1e-5)
    assert np.sqrt(((scores - norm.value) ** 2 * shares).sum()) == pytest.approx(norm.sd, abs=1e-5)
    assert scores[np.searchsorted(shares.cumsum(), 0.5)] == norm.percentiles[50]


@pytest.mark.parametrize("by", ["age", "age_group", "education", "income", "sex", "ethnicity"])
def test_the_groups_of_a_variable_are_everybody_once(by):
    listed = ps.list_norms()
    assert listed.loc[listed["by"] == by, "n"].sum() == 6389


def test_the_list_has_every_norm_and_its_columns_are_in_the_glossary():
    listed = ps.list_norms()
    assert set(listed.columns) <= set(COLUMNS)
    assert not listed.isna().any(axis=None)
    groups = {(row["variable"], row["group"]) for row in read_rows("norms", "fwb_us_2016.csv")}
    assert (listed["key"] == "fwb_us_2016").sum() == len(groups) == 37
    assert (listed["key"] == "mbi_hss_us_1996").sum() == 3 * 6
    columns = ["key", "scale", "by", "group", "value", "confirmed"]
    for key, scale, by, group, value, confirmed in listed[columns].itertuples(index=False):
        place = {} if by == "all" else {"by": by, "group": group}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore" if confirmed == "no" else "error", ps.PeerstatsWarning)
            norm = ps.get_norm(key, scale=scale, **place)
        assert (norm.value, norm.scale, norm.confirmed) == (value, scale, confirmed == "yes")


def test_a_norm_in_the_manifest_has_the_columns_that_are_read():
    entries = {name: entry for name, entry in read_manifest("norms").items() if "norm" in entry}
    for name in entries:
        several = [] if "scale" in entries[name]["norm"] else ["scale"]
        assert list(read_rows("norms", name)[0]) == [
            *several,
            "variable",
            "group",
            "statistic",
            "value",
            "std_error",
            "n",
        ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"key": "fwb_us_2061"}, r"no norm is called 'fwb_us_2061'(.|\n)*'fwb_us_2016'"),
        ({"key": "fwb_us_2016", "by": "educaton", "group": "x"}, r"'educaton'(.|\n)*Closest variables: 'edu"),
        (
            {"key": "fwb_us_2016", "by": "education", "group": "bachelors degree"},
            r"no group 'bachelors degree'(.|\n)*Closest groups: \"bachelor's degree\"",
        ),
        ({"key": "fwb_us_2016", "by": "sex"}, r"without group(.|\n)*'men', 'women'"),
        ({"key": "fwb_us_2016", "group": "men"}, r"group='men' is given without by"),
        ({"key": "fwb_us_2016", "by": "all", "group": "all"}, r"no variable 'all'"),
        ({"key": "mbi_hss_us_1996"}, r"'mbi_hss_us_1996' has several scales(.|\n)*'depersonalization'"),
        (
            {"key": "mbi_hss_us_1996", "scale": "cynicism"},
            r"no scale 'cynicism'(.|\n)*scale= one of 'emotional_exhaustion'",
        ),
        ({"key": "fwb_us_2016", "scale": "strain"}, r"no scale 'strain'(.|\n)*'financial_well_being'"),
    ],
)
def test_an_unknown_norm_variable_or_group_is_told_the_closest_names(arguments, message):
    with pytest.raises(ps.InputError, match=message):
        ps.get_norm(**arguments)
