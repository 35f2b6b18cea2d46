"""The command `schuss demo`: its options. What it does, the tests of the demo tell."""

from schuss.cli import command, demo


def test_options_reach_the_demo(monkeypatch):
    given = []
    monkeypatch.setattr("schuss.demo.demo", lambda *options: given.extend(options))
    arguments = ["demo", "--mnist", "there", "--epochs", "3", "--seed", "5"]
    demo.run(command.parser().parse_args([*arguments, "--no-figure"]))
    assert [str(option) for option in given] == ["there", "3", "5", "None"]
