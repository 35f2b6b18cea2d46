"""Descriptions of losses: each is a kernel, known by its name."""

import pytest

import schuss
from schuss import reference
from schuss.losses import LOSSES, as_loss


def test_every_loss_is_a_kernel():
    assert set(LOSSES) == set(reference.LOSSES)
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
