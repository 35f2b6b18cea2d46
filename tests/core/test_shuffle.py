"""The order of the rows: the same in both engines, a permutation, and fair."""

import itertools

import numpy as np
import pytest

from schuss import reference
from schuss._core import kernels

EDGES = [0, 1, 2**32 - 1, 2**32, 2**63, 2**64 - 1]


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 10, 1000])
def test_shuffle(rows):
    for key, epoch in itertools.product(EDGES, EDGES):
        order = kernels.shuffle(rows, key, epoch)
        assert order.dtype == np.int64 and order.shape == (rows,)
        np.testing.assert_array_equal(order, reference.shuffle(rows, key, epoch))
        np.testing.assert_array_equal(np.sort(order), np.arange(rows))


def test_it_stays_what_it_is():
    """A model that is trained again from its seed counts on it."""
    assert kernels.shuffle(10, 0, 0).tolist() == [4, 6, 8, 3, 2, 0, 7, 5, 1, 9]
    assert kernels.shuffle(10, 12345, 678).tolist() == [8, 1, 3, 9, 0, 5, 6, 7, 4, 2]


def test_every_key_and_epoch_has_an_order_of_its_own():
    near = range(50)
    pairs = [*itertools.product(near, near), *((key, 0) for key in EDGES[2:])]
    orders = {kernels.shuffle(40, key, epoch).tobytes() for key, epoch in pairs}
    assert len(orders) == len(pairs)


@pytest.mark.parametrize("vary", ["key", "epoch"])
def test_every_order_is_as_likely(vary):
    """The chi-square of 24 orders in 24,000 draws: 23 on average, above 50 in 1 of
    1,000; and the same for every place of every row."""
    draws = [
        kernels.shuffle(4, *((n, 5) if vary == "key" else (5, n)))
        for n in range(24_000)
    ]
    _, counts = np.unique(draws, axis=0, return_counts=True)
    assert len(counts) == 24
    assert np.sum((counts - 1000) ** 2 / 1000) < 50
    # Far rows: where row 0 of 100 goes, 99 degrees of freedom, above 149 in 1 of 1,000.
    places = [
        np.flatnonzero(
            kernels.shuffle(100, *((n, 5) if vary == "key" else (5, n))) == 0
        )[0]
        for n in range(10_000)
    ]
    assert np.sum((np.bincount(places, minlength=100) - 100) ** 2 / 100) < 149


def test_what_is_out_of_range_is_refused():
    with pytest.raises(ValueError, match="got 4294967296 rows; expected fewer than 2"):
        kernels.shuffle(2**32, 0, 0)
    for arguments in (
        (-1, 0, 0),
        (3, -1, 0),
        (3, 2**64, 0),
        (3, 0, 2**64),
        (3.5, 0, 0),
    ):
        with pytest.raises(TypeError, match="shuffle"):
            kernels.shuffle(*arguments)
