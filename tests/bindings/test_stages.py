"""The kernels between layers at the border: what cannot be meant is refused."""

import numpy as np
import pytest

from schuss._core import kernels


@pytest.mark.parametrize("rate", [1.0, -0.1, 2.0, np.nan])
def test_a_rate_is_a_share(isa, dtype, rate):
    with pytest.raises(ValueError, match="rate is .*; expected at least 0 and below 1"):
        kernels.dropout(np.ones((2, 3), dtype), rate, 1, 1)


@pytest.mark.parametrize("name", ["dropout", "gaussian_noise"])
def test_keys_and_steps_are_whole_numbers_of_64_bits(dtype, name):
    x = np.ones((2, 3), dtype)
    for arguments in ((0.5, -1, 1), (0.5, 2**64, 1), (0.5, 1, 1.5)):
        with pytest.raises(TypeError, match=name):
            getattr(kernels, name)(x, *arguments)
    with pytest.raises(ValueError, match="expected 1 or 2 dimensions"):
        getattr(kernels, name)(np.ones((2, 3, 4), dtype), 0.5, 1, 1)
