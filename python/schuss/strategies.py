"""Which hyper-parameters a search tries, and how long each is trained."""

from collections.abc import Mapping
from typing import Any

from schuss.checks import check_known, check_number
from schuss.spaces import Distribution, combinations, draws

STRATEGIES = ("grid", "random", "halving")


def points(
    strategy: str,
    space: Mapping[str, list[Any] | Distribution],
    trials: int | None,
    seed: int,
) -> list[dict[str, Any]]:
    """Return the hyper-parameters of every trial.

    Parameters
    ----------
    strategy, trials, seed
        As for `schuss.tune`.
    space : dict
        Of `as_space`.

    Returns
    -------
    list of dict of str to object

    Raises
    ------
    TypeError, ValueError
        If they are not as described, or do not go together.
    """
    check_known("strategy", strategy, STRATEGIES)
    if trials is not None and strategy == "grid":
        raise ValueError(
            f"trials is {trials!r}, but a grid is tried in full; leave it out, or give "
            'strategy="random".'
        )
    if trials is None and strategy == "random":
        raise ValueError("a random search has no end; give a number of trials.")
    return combinations(space) if trials is None else draws(space, trials, seed)


def rounds(
    strategy: str, trials: int, epochs: int, factor: int
) -> list[tuple[int, int]]:
    """Return how many trials are trained for how many epochs more, round by round.

    Parameters
    ----------
    strategy : str
        One of `STRATEGIES`.
    trials, epochs : int, at least 1
    factor : int, at least 2

    Returns
    -------
    list of (int, int)
        Each with fewer trials than the one before; one round, unless the strategy is
        "halving".

    Raises
    ------
    TypeError, ValueError
        If the factor is none.
    """
    factor = check_number("factor", factor, 2, 2**31, whole=True)
    last = 0
    while strategy == "halving" and factor ** (last + 1) <= trials:
        last += 1
    plan, before = [], 0
    for k in range(last + 1):
        until = -(-epochs // factor ** (last - k))
        if until > before:
            plan.append((trials // factor**k, until - before))
        before = until
    return plan
