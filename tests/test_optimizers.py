"""Descriptions of optimizers: their settings, and what they refuse."""

import dataclasses
import inspect

import numpy as np
import pytest

import schuss
from schuss import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    ExponentialDecay,
    RMSprop,
    Rprop,
    _core,
    reference,
)

ALL = [SGD, Adam, AdamW, RMSprop, Adagrad, Rprop]


def test_settings_are_in_the_order_of_the_kernel():
    assert SGD(0.1, momentum=0.9, nesterov=True).settings == [0.9, 1.0]
    assert Adam(0.1, 0.8, 0.9, 1e-3).settings == [0.8, 0.9, 1e-3]
    assert AdamW(0.1, 0.8, 0.9, 1e-3, 0.5).settings == [0.8, 0.9, 1e-3]
    assert RMSprop(0.1, 0.8, 0.5, 1e-3).settings == [0.8, 0.5, 1e-3]
    assert Adagrad(0.1, 0.5, 1e-3).settings == [0.5, 1e-3]
    assert Rprop(0.1, 0.25, 1.5, 1e-3, 2.0).settings == [0.25, 1.5, 1e-3, 2.0]
    for optimizer in ALL:
        parameters = inspect.signature(
            reference.OPTIMIZERS[optimizer.name].update
        ).parameters
        names = list(parameters)[list(parameters).index("learning_rate") + 1 :]
        fields = [field.name for field in dataclasses.fields(optimizer)][1:]
        shared = ("weight_decay", "clip_norm", "clip_value")
        settings = [name for name in fields if name not in shared]
        assert names == [*settings, "l2", "step", "weight_decay", "l1"]


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        (
            {"learning_rate": -0.1},
            ValueError,
            "learning_rate is -0.1; give a number ab",
        ),
        ({"learning_rate": 0}, ValueError, "learning_rate is 0; give a number above 0"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate is nan"),
        ({"learning_rate": float("inf")}, ValueError, "learning_rate is inf"),
        ({"learning_rate": "0.1"}, TypeError, "learning_rate is '0.1'; give a number"),
        (
            {"momentum": 1.0},
            ValueError,
            "momentum is 1.0; give a number of at least 0 an",
        ),
        ({"momentum": -0.5}, ValueError, "momentum is -0.5"),
        ({"nesterov": 1}, TypeError, "nesterov is 1; give True or False"),
    ],
)
def test_refusals(options, error, sentence):
    with pytest.raises(error, match=sentence):
        SGD(**options)


def test_a_schedule_may_be_the_learning_rate():
    schedule = ExponentialDecay(0.1, rate=0.5)
    for optimizer in (SGD, Adam, AdamW, RMSprop, Adagrad):
        assert optimizer(schedule).learning_rate(step=7, epoch=0) == 0.1


@pytest.mark.parametrize("optimizer", [SGD, AdamW, RMSprop, Adagrad])
def test_refusals_of_what_they_share(optimizer):
    for options, error, sentence in (
        ({"learning_rate": 0}, ValueError, "learning_rate is 0; give a number above 0"),
        ({"learning_rate": "x"}, TypeError, "learning_rate is 'x'; give a number"),
        (
            {"weight_decay": -1},
            ValueError,
            "weight_decay is -1; give a number of at le",
        ),
        ({"weight_decay": True}, TypeError, "weight_decay is True; give a number"),
    ):
        with pytest.raises(error, match=sentence):
            optimizer(**options)


@pytest.mark.parametrize("optimizer", [SGD, Adam, AdamW, RMSprop, Adagrad])
def test_refusals_of_limits(optimizer):
    assert optimizer(clip_norm=1).clip_norm == 1.0
    assert optimizer(clip_value=2).clip_value == 2.0
    for options, error, sentence in (
        ({"clip_norm": 0}, ValueError, "clip_norm is 0; give a number above 0"),
        ({"clip_norm": float("inf")}, ValueError, "clip_norm is inf; give a number"),
        ({"clip_value": -1.0}, ValueError, "clip_value is -1.0; give a number above 0"),
        ({"clip_value": "1"}, TypeError, "clip_value is '1'; give a number"),
        (
            {"clip_norm": 1, "clip_value": 2},
            ValueError,
            "^clip_norm is 1.0 and clip_value 2.0; give one of them.$",
        ),
    ):
        with pytest.raises(error, match=sentence):
            optimizer(**options)
    with pytest.raises(TypeError, match="positional"):
        optimizer(*[0.1] * 7)


