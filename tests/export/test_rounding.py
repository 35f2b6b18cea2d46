"""The bound of an export holds for both engines, and is small."""

import exports
import numpy as np
import pytest

from schuss.export.operations import FINALS, Apply, Operation, export
from schuss.export.rounding import exact_outputs
from schuss.reference import ACTIVATIONS, LOSSES
from schuss.reference.loss import MEANS


@pytest.mark.parametrize("number", range(exports.COUNT))
def test_models_are_within_it(number, dtype):
    model = exports.random_model(number, dtype)
    X = exports.rows(model)
    values, errors = exports.exact(model, X)
    assert np.all(np.abs(exports.native(model, X) - values) <= errors)
    u = np.finfo(dtype).eps / 2
    assert np.median(errors / (1 + np.abs(values))) < 20_000 * u


def test_the_models_have_everything_between_them():
    models = [exports.random_model(n, "float32") for n in range(exports.COUNT)]
    operations = [each for model in models for each in export(model).operations]
    applied = {each.name for each in operations if isinstance(each, Apply)}
    assert applied == set(ACTIVATIONS) - {"identity"}
    assert {type(each) for each in operations} == set(Operation.__args__)
    assert {model.loss.name for model in models} >= set(LOSSES)


def test_it_is_small_for_digits():
    model, data = exports.digits(epochs=2)
    _, errors = exports.exact(model, data.X_test.astype(np.float32))
    assert np.max(errors) < 5e-4


def test_it_says_how_far_weights_that_are_off_lead(rng):
    model = exports.random_model(0, "float64")
    X = exports.rows(model)
    before = model(X)
    sizes = [1e-3 * rng.random(own[0].shape[-1]) for own in model.weights]
    dense = [own[0].ndim == 2 for own in model.weights]
    doubts = [size for size, is_dense in zip(sizes, dense, strict=True) if is_dense]
    _, errors = exact_outputs(export(model), X, doubts)
    model.set_weights(
        [
            (own[0] + size * rng.choice([-1, 1], own[0].shape), *own[1:])
            if is_dense
            else own
            for own, size, is_dense in zip(model.weights, sizes, dense, strict=True)
        ]
    )
    assert np.all(np.abs(model(X) - before) <= errors)
    assert np.max(np.abs(model(X) - before)) > 1e-5


def test_finals_are_the_means_of_losses():
    assert {name: mean.__name__ for name, mean in MEANS.items()} == FINALS
