"""Labor force figures and benefits: what the agency prints, their forms, and what is not bundled."""

import csv
import json
import pickle
import runpy
import warnings
from pathlib import Path

import pytest

import peerstats as ps
from peerstats._core.bundled import read_rows
from peerstats.norms import Benchmark

ROOT = Path(__file__).parents[2]
SHARED = ROOT / ".." / "shared" / "data" / "cps"


@pytest.mark.parametrize(
    ("year", "years"), [(2014, 4.6), (2016, 4.2), (2018, 4.2), (2020, 4.1), (2022, 4.1), (2024, 3.9)]
)
def test_median_tenure_is_that_of_the_news_releases(year, years):
    tenure = ps.cps("tenure", year=year)
    assert (tenure.value, tenure.statistic, tenure.unit) == (years, "median", "years")
    assert tenure.date == f"January {year}"
    assert "median years with current employer, interpolated" in tenure.form
    assert tenure.std_error is None
    assert any("treated as fixed" in note for note in tenure.notes)


def test_community_and_social_service_occupations_are_bundled_to_2012():
    assert ps.cps("tenure", year=2012, group="occ_community_social_services").value == 5.0
    with pytest.raises(
        ps.InputError, match=r"could not be confirmed(.|\n)*2012(.|\n)*tenure\.htm(.|\n)*benchmark\("
    ):
        ps.cps("tenure", year=2020, group="occ_community_social_services")


@pytest.mark.parametrize(
    ("measure", "year", "group", "percent"),
    [
        ("part_time", 2014, "all", 18.9),
        ("part_time", 2021, "all", 16.7),
        ("part_time_work_experience", 2023, "all", 19.3),
        ("part_time_work_experience", 2024, "all", 19.3),
        ("unemployment", 2021, "all", 5.3),
        ("unemployment", 2022, "all", 3.6),
    ],
)
def test_shares_of_counts_round_to_the_percents_that_are_printed(measure, year, group, percent):
    share = ps.cps(measure, year=year, group=group)
    assert share.statistic == "proportion"
    assert round(100 * share.value, 1) == percent


def test_hours_of_one_week_are_another_share_than_usual_hours():
    week = ps.cps("part_time_at_work", year=2019, group="service")
    assert week.value == 9289 / 26102
    assert "actual hours at work in the reference week" in week.form
    assert "usual hours under 35" in ps.cps("part_time", year=2021).form


def test_unemployment_carries_its_denominator():
    rate = ps.cps("unemployment", year=2022)
    assert rate.population.startswith("civilian labor force")
    assert "share of the labor force" in rate.form
    assert "5,996 of 164,287 thousand people." in rate.notes


@pytest.mark.parametrize(
    ("benefit", "civilian", "private"),
    [
        ("defined_contribution_retirement", 0.63, 0.67),
        ("defined_benefit_retirement", 0.24, 0.15),
        ("paid_holidays", 0.79, 0.80),
        ("paid_vacation", 0.77, 0.79),
        ("paid_sick_leave", 0.80, 0.78),
        ("paid_family_leave", 0.27, 0.27),
    ],
)
def test_access_to_benefits_is_that_of_march_2023(benefit, civilian, private):
    assert ps.ncs(benefit, year=2023).value == civilian
    found = ps.ncs(benefit, year=2023, group="private")
    assert (found.value, found.date, found.std_error) == (private, "March 2023", None)
    assert "access" in found.form


def test_access_and_participation_are_never_taken_for_each_other():
    assert ps.ncs("medical_care", kind="participation").value == 0.49
    with pytest.raises(ps.InputError, match=r"participation is(.|\n)*kind='participation'"):
        ps.ncs("medical_care")
    with pytest.raises(ps.InputError, match=r"access is(.|\n)*kind='access'"):
        ps.ncs("paid_sick_leave", kind="participation")


