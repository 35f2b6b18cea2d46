"""Measures what a package costs before and beside the work: import, disk, memory.

And the way from a cold start to 98 % of MNIST's test images, import and compilation
included: the clock starts before the interpreter does.
"""

import importlib.metadata as metadata
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from packaging.requirements import Requirement

from bench import data
from bench.contestants import CONTESTANTS, those_with
from bench.machine import Watch, cores
from bench.process import ROOT
from bench.race import report
from bench.task import Task, first_weights
from bench.verdict import verdict
from bench.workloads import TO_98, WORKLOADS

_IMPORTS = {
    "numpy": "numpy",
    "schuss": "schuss",
    "sklearn": "sklearn.neural_network",
    "torch": "torch",
    "jax": "jax",
    "onnxruntime": "onnxruntime",
}
NAMES = ("import", "size", "memory", "cold")
_ACCURACY = 0.98
_MEMORY_GOAL, _TIME_GOAL = 1.3, 3


def run(
    names: list[str], mnist: Path | None, quick: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the results of the named measurements."""
    here = [name for name in those_with("trainer") if _installed(name)]
    with tempfile.TemporaryDirectory() as folder:
        kinds: dict[str, Callable[[], dict[str, Any]]] = {
            "import": lambda: {"seconds": import_seconds(1 if quick else 7)},
            "size": lambda: {"megabytes": sizes()},
            "memory": lambda: memory(Path(folder), here, mnist, quick),
            "cold": lambda: cold_starts(Path(folder), here, mnist, quick),
        }
        for name in names:
            report(f"footprint: {name}")
            yield name, kinds[name]()


def _installed(name: str) -> bool:
    packages = CONTESTANTS[name].imports
    return all(find_spec(package) for package in packages)


def import_seconds(rounds: int) -> dict[str, Any]:
    """Return the seconds of importing each package, above an empty interpreter."""
    wanted = {name: f"import {module}" for name, module in _IMPORTS.items()}
    there = {
        n: code for n, code in wanted.items() if find_spec(_IMPORTS[n].split(".")[0])
    }
    programs = {"python": "pass", **there}
    clocks: dict[str, list[float]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, code in programs.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
            if number:  # the first reads from the disk
                clocks[name].append(time.perf_counter() - started)
    empty = median(clocks.pop("python"))
    return {name: [one - empty for one in some] for name, some in clocks.items()}


def sizes() -> dict[str, float]:
    """Return the megabytes on disk of each package and all it needs."""
    found = {}
    for name, contestant in CONTESTANTS.items():
        if contestant.packages and _installed(name):
            needed: set[str] = set()
            for package in contestant.packages:
                needed |= _with_dependencies(package)
            found[name] = sum(map(_size, needed)) / 1e6
    return found


def _with_dependencies(package: str) -> set[str]:
    needed, open_ones = set(), [package]
    while open_ones:
        name = open_ones.pop().lower().replace("_", "-")
        if name in needed:
            continue
        needed.add(name)
        try:
            requirements = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            # Not installed but found, as in a tree of sources: this needs NumPy.
            requirements = ["numpy"]
        for line in requirements:
            requirement = Requirement(line)
            marker = requirement.marker
            if marker is None or marker.evaluate({"extra": ""}):
                open_ones.append(requirement.name)
    return needed


def _size(package: str) -> int:
    try:
        files = metadata.files(package) or []
        paths = [Path(str(file.locate())) for file in files]
    except metadata.PackageNotFoundError:
        spec = find_spec(package)
        assert spec and spec.origin
        paths = list(Path(spec.origin).parent.rglob("*"))
    # Compiled bytecode appears with use; not every installer lists it.
    return sum(
        path.stat().st_size
        for path in paths
        if path.is_file() and path.suffix != ".pyc"
    )


def memory(
    folder: Path, names: list[str], mnist: Path | None, quick: bool
) -> dict[str, Any]:
    """Return the megabytes every contestant had at most, in an epoch of `mnist`."""
    path = folder / "mnist.npz"
    table = data.load("mnist", mnist).head(2000 if quick else None)
    Task("mnist", table, first_weights(WORKLOADS["mnist"].widths)).write(path)
    megabytes = {
        name: _cold(name, cores(), path, path, 0)["memory"] / 1e6
        for name in ["baseline", *names]
    }
    ratio = megabytes["schuss"] / megabytes["baseline"]
    return {
        "megabytes": megabytes,
        "ratio": ratio,
        "goal": _MEMORY_GOAL,
        "goal_met": ratio <= _MEMORY_GOAL,
    }


def cold_starts(
    folder: Path, names: list[str], mnist: Path | None, quick: bool
) -> dict[str, Any]:
    """Return the microseconds from nothing to 98 % in every round.

    A round has first weights and an order of rows of its own, the same for everyone, as
    luck with them is worth several epochs.
    """
    if mnist is None or not mnist.is_dir():
        return {"refused": "there is no MNIST"}
    test = folder / "test.npz"
    X, y = data.load_test_part(mnist)
    np.savez(test, X=X, y=y)
    goal = 0.9 if quick else _ACCURACY
    threads = (1,) if quick else tuple(sorted({1, cores()}))
    watch = Watch()
    best = {name: _best_threads(name, threads, folder, mnist, test) for name in names}
    runs: dict[str, list[Any]] = {name: [] for name in names}
    for number in range(1 if quick else 5):
        path, turn = _drawn(number, folder, mnist), number % len(names)
        for name in names[turn:] + names[:turn]:
            time.sleep(0 if quick else 0.3)
            runs[name].append(_cold(name, best[name], path, test, goal))
        report(f"  round {number + 1}")
    result = watch.stop() | {
        "accuracy": goal,
        "network": TO_98.network,
        "batch_size": TO_98.batch_size,
        "learning_rate": TO_98.learning_rate,
        "goal": _TIME_GOAL,
        "odd": [n for n, r in runs.items() if any(x["accuracy"] < goal for x in r)],
        "contestants": {
            name: {
                "threads": best[name],
                "options": some[0]["options"],
                "microseconds": [1e6 * one["seconds"] for one in some],
                "epochs": [one["epochs"] for one in some],
            }
            for name, some in runs.items()
        },
    }
    return result | {"verdict": verdict(result, "microseconds")}


def _best_threads(
    name: str, threads: tuple[int, ...], folder: Path, mnist: Path, test: Path
) -> int:
    """Return with how many threads a contestant is there first."""
    if len(threads) == 1:
        return threads[0]
    path = _drawn(0, folder, mnist)
    return min(threads, key=lambda n: _cold(name, n, path, test, _ACCURACY)["seconds"])


def _drawn(seed: int, folder: Path, mnist: Path) -> Path:
    """Write the task with an order of rows and first weights drawn by a seed."""
    path = folder / f"cold-{seed}.npz"
    if not path.exists():
        table = data.load("mnist", mnist)
        order = np.random.default_rng(seed).permutation(len(table.X))
        table = table._replace(X=table.X[order], y=table.y[order])
        Task("to-98", table, first_weights(TO_98.widths, seed)).write(path)
    return path


def _cold(name: str, threads: int, task: Path, test: Path, goal: float) -> Any:
    """Run a cold process, with nothing compiled by a former one; return its line."""
    contestant = CONTESTANTS.get(name, CONTESTANTS["numpy"])
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | contestant.environment(threads)
        environment |= {"TORCHINDUCTOR_CACHE_DIR": cache}
        command = [sys.executable, "-m", "bench.cold", name, str(threads)]
        started = time.perf_counter()
        with subprocess.Popen(
            [*command, str(task), str(test), str(goal)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        ) as child:
            assert child.stdout
            line = child.stdout.readline()
            seconds = time.perf_counter() - started
    if not line:
        raise RuntimeError(f"the cold process of {name} ended without a result.")
    return json.loads(line) | {"seconds": seconds}
