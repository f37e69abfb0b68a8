"""From a printed odds ratio and p-value to standard error and interval, and back."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri, stdtrit

from peerstats._core.checks import check_conf_level
from peerstats.comparison._odds_ratio_result import OddsRatioResult, Recovered
from peerstats.comparison._rounded import read_rounded
from peerstats.errors import InputError
from peerstats.numerics import t_half_width, two_sided_p

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.comparison._rounded import Rounded

__all__ = ["from_odds_ratio"]

_CALL = "from_odds_ratio"


def from_odds_ratio(
    odds_ratio: float | str,
    *,
    p_value: float | str | None = None,
    conf_low: float | str | None = None,
    conf_high: float | str | None = None,
    std_error: float | str | None = None,
    df: float = math.inf,
    conf_level: float = 0.95,
) -> OddsRatioResult:
    """Recover standard error, interval and p-value from a printed odds ratio.

    Parameters
    ----------
    odds_ratio : float or str
        The ratio as printed; text keeps trailing zeros, "2.90". A relative risk or a ratio of hazards will
        do as well.
    p_value : float or str, optional
        Two-sided p-value of the hypothesis that the ratio is 1.
    conf_low, conf_high : float or str, optional
        In place of it: confidence limits of the ratio, at `conf_level`.
    std_error : float or str, optional
        In place of both: the standard error of the ratio's logarithm.
    df : float
        Degrees of freedom of the test; infinite for Wald's z.
    conf_level : float
        Confidence level of the limits given and returned, a fraction.

    Returns
    -------
    OddsRatioResult
        Ratio, its logarithm with standard error, statistic, p-value and limits, each with the least and the
        greatest value that the rounding of the printed figures allows.

    Raises
    ------
    InputError
        If none or several of p-value, limits and standard error are given, a figure is no number or out of
        range, or the ratio is 1 and a p-value is to give its error.

    Notes
    -----
    The test is taken as Wald's: z = ln(OR) / SE, so SE = abs(ln OR) / z(p), limits exp(ln OR -+ z SE); from
    limits SE = (ln high - ln low) / (2 z). A p-value of a likelihood-ratio or score test gives about the
    same. What is recovered of a multilevel model is conditional on its random effects, as its ratio is.

    References
    ----------
    .. [1] Altman and Bland (2011), BMJ 343, d2090.

    Examples
    --------
    >>> import peerstats as ps
    >>> found = ps.from_odds_ratio("2.13", p_value=".026").tidy().set_index("quantity")["estimate"]
    >>> found[["std_error", "conf_low", "conf_high"]].round(3).tolist()
    [0.34, 1.095, 4.145]
    """
    conf_level = check_conf_level(conf_level, _CALL)
    if not df > 0:
        raise InputError(f"{_CALL}(): df={df!r} is not above zero.", "Leave df out for Wald's z.")
    ratio = _positive(odds_ratio, "odds_ratio")
    limits = (conf_low is not None) + (conf_high is not None)
    ways = {
        "p_value=": p_value is not None,
        "conf_low= and conf_high=": limits > 0,
        "std_error=": std_error is not None,
    }
    given = [way for way, there in ways.items() if there]
    if len(given) != 1 or limits == 1:
        raise InputError(
            f"{_CALL}(): "
            + (
                "one limit is given alone."
                if limits == 1
                else f"given are {' and '.join(given) or 'no error'}."
            ),
            "Give one: p_value=, both conf_low= and conf_high=, or std_error=.",
        )
    notes: list[str] = []
    reach = float(t_half_width(conf_level, df))
    if p_value is not None:
        p = _p_value(p_value)
        if ratio.value == 1:
            raise InputError(
                f"{_CALL}(): an odds ratio of 1 has a p-value of 1, whatever its error.",
                "Give conf_low= and conf_high=.",
            )
        printed = {"odds ratio": ratio, "p": p}
        ends = [(b, _z(each, df)) for b, each in product(_logs(ratio), _corners(p))]
        errors = [abs(b) / z for b, z in ends]
        point_error = abs(math.log(ratio.value)) / _z(float(p.value), df)
        pairs = [(b, abs(b) / z, z) for b, z in ends]
    elif std_error is not None:
        s = _positive(std_error, "std_error")
        printed = {"odds ratio": ratio, "standard error": s}
        point_error = float(s.value)
        pairs = [(b, e, abs(b) / e) for b, e in product(_logs(ratio), _corners(s)) if e > 0]
        errors = [e for _, e, _ in pairs]
    else:
        low, high = _positive(conf_low, "conf_low"), _positive(conf_high, "conf_high")
        if not low.value < high.value:
            raise InputError(
                f"{_CALL}(): conf_low={conf_low!r} is not below conf_high={conf_high!r}.", "Check the limits."
            )
        printed = {"odds ratio": ratio, "low": low, "high": high}
        point_error = math.log(high.value / low.value) / (2 * reach)
        errors = [max(v - u, 0.0) / (2 * reach) for u, v in product(_logs(low), _logs(high))]
        pairs = [(b, e, abs(b) / e) for b, e in product(_logs(ratio), errors) if e > 0]
        notes += _lopsided(ratio, low, high)
    b = math.log(ratio.value)
    straddles = ratio.low < 1 < ratio.high
    if straddles:
        pairs += [(0.0, e, 0.0) for _, e, _ in pairs]
        errors = [*errors, 0.0] if p_value is not None else errors
        notes.append("The printed ratio may be 1 before rounding: nothing bounds the statistic from below.")
    zs = [z for _, _, z in pairs]
    estimate = abs(b) / point_error
    told = ", ".join(f"{name} {each.text}" for name, each in printed.items())
    rows = (
        _row("odds_ratio", float(ratio.value), [ratio.low, ratio.high]),
        _row("log_odds_ratio", b, _logs(ratio)),
        _row("std_error", point_error, errors),
        _row("statistic", math.copysign(estimate, b), [math.copysign(z, c) for c, _, z in pairs]),
        _row("p_value", float(two_sided_p(estimate, df)), [float(two_sided_p(z, df)) for z in zs]),
        _row("conf_low", math.exp(b - reach * point_error), [math.exp(c - reach * e) for c, e, _ in pairs]),
        _row("conf_high", math.exp(b + reach * point_error), [math.exp(c + reach * e) for c, e, _ in pairs]),
    )
    return OddsRatioResult(
        rows=rows,
        df=float(df),
        conf_level=conf_level,
        lines=(f"from printed figures: {told}",),
        notes=("Implied by Wald's test; not figures that were published.", *notes),
    )


def _positive(value: Any, name: str) -> Rounded:
    found = read_rounded(value, name, _CALL)
    if found.value <= 0:
        raise InputError(f"{_CALL}(): {name}={value!r} is not above zero.", f"Give {name} as printed.")
    return found


def _p_value(value: Any) -> Rounded:
    found = read_rounded(value, "p_value", _CALL)
    if not 0 < found.value < 1:
        raise InputError(
            f"{_CALL}(): p_value={value!r} gives no standard error.",
            "Give one above 0 and below 1 with more decimals, or the confidence limits.",
        )
    return found


def _corners(number: Rounded) -> tuple[float, float]:
    return max(number.low, 0.0), number.high


def _logs(number: Rounded) -> tuple[float, float]:
    """Return the logarithms of the least and the greatest number that print so."""
    return math.log(number.low) if number.low > 0 else -math.inf, math.log(number.high)


def _z(p: float, df: float) -> float:
    """Return the size of the statistic whose two-sided p-value this is."""
    if p <= 0:
        return math.inf
    tail = min(p, 1.0) / 2
    return float(-ndtri(tail) if math.isinf(df) else -stdtrit(df, tail))


def _row(quantity: str, estimate: float, ends: Iterable[float]) -> Recovered:
    values = np.array([each for each in ends if not math.isnan(each)], dtype=float)
    return Recovered(
        quantity=quantity,
        estimate=estimate,
        rounded_low=float(min(values.min(initial=estimate), estimate)),
        rounded_high=float(max(values.max(initial=estimate), estimate)),
    )


def _lopsided(ratio: Rounded, low: Rounded, high: Rounded) -> list[str]:
    """Say if no figures that print so lie evenly about the ratio on the log scale."""
    least, most = (low.low * high.low, low.high * high.high)
    if ratio.low**2 <= most and ratio.high**2 >= least:
        return []
    centre = math.sqrt(low.value * high.value)
    said = f"The limits lie evenly about {centre:.3g}, not {ratio.text}"
    return [f"{said}: they are not Wald's, or a figure is misprinted."]
