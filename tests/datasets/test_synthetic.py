"""Tests the shape, the geometry and the argument checks of the generators."""

import numpy as np
import pytest

from schuss.datasets import (
    make_blobs,
    make_circles,
    make_moons,
    make_spirals,
    make_xor,
)

# name: the generator, its number of classes, its argument for the noise
GENERATORS = {
    "xor": (make_xor, 2, "noise"),
    "moons": (make_moons, 2, "noise"),
    "circles": (make_circles, 2, "noise"),
    "spirals": (make_spirals, 2, "noise"),
    "blobs": (make_blobs, 3, "spread"),
}
every_generator = pytest.mark.parametrize(
    ("make", "classes", "noise"), GENERATORS.values(), ids=GENERATORS
)


@every_generator
@pytest.mark.parametrize("n", [3, 7, 100, np.uint8(201)])
def test_shapes_types_and_balance(make, classes, noise, n):
    X, y = make(n)
    assert X.shape == (n, 2) and X.dtype == np.float64 and np.isfinite(X).all()
    assert y.shape == (n,) and y.dtype == np.int64
    members = np.bincount(y, minlength=classes)
    assert len(members) == classes and np.ptp(members) <= 1


@every_generator
def test_seed_decides_the_points(make, classes, noise):
    first, same, other = make(50, seed=3), make(50, seed=3), make(50, seed=4)
    np.testing.assert_array_equal(first[0], same[0])
    np.testing.assert_array_equal(first[1], same[1])
    assert not np.array_equal(first[0], other[0])


@every_generator
def test_rows_are_shuffled(make, classes, noise):
    _, y = make(200)
    in_turn = np.mean(y[1:] == (y[:-1] + 1) % classes)
    in_a_row = np.mean(y[1:] == y[:-1])
    assert abs(in_turn - 1 / classes) < 0.15 and abs(in_a_row - 1 / classes) < 0.15


@every_generator
def test_noise_is_the_standard_deviation_around_the_clean_points(make, classes, noise):
    clean, y = make(5000, **{noise: 0.0}, seed=1)
    noisy, same_y = make(5000, **{noise: 0.3}, seed=1)
    np.testing.assert_array_equal(y, same_y)
    offsets = noisy - clean
    np.testing.assert_allclose(offsets.std(axis=0), 0.3, rtol=0.05)
    np.testing.assert_allclose(offsets.mean(axis=0), 0.0, atol=0.02)


def test_xor_without_n_is_the_truth_table():
    X, y = make_xor()
    assert X.dtype == np.float64 and y.dtype == np.int64
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [0, 1, 1, 0]
    X[:] = 9
    assert make_xor()[0].max() == 1


def test_xor_clusters_lie_at_the_corners():
    X, y = make_xor(400, 0.05)
    corners = np.rint(X).astype(int)
    np.testing.assert_array_equal(corners[:, 0] ^ corners[:, 1], y)
    assert np.bincount(2 * corners[:, 0] + corners[:, 1]).tolist() == [100] * 4


def test_moons_lie_on_two_half_circles():
    X, y = make_moons(300, 0.0)
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() > 0 and lower[:, 1].max() < 0.5
    assert upper[:, 0].min() < -0.99 and lower[:, 0].max() > 1.99


@pytest.mark.parametrize("factor", [0.1, 0.5, np.float32(0.75)])
def test_circles_have_radius_one_and_factor(factor):
    X, y = make_circles(101, 0.0, factor)
    np.testing.assert_allclose(np.hypot(*X.T), np.where(y == 0, 1, factor))
    np.testing.assert_allclose(X[y == 0].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(X[y == 1].mean(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize(("classes", "turns"), [(1, 0.5), (2, 1.0), (5, 2.25)])
def test_spirals_turn_in_proportion_to_their_radius(classes, turns):
    X, y = make_spirals(150, classes, turns, 0.0)
    radius = np.hypot(*X.T)
    assert 0 < radius.min() < 0.05 and 0.95 < radius.max() < 1
    angle = np.arctan2(X[:, 1], X[:, 0]) / (2 * np.pi)
    excess = angle - turns * radius - y / classes
    np.testing.assert_allclose(excess, np.rint(excess), atol=1e-9)
    assert set(y) == set(range(classes))


def test_blobs_surround_one_centre_for_each_class():
    centres, y = make_blobs(900, 4, 3, 0.0)
    assert centres.shape == (900, 3) and set(y) == {0, 1, 2, 3}
    assert len(np.unique(centres, axis=0)) == 4
    for label in range(4):
        assert len(np.unique(centres[y == label], axis=0)) == 1
    assert np.abs(centres).max() < 10


@every_generator
@pytest.mark.parametrize("n", [0, 1, -5])
def test_fewer_points_than_classes_are_refused(make, classes, noise, n):
    with pytest.raises(ValueError, match=f"n is {n}; .* at least {classes}"):
        make(n)


@every_generator
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_impossible_noise_is_refused(make, classes, noise, value):
    with pytest.raises(ValueError, match=f"{noise} is {value}; .* finite"):
        make(20, **{noise: value})


@every_generator
@pytest.mark.parametrize("n", [2.0, "20", True, [20]])
def test_n_that_is_no_whole_number_is_refused(make, classes, noise, n):
    with pytest.raises(TypeError, match=r"n is .*; give a whole number"):
        make(n)


@every_generator
def test_impossible_seed_is_refused(make, classes, noise):
    with pytest.raises(ValueError, match="seed is -1"):
        make(20, seed=-1)
    with pytest.raises(TypeError, match="seed is None"):
        make(20, seed=None)


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (make_circles, {"factor": 0.0}, "factor is 0.0; .* above 0 and below 1"),
        (make_circles, {"factor": 1.0}, "factor is 1.0"),
        (make_circles, {"factor": float("nan")}, "factor is nan"),
        (make_spirals, {"turns": 0}, "turns is 0; .* above 0 and finite"),
        (make_spirals, {"classes": 0}, "classes is 0; .* at least 1"),
        (make_spirals, {"n": 3, "classes": 4}, "n is 3; .* at least 4"),
        (make_blobs, {"classes": 0}, "classes is 0"),
        (make_blobs, {"features": 0}, "features is 0"),
    ],
)
def test_hyper_parameters_out_of_range_are_refused(make, arguments, message):
    with pytest.raises(ValueError, match=message):
        make(**arguments)
