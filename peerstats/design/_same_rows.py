"""Another formula on the same rows, with the levels and knots that the first one froze."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from peerstats.design._formula import code_terms
from peerstats.design._frozen import FrozenDesign, freeze_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.design._rows import ModelRows

__all__ = ["same_rows"]


def same_rows(
    rows: ModelRows, terms: Sequence[tuple[str, ...]], formula: str, *, constant: bool = True
) -> ModelRows:
    """Return the rows of a model under a formula of some of its factors.

    Parameters
    ----------
    rows : ModelRows
        The rows that a larger formula left.
    terms : sequence of tuple of str
        Factor codes of each term; the intercept is the empty one.
    formula : str
        The formula's text.
    constant : bool
        Whether the design has the intercept's column; thresholds of an ordinal model take its place.

    Returns
    -------
    ModelRows
        The same rows; factors that become columns are coded as the formula asks.

    Examples
    --------
    >>> import pandas as pd
    >>> from peerstats.design import Asked, read_model, same_rows
    >>> data = pd.DataFrame({"wage": [15.0, 18.0, 20.0, 21.0], "age": [30, 40, 50, 30], "sex": list("fmfm")})
    >>> rows = read_model(Asked(call="linear", formula="wage ~ age + sex", numbers=True), data)
    >>> same_rows(rows, [(), ("sex",)], "wage ~ sex").design.columns
    ('Intercept', 'sex[T.m]')
    """
    known = {factor.code: factor for factor in rows.design.factors}
    factors = {code: known[code] for term in terms for code in term}
    numeric = {code for code, factor in factors.items() if factor.kind == "numeric"}
    codings = code_terms(terms, numeric)
    if not constant:
        codings = tuple(coding for coding in codings if coding.factors)
    design = FrozenDesign(
        formula=formula,
        factors=tuple(factors.values()),
        terms=freeze_terms(codings, factors),
    )
    return replace(rows, design=design, source=rows.source.under(design))
