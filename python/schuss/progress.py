"""One line that tells how training goes: in place on a terminal, plain in a file.

It is one for a fit, and one for all trials of a search.

Where there is tqdm, a bar stands before the line, in notebooks too.
"""

import sys
import time
from importlib import import_module
from typing import Any, TextIO

MOST_LINES = 20
REFRESH_SECONDS = 0.1


class Progress:
    """Writes what a person who waits wants to know.

    Parameters
    ----------
    epochs : int
        How many there will be, those before the first included.
    examples : int
        Training rows per epoch; 0 if nobody wants to know how many pass per second.
    stream : text file, optional
        Where to write; standard error by default.
    first : int
        Epochs of earlier fits that are counted, but were not waited for.
    """

    def __init__(
        self, epochs: int, examples: int, stream: TextIO | None = None, first: int = 0
    ) -> None:
        self._epochs, self._first = epochs, first
        self._examples = examples
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._every = 1 if self._live else -(-(epochs - first) // MOST_LINES)
        self._started = self._shown = time.perf_counter()
        self._width, self._told = 0, first
        self._digits = len(str(epochs))
        self._at = float(first)
        self._last: tuple[int, dict[str, float], str] | None = None

    def step(self, epoch: int, done: int, loss: float) -> None:
        """Tell of an epoch that is under way, on a terminal and not too often.

        Parameters
        ----------
        epoch : int
            Counted from 0.
        done : int
            Rows of it that were trained on.
        loss : float
            Mean over them.
        """
        if self._live and time.perf_counter() - self._shown > REFRESH_SECONDS:
            fraction = epoch + done / self._examples
            self._write(self._place(epoch), fraction, {"loss": loss})

    def due(self, first: int, last: int) -> list[int]:
        """Return which of some finished epochs to tell of, in order.

        Parameters
        ----------
        first, last : int
            The epochs [first, last), counted from 0.

        Returns
        -------
        list of int
        """
        if first >= last:
            return []
        every = self._every
        lines = range((first + every) // every * every - 1, last - 1, every)
        return [*([] if self._live else lines), last - 1]

    def epoch(self, epoch: int, values: dict[str, float], place: str = "") -> None:
        """Tell of an epoch that is finished, unless another was told of just now.

        Parameters
        ----------
        epoch : int
            Counted from 0.
        values : dict of str to float
            Its entries in the history.
        place : str, optional
            What stands for the number of the epoch.
        """
        place = place or self._place(epoch)
        self._last = epoch, values, place
        last = epoch + 1 == self._epochs
        due = (epoch + 1) // self._every > self._told // self._every
        quiet = self._live and time.perf_counter() - self._shown < REFRESH_SECONDS
        if last or (due and not quiet):
            self._told = epoch + 1
            self._write(place, epoch + 1, values)

    def close(self, note: str = "") -> None:
        """End the line on a terminal, and tell of the last epoch if that is still due.

        Parameters
        ----------
        note : str
            Why there are fewer epochs than planned, on a line of its own.
        """
        self._tell_last(bool(note))
        if self._live and self._width:
            self._stream.write("\n")
        if note:
            self._stream.write(note + "\n")
        self._stream.flush()

    def _tell_last(self, early: bool) -> None:
        """Tell how a fit that ended early did, unless it is later than that."""
        last, self._last = self._last, None
        if early and last and last[0] + 1 >= self._at + (0 if self._live else 1):
            epoch, values, place = last
            self._write(place, epoch + 1, values, over=True)

    def _place(self, epoch: int) -> str:
        return f"epoch {epoch + 1:{self._digits}}/{self._epochs}"

    def _write(
        self, place: str, fraction: float, values: dict[str, float], over: bool = False
    ) -> None:
        self._at = fraction
        self._shown = time.perf_counter()
        elapsed = max(self._shown - self._started, 1e-9)
        waited = fraction - self._first
        left = elapsed / waited * (self._epochs - fraction)
        rate = f"  {waited * self._examples / elapsed:,.0f} examples/s"
        hidden = ("learning_rate", "seconds")
        shown = [
            f"  {k} {v:.3g}" if k == "gradient_norm" else f"  {k} {v:.4f}"
            for k, v in values.items()
            if k not in hidden
        ]
        over = over or fraction == self._epochs
        rest = f"{_duration(elapsed)} in all" if over else f"{_duration(left)} left"
        self._put(fraction, place, "".join(shown), rate if self._examples else "", rest)

    def _put(
        self, fraction: float, place: str, numbers: str, rate: str, rest: str
    ) -> None:
        """Show the parts of the line; `fraction` is that of the epochs."""
        text = f"{place}{numbers}{rate}  {rest}"
        start, end = ("\r", "") if self._live else ("", "\n")
        self._stream.write(start + text.ljust(self._width) + end)
        self._stream.flush()
        self._width = len(text) if self._live else 0


class Bar(Progress):
    """The line behind a bar, drawn by tqdm: as wide as the terminal, or a widget.

    When to write, and what, stays with `Progress`. What a narrow terminal cuts off is
    the end, so time comes first.

    Parameters
    ----------
    tqdm : type
        That of the place: ``tqdm.tqdm`` or ``tqdm.notebook.tqdm``.
    epochs, examples, stream, first
        As for `Progress`.
    """

    def __init__(
        self,
        tqdm: Any,
        epochs: int,
        examples: int,
        stream: TextIO | None = None,
        first: int = 0,
    ) -> None:
        super().__init__(epochs, examples, stream, first)
        self._live, self._every = True, 1
        # No thread that watches for bars nobody moves: this one is moved by the fit.
        kind = type("Bar", (tqdm,), {"monitor_interval": 0})
        self._bar = kind(
            total=epochs,
            initial=first,
            file=self._stream,
            dynamic_ncols=True,
            # In a notebook the widget takes the place of "{bar}", and sets the width.
            bar_format="{bar} {desc}" if _in_notebook() else "{bar:10} {desc}",
        )

    def close(self, note: str = "") -> None:
        """Leave the bar where the fit ended.

        Parameters
        ----------
        note : str
            As for `Progress.close`.
        """
        self._tell_last(bool(note))
        if hasattr(self._bar, "container"):
            # A widget that ends early turns red, but to stop early is no failure.
            self._bar.total = self._bar.n
        self._bar.close()
        super().close(note)

    def _put(
        self, fraction: float, place: str, numbers: str, rate: str, rest: str
    ) -> None:
        self._bar.n = fraction
        self._bar.set_description_str(f"{place}  {rest}{numbers}{rate}")


def make_progress(epochs: int, examples: int = 0, first: int = 0) -> Progress | None:
    """Return a bar for people, if there is tqdm to draw it, and otherwise the line.

    Parameters
    ----------
    epochs, examples, first : int
        As for `Progress`.

    Returns
    -------
    Progress or None
        None if there is nowhere to write.
    """
    if sys.stderr is None:
        return None
    notebook = _in_notebook()
    if notebook or sys.stderr.isatty():
        try:
            tqdm = import_module("tqdm.auto" if notebook else "tqdm").tqdm
        except ImportError:
            pass
        else:
            return Bar(tqdm, epochs, examples, first=first)
    return Progress(epochs, examples, first=first)


def _in_notebook() -> bool:
    return "ipykernel.zmqshell" in sys.modules


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
