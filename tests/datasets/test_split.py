"""Tests that a stratified split keeps rows together, proportions and its promises."""

import numpy as np
import pytest

from schuss.datasets import Split, stratified_split


def numbered(*members):
    """Return rows that carry their own number, and labels in blocks."""
    y = np.repeat(np.arange(len(members)), members)
    return np.arange(2 * len(y)).reshape(-1, 2), y


def test_every_row_goes_to_one_side_with_its_label():
    X, y = numbered(40, 30, 13)
    parts = stratified_split(X, y)
    assert isinstance(parts, Split)
    both = np.concatenate([parts.X_train, parts.X_test])
    labels = np.concatenate([parts.y_train, parts.y_test])
    assert sorted(both[:, 0]) == X[:, 0].tolist()
    np.testing.assert_array_equal(both[:, 1], both[:, 0] + 1)
    np.testing.assert_array_equal(y[both[:, 0] // 2], labels)


@pytest.mark.parametrize("fraction", [0.1, 0.25, 1 / 3, np.float32(0.5), 0.9])
@pytest.mark.parametrize("members", [(50, 50), (40, 30, 13), (100, 11, 37, 20), (20,)])
def test_each_class_is_split_in_proportion(members, fraction):
    X, y = numbered(*members)
    tested = stratified_split(X, y, fraction).y_test
    assert len(tested) == round(len(y) * float(fraction))
    counts = np.bincount(tested, minlength=len(members))
    assert np.all(np.abs(counts - np.array(members) * float(fraction)) < 1)


def test_spare_rows_go_to_the_largest_remainders():
    X, y = numbered(10, 11, 12, 17)  # quotas 2.5, 2.75, 3.0, 4.25; 12 in all
    assert np.bincount(stratified_split(X, y).y_test).tolist() == [2, 3, 3, 4]


@pytest.mark.parametrize(
    ("members", "fraction", "expected"),
    [
        ((2, 2, 2), 0.01, [1, 1, 1]),
        ((2, 2, 2), 0.99, [1, 1, 1]),
        ((2, 3, 100), 0.9, [1, 2, 91]),
        ((2, 3, 100), 0.1, [1, 1, 8]),
        ((2, 2, 100, 100), 0.02, [1, 1, 1, 1]),
    ],
)
def test_small_classes_have_a_row_on_each_side(members, fraction, expected):
    X, y = numbered(*members)
    parts = stratified_split(X, y, fraction)
    assert np.bincount(parts.y_test).tolist() == expected
    assert set(parts.y_train) == set(parts.y_test) == set(range(len(members)))


def test_bounds_hold_for_random_class_sizes():
    rng = np.random.default_rng(0)
    for _ in range(200):
        members = rng.integers(2, 12, int(rng.integers(1, 8)))
        fraction = rng.uniform(0.001, 0.999)
        X, y = numbered(*members)
        counts = np.bincount(stratified_split(X, y, fraction).y_test)
        assert np.all((counts >= 1) & (counts < members))
        low, high = len(members), len(y) - len(members)
        assert counts.sum() == min(max(round(len(y) * fraction), low), high)


def test_seed_decides_the_split():
    X, y = numbered(50, 50)
    first, same, other = (stratified_split(X, y, seed=s) for s in (1, 1, 2))
    for a, b in zip(first, same, strict=True):
        np.testing.assert_array_equal(a, b)
    assert set(first.X_test[:, 0]) != set(other.X_test[:, 0])


def test_both_sides_are_in_random_order():
    X, y = numbered(200, 200)
    parts = stratified_split(X, y, 0.5)
    for rows, labels in ((parts.X_train, parts.y_train), (parts.X_test, parts.y_test)):
        assert abs(np.mean(labels[1:] == labels[:-1]) - 0.5) < 0.15
        ascending = np.mean(np.diff(rows[:, 0]) > 0)
        assert abs(ascending - 0.5) < 0.15


def test_each_row_is_as_likely_to_be_tested():
    X, y = numbered(4, 8)
    times = np.zeros(12)
    for seed in range(2000):
        times[stratified_split(X, y, seed=seed).X_test[:, 0] // 2] += 1
    np.testing.assert_allclose(times / 2000, 0.25, atol=0.05)


def test_lists_strings_and_images_are_taken():
    images = np.arange(8 * 6, dtype=np.float32).reshape(8, 2, 3)
    parts = stratified_split(images.tolist(), ["cat", "dog"] * 4)
    assert parts.X_train.shape == (6, 2, 3) and parts.X_test.shape == (2, 2, 3)
    assert sorted(parts.y_test) == ["cat", "dog"]
    assert stratified_split(images, [0, 1] * 4).X_test.dtype == np.float32


def test_memory_map_is_split_into_arrays_of_its_own(tmp_path):
    X, y = numbered(20, 20)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    parts = stratified_split(mapped, y)
    for ours, expected in zip(parts, stratified_split(X, y), strict=True):
        np.testing.assert_array_equal(ours, expected)
    assert type(parts.X_train) is np.ndarray
    assert not np.shares_memory(parts.X_train, mapped)
    parts.X_train[:] = 0


@pytest.mark.parametrize("fraction", [0, 1, 0.0, 1.0, -0.25, 1.5, float("nan")])
def test_fraction_out_of_range_is_refused(fraction):
    with pytest.raises(ValueError, match=f"test_fraction is {fraction}; give"):
        stratified_split(*numbered(5, 5), fraction)


@pytest.mark.parametrize("fraction", ["0.5", None, True])
def test_fraction_that_is_no_number_is_refused(fraction):
    with pytest.raises(TypeError, match=r"test_fraction is .*; give a number"):
        stratified_split(*numbered(5, 5), fraction)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.zeros((5, 2)), [0, 1] * 3, r"X has shape \(5, 2\) but y has 6 labels"),
        (3.0, [0, 0], r"X has shape \(\)"),
        (np.zeros((4, 2)), np.zeros((4, 1)), r"y has shape \(4, 1\)"),
        (np.zeros((0, 2)), [], "0 rows"),
        (np.zeros((1, 2)), [0], "1 rows"),
        (np.zeros((5, 2)), [0, 0, 7, 1, 1], "class 7 has a single member"),
        (np.zeros((3, 2)), ["a", "a", "bee"], "class 'bee' has a single member"),
    ],
)
def test_examples_that_cannot_be_split_are_refused(X, y, message):
    with pytest.raises(ValueError, match=message):
        stratified_split(X, y)


def test_impossible_seed_is_refused():
    with pytest.raises(ValueError, match="seed is -1"):
        stratified_split(*numbered(5, 5), seed=-1)
