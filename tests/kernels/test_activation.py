"""Activations, exp and log against NumPy in a higher precision, by units of error."""

import numpy as np
import pytest
from bounds import (
    ACTIVATION_ULP,
    EXP_ULP,
    KINKS,
    LOG_ULP,
    NORMAL_CDF_ULP,
    STEEPEST,
    activation_error,
    cubic,
    exact,
    kept,
    roundoff,
    slope_error,
)

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
    worst = np.max(ulps(y, truth) - limit, initial=-np.inf)
    assert worst <= 0, f"{function}: {worst:.2f} units in the last place too many"


def limit_of(name, x):
    """The stated error, with what the argument of gelu_tanh adds."""
    if name != "gelu_tanh":
        return ACTIVATION_ULP[name]
    v, _ = cubic(exact(x))
    return ACTIVATION_ULP[name] + 5 * np.abs(v) * reference.sigmoid(-v)


def check_forward(name, dtype, low, high):
    x = numbers(dtype, low, high)
    truth = getattr(reference, name)(exact(x))
    kept = np.abs(truth) >= np.finfo(dtype).tiny  # those below may be lost
    assert_within(name, truth[kept], x[kept], limit_of(name, x[kept]))


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


def test_hard_sigmoid(isa, dtype):
    check_forward("hard_sigmoid", dtype, -5, 5)


def test_leaky_relu(isa, dtype):
    check_forward("leaky_relu", dtype, -100, 100)


def test_elu(isa, dtype):
    check_forward("elu", dtype, -60, 60)


def test_selu(isa, dtype):
    check_forward("selu", dtype, -60, 60)


def lowest(dtype):
    """Where e^x stops being a normal number."""
    return np.log(float(np.finfo(dtype).tiny))


def test_softplus(isa, dtype):
    check_forward("softplus", dtype, lowest(dtype), -lowest(dtype))


def test_normal_cdf(isa, dtype):
    x = numbers(dtype, -12.9 if dtype == "float32" else -37.4, 10)
    assert_within("normal_cdf", reference.normal_cdf(exact(x)), x, NORMAL_CDF_ULP)


def test_normal_cdf_beyond_the_range(isa, dtype):
    x = np.array([1e4, -1e4, np.inf, -np.inf, np.nan, 0, -0.0], dtype)
    truth = [1, 0, 1, 0, np.nan, 0.5, 0.5]
    np.testing.assert_array_equal(kernels.normal_cdf(x), truth)


# Down to where a gate stops being a normal number.
def test_gelu(isa, dtype):
    check_forward("gelu", dtype, -12.9 if dtype == "float32" else -37.4, 40)


def test_gelu_tanh(isa, dtype):
    check_forward("gelu_tanh", dtype, -10 if dtype == "float32" else -21.3, 40)


def test_silu(isa, dtype):
    check_forward("silu", dtype, lowest(dtype), -lowest(dtype))


def test_mish(isa, dtype):
    check_forward("mish", dtype, lowest(dtype), -lowest(dtype))


def hard(dtype):
    """Zeros, the smallest and the largest, and around where exponentials end."""
    info = np.finfo(dtype)
    sizes = [0, info.smallest_subnormal, 5 * info.smallest_subnormal, info.tiny]
    sizes += [info.eps, 0.5, 1, 2, 3, 10, 14.4, 20, 38.6, 40, 1000, 1e4, 1e19, 1e30]
    sizes += [info.max / 2, info.max]
    for end in (87.4, 88.7, 89, 103.9, 104, 104.1, 708.4, 709.8, 710, 745.1, 746, 747):
        sizes.append(end)
    sizes = np.array(sizes, dtype)
    return np.concatenate([sizes, -sizes])


def assert_near(found, truth, error):
    """Infinities and NaN where they should be, the rest within its error."""
    sure = np.isfinite(truth.astype(found.dtype))
    np.testing.assert_array_equal(found[~sure], truth[~sure].astype(found.dtype))
    assert np.all(np.abs(found - truth)[sure] <= error[sure])


@pytest.mark.parametrize("name", reference.ACTIVATIONS)
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_hard_numbers(isa, dtype, name):
    """What is below the smallest normal number may be lost, and in a gate, too."""
    x = np.concatenate([hard(dtype), np.array([np.inf, -np.inf, np.nan], dtype)])
    found, big = getattr(kernels, name)(x), exact(x)
    truth = getattr(reference, name)(big)
    tiny = float(np.finfo(dtype).tiny)
    with np.errstate(invalid="ignore", over="ignore"):
        lost = np.where(np.isfinite(x), tiny * (1 + np.minimum(np.abs(big), 1e4)), 0)
        error = activation_error(name, np.clip(big, -1e4, 1e4), truth, dtype)
        assert_near(found, truth, error + lost)
    finite = np.isfinite(x)
    assert not np.isnan(found[finite]).any() and np.isnan(found[-1])

    way = kept(name, x, found)
    slope = getattr(kernels, f"{name}_backward")(way, np.ones_like(x))
    assert not np.isnan(slope[:-1]).any()
    near = np.clip(exact(way), -1e4, 1e4)
    meant = getattr(reference, f"{name}_backward")(exact(way), np.ones_like(big))
    with np.errstate(invalid="ignore"):
        assert_near(slope, meant, slope_error(name, near, dtype) + 1e4 * tiny)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [*reference.ACTIVATIONS, "exp"])
