"""The text of an explained step: formulas, numbers of both engines, nothing lost."""

import numpy as np
import pytest

import schuss
from schuss import explanation


def xor(engine):
    layers = [schuss.Dense(2, "sigmoid"), schuss.Dense(2)]
    return schuss.Model(layers, engine=engine, dtype="float64", seed=1).build(2)


def test_the_text_has_formulas_and_numbers_of_both_engines():
    explained = xor("native").explain_step(np.array([0, 1], np.uint8), 1)
    text = str(explained)
    expected = [
        "One step of training on one example, in float64, the native engine beside",
        "  x = [ 0  1]",
        "  delta^y = dl/ds",
        "  dh/du = h * (1 - h)",
        "  dl/dW^h = x^T delta^h",
        "Update by SGD(learning_rate=0.1",
        "  new W^h = W^h - eta dl/dW^h",
    ]
    for line in expected:
        assert f"\n{line}" in f"\n{text}", line
    y_hat = explained["y_hat"]
    numbers = " ".join(f"{value:7.4f}" for value in y_hat.value)
    assert f"native     [{numbers}]\n      reference  [{numbers}]" in text
    assert f"differ by {explained.difference:.1g} at most" in text.splitlines()[-1]
    gaps = [np.max(np.abs(e.value - e.reference)) for e in explained.equations]
    assert explained.difference == max(gaps)
    assert repr(explained) == text


def test_the_reference_is_not_compared_with_itself():
    explained = xor("reference").explain_step([0, 1], 1)
    assert explained.difference == 0
    assert "native" not in str(explained) and "reference" not in str(explained)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5000"), (-1e-9, "-1.0e-09"), (2e7 + 0.5, "2.0e+07"), (3, "3"), (0, "0")],
)
def test_numbers_are_short_and_never_rounded_to_nothing(value, text):
    assert explanation._written(np.array(value, float)) == text
