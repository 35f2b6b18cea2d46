"""The picture of a confusion matrix has its counts, shares and names."""

import numpy as np
import pytest

from schuss import metrics
from schuss.plots import confusion_matrix

pytest.importorskip("matplotlib")

Y, PREDICTED = [0, 0, 0, 0, 1, 3, 3], [0, 0, 0, 1, 1, 0, 3]


def test_numbers_are_counts_and_shades_are_shares():
    axes, bar = confusion_matrix(Y, PREDICTED).axes
    counts = metrics.confusion_matrix(Y, PREDICTED)
    written = {text.get_position(): int(text.get_text()) for text in axes.texts}
    assert written == {(j, i): n for (i, j), n in np.ndenumerate(counts)}
    shares = [[75, 25, 0, 0], [0, 100, 0, 0], [0, 0, 0, 0], [50, 0, 0, 50]]
    np.testing.assert_array_equal(axes.images[0].get_array(), shares)
    assert axes.images[0].get_clim() == (0, 100)
    assert bar.get_ylabel() == "share of the true class (%)"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    for text in axes.texts:
        column, row = text.get_position()
        assert text.get_color() == ("white" if shares[row][column] > 60 else "black")


@pytest.mark.parametrize("names", ["abcd", ["north", "south", "east", "west"]])
def test_classes_have_names(names):
    axes = confusion_matrix(Y, PREDICTED, names=names).axes[0]
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [label.get_text() for label in labels] == list(names)
    assert axes.get_xticklabels()[0].get_rotation() == (45 if names[0] != "a" else 0)


def test_labels_that_are_names_need_no_others():
    words = np.array(["north", "south", "east", "west"])
    truth, predicted = words[Y], words[PREDICTED]
    axes = confusion_matrix(truth, predicted).axes[0]
    shown = [label.get_text() for label in axes.get_yticklabels()]
    assert shown == ["north", "south", "west"]  # that occur
    axes = confusion_matrix(truth, predicted, names=list(words)).axes[0]
    expected = confusion_matrix(Y, PREDICTED).axes[0].images[0].get_array()
    np.testing.assert_array_equal(axes.images[0].get_array(), expected)


@pytest.mark.parametrize(("classes", "shown"), [(20, 400), (21, 0)])
def test_many_classes_have_no_numbers(classes, shown):
    labels = np.arange(classes)
    axes = confusion_matrix(labels, labels).axes[0]
    assert len(axes.texts) == shown
    np.testing.assert_array_equal(axes.images[0].get_array(), 100 * np.eye(classes))


def test_given_axes_are_drawn_in():
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    assert confusion_matrix(Y, PREDICTED, ax=axes) is figure
    assert len(axes.images) == 1


def test_names_are_as_many_as_classes():
    with pytest.raises(TypeError, match=r"y\[1\] is missing; leave such rows out"):
        confusion_matrix(["a", None], ["a", "b"])
    with pytest.raises(ValueError, match="labels go from 0 to 3, and there are 3"):
        confusion_matrix(Y, PREDICTED, names="abc")
