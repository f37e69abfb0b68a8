"""Like with like: instrument, scale, method and form of the sample and of the benchmarks."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from peerstats.errors import InputError, PeerstatsWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.norms import Benchmark
    from peerstats.scoring import ScoreResult

__all__ = ["likeness_notes"]

_CONVERSIONS = ("lookup", "irt")  # both are on the published metric; means and sums are not on each other's


def _family(key: str) -> str:
    """Return the part that forms of one questionnaire share: 'cfpb' of 'cfpb_fwb_10'."""
    return key.partition("_")[0]


def _check_scale(scored: ScoreResult, column: str, each: Benchmark, call: str) -> None:
    own = scored.plan.instrument
    if each.instrument is not None and _family(each.instrument) != _family(own.key):
        raise InputError(
            f"{call}(): {each.key!r} holds scores of {each.instrument!r}, the sample of {own.key!r}.",
            "Choose a benchmark of the same instrument.",
        )
    if each.scale is not None and each.scale != column:
        raise InputError(
            f"{call}(): {each.key!r} holds scores of the scale {each.scale!r}, the sample of {column!r}.",
            f"Choose the benchmark of that scale: get_norm(..., scale={column!r}).",
        )
    method = scored.plan.method
    if each.method not in (None, method) and not {each.method, method} <= set(_CONVERSIONS):
        raise InputError(
            f"{call}(): {each.key!r} holds scores by {each.method}, the sample's are by {method}.",
            f"Score with method={each.method!r}.",
        )


def _different_form(
    scored: ScoreResult | None, column: str, form: str | None, each: Benchmark, call: str
) -> str | None:
    if scored is not None and column in scored.scales and each.instrument is not None:
        _check_scale(scored, column, each, call)
        own = scored.plan.instrument
        if each.instrument != own.key:
            return (
                f"Not the same form: the sample's scores are of {own.key} ({own.form}), those of {each.key} "
                f"of {each.instrument} ({each.form})."
            )
    elif form is not None and each.form and form != each.form:
        return f"Not the same form: sample {form!r}, {each.key} {each.form!r}."
    return None


def likeness_notes(
    scored: ScoreResult | None,
    column: str,
    form: str | None,
    benchmarks: Sequence[Benchmark],
    *,
    call: str = "compare",
    stacklevel: int = 3,
) -> tuple[str, ...]:
    """Say where sample and benchmark are not measured alike, or a benchmark is unconfirmed.

    Parameters
    ----------
    scored : ScoreResult or None
        Where the sample's scores come from, if that is known.
    column : str
        What is compared.
    form : str or None
        The form of the sample's measure, as the caller states it.
    benchmarks : sequence of Benchmark
        What it is compared with.
    call : str
        The public call, for the warning.
    stacklevel : int
        How far up the caller of it stands.

    Returns
    -------
    tuple of str
        Notes; the first is also given as one warning.

    Raises
    ------
    InputError
        If the benchmark holds scores of another instrument or scale, or means against sums.
    """
    told = [
        note for each in benchmarks if (note := _different_form(scored, column, form, each, call)) is not None
    ]
    told += [
        f"{each.key} is not confirmed: check it in its source before use."
        for each in benchmarks
        if not each.confirmed
    ]
    if told:
        warnings.warn(f"{call}(): {told[0]}", PeerstatsWarning, stacklevel=stacklevel)
    methods = [
        f"The sample's scores are by {scored.plan.method}, those of {each.key} by {each.method}."
        for each in benchmarks
        if scored is not None and column in scored.scales and each.method not in (None, scored.plan.method)
    ]
    return (*told, *methods)
