"""What options of several commands have in common: their readers, and their names."""

import argparse
import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def whole(low: int) -> Callable[[str], int]:
    """Return a reader of whole numbers of at least `low`."""

    def read(text: str) -> int:
        if not text.isdecimal() or len(text) > 18 or int(text) < low:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no whole number of at least {low} and 18 digits at most"
            )
        return int(text)

    return read


def number(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of numbers between `low` and `high`, both excluded."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = low
        if not low < value < high:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no number between {low:g} and {high:g}"
            )
        return value

    return read


def units(text: str) -> tuple[int, ...]:
    """Read the units of hidden layers, as 64,32; nothing is none of them."""
    read = whole(1)
    return tuple(read(part) for part in text.split(",") if text)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add what tells the examples to learn from."""
    add = parser.add_argument
    add(
        "data",
        metavar="DATA",
        type=Path,
        help="a CSV, TSV or Parquet file, an NPZ file with an array X, or an IDX file",
    )
    add(
        "--target",
        metavar="NAME",
        required=True,
        help="the column to learn; of NPZ the array, and for IDX the file of labels",
    )
    add(
        "--task",
        choices=("classification", "regression"),
        help="by default classification for text, and for up to 20 different integers",
    )
    add(
        "--categorical",
        metavar="NAMES",
        type=lambda text: tuple(text.split(",")),
        default=(),
        help="columns of numbers that are categories, with commas between",
    )


def add_training(parser: argparse.ArgumentParser, epochs: int) -> None:
    """Add what every training is told."""
    add = parser.add_argument
    hint = f"default {epochs}"
    add("--epochs", metavar="N", type=whole(1), default=epochs, help=hint)
    add(
        "--validation",
        metavar="SHARE",
        type=number(0, 1),
        default=0.2,
        help="of the rows, to validate on; default 0.2",
    )
    add("--seed", metavar="N", type=whole(0), default=0, help="default 0")
    add(
        "--output",
        metavar="PATH",
        type=Path,
        help="where the model goes; by default DATA with the ending .safetensors, here",
    )
    add("--quiet", action="store_true", help="show no progress on standard error")
    add_json(parser)


def destination(arguments: argparse.Namespace) -> Path:
    """Return where the model goes; before it is trained, so that no work is lost.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    """
    path = arguments.output or Path(arguments.data.with_suffix(".safetensors").name)
    folder = Path(path).parent
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, "There is no such folder", str(folder))
    return Path(path)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the choice of JSON for what goes to standard output."""
    parser.add_argument("--json", action="store_true", help="write results as JSON")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the file of a model."""
    parser.add_argument(
        "model", metavar="MODEL", type=Path, help="a file that train or tune wrote"
    )


def show(results: dict[str, Any], as_json: bool) -> None:
    """Write results to standard output, a line each or as one line of JSON."""
    if as_json:
        print(json.dumps(results))
        return
    width = max(map(len, results)) + 2
    for name, value in results.items():
        text = f"{value:.4g}" if isinstance(value, float) else str(value)
        print(f"{name.replace('_', ' '):<{width}}{text}")
