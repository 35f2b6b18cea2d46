"""Tells of the trials of a search, whichever threads they end in."""

import math
import threading
from collections.abc import Sequence

from schuss.candidates import Best
from schuss.progress import make_progress


class TrialProgress:
    """How many trials are done, the best score so far, and the time that is left.

    Parameters
    ----------
    rounds : sequence of (int, int)
        How many trials are trained, and for how many epochs each, round by round.
    monitor : str
        What the scores are of.
    shown : bool
        Whether anything is told at all.
    """

    def __init__(
        self, rounds: Sequence[tuple[int, int]], monitor: str, shown: bool
    ) -> None:
        epochs = sum(count * each for count, each in rounds)
        self._progress = make_progress(epochs) if shown else None
        self._rounds, self._name = rounds, f"best {monitor}"
        self._round = self._done = self._epochs = 0
        self._best, self._cost = math.nan, math.inf
        self._lock = threading.Lock()

    def ended(self, best: Best | None) -> None:
        """Tell of a trial that has done its part in the round.

        Parameters
        ----------
        best : Best or None
            What it has come to; None if it failed.
        """
        if not self._progress:
            return
        with self._lock:
            if best and best.cost < self._cost:
                self._best, self._cost = best.best, best.cost
            count, epochs = self._rounds[self._round]
            self._done, self._epochs = self._done + 1, self._epochs + epochs
            values = {} if math.isnan(self._best) else {self._name: self._best}
            self._progress.epoch(self._epochs - 1, values, self._place(count))
            if self._done == count:
                self._round, self._done = self._round + 1, 0

    def close(self, note: str = "") -> None:
        """End the line.

        Parameters
        ----------
        note : str
            Why there are fewer trials than planned.
        """
        if self._progress:
            self._progress.close(note)

    def _place(self, count: int) -> str:
        place = f"trial {self._done:{len(str(count))}}/{count}"
        rounds = len(self._rounds)
        return place if rounds == 1 else f"round {self._round + 1}/{rounds}, {place}"
