"""Norms by cells of several variables at once."""

from __future__ import annotations

from dataclasses import dataclass

from peerstats._core.bundled import read_manifest, read_rows
from peerstats.errors import InputError
from peerstats.norms._registry import get_norm, norm_file, norm_groups

__all__ = ["NormCell", "norm_cells"]

_FIGURES = ("value", "std_error", "sd", "share", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class NormCell:
    """A mean of the respondents in one cell.

    Parameters
    ----------
    value, std_error, sd : float
        Mean, its standard error and the standard deviation.
    n : int
        Respondents.

    Examples
    --------
    >>> from peerstats.norms import norm_cells
    >>> norm_cells("fwb_us_2016", ("sex",), "doctest")["men",].n
    3350
    """

    value: float
    std_error: float
    sd: float
    n: int


def norm_cells(key: str, variables: tuple[str, ...], call: str) -> dict[tuple[str, ...], NormCell]:
    """Return the means of a bundled norm by cells.

    Parameters
    ----------
    key : str
        The norm.
    variables : tuple of str
        One variable of the norm, or those that it is bundled by together, in any order.
    call : str
        The public call, for messages.

    Returns
    -------
    dict of tuple of str to NormCell
        By the groups, in the order of the variables.

    Raises
    ------
    InputError
        If the norm is unknown or not bundled by these variables.

    Examples
    --------
    >>> from peerstats.norms import norm_cells
    >>> cells = norm_cells("fwb_us_2016", ("education", "age"), "doctest")
    >>> round(cells["bachelor's degree", "25-34"].value, 2)
    57.12
    """
    file = norm_file(key, call)
    groups = norm_groups(key)
    if len(variables) == 1 and variables[0] in groups:
        norms = {(group,): get_norm(key, by=variables[0], group=group) for group in groups[variables[0]]}
        return {
            group: NormCell(
                value=each.value, std_error=each.std_error or 0.0, sd=each.sd or 0.0, n=each.n or 0
            )
            for group, each in norms.items()
        }
    name = read_manifest("norms")[file]["norm"].get("cells")
    rows = read_rows("norms", name) if name else ()
    crossed = tuple(column for column in (rows[0] if rows else ()) if column not in _FIGURES)
    if set(crossed) != set(variables) or len(crossed) != len(variables):
        together = f", or {' and '.join(crossed)} together" if crossed else ""
        raise InputError(
            f"{call}(): {key!r} is not bundled by {' and '.join(variables)}.",
            f"Cells may be one of {', '.join(groups)}{together}; for others give microdata=.",
        )
    return {
        tuple(row[variable] for variable in variables): NormCell(
            value=float(row["value"]), std_error=float(row["std_error"]), sd=float(row["sd"]), n=int(row["n"])
        )
        for row in rows
    }
