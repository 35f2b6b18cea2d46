"""Evaluation refuses metrics that do not suit; the rest is in the model's tests."""

import bounds
import numpy as np
import pytest

import schuss


def test_metrics_that_do_not_suit_are_refused():
    model = schuss.Model([schuss.Dense(3)]).build(2)
    X, y = np.ones((3, 2)), [0, 1, 2]
    with pytest.raises(ValueError, match="a metric is 'recall'; give one of"):
        model.evaluate(X, y, metrics=["recall"])
    with pytest.raises(ValueError, match="'f1' compares class labels, and y has shape"):
        model.evaluate(X, np.eye(3), metrics=["f1"])
    assert set(model.evaluate(X, np.eye(3), metrics=["log_loss"])) == {
        "loss",
        "log_loss",
    }


def test_the_log_loss_is_the_loss(dtype):
    X, y = schuss.datasets.make_blobs(60, seed=0)
    model = schuss.Model([schuss.Dense(3)], dtype=dtype).build(2)
    logits = model(X)
    p = schuss.reference.softmax(bounds.exact(logits))
    # An error of p relative to it is one of ln p; then a chain of additions.
    errors = bounds.softmax(logits, p, dtype) / p + bounds.log_softmax(logits, p, dtype)
    own = np.arange(60), y
    chain = bounds.gamma(62, dtype) * np.mean(-np.log(p)[own])
    error = float(np.mean(errors[own]) + chain)
    for targets in (y, np.eye(3)[y]):
        values = model.evaluate(X, targets, metrics=["log_loss"])
        assert abs(values["log_loss"] - values["loss"]) <= error
