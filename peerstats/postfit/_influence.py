"""The part of each respondent in a fit: leverage, residuals, and what leaving them out changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.frames import new_frame, row_labels
from peerstats._core.labels import Words
from peerstats.design import MemoryRows
from peerstats.errors import InputError
from peerstats.numerics import one_blas_thread, one_step
from peerstats.postfit._kept_labels import KeptLabels
from peerstats.postfit._response import response
from peerstats.postfit._term_rows import fit_codebook
from peerstats.postfit._used import need_plain
from peerstats.results import Column, LabelledResult, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peerstats.numerics import Block
    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit
    from peerstats.typing import Array, IntArray

__all__ = ["InfluenceResult", "influence"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class InfluenceResult(LabelledResult):
    """What each respondent does to a fit; it names respondents, so `to_dict` holds counts only.

    Parameters
    ----------
    codebook : Labels, optional
        Codebook of the data, from which tables and plots take their words.
    model : str
        Model and formula.
    rows : list
        Name of each row used, by the caller's index, else its number; m of them.
    names : tuple of str
        Coefficients, "outcome: term".
    leverage, cooks_distance : (m,) float arrays
        Leverage and Cook's distance.
    pearson, deviance, standardised : (m,) float arrays
        Residuals; NaN with several outcomes.
    dfbeta, dfbetas : (m, p) float arrays
        Change of every coefficient that the row makes, and that over the coefficient's standard error.
    top : int
        Rows that are printed.
    notes : tuple of str
        What to keep in mind.
    backend : str
        Library of the frames.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> staff = pd.DataFrame({"wage": [15.0, 18, 16, 21, 40], "years": [1, 4, 2, 6, 5]}, index=list("abcde"))
    >>> ps.linear("wage ~ years", staff).influence().most(1)[["row", "leverage", "cooks_distance"]].round(3)
      row  leverage  cooks_distance
    0   d     0.535           0.795
    """

    model: str
    rows: list[Any]
    names: tuple[str, ...]
    leverage: Array
    cooks_distance: Array
    pearson: Array
    deviance: Array
    standardised: Array
    dfbeta: Array
    dfbetas: Array
    top: int
    notes: tuple[str, ...]
    backend: str

    def _labels(self, order: IntArray) -> Any:
        labels = [self.rows[i] for i in order]
        whole = all(isinstance(label, int) and not isinstance(label, bool) for label in labels)
        return np.array(labels, dtype=np.int64) if whole else [str(label) for label in labels]

    def _columns(self, order: IntArray) -> dict[str, Any]:
        # a row with a leverage of 1 has no change that a step could tell
        size = np.nan_to_num(np.abs(self.dfbetas[order]), nan=0.0)
        largest = size.argmax(axis=1)
        return {
            "row": self._labels(order),
            "leverage": self.leverage[order],
            "pearson_residual": self.pearson[order],
            "deviance_residual": self.deviance[order],
            "standardised_residual": self.standardised[order],
            "cooks_distance": self.cooks_distance[order],
            "largest_dfbetas": self.dfbetas[order, largest],
            "largest_term": [self.names[j] for j in largest],
        }

    def _most(self, n: int) -> IntArray:
        return np.argsort(-np.nan_to_num(self.cooks_distance, nan=np.inf), kind="stable")[:n]

    def tidy(self) -> Any:
        """Return one row per respondent used, in the order of the data.

        Returns
        -------
        frame
            Columns row, leverage, pearson_residual, deviance_residual, standardised_residual,
            cooks_distance, largest_dfbetas, largest_term (the coefficient that the row moves most).
        """
        return new_frame(self._columns(np.arange(len(self.rows))), self.backend)

    def most(self, n: int = 10) -> Any:
        """Return the most influential respondents, by Cook's distance.

        Parameters
        ----------
        n : int
            How many.

        Returns
        -------
        frame
            The columns of `tidy()`, the most influential first.
        """
        return new_frame(self._columns(self._most(n)), self.backend)

    def changes(self, *, standardised: bool = True) -> Any:
        """Return what each respondent does to each coefficient.

        Parameters
        ----------
        standardised : bool
            Whether changes are over the coefficient's standard error (DFBETAS); else in its units (DFBETA).

        Returns
        -------
        frame
            A column row, then one per coefficient, named "outcome: term".
        """
        values = self.dfbetas if standardised else self.dfbeta
        columns = {name: values[:, j] for j, name in enumerate(self.names)}
        return new_frame({"row": self._labels(np.arange(len(self.rows))), **columns}, self.backend)

    def glance(self) -> Any:
        """Return counts, which name nobody, one row.

        Returns
        -------
        frame
            Columns n, n_parameters, n_high_leverage (over twice the mean), n_influential (Cook's distance
            over 4 / n).
        """
        return new_frame({key: np.array([value]) for key, value in self._counts().items()}, self.backend)

    def _counts(self) -> dict[str, int]:
        n, p = self.dfbeta.shape
        return {
            "n": n,
            "n_parameters": p,
            "n_high_leverage": int((self.leverage > 2 * p / n).sum()),
            "n_influential": int((self.cooks_distance > 4 / n).sum()),
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the most influential respondents as a table.

        Returns
        -------
        tuple of Table
            One table.
        """
        heads = [
            Column(key="row", label="Row"),
            Column(key="leverage", label="Leverage", kind="number", digits=3),
            Column(key="pearson_residual", label="Pearson", kind="number", digits=2),
            Column(key="deviance_residual", label="Deviance", kind="number", digits=2),
            Column(key="standardised_residual", label="Standardised", kind="number", digits=2),
            Column(key="cooks_distance", label="Cook's distance", kind="number", digits=3),
            Column(key="largest_dfbetas", label="Largest DFBETAS", kind="number", digits=2),
            Column(key="largest_term", label="of"),
        ]
        if np.isnan(self.pearson).all():
            heads = [head for head in heads if not head.key.endswith("_residual")]
        columns = self._columns(self._most(self.top))
        columns["largest_term"] = self._words().names(columns["largest_term"])
        columns["row"] = [str(label) for label in columns["row"]]
        counts = self._counts()
        return (
            Table(
                key="influence",
                title=f"Most influential rows: {self.model}",
                columns=heads,
                rows=list(zip(*(columns[head.key] for head in heads), strict=True)),
                lines=(
                    f"{counts['n']:,} rows; {counts['n_high_leverage']:,} with over twice the mean leverage",
                    f"{counts['n_influential']:,} with a Cook's distance over 4 / n",
                ),
                notes=self.notes,
            ),
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw Cook's distance by row, the largest named.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; without it a figure is made.

        Returns
        -------
        matplotlib Axes
            The axes drawn on.
        """
        from peerstats.plots import index_plot  # noqa: PLC0415  (only a plot pays for matplotlib)

        return index_plot(self.cooks_distance.tolist(), self.rows, ylabel="Cook's distance", ax=ax)

    def to_dict(self) -> dict[str, Any]:
        """Return counts as a dictionary that JSON can hold; no respondent is in it.

        Returns
        -------
        dict
            Its schema is 1.
        """
        return {"schema": 1, "model": self.model, **self._counts(), "notes": list(self.notes)}


def _curvature(p: Array) -> Array:
    """Return (m, E, E) curvatures of a multinomial logit from (E, m) probabilities."""
    whole: Array = -np.einsum("im,jm->mij", p, p)
    diagonal = np.arange(len(p))
    whole[:, diagonal, diagonal] += p.T
    return whole


def _parts(fit: ModelFit, source: FitSource) -> Iterator[tuple[Block, Block, Array, Array]]:
    """Yield blocks as they are and turned, what the fit expects, and (E, m) residuals."""
    fitted = source.fitted
    if fitted is None:
        raise ValueError("a model without scores")
    expect = response(fit)
    for block, turned in zip(source.rows.source.blocks(), fitted.rows.blocks(), strict=True):
        value = expect.at(block.x, block.offset).value
        if fit.outcome_levels:
            residual = (block.y == np.arange(1, len(value))[:, None]) - value[1:]
        else:
            residual = block.y - value
        yield block, turned, value, residual


def influence(fit: ModelFit, source: FitSource, *, top: int = 10) -> InfluenceResult:
    """Return the part of each respondent in a fit.

    Parameters
    ----------
    fit : ModelFit
        A linear, logistic or multinomial fit.
    source : FitSource
        Its rows, in memory.
    top : int
        Rows that are printed.

    Returns
    -------
    InfluenceResult
        One entry a row used.

    Raises
    ------
    InputError
        If the model has a random intercept, or the rows are read in batches.

    Notes
    -----
    See `ModelResult.influence`.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import influence
    >>> jobs = pd.DataFrame({"peer": [0, 1, 0, 1, 1, 0, 1, 1] * 9, "age": range(72)})
    >>> result = ps.logistic("peer ~ age", jobs)
    >>> influence(result.fit, result.source).rows[:3]
    [0, 1, 2]
    """
    call = "influence"
    need_plain(fit, call)
    rows, fitted = source.rows, source.fitted
    if not isinstance(rows.source, MemoryRows) or fitted is None:
        raise InputError(f"{call}(): the rows are not in memory.", "Fit the model to a frame in memory.")
    if not isinstance(top, int) or isinstance(top, bool) or top < 1:
        raise InputError(f"{call}(): top={top!r}.", "Give a whole number from 1 up.")
    # sampling weights have no scale of their own: as if they had a mean of 1
    own = rows.source.weights
    sampling, frequency = (rows.weight_kind == kind for kind in ("sampling", "frequency"))
    scale = rows.n / float(own.sum()) if sampling and own is not None else 1.0
    bread = fitted.bread / scale
    sigma2 = 1.0 if fit.sigma is None else fit.sigma**2
    found: dict[str, list[Array]] = {
        name: [] for name in ("leverage", "dfbeta", "distance", "residual", "variance", "deviance")
    }
    with one_blas_thread():
        for block, turned, value, residual in _parts(fit, source):
            m = len(block.y)
            w = np.ones(m) if block.w is None or frequency else block.w * scale
            curved = bool(fit.outcome_levels)
            curvature = _curvature(value[1:]) if curved else np.ones((m, 1, 1))
            step = one_step(turned.x, residual, curvature, bread, w)
            turn = fitted.turn
            found["leverage"].append(step.leverage)
            found["dfbeta"].append(step.dfbeta if turn is None else turn @ step.dfbeta)
            found["distance"].append(step.distance)
            found["residual"].append(np.sqrt(w) * residual[0])
            found["variance"].append(curvature[:, 0, 0])
            if curved:
                seen = np.take_along_axis(value, np.asarray(block.y, dtype=np.intp)[None], axis=0)[0]
                found["deviance"].append(np.sign(residual[0]) * np.sqrt(-2 * w * np.log(seen)))
            else:
                found["deviance"].append(found["residual"][-1])
    joined = {name: np.concatenate(parts, axis=-1) for name, parts in found.items()}
    p = fit.n_parameters
    leverage = joined["leverage"]
    information = bread if fitted.turn is None else fitted.turn @ bread @ fitted.turn.T
    error = np.sqrt(np.diag(information))[:, None]
    spread: Array | float = 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = joined["residual"] / np.sqrt(joined["variance"])
        standardised = pearson / np.sqrt(sigma2 * (1 - leverage))
        if fit.sigma is not None:
            # each row's own error leaves the row out, as in R and the textbooks
            df = fit.n - p
            spread = np.sqrt(np.maximum(sigma2 * (df - standardised**2) / (df - 1), 0.0))
        dfbetas = joined["dfbeta"] / (error * spread)
    several = len(fit.outcome_levels) > 2  # noqa: PLR2004
    none = np.full(len(leverage), np.nan)
    notes = ("Sampling weights are scaled to a mean of 1.",) if sampling else ()
    if frequency:
        notes = ("A row that stands for several observations is left out once.",)
    return InfluenceResult(
        model=f"{fit.model}, {fit.formula}",
        rows=row_labels(rows.source.frame, np.flatnonzero(rows.source.used)),
        names=tuple(f"{equation}: {term}" for equation in fit.equations for term in fit.terms),
        leverage=leverage,
        cooks_distance=joined["distance"] / (p * sigma2),
        pearson=none if several else pearson,
        deviance=none if several else joined["deviance"],
        standardised=none if several else standardised,
        dfbeta=joined["dfbeta"].T,
        dfbetas=dfbetas.T,
        top=top,
        notes=notes,
        backend=rows.source.backend,
        codebook=_coefficient_codebook(fit),
    )


def _coefficient_codebook(fit: ModelFit) -> KeptLabels | None:
    """Return the words of a fit with those of its coefficients, which are named by outcome and term."""
    book = fit_codebook(fit)
    if book is None:
        return None
    words = Words(book)
    named = {
        f"{equation}: {term}": f"{said}: {words.name(term)}"
        for equation, said in zip(fit.equations, words.levels(fit.outcome, fit.equations), strict=True)
        for term in fit.terms
    }
    return KeptLabels(columns={**book.columns, **named}, levels=book.levels)
