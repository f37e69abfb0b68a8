"""Whether observed outcomes are as many as expected, by groups of fitted probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.numerics import archer_lemeshow, group_by_share, hosmer_lemeshow
from peerstats.postfit._effects_result import spoken
from peerstats.postfit._term_rows import fit_codebook
from peerstats.postfit._used import design_df, need_plain, total_covariance, used_rows
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.numerics import FitTest
    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.postfit._used import UsedRows
    from peerstats.typing import Array, IntArray

__all__ = ["GoodnessResult", "check_groups", "goodness_of_fit"]

_FEW = 5.0  # expected in a cell: below it chi-square is rough (Cochran's rule)
_LEAST = 3  # groups: with two no degree of freedom is left
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GoodnessResult(LabelledResult):
    """A test of goodness of fit, and the groups that it compares.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    model : str
        Model and formula.
    test : str
        Name of the test.
    result : FitTest
        Its outcome.
    outcomes : tuple of str
        Outcome levels, the base first, J of them.
    observed, expected : (J, g) float arrays
        Counts, or with weights sums of weights, of every outcome in each group.
    n : (g,) int array
        Rows of each group.
    highest : (g,) float array
        The largest fitted probability of an outcome other than the base in each group.
    notes : tuple of str
        What to keep in mind.
    backend : str
        Library of the frames.
    outcome : str
        Column of the outcome.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> rng = np.random.default_rng(1)
    >>> jobs = pd.DataFrame({"age": rng.normal(45, 10, 300)})
    >>> jobs["peer"] = rng.random(300) < 1 / (1 + np.exp(2 - jobs["age"] / 20))
    >>> ps.logistic("peer ~ age", jobs).goodness_of_fit().glance()[["statistic", "df_numerator"]].round(2)
       statistic  df_numerator
    0       3.28           8.0
    """

    model: str
    test: str
    result: FitTest
    outcomes: tuple[str, ...]
    observed: Array
    expected: Array
    n: IntArray
    highest: Array
    notes: tuple[str, ...]
    backend: str
    outcome: str = ""

    def _columns(self) -> dict[str, Any]:
        n_outcomes, n_groups = self.observed.shape
        return {
            "group": [str(g + 1) for g in range(n_groups) for _ in range(n_outcomes)],
            "outcome": list(self.outcomes) * n_groups,
            "n": np.repeat(self.n, n_outcomes),
            "highest": np.repeat(self.highest, n_outcomes),
            "observed": self.observed.T.ravel(),
            "expected": self.expected.T.ravel(),
        }

    def _test_columns(self) -> dict[str, Any]:
        return {
            "test": [self.test],
            "statistic": np.array([self.result.statistic]),
            "df_numerator": np.array([self.result.df_numerator]),
            "df_denominator": np.array([self.result.df_denominator]),
            "p_value": np.array([self.result.p_value]),
            "n_groups": np.array([len(self.n)]),
        }

    def tidy(self) -> Any:
        """Return one row per group and outcome.

        Returns
        -------
        frame
            Columns group, outcome, n, highest (the largest fitted probability in the group of an outcome
            other than the base), observed, expected.
        """
        return new_frame(self._columns(), self.backend)

    def glance(self) -> Any:
        """Return the test, one row.

        Returns
        -------
        frame
            Columns test, statistic, df_numerator, df_denominator, p_value, n_groups.
        """
        return new_frame(self._test_columns(), self.backend)

    def tables(self) -> tuple[Table, ...]:
        """Return the test and its groups as a table.

        Returns
        -------
        tuple of Table
            One table.
        """
        columns = spoken(self._columns(), self._words(), outcome=self.outcome)
        heads = (
            Column(key="group", label="Group", blank_repeats=True),
            Column(key="outcome", label="Outcome"),
            Column(key="n", label="n", kind="integer"),
            Column(key="highest", label="Up to", kind="number", digits=3),
            Column(key="observed", label="Observed", kind="number", digits=1),
            Column(key="expected", label="Expected", kind="number", digits=1),
        )
        r = self.result
        told = (
            f"chi-square {r.statistic:.2f} on {r.df_numerator:.0f} df"
            if np.isinf(r.df_denominator)
            else f"F {r.statistic:.3f} on {r.df_numerator:.0f} and {r.df_denominator:.0f} df"
        )
        return (
            Table(
                key="goodness_of_fit",
                title=f"Goodness of fit: {self.model}",
                columns=heads,
                rows=list(zip(*(columns[head.key] for head in heads), strict=True)),
                lines=(f"{self.test}: {told}, p = {r.p_value:.3f}",),
                notes=self.notes,
            ),
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw observed against expected shares by group.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        from peerstats.plots import unit_square  # noqa: PLC0415  (only a plot pays for matplotlib)

        total = self.observed.sum(axis=0)
        return unit_square(
            (self.expected[1:] / total).ravel(),
            (self.observed[1:] / total).ravel(),
            xlabel="Expected share",
            ylabel="Observed share",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return test and groups as a dictionary that JSON can hold.

        Returns
        -------
        dict
            Its schema is 1.
        """
        return {
            "schema": 1,
            "model": self.model,
            "test": plain_rows(self._test_columns())[0],
            "groups": plain_rows(self._columns()),
            "notes": list(self.notes),
        }


