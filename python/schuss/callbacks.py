"""What users have done during a fit: at its ends, after epochs, after batches."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from schuss.fitting import Fit
from schuss.history import History

HOOKS = ("on_fit_begin", "on_batch_end", "on_epoch_end", "on_fit_end")


class StopTraining(Exception):  # noqa: N818, it is a request and no error
    """Raised by a callback to end the fit in good order; its text is the reason."""


class Callback:
    """What a callback may do; the methods here do nothing.

    No callback needs to be one of these: any object will do that has one of the
    methods, and any callable, which stands for `on_epoch_end`. A method of on_batch_end
    makes every step a call of its own, which small networks feel; one of on_epoch_end
    ends calls with epochs.

    A method that returns True, or raises `StopTraining`, ends the fit in good order.
    Any other exception ends it at once and goes to the caller of `fit`; the model then
    has the weights of the last step, and the history the epochs that were finished.

    They are called in the order of the list, but for one that is `outermost`: a fit
    begins for it first, and ends for it last.
    """

    outermost = False

    def settle(self, keys: Mapping[str, str | None]) -> None:
        """Refuse a fit that is nothing for this callback, before anything has changed.

        Parameters
        ----------
        keys : mapping of str to "lower", "higher" or None
            What the history will have, and which is better where that is known.

        Raises
        ------
        TypeError, ValueError
            If it is not; the caller of `fit` gets it.
        """

    def on_fit_begin(self, fit: Fit) -> bool | None:
        """Look at a fit before its first step.

        Parameters
        ----------
        fit : Fit
            To be kept by who wants to read or to change something later.
        """

    def on_batch_end(self, batch: int, logs: dict[str, float]) -> bool | None:
        """Look at a step; at the last of an epoch before `on_epoch_end`.

        Parameters
        ----------
        batch : int
            Within its epoch, counted from 0.
        logs : dict of str to float
            "loss", the mean over the epoch so far, "learning_rate" if there is one, and
            "batch_gradient_norm" if the optimizer has a clip_norm.
        """

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> bool | None:
        """Look at an epoch and its validation.

        Parameters
        ----------
        epoch : int
            Counted from 0, or from `initial_epoch`, as for schedules.
        logs : dict of str to float
            The entries of the epoch in the history.
        """

    def on_fit_end(self, history: History) -> None:
        """Look back when no step is to come, whatever ended the fit.

        Not called if an exception ended it.

        Parameters
        ----------
        history : History
            Of all epochs of the fit.
        """


class Callbacks:
    """The callbacks of a fit, sorted by when they are called.

    Parameters
    ----------
    given : iterable of objects
        As `Callback` says.

    Attributes
    ----------
    objects : list
        As they were given.

    Raises
    ------
    TypeError
        If one of them is no callback.
    """

    def __init__(self, given: Iterable[object] = ()) -> None:
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise TypeError(f"callbacks is {given!r}; give a list of callbacks.")
        self.objects = list(given)
        self._methods: dict[str, list[Callable[..., Any]]] = {h: [] for h in HOOKS}
        for index, each in enumerate(self.objects):
            for hook, method in _methods_of(each, f"callbacks[{index}]").items():
                self._methods[hook].append(method)
        self._methods["on_fit_begin"].sort(key=_is_outermost, reverse=True)
        self._methods["on_fit_end"].sort(key=_is_outermost)

    def settle(self, keys: Mapping[str, str | None]) -> None:
        """Call `settle` of those that are a `Callback`; let exceptions through."""
        for each in self.objects:
            if isinstance(each, Callback):
                each.settle(keys)

    @property
    def after_epochs(self) -> bool:
        """Whether one is to be called after every epoch."""
        return bool(self._methods["on_epoch_end"])

    @property
    def after_batches(self) -> bool:
        """Whether one is to be called after every batch."""
        return bool(self._methods["on_batch_end"])

    def fit_begin(self, fit: Fit) -> str | None:
        """Call all `on_fit_begin`; return why to stop, if one says so."""
        return self._call("on_fit_begin", lambda: (fit,))

    def batch_end(self, batch: int, logs: dict[str, float]) -> str | None:
        """Call all `on_batch_end`; return why to stop, if one says so."""
        return self._call("on_batch_end", lambda: (batch, dict(logs)))

    def epoch_end(self, epoch: int, logs: dict[str, float]) -> str | None:
        """Call all `on_epoch_end`; return why to stop, if one says so."""
        return self._call("on_epoch_end", lambda: (epoch, dict(logs)))

    def fit_end(self, history: History) -> None:
        """Call all `on_fit_end`."""
        self._call("on_fit_end", lambda: (history,))

    def _call(self, hook: str, arguments: Callable[[], tuple[Any, ...]]) -> str | None:
        """Call everyone, even if one of them wants to stop; the first reason counts."""
        reasons = []
        for method in self._methods[hook]:
            owner = getattr(method, "__self__", method)
            name = getattr(owner, "__name__", type(owner).__name__)
            try:
                answer = method(*arguments())
            except StopTraining as stop:
                reasons.append(str(stop) or f"{name} raised StopTraining")
            else:
                if isinstance(answer, bool | np.bool) and answer:
                    reasons.append(f"{name} returned True")
        return reasons[0] if reasons else None


def _is_outermost(method: Callable[..., Any]) -> bool:
    return bool(getattr(getattr(method, "__self__", None), "outermost", False))


def _methods_of(given: object, name: str) -> dict[str, Callable[..., Any]]:
    if isinstance(given, type):
        raise TypeError(f"{name} is the class {given.__name__}; give an instance.")
    methods: dict[str, Callable[..., Any]] = {}
    for hook in HOOKS:
        own = getattr(type(given), hook, None) is not getattr(Callback, hook)
        if own and callable(method := getattr(given, hook, None)):
            methods[hook] = method
    if not methods and callable(given):
        methods["on_epoch_end"] = given
    if not methods:
        raise TypeError(
            f"{name} is {given!r}, which has none of the methods {', '.join(HOOKS)}; "
            "give an object that has one, or a callable of (epoch, logs)."
        )
    return methods
