"""C files compile without a warning and say what the model says."""

import re

import exports
import numpy as np
import pytest
from compilers import COMPILERS, Library, self_test

import schuss
from schuss.export.c_file import c_file
from schuss.export.operations import export

pytestmark = pytest.mark.skipif(not COMPILERS, reason="there is no C compiler")


def function_of(model):
    if model.loss.has_probabilities:
        return "predict_proba"
    return "scores" if model.loss.predicts == "classes" else "predict"


@pytest.mark.parametrize("number", range(exports.COUNT))
def test_a_file_says_what_the_model_says(number, dtype, tmp_path):
    model, path = exports.random_model(number, dtype), tmp_path / "model.c"
    X = exports.rows(model)
    model.to_c(path)
    assert set(re.findall("#include.*", path.read_text())) == {"#include <math.h>"}
    library = Library(path)
    values, errors = exports.exact(model, X)
    found = library.table(function_of(model), X, values.shape[1])
    assert np.all(np.abs(found - values) <= errors)
    if model.loss.predicts == "classes":
        assert np.array_equal(library.labels(X), model.predict(X))
    elif model.loss.predicts == "bits":
        events = library.table("predict", X, values.shape[1], np.int32)
        assert np.array_equal(events.squeeze(), model.predict(X))
    assert self_test(COMPILERS[-1], path) == 0


def test_int8_weights_say_what_they_should(dtype, tmp_path):
    model, path = exports.random_model(0, dtype), tmp_path / "small.c"
    model.to_c(path, name="Small_1", quantization="int8")
    assert all(self_test(compiler, path) == 0 for compiler in COMPILERS)
    assert "signed char dense_0_weights" in path.read_text()
    library, X = Library(path, name="Small_1"), exports.rows(model)
    found = library.table("predict_proba", X, 3)
    assert np.max(np.abs(found - model.predict_proba(X))) < 0.1


def test_int8_digits_are_told_as_well(tmp_path):
    model, data = exports.digits()
    library = {}
    for quantization in (None, "int8"):
        path = tmp_path / f"{quantization}.c"
        model.to_c(path, quantization=quantization)
        library[quantization] = Library(path)
    X = data.X_test.astype(np.float32)
    whole, small = (each.labels(X) for each in library.values())
    assert np.array_equal(whole, model.predict(X))
    # One digit of 360 is 0.3 %; measured: none.
    assert np.mean(small == data.y_test) >= np.mean(whole == data.y_test) - 0.006


def test_the_self_test_finds_a_bit_that_is_off(tmp_path):
    model, path = exports.random_model(0, "float32"), tmp_path / "model.c"
    text = c_file(export(model), "model", None)
    place = re.search(r"dense_0_bias\[7\] = {\n\s*(\S+)f,", text)
    changed = f"{float(place[1]) + 0.01}"
    path.write_text(text[: place.start(1)] + changed + text[place.end(1) :])
    assert self_test(COMPILERS[0], path) > 0


def test_classes_have_their_names(tmp_path):
    model, path = schuss.Model([schuss.Dense(3)]).build(2), tmp_path / "model.c"
    model.classes = np.array(['a "b" \\', "möglich", "??/"])
    model.to_c(path)
    assert Library(path, COMPILERS[-1]).texts(3) == list(model.classes)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"name": 1}, TypeError, "name is 1; give a text"),
        ({"name": "2nd"}, ValueError, "with which no name in C can begin"),
        ({"name": "a;b"}, ValueError, "with which no name in C can begin"),
        (
            {"quantization": "int4"},
            ValueError,
            "quantization is 'int4'; give one of \"int8\"",
        ),
    ],
)
def test_what_is_wrong_is_refused(options, error, sentence, tmp_path):
    model = schuss.Model([schuss.Dense(3)]).build(2)
    with pytest.raises(error, match=sentence):
        model.to_c(tmp_path / "model.c", **options)
    assert not list(tmp_path.iterdir())
