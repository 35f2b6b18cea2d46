"""The history grows by one number per key and epoch."""

import numpy as np

from schuss import History


def test_history():
    history = History()
    history.add(loss=2.0, seconds=0.5)
    history.add(loss=1.0, seconds=0.25)
    history.finish()
    assert list(history) == ["loss", "seconds"]
    np.testing.assert_array_equal(history["loss"], [2.0, 1.0])
