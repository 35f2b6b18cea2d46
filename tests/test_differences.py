"""The step of central differences, and what they may be off by."""

import numpy as np
import pytest

from schuss.differences import STEP, TOLERANCE


@pytest.mark.parametrize("x", [-3.0, 0.3, 1.0])
def test_the_step_errs_least(x):
    """A tenth and ten times of it err more, and all of them less than is allowed."""

    def error(step):
        found = (np.exp(x + step) - np.exp(x - step)) / (2 * step)
        return abs(found / np.exp(x) - 1)

    assert error(STEP) < 1e-9 < TOLERANCE
    assert error(STEP) < max(error(STEP / 100), error(STEP * 100)) < TOLERANCE
