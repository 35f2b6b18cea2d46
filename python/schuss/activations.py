"""Activations of the user's own: a pair of NumPy functions."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.differences import STEP, TOLERANCE

Function = Callable[[NDArray[Any]], Any]
Pair = tuple[Function, Function]

# Where every derivative is looked at: between those of sigmoid's knees, and beyond.
RANGE = np.linspace(-8, 8, 65)


@dataclass(frozen=True)
class CustomActivation:
    """An activation of one's own, h = f(x).

    ``Dense(30, (value, derivative))`` is ``Dense(30, CustomActivation(value,
    derivative))``; likewise in `schuss.Activation`. It runs in Python, one call at a
    time, and the threads of a training wait for it: one by name is faster.

    Parameters
    ----------
    value : callable of x that returns f(x)
        x is an array of shape (rows, units), of the model's dtype, and what is returned
        has its shape. Each number must be f of that in its place and of nothing else,
        as calls are for parts of a batch: in a native training 512 rows at most, in a
        prediction from any thread. What it raises ends a fit, with the weights of
        before that epoch.
    derivative : callable of x that returns f'(x)
        The same for the derivative. Where f has a kink, either slope will do. Before
        the first epoch of a fit it is compared with differences of `value`, in float64:
        between -8 and 8, and at the values of x that the first rows lead to.
    name : str, optional
        What it is called in summaries and messages; by default as `value` is.
    surrogate : bool
        Whether `derivative` is meant to be another than that of `value`, and is not
        compared: a straight-through or surrogate gradient, by which networks learn
        through steps. Sources: Y. Bengio, N. Leonard and A. Courville, "Estimating or
        Propagating Gradients Through Stochastic Neurons", 2013; E. O. Neftci, H.
        Mostafa and F. Zenke, "Surrogate Gradient Learning in Spiking Neural Networks",
        2019.

    Raises
    ------
    TypeError
        If one of the two is no callable, or another argument is not as described.

    Examples
    --------
    A hidden layer of bumps, f(x) = exp(-x^2), tells a disc from what is around it with
    few neurons:

    >>> import numpy as np
    >>> import schuss
    >>> def bump(x):
    ...     return np.exp(-x * x)
    >>> def slope(x):
    ...     return -2 * x * np.exp(-x * x)
    >>> X = np.random.default_rng(0).normal(size=(500, 2))
    >>> y = (X**2).sum(axis=1) < 1
    >>> layers = [schuss.Dense(4, (bump, slope)), schuss.Dense(2)]
    >>> model = schuss.Model(layers, seed=0)
    >>> history = model.fit(X, y, epochs=50, verbose=False)
    >>> model.evaluate(X, y)["accuracy"] > 0.95
    True
    """

    value: Function
    derivative: Function
    name: str = ""
    surrogate: bool = False

    def __post_init__(self) -> None:
        for which in ("value", "derivative"):
            given = getattr(self, which)
            if not callable(given):
                raise TypeError(
                    f"{which} of a custom activation is {given!r}; give a callable of "
                    "x."
                )
        if not isinstance(self.name, str):
            raise TypeError(f"name is {self.name!r}; give a string.")
        if not isinstance(self.surrogate, bool | np.bool):
            raise TypeError(f"surrogate is {self.surrogate!r}; give True or False.")
        own = getattr(self.value, "__name__", "<>")
        given = self.name or ("custom" if own.startswith("<") else own)
        object.__setattr__(self, "name", given)

    def __str__(self) -> str:
        return self.name

    def functions(self, place: str) -> Pair:
        """Return value and derivative as an engine calls them: with checked answers.

        Parameters
        ----------
        place : str
            What the layer is called in messages.

        Returns
        -------
        value, derivative : callable
        """
        value, derivative = (
            partial(_checked, function, self._called(which, place))
            for which, function in (
                ("value", self.value),
                ("derivative", self.derivative),
            )
        )
        return value, derivative

    def check_derivative(self, x: NDArray[Any], place: str) -> None:
        """Compare the derivative with differences of the values.

        At every x it must lie, or nearly so, between the least and the largest of four
        differences, two to each side of x. Of a smooth f they are close to each other;
        beside a kink or a jump, one of them is the slope on this side of it.

        Parameters
        ----------
        x : ndarray, shape (rows, units)
            Where to look, beside the range that is looked at always.
        place : str
            As for `functions`.

        Raises
        ------
        TypeError, ValueError
            If the derivative is another one, or the answers are not as described.
        Exception
            What the functions raise.
        """
        value, derivative = self.functions(place)
        x = x.astype(np.float64)
        _check_elementwise(value, self._called("value", place), x)
        _check_elementwise(derivative, self._called("derivative", place), x)
        if self.surrogate:
            return
        points = np.append(RANGE, x[np.isfinite(x)])[:, None]
        step, slope = STEP * np.maximum(1, np.abs(points)), derivative(points)[:, 0]
        with np.errstate(all="ignore"):
            values = value(points + step * np.arange(-2, 3))
            differences = np.diff(values, axis=1) / step
            low, high = differences.min(axis=1), differences.max(axis=1)
            known = np.isfinite(high - low)  # f does not overflow there
            steepness = np.abs(differences).min(axis=1)
            room = TOLERANCE * np.maximum(1, steepness)
            wrong = known & ~((slope >= low - room) & (slope <= high + room))
        if wrong.any():
            row = int(wrong.argmax())
            raise ValueError(
                f"{self._called('derivative', place)} is {slope[row]:.6g} at x = "
                f"{points[row, 0]:.6g}, and differences of value say "
                f"{differences[row].mean():.6g}; return f'(x), or say surrogate=True "
                "if another slope is meant."
            )

    def _called(self, which: str, place: str) -> str:
        return f"{which} of activation {self.name!r} of {place}"


def settle_activation(instance: object) -> None:
    """Make a pair in the field `activation` of a frozen dataclass one activation.

    Names are left for the model to check.

    Parameters
    ----------
    instance : dataclass instance

    Raises
    ------
    TypeError
        If it is no pair of callables, but a single one or a sequence.
    """
    given = instance.activation  # type: ignore[attr-defined]
    if isinstance(given, tuple | list) and len(given) == 2:
        object.__setattr__(instance, "activation", CustomActivation(*given))
    elif isinstance(given, tuple | list) or callable(given):
        raise TypeError(
            f"activation is {given!r}; give a name, or a pair of functions (value, "
            "derivative)."
        )


def _checked(function: Function, which: str, x: NDArray[Any]) -> NDArray[Any]:
    """Return what a function makes of x, in the dtype of x."""
    kept = x.copy()  # the function may write to what it is given
    with np.errstate(all="ignore"):
        answer = np.asarray(function(kept))
    if answer.dtype.kind not in "biuf":
        raise TypeError(
            f"{which} returned dtype {answer.dtype}; return real numbers, best of "
            f"dtype {x.dtype}."
        )
    if answer.shape != x.shape:
        raise ValueError(
            f"{which} returned shape {answer.shape} for x of shape {x.shape}; return "
            "an array of the shape of x."
        )
    with np.errstate(over="ignore"):
        answer = answer.astype(x.dtype)
    spoiled = np.isnan(answer) & np.isfinite(x)
    if spoiled.any():
        raise ValueError(
            f"{which} is NaN at x = {x[spoiled][0]:.6g}; return a number for every x."
        )
    return answer


def _check_elementwise(function: Function, which: str, x: NDArray[np.float64]) -> None:
    together = function(x)
    for i, j in np.ndindex(*x[:2, :8].shape):
        alone = function(x[i : i + 1, j : j + 1])[0, 0]
        if not np.isclose(together[i, j], alone, TOLERANCE, TOLERANCE, equal_nan=True):
            raise ValueError(
                f"{which} is {together[i, j]:.6g} at x = {x[i, j]:.6g} beside other "
                f"numbers, and {alone:.6g} alone; let each depend on its own x only."
            )
