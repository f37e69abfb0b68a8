"""Estimators find the true parameters that the simulated cohort carries."""

import hashlib
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from statsmodels.discrete.discrete_model import Logit, MNLogit
from statsmodels.regression.linear_model import OLS

import peerstats as ps
from peerstats._core.bundled import read_manifest
from peerstats.datasets._answers import general_factor
from peerstats.datasets._constants import CONSTANTS
from peerstats.datasets._jobs import draw_job_type, draw_jobs, job_predictors
from peerstats.datasets._people import answer_probabilities, draw_people
from peerstats.datasets._predictors import term_column, terms
from peerstats.datasets._streams import Streams

TOOL = Path(__file__).parents[2] / "tools" / "build_cohort_truth.py"


@pytest.fixture(scope="module")
def large():
    return ps.simulate_cohort(60_000, rng=591)


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("build_cohort_truth", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_cohort_truth"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["build_cohort_truth"]


def design(data, table):
    """Return the columns of a truth's terms, and the true values."""
    columns = {name: data[name].to_numpy()[:, None] for name in data.columns}
    columns["peer_support"] = (columns["job_type"] == "peer support").astype(int)
    found = list(terms(table))
    n = len(data)
    X = np.column_stack(
        [np.broadcast_to(term_column(name, level, columns), (n, 1)) for name, level, _ in found]
    )
    return X, np.array([value for _, _, value in found])


def test_the_truth_is_a_plain_nested_mapping_and_a_fresh_copy_each_time():
    one, other = ps.simulate_cohort(5, rng=1).truth, ps.simulate_cohort(5, rng=1).truth
    assert one["schema"] == 1
    assert one["data_source"] == "simulated"
    one["conditional"]["coefficients"]["peer support"]["age"] = 99.0
    assert other["conditional"]["coefficients"]["peer support"]["age"] != 99.0
    assert all("truth_for" in part for part in other.values() if isinstance(part, dict))


def test_population_averaged_effects_are_drawn_towards_zero_from_the_conditional_ones():
    truth = ps.simulate_cohort(5, rng=1).truth
    for name in ("disability_benefits", "disclosure", "shortage_area"):
        conditional = truth["conditional"]["coefficients"]["peer support"][name]
        averaged = truth["population_averaged"]["coefficients"]["peer support"][name]
        assert 0 < averaged / conditional < 1


def test_a_pooled_multinomial_logit_at_wave_1_finds_the_population_averaged_truth(large):
    data = large.data.query("wave == 1")
    part = large.truth["population_averaged"]
    outcomes = list(part["coefficients"])
    X, _ = design(data, part["coefficients"][outcomes[0]])
    codes = data["job_type"].map({part["base"]: 0, outcomes[0]: 1, outcomes[1]: 2}).to_numpy()
    fit = MNLogit(codes, X).fit(disp=0)
    for j, outcome in enumerate(outcomes):
        _, true = design(data, part["coefficients"][outcome])
        # model-based errors ignore the counties; four of them leave room for that
        assert np.abs((fit.params[:, j] - true) / fit.bse[:, j]).max() < 4
        conditional = large.truth["conditional"]["coefficients"][outcome]
        benefits = list(part["coefficients"][outcome]).index("disability_benefits")
        away = (fit.params[benefits, j] - conditional["disability_benefits"]) / fit.bse[benefits, j]
        assert away > 4  # the conditional truth is another number


def test_a_pooled_multinomial_logit_of_all_waves_finds_its_own_truth(large):
    part = large.truth["population_averaged_all_waves"]
    outcomes = list(part["coefficients"])
    X, _ = design(large.data, part["coefficients"][outcomes[0]])
    codes = large.data["job_type"].map({part["base"]: 0, outcomes[0]: 1, outcomes[1]: 2}).to_numpy()
    fit = MNLogit(codes, X).fit(disp=0)
    for j, outcome in enumerate(outcomes):
        _, true = design(large.data, part["coefficients"][outcome])
        # three answers of one person are at most sqrt(3) times less precise than the model-based errors say
        assert np.abs((fit.params[:, j] - true) / fit.bse[:, j]).max() < 4 * np.sqrt(3)


@pytest.mark.parametrize("part", ["population_averaged_employed", "population_averaged_peer_support"])
def test_logistic_models_of_either_contrast_find_their_truth(large, part):
    data = large.data.query("wave == 1")
    y = data["job_type"] != "not working"
    if part.endswith("peer_support"):
        data, y = data[y], data.loc[y, "job_type"] == "peer support"
    X, true = design(data, large.truth[part]["coefficients"])
    fit = Logit(y.to_numpy().astype(float), X).fit(disp=0)
    assert np.abs((fit.params - true) / fit.bse).max() < 4


def test_least_squares_finds_the_wage_model(large):
    data = large.data.query("job_type != 'not working'")
    X, true = design(data, large.truth["log_hourly_wage"]["coefficients"])
    fit = OLS(np.log(data["hourly_wage"].to_numpy()), X).fit()
    robust = fit.get_robustcov_results("cluster", groups=data["subject"].to_numpy())
    assert np.abs((robust.params - true) / robust.bse).max() < 4
    part = large.truth["log_hourly_wage"]
    assert fit.scale == pytest.approx(part["person_variance"] + part["residual_variance"], rel=0.02)


@pytest.mark.parametrize("part", ["full_time", "health_insurance", "paid_leave"])
def test_logistic_models_find_the_truth_of_hours_and_benefits(large, part):
    data = large.data.query("wave == 3 and job_type != 'not working'")
    data = data.assign(full_time=(data["hours_per_week"] >= 35).astype(int))
    X, true = design(data, large.truth[part]["coefficients"])
    fit = Logit(data[part].to_numpy(), X).fit(disp=0)
    assert np.abs((fit.params - true) / fit.bse).max() < 4


def test_cumulative_logits_of_satisfaction_lie_at_the_cuts(large):
    data = large.data.query("wave == 1 and job_type != 'not working'")
    part = large.truth["job_satisfaction"]
    for job, shift in (("other job", 0.0), ("peer support", part["coefficients"]["peer_support"])):
        answers = data.loc[data["job_type"] == job, "job_satisfaction"]
        for k, cut in enumerate(part["cuts"], start=1):
            above = (answers > k).mean()
            std_error = 1 / np.sqrt(len(answers) * above * (1 - above))
            assert np.log(above / (1 - above)) == pytest.approx(shift - cut, abs=4 * std_error)


def test_burnout_means_by_job_type_are_the_true_ones(large):
    data = large.data.query("wave == 1")
    for scale, means in large.truth["burnout"]["means"].items():
        items = [f"mbi_{i}" for i in CONSTANTS["burnout"]["items"][scale]]
        for job, true in means.items():
            score = data.loc[data["job_type"] == job, items].mean(axis=1)
            assert score.mean() == pytest.approx(true, abs=4 * score.std() / np.sqrt(len(score)))


def test_attrition_follows_its_logistic_model(large):
    waves = large.data.groupby("subject")["wave"].max().to_numpy()
    first = large.data.query("wave == 1").sort_values("subject")
    for wave, table in large.truth["attrition"]["coefficients"].items():
        asked = waves >= int(wave) - 1
        X, true = design(first[asked], table)
        fit = Logit((waves[asked] >= int(wave)).astype(float), X).fit(disp=0)
        assert np.abs((fit.params - true) / fit.bse).max() < 4


def test_the_drawn_general_factor_regresses_on_the_covariates_with_the_true_coefficients():
    streams = Streams(4, "test")
    wide, county = draw_people(20_000, streams)
    wide |= draw_job_type(wide, county, streams)
    wide |= draw_jobs(wide, streams)
    first = {name: column[:, :1] for name, column in wide.items()}
    factor = general_factor(wide, streams)[:, 0]
    part = ps.simulate_cohort(5, rng=1).truth["financial_well_being"]
    first["hourly_wage"] = np.nan_to_num(first["hourly_wage"])
    first["age_62_plus"] = first["age"] >= 62
    found = list(terms(part["coefficients"]))
    X = np.column_stack(
        [np.broadcast_to(term_column(name, None, first), (20_000, 1)) for name, _, _ in found]
    )
    fit = OLS(factor, X).fit(cov_type="HC1")
    assert np.abs((fit.params - [value for _, _, value in found]) / fit.bse).max() < 4


def test_the_stored_truth_belongs_to_the_stored_constants(tool):
    columns, _ = draw_people(10_000, Streams(99, "test"))
    shares, answered = tool.average_shares(job_predictors(columns)), answer_probabilities(columns)
    truth = ps.simulate_cohort(5, rng=1).truth
    for model in tool.MODELS:
        beta = tool.fit_model(model, columns, shares, answered)
        stored = truth[model.name]["coefficients"]
        equations = list(stored.values()) if model.kind == "job_type" else [stored]
        for fitted, equation in zip(beta, equations, strict=True):
            values = [value for _, _, value in terms(equation)]
            # one population of 10,000, not eight of 100,000: nine times the precision; four of those
            assert fitted == pytest.approx(values, abs=36 * truth[model.name]["precision"])


def test_averaging_over_the_effects_equals_averaging_over_draws(tool):
    rng = np.random.default_rng(8)
    facts = CONSTANTS["job_type"]
    sd = np.sqrt([facts["county_variance"][o] + facts["person_variance"][o] for o in facts["outcomes"]])
    eta = np.array([0.4, 1.1])
    utility = np.exp(eta + sd * rng.standard_normal((400_000, 2)))
    shares = utility / (1 + utility.sum(axis=1, keepdims=True))
    # a mean of 400,000 shares whose standard deviation is below 0.5
    assert tool.average_shares(eta[None, :])[0, 1:] == pytest.approx(shares.mean(axis=0), abs=4 * 0.5 / 632)


def test_the_manifest_names_every_data_file_with_its_checksum():
    folder = Path(ps.__file__).parent / "datasets" / "data"
    manifest = read_manifest("datasets")
    assert set(manifest) == {path.name for path in folder.iterdir()} - {"manifest.toml"}
    for name, entry in manifest.items():
        assert entry["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()


def test_every_table_of_constants_says_where_it_comes_from():
    def untold(table, inherited, path):
        """List tables with values but without a source of their own or of a table above."""
        told = inherited or "source" in table
        numbers = any(not isinstance(value, dict) for value in table.values())
        below = [(f"{path}.{k}", v) for k, v in table.items() if isinstance(v, dict)]
        return [path] * (numbers and not told) + [each for name, v in below for each in untold(v, told, name)]

    assert [
        each for name, table in CONSTANTS.items() for each in untold(table, inherited=False, path=name)
    ] == [
        "job_type"  # only the names of the outcomes
    ]
