"""Is the command ``python -m bench``: runs the suite and keeps its record."""

import argparse
import sys
from pathlib import Path

from bench import machine, suite
from bench.race import Effort
from bench.record import RECORD, Record


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    add = parser.add_argument
    add("--only", choices=suite.PARTS, help="one part of the suite alone")
    add("--workloads", help="some results alone, by name, separated by commas")
    add("--contestants", help="some contestants alone, separated by commas")
    add("--rounds", type=int, default=7, help="timed blocks per contestant (7)")
    add("--threads", help="numbers of threads to try (1 and all cores)")
    add("--mnist", type=Path, help="folder of MNIST; by default $SCHUSS_DATA/mnist")
    add("--json", type=Path, help="where the record is, and is added to")
    add("--quick", action="store_true", help="see that all runs; times mean nothing")
    add("--complete", action="store_true", help="fail if a contestant is missing")
    add("--publish", action="store_true", help="write the tables and the figure")
    given = parser.parse_args()
    unknown = set((given.workloads or "").split(",")) - {"", *suite.names()}
    if unknown:
        parser.error(
            f"there is no {', '.join(unknown)}; only {', '.join(suite.names())}"
        )
    return given


def effort_of(given: argparse.Namespace) -> Effort:
    """Return how much to run."""
    if given.quick:
        return Effort(2, tries=1, trial=0, block=0, pause=0, searching=False)
    few = {1, min(2, machine.cores()), machine.cores()}
    threads = map(int, given.threads.split(",")) if given.threads else few
    return Effort(given.rounds, threads=tuple(sorted(threads, reverse=True)))


def main() -> str | None:
    """Do what the command line says; return what is wrong, if anything is."""
    given = arguments()
    partial = given.quick or given.contestants
    path = given.json or (None if partial else RECORD)
    if given.publish:
        from bench import publish  # needs matplotlib, which nothing else does

        return publish.publish(given.json or RECORD)
    plan = suite.Plan(
        parts=(given.only,) if given.only else suite.PARTS,
        names=given.workloads.split(",") if given.workloads else [],
        contestants=given.contestants.split(",") if given.contestants else [],
        effort=effort_of(given),
        mnist=given.mnist or suite.mnist_folder(),
        quick=given.quick,
        complete=given.complete,
    )
    return suite.run(plan, Record(path))


if __name__ == "__main__":
    sys.exit(main())
