"""Models side by side: every number is the model's, and the notes say how each was made."""

# ruff: noqa: PD011  (the values are those of a cell, not of a frame)

import math

import numpy as np
import pandas as pd
import pytest

import peerstats as ps
from peerstats.results import Numbers


@pytest.fixture(scope="module")
def jobs():
    rng = np.random.default_rng(4)
    n = 400
    frame = pd.DataFrame(
        {
            "age": rng.integers(20, 65, n).astype(float),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "sex": rng.choice(["f", "m"], n),
            "w": rng.uniform(0.5, 2, n),
            "site": rng.integers(0, 25, n),
        }
    )
    shift = 0.03 * (frame["age"] - 40) + 0.5 * (frame["state"] == "OR")
    frame["paid"] = (shift + rng.logistic(size=n) > 0).astype(int)
    frame["wage"] = np.exp(3 + 0.1 * shift + rng.normal(0, 0.2, n))
    frame["job"] = np.select(
        [shift + rng.logistic(size=n) > 0.6, rng.uniform(size=n) < 0.5], ["peer", "other"], "none"
    )
    frame.loc[:6, "age"] = np.nan
    return frame


def rows_of(table):
    """Return the rows by their label; a level's label has its heading before it."""
    found, above = {}, ""
    for i, row in enumerate(table.rows):
        indent = table.indent(i)
        above = row[0] if not indent else above
        found[row[0] if not indent else f"{above} / {row[0]}"] = row[1:]
    return found


def test_every_number_is_that_of_the_model(jobs):
    models = {
        "one": ps.logistic("paid ~ age", jobs),
        "two": ps.logistic("paid ~ age + state", jobs, cluster="site"),
    }
    table = ps.regression_table(models, show=("interval", "std_error", "p_value"))
    rows = rows_of(table)
    for j, result in enumerate(models.values()):
        for each in result.tidy(exponentiate=True).to_dict("records"):
            if each["term"] == "Intercept":
                continue
            name = each["term"] if each["term"] == "age" else f"state / {each['term'][8:-1]}"
            ratio, error, p = rows[name][3 * j : 3 * j + 3]
            assert ratio.values == (each["estimate"], each["conf_low"], each["conf_high"])
            assert (error, p) == (each["std_error"], each["p_value"])
    assert rows["state / NC (reference)"] == (None,) * 6
    assert rows["state / OR"][:3] == (None, None, None)
    assert [column.group for column in table.columns] == ["", *["one"] * 3, *["two"] * 3]


def test_fit_statistics_are_those_of_the_models(jobs):
    logit, line = ps.logistic("paid ~ age", jobs), ps.linear("wage ~ age", jobs, weights="w")
    wanted = ("n", "r2", "adj_r2", "loglik", "aic", "bic")
    table = ps.regression_table([logit, line], statistics=wanted)
    rows = rows_of(table)
    told = logit.glance().iloc[0]
    assert rows["n"][0].values == (393,)
    assert rows["McFadden R2"][0].values == (told["mcfadden_r2"],)
    assert rows["McFadden R2"][2] is None
    assert rows["R2"][2].values == (line.fit.r_squared,)
    assert rows["AIC"][0].values == (told["aic"],)
    # errors of a weighted model are robust: its likelihood is not trusted
    assert rows["Log-likelihood"][2] is None
    assert table.notes[-1] == (
        "Log-likelihood and information criteria of wage left out: the errors are not model-based."
    )


def test_models_of_different_outcomes_are_called_by_them(jobs):
    table = ps.regression_table(
        [ps.logistic("paid ~ age", jobs), ps.linear("wage ~ age", jobs)], labels={"paid": "Paid work"}
    )
    assert list(dict.fromkeys(column.group for column in table.columns)) == ["", "Paid work", "wage"]
    assert [column.label for column in table.columns[1::2]] == ["OR (95% CI)", "Coefficient (95% CI)"]


def test_several_outcomes_follow_one_another_or_stand_side_by_side(jobs):
    result = ps.multinomial("job ~ age + state", jobs, base="none")
    long, wide = (ps.regression_table(result, shape=shape) for shape in ("long", "wide"))
    ratios = result.tidy(exponentiate=True).set_index(["outcome", "term"])["estimate"]
    assert [row[0] for row in long.rows[:6]] == ["other", "state", "NC (reference)", "OR", "PA", "age"]
    assert long.indents[:6] == (0, 1, 2, 2, 2, 1)
    assert long.rules == (6, 12)
    assert long.rows[11][1].values[0] == ratios["peer", "age"]
    assert [column.group for column in wide.columns] == ["", "other", "other", "peer", "peer"]
    assert [cell.values[0] for cell in rows_of(wide)["age"][::2]] == [
        ratios["other", "age"],
        ratios["peer", "age"],
    ]


