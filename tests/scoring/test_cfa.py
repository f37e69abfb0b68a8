"""Factor models equal lavaan's, keep their laws, and say what is wrong."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "cfa_lavaan"
# lavaan's estimates were finished by scoring steps, its tests computed from them: rounding remains.
RTOL = 1e-8
# lavaan fits the model without correlations by its search, which stops at about 1e-5.
BASELINE_RTOL = 1e-5
Q = [f"q{i}" for i in range(1, 17)]
SCALES = {"exhaustion": Q[:5], "cynicism": Q[5:10], "efficacy": Q[10:]}
FITS = {
    "three factors": (SCALES, {}),
    "one factor": ({"exhaustion": Q[:5]}, {}),
    "general factor": ({"general": Q}, {}),
    "frequency": (SCALES, {"weights": "copies", "weight_kind": "frequency"}),
    "sampling": (SCALES, {"weights": "weight"}),
}
INDICES = {
    "chi_square": "chisq",
    "df": "df",
    "p_value": "pvalue",
    "baseline_chi_square": "baseline.chisq",
    "baseline_df": "baseline.df",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea_low": "rmsea.ci.lower",
    "rmsea_high": "rmsea.ci.upper",
    "rmsea_p_value": "rmsea.pvalue",
    "srmr": "srmr_bentler",
    "loglik": "logl",
    "aic": "aic",
    "bic": "bic",
    "n_parameters": "npar",
    "scaled_chi_square": "chisq.scaled",
    "scaled_p_value": "pvalue.scaled",
    "scaling_factor": "chisq.scaling.factor",
    "cfi_robust": "cfi.robust",
    "tli_robust": "tli.robust",
    "rmsea_robust": "rmsea.robust",
    "rmsea_robust_low": "rmsea.ci.lower.robust",
    "rmsea_robust_high": "rmsea.ci.upper.robust",
}
LIKELIHOOD_ONLY = {"p_value", "rmsea_p_value", "aic", "bic"}
KINDS = {"loading": "=~", "correlation": "~~", "unique variance": "~~"}


@pytest.fixture(scope="module")
def data():
    return pd.read_csv(GOLDEN / "input_simulated.csv")


def fitted(data, name, **more):
    factors, weights = FITS[name]
    return ps.cfa(data, factors, **weights, **more)


def beside_lavaan(result, name):
    """Set each parameter beside lavaan's row of it."""
    theirs = pd.read_csv(GOLDEN / "parameters.csv")
    rows = theirs[theirs["fit"] == name].set_index(["lhs", "op", "rhs"])
    ours = result.tidy().query("parameter != 'omega'")
    second = ours["item"].where(ours["parameter"] != "correlation", ours["other_factor"])
    first = ours["factor"].where(ours["parameter"] != "unique variance", ours["item"])
    keys = list(zip(first, ours["parameter"].map(KINDS), second, strict=True))
    return ours, rows.loc[keys]


@pytest.mark.parametrize("name", FITS)
def test_estimates_and_errors_equal_lavaan_s(data, name):
    ours, theirs = beside_lavaan(fitted(data, name, variance="model"), name)
    assert len(ours) == (35 if len(FITS[name][0]) == 3 else 2 * len(next(iter(FITS[name][0].values()))))
    assert_allclose(ours["estimate"], theirs["estimate"], rtol=RTOL)
    assert_allclose(ours["std_error"], theirs["std_error"], rtol=RTOL)
    assert_allclose(ours["standardised"], theirs["standardised"], rtol=RTOL)
    # lavaan takes the derivatives of standardised estimates numerically
    assert_allclose(ours["standardised_std_error"], theirs["standardised_std_error"], rtol=1e-6)


@pytest.mark.parametrize("name", FITS)
def test_robust_errors_equal_lavaan_s_mlm(data, name):
    ours, theirs = beside_lavaan(fitted(data, name, variance="robust"), name)
    assert_allclose(ours["std_error"], theirs["robust_std_error"], rtol=RTOL)
    assert_allclose(ours["standardised_std_error"], theirs["standardised_robust_std_error"], rtol=1e-6)


