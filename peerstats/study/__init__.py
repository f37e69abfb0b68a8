"""From a survey to a report."""

from peerstats.study._demo import DemoResult, run_demo
from peerstats.study._report import Figure, Section, render_report

__all__ = ["DemoResult", "Figure", "Section", "render_report", "run_demo"]
