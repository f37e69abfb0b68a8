"""Columns and names equal patsy's; what could run code, or never end, is refused before anything runs."""

import json
import re
import time
from pathlib import Path

import numpy as np
import pandas as pd
import patsy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.design import Asked, FrozenDesign, parse_formula, read_factor, read_model
from peerstats.design._contrasts import CONTRASTS
from peerstats.design._transforms import TRANSFORMS
from peerstats.design._vocabulary import FUNCTIONS

CALL = {"call": "multinomial"}


def frame(seed=3, n=160):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "job": rng.choice(["none", "peer"], n),
            "age": rng.normal(45, 10, n).round(1),
            "wage": rng.uniform(8, 40, n),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "paid": pd.Categorical(rng.choice(["low", "high"], n), ["low", "high"]),
            "veteran": rng.random(n) < 0.4,
            "waves": rng.integers(1, 4, n),
            "weekly hours": rng.integers(5, 50, n),
        }
    )


def read(formula, data=None, **kwargs):
    return read_model(Asked(formula=formula, **{**CALL, **kwargs}), frame() if data is None else data)


def matrix(rows):
    return rows.design.matrix(rows.source.coded, 0, rows.source.n_rows).T


@pytest.mark.parametrize(
    "terms",
    [
        "1",
        "age",
        "0 + age",
        "state",
        "0 + state",
        "state - 1",
        "age + state + paid",
        "veteran",
        "C(waves)",
        "C(waves):state",
        "state * veteran",
        "state:age",
        "state + state:age",
        "0 + state:veteran + age",
        "age:wage:state + state",
        "(state + age + veteran) ** 2",
        "(state + paid + C(waves)) ** 3",
        "state / age",
        "(state + paid) / age",
        "age * wage - age",
        "age > 40",
        "veteran:(age >= 40.5)",
        "np.log(wage) + log1p(wage) + np.sqrt(wage)",
        "I(age ** 2) + I((age - 45) / 10) + I(-age)",
        "np.exp(-wage / 10):state + abs(age - 45)",
        "C(state, Treatment('PA')) * age",
        'C(state, Treatment(reference="OR"))',
        "C(waves, Treatment(2))",
        'Q("weekly hours") + C(Q("weekly hours") )',
        "state:veteran:C(waves) + age:state",
        "age + (veteran + 0) + 1",
        "age + 0 + state",
    ],
)
def test_columns_and_names_equal_patsy_s(terms):
    data = frame()
    log1p = {"log1p": np.log1p}
    theirs = patsy.dmatrix(terms, data, eval_env=patsy.EvalEnvironment([{"np": np, **log1p}]))
    ours = read(f"job ~ {terms}", data)
    assert list(ours.design.columns) == theirs.design_info.column_names
    assert_allclose(matrix(ours), np.asarray(theirs), rtol=1e-14)


