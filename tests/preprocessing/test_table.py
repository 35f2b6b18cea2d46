"""Columns of one length with names of their own, and what may be matched by them."""

import numpy as np
import pytest

from schuss.preprocessing.cells import column_of
from schuss.preprocessing.table import Table, arranged


def table(**columns):
    cells = (column_of(name, np.array(own)) for name, own in columns.items())
    return Table(cells, "X")


def test_rows_are_taken_as_of_an_array():
    own = table(a=[1.0, 2, 3], b=["x", "y", "x"])
    part = own[np.array([2, 0])]
    assert len(own) == 3 and len(part) == 2 and part.names == ["a", "b"]
    assert part.columns[0].values.tolist() == [3, 1]
    assert part.columns[1].levels.tolist() == ["x", "y"]
    assert part.columns[1].values.tolist() == [0, 0]


def test_numbers_and_truth_values_are_a_matrix():
    own = table(a=[1.0, np.nan], b=[True, False])
    np.testing.assert_array_equal(own.matrix(), [[1, 1], [np.nan, 0]])
    assert own.matrix().dtype == np.float64


def test_numbers_that_are_categories_are_coded_by_size():
    places, levels = table(a=[3.0, -1, np.nan, 3]).columns[0].coded()
    assert places.tolist() == [1, 0, -1, 1] and levels == [-1.0, 3.0]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ([], "X is empty: it has no columns"),
        ([("a", [])], "X is empty: it has 1 columns and no rows"),
        ([("a", [1]), ("b", [1, 2])], "1 rows in column 'a' and 2 in column 'b'"),
        ([("a", [1]), ("a", [2])], "X has two columns 'a'; give each a name"),
    ],
)
def test_what_is_no_table_is_refused(columns, sentence):
    with pytest.raises(ValueError, match=sentence):
        Table([column_of(name, np.array(own)) for name, own in columns], "X")


def test_categories_are_no_matrix():
    with pytest.raises(TypeError, match="categories in columns 'b', 'c'; give the mo"):
        table(a=[1], b=["x"], c=["y"]).matrix()


def test_columns_are_found_by_name_in_any_order():
    assert arranged(["a", "b"], ["a", "b"], "X") is None
    assert arranged(["c", "a", "b"], ["a", "b", "c"], "X") == [1, 2, 0]
    with pytest.raises(ValueError, match="X lacks columns 'b', 'c' and has the unkno"):
        arranged(["a", "d"], ["a", "b", "c"], "X")
    with pytest.raises(ValueError, match="the unknown column 'd'; give the 1 columns"):
        arranged(["a", "d"], ["a"], "X")
