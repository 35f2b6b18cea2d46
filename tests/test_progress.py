"""The progress line, on a terminal and in a file."""

import io
import os
import sys
import types

import pytest

import schuss
from schuss import progress


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """The time in seconds, which only the test moves."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])
    return now


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


@pytest.mark.parametrize("kind", [io.StringIO, Terminal])
def test_the_end_of_a_fit_that_stops_early_is_told(clock, kind):
    shown = progress.Progress(100, 50, stream := kind())
    for epoch in range(7):
        clock[0] += progress.REFRESH_SECONDS / 10
        shown.epoch(epoch, {"loss": epoch / 8})
    shown.close("ended: enough")
    lines = stream.getvalue().replace("\r", "\n").strip().splitlines()
    assert lines[-2].startswith("epoch   7/100  loss 0.7500")
    assert lines[-2].endswith("0.1 s in all") and lines[-1] == "ended: enough"


def test_what_was_told_of_the_end_is_not_told_again_in_a_file(clock):
    shown = progress.Progress(100, 50, stream := io.StringIO())
    clock[0] = 1.0
    shown.epoch(4, {"loss": 0.5})
    shown.close("ended: enough")
    assert len(stream.getvalue().splitlines()) == 2


def test_a_terminal_keeps_the_epoch_that_was_interrupted(clock):
    shown = progress.Progress(10, 50, stream := Terminal())
    clock[0] = 1.0
    shown.epoch(0, {"loss": 0.5})
    clock[0] = 2.0
    shown.step(1, 25, 0.25)
    shown.close("ended: KeyboardInterrupt: ")
    assert stream.getvalue().split("\r")[-1].startswith("epoch  2/10  loss 0.2500")


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


@pytest.fixture
def tqdm():
    return pytest.importorskip("tqdm").tqdm


def terminal(monkeypatch, columns):
    """Standard error, on a terminal of that width."""
    monkeypatch.setattr(Terminal, "fileno", lambda self: 2)
    monkeypatch.setattr(os, "get_terminal_size", lambda file: (columns + 1, 24))
    monkeypatch.setattr(sys, "stderr", Terminal())
    return sys.stderr


def test_a_bar_stands_before_the_line(tqdm, clock, monkeypatch):
    stream = terminal(monkeypatch, 120)
    shown = progress.Bar(tqdm, 4, 100, stream)
    clock[0] = 3.0
    shown.step(1, 50, 1.0)
    clock[0] = 8.0
    shown.epoch(3, {"loss": 0.25, "learning_rate": 0.1, "val_loss": 0.5})
    shown.close("ended: enough")
    _, halfway, done, *_ = [part.rstrip() for part in stream.getvalue().split("\r")][1:]
    # 1.5 of 4 epochs: 3.75 characters of 10, the last of them of 8 steps.
    assert halfway == "███▊       epoch 2/4  5.0 s left  loss 1.0000  50 examples/s"
    assert done == (
        "██████████ epoch 4/4  8.0 s in all  loss 0.2500  val_loss 0.5000  "
        "50 examples/s"
    )
    assert stream.getvalue().endswith("\nended: enough\n")
    assert stream.getvalue().count("\n") == 2


def test_a_narrow_terminal_loses_the_end(tqdm, clock, monkeypatch):
    stream = terminal(monkeypatch, 40)
    shown = progress.Bar(tqdm, 4, 100, stream)
    clock[0] = 2.0
    shown.epoch(0, {"loss": 0.5, "accuracy": 0.25})
    last = stream.getvalue().split("\r")[-1]
    shown.close()
    assert last == "██▌        epoch 1/4  6.0 s left  loss 0"


def test_a_bar_of_a_fit_that_goes_on_begins_where_that_ended(tqdm, clock):
    stream = Terminal()
    shown = progress.Bar(tqdm, 104, 50, stream, first=100)
    clock[0] = 2.0
    shown.epoch(101, {"loss": 0.5})
    assert "epoch 102/104  2.0 s left  loss 0.5000  50 examples/s" in stream.getvalue()
    shown.close()


def test_a_bar_is_not_redrawn_more_often_than_people_read(tqdm, clock):
    stream = Terminal()
    shown = progress.Bar(tqdm, 1000, 50, stream)
    for epoch in range(1000):
        clock[0] += progress.REFRESH_SECONDS / 10
        shown.epoch(epoch, {"loss": 0.5})
    assert 85 <= stream.getvalue().count("epoch") <= 101
    assert "epoch 1000/1000" in stream.getvalue().split("\r")[-1]
    shown.close()


def test_a_bar_starts_no_thread(tqdm):
    import threading

    before = threading.active_count()
    shown = progress.Bar(tqdm, 4, 100, Terminal())
    assert threading.active_count() == before
    shown.close()


class Widget:
    """As much of tqdm's notebook bar as is used."""

    container = None

    def __init__(self, total, **options):
        self.n, self.total, self.options, self.told = 0, total, options, []

    def set_description_str(self, text):
        self.told.append((self.n, text))

    def close(self):
        self.red = self.n < self.total


def test_a_widget_gets_the_same_text_and_is_not_red_for_stopping_early(
    clock, monkeypatch
):
    monkeypatch.setitem(sys.modules, "ipykernel.zmqshell", types.ModuleType("zmq"))
    shown = progress.Bar(Widget, 4, 100, io.StringIO())
    assert shown._bar.options["bar_format"] == "{bar} {desc}"
    clock[0] = 1.0
    shown.step(0, 50, 1.0)
    clock[0] = 4.0
    shown.epoch(1, {"loss": 0.5})
    shown.close()
    assert shown._bar.told == [
        (0.5, "epoch 1/4  7.0 s left  loss 1.0000  50 examples/s"),
        (2, "epoch 2/4  4.0 s left  loss 0.5000  50 examples/s"),
    ]
    assert not shown._bar.red


def test_who_gets_a_bar(tqdm, monkeypatch):
    X, y = schuss.datasets.make_xor()
    model = schuss.Model([schuss.Dense(2)])

    def told(stream, **options):
        monkeypatch.setattr(sys, "stderr", stream)
        model.fit(X, y, epochs=2, **options)
        return stream.getvalue()

    assert "█ epoch 2/2  " in told(Terminal())
    assert told(Terminal(), verbose=0) == "" == told(Terminal(), verbose=False)
    assert told(io.StringIO()).startswith("epoch 1/2  loss ")
    monkeypatch.setitem(sys.modules, "tqdm", None)
    without = told(Terminal())
    assert "epoch 2/2  loss" in without and "█" not in without
    # A notebook is no terminal, and has a bar of its own.
    auto = types.ModuleType("auto")
    auto.tqdm = type("Auto", (Widget,), {})
    monkeypatch.setitem(sys.modules, "tqdm.auto", auto)
    monkeypatch.setitem(sys.modules, "tqdm", types.ModuleType("tqdm"))
    monkeypatch.setitem(sys.modules, "ipykernel.zmqshell", types.ModuleType("zmq"))
    assert told(io.StringIO()) == ""
