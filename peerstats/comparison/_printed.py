"""How comparisons are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peerstats._core.labels import Words
from peerstats.results import Column, Table, cells_in_words, columns_in_words, table_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.comparison._gap import Gap
    from peerstats.comparison._percentiles import BinTest
    from peerstats.comparison._result import ComparisonResult

__all__ = ["comparison_tables", "error_line", "family_lines", "p_columns"]

_TITLES = {
    "mean": "Mean of {} beside {}",
    "median": "Median of {} beside {}",
    "percentiles": "Shares of {} below the percentiles of {}",
    "proportion": "Proportion of {} beside {}",
}
_FAMILY = {
    "holm": "adjusted by Holm",
    "bh": "adjusted by Benjamini and Hochberg",
    "sidak": "adjusted by Sidak",
}
_INTERVALS = {
    "wilson": "Wilson's",
    "exact": "Clopper and Pearson's",
    "logit": "logit",
    "beta": "Korn and Graubard's",
    "asin": "arcsine",
    "mean": "symmetric",
}


def _numbers(statistic: str) -> list[Column]:
    """Return the columns of estimates, benchmarks and differences."""
    if statistic == "percentiles":
        return [
            Column(key="quantity", label="share"),
            Column(key="cut", label="at", kind="number", digits=2),
            Column(key="n", label="n", kind="integer"),
            Column(key="n_ties", label="ties", kind="integer"),
            Column(key="estimate", label="share", kind="percent", digits=1),
            Column(key="conf_low", label="low", kind="percent", digits=1),
            Column(key="conf_high", label="high", kind="percent", digits=1),
            Column(key="benchmark_value", label="benchmark", kind="percent", digits=0),
        ]
    if statistic == "proportion":
        return [
            Column(key="n", label="n", kind="integer"),
            Column(key="estimate", label="share", kind="percent", digits=1),
            Column(key="conf_low", label="low", kind="percent", digits=1),
            Column(key="conf_high", label="high", kind="percent", digits=1),
            Column(key="benchmark_value", label="benchmark", kind="percent", digits=1),
            Column(key="difference", label="difference", kind="percent", digits=1),
            Column(key="difference_low", label="low", kind="percent", digits=1),
            Column(key="difference_high", label="high", kind="percent", digits=1),
        ]
    median = statistic == "median"
    return [
        Column(key="n", label="n", kind="integer"),
        *([Column(key="n_ties", label="ties", kind="integer")] if median else []),
        Column(key="estimate", label=statistic, kind="number", digits=2),
        *([] if median else [Column(key="std_error", label="SE", kind="number", digits=3)]),
        Column(key="benchmark_value", label="benchmark", kind="number", digits=2),
        *([] if median else [Column(key="benchmark_std_error", label="its SE", kind="number", digits=3)]),
        Column(key="difference", label="difference", kind="number", digits=2),
        Column(key="difference_low", label="low", kind="number", digits=2),
        Column(key="difference_high", label="high", kind="number", digits=2),
        Column(key="ratio", label="ratio", kind="number", digits=3),
        *([] if median else [Column(key="statistic", label="t", kind="number", digits=2)]),
    ]


def error_line(gaps: Sequence[Gap]) -> str:
    """Say what became of the benchmark's own error."""
    if all(not gap.value_error for gap in gaps):
        return "no error is published with the benchmark: benchmark taken as fixed"
    if gaps[0].include_error:
        return "the benchmark's own error is included in limits and tests; p fixed: without it"
    return "the benchmark's own error is left out of limits and tests"


def _kept(result: ComparisonResult, columns: dict[str, Any]) -> list[Column]:
    found: list[Column] = []
    if len({gap.group for gap in result.gaps}) > 1:
        found.append(Column(key="group", label="group", blank_repeats=True))
    if result.statistic != "percentiles" or len(set(columns["benchmark"])) > 1:
        found.append(
            Column(key="benchmark", label="benchmark", blank_repeats=result.statistic == "percentiles")
        )
    found += _numbers(result.statistic)
    return [*found, *p_columns(result.gaps, result.adjust)]