def test_a_long_sum_of_terms_can_be_read():
    names = [f"x{i}" for i in range(1500)]
    formula = parse_formula("job ~ " + " + ".join(names) + " - 1", "logistic")
    assert formula.terms == tuple((name,) for name in names)
    assert parse_formula("job ~ a + b + 0 + c", "logistic").terms == (("a",), ("b",), ("c",))
    assert parse_formula("job ~ a + 0 + b + 1", "logistic").terms == ((), ("a",), ("b",))


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ("__import__('os').system('x')", "a call of that kind"),
        ("np.load('x')", "'np.load'"),
        ("x.__class__", "an attribute"),
        ("age.mean()", "'age.mean'"),
        ("np.log.__call__(age)", "a call of that kind"),
        ("np.linalg.norm(age)", "a call of that kind"),
        ("eval('1')", r"eval\(\)"),
        ("exec('1')", r"exec\(\)"),
        ("open('x')", r"open\(\)"),
        ("getattr(age, 'x')", r"getattr\(\)"),
        ("[a for a in age]", "ListComp"),
        ("{a: 1}", "Dict"),
        ("f'{age}'", "JoinedStr"),
        ("age['x']", "Subscript"),
        ("age if age else age", "IfExp"),
        ("age and age", "BoolOp"),
        ("age @ age", "BinOp"),
        ("age % 2", "BinOp"),
        ("lambda x: x", "lambda"),
        ("(age, state)", "'age,state'|Tuple|cannot be read"),
        ("__age__", "the name '__age__'"),
        ("I(__age__)", "the name '__age__'"),
        ("'age'", "text outside"),
        ("log('age')", "text outside"),
        ("I(age > 40)", "a comparison inside"),
        ("10 < age < 40", "a comparison of that kind"),
        ("state in age", "a comparison of that kind"),
        ("log(age, 2)", "without exactly one argument"),
        ("log(x=age)", "without exactly one argument"),
        ("Q(age)", "without exactly one name"),
        ("Q('a', 'b')", "without exactly one name"),
        ("C()", "other than a column and a contrast"),
        ("C(state, levels=['a'])", "other than a column and a contrast"),
        ("C(state, Simple)", "a contrast other than Diff, Helmert, Poly, Sum, Treatment"),
        ("C(state, open('x'))", "a contrast other than"),
        ("C(state, np.eye(3))", "a contrast other than"),
        ("C(state, [[1], [2], [3]])", "a contrast other than"),
        ("C(state, Treatment(state))", "an argument of Treatment"),
        ("C(state, Sum(omit=open('x')))", "an argument of Sum"),
        ("C(state, Sum(level='NC'))", r"Sum\(\) with level="),
        ("C(state, Sum('NC', 'OR'))", r"Sum\(\) with so many arguments"),
        ("C(state, Helmert(1))", r"Helmert\(\) with so many arguments"),
        ("C(state, Treatment(['NC']))", r"Treatment\(\) with a list"),
        ("C(waves, Poly([1, 1, 2]))", r"Poly\(\) with other than different numbers"),
        ("C(waves, Poly([]))", r"Poly\(\) with other than different numbers"),
        ("C(waves, Poly(3))", r"Poly\(\) with other than different numbers"),
        ("np.center(age)", "'np.center'"),
        ("center()", r"center\(\) of nothing"),
        ("center(3)", r"center\(\) of what names no column"),
        ("center(open('x'))", r"open\(\)"),
        ("center(age, 2)", r"center\(\) with so many arguments"),
        ("standardize(age, ddof=age)", r"an argument of standardize"),
        ("standardize(age, ddof=-1)", r"standardize\(\) with ddof=-1"),
        ("standardize(age, rescale=0)", r"standardize\(\) with rescale=0"),
        ("standardize(age, **{'ddof': 1})", r"standardize\(\) with None="),
        ("bs(age, *[4])", r"an argument of bs"),
        ("bs(age, df=len('four'))", r"an argument of bs"),
        ("bs(age)", r"bs\(\) without df= and knots="),
        ("bs(age, df=2)", r"bs\(\) with df=2 where the least is 3"),
        ("bs(age, df=3, include_intercept=True)", r"bs\(\) with df=3 where the least is 4"),
        ("bs(age, df=0, degree=0)", r"bs\(\) with df=0"),
        ("bs(age, df=4.0)", r"bs\(\) with df=4.0"),
        ("bs(age, df=True)", r"bs\(\) with df=True"),
        ("bs(age, df=101)", r"bs\(\) with 101 columns"),
        ("bs(age, df=10**9)", r"an argument of bs"),
        ("bs(age, df=1000000000)", r"bs\(\) with 1000000000 columns"),
        ("bs(age, knots=" + str(list(range(99))) + ")", r"bs\(\) with 102 columns"),
        ("bs(age, df=6, degree=6)", r"bs\(\) with degree=6"),
        ("bs(age, df=6, degree=-1)", r"bs\(\) with degree=-1"),
        ("bs(age, df=6, knots=[30])", "asks for 3 inner knots, and 1 in knots="),
        ("bs(age, df=6, df=7)", "not allowed"),
        ("bs(age, 6, df=7)", r"bs\(\) with df="),
        ("bs(age, knots=['a'])", r"bs\(\) with knots="),
        ("bs(age, knots=[[30]])", r"bs\(\) with knots="),
        ("bs(age, knots=[1e999])", r"an argument of bs"),
        ("cr(age, df=1)", r"cr\(\) with df=1 where the least is 2"),
        ("cr(age, df=4, constraints='sum')", r"cr\(\) with constraints='sum'"),
        ("cr(age, df=4, degree=2)", r"cr\(\) with degree="),
        ("cc(age, df=2)", r"cc\(\) with df=2 where the least is 3"),
        ("te(cr(age, df=3), cr(wage, df=3))", r"te\(\)"),
        ("I(bs(age, df=4))", r"bs\(\) inside another expression"),
        ("center(bs(age, df=4))", r"bs\(\) inside another expression"),
        ("C(bs(age, df=4))", r"bs\(\) inside another expression"),
        ("bs(age, df=4) > 0", r"bs\(\) inside another expression"),
        ("log(C(state))", "inside another expression"),
        ("I(3)", "which names no column"),
        ("I(1j * age)", "text outside"),
        ("I(1" + "0" * 400 + " * age)", "so large a number"),
        ("I(" * 150 + "age" + ")" * 150, "so long an expression"),
        ("age; import os", "not allowed"),
    ],
)
def test_a_formula_that_tries_to_run_code_is_refused_with_its_place(terms, told):
    with pytest.raises(ps.FormulaError, match=rf"(?s)multinomial\(\): .*({told}).*\n    .*\^") as caught:
        read(f"job ~ age + {terms}")
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("job ~ age +", "expected a noun"),
        ("job ~ age ++", "expected a noun"),
        ("job ~ (age", "unmatched|'\\('|bracket|expected"),
        ("job ~ age)", "missing|extra|bracket"),
        ("job ~ log(age", "unclosed bracket"),
        ("job ~ 'age", "tokenizing"),
        ("job ~ age # what", "comments are not allowed"),
        ("job ~ age ~ state", "only be used once"),
        ("job ~ age ** 1.5", "positive integer"),
        ("job ~ age ** state", "positive integer"),
        ("job ~ -age", "Unary minus"),
        ("job ~ age + 2", "numbers besides"),
        ("job ~ age:1", "cannot interact"),
        ("~ age", "needs one outcome"),
        ("age", "needs one outcome"),
        ("", "needs one outcome"),
        ("job + age ~ state", "needs one outcome"),
        ("log(wage) - log(hours) ~ state", "needs one outcome"),
        ("job + job ~ state", "needs one outcome"),
        ("1 ~ state", "needs one outcome"),
        ("job ~ 0", "no terms"),
        ("log(age) ~ state", "is not a plain column"),
        ("C(job) ~ state", "is not a plain column"),
    ],
)
def test_a_formula_that_cannot_be_read_is_shown(formula, told):
    with pytest.raises(ps.FormulaError, match=rf"multinomial\(\): .*({told})"):
        read(formula)


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ("(" + " + ".join(f"x{i}" for i in range(80)) + ") ** 5", "more than 5,000 terms"),
        ("(" + "a + " * 30 + "b) ** 99999999999", "more than 5,000 terms"),
        (" * ".join(f"x{i}" for i in range(40)), "more than 5,000 terms"),
        (":".join(["(a + b + c)"] * 12), "more than 5,000 terms"),
        ("-".join(["(" + "*".join(f"x{i}" for i in range(11)) + ")"] * 2), "more than 5,000 terms"),
        (":".join(f"x{i}" for i in range(300)), "nested too deep"),
        ("a - " * 400 + "a", "nested too deep"),
        (":".join(f"x{i}" for i in range(12)), "12 factors, over 8"),
        ("a + " * 6000 + "a", "characters, over 20,000"),
    ],
)
def test_a_formula_that_would_not_end_is_refused_at_once(terms, told):
    start = time.perf_counter()
    with pytest.raises(ps.FormulaError, match=told):
        parse_formula(f"job ~ {terms}", "logistic")
    # seconds: the expansion itself would take minutes to ages
    assert time.perf_counter() - start < 2


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1 ~+-*/:()[]'\".,_\\\n#@C$é=<>", max_size=40))
def test_whatever_the_text_it_is_a_formula_or_a_formula_error(text):
    try:
        formula = parse_formula(text, "logistic")
    except ps.FormulaError as error:
        formula, problem = None, error.problem
    assert formula.outcome if formula else problem.startswith("logistic(): ")


