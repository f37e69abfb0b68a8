"""The example runs as it stands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.spark


def test_the_example_prints_a_model_and_predictions():
    script = Path(__file__).parents[2] / "examples" / "spark_local.py"
    done = subprocess.run(  # noqa: S603  (our own script)
        [sys.executable, "-W", "ignore", str(script)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(script.parents[1])},
    )
    assert "1,408 rows of 1,408, sampling weights weight, clusters county (166)" in done.stdout
    assert "only showing top 5 rows" in done.stdout
