"""Readers of options, and how results are shown."""

import argparse
import json

import pytest

from schuss.cli import options


def test_units():
    assert options.units("64,32") == (64, 32)
    assert options.units("") == ()
    with pytest.raises(argparse.ArgumentTypeError, match="'x' is no whole number"):
        options.units("64,x")


@pytest.mark.parametrize("text", ["0", "1", "-1", "nan", "inf", "x", ""])
def test_numbers_outside_their_interval_are_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="between 0 and 1"):
        options.number(0, 1)(text)


def test_results_are_lines_for_people_and_json_for_programs(capsys):
    results = {"val_loss": 0.123456, "model": "m.safetensors"}
    options.show(results, as_json=False)
    assert capsys.readouterr().out == "val loss  0.1235\nmodel     m.safetensors\n"
    options.show(results, as_json=True)
    assert json.loads(capsys.readouterr().out) == results
