"""Dispatch: each instruction set runs its own code, and the wider one is faster."""

import time

import numpy as np
import pytest

import schuss


def seconds(function, *arguments):
    samples = []
    for _ in range(15):
        start = time.perf_counter()
        function(*arguments)
        samples.append(time.perf_counter() - start)
    return min(samples)


def test_kernels_follow_the_choice(isa):
    assert schuss.get_isa() == isa
    assert schuss.Model([schuss.Dense(1)]).build(1)._network.isa == isa


@pytest.mark.skipif(len(schuss.available_isas()) < 2, reason="one instruction set")
def test_a_wider_instruction_set_is_faster():
    """A coarse gate: a dispatch fault leaves results right and speed lost.

    AVX2 does eight times the multiply-adds of SSE2 without FMA in an instruction and
    three times as much per second here; half of that leaves room for noise.
    """
    before = schuss.get_isa()
    x = np.ones((192, 512), np.float32)
    times = {}
    try:
        schuss.set_threads(1)
        for name in (schuss.available_isas()[0], schuss.available_isas()[-1]):
            schuss.set_isa(name)
            model = schuss.Model([schuss.Dense(512), schuss.Dense(64)]).build(512)
            times[name] = seconds(model._network.predict, x)
    finally:
        schuss.set_threads(None)
        schuss.set_isa(before)
    slowest, fastest = times.values()
    assert slowest > 1.5 * fastest
