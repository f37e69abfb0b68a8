"""Map a statistic over replicate weights, a chunk at a time, and measure its variance."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from peerstats._core.progress import progress
from peerstats.numerics import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from peerstats.engines._replicates import Replicates
    from peerstats.typing import Array

__all__ = ["replicate", "replicate_variance"]

_MEMORY = 64 * 2**20  # bytes of a chunk: two dozen replicates of 100,000 rows, all 2,000 of 600

_SHARES = 5  # chunks a thread gets at least: so that none waits long for the last


def _on_threads(
    statistic: Callable[[Array], Array], chunks: Iterator[tuple[int, Array]], n_threads: int
) -> Iterator[tuple[int, Array]]:
    """Work on chunks at once, drawn here and in order; stop all of it at an interrupt or an error."""
    waiting: deque[tuple[int, Future[Array]]] = deque()
    pool = ThreadPoolExecutor(n_threads)
    try:
        for start, weights in chunks:
            waiting.append((start, pool.submit(statistic, weights)))
            if len(waiting) > n_threads:
                first, future = waiting.popleft()
                yield first, future.result()
        for first, future in waiting:
            yield first, future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def replicate(
    statistic: Callable[[Array], Array],
    source: Replicates,
    *,
    label: str = "replicates",
    work: int = 0,
    memory: int = _MEMORY,
    n_threads: int = 1,
) -> Array:
    """Compute a statistic for every replicate.

    Parameters
    ----------
    statistic : callable
        From (n, c) weights to (c, p) values. It must not keep or change the weights.
    source : Replicates
        The replicate weights.
    label : str
        What is computed, for the progress bar.
    work : int
        Numbers that the statistic itself holds for each replicate.
    memory : int
        Bytes that a chunk of weights and its work may take, for each thread.
    n_threads : int
        Threads that compute the statistic; the weights are always drawn on the calling thread, in order.

    Returns
    -------
    (R, p) array
        One row a replicate.

    Notes
    -----
    The weights are the same whatever the chunks and threads; the values agree to rounding, 1e-12. BLAS
    runs on one thread: with two on a busy machine the same work takes several times longer.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.engines import bootstrap_replicates, replicate
    >>> wages = np.array([[15.0], [16.5], [18.0], [19.0], [22.0]])
    >>> source = bootstrap_replicates(5, n_replicates=4, rng=1)
    >>> replicate(lambda w: w.T @ wages / w.sum(axis=0)[:, None], source).shape
    (4, 1)
    """
    row = 8 * (3 * source.n + work)  # draws, counts and weights are alive at once
    share = source.n_replicates if n_threads == 1 else -(-source.n_replicates // (_SHARES * n_threads))
    size = max(1, min(share, memory // row))
    values: list[Array] = []
    with one_blas_thread(), progress(label, source.n_replicates) as advance:
        chunks = source.chunks(size)
        if n_threads > 1:
            done = _on_threads(statistic, chunks, n_threads)
        else:
            done = ((start, statistic(weights)) for start, weights in chunks)
        for _, part in done:
            values.append(part)
            advance(len(part))
    return np.concatenate(values)


def replicate_variance(
    values: Array, source: Replicates, *, estimate: Array | None = None, mse: bool = False
) -> Array:
    """Compute the covariance of a statistic from its replicates.

    Parameters
    ----------
    values : (R, p) array
        The statistic by replicate.
    source : Replicates
        Where the replicates came from.
    estimate : (p,) array, optional
        The statistic in the full sample; needed for `mse`.
    mse : bool
        Centre on the estimate instead of the replicates' mean.

    Returns
    -------
    (p, p) array
        The covariance. Replicates in which a value is not finite are left out.

    Notes
    -----
    scale x sum over r of rscales_r (t_r - c)(t_r - c)', c being the estimate or the mean of the t_r with a
    positive rscales: R's ``svrVar``, whose ``mse`` this is.
    """
    kept = np.isfinite(values).all(axis=1)
    theta, times = values[kept], source.times[kept]
    if mse and estimate is not None:
        centre = np.asarray(estimate)
    else:
        times = times * (source.rscales[kept] > 0)  # a stratum sampled whole has no part in the mean
        centre = times @ theta / times.sum() if times.any() else np.full(values.shape[1], np.nan)
    deviations = theta - centre
    factors = source.scale * source.rscales[kept] * source.times[kept]
    covariance: Array = (deviations * factors[:, None]).T @ deviations
    return covariance
