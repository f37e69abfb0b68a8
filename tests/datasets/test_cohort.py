"""The simulated cohort as a data set: its shape, its ranges, its reproducibility, its file."""

import numpy as np
import pandas as pd
import pytest

import peerstats as ps
from peerstats.datasets._streams import Streams

ITEMS = {"fwb": (10, 0, 4), "mbi": (16, 0, 6), "aws": (28, 1, 5)}
PEOPLE_COLUMNS = [
    "data_source",
    "subject",
    "wave",
    "year",
    "state",
    "county",
    "shortage_area",
    "rurality",
    "local_unemployment",
    "age",
    "education",
    "gender",
    "hispanic",
    "veteran",
    "disability_benefits",
    "depressive_disorder",
    "anxiety_disorder",
    "bipolar_disorder",
    "ptsd",
    "substance_use_disorder",
    "disclosure",
    "physical_health",
    "weight",
    "job_type",
]
JOB_COLUMNS = [
    "hourly_wage",
    "hours_per_week",
    "tenure_years",
    "health_insurance",
    "paid_leave",
    "job_satisfaction",
]


@pytest.fixture(scope="module")
def cohort():
    return ps.simulate_cohort(2_000, rng=7)


@pytest.fixture(scope="module")
def data(cohort):
    return cohort.data


def test_every_row_and_the_printed_cohort_say_simulated(cohort, data):
    assert (data["data_source"] == "simulated").all()
    assert "2000 simulated certified peer specialists: no row is a real person" in repr(cohort)


def test_all_documented_columns_are_there(data):
    assert list(data.columns) == PEOPLE_COLUMNS + JOB_COLUMNS + [
        f"{prefix}_{i}" for prefix, (n, _, _) in ITEMS.items() for i in range(1, n + 1)
    ]


def test_covariates_have_no_gaps_and_known_levels(data):
    before_jobs = data.columns[: list(data.columns).index("hourly_wage")]
    assert not data[before_jobs].isna().any().any()
    assert set(data["state"]) == {"NC", "OR", "PA", "TX"}
    assert set(data["rurality"]) == {"urban", "suburban", "rural"}
    assert set(data["job_type"]) == {"not working", "other job", "peer support"}
    assert set(data["gender"]) == {"woman", "man", "non-binary or other"}
    assert data["education"].nunique() == 5
    assert data["age"].between(18, 80).all()
    assert (data["age"] >= 62).mean() > 0.05
    assert (data["weight"] > 0).all()
    assert data.loc[data["wave"] == 1, "weight"].mean() == pytest.approx(
        1, abs=1e-4
    )  # four decimals are kept
    assert (data["year"] == 2019 + data["wave"]).all()


@pytest.mark.parametrize("prefix", ITEMS)
def test_answers_stay_in_the_range_of_their_scale_and_use_all_of_it(data, prefix):
    n, low, high = ITEMS[prefix]
    answers = data[[f"{prefix}_{i}" for i in range(1, n + 1)]].to_numpy()
    answers = answers[~np.isnan(answers)]
    assert set(np.unique(answers)) == set(range(low, high + 1))


@pytest.mark.parametrize("prefix", ITEMS)
def test_two_per_cent_of_the_answers_are_missing(data, prefix):
    asked = data if prefix == "fwb" else data[data["job_type"] != "not working"]
    share = asked[[f"{prefix}_{i}" for i in range(1, ITEMS[prefix][0] + 1)]].isna().to_numpy().mean()
    assert share == pytest.approx(0.02, abs=0.002)


def test_columns_about_a_job_are_empty_exactly_for_those_without_one(data):
    employed = data["job_type"] != "not working"
    for name in JOB_COLUMNS:
        assert (data[name].notna() == employed).all()
    asked = [name for name in data.columns if name.startswith(("mbi_", "aws_"))]
    assert data.loc[~employed, asked].isna().all().all()


def test_values_of_jobs_are_plausible(data):
    assert data["hourly_wage"].dropna().between(5, 80).all()
    assert data["hourly_wage"].skew() > 0.5
    assert data["hours_per_week"].dropna().between(5, 50).all()
    assert data["job_satisfaction"].dropna().isin(range(1, 6)).all()
    assert data["tenure_years"].min() >= 0
    assert (data["age"] - data["tenure_years"]).min() > 15
    wages = data.groupby("year")["hourly_wage"].mean()
    assert wages.is_monotonic_increasing
    assert 16 < wages[2020] < 19


def distinct(data, by, name):
    """Most distinct values of a column within a group."""
    return data.drop_duplicates([*by, name]).groupby(by).size().max()


def test_what_belongs_to_a_county_is_constant_in_it(data):
    for name in ("state", "shortage_area", "rurality"):
        assert distinct(data, ["county"], name) == 1
    assert distinct(data, ["county", "wave"], "local_unemployment") == 1
    assert distinct(data, ["county"], "local_unemployment") == 3
    assert (data["county"].str[:2] == data["state"]).all()


