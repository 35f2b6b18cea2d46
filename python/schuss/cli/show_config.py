"""`schuss show-config`: what this build and this machine have."""

import argparse

HELP = "tell compiler, instruction sets and threads"
EXAMPLES = """\
examples:
  schuss show-config
  SCHUSS_ISA=avx2 schuss show-config"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command: none."""


def run(arguments: argparse.Namespace) -> None:
    """Do it."""
    import schuss

    schuss.show_config()
