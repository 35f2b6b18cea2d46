"""An average over steps: the formula, on any team, however the steps are taken."""

import bounds
import numpy as np
import pytest

from schuss import _core, reference

# A narrow one; panels; a first layer in parts, by output; stages, with running
# statistics; updates that wait for all gradients; one layer that rests.
NARROW, PANELS, PARTS = (3, 8, 2), (40, 33, 17), (300, 12, 7)
CASES = {
    "narrow": (NARROW, 5, {}, ()),
    "panels": (PANELS, 45, {}, ()),
    "parts": (PARTS, 7, {}, ()),
    "chunks": (PARTS, 700, {}, ()),
    "sweep": (PARTS, 7, {"clip_norm": 0.05, "l1": 1e-3}, ()),
    "rest": (PANELS, 45, {"learning_rate_factors": [0, 1]}, ()),
    "stages": (PANELS, 45, {}, ((1, "batch_norm", (0.1, 1e-3), 0),)),
}
DECAYS = [0.0, 0.5, 0.99]
STEPS = 12


def made(case, dtype, engine="native"):
    (inputs, hidden, outputs), _, rules, stages = CASES[case]
    layers = [(hidden, "tanh"), (outputs, "identity")]
    given = (inputs, layers, "softmax_cross_entropy")
    if engine == "native":
        network = getattr(_core, dtype).Network(*given, stages=stages)
    else:
        network = reference.Network(*given, dtype=dtype, stages=stages)
    rng = np.random.default_rng(1)
    for layer in range(2 + len(stages)):
        shapes = [array.shape for array in network.parameters(layer)]
        arrays = (rng.normal(size=shape).astype(np.float32) / 8 for shape in shapes)
        network.set_parameters(layer, *(np.abs(array) for array in arrays))
    network.start("sgd", [0.9, 0.0], **rules)
    return network


def table(case):
    (inputs, _, outputs), batch, *_ = CASES[case]
    rng = np.random.default_rng(2)
    X = rng.normal(size=(batch + 32, inputs)).astype(np.float32)
    return X, rng.integers(outputs, size=len(X)).astype(np.int32), batch


def training(network, case, first_epoch=0):
    return network.training(*table(case), 4, first_epoch)


def flat(layers):
    return np.concatenate([np.ravel(array) for arrays in layers for array in arrays])


def weights(network, case):
    return flat(network.parameters(layer) for layer in range(2 + len(CASES[case][3])))


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("case", CASES)
def test_it_is_the_weighted_mean_of_all_steps(isa, dtype, case, decay):
    check_mean(dtype, "native", case, decay)


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("case", CASES)
def test_so_is_that_of_the_reference(dtype, case, decay):
    check_mean(dtype, "reference", case, decay)


def check_mean(dtype, engine, case, decay):
    """Of the very weights that each step has left; its own rounding is all there is.

    An error is carried on by (1 - c), and each step adds that of three operations and
    of the rate, which is rounded to `dtype`: 1 - decay^t errs in float64, at small t by
    1 / (1 - decay) roundings, here 100 at most.
    """
    network = made(case, dtype, engine)
    network.start_average(decay)
    steps, path = training(network, case), []
    for _ in range(STEPS):
        assert steps.run(np.full(1, 0.05))[4] is None
        path.append(bounds.exact(weights(network, case)))
    path = np.array(path)
    shares = path.dtype.type(decay) ** np.arange(STEPS)[::-1]
    truth = shares @ path / shares.sum()
    error = average = np.zeros_like(truth)
    chain = bounds.gamma(4, dtype) + 102 * bounds.roundoff("float64")
    for t, now in enumerate(path, 1):
        rate = (1 - decay) / (1 - decay**t)
        size = np.abs(average) + rate * (np.abs(average) + np.abs(now))
        error = (1 - rate) * error + 1.01 * chain * size
        average = average + rate * (now - average)
    counted, layers = network.average()
    assert counted == STEPS
    assert np.all(np.abs(flat(layers) - truth) <= error)
    if decay:
        assert np.max(np.abs(flat(layers) - path[-1])) > 1e3 * np.max(error)


