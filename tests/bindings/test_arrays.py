"""The gate: which arrays pass it, and the sentence for those that do not."""

import numpy as np
import pytest

from schuss import _core


def check(array, columns=0, dtype="float32"):
    getattr(_core, dtype).check_table(array, "X", columns)


@pytest.mark.parametrize(
    "kind", ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_numbers_pass(dtype, kind, order):
    check(np.ones((2, 3), np.dtype(kind).newbyteorder(order)), 3, dtype)


@pytest.mark.parametrize("kind", ["c8", "c16", "O", "S3", "U3", "M8[s]", "m8[s]", "V4"])
def test_other_types_are_refused(dtype, kind):
    with pytest.raises(
        TypeError, match="X has dtype .*; expected integers, bool, float"
    ):
        check(np.zeros((2, 3), kind), 0, dtype)


@pytest.mark.skipif(np.dtype("g").itemsize == 8, reason="long double is double here")
def test_long_double_is_refused():
    with pytest.raises(TypeError, match="X has dtype"):
        check(np.ones((2, 3), "g"))


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((), r"X has shape \(\); expected 2 dimensions"),
        ((3,), r"X has shape \(3,\).*reshape\(-1, 1\) for one column"),
        ((2, 3, 4), r"X has shape \(2, 3, 4\).*one row per example"),
        ((0, 3), r"X is empty: its shape is \(0, 3\)"),
        ((3, 0), r"X is empty: its shape is \(3, 0\)"),
        ((2, 4), "X has 4 columns; expected 3"),
    ],
)
def test_other_shapes_are_refused(shape, sentence):
    with pytest.raises(ValueError, match=sentence):
        check(np.zeros(shape), 3)


def test_labels_and_orders_are_exactly_what_the_network_reads():
    network = _core.float32.Network(2, [(2, "identity")], "softmax_cross_entropy")
    X, y, order = np.ones((3, 2)), np.zeros(3, np.int32), np.arange(3)
    for wrong in (y.astype(np.int64), y.astype(">i4"), np.zeros(6, np.int32)[::2]):
        with pytest.raises(TypeError, match="labels must be a contiguous 1-D array"):
            network.training(X, wrong, 1)
    for wrong in (order.astype(np.int32), np.arange(6)[::2]):
        with pytest.raises(TypeError, match="order must be a contiguous 1-D array"):
            _core.kernels.gather(X, wrong)
    with pytest.raises(ValueError, match="y has 3 columns; expected 2"):
        network.training(X, np.ones((3, 3)), 1)
