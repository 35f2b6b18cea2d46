"""Races over training: examples per second, and whether all did the same work."""

import math
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench import data
from bench.machine import Watch
from bench.process import Process
from bench.race import Effort, Event, Field, race, report
from bench.task import Task, first_weights
from bench.verdict import verdict
from bench.workloads import WORKLOADS, Workload

# How far a loss may be from the median of all, as a share of what the median came down.
# After some fifty steps in the rows' own order rounding makes a ten-thousandth of it at
# most; a learning rate 1 % off, or the last, ragged batch left out, about a hundredth.
TOLERANCE = 0.002
_QUICK_BATCHES, _QUICK_ROWS = 4, 2048


def run(
    name: str, field: Field, effort: Effort, mnist: Path | None, quick: bool
) -> Any:
    """Race over one workload; return its part of the record."""
    work = WORKLOADS[name]
    table = data.load(work.data, mnist).head(work.rows)
    if quick:
        size = work.batch_size
        few = _QUICK_ROWS if size is None else _QUICK_BATCHES * size + size // 2
        table = table.head(max(few, work.widths[-1]))
    report(f"{name}: {table.what}")
    task = Task(name, table, first_weights(work.widths))
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        path, checked = Path(folder) / "task.npz", Path(folder) / "checked.npz"
        task.write(path)
        head = table.head(work.checked_rows)
        short = Task(name, head, task.first)
        short.write(checked)

        def check(process: Process, options: dict[str, Any]) -> float:
            return checked_loss(process, options, checked, work)

        results = race(field.names, Event("trainer", path, check), effort)
    first, begin = task.loss(task.first), short.loss(task.first)
    result = watch.stop() | {
        "what": table.what,
        "network": work.network,
        "activation": work.activation if len(work.widths) > 2 else "",
        "optimizer": work.optimizer,
        "loss": work.loss,
        "batch_size": work.batch_size,
        "rows": task.rows,
        "flops_per_example": work.flops_per_example,
        "goal": work.goal,
        "stretch": work.stretch,
        "first_loss": first,
        "checked_first_loss": begin,
        "tolerance": TOLERANCE,
        "odd": odd_ones(results, first, begin),
        "contestants": {n: summary(r, task.rows) for n, r in results.items()},
    }
    return result | {"verdict": verdict(result, "rates")}


def checked_loss(
    process: Process, options: dict[str, Any], path: Path, work: Workload
) -> float:
    """Return the loss after some epochs in the rows' own order, over few rows."""
    process.ask("load", path=str(path))
    process.ask("prepare", options=options)
    answer = process.ask("block", count=work.checked_epochs, shuffle=False)
    return float(answer["loss"])


def summary(result: dict[str, Any], rows: int) -> dict[str, Any]:
    """Return a contestant's result with examples per second instead of seconds."""
    if "refused" in result:
        return result
    count, blocks = result["count"], result["blocks"]
    tried = [
        {"threads": t["threads"], **t["options"], "rate": rows / t["seconds"]}
        for t in result["tried"]
    ]
    return {
        "threads": result["threads"],
        "options": result["options"],
        "epochs": count,
        "rates": [rows * count / block["seconds"] for block in blocks],
        "losses": [block["loss"] for block in blocks],
        "checked_loss": result["checked"],
        "tried": tried,
    }


def odd_ones(results: dict[str, Any], first: float, begin: float) -> list[str]:
    """Return who did other work than the rest, or did not bring the loss down.

    `first` is the loss of the first weights over all rows, `begin` over those checked.
    """
    there = {name: one for name, one in results.items() if "blocks" in one}
    odd = [name for name, one in results.items() if "crashed" in one]
    if not there:
        return odd
    middle = median(one["checked"] for one in there.values())
    for name, one in there.items():
        losses = [block["loss"] for block in one["blocks"]]
        same = abs(one["checked"] - middle) <= TOLERANCE * (begin - middle)
        if not (same and all(math.isfinite(x) and x < first for x in losses)):
            odd.append(name)
    return odd
