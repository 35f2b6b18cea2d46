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

from bench.rivals.contestants import Trainer, find_trainer
from bench.rivals.workloads import Task


class Worker:
    """Answers the requests: hello, prepare, run."""

    def __init__(self, name: str, threads: int) -> None:
        self._name, self._threads = name, threads

    def hello(self) -> dict[str, Any]:
        """Return what the contestant can vary, or what it misses."""
        try:
            self._kind: Any = find_trainer(self._name)
        except ImportError as error:
            return {"missing": str(error)}
        return {"options": list(self._kind.options), "about": self._kind.about()}

    def prepare(self, path: str, options: dict[str, Any]) -> dict[str, Any]:
        """Load the task and build the network."""
        self._task = Task.read(Path(path))
        self._trainer: Trainer = self._kind(self._task, self._threads, **options)
        return {}

    def run(self, epochs: int, shuffle: bool = True) -> dict[str, Any]:
        """Train from the first weights on; return the seconds and the final loss."""
        self._trainer.reset()
        gc.collect()
        started = time.perf_counter()
        self._trainer.train(epochs, shuffle)
        seconds = time.perf_counter() - started
        return {"seconds": seconds, "loss": self._task.loss(self._trainer.weights())}


def private_channel() -> TextIO:
    """Keep standard output for answers; whatever else is printed goes to stderr."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return channel


def main() -> None:
    """Serve until the input ends."""
    channel = private_channel()
    worker = Worker(sys.argv[1], int(sys.argv[2]))
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(worker, request.pop("do"))(**request)
        print(json.dumps(answer), file=channel, flush=True)


if __name__ == "__main__":
    main()
