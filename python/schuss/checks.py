"""Refuses arguments of the wrong type, out of range or unknown, with one sentence."""

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np

# The largest and the smallest normal float32: beyond, kernels see infinity or zero.
LARGEST = (2 - 2**-23) * 2.0**127
SMALLEST = 2.0**-126


def check_number(
    name: str,
    value: float,
    low: float,
    high: float = LARGEST,
    *,
    whole: bool = False,
    strict: bool = False,
) -> Any:
    """Return an argument as a plain number, after checking low <= value < high.

    Parameters
    ----------
    name : str
        What the argument is called in the message.
    value : float
        What the caller gave for it.
    low, high : float
        The range; `high` is excluded unless it is `LARGEST`.
    whole : bool
        Whether only whole numbers will do.
    strict : bool
        Whether `low` is excluded as well.

    Returns
    -------
    int or float
        Of Python's own types, whose arithmetic does not overflow.

    Raises
    ------
    TypeError
        If `value` is no number, or a truth value, or not whole where it must be.
    ValueError
        If `value` is not a number (NaN) or outside the range.
    """
    kind = "a whole number" if whole else "a number"
    if isinstance(value, bool) or not isinstance(value, Integral if whole else Real):
        raise TypeError(f"{name} is {value!r}; give {kind}.")
    inside = low <= value <= high if high == LARGEST else low <= value < high
    if not inside or (strict and value == low):
        least = f"above {low}" if strict else f"of at least {low}"
        most = f"finite (at most {high:.2g})" if high == LARGEST else f"below {high}"
        raise ValueError(f"{name} is {value!r}; give {kind} {least} and {most}.")
    return int(value) if whole else float(value)


def settle(
    instance: object, field: str, low: float, high: float = LARGEST, **options: bool
) -> None:
    """Check a number in a field of a frozen dataclass and leave it there as plain.

    Parameters
    ----------
    instance : dataclass instance
    field : str
    low, high, **options
        As for `check_number`.

    Raises
    ------
    TypeError, ValueError
        As `check_number` does.
    """
    value = check_number(field, getattr(instance, field), low, high, **options)
    object.__setattr__(instance, field, value)


def check_known(name: str, value: object, known: Iterable[str]) -> None:
    """Check that an argument is one of the known names.

    Parameters
    ----------
    name : str
        What the argument is called in the message.
    value : object
        What the caller gave for it.
    known : iterable of str
        The names there are.

    Raises
    ------
    ValueError
        If `value` is not among them.
    """
    names = list(known)
    if not isinstance(value, str) or value not in names:
        choice = ", ".join(f'"{item}"' for item in names)
        raise ValueError(f"{name} is {value!r}; give one of {choice}.")


def check_flag(name: str, value: object) -> bool:
    """Return an argument as a truth value, after checking that it is one.

    Parameters
    ----------
    name : str
        What the argument is called in the message.
    value : object
        True or False, also as 1 or 0.

    Raises
    ------
    ValueError
        If `value` is neither.
    """
    if not isinstance(value, bool | np.bool) and value not in (0, 1):
        raise ValueError(f"{name} is {value!r}; give True or False.")
    return bool(value)
