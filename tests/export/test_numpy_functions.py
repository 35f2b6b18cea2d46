"""There is a NumPy function for every activation, and it is right near and far."""

import math
import re

import numpy as np
import pytest

from schuss import reference
from schuss.export.numpy_functions import FUNCTIONS, NEEDS


def test_what_functions_call_is_named():
    for name, text in FUNCTIONS.items():
        called = set(re.findall(r"(?<![.\w])(\w+)\(", text)) & set(FUNCTIONS) - {name}
        assert called == set(NEEDS.get(name, [])), name


@pytest.mark.parametrize(
    "activation", sorted(set(reference.ACTIVATIONS) - {"identity"})
)
def test_every_activation_near_and_far(activation, dtype):
    names = {"np": np, "math": math}
    for text in FUNCTIONS.values():
        exec(text, names)
    x = np.concatenate([[0.0, -1e-3, 1e-3], np.linspace(-40, 40, 97)]).astype(dtype)
    found = names[activation](x)
    right = reference.ACTIVATIONS[activation].forward(x)
    assert found.dtype == dtype
    off = np.abs(found - right)
    assert np.all(off <= 64 * np.finfo(dtype).eps / 2 * (1 + np.abs(x)))
