"""The reference's activations against their formulas, one number at a time."""

import math

import numpy as np
import pytest

from schuss import reference
from schuss.reference.elementary import normal_density

U = np.finfo(np.float64).eps / 2


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def normal_cdf(x):
    return math.erfc(-x / math.sqrt(2)) / 2


FORMULAS = {
    "identity": lambda x: x,
    "step": lambda x: float(x >= 0),
    "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0), 1),
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x: max(x, 0.01 * x),
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "selu": lambda x: 1.0507009873554805 * (
        x if x > 0 else 1.6732632423543772 * math.expm1(x)
    ),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "gelu": lambda x: x * normal_cdf(x),
    "gelu_tanh": lambda x: (
        0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    ),
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
}  # fmt: skip

X = np.concatenate([np.linspace(-30, 30, 1201), np.linspace(-1e-3, 1e-3, 21)])


@pytest.mark.parametrize("name", reference.ACTIVATIONS)
def test_it_is_its_formula(name):
    truth = np.array([FORMULAS[name](float(x)) for x in X])
    # Of a handful of operations, each of a term of at most 2 + |x|.
    found = reference.ACTIVATIONS[name].forward(X)
    np.testing.assert_allclose(found, truth, rtol=0, atol=20 * U * (2 + 30))


@pytest.mark.parametrize("name", reference.ACTIVATIONS)
def test_its_backward_step_is_its_slope(name):
    """Central differences in the widest precision, beside every kink."""
    step = 1e-5
    x = X[(np.abs(X) > 2 * step) & (np.abs(np.abs(X) - 3) > 2 * step)]
    x = x.astype(np.longdouble)
    activation = reference.ACTIVATIONS[name]
    slope = (activation.forward(x + step) - activation.forward(x - step)) / (2 * step)
    kept = x if activation.keeps_input else activation.forward(x)
    # h^2 / 6 f''' with f''' of at most 2, and what of 30 is rounded, over h.
    bound = step**2 / 3 + 30 * 40 * np.finfo(np.longdouble).eps / step
    found = activation.backward(kept, np.ones_like(x))
    assert np.all(np.abs(found - slope) <= bound)


@pytest.mark.parametrize("name", reference.ACTIVATIONS)
def test_dtypes_and_shapes_are_kept(dtype, name):
    x = np.linspace(-3, 3, 12, dtype=dtype).reshape(3, 4)
    for step in reference.ACTIVATIONS[name][:2]:
        found = step(x) if step.__name__ == name else step(x, x)
        assert found.dtype == dtype and found.shape == x.shape


def test_the_normal_distribution():
    x = np.concatenate([np.linspace(-37, 8, 4501), np.linspace(-2.01, -1.99, 101)])
    truth = np.array([normal_cdf(float(v)) for v in x])
    # The rounding of the oracle's argument: d ln Phi = (x^2 + 1) d ln x at most. Its
    # erfc may err by 5 units.
    found = reference.normal_cdf(x.astype(np.longdouble))
    assert np.all(np.abs(found / truth - 1) <= (3 * (x**2 + 1) + 11) * U)
    # In float64 1/2 - phi(2) (...) has lost what 1/2 is larger than Phi(-2) = 0.023.
    error = np.abs(reference.normal_cdf(x) - truth)
    assert np.all(
        error <= 40 * U * np.maximum(np.abs(x), 1) * np.minimum(truth * 25, 1)
    )
    np.testing.assert_array_equal(
        reference.normal_cdf(np.array([0, np.inf, -np.inf, np.nan])),
        [0.5, 1, 0, np.nan],
    )


def test_selu_leads_to_mean_0_and_variance_1():
    """Of a normal x: the trapezoidal rule errs by h^2 / 12 of the jump of the slope."""
    h = 1e-4
    x = np.arange(-120_000, 120_001) * h
    weights = normal_density(x) * h
    y = reference.selu(x)
    assert abs(np.sum(weights * y)) < h**2
    assert abs(np.sum(weights * y**2) - 1) < h**2
