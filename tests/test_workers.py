"""Tasks share the threads, and end together."""

import threading
from functools import partial

import pytest

import schuss
from schuss.workers import side_by_side


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_tasks_run_side_by_side(workers, threads):
    threads(5)
    meeting = threading.Barrier(workers, timeout=20)
    seen = []

    def task(number):
        meeting.wait()
        seen.append((number, schuss.get_threads()))

    tasks = [partial(task, n) for n in range(2 * workers)]
    assert side_by_side(tasks, workers, threading.Event()) is False
    assert sorted(n for n, _ in seen) == list(range(2 * workers))
    assert {count for _, count in seen} == {5 if workers == 1 else 1}
    assert schuss.get_threads() == 5


def test_an_error_of_a_task_ends_the_others(threads):
    threads(5)
    stop, ran = threading.Event(), []

    def fail():
        raise LookupError("no task")

    tasks = [fail, *[partial(stop.wait, 20)] * 2, *[partial(ran.append, 1)] * 9]
    with pytest.raises(LookupError, match="no task"):
        side_by_side(tasks, 2, stop)
    assert stop.is_set() and not ran and schuss.get_threads() == 5


def test_a_task_may_be_interrupted():
    def interrupt():
        raise KeyboardInterrupt

    assert side_by_side([interrupt], 1, threading.Event()) is True
