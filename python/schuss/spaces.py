"""Hyper-parameters to try: choices, distributions, and what is drawn of them."""

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from schuss.checks import check_number, settle

Space = Mapping[str, "Sequence[Any] | Distribution"]


class Distribution(ABC):
    """Numbers of which a random search draws, between `low` and `high`."""

    low: float
    high: float

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> float:
        """Return the next number.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        int or float
        """


@dataclass(frozen=True)
class Uniform(Distribution):
    """Real numbers of an interval, all alike.

    Parameters
    ----------
    low, high : float, low below high
        The interval [low, high).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        settle(self, "low", -math.inf, strict=True)
        settle(self, "high", self.low, strict=True)

    def draw(self, rng: np.random.Generator) -> float:
        """Return a float from [low, high)."""
        return float(rng.uniform(self.low, self.high))


@dataclass(frozen=True)
class LogUniform(Distribution):
    """Real numbers above 0, whose logarithms are uniform: for rates and penalties.

    The density of x is 1 / (x ln(high / low)), each decade as likely as any other.
    Source: J. Bergstra and Y. Bengio, "Random Search for Hyper-Parameter
    Optimization", 2012, section 2.4.

    Parameters
    ----------
    low, high : float, above 0, low below high
        The interval [low, high].

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        settle(self, "low", 0, strict=True)
        settle(self, "high", self.low, strict=True)

    def draw(self, rng: np.random.Generator) -> float:
        """Return a float from [low, high]."""
        drawn = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        return min(max(drawn, self.low), self.high)  # exp(log(x)) may miss x


@dataclass(frozen=True)
class IntUniform(Distribution):
    """Whole numbers of a range, all alike.

    Parameters
    ----------
    low, high : int, low at most high
        The first and the last, both included.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        settle(self, "low", -(2**62), 2**62, whole=True)
        settle(self, "high", self.low, 2**62, whole=True)

    def draw(self, rng: np.random.Generator) -> int:
        """Return an int from low to high."""
        return int(rng.integers(self.low, self.high, endpoint=True))


def as_space(space: Space) -> dict[str, list[Any] | Distribution]:
    """Return what is to be tried for every hyper-parameter.

    Parameters
    ----------
    space : mapping of str to sequence or Distribution

    Returns
    -------
    dict of str to list or Distribution

    Raises
    ------
    TypeError, ValueError
        If it is not that, or there is nothing to try.
    """
    if not isinstance(space, Mapping):
        raise TypeError(f"space is {space!r}; give a dict of names and choices.")
    if not space:
        raise ValueError("space is empty; give one hyper-parameter or more to try.")
    known: dict[str, list[Any] | Distribution] = {}
    for name, choices in space.items():
        if not isinstance(name, str):
            raise TypeError(
                f"a hyper-parameter is called {name!r}; give the name of an argument "
                "of build."
            )
        known[name] = _as_choices(name, choices)
    return known


def combinations(space: Mapping[str, list[Any] | Distribution]) -> list[dict[str, Any]]:
    """Return every combination of the choices, the last name changing fastest.

    Parameters
    ----------
    space : dict
        Of `as_space`.

    Returns
    -------
    list of dict of str to object

    Raises
    ------
    ValueError
        If it has a distribution, which has no end.
    """
    lists = []
    for name, choices in space.items():
        if isinstance(choices, Distribution):
            raise ValueError(
                f"space[{name!r}] is {choices!r}, which cannot be tried in full; give "
                'a list, or a number of trials and strategy="random" or "halving".'
            )
        lists.append(choices)
    return [
        dict(zip(space, values, strict=True)) for values in itertools.product(*lists)
    ]


def draws(
    space: Mapping[str, list[Any] | Distribution], trials: int, seed: int
) -> list[dict[str, Any]]:
    """Return what is drawn for trials 0 to trials - 1, each by seed and number alone.

    Parameters
    ----------
    space : dict
        Of `as_space`; choices of a list are all alike.
    trials : int, at least 1
    seed : int, at least 0

    Returns
    -------
    list of dict of str to object

    Raises
    ------
    TypeError, ValueError
        If the number of trials is none.
    """
    trials = check_number("trials", trials, 1, 2**31, whole=True)
    return [_drawn(space, np.random.default_rng([seed, 4, n])) for n in range(trials)]


def _drawn(
    space: Mapping[str, list[Any] | Distribution], rng: np.random.Generator
) -> dict[str, Any]:
    return {
        name: choices.draw(rng)
        if isinstance(choices, Distribution)
        else choices[rng.integers(len(choices))]
        for name, choices in space.items()
    }


def _as_choices(name: str, choices: object) -> list[Any] | Distribution:
    if isinstance(choices, Distribution):
        return choices
    if isinstance(choices, np.ndarray) and choices.ndim == 1:
        choices = choices.tolist()
    if isinstance(choices, str) or not isinstance(choices, Sequence):
        raise TypeError(
            f"space[{name!r}] is {choices!r}; give a list of choices, or a "
            "distribution as schuss.LogUniform(1e-3, 1.0)."
        )
    if not choices:
        raise ValueError(f"space[{name!r}] is empty; give one choice or more.")
    return list(choices)
