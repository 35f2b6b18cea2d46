"""What is drawn: inside its bounds, by its law, and by seed and number alone."""

import math

import numpy as np
import pytest

import schuss
from schuss.spaces import as_space, combinations, draws

DRAWS = 4000


def sample(distribution, seed=0):
    rng = np.random.default_rng(seed)
    return np.array([distribution.draw(rng) for _ in range(DRAWS)])


def check_uniform(parts):
    """Fail if numbers that should be uniform in [0, 1) are not.

    The greatest distance D of a distribution of n draws from its law exceeds d with a
    probability of at most 2 exp(-2 n d^2) (P. Massart, 1990): here 1e-9.
    """
    parts = np.sort(parts)
    steps = np.arange(len(parts) + 1) / len(parts)
    distance = max((parts - steps[:-1]).max(), (steps[1:] - parts).max())
    assert distance <= math.sqrt(math.log(2e9) / (2 * len(parts)))


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.0, 5.0)])
def test_uniform(low, high):
    drawn = sample(schuss.Uniform(low, high))
    assert low <= drawn.min() and drawn.max() < high
    check_uniform((drawn - low) / (high - low))


@pytest.mark.parametrize(("low", "high"), [(1e-5, 1.0), (3.0, 7.0)])
def test_log_uniform(low, high):
    drawn = sample(schuss.LogUniform(low, high))
    assert low <= drawn.min() and drawn.max() <= high
    check_uniform(np.log(drawn / low) / math.log(high / low))


def test_int_uniform_has_both_ends_all_alike():
    drawn = sample(schuss.IntUniform(-1, 3))
    assert set(drawn.tolist()) == {-1, 0, 1, 2, 3}
    check_uniform((drawn + 1 + np.random.default_rng(1).random(DRAWS)) / 5)
    assert type(schuss.IntUniform(2, 2).draw(np.random.default_rng(0))) is int


def test_a_draw_depends_on_seed_and_number_alone():
    space = as_space({"a": schuss.Uniform(0, 1), "b": range(100), "c": ["x", "y"]})
    few, many = draws(space, 3, seed=5), draws(space, 20, seed=5)
    assert many[:3] == few
    assert len({point["a"] for point in many}) == 20
    assert draws(space, 20, seed=6) != many
    shorter = draws({"a": space["a"]}, 20, seed=5)  # names that follow change nothing
    assert [point["a"] for point in shorter] == [point["a"] for point in many]


def test_choices_are_all_alike():
    drawn = draws(as_space({"a": [0, 1, 2]}), DRAWS, seed=0)
    values = np.array([point["a"] for point in drawn])
    check_uniform((values + np.random.default_rng(1).random(DRAWS)) / 3)


def test_combinations():
    space = as_space({"a": (1, 2), "b": np.array([0.5, 1.5, 2.5])})
    points = combinations(space)
    assert [(p["a"], p["b"]) for p in points] == [
        (1, 0.5), (1, 1.5), (1, 2.5), (2, 0.5), (2, 1.5), (2, 2.5)
    ]  # fmt: skip
    assert type(points[0]["b"]) is float


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: schuss.Uniform(1, 1), ValueError, "high is 1; give .* above 1"),
        (lambda: schuss.Uniform(math.nan, 1), ValueError, "low is nan; give a number"),
        (lambda: schuss.LogUniform(0, 1), ValueError, "low is 0; .* above 0"),
        (lambda: schuss.LogUniform("a", 1), TypeError, "low is 'a'; give a number"),
        (lambda: schuss.IntUniform(1, 2.5), TypeError, "high is 2.5; .* whole"),
        (lambda: schuss.IntUniform(3, 2), ValueError, "high is 2; .* at least 3"),
        (lambda: as_space([1]), TypeError, r"space is \[1\]; give a dict"),
        (lambda: as_space({}), ValueError, "space is empty; give one"),
        (lambda: as_space({1: [2]}), TypeError, "is called 1; give the name"),
        (lambda: as_space({"a": []}), ValueError, r"space\['a'\] is empty; give one"),
        (lambda: as_space({"a": "xyz"}), TypeError, r"space\['a'\] is 'xyz'; give a"),
        (lambda: as_space({"a": 3}), TypeError, r"space\['a'\] is 3; give a list"),
        (lambda: draws({"a": [1]}, 0, 0), ValueError, "trials is 0; .* at least 1"),
        (lambda: draws({"a": [1]}, 2.5, 0), TypeError, "trials is 2.5; give a whole"),
        (
            lambda: combinations({"a": schuss.Uniform(0, 1)}),
            ValueError,
            "which cannot be tried in full; give a list, or a number of trials",
        ),
    ],
)
def test_refusals(make, error, sentence):
    with pytest.raises(error, match=sentence):
        make()
