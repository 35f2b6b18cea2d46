"""Reading users' tables: the first number that is not finite, wherever it stands."""

import numpy as np
import pytest

from schuss import _core


def check(array, columns=0, dtype="float32"):
    getattr(_core, dtype).check_table(array, "X", columns)


@pytest.mark.parametrize("kind", ["f2", "f4", ">f4", "f8", ">f8"])
@pytest.mark.parametrize("position", [(0, 0), (4, 1), (6, 2)])
@pytest.mark.parametrize(("bad", "word"), [(np.nan, "NaN"), (-np.inf, "infinite")])
def test_numbers_that_are_not_finite_are_named(dtype, kind, position, bad, word):
    array = np.ones((7, 3), kind)
    array[position] = bad
    row, column = position
    with pytest.raises(ValueError, match=rf"X\[{row}, {column}\] is {word}"):
        check(array, 0, dtype)
    with pytest.raises(ValueError, match=rf"X\[{6 - row}, {column}\] is {word}"):
        check(array[::-1], 0, dtype)


def test_numbers_beyond_the_precision_are_named():
    array = np.full((2, 2), 1e300)
    check(array, dtype="float64")
    with pytest.raises(ValueError, match=r"X\[0, 0\] is infinite \(as float32\)"):
        check(array, dtype="float32")
