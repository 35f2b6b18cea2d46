"""`schuss export`: a model for where there is no schuss."""

import argparse
from pathlib import Path

from schuss.cli.options import add_model

HELP = "write a model as ONNX, as C, or as a Python file that needs only NumPy"
EXAMPLES = """\
examples:
  schuss export digits.safetensors --to onnx              writes digits.onnx
  schuss export digits.safetensors --to c                 writes digits.c
  schuss export digits.safetensors --to numpy --output m.py"""
ENDINGS = {"onnx": ".onnx", "c": ".c", "numpy": ".py"}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_model(parser)
    add = parser.add_argument
    add("--to", choices=tuple(ENDINGS), required=True, help="what to write")
    add(
        "--output",
        metavar="PATH",
        type=Path,
        help="by default MODEL with the ending .onnx, .c or .py, here",
    )


def run(arguments: argparse.Namespace) -> None:
    """Do it."""
    import schuss

    model = schuss.load(arguments.model)
    name = arguments.model.with_suffix(ENDINGS[arguments.to]).name
    path = arguments.output or Path(name)
    getattr(model, f"to_{arguments.to}")(path)
    print(path)