def test_a_figure_read_in_a_quotation_warns_and_is_not_confirmed():
    with pytest.warns(ps.PeerstatsWarning, match="quotes the agency: check it at"):
        young = ps.cps("tenure", year=2020, group="age_25_34")
    assert (young.value, young.confirmed) == (2.8, False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ps.cps("tenure", year=2016, group="age_25_34").confirmed


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ps.cps("part_time", year=2020), r"Bundled for 'all': 2014, 2021\.(.|\n)*aa2020/cpsaat08"),
        (lambda: ps.cps("part_time", year=2021, group="soc_21"), "microdata"),
        (lambda: ps.cps("unemployment", year=1999), "LNU04000000"),
        (lambda: ps.cps("overtime", year=2020), "measure='overtime' is not known"),
        (lambda: ps.cps("part_time_at_work", year=2021), r"Bundled for 'all': 2019"),
        (lambda: ps.ncs("sick_leave"), "paid_sick_leave"),
        (lambda: ps.ncs("paid_sick_leave", year=2022), r"Bundled for 'civilian': 2023(.|\n)*bls\.gov/ebs"),
        (lambda: ps.ncs("paid_sick_leave", year=1999, group="peers"), "Bundled: civilian 2023, private 2023"),
        (lambda: ps.ncs("paid_sick_leave", kind="both"), "kind='both' is not known"),
    ],
)
def test_what_is_not_bundled_says_where_it_is(call, words):
    with pytest.raises(ps.InputError, match=words) as caught:
        call()
    assert caught.value.next_step


def test_a_proportion_is_a_fraction_and_may_have_no_error():
    own = ps.benchmark(0.19, std_error=0.004, statistic="proportion", name="own")
    assert "own: proportion 0.190" in repr(own)
    with pytest.raises(ps.InputError, match=r"value=19\.0 of 'own' is not a proportion(.|\n)*fractions"):
        ps.benchmark(19, std_error=1, statistic="proportion", name="own")
    fixed = Benchmark(key="x", statistic="proportion", value=0.5, std_error=None)
    assert fixed.to_dict()["std_error"] is None
    assert json.loads(json.dumps(fixed.to_dict(), allow_nan=False))["value"] == 0.5
    assert pickle.loads(pickle.dumps(fixed)).std_error is None  # noqa: S301  (our own bytes)
    assert "taken as fixed" in repr(fixed)


def test_a_mean_without_a_published_error_is_compared_as_fixed():
    fixed = Benchmark(key="x", value=20.0, std_error=None, unit="dollars an hour")
    gap = ps.compare_summary(mean=16.5, sd=4.0, n=100, benchmark=fixed)
    row = gap.tidy().iloc[0]
    assert row["difference_std_error"] == pytest.approx(0.4, rel=1e-12)  # 4 / sqrt(100)
    assert row["benchmark_std_error"] != row["benchmark_std_error"]  # missing, not zero


def test_the_tables_are_those_of_the_files():
    path = SHARED / "tenure_median_years.csv"
    if not path.exists():
        pytest.skip("needs ../shared/data")
    with path.open(encoding="utf-8", newline="") as file:
        theirs = {
            (row["january_of_year"], row["group"].replace("total_16_plus", "all")): float(row["median_years"])
            for row in csv.DictReader(file)
        }
    ours = {
        (row["year"], row["group"]): float(row["value"])
        for row in read_rows("norms", "cps.csv")
        if row["measure"] == "tenure"
    }
    assert ours == theirs


def test_a_count_that_does_not_give_the_printed_share_stops_the_builder():
    share = runpy.run_path(str(ROOT / "tools" / "build_cps.py"))["share"]
    assert share("part_time", "2021", "all", 25421, 152580, "here")["confirmed"] == "yes"
    with pytest.raises(SystemExit, match=r"part_time 2021: 10\.00 %, printed 16\.7 %"):
        share("part_time", "2021", "all", 1, 10, "here")
