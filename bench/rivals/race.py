"""Runs the race: who takes part, the best set-up of each, then the rounds in turn."""

import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.rivals.contestants import CONTESTANTS
from bench.rivals.process import Process
from bench.rivals.workloads import ORDERED_TOLERANCE, SHUFFLED_TOLERANCE


@dataclass(frozen=True)
class Effort:
    """How much is run: `tries` blocks per set-up, then `rounds` with pauses between."""

    rounds: int
    tries: int
    pause: float
    threads: tuple[int, ...]


@dataclass
class Field:
    """Who takes part, what they can vary and say of themselves, and who is missing."""

    options: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def call_up() -> Field:
    """Ask every contestant whether it is there."""
    found = Field()
    for name in CONTESTANTS:
        with Process(name, 1) as process:
            answer = process.ask("hello")
        if "missing" in answer:
            found.missing[name] = answer["missing"]
        else:
            found.options[name] = answer["options"]
            found.about |= answer["about"]
    return found


def tune(name: str, entered: Field, task: Path, epochs: int, effort: Effort) -> Any:
    """Try every number of threads and every option; return the best, and all tried."""
    tried = []
    for threads in effort.threads:
        with Process(name, threads) as process:
            process.ask("hello")
            for options in entered.options[name]:
                process.ask("prepare", path=str(task), options=options)
                process.ask("run", epochs=1)
                blocks = [
                    process.ask("run", epochs=epochs) for _ in range(effort.tries)
                ]
                seconds = min(block["seconds"] for block in blocks)
                tried.append(
                    {"threads": threads, "options": options, "seconds": seconds}
                )
                time.sleep(effort.pause)
    best = min(tried, key=lambda one: one["seconds"])
    report(f"  {name}: best of {len(tried)} is {best['threads']} threads")
    return {"threads": best["threads"], "options": best["options"], "tried": tried}


def race(entered: Field, task: Path, epochs: int, effort: Effort) -> dict[str, Any]:
    """Return every contestant's set-up and its seconds and final loss in each round."""
    # A quarter of a block is enough to choose by, and the choice is part of the record.
    trial = max(1, epochs // 4)
    names = list(entered.options)
    results = {name: tune(name, entered, task, trial, effort) for name in names}
    with ExitStack() as stack:
        running = {}
        for name in names:
            process = stack.enter_context(Process(name, results[name]["threads"]))
            process.ask("hello")
            process.ask("prepare", path=str(task), options=results[name]["options"])
            ordered = process.ask("run", epochs=1, shuffle=False)["loss"]
            process.ask("run", epochs=epochs)
            running[name] = process
            results[name] |= {"ordered_loss": ordered, "seconds": [], "losses": []}
        for number in range(effort.rounds):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                time.sleep(effort.pause)
                answer = running[name].ask("run", epochs=epochs)
                results[name]["seconds"].append(answer["seconds"])
                results[name]["losses"].append(answer["loss"])
            report(f"  round {number + 1} of {effort.rounds}")
    return results


def odd_ones(results: dict[str, Any], first: float) -> list[str]:
    """Return who did other work: a loss far from the rest, or not below `first`."""
    ordered = {name: one["ordered_loss"] for name, one in results.items()}
    shuffled = {name: median(one["losses"]) for name, one in results.items()}
    odd = set()
    for losses, tolerance in (
        (ordered, ORDERED_TOLERANCE),
        (shuffled, SHUFFLED_TOLERANCE),
    ):
        middle = median(losses.values())
        for name, loss in losses.items():
            if not (abs(loss - middle) <= tolerance * middle and loss < first):
                odd.add(name)
    return sorted(odd)


def report(line: str) -> None:
    """Tell on standard error how far the race has come."""
    print(line, file=sys.stderr, flush=True)
