"""Measures how the cost of training grows: with width, depth, batch, rows and threads.

Only schuss runs here, on random numbers: the question is where its time goes, and not
whose is shorter.
"""

import time
from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np

import schuss
from bench import machine
from bench.machine import Watch

_SECONDS, _ROUNDS = 0.2, 5
_MNIST = (784, 256, 128, 10)
# Along each axis: what varies, and for each of its values widths, batch and rows.
AXES: dict[str, list[tuple[int, tuple[int, ...], int, int]]] = {
    "width": [(w, (256, w, w, 10), 128, 4096) for w in (16, 64, 256, 1024, 2048)],
    "depth": [(d, (256, *[256] * d, 10), 128, 4096) for d in (1, 2, 4, 8, 16)],
    "batch": [(b, _MNIST, b, 8192) for b in (1, 4, 16, 64, 256, 1024, 4096)],
    "rows": [(r, _MNIST, 128, r) for r in (512, 2048, 8192, 32_768, 131_072)],
}


def run(names: list[str], quick: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the results along the named axes."""
    for name in names:
        points = AXES[name][:2] if quick else AXES[name]
        watch = Watch()
        found = [
            {"value": value, "threads": threads, "flops": flops(widths)}
            | measure(widths, batch, rows, threads, quick)
            for value, widths, batch, rows in points
            for threads in sorted({1, machine.cores()})
        ]
        yield name, watch.stop() | {"points": found}


def flops(widths: tuple[int, ...]) -> int:
    """Return the operations per example of three products, two in the first layer."""
    weights = [inputs * outputs for inputs, outputs in pairwise(widths)]
    return 2 * (3 * sum(weights) - weights[0])


def measure(
    widths: tuple[int, ...], batch: int, rows: int, threads: int, quick: bool
) -> dict[str, float]:
    """Return the microseconds per example, shuffle and gather included."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (rows, widths[0]), dtype=np.uint8)
    y = rng.integers(0, widths[-1], rows)
    hidden = [schuss.Dense(width, "relu") for width in widths[1:-1]]
    layers = [schuss.Rescaling(1 / 255), *hidden, schuss.Dense(widths[-1])]
    model, epochs = schuss.Model(layers), 1
    schuss.set_threads(threads)

    def once() -> float:
        started = time.perf_counter()
        optimizer = schuss.SGD(1e-3)
        model.fit(
            X, y, epochs=epochs, batch_size=batch, optimizer=optimizer, verbose=False
        )
        return time.perf_counter() - started

    once()
    epochs = max(1, round((0.02 if quick else _SECONDS) / once()))
    samples = [1e6 * once() / (epochs * rows) for _ in range(1 if quick else _ROUNDS)]
    schuss.set_threads(None)
    return {"median": median(samples), "lowest": min(samples), "highest": max(samples)}
