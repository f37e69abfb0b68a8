"""Every error pickles, says what is wrong and what to do, and is caught by the usual names."""

import copy
import inspect
import pickle

import pytest

import peerstats as ps
from peerstats import errors

ERRORS = [
    getattr(errors, name)
    for name in errors.__all__
    if inspect.isclass(getattr(errors, name)) and issubclass(getattr(errors, name), errors.PeerstatsError)
]


def _jobs():
    import pandas as pd  # noqa: PLC0415  (pandas only where a frame is made)

    return pd.DataFrame({"job": ["peer", "other"] * 20, "paid": [1, 0] * 20})


def _load_absent():
    from peerstats._core.extras import load_extra  # noqa: PLC0415  (as the callers of an extra do)

    return load_extra("absent_package.part", "report", "plot")


def _pickled(error):
    return pickle.loads(pickle.dumps(error))  # noqa: S301  (our own bytes)


# Each error class as the library raises it, and the words that must be in its message.
RAISED = {
    errors.InputError: (
        lambda: ps.get_norm("fwb_us_2061"),
        r"get_norm\(\): no norm is called 'fwb_us_2061'.\n  Closest norms: 'fwb_us_2016'.",
    ),
    errors.FormulaError: (
        lambda: ps.logistic("job ~ open('x')", _jobs()),
        r"logistic\(\): .*open",
    ),
    errors.ConvergenceError: (
        lambda: ps.logistic("job ~ paid", _jobs()),
        r"logistic\(\): the rows are completely separated: 'paid' tells job 'peer' from 'other' without",
    ),
    errors.SourceError: (
        lambda: ps.simulate_cohort(5, rng=1).to_csv("no such folder/simulated.csv"),
        r"Cohort.to_csv\(\): .*'no such folder'.*\n  \w+",
    ),
    errors.MissingExtraError: (
        _load_absent,
        r"plot\(\): needs the package 'absent_package', .*\n  Run: pip install 'peerstats\[report\]'",
    ),
}


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("next_step", ["Say items='q_{}'.", None])
@pytest.mark.parametrize("again", [_pickled, copy.copy], ids=["pickle", "copy"])
def test_an_error_comes_back_whole(kind, next_step, again):
    error = kind("score(): no column 'fwb_3'.", next_step)
    back = again(error)
    assert type(back) is kind
    assert (back.problem, back.next_step) == (error.problem, error.next_step)
    assert str(back) == str(error)


@pytest.mark.parametrize("kind", ERRORS)
def test_a_message_is_the_problem_and_below_it_the_next_step(kind):
    assert str(kind("The problem.")) == "The problem."
    assert str(kind("The problem.", "The step.")) == "The problem.\n  The step."


@pytest.mark.parametrize("kind", [errors.SourceError, errors.MissingExtraError])
def test_two_arguments_are_no_error_number_nor_module_name(kind):
    error = kind("read: 'x.csv' is empty.", "Check the file.")
    assert str(error) == "read: 'x.csv' is empty.\n  Check the file."
    assert error.args == ("read: 'x.csv' is empty.", "Check the file.")
    assert getattr(error, "errno", None) is None
    assert getattr(error, "name", None) is None


@pytest.mark.parametrize("kind", [kind for kind in ERRORS if kind is not errors.PeerstatsError])
def test_every_error_class_is_raised_with_a_message_that_helps(kind):
    call, words = RAISED[kind]
    with pytest.raises(kind, match=words) as caught:
        call()
    assert type(caught.value) is kind
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("kind", "usual"),
    [
        (errors.InputError, ValueError),
        (errors.FormulaError, errors.InputError),
        (errors.MissingExtraError, ImportError),
        (errors.ConvergenceError, RuntimeError),
        (errors.SourceError, OSError),
    ],
)
def test_the_usual_except_clauses_catch_them(kind, usual):
    assert issubclass(kind, usual)
    assert issubclass(kind, errors.PeerstatsError)


def test_a_warning_is_a_user_warning_and_no_error():
    assert issubclass(errors.PeerstatsWarning, UserWarning)
    assert not issubclass(errors.PeerstatsWarning, errors.PeerstatsError)
