"""`schuss predict`: a file with rows, and a model, to predictions."""

import argparse
import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.cli.options import add_json, add_model

HELP = "predict from a file of rows"
EXAMPLES = """\
Columns that the model does not know, as the target itself, are left out.

examples:
  schuss predict iris.safetensors new.csv
  schuss predict iris.safetensors new.csv --probabilities > predicted.csv
  schuss predict iris.safetensors new.csv --json --output predicted.json"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_model(parser)
    add = parser.add_argument
    add("data", metavar="DATA", type=Path, help="as for `schuss train`")
    add("--probabilities", action="store_true", help="add those of all classes")
    add("--output", metavar="PATH", type=Path, help="by default standard output")
    add_json(parser)


def run(arguments: argparse.Namespace) -> None:
    """Do it."""
    import schuss
    from schuss.cli.sources import read_inputs

    model = schuss.load(arguments.model)
    numeric = set(model.feature_names or ())
    if model.preprocessing is not None:
        numeric = set(model.preprocessing.numeric_names)
    X = read_inputs(arguments.data, model.feature_names, numeric)
    predicted = model.predict(X)
    columns: dict[str, Any] = {"prediction": predicted}
    if predicted.ndim == 2:
        columns = {f"prediction {k}": column for k, column in enumerate(predicted.T)}
    if arguments.probabilities:
        probabilities = model.predict_proba(X)
        classes = model.classes
        names = range(probabilities.shape[1]) if classes is None else classes
        for name, column in zip(names, probabilities.T, strict=True):
            columns[f"probability {name}"] = column
    lists = {name: _plain(column) for name, column in columns.items()}
    if arguments.output is None:
        _write(sys.stdout, lists, arguments.json)
        return
    with arguments.output.open("w", encoding="utf-8", newline="") as file:
        _write(file, lists, arguments.json)


def _plain(column: NDArray[Any]) -> list[Any]:
    """Return values with as many digits as their precision has."""
    if column.dtype == np.float32:
        return [float(str(value)) for value in column]
    values: list[Any] = column.tolist()
    return values


def _write(file: Any, columns: dict[str, list[Any]], as_json: bool) -> None:
    if as_json:
        json.dump(columns, file)
        file.write("\n")
        return
    rows: Iterable[tuple[Any, ...]] = zip(*columns.values(), strict=True)
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
