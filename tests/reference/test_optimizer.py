"""The optimizers against PyTorch's and Optax's, on given gradients in float64."""

import numpy as np
import pytest
from bounds import gamma

from schuss import reference
from schuss._core import kernels

STEPS, RATE = 20, 0.05
# One step rounds a number in no chain of more than 12 operations, the corrections of
# Adam, which are powers, included.
ROUNDINGS = 12 * STEPS


# Of each: kernel, settings, l2, decoupled decay, PyTorch's name and options. PyTorch's
# weight_decay d is a penalty with gradient d w, but for AdamW; every epsilon stands
# beside the root and not under it, as it does here.
CASES = {
    "plain": ("sgd", (0.0, 0.0), 0.01, 0.0, "SGD", {"weight_decay": 0.02}),
    "decay": ("sgd", (0.0, 0.0), 0.0, 0.02, "SGD", {"weight_decay": 0.02}),
    "momentum": ("sgd", (0.9, 0.0), 0.0, 0.0, "SGD", {"momentum": 0.9}),
    "nesterov": (
        "sgd",
        (0.9, 1.0),
        0.01,
        0.0,
        "SGD",
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.02},
    ),
    "adam": (
        "adam",
        (0.8, 0.95, 1e-3),
        0.01,
        0.0,
        "Adam",
        {"betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.02},
    ),
    "adamw": (
        "adam",
        (0.8, 0.95, 1e-3),
        0.0,
        0.1,
        "AdamW",
        {"betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1},
    ),
    "rmsprop": (
        "rmsprop",
        (0.9, 0.0, 1e-3),
        0.01,
        0.0,
        "RMSprop",
        {"alpha": 0.9, "eps": 1e-3, "weight_decay": 0.02},
    ),
    "rmsprop, momentum": (
        "rmsprop",
        (0.9, 0.5, 1e-3),
        0.0,
        0.0,
        "RMSprop",
        {"alpha": 0.9, "eps": 1e-3, "momentum": 0.5},
    ),
    "adagrad": (
        "adagrad",
        (0.1, 1e-3),
        0.01,
        0.0,
        "Adagrad",
        {"initial_accumulator_value": 0.1, "eps": 1e-3, "weight_decay": 0.02},
    ),
    "rprop": (
        "rprop",
        (0.4, 1.3, 0.03, 0.1),
        0.0,
        0.0,
        "Rprop",
        {"etas": (0.4, 1.3), "step_sizes": (0.03, 0.1)},
    ),
}


def ours(engine, w, gradients, name, settings, l2, weight_decay):
    """The parameters after every step."""
    state = [np.zeros_like(w)] * reference.OPTIMIZERS[name].slots
    path = []
    for step, g in enumerate(gradients, 1):
        w, *state = getattr(engine, name)(
            w, g, *state, RATE, *settings, l2, step, weight_decay
        )
        path.append(w)
    return path


def theirs(w, gradients, name, options):
    """The parameters after every step."""
    torch = pytest.importorskip("torch")
    parameter = torch.nn.Parameter(torch.from_numpy(w.copy()))
    optimizer = getattr(torch.optim, name)([parameter], lr=RATE, **options)
    path = []
    for g in gradients:
        parameter.grad = torch.from_numpy(g.copy())
        optimizer.step()
        path.append(parameter.detach().numpy().copy())
    return path


# Of some cases: the name and options that mean the same in Optax. Its rprop takes no
# first step, its Adagrad has epsilon under the root.
IN_OPTAX = {
    "momentum": ("sgd", {"momentum": 0.9}),
    "adamw": ("adamw", {"b1": 0.8, "b2": 0.95, "eps": 1e-3, "weight_decay": 0.1}),
    "rmsprop, momentum": (
        "rmsprop",
        {"decay": 0.9, "eps": 1e-3, "eps_in_sqrt": False, "momentum": 0.5},
    ),
}


def in_optax(w, gradients, name, options):
    """The parameters after every step."""
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    path = []
    with jax.enable_x64():
        optimizer = getattr(optax, name)(RATE, **options)
        parameters = jax.numpy.asarray(w)
        state = optimizer.init(parameters)
        for g in gradients:
            change, state = optimizer.update(jax.numpy.asarray(g), state, parameters)
            parameters = optax.apply_updates(parameters, change)
            path.append(np.asarray(parameters))
    return path


def problem(rng):
    w, gradients = rng.normal(size=37), rng.normal(size=(STEPS, 37))
    gradients[rng.random(gradients.shape) < 0.1] = 0
    return w, gradients


def magnitudes(w, gradients, name, settings, l2, weight_decay):
    """The same steps with all terms positive: the sums of their absolute values."""
    return ours(
        reference, np.abs(w), -np.abs(gradients), name, settings, -l2, -weight_decay
    )


@pytest.mark.parametrize("case", CASES)
def test_twenty_steps_are_those_of_pytorch(isa, rng, case):
    *meant, name, options = CASES[case]
    w, gradients = problem(rng)
    hold_against(theirs(w, gradients, name, options), w, gradients, meant)


@pytest.mark.parametrize("case", IN_OPTAX)
def test_twenty_steps_are_those_of_optax(isa, rng, case):
    w, gradients = problem(rng)
    truth = in_optax(w, gradients, *IN_OPTAX[case])
    hold_against(truth, w, gradients, CASES[case][:4])


def hold_against(truth, w, gradients, meant):
    terms = magnitudes(w, gradients, *meant)
    for engine in (kernels, reference):
        path = ours(engine, w, gradients, *meant)
        for a, b, magnitude in zip(path, truth, terms, strict=True):
            # Both sides round.
            assert np.all(np.abs(a - b) <= 2 * gamma(ROUNDINGS, "float64") * magnitude)


@pytest.mark.parametrize("case", CASES)
def test_what_is_a_little_wrong_leaves_the_bound(rng, case):
    *meant, name, options = CASES[case]
    w, gradients = problem(rng)
    truth = theirs(w, gradients * (1 + 1e-9), name, options)
    if name == "Rprop":  # only signs count
        truth = theirs(w, gradients * -1, name, options)
    path, terms = ours(kernels, w, gradients, *meant), magnitudes(w, gradients, *meant)
    bound = 2 * gamma(ROUNDINGS, "float64") * terms[-1]
    assert np.mean(np.abs(path[-1] - truth[-1]) > bound) > 0.5
