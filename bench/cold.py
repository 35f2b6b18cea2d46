"""Is a cold process of one contestant: trains to an accuracy, or for its memory.

Called as ``python -m bench.cold NAME THREADS TASK TEST GOAL``; with a goal of 0 it
trains one epoch, and with the name "baseline" it only holds the data and a network.
Writes one line of JSON when it is there.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np

MOST_EPOCHS = 30


def peak_memory() -> int:
    """Return the most bytes this process ever had in memory.

    Linux's own counter, as that of `resource` begins with the parent's.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def baseline(task: str) -> dict[str, Any]:
    """Return the memory of NumPy, the table as it is, and one set of weights."""
    with np.load(task, allow_pickle=False) as stored:
        kept = [stored[name].copy() for name in stored if name != "X"]
        kept.append(stored["X"])
    return {"memory": peak_memory(), "arrays": len(kept)}


def train(name: str, threads: int, task: str, test: str, goal: float) -> dict[str, Any]:
    """Train epoch by epoch until the test part is predicted well enough."""
    from bench.contestants import find  # no part of the baseline
    from bench.task import Task

    kind = find(name, "trainer")
    work = Task.read(Path(task))
    options = {axis: values[0] for axis, values in kind.axes(work).items()}
    trainer = kind(work, threads, **options)
    trainer.reset()
    if not goal:
        trainer.train(1, True)
        return {"memory": peak_memory()}
    with np.load(test, allow_pickle=False) as stored:
        x, y = stored["X"] * np.float32(work.table.scale), stored["y"]
    epochs, accuracy = 0, 0.0
    while accuracy < goal and epochs < MOST_EPOCHS:
        trainer.train(1, False)  # the order was drawn beforehand, the same for all
        outputs = work.outputs(x, trainer.weights())
        accuracy = float((outputs.argmax(axis=1) == y).mean())
        epochs += 1
    return {"epochs": epochs, "accuracy": accuracy, "options": options}


def main() -> None:
    """Do what the arguments say."""
    name, threads, task, test, goal = sys.argv[1:]
    if name == "baseline":
        result = baseline(task)
    else:
        result = train(name, int(threads), task, test, float(goal))
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
