"""A saved fit, read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peerstats.errors import InputError
from peerstats.models._reread import attach_rows
from peerstats.models._result import ModelResult
from peerstats.postfit import read_fit
from peerstats.postfit.parts import fit_codebook

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from peerstats.design import SurveyDesign

__all__ = ["load_fit"]


def load_fit(
    path: str | os.PathLike[str],
    data: Any = None,
    *,
    design: SurveyDesign | None = None,
    where: str | Sequence[bool] | None = None,
) -> ModelResult:
    """Read a fit that `save` wrote.

    A saved fit holds no respondent. Coefficients, tests, tables, plots and predictions of new rows need
    none; what averages over respondents, names groups, or needs each respondent's part in the fit takes the
    rows again.

    Parameters
    ----------
    path : path
        The file.
    data : frame, optional
        The rows that the fit was made from. They are checked: the model is fitted to them again and must
        give the same coefficients.
    design : SurveyDesign, optional
        The design that it was made with.
    where : str or sequence of bool, optional
        The rows that were modelled, as in the model's call.

    Returns
    -------
    ModelResult
        The fit, to the last digit. Without `data` its frames are pandas.

    Raises
    ------
    SourceError
        If the file cannot be read.
    InputError
        If it holds no fit, is of a newer schema or was changed, or the rows are not those of the fit.
    FormulaError
        If its formula cannot be read or holds what is not allowed; nothing in a file is evaluated.

    Notes
    -----
    R `saveRDS` and `readRDS` keep the rows with most models; Stata `estimates save` does not. The checksum in
    the file tells an edit or a broken copy; it is no signature of who wrote it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"job": ["peer", "other", "other", "peer"] * 5, "age": [30, 30, 40, 40] * 5})
    >>> path = Path(tempfile.mkdtemp()) / "jobs.json"
    >>> ps.logistic("job ~ age", jobs).save(path)
    >>> ps.load_fit(path).predict(pd.DataFrame({"age": [30]})).round(3)
       other  peer
    0    0.5   0.5
    """
    fit = read_fit(path)
    if data is None:
        given = {"design": design, "where": where}
        name = next((name for name, value in given.items() if value is not None), None)
        if name is not None:
            raise InputError(f"load_fit(): {name}= without data=.", "Give data=, or leave it out.")
        return ModelResult(fit=fit, codebook=fit_codebook(fit))
    source = attach_rows(fit, data, design=design, where=where, call="load_fit")
    return ModelResult(fit=fit, source=source, codebook=fit_codebook(fit))
