"""Normalization by rows and by columns, forward and back, against derived bounds."""

import numpy as np
import pytest
from bounds import exact, gamma, roundoff

from schuss import reference
from schuss._core import kernels

# Four vectors of columns at a time, of 2 to 16 numbers.
SHAPES = [(1, 1), (2, 1), (3, 17), (7, 64), (33, 65), (5, 300)]


def data(dtype, shape, seed=0):
    """Rows and columns of means and scales of their own."""
    rng = np.random.default_rng(seed)
    scale = np.exp(rng.normal(size=shape[1]))
    return ((rng.normal(size=shape) + rng.normal(size=shape[1])) * scale).astype(dtype)


def vectors(dtype, columns, count):
    rng = np.random.default_rng(1)
    return [rng.normal(size=columns).astype(dtype) for _ in range(count)]


def moments_error(x, axis, dtype):
    """Of mean and variance along an axis.

    A mean is a chain of n additions and a product with 1 / n, which was rounded. With
    its error e, sum (x - mean - e)^2 / n = variance + e^2, as x - mean adds up to 0; a
    term has two more roundings for the difference and one for the square.
    """
    n = x.shape[axis]
    mean = x.mean(axis=axis, keepdims=True)
    e_mean = gamma(n + 2, dtype) * np.abs(x).mean(axis=axis, keepdims=True)
    variance = np.square(x - mean).mean(axis=axis, keepdims=True)
    e_variance = e_mean**2 + gamma(n + 6, dtype) * (variance + e_mean**2)
    return e_mean, e_variance


@pytest.mark.parametrize("shape", SHAPES)
def test_column_moments(isa, dtype, shape):
    x = data(dtype, shape)
    found = kernels.column_moments(x)
    e_mean, e_variance = moments_error(exact(x), 0, dtype)
    truth = reference.column_moments(exact(x))
    for a, b, error in zip(found, truth, (e_mean[0], e_variance[0]), strict=True):
        assert a.dtype == dtype and np.all(np.abs(a - b) <= error)


@pytest.mark.parametrize("shape", [(0, 3), *SHAPES])
def test_column_product_sum(isa, dtype, shape):
    a, b = data(dtype, shape), data(dtype, shape, 1)
    found = kernels.column_product_sum(a, b)
    truth = reference.column_product_sum(exact(a), exact(b))
    bound = gamma(shape[0] + 1, dtype) * np.abs(exact(a) * exact(b)).sum(axis=0)
    assert found.dtype == dtype and np.all(np.abs(found - truth) <= bound)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("epsilon", [1e-5, 0.1])
def test_layer_norm(isa, dtype, shape, epsilon):
    """The inverse errs by half of what variance + epsilon does, relatively, and by 3
    roundings: sum, root and quotient, of epsilon's own a half."""
    x = data(dtype, shape)
    gain, shift = vectors(dtype, shape[1], 2)
    found = kernels.layer_norm(x, gain, shift, epsilon)
    true = reference.layer_norm(exact(x), exact(gain), exact(shift), epsilon)
    _, z, inverse = true
    e_mean, e_variance = moments_error(exact(x), 1, dtype)
    u = roundoff(dtype)
    relative = 1.01 * (e_variance * inverse[:, None] ** 2 / 2 + 4 * u)
    assert np.all(relative < 0.01)
    e_z = e_mean * inverse[:, None] * (1 + relative) + np.abs(z) * (relative + 3 * u)
    e_y = np.abs(gain) * e_z + gamma(2, dtype) * (np.abs(gain * z) + np.abs(shift))
    bounds = (1.01 * e_y, 1.01 * e_z, (relative * inverse[:, None])[:, 0])
    for a, b, bound in zip(found, true, bounds, strict=True):
        assert a.dtype == dtype and np.all(np.abs(a - b) <= bound)


@pytest.mark.parametrize("shape", SHAPES)
def test_layer_norm_backward(isa, dtype, shape):
    """Of g, a product; of its mean and of that along z, a chain each."""
    z, d_y = data(dtype, shape), data(dtype, shape, 1)
    (gain,) = vectors(dtype, shape[1], 1)
    inverse = np.abs(data(dtype, (1, shape[0]), 2)[0])
    found = kernels.layer_norm_backward(gain, z, inverse, d_y)
    arrays = [exact(array) for array in (gain, z, inverse, d_y)]
    truth = reference.layer_norm_backward(*arrays)
    g, scale, n = np.abs(arrays[0] * arrays[3]), arrays[2][:, None], shape[1]
    size_z = np.abs(arrays[1])
    mean = g.mean(axis=1, keepdims=True)
    along = (g * size_z).mean(axis=1, keepdims=True)
    terms = g + (1 + gamma(n + 2, dtype)) * mean + along * size_z
    bound = scale * (
        gamma(5, dtype) * terms
        + gamma(n + 3, dtype) * mean
        + gamma(n + 4, dtype) * along * size_z
    )
    assert found.dtype == dtype and np.all(np.abs(found - truth) <= 1.01 * bound)