@pytest.mark.parametrize("case", CASES)
def test_training_does_not_see_it_nor_threads_and_cuts_its_bits(
    isa, dtype, threads, case
):
    alone = made(case, dtype)
    threads(1)
    told = training(alone, case).run(np.full(STEPS, 0.05))
    averages = []
    for count, cuts in ((1, [12]), (2, [12]), (3, [12]), (2, [1, 4, 7])):
        threads(count)
        network = made(case, dtype)
        network.start_average(0.9)
        steps = training(network, case)
        found = [steps.run(np.full(cut, 0.05)) for cut in cuts]
        assert weights(network, case).tobytes() == weights(alone, case).tobytes()
        assert np.array_equal(np.concatenate([run[0] for run in found]), told[0])
        averages.append((network.average()[0], flat(network.average()[1]).tobytes()))
    assert set(averages) == {averages[0]}
    assert averages[0][0] == STEPS


@pytest.mark.parametrize("case", CASES)
def test_both_engines_average_alike(isa, case):
    """In float64: what rounding does in twelve smooth steps stays far below."""
    found = []
    for engine in ("native", "reference"):
        network = made(case, "float64", engine)
        network.start_average(0.9)
        training(network, case).run(np.full(STEPS, 0.05))
        found.append(network.average())
    assert found[0][0] == found[1][0] == STEPS
    np.testing.assert_allclose(*map(flat, (found[0][1], found[1][1])), atol=1e-11)


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("case", ["narrow", "parts", "sweep", "stages"])
def test_it_goes_back_to_the_epoch_with_the_weights(dtype, engine, case):
    network = made(case, dtype, engine)
    network.start_average(0.9)
    steps = training(network, case)
    per_epoch = -(-(CASES[case][1] + 32) // CASES[case][1])
    steps.run(np.full(2 * per_epoch, 0.05))
    before = network.average()
    kept = flat(before[1]).tobytes()
    rates = np.full(per_epoch, 0.05)
    rates[1:] = np.inf
    problem = steps.run(rates)[4]
    assert "finite" in problem
    assert network.average()[0] == before[0]
    assert flat(network.average()[1]).tobytes() == kept


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_it_goes_on_from_where_it_was_set(dtype, engine):
    whole, half, rest = (made("panels", dtype, engine) for _ in range(3))
    for network in (whole, half):
        network.start_average(0.9)
    training(whole, "panels").run(np.full(8, 0.05))
    training(half, "panels").run(np.full(4, 0.05))
    rest.start_average(0.9)
    for layer in (0, 1):
        rest.set_parameters(layer, *half.parameters(layer))
    rest.set_state(*half.state())
    rest.set_average(*half.average())
    training(rest, "panels", first_epoch=2).run(np.full(4, 0.05))
    assert whole.average()[0] == rest.average()[0] == 8
    assert flat(whole.average()[1]).tobytes() == flat(rest.average()[1]).tobytes()


def test_an_optimizer_starts_without_one(dtype):
    for engine in ("native", "reference"):
        network = made("panels", dtype, engine)
        network.start_average(0.9)
        training(network, "panels").run(np.full(2, 0.05))
        network.start("sgd", [0.0, 0.0])
        assert network.average() == (0, [])


def test_what_does_not_fit_is_refused(dtype):
    network = made("panels", dtype)
    with pytest.raises(ValueError, match="there is no average yet; start one"):
        network.set_average(0, [])
    for decay in (-0.1, 1.0, np.nan):
        with pytest.raises(ValueError, match="the decay is"):
            network.start_average(decay)
    network.start_average(0.5)
    training(network, "panels").run(np.full(2, 0.05))
    steps, layers = network.average()
    with pytest.raises(ValueError, match="got an average for 1 layers; the network"):
        network.set_average(1, layers[:1])
    with pytest.raises(ValueError, match="bias of layer 0 must have shape"):
        network.set_average(1, [(layers[0][0], np.zeros(3)), layers[1]])
    assert network.average()[0] == steps == 2
    assert flat(network.average()[1]).tobytes() == flat(layers).tobytes()
