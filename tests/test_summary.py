"""The summary's numbers."""

from schuss import Dense, Dropout, GaussianNoise, Rescaling
from schuss.structure import Structure
from schuss.summary import summarize


def test_numbers():
    layers = [Rescaling(0.5), Dense(4, "relu"), Dense(2)]
    text = summarize(Structure(layers), 3, "float64")
    rows = [line.split() for line in text.splitlines()]
    assert rows[1] == ["Rescaling", "0.5", "x", "+", "0", "0", "0"]
    assert rows[2] == ["Dense", "relu", "3", "x", "4", "16", "128"]
    assert rows[3] == ["Dense", "identity", "4", "x", "2", "10", "80"]
    assert rows[4] == ["total", "(float64)", "26", "208"]


def test_inputs_that_are_not_known_yet():
    text = summarize(Structure([Dense(4)]), 0, "float32")
    assert "? x 4" in text and "Rescaling" not in text


def test_what_stands_between():
    layers = [GaussianNoise(0.25), Dense(4), Dropout(1 / 3), Dense(2)]
    rows = [
        line.split() for line in summarize(Structure(layers), 3, "float32").splitlines()
    ]
    assert rows[1] == ["GaussianNoise", "0.25", "0", "0"]
    assert rows[3] == ["Dropout", "0.3333", "0", "0"]
