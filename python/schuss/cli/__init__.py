"""The command `schuss`: one module for each of its commands, and what they share."""

from schuss.cli.command import main

__all__ = ["main"]
