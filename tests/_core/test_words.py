import pandas as pd
import pytest

import peerstats as ps
from peerstats._core.words import counted


@pytest.mark.parametrize(
    ("n", "words"), [(0, "0 rows"), (1, "1 row"), (1.0, "1 row"), (2, "2 rows"), (12_345, "12,345 rows")]
)
def test_a_count_and_its_noun_agree(n, words):
    assert counted(n, "row") == words


def test_one_group_and_one_respondent_are_singular():
    people = pd.DataFrame({"age": [40.0, 41.0], "job": ["peer", None]})
    assert "1 respondent in 1 group, no weights" in ps.table_one(people, ["age"], by="job").lines
    assert "1 respondent without job left out" in ps.table_one(people, ["age"], by="job").lines
