"""The record of a search: sorted, aligned, and drawn as it is."""

import math

import numpy as np
import pytest

import schuss
from schuss.history import History


def trial(number, score, error=None, **parameters):
    parameters = {"units": 8 * (number + 1), "rate": 10.0**-number} | parameters
    best = None if error else 1
    return schuss.Trial(number, parameters, 3, score, best, 0.25, History(), error)


def tuning(mode="min", interrupted=False, failed=True):
    trials = [trial(0, 0.5), trial(1, 0.125), trial(2, 0.25)]
    if failed:
        trials.append(trial(3, math.nan, "FloatingPointError: the loss\nis no number"))
    best = trials[1] if mode == "min" else trials[0]
    model = schuss.Model([schuss.Dense(2)])
    return schuss.Tuning(tuple(trials), best, model, "val_loss", mode, interrupted)


def test_the_best():
    found = tuning()
    assert found.best_parameters == {"units": 16, "rate": 0.1}
    assert found.best_score == 0.125
    with pytest.raises(AttributeError):
        found.monitor = "loss"
    assert "trials=" not in repr(found) and "val_loss" in repr(found)


def test_the_table_is_sorted_and_failures_come_last():
    rows = tuning().table()
    assert [row["trial"] for row in rows] == [1, 2, 0, 3]
    seconds, error = rows[0].pop("seconds"), rows[3].pop("error")
    assert (seconds, error) == (0.25, "FloatingPointError: the loss\nis no number")
    assert rows[0] == {
        "trial": 1, "val_loss": 0.125, "best_epoch": 1, "epochs": 3,
        "param_units": 16, "param_rate": 0.1, "error": None,
    }  # fmt: skip
    assert [row["trial"] for row in tuning("max").table()] == [0, 2, 1, 3]


def test_print_writes_the_table():
    lines = str(tuning()).splitlines()
    assert lines[0].split() == [
        "trial", "val_loss", "epochs", "seconds", "units", "rate", "error"
    ]  # fmt: skip
    assert lines[1].split() == ["1", "0.125", "3", "0.25", "16", "0.1"]
    assert lines[4].endswith("FloatingPointError: the loss is no number")
    assert len(lines[1]) == len(lines[2]) == len(lines[3])  # the rate ends them
    assert "error" not in str(tuning(failed=False))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (schuss.Adam(), "Adam()"),
        (schuss.SGD(0.5, momentum=0.9), "SGD(learning_rate=0.5, momentum=0.9)"),
        (schuss.L2(0.25), "L2(alpha=0.25)"),
        (None, ""),
        ("two\nlines", "two lines"),
        (1 / 3, "0.3333"),
        ((32, 16), "(32, 16)"),
        (schuss.Adam, "<class 'schuss.optimizers.Adam'>"),
    ],
)
def test_print_is_brief(value, text):
    each = trial(0, 0.5, what=value)
    model = schuss.Model([schuss.Dense(2)])
    found = schuss.Tuning((each,), each, model, "val_loss", "min")
    head, line = str(found).splitlines()
    assert head.split() == [
        "trial",
        "val_loss",
        "epochs",
        "seconds",
        "units",
        "rate",
        "what",
    ]
    assert line.split("8     1", 1)[1].strip() == text


def test_print_says_what_is_missing():
    assert "interrupted" not in str(tuning())
    last = str(tuning(interrupted=True)).splitlines()[-1]
    assert last == "interrupted: trials that had not finished are missing"


def test_to_pandas():
    pytest.importorskip("pandas")
    table = tuning().to_pandas()
    assert table.reset_index().columns.tolist() == list(tuning().table()[0])
    assert table.index.name == "trial" and list(table.index) == [1, 2, 0, 3]
    assert table["val_loss"].idxmin() == 1 and math.isnan(table["val_loss"][3])


def test_to_pandas_without_pandas(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ImportError, match="to_pandas needs pandas; pip install pandas"):
        tuning().to_pandas()


def test_plot():
    pytest.importorskip("matplotlib")
    found = tuning()
    (axes,) = found.plot().axes
    dots, star = axes.lines
    np.testing.assert_array_equal(dots.get_xdata(), [0, 1, 2])
    np.testing.assert_array_equal(dots.get_ydata(), [0.5, 0.125, 0.25])
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (1, 0.125)
    assert axes.get_xlabel() == "trial" and axes.get_ylabel() == "val_loss"
    (axes,) = found.plot("rate").axes
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [1.0, 0.1, 0.01])
    assert axes.get_xscale() == "log" and axes.get_xlabel() == "rate"
    assert found.plot("units", axes) is axes.figure and len(axes.lines) == 4
    assert found.plot("units").axes[0].get_xscale() == "linear"


def test_refusals_of_a_plot():
    with pytest.raises(ValueError, match='parameter is \'depth\'; .* "units", "rate"'):
        tuning().plot("depth")
    pytest.importorskip("matplotlib")
    with pytest.raises(TypeError, match="ax is 3; give axes"):
        tuning().plot(ax=3)
