"""There is a C function for every activation, and it is right near and far."""

import re

import numpy as np
import pytest
from compilers import COMPILERS, Library

import schuss
from schuss import reference
from schuss.export.c_functions import FUNCTIONS, NEEDS


def test_what_functions_call_is_written_before_them():
    names = list(FUNCTIONS)
    for name, text in FUNCTIONS.items():
        called = set(re.findall(r"\b(\w+)\(", text)) & set(FUNCTIONS) - {name}
        assert called == set(NEEDS.get(name, [])), name
        assert all(names.index(other) < names.index(name) for other in called)


@pytest.mark.skipif(not COMPILERS, reason="there is no C compiler")
@pytest.mark.parametrize("activation", sorted(reference.ACTIVATIONS))
def test_every_activation_near_and_far(activation, dtype, tmp_path):
    layer = schuss.Dense(1, activation, weights=[[1.0]])
    model = schuss.Model([layer], loss="mean_squared_error", dtype=dtype).build(1)
    X = np.concatenate([[0.0, -1e-3, 1e-3], np.linspace(-40, 40, 97)])[:, None]
    X, path = X.astype(dtype), tmp_path / "model.c"
    model.to_c(path)
    found = Library(path).table("predict", X, 1)[:, 0]
    u = np.finfo(dtype).eps / 2
    off = np.abs(found - model.predict(X))
    assert np.all(off <= 64 * u * (1 + np.abs(X[:, 0])))
