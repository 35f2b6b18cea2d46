"""Finds the tables the workloads are trained on, or makes them up and says so."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.task import Inputs, Table, Targets
from schuss.datasets import load_digits, load_mnist, make_moons, make_xor


def load(name: str, mnist: Path | None) -> Table:
    """Return inputs, targets, the factor they are scaled by, and what they are."""
    if name == "mnist":
        return _mnist(mnist)
    return {
        "xor": _xor,
        "moons": _moons,
        "digits": _digits,
        "tabular": lambda: _taught(200_000, 54, 7, "rows like covertype's"),
        "wide": lambda: _taught(1280, 1024, 1000, "normal rows"),
        "primes": lambda: _taught(7001, 97, 3, "normal rows"),
        "thousand": lambda: _taught(16_384, 64, 1000, "normal rows"),
        "regression": _regression,
    }[name]()


def load_test_part(mnist: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return MNIST's test images and labels."""
    data = load_mnist(mnist)
    return data.X_test, data.y_test


def _xor() -> Table:
    X, y = make_xor()
    return Table(X.astype(np.float32), y, 1.0, "the four corners of the unit square")


def _moons() -> Table:
    X, y = make_moons(2000, seed=0)
    return Table(X.astype(np.float32), y, 1.0, "two half moons")


def _digits() -> Table:
    X, y = load_digits()
    return Table(X, y, 1 / 16, "the digits that come with schuss")


def _mnist(folder: Path | None) -> Table:
    if folder is None or not folder.is_dir():
        return synthetic_mnist()
    data = load_mnist(folder)
    return Table(
        data.X_train, data.y_train, 1 / 255, "MNIST, its 60,000 training images"
    )


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
    what = "synthetic bytes of MNIST's shape, for want of MNIST"
    return Table(X, y, 1 / 255, what)


def _taught(rows: int, features: int, classes: int, what: str) -> Table:
    """Make normal inputs whose class a random linear map with noise decides.

    The first rows have every class once, for whoever counts classes by looking.
    """
    X, scores = _inputs_and_scores(rows, features, classes)
    y = np.argmax(scores, axis=1).astype(np.int64)
    y[:classes] = np.arange(classes)
    return Table(X, y, 1.0, f"synthetic float32, {what}")


def _regression() -> Table:
    X, scores = _inputs_and_scores(8192, 13, 1)
    targets: Targets = np.tanh(scores)
    return Table(X, targets, 1.0, "synthetic float32, one number to be told")


def _inputs_and_scores(
    rows: int, features: int, outputs: int
) -> tuple[Inputs, NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, features), dtype=np.float32)
    teacher = rng.standard_normal((features, outputs), dtype=np.float32)
    teacher /= np.sqrt(np.float32(features))
    noise = rng.standard_normal((rows, outputs), dtype=np.float32)
    return X, X @ teacher + np.float32(0.3) * noise
