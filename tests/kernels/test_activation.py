"""Activations, exp and log against NumPy in a higher precision, by units of error."""

import numpy as np
import pytest
from bounds import ACTIVATION_ULP, EXP_ULP, LOG_ULP, exact, gamma, slope_magnitude

from schuss import reference
from schuss._core import kernels

SIZES = [0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 1009]


def ulps(y, truth):
    """Error in units in the last place of the true value, at least of the smallest."""
    spacing = np.spacing(np.abs(truth).astype(y.dtype))
    with np.errstate(invalid="ignore"):
        return np.abs(exact(y) - truth) / spacing


def numbers(dtype, low, high, count=200_001):
    """Numbers all over a range, and all magnitudes near zero, of both signs."""
    info = np.finfo(dtype)
    small = np.geomspace(float(info.tiny), 1.0, 20_001)
    spread = np.linspace(low, high, count)
    signed = small if low >= 0 else np.concatenate([-small, small])
    return np.concatenate([spread, signed]).astype(dtype)


def assert_within(function, truth, x, limit):
    y = getattr(kernels, function)(x)
    assert y.dtype == x.dtype and y.shape == x.shape
    worst = np.max(ulps(y, truth), initial=0)
    assert worst <= limit, f"{function}: {worst:.2f} units in the last place"


def test_exp(isa, dtype):
    info = np.finfo(dtype)
    low, high = np.log(float(info.tiny)), np.log(float(info.max))
    x = numbers(dtype, low, high)
    x = x[(x > low) & (x < high)]
    assert_within("exp", np.exp(exact(x)), x, EXP_ULP)


def test_exp_beyond_the_range(isa, dtype):
    x = np.array([1e4, -1e4, np.inf, -np.inf, np.nan, 0, -0.0], dtype)
    np.testing.assert_array_equal(kernels.exp(x), [np.inf, 0, np.inf, 0, np.nan, 1, 1])


def test_exp_of_subnormal_results(isa, dtype):
    low = np.log(float(np.finfo(dtype).tiny))
    x = np.linspace(low - 20, low, 1001).astype(dtype)
    np.testing.assert_allclose(
        kernels.exp(x), np.exp(exact(x)), rtol=0, atol=np.finfo(dtype).tiny * 1e-6
    )


def test_log(isa, dtype):
    info = np.finfo(dtype)
    x = np.concatenate(
        [
            np.geomspace(float(info.tiny), float(info.max) / 2, 200_001),
            np.linspace(0.5, 2, 200_001),
        ]
    ).astype(dtype)
    assert_within("log", np.log(exact(x)), x, LOG_ULP)


def test_log_at_the_edges(isa, dtype):
    x = np.array([0, -0.0, -1, np.inf, -np.inf, np.nan, 1], dtype)
    truth = [-np.inf, -np.inf, np.nan, np.inf, np.nan, np.nan, 0]
    np.testing.assert_array_equal(kernels.log(x), truth)


def test_log_of_subnormal_numbers(isa, dtype):
    x = (np.arange(1, 2000) * float(np.finfo(dtype).smallest_subnormal)).astype(dtype)
    assert_within("log", np.log(exact(x)), x, LOG_ULP)


def test_sigmoid(isa, dtype):
    limit = 87 if dtype == "float32" else 708
    x = numbers(dtype, -limit, limit)
    truth = 1 / (1 + np.exp(-exact(x)))
    assert_within("sigmoid", truth, x, ACTIVATION_ULP["sigmoid"])


def test_sigmoid_may_lose_subnormal_results(isa, dtype):
    low = np.log(float(np.finfo(dtype).tiny))
    x = np.linspace(low - 30, low, 1001).astype(dtype)
    truth = 1 / (1 + np.exp(-exact(x)))
    found = kernels.sigmoid(x)
    assert np.all((found == 0) | (np.abs(found / truth - 1) < 1e-3))


def test_tanh(isa, dtype):
    x = numbers(dtype, -25, 25)
    assert_within("tanh", np.tanh(exact(x)), x, ACTIVATION_ULP["tanh"])