@pytest.mark.parametrize("name", FITS)
def test_fit_indices_equal_lavaan_s(data, name):
    row = fitted(data, name).glance().iloc[0]
    theirs = pd.read_csv(GOLDEN / "fit.csv").query("fit == @name").set_index("measure")["value"]
    for ours, measure in INDICES.items():
        if name == "sampling" and ours in LIKELIHOOD_ONLY:
            assert np.isnan(row[ours])
            continue
        rtol = BASELINE_RTOL if ours in {"cfi_robust", "tli_robust"} else 1e-6
        # lavaan's p-values are 1 minus a probability: below 1e-10 they are rounding
        assert_allclose(row[ours], theirs[measure], rtol=rtol, atol=1e-10, err_msg=ours)


def test_omega_follows_from_the_loadings_and_its_error_from_the_bootstrap(data):
    table = fitted(data, "one factor").tidy().set_index("parameter")
    loading, unique = table.loc["loading", "estimate"].sum(), table.loc["unique variance", "estimate"].sum()
    omega = table.loc["omega"]
    assert_allclose(omega["estimate"], loading**2 / (loading**2 + unique), rtol=1e-12)
    from peerstats.numerics import one_factor, weighted_moments  # noqa: PLC0415  (the kernels of the bootstrap)

    draws = np.random.default_rng(5).multinomial(420, np.full(420, 1 / 420), size=1000).T
    _, covariances = weighted_moments(data[Q[:5]].to_numpy(float), draws.astype(float))
    robust = fitted(data, "one factor", variance="robust").tidy().query("parameter == 'omega'")
    assert_allclose(robust["std_error"], one_factor(covariances).omega.std(), rtol=0.1)


def test_frequency_weights_equal_rows_repeated(data):
    repeated = data.loc[data.index.repeat(data["copies"])]
    one, other = fitted(data, "frequency"), ps.cfa(repeated, SCALES)
    for variance in ("model", "robust"):
        weighted, plain = (
            fitted(data, "frequency", variance=variance),
            ps.cfa(repeated, SCALES, variance=variance),
        )
        assert_allclose(weighted.tidy()["std_error"], plain.tidy()["std_error"], rtol=1e-9)
    assert_allclose(one.tidy()["estimate"], other.tidy()["estimate"], rtol=1e-9)
    numbers = list(INDICES)
    assert_allclose(one.glance()[numbers].iloc[0], other.glance()[numbers].iloc[0], rtol=1e-8)


def test_sampling_weights_may_be_multiplied_and_errors_are_then_the_same(data):
    scaled = data.assign(weight=1000 * data["weight"])
    one, other = fitted(data, "sampling"), fitted(scaled, "sampling")
    assert one.variance == "robust"
    assert_allclose(one.tidy()["std_error"], other.tidy()["std_error"], rtol=1e-9)
    assert_allclose(one.glance()["scaled_chi_square"], other.glance()["scaled_chi_square"], rtol=1e-9)


def test_items_rows_and_factors_come_in_any_order(data):
    turned = {name: SCALES[name][::-1] for name in ("efficacy", "cynicism", "exhaustion")}
    one = ps.cfa(data, SCALES).tidy().query("parameter == 'loading'").set_index("item")
    other = ps.cfa(data.iloc[::-1], turned).tidy().query("parameter == 'loading'").set_index("item")
    assert_allclose(one["estimate"], other.loc[one.index, "estimate"], rtol=1e-8)
    assert_allclose(one["std_error"], other.loc[one.index, "std_error"], rtol=1e-8)


def test_scaling_the_items_leaves_fit_and_standardised_loadings_alone(data):
    scaled = data.assign(**{item: 3.5 * data[item] for item in Q})
    one, other = ps.cfa(data, SCALES), ps.cfa(scaled, SCALES)
    assert_allclose(one.tidy()["standardised"].dropna(), other.tidy()["standardised"].dropna(), rtol=1e-8)
    assert_allclose(one.glance()["scaled_chi_square"], other.glance()["scaled_chi_square"], rtol=1e-8)


