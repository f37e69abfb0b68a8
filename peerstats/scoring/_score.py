"""Score a questionnaire."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Required, TypedDict, Unpack, overload

from peerstats._core.frames import nw, read_frame
from peerstats._core.lazy_frames import is_lazy, read_lazy_frame
from peerstats.engines import as_relation
from peerstats.errors import PeerstatsWarning
from peerstats.instruments import Instrument, as_instrument
from peerstats.results import with_codebook
from peerstats.scoring._answers import coding_note
from peerstats.scoring._codes import read_codes
from peerstats.scoring._evaluate import evaluate
from peerstats.scoring._groups import GroupSpec, read_groups
from peerstats.scoring._lazy import score_lazy
from peerstats.scoring._plan import MissingRule, compile_plan, item_columns
from peerstats.scoring._result import ScoreResult
from peerstats.scoring._words import words_to_codes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats._core.lazy_frames import LazyRows
    from peerstats.scoring._lazy_result import LazyScoreResult

__all__ = ["score"]


class _How(TypedDict, total=False):
    """The keywords of `score`, for its two kinds of result."""

    items: Required[str | Sequence[str] | Mapping[object, str]]
    method: str | None
    order: str | None
    min_answered: MissingRule | None
    age: str | None
    age_group: GroupSpec | None
    mode: GroupSpec | None
    coded_from: int | None
    missing_codes: Sequence[float | str]
    labels: Mapping[str, int] | None
    bands: bool


@overload
def score(data: LazyRows, instrument: str | Instrument, **how: Unpack[_How]) -> LazyScoreResult: ...
@overload
def score(data: Any, instrument: str | Instrument, **how: Unpack[_How]) -> ScoreResult: ...
def score(
    data: Any,
    instrument: str | Instrument,
    *,
    items: str | Sequence[str] | Mapping[object, str],
    method: str | None = None,
    order: str | None = None,
    min_answered: MissingRule | None = None,
    age: str | None = None,
    age_group: GroupSpec | None = None,
    mode: GroupSpec | None = None,
    coded_from: int | None = None,
    missing_codes: Sequence[float | str] = (),
    labels: Mapping[str, int] | None = None,
    bands: bool = False,
) -> ScoreResult | LazyScoreResult:
    """Score the scales of one instrument.

    Parameters
    ----------
    data : frame
        One row a respondent: pandas, polars or pyarrow; or a polars LazyFrame, DuckDB relation or Spark
        DataFrame, which is scored in its engine; or a pyarrow Dataset, whose files DuckDB reads.
    instrument : str or Instrument
        The instrument or its key (`list_instruments`).
    items : str, sequence of str or mapping
        The item columns: a pattern in which `{}` stands for the item number ("mbi_{}"), the columns in
        item order, or a mapping from item to column.
    method : {"mean", "sum", "lookup", "irt"}, optional
        How to form the score. Must be chosen where the instrument has two conversions.
    order : str, optional
        The items' numbering by name, where several are in circulation ("english", "biopsykit").
    min_answered : int, float, "all" or mapping, optional
        Answers that a mean or sum needs: a count, a share of the items between 0 and 1, or "all"; a mapping
        gives each scale its own. By default the instrument's own rule.
    age : str, optional
        Column of ages in years, for an instrument that is scored by age group.
    age_group : str or (str, mapping), optional
        Instead of `age`: one group for everybody ("18-61"), a column that holds the groups, or a column and a
        mapping of its values to groups.
    mode : str or (str, mapping), optional
        Mode of administration, given in the same ways: "self" or "interviewer".
    coded_from : int, optional
        The file's lowest answer code, where it is not the instrument's (1 for a 0-4 scale coded 1-5).
    missing_codes : sequence of float or str
        Codes, or words, in the item columns that mean "no answer".
    labels : mapping of str to int, optional
        Words of the answers and their codes, for files in other words than the instrument's own; letter
        case and spacing are ignored.
    bands : bool
        Whether to name the published band of each score (CFPB: very low to very high). Their edges are
        unconfirmed, which is said.

    Returns
    -------
    ScoreResult or LazyScoreResult
        `.scores`, `.attach()`, `.report()`, and the printed summary; for a lazy frame `.scores` and
        `.attach()` are queries of its engine, for a Dataset of DuckDB.

    Raises
    ------
    InputError
        If an item column is missing, an answer is an unknown word or out of range, a scoring group is
        unknown, or the method is not the instrument's.

    Warns
    -----
    PeerstatsWarning
        If the instrument's key, or the edges of the bands asked for, are unconfirmed.

    Notes
    -----
    *mean*: the mean of a scale's answered items after reversal, low + high - answer for reverse-keyed items,
    where at least `min_answered` are answered. *sum*: that mean times the number of items. *lookup*: the
    published score of the raw total; incomplete forms are withheld. *irt*: 50 + 15 x EAP of the bifactor
    graded response model, rounded to the nearest whole number as published, for any pattern with at least
    one answer; its error is the posterior standard deviation of the pattern x 15. The standard error of a
    look-up score is the posterior standard deviation given the sum (Lord and Wingersky 1984) x 15.

    For *irt* this is Stata's ``pfwb``; for *mean* it is psych's
    ``scoreItems(keys, x, missing = FALSE, min = low, max = high)``.
    With the 2016 National Financial Well-Being Survey, *irt* gives the published score of all 6,389 scored
    respondents; *lookup* agrees for 16 % of them, because everyone with the same total gets one score.

    References
    ----------
    .. [1] Consumer Financial Protection Bureau (2017), CFPB Financial Well-Being Scale: Scale development
       technical report.
    .. [2] Lord and Wingersky (1984), Applied Psychological Measurement 8(4), 453-461.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> answers = pd.DataFrame({f"fwb_{i}": [2, 4] for i in range(1, 11)} | {"age": [40, 70]})
    >>> result = ps.score(answers, "cfpb_fwb_10", items="fwb_{}", age="age", mode="self", method="irt")
    >>> result.scores["financial_well_being"].tolist()
    [49.0, 34.0]
    """
    inst = as_instrument(instrument, "score")
    data = as_relation(data, "score")
    frame = read_lazy_frame(data, "score") if is_lazy(data) else read_frame(data, "score")
    plan = compile_plan(
        inst,
        columns=item_columns(items, inst, frame.collect_schema().names()),
        method=method,
        order=order,
        min_answered=min_answered,
        coded_from=coded_from,
        missing_codes=missing_codes,
        bands=bands,
    )
    notes, declared = inst.notes, coded_from is not None
    if not inst.confirmed:
        said = f"The key of {inst.key!r} is not confirmed. To confirm it, {inst.confirm}."
        warnings.warn(f"score(): {said}", PeerstatsWarning, stacklevel=2)
        notes = (said, *notes)
    if plan.bands is not None and not plan.bands.confirmed:
        said = f"The bands of {inst.key!r} are not confirmed: {plan.bands.confirm}."
        warnings.warn(f"score(): {said}", PeerstatsWarning, stacklevel=2)
        notes = (said, *notes)
    if isinstance(frame, nw.LazyFrame):
        return score_lazy(
            frame, plan, age=age, age_group=age_group, mode=mode, declared=declared, notes=notes
        )
    groups = read_groups(frame, inst, age=age, age_group=age_group, mode=mode)
    codes = read_codes(words_to_codes(frame, plan, labels), plan)
    result = ScoreResult(
        plan=plan,
        scales=evaluate(plan, codes, groups),
        notes=notes + coding_note(plan, codes, declared=declared),
        n=len(codes),
        frame=frame,
        labels=labels,
        groups=groups,
    )
    return with_codebook(result, data)
