"""Set the mean of a column beside benchmarks."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice, check_columns, check_conf_level
from peerstats._core.frames import read_frame, read_numbers, read_words, row_name, tidy_backend
from peerstats._core.weights import read_weights
from peerstats.comparison._gap import Gap, gap
from peerstats.comparison._likeness import likeness_notes
from peerstats.comparison._result import ComparisonResult
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.norms import Benchmark, get_norm
from peerstats.numerics import mean_estimate
from peerstats.scoring import ScoreResult

if TYPE_CHECKING:
    from peerstats._core.frames import nw
    from peerstats.typing import Array, BoolArray

__all__ = ["as_benchmarks", "benchmark_notes", "compare"]


def as_benchmarks(benchmark: Benchmark | str | Sequence[Benchmark | str], call: str) -> tuple[Benchmark, ...]:
    """Return one or several benchmarks of means, each given as a record or as a norm's key."""
    given: Sequence[Any] = (
        benchmark if isinstance(benchmark, Sequence) and not isinstance(benchmark, str) else [benchmark]
    )
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", PeerstatsWarning
        )  # an unconfirmed norm is warned of by the caller's call
        found = tuple(get_norm(each) if isinstance(each, str) else each for each in given)
    if not found:
        raise InputError(f"{call}(): benchmark= is empty.", "Give at least one benchmark.")
    for each in found:
        if not isinstance(each, Benchmark):
            raise InputError(
                f"{call}(): {each!r} is not a benchmark.",
                "Make one with benchmark(value=..., std_error=...), get_norm(...) or oews(...).",
            )
        if each.statistic != "mean":
            raise InputError(
                f"{call}(): {each.key!r} is a {each.statistic}, and this call compares means.",
                "Ask for the mean, for example oews(..., statistic='mean').",
            )
    return found


def benchmark_notes(benchmarks: Sequence[Benchmark]) -> tuple[str, ...]:
    """Say of each benchmark what it is; what all of them share is said once."""

    def parts(each: Benchmark) -> list[str]:
        return [text for text in (each.population, each.date, each.form, each.source, *each.notes) if text]

    shared = [text for text in parts(benchmarks[0]) if all(text in parts(each) for each in benchmarks)]
    own = {each.key: [text for text in parts(each) if text not in shared] for each in benchmarks}
    if len(own) == 1:
        return (f"{benchmarks[0].key}: {_sentence(shared)}",)
    return (*(f"{key}: {_sentence(texts)}" for key, texts in own.items()), f"All: {_sentence(shared)}")


def _sentence(texts: Sequence[str]) -> str:
    """Join facts and whole sentences."""
    joined = "".join(text + (" " if text.endswith(".") else "; ") for text in texts)
    return joined.rstrip("; ").rstrip(".") + "."


def _domains(frame: nw.DataFrame[Any], by: str | None) -> tuple[list[tuple[str, BoolArray]], int]:
    """Return each group's name and rows, and how many rows belong to none."""
    if by is None:
        return [("all", np.ones(len(frame), dtype=bool))], 0
    check_columns([by], frame.columns, "compare", use="grouping column")
    codes, levels = read_words(frame, by)
    return [(str(level), codes == i) for i, level in enumerate(levels)], int((codes < 0).sum())


def _values(frame: nw.DataFrame[Any], column: str) -> Array:
    check_columns([column], frame.columns, "compare")
    values = read_numbers(frame, [column], "compare")[:, 0]
    if np.isinf(values).any():
        row = int(np.argmax(np.isinf(values)))
        raise InputError(
            f"compare(): column {column!r} is infinite in {row_name(frame, row)} "
            f"({int(np.isinf(values).sum())} such values).",
            "Recode it to null if the value is missing.",
        )
    return values


