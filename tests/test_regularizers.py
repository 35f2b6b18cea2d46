"""Penalties refuse strengths that cannot be."""

import pytest

from schuss import L2


def test_l2():
    assert L2(0.5).alpha == 0.5
    for wrong, error in (
        (-1, ValueError),
        (float("nan"), ValueError),
        ("1", TypeError),
    ):
        with pytest.raises(error, match="alpha is"):
            L2(wrong)
