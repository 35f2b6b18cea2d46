"""The models of a search while it goes on, of which the best one is kept."""

import math
import threading
import time
from collections.abc import Mapping
from typing import Any

from schuss.callbacks import Callbacks
from schuss.engines import Parameters
from schuss.history import History
from schuss.model import Model
from schuss.monitors import Monitor
from schuss.trials import Trial


class Best(Monitor):
    """Keeps the weights of the best epoch of all fits that are resumed.

    Parameters
    ----------
    monitor, mode
        As for `Monitor`.
    stop : threading.Event
        Once it is set, the epoch that ends next is the last.

    Attributes
    ----------
    weights : list of tuples of ndarray
        Copies of what was validated; empty if there was no such epoch.
    """

    def __init__(self, monitor: str, mode: str | None, stop: threading.Event) -> None:
        super().__init__(monitor, 0, 0.0, mode)
        self.weights: list[Parameters] = []
        self._stop = stop

    @property
    def cost(self) -> float:
        """The best value, negative where higher ones are better."""
        return self._sign * self.best

    @property
    def highest(self) -> bool:
        """Whether higher values are better."""
        return self._sign < 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Keep the weights if they are the best; end if the search has ended."""
        if self._stop.is_set():
            raise KeyboardInterrupt
        if self.improved(epoch, logs):
            self.weights = self._fit.validated_weights()


class Candidate:
    """A trial that may be trained further.

    Parameters
    ----------
    number : int
    parameters : dict of str to object
    model : Model or None
        None if building it failed.
    options : mapping of str to object
        For `Model.fit`.
    best : Best
        Of this trial alone.
    error : Exception, optional
        Why it cannot be trained.

    Attributes
    ----------
    finished : int
        Calls of `train` that came to their end.
    stopped : bool
        Whether a callback or `max_time` ended the last of them early.
    """

    def __init__(
        self,
        number: int,
        parameters: dict[str, Any],
        model: Model | None,
        options: Mapping[str, Any],
        best: Best,
        error: Exception | None = None,
    ) -> None:
        self.number, self.parameters, self.model = number, parameters, model
        self.best, self.error = best, error
        self.finished, self.stopped = int(error is not None), False
        self._options = dict(options)
        self._history, self._seconds = History(), 0.0

    @property
    def going(self) -> bool:
        """Whether more epochs may follow."""
        return not self.error and not self.stopped

    @property
    def key(self) -> tuple[bool, float, int]:
        """By which candidates are sorted, the best first, whoever was ready first."""
        failed = self.error is not None
        return failed, 0.0 if failed else self.best.cost, self.number

    def check(self, data: Mapping[str, Any]) -> None:
        """Raise what `Model.fit` says of its arguments; train nothing."""
        assert self.model is not None
        given = self._options | {"callbacks": [self.best]}
        self.model.fit(**data, **given, epochs=0, verbose=False)

    def train(self, data: Mapping[str, Any], epochs: int) -> None:
        """Train, from where the call before ended; an error is noted, not raised.

        Parameters
        ----------
        data : mapping of str to object
            X, y and validation_data, for `Model.fit`.
        epochs : int
        """
        assert self.model is not None
        started, before = time.perf_counter(), self.model.history
        resume = self.finished > 0
        try:
            hooks = Callbacks(self._options.get("callbacks", ())).objects
            given = self._options | {"callbacks": [self.best, *hooks]}
            self.model.fit(**data, **given, epochs=epochs, resume=resume, verbose=False)
        except Exception as error:
            self.error = error
        finally:
            self._seconds += time.perf_counter() - started
            if self.model.history is not before:
                self._note(self.model.history, epochs)
        if not self.error and math.isnan(self.best.best):
            self.error = ValueError(f"{self.best.monitor} was a number in no epoch")
        self.finished += 1

    def _note(self, history: History, epochs: int) -> None:
        self._history.add(**history)
        self._history.finish()
        self._history.stop_reason = history.stop_reason
        self.stopped = len(history.get("loss", ())) < epochs

    def release(self) -> None:
        """Let model and weights go."""
        self.model, self.best.weights, self._options = None, [], {}

    def trained(self) -> Model:
        """Return the model, with the weights of its best epoch."""
        assert self.model is not None
        self.model.set_weights(self.best.weights)
        self.model._position = None  # the optimizer's state is of the last epoch
        return self.model

    def record(self) -> Trial:
        """Return what is known of it by now."""
        error = self.error
        return Trial(
            number=self.number,
            parameters=self.parameters,
            epochs=len(self._history.get("loss", ())),
            score=math.nan if error else self.best.best,
            best_epoch=None if error else self.best.best_epoch,
            seconds=self._seconds,
            history=self._history,
            error=f"{type(error).__name__}: {error}" if error else None,
        )


class Leader:
    """Keeps the best of the candidates that have finished, and releases the others.

    Attributes
    ----------
    candidate : Candidate or None
    """

    def __init__(self) -> None:
        self.candidate: Candidate | None = None
        self._lock = threading.Lock()

    def meet(self, candidate: Candidate) -> None:
        """Compare with one that has finished."""
        with self._lock:
            leader = self.candidate or candidate
            first, *rest = sorted({leader, candidate}, key=lambda each: each.key)
            self.candidate = first
            for each in rest:
                each.release()
