"""What scores mean, on request: options of `peerstats score` and the results they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.scoring import ScoreResult

__all__ = ["interpret", "meaning_options"]

_OPTIONS = (
    click.option("--bands", is_flag=True, help="Name the band of each score (CFPB; edges unconfirmed)."),
    click.option("--profiles", metavar="NORM", help="Burnout profiles by a norm's key, or by 'sample'."),
    click.option("--levels", metavar="SET", help="Legacy cut-offs by name (MBI, --method sum)."),
    click.option("--composite", metavar="NAME", help="A weighted score, such as kalimo (MBI-GS)."),
    click.option("--match", is_flag=True, help="Match or mismatch of each area (AWS)."),
)


def meaning_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def interpret(
    scores: ScoreResult, *, profiles: str | None, levels: str | None, composite: str | None, match: bool
) -> list[Any]:
    """Return the results that the options ask for.

    Parameters
    ----------
    scores : ScoreResult
        The scores.
    profiles, levels, composite : str or None
        A norm, a set of cut-offs, the name of a weighted score.
    match : bool
        Whether match and mismatch are asked for.

    Returns
    -------
    list
        Results with `summary()` and `attach()`.
    """
    from peerstats.scoring import (  # noqa: PLC0415  (--help stays fast)
        burnout_composite,
        burnout_levels,
        burnout_profiles,
        worklife_match,
    )

    asked: list[Any] = []
    if profiles is not None:
        asked.append(burnout_profiles(scores, norm=profiles))
    if levels is not None:
        asked.append(burnout_levels(scores, levels))
    if composite is not None:
        asked.append(burnout_composite(scores, composite))
    if match:
        asked.append(worklife_match(scores))
    return asked
