"""Starts a contestant's process with its number of threads, and speaks to it."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.contestants import CONTESTANTS

ROOT = Path(__file__).resolve().parents[1]


class CrashError(Exception):
    """A contestant's process ended before it had answered."""


class Process:
    """One contestant at work; leaving the `with` block ends it."""

    def __init__(self, name: str, trade: str, threads: int) -> None:
        self.name, self.threads = name, threads
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", name, trade, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | CONTESTANTS[name].environment(threads),
        )

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send one request and wait for its answer."""
        assert self._child.stdin and self._child.stdout
        try:
            self._child.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise CrashError(f"the process of {self.name} ended during {do!r}.")
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
        with suppress(BrokenPipeError):
            self._child.communicate()
