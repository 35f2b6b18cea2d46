"""Generates small labelled point sets on which a classifier can be tried out."""

import numpy as np
from numpy.typing import NDArray

from schuss.checks import check_number

_Floats = NDArray[np.float64]
_Points = tuple[_Floats, NDArray[np.int64]]
# Neighbours on the square differ in class, so any run of corners is balanced.
_CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])


def make_xor(n: int | None = None, noise: float = 0.1, *, seed: int = 0) -> _Points:
    """Make the exclusive-or problem: exactly, or as four noisy clusters.

    Parameters
    ----------
    n : int, at least 2, optional
        Number of points. Without it the four corners themselves are returned, in
        the order of the truth table, and `noise` and `seed` play no part.
    noise : float, at least 0
        Standard deviation of the normal noise on each coordinate.
    seed : int, at least 0
        The same seed gives the same points.

    Returns
    -------
    X : ndarray of float64, shape (n, 2), rows in random order if `n` is given
    y : ndarray of int64, shape (n,)
        0 or 1; 1 where exactly one coordinate of the corner is 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """
    rng = _generator(4 if n is None else n, 2, noise, seed)
    if n is None:
        return _CORNERS[[0, 1, 3, 2]], np.array([0, 1, 1, 0], dtype=np.int64)
    corner = np.arange(n, dtype=np.int64) % 4
    return _finish(_CORNERS[corner], corner % 2, noise, rng)


def make_moons(n: int = 200, noise: float = 0.1, *, seed: int = 0) -> _Points:
    """Make two interleaved half circles of radius 1.

    Class 0 is (cos t, sin t), class 1 is (1 - cos t, 1/2 - sin t), 0 < t < pi.

    Parameters
    ----------
    n : int, at least 2
        Number of points, balanced over the classes as far as it divides.
    noise, seed
        As for `make_xor`.

    Returns
    -------
    X, y
        As for `make_xor`, rows in random order.

    Raises
    ------
    TypeError, ValueError
        As for `make_xor`.
    """
    rng = _generator(n, 2, noise, seed)
    y, place = _places(n, 2)
    arc = _ring(np.pi * place)
    return _finish(np.where(y[:, None] == 0, arc, [1, 0.5] - arc), y, noise, rng)


def make_circles(
    n: int = 200, noise: float = 0.05, factor: float = 0.5, *, seed: int = 0
) -> _Points:
    """Make two circles around the origin, class 0 outside and class 1 inside.

    Parameters
    ----------
    n, noise, seed
        As for `make_moons`.
    factor : float, between 0 and 1, both excluded
        Radius of the inner circle; the outer one has radius 1.

    Returns
    -------
    X, y
        As for `make_moons`.

    Raises
    ------
    TypeError, ValueError
        As for `make_xor`.
    """
    check_number("factor", factor, 0, 1, strict=True)
    rng = _generator(n, 2, noise, seed)
    y, place = _places(n, 2)
    radius = np.where(y == 0, 1.0, float(factor))
    return _finish(radius[:, None] * _ring(2 * np.pi * place), y, noise, rng)


def make_spirals(
    n: int = 200,
    classes: int = 2,
    turns: float = 1.0,
    noise: float = 0.02,
    *,
    seed: int = 0,
) -> _Points:
    """Make Archimedean spirals, one for each class, wound around each other.

    Class c is r (cos a, sin a) with a = 2 pi (turns r + c / classes), 0 < r < 1.

    Parameters
    ----------
    n, noise, seed
        As for `make_moons`, with `n` at least `classes`.
    classes : int, at least 1
        Number of spirals.
    turns : float, above 0
        How often each spiral winds around the origin.

    Returns
    -------
    X, y
        As for `make_moons`, with `y` from 0 to `classes` - 1.

    Raises
    ------
    TypeError, ValueError
        As for `make_xor`.
    """
    check_number("turns", turns, 0, strict=True)
    rng = _generator(n, classes, noise, seed)
    y, radius = _places(n, classes)
    angle = 2 * np.pi * (float(turns) * radius + y / classes)
    return _finish(radius[:, None] * _ring(angle), y, noise, rng)


def make_blobs(
    n: int = 200,
    classes: int = 3,
    features: int = 2,
    spread: float = 1.0,
    *,
    seed: int = 0,
) -> _Points:
    """Make one normal cloud for each class, centred at random in [-10, 10).

    Parameters
    ----------
    n, classes, seed
        As for `make_spirals`.
    features : int, at least 1
        Number of coordinates.
    spread : float, at least 0
        Standard deviation of each cloud in each coordinate.

    Returns
    -------
    X, y
        As for `make_spirals`, with `X` of shape (n, features).

    Raises
    ------
    TypeError, ValueError
        As for `make_xor`.
    """
    check_number("features", features, 1, whole=True)
    check_number("spread", spread, 0)
    rng = _generator(n, classes, spread, seed)
    centres = rng.uniform(-10.0, 10.0, (classes, features))
    y, _ = _places(n, classes)
    return _finish(centres[y], y, spread, rng)


def _generator(n: int, classes: int, noise: float, seed: int) -> np.random.Generator:
    check_number("classes", classes, 1, whole=True)
    check_number("n", n, classes, whole=True)
    check_number("noise", noise, 0)
    check_number("seed", seed, 0, whole=True)
    return np.random.default_rng(seed)


def _places(n: int, classes: int) -> tuple[NDArray[np.int64], _Floats]:
    """Return each row's class and its place along that class's curve, in (0, 1)."""
    y = np.arange(n, dtype=np.int64) % classes
    members = np.bincount(y)[y]
    return y, (np.arange(n) // classes + 0.5) / members


def _ring(angle: _Floats) -> _Floats:
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _finish(
    X: _Floats, y: NDArray[np.int64], noise: float, rng: np.random.Generator
) -> _Points:
    order = rng.permutation(len(y))
    return X[order] + rng.normal(0.0, float(noise), X.shape), y[order]
