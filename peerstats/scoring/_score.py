"""Score a questionnaire."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from peerstats._core.frames import read_frame
from peerstats.errors import PeerstatsWarning
from peerstats.instruments import Instrument, as_instrument
from peerstats.scoring._answers import coding_note, read_answers
from peerstats.scoring._evaluate import evaluate
from peerstats.scoring._groups import GroupSpec, read_groups
from peerstats.scoring._plan import MissingRule, compile_plan, item_columns
from peerstats.scoring._result import ScoreResult
from peerstats.scoring._words import words_to_codes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["score"]


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
) -> ScoreResult:
    """Score the scales of one instrument.

    Parameters
    ----------
    data : frame
        One row a respondent: pandas, polars or pyarrow.
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

    Returns
    -------
    ScoreResult
        `.scores`, `.attach()`, `.report()`, and the printed summary.

    Raises
    ------
    InputError
        If an item column is missing, an answer is an unknown word or out of range, a scoring group is
        unknown, or the method is not the instrument's.

    Warns
    -----
    PeerstatsWarning
        If the instrument's key is unconfirmed.

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
    frame = read_frame(data, "score")
    columns = item_columns(items, inst, frame.columns)
    plan = compile_plan(
        inst,
        columns=columns,
        method=method,
        order=order,
        min_answered=min_answered,
        coded_from=coded_from,
        missing_codes=missing_codes,
    )
    groups = read_groups(frame, inst, age=age, age_group=age_group, mode=mode)
    answers = read_answers(words_to_codes(frame, plan, labels), plan)
    notes = inst.notes + coding_note(plan, answers, declared=coded_from is not None)
    if not inst.confirmed:
        said = f"The key of {inst.key!r} is not confirmed. To confirm it, {inst.confirm}."
        warnings.warn(f"score(): {said}", PeerstatsWarning, stacklevel=2)
        notes = (said, *notes)
    return ScoreResult(
        plan=plan,
        scales=evaluate(plan, answers, groups),
        notes=notes,
        n=len(answers),
        frame=frame,
        labels=labels,
    )
