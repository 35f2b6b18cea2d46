"""Norms at the border: any strides, their own precision, and a shape that fits."""

import numpy as np
import pytest

from schuss._core import kernels


def test_any_strides_will_do(dtype, rng):
    x = rng.normal(size=(20, 30)).astype(dtype)[::-2, ::3]
    copy = np.ascontiguousarray(x)
    assert kernels.sum_of_squares(x) == kernels.sum_of_squares(copy)
    for name, arguments in (("clip", (0.5, 0.25)), ("max_norm", (1.0,))):
        function = getattr(kernels, name)
        np.testing.assert_array_equal(
            function(x, *arguments), function(copy, *arguments)
        )


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("sum_of_squares", ()), ("clip", (1, 1)), ("max_norm", (1,))],
)
def test_what_does_not_fit_is_refused(dtype, name, arguments):
    function = getattr(kernels, name)
    with pytest.raises(
        ValueError, match=r"expected 1 or 2 dimensions, got shape \(2, "
    ):
        function(np.ones((2, 3, 4), dtype), *arguments)
    with pytest.raises(TypeError):
        function(np.ones(3, np.int64), *arguments)


def test_the_argument_is_left_alone(dtype):
    x = np.full((3, 3), 8, dtype)
    kernels.clip(x, 0.5, 1.0)
    kernels.max_norm(x, 1.0)
    np.testing.assert_array_equal(x, np.full((3, 3), 8))
