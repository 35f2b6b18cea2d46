"""How the learning rate falls: the decay schedules of the classic course."""

import math
from dataclasses import dataclass

from schuss.checks import check_known, settle

PERIODS = ("epoch", "step")


@dataclass(frozen=True)
class Decay:
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
        check_known("per", self.per, PERIODS)

    def at(self, t: int) -> float:
        """Return the learning rate at time t, counted from 0."""
        raise NotImplementedError

    def __call__(self, step: int, epoch: int) -> float:
        """Return the learning rate of a step, both counted from 0."""
        return self.at(epoch if self.per == "epoch" else step)


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