def test_the_three_factors_of_the_mbi_fit_and_a_single_one_does_not():
    people = ps.simulate_cohort(500, rng=3).data
    first = people[people["wave"] == 1]
    three = ps.cfa(first, "mbi_gs", items="mbi_{}").glance().iloc[0]
    one = ps.cfa(first, "mbi_gs", items="mbi_{}", model="one").glance().iloc[0]
    assert three["cfi_robust"] > 0.97
    assert three["rmsea"] < 0.05
    assert one["cfi_robust"] < 0.75
    assert three["aic"] < one["aic"]


def test_scores_bring_their_own_rows_and_coding():
    people = ps.simulate_cohort(300, rng=4).data
    first = people[people["wave"] == 1]
    scores = ps.score(first, "mbi_gs", items="mbi_{}")
    one, other = ps.cfa(scores), ps.cfa(first, "mbi_gs", items="mbi_{}")
    assert_allclose(one.tidy()["estimate"], other.tidy()["estimate"])


def test_each_scale_by_itself_equals_a_call_for_it(data):
    apart = fitted(data, "three factors", model="separate")
    assert apart.glance()["model"].tolist() == ["exhaustion", "cynicism", "efficacy"]
    alone = ps.cfa(data, None, items=Q[:5])
    mine = apart.tidy().query("model == 'exhaustion'")
    assert_allclose(mine["estimate"], alone.tidy()["estimate"])
    assert apart.glance()["df"].tolist() == [5, 5, 9]


def test_groups_are_modelled_apart_and_those_without_one_are_counted(data):
    known = data.assign(
        site=np.where(np.arange(420) < 20, None, np.where(np.arange(420) % 2, "east", "west"))
    )
    apart = ps.cfa(known, SCALES, by="site")
    assert apart.glance()["group"].tolist() == ["east", "west"]
    east = ps.cfa(known[known["site"] == "east"], SCALES)
    assert_allclose(apart.tidy().query("group == 'east'")["estimate"], east.tidy()["estimate"])
    assert "20 respondents without site left out" in str(apart.summary())


def test_incomplete_answers_are_left_out_and_counted(data):
    gaps = data.astype({"q1": float})
    gaps.loc[:29, "q1"] = np.nan
    found = ps.cfa(gaps, SCALES)
    assert found.glance()[["n", "n_missing"]].iloc[0].tolist() == [390, 30]
    assert_allclose(found.tidy()["estimate"], ps.cfa(data.iloc[30:], SCALES).tidy()["estimate"])


def test_a_heywood_case_is_said_and_has_a_bounded_estimate():
    table = pd.read_csv(GOLDEN / "heywood_simulated.csv")
    found = ps.cfa(table, {"f": ["a", "b", "c", "d"]})
    assert found.glance()["n_heywood"].iloc[0] == 1
    assert "Heywood case: the unique variance of 'a'" in str(found.summary())
    unique = found.tidy().query("parameter == 'unique variance'")
    variances = table[["a", "b", "c", "d"]].var(ddof=0).to_numpy()
    assert_allclose(unique["estimate"] / variances, table["uniqueness"][:4], rtol=1e-6)
    assert np.isnan(unique["std_error"].iloc[0])
    assert unique["std_error"].iloc[1:].notna().all()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.assign(q3=4), "item 'q3' has no variance: every answer is 4"),
        (lambda d: d.iloc[:12], "12 respondents with every answer are too few for 16 items"),
        (lambda d: d.assign(q2=d["q1"]), "the covariance matrix is not positive definite"),
    ],
)
def test_what_cannot_be_fitted_has_a_reason_and_no_number(data, change, reason):
    found = ps.cfa(change(data), SCALES)
    row = found.glance().iloc[0]
    assert row["reason"] == reason
    assert np.isnan(row["chi_square"])
    assert len(found.tidy()) == 0
    assert reason in " ".join(str(found.summary()).split())
    with pytest.raises(ps.InputError, match="has no fit"):
        found.plot()
    assert json.dumps(found.to_dict()["models"][0]["reason"]) == json.dumps(reason)


