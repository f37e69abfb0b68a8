"""The printed tables of confirmatory factor models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.results import Column, Table, cells_in_words, columns_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from peerstats._core.labels import Words
    from peerstats.numerics import FitIndices
    from peerstats.scoring._cfa_model import FactorModel
    from peerstats.scoring._cfa_parameters import Parameter

__all__ = ["INDICES", "cfa_tables", "index_of", "of_kind"]

_SCALED = ("scaled_chi_square", "scaled_p_value")
_ROBUST = ("cfi_robust", "tli_robust", "rmsea_robust", "rmsea_robust_low", "rmsea_robust_high")
_NORMAL = ("cfi", "tli", "rmsea", "rmsea_low", "rmsea_high")
# The fit indices in the order of glance().
INDICES = (
    *("chi_square", "df", "p_value", "scaling_factor", *_SCALED, "baseline_chi_square", "baseline_df"),
    *(*_NORMAL, "rmsea_p_value", "srmr", *_ROBUST, "loglik", "aic", "bic"),
)
_GROUP = Column(key="group", label="group", blank_repeats=True)
_MODEL = Column(key="model", label="model", blank_repeats=True)
_SHOWN = ("chi_square", "p", "cfi", "tli", "rmsea", "low", "high")
_FIT = (
    _GROUP,
    _MODEL,
    Column(key="n", label="n", kind="integer"),
    Column(key="test", label="test"),
    Column(key="chi_square", label="chi-square", kind="number", digits=2),
    Column(key="df", label="df", kind="integer"),
    Column(key="p", label="p", kind="p_value"),
    Column(key="cfi", label="CFI", kind="number", digits=3),
    Column(key="tli", label="TLI", kind="number", digits=3),
    Column(key="rmsea", label="RMSEA", kind="number", digits=3),
    Column(key="low", label="90% low", kind="number", digits=3),
    Column(key="high", label="high", kind="number", digits=3),
    Column(key="srmr", label="SRMR", kind="number", digits=3),
)
_LIMITS = (
    Column(key="low", label="low", kind="number", digits=3),
    Column(key="high", label="high", kind="number", digits=3),
)
_LOADINGS = (
    _GROUP,
    Column(key="factor", label="factor", blank_repeats=True),
    Column(key="item", label="item"),
    Column(key="estimate", label="loading", kind="number", digits=3),
    Column(key="std_error", label="SE", kind="number", digits=3),
    Column(key="standardised", label="standardised", kind="number", digits=3),
    *_LIMITS,
)


def of_kind(model: FactorModel, kind: str) -> list[Parameter]:
    """Return the parameters of one kind."""
    return [each for each in model.parameters if each.kind == kind]


def index_of(indices: FitIndices | None, name: str) -> float:
    """Return a fit index, NaN where there is no fit."""
    return np.nan if indices is None else float(getattr(indices, name))


def cfa_tables(
    models: Sequence[FactorModel],
    words: Words,
    *,
    title: str,
    lines: Sequence[str],
    notes: Sequence[str],
    variance: str,
    conf_level: float,
) -> tuple[Table, ...]:
    """Make the tables of a result.

    Parameters
    ----------
    models : sequence of FactorModel
        The models.
    words : Words
        What items and groups are called.
    title, lines, notes, variance, conf_level : various
        Of the result.

    Returns
    -------
    tuple of Table
        Fit indices, loadings, factors.
    """
    limits = f"{conf_level:.0%} limits"
    most = max(len(m.factors) for m in models)
    factors = (
        _GROUP,
        Column(key="factor", label="factor"),
        Column(key="items", label="items", kind="integer"),
        Column(key="omega", label="omega", kind="number", digits=3),
        *_LIMITS,
        *(Column(key=f"r{k}", label=f"r with {k + 1}", kind="number") for k in range(most - 1)),
    )
    return (
        _table(
            "cfa-fit", title, _FIT, models, words, map(_fit_rows, models), lines, (*_said(models), *notes)
        ),
        _table(
            "cfa-loadings",
            "Loadings",
            _LOADINGS,
            models,
            words,
            (_loading_rows(m, conf_level) for m in models),
            (f"{limits} of the standardised loadings; {variance} standard errors",),
        ),
        _table(
            "cfa-factors",
            "Factors",
            factors,
            models,
            words,
            (_factor_rows(m, conf_level, most) for m in models),
            (f"{limits} of omega by the delta method",),
        ),
    )


def _table(
    key: str,
    title: str,
    columns: Sequence[Column],
    models: Sequence[FactorModel],
    words: Words,
    rows: Iterable[list[dict[str, Any]]],
    lines: Sequence[str],
    notes: Sequence[str] = (),
) -> Table:
    """Make a table without the columns that would say the same in every row."""
    same = {
        "group": len({m.group for m in models}) == 1,
        "model": len({m.name for m in models}) == 1,
    }
    kept = columns_in_words(words, [column for column in columns if not same.get(column.key, False)])
    listed = [row for each in rows for row in each]
    found = cells_in_words(words, {column.key: [row[column.key] for row in listed] for column in kept})
    cells = list(zip(*found.values(), strict=True))
    return Table(key=key, title=title, columns=kept, rows=cells, lines=lines, notes=notes)


def _said(models: Sequence[FactorModel]) -> list[str]:
    said = []
    for model in models:
        where = f"{model.group}, {model.name}: " if len(models) > 1 else ""
        if model.reason is not None:
            said.append(f"{where}no fit: {model.reason}.")
        said += [f"{where}{note}" for note in model.notes]
    return said


def _fit_rows(model: FactorModel) -> list[dict[str, Any]]:
    """Return the two rows of a model: the normal-theory test, and Satorra and Bentler's."""
    head = {"group": model.group, "model": model.name, "n": model.n, "srmr": None}
    if model.indices is None:
        return [head | {"test": "none", "df": None} | dict.fromkeys(_SHOWN)]
    head["df"] = model.indices.df
    rows = []
    for test, names in (
        ("normal theory", ("chi_square", "p_value", *_NORMAL)),
        ("Satorra-Bentler", (*_SCALED, *_ROBUST)),
    ):
        values = [index_of(model.indices, name) for name in names]
        rows.append(head | {"test": test} | dict(zip(_SHOWN, values, strict=True)))
    rows[0]["srmr"] = model.indices.srmr
    return rows


def _loading_rows(model: FactorModel, conf_level: float) -> list[dict[str, Any]]:
    rows = []
    for each in of_kind(model, "loading"):
        low, high = each.limits(conf_level, standardised=True)
        rows.append(
            {
                "group": model.group,
                "factor": each.factor,
                "item": each.item,
                "estimate": each.estimate,
                "std_error": each.std_error,
                "standardised": each.standardised,
                "low": low,
                "high": high,
            }
        )
    return rows


def _factor_rows(model: FactorModel, conf_level: float, most: int) -> list[dict[str, Any]]:
    """Return a row for each factor: its omega, and its correlations with the factors above it."""
    rows: list[dict[str, Any]] = []
    if model.fit is None:
        return rows
    for k, omega in enumerate(of_kind(model, "omega")):
        low, high = omega.limits(conf_level)
        phi: list[float | None] = [*model.fit.factor_correlations[k, :k].tolist(), *[None] * most]
        rows.append(
            {
                "group": model.group,
                "factor": f"{k + 1} {omega.factor}" if len(model.factors) > 1 else omega.factor,
                "items": int(np.count_nonzero(model.fit.factor == k)),
                "omega": omega.estimate,
                "low": low,
                "high": high,
                **{f"r{j}": phi[j] for j in range(most - 1)},
            }
        )
    return rows