def test_every_size(isa, dtype, rng, name, size):
    x = rng.normal(size=size).astype(dtype)
    truth = getattr(reference, name)(exact(x))
    assert_within(name, truth, x, EXP_ULP if name == "exp" else limit_of(name, x))


def check_backward(name, dtype, rng):
    x = np.concatenate([rng.normal(size=1009) * 3, [0.0]]).astype(dtype)
    way = kept(name, x, getattr(reference, name)(x))
    gradient = rng.normal(size=x.shape).astype(dtype)
    backward = getattr(kernels, f"{name}_backward")
    truth = getattr(reference, f"{name}_backward")(exact(way), exact(gradient))
    found = backward(way, gradient)
    assert found.dtype == x.dtype
    error = np.abs(gradient) * slope_error(name, exact(way), dtype)
    assert np.all(np.abs(found - truth) <= error)


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


def test_hard_sigmoid_backward(isa, dtype, rng):
    check_backward("hard_sigmoid", dtype, rng)


def test_leaky_relu_backward(isa, dtype, rng):
    check_backward("leaky_relu", dtype, rng)


def test_elu_backward(isa, dtype, rng):
    check_backward("elu", dtype, rng)


def test_selu_backward(isa, dtype, rng):
    check_backward("selu", dtype, rng)


def test_softplus_backward(isa, dtype, rng):
    check_backward("softplus", dtype, rng)


def test_gelu_backward(isa, dtype, rng):
    check_backward("gelu", dtype, rng)


def test_gelu_tanh_backward(isa, dtype, rng):
    check_backward("gelu_tanh", dtype, rng)


def test_silu_backward(isa, dtype, rng):
    check_backward("silu", dtype, rng)


def test_mish_backward(isa, dtype, rng):
    check_backward("mish", dtype, rng)


@pytest.mark.parametrize(
    "name", [name for name in reference.ACTIVATIONS if name != "step"]
)
def test_backward_by_central_differences(isa, rng, name):
    x = np.concatenate([rng.normal(size=101), np.linspace(-6, 6, 101)])
    for kink in {**KINKS, "elu": (0,)}.get(name, ()):  # whose f'' jumps
        x = x[np.abs(x - kink) > 1e-3]
    step = np.finfo(np.float64).eps ** (1 / 3)
    forward = getattr(kernels, name)
    slope = (forward(x + step) - forward(x - step)) / (2 * step)
    way = kept(name, x, forward(x))
    found = getattr(kernels, f"{name}_backward")(way, np.ones_like(x))
    # h^2 / 6 of the third derivative (at most 2), and rounding of values and of x +- h.
    own = activation_error(name, np.abs(x) + 1, np.abs(forward(x)) + 1, "float64")
    moved = STEEPEST.get(name, 1) * roundoff("float64") * (np.abs(x) + 1)
    bound = step**2 / 3 + 1.01 * (own + moved) / step
    assert np.all(np.abs(found - slope) <= bound)


def test_nothing_is_learned_through_a_step(isa, dtype, rng):
    output = kernels.step(rng.normal(size=50).astype(dtype))
    assert not kernels.step_backward(output, output + 1).any()


@pytest.mark.parametrize("name", ["gelu", "relu"])
def test_what_is_kept_and_its_gradient_are_of_one_size(dtype, name):
    word = "x" if name == "gelu" else "output"
    with pytest.raises(
        ValueError, match=f"{word} and gradient differ in size: 3 and 2"
    ):
        getattr(kernels, f"{name}_backward")(np.ones(3, dtype), np.ones(2, dtype))


# Of all bit patterns every seventh; fewer where the reference takes hundreds of steps.
STRIDES = {"normal_cdf": 31, "gelu": 31}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "exp",
        "log",
        "sigmoid",
        "tanh",
        "elu",
        "selu",
        "softplus",
        "silu",
        "mish",
        *STRIDES,
    ],
)
def test_all_float32_numbers(isa, name):
    limit = {
        **ACTIVATION_ULP, "exp": EXP_ULP, "log": LOG_ULP, "normal_cdf": NORMAL_CDF_ULP
    }[name]  # fmt: skip
    tiny = np.finfo(np.float32).tiny
    for start in range(0, 2**32, 2**26):
        bits = np.arange(start, start + 2**26, STRIDES.get(name, 7), dtype=np.uint64)
        x = bits.astype(np.uint32).view(np.float32)
        with np.errstate(all="ignore"):
            truth = getattr(reference, name)(exact(x))
            lost = tiny * np.maximum(1, np.abs(exact(x)))  # that of a gate times x
            kept = np.isfinite(x) & np.isfinite(truth.astype(np.float32))
            kept &= np.abs(truth) >= (
                lost if name in ("silu", "mish", "gelu") else tiny
            )
        if kept.any():
            y = getattr(kernels, name)(x[kept])
            assert np.max(ulps(y, truth[kept])) <= limit
