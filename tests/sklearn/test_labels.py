"""Labels of any kind become numbers, and come back."""

import numpy as np
import pytest

pytest.importorskip("sklearn.base")
Labels = pytest.importorskip("schuss.sklearn.labels").Labels


@pytest.mark.parametrize(
    "y",
    [
        np.array(["b", "a", "c", "a"]),
        np.array(["b", "a", "c", "a"], object),
        np.array([7, -1, 3, 3]),
        np.array([0.0, 1.0, 2.0, 1.0]),
    ],
)
def test_classes(y):
    labels = Labels(y)
    places = labels.encode(y, numbered=True)
    assert places.dtype == np.int32
    assert np.array_equal(labels.classes[places], y)
    assert np.array_equal(labels.decode(places), y)
    assert not labels.multilabel


def test_two_classes_are_one_event():
    labels = Labels(np.array(["yes", "no"]))
    events = labels.encode(["no", "yes"], numbered=False)
    assert events.tolist() == [[False], [True]]
    assert labels.decode(np.array([0, 1])).tolist() == ["no", "yes"]


def test_one_class_is_an_event_that_never_happens():
    labels = Labels(np.array([5, 5]))
    assert labels.encode([5], numbered=False).tolist() == [[False]]
    assert labels.decode(np.array([0, 1])).tolist() == [5, 5]


def test_several_labels():
    y = np.array([[0, 1, 1], [1, 0, 0]])
    labels = Labels(y)
    assert labels.multilabel
    assert np.array_equal(labels.encode(y, numbered=False), y == 1)
    assert np.array_equal(labels.decode(y), y)


@pytest.mark.parametrize("y", [np.array(["a", "d"]), np.array(["0"])])
def test_a_label_that_is_not_known_is_refused(y):
    with pytest.raises(ValueError, match="a label is .*, and classes_ are"):
        Labels(np.array(["a", "b", "c"])).encode(y, numbered=True)
