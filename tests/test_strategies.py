"""Which trials there are, and how many of them are trained how long."""

import pytest

from schuss.strategies import points, rounds


@pytest.mark.parametrize(
    ("trials", "epochs", "factor", "expected"),
    [
        (8, 8, 2, [(8, 1), (4, 1), (2, 2), (1, 4)]),
        (27, 81, 3, [(27, 3), (9, 6), (3, 18), (1, 54)]),
        (9, 10, 2, [(9, 2), (4, 1), (2, 2), (1, 5)]),
        (64, 10, 2, [(64, 1), (8, 1), (4, 1), (2, 2), (1, 5)]),
        (5, 1, 2, [(5, 1)]),
        (1, 7, 2, [(1, 7)]),
        (4, 6, 5, [(4, 6)]),
    ],
)
def test_rounds_of_halving(trials, epochs, factor, expected):
    assert rounds("halving", trials, epochs, factor) == expected


def test_a_round_costs_about_as_much_as_any_other():
    """What successive halving is named for: the budget is shared among the rounds."""
    costs = [trials * epochs for trials, epochs in rounds("halving", 64, 640, 2)]
    assert costs == [640] + [320] * 6  # resumed, all but the first cost half


@pytest.mark.parametrize("strategy", ["grid", "random"])
def test_others_have_one_round(strategy):
    assert rounds(strategy, 12, 7, 2) == [(12, 7)]


def test_points():
    space = {"a": [1, 2], "b": ["x", "y"]}
    assert len(points("grid", space, None, 0)) == 4
    assert points("halving", space, None, 0) == points("grid", space, None, 9)
    assert points("halving", space, 7, 3) == points("random", space, 7, 3)
    assert len(points("random", space, 7, 3)) == 7


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (
            lambda: points("bayes", {"a": [1]}, None, 0),
            ValueError,
            'strategy is \'bayes\'; give one of "grid", "random", "halving"',
        ),
        (
            lambda: points("grid", {"a": [1]}, 3, 0),
            ValueError,
            "trials is 3, but a grid is tried in full; leave it out",
        ),
        (
            lambda: points("random", {"a": [1]}, None, 0),
            ValueError,
            "a random search has no end; give a number of trials",
        ),
        (lambda: rounds("halving", 3, 3, 1), ValueError, "factor is 1; .* at least 2"),
        (lambda: rounds("grid", 3, 3, 2.0), TypeError, r"factor is 2\.0; .* whole"),
    ],
)
def test_refusals(make, error, sentence):
    with pytest.raises(error, match=sentence):
        make()
