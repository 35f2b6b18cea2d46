"""What the build and the machine have, and which part of it is used."""

import platform

import numpy as np

from schuss import _core
from schuss.checks import check_number


def available_isas() -> list[str]:
    """Return the instruction sets that build and machine have, slowest first.

    Returns
    -------
    list of str
    """
    return _core.available_isas()


def get_isa() -> str:
    """Return the instruction set in use.

    Returns
    -------
    str
        The fastest available, or what ``SCHUSS_ISA`` or `set_isa` named.

    Raises
    ------
    ValueError
        If ``SCHUSS_ISA`` names one that is not available.
    """
    return _core.isa()


def set_isa(name: str) -> None:
    """Choose the instruction set for models that are built from now on.

    Parameters
    ----------
    name : str
        One of `available_isas`.

    Raises
    ------
    ValueError
        If it is not available, with a list of what is.
    """
    _core.set_isa(str(name))


def get_threads() -> int:
    """Return the most threads a call uses.

    Returns
    -------
    int
        What `set_threads` asked for; otherwise what ``OMP_NUM_THREADS`` and the
        processors open to this process allow.
    """
    return _core.requested_threads() or _core.available_threads()


def set_threads(count: int | None) -> None:
    """Choose how many threads every call uses; results do not depend on it.

    Parameters
    ----------
    count : int from 1 to 256, or None
        None leaves the choice to each call: as many as are available, but one where
        the work is too small to share. A process that was forked after schuss was
        imported always uses one, as threads do not survive a fork.

    Raises
    ------
    TypeError, ValueError
        If `count` is neither.
    """
    if count is not None:
        count = check_number("count", count, 1, 257, whole=True)
    _core.set_requested_threads(count or 0)


def show_config() -> None:
    """Print version, compiler, instruction sets and threads."""
    requested = _core.requested_threads()
    threads = f"{get_threads()} ({'as set' if requested else 'at most'})"
    rows = {
        "schuss": _core.__version__,
        "compiler": _core.compiler,
        "instruction set": f"{get_isa()} (available: {', '.join(available_isas())})",
        "threads": threads,
        "threading": _core.threading,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.machine()}, {platform.system()}",
    }
    for name, value in rows.items():
        print(f"{name:<16}{value}")
