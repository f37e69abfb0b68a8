"""Simulated data whose true parameters are known, and public series fetched from their agency."""

from peerstats.datasets._bls_answer import Observation
from peerstats.datasets._bls_result import BlsResult
from peerstats.datasets._bls_series import bls_series
from peerstats.datasets._cohort import Cohort, simulate_cohort
from peerstats.datasets._fetch_bls import fetch_bls

__all__ = ["BlsResult", "Cohort", "Observation", "bls_series", "fetch_bls", "simulate_cohort"]
