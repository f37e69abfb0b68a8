"""Build the population-averaged truth of the simulated cohort.

The cohort's job types come from a multinomial logit with normal person and county effects. A model without
those effects estimates other numbers: the coefficients of the logit that is closest, in expected
log-likelihood, to the job shares averaged over the effects. This script draws covariates of people with the
package's own simulator, averages the shares over the effects by Gauss-Hermite quadrature, and fits that logit
to the averages.

It is deterministic and takes under a minute. It repeats the fit on independent populations; the truth is the
mean of their coefficients, and `precision` the largest standard error of those means.

Run: python tools/build_cohort_truth.py            writes peerstats/datasets/data/cohort_truth.toml
     python tools/build_cohort_truth.py --solve    prints the intercepts that meet the targets

After a change of peerstats/datasets/_constants.py: solve, copy the intercepts there, build, and update the
manifest.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import brentq, root
from scipy.special import expit, softmax

from peerstats.datasets._constants import CONSTANTS
from peerstats.datasets._jobs import job_predictors
from peerstats.datasets._people import answer_probabilities, draw_people
from peerstats.datasets._predictors import linear_predictor, term_column, terms
from peerstats.datasets._streams import Streams

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.datasets._predictors import Wide
    from peerstats.typing import Array

DATA = Path(__file__).parents[1] / "peerstats" / "datasets" / "data"
N_POPULATIONS = 8
N_PEOPLE = 100_000
N_NODES = 15  # a dimension; 41 change no coefficient by 1e-6
DIGITS = 4
TOLERANCE = 1e-10  # of the last Newton step: far below the digits kept
Term = tuple[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model without person and county effects: its name, its estimator and its kind."""

    name: str
    truth_for: str
    waves: tuple[int, ...]
    kind: str


MODELS = (
    Model(
        name="population_averaged",
        truth_for="multinomial logit of job_type at wave 1, no person or county effects",
        waves=(1,),
        kind="job_type",
    ),
    Model(
        name="population_averaged_all_waves",
        truth_for="multinomial logit of job_type, answered waves pooled, wave as a factor, no person or "
        "county effects (errors clustered)",
        waves=(1, 2, 3),
        kind="job_type",
    ),
    Model(
        name="population_averaged_employed",
        truth_for="logistic model of being employed (either job type) at wave 1, no person or county effects",
        waves=(1,),
        kind="employed",
    ),
    Model(
        name="population_averaged_peer_support",
        truth_for="logistic model of a peer support job among the employed at wave 1, no person or "
        "county effects",
        waves=(1,),
        kind="peer support of the employed",
    ),
)


def average_shares(predictor: Array) -> Array:
    """Average the job shares over the effects: predictors (..., 2) to shares (..., 3), the base first."""
    facts = CONSTANTS["job_type"]
    first, second = (
        np.sqrt(facts["county_variance"][outcome] + facts["person_variance"][outcome])
        for outcome in facts["outcomes"]
    )
    nodes, weights = np.polynomial.hermite_e.hermegauss(N_NODES)
    weights = weights / weights.sum()
    total = np.zeros((*predictor.shape[:-1], 3))
    odds = np.exp(predictor)
    for node_1, weight_1 in zip(nodes, weights, strict=True):
        other = odds[..., 0] * np.exp(first * node_1)
        for node_2, weight_2 in zip(nodes, weights, strict=True):
            peer = odds[..., 1] * np.exp(second * node_2)
            share = weight_1 * weight_2 / (1 + other + peer)
            total[..., 0] += share
            total[..., 1] += share * other
            total[..., 2] += share * peer
    return total


def fit_shares(X: Array, shares: Array, weights: Array) -> Array:
    """Fit a multinomial logit to shares, (m, outcomes) with the base first; return (outcomes - 1, k)."""
    m, k = X.shape
    others = shares.shape[1] - 1
    beta = np.zeros((others, k))
    for _ in range(50):
        fitted = softmax(np.column_stack([np.zeros(m), X @ beta.T]), axis=1)[:, 1:]
        score = (weights[:, None] * (shares[:, 1:] - fitted)).T @ X
        information = np.empty((others, k, others, k))
        for i in range(others):
            for j in range(others):
                each = weights * fitted[:, i] * ((i == j) - fitted[:, j])
                information[i, :, j, :] = (X * each[:, None]).T @ X
        step = np.linalg.solve(information.reshape(others * k, -1), score.ravel())
        beta += step.reshape(others, k)
        if np.abs(step).max() < TOLERANCE:
            return beta
    raise SystemExit("the logit did not converge")


def job_terms(model: Model) -> list[Term]:
    """List the model's coefficients; a single wave has no wave terms."""
    table = CONSTANTS["job_type"]["coefficients"]["peer support"]
    return [(name, level) for name, level, _ in terms(table) if name != "wave" or len(model.waves) > 1]


def fit_model(model: Model, columns: Wide, shares: Array, answered: Array) -> Array:
    """Fit one of the models to the averaged shares of one population."""
    waves = [wave - 1 for wave in model.waves]
    full = (len(shares), 3)
    X = np.column_stack(
        [np.broadcast_to(term_column(*term, columns), full)[:, waves].ravel() for term in job_terms(model)]
    )
    p, weights = shares[:, waves].reshape(-1, 3), answered[:, waves].ravel()
    if model.kind == "employed":
        p = np.column_stack([p[:, 0], p[:, 1] + p[:, 2]])
    elif model.kind != "job_type":
        employed = p[:, 1] + p[:, 2]
        p, weights = p[:, 1:] / employed[:, None], weights * employed
    return fit_shares(X, p, weights)


