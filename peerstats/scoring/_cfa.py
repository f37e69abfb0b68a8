"""Confirmatory factor analysis of scales."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice, check_columns, check_conf_level
from peerstats._core.frames import read_words, tidy_backend
from peerstats._core.weights import read_weights
from peerstats._core.words import counted
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.numerics import one_blas_thread
from peerstats.results import with_codebook
from peerstats.scoring._cfa_model import fit_factor_model
from peerstats.scoring._cfa_read import CALL, factor_specs, read_factors
from peerstats.scoring._cfa_result import CfaResult
from peerstats.scoring._scale_answers import read_scale_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.instruments import Instrument
    from peerstats.scoring._cfa_model import FactorModel
    from peerstats.scoring._scale_answers import Answers
    from peerstats.typing import BoolArray

__all__ = ["cfa"]

_MODELS = ("scales", "one", "separate")
_VARIANCES = ("auto", "model", "robust")


def _groups(
    answers: Answers, by: str | None, used: BoolArray
) -> tuple[list[tuple[str, BoolArray]], tuple[str, ...]]:
    if by is None:
        return [("all", used)], ()
    check_columns([by], answers.frame.columns, CALL, use="grouping column")
    codes, levels = read_words(answers.frame, by)
    without = int((used & (codes < 0)).sum())
    said = (f"{counted(without, 'respondent')} without {by} left out",) if without else ()
    return [
        (str(level), used & (codes == i)) for i, level in enumerate(levels) if (used & (codes == i)).any()
    ], said


def _lines(
    n: int, used: BoolArray, weights: str | None, kind: str, models: Sequence[FactorModel]
) -> list[str]:
    lines = [
        f"{counted(n, 'respondent')}, {'unweighted' if weights is None else f'{kind} weights {weights}'}"
    ]
    if not used.all():
        lines.append(f"{counted(int((~used).sum()), 'respondent')} of weight zero left out")
    left = [m.n_missing for m in models]
    if any(left):
        several = len(models) > 1
        counts = [f"{m.group}, {m.name} {m.n_missing:,}" if several else f"{m.n_missing:,}" for m in models]
        lines.append(f"left out with an answer missing: {'; '.join(counts)}")
    lines.append("maximum likelihood of the covariances with divisor n; factor variances 1")
    return lines


def _instrument_notes(answers: Answers) -> tuple[str, ...]:
    inst = answers.instrument
    if inst is None or inst.confirmed:
        return ()
    said = f"The key of {inst.key!r} is not confirmed. To confirm it, {inst.confirm}."
    if answers.scored is None:  # else score() has warned
        warnings.warn(f"{CALL}(): {said}", PeerstatsWarning, stacklevel=3)
    return (said,)


def _notes(weight_kind: str, answers: Answers) -> tuple[str, ...]:
    said = [
        "Satorra-Bentler: the scaled chi-square, with the robust indices, for answers that are not normal."
    ]
    if weight_kind == "sampling":
        said.append("With sampling weights only the scaled test and the robust indices hold.")
    return (*said, *_instrument_notes(answers))


def cfa(
    data: Any,
    instrument: str | Instrument | Mapping[str, Sequence[str]] | None = None,
    *,
    items: str | Sequence[str] | Mapping[object, str] | None = None,
    model: Literal["scales", "one", "separate"] = "scales",
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency"] = "sampling",
    by: str | None = None,
    variance: Literal["auto", "model", "robust"] = "auto",
    order: str | None = None,
    coded_from: int | None = None,
    missing_codes: Sequence[float | str] = (),
    labels: Mapping[str, int] | None = None,
    conf_level: float = 0.95,
) -> CfaResult:
    """Test whether items measure the factors that their scales say: confirmatory factor analysis.

    Parameters
    ----------
    data : frame or ScoreResult
        One row a respondent: pandas, polars or pyarrow; or scores, which bring rows, instrument and coding.
    instrument : str, Instrument or mapping, optional
        The instrument or its key; or the factors by name, each with the list of its item columns. Without it
        `items` is a list of columns, the items of one factor.
    items : str, sequence of str or mapping
        The item columns, as in `score`.
    model : {"scales", "one", "separate"}
        One correlated factor for each scale; one factor for all items; or a one-factor model of each scale by
        itself.
    weights : str, optional
        Column of weights.
    weight_kind : {"sampling", "frequency"}
        What the weights mean.
    by : str, optional
        Column of groups; each is modelled by itself.
    variance : {"auto", "model", "robust"}
        Standard errors: from the expected information, or the sandwich, which needs no normal answers.
        "auto" is robust for sampling weights.
    order, coded_from, missing_codes, labels : various
        How the file is coded, as in `score`.
    conf_level : float
        Confidence level of the limits, a fraction.

    Returns
    -------
    CfaResult
        `.tidy()` has the loadings, factor correlations, unique variances and omegas; `.glance()` the fit.

    Raises
    ------
    InputError
        If a column or argument cannot be used, or a factor has too few items to be identified: three alone,
        two beside other factors.

    Warns
    -----
    PeerstatsWarning
        If the instrument's key is unconfirmed.

    Notes
    -----
    Sigma = Lambda Phi Lambda' + Psi, each item on one factor, factor variances 1, is fitted to the
    covariances S (divisor n) of the respondents who answered every item by minimising
    F = log|Sigma| + tr(S Sigma^-1) - log|S| - m. Chi-square T = n F;
    CFI = 1 - max(T - df, 0) / max(T0 - df0, T - df); TLI = 1 - (T - df) df0 / ((T0 - df0) df);
    RMSEA = sqrt(max(T - df, 0) / (n df)) with limits from the noncentral chi-square; SRMR is Bentler's.
    Satorra and Bentler's scaled chi-square is T / c; the robust CFI, TLI and RMSEA put c df for df
    (Brosseau-Liard and Savalei 2014). Omega is (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique
    variances), its error by the delta method. Unique variances are kept above 0.5 % of an item's variance;
    one that stands there is a Heywood case, and is said.

    The answers of one person at several waves are not independent: model one wave, or use `by`.

    R: lavaan's ``cfa(model, std.lv = TRUE)``, and ``estimator = "MLM"`` for the scaled test, robust indices
    and errors; `srmr` is its ``srmr_bentler``. Stata: ``sem`` with ``vce(sbentler)``. With sampling weights
    it is lavaan.survey: weighted covariances, their own variance by linearisation, n respondents; the
    normal-theory p-value, AIC and BIC are then left out.

    References
    ----------
    .. [1] Satorra and Bentler (1994), in von Eye and Clogg, Latent variables analysis, 399-419.
    .. [2] Brosseau-Liard and Savalei (2014), Multivariate Behavioral Research 49(5), 460-470.
    .. [3] Oberski (2014), Journal of Statistical Software 57(1).

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(400, rng=1).data
    >>> people = people[people["wave"] == 1]
    >>> three = ps.cfa(people, "mbi_gs", items="mbi_{}")
    >>> one = ps.cfa(people, "mbi_gs", items="mbi_{}", model="one")
    >>> round(float(three.glance()["cfi_robust"].iloc[0] - one.glance()["cfi_robust"].iloc[0]), 2)
    0.42
    """
    check_choice(model, _MODELS, "model", CALL)
    check_choice(variance, _VARIANCES, "variance", CALL)
    conf_level = check_conf_level(conf_level, CALL)
    if isinstance(instrument, Mapping):
        given = {"items": items, "order": order, "coded_from": coded_from, "labels": labels}
        named = [name for name, value in given.items() if value is not None]
        if named:
            raise InputError(
                f"{CALL}(): {named[0]}= is given, and the factors name their columns.",
                f"Leave out {named[0]}=.",
            )
        answers = read_factors(data, instrument, missing_codes)
    else:
        answers = read_scale_answers(
            data,
            instrument,
            items=items,
            order=order,
            coded_from=coded_from,
            missing_codes=missing_codes,
            labels=labels,
            call=CALL,
        )
    n = len(answers.frame)
    w = None if weights is None else read_weights(answers.frame, weights, weight_kind, CALL)
    kind = "none" if w is None else weight_kind
    used = np.ones(n, dtype=bool) if w is None else w > 0
    groups, said = _groups(answers, by, used)
    robust = variance == "robust" or (variance == "auto" and kind == "sampling")
    with one_blas_thread():
        models = tuple(
            fit_factor_model(
                spec.answers[rows],
                None if w is None else w[rows],
                kind,
                factor=spec.factor,
                factors=spec.factors,
                items=spec.items,
                group=group,
                name=spec.name,
                robust=robust,
            )
            for spec in factor_specs(answers, model)
            for group, rows in groups
        )
    what = answers.instrument.title if answers.instrument is not None else "Confirmatory factor analysis"
    result = CfaResult(
        title=f"{what}: {_shape(models[0], model)}",
        models=models,
        weight_kind=kind,
        variance="robust" if robust else "model",
        conf_level=conf_level,
        lines=(*_lines(n, used, weights, kind, models), *said),
        notes=_notes(kind, answers),
        backend=tidy_backend(answers.frame),
    )
    return with_codebook(result, data, by)


def _shape(first: FactorModel, model: str) -> str:
    if model == "separate":
        return "each scale by itself"
    count = len(first.factors)
    return "one factor" if count == 1 else f"{count} correlated factors"
