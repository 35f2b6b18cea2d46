"""Steps of every optimizer: all have formulas, and a pencil finds the numbers."""

import numpy as np
import pytest
from pencil import follow

import schuss
from schuss import reference
from schuss.moves import MOVES

OPTIMIZERS = {
    "sgd": schuss.SGD(0.25),
    "momentum": schuss.SGD(0.25, momentum=0.5),
    "nesterov": schuss.SGD(0.25, momentum=0.5, nesterov=True),
    "decay": schuss.SGD(0.25, weight_decay=0.125),
    "clip norm": schuss.SGD(0.25, clip_norm=0.125),
    "clip nothing": schuss.SGD(0.25, clip_norm=100.0),
    "clip value": schuss.SGD(0.25, clip_value=0.0625),
    "adam": schuss.Adam(0.25, epsilon=0.0625),
    "adamw": schuss.AdamW(0.25, epsilon=0.0625, weight_decay=0.125),
    "rmsprop": schuss.RMSprop(0.25, epsilon=0.0625),
    "rmsprop with momentum": schuss.RMSprop(0.25, momentum=0.5, epsilon=0.0625),
    "adagrad": schuss.Adagrad(0.25, initial_accumulator=0.5, epsilon=0.0625),
    "rprop": schuss.Rprop(0.25),
    "rprop at its limit": schuss.Rprop(0.25, step_max=0.125),
    "schedule": schuss.Adam(schuss.ExponentialDecay(0.25, rate=0.5), epsilon=0.0625),
}
REGULARIZERS = {
    "none": None,
    "l2": schuss.L2(0.25),
    "l2 of biases": schuss.L2(0.25) + schuss.L2(0.5, biases=True),
    "l1": schuss.L1(0.0625),
    "elastic net": schuss.L1(0.0625, biases=True) + schuss.L2(0.25, biases=True),
    "max norm": schuss.MaxNorm(0.5),
    "everything": schuss.L1(0.0625) + schuss.L2(0.25) + schuss.MaxNorm(0.5),
}


def model_of(engine, **options):
    weights = [[0.5, -1.0, 0.0], [-0.25, 0.0, 0.03125]]
    layers = [
        schuss.Dense(3, "tanh", weights=weights, bias=[0.125, 0.0, -0.5]),
        schuss.Dense(2, **options),
    ]
    return schuss.Model(layers, engine=engine, dtype="float64", seed=1).build(2)


def test_every_optimizer_has_its_formulas():
    assert MOVES.keys() == reference.OPTIMIZERS.keys()
    assert {rule.name for rule in OPTIMIZERS.values()} == MOVES.keys()


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("regularizer", REGULARIZERS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_follow_theirs(engine, optimizer, regularizer):
    explained = model_of(engine).explain_step(
        [1.0, -2.0],
        1,
        optimizer=OPTIMIZERS[optimizer],
        regularizer=REGULARIZERS[regularizer],
    )
    assert follow(explained) > 18
    assert follow(explained, "reference") > 18


@pytest.mark.parametrize("factor", [0.0, 0.5])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_layers_have_rates_of_their_own(optimizer, factor):
    explained = model_of("native", learning_rate_factor=factor).explain_step(
        [1.0, -2.0],
        1,
        optimizer=OPTIMIZERS[optimizer],
        regularizer=REGULARIZERS["everything"],
    )
    frozen = () if factor else ("dl/dW^y", "dl/db^y")
    assert follow(explained, frozen=frozen) > 18
    if not factor:  # of a frozen layer the gradient does not count
        assert explained["new W^y"].formula == "W^y"
        weights = explained["W^y"].value
        np.testing.assert_array_equal(explained["new W^y"].value, weights)


def test_the_text_of_adam():
    text = str(model_of("native").explain_step([0, 1], 1, optimizer=schuss.Adam(0.5)))
    for line in (
        "  beta1 = 0.9000",
        "  m(W^h) = (1 - beta1) dl/dW^h",
        "  v(W^h) = (1 - beta2) dl/dW^h * dl/dW^h",
        "  D(W^h) = sqrt(v(W^h) / (1 - beta2)) + epsilon",
        "  new W^h = W^h - eta m(W^h) / (1 - beta1) / D(W^h)",
    ):
        assert f"\n{line}\n" in text, line
    assert "alpha" not in text and "momentum" not in text


def test_a_search_is_refused():
    pytest.importorskip("scipy")
    with pytest.raises(ValueError, match="which searches at many points before it mov"):
        model_of("native").explain_step([0, 1], 1, optimizer=schuss.LBFGS())
