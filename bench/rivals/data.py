"""Finds the tables the workloads are trained on, or makes one up and says so."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schuss.datasets import load_digits, load_mnist

Table = tuple[NDArray[np.uint8], NDArray[np.int64], str]


def load(name: str, mnist: Path | None) -> Table:
    """Return inputs, labels and one phrase that says what they are."""
    if name == "digits":
        X, y = load_digits()
        return X, y, "the digits that come with schuss"
    if mnist is None or not mnist.is_dir():
        return synthetic_mnist()
    data = load_mnist(mnist)
    return data.X_train, data.y_train, "MNIST, its 60,000 training images"


def synthetic_mnist(rows: int = 60_000, seed: int = 0) -> Table:
    """Make bytes of MNIST's shape: a noisy prototype per class, a tenth mislabelled.

    The wrong labels keep the loss away from 0, where comparing losses means nothing.
    """
    rng = np.random.default_rng(seed)
    prototypes = rng.integers(0, 64, (10, 784), dtype=np.uint8)
    y = rng.integers(0, 10, rows)
    X = rng.integers(0, 192, (rows, 784), dtype=np.uint8)
    X += prototypes[y]
    wrong = rng.random(rows) < 0.1
    y[wrong] = rng.integers(0, 10, int(wrong.sum()))
    return X, y, "synthetic bytes of MNIST's shape, for want of MNIST"
