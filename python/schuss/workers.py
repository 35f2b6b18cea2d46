"""Tasks on threads of this process, which Ctrl-C ends in good order."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import nullcontext

from schuss.config import one_thread_per_call


def side_by_side(
    tasks: Iterable[Callable[[], None]], workers: int, stop: threading.Event
) -> bool:
    """Run tasks on threads, each of which schuss gives one thread of computation.

    Parameters
    ----------
    tasks : iterable of callables
    workers : int, at least 1
        How many at a time; one has all the threads that `set_threads` allows.
    stop : threading.Event
        Set if the tasks under way shall end.

    Returns
    -------
    bool
        Whether Ctrl-C ended it. A second one, while it waits for the tasks that are
        under way, goes to the caller.

    Raises
    ------
    Exception
        What a task raises.
    """
    limit = one_thread_per_call() if workers > 1 else nullcontext()
    with limit, ThreadPoolExecutor(workers, "schuss.tune") as pool:
        try:
            futures = [pool.submit(task) for task in tasks]
            wait(futures, return_when=FIRST_EXCEPTION)
            for future in futures:
                if future.done():
                    future.result()
        except BaseException as error:
            pool.shutdown(wait=False, cancel_futures=True)  # before others can begin
            stop.set()
            if not isinstance(error, KeyboardInterrupt):
                raise
    return stop.is_set()
