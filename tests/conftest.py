"""What every test may ask for: each instruction set, each precision, some threads."""

import numpy as np
import pytest

import schuss


@pytest.fixture(params=schuss.available_isas())
def isa(request):
    before = schuss.get_isa()
    schuss.set_isa(request.param)
    yield request.param
    schuss.set_isa(before)


@pytest.fixture(params=["float32", "float64"])
def dtype(request):
    return request.param


@pytest.fixture
def threads():
    """A setter of the thread count that is undone after the test."""
    yield schuss.set_threads
    schuss.set_threads(None)


@pytest.fixture
def rng():
    return np.random.default_rng(7)
