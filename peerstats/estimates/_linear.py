"""Means, totals, shares and ratios of groups with their covariance: each is a sum or a ratio of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from peerstats.engines import replicate
from peerstats.estimates._summed import inner_squares, within_units
from peerstats.numerics import domain_meat

if TYPE_CHECKING:
    from peerstats.estimates._sample import Sample
    from peerstats.estimates._summed import Summed
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = [
    "MOST_CROSSED",
    "Linear",
    "Sums",
    "linear_estimates",
    "logit_errors",
    "replicate_covariance",
    "usable",
]

MOST_CROSSED = 2_000  # estimates whose covariance is kept whole, 32 MB; beyond it only errors are


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """What is estimated: q sums or ratios of sums in each of g groups.

    Parameters
    ----------
    top : (n, q) float array
        What is summed, zero where a row is not used.
    bottom : (n, q) float array or None
        What the sums are divided by the sum of, zero where a row is not used; None for totals.
    used : (n, q) bool array
        Rows that count; all of them are in a group and have a positive weight.
    group : (n,) int array
        Group of each row, from 0; -1 for none.
    n_groups : int
        Groups g.
    columns : tuple of (str or None, str or None)
        Columns of numbers that top and bottom of each quantity are; none for shares and counts. Only sums of
        rows, whose rows differ in them, ask for it.
    """

    top: Array
    bottom: Array | None
    used: BoolArray
    group: IntArray
    n_groups: int
    columns: tuple[tuple[str | None, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Linear:
    """Estimates of q quantities in g groups.

    Parameters
    ----------
    estimate, std_error, df, deff, design_effect, sum_weights : (g, q) float arrays
        Estimates, errors, degrees of freedom, design effects of the estimates and of the weights, and sums
        of weights.
    n : (g, q) int array
        Respondents used.
    covariance : (g q, g q) float array or None
        Covariance, groups slowest; None beyond `MOST_CROSSED` estimates.
    values : (R, g q) float array or None
        Estimates by replicate.
    """

    estimate: Array
    std_error: Array
    df: Array
    deff: Array
    design_effect: Array
    sum_weights: Array
    n: IntArray
    covariance: Array | None
    values: Array | None


def _by_group(columns: Array, sums: Sums) -> Array:
    """Add the columns of an (n, q) array within groups."""
    rows = sums.group >= 0
    group = sums.group if rows.all() else sums.group[rows]
    kept = columns if rows.all() else columns[rows]
    found: Array = np.column_stack(
        [np.bincount(group, weights=column, minlength=sums.n_groups) for column in kept.T]
    )
    return found


def _at(values: Array, sums: Sums) -> Array:
    """Give each row its group's values."""
    found: Array = values[sums.group]
    return found


def _ratio(top: Array, bottom: Array) -> Array:
    found: Array = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0)
    return found


def _slopes(summed: Summed, sums: Sums, estimate: Array, bottoms: Array | None) -> Array:
    """Return what each column of numbers counts in each influence, (p, n, q)."""
    n, q = sums.top.shape
    slopes = np.zeros((len(summed.names), n, q))
    for j, (top, bottom) in enumerate(sums.columns):
        scale = sums.used[:, j] / (1.0 if bottoms is None else _at(bottoms, sums)[:, j])
        if top in summed.names:
            slopes[summed.names.index(top), :, j] += scale
        if bottom in summed.names:
            slopes[summed.names.index(bottom), :, j] -= scale * _at(np.nan_to_num(estimate), sums)[:, j]
    return slopes


def _centred(summed: Summed | None, sums: Sums, weights: Array) -> tuple[Array, Array]:
    """Return means of numbers less a figure near the mean of their group, and the figures (g, q)."""
    shift = np.zeros((sums.n_groups, sums.top.shape[1]))
    if summed is None or sums.bottom is None or not sums.columns:
        return sums.top, shift
    tops = sums.top.copy()
    for j, (top, bottom) in enumerate(sums.columns):
        if top in summed.names and bottom is None:
            i, used = summed.names.index(top), sums.used[:, [j]]
            pivot = np.where(used, summed.pivot[:, [i]], 0.0)
            near = _ratio(_by_group(weights * pivot, sums), _by_group(weights * used, sums))
            shift[:, [j]] = np.nan_to_num(near)
            rest = (pivot - _at(shift[:, [j]], sums)) + np.nan_to_num(summed.offset[:, [i]])
            tops[:, [j]] = np.where(used, rest, 0.0)
    return tops, shift


