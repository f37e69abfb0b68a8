"""Predicted probabilities of every outcome, or predicted values."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice, check_columns
from peerstats._core.frames import frame_like, nw, read_frame, read_numbers, read_words, row_name
from peerstats.engines import as_batches
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.numerics import BLOCK_ROWS
from peerstats.postfit._predict_limits import limited_columns
from peerstats.postfit._response import response
from peerstats.postfit._tidy import is_natural_log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from peerstats.engines import Batches
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array

__all__ = ["predict"]

_KINDS = ("population", "typical", "conditional")
_RETRANSFORMS = ("smearing", "normal")


def predict(
    fit: ModelFit,
    data: Any,
    *,
    strict: bool = True,
    kind: str | None = None,
    intercepts: Mapping[Any, float] | None = None,
    retransform: str | None = None,
    interval: bool = False,
    std_error: bool = False,
) -> Any:
    """Predict the probability of every outcome, or a linear model's outcome, for each row.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    data : frame
        Rows with the variables of the formula's right side, and the offset if the fit has one; a pyarrow
        Dataset or ParquetFile, DuckDB relation or polars LazyFrame is read in batches; a Spark DataFrame is
        read by Spark.
    strict : bool
        Whether a level that the fit has not seen, or a value that is not finite, is an error; else such a
        row has no prediction.
    kind : {"population", "typical", "conditional"}, optional
        For a model with a random intercept: averaged over the groups (the default), in a group whose
        intercept is 0, or in the row's own group.
    intercepts : mapping of group to float, optional
        Intercepts of groups, for "conditional".
    retransform : {"smearing", "normal"}, optional
        Of a linear model of a logarithm the mean in the outcome's own units: exp(x'b) times the mean of the
        exponentiated residuals, or times exp(sigma^2 / 2). None leaves logarithms.
    interval, std_error : bool
        Whether confidence limits and standard errors are asked for.

    Returns
    -------
    frame
        The caller's kind (pyarrow for a DuckDB relation, polars for a LazyFrame; in memory), one row per row
        of `data` in the same order, a pandas index kept. Of a Spark DataFrame, whose rows have no order, the
        data with these columns at their end, worked out when Spark is asked for them. One column per
        outcome level, the base or the lowest first; of a linear model one column, estimate. Null where a
        variable is missing; under `strict` a warning counts such rows.

    Raises
    ------
    InputError
        If a variable is not in the data or, under `strict`, a value cannot be used; if `kind` is given for
        a model without a random intercept, or "conditional" without `intercepts`; if `retransform` is given
        for another model than a linear one of a logarithm, or one with precision weights.

    Notes
    -----
    Averaged over the groups is the mean of logit^-1(x'beta + sigma u) over standard normal u; a linear
    model's is x'beta, as in a group whose intercept is 0.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import predict
    >>> jobs = pd.DataFrame({"job": ["peer", "other", "other", "peer"] * 5, "age": [30, 30, 40, 40] * 5})
    >>> predict(ps.logistic("job ~ age", jobs).fit, pd.DataFrame({"age": [30]})).round(3)
       other  peer
    0    0.5   0.5
    """
    kind = _check_kind(fit, kind)
    if interval or std_error:
        _check_limits(kind, retransform)
    factor = None if retransform is None else _retransform_factor(fit, retransform)

    def work(frame: nw.DataFrame[Any]) -> dict[str, Array]:
        return _predicted(
            fit, frame, intercepts, factor, strict=strict, kind=kind, interval=interval, std_error=std_error
        )

    batches = as_batches(data, "predict")
    if batches is not None:
        return _in_batches(fit, batches, work, strict=strict, kind=kind)
    frame = read_frame(data, "predict")
    columns = work(frame)
    _warn_missing([next(iter(columns.values()))], strict=strict)
    return frame_like(frame, columns)


def _in_batches(
    fit: ModelFit,
    batches: Batches,
    work: Callable[[nw.DataFrame[Any]], dict[str, Array]],
    *,
    strict: bool,
    kind: str | None,
) -> Any:
    """Predict batch by batch; the predictions are in memory, the rows are not."""
    group = None if kind != "conditional" or fit.random is None else fit.random.group
    names = (*fit.design.variables, *(name for name in (fit.offset, group) if name is not None))
    check_columns(names, batches.columns, "predict")
    wanted = tuple(dict.fromkeys(names)) or batches.columns[:1]
    if batches.distant is not None:
        return batches.distant.map_rows(work, wanted, tuple(work(batches.head())))
    made, firsts = [], []
    for start, frame in batches.frames(wanted):
        try:
            columns = work(frame)
        except InputError as error:
            place = f" (rows numbered from row {start:,}{batches.order})"
            raise type(error)(error.problem + place, error.next_step) from error
        firsts.append(next(iter(columns.values())))
        made.append(nw.from_native(frame_like(frame, columns), eager_only=True))
    if not made:
        raise InputError("predict(): the data have no rows.", "Check that no filter removed everybody.")
    _warn_missing(firsts, strict=strict)
    return nw.concat(made).to_native()


def _predicted(
    fit: ModelFit,
    frame: nw.DataFrame[Any],
    intercepts: Mapping[Any, float] | None,
    factor: float | None,
    *,
    strict: bool,
    kind: str | None,
    interval: bool,
    std_error: bool,
) -> dict[str, Array]:
    """Return the columns of predictions of the rows of a frame."""
    coded = fit.design.code(frame, "predict", strict=strict)
    offset = None if fit.offset is None else _read_offset(frame, fit.offset)
    if kind == "conditional":
        own = _own_intercepts(fit, frame, intercepts, strict=strict)
        offset = own if offset is None else offset + own
    n = len(frame)
    if interval or std_error:
        typical = kind == "typical"
        return limited_columns(fit, coded, offset, n, typical=typical, interval=interval, std_error=std_error)
    expected = response(fit, typical=kind != "population")
    out = np.empty((len(expected.names), n))
    layout = fit.design.layout()
    for start in range(0, n, BLOCK_ROWS):
        rows = slice(start, min(start + BLOCK_ROWS, n))
        x = layout.matrix(coded, rows.start, rows.stop)
        out[:, rows] = expected.at(x, None if offset is None else offset[rows]).value
    if factor is not None:
        out = np.exp(out) * factor
    return dict(zip(expected.names, out, strict=True))


def _check_limits(kind: str | None, retransform: str | None) -> None:
    """Refuse errors of what has further errors of its own."""
    if kind == "conditional":
        raise InputError(
            "predict(): errors of kind='conditional', whose intercepts are predictions themselves.",
            'Take kind="population", or leave interval= and std_error= out.',
        )
    if retransform is not None:
        raise InputError(
            f"predict(): errors of retransform={retransform!r}, whose factor is estimated too.",
            "Leave retransform= out and exponentiate the limits: they are those of the geometric mean.",
        )


def _retransform_factor(fit: ModelFit, retransform: str) -> float:
    """Return what exponentiated predictions are multiplied by to be means."""
    check_choice(retransform, _RETRANSFORMS, "retransform", "predict")
    if fit.sigma is None or fit.random is not None or not is_natural_log(fit.outcome):
        raise InputError(
            f"predict(): retransform={retransform!r} is for linear() of a logarithm; this is {fit.model}() "
            f"of {fit.outcome!r}.",
            "Leave retransform= out.",
        )
    if fit.smearing is None:
        raise InputError(
            f"predict(): retransform={retransform!r} with precision weights: rows differ in the spread of "
            "their errors, so no one factor makes means of them.",
            "Leave retransform= out, or model the outcome itself.",
        )
    return fit.smearing if retransform == "smearing" else float(np.exp(fit.sigma**2 / 2))


def _warn_missing(parts: Sequence[Array], *, strict: bool) -> None:
    """Count the rows that have no prediction; those of the fit's own data were counted when it was made."""
    n_lost = sum(int(np.isnan(values).sum()) for values in parts) if strict else 0
    if n_lost:
        warnings.warn(
            f"predict(): {n_lost:,} of {sum(map(len, parts)):,} rows have a missing value and no prediction.",
            PeerstatsWarning,
            stacklevel=4,
        )


def _check_kind(fit: ModelFit, kind: str | None) -> str | None:
    """Return which prediction is meant; None for a model without groups."""
    if fit.random is not None:
        return check_choice(kind or "population", _KINDS, "kind", "predict")
    if kind is not None:
        raise InputError(
            f"predict(): kind={kind!r}, but {fit.model}() has no random intercept.", "Leave kind= out."
        )
    return None


def _own_intercepts(
    fit: ModelFit, frame: nw.DataFrame[Any], intercepts: Mapping[Any, float] | None, *, strict: bool
) -> Array:
    """Return the intercept of each row's group; NaN where the group is missing."""
    if fit.random is None or intercepts is None:
        raise InputError(
            "predict(): kind='conditional' needs the rows of the fit, which a record does not hold.",
            'Ask the result that the model returned, or take kind="population".',
        )
    name = fit.random.group
    check_columns([name], frame.columns, "predict", use="group column")
    codes, levels = read_words(frame, name)
    own = np.array([intercepts.get(level, np.nan) for level in levels] + [np.nan])  # -1 is a missing group
    unknown = np.array([level not in intercepts for level in levels] + [False])[codes]
    if strict and unknown.any():
        first = int(np.flatnonzero(unknown)[0])
        raise InputError(
            f"predict(): {name} {levels[codes[first]]!r} in {row_name(frame, first)} is no group of the fit "
            f"({int(unknown.sum()):,} such rows).",
            'Of a new group only kind="population" and kind="typical" can be told.',
        )
    values: Array = own[codes]
    return values


def _read_offset(frame: nw.DataFrame[Any], name: str) -> Array:
    check_columns([name], frame.columns, "predict", use="offset column")
    return read_numbers(frame, [name], "predict", use="offset column")[:, 0]