def test_the_page_on_formulas_names_the_whole_closed_list_and_nothing_that_is_refused():
    page = (Path(__file__).parents[2] / "docs" / "how_to" / "formulas.md").read_text(encoding="utf-8")
    for name in (*FUNCTIONS, *TRANSFORMS, *CONTRASTS, "I", "Q", "C"):
        assert f"`{name}`" in page or f"{name}(" in page or f", {name})" in page
    cells = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    written = [terms for cell in cells for terms in re.findall("`([^`]+)`", cell)]
    assert len(written) > 30
    for terms in written:
        formula = parse_formula(f"job ~ {terms}", "logistic")
        assert all(
            read_factor(factor, formula.text, "logistic").variables for factor in formula.factors.values()
        )


def test_an_unknown_column_gets_its_place_and_the_closest_names():
    with pytest.raises(
        ps.FormulaError,
        match=r"(?s)column 'sate'.*\n    job ~ age \+ log\(sate\)\n +\^+\n  Closest columns: 'state'",
    ):
        read("job ~ age + log(sate)")
    with pytest.raises(ps.InputError, match=r"outcome column 'jobs'.*\n  Closest columns: 'job'"):
        read("jobs ~ age")


def test_a_frozen_design_survives_json_and_builds_the_same_columns():
    rows = read("job ~ age * state + C(waves, Treatment(2)) + (wage > 20) + Q('weekly hours'):paid")
    record = json.loads(json.dumps(rows.design.to_dict()))
    again = FrozenDesign.from_dict(record)
    assert again == rows.design
    coded = again.code(frame(), "predict")
    assert_allclose(again.matrix(coded, 0, 160).T, matrix(rows))
    assert_allclose(again.matrix(coded, 10, 20).T, matrix(rows)[10:20])


def test_a_frozen_design_holds_levels_and_no_respondent():
    text = json.dumps(read("job ~ age + state").design.to_dict())
    assert "PA" in text
    assert not any(str(age) in text for age in frame()["age"])


def test_a_design_of_another_schema_is_refused():
    record = read("job ~ age").design.to_dict()
    with pytest.raises(ps.InputError, match="schema 2 is not 1"):
        FrozenDesign.from_dict({**record, "schema": 2})
    with pytest.raises(ps.InputError, match="incomplete"):
        FrozenDesign.from_dict({"schema": 1, "formula": "job ~ age"})