@pytest.mark.parametrize("shape", [(0, 3), *SHAPES])
def test_batch_norm(isa, dtype, shape):
    x = data(dtype, shape)
    given = vectors(dtype, shape[1], 4)
    y, z = kernels.batch_norm(x, *given)
    mean, inverse, gain, shift = (exact(vector) for vector in given)
    true_y, true_z = reference.batch_norm(exact(x), mean, inverse, gain, shift)
    size = np.abs(true_z)
    assert np.all(np.abs(z - true_z) <= gamma(2, dtype) * size)
    bound = gamma(4, dtype) * (np.abs(gain) * size + np.abs(shift))
    assert y.dtype == z.dtype == dtype and np.all(np.abs(y - true_y) <= bound)


@pytest.mark.parametrize("shape", SHAPES)
def test_batch_norm_backward(isa, dtype, shape):
    z, d_y = data(dtype, shape), data(dtype, shape, 1)
    gain, inverse, d_gain, d_shift = vectors(dtype, shape[1], 4)
    found = kernels.batch_norm_backward(gain, inverse, z, d_y, d_gain, d_shift)
    arrays = [exact(array) for array in (gain, inverse, z, d_y, d_gain, d_shift)]
    truth = reference.batch_norm_backward(*arrays)
    g, i, z, d, dg, ds = (np.abs(array) for array in arrays)
    bound = gamma(8, dtype) * g * i * (d + (ds + z * dg) / len(d))
    assert found.dtype == dtype and np.all(np.abs(found - truth) <= bound)


@pytest.mark.parametrize("width", [3, 33])
def test_rows_that_are_equal_or_not_finite_stay_in_their_row(isa, dtype, width):
    gain, shift = np.ones(width, dtype), np.full(width, 0.5, dtype)
    x = data(dtype, (4, width))
    x[1], x[2, 0] = 7, np.inf
    y, z, inverse = kernels.layer_norm(x, gain, shift, 1e-5)
    assert np.isfinite(y[[0, 1, 3]]).all() and not np.isfinite(y[2]).any()
    np.testing.assert_allclose(y[1], 0.5, atol=1e-2)
    alone = kernels.layer_norm(x[3:], gain, shift, 1e-5)
    for a, b in zip((y, z, inverse), alone, strict=True):
        np.testing.assert_array_equal(a[3:], b)


def test_the_reference_is_what_pytorch_computes(rng):
    torch = pytest.importorskip("torch")
    x, d_y = rng.normal(size=(2, 13, 7))
    gain, shift = rng.normal(size=(2, 7))
    t = [torch.tensor(array, requires_grad=True) for array in (x, gain, shift)]
    torch.nn.functional.layer_norm(t[0], (7,), t[1], t[2], 1e-3).backward(
        torch.tensor(d_y)
    )
    _, z, inverse = reference.layer_norm(x, gain, shift, 1e-3)
    found = reference.layer_norm_backward(gain, z, inverse, d_y)
    np.testing.assert_allclose(found, t[0].grad, atol=1e-13)
    t = [torch.tensor(array, requires_grad=True) for array in (x, gain, shift)]
    torch.nn.functional.batch_norm(
        t[0], None, None, t[1], t[2], training=True, eps=1e-3
    ).backward(torch.tensor(d_y))
    mean, variance = reference.column_moments(x)
    inverse = 1 / np.sqrt(variance + 1e-3)
    _, z = reference.batch_norm(x, mean, inverse, gain, shift)
    sums = reference.column_product_sum(z, d_y), d_y.sum(axis=0)
    found = reference.batch_norm_backward(gain, inverse, z, d_y, *sums)
    np.testing.assert_allclose(found, t[0].grad, atol=1e-13)
    np.testing.assert_allclose(sums[0], t[1].grad, atol=1e-13)
    np.testing.assert_allclose(sums[1], t[2].grad, atol=1e-13)
