"""Every constant of the simulated cohort of certified peer specialists.

Each table says where its values come from: "published: ..." names a page; "chosen for the simulation" means
that no study reported the value. Where only a direction is published, the size is chosen and the direction is
named. After a change, tools/build_cohort_truth.py is run again.

The papers are

* A: Ostrow and others 2022, 10.1176/appi.ps.202100651
* B: Ostrow and others 2023, 10.3233/JVR-230021
* C: Ostrow and others 2022, 10.1037/ort0000645
* D: Ostrow and others 2024, 10.1007/s10488-023-01318-2
* E: Ostrow and others 2025, 10.1176/appi.ps.20240166
* F: Ostrow and others 2025, 10.1176/appi.ps.20240195
"""

from __future__ import annotations

from typing import Any

__all__ = ["CONSTANTS"]

CONSTANTS: dict[str, Any] = {
    "waves": {
        "source": "published: livelearninc.net/cps",
        "years": [2020, 2021, 2022],
    },
    # Counts that the simulation aims at; the tests and tools/build_cohort_truth.py read them.
    "targets": {
        "source": (
            "published: paper E; peer jobs at wave 2 (68 % of 329 employed) are chosen for the simulation"
        ),
        "respondents": [591, 448, 364],
        "employed": [448, 329, 279],
        "peer_support": [325, 225, 175],
    },
    # ---- places
    "places": {
        "source": "published: www.peerspecialist.net",
        "people": {"NC": 172, "OR": 64, "PA": 226, "TX": 129},
    },
    "counties": {
        "source": "published: paper D, for 572 people; applied to 591",
        "per_person": 0.28088,  # 166 counties for 591 people
        "shortage_share": 0.28313,  # 47 of 166
        "people_in_shortage": 0.14,
    },
    # Every county has one person; the others are spread by weights exp(size_sd x normal) x rurality_size.
    "county_sizes": {
        "source": "chosen for the simulation",
        "size_sd": 1.2,
        "rurality_size": {"urban": 2.5, "suburban": 1.2, "rural": 0.5},
    },
    "county_rurality": {
        "source": "chosen for the simulation",
        "elsewhere": {"urban": 0.3, "suburban": 0.35, "rural": 0.35},
        "shortage": {"urban": 0.15, "suburban": 0.2, "rural": 0.65},
    },
    # Percent: level of the wave x exp(county_sd x normal + wave_sd x normal), one decimal.
    "local_unemployment": {
        "source": "chosen for the simulation: falling over the waves",
        "level": [8.5, 5.6, 4.0],
        "county_sd": 0.2,
        "wave_sd": 0.06,
    },
    # ---- people
    "education": {
        "source": ("published: www.peerspecialist.net; the shares sum to 101 and are divided by their sum"),
        "shares": {
            "high school or less": 15,
            "some college": 39,
            "associate degree": 15,
            "bachelor's degree": 23,
            "graduate degree": 9,
        },
    },
    "gender": {
        "source": "published: www.peerspecialist.net; the shares below 1 are joined with non-binary",
        "shares": {"woman": 66, "man": 31, "non-binary or other": 3},
    },
    # Normal, cut off below and above at wave 1, in whole years.
    "age": {
        "source": "chosen for the simulation",
        "mean": 48,
        "sd": 12,
        "low": 18,
        "high": 78,
    },
    "hispanic": {
        "source": "chosen for the simulation",
        "share": {"NC": 0.06, "OR": 0.1, "PA": 0.07, "TX": 0.3},
    },
    "veteran": {
        "source": "chosen for the simulation",
        "share": {"woman": 0.05, "man": 0.2, "non-binary or other": 0.08},
    },
    "yes_no": {
        "source": "chosen for the simulation",
        "disability_benefits": 0.24,
        "depressive_disorder": 0.6,
        "anxiety_disorder": 0.55,
        "bipolar_disorder": 0.3,
        "ptsd": 0.4,
        "substance_use_disorder": 0.5,
        "disclosure": 0.82,
    },
    # Answers 1 (poor) to 5 (excellent): cuts of mean + disability_benefits x benefits + normal.
    "physical_health": {
        "source": "chosen for the simulation",
        "cuts": [-1.7, -0.7, 0.4, 1.4],
        "disability_benefits": -0.5,
    },
    # Ratios multiplied and divided by their mean: they look like post-stratification and undo no selection.
    "weight": {
        "source": "chosen for the simulation",
        "state": {"NC": 0.9, "OR": 1.25, "PA": 0.9, "TX": 1.2},
        "gender": {"woman": 0.95, "man": 1.1, "non-binary or other": 1.15},
        "age_62_plus": 1.1,
    },
    # ---- who answers again: logit of answering wave 2, and wave 3 given wave 2, from what wave 1 knows
    "attrition": {
        "2": {
            "source": "chosen for the simulation; the intercept so that 448 of 591 answer wave 2",
            "Intercept": 0.1453,
            "age": 0.018,
            "hispanic": -0.3,
            "disability_benefits": 0.25,
            "education": {"bachelor's degree": 0.4, "graduate degree": 0.6},
        },
        "3": {
            "source": "chosen for the simulation; the intercept so that 364 of 591 answer wave 3",
            "Intercept": 0.4497,
            "age": 0.018,
            "hispanic": -0.3,
            "disability_benefits": 0.25,
            "education": {"bachelor's degree": 0.4, "graduate degree": 0.6},
        },
    },
    # ---- job type: multinomial logit given the person's and the county's effect, base "not working"
    "job_type": {
        "base": "not working",
        "outcomes": ["other job", "peer support"],
        "coefficients": {
            "other job": {
                "source": (
                    "chosen for the simulation; directions of benefits, veteran, disclosure: paper A; "
                    "intercept and waves so that the targets come out"
                ),
                "Intercept": 0.4919,
                "wave": {"2": 0.1785, "3": 0.7101},
                "age": -0.022,
                "disability_benefits": -1.3,
                "veteran": -0.6,
                "disclosure": 0.45,
                "depressive_disorder": -0.1,
                "local_unemployment": 0.03,
                "shortage_area": -0.55,
            },
            "peer support": {
                "source": (
                    "chosen for the simulation; directions of benefits, veteran, disclosure, depressive "
                    "disorder, unemployment: paper A; of shortage area: paper D; intercept and waves so "
                    "that the targets come out"
                ),
                "Intercept": 1.5265,
                "wave": {"2": -0.4899, "3": -0.5258},
                "age": -0.015,
                "disability_benefits": -1.2,
                "veteran": -0.5,
                "disclosure": 1.25,
                "depressive_disorder": 0.35,
                "local_unemployment": -0.09,
                "shortage_area": 0.5,
            },
        },
        # Independent normal effects, one for each outcome.
        "county_variance": {
            "source": "chosen for the simulation",
            "other job": 0.2,
            "peer support": 0.2,
        },
        "person_variance": {
            "source": "chosen for the simulation",
            "other job": 1.5,
            "peer support": 1.5,
        },
    },
    # ---- job quality, employed people only; peer_support is 1 in a peer job
    "log_hourly_wage": {
        "source": "chosen for the simulation",
        "person_sd": 0.17,
        "wave_sd": 0.1,
        "coefficients": {
            "source": (
                "chosen for the simulation; directions of education, veteran, rurality and no difference "
                "at wave 1: paper B; of shortage area and the smaller rise in peer jobs: paper F"
            ),
            "Intercept": 2.645,
            "education": {
                "some college": 0.04,
                "associate degree": 0.07,
                "bachelor's degree": 0.16,
                "graduate degree": 0.28,
            },
            "veteran": 0.06,
            "rurality": {"suburban": 0.07, "urban": 0.09},
            "shortage_area": -0.04,
            "wave": {"2": 0.055, "3": 0.12},
            "peer_support": 0.0,
            "peer_support:wave": {"2": -0.02, "3": -0.04},
        },
    },
    # Logit of working 35 hours a week or more, and of two benefits. `stability` is the correlation between
    # waves of the normal score behind each answer: the logit holds as it stands for a person drawn at random.
    "full_time": {
        "source": "chosen for the simulation",
        "stability": 0.6,
        "coefficients": {
            "source": "chosen for the simulation; directions: paper B",
            "Intercept": 0.75,
            "disability_benefits": -1.3,
            "peer_support": 0.0,
        },
    },
    # Whole hours: full-timers work the usual hours, fewer or more; part-timers a triangular number (low,
    # mode, below high).
    "hours_per_week": {
        "source": (
            "chosen for the simulation; 35 hours as full time: published, bls.gov note on usual hours"
        ),
        "usual": 40,
        "fewer": {"share": 0.25, "low": 35},
        "more": {"share": 0.2, "high": 50},
        "part_time": [5, 22, 35],
    },
    "health_insurance": {
        "source": "chosen for the simulation",
        "stability": 0.6,
        "coefficients": {
            "source": "chosen for the simulation; direction of peer jobs: papers A and E",
            "Intercept": -0.9,
            "full_time": 1.8,
            "peer_support": 0.4,
        },
    },
    "paid_leave": {
        "source": "chosen for the simulation",
        "stability": 0.6,
        "coefficients": {
            "source": "chosen for the simulation; direction of peer jobs: papers A and E",
            "Intercept": -0.7,
            "full_time": 1.7,
            "peer_support": 0.45,
        },
    },
    # Answers 1 to 5: P(answer > k) = logistic(linear predictor - cut k).
    "job_satisfaction": {
        "source": "chosen for the simulation",
        "stability": 0.5,
        "cuts": [-3.2, -2.0, -0.7, 0.9],
        "coefficients": {
            "source": "chosen for the simulation; direction: papers A and E",
            "peer_support": 0.6,
        },
    },
    # Years in the job at wave 1: lognormal. Later: a year more for those who stay, else less than a year.
    "tenure_years": {
        "source": "chosen for the simulation; direction: papers A, E and F",
        "log_median": {"other job": 0.1, "peer support": 0.4},
        "log_sd": 0.8,
        "stay": {"other job": 0.88, "peer support": 0.94},
    },
    # ---- answers to scales
    "missing_answers": {
        "source": (
            "chosen for the simulation: each answer to a scale is lost by itself, completely at random"
        ),
        "share": 0.02,
    },
    # General factor of the bifactor model; its unit is the standard deviation of adults of 18 to 61, 15 score
    # points. From 62 years on the published difference of the group means is added. hourly_wage counts as 0
    # without a job.
    "financial_well_being": {
        "source": (
            "chosen for the simulation; item parameters, means and variances of the groups: published, "
            "CFPB technical report, 2017"
        ),
        "residual_share": 0.85,  # of the published variance of the group
        "stability": 0.8,
        "coefficients": {
            "source": (
                "chosen for the simulation; directions of wage, age, Hispanic ethnicity, veteran, health,"
                " and a mean below the nation's: paper B"
            ),
            "Intercept": -1.15,
            "age": 0.006,
            "hispanic": 0.2,
            "veteran": 0.25,
            "physical_health": 0.15,
            "employed": -0.45,
            "hourly_wage": 0.04,
        },
    },
    # Areas of worklife: answers 1 to 5 of a standard normal latent answer, in the direction "good match".
    "areas_of_worklife": {
        "source": "chosen for the simulation",
        "loading": 0.7,
        "correlation": 0.4,
        "stability": 0.6,
        "items": {
            "source": (
                "unconfirmed: recalled, no key could be read; the number of reversed items is that of "
                "10.1371/journal.pone.0244338"
            ),
            "workload": [1, 2, 3, 4, 5],
            "control": [6, 7, 8, 9],
            "reward": [10, 11, 12, 13],
            "community": [14, 15, 16, 17, 18],
            "fairness": [19, 20, 21, 22, 23, 24],
            "values": [25, 26, 27, 28],
            "reversed": [1, 2, 3, 12, 13, 18, 23, 24],
        },
        "shares": {
            "source": "chosen for the simulation",
            "workload": [0.1, 0.22, 0.25, 0.31, 0.12],
            "control": [0.06, 0.13, 0.2, 0.4, 0.21],
            "reward": [0.07, 0.15, 0.25, 0.37, 0.16],
            "community": [0.04, 0.1, 0.21, 0.43, 0.22],
            "fairness": [0.11, 0.21, 0.32, 0.27, 0.09],
            "values": [0.03, 0.08, 0.22, 0.44, 0.23],
        },
    },
    # Burnout: answers 0 to 6 of a standard normal latent answer; `shares` are those of other jobs. The
    # factors have variance 1 within a job type.
    "burnout": {
        "source": "chosen for the simulation",
        "loading": 0.75,
        "stability": 0.6,
        "scales": ["exhaustion", "cynicism", "professional_efficacy"],
        # of what the areas of worklife leave unexplained, in the order of `scales`
        "correlation": [[1.0, 0.5, -0.2], [0.5, 1.0, -0.4], [-0.2, -0.4, 1.0]],
        "items": {
            "source": "published: key of the 16-item general survey, English order",
            "exhaustion": [1, 2, 3, 4, 6],
            "cynicism": [8, 9, 13, 14, 15],
            "professional_efficacy": [5, 7, 10, 11, 12, 16],
        },
        "shares": {
            "source": "chosen for the simulation",
            "exhaustion": [0.16, 0.25, 0.18, 0.17, 0.09, 0.1, 0.05],
            "cynicism": [0.32, 0.26, 0.14, 0.12, 0.06, 0.06, 0.04],
            "professional_efficacy": [0.01, 0.02, 0.04, 0.09, 0.13, 0.31, 0.4],
        },
        "peer_support": {
            "source": "chosen for the simulation; directions: paper C",
            "exhaustion": -0.35,
            "cynicism": -0.45,
            "professional_efficacy": 0.4,
        },
        "areas": {
            "source": "chosen for the simulation; directions of exhaustion and cynicism: paper C",
            "exhaustion": {"workload": -0.35, "fairness": -0.25},
            "cynicism": {"reward": -0.25, "community": -0.25},
            "professional_efficacy": {"control": 0.2, "values": 0.2},
        },
    },
}
