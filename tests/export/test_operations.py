"""The list of operations: what there is of layers, and what is refused."""

import exports
import numpy as np
import pytest

import schuss
from schuss.export.operations import (
    Add,
    Affine,
    Apply,
    Keep,
    Normalize,
    Product,
    Rescale,
    Slopes,
    export,
)


def kinds(layers):
    return [type(each) for each in export(schuss.Model(layers).build(3)).operations]


def test_layers_become_operations():
    assert kinds([schuss.Dense(3)]) == [Product]
    assert kinds([schuss.Rescaling(), schuss.Dense(3, "relu")]) == [Product, Apply]
    block = schuss.Residual([schuss.PReLU(), schuss.Dropout(), schuss.Dense(3)])
    layers = [schuss.Rescaling(0.5), schuss.BatchNorm(), schuss.LayerNorm(), block]
    found = kinds([*layers, schuss.Activation("tanh"), schuss.GaussianNoise(), block])
    before = [Rescale, Affine, Normalize]
    residual = [Keep, Slopes, Product, Add]
    assert found == [*before, *residual, Apply, *residual]


def test_an_export_is_a_copy_that_tells_sizes():
    model, data = exports.digits(epochs=1)
    exported = export(model)
    assert exported.title == "64-32-10"
    assert (exported.inputs, exported.outputs) == (64, 10)
    before = exported.operations[1].weights.copy()
    model.fit(data.X_train, data.y_train, epochs=1, verbose=False)
    assert np.array_equal(before, exported.operations[1].weights)
    assert not np.array_equal(before, model.weights[0][0])


def test_names_of_classes_and_features_come_along():
    model = schuss.Model([schuss.Dense(2)]).build(2)
    assert export(model).classes is None
    model.classes, model.feature_names = ["no", "yes"], ["a", "b"]
    assert list(export(model).classes) == ["no", "yes"]
    assert export(model).feature_names == ["a", "b"]


def test_models_that_no_file_can_express_are_refused():
    with pytest.raises(RuntimeError, match="no weights yet"):
        export(schuss.Model([schuss.Dense(2)]))
    model = schuss.Model([schuss.Dense(2, "tanh")]).build(2)
    model.preprocessing = object()
    with pytest.raises(ValueError, match="prepare its inputs where it runs"):
        export(model)
    model.preprocessing = None
    own = (np.sin, np.cos)
    for layers in ([schuss.Dense(2, own)], [schuss.PReLU(), schuss.Activation(own)]):
        with pytest.raises(ValueError, match="is a function of your own"):
            export(schuss.Model([*layers, schuss.Dense(2)]).build(2))
    model.structure.items.append(schuss.Stage())
    with pytest.raises(ValueError, match="no meaning outside of schuss"):
        export(model)


def test_a_gain_that_overflows_is_refused():
    model = schuss.Model([schuss.BatchNorm(epsilon=1e-30), schuss.Dense(2)]).build(2)
    (gain, shift, mean, variance), dense = model.weights
    model.set_weights([(gain * 1e30, shift, mean, 0 * variance), dense])
    with pytest.raises(ValueError, match="ratio is no float32"):
        export(model)
