"""Several models in one plot: the numbers drawn are those of tidy()."""

import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe, new_axes, save_figure


@pytest.fixture(scope="module")
def people():
    data = ps.simulate_cohort(300, rng=1).data
    return data[data["wave"] == 1]


@pytest.fixture(scope="module")
def models(people):
    return {
        "crude": ps.logistic("disclosure ~ age", people),
        "adjusted": ps.logistic("disclosure ~ age + veteran", people),
    }


def marks(ax):
    return {line.get_marker(): line for line in ax.lines if line.get_marker() in ("o", "s")}


def test_each_model_s_ratios_are_those_of_its_tidy_frame(models):
    ax = ps.coefficient_plot(models, ax=new_axes())
    for marker, model in zip("os", models.values(), strict=True):
        tidy = model.tidy(exponentiate=True).set_index("term")
        drawn = marks(ax)[marker].get_xdata()
        np.testing.assert_allclose(drawn, tidy.drop(index="Intercept")["estimate"])
    assert ax.get_xscale() == "log"
    assert "age, crude: " in describe(ax)
    assert ax.get_xlabel() == "Odds ratio of disclosure, base 0, with 95% limits"


def test_terms_are_chosen_ordered_and_labelled(models):
    ax = ps.coefficient_plot(
        models, terms=["veteran", "age"], labels={"veteran": "Served"}, ax=new_axes(width=3.4)
    )
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Served", "age"]
    assert save_figure(ax, "svg")[:5] == b"<?xml"


def test_outcomes_of_several_equations_get_headings(people):
    model = ps.multinomial("job_type ~ age", people, base="not working")
    ax = ps.coefficient_plot({"one": model}, ax=new_axes())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["other job", "age", "peer support", "age"]
    assert ax.get_legend() is None


def test_what_cannot_share_an_axis_is_refused(models, people):
    with pytest.raises(ps.InputError, match="on different scales"):
        ps.coefficient_plot({**models, "linear": ps.linear("age ~ veteran", people)})
    with pytest.raises(ps.InputError, match="no model has the term 'aeg'"):
        ps.coefficient_plot(models, terms=["aeg"])
    with pytest.raises(ps.InputError, match=r"results\['x'\] is a int, not a fitted model"):
        ps.coefficient_plot({"x": 1})
    with pytest.raises(ps.InputError, match="not a mapping of names to models"):
        ps.coefficient_plot(list(models.values()))
    with pytest.raises(ps.InputError, match="besides its intercept"):
        ps.coefficient_plot({"none": ps.logistic("disclosure ~ 1", people)})
