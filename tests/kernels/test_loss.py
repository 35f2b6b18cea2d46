"""What all losses have in common: weights, settings, and batches without rows."""

import numpy as np
import pytest
from problems import outputs_of, settings_of, targets_of

from schuss import reference
from schuss._core import kernels


def problem(loss, rng, dtype, rows, columns):
    """Outputs, and targets that the loss takes."""
    output = outputs_of(rng, dtype, rows, columns)
    return output, targets_of(loss, rng, dtype, rows, columns)


@pytest.mark.parametrize("rows", [0, 1, 2, 17])
@pytest.mark.parametrize("columns", [1, 5, 17])
@pytest.mark.parametrize("loss", reference.LOSSES)
def test_a_weight_is_a_factor(isa, dtype, rng, loss, columns, rows):
    """The power of two that it is multiplies losses and gradients exactly."""
    given, kernel = settings_of(loss, columns), getattr(kernels, loss)
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
    given, kernel = settings_of(loss, 5), getattr(kernels, loss)
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
    given = problem(loss, rng, dtype, 3, 5), settings_of(loss, 5)
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


@pytest.mark.parametrize("loss", reference.LOSSES)
def test_empty_batch(isa, dtype, rng, loss):
    output, targets = problem(loss, rng, dtype, 0, 3)
    for kernel in (getattr(kernels, loss), getattr(reference, loss)):
        value, gradient = kernel(output, targets, *settings_of(loss, 3))
        assert value == 0 and gradient.shape == (0, 3)


@pytest.mark.parametrize("loss", reference.LOSSES)
def test_outputs_that_are_nan_show_in_the_loss(isa, dtype, rng, loss):
    for columns in (1, 2, 16, 17):
        for column in {0, columns - 1}:
            output, targets = problem(loss, rng, dtype, 20, columns)
            output[7, column] = np.nan
            kernel = getattr(kernels, loss)
            assert np.isnan(kernel(output, targets, *settings_of(loss, columns))[0])


@pytest.mark.parametrize("loss", reference.LOSSES)
def test_a_row_does_not_depend_on_others(isa, dtype, rng, loss):
    kernel = getattr(kernels, loss)
    for columns in (1, 3, 17):
        given = settings_of(loss, columns)
        output, targets = problem(loss, rng, dtype, 32, columns)
        _, truth = kernel(output, targets, *given)
        for rows in (1, 2, 4, 8, 16):
            _, few = kernel(output[:rows], targets[:rows], *given)
            np.testing.assert_array_equal(few * (rows / 32), truth[:rows])
