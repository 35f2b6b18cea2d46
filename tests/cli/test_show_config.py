"""The command `schuss show-config`."""

import schuss
from schuss import cli


def test_show_config_is_the_function_of_that_name(capsys):
    schuss.show_config()
    expected = capsys.readouterr().out
    assert cli.main(["show-config"]) == 0
    assert capsys.readouterr().out == expected
