"""The true parameters of the simulated cohort, each named by the estimator that it is the truth for."""

from __future__ import annotations

import copy
import tomllib
from functools import cache
from typing import Any

from peerstats._core.bundled import read_text
from peerstats.datasets._answers import latent_group, mean_answer
from peerstats.datasets._constants import CONSTANTS
from peerstats.datasets._predictors import coefficients

__all__ = ["make_truth"]


@cache
def _population_averaged() -> dict[str, Any]:
    return tomllib.loads(read_text("datasets", "cohort_truth.toml"))


def _job_type() -> dict[str, Any]:
    facts = CONSTANTS["job_type"]
    return {
        "truth_for": "mixed multinomial logit of job_type, all waves, with normal person and county effects",
        "outcome": "job_type",
        "base": facts["base"],
        "coefficients": {name: coefficients(table) for name, table in facts["coefficients"].items()},
        "county_variance": coefficients(facts["county_variance"]),
        "person_variance": coefficients(facts["person_variance"]),
    }


def _wage() -> dict[str, Any]:
    facts = CONSTANTS["log_hourly_wage"]
    return {
        "truth_for": "linear model of log(hourly_wage) among the employed, all waves: least squares or mixed",
        "coefficients": coefficients(facts["coefficients"]),
        "person_variance": facts["person_sd"] ** 2,
        "residual_variance": facts["wave_sd"] ** 2,
    }


def _binary(name: str, outcome: str) -> dict[str, Any]:
    return {
        "truth_for": f"logistic model of {outcome} among the employed, all waves, without person effects",
        "coefficients": coefficients(CONSTANTS[name]["coefficients"]),
    }


def _job_satisfaction() -> dict[str, Any]:
    facts = CONSTANTS["job_satisfaction"]
    return {
        "truth_for": "proportional-odds logit of job_satisfaction among the employed, all waves, "
        "without person effects; logit P(answer > k) = linear predictor - cut k",
        "coefficients": coefficients(facts["coefficients"]),
        "cuts": facts["cuts"],
    }


def _financial_well_being() -> dict[str, Any]:
    facts = CONSTANTS["financial_well_being"]
    (mean, variance), (mean_older, variance_older) = (latent_group("F", group) for group in ("18-61", "62+"))
    residual = facts["residual_share"]
    return {
        "truth_for": "linear model of the general factor (times 15 for score points), all waves; a model of "
        "estimated scores is drawn towards zero by their measurement error; hourly_wage is 0 without a job",
        "coefficients": {**coefficients(facts["coefficients"]), "age_62_plus": mean_older - mean},
        "residual_variance": {"18-61": residual * variance, "62+": residual * variance_older},
    }


def _burnout() -> dict[str, Any]:
    facts = CONSTANTS["burnout"]
    return {
        "truth_for": "mean of the scale's items, 0 to 6, by job type",
        "means": {
            scale: {
                "other job": mean_answer(scale, 0.0),
                "peer support": mean_answer(scale, facts["peer_support"][scale]),
            }
            for scale in facts["scales"]
        },
    }


def _attrition() -> dict[str, Any]:
    tables = CONSTANTS["attrition"]
    return {
        "truth_for": "logistic models of answering wave 2, and wave 3 given wave 2, on wave-1 covariates",
        "coefficients": {wave: coefficients(table) for wave, table in tables.items()},
    }


def make_truth() -> dict[str, Any]:
    """Return the true parameters as a new nested dictionary."""
    truth = {
        "schema": 1,
        "data_source": "simulated",
        "conditional": _job_type(),
        **{name: part for name, part in _population_averaged().items() if name != "schema"},
        "log_hourly_wage": _wage(),
        "full_time": _binary("full_time", "hours_per_week >= 35"),
        "health_insurance": _binary("health_insurance", "health_insurance"),
        "paid_leave": _binary("paid_leave", "paid_leave"),
        "job_satisfaction": _job_satisfaction(),
        "financial_well_being": _financial_well_being(),
        "burnout": _burnout(),
        "attrition": _attrition(),
    }
    return copy.deepcopy(truth)
