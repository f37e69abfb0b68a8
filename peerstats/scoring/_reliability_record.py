"""What is known of the reliability of one scale in one group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["Estimate", "ItemTable", "ScaleReliability"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """A coefficient with its limits.

    Attributes
    ----------
    coefficient : str
        Its key.
    estimate, std_error, conf_low, conf_high : float
        Value, standard error and limits; NaN where there are none.
    sem : float
        SD of the scores x sqrt(1 - reliability), in units of the score.
    reason : str or None
        Why there is no estimate.
    n_failed : int
        Replicates without a value.
    """

    coefficient: str
    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    sem: float
    reason: str | None
    n_failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemTable:
    """The items of a scale in a group, after reversal.

    Attributes
    ----------
    names : tuple of str
        The columns, m of them.
    mean, sd : (m,) array
        Mean and standard deviation.
    item_rest : (m,) array
        Correlation with the sum of the others.
    alpha_dropped : (m,) array
        Alpha of the others.
    floor, ceiling : (m,) array
        Shares of the lowest and of the highest answer; NaN where the range is not known.
    reasons : tuple of str or None
        Why an item has no correlation.
    """

    names: tuple[str, ...]
    mean: Array
    sd: Array
    item_rest: Array
    alpha_dropped: Array
    floor: Array
    ceiling: Array
    reasons: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaleReliability:
    """One scale in one group.

    Attributes
    ----------
    scale, group : str
        Which scale and which respondents.
    n, n_missing : int
        Respondents who answered every item, and those of the group who did not.
    n_items : int
        Items.
    mean, sd : float
        Mean and standard deviation of the score.
    inter_item : tuple of float
        Least, mean and greatest correlation between different items.
    items : ItemTable or None
        The items; None for a row that rests on scores alone.
    estimates : tuple of Estimate
        The coefficients.
    notes : tuple of str
        What is odd about it.
    """

    scale: str
    group: str
    n: int
    n_missing: int
    n_items: int
    mean: float
    sd: float
    inter_item: tuple[float, float, float]
    items: ItemTable | None
    estimates: tuple[Estimate, ...]
    notes: tuple[str, ...]