def compare(
    data: Any,
    column: str,
    benchmark: Benchmark | str | Sequence[Benchmark | str],
    *,
    by: str | None = None,
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency"] = "sampling",
    form: str | None = None,
    benchmark_error: Literal["include", "ignore"] = "include",
    conf_level: float = 0.95,
) -> ComparisonResult:
    """Set the mean of a column beside one or several benchmarks, the benchmark's own error included.

    Parameters
    ----------
    data : frame or ScoreResult
        One row a respondent. A `ScoreResult` brings the caller's frame, its scores and their form.
    column : str
        The column, in the benchmark's unit. Amounts are taken as they stand: nothing is deflated.
    benchmark : Benchmark, str or sequence of these
        What to compare with: `oews(...)`, `get_norm(...)` or its key, `benchmark(...)`.
    by : str, optional
        Column of groups; each is compared apart. Rows without a group are counted and left out.
    weights : str, optional
        Column of weights.
    weight_kind : {"sampling", "frequency"}
        What the weights mean. Frequency weights equal rows repeated.
    form : str, optional
        The form of the sample's measure, such as "5 items"; a benchmark of another form is pointed out.
    benchmark_error : {"include", "ignore"}
        Whether the benchmark's own standard error is in the limits and tests, or the benchmark counts as a
        fixed number.
    conf_level : float
        Confidence level, a fraction.

    Returns
    -------
    ComparisonResult
        One row for each group and benchmark.

    Raises
    ------
    InputError
        If a column is missing or holds text, weights are negative or missing, the benchmark is no mean, or it
        holds scores of another instrument or scale, or sums against means.

    Warns
    -----
    PeerstatsWarning
        If the sample's form is known and is not the benchmark's, or the benchmark is unconfirmed.

    Notes
    -----
    With sample mean m, its standard error SE_m, and a benchmark B with standard error SE_B, the difference is
    m - B, its standard error sqrt(SE_m^2 + SE_B^2), and its degrees of freedom are Welch and Satterthwaite's
    with the benchmark's taken as infinite unless its n is known. The limits of the ratio m / B are
    exp(ln(m / B) -+ t sqrt((SE_m / m)^2 + (SE_B / B)^2)). With ``benchmark_error="ignore"``, SE_B = 0: R's
    ``t.test(x, mu = B)``. With weights SE_m is linearised over the full sample, as R's ``svyttest`` does.

    A benchmark drawn from a population that contains the sample has a small positive covariance with it,
    which makes the test conservative.

    References
    ----------
    .. [1] Census Bureau, American Community Survey: instructions for applying statistical testing.
    .. [2] Welch (1947), Biometrika 34(1-2), 28-35.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"wage": [16.0, 17.5, 19.0, 15.5, 18.0, 21.0]})
    >>> gap = ps.compare(jobs, "wage", ps.oews("21-1093", year=2020))
    >>> gap.tidy()[["estimate", "benchmark_value", "difference"]].round(2).iloc[0].tolist()
    [17.83, 18.38, -0.55]
    """
    check_choice(benchmark_error, ("include", "ignore"), "benchmark_error", "compare")
    check_choice(weight_kind, ("sampling", "frequency"), "weight_kind", "compare")
    conf_level = check_conf_level(conf_level, "compare")
    benchmarks = as_benchmarks(benchmark, "compare")
    scored = data if isinstance(data, ScoreResult) else None
    frame = read_frame(scored.attach() if scored is not None else data, "compare")
    values = _values(frame, column)
    domains, no_group = _domains(frame, by)
    w = None if weights is None else read_weights(frame, weights, weight_kind, "compare")
    # a weight of zero takes a row out of the sample
    counted = np.ones(len(frame), dtype=bool) if w is None else w > 0
    known = ~np.isnan(values) & counted
    kind = "none" if w is None else weight_kind
    if not known.any():
        raise InputError(f"compare(): column {column!r} has no value.", "Check the column and the weights.")
    empty = [(name, int((rows & counted).sum())) for name, rows in domains if not (rows & known).any()]
    gaps: list[Gap] = []
    for name, rows in domains:
        if not (rows & known).any():
            continue
        sample = mean_estimate(
            values[counted], None if w is None else w[counted], kind, (rows & known)[counted]
        )
        missing = int((rows & counted & ~known).sum())
        gaps += [
            gap(
                sample,
                each,
                group=name,
                n_missing=missing,
                include_error=benchmark_error == "include",
                conf_level=conf_level,
            )
            for each in benchmarks
        ]
    return ComparisonResult(
        column=column,
        gaps=tuple(gaps),
        benchmark_error=benchmark_error,
        weight_kind=kind,
        conf_level=conf_level,
        lines=(
            *_lines(known, counted, no_group, column, by, weights, kind),
            *(f"no value in group {name!r} ({count:,} rows)" for name, count in empty),
        ),
        notes=(*likeness_notes(scored, column, form, benchmarks), *benchmark_notes(benchmarks)),
        backend=tidy_backend(frame),
    )


def _lines(
    known: BoolArray,
    counted: BoolArray,
    no_group: int,
    column: str,
    by: str | None,
    weights: str | None,
    kind: str,
) -> tuple[str, ...]:
    """Say which rows are used, which are not and why, and what the weights are."""
    dropped = [
        (int((counted & ~known).sum()), f"{column} missing"),
        (int((~counted).sum()), "weight zero"),
        (no_group, f"{by} missing"),
    ]
    told = ", ".join(f"{count:,} {why}" for count, why in dropped if count)
    lines = [f"{int(known.sum()):,} of {len(known):,} rows with a value" + (f" ({told})" if told else "")]
    lines.append("no weights" if weights is None else f"{kind} weights {weights}")
    return tuple(lines)