def _linearised(
    sample: Sample,
    scores: Array,
    sums: Sums,
    within: tuple[Array, IntArray, IntArray] | None,
    *,
    cross: bool,
) -> tuple[Array, Array | None]:
    """Return variances (g, q) and the covariance."""
    arrays, (g, q) = sample.arrays, (sums.n_groups, scores.shape[1])
    if arrays.margins:
        # what margins explain is taken out of every row: groups overlap, and the matrix is whole
        wide = np.zeros((len(scores), g * q))
        for k in range(g):
            rows = sums.group == k
            wide[rows, k * q : (k + 1) * q] = scores[rows]
        whole = arrays.meat(wide)
        if arrays.lonely_psu == "average":
            own = np.concatenate(
                [np.diag(arrays.meat(wide[:, k * q : (k + 1) * q], sums.group == k)) for k in range(g)]
            )
            spread = np.sqrt(_ratio(own, np.diag(whole)))
            whole = whole * np.outer(np.nan_to_num(spread), np.nan_to_num(spread))
        return np.diag(whole).reshape(g, q).copy(), whole if cross else None
    copies = sample.copies if sample.own_psu else None
    blocks, covariance = domain_meat(
        scores,
        sums.group,
        g,
        arrays.psu,
        arrays.stratum,
        sampled=arrays.sampled,
        lonely=arrays.lonely_psu,
        copies=copies,
        within=within,
        cross=cross,
    )
    return np.einsum("gqq->gq", blocks).copy(), covariance


def usable(values: Array) -> BoolArray:
    """Tell which columns of replicates are finite throughout."""
    return np.asarray(np.isfinite(values).all(axis=0))


def replicate_covariance(sample: Sample, values: Array, estimate: Array) -> Array:
    """Return the covariance of replicates, a column that some of them lack apart from the others.

    Parameters
    ----------
    sample : Sample
        The sample.
    values : (R, p) float array
        Values by replicate, NaN where a replicate has none.
    estimate : (p,) float array
        Values in the full sample.

    Returns
    -------
    (p, p) float array
        The covariance; NaN between a column with gaps and the others.
    """
    whole = usable(values)
    p = len(estimate)
    found = np.full((p, p), np.nan)
    arrays = sample.arrays
    if whole.any():
        found[np.ix_(whole, whole)] = arrays.replicate_covariance(values[:, whole], estimate[whole])
    for j in np.flatnonzero(~whole):
        if np.isfinite(values[:, j]).sum() > 1:
            found[j, j] = arrays.replicate_covariance(values[:, [j]], estimate[[j]])[0, 0]
    return found


def _replicated(sample: Sample, sums: Sums) -> Array:
    """Compute all estimates in every replicate."""
    source = sample.arrays.replicates
    if source is None:
        raise ValueError("a design without replicates")
    rows = np.flatnonzero(sums.group >= 0)
    q, n = sums.top.shape[1], len(sums.group)
    place = (sums.group[rows] * q)[:, None] + np.arange(q)

    def adding(columns: Array) -> csr_array:
        at = np.broadcast_to(rows[:, None], place.shape).ravel()
        return csr_array((columns[rows].ravel(), (place.ravel(), at)), shape=(sums.n_groups * q, n))

    top = adding(sums.top)
    bottom = None if sums.bottom is None else adding(sums.bottom)

    def statistic(weights: Array) -> Array:
        tops = np.asarray(top @ weights)
        return (tops if bottom is None else _ratio(tops, np.asarray(bottom @ weights))).T

    return replicate(statistic, source, label="replicates of estimates", work=2 * sums.n_groups * q)


def _degrees(sample: Sample, sums: Sums) -> Array:
    """Return degrees of freedom by group and quantity."""
    found = np.empty((sums.n_groups, sums.top.shape[1]))
    for g in range(sums.n_groups):
        members = sums.group == g
        used = [sums.used[:, j] & members for j in range(found.shape[1])]
        known: dict[bytes | int, float] = {}
        size = int(members.sum())
        for j, rows in enumerate(used):
            # most columns have the same rows: those without missing values, and levels of one column
            key: bytes | int = size if int(rows.sum()) == size else np.packbits(rows).tobytes()
            if key not in known:
                known[key] = sample.degrees_of_freedom(rows)
            found[g, j] = known[key]
    return found


