"""Metrics of classes: by hand, by definition, and against scikit-learn."""

import math

import numpy as np
import pytest

from schuss import metrics


@pytest.fixture
def task(rng):
    """Labels of four classes, and probabilities that say something of them."""
    y = rng.integers(0, 4, 300)
    table = rng.random((300, 4))
    table[np.arange(300), y] += 0.3
    return y, table / table.sum(axis=1, keepdims=True)


def test_accuracy():
    assert metrics.accuracy([0, 1, 2, 1], [0, 2, 2, 1]) == 0.75


def test_top_k_accuracy_by_hand():
    table = [[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.4, 0.2, 0.4]]
    shares = [metrics.top_k_accuracy([1, 0, 2], table, k) for k in (1, 2, 3, 9)]
    assert shares == [0, 2 / 3, 1, 1]


def test_top_1_is_the_first_of_the_largest(rng):
    table = rng.integers(0, 3, (200, 4)) / 2
    y = rng.integers(0, 4, 200)
    expected = np.mean(table.argmax(axis=1) == y)
    assert metrics.top_k_accuracy(y, table, 1) == expected


def test_log_loss_by_hand():
    table = np.array([[0.25, 0.75], [0.5, 0.5]])
    expected = -(math.log(0.75) + math.log(0.5)) / 2
    assert metrics.log_loss([1, 0], table) == pytest.approx(expected, rel=1e-15)
    assert metrics.log_loss([[0, 1], [1, 0]], table) == pytest.approx(expected)


def test_one_wrong_certainty_does_not_make_the_loss_infinite(dtype):
    table = np.array([[1, 0]], dtype)
    least = float(np.finfo(dtype).eps)
    assert metrics.log_loss([1], table) == -math.log(least)


@pytest.mark.parametrize("levels", [2, 5, 1000])
def test_the_area_is_the_share_of_pairs_in_the_right_order(rng, levels):
    scores, y = rng.integers(0, levels, 60), rng.integers(0, 2, 60)
    pairs = [(a > b) + (a == b) / 2 for a in scores[y == 1] for b in scores[y == 0]]
    assert metrics.roc_auc(y, scores) == pytest.approx(np.mean(pairs), rel=1e-14)


def test_nothing_to_compare_is_no_number():
    assert math.isnan(metrics.roc_auc([1, 1], [0.2, 0.3]))
    assert math.isnan(metrics.roc_auc([0, 1], np.eye(3)[:2]))


def test_f1_by_hand():
    y, predicted = [0, 0, 1, 1, 1], [0, 1, 1, 1, 0]
    assert metrics.f1(y, predicted, "binary") == pytest.approx(4 / 6)
    assert metrics.f1(y, predicted) == pytest.approx((2 / 4 + 4 / 6) / 2)
    assert metrics.f1([0, 0], [0, 0], "binary") == 0
    assert metrics.f1([0, 0], [3, 3]) == 0


def test_scikit_learn_has_the_same_values(task):
    theirs = pytest.importorskip("sklearn.metrics")
    y, table = task
    predicted = table.argmax(axis=1)
    pairs = [
        (metrics.accuracy(y, predicted), theirs.accuracy_score(y, predicted)),
        (metrics.log_loss(y, table), theirs.log_loss(y, table)),
        (metrics.f1(y, predicted), theirs.f1_score(y, predicted, average="macro")),
        (metrics.roc_auc(y, table), theirs.roc_auc_score(y, table, multi_class="ovr")),
    ]
    for k in (1, 2, 3):
        expected = theirs.top_k_accuracy_score(y, table, k=k)
        pairs.append((metrics.top_k_accuracy(y, table, k), expected))
    y, predicted, table = y % 2, predicted % 2, np.round(table[:, 2:], 1)
    pairs += [
        (metrics.f1(y, predicted, "binary"), theirs.f1_score(y, predicted)),
        (metrics.roc_auc(y, table), theirs.roc_auc_score(y, table[:, 1])),
    ]
    for ours, expected in pairs:
        # Sums of 300 numbers in another order.
        assert ours == pytest.approx(expected, rel=300 * np.finfo(float).eps)