def test_asking_for_outcomes_shows_these_alone(jobs):
    result = ps.multinomial("job ~ age", jobs, base="none")
    table = ps.regression_table(result, outcomes="peer", shape="wide")
    assert [column.group for column in table.columns] == ["", "peer", "peer"]
    assert rows_of(table)["n"][0].values == (393,)


def test_a_model_without_the_outcome_asked_for_is_named_with_what_it_has(jobs):
    models = {
        "jobs": ps.multinomial("job ~ age", jobs, base="none"),
        "again": ps.multinomial("job ~ age", jobs, base="peer"),
    }
    with pytest.raises(
        ps.InputError, match=r"again has no outcome 'peer', which outcomes= asks for"
    ) as raised:
        ps.regression_table(models, outcomes=["other", "peer"])
    assert "It has 'none', 'other'. 'peer' is its base outcome." in str(raised.value)


def test_average_effects_stand_beside_the_ratios(jobs):
    result = ps.multinomial("job ~ age + state", jobs, base="none")
    effects = result.margins().tidy().set_index(["outcome", "variable", "change"])
    table = ps.regression_table(result, shape="wide", margins=True)
    assert [column.label for column in table.columns[1::2]] == [
        "RRR (95% CI)",
        "AME (95% CI)",
        "RRR (95% CI)",
        "AME (95% CI)",
        "AME (95% CI)",
    ]
    rows = rows_of(table)
    for j, outcome in ((1, "other"), (3, "peer"), (4, "none")):
        one = effects.loc[outcome, "state", "OR against NC"]
        assert rows["state / OR"][2 * j].values == (one["estimate"], one["conf_low"], one["conf_high"])
        assert rows["age"][2 * j + 1] == effects.loc[outcome, "age", "slope"]["p_value"]


@pytest.mark.parametrize("shape", ["wide", "long"])
def test_an_ordinal_model_has_one_odds_ratio_and_an_effect_on_each_level(jobs, shape):
    levels = ["none", "other", "peer"]
    result = ps.ordinal("job ~ age + state", jobs, levels={"job": levels})
    effects = result.margins().tidy().set_index(["outcome", "variable", "change"])
    table = ps.regression_table(result, shape=shape, margins=True)
    shown = [cell.values[0] for row in table.rows for cell in row[1:] if isinstance(cell, Numbers)]
    expected = [effects.loc[level, "state", "OR against NC"]["estimate"] for level in levels]
    assert [value for value in shown if value in expected] == expected
    ratios = result.tidy(exponentiate=True).set_index("term")
    assert shown.count(ratios.loc["state[T.OR]", "estimate"]) == 1
    alone = ps.regression_table(result, margins=True, outcomes="peer")
    assert len(alone.rows) < len(ps.regression_table(result, margins=True).rows)
    with pytest.raises(ps.InputError, match=r"no outcome 'pear'(.|\n)*'none', 'other', 'peer'"):
        ps.regression_table(result, margins=True, outcomes="pear")


def test_rows_stand_in_one_order_below_every_outcome(jobs):
    result = ps.multinomial("job ~ age + state", jobs, base="none")
    labels = [row[0] for row in ps.regression_table(result, margins=True).rows]
    assert [label for label in labels if label in ("state", "age")] == ["state", "age"] * 3


def test_margins_are_a_column_of_their_own(jobs):
    result = ps.logistic("paid ~ age + state", jobs)
    table = ps.regression_table({"Odds": result, "Effects": result.margins()})
    assert [column.label for column in table.columns[1::2]] == ["OR (95% CI)", "AME (95% CI)"]
    assert rows_of(table)["state / NC (reference)"] == (None,) * 4
    assert rows_of(table)["age"][2].values[0] == result.margins("age").tidy()["estimate"][0]


def test_margins_at_values_have_a_table_of_their_own(jobs):
    result = ps.logistic("paid ~ age + state", jobs)
    for options in ({"at": {"age": [30, 50]}}, {"over": "sex"}):
        with pytest.raises(ps.InputError, match=r"m are by '(age|group)'"):
            ps.regression_table({"m": result.margins("state", **options)})


