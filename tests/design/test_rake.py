"""Raked weights hit their margins, and a raked design keeps them."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import peerstats as ps
from peerstats.engines import replicate

SEX = {"woman": 600, "man": 400}
AGE = {1: 300, 2: 500, 3: 200}
BOTH = {(sex, age): SEX[sex] * AGE[age] / 1000 for sex in SEX for age in AGE}


def people(n=60):
    rng = np.random.default_rng(11)
    return pd.DataFrame(
        {
            "sex": rng.choice(["woman", "man"], n, p=[0.8, 0.2]),
            "age": rng.choice([1, 2, 3], n),
            "w": rng.uniform(0.5, 4, n),
            "stratum": np.arange(n) // 20,
            "psu": np.arange(n) // 4,
            "y": rng.normal(size=n),
        }
    )


PLAN = ps.SurveyDesign(weights="w", strata="stratum", cluster="psu")


@pytest.mark.parametrize(
    "margins", [{"sex": SEX}, {"sex": SEX, "age": AGE}, {("sex", "age"): BOTH, "age": AGE}]
)
def test_weights_hit_their_margins_and_the_table_says_so(margins):
    result = ps.rake(people(), margins, weights="w")
    tidy = result.tidy()
    assert_allclose(tidy["after"], tidy["target"], rtol=1e-9)
    attached = result.attach(people())
    for columns, targets in margins.items():
        names = [columns] if isinstance(columns, str) else list(columns)
        sums = attached.groupby(columns if isinstance(columns, str) else names)["raked_weight"].sum()
        assert_allclose([sums[level] for level in targets], list(targets.values()), rtol=1e-9)
    before = people().groupby("sex")["w"].sum()
    if margins == {"sex": SEX}:
        assert_allclose(tidy["before"], [before["woman"], before["man"]])
        assert tidy["n"].tolist() == [(people()["sex"] == level).sum() for level in SEX]


def test_shares_with_a_total_are_counts():
    shares = {"sex": {"woman": 0.6, "man": 0.4}, "age": {1: 0.3, 2: 0.5, 3: 0.2}}
    found = ps.rake(people(), shares, weights="w", total=1000)
    assert_allclose(
        found.weights, ps.rake(people(), {"sex": SEX, "age": AGE}, weights="w").weights, rtol=1e-9
    )
    mixed = ps.rake(people(), shares | {"sex": SEX}, weights="w")
    assert_allclose(found.weights, mixed.weights, rtol=1e-9)


def test_targets_may_be_a_pandas_series():
    counted = pd.Series(AGE)
    result = ps.rake(people(), {"age": counted})
    assert_array_equal(result.weights, ps.rake(people(), {"age": AGE}).weights)
    assert result.design.calibration.margins[0].level_names[0] == "age=1"


def test_rounded_targets_are_scaled_and_a_note_says_so():
    result = ps.rake(people(), {"sex": SEX, "age": {1: 0.299, 2: 0.5, 3: 0.2}})
    assert result.notes == ("The targets of age add to 0.999; scaled to 1.",)
    assert_allclose(result.weights.sum(), 1000, rtol=1e-9)
    other = ps.rake(people(), {"sex": SEX, "age": {1: 301, 2: 500, 3: 200}})
    assert other.notes == ("The targets of age add to 1,001; scaled to 1,000.",)


def test_a_total_below_the_sample_is_noted():
    note = ps.rake(people(), {"sex": {"woman": 30, "man": 20}}).notes[-1]
    assert "add to 50, fewer than the 60 respondents" in note


def test_trimmed_weights_keep_bounds_and_margins_and_lose_little():
    plain = ps.rake(people(), {"sex": SEX, "age": AGE}, weights="w")
    trimmed = ps.rake(people(), {"sex": SEX, "age": AGE}, weights="w", trim=(0.3, 2.5))
    assert_allclose(trimmed.tidy()["after"], trimmed.tidy()["target"], rtol=1e-9)
    multiples = trimmed.weights / trimmed.weights.mean()
    assert multiples.min() >= 0.3 * (1 - 1e-9)
    assert multiples.max() <= 2.5 * (1 + 1e-9)
    assert (plain.weights / plain.weights.mean()).max() > 2.5
    one, two = plain.glance().loc[0], trimmed.glance().loc[0]
    assert two["n_trimmed_high"] == (multiples > 2.5 * (1 - 1e-6)).sum() > 0
    assert two["n_trimmed_low"] == (multiples < 0.3 * (1 + 1e-6)).sum() > 0
    assert two["n_effective"] > one["n_effective"]
    assert two["n_effective_before"] == one["n_effective_before"]
    assert one["n_trimmed_low"] == one["n_trimmed_high"] == 0


def test_the_design_rakes_again_and_so_do_its_replicates():
    margins = {"sex": SEX, "age": AGE}
    design = PLAN.with_replicates("JKn")
    for trim in (None, (0.05, 8.0)):
        result = ps.rake(people(), margins, design=design, trim=trim, max_iterations=20_000)
        arrays = result.design.read(people())
        assert_array_equal(arrays.weights, result.weights)
        for _, weights in arrays.replicates.chunks(100):
            for name, targets in margins.items():
                for level, target in targets.items():
                    # the tolerance of 1e-10
                    assert_allclose(
                        weights[(people()[name] == level).to_numpy()].sum(axis=0), target, rtol=1e-9
                    )


def test_the_error_of_a_margin_is_zero():
    woman = (people()["sex"] == "woman").to_numpy(float)
    taylor = ps.rake(people(), {"sex": SEX, "age": AGE}, design=PLAN).design.read(people())
    jackknife = ps.rake(people(), {"sex": SEX, "age": AGE}, design=PLAN.with_replicates("JKn")).design.read(
        people()
    )
    variance = taylor.meat((taylor.weights * woman)[:, None])[0, 0]
    values = replicate(lambda w: (w.T @ woman)[:, None], jackknife.replicates)
    # of a total of 600; ten sweeps leave 1e-6 or less of a residual, raking 1e-10
    assert variance**0.5 < 1e-3
    assert jackknife.replicate_covariance(values)[0, 0] ** 0.5 < 1e-6
    plain = PLAN.read(people())
    assert plain.meat((plain.weights * woman)[:, None])[0, 0] ** 0.5 > 1


def test_linearised_and_jackknife_errors_of_a_raked_mean_are_near_each_other():
    y = people()["y"].to_numpy()
    found = []
    for residuals in ("rake", "calibrate"):
        arrays = ps.rake(people(), {"sex": SEX, "age": AGE}, design=PLAN, residuals=residuals).design.read(
            people()
        )
        mean = arrays.weights @ y / 1000
        found.append(arrays.meat((arrays.weights * (y - mean) / 1000)[:, None])[0, 0] ** 0.5)
    arrays = ps.rake(people(), {"sex": SEX, "age": AGE}, design=PLAN.with_replicates("JKn")).design.read(
        people()
    )
    values = replicate(lambda w: (w.T @ y / 1000)[:, None], arrays.replicates)
    jackknife = arrays.replicate_covariance(values)[0, 0] ** 0.5
    # two ways to the same error in a sample of 60: they differ by terms of a higher order
    assert_allclose(found, jackknife, rtol=0.25)


def test_where_base_weights_vary_the_calibration_residual_is_the_one_that_meets_the_jackknife():
    # the margins' effects have opposite signs in the oversampled stratum
    rng = np.random.default_rng(3)
    n = 400
    stratum = np.repeat([0, 1], n // 2)
    a, b = rng.integers(0, 2, n), rng.integers(0, 3, n)
    y = (4 * a + 2 * b) * np.where(stratum == 1, -1, 1) + rng.normal(size=n)
    frame = pd.DataFrame({"a": a, "b": b, "stratum": stratum, "w": np.where(stratum == 1, 10.0, 90.0)})
    margins = {"a": {0: 0.5, 1: 0.5}, "b": dict.fromkeys(range(3), 1 / 3)}
    design = ps.SurveyDesign(weights="w", strata="stratum")
    found = {}
    for residuals in ("rake", "calibrate"):
        raked = ps.rake(frame, margins, design=design, total=20_000, residuals=residuals)
        assert any("Base weights vary" in note for note in raked.notes) == (residuals == "rake")
        arrays = raked.design.read(frame)
        mean = arrays.weights @ y / 20_000
        found[residuals] = arrays.meat((arrays.weights * (y - mean) / 20_000)[:, None])[0, 0] ** 0.5
    arrays = ps.rake(frame, margins, design=design.with_replicates("JKn"), total=20_000).design.read(frame)
    values = replicate(lambda w: (w.T @ y / 20_000)[:, None], arrays.replicates)
    jackknife = arrays.replicate_covariance(values)[0, 0] ** 0.5
    assert_allclose(found["calibrate"], jackknife, rtol=0.05)  # they differ by terms of order 1 / n
    assert found["rake"] > 1.5 * jackknife


def test_rows_of_weight_zero_need_no_level_and_stay_at_zero():
    nobody = people().assign(w=0.0, sex="unknown", age=np.nan)
    both = pd.concat([people(), nobody], ignore_index=True)
    result = ps.rake(both, {"sex": SEX, "age": AGE}, weights="w")
    assert_array_equal(result.weights[60:], 0)
    assert_allclose(
        result.weights[:60], ps.rake(people(), {"sex": SEX, "age": AGE}, weights="w").weights, rtol=1e-12
    )
    assert result.glance().loc[0, ["n", "n_zero_weight"]].tolist() == [60, 60]
    assert "(60 of weight zero left out)" in result.summary()


def test_every_kind_of_frame_is_raked_alike(make_frame):
    columns = {name: list(values) for name, values in people()[["sex", "age", "w"]].items()}
    frame = make_frame(columns)
    result = ps.rake(frame, {"sex": SEX, "age": AGE}, weights="w")
    assert_allclose(
        result.weights, ps.rake(people(), {"sex": SEX, "age": AGE}, weights="w").weights, rtol=1e-14
    )
    assert type(result.attach(frame, "raked")) is type(frame)


def test_a_result_prints_and_serialises_without_respondents():
    result = ps.rake(people(), {"sex": SEX, "age": AGE}, weights="w", trim=(0.3, 2.5))
    text = str(result.summary())
    assert "Raked weights" in text
    assert "weights between 0.3 and 2.5 times their mean" in text
    said = result.to_dict()
    assert set(said) >= {"schema", "kind", "rows", "design", "notes", "n_effective"}
    assert said["design"]["calibration"]["margins"][1]["targets"] == [300, 500, 200]
    assert "weights" not in said


def test_the_plot_shows_the_weights_over_their_mean():
    from peerstats.plots import new_axes  # noqa: PLC0415  (only this test draws)

    ax = ps.rake(people(), {"sex": SEX}).plot(ax=new_axes())
    assert ax.get_title(loc="left") or ax.get_title()
    assert_allclose(sum(bar.get_height() for bar in ax.patches), 1)


BAD = {
    "no margins": ({}, {}, "margins= names no margin"),
    "no levels": ({"sex": {}}, {}, "the margin sex has no levels"),
    "shares without total": ({"sex": {"woman": 0.6, "man": 0.4}}, {}, "the targets are shares"),
    "bad total": ({"sex": SEX}, {"total": -5}, "total=-5 is no size"),
    "other total": ({"sex": SEX}, {"total": 2000}, "the targets of sex add to 1,000, total= to 2,000"),
    "margins disagree": (
        {"sex": SEX, "age": {1: 300, 2: 500, 3: 300}},
        {},
        "the targets of age add to 1,100, those of sex to 1,000",
    ),
    "shares add to more": (
        {"sex": SEX, "age": {1: 0.5, 2: 0.5, 3: 0.2}},
        {},
        "the targets of age add to 1.2",
    ),
    "target of zero": ({"sex": SEX | {"man": 0}}, {}, "the target of sex='man' is 0"),
    "target missing": ({"sex": SEX | {"man": float("nan")}}, {}, "the target of sex='man' is nan"),
    "level without target": (
        {"sex": {"woman": 600, "mann": 400}},
        {},
        r"sex='man' has no target \(row \d+; \d+ such",
    ),
    "target without respondent": (
        {"sex": SEX | {"other": 5}},
        {},
        "no respondent has sex='other', whose target is 5",
    ),
    "absent column": ({"gender": SEX}, {}, "margin column 'gender' is not in the data"),
    "joint level without parts": ({("sex", "age"): SEX}, {}, "does not have 2 parts"),
    "weights and design": ({"sex": SEX}, {"weights": "w", "design": PLAN}, "weights= beside design="),
    "raked already": (
        {"sex": SEX},
        {"design": ps.rake(people(), {"sex": SEX}).design},
        "the design is raked already",
    ),
    "one bound": ({"sex": SEX}, {"trim": 5}, "trim=5 is no pair of bounds"),
    "bounds that exclude the mean": ({"sex": SEX}, {"trim": (1.5, 5)}, "is no pair of bounds"),
    "no cycles": ({"sex": SEX}, {"max_iterations": 0}, "max_iterations=0"),
    "no tolerance": ({"sex": SEX}, {"tolerance": 0}, "tolerance=0"),
    "unknown residuals": ({"sex": SEX}, {"residuals": "greg"}, "residuals='greg' is not known"),
}


@pytest.mark.parametrize("name", BAD)
def test_margins_that_cannot_be_met_are_refused_by_name(name):
    margins, how, words = BAD[name]
    with pytest.raises(ps.InputError, match=words) as caught:
        ps.rake(people(), margins, **how)
    assert str(caught.value).startswith("rake(): ")


def test_a_missing_level_is_an_error_that_names_the_row():
    frame = people().astype({"age": float})
    frame.loc[[7, 9], "age"] = np.nan
    with pytest.raises(ps.InputError, match=r"margin column 'age' is missing in row 7 \(2 such rows\)"):
        ps.rake(frame, {"age": AGE})


def test_margins_that_contradict_each_other_do_not_converge():
    frame = pd.DataFrame({"sex": ["w", "m"] * 5, "job": ["a", "b"] * 5})
    with pytest.raises(
        ps.ConvergenceError, match=r"50 cycles did not reach the margins; sex='[wm]' is off by"
    ) as caught:
        ps.rake(frame, {"sex": {"w": 60, "m": 40}, "job": {"a": 40, "b": 60}}, max_iterations=50)
    assert "join levels" in str(caught.value)


def test_bounds_that_are_too_narrow_do_not_converge():
    with pytest.raises(ps.ConvergenceError, match="did not reach the margins") as caught:
        ps.rake(people(), {"sex": SEX, "age": AGE}, weights="w", trim=(0.9, 1.1), max_iterations=100)
    assert "wider trim=" in str(caught.value)


def test_weights_are_attached_to_the_rows_that_were_raked():
    result = ps.rake(people(), {"sex": SEX})
    with pytest.raises(ps.InputError, match="the data have 5 rows, 60 were raked"):
        result.attach(people().head())
    with pytest.raises(ps.InputError, match="already have a column 'w'"):
        result.attach(people(), "w")
