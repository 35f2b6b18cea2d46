"""Instruction sets and threads: chosen, refused, shown."""

import pytest
from children import run

import schuss
from schuss import _core


def test_threads(threads):
    threads(3)
    assert schuss.get_threads() == 3
    for wrong, error in ((0, ValueError), (-1, ValueError), (1.5, TypeError)):
        with pytest.raises(error, match="count is"):
            threads(wrong)
    assert schuss.get_threads() == 3
    threads(None)
    assert schuss.get_threads() == _core.available_threads()


@pytest.mark.skipif(not _core.threading.startswith("OpenMP"), reason="one thread")
def test_omp_num_threads_is_followed():
    result = run("import schuss; print(schuss.get_threads())", OMP_NUM_THREADS="1")
    assert result.stdout.strip() == "1"


def test_show_config(capsys, isa):
    schuss.show_config()
    text = capsys.readouterr().out
    for fact in (schuss.__version__, _core.compiler, isa, _core.threading, "threads"):
        assert fact in text
