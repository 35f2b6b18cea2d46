"""What all losses have in common: weights, settings, and batches without rows."""

import numpy as np
import pytest

from schuss import reference
from schuss._core import kernels

SETTINGS = {"softmax_cross_entropy": [0.25], "mean_squared_error": []}


def problem(loss, rng, dtype, rows, columns):
    """Outputs, and targets that the loss takes."""
    output = rng.normal(size=(rows, columns)).astype(dtype)
    if loss == "softmax_cross_entropy":
        return output, rng.integers(columns, size=rows).astype(np.int32)
    return output, rng.normal(size=(rows, columns)).astype(dtype)


@pytest.mark.parametrize("rows", [0, 1, 2, 17])
@pytest.mark.parametrize("columns", [1, 5, 17])
@pytest.mark.parametrize("loss", reference.LOSSES)
def test_a_weight_is_a_factor(isa, dtype, rng, loss, columns, rows):
    """The power of two that it is multiplies losses and gradients exactly."""
    given, kernel = SETTINGS[loss], getattr(kernels, loss)
    output, targets = problem(loss, rng, dtype, rows, columns)
    weights = 2.0 ** rng.integers(-3, 4, size=rows)
    weights[::5] = 0
    total, slope = kernel(output, targets, *given, weights=weights)
    rest, plain = kernel(output, targets, *given)
    np.testing.assert_array_equal(slope, plain * weights[:, None].astype(dtype))
    of_rows = [
        kernel(output[i : i + 1], targets[i : i + 1], *given)[0] for i in range(rows)
    ]
    # The mean takes 1 / rows in the precision of the kernel.
    truth = np.dot(weights, of_rows) / max(rows, 1)
    assert total == pytest.approx(truth, rel=float(np.finfo(dtype).eps))
    ones = kernel(output, targets, *given, weights=np.ones(rows))
    assert ones[0] == rest
    np.testing.assert_array_equal(ones[1], plain)


@pytest.mark.parametrize("loss", reference.LOSSES)
def test_gradients_of_losses_by_central_differences(isa, rng, loss):
    given, kernel = SETTINGS[loss], getattr(kernels, loss)
    output, targets = problem(loss, rng, "float64", 4, 5)
    weights = np.array([0.5, 0.0, 3.0, 1.0])
    _, gradient = kernel(output, targets, *given, weights=weights)
    step = np.finfo(np.float64).eps ** (1 / 3)
    for index in np.ndindex(output.shape):
        value, found = output[index], []
        for moved in (value + step, value - step):
            output[index] = moved
            found.append(kernel(output, targets, *given, weights=weights)[0])
        output[index] = value
        # h^2 / 6 |l'''|, far below 100 here, and rounding of losses below 10.
        assert abs((found[0] - found[1]) / (2 * step) - gradient[index]) < 1e-9


@pytest.mark.parametrize("loss", reference.LOSSES)
def test_weights_and_settings_that_are_none_are_refused(isa, dtype, rng, loss):
    kernel = getattr(kernels, loss)
    given = problem(loss, rng, dtype, 3, 5), SETTINGS[loss]
    arguments = (*given[0], *given[1])
    for weights, sentence in (
        (np.ones(2), r"X has 3 rows but weights have shape \(2,\)"),
        (np.ones((3, 1)), r"weights have shape \(3, 1\)"),
        ([1, -1, 1], r"weights\[1\] is -1"),
        ([1, 1, np.nan], r"weights\[2\] is -?nan"),
        ([np.inf, 1, 1], r"weights\[0\] is inf"),
    ):
        with pytest.raises(ValueError, match=sentence):
            kernel(*arguments, weights=weights)
    with pytest.raises(ValueError, match=f"{loss} has . settings, got"):
        kernel(*arguments, 0.5, 0.5)


def test_empty_batch(isa, dtype):
    x, labels = np.ones((0, 3), dtype), np.ones(0, np.int32)
    loss, gradient = kernels.softmax_cross_entropy(x, labels)
    assert loss == 0 and gradient.shape == (0, 3)
    loss, gradient = kernels.mean_squared_error(x, x)
    assert loss == 0 and gradient.shape == (0, 3)
    assert kernels.softmax(x).shape == (0, 3)
