"""Means, totals and ratios have the errors of R's survey package, linearised, replicate and raked."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.engines import replicate

GOLDEN = Path(__file__).parents[1] / "golden" / "design_survey"
SEX = {"woman": 2400, "man": 1600}
AGE = {"18-34": 1300, "35-54": 1700, "55+": 1000}
BOTH = dict(
    zip(
        [(sex, age) for sex in SEX for age in AGE],
        [800, 1000, 600, 500, 700, 400],
        strict=True,
    )
)


@cache
def data():
    frame = pd.read_csv(GOLDEN / "input_simulated.csv")
    return pd.concat([frame, pd.read_csv(GOLDEN / "replicates_simulated.csv")], axis=1).assign(
        one=1.0, clusters_120=120
    )


@cache
def expected():
    return pd.read_csv(GOLDEN / "expected.csv").set_index(["case", "quantity"])["value"]


def jkn_factors():
    sizes = data().groupby("stratum", sort=False)["psu"].nunique()
    return [(size - 1) / size for size in sizes for _ in range(size)]


def plan(**more):
    return ps.SurveyDesign(
        **{"weights": "weight", "strata": "stratum", "cluster": "psu", "nest": True} | more
    )


def clusters(**more):
    return ps.SurveyDesign(weights="weight", cluster="psu_id", **more)


def supplied(name, method, **more):
    return ps.SurveyDesign(weights="weight", replicates=f"{name}_{{}}", replicate_method=method, **more)


def raked(design, margins=None, **how):
    return ps.rake(data(), margins or {"sex": SEX, "age": AGE}, design=design, **how).design


def lonely(rule, **more):
    return plan(strata="lone", lonely_psu=rule, **more)


PAIRS = {"strata": "pair", "cluster": "half"}
DESIGNS = {
    "weights": lambda: ps.SurveyDesign(weights="weight"),
    "clusters": clusters,
    "strata": lambda: ps.SurveyDesign(weights="weight", strata="stratum"),
    "plan": plan,
    "plan fpc": lambda: plan(fpc="fpc"),
    "plan share": lambda: plan(fpc="share"),
    "fpc alone": lambda: plan(weights=None, fpc="fpc"),
    **{f"lonely {rule}": lambda rule=rule: lonely(rule) for rule in ("adjust", "average", "certainty")},
    **{
        f"lonely {rule} fpc": lambda rule=rule: lonely(rule, fpc="lone_fpc")
        for rule in ("adjust", "average", "certainty")
    },
    "JKn lonely certainty": lambda: lonely("certainty").with_replicates("JKn"),
    "JKn": lambda: plan().with_replicates("JKn"),
    "JKn mse": lambda: plan().with_replicates("JKn", mse=True),
    "JKn fpc": lambda: plan(fpc="fpc").with_replicates("JKn"),
    "JK1": lambda: clusters().with_replicates("JK1"),
    "JK1 fpc": lambda: clusters(fpc="clusters_120").with_replicates("JK1"),
    "pairs": lambda: plan(**PAIRS),
    "BRR": lambda: plan(**PAIRS).with_replicates("BRR"),
    "Fay": lambda: plan(**PAIRS).with_replicates("Fay", rho=0.3),
    "supplied BRR": lambda: supplied("brr", "BRR"),
    "supplied BRR mse": lambda: supplied("brr", "BRR", mse=True),
    "supplied Fay": lambda: supplied("fay", "Fay", rho=0.3),
    "supplied Fay factors": lambda: supplied("fayfactor", "Fay", rho=0.3, combined=False),
    "supplied bootstrap": lambda: supplied("boot", "bootstrap"),
    "supplied JKn": lambda: supplied("jkn", "JKn", rscales=jkn_factors()),
    "supplied ACS": lambda: supplied("boot", "ACS"),
    "raked": lambda: raked(plan()),
    "raked fpc": lambda: raked(plan(fpc="fpc")),
    "raked even": lambda: raked(plan(weights="one")),
    "calibrated": lambda: raked(plan(), residuals="calibrate"),
    "post-stratified": lambda: raked(plan(), {"sex": SEX}),
    "post-stratified jointly": lambda: raked(plan(), {("sex", "age"): BOTH}),
    "raked JKn": lambda: raked(plan().with_replicates("JKn")),
    "raked supplied BRR": lambda: raked(supplied("brr", "BRR")),
    "raked supplied Fay factors": lambda: raked(supplied("fayfactor", "Fay", rho=0.3, combined=False)),
    "raked supplied bootstrap": lambda: raked(supplied("boot", "bootstrap")),
    "post-stratified JKn": lambda: raked(plan().with_replicates("JKn"), {"sex": SEX}),
}
MEMBERS = {
    name: DESIGNS[name.removesuffix(" member")] for name in expected().index.levels[0] if " member" in name
}
# Half-samples are ours, not R's: their variances agree for statistics that are linear in the weights only.
LINEAR_ONLY = {"BRR", "Fay"}


def statistics(weights, y, inside):
    """Return means, totals and the ratio for (n, c) weights."""
    w = weights * inside[:, None]
    totals = w.T @ y
    return np.column_stack([totals / w.sum(axis=0)[:, None], totals, totals[:, 0] / totals[:, 1]])


def covariance(arrays, y, inside):
    """Return the estimates and their covariance, linearised or by replicates."""
    estimate = statistics(arrays.weights[:, None], y, inside)[0]
    if arrays.replicates is not None:
        values = replicate(lambda w: statistics(w, y, inside), arrays.replicates)
        return estimate, arrays.replicate_covariance(values, estimate)
    w = arrays.weights * inside
    scores = np.column_stack(
        [
            w[:, None] * (y - estimate[:2]) / w.sum(),
            w[:, None] * y,
            w * (y[:, 0] - estimate[4] * y[:, 1]) / estimate[3],
        ]
    )
    return estimate, arrays.meat(scores, inside)


def found(design, where=None):
    y = data()[["wage", "hours"]].to_numpy(float)
    inside = np.ones(len(y), dtype=bool) if where is None else where
    arrays = design.read(data())
    estimate, v = covariance(arrays, y, inside)
    return {
        "mean_wage": estimate[0],
        "mean_hours": estimate[1],
        "total_wage": estimate[2],
        "ratio": estimate[4],
        "var_mean_wage": v[0, 0],
        "cov_means": v[0, 1],
        "var_mean_hours": v[1, 1],
        "var_total_wage": v[2, 2],
        "cov_totals": v[2, 3],
        "var_ratio": v[4, 4],
        "df": arrays.degrees_of_freedom(None if where is None else where),
    }


def compare(case, values, *, df):
    wanted = expected()[case]
    kept = [name for name in wanted.index if name != "df" or df]
    if case in LINEAR_ONLY:
        kept = [name for name in kept if "mean" not in name and "var_ratio" not in name]
    # Both compute the same sums in floating point; R prints 15 digits, and rakes to 1e-13. A covariance
    # near zero has the rounding of the variances beside it, hence 1e-10 of the largest.
    for name in kept:
        scale = 1e-10 * wanted["var_mean_hours"] if name == "cov_means" else 0
        assert_allclose(values[name], wanted[name], rtol=1e-8, atol=scale, err_msg=f"{case}: {name}")


@pytest.mark.parametrize("case", DESIGNS)
def test_estimates_and_errors_are_those_of_r_survey(case):
    # R takes the rank of the replicates for degrees of freedom: raking adds to it, and so drops a stratum
    # sampled whole; ours stay PSUs less strata
    other_df = case in {"raked JKn", "post-stratified JKn", "JKn fpc"}
    compare(case, found(DESIGNS[case]()), df=not other_df)


@pytest.mark.parametrize("case", MEMBERS)
def test_subpopulations_keep_the_full_design(case):
    # R's degf counts the PSUs with members only; ours are tested below
    values = found(MEMBERS[case](), data()["member"].to_numpy() == 1)
    compare(case, values, df=case == "supplied BRR member")


def test_every_golden_case_is_compared():
    assert {*DESIGNS, *MEMBERS} == set(expected().index.levels[0])


def test_a_subpopulation_has_the_psus_of_the_strata_with_members():
    # strata with members north 2, south 3, west 4, east 2, lake 5 (one PSU with members), plain 4; hill none
    member = data()["member"].to_numpy() == 1
    assert plan().read(data()).degrees_of_freedom(member) == 20 - 6
    assert plan().with_replicates("JKn").read(data()).degrees_of_freedom(member) == 20 - 6


@pytest.mark.parametrize(
    ("column", "margins", "how"),
    [
        ("raked", {"sex": SEX, "age": AGE}, {}),
        ("calibrated", {"sex": SEX, "age": AGE}, {"residuals": "calibrate"}),
        ("post", {"sex": SEX}, {}),
        ("joint", {("sex", "age"): BOTH}, {}),
    ],
)
def test_raked_weights_are_those_of_r_survey(column, margins, how):
    result = ps.rake(data(), margins, weights="weight", **how)
    wanted = pd.read_csv(GOLDEN / "raked_weights.csv")[column]
    # both iterate to 1e-10 or better
    assert_allclose(result.weights, wanted, rtol=1e-9)
    assert_allclose(result.design.read(data()).weights, result.weights, rtol=0)
