"""Contrasts and transforms that learn from the rows: equal to patsy's and R's, frozen, or refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import patsy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import peerstats as ps
from peerstats.design import Asked, FrozenDesign, read_model

GOLDEN = Path(__file__).parents[1] / "golden" / "bases_r"
CALL = {"call": "logistic"}
# Two codes that add the same products in another order differ in the last digits: 1e-12 of columns near 1.
SAME = {"rtol": 1e-12, "atol": 1e-12}


def frame(seed=3, n=160):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "job": rng.choice(["none", "peer"], n),
            "age": rng.normal(45, 10, n).round(1),
            "wage": rng.uniform(8, 40, n),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "paid": pd.Categorical(rng.choice(["low", "mid", "high"], n), ["low", "mid", "high"]),
            "veteran": rng.random(n) < 0.4,
            "waves": rng.integers(1, 6, n),
            "month": rng.integers(1, 13, n),
        }
    )


def read(formula, data=None, **kwargs):
    return read_model(Asked(formula=formula, **{**CALL, **kwargs}), frame() if data is None else data)


def matrix(rows):
    return rows.design.matrix(rows.source.coded, 0, rows.source.n_rows).T


TERMS = [
    "C(state, Sum)",
    "0 + C(state, Sum)",
    "C(state, Sum())",
    "C(state, Sum('NC'))",
    "C(state, Sum(omit='OR'))",
    "C(state, Sum(0))",
    "C(state, Sum(-2))",
    "C(waves, Sum(omit=2))",
    "C(waves, Sum)",
    "C(veteran, Sum)",
    "C(age > 40, Sum)",
    "C(paid, Poly)",
    "0 + C(paid, Poly)",
    "C(waves, Poly)",
    "0 + C(waves, Poly)",
    "C(month, Poly)",
    "C(paid, Poly([1, 2, 10]))",
    "0 + C(paid, Poly(scores=(0, 10, 12.5)))",
    "C(waves, Poly([-3, -1.5, 0, 1, 9]))",
    "C(waves, Helmert)",
    "0 + C(waves, Helmert)",
    "C(waves, Diff)",
    "0 + C(waves, Diff())",
    "C(state, Treatment)",
    "0 + C(state, Treatment())",
    "C(state, Treatment('PA')) * C(paid, Sum)",
    "C(state, Sum) * C(paid, Poly)",
    "C(state, Sum):C(paid, Poly)",
    "0 + C(state, Sum):C(waves, Helmert)",
    "C(state, Sum) * age + C(waves, Diff):age",
    "state * C(waves, Poly) * veteran",
    "C(state, Sum) / age",
    "center(age)",
    "center(age):state",
    "standardize(age)",
    "scale(wage)",
    "standardize(age, ddof=1)",
    "standardize(age, center=False)",
    "standardize(wage, True, False)",
    "standardize(wage, rescale=False, ddof=1) * C(state, Sum)",
    "I(center(age) ** 2) + I(center(age) * 2)",
    "I(center(age) * standardize(wage) - age)",
    "np.log(standardize(wage) + 10)",
    "center(np.log(wage))",
    "standardize(center(age) ** 2)",
    "center(age) > 3",
    "center(Q('age'))",
    "bs(age, df=4)",
    "bs(age, 4)",
    "bs(age, df=6, include_intercept=True)",
    "0 + bs(age, df=5, include_intercept=True)",
    "bs(age, knots=[40, 50])",
    "bs(age, knots=(50, 40))",
    "bs(age, knots=[30, 42.5, 55], degree=2)",
    "bs(age, df=3)",
    "bs(age, df=1, degree=1)",
    "bs(age, df=4, degree=1)",
    "bs(age, df=4, degree=0)",
    "bs(age, df=7, degree=5)",
    "bs(age, df=4, lower_bound=0, upper_bound=100)",
    "bs(age, df=4, upper_bound=120.5)",
    "bs(age, df=4, knots=[45])",
    "bs(np.log(wage), df=4)",
    "bs(center(age), df=4)",
    "bs(age, df=4):state",
    "state:bs(age, df=4)",
    "bs(age, df=4) * state",
    "0 + bs(age, df=4) * C(state, Sum)",
    "bs(age, df=4) * veteran * C(paid, Poly)",
    "bs(age, df=4):bs(wage, df=3)",
    "bs(age, df=3):wage:state",
    "cr(age, df=4)",
    "cr(age, 3)",
    "cr(age, df=4, constraints='center')",
    "cr(age, df=5, constraints='center'):state",
    "cr(age, knots=[40, 50])",
    "cr(wage, knots=[20, 30], lower_bound=5, upper_bound=45, constraints='center')",
    "cr(age, df=5, lower_bound=30, upper_bound=50)",
    "cr(age, df=5, lower_bound=30, upper_bound=50, constraints='center')",
    "cr(np.log(wage), df=4) * C(state, Sum)",
    "cr(wage, df=3):bs(age, df=3):state",
    "cc(month, df=4)",
    "cc(month, df=5, lower_bound=0, upper_bound=12, constraints='center')",
    "cc(month, df=3) * state",
    "cc(age, knots=[30, 40, 45], lower_bound=20, upper_bound=50)",
]


@pytest.mark.parametrize("terms", TERMS)
def test_columns_names_and_frozen_state_equal_patsy_s(terms):
    data = frame()
    theirs = patsy.dmatrix(terms, data, eval_env=patsy.EvalEnvironment([{"np": np}]))
    ours = read(f"job ~ {terms}", data)
    assert list(ours.design.columns) == theirs.design_info.column_names
    assert_allclose(matrix(ours), np.asarray(theirs), **SAME)
    # other rows, inside the bounds of age, through JSON
    later = frame(seed=4)
    later[["age", "wage"]] = later[["age", "wage"]].clip(
        data[["age", "wage"]].min(), data[["age", "wage"]].max(), axis=1
    )
    expected = patsy.build_design_matrices([theirs.design_info], later)[0]
    again = FrozenDesign.from_dict(json.loads(json.dumps(ours.design.to_dict())))
    assert again == ours.design
    assert_allclose(again.matrix(again.code(later, "predict"), 0, len(later)).T, np.asarray(expected), **SAME)


def test_patsy_s_columns_beyond_the_knots_are_ours():
    data = frame()
    terms = "cr(age, df=4) + cr(wage, df=4, constraints='center') + cc(month, df=4) + center(age)"
    theirs = patsy.dmatrix(terms, data)
    later = frame(seed=5).assign(age=np.linspace(-20, 120, 160), month=np.linspace(-30, 30, 160))
    expected = patsy.build_design_matrices([theirs.design_info], later)[0]
    design = read(f"job ~ {terms}", data).design
    got = design.matrix(design.code(later, "predict"), 0, len(later)).T
    # columns grow to hundreds out there, so the digits are relative to the largest
    assert_allclose(got, np.asarray(expected), rtol=1e-12, atol=1e-12 * np.abs(expected).max())


def test_contrasts_and_b_splines_equal_r_s():
    data = pd.read_csv(GOLDEN / "input_simulated.csv")
    expected = pd.read_csv(GOLDEN / "expected.csv")
    data = data.assign(job=np.where(np.arange(len(data)) % 2, "none", "peer"))
    terms = {
        "bs": "bs(age, df=5)",
        "bs2": "bs(wage, knots=[15, 25], degree=2, lower_bound=5, upper_bound=45)",
        "poly": "C(wave, Poly)",
        "scores": "C(wave, Poly([1, 2, 4, 7, 8, 20]))",
        "sum": "C(wave, Sum)",
        "helmert": "C(wave, Helmert)",
        "sdif": "C(wave, Diff)",
    }
    for name, term in terms.items():
        golden = expected.loc[:, expected.columns.str.fullmatch(rf"{name}\.\d+")]
        assert golden.shape[1] in {4, 5}
        # R prints 15 digits; columns are of size 1, Helmert's up to 5
        assert_allclose(matrix(read(f"job ~ {term}", data))[:, 1:], golden, rtol=1e-13, atol=2e-14)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(
        [
            "bs(age, df=5) * C(state, Sum)",
            "cr(wage, df=4, constraints='center'):veteran + C(waves, Poly)",
            "cc(month, df=4) + standardize(np.log(wage)) + I(center(age) ** 2)",
            "C(waves, Helmert) * C(paid, Diff)",
        ]
    ),
    st.lists(st.integers(0, 159), min_size=1, max_size=40),
)
def test_a_frozen_design_on_any_rows_is_those_rows_of_the_whole(terms, rows):
    whole = read(f"job ~ {terms}")
    coded = whole.design.code(frame().iloc[rows], "predict")
    assert_array_equal(whole.design.matrix(coded, 0, len(rows)).T, matrix(whole)[rows])


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 5),
    st.lists(st.integers(-20, 20), max_size=8, unique=True),
    st.lists(st.floats(-21, 21), min_size=1, max_size=30),
)
def test_b_splines_sum_to_one_and_none_is_negative(degree, inner, values):
    data = pd.DataFrame({"job": ["a", "b"] * 40, "x": np.linspace(-21, 21, 80)})
    rows = read(f"job ~ 0 + bs(x, knots={sorted(inner)}, degree={degree}, include_intercept=True)", data)
    coded = rows.design.code(pd.DataFrame({"x": values}), "predict")
    basis = rows.design.matrix(coded, 0, len(values))
    # five steps of a recurrence, each exact to a unit of the 16th digit
    assert_allclose(basis.sum(axis=0), 1, rtol=1e-14)
    assert basis.min() >= 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=95, unique=True))
def test_polynomial_contrasts_are_orthogonal_whatever_the_scores(scores):
    n = len(scores)
    data = pd.DataFrame({"job": ["a", "b"] * n, "x": np.repeat(np.arange(n), 2)})
    columns = matrix(read(f"job ~ C(x, Poly({scores}))", data))[::2]
    own = np.column_stack([columns[:, 0] / np.sqrt(n), columns[:, 1:]])
    # made orthogonal twice, the columns of a matrix are so to about n times the rounding unit
    assert_allclose(own.T @ own, np.eye(n), atol=1e-13)


def test_contrasts_change_coefficients_and_no_prediction():
    data = frame(n=400)
    expected = ps.logistic("job ~ C(waves) * wage", data).predict(data)
    for contrast in ("Sum", "Poly", "Helmert", "Diff", "Sum(omit=1)", "Treatment(3)"):
        got = ps.logistic(f"job ~ C(waves, {contrast}) * standardize(wage)", data).predict(data)
        # both fits stop when the coefficients are right to about 1e-8
        assert_allclose(got, expected, atol=1e-7)


def test_state_is_learnt_from_the_rows_used_only():
    data = frame()
    data.loc[3, "age"] = np.nan
    data.loc[5, "state"] = None
    data.loc[7, "wage"] = 9000.0
    where = (data["wage"] < 100).tolist()
    rows = read("job ~ center(age) + bs(wage, df=4) + state", data, where=where)
    kept = data[where].dropna()
    center, spline, _ = rows.design.factors
    # a mean in another order of additions
    assert_allclose(center.transforms[0].shift, kept["age"].mean(), rtol=1e-14)
    assert spline.transforms[0].bounds == (kept["wage"].min(), kept["wage"].max())


def test_true_and_false_are_centred_as_one_and_zero():
    veteran = frame()["veteran"]
    # a mean in another order of additions
    assert_allclose(matrix(read("job ~ center(veteran)"))[:, 1], veteran - veteran.mean(), rtol=1e-14)


def test_state_does_not_depend_on_the_weights():
    data = frame().assign(weight=np.linspace(0.5, 3, 160))
    terms = "job ~ standardize(age) + cr(wage, df=4)"
    assert read(terms, data, weights="weight").design == read(terms, data).design


def test_a_missing_value_is_missing_in_every_column():
    design = read("job ~ bs(age, df=4):state + cr(wage, df=3) + C(waves, Sum)").design
    later = frame().iloc[:4].copy()
    later.loc[0, "age"] = np.nan
    later.loc[1, "wage"] = np.nan
    later["waves"] = [1, 2, None, 3]
    x = design.matrix(design.code(later, "predict"), 0, 4).T
    gone = {name: np.isnan(x[:, [name in c for c in design.columns]]) for name in ("bs(", "cr(", "C(waves")}
    assert_array_equal(gone["bs("].all(axis=1), [True, False, False, False])
    assert_array_equal(gone["cr("].all(axis=1), [False, True, False, False])
    assert_array_equal(gone["C(waves"].all(axis=1), [False, False, True, False])
    assert np.isnan(x).sum() == sum(part.sum() for part in gone.values())


def test_a_value_outside_a_spline_s_bounds_is_refused_by_row_or_missing():
    data = frame()
    design = read("job ~ bs(np.log(wage), df=4)", data).design
    later = data.assign(wage=data["wage"].where(data.index != 12, 400.0))
    with pytest.raises(
        ps.InputError,
        match=r"predict\(\): 'bs\(np.log\(wage\), df=4\)' goes from 2.\d+ to 3.\d+, and row 12 lies outside "
        r"\(wage = 400\).\n.*lower_bound",
    ):
        design.code(later, "predict")
    x = design.matrix(design.code(later, "predict", strict=False), 0, 160).T
    assert_array_equal(np.flatnonzero(np.isnan(x[:, 1:]).all(axis=1)), [12])
    with pytest.raises(
        ps.InputError, match=r"'bs\(age, df=4, upper_bound=50\)' goes from .* to 50, and row \d+"
    ):
        read("job ~ bs(age, df=4, upper_bound=50)", data)


@pytest.mark.parametrize(
    "terms", ["bs(np.log(wage), df=4)", "standardize(np.log(wage))", "center(np.log(wage)) > 0"]
)
def test_an_argument_that_is_no_number_is_refused_by_row(terms):
    data = frame()
    design = read(f"job ~ {terms}", data).design
    data.loc[9, "wage"] = -1.0
    with pytest.raises(
        ps.InputError, match=r"logistic\(\): .* is not a finite number in row 9 \(wage = -1\)"
    ):
        read(f"job ~ {terms}", data)
    with pytest.raises(ps.InputError, match=r"predict\(\): .* is not a finite number in row 9 \(wage = -1\)"):
        design.code(data, "predict")


def test_a_comparison_with_what_is_no_number_is_refused_and_never_false():
    data = frame()
    data.loc[9, "wage"] = -1.0
    with pytest.raises(ps.InputError, match=r"'np.log\(wage\) > 3' is not a finite number in row 9"):
        read("job ~ np.log(wage) > 3", data)


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ("standardize(one)", r"standardize\(\) of 160 values that are all 0.1"),
        ("scale(one, center=False)", r"scale\(\) of 160 values that are all 0.1"),
        ("standardize(age, ddof=160)", r"standardize\(\) with ddof=160 of 160 values"),
        ("bs(one, df=4)", r"bs\(\) from 0.1 to 0.1"),
        ("cr(one, df=4)", r"cr\(\) from 0.1 to 0.1"),
        ("bs(age, df=4, lower_bound=60, upper_bound=20)", r"bs\(\) from 60 to 20"),
        ("bs(age, knots=[400])", r"bs\(\) with a knot at 400, outside its bounds"),
        ("cr(age, knots=[-400])", r"cr\(\) with a knot at -400, outside its bounds"),
        ("bs(age, df=5, lower_bound=80, upper_bound=200)", r"bs\(\) with a knot at [\d.]+, outside"),
        ("bs(rare, df=6)", r"bs\(\) with 3 of its inner knots at 0, which leaves columns of zeros"),
        ("bs(waves, df=40)", r"bs\(\) with \d of its inner knots at \d, which leaves columns of zeros"),
        ("cr(waves, df=40)", r"cr\(\) with 40 knots for 5 different values"),
        ("cr(age, knots=[40, 40, 50], df=5)", None),
        ("cr(age, df=4, lower_bound=200, upper_bound=300)", r"cr\(\) with 4 knots for 0 different values"),
        ("cc(age, knots=[40])", r"cc\(\) with 3 knots"),
        ("C(state, Poly([1, 2]))", r"Poly\(\) has 2 numbers for the 3 levels"),
        ("C(many, Poly)", r"'C\(many, Poly\)' has 160 levels, over 95"),
        ("bs(state, df=4)", r"needs numbers, and column 'state' holds"),
        ("center(state)", r"needs numbers, and column 'state' holds"),
    ],
)
def test_what_does_not_fit_the_rows_is_refused_with_its_place(terms, told):
    data = frame().assign(one=0.1, rare=lambda d: (d["age"] > 60) * d["age"], many=range(160))
    if told is None:  # knots named twice count once, as in patsy
        assert read(f"job ~ {terms}", data).design.factors[0].width == 4
        return
    with pytest.raises(ps.FormulaError, match=rf"(?s)logistic\(\): .*{told}.*\n    job.*\n +\^+\n  \w"):
        read(f"job ~ {terms}", data)


@pytest.mark.parametrize(
    ("levels", "terms", "told"),
    [
        ({"state": "PA"}, "C(state, Sum)", "names a reference for 'state', which"),
        ({"state": "PA"}, "C(state, Poly)", "names a reference for 'state', which"),
        ({"state": "PA"}, "C(state, Sum('NC'))", r"levels= and Sum\(\) both name a reference"),
        ({"state": ["PA", "OR", "NC"]}, "C(state, Treatment('NC'))", r"levels= and Treatment\(\) both name"),
        (None, "C(state, Sum('VT'))", "has no level 'VT'"),
        (None, "C(state, Sum(3))", "has no level 3"),
        (None, "C(waves, Sum(0))", "has no level 0"),
        (None, "C(age > 40, Sum('yes'))", "has no level 'yes'"),
    ],
)
def test_a_level_that_a_contrast_cannot_leave_out_is_refused(levels, terms, told):
    with pytest.raises(ps.InputError, match=told):
        read(f"job ~ {terms}", levels=levels)


def test_levels_in_a_list_give_a_contrast_its_order():
    order = ["PA", "NC", "OR"]
    data = frame()
    theirs = patsy.dmatrix(
        "C(state, Sum) + C(paid, Poly)", data.assign(state=pd.Categorical(data["state"], order))
    )
    ours = read("job ~ C(state, Sum) + C(paid, Poly)", data, levels={"state": order})
    assert list(ours.design.columns) == theirs.design_info.column_names
    assert_allclose(matrix(ours), np.asarray(theirs), **SAME)


def test_a_record_without_what_was_learnt_is_refused():
    record = read("job ~ bs(age, df=4) + state").design.to_dict()
    with pytest.raises(ps.InputError, match="lacks what its transforms have learnt"):
        FrozenDesign.from_dict({**record, "factors": [{**record["factors"][0], "width": 3}]})
    record["factors"][0]["transforms"] = []
    with pytest.raises(ps.InputError, match="lacks what its transforms have learnt"):
        FrozenDesign.from_dict(record)


def test_a_record_from_before_there_were_transforms_can_be_read():
    design = read("job ~ age * state").design
    record = design.to_dict()
    for factor in record["factors"]:
        for name in ("scores", "width", "transforms"):
            del factor[name]
    assert FrozenDesign.from_dict(record) == design


def test_a_spline_with_more_columns_than_rows_is_refused():
    with pytest.raises(ps.FormulaError, match=r"no fewer columns than the 20 rows used; 'bs\(age, df=19\)'"):
        read("job ~ bs(age, df=19)", frame(n=20))
