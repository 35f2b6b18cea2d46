"""Reads the arguments of the command, and turns failures into one sentence."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from schuss import __version__
from schuss.cli import demo, export, inspect, predict, show_config, train, tune

EXAMPLES = """\
examples:
  schuss train iris.csv --target species       train, validate, write iris.safetensors
  schuss predict iris.safetensors new.csv      predictions as CSV, on standard output
  schuss tune iris.csv --target species        look for better settings first
  schuss inspect iris.safetensors              what is in the file
  schuss export iris.safetensors --to onnx     for where there is no schuss
  schuss demo                                  train on the digits in the package

  SCHUSS_ISA=avx2 OMP_NUM_THREADS=1 schuss demo
                                   use that instruction set and a single thread

`schuss COMMAND --help` has more of them."""
COMMANDS = (train, predict, tune, inspect, export, demo, show_config)
# What is said in one sentence: the user's files, arguments and surroundings are wrong.
FAILURES = (
    *(ArithmeticError, ImportError, MemoryError, OSError),
    *(RuntimeError, TypeError, ValueError),
)


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
    arguments = parser().parse_args(argv)
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("schuss: interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Python flushes once more at exit, which must not fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except FAILURES as error:
        print(f"schuss: {_sentence(error)}", file=sys.stderr)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """Return what reads the arguments."""
    made = _Parser(
        prog="schuss",
        description="Dense neural networks on a CPU.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"schuss {__version__}")
    commands = made.add_subparsers(dest="command", metavar="command", required=True)
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2].replace("_", "-")
        own = commands.add_parser(
            name,
            help=command.HELP,
            description=f"{command.HELP[0].upper()}{command.HELP[1:]}.",
            epilog=command.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_options(own)
        own.set_defaults(run=command.run)
    return made


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}."
    if isinstance(error, MemoryError):
        return "there is not enough memory; give fewer rows, or a smaller network."
    return str(error)