def check_groups(groups: int, call: str) -> None:
    """Refuse a number of groups that is none, or leaves no degrees of freedom."""
    if not isinstance(groups, int) or isinstance(groups, bool) or not _LEAST <= groups <= _MOST:
        raise InputError(f"{call}(): groups={groups!r}.", f"Give a whole number from {_LEAST} to {_MOST}.")


def goodness_of_fit(fit: ModelFit, source: FitSource, *, groups: int = 10) -> GoodnessResult:
    """Test whether outcomes are as many as expected in groups of fitted probability.

    Parameters
    ----------
    fit : ModelFit
        A logistic or multinomial fit.
    source : FitSource
        Its rows.
    groups : int
        Groups, of about equal weight; ties stay together and may leave fewer.

    Returns
    -------
    GoodnessResult
        The test and the groups.

    Raises
    ------
    InputError
        If the model has no such test: several outcomes with weights, clusters or a design.

    Notes
    -----
    See `ModelResult.goodness_of_fit`.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import goodness_of_fit
    >>> jobs = pd.DataFrame({"peer": [0, 1, 0, 1, 1, 0, 1, 1] * 9, "age": range(72)})
    >>> result = ps.logistic("peer ~ age", jobs)
    >>> goodness_of_fit(result.fit, result.source).test
    'Hosmer-Lemeshow'
    """
    call = "goodness_of_fit"
    need_plain(fit, call, models=("logistic", "multinomial"))
    check_groups(groups, call)
    rows = used_rows(fit, source)
    # the base's share from below is all other outcomes' from above
    codes = group_by_share(1.0 - rows.value[0], rows.w, groups)
    n_groups = int(codes.max()) + 1
    if n_groups < _LEAST:
        raise InputError(
            f"{call}(): the fitted probabilities have {n_groups} groups of distinct values.",
            "With so few patterns compare observed and fitted shares in a table: crosstab().",
        )
    highest = np.zeros(n_groups)
    np.maximum.at(highest, codes, 1.0 - rows.value[0])
    test, observed, expected = hosmer_lemeshow(rows.value, np.asarray(rows.y, dtype=np.int64), rows.w, codes)
    notes: tuple[str, ...] = ()
    if n_groups < groups:
        notes += (f"Ties leave {n_groups} groups of {groups}.",)
    if fit.variance == "model":
        name = "Hosmer-Lemeshow" if len(fit.outcome_levels) == 2 else "Fagerland-Hosmer-Bofin"  # noqa: PLR2004
        n_few = int((expected < _FEW).sum())
        if n_few:
            notes += (f"{n_few} of {expected.size} expected counts are below 5: chi-square is rough.",)
    else:
        name = "Archer-Lemeshow F"
        test = _by_design(fit, source, rows, codes, n_groups)
        if np.isnan(test.p_value):
            notes += ("Too few degrees of freedom of the design for as many groups: ask for fewer, groups=.",)
    return GoodnessResult(
        model=f"{fit.model}, {fit.formula}",
        test=name,
        result=test,
        outcome=fit.outcome,
        outcomes=tuple(str(level) for level in fit.outcome_levels),
        observed=observed,
        expected=expected,
        n=np.bincount(codes),
        highest=highest,
        notes=notes,
        backend=source.rows.source.backend,
        codebook=fit_codebook(fit),
    )


def _by_design(fit: ModelFit, source: FitSource, rows: UsedRows, codes: IntArray, n_groups: int) -> FitTest:
    """Test the mean residuals with their covariance by the design."""
    if len(fit.outcome_levels) > 2:  # noqa: PLR2004
        raise InputError(
            f"goodness_of_fit(): no test is known for {len(fit.outcome_levels)} outcomes with {fit.variance} "
            "errors: chi-square would take rows for independent and equal.",
            "Fit logistic() to one outcome against the others.",
        )
    residual = rows.y - rows.value[1]
    size = np.bincount(codes, rows.w)
    means = np.bincount(codes, rows.w * residual) / size
    influence = (codes[:, None] == np.arange(n_groups)) * (residual - means[codes])[:, None] / size
    covariance = total_covariance(source, influence, rows.w, rows.cluster)
    return archer_lemeshow(means, covariance, design_df(source))
