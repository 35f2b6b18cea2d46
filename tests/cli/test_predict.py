"""The command `schuss predict`."""

import csv
import io
import json

import pytest

import schuss
from schuss import cli


@pytest.fixture
def model(table, run):
    run("train", table, "--target", "y", "--epochs", "2")
    return "t.safetensors"


def test_predictions_are_those_of_the_model(table, model, run):
    said = run("predict", model, table, "--probabilities")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert len(rows) == 120 and not said.err
    known = schuss.load(model)
    X = {name: [] for name in known.feature_names}
    with open(table) as file:
        for row in csv.DictReader(file):
            for name, cells in X.items():
                cells.append(row[name] if name == "k" else float(row[name]))
    assert [row["prediction"] for row in rows] == known.predict(X).tolist()
    found = [float(row["probability low"]) for row in rows]
    assert found == [float(str(p)) for p in known.predict_proba(X)[:, 1]]


def test_json_to_a_file(table, model, run):
    said = run("predict", model, table, "--json", "--output", "p.json")
    assert said.out == ""
    with open("p.json") as file:
        assert len(json.load(file)["prediction"]) == 120


def test_numbers_without_probabilities(table, run, capsys):
    run("train", table, "--target", "z", "--epochs", "1")
    assert cli.main(["predict", "t.safetensors", table, "--probabilities"]) == 1
    assert "without probabilities" in capsys.readouterr().err


def test_what_is_no_number_is_named_by_its_line(model, capsys):
    with open("new.csv", "w") as file:
        file.write("k,x,z\nc,1,2\nd,one,2\n")
    assert cli.main(["predict", model, "new.csv"]) == 1
    assert "new.csv, line 3: column 'x'" in capsys.readouterr().err


def test_what_is_no_model_is_refused(table, capsys):
    assert cli.main(["predict", table, table]) == 1
    assert "t.csv cannot be loaded" in capsys.readouterr().err


def test_a_model_without_weights_is_refused(table, capsys):
    schuss.Model([schuss.Dense(2)]).save("empty.safetensors")
    assert cli.main(["predict", "empty.safetensors", table]) == 1
    assert capsys.readouterr().err.startswith("schuss: ")
