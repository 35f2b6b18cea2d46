"""Refuses arguments of the wrong type, out of range or unknown, with one sentence."""

import math
from collections.abc import Iterable
from numbers import Integral, Real


def check_number(
    name: str,
    value: float,
    low: float,
    high: float = math.inf,
    *,
    whole: bool = False,
    strict: bool = False,
) -> None:
    """Check that an argument is a number with low <= value < high.

    Parameters
    ----------
    name : str
        What the argument is called in the message.
    value : float
        What the caller gave for it.
    low, high : float
        The range; `high` is excluded.
    whole : bool
        Whether only whole numbers will do.
    strict : bool
        Whether `low` is excluded as well.

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
    if not low <= value < high or (strict and value == low):
        least = f"above {low}" if strict else f"of at least {low}"
        most = "finite" if high == math.inf else f"below {high}"
        raise ValueError(f"{name} is {value!r}; give {kind} {least} and {most}.")


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
