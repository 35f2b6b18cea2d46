"""Is one contestant's process: reads a request per line, answers with a line of JSON.

Between requests it waits for input, so that it takes no processor from the others.
"""

import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from bench.contestants import about, find
from bench.task import Task

# The threads with which NumPy computed the last loss spin for some 20 ms more.
_REST = 0.05
# So many different rows take turns when rows are predicted one by one.
_SINGLE_ROWS = 256


class Worker:
    """Answers what both kinds of work have in common: hello, load, prepare."""

    trade = ""

    def __init__(self, name: str, threads: int) -> None:
        self._name, self._threads = name, threads
        self._kind: Any = None
        self._one: Any = None

    def hello(self) -> dict[str, Any]:
        """Return the contestant's versions, or what it misses."""
        try:
            self._kind = find(self._name, self.trade)
            return {"about": about(self._name)}
        except ImportError as error:
            return {"missing": str(error)}

    def load(self, path: str) -> dict[str, Any]:
        """Load the task; return what can be varied, or why it is refused."""
        self._task = Task.read(Path(path))
        refusal = self._kind.refuses(self._task)
        return (
            {"refused": refusal} if refusal else {"axes": self._kind.axes(self._task)}
        )

    def prepare(self, options: dict[str, Any]) -> dict[str, Any]:
        """Build the network."""
        self._one = None  # its memory first
        gc.collect()
        self._one = self._kind(self._task, self._threads, **options)
        return {"unit": getattr(self._one, "unit", 1)}


class TrainingWorker(Worker):
    """Trains blocks of epochs, each from the first weights on."""

    trade = "trainer"

    def block(self, count: int, shuffle: bool = True) -> dict[str, Any]:
        """Train for `count` epochs; return the seconds and the final loss."""
        self._one.reset()
        gc.collect()
        time.sleep(_REST)
        started = time.perf_counter()
        self._one.train(count, shuffle and not self._task.full_batch)
        seconds = time.perf_counter() - started
        return {"seconds": seconds, "loss": self._task.loss(self._one.weights())}


class InferenceWorker(Worker):
    """Predicts a table again and again, or its rows one by one."""

    trade = "predictor"

    def block(self, count: int, rows: int) -> dict[str, Any]:
        """Predict `count` times `rows` rows; return the seconds."""
        X, predict = self._task.table.X, self._one.predict
        inputs = [X[i : i + rows] for i in range(min(_SINGLE_ROWS, len(X) - rows + 1))]
        whole, rest = divmod(count, len(inputs))
        gc.collect()
        started = time.perf_counter()
        for _ in range(whole):
            for x in inputs:
                predict(x)
        for x in inputs[:rest]:
            predict(x)
        return {"seconds": time.perf_counter() - started}

    def check(self, rows: int) -> dict[str, Any]:
        """Return how far the probabilities are from NumPy's in float64, at most."""
        x = self._task.table.X[:rows]
        result = self._one.predict(x)
        assert type(result) is np.ndarray and result.dtype == np.float32
        difference = np.abs(result - self._task.probabilities(x)).max()
        return {"difference": float(difference)}


WORKERS = {worker.trade: worker for worker in (TrainingWorker, InferenceWorker)}


def private_channel() -> TextIO:
    """Keep standard output for answers; whatever else is printed goes to stderr."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return channel


def main() -> None:
    """Serve until the input ends."""
    channel = private_channel()
    name, trade, threads = sys.argv[1:]
    worker = WORKERS[trade](name, int(threads))
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(worker, request.pop("do"))(**request)
        print(json.dumps(answer), file=channel, flush=True)


if __name__ == "__main__":
    main()
