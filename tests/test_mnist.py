"""The acceptance run on full MNIST, where its files are at hand."""

import os
from pathlib import Path

import pytest

import schuss

FOLDER = Path(os.environ.get("SCHUSS_DATA", "")) / "mnist"


@pytest.mark.slow
@pytest.mark.skipif(
    "SCHUSS_DATA" not in os.environ or not FOLDER.is_dir(),
    reason="SCHUSS_DATA names no folder with mnist in it",
)
def test_mnist_reaches_98_percent_within_ten_epochs():
    """784-256-128-10 ReLU, batch 128, plain SGD with momentum, a constant rate."""
    data = schuss.datasets.load_mnist(FOLDER)
    model = schuss.Model(
        [
            schuss.Rescaling(1 / 255),
            schuss.Dense(256, "relu"),
            schuss.Dense(128, "relu"),
            schuss.Dense(10),
        ],
        seed=0,
    )
    model.fit(
        data.X_train,
        data.y_train,
        epochs=10,
        batch_size=128,
        optimizer=schuss.SGD(0.1, momentum=0.9),
        verbose=False,
    )
    assert model.evaluate(data.X_test, data.y_test)["accuracy"] >= 0.98
