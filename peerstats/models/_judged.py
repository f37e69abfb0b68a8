"""Tests of a fitted model, as methods of its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from peerstats.models._kept import Fitting
from peerstats.postfit import judge_independence, judge_merging, judge_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.design import Level
    from peerstats.postfit import TestResult

__all__ = ["Judged"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Judged(Fitting):
    """A fit whose terms, outcomes and assumptions can be tested.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    fit, source
        As in `Fitting`.
    """

    def test(
        self,
        terms: str | Sequence[str] | None = None,
        *,
        kind: Literal["wald", "score", "lr"] = "wald",
        joint: bool = False,
        by_outcome: bool = False,
        hypothesis: Any = None,
        null: Any = None,
        adjust: bool = True,
        approximation: Literal["saddlepoint", "satterthwaite"] = "saddlepoint",
    ) -> TestResult:
        """Test terms of the formula, or a linear hypothesis on the coefficients.

        Parameters
        ----------
        terms : str or sequence of str, optional
            Terms as the formula names them, each tested over all of its columns and outcomes; by default
            every term but the intercept.
        kind : {"wald", "score", "lr"}
            Wald's test; Rao's score test, which looks at the model without the term; or the likelihood ratio.
            Where errors are not model-based (sampling weights, clusters, a design, HC) a likelihood ratio is
            that of Rao and Scott, and a score test takes the sandwich of the scores.
        joint : bool
            Whether the terms are tested together, in one row.
        by_outcome : bool
            Whether each outcome is tested on its own.
        hypothesis : str, sequence of str or (q, p) array, optional
            Instead of terms: equations such as ``"peer: age = other: age"``, ``"age = 0.5"`` or
            ``"2 * age - tenure = 0"`` between coefficients as `covariance()` names them (with one equation
            the term's name is enough), or their matrix. Several are tested together.
        null : float or (q,) array, optional
            With a matrix: what its combinations are equal to; 0 by default.
        adjust : bool
            With the degrees of freedom d of clusters, sampling weights or a design and q coefficients tested:
            whether F is W (d - q + 1) / (d q) on q and d - q + 1 degrees of freedom, as Stata's `test` after
            `svy:`, or W / q on q and d, as R ``survey::regTermTest``, which rejects too often where d is
            small.
        approximation : {"saddlepoint", "satterthwaite"}
            How the p-value of Rao and Scott's likelihood ratio is found.

        Returns
        -------
        TestResult
            One row a hypothesis: `.tidy()`, `.summary()`, `.plot()`, `.to_dict()`.

        Raises
        ------
        InputError
            If a term or coefficient is not in the model, the test is not defined for the fit, or no degrees
            of freedom are left.

        Notes
        -----
        Wald: chi-square where the fit's tests are normal, else F with the fit's degrees of freedom (`df=` of
        the model's call; R's are those of ``df="residual"``). CR2 errors take the least of the tested
        coefficients' Satterthwaite degrees of freedom. Score and likelihood ratio refit the model under the
        hypothesis: of a linear model they are n (1 - RSS1 / RSS0) and n log(RSS0 / RSS1). With a random
        intercept there are Wald and, by maximum likelihood, likelihood ratio.

        Rao and Scott's statistic is the fall of twice the log-likelihood, weights scaled to a mean of 1;
        under the hypothesis it is like the sum of chi-squares weighted by the generalised design effects: R
        ``regTermTest(method = "LRT")``.

        References
        ----------
        .. [1] Rao and Scott (1984), Annals of Statistics 12(1), 46-60.
        .. [2] Lumley and Scott (2014), Survey Methodology 40(2), 207-225.
        .. [3] Boos (1992), American Statistician 46(4), 327-333 (robust score tests).

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> trial = pd.DataFrame({"employed": ["yes", "no"] * 2, "arm": ["new", "new", "old", "old"],
        ...                       "people": [325, 123, 175, 104]})
        >>> result = ps.logistic("employed ~ arm", trial, weights="people", weight_kind="frequency")
        >>> result.test("arm", kind="score").tidy()[["term", "statistic", "p_value"]].round(4)
          term  statistic  p_value
        0  arm     7.7215   0.0055
        """
        return judge_terms(
            self.fit,
            self.source,
            terms,
            kind=kind,
            joint=joint,
            by_outcome=by_outcome,
            hypothesis=hypothesis,
            null=null,
            adjust=adjust,
            approximation=approximation,
        )

    def test_merge(
        self,
        first: Level | None = None,
        second: Level | None = None,
        *,
        kind: Literal["wald", "score", "lr"] = "wald",
        adjust: bool = True,
        approximation: Literal["saddlepoint", "satterthwaite"] = "saddlepoint",
    ) -> TestResult:
        """Test whether two outcomes can be merged: whether no slope tells them apart.

        Parameters
        ----------
        first, second : str, int or bool, optional
            Two outcomes; all pairs by default.
        kind : {"wald", "score", "lr"}
            As in `test`.
        adjust : bool
            As in `test`.
        approximation : {"saddlepoint", "satterthwaite"}
            As in `test`.

        Returns
        -------
        TestResult
            One row a pair.

        Raises
        ------
        InputError
            If an outcome is not in the model, or it has no intercept or no terms.

        Notes
        -----
        The intercepts stay free: outcomes that the terms do not tell apart may differ in size (Anderson
        1984). Stata `mlogtest, combine` and `lrcomb` (Long and Freese).

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["none", "other", "peer"] * 2, "trained": [False] * 3 + [True] * 3,
        ...                      "people": [40, 35, 25, 30, 30, 40]})
        >>> result = ps.multinomial("job ~ trained", jobs, weights="people", weight_kind="frequency")
        >>> result.test_merge().tidy()[["outcome", "other_outcome", "p_value"]].round(3)
          outcome other_outcome  p_value
        0    none         other    0.700
        1    none          peer    0.031
        2   other          peer    0.080
        """
        return judge_merging(
            self.fit, self.source, first, second, kind=kind, adjust=adjust, approximation=approximation
        )

    def test_iia(self, omitted: Level | Sequence[Level] | None = None) -> TestResult:
        """Test independence of irrelevant alternatives, a test of low power.

        Parameters
        ----------
        omitted : str, int, bool or sequence of them, optional
            Outcomes to leave out, each in its turn; every one by default.

        Returns
        -------
        TestResult
            One row per outcome left out.

        Raises
        ------
        InputError
            If the model is not multinomial with three outcomes or more, or its terms leave nothing to
            compare: with categories alone both models can say the same.
        ConvergenceError
            If a model of fewer outcomes has no maximum.

        Notes
        -----
        Coefficients with and without the outcome are compared (Hausman and McFadden 1984) in the covariance
        of their difference, found from both models' influence values on the same rows, clusters and design,
        as Stata `suest`; so the statistic cannot be negative. Model-based errors count rows as independent
        (HC0). In small samples the test's size is unreliable and its power low (Cheng and Long 2007,
        Sociological Methods and Research 35(4), 583-600): where slopes are weak the two fits differ by less
        than their covariance says, and it hardly ever rejects. With a design's replicates both are refitted.

        Examples
        --------
        >>> import pandas as pd
        >>> import peerstats as ps
        >>> jobs = pd.DataFrame({"job": ["none", "other", "peer"] * 8, "age": [*range(23), 3]})
        >>> ps.multinomial("job ~ age", jobs).test_iia("peer").tidy()[["omitted", "df_numerator"]]
          omitted  df_numerator
        0    peer           2.0
        """
        return judge_independence(self.fit, self.source, omitted)
