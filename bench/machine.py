"""Says what the suite was run on, without naming the computer, and measures it."""

import os
import platform
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import schuss
from schuss import _core

# Accumulators of the peak's loop: enough to hide the latency of a multiply-add.
_VECTORS = 12
_LANES = {"baseline": 4, "neon": 4, "avx2": 8, "avx512": 16}
_SAMPLES = 15
_SECONDS_PER_SAMPLE = 0.01


def describe() -> dict[str, str | int]:
    """Return system, processor, cores open to this process, and Python."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": cores(),
        "python": platform.python_version(),
    }


def cores() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return models[0] if models else platform.processor() or "unknown"


def peaks() -> dict[str, dict[str, float]]:
    """Measure the GFLOP/s of every instruction set, and of the best on every core.

    Of each the highest of some short samples, which is what the machine can do, and
    the median, which is what it had to spare.
    """
    found: dict[str, dict[str, float]] = {}
    best = schuss.get_isa()
    for isa in schuss.available_isas():
        found[isa] = peak(isa, 1)
    found[f"{best}, {cores()} threads"] = peak(best, cores())
    return found


def peak(isa: str, threads: int) -> dict[str, float]:
    """Measure multiply-adds kept in registers, on each of some threads."""
    before = schuss.get_isa()
    schuss.set_isa(isa)
    try:
        with ThreadPoolExecutor(threads) as pool:
            return _peak(pool, threads, _LANES[isa] * _VECTORS)
    finally:
        schuss.set_isa(before)


def _peak(pool: ThreadPoolExecutor, threads: int, size: int) -> dict[str, float]:
    x = np.ones(size, np.float32)

    def work(repeats: int) -> None:
        _core.kernels.multiply_add(x, 0.5, 0.5, repeats)

    def sample(repeats: int) -> float:
        started = time.perf_counter()
        list(pool.map(work, [repeats] * threads))
        return time.perf_counter() - started

    repeats = 10_000
    while (seconds := sample(repeats)) < _SECONDS_PER_SAMPLE:
        repeats = int(repeats * min(10, 1.2 * _SECONDS_PER_SAMPLE / seconds)) + 1
    flops = 2 * size * repeats * threads
    rates = [flops / sample(repeats) / 1e9 for _ in range(_SAMPLES)]
    return {"highest": max(rates), "median": median(rates)}


def bandwidth() -> dict[str, float]:
    """Measure the GB/s of copying 256 MiB in NumPy, read and written bytes counted."""
    source = np.ones(1 << 25, np.float32)
    target = np.empty_like(source)

    def copy(part: int, parts: int) -> None:
        size = len(source) // parts
        rows = slice(part * size, (part + 1) * size)
        np.copyto(target[rows], source[rows])

    found = {}
    for threads in sorted({1, cores()}):
        with ThreadPoolExecutor(threads) as pool:

            def once(pool: ThreadPoolExecutor = pool, threads: int = threads) -> float:
                started = time.perf_counter()
                list(pool.map(copy, range(threads), [threads] * threads))
                return time.perf_counter() - started

            seconds = min(once() for _ in range(7))
        found[f"{threads} threads"] = 2 * source.nbytes / seconds / 1e9
    return found


class Watch:
    """Notes around some work what the machine could do, and who else was busy on it."""

    def __init__(self) -> None:
        self._peaks = [peaks()]
        self._wall, self._ours = time.perf_counter(), _our_seconds()
        self._all = _all_seconds()

    def stop(self) -> dict[str, Any]:
        """Return the peaks of before and after, and shares of the processors' time."""
        wall = (time.perf_counter() - self._wall) * cores()
        ours, everyone = _our_seconds() - self._ours, _all_seconds()
        result: dict[str, Any] = {}
        if everyone and self._all:
            busy = everyone["busy"] - self._all["busy"]
            stolen = everyone["stolen"] - self._all["stolen"]
            result["stolen"] = max(0.0, stolen / wall)
            result["others"] = max(0.0, (busy - ours) / wall)
        self._peaks.append(peaks())
        result["peaks"] = {
            name: max(one[name]["highest"] for one in self._peaks)
            for name in self._peaks[0]
        }
        result["spare"] = min(
            one[name]["median"] / result["peaks"][name]
            for one in self._peaks
            for name in one
        )
        return result


def _our_seconds() -> float:
    """Return the processor time of this process and of its children that ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(who) for who in whose]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _all_seconds() -> dict[str, float]:
    """Return the busy and the stolen time of all processors since the start."""
    try:
        first = Path("/proc/stat").read_text().splitlines()[0].split()
    except OSError:
        return {}
    tick = os.sysconf("SC_CLK_TCK")
    user, nice, system, _, _, irq, softirq, steal = (int(n) / tick for n in first[1:9])
    return {"busy": user + nice + system + irq + softirq, "stolen": steal}
