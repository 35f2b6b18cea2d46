"""Times training and prediction of the demo network, native beside reference.

One call is one epoch, so the column OPS of `bench_epoch_digits` reads epochs per
second; that of `bench_predict_digits` reads passes over the whole table.
"""

import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture

import schuss

X, Y = schuss.datasets.load_digits()
ENGINES = ("native", "reference")


def make(engine: str) -> schuss.Model:
    layers = [
        schuss.Rescaling(1 / 16),
        schuss.Dense(256, "relu"),
        schuss.Dense(128, "relu"),
        schuss.Dense(10),
    ]
    return schuss.Model(layers, seed=0, engine=engine)


def fit_epoch(model: schuss.Model) -> float:
    optimizer = schuss.SGD(0.01, momentum=0.9)
    history = model.fit(
        X, Y, epochs=1, batch_size=64, optimizer=optimizer, verbose=False
    )
    return float(history["loss"][-1])


def bench_epoch_digits(benchmark: BenchmarkFixture, engine: str) -> None:
    native, meant = (fit_epoch(make(name)) for name in ENGINES)
    assert np.isclose(native, meant, rtol=1e-3)
    benchmark.group = "epoch_digits"
    benchmark(fit_epoch, make(engine).build(X.shape[1]))


def bench_predict_digits(benchmark: BenchmarkFixture, engine: str) -> None:
    native, meant = (make(name).build(X.shape[1]) for name in ENGINES)
    np.testing.assert_allclose(native(X), meant(X), rtol=1e-3, atol=1e-5)
    benchmark.group = "predict_digits"
    benchmark(make(engine).build(X.shape[1]).predict, X)
