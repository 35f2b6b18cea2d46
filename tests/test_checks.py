"""Refusals of single arguments."""

import numpy as np
import pytest

from schuss.checks import check_flag, check_known, check_number


@pytest.mark.parametrize("value", [1, 1.5, np.float32(2), np.int64(3)])
def test_numbers_pass(value):
    check_number("x", value, 0)


@pytest.mark.parametrize("value", ["1", None, True, 1j, [1]])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="x is .*; give a number"):
        check_number("x", value, 0)


def test_ranges():
    check_number("x", 0, 0, 1)
    for value in (1, -1e-9, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="x is .* of at least 0 and below 1"):
            check_number("x", value, 0, 1)
    with pytest.raises(ValueError, match="above 0 and finite"):
        check_number("x", 0, 0, strict=True)
    with pytest.raises(TypeError, match="give a whole number"):
        check_number("x", 1.0, 0, whole=True)


def test_names():
    check_known("x", "a", ["a", "b"])
    for wrong in ("c", 3, None, ["a"]):
        with pytest.raises(ValueError, match='give one of "a", "b"'):
            check_known("x", wrong, ["a", "b"])


def test_flags():
    for value in (True, 1, np.True_):
        assert check_flag("x", value) is True
    for value in (False, 0, np.False_):
        assert check_flag("x", value) is False
    for wrong in (2, None, "yes", [True]):
        with pytest.raises(ValueError, match="x is .*; give True or False"):
            check_flag("x", wrong)
