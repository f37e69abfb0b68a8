"""The rank of replicate weights is what R's survey counts its degrees of freedom from."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerstats.engines import (
    bootstrap_replicates,
    jackknife_replicates,
    replicate_rank,
    spread_replicates,
    supplied_replicates,
)

GOLDEN = Path(__file__).parents[1] / "golden"
REFITS = GOLDEN / "replicate_refits_survey"
DF = pd.read_csv(REFITS / "degrees_of_freedom.csv").set_index("kind").df
few = settings(max_examples=25, deadline=None)


def sample(*, strata):
    table = pd.read_csv(REFITS / "input_simulated.csv")
    return len(table), {
        "weights": table.weight.to_numpy(),
        "weight_kind": "sampling",
        "cluster": table.psu.to_numpy(),
        "strata": pd.factorize(table.stratum)[0] if strata else None,
    }


@pytest.mark.parametrize(("kind", "strata"), [("JK1", False), ("JKn", True)])
def test_a_jackknife_has_the_degrees_of_freedom_of_r_survey(kind, strata):
    n, design = sample(strata=strata)
    assert replicate_rank(jackknife_replicates(n, **design)) - 1 == DF[kind]


@pytest.mark.parametrize("n_replicates", [50, 6])
def test_a_bootstrap_in_strata_has_the_degrees_of_freedom_of_r_survey(n_replicates):
    n, design = sample(strata=True)
    source = bootstrap_replicates(n, n_replicates=n_replicates, rng=1, **design)
    assert replicate_rank(source) - 1 == DF[f"subbootstrap_{n_replicates}"]


def test_supplied_weights_have_the_degrees_of_freedom_of_r_survey():
    half = pd.read_csv(REFITS / "weights_BRR.csv").to_numpy()
    weights = pd.read_csv(REFITS / "input_simulated.csv").query("psu <= 12").weight.to_numpy()
    assert replicate_rank(supplied_replicates(half, scale=1 / 8)) - 1 == DF["BRR"]
    factors = half / weights[:, None]
    assert replicate_rank(supplied_replicates(factors, scale=1 / 8, weights=weights)) - 1 == DF["BRR"]
    fay = 0.7 * factors + 0.3
    assert replicate_rank(supplied_replicates(fay, scale=1 / 8, weights=weights)) - 1 == DF["Fay"]


@pytest.mark.parametrize("kind", ["JK1", "JKn", "subbootstrap"])
def test_weights_that_r_made_have_the_rank_of_the_whole_matrix(kind):
    matrix = pd.read_csv(GOLDEN / "replicates_survey" / f"weights_{kind}.csv").to_numpy()
    rank = replicate_rank(supplied_replicates(matrix, scale=1.0))
    assert rank == np.linalg.matrix_rank(matrix)
    assert rank == {"JK1": 16, "JKn": 14, "subbootstrap": 14}[kind]  # 16 clusters, in three strata


@few
@given(st.integers(0, 2**32 - 1), st.integers(2, 25), st.integers(2, 60), st.integers(1, 3))
def test_rows_in_units_have_the_rank_of_all_rows(seed, n_clusters, n_replicates, n_strata):
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n_clusters * n_strata), rng.integers(1, 6, n_clusters * n_strata))
    source = bootstrap_replicates(
        len(cluster),
        n_replicates=n_replicates,
        rng=seed,
        weights=rng.uniform(0.5, 2, len(cluster)),
        weight_kind="sampling",
        cluster=cluster,
        strata=cluster // n_clusters if n_strata > 1 else None,
    )
    whole = np.concatenate([w for _, w in source.chunks(7)], axis=1)
    assert replicate_rank(source) == np.linalg.matrix_rank(whole, tol=1e-8 * np.linalg.norm(whole))


def test_many_replicates_have_the_rank_of_the_clusters_and_few_their_number():
    cluster = np.repeat(np.arange(30), 4)
    for n_replicates, rank in ((400, 30), (30 // 2, 15)):
        source = bootstrap_replicates(120, n_replicates=n_replicates, rng=2, cluster=cluster)
        assert replicate_rank(source) == rank


def test_many_units_added_into_bins_keep_the_rank():
    # 90,000 units and 100 groups: above the size at which units are added up
    strata = np.repeat(np.arange(10), 9000)
    assert replicate_rank(jackknife_replicates(90_000, most=100)) == 100
    assert replicate_rank(jackknife_replicates(90_000, strata=strata, most=100)) == 91
    # 99 clusters of one row beside one of all others: nearly all bins see but the last
    cluster = np.minimum(np.arange(90_000), 99)
    source = jackknife_replicates(90_000, cluster=cluster)
    whole = np.concatenate([w for _, w in source.chunks(100)], axis=1)
    assert replicate_rank(supplied_replicates(whole, scale=1.0)) == 100


def test_copies_of_one_replicate_have_rank_one_and_empty_ones_none():
    assert replicate_rank(supplied_replicates(np.ones((40, 5)), scale=1.0)) == 1
    assert replicate_rank(supplied_replicates(np.zeros((40, 5)), scale=1.0)) == 0


@few
@given(st.integers(0, 2**32 - 1))
def test_the_rank_in_a_part_is_that_of_the_part_s_rows(seed):
    rng = np.random.default_rng(seed)
    matrix = rng.uniform(0.5, 2, (40, 12)) * (rng.random((40, 12)) < 0.8)
    inside = rng.random(40) < 0.2
    inside[0] = True
    whole = supplied_replicates(matrix, scale=1.0)
    part = supplied_replicates(matrix[inside], scale=1.0)
    assert replicate_rank(whole, inside) == replicate_rank(part) == np.linalg.matrix_rank(matrix[inside])


def test_a_unit_without_rows_has_no_part_in_the_rank():
    # a factor is drawn for it all the same
    units = np.repeat(np.arange(5), 3)
    source = spread_replicates(jackknife_replicates(6), units, np.ones(15))
    assert replicate_rank(source) == 5