def test_relu(isa, dtype):
    x = numbers(dtype, -3, 3, 101)
    np.testing.assert_array_equal(kernels.relu(x), np.maximum(x, 0))


def test_identity(isa, dtype):
    x = numbers(dtype, -3, 3, 101)
    np.testing.assert_array_equal(kernels.identity(x), x)


def test_step(isa, dtype):
    x = np.array([-2, -1e-30, -0.0, 0, 1e-30, 2], dtype)
    np.testing.assert_array_equal(kernels.step(x), [0, 0, 1, 1, 1, 1])


@pytest.mark.parametrize("name", reference.ACTIVATIONS)
def test_extremes_equal_the_reference(isa, dtype, name):
    x = np.array([1e4, -1e4, np.inf, -np.inf, np.nan, 0, -0.0, 1e30, -1e30], dtype)
    truth = getattr(reference, name)(x)
    np.testing.assert_array_equal(getattr(kernels, name)(x), truth)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [*reference.ACTIVATIONS, "exp"])
def test_every_size(isa, dtype, rng, name, size):
    x = rng.normal(size=size).astype(dtype)
    truth = getattr(reference, name)(exact(x))
    ulp = {**ACTIVATION_ULP, "exp": EXP_ULP}[name]
    assert_within(name, truth, x, ulp)


def check_backward(name, dtype, rng):
    x = np.concatenate([rng.normal(size=1009) * 3, [0.0]]).astype(dtype)
    output = getattr(reference, name)(x)
    gradient = rng.normal(size=x.shape).astype(dtype)
    backward = getattr(kernels, f"{name}_backward")
    truth = getattr(reference, f"{name}_backward")(exact(output), exact(gradient))
    # At most two operations for the slope and one for the product.
    magnitude = np.abs(gradient) * slope_magnitude(name, exact(output))
    found = backward(output, gradient)
    assert found.dtype == x.dtype
    assert np.all(np.abs(found - truth) <= gamma(4, dtype) * magnitude)


def test_identity_backward(isa, dtype, rng):
    check_backward("identity", dtype, rng)


def test_step_backward(isa, dtype, rng):
    check_backward("step", dtype, rng)


def test_sigmoid_backward(isa, dtype, rng):
    check_backward("sigmoid", dtype, rng)


def test_tanh_backward(isa, dtype, rng):
    check_backward("tanh", dtype, rng)


def test_relu_backward(isa, dtype, rng):
    check_backward("relu", dtype, rng)


@pytest.mark.parametrize("name", ["identity", "sigmoid", "tanh", "relu"])
def test_backward_by_central_differences(isa, rng, name):
    x = rng.normal(size=101)
    x = x[np.abs(x) > 1e-3]
    step = np.finfo(np.float64).eps ** (1 / 3)
    forward = getattr(kernels, name)
    slope = (forward(x + step) - forward(x - step)) / (2 * step)
    found = getattr(kernels, f"{name}_backward")(forward(x), np.ones_like(x))
    # h^2 / 6 of the third derivative (at most 2), and rounding of values up to 3.
    bound = step**2 / 3 + 8 * np.finfo(np.float64).eps / step
    np.testing.assert_allclose(found, slope, rtol=0, atol=bound)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["exp", "log", "sigmoid", "tanh"])
def test_all_float32_numbers(isa, name):
    limit = {**ACTIVATION_ULP, "exp": EXP_ULP, "log": LOG_ULP}[name]
    tiny = np.finfo(np.float32).tiny
    for start in range(0, 2**32, 2**26):
        bits = np.arange(start, start + 2**26, 7, dtype=np.uint64).astype(np.uint32)
        x = bits.view(np.float32)
        with np.errstate(all="ignore"):
            truth = getattr(reference, name)(exact(x))
            kept = np.isfinite(x) & np.isfinite(truth.astype(np.float32))
            kept &= np.abs(truth) >= tiny
        if kept.any():
            y = getattr(kernels, name)(x[kept])
            assert np.max(ulps(y, truth[kept])) <= limit