def build() -> tuple[dict[str, Array], float]:
    """Return each model's mean coefficients and the largest standard error of a mean."""
    found: dict[str, list[Array]] = {model.name: [] for model in MODELS}
    for seed in range(N_POPULATIONS):
        columns, _ = draw_people(N_PEOPLE, Streams(seed, "build_cohort_truth"))
        shares, answered = average_shares(job_predictors(columns)), answer_probabilities(columns)
        for model in MODELS:
            found[model.name].append(fit_model(model, columns, shares, answered))
        print(f"population {seed + 1} of {N_POPULATIONS} done")
    spread = [np.std(betas, axis=0, ddof=1).max() / np.sqrt(N_POPULATIONS) for betas in found.values()]
    return {name: np.mean(betas, axis=0) for name, betas in found.items()}, float(max(spread))


def to_lines(heading: str, model: Model, beta: Array) -> list[str]:
    """Write one equation as TOML: numbers by variable, or by variable and level."""
    nested: dict[str, Any] = {}
    for (name, level), value in zip(job_terms(model), beta.tolist(), strict=True):
        number = f"{value:.{DIGITS}f}"
        if level is None:
            nested[name] = number
        else:
            nested.setdefault(name, {})[level] = number
    lines = [f"[{heading}]"]
    for name, value in nested.items():
        inline = (
            ", ".join(f'"{level}" = {number}' for level, number in value.items())
            if isinstance(value, dict)
            else ""
        )
        lines.append(f"{name} = {{ {inline} }}" if inline else f"{name} = {value}")
    return [*lines, ""]


def write(found: dict[str, Array], precision: float, folder: Path) -> None:
    """Write cohort_truth.toml and print its checksum."""
    facts = CONSTANTS["job_type"]
    lines = [
        "# Written by tools/build_cohort_truth.py from datasets/_constants.py; simulated, not data.",
        "schema = 1",
        "",
    ]
    for model in MODELS:
        base = {"job_type": facts["base"], "employed": facts["base"]}.get(model.kind, "other job")
        lines += [
            f"[{model.name}]",
            f'truth_for = "{model.truth_for}"',
            f'outcome = "{model.kind}"',
            f'base = "{base}"',
            f"precision = {precision:.1e} # largest standard error of a coefficient",
            "",
        ]
        for i, outcome in enumerate(facts["outcomes"] if model.kind == "job_type" else [None]):
            heading = f"{model.name}.coefficients" + (f'."{outcome}"' if outcome else "")
            lines += to_lines(heading, model, found[model.name][i])
    target = folder / "cohort_truth.toml"
    target.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    print(f"{target.name}: precision {precision:.1e}, sha256 {digest}")


def solve_shift(mean_at: Callable[[float], float], target: float) -> float:
    """Return the shift at which a mean meets its target."""
    return float(brentq(lambda shift: mean_at(shift) - target, -10, 10))


def solve() -> None:
    """Print the intercepts that meet the targets among the constants."""
    facts, targets = CONSTANTS, CONSTANTS["targets"]
    columns, _ = draw_people(N_PEOPLE, Streams(0, "build_cohort_truth"))
    first = {name: column[:, :1] for name, column in columns.items()}
    answered = np.ones((N_PEOPLE, 3))
    for t, wave in ((1, "2"), (2, "3")):
        table = {**facts["attrition"][wave], "Intercept": 0.0}
        logit, before = linear_predictor(table, first)[:, 0], answered[:, t - 1]
        share = targets["respondents"][t] / targets["respondents"][0]
        shift = solve_shift(lambda x, eta=logit, p=before: float((p * expit(eta + x)).mean()), share)
        answered[:, t] = before * expit(logit + shift)
        print(f"attrition.{wave}: Intercept = {shift:.4f}")
    for outcome in facts["job_type"]["outcomes"]:
        facts["job_type"]["coefficients"][outcome] |= {"Intercept": 0.0, "wave": {}}
    predictor = job_predictors(columns)
    shifts = []
    for t in range(3):
        people, employed, peer = (targets[name][t] for name in ("respondents", "employed", "peer_support"))
        goal = np.array([employed - peer, peer]) / people
        eta, weights = predictor[:, t], answered[:, t] / answered[:, t].sum()
        miss = root(
            lambda x, e=eta, w=weights, g=goal: (w @ average_shares(e + x))[1:] - g, x0=[1.0, 1.0], tol=1e-6
        )
        shifts.append(miss.x)
    for j, outcome in enumerate(facts["job_type"]["outcomes"]):
        start, *later = (round(float(shift[j]), 4) for shift in shifts)
        waves = ", ".join(f"{t} = {x - start:.4f}" for t, x in enumerate(later, start=2))
        print(f"job_type.{outcome}: Intercept = {start:.4f}, wave = {{ {waves} }}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--solve", action="store_true", help="print the intercepts that meet the targets")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    arguments = parser.parse_args()
    if arguments.solve:
        solve()
    else:
        write(*build(), arguments.out)
