"""The progress line, on a terminal and in a file."""

import io

import pytest

from schuss import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_file_gets_plain_lines_and_not_too_many():
    stream = io.StringIO()
    shown = progress.Progress(1000, 50, stream)
    for epoch in range(1000):
        shown.step(epoch, 25, 1.0)
        shown.epoch(epoch, {"loss": 0.5, "val_loss": 0.75})
    shown.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == progress.MOST_LINES
    assert lines[-1].startswith("epoch 1000/1000  loss 0.5000  val_loss 0.7500")
    assert lines[-1].endswith(" s in all")


@pytest.mark.parametrize("epochs", [1, 7, 20, 21, 39, 40, 41, 990, 1000, 1001])
@pytest.mark.parametrize("stride", [1, 2, 3, 7, 49, 50, 51, 64, 400, 5000])
def test_epochs_that_are_skipped_cost_lines_but_not_the_last(epochs, stride):
    stream = io.StringIO()
    shown = progress.Progress(epochs, 50, stream)
    told = sorted({*range(stride - 1, epochs, stride), epochs - 1})
    for epoch in told:
        shown.epoch(epoch, {"loss": 1.0 / (epoch + 1)})
    shown.close()
    lines = stream.getvalue().splitlines()
    assert min(len(told), progress.MOST_LINES) >= len(lines) >= 1
    assert lines[-1].split()[1] == f"{epochs}/{epochs}"
    assert lines[-1].endswith(" s in all")
    # No line is left out for which there were news: one is due per 1/20 of the epochs.
    every = -(-epochs // progress.MOST_LINES)
    due = {(epoch + 1) // every for epoch in told} - {0}
    assert len(lines) >= len(due)
    written = [int(line.split("/")[0].split()[1]) for line in lines]
    assert written == sorted(set(written)) and set(written) <= {e + 1 for e in told}


def test_a_terminal_is_not_written_to_more_often_than_people_read(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: clock[0])
    stream = Terminal()
    shown = progress.Progress(1000, 50, stream)
    for epoch in range(1000):
        clock[0] += progress.REFRESH_SECONDS / 10
        shown.epoch(epoch, {"loss": 0.5})
    assert 85 <= stream.getvalue().count("\r") <= 101
    assert stream.getvalue().split("\r")[-1].startswith("epoch 1000/1000")


def test_a_terminal_gets_one_line_that_is_rewritten(monkeypatch):
    now = iter(range(1000))
    monkeypatch.setattr(progress.time, "perf_counter", lambda: float(next(now)))
    stream = Terminal()
    shown = progress.Progress(2, 100, stream)
    shown.step(0, 50, 1.0)
    shown.epoch(0, {"loss": 0.5})
    shown.epoch(1, {"loss": 0.25})
    shown.close()
    text = stream.getvalue()
    assert text.count("\n") == 1 and text.endswith("\n")
    first, *rewritten = text.strip("\n").split("\r")[1:]
    assert first.startswith("epoch 1/2  loss 1.0000")
    assert len(rewritten) == 2 and rewritten[-1].startswith("epoch 2/2  loss 0.2500")
    assert all(len(line) >= len(first) for line in rewritten)


def test_time_left_is_what_the_pace_says(monkeypatch):
    now = iter([0.0, 100.0, 100.0, 100.0, 100.0])
    monkeypatch.setattr(progress.time, "perf_counter", lambda: next(now))
    stream = Terminal()
    shown = progress.Progress(4, 10, stream)
    shown.step(0, 10, 1.0)
    assert "0 examples/s  5 min 00 s left" in stream.getvalue()


def test_epochs_of_earlier_fits_are_counted_but_took_no_time(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: clock[0])
    stream = io.StringIO()
    shown = progress.Progress(104, 50, stream, first=100)
    clock[0] = 2.0
    shown.epoch(101, {"loss": 0.5, "learning_rate": 0.1, "val_f1": 0.75})
    shown.close("ended: enough")
    assert stream.getvalue().splitlines() == [
        "epoch 102/104  loss 0.5000  val_f1 0.7500  50 examples/s  2.0 s left",
        "ended: enough",
    ]
