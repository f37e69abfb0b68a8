"""What a fit keeps in memory beside its record: where its rows come from, and their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.design import Asked, MemoryRows, ModelRows
    from peerstats.numerics import Block, Rows
    from peerstats.typing import Array

__all__ = ["FitSource", "Fitted", "need_order", "need_source"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """What errors and influence need of a fit, for as long as its rows are at hand.

    Parameters
    ----------
    rows : Rows
        The rows, their design turned where `turn` says so.
    bread : (p, p) float array
        Inverse information of the coefficients of these rows.
    scores : callable
        From a block to the (p, m) scores of its rows, unweighted.
    working : callable or None
        From a block to its residuals and curvature (None for 1); None for a model of several equations.
    turn : (p, p) float array or None
        Coefficients of the design are this matrix times those of `rows`.
    refit : callable
        From rows in memory and (m, c) weights to the (c, p) coefficients of the design under each.
    dispersion : float
        Factor of the model-based covariance.
    squared : Rows or None
        Patterns that stand for the rows in sums of outer products of scores: each weight is what the product
        is multiplied by, or within clusters what the score is.
    summed : Rows or None
        The same patterns for sums of scores: each weight is the sum of those of its rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> ps.logistic("job ~ 1", jobs).source.fitted.bread.round(4)
    array([[0.2667]])
    """

    rows: Rows
    bread: Array
    scores: Callable[[Block], Array]
    working: Callable[[Block], tuple[Array, Array | None]] | None
    turn: Array | None
    refit: Callable[[MemoryRows, Array], Array]
    dispersion: float = 1.0
    squared: Rows | None = None
    summed: Rows | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitSource:
    """Where a fit came from; in memory only, never saved.

    Parameters
    ----------
    asked : Asked
        What the caller asked for.
    rows : ModelRows
        The rows used.
    fitted : Fitted or None
        Scores and inverse information; None for a mixed model.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> ps.logistic("job ~ 1", jobs).source.asked.formula
    'job ~ 1'
    """

    asked: Asked
    rows: ModelRows
    fitted: Fitted | None


def need_source(source: FitSource | None, call: str) -> FitSource:
    """Return where a fit came from, or say that a loaded one has no rows.

    Parameters
    ----------
    source : FitSource or None
        The source of a result.
    call : str
        The public call, for messages.

    Returns
    -------
    FitSource
        The source.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import need_source
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> need_source(ps.logistic("job ~ 1", jobs).source, "margins").rows.n
    20.0
    """
    if source is None:
        raise InputError(
            f"{call}(): the fit was loaded and holds no rows: give data=.",
            "result.with_data(data) or load_fit(path, data) joins it with the rows it was made from.",
        )
    return source


def need_order(source: FitSource, call: str) -> None:
    """Refuse rows that came in another order in each pass, where passes are joined row by row.

    Parameters
    ----------
    source : FitSource
        The rows of a fit, read as often as they are joined.
    call : str
        The public call, for messages.

    Raises
    ------
    InputError
        If an engine gave them in different orders.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit._fitted import need_order
    >>> jobs = pd.DataFrame({"job": ["peer", "peer", "other", "peer"] * 5})
    >>> need_order(ps.logistic("job ~ 1", jobs).source, "diagnose")
    """
    if not source.rows.source.in_order:
        raise InputError(
            f"{call}(): DuckDB gave the rows in another order each time, and they are joined row by row.",
            "Sort the relation by a column that tells all rows apart, relation.order('id'), or collect it.",
        )
