"""Races over inference: one NumPy array of float32 in, one of probabilities out."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.machine import Watch
from bench.process import Process
from bench.race import Effort, Event, Field, race, report
from bench.task import Table, Task, first_weights
from bench.verdict import verdict
from bench.workloads import WORKLOADS

# How far a probability may be from NumPy's in float64.
TOLERANCE = 1e-4
_TABLE_ROWS, _QUICK_ROWS = 10_000, 100


@dataclass(frozen=True)
class Contest:
    """The network of a workload, how many rows one call gets, and what is wanted."""

    workload: str
    rows: int
    goal: float | None = None


CONTESTS = {
    "call-overhead": Contest("xor", 1),
    "single-small": Contest("digits", 1, 6),
    "single-mnist": Contest("mnist", 1, 2),
    "single-wide": Contest("mnist-wide", 1, 1),
    "table-small": Contest("digits", _TABLE_ROWS, 1.1),
    "table-mnist": Contest("mnist", _TABLE_ROWS, 1.1),
    "table-wide": Contest("mnist-wide", _TABLE_ROWS, 1.1),
}


def run(name: str, field: Field, effort: Effort, quick: bool) -> dict[str, Any]:
    """Race over one contest; return its part of the record."""
    contest = CONTESTS[name]
    work = WORKLOADS[contest.workload]
    rows = min(contest.rows, _QUICK_ROWS) if quick else contest.rows
    report(f"{name}: {work.network}, {rows} rows a call")
    X = np.random.default_rng(0).random((max(rows, 256), work.widths[0]), np.float32)
    y = np.arange(len(X)) % work.widths[-1]
    task = Task(contest.workload, Table(X, y, 1.0, "noise"), first_weights(work.widths))
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.npz"
        task.write(path)

        def check(process: Process, options: dict[str, Any]) -> float:
            process.ask("load", path=str(path))
            process.ask("prepare", options=options)
            return float(process.ask("check", rows=rows)["difference"])

        event = Event("predictor", path, check, {"rows": rows})
        results = race(field.names, event, effort)
    found = watch.stop() | {
        "network": work.network,
        "activation": work.activation,
        "rows": rows,
        "flops_per_row": 2 * sum(w.size for w, _ in task.first),
        "goal": contest.goal,
        "tolerance": TOLERANCE,
        "odd": [
            one
            for one, result in results.items()
            if "crashed" in result
            or ("blocks" in result and not result["checked"] <= TOLERANCE)
        ],
        "contestants": {one: summary(result) for one, result in results.items()},
    }
    return found | {"verdict": verdict(found, "microseconds")}


def summary(result: dict[str, Any]) -> dict[str, Any]:
    """Return a contestant's result with microseconds per call."""
    if "refused" in result:
        return result
    count = result["count"]
    return {
        "threads": result["threads"],
        "options": result["options"],
        "calls": count,
        "microseconds": [1e6 * one["seconds"] / count for one in result["blocks"]],
        "difference": result["checked"],
        "tried": [
            {
                "threads": one["threads"],
                **one["options"],
                "microseconds": 1e6 * one["seconds"],
            }
            for one in result["tried"]
        ],
    }
