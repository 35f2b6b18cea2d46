"""Measures single products against the peak of multiply-adds, one thread.

An entry computes its product many times on copies that lie as the kernels want them, so
that the difference of two counts is the product without the border to Python.
"""

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np

import schuss
from bench import machine
from bench.machine import Watch
from schuss import _core

_SECONDS, _ROUNDS = 0.2, 9
# Rows, inputs, outputs, goal as a share of the peak. The operands of the first
# lie in a level-2 cache together.
SHAPES = {
    "in-L2": (128, 256, 256, 0.95),
    "784x256-batch-128": (128, 784, 256, 0.90),
    "2048x2048-batch-512": (512, 2048, 2048, 0.80),
}


def run(names: list[str], quick: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the results of the named shapes."""
    for name in names:
        rows, inputs, outputs, goal = SHAPES[name]
        kinds = _products(rows, inputs, outputs)
        wanted = {k: p for k, p in kinds.items() if (k == "gemm") == (name == "in-L2")}
        watch, before, flops = Watch(), schuss.get_isa(), 2 * rows * inputs * outputs
        schuss.set_threads(1)
        shares: dict[str, Any] = {}
        for isa in schuss.available_isas():
            schuss.set_isa(isa)
            shares[isa] = {k: share(p, flops, isa, quick) for k, p in wanted.items()}
        schuss.set_isa(before)
        schuss.set_threads(None)
        # The baseline has no multiply-add instruction to reach a peak with.
        judged = [
            one["median"]
            for isa, some in shares.items()
            if isa != "baseline"
            for one in some.values()
        ]
        yield (
            name,
            watch.stop()
            | {
                "goal": goal,
                "goal_met": bool(judged) and min(judged) >= goal,
                "shares": shares,
                "flops": flops,
            },
        )


def _products(rows: int, inputs: int, outputs: int) -> dict[str, Callable[[int], Any]]:
    """Return the three products by name; each is told how often to be computed."""
    rng = np.random.default_rng(0)

    def normal(*shape: int) -> Any:
        return rng.standard_normal(shape, dtype=np.float32)

    x, w, bias = normal(rows, inputs), normal(inputs, outputs), normal(outputs)
    delta, kernels = normal(rows, outputs), _core.kernels
    return {
        "gemm": lambda times: kernels.gemm(x, w, times),
        "forward": lambda times: kernels.dense_forward(x, w, bias, "relu", times),
        "weights": lambda times: kernels.dense_backward_weights(x, delta, times),
        "inputs": lambda times: kernels.dense_backward_input(w, delta, times),
    }


def share(
    product: Callable[[int], Any], flops: int, isa: str, quick: bool
) -> dict[str, float]:
    """Return median, lowest and highest share of the peak of just before and after.

    A processor's clock moves by a fifth within seconds, with the load and with that of
    its neighbours: the peak of another moment says nothing about this one.
    """
    seconds = 0.02 if quick else _SECONDS
    peak = machine.peak(isa, 1)["median"]
    times = max(1, round(seconds * peak * 1e9 / flops))
    shares = []
    for _ in range(2 if quick else _ROUNDS):
        rate = flops * times / _difference(product, times) / 1e9
        before, peak = peak, machine.peak(isa, 1)["median"]
        shares.append(rate / (before + peak) * 2)
    return {"median": median(shares), "lowest": min(shares), "highest": max(shares)}


def _difference(product: Callable[[int], Any], times: int) -> float:
    """Return the seconds of `times` products without the border."""
    clocks = []
    for count in (1, times + 1):
        started = time.perf_counter()
        product(count)
        clocks.append(time.perf_counter() - started)
    return max(clocks[1] - clocks[0], 1e-9)