def test_unadjusted_and_adjusted_estimates_stand_side_by_side(jobs):
    both = ps.side_by_side("paid ~ age + state", jobs, model="logistic")
    table = ps.regression_table(both)
    ratios = both.tidy(exponentiate=True).set_index(["adjustment", "term"])["estimate"]
    assert [column.group for column in table.columns[1:]] == [
        "Unadjusted",
        "Unadjusted",
        "Adjusted",
        "Adjusted",
    ]
    cells = rows_of(table)["state / PA"]
    assert cells[0].values[0] == ratios["unadjusted", "state[T.PA]"]
    assert cells[2].values[0] == ratios["adjusted", "state[T.PA]"]
    assert rows_of(table)["n"][0].values == rows_of(table)["n"][2].values == (393,)
    assert "Unadjusted: each predictor alone" in " ".join(table.notes)


def test_a_level_that_is_the_reference_of_one_model_only_is_marked_in_its_column(jobs):
    models = [
        ps.logistic("paid ~ state", jobs),
        ps.logistic("paid ~ state", jobs, levels={"state": ["OR", "NC", "PA"]}),
    ]
    rows = rows_of(ps.regression_table(models))
    assert rows["state / NC"][0] == "ref."
    assert isinstance(rows["state / NC"][2], Numbers)
    assert rows["state / OR"][2] == "ref."
    # the odds of one level against the other, and the other way round
    assert rows["state / OR"][0].values[0] == pytest.approx(1 / rows["state / NC"][2].values[0], rel=1e-8)


def test_reference_rows_can_be_left_out(jobs):
    table = ps.regression_table(ps.logistic("paid ~ state", jobs), reference_rows=False)
    assert [row[0] for row in table.rows] == ["state", "OR", "PA", "n", "McFadden R2"]


def test_terms_of_every_kind_have_a_row_that_reads(jobs):
    formula = "wage ~ age*state + C(sex, Sum) + bs(w, df=4) + log(site + 1)"
    table = ps.regression_table(
        ps.linear(formula, jobs),
        labels={"age": "Age", "state": "State", ("state", "OR"): "Oregon"},
    )
    labels = [row[0] for row in table.rows]
    assert "Age x State: Oregon" in labels
    assert "sex [S.f]" in labels
    assert "log(site + 1)" in labels
    assert "bs(w, df=4) [1]" in labels


def test_no_estimate_is_lost_whatever_the_formula(jobs):
    for formula in (
        "wage ~ 0 + state + age",
        "wage ~ state*sex",
        "wage ~ state:sex",
        "wage ~ C(state, Poly) + age:sex",
        "wage ~ bs(age, df=5)*sex",
    ):
        result = ps.linear(formula, jobs)
        table = ps.regression_table(result, intercept=True, statistics=())
        shown = sorted(row[1].values[0] for row in table.rows if isinstance(row[1], Numbers))
        assert shown == sorted(result.fit.coefficients.ravel().tolist()), formula


def test_thresholds_show_with_the_intercepts(jobs):
    frame = jobs.assign(mood=pd.Categorical(jobs["job"], ["none", "other", "peer"], ordered=True))
    result = ps.ordinal("mood ~ age", frame)
    with_ = ps.regression_table(result, exponentiate=False, intercept=True)
    assert len(with_.rows) == len(ps.regression_table(result).rows) + 2


def test_ratios_asked_of_a_model_without_them_are_refused(jobs):
    with pytest.raises(ps.InputError, match=r"exponentiate=True, but the coefficients of 'Model 2'"):
        ps.regression_table(
            {"a": ps.logistic("paid ~ age", jobs), "Model 2": ps.linear("wage ~ age", jobs)},
            exponentiate=True,
        )


def test_notes_say_once_what_is_true_of_all_models(jobs):
    models = {
        "Plain": ps.logistic("paid ~ age", jobs),
        "Clustered": ps.logistic("paid ~ age", jobs, cluster="site", weights="w"),
        "Firth": ps.logistic("paid ~ age", jobs, penalty="firth"),
    }
    notes = ps.regression_table(models).notes
    text = " ".join(notes)
    assert "393 of 400 (left out: 7 " in text.replace("rows ", "")
    assert "Clustered: 393 rows of 400" in text
    assert "sampling weights w, clusters site (25)" in text
    assert "Firth: " in text
    assert "penalty" in text
    assert notes[0] == "OR: odds ratio; CI: confidence interval."


