"""Categories become the columns that the docstring says, seen or not."""

import numpy as np
import pytest

from schuss.preprocessing.categories import Categorical
from schuss.preprocessing.cells import column_of, gaps


def column(*cells):
    return column_of("a", np.array(cells, object))


def encoded(fitted, given):
    out = np.full((len(given.values), len(fitted.outputs)), np.nan)
    fitted.encode(given, out)
    return out.tolist()


def test_each_category_has_a_column_and_what_is_not_seen_has_none():
    own = Categorical.fitted(column("y", "x", "z"), 9)
    assert own.outputs == ["a=x", "a=y", "a=z"]
    given = column("z", "w", None, "x")
    assert encoded(own, given) == [[0, 0, 1], [0, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_two_categories_share_a_column():
    own = Categorical.fitted(column("no", "yes", "no"), 9)
    assert own.outputs == ["a=yes"]
    assert encoded(own, column("yes", "no", "perhaps", None)) == [[1], [-1], [0], [0]]
    truths = Categorical.fitted(column(True, False), 9)
    assert truths.outputs == ["a=True"]
    assert encoded(truths, column(False, True)) == [[-1], [1]]


def test_gaps_of_the_fit_have_a_column():
    own = Categorical.fitted(column("x", None, "y"), 9)
    assert own.outputs == ["a=y", "a is missing"]
    assert encoded(own, column("y", None, "z")) == [[1, 0], [0, 1], [0, 0]]
    assert encoded(own, gaps("a", 2)) == [[0, 1], [0, 1]]


def test_rare_ones_share_a_column_with_those_never_seen():
    cells = ["d"] * 3 + ["a", "b"] * 2 + ["c", "e"]
    own = Categorical.fitted(column(*cells, None), 3)
    # Of a and b, equally frequent, the first.
    assert own.outputs == ["a=a", "a=d", "a is another", "a is missing"]
    given = column("a", "b", "c", "new", "d", None)
    assert encoded(own, given) == [
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 1, 0],
        [0, 0, 1, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
    ]


@pytest.mark.parametrize(("most", "others"), [(3, False), (2, True)])
def test_there_are_never_more_columns_than_wanted(most, others):
    own = Categorical.fitted(column("x", "y", "z", "z"), most)
    assert own.others == others and len(own.outputs) == most


def test_declared_categories_that_do_not_occur_have_no_column():
    given = column("x", "y", "z")
    part = type(given)("a", "strings", given.values[:2], given.levels)
    assert Categorical.fitted(part, 9).outputs == ["a=y"]


def test_numbers_can_be_categories():
    own = Categorical.fitted(column(75001.0, 13001, 2.5), 9)
    assert own.outputs == ["a=2.5", "a=13001", "a=75001"]
    assert encoded(own, column(13001, 4)) == [[0, 1, 0], [0, 0, 0]]
