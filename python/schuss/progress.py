"""One line that tells how training goes: in place on a terminal, plain in a file."""

import sys
import time
from typing import TextIO

MOST_LINES = 20
REFRESH_SECONDS = 0.1


class Progress:
    """Writes what a person who waits wants to know.

    Parameters
    ----------
    epochs : int
        How many there will be, those before the first included.
    examples : int
        Training rows per epoch.
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
            self._write(epoch, fraction, {"loss": loss})

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

    def epoch(self, epoch: int, values: dict[str, float]) -> None:
        """Tell of an epoch that is finished, unless another was told of just now.

        Parameters
        ----------
        epoch : int
            Counted from 0.
        values : dict of str to float
            Its entries in the history.
        """
        last = epoch + 1 == self._epochs
        due = (epoch + 1) // self._every > self._told // self._every
        quiet = self._live and time.perf_counter() - self._shown < REFRESH_SECONDS
        if last or (due and not quiet):
            self._told = epoch + 1
            self._write(epoch, epoch + 1, values)

    def close(self, note: str = "") -> None:
        """End the line on a terminal.

        Parameters
        ----------
        note : str
            What is still to be said, on a line of its own.
        """
        if self._live and self._width:
            self._stream.write("\n")
        if note:
            self._stream.write(note + "\n")
        self._stream.flush()

    def _write(self, epoch: int, fraction: float, values: dict[str, float]) -> None:
        self._shown = time.perf_counter()
        elapsed = max(self._shown - self._started, 1e-9)
        waited = fraction - self._first
        left = elapsed / waited * (self._epochs - fraction)
        rate = waited * self._examples / elapsed
        hidden = ("learning_rate", "seconds")
        shown = [
            f"  {k} {v:.3g}" if k == "gradient_norm" else f"  {k} {v:.4f}"
            for k, v in values.items()
            if k not in hidden
        ]
        numbers = "".join(shown)
        digits = len(str(self._epochs))
        over = fraction == self._epochs
        rest = f"{_duration(elapsed)} in all" if over else f"{_duration(left)} left"
        text = (
            f"epoch {epoch + 1:{digits}}/{self._epochs}{numbers}"
            f"  {rate:,.0f} examples/s  {rest}"
        )
        start, end = ("\r", "") if self._live else ("", "\n")
        self._stream.write(start + text.ljust(self._width) + end)
        self._stream.flush()
        self._width = len(text) if self._live else 0


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
