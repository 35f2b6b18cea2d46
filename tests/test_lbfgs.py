"""The description of L-BFGS: what it takes, and what it says without SciPy."""

import pytest

import schuss
from schuss import lbfgs


def test_it_is_what_it_was_given():
    pytest.importorskip("scipy")
    optimizer = schuss.LBFGS(memory=5)
    assert (optimizer.memory, optimizer.tolerance, optimizer.line_search) == (5, 0, 20)
    assert repr(optimizer) == (
        "LBFGS(memory=5, tolerance=0.0, line_search=20, gradient_tolerance=0.0, "
        "evaluations=None)"
    )


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"memory": 0}, ValueError, "memory is 0; give a whole number of at least 1"),
        ({"memory": 2.0}, TypeError, "memory is 2.0; give a whole number"),
        ({"tolerance": -1.0}, ValueError, "tolerance is -1.0; give a number of at"),
        ({"line_search": 0}, ValueError, "line_search is 0; give a whole number"),
        ({"gradient_tolerance": -1}, ValueError, "gradient_tolerance is -1; give"),
        ({"evaluations": 0}, ValueError, "evaluations is 0; give a whole number"),
        ({"learning_rate": 0.1}, TypeError, "learning_rate"),
    ],
)
def test_bad_arguments_are_refused(options, error, sentence):
    with pytest.raises(error, match=sentence):
        schuss.LBFGS(**options)


def test_without_scipy_it_says_what_to_install(monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(lbfgs, "import_module", absent)
    sentence = r'^LBFGS needs SciPy; pip install "schuss\[lbfgs\]", or SciPy alone.$'
    with pytest.raises(ImportError, match=sentence):
        schuss.LBFGS()
