"""How the learning rate falls, and rises first: decay schedules and a warm-up."""

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

import numpy as np

from schuss.checks import check_known, check_number, settle
from schuss.figures import draw_rates

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PERIODS = ("epoch", "step")


class Schedule:
    """What all schedules share: they go by a clock, and can be drawn.

    Attributes
    ----------
    per : "epoch" or "step"
        What time t counts.
    """

    per: str

    def __post_init__(self) -> None:
        check_known("per", self.per, PERIODS)

    def at(self, t: int) -> float:
        """Return the learning rate at time t, counted from 0."""
        raise NotImplementedError

    def __call__(self, step: int, epoch: int) -> float:
        """Return the learning rate of a step, both counted from 0."""
        return self.at(epoch if self.per == "epoch" else step)

    def plot(
        self, n: int, ax: "Axes | None" = None, label: str | None = None
    ) -> "Figure":
        """Draw the learning rates at the times 0 to n - 1, with matplotlib.

        Several schedules share a figure if the later ones are given its axes:
        ``figure = first.plot(100)``, then ``second.plot(100, figure.axes[0])``.

        Parameters
        ----------
        n : int, at least 1
            Epochs or steps, as `per` says.
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default in a figure of its own.
        label : str, optional
            What the legend calls the curve; by default the name of the class.

        Returns
        -------
        matplotlib.figure.Figure
            ``figure.savefig("rates.png")`` writes it to a file.

        Raises
        ------
        ImportError
            If there is no matplotlib.
        TypeError, ValueError
            If an argument is not as described; nothing is drawn then.
        """
        n = check_number("n", n, 1, whole=True)
        rates = np.array([self.at(t) for t in range(n)])
        return draw_rates(rates, self.per, label or type(self).__name__, ax)


@dataclass(frozen=True)
class Decay(Schedule):
    """What the decay schedules share: a first rate, and the clock they go by.

    Parameters
    ----------
    initial : float, above 0
        The learning rate eta_0 at time 0.
    per : "epoch" or "step"
        What time t counts.
    """

    initial: float
    per: str = "epoch"

    def __post_init__(self) -> None:
        settle(self, "initial", 0, strict=True)
        super().__post_init__()


@dataclass(frozen=True, kw_only=True)
class InverseTimeDecay(Decay):
    """The time-based schedule eta_t = eta_0 / (1 + r t).

    Parameters
    ----------
    initial, per
        As for `Decay`.
    rate : float, at least 0
        r.
    """

    rate: float

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "rate", 0)

    def at(self, t: int) -> float:
        """Return the learning rate at time t, counted from 0."""
        return self.initial / (1 + self.rate * t)


@dataclass(frozen=True, kw_only=True)
class ExponentialDecay(Decay):
    """The exponential schedule eta_t = eta_0 exp(-lambda t).

    Parameters
    ----------
    initial, per
        As for `Decay`.
    rate : float, at least 0
        lambda.
    """

    rate: float

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "rate", 0)

    def at(self, t: int) -> float:
        """Return the learning rate at time t, counted from 0."""
        return self.initial * math.exp(-self.rate * t)


@dataclass(frozen=True, kw_only=True)
class StepDecay(Decay):
    """The step schedule eta_t = eta_0 r^floor(t / t_u).

    Parameters
    ----------
    initial, per
        As for `Decay`.
    factor : float, above 0
        r.
    every : int, at least 1
        t_u, the times between two drops.
    """

    factor: float
    every: int

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "factor", 0, strict=True)
        settle(self, "every", 1, whole=True)

    def at(self, t: int) -> float:
        """Return the learning rate at time t, counted from 0."""
        return float(self.initial * self.factor ** (t // self.every))


@dataclass(frozen=True)
class Warmup(Schedule):
    """A linear warm-up in front of any schedule.

    eta_t = start + (eta - start) t / steps while t < steps, where eta is the rate with
    which the schedule begins; from t = steps on the schedule itself, whose own time
    begins there. Source: P. Goyal et al., "Accurate, Large Minibatch SGD", 2017.

    Only the clock of `per` is set back for the schedule; the other runs on. So epochs
    of a schedule that counts epochs go by while 500 steps warm up.

    Parameters
    ----------
    schedule : float above 0, or a callable of (step, epoch)
        What comes after the warm-up: a schedule, or a constant rate.
    steps : int, at least 1
        How long the warm-up takes: steps, or epochs with ``per="epoch"``.
    start : float, at least 0
        The learning rate at time 0.
    per : "step" or "epoch"
        What the warm-up counts.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described; when asked for a rate, also if what the
        schedule gives is no number of at least 0.
    """

    schedule: float | Callable[[int, int], float]
    steps: int
    start: float = 0.0
    _: KW_ONLY
    per: str = "step"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not callable(self.schedule):
            settle(self, "schedule", 0, strict=True)
        settle(self, "steps", 1, whole=True)
        settle(self, "start", 0)

    def at(self, t: int) -> float:
        """Return the learning rate at time t, counted from 0, the other clock at 0."""
        return self(0, t) if self.per == "epoch" else self(t, 0)

    def __call__(self, step: int, epoch: int) -> float:
        """Return the learning rate of a step, both counted from 0."""
        if self.per == "epoch":
            t, epoch = epoch, max(epoch - self.steps, 0)
        else:
            t, step = step, max(step - self.steps, 0)
        eta = self._of_schedule(step, epoch)
        if t >= self.steps:
            return eta
        return self.start + (eta - self.start) * t / self.steps

    def _of_schedule(self, step: int, epoch: int) -> float:
        if not callable(self.schedule):
            return self.schedule
        rate = self.schedule(step, epoch)
        name = f"what the schedule after the warm-up gave for step {step}, epoch "
        return float(check_number(f"{name}{epoch},", rate, 0))
