"""Tests of the command: what it says, what it refuses, and its exit codes."""

import os
import subprocess
import sys

import pytest

import schuss
from schuss import cli
from schuss.cli import command, demo


def refused(arguments, capsys):
    """Return the one line that wrong arguments are answered with."""
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 2
    return one_line(capsys)


def one_line(capsys):
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("schuss")
    return lines[0]


def test_the_module_runs_as_the_command_does():
    called = [sys.executable, "-m", "schuss", "--version"]
    done = subprocess.run(called, capture_output=True, text=True, check=True)
    assert done.stdout == f"schuss {schuss.__version__}\n"


COMMANDS = ["train", "predict", "tune", "inspect", "export", "demo", "show-config"]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_teaches_by_example(name, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([*name.split(), "--help"])
    assert stop.value.code == 0
    said = capsys.readouterr().out
    assert f"schuss {name or 'train'}" in said.partition("examples:")[2]
    assert all(len(line) <= 88 for line in said.splitlines())


def test_every_command_is_there(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    said = capsys.readouterr().out
    assert all(f"\n    {name}" in said for name in COMMANDS)


@pytest.mark.parametrize("option", ["--epochs", "--seed"])
@pytest.mark.parametrize("value", ["-1", "1.5", "x", "nan", "", "9" * 5000])
def test_numbers_that_are_none_are_refused(option, value, capsys):
    assert "no whole number" in refused(["demo", f"{option}={value}"], capsys)


def test_zero_is_a_seed_and_no_number_of_epochs(capsys):
    assert "at least 1" in refused(["demo", "--epochs", "0"], capsys)
    assert command.parser().parse_args(["demo", "--seed", "0"]).seed == 0


@pytest.mark.parametrize("arguments", [[], ["dmeo"], ["demo", "--mist"], ["demo", "x"]])
def test_what_is_unknown_or_missing_is_answered_in_one_line(arguments, capsys):
    assert "--help" in refused(arguments, capsys)


def test_a_folder_without_mnist_fails_with_one_line(tmp_path, capsys):
    assert cli.main(["demo", "--no-figure", "--mnist", str(tmp_path)]) == 1
    assert "has no file train-images-idx3-ubyte" in one_line(capsys)


def test_an_unknown_instruction_set_fails_with_one_line():
    called = [sys.executable, "-m", "schuss", "demo", "--no-figure"]
    done = subprocess.run(
        called, capture_output=True, text=True, env=os.environ | {"SCHUSS_ISA": "mmx"}
    )
    assert done.returncode == 1
    assert done.stderr.startswith("schuss: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            PermissionError(13, "Permission denied", "x.png"),
            "x.png: Permission denied.",
        ),
        (OSError(28, "No space left on device"), "No space left on device."),
        (ValueError("y is no good."), "y is no good."),
    ],
)
def test_failures_are_one_sentence(error, said, monkeypatch, capsys):
    monkeypatch.setattr(demo, "run", raiser(error))
    assert cli.main(["demo"]) == 1
    assert one_line(capsys) == f"schuss: {said}"


def test_ctrl_c_ends_with_130(monkeypatch, capsys):
    monkeypatch.setattr(demo, "run", raiser(KeyboardInterrupt()))
    assert cli.main(["demo"]) == 130
    assert one_line(capsys) == "schuss: interrupted."


def test_a_reader_that_has_left_is_no_cause_for_a_traceback():
    code = "import sys; from schuss.cli import main; sys.exit(main(['show-config']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def raiser(error):
    def run(*_):
        raise error

    return run