def _effects(
    sample: Sample, influence: Array, inner: Array | float, variance: Array, n: Array, sums: Sums, how: str
) -> Array:
    """Divide variances by those of a simple random sample of as many respondents."""
    w = np.where(sums.used, sample.weights[:, None], 0.0)
    total = _by_group(w, sums)
    centre = _ratio(_by_group(w * influence, sums), total)
    squares = _by_group(w * (influence - _at(centre, sums)) ** 2 + inner, sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        simple = squares / total * n / (n - 1) * total**2 / n
        if how == "finite":
            simple = simple * np.where(total > n, (total - n) / total, np.nan)
        effect: Array = np.where(simple > 0, variance / simple, np.nan)
    return effect


def _differences(
    sample: Sample, sums: Sums, estimate: Array, bottoms: Array | None, influence: Array
) -> tuple[Array | float, tuple[Array, IntArray, IntArray] | None]:
    """Return what rows of one sum differ by: in weighted squares of influence, and as PSUs."""
    summed = sample.summed
    if summed is None:
        return 0.0, None
    slopes = _slopes(summed, sums, estimate, bottoms)
    psu = sample.arrays.psu
    stratum = np.where(psu >= 0, sample.arrays.stratum[psu], -1)
    used = sums.used.any(axis=1)
    group = np.where(used, sums.group, -1)
    return inner_squares(summed, slopes), within_units(summed, slopes, influence, group, stratum)


def linear_estimates(sample: Sample, sums: Sums, *, deff: str = "replace", cross: bool = True) -> Linear:
    """Estimate sums or ratios of sums in groups.

    Parameters
    ----------
    sample : Sample
        The sample and its design.
    sums : Sums
        What is estimated.
    deff : {"replace", "finite"}
        The simple random sample that design effects compare with.
    cross : bool
        Whether the covariance is wanted.

    Returns
    -------
    Linear
        Estimates, errors and covariance.

    Notes
    -----
    The influence of a row is w (y - R x) / sum(w x) on a ratio R, w y on a total; their design covariance is
    the estimate's. With replicates it is that of the estimates in the replicates.
    """
    w = sample.weights[:, None]
    top, shift = _centred(sample.summed, sums, w)
    tops = _by_group(w * top, sums)
    bottoms: Array | None = None
    if sums.bottom is None:
        estimate = tops
        influence = top
    else:
        bottoms = _by_group(w * sums.bottom, sums)
        estimate = _ratio(tops, bottoms)
        bottoms = np.where(bottoms != 0, bottoms, np.inf)  # a group without values has no influence
        influence = (top - _at(np.nan_to_num(estimate), sums) * sums.bottom) / _at(bottoms, sums)
    inner, within = _differences(sample, sums, estimate, bottoms, influence)
    estimate = estimate + shift
    people = _by_group(sums.used * sample.counts[:, None], sums)
    sum_weights = _by_group(sums.used * w, sums)
    shape = estimate.shape
    cross = cross and estimate.size <= MOST_CROSSED
    values, covariance = None, None
    if sample.arrays.replicates is None:
        variance, covariance = _linearised(sample, w * influence, sums, within, cross=cross)
    else:
        values = _replicated(sample, sums)
        if cross:
            covariance = replicate_covariance(sample, values, estimate.ravel())
            variance = np.diag(covariance).reshape(shape).copy()
        else:
            variance = np.array(
                [
                    replicate_covariance(sample, values[:, [p]], estimate.ravel()[[p]])[0, 0]
                    for p in range(estimate.size)
                ]
            ).reshape(shape)
    empty = people == 0
    variance = np.where(empty, np.nan, variance)
    estimate = np.where(empty, np.nan, estimate)
    squares = _by_group(sums.used * sample.squares[:, None], sums)
    return Linear(
        estimate=estimate,
        std_error=np.sqrt(variance),
        df=_degrees(sample, sums),
        deff=_effects(sample, influence, inner, variance, people, sums, deff),
        design_effect=_ratio(people * squares, sum_weights**2),
        sum_weights=sum_weights,
        n=people.astype(np.int64),
        covariance=covariance,
        values=values,
    )


def logit_errors(sample: Sample, values: Array | None, estimate: Array) -> Array | None:
    """Return the errors of shares' logits by (R, p) replicates; NaN where a replicate has 0 or 1."""
    if values is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        logits = np.log(values / (1 - values))
        centre = np.log(estimate / (1 - estimate)).ravel()
    whole = np.isfinite(logits).all(axis=0) & np.isfinite(centre)
    found = np.full(len(centre), np.nan)
    if whole.any():
        covariance = replicate_covariance(sample, logits[:, whole], centre[whole])
        found[whole] = np.sqrt(np.diag(covariance))
    return found.reshape(estimate.shape)
