"""A sampling plan found in one pass over batches of rows: its units and strata, and no row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import read_words, row_name
from peerstats._core.weights import read_weights
from peerstats.design._survey_checks import (
    HeldRows,
    check_lonely,
    describe_design,
    mixed_corrections,
    read_corrections,
    read_design_codes,
    sampled_shares,
    stratum_label,
    torn_unit,
    varied_correction,
)
from peerstats.numerics import add_by_unit, element_factor, element_meat, stratified_meat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats._core.frames import nw
    from peerstats.design._survey_design import SurveyDesign
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["DesignUnits", "UnitScanner", "base_weights"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DesignUnits:
    """A design whose rows are read in batches; it lives in memory and is never saved.

    Parameters
    ----------
    design : SurveyDesign
        Columns and rules.
    layers : dict
        Code of each stratum's label, from 0; empty without strata.
    units : dict
        Code of each primary sampling unit, from 0, by its label, or where labels start again in each stratum
        by the stratum's code and its label; empty where each row is a unit.
    stratum : (G,) int array
        Stratum of each PSU; empty where each row is one.
    sizes : (H,) float array
        PSUs of each stratum, with or without a row used.
    members : (H,) bool array
        Strata with a row used.
    n_present : int
        PSUs with a row used.
    sampled : (H,) float array or None
        Share of each stratum's PSUs that was sampled; None without a finite population correction.
    description : str
        The design in words, for printed results.
    """

    design: SurveyDesign
    layers: dict[Any, int]
    units: dict[Any, int]
    stratum: IntArray
    sizes: Array
    members: BoolArray
    n_present: int
    sampled: Array | None
    description: str

    @property
    def alone(self) -> bool:
        """Whether each row is a sampling unit."""
        return self.design.cluster is None

    @property
    def n_psu(self) -> int:
        """Number of PSUs."""
        return int(self.sizes.sum())

    @property
    def n_strata(self) -> int:
        """Number of strata; 1 without stratification."""
        return len(self.sizes)

    @property
    def variance(self) -> str:
        """Kind of the errors."""
        return "linearized"

    @property
    def replicates(self) -> None:
        """Replicate weights: none, they need a refit each."""

    @property
    def degrees_of_freedom(self) -> float:
        """PSUs less strata, over the strata with a row used: all of their PSUs count."""
        return float(self.sizes[self.members].sum() - self.members.sum())

    @property
    def present_degrees(self) -> float:
        """PSUs with a row used less their strata, R's ``degf`` of a subset."""
        return float(self.n_present - self.members.sum())

    def strata(self, frame: nw.DataFrame[Any]) -> IntArray:
        """Return the stratum of each row of a batch; -1 for one that was not there before."""
        if self.design.strata is None:
            return np.zeros(len(frame), dtype=np.int64)
        codes, labels = read_words(frame, self.design.strata)
        places: IntArray = np.array([*(self.layers.get(label, -1) for label in labels), -1])
        own: IntArray = places[codes]
        return own

    def codes(self, frame: nw.DataFrame[Any]) -> IntArray:
        """Return the PSU of each row of a batch, or its stratum where each row is a PSU; -1 if unknown."""
        design = self.design
        if design.cluster is None:
            return self.strata(frame)
        codes, labels = read_words(frame, design.cluster)
        if not design.nest:
            places = np.array([*(self.units.get(label, -1) for label in labels), -1])
            return np.asarray(places[codes])
        layer = self.strata(frame)
        keys, inverse = np.unique((codes + 1) * self.n_strata + layer, return_inverse=True)
        found = [
            self.units.get((int(key % self.n_strata), labels[int(key // self.n_strata) - 1]), -1)
            if key >= self.n_strata
            else -1
            for key in keys
        ]
        return np.where(layer < 0, -1, np.array(found)[inverse])

    def sums(self, parts: Iterable[tuple[Array, IntArray | None]]) -> tuple[Array, Array]:
        """Return the sums of scores that the covariance of their total is made of; they may be added up.

        Parameters
        ----------
        parts : iterable of ((p, m) float array, (m,) int array)
            Weighted scores of the rows used, block by block, one at least, and their `codes`.

        Returns
        -------
        totals : (G, p) float array
            Sums by PSU, or where each row is one by stratum.
        products : (p, p) float array
            Where each row is a PSU the sum of z z' times the factor of its stratum, else zero.
        """
        n = self.n_strata if self.alone else self.n_psu
        totals, products = np.zeros((n, 0)), np.zeros((0, 0))
        for scores, codes in parts:
            if codes is None:
                raise ValueError("rows without their units")
            if not totals.size:
                totals, products = np.zeros((n, len(scores))), np.zeros((len(scores), len(scores)))
            add_by_unit(totals, scores, codes)
            if self.alone:
                products += self.products(scores, codes)
        return totals, products

    def products(self, scores: Array, codes: IntArray | None) -> Array:
        """Return the sum of outer products of rows' scores, each times the factor of its stratum."""
        if codes is None:
            raise ValueError("rows without their strata")
        factor = element_factor(self.sizes, self.sampled, self.design.lonely_psu)
        found: Array = (scores * factor[codes]) @ scores.T
        return found

    def meat(self, totals: Array, products: Array) -> Array:
        """Return the linearised covariance of the sum of scores.

        Parameters
        ----------
        totals, products
            What `sums` gives.

        Returns
        -------
        (p, p) float array
            The covariance. For coefficients it stands between two breads.

        Notes
        -----
        `DesignArrays.meat`, from sums by PSU, or where each row is one from sums by stratum and one sum of
        outer products: memory grows with the PSUs, or with the strata, and not with the rows.
        """
        lonely = self.design.lonely_psu
        if self.alone:
            return element_meat(
                totals, products, self.sizes, sampled=self.sampled, lonely=lonely, counted=self.members
            )
        return stratified_meat(
            totals,
            np.arange(len(totals)),
            self.stratum,
            sampled=self.sampled,
            lonely=lonely,
            counted=self.members,
        )


def base_weights(
    design: SurveyDesign, units: DesignUnits | None, frame: nw.DataFrame[Any], call: str
) -> Array:
    """Return the weights of a batch: a column, or what the corrections imply once they are known, or 1."""
    if design.weights is not None:
        return read_weights(frame, design.weights, "sampling", call, whole=False)
    if units is None or units.sampled is None:
        return np.ones(len(frame))
    layer = units.strata(frame)
    return np.where(layer < 0, 1.0, 1.0 / units.sampled[layer])


class UnitScanner:
    """Gathers a design's units, batch by batch.

    Parameters
    ----------
    design : SurveyDesign
        Columns and rules.
    call : str
        The public call, for messages.
    order : str
        What a row's position is counted in, where it is not the data's own order.
    """

    def __init__(self, design: SurveyDesign, call: str, order: str = "") -> None:
        self.design, self.call, self.order = design, call, order
        self.layers: dict[Any, int] = {}
        self.units: dict[Any, int] = {}
        self.stratum: list[int] = []
        self.present: set[int] = set()
        self.counts = np.zeros(0)  # rows of each stratum: where each row is a PSU these are its size
        self.used = np.zeros(0)
        self.corrections = np.zeros(0)
        self.share: tuple[float, str] | None = None  # the first correction below 1, and where
        self.large = False

    def _widen(self) -> None:
        more = (len(self.layers) if self.design.strata is not None else 1) - len(self.counts)
        if more > 0:
            self.counts, self.used = (np.append(each, np.zeros(more)) for each in (self.counts, self.used))
            self.corrections = np.append(self.corrections, np.full(more, np.nan))

    def _label(self, h: int) -> str:
        return stratum_label(list(self.layers), h)

    def add(
        self,
        frame: nw.DataFrame[Any],
        rows: BoolArray,
        used: BoolArray,
        *,
        start: int = 0,
        copies: Array | None = None,
    ) -> None:
        """Add a batch.

        Parameters
        ----------
        frame : narwhals DataFrame
            Its rows.
        rows, used : (n,) bool array
            Those with a positive weight, which are the sample; and those of the fit.
        start : int
            Position of its first row in the data.
        copies : (n,) float array, optional
            How many rows each stands for.
        """
        if not rows.any():
            return
        design = self.design
        layer = np.where(rows, 0, -1)
        if design.strata is not None:
            codes, labels = read_design_codes(
                HeldRows(frame=frame, rows=rows), design.strata, "strata", self.call
            )
            own = [self.layers.setdefault(label, len(self.layers)) for label in labels]
            layer = np.array([*own, -1])[codes]
        self._widen()
        n_strata = len(self.counts)
        self.counts += np.bincount(layer[rows], None if copies is None else copies[rows], n_strata)
        self.used += np.bincount(layer[used], None if copies is None else copies[used], n_strata)
        if design.fpc is not None:
            self._add_corrections(frame, design.fpc, rows, layer, start)
        if design.cluster is not None:
            self._add_units(frame, design.cluster, rows, used, layer)

    def _add_units(
        self, frame: nw.DataFrame[Any], name: str, rows: BoolArray, used: BoolArray, layer: IntArray
    ) -> None:
        codes, names = read_design_codes(HeldRows(frame=frame, rows=rows), name, "cluster", self.call)
        n_strata = len(self.counts)
        # one of each pair of PSU and stratum
        pairs, first = np.unique(codes[rows] * n_strata + layer[rows], return_index=True)
        of_pair = {}
        for pair, at in zip(pairs.tolist(), first.tolist(), strict=True):
            unit, h = names[pair // n_strata], pair % n_strata
            code = self.units.setdefault((h, unit) if self.design.nest else unit, len(self.units))
            if code == len(self.stratum):
                self.stratum.append(h)
            elif self.stratum[code] != h:
                labels = list(self.layers)
                place = row_name(frame, int(np.flatnonzero(rows)[at]))
                raise torn_unit(self.design, unit, labels[self.stratum[code]], labels[h], place, self.call)
            of_pair[pair] = code
        inside = np.unique(codes[used] * n_strata + layer[used])
        self.present.update(of_pair[pair] for pair in inside.tolist())

    def _add_corrections(
        self, frame: nw.DataFrame[Any], name: str, rows: BoolArray, layer: IntArray, start: int
    ) -> None:
        values = read_corrections(HeldRows(frame=frame, rows=rows), name, self.call)
        places = np.flatnonzero(rows)
        below = places[values[rows] < 1]
        if self.share is None and len(below):
            row = row_name(frame, int(below[0])) if not start else f"row {start + int(below[0]):,}"
            self.share = (float(values[below[0]]), row + self.order)
        self.large = self.large or bool((values[rows] > 1).any())
        for at in places[np.unique(layer[rows], return_index=True)[1]]:
            if np.isnan(self.corrections[layer[at]]):
                self.corrections[layer[at]] = values[at]
        varied = rows & (values != self.corrections[layer])
        if varied.any():
            at = int(np.argmax(varied))
            h = int(layer[at])
            first, label = float(self.corrections[h]), self._label(h)
            raise varied_correction(name, label, first, float(values[at]), row_name(frame, at), self.call)

    def join(self, other: UnitScanner) -> None:
        """Add what was found in another place, whose codes are its own."""
        if self.design.strata is not None:
            layers = np.array([self.layers.setdefault(label, len(self.layers)) for label in other.layers])
        else:
            layers = np.zeros(len(other.counts), dtype=np.int64)
        self._widen()
        layers = layers[: len(other.counts)].astype(np.int64)
        np.add.at(self.counts, layers, other.counts)
        np.add.at(self.used, layers, other.used)
        for h, value in zip(layers.tolist(), other.corrections.tolist(), strict=True):
            if np.isnan(self.corrections[h]):
                self.corrections[h] = value
            elif self.design.fpc is not None and not np.isnan(value) and value != self.corrections[h]:
                first = float(self.corrections[h])
                raise varied_correction(
                    self.design.fpc, self._label(h), first, value, "another row", self.call
                )
        self.share = self.share or other.share
        self.large = self.large or other.large
        for key, code in other.units.items():
            h = int(layers[other.stratum[code]])
            unit = key[1] if self.design.nest else key
            mine = self.units.setdefault((h, unit) if self.design.nest else unit, len(self.units))
            if mine == len(self.stratum):
                self.stratum.append(h)
            elif self.stratum[mine] != h:
                labels = list(self.layers)
                raise torn_unit(
                    self.design, unit, labels[self.stratum[mine]], labels[h], "another row", self.call
                )
            if code in other.present:
                self.present.add(mine)

    def finish(self) -> DesignUnits:
        """Return the design.

        Returns
        -------
        DesignUnits
            Ready to be read by.

        Raises
        ------
        InputError
            If a stratum has a single PSU and the rule has no answer, or more PSUs than its population.
        """
        design = self.design
        label = partial(stratum_label, list(self.layers))
        alone = design.cluster is None
        stratum = np.array(self.stratum, dtype=np.int64)
        sizes = self.counts if alone else np.bincount(stratum).astype(float)
        sampled = None
        if design.fpc is not None:
            if self.large and self.share is not None:
                raise mixed_corrections(design.fpc, *self.share, self.call)
            sampled = sampled_shares(
                self.corrections, sizes, shares=not self.large, name=design.fpc, label=label, call=self.call
            )
        check_lonely(sizes, sampled, design.lonely_psu, label, self.call)
        return DesignUnits(
            design=design,
            layers=self.layers,
            units=self.units,
            stratum=stratum,
            sizes=sizes,
            members=self.used > 0,
            n_present=int(self.used.sum()) if alone else len(self.present),
            sampled=sampled,
            description=describe_design(design, sizes, None),
        )
