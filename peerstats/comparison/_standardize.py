"""A norm standardised to a sample's mix of age, education or other cells."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice
from peerstats._core.frames import is_textual, read_numbers
from peerstats._core.words import counted
from peerstats.comparison._people import read_column, read_levels, read_rows
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.estimates import estimate
from peerstats.norms import Benchmark, get_norm, norm_cells

if TYPE_CHECKING:
    from peerstats.design import SurveyDesign
    from peerstats.estimates.parts import Sample
    from peerstats.typing import Array, IntArray

__all__ = ["standardize_norm"]

_CALL = "standardize_norm"
_FEW = 30  # respondents below which a cell is pointed out; older NCHS rule: n below 30 is not shown
_AGES = re.compile(r"(\d+)(?:-(\d+)|\+)")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Cells:
    """Means of c cells: labels, values, their covariance, variances within, and respondents."""

    labels: tuple[tuple[str, ...], ...]
    values: Array
    covariance: Array
    within: Array
    n: IntArray


def standardize_norm(
    data: Any,
    cells: str | Sequence[str] | Mapping[str, str],
    *,
    norm: str | None = None,
    column: str | None = None,
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency"] = "sampling",
    design: SurveyDesign | None = None,
    microdata: Any = None,
    microdata_column: str | None = None,
    microdata_weights: str | None = None,
    microdata_design: SurveyDesign | None = None,
    missing: Literal["raise", "drop"] = "raise",
    name: str | None = None,
    population: str = "",
    date: str = "",
    form: str = "",
    source: str = "",
    unit: str = "",
) -> Benchmark:
    """Standardise a norm to a sample's mix of age, education or other cells.

    Parameters
    ----------
    data : frame or ScoreResult
        The sample, one row a respondent.
    cells : str, sequence of str or mapping
        Columns that make the cells, under the same names in the norm and in the sample; or a mapping of the
        norm's variable to the sample's column: ``{"age": "age", "education": "educ"}``. Groups must have the
        norm's names. Numbers in the place of a bundled norm's ages are put into its age groups.
    norm : str, optional
        A bundled norm; `list_norms` has its groups. ``fwb_us_2016`` is bundled by each of its variables, and
        by age and education together. With `microdata`, it gives population, date, form and instrument only.
    column : str, optional
        The sample's column that is to be compared: rows without it do not count in the mix.
    weights, weight_kind : str, optional
        The sample's weights, and what they mean.
    design : SurveyDesign, optional
        In their place: the sample's design, of which the weights count.
    microdata : frame, optional
        The national file, one row a respondent; codes for missing answers must be null.
    microdata_column : str, optional
        Its column; by default `column`.
    microdata_weights : str, optional
        Its sampling weights.
    microdata_design : SurveyDesign, optional
        In their place: its design.
    missing : {"raise", "drop"}
        Whether a cell of the sample that the norm lacks is an error, or left out of the mix and counted in a
        note: leave such rows out of the comparison too.
    name : str, optional
        The benchmark's name.
    population, date, form, source, unit : str
        What the microdata are, where no norm says so.

    Returns
    -------
    Benchmark
        A mean with its standard error, for `compare`.

    Raises
    ------
    InputError
        If neither norm nor microdata are given, the norm is not bundled by these cells, a group has another
        name than the norm's, or a cell of the sample is empty in the norm.

    Warns
    -----
    PeerstatsWarning
        If the norm is unconfirmed.

    Notes
    -----
    With w_k the sample's share in cell k, the value is sum w_k m_k and its variance w'Vw, V the cells'
    covariance in the norm's design; cells of a file without clusters are uncorrelated, which makes it sum
    w_k^2 SE_k^2. The shares are the sample's and count as given. `compare` adds the error of the sample's
    mean, in which its mix varies, so that the test is a little conservative; `adjusted_gap` with the cells as
    predictors takes that out. Direct standardisation; Stata's ``mean, stdize()``.

    References
    ----------
    .. [1] Curtin and Klein (1995), Direct standardization, NCHS Statistical Notes 6.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> people = pd.DataFrame({"age": [24, 37, 41, 58], "education": ["bachelor's degree"] * 4})
    >>> norm = ps.standardize_norm(people, ["age", "education"], norm="fwb_us_2016")
    >>> round(norm.value, 2), round(norm.std_error, 2)
    (55.35, 0.63)
    """
    check_choice(missing, ("raise", "drop"), "missing", _CALL)
    if norm is None and microdata is None:
        raise InputError(
            f"{_CALL}(): neither norm= nor microdata= is given.",
            'Give a bundled norm, norm="fwb_us_2016", or a national file, microdata=.',
        )
    pairs = _pairs(cells)
    sample = read_rows(data, weights=weights, weight_kind=weight_kind, design=design, call=_CALL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PeerstatsWarning)
        facts = None if norm is None else get_norm(norm)
    if facts is not None and not facts.confirmed:
        warnings.warn(f"{_CALL}(): {facts.notes[0]}", PeerstatsWarning, stacklevel=2)
    if microdata is None:
        found = _bundled(str(norm), tuple(pairs))
    else:
        theirs = microdata_column or column
        found = _estimated(microdata, theirs, tuple(pairs), microdata_weights, microdata_design)
    shares, notes = _shares(sample, pairs, found, column, missing, numbers=microdata is None)
    value = float(shares @ found.values)
    spread = float(shares @ (found.within + found.values**2)) - value**2
    used = shares > 0
    few = int((found.n[used] < _FEW).sum())
    if few:
        notes.append(f"{few} of the {int(used.sum())} cells have fewer than {_FEW} respondents in the norm.")
    mix = " and ".join(pairs)
    notes.insert(
        0,
        f"Standardised to the sample's {mix}: {counted(int(used.sum()), 'cell')}; the shares count as given.",
    )
    base = norm or name or "microdata"
    whom = population or (facts.population if facts else "")
    return Benchmark(
        key=name or f"{base} (in the sample's {mix})",
        value=value,
        std_error=math.sqrt(float(shares @ found.covariance @ shares)),
        sd=math.sqrt(spread) if spread > 0 else None,
        n=max(int(found.n[used].sum()), 2),
        population=f"{whom}, in the sample's mix of {mix}".removeprefix(", "),
        date=date or (facts.date if facts else ""),
        form=form or (facts.form if facts else ""),
        source=source or (facts.source if facts else ""),
        unit=unit or (facts.unit if facts else ""),
        notes=(*notes, *(facts.notes if facts else ())),
        confirmed=facts.confirmed if facts else True,
        instrument=facts.instrument if facts else None,
        scale=facts.scale if facts else None,
        method=facts.method if facts else None,
    )


def _pairs(cells: Any) -> dict[str, str]:
    """Return the sample's column of each variable of the norm."""
    if isinstance(cells, str):
        return {cells: cells}
    if isinstance(cells, Mapping):
        found = dict(cells)
    elif isinstance(cells, Sequence):
        found = {each: each for each in cells}
    else:
        found = {}
    if not found or not all(isinstance(each, str) for pair in found.items() for each in pair):
        raise InputError(
            f"{_CALL}(): cells={cells!r} names no columns.", 'Give ["age", "education"], or a mapping.'
        )
    return found


