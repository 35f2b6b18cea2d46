"""The line of a search: its trials, round by round, and the best score of them."""

import io
import sys
import threading
from types import SimpleNamespace

import pytest

from schuss import progress
from schuss.trial_progress import TrialProgress


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])
    return now


@pytest.fixture
def stream(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    return sys.stderr


def scored(best, sign=1):
    return SimpleNamespace(best=best, cost=sign * best)


def test_a_line_has_the_best_score_so_far_and_the_time_that_is_left(clock, stream):
    told = TrialProgress([(4, 10)], "val_accuracy", True)
    nothing = float("nan")
    for best in (None, scored(0.5, -1), scored(0.25, -1), scored(nothing)):
        clock[0] += 2
        told.ended(best)
    told.close()
    assert stream.getvalue().splitlines() == [
        "trial 1/4  6.0 s left",
        "trial 2/4  best val_accuracy 0.5000  4.0 s left",
        "trial 3/4  best val_accuracy 0.5000  2.0 s left",
        "trial 4/4  best val_accuracy 0.5000  8.0 s in all",
    ]


def test_time_is_that_of_epochs_as_later_rounds_have_more_of_them(clock, stream):
    told = TrialProgress([(4, 1), (2, 1), (1, 2)], "val_loss", True)
    for epochs, loss in [(1, 4), (1, 3), (1, 2), (1, 1), (1, 2), (1, 0.5), (2, 0.75)]:
        clock[0] += epochs
        told.ended(scored(loss))
    told.close()
    assert stream.getvalue().splitlines() == [
        "round 1/3, trial 1/4  best val_loss 4.0000  7.0 s left",
        "round 1/3, trial 2/4  best val_loss 3.0000  6.0 s left",
        "round 1/3, trial 3/4  best val_loss 2.0000  5.0 s left",
        "round 1/3, trial 4/4  best val_loss 1.0000  4.0 s left",
        "round 2/3, trial 1/2  best val_loss 1.0000  3.0 s left",
        "round 2/3, trial 2/2  best val_loss 0.5000  2.0 s left",
        "round 3/3, trial 1/1  best val_loss 0.5000  8.0 s in all",
    ]


@pytest.mark.parametrize("trials", [1, 19, 20, 21, 64, 1000])
def test_a_file_gets_not_too_many_lines_whichever_threads_write(stream, trials):
    told = TrialProgress([(trials, 3)], "val_loss", True)
    numbers = iter(range(trials))
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            told.ended(scored(float(trials - number)))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    told.close()
    lines = stream.getvalue().splitlines()
    assert min(trials, 10) <= len(lines) <= progress.MOST_LINES
    assert lines[-1].startswith(f"trial {trials}/{trials}  best val_loss 1.0000  ")


def test_a_search_that_is_interrupted_tells_how_far_it_came(clock, stream):
    told = TrialProgress([(100, 5)], "val_loss", True)
    clock[0] = 3.0
    for _ in range(3):
        told.ended(scored(0.5))
    told.close("ended: interrupted")
    assert stream.getvalue().splitlines() == [
        "trial   3/100  best val_loss 0.5000  3.0 s in all",
        "ended: interrupted",
    ]


def test_nothing_is_told_to_who_wants_to_hear_nothing(stream, monkeypatch):
    for error in (stream, None):  # of a program without a console
        monkeypatch.setattr(sys, "stderr", error)
        told = TrialProgress([(1, 5)], "val_loss", shown=error is None)
        told.ended(scored(0.5))
        told.close()
    assert stream.getvalue() == ""
