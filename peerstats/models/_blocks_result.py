"""What each block of predictors adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame
from peerstats.postfit import fit_columns, judge_terms
from peerstats.results import Column, LabelledResult, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.models._result import ModelResult
    from peerstats.postfit import ModelFit

__all__ = ["BlocksResult"]


def _explained(fit: ModelFit) -> float:
    return float(1 - fit.loglik / fit.loglik_null) if fit.r_squared is None else fit.r_squared


def _change(model: ModelResult, before: ModelResult | None) -> dict[str, Any]:
    """Test what a block adds to the one before, or to the intercept."""
    fit = model.fit
    known = {"Intercept"} if before is None else {term.name for term in before.fit.design.terms}
    added = [term.name for term in fit.design.terms if term.name not in known]
    if not added:  # the intercept alone
        return {"test": "", "statistic": np.nan, "df": np.nan, "df_residual": np.nan, "p_value": np.nan}
    ratio = fit.variance == "model" and fit.sigma is None and fit.penalty is None
    cells = judge_terms(fit, model.source, added, kind="lr" if ratio else "wald", joint=True).tested[0]
    return {
        "test": cells.test,
        "statistic": cells.statistic,
        "df": cells.df_numerator,
        "df_residual": cells.df_denominator,
        "p_value": cells.p_value,
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlocksResult(LabelledResult):
    """Blocks of predictors, entered one after the other.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    names : tuple of str
        Names of the blocks, or their formulas.
    models : tuple of ModelResult
        The model after each block, all on the same rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5, "age": range(20)})
    >>> ps.blocks(["job ~ 1", "job ~ age"], jobs, model="logistic").names
    ('job ~ 1', 'job ~ age')
    """

    names: tuple[str, ...]
    models: tuple[ModelResult, ...]

    @property
    def _backend(self) -> str:
        return self.models[-1].backend

    def _columns(self) -> dict[str, Any]:
        fits = [model.fit for model in self.models]
        r2 = np.array([_explained(fit) for fit in fits])
        changes = [_change(*pair) for pair in zip(self.models, [None, *self.models[:-1]], strict=True)]
        columns: dict[str, Any] = {
            "block": list(self.names),
            "n": np.array([round(fit.n) for fit in fits]),
            "n_parameters": np.array([fit.n_parameters for fit in fits]),
        }
        linear = fits[0].r_squared is not None
        columns["r_squared" if linear else "mcfadden_r2"] = r2
        if linear:
            columns["adj_r_squared"] = np.array([fit.adj_r_squared for fit in fits])
        columns["r_squared_change"] = np.diff(r2, prepend=0.0)
        columns["test"] = [change["test"] for change in changes]
        for name in ("statistic", "df", "df_residual", "p_value"):
            columns[name] = np.array([float(change[name]) for change in changes])
        return columns

    def tidy(self) -> Any:
        """Return what each block adds, one row a block.

        Returns
        -------
        frame
            In the caller's library: block, n, n_parameters, r_squared and adj_r_squared (mcfadden_r2 where
            there is no R2), r_squared_change, test (Wald, likelihood ratio), statistic, df, df_residual,
            p_value. The first block is tested against the intercept alone; its change is its R2.
        """
        return new_frame(self._columns(), self._backend)

    def glance(self) -> Any:
        """Return the key figures of the last model, one row.

        Returns
        -------
        frame
            What `glance()` of that model returns.
        """
        return new_frame(fit_columns(self.models[-1].fit), self._backend)

    def tables(self) -> tuple[Table, ...]:
        """Return what each block adds, and the coefficients of every model.

        Returns
        -------
        tuple of Table
            The table of blocks first.
        """
        columns = self._columns()
        word = "R2" if "r_squared" in columns else "McFadden R2"
        shown = [
            Column(key="block", label="Block"),
            *(
                Column(key=key, label=label, kind="number", digits=3)
                for key, label in (
                    ("r_squared", word),
                    ("mcfadden_r2", word),
                    ("adj_r_squared", "Adjusted R2"),
                    ("r_squared_change", "Change"),
                )
                if key in columns
            ),
            Column(key="test", label="Test"),
            Column(key="statistic", label="Statistic", kind="number", digits=2),
            Column(key="df", label="df", kind="integer"),
            Column(key="df_residual", label="Error df", kind="number", digits=0),
            Column(key="p_value", label="p", kind="p_value"),
        ]
        last = self.models[-1]
        return (
            Table(
                key="blocks",
                title=f"Blocks of predictors of {self._words().name(last.fit.outcome)}",
                columns=shown,
                rows=list(zip(*(columns[column.key] for column in shown), strict=True)),
                lines=("all blocks on the rows of the last", *last.tables()[0].lines),
                notes=last.fit.notes,
            ),
            *(model.tables()[0] for model in self.models),
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw the share that each block adds.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        from peerstats.plots import share_bars  # noqa: PLC0415  (only a plot pays for matplotlib)

        columns = self._columns()
        word = "R2" if "r_squared" in columns else "McFadden R2"
        return share_bars(list(self.names), columns["r_squared_change"], xlabel=f"{word} added", ax=ax)

    def to_dict(self) -> dict[str, Any]:
        """Return the blocks and their fits as a dictionary that JSON can hold; no respondent is in it.

        Returns
        -------
        dict
            Keys schema, kind, rows (those of `tidy()`) and fits, the record of each model.
        """
        return {
            "schema": 1,
            "kind": "blocks",
            "rows": plain_rows(self._columns()),
            "fits": [model.fit.to_dict() for model in self.models],
        }