def blobs(rows=45):
    rng = np.random.default_rng(3)
    return rng.normal(size=(rows, 3)), rng.integers(3, size=rows)


def fitted(optimizer, **options):
    model = schuss.Model(
        [schuss.Dense(18, "tanh"), schuss.Dense(3)], seed=1, dtype="float64"
    )
    return model.fit(*blobs(), optimizer=optimizer, verbose=False, **options)


ON_TRIAL = [
    SGD(0.1, momentum=0.9, weight_decay=0.1),
    AdamW(0.01, epsilon=1e-3, weight_decay=0.5),
    RMSprop(0.01, epsilon=1e-3, weight_decay=0.1),
    RMSprop(0.01, momentum=0.5, epsilon=1e-3),
    Adagrad(0.1, 0.1),
    Rprop(),
    SGD(0.1, momentum=0.9, clip_norm=0.1),
    Adam(0.01, epsilon=1e-3, clip_value=0.01),
]


@pytest.mark.parametrize("optimizer", ON_TRIAL, ids=repr)
def test_each_goes_down(optimizer):
    history = fitted(optimizer, epochs=40, batch_size=None)
    assert history["loss"][-1] < 0.8 * history["loss"][0]


@pytest.mark.parametrize("inputs", [2, 300], ids=["narrow", "wide"])
@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        ("sgd", [0.0, 0.0]),
        ("sgd", [0.5, 1.0]),
        ("adam", [0.5, 0.5, 0.1]),
        ("rmsprop", [0.5, 0.5, 0.1]),
        ("adagrad", [0.5, 0.1]),
        ("rprop", [0.5, 1.5, 0.1, 1.0]),
    ],
)
def test_decay_takes_from_weights_and_not_from_biases(
    isa, dtype, optimizer, settings, inputs
):
    """Inputs of zero, and biases that are their targets: nothing else pulls."""
    bias = np.array([0.5, -2.0, 1.0], dtype)
    X, targets = np.zeros((33, inputs)), np.tile(bias, (33, 1))
    layers, loss = [(3, "identity")], "mean_squared_error"
    for network in (
        getattr(_core, dtype).Network(inputs, layers, loss),
        reference.Network(inputs, layers, loss, dtype=dtype),
    ):
        network.set_parameters(0, np.ones((inputs, 3)), bias)
        network.start(optimizer, settings, 0, 0.5)
        network.training(X, targets, 33).run(np.full(3, 0.5))
        weights, found = network.parameters(0)
        np.testing.assert_array_equal(weights, np.full((inputs, 3), 0.75**3))
        np.testing.assert_array_equal(found, bias)


def first_layer_moves(factor, optimizer, engine="native", epochs=1):
    model = schuss.Model(
        [schuss.Dense(18, "tanh", learning_rate_factor=factor), schuss.Dense(3)],
        seed=1,
        engine=engine,
        dtype="float64",
    ).build(3)
    before = model.weights[0][0]
    model.fit(
        *blobs(), optimizer=optimizer, epochs=epochs, batch_size=None, verbose=False
    )
    return model.weights[0][0] - before


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize(
    "optimizer", [*ON_TRIAL[:-2], SGD(ExponentialDecay(0.1, rate=0.5))], ids=repr
)
def test_a_layer_may_have_a_rate_of_its_own(optimizer, engine):
    """The first step is as much longer, decay included; a product with 2 is exact."""
    one, two = (first_layer_moves(f, optimizer, engine) for f in (1.0, 2.0))
    np.testing.assert_allclose(two, 2 * one, rtol=0, atol=1e-14)
    assert np.any(one != 0) and not np.any(first_layer_moves(0, optimizer, engine, 5))