def p_columns(gaps: Sequence[Gap], adjust: str = "none") -> list[Column]:
    """Return the columns of p-values, and of verdicts and screens where there are any."""
    found = [Column(key="p_value", label="p", kind="p_value")]
    if gaps[0].include_error and any(gap.value_error for gap in gaps):
        found.append(Column(key="fixed_p_value", label="p fixed", kind="p_value"))
    if adjust != "none":
        found.append(Column(key="p_adjusted", label="p adjusted", kind="p_value"))
    if any(gap.equivalence for gap in gaps):
        found.append(Column(key="equivalence_p_value", label="p equivalence", kind="p_value"))
        found.append(Column(key="verdict", label="verdict"))
    if any(gap.screen for gap in gaps):
        found.append(Column(key="screen", label="screen"))
    return found


def _lines(result: ComparisonResult) -> tuple[str, ...]:
    kind = f"{_INTERVALS[result.interval]} " if result.interval else ""
    told = Words(result.codebook).lines(result.lines)
    lines = [*told, f"{result.conf_level:.0%} {kind}limits; {error_line(result.gaps)}"]
    reached = sorted({f"{gap.achieved:.1%}" for gap in result.gaps if gap.achieved > 0})
    if reached:
        levels = " to ".join(dict.fromkeys((reached[0], reached[-1])))
        lines.append(f"limits of medians are order statistics and reach {levels}")
    if any(gap.test == "sign" for gap in result.gaps):
        lines.append("sign test, respondents who equal the benchmark (ties) dropped from it")
    return (*lines, *family_lines(result.gaps, result.adjust, result.conf_level))


def family_lines(gaps: Sequence[Gap], adjust: str, conf_level: float) -> list[str]:
    """Say how several tests, margins of equivalence and effect sizes are to be read."""
    lines = []
    if adjust != "none":
        lines.append(f"p {_FAMILY[adjust]} over the family of {len(gaps)} rows; limits are not adjusted")
    margins = sorted({f"{gap.equivalence.margin:,.3g}" for gap in gaps if gap.equivalence})
    if margins:
        said = margins[0] if len(margins) == 1 else f"{margins[0]} to {margins[-1]}"
        lines.append(f"equivalence within {said} by two one-sided tests at {1 - conf_level:.2g}")
    sizes = {gap.effect_sd for gap in gaps} - {""}
    if sizes:
        shown = ", ".join(f"{gap.effect_size:.2f}" for gap in gaps[:4]) + (
            ", ..." if len(gaps) > 4 else ""  # noqa: PLR2004  (a line has room for four)
        )
        lines.append(f"difference over the SD of the {' or the '.join(sorted(sizes))}: {shown}")
    return lines


def _joint_table(result: ComparisonResult, joints: tuple[BinTest, ...], columns: dict[str, Any]) -> Table:
    kept = [
        *(
            [Column(key="group", label="group", blank_repeats=True)]
            if len({j.group for j in joints}) > 1
            else []
        ),
        Column(key="benchmark", label="benchmark", blank_repeats=True),
        Column(key="test", label="test"),
        Column(key="n_bins", label="bins", kind="integer"),
        Column(key="statistic", label="statistic", kind="number", digits=2),
        Column(key="df_numerator", label="df", kind="number", digits=2),
        Column(key="p_value", label="p", kind="p_value"),
    ]
    words = Words(result.codebook)
    kept, cells = columns_in_words(words, kept), cells_in_words(words, columns)
    first = joints[0]
    shares = ", ".join(
        f"{word} {share:.0%} ({expected:.0%})"
        for word, share, expected in zip(first.bins, first.shares, first.expected, strict=True)
    )
    return Table(
        key=table_key("comparison", result.column, "bins"),
        title=f"All percentiles at once: {words.name(result.column)}",
        lines=(f"{words.group(first.group)}: {shares}",),
        columns=kept,
        rows=tuple(zip(*(cells[c.key] for c in kept), strict=True)),
        notes=(),
    )


def comparison_tables(
    result: ComparisonResult, columns: dict[str, Any], joint: dict[str, Any]
) -> tuple[Table, ...]:
    """Return the printed face of a comparison."""
    words = Words(result.codebook)
    kept = columns_in_words(words, _kept(result, columns))
    several = len(set(columns["benchmark"])) > 1
    cells = cells_in_words(words, columns)
    table = Table(
        key=table_key("comparison", result.column),
        title=_TITLES[result.statistic].format(
            words.name(result.column), "benchmarks" if several else "the benchmark"
        ),
        lines=_lines(result),
        columns=kept,
        rows=tuple(zip(*(cells[c.key] for c in kept), strict=True)),
        notes=result.notes,
    )
    return (table, _joint_table(result, result.joints, joint)) if result.joints else (table,)
