"""The dense layer at the border refuses shapes that do not meet."""

import numpy as np
import pytest

from schuss._core import kernels


@pytest.mark.parametrize(
    ("shapes", "sentence"),
    [
        (((5, 3), (4, 2), (2,)), r"x has shape \(5, 3\); expected \(5, 4\)"),
        (((5, 4), (4, 2), (3,)), r"bias has shape \(1, 3\); expected \(1, 2\)"),
        (((5, 4, 1), (4, 2), (2,)), "expected 1 or 2 dimensions, got shape"),
    ],
)
def test_forward(dtype, shapes, sentence):
    with pytest.raises(ValueError, match=sentence):
        kernels.dense_forward(*(np.ones(shape, dtype) for shape in shapes))


@pytest.mark.parametrize(
    ("output", "d_output", "sentence"),
    [
        ((5, 3), (5, 2), r"output has shape \(5, 3\); expected \(5, 2\)"),
        ((5, 2), (4, 2), r"d_output has shape \(4, 2\); expected \(5, 2\)"),
    ],
)
def test_backward(dtype, output, d_output, sentence):
    shapes = ((5, 4), (4, 2), output, d_output)
    with pytest.raises(ValueError, match=sentence):
        kernels.dense_backward(*(np.ones(shape, dtype) for shape in shapes))
