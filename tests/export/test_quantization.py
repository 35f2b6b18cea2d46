"""Weights of eight bits are within half their scale."""

import exports
import numpy as np

import schuss
from schuss.export.operations import Product, export
from schuss.export.quantization import quantized
from schuss.export.rounding import exact_outputs


def test_weights_are_within_half_a_scale(dtype):
    exported = export(exports.random_model(3, dtype))
    pairs = zip(exported.operations, quantized(exported).operations, strict=True)
    for before, after in pairs:
        if not isinstance(before, Product):
            assert after is before
            continue
        assert after.weights.dtype == np.int8 and after.scales.dtype == dtype
        assert np.array_equal(
            np.abs(after.weights).max(axis=0), [127] * len(after.bias)
        )
        off = np.abs(after.weights * after.scales - before.weights)
        assert np.all(off <= after.scales * (0.5 + 127 * np.finfo(dtype).eps))


def test_units_without_weights_stay_so(dtype):
    model = schuss.Model([schuss.Dense(2, initializer="zeros")], dtype=dtype).build(3)
    (product,) = quantized(export(model)).operations
    assert not product.weights.any() and np.all(product.scales > 0)


def test_no_digit_changes_its_class_beyond_the_bound():
    model, data = exports.digits()
    exported = export(model)
    small = quantized(exported)
    doubts = [
        each.scales * (0.5 + 127 * np.finfo(np.float32).eps)
        for each in small.operations
        if isinstance(each, Product)
    ]
    X = data.X_test.astype(np.float32)
    before, bound = exact_outputs(exported, X, doubts)
    after, _ = exact_outputs(small, X)
    assert np.all(np.abs(after - before) <= bound)
    # Measured: of 360 digits none changes.
    changed = np.mean(after.argmax(axis=1) != before.argmax(axis=1))
    assert changed <= 0.01
    assert np.max(np.abs(after - before)) > 1e-3
