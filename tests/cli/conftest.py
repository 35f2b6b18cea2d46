"""A table in a file, and the command on it."""

import numpy as np
import pytest

from schuss import cli


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    x, names = rng.normal(size=120), np.array(["low", "high"])
    lines = [
        f"{a},{'cd'[i % 2]},{names[int(a > 0)]},{3 * a + 7}" for i, a in enumerate(x)
    ]
    (tmp_path / "t.csv").write_text("x,k,y,z\n" + "\n".join(lines) + "\n")
    return "t.csv"


@pytest.fixture
def run(capsys):
    def run(*arguments):
        assert cli.main(arguments) == 0
        return capsys.readouterr()

    return run
