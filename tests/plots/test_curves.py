"""Learning curves are the history; the line's losses are those of the weights on it."""

import sys

import numpy as np
import pytest

import schuss
from schuss.history import History
from schuss.plots import learning_curves, loss_along_line

pytest.importorskip("matplotlib")


def run(epochs=3, first=0, **values):
    history = History(first)
    for epoch in range(epochs):
        history.add(**{key: value / (epoch + 1) for key, value in values.items()})
    history.finish()
    return history


def named(axes):
    legend = axes.get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def test_curves_are_the_history():
    history = run(loss=1.0, learning_rate=0.1, val_loss=2.0, val_log_loss=9.0)
    figure = history.plot()
    (axes,) = figure.axes
    assert named(axes) == ["training", "validation"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
    assert len(axes.lines) == 2
    for line, top in zip(axes.lines, (1.0, 2.0), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
        np.testing.assert_array_equal(line.get_ydata(), top / np.arange(1, 4))
    assert axes.lines[0].get_color() != axes.lines[1].get_color()
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()


def test_other_metrics_of_sets_with_names():
    history = run(loss=1, val_loss=1, test_loss=1, val_log_loss=3, test_log_loss=4)
    axes = history.plot("log_loss").axes[0]
    assert named(axes) == ["validation", "test"]
    assert axes.get_ylabel() == "log loss"
    assert [line.get_ydata()[0] for line in axes.lines] == [3, 4]


def test_one_curve_needs_no_legend():
    axes = run(loss=1, learning_rate=0.1).plot("learning_rate").axes[0]
    assert named(axes) == [] and axes.get_ylabel() == "learning rate"
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), 0.1 / np.arange(1, 4))


def test_epochs_are_counted_as_in_the_fit():
    axes = run(epochs=2, first=10, loss=1).plot().axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [11, 12])
    assert all(tick == int(tick) for tick in axes.get_xticks())


@pytest.mark.parametrize(("epochs", "marked"), [(1, True), (50, True), (51, False)])
def test_few_epochs_have_markers(epochs, marked):
    line = run(epochs=epochs, loss=1).plot().axes[0].lines[0]
    assert (line.get_marker() != "None") == marked


def test_curves_share_axes():
    figure = run(loss=1).plot()
    axes = figure.axes[0]
    assert learning_curves(run(loss=5), ax=axes) is figure
    assert [line.get_ydata()[0] for line in axes.lines] == [1, 5]


def test_what_is_not_there_is_not_drawn():
    with pytest.raises(ValueError, match="the history has no epochs to draw"):
        History().plot()
    told = 'metric is \'f1\'; give one of "loss", "learning_rate", "accuracy".'
    with pytest.raises(ValueError, match=told):
        run(loss=1, learning_rate=1, val_loss=1, val_accuracy=1).plot("f1")
    with pytest.raises(TypeError, match="ax is 'here'; give axes"):
        run(loss=1).plot(ax="here")


@pytest.fixture(params=["native", "reference"])
def fitted(request):
    """A model, its weights before and after a fit, and what it was fitted to."""
    X, y = schuss.datasets.make_moons(40, seed=0)
    layers = [schuss.Dense(4, "tanh"), schuss.Dense(2)]
    model = schuss.Model(layers, engine=request.param, dtype="float64").build(2)
    start = model.weights
    model.fit(X, y, epochs=5, verbose=False)
    return model, start, model.weights, X, y


def test_the_line_joins_two_models(fitted):
    model, start, end, X, y = fitted
    positions = [0, 0.25, 1, 1.5]
    axes = loss_along_line(*fitted, positions=positions).axes[0]
    (line,) = axes.lines
    np.testing.assert_array_equal(line.get_xdata(), positions)
    for pair, kept in zip(model.weights, end, strict=True):
        np.testing.assert_array_equal(pair[0], kept[0])
    for place, loss in zip(positions, line.get_ydata(), strict=True):
        mixed = [
            ((1 - place) * w + place * v, (1 - place) * b + place * c)
            for (w, b), (v, c) in zip(start, end, strict=True)
        ]
        model.set_weights(mixed)
        assert loss == model.evaluate(X, y)["loss"]
    assert "0: start, 1: end" in axes.get_xlabel() and axes.get_ylabel() == "loss"


def test_two_sets_on_one_line(fitted):
    model, start, end, X, y = fitted
    figure = loss_along_line(*fitted, label="training")
    axes = figure.axes[0]
    assert loss_along_line(model, start, end, -X, y, label="b", ax=axes) is figure
    assert named(axes) == ["training", "b"]
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()
    assert len(axes.lines[0].get_xdata()) == 61


def test_lines_that_are_none(fitted):
    model, start, _, X, y = fitted
    with pytest.raises(ValueError, match="got weights for 1 layers; the model has 2"):
        loss_along_line(model, start, start[:1], X, y)
    with pytest.raises(ValueError, match="weights of layer 0 have shape"):
        loss_along_line(model, start, start[::-1], X, y)
    for positions in ([], [[0, 1]], [np.nan]):
        with pytest.raises(ValueError, match="positions .* give finite numbers"):
            loss_along_line(*fitted, positions=positions)


def test_without_matplotlib_one_sentence_tells_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    with pytest.raises(ImportError, match=r"pip install \"schuss\[plot\]\""):
        run(loss=1).plot()
