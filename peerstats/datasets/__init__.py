"""Simulated data whose true parameters are known."""

from peerstats.datasets._cohort import Cohort, simulate_cohort

__all__ = ["Cohort", "simulate_cohort"]
