"""What a target is taken for, and the network that is made for it."""

import json

import numpy as np
import pytest

import schuss
from schuss.cli.models import make_model, read_model, scaled, task_of, unscaled
from schuss.cli.sources import Data


@pytest.mark.parametrize(
    ("y", "wanted", "classes"),
    [
        (np.array(["a", "b"], object), None, 2),
        (np.array([0, 1, 5]), None, 3),
        (np.array([True, False]), None, 2),
        (np.arange(30), None, 0),
        (np.arange(30), "classification", 30),
        (np.array([0, 1]), "regression", 0),
        (np.array([0.5, 1.0]), None, 0),
    ],
)
def test_what_a_target_is(y, wanted, classes):
    assert task_of(y, "y", wanted).classes == classes


def test_one_class_is_none():
    with pytest.raises(ValueError, match="'y' has one class only, 'a'"):
        task_of(np.array(["a", "a"], object), "y", None)


def test_texts_are_no_numbers():
    with pytest.raises(ValueError, match="'y' has texts"):
        task_of(np.array(["a", "b"], object), "y", "regression")


def test_a_model_of_scaled_numbers_predicts_them_as_they_were(rng):
    X = rng.normal(size=(50, 3))
    task = scaled(task_of(100 + 30 * X[:, 0], "y", None))
    model = make_model(Data(X, None), task, (8,), 0.1, (), 0)
    model.fit(X, task.y, verbose=False)
    before = model(X)
    np.testing.assert_allclose(
        unscaled(model, task)(X), before * task.deviation + task.mean, rtol=1e-4
    )


def test_a_target_that_never_changes_is_left_as_wide_as_it_is():
    task = scaled(task_of(np.full(5, 7.5), "y", None))
    assert task.deviation == 1 and not task.y.any()


def test_bytes_are_rescaled_and_tables_looked_at():
    task = task_of(np.array([0, 1]), "y", None)
    images = make_model(Data(np.zeros((2, 4), np.uint8), None), task, (8,), 0.0, (), 0)
    assert images.preprocessing is None and images.structure.rescaling.scale == 1 / 255
    table = make_model(Data({"a": np.ones(2)}, None), task, (8,), 0.0, ("a",), 0)
    assert table.preprocessing.categorical == ("a",)


def test_descriptions_of_models(tmp_path):
    path = tmp_path / "m.json"
    model = schuss.Model([schuss.Dense(3)], seed=4)
    path.write_text(json.dumps(model.describe()))
    assert read_model(path).describe() == model.describe()
    for text in ("{", "[]", '{"layers": [{"class": "Convolution"}]}'):
        path.write_text(text)
        with pytest.raises(ValueError, match="m.json describes no model"):
            read_model(path)
