"""Signs of careless answering."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import read_frame, row_name
from peerstats._core.words import counted
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.instruments import Instrument, as_instrument
from peerstats.numerics import (
    even_odd,
    mahalanobis,
    pairwise_moments,
    row_correlation,
    row_sd,
    runs,
    same_answers,
)
from peerstats.results import with_codebook
from peerstats.scoring._quality_items import QualityItems, ad_hoc_items, instrument_items, plan_items
from peerstats.scoring._quality_result import QualityResult
from peerstats.scoring._quality_rules import read_thresholds
from peerstats.scoring._result import ScoreResult
from peerstats.scoring._waves import read_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats._core.frames import nw
    from peerstats.typing import Array, IntArray

__all__ = ["response_quality"]

_CALL = "response_quality"
_STRAIGHT = 3  # answers that a straight line needs: two are equal too often
_PAIRS = 3  # a correlation of two points says nothing
_NOTES = (
    "Even-odd uses the answers after reversal; every other index uses them as given.",
    "Thresholds are rules of thumb, not tests; a flag is a reason to look, and nobody was left out.",
    "Someone at the floor or the ceiling of every scale gives one long string in good faith.",
)


def _find_pairs(
    given: Array, pair_correlation: float
) -> tuple[tuple[str, ...], IntArray, Array, dict[str, Array]]:
    """Find the item pairs beyond the correlation, and correlate each person's answers to them."""
    _, _, r = pairwise_moments(given)
    first, second = np.triu_indices(given.shape[1], 1)
    values = np.nan_to_num(r[first, second])
    kinds: list[str] = []
    places: list[IntArray] = []
    strengths: list[Array] = []
    scores: dict[str, Array] = {}
    for kind, strength in (("synonyms", values), ("antonyms", -values)):
        found = np.flatnonzero(strength > pair_correlation)
        found = found[np.argsort(-strength[found], kind="stable")]
        kinds += [kind] * len(found)
        places.append(np.column_stack([first[found], second[found]]))
        strengths.append(values[found])
        # each pair's earlier item stands on the same side, as in careless
        scores[kind] = row_correlation(given[:, first[found]], given[:, second[found]])
    return tuple(kinds), np.concatenate(places), np.concatenate(strengths), scores


def _seconds(frame: nw.DataFrame[Any], column: str, timed_items: int) -> Array:
    seconds = read_column(frame, column, _CALL, use="seconds")
    if (seconds < 0).any():
        row = int(np.argmax(seconds < 0))
        raise InputError(
            f"{_CALL}(): seconds column {column!r} holds {seconds[row]:g} in {row_name(frame, row)}.",
            "Times are zero or positive; leave the cell empty where there is none.",
        )
    return seconds / timed_items


def _check_numbers(pair_correlation: float, timed_items: int | None, seconds: str | None) -> None:
    if not 0 < pair_correlation < 1:
        raise InputError(
            f"{_CALL}(): pair_correlation={pair_correlation!r} is not between 0 and 1.",
            "Give the correlation beyond which two items are a pair, such as 0.60.",
        )
    if timed_items is not None and (seconds is None or timed_items < 1):
        raise InputError(
            f"{_CALL}(): timed_items={timed_items!r} cannot be used"
            f"{' without seconds=' if seconds is None else ''}.",
            "Name the column of seconds, and how many items its time covers.",
        )


def _refuse(given: dict[str, Any], why: str) -> None:
    odd = next((name for name, value in given.items() if value is not None and value != ()), None)
    if odd is not None:
        raise InputError(
            f"{_CALL}(): {odd}= is given, and {why}.",
            "With an instrument: order=, coded_from=, labels=. With columns alone: reverse=, low=, high=. "
            "With scores: none of these.",
        )


def _read_items(
    data: Any,
    instrument: str | Instrument | None,
    of_instrument: dict[str, Any],
    of_columns: dict[str, Any],
    shared: dict[str, Any],
) -> tuple[nw.DataFrame[Any], QualityItems]:
    """Read the items, and stop at arguments of another way of naming them."""
    if isinstance(data, ScoreResult):
        everything = {"instrument": instrument, **of_instrument, **of_columns, **shared}
        _refuse(everything, "the scores bring their own")
        return data.frame, plan_items(data.frame, data.plan, labels=data.labels, declared=True)
    frame = read_frame(data, _CALL)
    if instrument is None:
        _refuse(of_instrument, "no instrument is named")
        return frame, ad_hoc_items(frame, **of_columns, **shared)
    _refuse(of_columns, "the instrument has its own key")
    return frame, instrument_items(frame, as_instrument(instrument, _CALL), **of_instrument, **shared)


