"""Lets one thread at a time fit a model, and tells the others so."""

import threading
from types import TracebackType


class Claim:
    """A lock that is never waited for.

    Raises
    ------
    RuntimeError
        On entering it while another thread is inside.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    @property
    def held(self) -> bool:
        """Whether this thread is inside."""
        return self._owner == threading.get_ident()

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            raise RuntimeError(
                "the model is being fitted by another thread, or saved; wait, or give "
                "each thread a model of its own."
            )
        self._owner = threading.get_ident()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._owner = None
        self._lock.release()
