"""Tests that the figure shows the curves and what is misread, and nothing else."""

import numpy as np
import pytest

from schuss import figures
from schuss.history import History

pytest.importorskip("matplotlib")


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Return a drawer of figures that returns them."""
    from matplotlib.figure import Figure

    made = []
    save = Figure.savefig

    def savefig(figure, path):
        made.append(figure)
        save(figure, path)

    monkeypatch.setattr(Figure, "savefig", savefig)

    def draw(predicted, X, y, epochs=3):
        path = tmp_path / "figure.png"
        figures.demo_figure(history(epochs), predicted, X, y, path)
        assert path.read_bytes().startswith(b"\x89PNG")
        return made[-1]

    return draw


def history(epochs):
    run = History()
    for epoch in range(epochs):
        run.add(loss=1 / (epoch + 1), accuracy=0.5, val_loss=0.9, val_accuracy=0.25)
    run.finish()
    return run


def images(count, side=4):
    return np.arange(count * side * side, dtype=np.uint8).reshape(count, side * side)


def titles(figure):
    return [axes.get_title() for axes in figure.axes if axes.images]


def test_the_curves_are_the_history_with_labels_and_units(drawn):
    y = np.zeros(2, int)
    loss, accuracy = drawn(y, images(2), y).axes[:2]
    np.testing.assert_allclose(loss.lines[0].get_ydata(), [1, 1 / 2, 1 / 3])
    np.testing.assert_array_equal(loss.lines[1].get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(accuracy.lines[1].get_ydata(), [25, 25, 25])
    assert loss.get_ylabel() == "cross-entropy (nats)"
    assert accuracy.get_ylabel() == "accuracy (%)"
    assert loss.get_xlabel() == accuracy.get_xlabel() == "epoch"
    named = [text.get_text() for text in loss.get_legend().get_texts()]
    assert named == ["training", "validation"]


def test_misread_digits_are_shown_with_what_they_were_and_read_as(drawn):
    X, y = images(4), np.array([1, 2, 3, 4])
    figure = drawn(np.array([1, 7, 3, 9]), X, y)
    assert titles(figure) == ["2 → 7", "4 → 9"]
    shown = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    np.testing.assert_array_equal(shown[1], X[3].reshape(4, 4))
    assert "2 of 4 test digits misread (" in figure.subfigs[1].get_suptitle()


@pytest.mark.parametrize("wrong", [0, 10, 25])
def test_ten_misread_digits_are_shown_at_most(drawn, wrong):
    y = np.zeros(30, int)
    figure = drawn((np.arange(30) < wrong).astype(int), images(30), y)
    assert len(titles(figure)) == min(wrong, 10)
    assert ("the first 10" in figure.subfigs[1].get_suptitle()) == (wrong > 10)


def test_one_epoch_is_enough(drawn):
    y = np.zeros(2, int)
    assert len(drawn(y, images(2), y, epochs=1).axes[0].lines[0].get_xdata()) == 1


def test_paths_are_checked_beforehand(tmp_path):
    assert figures.check_path(tmp_path / "x.PNG")
    with pytest.raises(ValueError, match="give one of"):
        figures.check_path(tmp_path / "x.doc")
    with pytest.raises(ValueError, match="give one of"):
        figures.check_path(tmp_path / "x")
    with pytest.raises(FileNotFoundError, match="no folder"):
        figures.check_path(tmp_path / "none" / "x.png")


def test_pyplot_is_left_alone(drawn):
    import sys

    before = "matplotlib.pyplot" in sys.modules
    y = np.zeros(1, int)
    drawn(y, images(1), y)
    assert ("matplotlib.pyplot" in sys.modules) == before


def test_trials_by_what_is_no_number_are_in_categories():
    values, scores = ["tanh", True, "tanh", None], np.array([0.4, 0.3, 0.2, 0.1])
    (axes,) = figures.draw_trials(values, scores, 3, "kind", "val_loss").axes
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [0, 1, 0, 2])
    told = [label.get_text() for label in axes.get_xticklabels()]
    assert told == ["tanh", "True", "None"]
    assert axes.lines[1].get_xdata()[0] == 2 and axes.lines[1].get_ydata()[0] == 0.1