def test_three_items_fit_any_answers_and_that_is_said(data):
    found = ps.cfa(data, None, items=Q[:3])
    assert found.glance()["df"].iloc[0] == 0
    assert np.isnan(found.glance()["cfi"].iloc[0])
    assert "no degrees of freedom" in str(found.summary())


def test_too_few_items_are_not_identified(data):
    with pytest.raises(ps.InputError, match=r"cfa\(\): factor 'scale' has 2 items: it is not identified"):
        ps.cfa(data, None, items=Q[:2])
    with pytest.raises(ps.InputError, match="factor 'b' has 1 item: it is not identified"):
        ps.cfa(data, {"a": Q[:4], "b": Q[4:5]})
    assert ps.cfa(data, {"a": Q[:4], "b": Q[5:7]}).glance()["df"].iloc[0] == 8


def test_two_items_that_go_with_nothing_are_not_determined(data, rng):
    pair = rng.normal(size=(420, 2))
    noise = data.assign(z1=pair[:, 0], z2=pair[:, 1])
    basis = np.column_stack([np.ones(420), data[Q[:4]]])
    for name in ("z1", "z2"):
        noise[name] -= basis @ np.linalg.lstsq(basis, noise[name], rcond=None)[0]
    noise["z2"] += 0.6 * noise["z1"]
    found = ps.cfa(noise, {"a": Q[:4], "b": ["z1", "z2"]})
    assert "do not determine every parameter" in str(found.summary())
    assert found.tidy()["std_error"].isna().all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "two"}, "model='two' is not known"),
        ({"variance": "HC1"}, "variance='HC1' is not known"),
        ({"items": "q{}"}, "items= is given, and the factors name their columns"),
        ({"weights": "wieght"}, "Closest columns: 'weight'"),
        ({"by": "site"}, "grouping column 'site' is not in the data"),
        ({"instrument": {}}, "there are no factors"),
        ({"instrument": {"a": Q[:4], "b": Q[3:8]}}, "column 'q4' is an item of 'a' and of 'b'"),
        ({"instrument": {"a": ["q1", "q2", "p3"]}}, "item column 'p3' is not in the data"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(data, arguments, message):
    instrument = arguments.pop("instrument", SCALES)
    with pytest.raises(ps.InputError, match=r"cfa\(\): ") as caught:
        ps.cfa(data, instrument, **arguments)
    assert message in str(caught.value)


def test_negative_weights_are_refused(data):
    with pytest.raises(ps.InputError, match="is negative in row 7"):
        ps.cfa(data.assign(weight=data["weight"].where(data.index != 7, -1)), SCALES, weights="weight")


def test_every_kind_of_frame_gives_the_same(data, make_frame):
    found = ps.cfa(make_frame({name: data[name].tolist() for name in Q}), SCALES)
    assert type(found.tidy()).__module__.split(".")[0] == found.backend
    assert found.models[0].indices.chi_square == pytest.approx(173.727997126081, rel=1e-9)


def test_the_caller_s_frame_is_not_changed(data):
    before = data.copy()
    ps.cfa(data, SCALES, weights="weight")
    pd.testing.assert_frame_equal(data, before)


def test_the_result_is_plain_data_and_can_be_drawn(data):
    found = fitted(data, "three factors")
    plain = found.to_dict()
    assert plain["schema"] == 1
    assert plain["models"][0]["indices"]["df"] == 101
    assert json.loads(json.dumps(plain))["models"][0]["items"] == Q
    from peerstats.plots import describe, new_axes  # noqa: PLC0415  (only this test draws)

    told = describe(found.plot(ax=new_axes()))
    assert "exhaustion, q1: 0.772" in told


def test_answers_without_factors_have_a_fit_or_a_reason(rng):
    # three factors of pure noise need not have a maximum: there is a fit, or there is a reason
    found = [
        ps.cfa(
            pd.DataFrame(rng.normal(size=(60, 9)), columns=Q[:9]),
            {"a": Q[:3], "b": Q[3:6], "c": Q[6:9]},
        )
        for _ in range(5)
    ]
    for result in found:
        row = result.glance().iloc[0]
        assert np.isnan(row["chi_square"]) == isinstance(row["reason"], str)
