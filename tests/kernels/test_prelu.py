"""PReLU: a product or nothing, which rounds once in both engines."""

import numpy as np
import pytest

from schuss import reference
from schuss._core import kernels


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (3, 17), (5, 64), (2, 65)])
def test_prelu(isa, dtype, rng, shape):
    x, slopes = rng.normal(size=shape).astype(dtype), rng.normal(size=shape[1])
    x[x > 1] = 0
    slopes = slopes.astype(dtype)
    found = kernels.prelu(x, slopes)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, reference.prelu(x, slopes))


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (3, 17), (5, 64), (2, 65)])
def test_prelu_backward(isa, dtype, rng, shape):
    x, d_y = rng.normal(size=(2, *shape)).astype(dtype)
    x[x > 1] = 0
    slopes = rng.normal(size=shape[1]).astype(dtype)
    found = kernels.prelu_backward(x, slopes, d_y)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, reference.prelu_backward(x, slopes, d_y))


def test_a_slope_of_leaky_relu_is_leaky_relu(isa, dtype, rng):
    x, d_y = rng.normal(size=(2, 9, 20)).astype(dtype)
    slopes = np.full(20, 0.01, dtype)
    np.testing.assert_array_equal(kernels.prelu(x, slopes), kernels.leaky_relu(x))
    back = kernels.leaky_relu_backward(kernels.leaky_relu(x), d_y)
    np.testing.assert_array_equal(kernels.prelu_backward(x, slopes, d_y), back)


def test_nan_is_kept(isa, dtype):
    x, slopes = np.full((3, 20), np.nan, dtype), np.ones(20, dtype)
    assert np.isnan(kernels.prelu(x, slopes)).all()