def test_what_belongs_to_a_person_is_constant_in_them(data):
    for name in ("county", "education", "gender", "veteran", "disclosure", "weight"):
        assert distinct(data, ["subject"], name) == 1
    assert distinct(data.assign(entry=data["age"] - data["wave"]), ["subject"], "entry") == 1


def test_nobody_answers_a_wave_after_a_missed_one(data):
    waves = data.groupby("subject")["wave"].agg(["min", "max", "count"])
    assert (waves["min"] == 1).all()
    assert (waves["max"] == waves["count"]).all()
    assert set(waves["count"]) == {1, 2, 3}


def test_the_same_seed_gives_the_same_frame_and_another_seed_another():
    first, again, other = (ps.simulate_cohort(50, rng=seed).data for seed in (3, 3, 4))
    assert first.equals(again)
    assert not first["age"].equals(other["age"])


def test_a_generator_is_moved_on_so_that_the_next_cohort_differs():
    rng = np.random.default_rng(3)
    first, second = ps.simulate_cohort(50, rng=rng).data, ps.simulate_cohort(50, rng=rng).data
    assert first.equals(ps.simulate_cohort(50, rng=np.random.default_rng(3)).data)
    assert not first["age"].equals(second["age"])


def test_a_stream_depends_on_its_name_alone():
    one, other = Streams(5, "test"), Streams(5, "test")
    other("a new column").random(10)
    assert np.array_equal(one("age").random(3), other("age").random(3))
    assert not np.array_equal(one("age").random(3), one("wage").random(3))


@pytest.mark.parametrize("backend", ["polars", "pyarrow"])
def test_each_library_gets_the_same_values_and_null_for_nan(backend):
    pandas = ps.simulate_cohort(40, rng=1).data
    other = ps.simulate_cohort(40, rng=1, backend=backend).data.to_pandas()
    assert type(ps.simulate_cohort(40, rng=1, backend=backend).data).__module__.startswith(backend)
    for name in pandas.columns:
        assert pandas[name].tolist() == pytest.approx(other[name].tolist(), nan_ok=True), name


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_very_small_cohorts_can_be_made(n):
    data = ps.simulate_cohort(n, rng=1).data
    assert data["subject"].nunique() == n


@pytest.mark.parametrize("n", [0, -5, 2.5, "591", None, True])
def test_a_number_of_people_that_is_none_is_refused(n):
    with pytest.raises(ps.InputError, match=r"simulate_cohort\(\): n=.* is not a number of people"):
        ps.simulate_cohort(n)


def test_an_unknown_library_is_refused_with_the_choices():
    with pytest.raises(
        ps.InputError, match=r"simulate_cohort\(\): backend='excel' is not known.\n.*'polars'"
    ):
        ps.simulate_cohort(10, backend="excel")


@pytest.mark.parametrize("rng", [-1, "seed", 1.5])
def test_something_that_is_no_seed_is_refused(rng):
    with pytest.raises(ps.InputError, match=r"simulate_cohort\(\): rng=.* is neither a generator nor a seed"):
        ps.simulate_cohort(10, rng=rng)


def test_the_csv_holds_the_frame_and_the_word_simulated(tmp_path):
    cohort = ps.simulate_cohort(30, rng=1)
    path = cohort.to_csv(tmp_path / "simulated_survey.csv")
    text = path.read_text(encoding="utf-8")
    assert text.count("simulated") == len(cohort.data)
    pd.testing.assert_frame_equal(pd.read_csv(path), cohort.data, check_dtype=False)
    assert [each.name for each in tmp_path.iterdir()] == ["simulated_survey.csv"]


def test_a_file_name_that_hides_the_simulation_is_refused(tmp_path):
    with pytest.raises(
        ps.InputError, match=r"'survey.csv' does not say .*simulated.\n.*'simulated_survey.csv'"
    ):
        ps.simulate_cohort(10, rng=1).to_csv(tmp_path / "survey.csv")
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_old_file_and_no_part_behind(tmp_path, monkeypatch):
    cohort = ps.simulate_cohort(10, rng=1)
    path = cohort.to_csv(tmp_path / "simulated.csv")
    before = path.read_bytes()

    def full_disk(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(cohort.data), "to_csv", full_disk)
    with pytest.raises(ps.SourceError, match=r"simulated.csv' cannot be written: No space left"):
        cohort.to_csv(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["simulated.csv"]


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ps.SourceError, match=r"Cohort.to_csv\(\): the folder '.*nowhere' does not exist"):
        ps.simulate_cohort(10, rng=1).to_csv(tmp_path / "nowhere" / "simulated.csv")
