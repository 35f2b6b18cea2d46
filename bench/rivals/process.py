"""Starts a contestant's process with its number of threads, and speaks to it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

# Whichever of these its libraries read, they read it once, when they are loaded.
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Process:
    """One contestant at work; leaving the `with` block ends it."""

    def __init__(self, name: str, threads: int) -> None:
        self.name, self.threads = name, threads
        limits = dict.fromkeys(_THREAD_VARIABLES, str(threads))
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench.rivals.worker", name, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | limits,
        )

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send one request and wait for its answer."""
        assert self._child.stdin and self._child.stdout
        self._child.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of {self.name} ended during {do!r}.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> "Process":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._child.communicate()
