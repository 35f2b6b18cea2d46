"""`schuss tune`: looks for hyper-parameters, and keeps the best model."""

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from schuss.cli.options import (
    add_data,
    add_training,
    destination,
    show,
    units,
    whole,
)

HELP = "look for the network and the learning rate that validate best"
EXAMPLES = """\
Models of different hidden layers, dropout and learning rates are drawn and trained side
by side; few epochs tell which ones to go on with (successive halving). The score of the
best one flatters: what it is worth only rows can tell that were never seen.

examples:
  schuss tune iris.csv --target species
  schuss tune iris.csv --target species --trials 64 --epochs 100
  schuss tune iris.csv --target species --hidden 32 --hidden 256,64 --json"""
HIDDEN = ((), (32,), (128,), (64, 64), (256, 128))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_data(parser)
    add = parser.add_argument
    add("--trials", metavar="N", type=whole(1), default=32, help="default 32")
    add(
        "--hidden",
        metavar="UNITS",
        type=units,
        action="append",
        help="hidden layers to try, as 64,32; once for each choice",
    )
    add_training(parser, epochs=50)


def run(arguments: argparse.Namespace) -> None:
    """Do it."""
    import schuss
    from schuss.cli.models import make_model, scaled, task_of, unscaled
    from schuss.cli.sources import read_examples

    path = destination(arguments)
    data = read_examples(arguments.data, arguments.target, arguments.categorical)
    assert data.y is not None
    task = scaled(task_of(data.y, arguments.target, arguments.task))

    def build(parameters: Mapping[str, Any]) -> schuss.Model:
        own = parameters["hidden"], parameters["dropout"], arguments.categorical
        return make_model(data, task, *own, arguments.seed)

    found = schuss.tune(
        build,
        data.X,
        task.y,
        {
            "hidden": list(arguments.hidden or HIDDEN),
            "dropout": [0.0, 0.1, 0.3],
            "learning_rate": schuss.LogUniform(1e-4, 3e-2),
        },
        validation_fraction=arguments.validation,
        strategy="halving",
        trials=arguments.trials,
        epochs=arguments.epochs,
        optimizer=schuss.AdamW(),
        seed=arguments.seed,
        verbose=not arguments.quiet,
    )
    model = unscaled(found.best_model, task)
    model.save(path)
    if not arguments.quiet:
        print(found, file=sys.stderr)
    results: dict[str, Any] = {
        "trials": len(found.trials),
        found.monitor: float(found.best_score),
        **found.best_parameters,
        "model": str(path),
    }
    show(results, arguments.json)
