"""Kernels at the border: any strides, one precision, one sentence for the rest."""

import numpy as np
import pytest

from schuss import reference
from schuss._core import kernels


@pytest.mark.parametrize("name", reference.KERNELS)
def test_arguments_of_no_precision_are_refused(name):
    with pytest.raises(
        TypeError, match=f"{name}: expected arrays that are all float32"
    ):
        getattr(kernels, name)(np.ones((2, 2), np.int64), "nonsense", object())


@pytest.mark.parametrize("name", ["softmax", "relu", "transpose", "column_sum", "exp"])
def test_any_strides(isa, dtype, rng, name):
    x = rng.normal(size=(40, 30)).astype(dtype)
    kernel = getattr(kernels, name)
    for view in (x[::-1], x[:, ::-2], x.T, np.asfortranarray(x), x[3:3]):
        found, truth = kernel(view), kernel(np.ascontiguousarray(view))
        np.testing.assert_array_equal(found, truth)


def test_shapes_are_kept(isa, dtype):
    for shape in ((), (3,), (2, 3), (2, 3, 4), (0, 5)):
        assert kernels.exp(np.ones(shape, dtype)).shape == shape


def test_inputs_are_left_alone(isa, dtype, rng):
    x = rng.normal(size=(5, 7)).astype(dtype)
    before = x.copy()
    for name in ("softmax", "log_softmax", "tanh", "exp", "transpose"):
        getattr(kernels, name)(x)
    kernels.sgd(x, x, x, 0.1, 0.9, 1.0, 0.1)
    kernels.adam(x, x, x, x * x, 0.1, 0.9, 0.999, 1e-8, 0.1, 3)
    kernels.add(x, x)
    kernels.multiply_add(x, 0.5, 1.0, 3)
    kernels.relu_backward(x, x)
    np.testing.assert_array_equal(x, before)
