"""Who works is whoever is faster, which is found at little cost and found anew."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).with_name("simulate_tempo.cpp")
COMPILER = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
# Seconds: of a step, and until a team's last thread is there. A scheduler may leave its
# core to another process for the second of these times.
STEP, AT_ONCE, LATE = 3e-6, 6e-6, 4e-3
SIZES = [1, 2, 3, 7, 8, 15, 16, 21, 100, 10_000]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    if COMPILER is None:
        pytest.skip("there is no C++ compiler")
    built = tmp_path_factory.mktemp("tempo") / "tempo.so"
    flags = ["-std=c++20", "-O1", "-shared", "-fPIC", f"-I{ROOT / 'cpp'}"]
    subprocess.run([COMPILER, *flags, SOURCE, "-o", built], check=True)
    return ctypes.CDLL(str(built))


@pytest.fixture
def simulate(library):
    """A function of team, steps of each call and lateness that gives times and more."""

    def run(team, counts, late):
        counts = np.array(counts, dtype=np.uintp)
        late = np.broadcast_to(late, counts.shape).astype(np.float64)
        time, by_team = np.zeros(len(counts)), np.zeros(len(counts), np.uintp)
        pointers = [array.ctypes.data for array in (counts, late, time, by_team)]
        library.simulate.restype = ctypes.c_bool
        done = library.simulate(
            *(ctypes.c_size_t(number) for number in (team, len(counts))),
            ctypes.c_void_p(pointers[0]),
            ctypes.c_double(STEP),
            *(ctypes.c_void_p(pointer) for pointer in pointers[1:]),
        )
        assert done
        return time, by_team / counts

    return run


def calls_of(size, seconds):
    """As many of that size as a thread gets done in some seconds."""
    return [size] * round(seconds / STEP / size)


@pytest.mark.parametrize("team", [1, 2, 3, 8])
def test_every_step_is_done_once(simulate, rng, team):
    counts = rng.integers(1, 200, size=5000)
    time, share = simulate(team, counts, rng.choice([AT_ONCE, LATE], size=5000))
    assert (time > 0).all() and (team > 1 or (share == 0).all())


@pytest.mark.parametrize("size", [size for size in SIZES if size > 7])
def test_a_team_that_is_faster_works_nearly_alone(simulate, size):
    time, share = simulate(2, calls_of(size, 6), AT_ONCE)
    best = AT_ONCE + -(-size // 2) * STEP
    assert time.sum() <= 1.01 * best * len(time)
    assert share.mean() >= 0.99


@pytest.mark.parametrize("size", [size for size in SIZES if size < 1000])
def test_a_team_that_is_late_is_left_alone(simulate, size):
    """Its trials cost a 32nd of the time, and some more for it to be found out."""
    time, _ = simulate(2, calls_of(size, 6), LATE)
    assert time.sum() <= (1 + 1 / 32) * size * STEP * len(time) + 4 * LATE


@pytest.mark.parametrize("size", [size for size in SIZES if 7 < size < 1000])
def test_load_that_comes_and_goes_is_noticed(simulate, size):
    counts = calls_of(size, 9)
    third = len(counts) // 3
    late = np.where(np.arange(len(counts)) // third == 1, LATE, AT_ONCE)
    time, share = simulate(2, counts, late)
    loaded = np.count_nonzero(time[third : 2 * third] > LATE / 2)
    assert loaded <= 4 + 3 / 32 / LATE
    # Until the next trial, for 32 times what the last one took, or 16 times that of one
    # thread.
    after = np.cumsum(time[2 * third :])
    settled = np.flatnonzero(share[2 * third :] == 1)[0]
    assert after[settled] <= 32 * max(LATE + size * STEP, 16 * size * STEP) + LATE
    assert share[2 * third + settled :].mean() >= 0.97


def test_a_long_call_is_never_left_to_the_slower_one(simulate):
    """Large tables that are predicted once each, beside small ones."""
    counts = np.tile([21, 21, 21, 5000], 300)
    _, share = simulate(2, counts, AT_ONCE)
    assert share[counts == 5000].min() >= 0.7 and share.mean() >= 0.97


def test_a_thread_that_must_be_woken_once_is_no_reason_to_work_alone(simulate):
    """It sleeps while it is not wanted, and is slow to come in the first call."""
    for woken in range(1, 400, 7):
        late = np.full(4000, AT_ONCE)
        late[0] = late[woken] = 1e-4
        _, share = simulate(2, [21] * 4000, late)
        assert share[2000:].mean() >= 0.95


def test_one_hiccup_is_soon_forgotten(simulate):
    late = np.full(6000, AT_ONCE)
    late[500] = 25 * LATE
    _, share = simulate(2, [21] * 6000, late)
    assert share[510:].mean() >= 0.95