def _bundled(norm: str, variables: tuple[str, ...]) -> _Cells:
    """Return a bundled norm's cells; the file has no clusters, so that cells are uncorrelated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PeerstatsWarning)
        cells = norm_cells(norm, variables, _CALL)
    figures = list(cells.values())
    return _Cells(
        labels=tuple(cells),
        values=np.array([each.value for each in figures]),
        covariance=np.diag([each.std_error**2 for each in figures]),
        within=np.array([each.sd**2 for each in figures]),
        n=np.array([each.n for each in figures]),
    )


def _estimated(
    microdata: Any,
    column: str | None,
    variables: tuple[str, ...],
    weights: str | None,
    design: SurveyDesign | None,
) -> _Cells:
    """Estimate the cells' means from microdata."""
    if column is None:
        raise InputError(f"{_CALL}(): microdata= without its column.", "Name it: microdata_column=.")
    found = estimate(microdata, column, by=list(variables), weights=weights, design=design)
    nation = read_rows(microdata, weights=weights, design=design, call=_CALL)
    names = variables if len(variables) > 1 else ("group",)
    labels = tuple(zip(*(map(str, found.labels[each]) for each in names), strict=True))
    values = read_column(nation, column, _CALL)
    code, _ = _codes(nation, {each: each for each in variables}, labels, numbers=False)
    known = (code >= 0) & ~np.isnan(values) & nation.inside
    w, k = nation.weights[known], code[known]
    means, n = found.numbers["estimate"], np.asarray(found.numbers["n"], dtype=np.int64)
    total = np.bincount(k, weights=w, minlength=len(labels))
    squares = np.bincount(k, weights=w * (values[known] - means[k]) ** 2, minlength=len(labels))
    some = np.flatnonzero(n > 0)
    return _Cells(
        labels=tuple(labels[i] for i in some),
        values=means[some],
        covariance=found.covariance()[np.ix_(some, some)],
        within=np.asarray(squares[some] / total[some], dtype=float),
        n=n[some],
    )


