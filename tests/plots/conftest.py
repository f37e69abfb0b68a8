import pytest

from peerstats.plots import new_axes


@pytest.fixture
def ax():
    return new_axes()
