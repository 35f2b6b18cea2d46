"""What the build and the machine have, and which part of it is used."""

import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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


class _Limits:
    """How many have asked for one thread per call, and what was set before them."""

    lock = threading.Lock()
    count = before = 0


@contextmanager
def one_thread_per_call() -> Iterator[None]:
    """Give every call of this process one thread, as ``set_threads(1)`` does.

    When the last of those who asked for it is done, what was set before holds again,
    unless somebody has set something else meanwhile. Results do not depend on it.
    """
    with _Limits.lock:
        if not _Limits.count:
            _Limits.before = _core.requested_threads()
            _core.set_requested_threads(1)
        _Limits.count += 1
    try:
        yield
    finally:
        with _Limits.lock:
            _Limits.count -= 1
            if not _Limits.count and _core.requested_threads() == 1:
                _core.set_requested_threads(_Limits.before)


@contextmanager
def threads_per_call(count: int | None) -> Iterator[None]:
    """Give calls of this process a number of threads, as `set_threads` does.

    What was set before holds again afterwards. It is one setting for all threads of
    Python: where fits run side by side, each sees what the last of them asked for.

    Parameters
    ----------
    count : int from 1 to 256, or None
        None changes nothing.

    Raises
    ------
    TypeError, ValueError
        If `count` is neither.
    """
    before = _core.requested_threads()
    if count is not None:
        set_threads(count)
    try:
        yield
    finally:
        if count is not None:
            _core.set_requested_threads(before)


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
