"""The simulated cohort lies near the published counts and shares on average over seeds."""

import numpy as np
import pytest

import peerstats as ps

N_SEEDS = 100
# Over a hundred cohorts of 591 the standard error of a mean share is about 0.2 percentage points.
NEAR = 0.015

# Ten-item conversion table, self-administered, 18 to 61: published by CFPB, December 2015.
# fmt: off
TABLE = np.array([
    14, 19, 22, 25, 27, 29, 31, 32, 34, 35, 37, 38, 40, 41, 42, 44, 45, 46, 47, 49,
    50, 51, 52, 54, 55, 56, 58, 59, 60, 62, 63, 65, 66, 68, 69, 71, 73, 75, 78, 81, 86,
])
# fmt: on
REVERSED = {3, 5, 6, 7, 9, 10}


@pytest.fixture(scope="module")
def cohorts():
    return [ps.simulate_cohort(rng=seed).data for seed in range(N_SEEDS)]


def raw_total(data):
    """Raw total of the ten items, 0 to 40; NaN for an incomplete form."""
    return sum(4 - data[f"fwb_{i}"] if i in REVERSED else data[f"fwb_{i}"] for i in range(1, 11))


@pytest.mark.parametrize(
    ("wave", "respondents", "employed", "peer"),
    [(1, 591, 0.76, 0.73), (2, 448, 0.73, 0.68), (3, 364, 0.77, 0.63)],
)
def test_respondents_employment_and_peer_jobs_by_wave(cohorts, wave, respondents, employed, peer):
    waves = [data.loc[data["wave"] == wave, "job_type"] for data in cohorts]
    works = np.mean([(jobs != "not working").mean() for jobs in waves])
    in_peer = np.mean([(jobs == "peer support").sum() / (jobs != "not working").sum() for jobs in waves])
    assert np.mean([len(jobs) for jobs in waves]) / 591 == pytest.approx(respondents / 591, abs=NEAR)
    assert works == pytest.approx(employed, abs=NEAR)
    assert in_peer == pytest.approx(peer, abs=NEAR)


def test_people_by_state_are_the_published_counts_in_every_cohort(cohorts):
    for data in cohorts[:10]:
        counts = data[data["wave"] == 1]["state"].value_counts().to_dict()
        assert counts == {"PA": 226, "NC": 172, "TX": 129, "OR": 64}


def test_other_sizes_split_by_state_to_the_nearest_person():
    counts = ps.simulate_cohort(1_000, rng=1).data.query("wave == 1")["state"].value_counts()
    assert (
        counts - 1_000 * counts.index.map({"PA": 226, "NC": 172, "TX": 129, "OR": 64}) / 591
    ).abs().max() < 1
    assert counts.sum() == 1_000


def test_education_and_gender_have_the_published_shares(cohorts):
    shares = {"high school or less": 15, "some college": 39, "associate degree": 15, "bachelor's degree": 23}
    first = [data[data["wave"] == 1] for data in cohorts]
    for level, share in shares.items():
        found = np.mean([(data["education"] == level).mean() for data in first])
        assert found == pytest.approx(share / 101, abs=NEAR)
    assert np.mean([(data["gender"] == "woman").mean() for data in first]) == pytest.approx(0.66, abs=NEAR)


def test_there_are_166_counties_of_which_47_are_shortage_areas_with_14_per_cent_of_the_people(cohorts):
    first = [data[data["wave"] == 1] for data in cohorts]
    for data in first[:10]:
        counties = data.drop_duplicates("county")
        assert (len(counties), counties["shortage_area"].sum()) == (166, 47)
    assert np.mean([data["shortage_area"].mean() for data in first]) == pytest.approx(0.14, abs=NEAR)


def test_county_sizes_are_skewed_with_many_singletons(cohorts):
    sizes = cohorts[0].query("wave == 1")["county"].value_counts()
    assert (sizes == 1).mean() > 0.3
    assert sizes.max() > 5 * sizes.mean()


def test_financial_well_being_starts_below_the_nation_and_rises_with_age(cohorts):
    first = [data[data["wave"] == 1] for data in cohorts[:40]]
    totals = [raw_total(data) for data in first]
    # the table for 18 to 61 serves for everybody here: it moves the mean of the few older ones by a point
    scores = np.concatenate([TABLE[t.dropna().astype(int)] for t in totals])
    assert 48 < scores.mean() < 50
    older = np.mean([t[data["age"] >= 62].mean() for t, data in zip(totals, first, strict=True)])
    younger = np.mean([t[data["age"] < 62].mean() for t, data in zip(totals, first, strict=True)])
    assert older - younger > 2


def test_the_directions_that_the_abstracts_state_show_in_a_large_cohort():
    data = ps.simulate_cohort(30_000, rng=11).data.query("wave == 1")
    employed = data["job_type"] != "not working"
    for name, sign in (("disability_benefits", -1), ("veteran", -1), ("disclosure", 1)):
        gap = employed[data[name] == 1].mean() - employed[data[name] == 0].mean()
        assert np.sign(gap) == sign
    at_work = data[employed]
    peer = (at_work["job_type"] == "peer support").astype(float)
    for name, sign in (
        ("disclosure", 1),
        ("depressive_disorder", 1),
        ("shortage_area", 1),
        ("local_unemployment", -1),
    ):
        assert np.sign(np.corrcoef(at_work[name], peer)[0, 1]) == sign
    for name in ("tenure_years", "job_satisfaction", "health_insurance", "paid_leave"):
        means = at_work.groupby("job_type")[name].mean()
        assert means["peer support"] > means["other job"]


def test_scales_hang_together_and_the_areas_relate_to_burnout_as_published():
    data = ps.simulate_cohort(10_000, rng=12).data.query("wave == 1 and job_type != 'not working'")
    exhaustion = data[[f"mbi_{i}" for i in (1, 2, 3, 4, 6)]]
    assert exhaustion.corr().to_numpy().min() > 0.3
    turned = {i: 6 - data[f"aws_{i}"] if i in (1, 2, 3) else data[f"aws_{i}"] for i in range(1, 6)}
    workload = sum(turned.values())
    assert np.corrcoef(exhaustion.mean(axis=1), workload.fillna(workload.mean()))[0, 1] < -0.2
    assert exhaustion.mean(axis=1).skew() > 0.3
