"""Parameters and state as arrays, in the order of the layers, each of its shape."""

import numpy as np
import pytest

from schuss import _core, reference

STAGES = [
    (0, "batch_norm", [0.9, 1e-5], 0),
    (1, "dropout", [0.5], 1),
    (1, "layer_norm", [1e-5], 0),
    (2, "layer_norm", [1e-5], 0),
]
SHAPES = [
    [(4,)] * 4,
    [(4, 19), (19,)],
    [(19,)] * 2,
    [(19, 3), (3,)],
    [(3,)] * 2,
]


def make(dtype, engine):
    layers = [(19, "tanh"), (3, "identity")]
    if engine == "reference":
        return reference.Network(
            4, layers, "mean_squared_error", dtype=dtype, stages=STAGES
        )
    return getattr(_core, dtype).Network(4, layers, "mean_squared_error", stages=STAGES)


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_all_have_their_place(dtype, rng, engine):
    network = make(dtype, engine)
    given = [[rng.normal(size=shape) for shape in own] for own in SHAPES]
    for layer, arrays in enumerate(given):
        network.set_parameters(layer, *arrays)
    for layer, arrays in enumerate(given):
        found = network.parameters(layer)
        assert isinstance(found, tuple) and len(found) == len(arrays)
        for a, b in zip(found, arrays, strict=True):
            assert a.dtype == dtype
            np.testing.assert_array_equal(a, b.astype(dtype))
    with pytest.raises(IndexError):
        network.parameters(5)


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_state_has_the_same_shapes(dtype, rng, engine):
    network = make(dtype, engine)
    network.start("adam", [0.9, 0.99, 1e-6])
    given = [
        [tuple(rng.normal(size=shape) for shape in own) for own in SHAPES]
        for _ in range(2)
    ]
    network.set_state(7, given)
    steps, slots = network.state()
    assert steps == 7 and len(slots) == 2
    for slot, own in zip(slots, given, strict=True):
        for arrays, truth in zip(slot, own, strict=True):
            for a, b in zip(arrays, truth, strict=True):
                np.testing.assert_array_equal(a, b.astype(dtype))


def test_what_does_not_fit_is_refused(dtype):
    network = make(dtype, "native")
    before = network.parameters(2)
    for arrays, sentence in (
        ([np.ones(19)], "layer 2 has 2 arrays, got 1"),
        ([np.ones(19)] * 3, "layer 2 has 2 arrays, got 3"),
        ([np.ones(19), np.ones(18)], r"shift of layer 2 must have shape \(19,\)"),
        ([np.ones((1, 19)), np.ones(19)], r"gain of layer 2 must have shape \(19,\)"),
    ):
        with pytest.raises(ValueError, match=sentence):
            network.set_parameters(2, *arrays)
    for a, b in zip(before, network.parameters(2), strict=True):
        np.testing.assert_array_equal(a, b)
