"""The kernel for narrow networks at the border refuses what does not fit together."""

import numpy as np
import pytest

from schuss._core import kernels

RIGHT = {
    "x": (6, 3),
    "weights": [(3, 5), (5, 2)],
    "biases": [5, 2],
    "activations": ["tanh", "identity"],
    "loss": "softmax_cross_entropy",
    "optimizer": "sgd",
    "settings": [0.0, 0.0],
    "learning_rates": [0.1, 0.1],
    "batch_size": 4,
    "by_output": [False, True],
}


def train(dtype, targets, **wrong):
    given = {**RIGHT, **wrong}
    for name in ("x", "weights", "biases"):
        shapes = given[name]
        arrays = [np.ones(shape, dtype) for shape in shapes] if name != "x" else None
        given[name] = np.ones(shapes, dtype) if arrays is None else arrays
    return kernels.train_narrow(targets=targets, l2=0.0, **given)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"weights": [], "biases": []}, "weights are empty; expected one array per"),
        ({"biases": [5]}, "must be of one length"),
        ({"by_output": []}, "must be of one length"),
        ({"biases": [5, 3]}, r"weights has shape \(5, 2\); expected \(5, 3\)"),
        ({"x": (6, 4)}, r"weights has shape \(3, 5\); expected \(4, 5\)"),
        ({"x": (0, 3)}, "there must be rows"),
        ({"batch_size": 0}, "there must be rows"),
        ({"learning_rates": [0.1]}, "learning rate for each of 2 steps, got 1"),
        ({"settings": []}, "sgd has 2 settings, got 0"),
        ({"activations": ["tanh", "rule"]}, "unknown activation 'rule'"),
        ({"loss": "gain"}, "unknown loss 'gain'"),
        ({"optimizer": "sdg"}, "unknown optimizer 'sdg'"),
        (
            {"weights": [(3, 256), (256, 2)], "biases": [256, 2]},
            "do not lie side by side",
        ),
    ],
)
def test_what_does_not_fit_is_refused(dtype, wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        train(dtype, np.zeros(6, np.int32), **wrong)


def test_targets_must_fit(dtype):
    with pytest.raises(ValueError, match=r"y\[5\] is 2; expected 0 to 1"):
        train(dtype, np.array([0, 0, 0, 0, 0, 2], np.int32))
    with pytest.raises(ValueError, match="x has 6 rows but targets have 5"):
        train(dtype, np.ones((5, 2), dtype))
    assert train(dtype, np.ones((6, 2), dtype))[4] == 2
