"""Rake weights to the margins of a population."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice
from peerstats._core.frames import read_frame, tidy_backend
from peerstats.design._rake_result import MarginLevel, RakeResult
from peerstats.design._survey_design import SurveyDesign
from peerstats.design._survey_margins import Calibration, code_margin, rake_base, read_margins
from peerstats.errors import InputError
from peerstats.numerics import RESIDUAL_KINDS, kish_effect
from peerstats.results import with_codebook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.typing import Array, IntArray

__all__ = ["rake"]

_AT_BOUND = 1e-9  # a weight this near its bound, as a share of it, stands at it

_UNEVEN = (
    "Base weights vary: linearised errors follow R's rake(), which counts every row alike and can be too "
    'large; residuals="calibrate" weights the rows, and replicates need neither.'
)


def _check_trim(trim: Any) -> tuple[float, float] | None:
    if trim is None:
        return None
    try:
        low, high = (float(bound) for bound in trim)
    except (TypeError, ValueError):
        low, high = np.nan, np.nan
    if not 0 <= low < 1 < high:
        raise InputError(
            f"rake(): trim={trim!r} is no pair of bounds.",
            "Give the least and greatest weight as multiples of the mean weight, for example (0.2, 5).",
        )
    return low, high


def _levels(rules: Calibration, coded: list[IntArray], base: Array, weights: Array) -> list[MarginLevel]:
    rows = base > 0
    found = []
    for margin, codes in zip(rules.margins, coded, strict=True):
        n = len(margin.targets)
        sums = [np.bincount(codes[rows], weights=w[rows], minlength=n) for w in (base, weights)]
        counts = np.bincount(codes[rows], minlength=n)
        found += [
            MarginLevel(
                margin=margin.name,
                level=" x ".join(map(str, margin.levels[i])),
                n=int(counts[i]),
                target=margin.targets[i],
                before=float(sums[0][i]),
                after=float(sums[1][i]),
            )
            for i in range(n)
        ]
    return found


def rake(
    data: Any,
    margins: Mapping[Any, Mapping[Any, float]],
    *,
    weights: str | None = None,
    design: SurveyDesign | None = None,
    total: float | None = None,
    trim: tuple[float, float] | None = None,
    residuals: Literal["rake", "calibrate"] = "rake",
    max_iterations: int = 1_000,
    tolerance: float = 1e-10,
) -> RakeResult:
    """Scale weights until they add to known margins; with one margin this is post-stratification.

    Parameters
    ----------
    data : frame
        One row per respondent.
    margins : mapping
        From a column, or a tuple of columns, to the target of each level: ``{"sex": {"women": 52_000,
        "men": 48_000}, ("sex", "age"): {("women", "18-34"): 16_000, ...}}``. Targets are counts of people,
        or shares that add to 1.
    weights : str, optional
        Column of base weights; without it they are equal.
    design : SurveyDesign, optional
        The sampling plan, its weights included, instead of `weights`.
    total : float, optional
        Size of the population; needed for shares.
    trim : (float, float), optional
        Least and greatest weight as multiples of the mean weight. Weights outside are brought to the bound,
        and the other rows make up for it until margins and bounds hold together.
    residuals : {"rake", "calibrate"}
        How linearised errors take out what the margins explain: as R's ``rake`` or as its ``calibrate``.
    max_iterations : int
        Cycles through the margins at most.
    tolerance : float
        Largest distance from a target that is left, as a share of it.

    Returns
    -------
    RakeResult
        Weights, the margins before and after, and a design that keeps the margins.

    Raises
    ------
    InputError
        If a level has no target or a target no respondent, a value is missing, or margins disagree in total.
    ConvergenceError
        If the margins are not reached, because they contradict each other or `trim` is too narrow.

    Notes
    -----
    Iterative proportional fitting: each cycle multiplies the weights of each level by target over sum,
    margin after margin. R's ``survey::rake(control = list(maxit = 1000, epsilon = 1e-12))``,
    ``postStratify`` and ``calibrate(calfun = "raking")``; Stata's ``ipfraking``. Totals that differ by up
    to 0.5 %, as rounded tables do, are scaled to the first counts or to `total`, and a note says so.

    The design rakes again whenever it is read, so it is read against the rows that were raked. Replicates
    are raked one by one. Linearised errors come from what is left of a score when the margins have
    explained their part: ``residuals="rake"`` takes level means out margin after margin, every row counting
    alike, as R's ``svyrecvar`` does after ``rake``; ``residuals="calibrate"`` regresses on all levels with
    the base weights, as after ``calibrate``, which is the linearisation of Deville and Sarndal. With one
    margin, or with equal base weights, the two are the same. Where base weights vary and margins matter
    differently to those with large and with small ones, errors of "rake" are too large, in a constructed
    case more than twice those of repeated samples, which "calibrate" and the jackknife meet. Trimming is in
    neither.

    References
    ----------
    .. [1] Deville, J.-C., and Sarndal, C.-E. (1992). Calibration estimators in survey sampling. Journal of
       the American Statistical Association 87, 376-382.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> people = pd.DataFrame({"sex": ["w", "w", "w", "m"], "urban": ["y", "n", "y", "n"]})
    >>> raked = ps.rake(people, {"sex": {"w": 0.6, "m": 0.4}, "urban": {"y": 0.5, "n": 0.5}}, total=100)
    >>> raked.weights.round(2)
    array([25., 10., 25., 40.])
    """
    if weights is not None and design is not None:
        raise InputError("rake(): weights= beside design=.", "The design names its weights already.")
    plan = SurveyDesign(weights=weights) if design is None else design
    if plan.calibration is not None:
        raise InputError(
            "rake(): the design is raked already.", "Rake the design it came from, to all margins at once."
        )
    check_choice(residuals, RESIDUAL_KINDS, "residuals", "rake")
    if max_iterations < 1 or not 0 < tolerance < 1:
        raise InputError(
            f"rake(): max_iterations={max_iterations!r}, tolerance={tolerance!r} cannot be met.",
            "Give one cycle at least and a small share such as 1e-10.",
        )
    frame = read_frame(data, "rake")
    read, notes = read_margins(margins, total, "rake")
    base = plan.read(frame, "rake").base
    rows = base > 0
    rules = Calibration(
        margins=read,
        trim=_check_trim(trim),
        max_iterations=max_iterations,
        tolerance=tolerance,
        residuals="calibrate" if len(read) == 1 else residuals,
        n_rows=int(rows.sum()),
    )
    coded = [code_margin(frame, margin, rows, "rake") for margin in rules.margins]
    raked, found = rake_base(base, coded, rules, "rake")
    low, high = (0.0, np.inf) if rules.trim is None else rules.trim
    mean = raked.sum() / rows.sum()
    size = float(raked.sum())
    if size < rows.sum():
        notes = (
            *notes,
            f"The targets add to {size:,.10g}, fewer than the {int(rows.sum()):,} respondents.",
        )
    if len(read) > 1 and residuals == "rake" and np.ptp(base[rows]) > 0:
        notes = (*notes, _UNEVEN)
    raked.setflags(write=False)
    result = RakeResult(
        levels=tuple(_levels(rules, coded, base, raked)),
        weights=raked,
        design=replace(plan, calibration=rules),
        n=int(rows.sum()),
        n_zero=int((~rows).sum()),
        n_iterations=found.n_cycles,
        largest_miss=float(found.miss[0]),
        trim=rules.trim,
        n_trimmed_low=0 if rules.trim is None else int((raked[rows] <= low * mean * (1 + _AT_BOUND)).sum()),
        n_trimmed_high=int((raked[rows] >= high * mean * (1 - _AT_BOUND)).sum()),
        effect_before=kish_effect(base),
        effect_after=kish_effect(raked),
        notes=notes,
        backend=tidy_backend(frame),
    )
    return with_codebook(result, data)
