"""A sampling plan read against data: what estimates and models compute errors from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.engines import replicate_rank, replicate_variance
from peerstats.numerics import margin_residuals, stratified_meat

if TYPE_CHECKING:
    from peerstats.engines import Replicates
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["DesignArrays"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DesignArrays:
    """A design read against a frame of n rows; it lives in memory and is never saved.

    Rows with a base weight of zero are nobody: they are in no PSU.

    Parameters
    ----------
    weights : (n,) float array
        Full-sample weights, raked where the design is.
    base : (n,) float array
        Weights before raking.
    psu : (n,) int array
        Primary sampling unit of each row, from 0; -1 where the base weight is zero.
    stratum : (G,) int array
        Stratum of each PSU, from 0.
    sampled : (H,) float array or None
        Share of each stratum's PSUs that was sampled; None without a finite population correction.
    lonely_psu : {"fail", "adjust", "average", "certainty"}
        What a stratum with a single PSU gives.
    margins : tuple of ((n,) int array, (L,) float array)
        Level of each row and target of each level, for each margin that the weights are raked to.
    residuals : {"rake", "calibrate"}
        How the margins' part is taken out of the scores.
    replicates : Replicates or None
        Replicate weights of all n rows, raked again where the design is.
    supplied : bool
        Whether they came with the data.
    mse : bool
        Whether their variance is centred on the full-sample estimate.
    description : str
        The design in words, for printed results.
    units : (G,) float array or None
        How many PSUs each of the G stands for, where rows that are PSUs are added up; None for one each.

    Notes
    -----
    `variance` is "linearized" or "replicate".
    """

    weights: Array
    base: Array
    psu: IntArray
    stratum: IntArray
    sampled: Array | None
    lonely_psu: str
    margins: tuple[tuple[IntArray, Array], ...]
    residuals: str
    replicates: Replicates | None
    supplied: bool
    mse: bool
    description: str
    units: Array | None = None

    def __post_init__(self) -> None:
        for array in (self.weights, self.base, self.psu, self.stratum, self.sampled, self.units):
            if array is not None:
                array.setflags(write=False)

    @property
    def n(self) -> int:
        """Number of rows, those of weight zero too."""
        return len(self.weights)

    @property
    def n_zero(self) -> int:
        """Number of rows with a base weight of zero."""
        return int((self.base == 0).sum())

    @property
    def n_psu(self) -> int:
        """Number of PSUs."""
        return len(self.stratum)

    @property
    def n_strata(self) -> int:
        """Number of strata; 1 without stratification."""
        return int(self.stratum.max()) + 1

    @property
    def variance(self) -> str:
        """Kind of the errors: linearized or replicate."""
        return "linearized" if self.replicates is None else "replicate"

    def _members(self, inside: BoolArray | None) -> BoolArray:
        """Return the strata that have a row with weight inside."""
        if inside is None:
            return np.ones(self.n_strata, dtype=bool)
        rows = self.psu[inside & (self.psu >= 0)]
        members = np.zeros(self.n_strata, dtype=bool)
        members[self.stratum[rows]] = True
        return members

    def meat(self, scores: Array, inside: BoolArray | None = None, *, rows: BoolArray | None = None) -> Array:
        """Return the linearised covariance of the sum of scores.

        Parameters
        ----------
        scores : (n, p) or (m, p) float array
            Weighted scores or influence values of all n rows, `weights` included; zeros outside a
            subpopulation and where a row is not used. With `rows`, of those m rows only.
        inside : (n,) bool array, optional
            The subpopulation; by default everybody.
        rows : (n,) bool array, optional
            The m rows that the scores belong to; the others have zeros.

        Returns
        -------
        (p, p) float array
            The covariance. For coefficients it stands between two breads.

        Raises
        ------
        InputError
            If a stratum has a single PSU and the rule has no answer.
        ValueError
            If `scores` does not have n rows, or those of `rows`.

        Notes
        -----
        R's ``survey::svyrecvar``. The whole design is kept: a stratum's PSUs without members count with a
        sum of zero, and a stratum is lonely only if it was sampled with a single PSU, whoever is in the
        subpopulation (R's ``survey.adjust.domain.lonely = FALSE``, its default; Stata's ``subpop()``). After
        raking the margins' part is taken out of the scores first.
        """
        expected = self.n if rows is None else int(rows.sum())
        if len(scores) != expected:
            raise ValueError(f"scores of {len(scores)} rows for {expected} of a design of {self.n}")
        if rows is not None and self.margins:
            # what the margins explain is taken out of all rows, those with zeros too
            whole = np.zeros((self.n, scores.shape[1]))
            whole[rows] = scores
            scores, rows = whole, None
        if self.margins:
            coded = [(codes, len(targets)) for codes, targets in self.margins]
            scores = margin_residuals(scores, self.weights, self.base, coded, kind=self.residuals)
        return stratified_meat(
            scores,
            self.psu if rows is None else self.psu[rows],
            self.stratum,
            sampled=self.sampled,
            lonely=self.lonely_psu,
            counted=self._members(inside),
        )

    def replicate_covariance(self, values: Array, estimate: Array | None = None) -> Array:
        """Return the covariance of a statistic from its replicates.

        Parameters
        ----------
        values : (R, p) float array
            The statistic in each replicate.
        estimate : (p,) float array, optional
            The statistic in the full sample, where `mse` centres on it.

        Returns
        -------
        (p, p) float array
            The covariance; replicates with a value that is not finite are left out.

        Raises
        ------
        ValueError
            If the design has no replicates.
        """
        if self.replicates is None:
            raise ValueError("a design without replicates")
        return replicate_variance(values, self.replicates, estimate=estimate, mse=self.mse)

    def replicate_rank(self, inside: BoolArray | None = None) -> int:
        """Return the rank of the replicate weights of the rows inside.

        Parameters
        ----------
        inside : (n,) bool array, optional
            The subpopulation; by default everybody.

        Returns
        -------
        int
            R's ``qr(weights)$rank``, one more than its ``degf``.

        Raises
        ------
        ValueError
            If the design has no replicates.
        """
        if self.replicates is None:
            raise ValueError("a design without replicates")
        return replicate_rank(self.replicates, inside)

    def degrees_of_freedom(self, inside: BoolArray | None = None) -> float:
        """Return the design's degrees of freedom.

        Parameters
        ----------
        inside : (n,) bool array, optional
            The subpopulation; by default everybody.

        Returns
        -------
        float
            PSUs less strata, over the strata with a member, all of whose PSUs count; with made replicates at
            most R - 1; with supplied replicates the rank of their weights inside, less 1.

        Notes
        -----
        Stata's ``svy, subpop()``. R's ``degf`` of a subset counts the PSUs with members only, and agrees
        where every PSU has one. The rank is that of R's ``degf`` of replicate designs.
        """
        if self.replicates is not None and self.supplied:
            return float(self.replicate_rank(inside) - 1)
        members = self._members(inside)
        inside_strata = members[self.stratum]
        n_psu = inside_strata.sum() if self.units is None else self.units[inside_strata].sum()
        df = float(n_psu - members.sum())
        return df if self.replicates is None else min(df, self.replicates.n_replicates - 1.0)
