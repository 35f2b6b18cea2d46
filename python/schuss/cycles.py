"""How the learning rate goes along cosines: schedules that know their own length."""

import math
from dataclasses import KW_ONLY, dataclass

from schuss.checks import settle
from schuss.schedules import Schedule


def _along_cosine(first: float, last: float, part: float) -> float:
    """Return the rate at a part, in [0, 1], of the half wave from first to last."""
    return last + (first - last) * (1 + math.cos(math.pi * part)) / 2


@dataclass(frozen=True)
class CosineDecay(Schedule):
    """The cosine schedule, half a wave down.

    eta_t = eta_min + (eta_0 - eta_min) (1 + cos(pi t / T)) / 2 while t < T, and
    eta_min from then on. Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic
    Gradient Descent with Warm Restarts", 2017, equation 5, without restarts.

    Parameters
    ----------
    initial : float, above 0
        The learning rate eta_0 at time 0.
    period : int, at least 1
        T, the time the decay takes.
    minimum : float, at least 0 and below `initial`
        eta_min.
    per : "epoch" or "step"
        What time t and `period` count.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    initial: float
    period: int
    minimum: float = 0.0
    _: KW_ONLY
    per: str = "epoch"

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "initial", 0, strict=True)
        settle(self, "period", 1, whole=True)
        settle(self, "minimum", 0, self.initial)

    def at(self, t: int) -> float:
        """Return the learning rate at time t, counted from 0."""
        part = min(t / self.period, 1.0)
        return _along_cosine(self.initial, self.minimum, part)


@dataclass(frozen=True)
class CosineRestarts(CosineDecay):
    """The cosine schedule with warm restarts (SGDR).

    Cycle i = 0, 1, ... takes T_i = T_0 T_mult^i; at time t of a cycle,
    eta_t = eta_min + (eta_0 - eta_min) (1 + cos(pi t / T_i)) / 2. Source:
    I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm
    Restarts", 2017, equation 5.

    Parameters
    ----------
    initial, minimum, per
        As for `CosineDecay`.
    period : int, at least 1
        T_0, the time of the first cycle.
    factor : int, at least 1
        T_mult, by which every cycle is longer than the one before.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    _: KW_ONLY
    factor: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "factor", 1, whole=True)

    def at(self, t: int) -> float:
        """Return the learning rate at time t, counted from 0."""
        length = self.period
        if self.factor == 1:
            t %= length
        while t >= length:
            t -= length
            length *= self.factor
        return _along_cosine(self.initial, self.minimum, t / length)


@dataclass(frozen=True)
class OneCycle(Schedule):
    """The one-cycle policy: up to the maximum along a cosine, then down to almost 0.

    From maximum / div_factor at time 0 to the maximum at time pct_start total - 1, and
    on to maximum / (div_factor final_div_factor) at time total - 1, where it stays;
    from a to b it goes by b + (a - b) (1 + cos(pi s)) / 2, s from 0 to 1. Momentum is
    left alone. Source: L. N. Smith and N. Topin, "Super-Convergence", 2018, in the
    cosine form that PyTorch's ``OneCycleLR`` made usual.

    Parameters
    ----------
    maximum : float, above 0
        The highest learning rate.
    total : int, at least 2
        Epochs or steps of the whole training.
    div_factor : float, at least 1
        The maximum over the first rate.
    final_div_factor : float, at least 1
        The first rate over the last.
    pct_start : float, in [0, 1)
        The part (not the percentage) of the time in which the rate rises.
    per : "epoch" or "step"
        What time t and `total` count.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    maximum: float
    total: int
    _: KW_ONLY
    div_factor: float = 25.0
    final_div_factor: float = 1e4
    pct_start: float = 0.3
    per: str = "epoch"

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "maximum", 0, strict=True)
        settle(self, "total", 2, whole=True)
        settle(self, "div_factor", 1)
        settle(self, "final_div_factor", 1)
        settle(self, "pct_start", 0, 1)

    def at(self, t: int) -> float:
        """Return the learning rate at time t, counted from 0."""
        initial = self.maximum / self.div_factor
        peak, end = max(self.pct_start * self.total - 1, 0.0), self.total - 1
        if t < peak:
            return _along_cosine(initial, self.maximum, t / peak)
        part = (min(t, end) - peak) / (end - peak)
        return _along_cosine(self.maximum, initial / self.final_div_factor, part)


@dataclass(frozen=True)
class CosLog4(Schedule):
    """The coslog4 schedule of RealMLP: four waves, each twice as long as the last.

    eta_t = eta_0 (1 - cos(2 pi log2(1 + 15 t / T))) / 2 while t < T, and 0 from then
    on. It begins with 0, so count steps unless epochs are many. Source:
    D. Holzmueller, L. Grinsztajn and I. Steinwart, "Better by Default: Strong
    Pre-Tuned MLPs and Boosted Trees on Tabular Data", 2024.

    Parameters
    ----------
    maximum : float, above 0
        eta_0, the height of every wave.
    total : int, at least 1
        T: epochs or steps of the whole training.
    per : "epoch" or "step"
        What time t and `total` count.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    maximum: float
    total: int
    _: KW_ONLY
    per: str = "epoch"

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "maximum", 0, strict=True)
        settle(self, "total", 1, whole=True)

    def at(self, t: int) -> float:
        """Return the learning rate at time t, counted from 0."""
        waves = math.log2(1 + 15 * min(t / self.total, 1.0))
        return self.maximum * (1 - math.cos(2 * math.pi * waves)) / 2
