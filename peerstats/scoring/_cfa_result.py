"""What a confirmatory factor analysis gives: fit indices, and every loading with its error."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from peerstats._core.close_names import did_you_mean
from peerstats._core.frames import new_frame
from peerstats.errors import InputError
from peerstats.plots import forest
from peerstats.results import LabelledResult, plain
from peerstats.scoring._cfa_tables import INDICES, cfa_tables, index_of, of_kind

if TYPE_CHECKING:
    from peerstats.results import Table
    from peerstats.scoring._cfa_model import FactorModel

__all__ = ["CfaResult"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CfaResult(LabelledResult):
    """Confirmatory factor models: made by `cfa`.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    title : str
        What was modelled.
    models : tuple of FactorModel
        One for each group of respondents, and for each scale where they are modelled apart.
    weight_kind : str
        Kind of the weights: none, sampling or frequency.
    variance : str
        Kind of the standard errors: model or robust.
    conf_level : float
        Confidence level of the limits; those of RMSEA are always 90 %.
    lines : tuple of str
        Rows used and left out, and why.
    notes : tuple of str
        What a reader must know.
    backend : str
        Library of the frames it gives.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(400, rng=1).data
    >>> found = ps.cfa(people[people["wave"] == 1], "mbi_gs", items="mbi_{}")
    >>> found.glance()[["n", "df", "cfi", "srmr"]].round(2).to_dict("records")
    [{'n': 205, 'df': 101.0, 'cfi': 0.99, 'srmr': 0.04}]
    """

    title: str
    models: tuple[FactorModel, ...]
    weight_kind: str
    variance: str
    conf_level: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    backend: str

    def _rows(self) -> list[dict[str, Any]]:
        rows = []
        for model in self.models:
            for each in model.parameters:
                low, high = each.limits(self.conf_level)
                z = each.estimate / each.std_error if each.std_error > 0 else np.nan
                tested = each.kind in ("loading", "correlation")
                rows.append(
                    {
                        "group": model.group,
                        "model": model.name,
                        "parameter": each.kind,
                        "factor": each.factor,
                        "other_factor": each.other_factor,
                        "item": each.item,
                        "estimate": each.estimate,
                        "std_error": each.std_error,
                        "statistic": z if tested else np.nan,
                        "p_value": 2 * float(ndtr(-abs(z))) if tested else np.nan,
                        "conf_low": low,
                        "conf_high": high,
                        "standardised": each.standardised,
                        "standardised_std_error": each.standardised_std_error,
                    }
                )
        return rows

    def tidy(self) -> Any:
        """Return one row for each loading, factor correlation, unique variance and omega.

        Returns
        -------
        frame
            Columns group, model, parameter, factor, other_factor, item, estimate, std_error, statistic,
            p_value, conf_low, conf_high, standardised, standardised_std_error. A model without a fit has no
            rows.
        """
        rows = self._rows()
        words = ("group", "model", "parameter", "factor", "other_factor", "item")
        numbers = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
        more = ("standardised", "standardised_std_error")
        columns: dict[str, Any] = {name: [row[name] for row in rows] for name in words}
        columns |= {name: np.array([row[name] for row in rows], dtype=float) for name in numbers + more}
        return new_frame(columns, self.backend)

    def glance(self) -> Any:
        """Return one row for each model: respondents, fit indices, and why there is no fit.

        Returns
        -------
        frame
            Columns group, model, n, n_missing, n_items, n_factors, n_parameters, n_heywood, the indices of
            `cfa`'s notes, variance, weight_kind and reason.
        """
        models = self.models
        return new_frame(
            {
                "group": [m.group for m in models],
                "model": [m.name for m in models],
                "n": np.array([m.n for m in models]),
                "n_missing": np.array([m.n_missing for m in models]),
                "n_items": np.array([len(m.items) for m in models]),
                "n_factors": np.array([len(m.factors) for m in models]),
                "n_parameters": np.array([sum(p.kind != "omega" for p in m.parameters) for m in models]),
                "n_heywood": np.array([0 if m.fit is None else int(m.fit.heywood.sum()) for m in models]),
                **{name: np.array([index_of(m.indices, name) for m in models]) for name in INDICES},
                "variance": [self.variance] * len(models),
                "weight_kind": [self.weight_kind] * len(models),
                "reason": [m.reason for m in models],
            },
            self.backend,
        )

    def tables(self) -> tuple[Table, ...]:
        """Return the printed face.

        Returns
        -------
        tuple of Table
            Fit indices, loadings, and the factors with their omega and correlations.
        """
        return cfa_tables(
            self.models,
            self._words(),
            title=self.title,
            lines=self._words().lines(self.lines),
            notes=self.notes,
            variance=self.variance,
            conf_level=self.conf_level,
        )

    def plot(self, *, group: str | None = None, ax: Any = None) -> Any:
        """Draw the standardised loadings with their limits, by factor.

        Parameters
        ----------
        group : str, optional
            The group of respondents; needed where there are several.
        ax : matplotlib Axes, optional
            Where to draw.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.

        Raises
        ------
        InputError
            If the group is not named and there are several, is unknown, or has no fit.
        """
        groups = list(dict.fromkeys(m.group for m in self.models))
        if group is None and len(groups) == 1:
            group = groups[0]
        if group not in groups:
            raise InputError(
                f"plot(): group={group!r} is not known.", did_you_mean(str(group), groups, what="groups")
            )
        loadings = [each for m in self.models if m.group == group for each in of_kind(m, "loading")]
        if not loadings:
            raise InputError(f"plot(): group {group!r} has no fit.", "Its table says why.")
        limits = [each.limits(self.conf_level, standardised=True) for each in loadings]
        return forest(
            self._words().names(str(each.item) for each in loadings),
            [each.standardised for each in loadings],
            [low for low, _ in limits],
            [high for _, high in limits],
            groups=[each.factor for each in loadings],
            title=self.title if len(groups) == 1 else f"{self.title}: {self._words().group(group)}",
            xlabel="standardised loading",
            ax=ax,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the models as plain data; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, title, models, weight_kind, variance, conf_level, lines and notes.
        """
        rows = self._rows()
        models = [
            {
                "group": m.group,
                "model": m.name,
                "factors": list(m.factors),
                "items": list(m.items),
                "n": m.n,
                "n_missing": m.n_missing,
                "indices": None if m.indices is None else dataclasses.asdict(m.indices),
                "parameters": [r for r in rows if (r["group"], r["model"]) == (m.group, m.name)],
                "notes": list(m.notes),
                "reason": m.reason,
            }
            for m in self.models
        ]
        return {
            "schema": 1,
            "kind": "factor models",
            "title": self.title,
            "models": plain(models),
            "weight_kind": self.weight_kind,
            "variance": self.variance,
            "conf_level": self.conf_level,
            "lines": list(self.lines),
            "notes": list(self.notes),
        }
