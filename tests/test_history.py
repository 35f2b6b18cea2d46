"""The history grows by one number per key and epoch, or by several at once."""

import sys

import numpy as np
import pytest

from schuss import History


def test_history():
    history = History()
    history.add(loss=2.0, seconds=0.5)
    history.add(loss=1.0, seconds=0.25)
    history.finish()
    assert list(history) == ["loss", "seconds"]
    np.testing.assert_array_equal(history["loss"], [2.0, 1.0])


def test_epochs_may_come_one_by_one_and_many_at_once():
    history = History()
    history.add(loss=np.array([5.0, 4.0]), accuracy=np.array([0.25, 0.5]))
    history.add(loss=3.0, accuracy=1)
    history.add(loss=np.array([2.0]), accuracy=np.array([0.75]))
    assert history.last() == {"loss": 2.0, "accuracy": 0.75}
    assert all(type(value) is float for value in history.last().values())
    history.finish()
    np.testing.assert_array_equal(history["loss"], [5.0, 4.0, 3.0, 2.0])
    np.testing.assert_array_equal(history["accuracy"], [0.25, 0.5, 1.0, 0.75])
    assert all(values.dtype == np.float64 for values in history.values())


def test_what_was_added_does_not_follow_its_array():
    history, losses = History(), np.array([2.0, 1.0])
    history.add(loss=losses)
    history.finish()
    losses[:] = 0
    np.testing.assert_array_equal(history["loss"], [2.0, 1.0])


def test_a_history_of_nothing():
    history = History()
    assert history.last() == {}
    history.finish()
    assert history == {}


def test_a_history_becomes_a_table():
    pandas = pytest.importorskip("pandas")
    history = History(first_epoch=5)
    history.add(loss=np.array([5.0, 4.0]), seconds=np.array([0.25, 0.5]))
    history.finish()
    table = history.to_pandas()
    assert isinstance(table, pandas.DataFrame)
    assert list(table.columns) == ["loss", "seconds"]
    assert list(table.index) == [5, 6] and table.index.name == "epoch"
    np.testing.assert_array_equal(table["loss"], history["loss"])
    assert len(History().to_pandas()) == 0


def test_without_pandas_there_is_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="to_pandas needs pandas; pip install pandas"):
        History().to_pandas()


def test_it_can_be_read_before_it_is_complete():
    history = History()
    for epochs in range(3):
        history.finish()
        assert len(history.get("loss", ())) == epochs
        history.add(loss=1.0)
