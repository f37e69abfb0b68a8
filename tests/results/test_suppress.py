"""Small counts are kept back, and nothing that is shown gives them away."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import peerstats as ps
from peerstats.results import Column, Count, Counts, Numbers, Table
from peerstats.results._hide_counts import hide_counts


def two_way(n):
    """Return the counts of a two-way table and its sums: cells, row totals, column totals, all."""
    r, c = n.shape
    counts = np.concatenate([n.ravel(), n.sum(axis=1), n.sum(axis=0), [n.sum()]])
    rows, columns, everybody = r * c, r * c + r, r * c + r + c
    sums = [(rows + i, tuple(range(i * c, i * c + c))) for i in range(r)]
    sums += [(columns + j, tuple(range(j, r * c, c))) for j in range(c)]
    sums += [(everybody, tuple(range(rows, columns))), (everybody, tuple(range(columns, everybody)))]
    return counts, sums


def system(counts, sums, hidden):
    """Return the equations that the shown counts leave on the hidden ones."""
    whole = np.zeros((len(sums), len(counts)))
    for row, (total, parts) in zip(whole, sums, strict=True):
        row[list(parts)], row[total] = 1, -1
    return whole[:, hidden], -whole[:, ~hidden] @ counts[~hidden]


def by_rank(left):
    """Say which unknowns the equations determine: those on which their null space is zero."""
    _, size, turned = np.linalg.svd(left)
    null = turned[int((size > 1e-9).sum()) :]  # singular values of matrices of 0 and 1 are far from this
    return np.abs(null).max(axis=0, initial=0.0) < 1e-9


def ranges(left, right):
    """Return the smallest and largest whole number that each unknown can be."""
    found = []
    for j in range(left.shape[1]):
        aim = np.zeros(left.shape[1])
        aim[j] = 1
        low = linprog(aim, A_eq=left, b_eq=right, bounds=(0, None))
        high = linprog(-aim, A_eq=left, b_eq=right, bounds=(0, None))
        assert low.status == 0
        top = np.inf if high.status != 0 else np.floor(-high.fun + 1e-6)
        # the matrix of a two-way table is totally unimodular: its corners are whole numbers
        found.append((np.ceil(low.fun - 1e-6), top))
    return found


tables = st.integers(2, 4).flatmap(
    lambda r: st.integers(2, 4).flatmap(
        lambda c: st.lists(st.integers(0, 30), min_size=r * c, max_size=r * c).map(
            lambda cells: np.array(cells).reshape(r, c)
        )
    )
)


@settings(max_examples=150, deadline=None)
@given(tables, st.sampled_from([5, 11]), st.booleans())
def test_no_suppressed_cell_of_a_two_way_table_can_be_worked_out(n, below, zeros):
    counts, sums = two_way(n)
    found = hide_counts(counts, sums, below, zeros=zeros)
    hidden = found.small | found.revealing
    assert (found.small == (counts < below) & (zeros | (counts > 0))).all()
    assume(hidden.any())
    left, right = system(counts, sums, hidden)
    assert not by_rank(left).any()
    assert all(low < high for low, high in ranges(left, right))


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from([5, 11]))
def test_nothing_is_hidden_that_no_small_count_asks_for(n, below):
    counts, sums = two_way(n)
    found = hide_counts(counts, sums, below)
    assert found.small.any() or not found.revealing.any()


def test_the_only_small_cell_takes_the_smallest_of_its_row_and_column_with_it():
    n = np.array([[4, 30, 25], [40, 50, 60], [70, 80, 90]])
    counts, sums = two_way(n)
    found = hide_counts(counts, sums, 11)
    hidden = (found.small | found.revealing)[:9].reshape(3, 3)
    # 25 beside it and 40 below it; then 60, or else these two would be known
    assert hidden.tolist() == [[True, False, True], [True, False, True], [False, False, False]]


def test_two_small_cells_of_a_row_that_must_both_be_zero_or_all_are_not_left_alone():
    # 1 and 0 hidden, their sum 1 shown: either could be the one, so neither is known
    counts, sums = np.array([1, 0, 30, 31]), [(3, (0, 1, 2))]
    found = hide_counts(counts, sums, 5, zeros=True)
    assert found.small.tolist() == [True, True, False, False]
    assert not found.revealing.any()
    # both zero and their sum shown as zero: whole numbers of 0 or more leave them nothing else
    counts, sums = np.array([0, 0, 30, 30]), [(3, (0, 1, 2))]
    assert hide_counts(counts, sums, 5, zeros=True).revealing.tolist() == [False, False, True, False]


def test_a_small_count_in_no_sum_is_kept_back_alone():
    found = hide_counts(np.array([4, 30]), [], 11)
    assert found.small.tolist() == [True, False]
    assert not found.revealing.any()


def test_a_count_that_the_text_tells_cannot_be_kept_back():
    with pytest.raises(ps.InputError, match="tells of 4 people in its text, fewer than 11"):
        hide_counts(np.array([4]), [], 11, fixed=np.array([True]))
    counts, sums = np.array([4, 30, 34]), [(2, (0, 1))]
    with pytest.raises(
        ps.InputError, match="a count of 4 can be worked out from what the table's text tells"
    ):
        hide_counts(counts, sums, 11, fixed=np.array([False, True, True]))


def small_table(n=(4, 30, 66)):
    total = sum(n)
    rows = [
        (name, Numbers(pattern="count_percent", values=(each, each / total)), 1.5)
        for name, each in zip("abc", n, strict=True)
    ]
    rows.append(("all", total, 1.5))
    columns = [Column(key="l", label="Level"), Column(key="n", label="n (%)", kind="integer")]
    columns.append(Column(key="m", label="Mean", kind="number"))
    counts = [Count(n=each, cells=[(i, 1), (i, 2)]) for i, each in enumerate((*n, total))]
    return Table(
        key="t",
        title="T",
        columns=columns,
        rows=rows,
        counts=Counts(counts=counts, sums=[(3, (0, 1, 2))]),
    )


def test_every_format_has_the_mark_and_none_the_count(tmp_path):
    table = small_table((7, 13, 61)).suppress(11)
    table.to_docx(tmp_path / "t.docx")
    import docx  # noqa: PLC0415  (only this test reads Word files)

    cells = docx.Document(str(tmp_path / "t.docx")).tables[0]._cells
    shown = [
        table.to_text(),
        table.to_html(),
        table.to_latex(),
        table.to_markdown(),
        table.to_csv(),
        table.to_csv(rounded=False),
        str(table.to_dict()),
        " ".join(cell.text for cell in cells),
    ]
    for text in shown:
        body = text.replace("{[}s{]}", "[s]").replace("\\[s\\]", "[s]").rsplit("<style>", 1)[-1]
        assert body.count("[s]") >= 4
        assert "8.64" not in body  # the percentages that belong to 7 and 13 of 81
        assert "16.05" not in body
    assert table.notes[-1] == (
        "[s]: suppressed, 1 count below 11 and 1 from which it could be worked out, with what is computed "
        "from them."
    )


def test_the_counts_do_not_ride_along():
    table = small_table((7, 13, 61)).suppress(11)
    assert table.counts is None
    assert all("7" not in str(cell) for row in table.rows[:2] for cell in row)
    assert pickle.loads(pickle.dumps(table)).rows == table.rows  # noqa: S301  (our own bytes)


def test_a_table_without_small_counts_says_so():
    table = small_table((20, 30, 66)).suppress(11)
    assert table.rows == small_table((20, 30, 66)).rows
    assert table.notes == ("No count had to be suppressed: none is below 11.",)


def test_a_crosstab_keeps_the_same_counts_back_in_both_its_tables():
    sizes = {("a", "x"): 4, ("a", "y"): 40, ("b", "x"): 30, ("b", "y"): 55, ("c", "x"): 70, ("c", "y"): 90}
    rows = [pair for pair, n in sizes.items() for _ in range(n)]
    data = pd.DataFrame(rows, columns=["state", "job"])
    for percent in ("row", "column", "total"):
        shares, listed, _ = ps.crosstab(data, "state", "job", percent=percent).tables()
        kept = [row[:2] for row in listed.suppress(11).rows if row[2] == "[s]"]
        assert kept == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
        marks = [tuple(j for j, cell in enumerate(row) if cell == "[s]") for row in shares.suppress(11).rows]
        assert marks == [(2, 3), (2, 3), ()]


@pytest.mark.parametrize("below", [1, 0, -3, 2.5, True, "11"])
def test_what_is_no_threshold_is_refused(below):
    with pytest.raises(ps.InputError, match=r"suppress\(\): below="):
        small_table().suppress(below)


def test_a_table_that_does_not_know_its_counts_is_refused():
    table = Table(key="t", title="T", columns=[Column(key="a", label="A")], rows=[("x",)])
    with pytest.raises(ps.InputError, match="does not say which of its cells are counts"):
        table.suppress(11)


def test_counts_that_do_not_add_up_are_refused():
    with pytest.raises(ps.InputError, match=r"counts \[0, 1\] add up to 34, count 2 is 35"):
        Counts(counts=[Count(n=4), Count(n=30), Count(n=35)], sums=[(2, (0, 1))])
    with pytest.raises(ps.InputError, match="names a count that is not there"):
        Counts(counts=[Count(n=4)], sums=[(1, (0,))])
    with pytest.raises(ps.InputError, match=r"n=2\.5 is no count"):
        Count(n=2.5)