@pytest.mark.parametrize(
    ("metric", "arguments", "sentence"),
    [
        (metrics.accuracy, ([0, 1], [0]), r"y has shape \(2,\) and the predictions"),
        (metrics.f1, ([0], [0], "micro"), "average is 'micro'; give one of"),
        (metrics.f1, ([0], [1], "macro", 1), 'positive is 1, .*average="binary"'),
        (
            metrics.f1,
            (["a"], ["b"], "binary"),
            "positive is 1, and y has labels",
        ),
        (metrics.f1, ([0, 1], [0, 1], "binary", "1"), "positive is '1', and y has lab"),
        (metrics.log_loss, ([0, 2], np.eye(2)), "none of the 2 classes.*from 0 to 1"),
        (metrics.roc_auc, ([-1, 0], np.eye(2)), "none of the 2 classes"),
        (metrics.roc_auc, ([[0]], np.eye(2)), r"give shapes \(rows,\) and \(rows, cla"),
        (metrics.top_k_accuracy, ([0, 1], np.eye(2), 0), "k is 0; give a whole"),
    ],
)
def test_what_does_not_fit_is_refused(metric, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        metric(*arguments)


def test_confusion_matrix_by_hand():
    counts = metrics.confusion_matrix([0, 0, 2, 2, 2], [0, 2, 2, 2, 0])
    assert counts.dtype == np.int64
    np.testing.assert_array_equal(counts, [[1, 0, 1], [0, 0, 0], [1, 0, 2]])
    wider = metrics.confusion_matrix([True, False], np.uint8([1, 1]), 3)
    np.testing.assert_array_equal(wider, [[0, 1, 0], [0, 1, 0], [0, 0, 0]])


def test_confusion_matrix_of_names():
    truth, given = ["b", "a", "b", "c"], np.array(["a", "a", "b", "b"], object)
    counts = metrics.confusion_matrix(truth, given)
    np.testing.assert_array_equal(counts, [[1, 0, 0], [1, 1, 0], [0, 1, 0]])
    counts = metrics.confusion_matrix(truth, given, ["c", "b", "a", "d"])
    turned = [[0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(counts, turned)
    counts = metrics.confusion_matrix([7, 5], [5, 5], [5, 7])
    np.testing.assert_array_equal(counts, [[1, 0], [1, 0]])
    with pytest.raises(ValueError, match=r"y\[3\] is 'c', which is none of the mod"):
        metrics.confusion_matrix(truth, given, ["a", "b"])


def test_probabilities_go_with_numbers_of_classes():
    for metric in (metrics.log_loss, metrics.roc_auc, metrics.top_k_accuracy):
        with pytest.raises(TypeError, match="labels of dtype <U1.*searchsorted"):
            metric(["a", "b"], np.eye(2))


def test_confusion_matrix_sums_to_what_other_metrics_say(task):
    y, table = task
    predicted = table.argmax(axis=1)
    counts = metrics.confusion_matrix(y, predicted)
    np.testing.assert_array_equal(counts.sum(axis=1), np.bincount(y))
    np.testing.assert_array_equal(counts.sum(axis=0), np.bincount(predicted))
    assert counts.trace() / counts.sum() == metrics.accuracy(y, predicted)
    sklearn = pytest.importorskip("sklearn.metrics")
    np.testing.assert_array_equal(counts, sklearn.confusion_matrix(y, predicted))


def test_confusion_matrix_of_what_are_no_labels():
    with pytest.raises(ValueError, match="y has shape"):
        metrics.confusion_matrix([0, 1], [0])
    for metric in (metrics.confusion_matrix, metrics.f1):
        with pytest.raises(TypeError, match=r"y\[1\] is missing; leave such rows out"):
            metric(["a", None], ["a", "b"])
    with pytest.raises(TypeError, match="dtype float64; give class labels"):
        metrics.confusion_matrix([0, 1], [0.0, 1.0])
    with pytest.raises(TypeError, match=r"shape \(1, 2\)"):
        metrics.confusion_matrix([[0, 1]], [[0, 1]])
    with pytest.raises(ValueError, match="from -1 to 1, and there are 2 classes"):
        metrics.confusion_matrix([0, 1], [0, -1])
    with pytest.raises(ValueError, match="from 0 to 2, and there are 2 classes"):
        metrics.confusion_matrix([0, 2], [0, 1], 2)
