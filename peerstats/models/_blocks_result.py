"""What each block of predictors adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import chi2

from peerstats._core.frames import new_frame
from peerstats.numerics import joint_wald_test
from peerstats.postfit import fit_columns
from peerstats.results import Column, Result, Table, plain_rows

if TYPE_CHECKING:
    from peerstats.models._result import ModelResult
    from peerstats.postfit import ModelFit

__all__ = ["BlocksResult"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    test: str
    statistic: float
    df: int
    df_residual: float
    p_value: float


def _explained(fit: ModelFit) -> float:
    return float(1 - fit.loglik / fit.loglik_null) if fit.r_squared is None else fit.r_squared


def _change(fit: ModelFit, before: ModelFit | None) -> _Change:
    """Test what a block adds to the one before, or to the intercept."""
    known = {"Intercept", *fit.terms[len(fit.design.columns) :]} if before is None else set(before.terms)
    added = np.array([term not in known for term in fit.terms] * fit.coefficients.shape[1])
    q = int(added.sum())
    if not q:  # the intercept alone adds nothing
        return _Change(test="", statistic=np.nan, df=0, df_residual=np.nan, p_value=np.nan)
    if fit.variance == "model" and fit.sigma is None:
        lr = 2 * (fit.loglik - (fit.loglik_null if before is None else before.loglik))
        return _Change(test="LR", statistic=lr, df=q, df_residual=np.inf, p_value=float(chi2.sf(lr, q)))
    found = joint_wald_test(fit.coefficients.T.ravel()[added], fit.covariance[np.ix_(added, added)], fit.df)
    robust = "Wald chi2" if np.isinf(fit.df) else "Wald F"
    return _Change(
        test="F" if fit.variance == "model" else robust,
        statistic=found.statistic,
        df=q,
        df_residual=found.df_residual,
        p_value=found.p_value,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlocksResult(Result):
    """Blocks of predictors, entered one after the other.

    Parameters
    ----------
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
        changes = [_change(fit, before) for fit, before in zip(fits, [None, *fits[:-1]], strict=True)]
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
        columns["test"] = [change.test for change in changes]
        for name in ("statistic", "df", "df_residual", "p_value"):
            columns[name] = np.array([float(getattr(change, name)) for change in changes])
        return columns

    def tidy(self) -> Any:
        """Return what each block adds, one row a block.

        Returns
        -------
        frame
            In the caller's library: block, n, n_parameters, r_squared and adj_r_squared (mcfadden_r2 where
            there is no R2), r_squared_change, test (F, LR, Wald F, Wald chi2), statistic, df, df_residual,
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
                title=f"Blocks of predictors of {last.fit.outcome}",
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