def test_the_design_of_a_survey_is_told(jobs):
    design = ps.SurveyDesign(weights="w", cluster="site")
    table = ps.regression_table(ps.logistic("paid ~ state", jobs, design=design))
    assert "design: " in " ".join(table.notes)


def test_a_saved_fit_gives_the_same_table(jobs, tmp_path):
    result = ps.logistic("paid ~ age + state", jobs)
    result.save(tmp_path / "fit.json")
    again = ps.load_fit(tmp_path / "fit.json")
    assert ps.regression_table(again).to_text() == ps.regression_table(result).to_text()


def test_psychiatric_services_prints_n_of_all(jobs):
    table = ps.regression_table(ps.logistic("paid ~ age", jobs), style="psychiatric_services")
    text = table.to_text()
    assert "N=393 of 400" in text
    assert " 0." not in text.split("\n\n")[1]


def test_both_sides_of_a_pair_print_n_of_all(jobs):
    pair = ps.side_by_side("paid ~ age + state", jobs, model="logistic")
    text = ps.regression_table(pair, style="psychiatric_services").to_text()
    assert text.count("N=393 of 400") == 2
    assert [cell.values for cell in rows_of(ps.regression_table(pair))["n"][::2]] == [(393,), (393,)]


def test_awkward_labels_reach_every_format(jobs):
    frame = jobs.assign(state=jobs["state"].map({"NC": "=1+1", "OR": "R&D\n50%", "PA": "<b>$x_1</b>"}))
    table = ps.regression_table(ps.logistic("paid ~ state", frame), labels={"state": "State\n& {more}"})
    assert "'=1+1," in table.to_csv()
    assert r"R\&D 50\%" in table.to_latex()
    assert "&lt;b&gt;$x_1&lt;/b&gt;" in table.to_html()
    assert r"State \& \{more\}" in table.to_latex()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda _: ps.regression_table([]), "there is no model"),
        (lambda _: ps.regression_table("fit"), "results is a str"),
        (lambda m: ps.regression_table([m, 3]), "'Model 2' is a int"),
        (lambda m: ps.regression_table({1: m}), "the model's name 1 is no text"),
        (lambda m: ps.regression_table(m, shape="tall"), "shape='tall' is not known"),
        (lambda m: ps.regression_table(m, statistics="n"), "statistics='n' is one text"),
        (lambda m: ps.regression_table(m, statistics=["rmse"]), "statistics='rmse' is not known"),
        (lambda m: ps.regression_table(m, show=["stars"]), "show='stars' is not known"),
        (lambda m: ps.regression_table(m, labels={"agee": "Age"}), "labels= names 'agee'"),
        (lambda m: ps.regression_table(m, labels={("age", "x"): "Age"}), r"labels= names \('age', 'x'\)"),
        (lambda m: ps.regression_table(m, labels={"age": 3}), r"labels\['age'\] is a int"),
        (lambda m: ps.regression_table(m, labels="Age"), "labels= is a str"),
        (lambda m: ps.regression_table(m, style="mla"), "style='mla' is not known"),
    ],
)
def test_what_cannot_be_used_is_refused(call, message, jobs):
    with pytest.raises(ps.InputError, match=message):
        call(ps.logistic("paid ~ age", jobs))


def test_labels_come_from_a_codebook(jobs):
    class Book:
        __peerstats_labels__ = True

        def label(self, name):
            return {"state": "State of residence"}.get(name, name)

        def labels(self, name):
            return {"NC": "North Carolina"} if name == "state" else {}

    rows = rows_of(ps.regression_table(ps.logistic("paid ~ state", jobs), labels=Book()))
    assert "State of residence / North Carolina (reference)" in rows
    assert "State of residence / OR" in rows


def test_effects_of_a_mean_have_no_outcome_heading(jobs):
    result = ps.linear("wage ~ age + state", jobs)
    table = ps.regression_table(result, margins=True)
    assert [column.group for column in table.columns] == [""] * 5
    cells = rows_of(table)["age"]
    # the effect of a term by itself is its coefficient
    assert math.isclose(cells[0].values[0], cells[2].values[0], rel_tol=1e-12)
