"""Descriptions of losses name kernels that exist, and refuse what is none."""

import numpy as np
import pytest

import schuss
from schuss import reference
from schuss.losses import LOSSES, as_loss


def test_every_loss_is_a_kernel():
    assert set(LOSSES) == set(reference.LOSSES) == set(reference.MEANS)
    assert all(loss.name == name for name, loss in LOSSES.items())


def test_a_loss_is_known_by_name_or_given():
    assert as_loss("mean_squared_error", 3) is LOSSES["mean_squared_error"]
    own = schuss.SoftmaxCrossEntropy(0.1)
    assert as_loss(own, 3) is own
    assert own.settings == [0.1]
    assert schuss.Model([schuss.Dense(2)], loss=own).loss is own
    with pytest.raises(ValueError, match="loss is 'cross'; give one of \"softmax"):
        as_loss("cross", 3)
    with pytest.raises(ValueError, match="loss is 3; give one of"):
        schuss.Model([schuss.Dense(2)], loss=3)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"label_smoothing": 1}, ValueError, "label_smoothing is 1; give a number"),
        ({"label_smoothing": -0.1}, ValueError, "label_smoothing is -0.1; give"),
        ({"label_smoothing": "a"}, TypeError, "label_smoothing is 'a'; give a number"),
        ({"class_weight": "even"}, ValueError, "class_weight is 'even'; give \"balan"),
        ({"class_weight": 3}, TypeError, 'class_weight is 3; give "balanced"'),
        ({"class_weight": [[1.0]]}, TypeError, r"class_weight is \[\[1.0\]\]; give"),
        ({"class_weight": [1, -1]}, ValueError, r"class_weight\[1\] is -1; give a num"),
        ({"class_weight": [np.nan]}, ValueError, r"class_weight\[0\] is .*nan.*; give"),
        ({"class_weight": {0.5: 1}}, TypeError, "a class of class_weight is 0.5; give"),
        ({"class_weight": {-1: 1}}, ValueError, "a class of class_weight is -1; give"),
        ({"class_weight": {1: "a"}}, TypeError, r"class_weight\[1\] is 'a'; give a nu"),
    ],
)
def test_cross_entropies_that_are_none_are_refused(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        schuss.SoftmaxCrossEntropy(**arguments)


def test_class_weights_suit_the_outputs():
    for given, sentence in (
        ([1, 2], "class_weight has 2 numbers, but the model has 3 outputs; give one"),
        ({3: 1.0}, "class_weight has class 3, but the model has 3 outputs; give class"),
    ):
        loss = schuss.SoftmaxCrossEntropy(class_weight=given)
        with pytest.raises(ValueError, match=sentence):
            schuss.Model([schuss.Dense(3)], loss=loss)
    for given in ([1, 2, 3], {2: 1.0}, {}, "balanced"):
        loss = schuss.SoftmaxCrossEntropy(class_weight=given)
        schuss.Model([schuss.Dense(3)], loss=loss)


def test_class_weights_are_copied():
    given = np.array([1.0, 2.0])
    loss = schuss.SoftmaxCrossEntropy(class_weight=given)
    given[0] = 5
    assert loss.class_weight == (1.0, 2.0)
