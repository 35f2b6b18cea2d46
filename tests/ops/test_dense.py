"""The dense layer, forward and backward, against float64 and central differences."""

import numpy as np
import pytest
from bounds import (
    STEEPEST,
    activation_error,
    exact,
    gamma,
    kept,
    product,
    slope_error,
    slope_magnitude,
)

from schuss import reference
from schuss._core import kernels

SHAPES = [
    (1, 1, 1),
    (2, 3, 4),
    (7, 5, 3),
    (16, 16, 16),
    (13, 33, 31),
    (64, 130, 65),
    (131, 67, 10),
    (300, 20, 70),
    # One row and many panels; rows around a vector; depth, rows and outputs around the
    # blocks, which are 192, 384 or 768 deep.
    (1, 193, 300),
    (1, 5, 257),
    (2, 192, 33),
    (3, 191, 129),
    (4, 385, 5),
    (5, 384, 17),
    (8, 383, 7),
    (9, 769, 3),
    (15, 768, 16),
    (17, 767, 31),
    (193, 3, 5),
    (385, 17, 3),
    (769, 4, 6),
    (2, 7, 193),
    (3, 5, 385),
    (4, 3, 801),
    (65, 533, 131),
    (200, 641, 128),
]


def arrays(rng, dtype, batch, inputs, outputs):
    x = rng.normal(size=(batch, inputs)).astype(dtype)
    weights = (rng.normal(size=(inputs, outputs)) / np.sqrt(inputs)).astype(dtype)
    bias = rng.normal(size=outputs).astype(dtype)
    return x, weights, bias


@pytest.mark.parametrize("activation", reference.ACTIVATIONS)
@pytest.mark.parametrize("shape", SHAPES)
def test_dense_forward(isa, dtype, rng, shape, activation):
    x, weights, bias = arrays(rng, dtype, *shape)
    output = kernels.dense_forward(x, weights, bias, activation)
    s = exact(x) @ exact(weights) + exact(bias)
    error = product(x, weights, bias, dtype)
    truth = reference.ACTIVATIONS[activation].forward(s)
    if activation == "step":
        sure = np.abs(s) > error
        np.testing.assert_array_equal(output[sure], truth[sure])
        return
    error = STEEPEST.get(activation, 1) * error
    own = activation_error(activation, s, truth, dtype)
    assert output.dtype == x.dtype
    assert np.all(np.abs(output - truth) <= 1.01 * (error + own))


@pytest.mark.parametrize("activation", reference.ACTIVATIONS)
@pytest.mark.parametrize("shape", SHAPES)
def test_dense_backward(isa, dtype, rng, shape, activation):
    x, weights, bias = arrays(rng, dtype, *shape)
    sums = reference.dense_forward(x, weights, bias)
    way = kept(activation, sums, reference.ACTIVATIONS[activation].forward(sums))
    d_output = rng.normal(size=way.shape).astype(dtype)
    found = kernels.dense_backward(x, weights, way, d_output, activation)
    big = [exact(a) for a in (x, weights, way, d_output)]
    truth = reference.dense_backward(*big, activation)
    x, weights, _, d_output = (np.abs(a) for a in big)
    delta = d_output * slope_magnitude(activation, big[2])
    own = d_output * slope_error(activation, big[2], dtype)
    down, across = gamma(len(x) + 2, dtype), gamma(shape[2] + 2, dtype)
    bounds = (
        x.T @ (down * delta + own),
        (down * delta + own).sum(axis=0),
        (across * delta + own) @ weights.T,
    )
    for name, a, b, bound in zip(
        ("d_weights", "d_bias", "d_x"), found, truth, bounds, strict=True
    ):
        assert a.shape == b.shape
        assert np.all(np.abs(a - b) <= 1.01 * bound), name


@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh", "gelu", "mish"])
def test_dense_backward_by_central_differences(isa, rng, activation):
    arguments = arrays(rng, "float64", 5, 4, 3)
    d_output = rng.normal(size=(5, 3))
    step = np.finfo(np.float64).eps ** (1 / 3)

    def loss():
        return np.sum(kernels.dense_forward(*arguments, activation) * d_output)

    sums = kernels.dense_forward(*arguments)
    way = kept(activation, sums, kernels.dense_forward(*arguments, activation))
    d_weights, d_bias, d_x = kernels.dense_backward(
        arguments[0], arguments[1], way, d_output, activation
    )
    for array, gradient in zip(arguments, (d_x, d_weights, d_bias), strict=True):
        for index in np.ndindex(array.shape):
            value = array[index]
            array[index] = value + step
            above = loss()
            array[index] = value - step
            below = loss()
            array[index] = value
            # Curvature h^2 / 6 f''' of a sum of 15 terms, and its rounding over 2 h.
            assert abs((above - below) / (2 * step) - gradient[index]) < 2e-8


@pytest.mark.parametrize("threads_used", [1, 2, 3])
@pytest.mark.parametrize("activation", ["tanh", "gelu"])
def test_threads_do_not_change_a_bit(
    isa, dtype, rng, threads, threads_used, activation
):
    x, weights, bias = arrays(rng, dtype, 101, 150, 75)
    d_output = rng.normal(size=(101, 75)).astype(dtype)
    results = []
    for count in (1, threads_used):
        threads(count)
        output = kernels.dense_forward(x, weights, bias, activation)
        gradients = kernels.dense_backward(x, weights, output, d_output, activation)
        results.append([output, *gradients])
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)


def test_empty_batch(isa, dtype):
    x, weights = np.ones((0, 3), dtype), np.ones((3, 2), dtype)
    output = kernels.dense_forward(x, weights, np.ones(2, dtype), "relu")
    assert output.shape == (0, 2)
    gradients = kernels.dense_backward(x, weights, output, output, "relu")
    assert [g.shape for g in gradients] == [(3, 2), (2,), (0, 3)]
    assert not gradients[0].any() and not gradients[1].any()


def test_unknown_activation_lists_the_known(isa, dtype):
    one = np.ones((1, 1), dtype)
    with pytest.raises(ValueError, match=r"unknown activation 'rleu'.*identity.*relu"):
        kernels.dense_forward(one, one, np.ones(1, dtype), "rleu")


@pytest.mark.parametrize("repeats", [1, 3])
@pytest.mark.parametrize("shape", [*SHAPES, (70, 700, 300), (600, 33, 4000)])
def test_dense_backward_input(isa, dtype, rng, shape, repeats):
    batch, inputs, outputs = shape
    weights = rng.normal(size=(inputs, outputs)).astype(dtype)
    delta = rng.normal(size=(batch, outputs)).astype(dtype)
    found = kernels.dense_backward_input(weights, delta, repeats)
    zeros = np.zeros((batch, inputs))
    error = np.abs(found - exact(delta) @ exact(weights).T)
    assert np.all(error <= product(delta, weights.T, zeros, dtype))


def test_the_products_of_a_step_refuse_shapes_that_differ(isa, dtype):
    x, delta = np.ones((3, 2), dtype), np.ones((4, 5), dtype)
    with pytest.raises(
        ValueError, match=r"delta has shape \(4, 5\); expected \(3, 5\)"
    ):
        kernels.dense_backward_weights(x, delta)
    with pytest.raises(
        ValueError, match=r"delta has shape \(4, 5\); expected \(4, 2\)"
    ):
        kernels.dense_backward_input(x, delta)
