"""Both engines answer to one protocol."""

import inspect

import pytest

from schuss import _core, engines, reference


def test_both_engines_have_every_method_of_the_protocol():
    methods = {name for name in vars(engines.Network) if not name.startswith("_")}
    assert len(methods) >= 8
    for network in (_core.float32.Network, _core.float64.Network, reference.Network):
        assert all(inspect.isroutine(getattr(network, name)) for name in methods)


def test_both_engines_train_by_one_protocol():
    kinds = (
        _core.float32.Training,
        _core.float64.Training,
        reference.training.Training,
    )
    methods = {name for name in vars(engines.Training) if not name.startswith("_")}
    assert "run" in methods
    for kind in kinds:
        assert {name for name in vars(kind) if name[0] != "_"} == methods
        assert all(inspect.isroutine(getattr(kind, name)) for name in methods)


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_make_network(engine, dtype):
    network = engines.make_network(
        engine, dtype, 3, [(2, "relu")], "mean_squared_error", 1.0, 0.0
    )
    weights, bias = network.parameters(0)
    assert weights.shape == (3, 2) and bias.shape == (2,)
    assert weights.dtype == bias.dtype == dtype
    assert not weights.any() and not bias.any()
