"""The calls of a C file: which buffers they use, and numbers that come back."""

import re

import numpy as np

import schuss
from schuss.export.c_network import CNetwork, c_array
from schuss.export.operations import export


def network(layers):
    return CNetwork(export(schuss.Model(layers).build(5)))


def test_a_single_layer_needs_no_buffer():
    alone = network([schuss.Dense(3, "relu")])
    assert alone.buffers == {}
    assert alone.calls == [
        "dense(5, 3, x, dense_0_weights, dense_0_bias, y);",
        "apply(3, relu, y);",
    ]


def test_two_buffers_do_for_any_depth():
    hidden = [schuss.Dense(width) for width in (4, 9, 6, 7)]
    assert network([*hidden, schuss.Dense(3)]).buffers == {"a": 6, "b": 9}


def test_the_callers_inputs_are_not_written_to():
    found = network([schuss.PReLU(), schuss.Dense(3)])
    assert found.calls[0] == "copy(5, x, a);"
    inner = schuss.Residual([schuss.Dropout()])
    found = network([schuss.Residual([inner, schuss.Dense(5)]), schuss.Dense(2)])
    assert found.calls[:4] == [
        "copy(5, x, kept_0);",
        "copy(5, x, kept_1);",
        "copy(5, x, a);",
        "add(5, kept_1, a);",
    ]


def test_decimal_digits_bring_every_bit_back(dtype, rng):
    array = rng.normal(size=(7, 9)) * 10.0 ** rng.integers(-30, 30, (7, 9))
    array = array.astype(dtype)
    text = c_array("w", array)
    numbers = re.findall(r"[-+.\de]+(?=f?,)", text)
    assert np.array_equal(np.array(numbers, dtype).reshape(array.shape), array)
    assert max(map(len, text.splitlines())) <= 88
