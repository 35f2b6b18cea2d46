"""`schuss train`: from a file with examples to a file with a model."""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from schuss.cli.options import (
    add_data,
    add_training,
    destination,
    number,
    show,
    units,
    whole,
)

HELP = "train a model on a file of examples"
EXAMPLES = """\
The fit ends when the loss on the rows held out has not fallen for some epochs, and the
best of them is written. Columns of text become categories; empty cells, NA, NaN, null
and ? are missing. Progress goes to standard error, results to standard output.

examples:
  schuss train iris.csv --target species
  schuss train houses.parquet --target price --hidden 256,128 --dropout 0.1
  schuss train iris.csv --target species --model model.json --output my.safetensors
  schuss train digits.npz --target y --json
  schuss train train-images-idx3-ubyte.gz --target train-labels-idx1-ubyte.gz"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_data(parser)
    add = parser.add_argument
    network = parser.add_mutually_exclusive_group()
    network.add_argument(
        "--model",
        metavar="PATH",
        type=Path,
        help="a JSON file that describes the model, as `schuss inspect --json` writes",
    )
    network.add_argument(
        "--hidden",
        metavar="UNITS",
        type=units,
        default=(64, 64),
        help="units of the hidden layers; default 64,64",
    )
    add("--dropout", metavar="SHARE", type=number(0, 1), default=0.0)
    rate = number(0, np.inf)
    add("--learning-rate", metavar="R", type=rate, default=1e-3, help="default 0.001")
    add("--weight-decay", metavar="D", type=rate, default=1e-4, help="default 0.0001")
    add("--batch-size", metavar="N", type=whole(1), default=32, help="default 32")
    add(
        "--patience",
        metavar="N",
        type=whole(1),
        default=20,
        help="epochs without a better validation loss; default 20",
    )
    add_training(parser, epochs=200)


def run(arguments: argparse.Namespace) -> None:
    """Do it."""
    import schuss
    from schuss.cli.models import model_and_task, unscaled
    from schuss.cli.sources import read_examples

    path = destination(arguments)
    data = read_examples(arguments.data, arguments.target, arguments.categorical)
    model, task = model_and_task(data, arguments)
    kind = f"{task.classes} classes" if task.classes else "numbers"
    print(f"schuss: {arguments.target} has {kind}.", file=sys.stderr)
    history = model.fit(
        data.X,
        task.y,
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        optimizer=schuss.AdamW(
            arguments.learning_rate, weight_decay=arguments.weight_decay
        ),
        validation_fraction=arguments.validation,
        metrics=[] if task.classes else ["r2"],
        callbacks=[schuss.EarlyStopping(patience=arguments.patience)],
        verbose=not arguments.quiet,
    )
    unscaled(model, task).save(path)
    best = int(np.argmin(history["val_loss"]))
    results: dict[str, Any] = {
        "rows": len(task.y),
        "epochs": len(history["loss"]),
        "best_epoch": best + 1,
    }
    if task.scaled:
        results["val_rmse"] = task.deviation * history["val_loss"][best] ** 0.5
    else:
        results["val_loss"] = history["val_loss"][best]
    metric = "val_accuracy" if task.classes else "val_r2"
    show(results | {metric: history[metric][best], "model": str(path)}, arguments.json)
