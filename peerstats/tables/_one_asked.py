"""What is asked for column by column, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from peerstats._core.checks import check_choice, check_columns
from peerstats.errors import InputError
from peerstats.tables._one_compare import TESTS
from peerstats.tables._one_read import CALL

if TYPE_CHECKING:
    from peerstats.tables._one_read import Variable
    from peerstats.tables._one_record import Summary

__all__ = ["Asked", "read_asked"]

_SUMMARIES = ("mean_sd", "median_iqr")
_OF_NUMBERS = ("mean", "rank")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """Choices by column.

    Attributes
    ----------
    summaries : mapping of str to str
        How columns of numbers are described.
    summary : str
        How the others are.
    categorical, as_numbers : frozenset of str
        Columns taken as levels, and as numbers.
    tests : mapping of str to str
        The test of columns.
    test : {"auto", "none"}
        That of the others.
    smd : {"none", "mean", "max"}
        Standardised differences.
    digits : mapping of str to int
        Decimals of columns.
    """

    summaries: Mapping[str, str]
    summary: str
    categorical: frozenset[str]
    as_numbers: frozenset[str]
    tests: Mapping[str, str]
    test: str
    smd: Literal["none", "mean", "max"]
    digits: Mapping[str, int]

    def summary_of(self, variable: Variable) -> Summary:
        """Return how a column of numbers or dates is described.

        Raises
        ------
        InputError
            If the mean of dates is asked for.
        """
        summary = self.summaries.get(variable.name, self.summary)
        if variable.kind != "date":
            return cast("Summary", summary)
        if self.summaries.get(variable.name) == "mean_sd":
            raise InputError(
                f"{CALL}(): continuous= asks for the mean of {variable.name!r}, which holds dates.",
                "Dates are described by their median and quartiles: leave it out of continuous=.",
            )
        return "median_iqr"

    def test_of(self, variable: Variable) -> str:
        """Return the test of a column.

        Raises
        ------
        InputError
            If it is one for columns of another kind.
        """
        test = self.tests.get(variable.name, self.test)
        numbers = variable.values is not None
        if test not in ("auto", "none") and (test in _OF_NUMBERS) != numbers:
            holds = "numbers" if numbers else "levels"
            raise InputError(
                f"{CALL}(): tests= asks for {test!r} of {variable.name!r}, which holds {holds}.",
                'Numbers have the tests "mean" and "rank", levels "chi_square" and "fisher".',
            )
        return test


def _by_column(given: Any, what: str, choices: Sequence[str], known: Sequence[str]) -> Mapping[str, str]:
    check_columns(given, known, CALL, use=f"{what}= column")
    for choice in given.values():
        check_choice(choice, choices, what, CALL)
    return dict(given)


def _check_surveyed(tests: Mapping[str, str], *, correction: bool, equal_var: bool) -> None:
    step = "Leave it out: the tests of a survey are Rao and Scott's F and design-based t, F and rank tests."
    for asked, what in ((correction, "correction=True"), (equal_var, "equal_var=True")):
        if asked:
            raise InputError(f"{CALL}(): {what} is for counted respondents, and weights are given.", step)
    exact = next((name for name, test in tests.items() if test == "fisher"), None)
    if exact is not None:
        raise InputError(
            f"{CALL}(): tests= asks for Fisher's test of {exact!r}, and it knows no weights.", step
        )


def read_asked(
    *,
    continuous: Any,
    categorical: Collection[str],
    tests: bool | Mapping[str, str],
    correction: bool,
    equal_var: bool,
    smd: Any,
    digits: int | Mapping[str, int] | None,
    known: Sequence[str],
    by: str | None,
    surveyed: bool,
) -> Asked:
    """Check the choices of a call.

    Parameters
    ----------
    continuous, categorical, tests, correction, equal_var, smd, digits, by
        As in `table_one`.
    known : sequence of str
        The columns of the data.
    surveyed : bool
        Whether errors are those of a design.

    Returns
    -------
    Asked
        The choices.

    Raises
    ------
    InputError
        If a choice is not known or does not fit.
    """
    if isinstance(continuous, Mapping):
        summaries = _by_column(continuous, "continuous", _SUMMARIES, known)
        summary = "mean_sd"
    else:
        summary = check_choice(continuous, _SUMMARIES, "continuous", CALL)
        summaries = {}
    if isinstance(categorical, str):
        raise InputError(f"{CALL}(): categorical={categorical!r} is one name.", "Give a list of names.")
    check_columns(categorical, known, CALL, use="categorical= column")
    chosen = _by_column(tests, "tests", TESTS, known) if isinstance(tests, Mapping) else {}
    if surveyed:
        _check_surveyed(chosen, correction=correction, equal_var=equal_var)
    smd = {True: "mean", False: "none"}.get(smd, smd)
    check_choice(smd, ("none", "mean", "max"), "smd", CALL)
    if smd != "none" and by is None:
        raise InputError(f"{CALL}(): smd= compares groups, and there is no by=.", "Name the groups: by=.")
    if isinstance(digits, Mapping):
        check_columns(digits, known, CALL, use="digits= column")
        decimals = dict(digits)
    else:
        decimals = {} if digits is None else dict.fromkeys(known, digits)
    wrong = next((d for d in decimals.values() if not isinstance(d, int) or d < 0), None)
    if wrong is not None:
        raise InputError(f"{CALL}(): digits={wrong!r} is no number of decimals.", "Give 0 or more.")
    return Asked(
        summaries=summaries,
        summary=summary,
        categorical=frozenset(categorical),
        as_numbers=frozenset(summaries),
        tests=chosen,
        test="none" if tests is False or by is None else "auto",
        smd=smd,
        digits=decimals,
    )
