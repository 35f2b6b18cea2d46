"""Compares the instruction sets: a network trained with each of them, in turn."""

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import numpy as np

import schuss
from bench.machine import Watch
from bench.workloads import WORKLOADS

# How much faster multiply-adds of 8 numbers should be than products and sums of 4.
_GOAL = 2.5
_ROWS, _QUICK_ROWS, _ROUNDS = 8192, 512, 7
NAMES = ("levels",)


def run(quick: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the examples per second of every instruction set, one thread."""
    work, chosen, watch = WORKLOADS["mnist"], schuss.get_isa(), Watch()
    rows = _QUICK_ROWS if quick else _ROWS
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (rows, work.widths[0]), dtype=np.uint8)
    y = rng.integers(0, work.widths[-1], rows)
    rates: dict[str, list[float]] = {isa: [] for isa in schuss.available_isas()}
    schuss.set_threads(1)
    for number in range(2 if quick else _ROUNDS + 1):
        for isa, some in rates.items():
            schuss.set_isa(isa)
            rate = rows / _seconds(work.widths, X, y)
            if number:  # the first one warms up
                some.append(rate)
    schuss.set_threads(None)
    schuss.set_isa(chosen)
    result: dict[str, Any] = {"network": work.network, "rates": rates}
    if {"avx2", "baseline"} <= set(rates):
        pairs = zip(rates["avx2"], rates["baseline"], strict=True)
        ratio = median(wide / narrow for wide, narrow in pairs)
        result |= {"ratio": ratio, "goal": _GOAL, "goal_met": ratio >= _GOAL}
    yield "levels", watch.stop() | result


def _seconds(widths: tuple[int, ...], X: Any, y: Any) -> float:
    """Return what an epoch takes: a model has the instruction set it was made with."""
    hidden = [schuss.Dense(width, "relu") for width in widths[1:-1]]
    layers = [schuss.Rescaling(1 / 255), *hidden, schuss.Dense(widths[-1])]
    model = schuss.Model(layers).build(widths[0])
    started = time.perf_counter()
    model.fit(X, y, epochs=1, batch_size=128, verbose=False)
    return time.perf_counter() - started
