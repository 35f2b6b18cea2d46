"""Descriptions of losses name kernels that exist."""

from schuss import reference
from schuss.losses import LOSSES


def test_every_loss_has_a_kernel():
    assert set(LOSSES) == set(reference.LOSSES)
    assert all(loss.name == name for name, loss in LOSSES.items())
