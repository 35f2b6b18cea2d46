"""`schuss demo`: the digits, in seconds."""

import argparse
from pathlib import Path

from schuss.cli.options import whole

HELP = "train a network on handwritten digits, and tell how it went"
EXAMPLES = """\
The same is done in NumPy, to compare results and speed.

examples:
  schuss demo                      train on the digits in the package (seconds)
  schuss demo --seed 7             with other first weights and another row order
  schuss demo --mnist ~/mnist      train on MNIST, from its four files in ~/mnist
  schuss demo --figure digits.pdf  put the figure elsewhere, in another format"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add = parser.add_argument
    add(
        "--mnist",
        metavar="DIR",
        type=Path,
        help="train on MNIST, from its files in DIR",
    )
    add("--epochs", metavar="N", type=whole(1), help="default: 15, or 10 for MNIST")
    add("--seed", metavar="N", type=whole(0), default=0, help="default: 0")
    where = Path("schuss-demo.png")
    hint = f"where to draw the figure, if there is matplotlib; default: {where}"
    add("--figure", metavar="PATH", type=Path, default=where, help=hint)
    add("--no-figure", action="store_true", help="draw none")


def run(arguments: argparse.Namespace) -> None:
    """Do it."""
    from schuss.demo import demo

    figure = None if arguments.no_figure else arguments.figure
    demo(arguments.mnist, arguments.epochs, arguments.seed, figure)
