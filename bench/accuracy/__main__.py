"""Is the command ``python -m bench.accuracy``: trains with several seeds."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from bench.accuracy.experiments import EXPERIMENTS, Experiment
from bench.accuracy.publish import publish
from bench.process import ROOT
from bench.record import Record
from bench.suite import mnist_folder
from schuss.datasets import Split, load_mnist

RECORD = ROOT / "bench" / "results" / "accuracy.json"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m bench.accuracy", description=__doc__)
    add = parser.add_argument
    add("experiments", nargs="*", help=f"of {', '.join(EXPERIMENTS)}; by default all")
    add("--seeds", type=int, default=5, help="how many (5)")
    add("--epochs", type=int, help="instead of the experiment's; nothing is kept")
    add("--mnist", type=Path, help="folder of MNIST; by default $SCHUSS_DATA/mnist")
    add("--publish", action="store_true", help="write the table, from the record")
    given = parser.parse_args()
    if unknown := set(given.experiments) - set(EXPERIMENTS):
        parser.error(f"there is no {', '.join(unknown)}; only {', '.join(EXPERIMENTS)}")
    return given


def error_of(experiment: Experiment, data: Split, seed: int, epochs: int) -> float:
    """Train one network; return its test error in percent."""
    model = experiment.build(seed)
    model.fit(data.X_train, data.y_train, **experiment.training(epochs), verbose=False)
    return 100 * (1 - model.evaluate(data.X_test, data.y_test)["accuracy"])


def repeat(
    name: str, data: Split, seeds: int, epochs: int | None = None
) -> dict[str, Any]:
    """Return the errors of an experiment for the seeds from 0, and the seconds."""
    experiment = EXPERIMENTS[name]
    errors, seconds = [], []
    for seed in range(seeds):
        begin = time.perf_counter()
        errors.append(error_of(experiment, data, seed, epochs or experiment.epochs))
        seconds.append(time.perf_counter() - begin)
        print(f"{name}, seed {seed}: {errors[-1]:.2f} %, {seconds[-1]:.0f} s")
    return {"errors": errors, "seconds": seconds}


def main() -> str | None:
    """Do what the command line says; return what is wrong, if anything is."""
    given = arguments()
    if given.publish:
        publish(RECORD)
        return None
    folder = given.mnist or mnist_folder()
    if folder is None or not folder.is_dir():
        return "there is no MNIST; name its folder by --mnist DIR or $SCHUSS_DATA."
    data = load_mnist(folder)
    record = Record(None if given.epochs else RECORD)
    for name in given.experiments or EXPERIMENTS:
        record.add("mnist", name, repeat(name, data, given.seeds, given.epochs))
    return None


if __name__ == "__main__":
    sys.exit(main())
