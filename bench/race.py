"""Runs a race: the best set-up of everyone, found by trying, then rounds in turn."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from bench.contestants import those_with
from bench.process import CrashError, Process

# A number of threads so much slower at the first try is not searched any further.
_HOPELESS = 1.5
_UNTRIED = 1e9
# Seconds from which on one trial is enough.
_LONG = 1.0


@dataclass(frozen=True)
class Effort:
    """How much is run.

    For every set-up `tries` trials of some `trial` seconds; then `rounds` blocks of
    some `block` seconds, with a `pause` before each, in which threads of the one before
    may stop to spin. Who needs more than `patience` seconds for a block is left out.
    """

    rounds: int = 7
    tries: int = 2
    trial: float = 0.4
    block: float = 0.5
    pause: float = 0.3
    patience: float = 60
    threads: tuple[int, ...] = (1,)
    searching: bool = True


@dataclass
class Field:
    """Who takes part in a trade, what they say of themselves, and who is missing."""

    trade: str
    names: list[str] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """What is raced over: a trade, its task's file, and what every block is told.

    `check` is called with a process and its options before the rounds; what it returns
    tells whether this contestant does what the others do.
    """

    trade: str
    path: Path
    check: Callable[[Process, dict[str, Any]], float]
    details: dict[str, Any] = field(default_factory=dict)


def call_up(trade: str) -> Field:
    """Ask everyone of a trade whether they are there."""
    found = Field(trade)
    for name in those_with(trade):
        with Process(name, trade, 1) as process:
            answer = process.ask("hello")
        if "missing" in answer:
            found.missing[name] = answer["missing"]
            report(f"{name} is left out: {answer['missing']}")
        else:
            found.names.append(name)
            found.about |= answer["about"]
    return found


class Entry:
    """One contestant of one event: how it is set up, and what it needed."""

    def __init__(self, name: str, event: Event, effort: Effort) -> None:
        self.name, self._event, self._effort = name, event, effort
        self.tried: list[dict[str, Any]] = []
        self.refused = ""

    @property
    def best(self) -> dict[str, Any]:
        """The fastest of what was tried."""
        return min(self.tried, key=_seconds)

    def tune(self) -> None:
        """Try every number of threads and, one axis after the other, every option."""
        for threads in self._effort.threads:
            with self.process(threads) as process:
                axes = self._axes(process)
                if self.refused:
                    return
                options = {axis: values[0] for axis, values in axes.items()}
                if not self._effort.searching:
                    self.tried.append(
                        {"threads": threads, "options": options, "seconds": _UNTRIED}
                    )
                    continue
                mine = [self._try(process, options)]
                if mine[0]["seconds"] > _HOPELESS * self.best["seconds"]:
                    continue
                for axis, values in axes.items():
                    options = min(mine, key=_seconds)["options"]
                    others = [{**options, axis: value} for value in values[1:]]
                    mine += [self._try(process, one) for one in others]

    def process(self, threads: int) -> Process:
        """Start a process and greet it."""
        process = Process(self.name, self._event.trade, threads)
        process.ask("hello")
        return process

    def set_up(self, process: Process) -> dict[str, Any]:
        """Check, build the best set-up and warm it up; return a block's size, too."""
        best = self.best
        checked = self._event.check(process, best["options"])
        process.ask("load", path=str(self._event.path))
        unit = process.ask("prepare", options=best["options"])["unit"]
        count = unit * max(1, ceil(self._effort.block / (best["seconds"] * unit)))
        self.block(process, count)
        return {"count": int(count), "checked": checked}

    def block(self, process: Process, count: int) -> dict[str, Any]:
        """Run one block."""
        return process.ask("block", count=count, **self._event.details)

    def _axes(self, process: Process) -> dict[str, Any]:
        answer = process.ask("load", path=str(self._event.path))
        self.refused = answer.get("refused", "")
        axes: dict[str, Any] = answer.get("axes", {})
        return axes

    def _try(self, process: Process, options: dict[str, Any]) -> dict[str, Any]:
        unit = process.ask("prepare", options=options)["unit"]
        self.block(process, unit)  # compiles what is compiled
        seconds = self.block(process, unit)["seconds"]
        if seconds < self._effort.trial:
            # Once more, as the clock of something short tells little.
            unit *= max(1, min(1000, ceil(self._effort.trial / 4 / seconds)))
            seconds = self.block(process, unit)["seconds"]
        count = unit * max(1, ceil(self._effort.trial / seconds))
        if seconds < _LONG:
            blocks = [self.block(process, count) for _ in range(self._effort.tries)]
            seconds = min(block["seconds"] for block in blocks)
        one = {
            "threads": process.threads,
            "options": options,
            "seconds": seconds / count,
        }
        self.tried.append(one)
        return one


def _seconds(one: dict[str, Any]) -> float:
    return float(one["seconds"])


def race(names: list[str], event: Event, effort: Effort) -> dict[str, Any]:
    """Return everyone's set-up and what each block gave, round by round.

    Contestants who refuse, crash or are too slow have a reason instead.
    """
    entries = {name: Entry(name, event, effort) for name in names}
    results: dict[str, Any] = {}
    for name, entry in entries.items():
        with _crash_noted(name, results):
            entry.tune()
            slow = entry.tried and entry.best["seconds"] > effort.patience
            if slow and effort.searching:
                entry.refused = f"a block takes more than {effort.patience:.0f} seconds"
            if entry.refused:
                results[name] = {"refused": entry.refused}
                report(f"  {name}: {entry.refused}")
                continue
            best = entry.best
            results[name] = best | {"tried": entry.tried, "blocks": []}
            report(f"  {name}: {best['threads']} threads {best['options']}")
        time.sleep(effort.pause)
    with ExitStack() as stack:
        running = {}
        for name, entry in entries.items():
            if "blocks" in results[name]:
                process = entry.process(results[name]["threads"])
                stack.enter_context(process)
                with _crash_noted(name, results):
                    results[name] |= entry.set_up(process)
                    running[name] = process
        _rounds({n: (entries[n], p) for n, p in running.items()}, results, effort)
    return results


@contextmanager
def _crash_noted(name: str, results: dict[str, Any]) -> Iterator[None]:
    try:
        yield
    except CrashError as error:
        results[name] = {"refused": f"it crashed: {error}", "crashed": True}
        report(f"  {name}: {error}")


def _rounds(
    running: dict[str, tuple[Entry, Process]], results: dict[str, Any], effort: Effort
) -> None:
    names = list(running)
    for number in range(effort.rounds):
        turn = number % max(1, len(names))
        for name in names[turn:] + names[:turn]:
            time.sleep(effort.pause)
            entry, process = running[name]
            block = entry.block(process, results[name]["count"])
            results[name]["blocks"].append(block)
        report(f"  round {number + 1} of {effort.rounds}")


def report(line: str) -> None:
    """Tell on standard error how far the suite has come."""
    print(line, file=sys.stderr, flush=True)
