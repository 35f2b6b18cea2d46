"""Gives every entry its engine, its random inputs and the check before the clock."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from schuss import _core, reference

ENGINES = {"native": _core.kernels, "reference": reference}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def compare(benchmark: BenchmarkFixture, engine: str) -> Callable[..., None]:
    """Return what times one kernel in one engine, after both gave the same."""

    def run(name: str, *arguments: Any, variant: str = "") -> None:
        native, meant = (getattr(module, name) for module in ENGINES.values())
        assert_close(native(*arguments), meant(*arguments))
        benchmark.group = f"{name} {variant}".strip()
        benchmark(getattr(ENGINES[engine], name), *arguments)

    return run


def assert_close(actual: Any, expected: Any) -> None:
    """Check that two results agree to float32, relative to the largest number."""
    if isinstance(expected, tuple):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected, strict=True):
            assert_close(one, other)
        return
    scale = float(np.max(np.abs(expected)))
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-5 * scale)
