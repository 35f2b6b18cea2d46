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


def lines_of(monkeypatch, rounds, monitor, tell):
    """Return the lines of a file that a search has written to while `tell` ran."""
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    tell(TrialProgress(rounds, monitor, True))
    return stream.getvalue().splitlines()


def scored(best, sign=1):
    return SimpleNamespace(best=best, cost=sign * best)


def test_a_line_has_the_best_score_so_far_and_the_time_that_is_left(monkeypatch, clock):
    def tell(told):
        for best in (None, scored(0.5, -1), scored(0.25, -1), scored(float("nan"))):
            clock[0] += 2
            told.ended(best)
        told.close()

    assert lines_of(monkeypatch, [(4, 10)], "val_accuracy", tell) == [
        "trial 1/4  6.0 s left",
        "trial 2/4  best val_accuracy 0.5000  4.0 s left",
        "trial 3/4  best val_accuracy 0.5000  2.0 s left",
        "trial 4/4  best val_accuracy 0.5000  8.0 s in all",
    ]


def test_time_is_that_of_epochs_as_later_rounds_have_more_of_them(monkeypatch, clock):
    def tell(told):
        losses = [(1, 4), (1, 3), (1, 2), (1, 1), (1, 2), (1, 0.5), (2, 0.75)]
        for epochs, loss in losses:
            clock[0] += epochs
            told.ended(scored(loss))
        told.close()

    assert lines_of(monkeypatch, [(4, 1), (2, 1), (1, 2)], "val_loss", tell) == [
        "round 1/3, trial 1/4  best val_loss 4.0000  7.0 s left",
        "round 1/3, trial 2/4  best val_loss 3.0000  6.0 s left",
        "round 1/3, trial 3/4  best val_loss 2.0000  5.0 s left",
        "round 1/3, trial 4/4  best val_loss 1.0000  4.0 s left",
        "round 2/3, trial 1/2  best val_loss 1.0000  3.0 s left",
        "round 2/3, trial 2/2  best val_loss 0.5000  2.0 s left",
        "round 3/3, trial 1/1  best val_loss 0.5000  8.0 s in all",
    ]


@pytest.mark.parametrize("trials", [1, 19, 20, 21, 64, 1000])
def test_a_file_gets_not_too_many_lines_whichever_threads_write(monkeypatch, trials):
    def tell(told):
        def work(first):
            for number in range(first, trials, 4):
                told.ended(scored(float(trials - number)))

        workers = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        told.close()

    lines = lines_of(monkeypatch, [(trials, 3)], "val_loss", tell)
    assert min(trials, 10) <= len(lines) <= progress.MOST_LINES
    assert lines[-1].startswith(f"trial {trials}/{trials}  best val_loss 1.0000  ")


def test_a_search_that_is_interrupted_tells_how_far_it_came(monkeypatch, clock):
    def tell(told):
        clock[0] = 3.0
        for _ in range(3):
            told.ended(scored(0.5))
        told.close("ended: interrupted")

    assert lines_of(monkeypatch, [(100, 5)], "val_loss", tell) == [
        "trial   3/100  best val_loss 0.5000  3.0 s in all",
        "ended: interrupted",
    ]


@pytest.mark.parametrize("shown", [False, True])
def test_nothing_is_told_to_nobody(monkeypatch, shown):
    """To who does not want to hear it, or has no standard error."""
    monkeypatch.setattr(sys, "stderr", None if shown else (stream := io.StringIO()))
    told = TrialProgress([(1, 5)], "val_loss", shown)
    told.ended(scored(0.5))
    told.close("ended: interrupted")
    assert shown or stream.getvalue() == ""
