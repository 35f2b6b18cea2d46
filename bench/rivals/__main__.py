"""Is the command ``python -m bench.rivals``: runs the race and keeps its record."""

import argparse
import datetime
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.rivals import data, machine, tables
from bench.rivals.process import ROOT
from bench.rivals.race import Effort, Field, call_up, odd_ones, race, report
from bench.rivals.workloads import (
    ORDERED_TOLERANCE,
    SHUFFLED_TOLERANCE,
    WORKLOADS,
    Task,
    first_weights,
)

RECORD = ROOT / "bench" / "results" / "rivals.json"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m bench.rivals", description=__doc__)
    add = parser.add_argument
    add("--rounds", type=int, default=7, help="timed blocks per contestant (7)")
    add("--epochs", type=int, help="epochs per timed block, instead of the usual")
    add("--mnist", type=Path, help="folder of MNIST; by default $SCHUSS_DATA/mnist")
    add("--json", type=Path, help="where the record goes, or, with --readme, is")
    add("--only", choices=WORKLOADS, help="one workload alone")
    add(
        "--quick", action="store_true", help="see that all runs; no times worth keeping"
    )
    add("--readme", action="store_true", help="put the record's table into README.md")
    return parser.parse_args()


def effort_of(given: argparse.Namespace) -> Effort:
    """Return how much to run."""
    if given.quick:
        return Effort(rounds=2, tries=1, pause=0.05, threads=(1,))
    threads = tuple(sorted({1, min(2, machine.cores()), machine.cores()}))
    return Effort(rounds=given.rounds, tries=3, pause=0.5, threads=threads)


def run_workload(
    name: str, entered: Field, effort: Effort, given: argparse.Namespace
) -> dict[str, Any]:
    """Race over one workload; return its part of the record."""
    work = WORKLOADS[name]
    X, y, source = data.load(name, given.mnist or mnist_folder())
    if given.quick:
        X, y = X[: work.quick_rows], y[: work.quick_rows]
    report(f"{name}: {source}")
    task = Task(work, X, y, first_weights(work.widths))
    epochs = given.epochs or (work.quick_epochs if given.quick else work.epochs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.npz"
        task.write(path)
        results = race(entered, path, epochs, effort)
    first = task.loss(task.first)
    return {
        "data": source,
        "network": "-".join(map(str, work.widths)),
        "batch_size": work.batch_size,
        "rows": len(X),
        "epochs": epochs,
        "first_loss": first,
        "tolerances": {"ordered": ORDERED_TOLERANCE, "shuffled": SHUFFLED_TOLERANCE},
        "odd": odd_ones(results, first),
        "contestants": results,
    }


def mnist_folder() -> Path | None:
    """Return where the environment says MNIST is."""
    folder = os.environ.get("SCHUSS_DATA")
    return Path(folder) / "mnist" if folder else None


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Race over the wanted workloads; return the record."""
    effort, entered = effort_of(given), call_up()
    for name, reason in entered.missing.items():
        report(f"{name} is left out: {reason}")
    names = [given.only] if given.only else list(WORKLOADS)
    return {
        "date": datetime.date.today().isoformat(),
        "quick": given.quick,
        "rounds": effort.rounds,
        "machine": machine.describe(),
        "versions": entered.about,
        "missing": entered.missing,
        "workloads": {
            name: run_workload(name, entered, effort, given) for name in names
        },
    }


def publish(path: Path) -> str | None:
    """Put a record into README.md; return why not, if so."""
    record = json.loads(path.read_text(encoding="utf-8"))
    if record["quick"] or any(work["odd"] for work in record["workloads"].values()):
        return "this record is of a quick run or of unequal work; run the race again."
    tables.rewrite(ROOT / "README.md", record)
    return None


def main() -> str | None:
    """Do what the command line says; return what is wrong, if anything is."""
    given = arguments()
    if given.readme:
        return publish(given.json or RECORD)
    record = run(given)
    print(tables.terminal(record))
    path = given.json or (None if given.quick else RECORD)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    odd = [name for name, work in record["workloads"].items() if work["odd"]]
    return f"unequal work in {', '.join(odd)}" if odd else None


if __name__ == "__main__":
    sys.exit(main())