def _ages(sample: Sample, column: str, groups: Sequence[str]) -> IntArray | None:
    """Put ages into a norm's age groups; None where the groups are no ages or the column holds words."""
    edges = [_AGES.fullmatch(group) for group in groups]
    if is_textual(sample.frame[column]) or not all(edges):
        return None
    ages = read_numbers(sample.frame, [column], _CALL)[:, 0]
    found = np.full(len(ages), -1, dtype=np.int64)
    for g, edge in enumerate(edge for edge in edges if edge is not None):
        found[(ages >= int(edge[1])) & (ages < (int(edge[2]) + 1 if edge[2] else math.inf))] = g
    outside = ~np.isnan(ages) & (found < 0)
    if outside.any():
        raise InputError(
            f"{_CALL}(): {int(outside.sum()):,} ages of {column!r} are in no age group of the norm, such as "
            f"{ages[outside][0]:g}.",
            f"Its groups are {', '.join(groups)}; leave such rows out of the data.",
        )
    return found


def _codes(
    sample: Sample, pairs: Mapping[str, str], labels: Sequence[tuple[str, ...]], *, numbers: bool
) -> tuple[IntArray, dict[tuple[str, ...], IntArray]]:
    """Return each row's cell, -1 without one, and the rows of each cell that the norm lacks."""
    words, parts = [], []
    for j, column in enumerate(pairs.values()):
        codes, names = read_levels(sample, column, "column of cells", _CALL)
        groups = list(dict.fromkeys(label[j] for label in labels))
        aged = _ages(sample, column, groups) if numbers else None
        parts.append(codes if aged is None else aged)
        words.append(names if aged is None else groups)
    place = {label: i for i, label in enumerate(labels)}
    known = np.all([part >= 0 for part in parts], axis=0)
    found = np.full(len(sample.frame), -1, dtype=np.int64)
    unknown = {}
    distinct, inverse = np.unique(np.column_stack(parts)[known], axis=0, return_inverse=True)
    for i, row in enumerate(distinct):
        label = tuple(names[code] for names, code in zip(words, row, strict=True))
        rows = np.flatnonzero(known)[inverse.ravel() == i]
        if label in place:
            found[rows] = place[label]
        else:
            unknown[label] = rows
    return found, unknown


def _shares(
    sample: Sample,
    pairs: Mapping[str, str],
    found: _Cells,
    column: str | None,
    missing: str,
    *,
    numbers: bool,
) -> tuple[Array, list[str]]:
    """Return the sample's share of each cell, and who is left out of them."""
    code, unknown = _codes(sample, pairs, found.labels, numbers=numbers)
    valued = sample.inside.copy()
    if column is not None:
        valued &= ~np.isnan(read_column(sample, column, _CALL))
    outside = {label: int(valued[rows].sum()) for label, rows in unknown.items() if valued[rows].any()}
    known = valued & (code >= 0)
    if outside and (missing == "raise" or not known.any()):
        told = ", ".join(f"{' / '.join(label)} ({counted(count, 'row')})" for label, count in outside.items())
        groups = "; ".join(
            f"{variable}: {', '.join(dict.fromkeys(label[j] for label in found.labels))}"
            for j, variable in enumerate(pairs)
        )
        raise InputError(
            f"{_CALL}(): the norm has no respondents in {told}.",
            f"Its groups are {groups}. Recode to these, or missing='drop' to leave such rows out.",
        )
    if not known.any():
        raise InputError(f"{_CALL}(): nobody has all of {', '.join(pairs.values())}.", "Check the columns.")
    total = np.bincount(code[known], weights=sample.weights[known], minlength=len(found.labels))
    lost = int((valued & (code == -1)).sum()) - sum(outside.values())
    notes = (
        [f"{counted(lost, 'row')} without {' or '.join(pairs.values())} left out of the mix."] if lost else []
    )
    if outside:
        told = ", ".join(f"{' / '.join(label)} {count:,}" for label, count in outside.items())
        notes.append(
            f"Not in the norm and not in the mix: {told} rows; leave them out of the comparison too."
        )
    return np.asarray(total / total.sum(), dtype=float), notes
