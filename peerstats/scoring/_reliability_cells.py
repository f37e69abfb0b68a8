"""Scales in groups: the rows, moments and coefficients of each before any interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics import empirical_reliability, item_statistics, weighted_moments
from peerstats.scoring._coefficients import COEFFICIENTS, Fit
from peerstats.scoring._reliability_fit import fit_coefficients, of_rows, replicate_coefficients
from peerstats.scoring._reliability_record import ItemTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from peerstats.scoring._scale_answers import ScaleAnswers
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Cell", "answer_cell", "score_cell"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cell:
    """One scale in one group.

    Attributes
    ----------
    scale, group : str
        Which.
    rows : (k,) int array
        Its complete rows, counted among the rows that are used.
    n_missing : int
        Respondents of the group with an answer missing.
    n_effective : float
        The sum of frequency weights, else k.
    n_items : int
        Items; 0 for scores.
    mean, sd : float
        Of the score.
    inter_item : tuple of float
        Least, mean and greatest correlation of items.
    items : ItemTable or None
        The items.
    fits : mapping of str to Fit
        The coefficients in the full sample.
    replicate : callable
        From (n, R) weights of the rows that are used to (R, p) coefficients, in the order of `fits`.
    notes : tuple of str
        What is odd.
    """

    scale: str
    group: str
    rows: IntArray
    n_missing: int
    n_effective: float
    n_items: int
    mean: float
    sd: float
    inter_item: tuple[float, float, float]
    items: ItemTable | None
    fits: dict[str, Fit]
    replicate: Callable[[Array], Array]
    notes: tuple[str, ...]


def _shares(x: Array, weights: Array, answer: float | None) -> Array:
    if answer is None or len(x) == 0:
        return np.full(x.shape[1], np.nan)
    shares: Array = weights @ (x == answer) / weights.sum()
    return shares


def _items(scale: ScaleAnswers, x: Array, weights: Array, mean: Array, covariance: Array) -> ItemTable:
    statistics = item_statistics(covariance)
    reasons = tuple(
        None if not np.isnan(r) else "no variance" if not s > 0 else "the others have none"
        for r, s in zip(statistics.item_rest, statistics.sd, strict=True)
    )
    return ItemTable(
        names=scale.items,
        mean=mean,
        sd=statistics.sd,
        item_rest=statistics.item_rest,
        alpha_dropped=statistics.alpha_dropped,
        floor=_shares(x, weights, scale.low),
        ceiling=_shares(x, weights, scale.high),
        reasons=tuple("too few respondents" for _ in scale.items)
        if len(x) == 0 or np.isnan(covariance).all()
        else reasons
        if x.shape[1] > 1
        else ("one item",),
    )


def _notes(where: str, items: ItemTable, n: float, fits: dict[str, Fit]) -> tuple[str, ...]:
    notes = [
        f"{where}: {name} has an item-rest correlation of {r:.2f}: probably reverse-keyed or in the wrong "
        "place."
        for name, r in zip(items.names, items.item_rest, strict=True)
        if r < 0
    ]
    still = [name for name, why in zip(items.names, items.reasons, strict=True) if why == "no variance"]
    if still and n > 1:
        notes.append(f"{where}: everybody gave the same answer to {', '.join(still)}.")
    if 1 < n < len(items.names):
        notes.append(f"{where}: fewer respondents ({n:g}) than items ({len(items.names)}).")
    notes += [
        f"{where}: in the one-factor model behind {COEFFICIENTS[key].label} the unique variance of "
        f"{', '.join(items.names[i] for i in fit.at_bound)} stands at its bound (a Heywood case)."
        for key, fit in fits.items()
        if fit.at_bound
    ]
    return tuple(notes)


def answer_cell(
    scale: ScaleAnswers,
    group: str,
    members: BoolArray,
    keyed: Array,
    *,
    weights: Array | None,
    weight_kind: str,
    coefficients: Sequence[str],
    summed: bool,
    where: str,
) -> Cell:
    """Compute the coefficients of a scale in a group.

    Parameters
    ----------
    scale : ScaleAnswers
        The scale.
    group : str
        Name of the group.
    members : (n,) bool array
        Its rows among those that are used.
    keyed : (n, m) array
        Answers of the rows that are used.
    weights : (n,) array or None
        Positive weights.
    weight_kind : {"none", "sampling", "frequency"}
        What they mean.
    coefficients : sequence of str
        Which to compute.
    summed : bool
        Whether the score is the sum of the answers, not their mean.
    where : str
        What the cell is called in notes.

    Returns
    -------
    Cell
        The cell.
    """
    rows = np.flatnonzero(members & ~np.isnan(keyed).any(axis=1))
    x = keyed if len(rows) == len(keyed) else keyed[rows]
    w = np.ones(len(rows)) if weights is None else weights[rows]
    n = float(w.sum()) if weight_kind == "frequency" else float(len(rows))
    mean, covariance = weighted_moments(x, w, weight_kind=weight_kind)
    m = x.shape[1]
    fits = fit_coefficients(x, w, n, coefficients)
    items = _items(scale, x, w, mean, covariance)
    per = 1 if summed else m

    inter_item = item_statistics(covariance).inter_item
    return Cell(
        scale=scale.name,
        group=group,
        rows=rows,
        n_missing=int(members.sum()) - len(rows),
        n_effective=n,
        n_items=m,
        mean=float(mean.sum()) / per,
        sd=float(np.sqrt(covariance.sum())) / per,
        inter_item=(float(inter_item[0]), float(inter_item[1]), float(inter_item[2])),
        items=items,
        fits=fits,
        replicate=lambda replicates: replicate_coefficients(x, rows, fits, replicates),
        notes=_notes(where, items, n, fits),
    )


def score_cell(
    scale: str,
    group: str,
    members: BoolArray,
    scores: Array,
    std_errors: Array,
    *,
    weights: Array | None,
    weight_kind: str,
    n_items: int,
) -> Cell:
    """Compute the empirical reliability of a response model's scores in a group.

    Parameters
    ----------
    scale, group : str
        Which.
    members : (n,) bool array
        Its rows among those that are used.
    scores, std_errors : (n,) array
        Scores before rounding and their errors, NaN where there is none.
    weights : (n,) array or None
        Positive weights.
    weight_kind : {"none", "sampling", "frequency"}
        What they mean.
    n_items : int
        Items of the scale.

    Returns
    -------
    Cell
        The cell, its one coefficient "empirical".
    """
    rows = np.flatnonzero(members & ~np.isnan(scores))
    eap, error = scores[rows], std_errors[rows]
    w = np.ones(len(rows)) if weights is None else weights[rows]
    n = float(w.sum()) if weight_kind == "frequency" else float(len(rows))
    value = float(empirical_reliability(eap, error, w[:, None], weight_kind=weight_kind)[0])
    few = "one respondent" if len(rows) else "nobody has a score"
    mean, variance = weighted_moments(eap[:, None], w, weight_kind=weight_kind)
    fit = Fit(value=value, reason=few if np.isnan(value) else None, kernel=lambda r: r)
    return Cell(
        scale=scale,
        group=group,
        rows=rows,
        n_missing=int(members.sum()) - len(rows),
        n_effective=n,
        n_items=n_items,
        mean=float(mean[0]),
        sd=float(np.sqrt(variance[0, 0])),
        inter_item=(np.nan, np.nan, np.nan),
        items=None,
        fits={"empirical": fit},
        replicate=lambda replicates: empirical_reliability(
            eap, error, of_rows(replicates, rows), weight_kind="sampling"
        )[:, None],
        notes=(),
    )
