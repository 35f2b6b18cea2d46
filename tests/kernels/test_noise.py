"""Dropout and noise: the words they are drawn from, and what becomes of them."""

import numpy as np
import pytest
from bounds import exact, roundoff

from schuss import reference
from schuss._core import kernels

# Groups of 64 columns, of which each word of a counter has 16.
SHAPES = [
    (0, 3),
    (1, 1),
    (2, 15),
    (3, 17),
    (1, 33),
    (2, 63),
    (5, 64),
    (2, 65),
    (3, 200),
]
KEYS = [0, 1, 2**32 - 1, 2**32, 2**64 - 1]
NORMAL_ULP = 10  # stated in kernels.hpp


def words(*text):
    return np.array([[int(word, 16)] for word in text], np.uint32)


@pytest.mark.parametrize(
    ("counter", "key", "truth"),
    [
        (["0"] * 4, ["0"] * 4, "9c6ca96a e17eae66 fc10ecd4 5256a7d8"),
        (["ffffffff"] * 4, ["ffffffff"] * 4, "2a881696 57012287 f6c7446e a16a6732"),
        (
            ["243f6a88", "85a308d3", "13198a2e", "03707344"],
            ["a4093822", "299f31d0", "082efa98", "ec4e6c89"],
            "59cd1dbb b8879579 86b5d00c ac8b6d84",
        ),
    ],
)
def test_threefry_gives_what_its_authors_got(counter, key, truth):
    found = reference.threefry(words(*key)[:, 0], words(*counter))
    np.testing.assert_array_equal(found, words(*truth.split()))


def test_a_word_belongs_to_its_place():
    """Whatever rows and columns are drawn beside it."""
    all_words = reference.random_words(7, 200, 3, 2**33 + 1)
    np.testing.assert_array_equal(
        all_words[4:6, :64], reference.random_words(2, 10, 3, 2**33 + 1, first_row=4)
    )
    low, high = (reference.random_words(7, 200, 3, step) for step in (1, 2**32 + 1))
    assert np.mean(low == high) < 0.01 and np.mean(low == all_words) < 0.01
    assert len(np.unique(all_words)) > all_words.size - 10


def test_every_bit_is_as_likely():
    """2,560,000 words: a share of ones is within 5 deviations of 1/2 for each bit, and
    for each exclusive or with the word beside it, above it, and of the next step."""
    drawn = reference.random_words(10_000, 256, 1, 1)
    pairs = [
        drawn,
        drawn[:, 1:] ^ drawn[:, :-1],
        drawn[1:] ^ drawn[:-1],
        drawn ^ reference.random_words(10_000, 256, 1, 2),
        drawn ^ reference.random_words(10_000, 256, 2, 1),
    ]
    for each in pairs:
        for bit in range(32):
            share = np.mean((each >> np.uint32(bit)) & np.uint32(1))
            assert abs(share - 0.5) < 5 * 0.5 / np.sqrt(each.size)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 1 - 2**-53])
def test_dropout(isa, dtype, rng, shape, rate):
    x = rng.normal(size=shape).astype(dtype)
    for key in KEYS:
        for step, first_row in ((1, 0), (2**32 + 5, 513)):
            found = kernels.dropout(x, rate, key, step, first_row)
            assert found.dtype == dtype
            np.testing.assert_array_equal(
                found, reference.dropout(x, rate, key, step, first_row)
            )


def test_dropout_keeps_its_share_and_the_mean(isa):
    """A binomial share of 640,000, within 5 deviations; both precisions drop alike."""
    x = np.ones((10_000, 64), np.float32)
    for rate in (0.1, 0.5, 0.8):
        found = kernels.dropout(x, rate, 5, 1)
        deviation = np.sqrt(rate * (1 - rate) / x.size)
        assert abs(np.mean(found == 0) - rate) < 5 * deviation
        assert abs(found.astype("f8").mean() - 1) < 5 * deviation / (1 - rate)
        double = kernels.dropout(x.astype("f8"), rate, 5, 1)
        np.testing.assert_array_equal(double == 0, found == 0)


def test_dropout_hides_no_divergence(isa, dtype):
    for bad in (np.nan, np.inf):
        assert not np.isfinite(
            kernels.dropout(np.full((4, 40), bad, dtype), 0.5, 1, 1)
        ).any()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("deviation", [0.0, 0.3, 100.0])
def test_gaussian_noise(isa, dtype, rng, shape, deviation):
    """A product with the deviation, and a sum; the normal number has its units."""
    u, x = roundoff(dtype), rng.normal(size=shape).astype(dtype)
    deviation = float(np.dtype(dtype).type(deviation))
    for key in KEYS:
        found = kernels.gaussian_noise(x, deviation, key, 7, 3)
        truth = reference.gaussian_noise(exact(x), deviation, key, 7, 3)
        noise = np.abs(truth - exact(x))
        assert found.dtype == dtype
        bound = (2 * NORMAL_ULP + 2) * u * noise + u * np.abs(truth)
        assert np.all(np.abs(found - truth) <= 1.01 * bound)
        if deviation == 0:
            np.testing.assert_array_equal(found, x)


def test_the_noise_is_normal(isa, dtype):
    """Each moment of n numbers within 5 of its deviations: those of x, x^2, x^3 and x^4
    are 1, 2, 15 and 96 by their squares; and a pair is not correlated."""
    noise = kernels.gaussian_noise(np.zeros((4000, 64), dtype), 1.0, 9, 4).astype("f8")
    n = noise.size
    for power, mean, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs(np.mean(noise**power) - mean) < 5 * np.sqrt(variance / n)
    for shift in (1, 16):
        product = noise[:, shift:] * noise[:, :-shift]
        assert abs(product.mean()) < 5 / np.sqrt(product.size)
    assert np.abs(noise).max() < 5.8
