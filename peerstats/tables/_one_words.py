"""What a table of characteristics says of itself: lines above it, notes below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.estimates import Groups, Sample
    from peerstats.tables._one_record import Characteristic, Description

__all__ = ["ADJUSTMENT_NAMES", "digits_of", "lines_of", "misleading", "notes_of"]

_PAIR = 2
# West, Finch and Curran (1995), in Hoyle (ed.), Structural Equation Modeling: a substantial departure
_SKEWED = 2.0
_SPREADS = 2  # standard deviations above zero: Altman and Bland (1996), BMJ 313, 1200
ADJUSTMENT_NAMES = {"none": "", "holm": "Holm", "bh": "Benjamini and Hochberg", "sidak": "Sidak"}
# Standard deviations from which on fewer decimals are printed
_LARGE, _MIDDLE = 100.0, 10.0


def digits_of(described: Description, summary: str) -> int:
    """Return how many decimals suit a column: two, fewer where it spreads wide; one for shares."""
    if summary == "count":
        return 1
    sd = described.sd[0]
    if sd == 0 and float(described.mean[0]).is_integer():
        return 0
    return 0 if sd >= _LARGE else 1 if sd >= _MIDDLE else 2


def misleading(row: Characteristic) -> bool:
    """Tell whether mean and standard deviation say little of a column."""
    d = row.description
    if row.summary != "mean_sd" or np.isnan(d.sd[0]):
        return False
    return bool(abs(d.skew[0]) > _SKEWED or (d.minimum[0] >= 0 and d.mean[0] < _SPREADS * d.sd[0]))


def lines_of(sample: Sample, groups: Groups, left_out: Sequence[str], *, surveyed: bool) -> tuple[str, ...]:
    """Say who is described, and with which weights."""
    n = sample.count(groups.code >= 0)
    parts = f" in {counted(len(groups.labels), 'group')}" if groups.by else ""
    said = [f"{counted(n, 'respondent')}{parts}"]
    if surveyed:
        said += sample.lines
        said.append("counts are of respondents; percentages, means, SDs and quantiles are weighted")
    else:
        how = (
            "no weights" if sample.copies is None else "frequency weights: rows stand for several respondents"
        )
        said[0] += f", {how}"
        said += sample.lines[1:]
    return (*said, *groups.lines, *left_out)


def _named(rows: Sequence[Characteristic]) -> str:
    return ", ".join(row.label for row in rows)


def notes_of(
    rows: Sequence[Characteristic], *, by: str | None, n_groups: int, smd: str, adjust: str, weighted: bool
) -> tuple[str, ...]:
    """Say how numbers were made, and where they mislead."""
    notes = []
    if any(row.summary == "median_iqr" for row in rows):
        notes.append("IQR: first to third quartile, of Hyndman and Fan's type 7.")
    if any(row.kind == "date" for row in rows):
        notes.append("Dates are described, and compared by ranks, to the day.")
    bad = [row for row in rows if misleading(row)]
    if bad:
        notes.append(
            f"The mean misleads for {_named(bad)}: skewness beyond 2, or never below zero with a mean less "
            'than two SDs above it. continuous="median_iqr" describes them by quartiles.'
        )
    if by is not None and n_groups == 1:
        notes.append(f"No comparison: {by} has one level.")
    elif any(row.compared.test for row in rows):
        small = [row for row in rows if row.compared.test == "Fisher's exact"]
        if small:
            notes.append(
                "Fisher's exact test where asked for or where expected counts are small: one below 5 in a "
                "2 x 2 table; in a larger one below 1, or more than a fifth below 5."
            )
        n_tests = sum(row.compared.test is not None for row in rows)
        if n_tests > 1:
            notes.append(
                f"p-values are not adjusted for the {n_tests} tests."
                if adjust == "none"
                else f"p-values are adjusted for {n_tests} tests by {ADJUSTMENT_NAMES[adjust]}'s method."
            )
    if n_groups > 1:
        reasons = dict.fromkeys(row.compared.reason for row in rows if row.compared.reason)
        notes += [f"{_named([row for row in rows if row.compared.reason == why])}: {why}." for why in reasons]
    if smd != "none" and n_groups > 1:
        which = {"mean": "mean of the pairs", "max": "largest of the pairs"}[smd]
        notes.append(
            "SMD: distance of the means over the root of the mean of the two groups' variances; of levels "
            "Yang and Dalton's"
            + (f"; {which} of groups" if n_groups > _PAIR else "")
            + ("; means, variances and shares weighted." if weighted else ".")
        )
    return tuple(notes)
