"""The published experiments: each a network, its training, and what was reported."""

from collections.abc import Callable
from typing import Any, NamedTuple

import schuss

PIXEL = schuss.Rescaling(1 / 255)


class Experiment(NamedTuple):
    """What is repeated, and how.

    The settings of training were chosen by the error on the last 10,000 training
    images, of models that had not seen these; the test images chose nothing.
    """

    network: str
    source: str
    published: float  # test error in percent
    epochs: int
    build: Callable[[int], schuss.Model]  # from a seed
    training: Callable[[int], dict[str, Any]]  # from a number of epochs


def _simard(seed: int) -> schuss.Model:
    layers = [PIXEL, schuss.Dense(800, "relu"), schuss.Dense(10)]
    return schuss.Model(layers, seed=seed)


def _simard_training(epochs: int) -> dict[str, Any]:
    return {
        "epochs": epochs,
        "batch_size": 32,
        "optimizer": schuss.SGD(schuss.CosineDecay(0.05, epochs), momentum=0.9),
        "regularizer": schuss.L2(1e-4),
    }


def _srivastava(seed: int) -> schuss.Model:
    layers = [PIXEL, schuss.Dropout(0.2)]
    for _ in range(3):
        layers += [schuss.Dense(1024, "relu"), schuss.Dropout(0.5)]
    return schuss.Model([*layers, schuss.Dense(10)], seed=seed)


def _srivastava_training(epochs: int) -> dict[str, Any]:
    return {
        "epochs": epochs,
        "batch_size": 128,
        "optimizer": schuss.SGD(schuss.CosineDecay(0.05, epochs), momentum=0.9),
        "regularizer": schuss.MaxNorm(2),
    }


EXPERIMENTS = {
    "simard": Experiment(
        network="784-800-10, cross-entropy",
        source="Simard, Steinkraus and Platt 2003",
        published=1.6,
        epochs=30,
        build=_simard,
        training=_simard_training,
    ),
    "srivastava": Experiment(
        network="784-1024-1024-1024-10, ReLU, dropout, max-norm",
        source="Srivastava et al. 2014",
        published=1.06,
        epochs=60,
        build=_srivastava,
        training=_srivastava_training,
    ),
}
