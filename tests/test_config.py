"""Instruction sets and threads: chosen, refused, shown."""

import pytest
from children import run

import schuss
from schuss import _core
from schuss.config import one_thread_per_call, threads_per_call


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


@pytest.mark.parametrize("before", [None, 3])
def test_one_thread_per_call_until_all_are_done(threads, before):
    threads(before)
    usual = schuss.get_threads()
    first, second = one_thread_per_call(), one_thread_per_call()
    first.__enter__()
    second.__enter__()
    assert schuss.get_threads() == 1
    first.__exit__(None, None, None)
    assert schuss.get_threads() == 1
    second.__exit__(None, None, None)
    assert schuss.get_threads() == usual
    assert _core.requested_threads() == (before or 0)


def test_one_thread_per_call_ends_with_an_error_and_spares_a_later_choice(threads):
    threads(3)
    with pytest.raises(LookupError), one_thread_per_call():
        raise LookupError
    assert schuss.get_threads() == 3
    with one_thread_per_call():
        schuss.set_threads(2)
    assert schuss.get_threads() == 2


@pytest.mark.parametrize("before", [None, 3])
def test_threads_per_call_until_it_is_left(threads, before):
    threads(before)
    with threads_per_call(2):
        assert schuss.get_threads() == 2
    assert _core.requested_threads() == (before or 0)
    with threads_per_call(None):
        schuss.set_threads(1)
    assert schuss.get_threads() == 1
    with pytest.raises(ValueError, match="count is 0"), threads_per_call(0):
        pass
    assert schuss.get_threads() == 1
