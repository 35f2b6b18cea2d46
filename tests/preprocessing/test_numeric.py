"""Numbers are scaled by the formulas of the docstring, and no outlier gets far."""

import numpy as np
import pytest

from schuss.preprocessing.cells import column_of
from schuss.preprocessing.numeric import Numeric


def column(cells):
    return column_of("a", np.array(cells, float))


def encoded(fitted, cells, smooth_clip=None, dtype=float):
    out = np.full((len(cells), len(fitted.outputs)), np.nan, dtype)
    fitted.encode(column(cells), out, smooth_clip)
    return out.T.tolist()


def test_robust_is_median_and_quartiles():
    own = Numeric.fitted(column([1, 2, 3, 4, 100]), "robust")
    assert (own.center, own.scale, own.median) == (3, 2, 3)
    assert encoded(own, [3, 5, 100]) == [[0, 1, 48.5]]


def test_robust_falls_back_on_half_the_range():
    own = Numeric.fitted(column([0, 0, 0, 0, 8]), "robust")
    assert (own.center, own.scale) == (0, 4)


def test_standard_is_mean_and_deviation(rng):
    cells = rng.normal(5, 3, 1000)
    own = Numeric.fitted(column(cells), "standard")
    (scaled,) = encoded(own, cells)
    # A sum of n terms errs by n u of its absolute terms, at most.
    bound = 1000 * np.finfo(float).eps * np.abs(cells).max()
    assert abs(np.mean(scaled)) < bound and abs(np.std(scaled) - 1) < bound


@pytest.mark.parametrize("scaling", ["robust", "standard"])
def test_a_column_of_one_value_becomes_zero(scaling):
    assert encoded(Numeric.fitted(column([7, 7]), scaling), [7, 8]) == [[0, 1]]


def test_no_scaling_leaves_numbers():
    assert encoded(Numeric.fitted(column([1, 5]), None), [2, 9]) == [[2, 9]]


def test_a_gap_is_the_median_and_told():
    own = Numeric.fitted(column([1, np.nan, 3, 11]), "standard")
    assert own.outputs == ["a", "a is missing"] and own.median == 3
    assert encoded(own, [np.nan, 3]) == [[-2 / own.scale] * 2, [True, False]]
    known = Numeric.fitted(column([1, 3, 11]), "standard")
    assert known.outputs == ["a"]
    assert encoded(known, [np.nan]) == [[-2 / known.scale]]


def test_the_smooth_limit():
    own = Numeric(name="a", center=0.0, scale=1.0, median=0.0, gaps=False)
    cells = np.array([0, 1e-9, 1, -4, 1e200, -1.7e308])
    (scaled,) = encoded(own, cells, 3.0)
    plain = cells[:4] / np.sqrt(1 + (cells[:4] / 3) ** 2)
    np.testing.assert_allclose(scaled[:4], plain, rtol=8 * np.finfo(float).eps)
    np.testing.assert_allclose(scaled[4:], [3, -3], rtol=8 * np.finfo(float).eps)
    tiny = Numeric(name="a", center=0.0, scale=1e-300, median=0.0, gaps=False)
    (scaled,) = encoded(tiny, [1e100], 3.0)  # beyond any number on its way
    np.testing.assert_allclose(scaled, 3, rtol=8 * np.finfo(float).eps)
    with pytest.raises(ValueError, match=r"column 'a' is 1e\+100 in row 1, too far fr"):
        encoded(tiny, [0, 1e100])
    with pytest.raises(ValueError, match=r"column 'a' is 1e\+39 in row 0.*for float32"):
        encoded(own, [1e39], dtype=np.float32)


@pytest.mark.parametrize("scaling", ["robust", "standard"])
def test_numbers_too_large_to_be_scaled_are_refused(scaling):
    cells = [-1.5e308, -1.5e308, 1.5e308, 1.5e308]
    with pytest.raises(ValueError, match=r"'a' has numbers up to 1.5e\+308, too large"):
        Numeric.fitted(column(cells), scaling)
