"""The meaning of dropout and noise, and of the random words both are drawn from."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.reference.elementary import Array

__all__ = ["dropout", "gaussian_noise", "random_words", "threefry"]

_ROTATIONS = (
    (10, 26),
    (11, 21),
    (13, 27),
    (23, 5),
    (6, 20),
    (17, 11),
    (25, 10),
    (18, 20),
)
_PARITY = np.uint32(0x1BD11BDA)
# Columns that are drawn together, and how far the four words of a counter are apart.
_DRAWN, _APART = 64, 16

Word = NDArray[np.uint32]


def _rotated(x: Word, bits: int) -> Word:
    return (x << np.uint32(bits)) | (x >> np.uint32(32 - bits))


def threefry(key: Word, counter: Word) -> Word:
    """Return four random words for each counter, by Threefry4x32 with 20 rounds.

    Of a counter, one bijection of 128 bits for each key: words are drawn by their place
    and not one after the other. Source: J. K. Salmon, M. A. Moraes, R. O. Dror and
    D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.

    Parameters
    ----------
    key : ndarray of uint32, shape (4,)
    counter : ndarray of uint32, shape (4, ...)

    Returns
    -------
    ndarray of uint32, of the counter's shape
    """
    keys = [*key, _PARITY ^ np.bitwise_xor.reduce(key)]
    x = [word + keys[w] for w, word in enumerate(counter)]
    for turn in range(20):
        a, b, c, d = (0, 1, 2, 3) if turn % 2 == 0 else (0, 3, 2, 1)
        first, second = _ROTATIONS[turn % 8]
        x[a] = x[a] + x[b]
        x[b] = _rotated(x[b], first) ^ x[a]
        x[c] = x[c] + x[d]
        x[d] = _rotated(x[d], second) ^ x[c]
        if turn % 4 == 3:
            s = turn // 4 + 1
            for w in range(4):
                x[w] = x[w] + keys[(s + w) % 5]
            x[3] = x[3] + np.uint32(s)
    return np.array(x)


def random_words(
    rows: int, columns: int, key: int, step: int, first_row: int = 0
) -> Word:
    """Return a random word for every row and column of a step.

    Column 64 g + 16 w + i has word w of the counter (16 g + i, row, step), of which
    step takes two words; the key is that of 64 bits, and 64 bits of zeros.

    Parameters
    ----------
    rows, columns : int, at least 0
    key, step : int, at least 0 and below 2^64
    first_row : int
        The number of the first row.

    Returns
    -------
    ndarray of uint32, shape (rows, columns up to the next multiple of 64)
    """
    low = 2**32
    groups = -(-columns // _DRAWN)
    row, column = np.meshgrid(
        np.arange(rows, dtype=np.uint32) + np.uint32(first_row % low),
        np.arange(groups * _APART, dtype=np.uint32),
        indexing="ij",
    )
    of_step = [np.full_like(row, part) for part in (step % low, step >> 32)]
    words = threefry(
        np.array([key % low, key >> 32, 0, 0], np.uint32),
        np.array([column, row, *of_step]),
    )
    words = words.reshape(4, rows, groups, _APART).transpose(1, 2, 0, 3)
    return words.reshape(rows, groups * _DRAWN)


def dropout(x: Array, rate: float, key: int, step: int, first_row: int = 0) -> Array:
    """Return x / (1 - rate), and 0 in place of a random share `rate` of its numbers.

    A number is dropped if its word is below 2^32 rate. The step back is the same
    function of the gradient. Source: N. Srivastava et al., "Dropout: a simple way to
    prevent neural networks from overfitting", 2014; that it is the rest which is scaled
    and not the prediction is usual since.

    Parameters
    ----------
    x : ndarray, shape (rows, columns)
    rate : float, in [0, 1)
    key, step, first_row : int
        What the words are drawn by; see `random_words`.

    Returns
    -------
    ndarray, shape (rows, columns)
    """
    rows, columns = x.shape
    words = random_words(rows, columns, key, step, first_row)[:, :columns]
    threshold = np.uint32(min(np.rint(np.ldexp(rate, 32)), 2**32 - 1))
    factor: Array = np.where(words >= threshold, x.dtype.type(1 / (1 - rate)), 0)
    return x * factor


def gaussian_noise(
    x: Array, deviation: float, key: int, step: int, first_row: int = 0
) -> Array:
    """Return x + deviation n, where n is normal with mean 0 and variance 1.

    Columns 16 apart share two words: the upper 24 bits of the first make u in (0, 1],
    the others an angle a, and their noise is sqrt(-2 ln u) cos a and sqrt(-2 ln u)
    sin a; the largest is 5.8. Sources: G. E. P. Box and M. E. Muller, 1958, for the
    pair; C. M. Bishop, "Training with noise is equivalent to Tikhonov regularization",
    1995.

    Parameters
    ----------
    x : ndarray, shape (rows, columns)
    deviation : float, at least 0
    key, step, first_row : int
        What the words are drawn by; see `random_words`.

    Returns
    -------
    ndarray, shape (rows, columns)
    """
    kind: Any = x.dtype.type
    rows, columns = x.shape
    words = random_words(rows, columns, key, step, first_row)
    of_radius, of_angle = np.moveaxis(
        words.reshape(rows, words.shape[1] // (2 * _APART), 2, _APART), 2, 0
    )
    u = ((of_radius >> np.uint32(8)).astype(kind) + kind(1)) * kind(2**-24)
    radius = np.sqrt(-2 * np.log(u))
    part = ((of_angle >> np.uint32(6)) & np.uint32(0xFFFFFF)).astype(kind)
    angle = (part * kind(2**-24) - kind(0.5)) * kind(np.pi / 2)
    along, across = radius * np.cos(angle), radius * np.sin(angle)
    turned = (of_angle & np.uint32(1 << 30)) != 0  # by a quarter
    sign = np.where(of_angle >> np.uint32(31), kind(-1), kind(1))
    pair = np.where(turned, -across, along), np.where(turned, along, across)
    noise = np.stack([sign * each for each in pair], axis=2).reshape(words.shape)
    return np.asarray(x + kind(deviation) * noise[:, :columns])
