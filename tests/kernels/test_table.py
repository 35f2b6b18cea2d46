"""Every instruction set's table is whole and says which it is."""

import numpy as np

from schuss import _core, reference


def test_a_table_for_every_instruction_set(isa, dtype):
    network = getattr(_core, dtype).Network(1, [(1, "relu")], "mean_squared_error")
    assert network.isa == isa == _core.isa()
    one = np.ones(1, dtype)
    for name in reference.ACTIVATIONS:
        assert getattr(_core.kernels, name)(one).dtype == dtype
