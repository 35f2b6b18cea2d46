"""Losses on arrays: what may be given, by which name."""

import numpy as np
import pytest

from schuss._core import kernels


def test_arguments_have_names(dtype):
    output, labels = np.ones((2, 3), dtype), np.array([0, 1], np.int32)
    kernel = kernels.softmax_cross_entropy
    plain = kernel(output=output, targets=labels)
    weighted = kernel(output, labels, 0.0, weights=np.ones(2))
    assert plain[0] == weighted[0] == pytest.approx(np.log(3))
    np.testing.assert_array_equal(plain[1], weighted[1])
    with pytest.raises(TypeError):
        kernel(output, labels, scale=1)


def test_shapes_that_do_not_fit_are_refused(dtype):
    output = np.ones((2, 3), dtype)
    for targets, sentence in (
        (np.ones((2, 4)), "targets has 4 columns; expected 3"),
        (np.ones((3, 3)), "output has 2 rows but targets have 3"),
    ):
        with pytest.raises(ValueError, match=sentence):
            kernels.mean_squared_error(output, targets)
