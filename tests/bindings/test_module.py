"""The module's own facts."""

from schuss import _core


def test_facts():
    assert _core.compiler.split()[0] in ("GNU", "Clang", "AppleClang")
    assert _core.threading.startswith(("OpenMP", "none (built without OpenMP"))
    assert _core.available_threads() >= 1
