"""The data of a fit, of which only what is trained on is looked at."""

import numpy as np
import pytest

from schuss.losses import MeanSquaredError, SoftmaxCrossEntropy
from schuss.preparation import prepare
from schuss.preprocessing import TabularPreprocessor
from schuss.reading import Reader

TABLE = {"a": np.arange(8.0), "town": np.array(["x", "y"] * 4)}
NAMES = np.array(["no", "yes"] * 4)


def test_labels_and_tables_become_what_a_network_takes():
    reader = Reader(
        SoftmaxCrossEntropy(), 2, "float32", preprocessing=TabularPreprocessor()
    )
    training, validation, learned = prepare(
        reader, TABLE, NAMES, trained=False, seed=1, fraction=0.25, metrics=["f1"]
    )
    assert training.X.shape == (6, 2) and training.X.dtype == np.float32
    assert training.targets.tolist() == [0, 1] * 3 or len(training.targets) == 6
    (held,) = validation.sets
    assert held.X.shape == (2, 2) and held.name == "val"
    assert learned.classes.tolist() == validation.classes.tolist() == ["no", "yes"]
    assert learned.feature_names == ["a", "town"]
    assert reader.classes is None and not reader.preprocessing.is_fitted


def test_without_validation_there_is_none():
    reader = Reader(MeanSquaredError(), 1, "float64")
    X, y = np.ones((3, 2)), np.ones(3)
    training, validation, learned = prepare(reader, X, y, trained=False, seed=0)
    assert training.X is X and validation is None
    assert (learned.columns, learned.classes, learned.feature_names) == (2, None, None)
    with pytest.raises(
        ValueError, match="there are validation_data and a validation_f"
    ):
        prepare(reader, X, y, trained=False, seed=0, data=(X, y), fraction=0.5)
