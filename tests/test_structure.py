"""The layers of a model: in order, and with what it needs."""

import pytest

from schuss import (
    Activation,
    BatchNorm,
    Dense,
    Dropout,
    GaussianNoise,
    LayerNorm,
    PReLU,
    Rescaling,
    Residual,
)
from schuss.initializers import default_initializer
from schuss.structure import Structure


def test_order():
    layers = [Rescaling(2.0), Dropout(0.1), Dense(3), GaussianNoise(0.2), Dense(4)]
    structure = Structure(layers)
    assert structure.rescaling == Rescaling(2.0)
    assert [layer.units for layer in structure.dense] == [3, 4]
    assert structure.outputs == 4
    assert [stage[:3] for stage in structure.stages(0)] == [
        (0, "dropout", [0.1]),
        (1, "gaussian_noise", [0.2]),
    ]
    assert Structure([Dense(3)]).rescaling == Rescaling(1.0, 0.0)
    assert Structure(iter([Dense(3)])).stages(0) == []


def test_every_stage_has_a_key_of_its_own():
    layers = [Dropout(), Dense(3), Dropout(), Dropout(), Dense(4)]
    keys = [
        stage[3] for seed in (0, 1, 2**100) for stage in Structure(layers).stages(seed)
    ]
    assert len(set(keys)) == 9 and all(0 <= key < 2**64 for key in keys)


@pytest.mark.parametrize(
    ("layers", "error", "sentence"),
    [
        ([], ValueError, "layers is empty; give at least one schuss.Dense"),
        (
            [Dropout(0.5)],
            ValueError,
            r"layers are \[Dropout\(rate=0.5\)\]; give at leas",
        ),
        ([Dense(3), Rescaling()], TypeError, "a schuss.Rescaling may be the first"),
        ([Dropout(), Rescaling(), Dense(3)], TypeError, "may be the first"),
        ([Dense(3), Dropout], TypeError, "give schuss.Dense layers"),
        (
            [Dense(3), Dropout(0.5)],
            ValueError,
            r"the last layer is Dropout\(rate=0.5\)",
        ),
        ([Dense(3), GaussianNoise(0)], ValueError, "put it before a schuss.Dense"),
    ],
)
def test_what_is_no_model(layers, error, sentence):
    with pytest.raises(error, match=sentence):
        Structure(layers)


def test_until_ends_with_a_dense_layer_and_keeps_what_comes_before():
    whole = Structure(
        [Rescaling(2), Dropout(0.1), Dense(4), Dropout(0.2), Dense(3), Dense(2)]
    )
    part = whole.until(1, "tanh")
    assert part.rescaling == Rescaling(2)
    kinds = [type(item) for item in part.items]
    assert kinds == [Dropout, Dense, Dropout, Dense]
    assert part.dense[-1].activation == "tanh"


def test_until_leaves_out_what_is_not_yet_added():
    inner = Residual([LayerNorm(), Dense(4)])
    whole = Structure([Dense(4), inner, Residual([Dense(3), Dense(4)])])
    kinds = [type(item).__name__ for item in whole.until(2).items]
    assert kinds == ["Dense", "Branch", "LayerNorm", "Dense", "Join", "Dense"]
    layers = [type(layer).__name__ for layer in whole.until(1).layers]
    assert layers == ["Dense", "LayerNorm", "Dense"]


def test_residuals_are_brackets():
    inner = Residual([Dropout(0.1), Dense(4)])
    structure = Structure([Dense(4), Residual([Dense(3), Dense(4), inner]), Dense(2)])
    assert [layer.units for layer in structure.dense] == [4, 3, 4, 4, 2]
    assert [stage[:2] for stage in structure.stages(0)] == [
        (1, "branch"),
        (3, "branch"),
        (3, "dropout"),
        (4, "join"),
        (4, "join"),
    ]


def test_activations_are_put_where_they_are_fastest():
    layers = [Dense(3), Activation("relu"), Dense(4, "tanh"), Activation("relu")]
    structure = Structure([*layers, Activation("gelu")])
    assert [layer.activation for layer in structure.dense] == ["relu", "tanh"]
    assert [stage[:2] for stage in structure.stages(0)] == [(2, "relu"), (2, "gelu")]


def test_first_weights_suit_the_activation_that_comes():
    for between in ([], [BatchNorm()], [LayerNorm(), Dropout()]):
        for activation, suiting in (
            (Activation("relu"), "he"),
            (Activation("selu"), "lecun"),
            (Activation("tanh"), "glorot"),
            (PReLU(), "he"),
        ):
            layers = [Dense(3), *between, activation, Dense(2, initializer="zeros")]
            first, last = Structure([*layers, Activation("relu")]).dense
            chosen = first.initializer or default_initializer(first.activation)
            assert chosen == suiting and last.initializer == "zeros"
    assert (
        Structure([Dense(3), Dense(2), Activation("relu")]).dense[0].initializer is None
    )
