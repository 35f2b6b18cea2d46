"""The choice of an instruction set: by default, environment and call."""

import os
import subprocess
import sys

import pytest
from children import run

import schuss


def test_available_isas_end_with_the_default():
    code = "import schuss; print(schuss.get_isa())"
    environment = {key: v for key, v in os.environ.items() if key != "SCHUSS_ISA"}
    output = subprocess.check_output([sys.executable, "-c", code], env=environment)
    assert output.decode().strip() == schuss.available_isas()[-1]


@pytest.mark.parametrize("name", schuss.available_isas())
def test_the_environment_chooses(name):
    result = run("import schuss; print(schuss.get_isa())", SCHUSS_ISA=name)
    assert result.stdout.strip() == name


def test_a_wrong_name_in_the_environment_is_refused_when_it_is_used():
    result = run("import schuss; schuss.get_isa()", SCHUSS_ISA="mmx")
    last = result.stderr.splitlines()[-1]
    assert last.startswith("ValueError: SCHUSS_ISA 'mmx' is not an instruction set")
    assert all(name in last for name in schuss.available_isas())


def test_a_wrong_name_is_refused_and_changes_nothing(isa):
    with pytest.raises(ValueError, match="'mmx' is not an instruction set.*available"):
        schuss.set_isa("mmx")
    assert schuss.get_isa() == isa