def _reasons(items: QualityItems, kinds: tuple[str, ...], problem: str | None) -> tuple[str, ...]:
    """Say which indices nobody has, and why."""
    halved = sum(len(places) > 1 for places in items.scales.values())
    said = []
    if halved < _PAIRS:
        said.append(
            f"even-odd not computed: it needs three scales of two items or more, and there are {halved}"
        )
    said += [
        f"{kind} not computed: it needs three pairs of items, and there are {kinds.count(kind)}"
        for kind in ("synonyms", "antonyms")
        if kinds.count(kind) < _PAIRS
    ]
    if problem is not None:
        said.append(f"Mahalanobis distance not computed: {problem}")
    return tuple(said)


def response_quality(
    data: Any,
    instrument: str | Instrument | None = None,
    *,
    items: str | Sequence[str] | Mapping[Any, Any] | None = None,
    order: str | None = None,
    coded_from: int | None = None,
    missing_codes: Sequence[float | str] = (),
    labels: Mapping[str, int] | None = None,
    reverse: Sequence[str] = (),
    low: float | None = None,
    high: float | None = None,
    seconds: str | None = None,
    timed_items: int | None = None,
    pair_correlation: float = 0.60,
    thresholds: Mapping[str, float | None] | None = None,
) -> QualityResult:
    """Compute signs of careless answering for each respondent; nobody is left out.

    Parameters
    ----------
    data : frame or ScoreResult
        One row a respondent: pandas, polars or pyarrow. Scores bring their own rows, items and coding.
    instrument : str or Instrument, optional
        The instrument or its key; without one `items` names columns.
    items : str, sequence of str or mapping, optional
        With an instrument as in `score`. Without: the item columns in the order in which they were asked, or
        a mapping of scales to their columns; runs then follow the order of the columns in the data.
    order : str, optional
        The items' numbering, where several are in circulation.
    coded_from : int, optional
        The file's lowest answer code, where it is not the instrument's.
    missing_codes : sequence of float or str
        Codes, or words, that mean "no answer".
    labels : mapping of str to int, optional
        Words of the answers and their codes.
    reverse : sequence of str
        Without an instrument: the reverse-keyed columns.
    low, high : float, optional
        Without an instrument: the lowest and highest possible answer; needed with `reverse`.
    seconds : str, optional
        Column of the time that the items took, in seconds.
    timed_items : int, optional
        How many items that time covers; by default the items of this call.
    pair_correlation : float
        Correlation in the sample beyond which two items are synonyms, or below its negative antonyms.
    thresholds : mapping of str to float or None, optional
        Thresholds by index in place of the defaults below; None flags nobody.

    Returns
    -------
    QualityResult
        `.indices`, `.flags`, `.attach()`, `.pairs()`, and `.tidy()` with every threshold.

    Raises
    ------
    InputError
        If an item column is missing or holds what is no answer, a time is negative, or a threshold names no
        index.

    Warns
    -----
    PeerstatsWarning
        If the instrument's key is unconfirmed.

    Notes
    -----
    ================  ==================  ============  =================================================
    index             flagged             answers       what it is
    ================  ==================  ============  =================================================
    longstring        >= half the items   as given      longest run of equal answers side by side
    average_string    (no default)        as given      mean length of the runs
    irv               (no default)        as given      SD (divisor answers - 1) over all items
    straight_lined    >= 1                as given      share of scales, of those with three answers or
                                                        more, in which every answer is the same
    even_odd          < .30               reversed      2 r / (1 + r), at least -1; r over scales between
                                                        the means of 1st, 3rd, ... and 2nd, 4th, ... items
    synonyms          < 0                 as given      r over the pairs of items that correlate above
                                                        `pair_correlation` in the sample
    antonyms          > 0                 as given      the same for pairs below minus `pair_correlation`
    mahalanobis       p < .001            as given      squared distance from the item means; p by
                                                        chi-square on the items answered
    seconds_per_item  < 2                               `seconds` over the number of items
    ================  ==================  ============  =================================================

    The defaults are rules of thumb that users of these indices share, not results; with fewer than ten items
    longstring has none. Two of them are ours: a person's correlation of the wrong sign (synonyms, antonyms),
    and every scale straight-lined. They stand in `tidy` and in the printed table.

    Honest people are flagged too: of simulated people, who all answer in earnest, some in a hundred have an
    even-odd consistency below .30, and where all pairs belong to one scale many more have a correlation of
    the wrong sign.

    *Missing answers.* A missing answer ends a run and is none. The others use what was answered: even-odd
    needs three scales with both halves, synonyms and antonyms three complete pairs; where a side does not
    vary there is no correlation. Mahalanobis takes means from all who answered an item, covariances pairwise,
    and each person's distance over the items answered. A person without any answer has null for every index
    of the answers, never 0, and no flag.

    *R.* These are careless 1.2's ``longstring(x, avg = TRUE)``, ``irv``, ``psychsyn(critval = .60,
    resample_na = FALSE)`` and ``psychant``, and minus its ``evenodd`` (version 1.2 turned the sign, so that
    careless people are high). ``mahad`` equals ours with complete answers; it takes missing answers as
    average, which gives people who answered little a small distance. careless gives even-odd for two scales,
    where it is always 1 or -1; here three are needed. R's ``rle`` counts a missing answer as a run.

    References
    ----------
    .. [1] Meade and Craig (2012), Identifying careless responses in survey data, Psychological Methods 17(3),
       437-455.
    .. [2] Curran (2016), Methods for the detection of carelessly invalid responses in survey data, Journal of
       Experimental Social Psychology 66, 4-19.
    .. [3] Yentes and Wilhelm (2023), careless: procedures for computing indices of careless responding, R
       package 1.2.2.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(300, rng=1).data
    >>> quality = ps.response_quality(people, "mbi_gs", items="mbi_{}")
    >>> quality.tidy()[["index", "threshold", "n_flagged"]].head(1)
            index  threshold  n_flagged
    0  longstring        8.0  ...
    """
    _check_numbers(pair_correlation, timed_items, seconds)
    frame, read = _read_items(
        data,
        instrument,
        {"order": order, "coded_from": coded_from, "labels": labels},
        {"reverse": tuple(reverse), "low": low, "high": high},
        {"items": items, "missing_codes": tuple(missing_codes)},
    )
    unconfirmed = [note for note in read.notes if "not confirmed" in note]
    if unconfirmed:
        warnings.warn(f"{_CALL}(): {unconfirmed[0]}", PeerstatsWarning, stacklevel=2)
    rules = read_thresholds(thresholds, len(read.names), timed=seconds is not None)
    scales = list(read.scales.values())
    longest, average = runs(read.given)
    distance = mahalanobis(read.given)
    kinds, places, strengths, scores = _find_pairs(read.given, pair_correlation)
    indices = {
        "longstring": longest,
        "average_string": average,
        "irv": row_sd(read.given),
        "straight_lined": same_answers(read.given, scales, _STRAIGHT),
        "even_odd": even_odd(read.keyed, scales),
        **scores,
        "mahalanobis": distance.squared,
        "mahalanobis_p": distance.p_value,
    }
    if seconds is not None:
        indices["seconds_per_item"] = _seconds(frame, seconds, timed_items or len(read.names))
    n_pairs = kinds.count("synonyms"), kinds.count("antonyms")
    none_answered = int(np.isnan(read.given).all(axis=1).sum())
    result = QualityResult(
        frame=frame,
        items=read,
        indices_by_name=indices,
        rules=rules,
        pair_index=kinds,
        pair_items=places,
        pair_r=strengths,
        pair_correlation=pair_correlation,
        lines=(
            f"{counted(len(read.given), 'respondent')}, {none_answered:,} without any answer; unweighted",
            read.line,
            f"pairs with |r| > {pair_correlation:g}: {n_pairs[0]} of synonyms, {n_pairs[1]} of antonyms",
            *_reasons(read, kinds, distance.problem),
        ),
        notes=(*read.notes, *_NOTES),
    )
    return with_codebook(result, data)
