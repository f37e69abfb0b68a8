"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import settings

# scripts that made golden files need packages that no test needs
collect_ignore_glob = ["golden/*"]

OFFICIAL = Path(__file__).parents[1] / ".." / "shared" / "data"
NATIONAL_FILE = OFFICIAL / "NFWBS_PUF_2016_data.csv"

# A busy machine is no failure, and a submission must not fail by the luck of a draw: CI draws the same
# examples each time, a developer's run new ones.
settings.register_profile("peerstats", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("peerstats")

FRAMES = {
    "pandas": pd.DataFrame,
    "pandas-nullable": lambda columns: pd.DataFrame(columns).convert_dtypes(),
    "polars": lambda columns: pl.DataFrame(columns, strict=False),
    "pyarrow": pa.table,
}


@pytest.fixture(params=list(FRAMES))
def make_frame(request):
    """Make a frame of each kind from a dictionary of columns."""
    return FRAMES[request.param]


@pytest.fixture
def rng():
    return np.random.default_rng(20261122)


@pytest.fixture(scope="session")
def national():
    """The 2016 national file, where it is at hand."""
    if not NATIONAL_FILE.exists():
        pytest.skip("needs ../shared/data/NFWBS_PUF_2016_data.csv")
    return pd.read_csv(NATIONAL_FILE)


@pytest.fixture(autouse=True)
def no_figure_is_left_open():
    """Close what a test's plots have left with pyplot, which warns of the twenty-first."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
