"""Which items belong to which factor, and the answers to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError
from peerstats.scoring._scale_answers import read_scale_answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.scoring._scale_answers import Answers, ScaleAnswers
    from peerstats.typing import Array, IntArray

__all__ = ["CALL", "FactorSpec", "factor_specs", "read_factors"]

CALL = "cfa"
_ALONE, _BESIDE = 3, 2  # items that identify a factor by itself, and beside other factors


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FactorSpec:
    """One model to fit.

    Attributes
    ----------
    name : str
        What the model is called in tables.
    factors, items : tuple of str
        Names of the factors and of the items.
    factor : (m,) int array
        The factor of each item.
    answers : (n, m) array
        Answers after reversal.
    """

    name: str
    factors: tuple[str, ...]
    items: tuple[str, ...]
    factor: IntArray
    answers: Array


def read_factors(
    data: Any, factors: Mapping[str, Sequence[str]], missing_codes: Sequence[float | str]
) -> Answers:
    """Read the factors that a call names itself, each with its columns."""
    if not factors:
        raise InputError(f"{CALL}(): there are no factors.", "Give {'factor': ['q1', 'q2', 'q3'], ...}.")
    read: list[ScaleAnswers] = []
    for name, columns in factors.items():
        one = read_scale_answers(data, None, items=columns, missing_codes=missing_codes, call=CALL)
        read.append(replace(one.scales[0], name=str(name)))
        data = one.frame
    seen: dict[str, str] = {}
    for scale in read:
        for item in scale.items:
            if item in seen:
                raise InputError(
                    f"{CALL}(): column {item!r} is an item of {seen[item]!r} and of {scale.name!r}.",
                    "Each item has one factor in this model: name it once.",
                )
            seen[item] = scale.name
    return replace(one, scales=tuple(read))


def _check_identified(names: Sequence[str], counts: Sequence[int]) -> None:
    least = _ALONE if len(names) == 1 else _BESIDE
    for name, count in zip(names, counts, strict=True):
        if count < least:
            beside = "A factor alone" if least == _ALONE else "A factor beside others"
            raise InputError(
                f"{CALL}(): factor {name!r} has {count} item{'s' * (count != 1)}: it is not identified.",
                f"{beside} needs {least} items or more; report the correlation of two.",
            )


def factor_specs(answers: Answers, model: str) -> list[FactorSpec]:
    """List the models to fit: all scales as factors, one factor, or each scale by itself."""
    scales = answers.scales
    parts: list[tuple[str, tuple[str, ...], tuple[ScaleAnswers, ...]]]
    if model == "separate":
        parts = [(scale.name, (scale.name,), (scale,)) for scale in scales]
    elif model == "one":
        parts = [("one", ("general",), scales)]
    else:
        names = tuple(scale.name for scale in scales)
        parts = [(scales[0].name if len(scales) == 1 else "scales", names, scales)]
    specs = []
    for name, factors, own in parts:
        counts = [len(scale.items) for scale in own]
        factor = np.repeat(np.arange(len(own)) if len(factors) > 1 else np.zeros(len(own), dtype=int), counts)
        _check_identified(factors, np.bincount(factor, minlength=len(factors)).tolist())
        specs.append(
            FactorSpec(
                name=name,
                factors=factors,
                items=tuple(item for scale in own for item in scale.items),
                factor=factor.astype(np.int64),
                answers=np.concatenate([scale.keyed for scale in own], axis=1),
            )
        )
    return specs
