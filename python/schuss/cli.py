"""The command `schuss`: reads its arguments, and turns failures into one sentence."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from schuss import __version__, show_config
from schuss.demo import demo

EXAMPLES = """\
examples:
  schuss demo                      train on the digits in the package (seconds)
  schuss demo --seed 7             with other first weights and another row order
  schuss demo --mnist ~/mnist      train on MNIST, from its four files in ~/mnist
  schuss demo --figure digits.pdf  put the figure elsewhere, in another format
  schuss show-config               tell compiler, instruction sets and threads

  SCHUSS_ISA=avx2 OMP_NUM_THREADS=1 schuss demo
                                   use that instruction set and a single thread
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process by default.

    Returns
    -------
    int
        The exit code: 0, 1 after a failure, or 130 after Ctrl-C.

    Raises
    ------
    SystemExit
        With 2 if the arguments are wrong, with 0 after ``--help`` and ``--version``.
    """
    arguments = _parser().parse_args(argv)
    try:
        _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("schuss: interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Python flushes once more at exit, which must not fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OSError, ValueError) as error:
        print(f"schuss: {_sentence(error)}", file=sys.stderr)
        return 1
    return 0


def _run(arguments: argparse.Namespace) -> None:
    if arguments.command == "show-config":
        show_config()
    else:
        figure = None if arguments.no_figure else arguments.figure
        demo(arguments.mnist, arguments.epochs, arguments.seed, figure)


def _sentence(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}."
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="schuss",
        description="Dense neural networks on a CPU.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"schuss {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    _add_demo(commands)
    commands.add_parser("show-config", help="tell what this build and machine have")
    return parser


def _add_demo(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "demo",
        help="train a network on handwritten digits and tell how it went",
        description="Train a network on handwritten digits, test it, and do the same "
        "in NumPy to compare results and speed.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--mnist",
        metavar="DIR",
        type=Path,
        help="train on MNIST, from its files in DIR",
    )
    add("--epochs", metavar="N", type=_whole(1), help="default: 15, or 10 for MNIST")
    add("--seed", metavar="N", type=_whole(0), default=0, help="default: 0")
    where = Path("schuss-demo.png")
    hint = f"where to draw the figure, if there is matplotlib; default: {where}"
    add("--figure", metavar="PATH", type=Path, default=where, help=hint)
    add("--no-figure", action="store_true", help="draw none")


def _whole(low: int) -> Callable[[str], int]:
    """Return a reader of whole numbers of at least `low`."""

    def read(text: str) -> int:
        if not text.isdecimal() or len(text) > 18 or int(text) < low:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no whole number of at least {low} and 18 digits at most"
            )
        return int(text)

    return read
