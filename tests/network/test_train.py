"""Twenty steps of both engines within a derived bound; the same bits on any team."""

import itertools

import numpy as np
import pytest
from bounds import ACTIVATION_ULP, gamma, roundoff, slope_magnitude
from bounds import softmax as softmax_bound

from schuss import _core, reference

STEPS, BATCH, RATE, MOMENTUM, L2 = 20, 6, 0.3, 0.8, 0.01
WIDTHS = [3, 4, 3]


def make(dtype, activation, nesterov, engine="native"):
    layers = [(WIDTHS[1], activation), (WIDTHS[2], "identity")]
    loss = "softmax_cross_entropy"
    if engine == "reference":
        network = reference.Network(WIDTHS[0], layers, loss, dtype=dtype)
    else:
        network = getattr(_core, dtype).Network(WIDTHS[0], layers, loss)
    rng = np.random.default_rng(3)
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(WIDTHS)):
        weights = rng.normal(size=(fan_in, fan_out)).astype(np.float32)
        bias = rng.normal(size=fan_out).astype(np.float32)
        network.set_parameters(layer, weights.astype(dtype), bias.astype(dtype))
    network.start("sgd", [MOMENTUM, float(nesterov)], L2)
    return network


def data():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(3 * BATCH, WIDTHS[0])).astype(np.float32)
    y = rng.integers(WIDTHS[-1], size=len(X)).astype(np.int32)
    return X, y, np.concatenate([rng.permutation(len(X)) for _ in range(7)])


def flat(network):
    pairs = [network.parameters(layer) for layer in range(len(WIDTHS) - 1)]
    return np.concatenate([array.ravel() for pair in pairs for array in pair])


class Exact:
    """The reference in float64 as a map of one state vector (weights, velocity)."""

    def __init__(self, activation, nesterov):
        self.activation = activation
        self.network = make("float64", activation, nesterov, "reference")
        self.state = np.concatenate([flat(self.network), np.zeros(self.size)])

    @property
    def size(self):
        return len(flat(self.network))

    def put(self, state):
        parts, start = [], 0
        for fan_in, fan_out in itertools.pairwise(WIDTHS):
            for shape in ((fan_in, fan_out), (fan_out,)):
                stop = start + int(np.prod(shape))
                parts.append((state[start:stop].reshape(shape), slice(start, stop)))
                start = stop
        for layer in range(len(WIDTHS) - 1):
            pair = parts[2 * layer : 2 * layer + 2]
            self.network.set_parameters(layer, pair[0][0], pair[1][0])
            for kind, (array, part) in enumerate(pair):
                velocity = state[self.size :][part].reshape(array.shape)
                self.network._state[layer][kind] = [velocity]

    def step(self, state, x, y):
        self.put(state)
        loss = self.network.step(x, y, RATE)
        velocity = [slot[0].ravel() for layer in self.network._state for slot in layer]
        return np.concatenate([flat(self.network), *velocity]), loss

    def jacobian(self, state, x, y):
        h = np.finfo(np.float64).eps ** (1 / 3)
        columns = []
        for i in range(len(state)):
            move = np.zeros_like(state)
            move[i] = h
            above, below = self.step(state + move, x, y), self.step(state - move, x, y)
            columns.append((above[0] - below[0]) / (2 * h))
        return np.stack(columns, axis=1)

    def local_error(self, state, x, y, dtype):
        """What rounding in one step, from an exact state, can do to the next state."""
        self.put(state)
        (w1, b1), (w2, b2) = (self.network.parameters(layer) for layer in (0, 1))
        aw1, aw2, ax = np.abs(w1), np.abs(w2), np.abs(x)
        h = self.network.forward(x)
        h = self.network.outputs[1]
        logits, batch = self.network.outputs[2], len(x)

        def g(n):
            return gamma(n, dtype)

        # Down: each product's own error, and the error of what it was given.
        e_s = g(x.shape[1] + 2) * (ax @ aw1 + np.abs(b1))
        e_h = e_s + 2 * ACTIVATION_ULP[self.activation] * roundoff(dtype) * np.abs(h)
        e_logits = g(len(w2) + 2) * (np.abs(h) @ aw2 + np.abs(b2)) + e_h @ aw2
        # Turn: dp_i = p_i (ds_i - sum_j p_j ds_j).
        p = reference.softmax(logits)
        truth = np.eye(WIDTHS[-1])[y]
        e_p = p * (e_logits + (p * e_logits).sum(axis=1, keepdims=True))
        e_p = e_p + softmax_bound(logits, p, dtype)
        d2 = (p - truth) / batch
        e_d2 = (e_p + g(4) * (p + truth)) / batch
        # Up: the same for the products with the transposes.
        d_h = d2 @ w2.T
        e_dh = e_d2 @ aw2.T + g(WIDTHS[-1] + 2) * (np.abs(d2) @ aw2.T)
        steep = slope_magnitude(self.activation, h)
        d1 = reference.ACTIVATIONS[self.activation][1](h, d_h)
        curvature = {"relu": 0.0, "tanh": 2.0, "sigmoid": 1.0}[self.activation]
        e_d1 = e_dh * steep + np.abs(d_h) * (curvature * e_h + g(4) * steep)
        gradient, error = [], []
        for a, e_a, d, e_d in ((x, 0 * ax, d1, e_d1), (h, e_h, d2, e_d2)):
            ones = np.ones((batch, 1))
            for t, e_t in ((np.abs(a), e_a), (ones, 0 * ones)):
                own = t.T @ e_d + e_t.T @ np.abs(d) + g(batch + 2) * t.T @ np.abs(d)
                gradient.append((t.T @ np.abs(d)).ravel())
                error.append(own.ravel())
        # Once: the update is a handful of operations per weight.
        gradient, error = np.concatenate(gradient), np.concatenate(error)
        w, v = np.abs(state[: self.size]), np.abs(state[self.size :])
        terms = gradient + 2 * L2 * w
        e_v = error + g(6) * (terms + MOMENTUM * v)
        terms_v = terms + MOMENTUM * v
        e_direction = error + e_v + g(6) * (terms + terms_v)
        e_w = RATE * e_direction + g(6) * (w + RATE * (terms + terms_v))
        return 1.01 * np.concatenate([e_w, e_v])


@pytest.fixture(scope="module", params=["sigmoid", "tanh", "relu"])
def trajectory(request):
    """For both precisions: the exact states after each step, and the error allowed.

    Rounding in step s moves the next state by at most e_s, and the steps after it carry
    that on by their Jacobians: E_t = sum_s |J_t ... J_(s+1)| e_s, to first order.
    Doubling the sum pays for the second, which is of order E^2.
    """
    nesterov = request.param == "tanh"
    exact = Exact(request.param, nesterov)
    X, y, order = data()
    state, carried = exact.state, []
    local = {"float32": [], "float64": []}
    states, bounds = [], {dtype: [] for dtype in local}
    for step in range(STEPS):
        rows = order[step * BATCH : (step + 1) * BATCH]
        x, labels = X[rows].astype(np.float64), y[rows]
        jacobian = exact.jacobian(state, x, labels)
        carried = [jacobian @ earlier for earlier in carried] + [np.eye(len(state))]
        for dtype, errors in local.items():
            errors.append(exact.local_error(state, x, labels, dtype))
            pairs = zip(carried, errors, strict=True)
            total = sum(np.abs(carry) @ error for carry, error in pairs)
            bounds[dtype].append(2 * total[: exact.size])
        state, _ = exact.step(state, x, labels)
        states.append(state[: exact.size])
    return request.param, nesterov, states, bounds


def follow(network, bounds, states):
    X, y, order = data()
    for step in range(STEPS):
        rows = order[step * BATCH : (step + 1) * BATCH]
        network.train(X, y, rows, BATCH, np.array([RATE]))
        error = np.abs(flat(network) - states[step])
        assert np.all(error <= bounds[step]), f"step {step}"


def test_native_follows_the_reference(isa, dtype, trajectory):
    activation, nesterov, states, bounds = trajectory
    follow(make(dtype, activation, nesterov), bounds[dtype], states)


def test_reference_follows_itself_in_float64(dtype, trajectory):
    activation, nesterov, states, bounds = trajectory
    follow(make(dtype, activation, nesterov, "reference"), bounds[dtype], states)


def test_the_bound_is_worth_something(trajectory):
    *_, bounds = trajectory
    assert max(bound.max() for bound in bounds["float32"]) < 2e-3
    assert max(bound.max() for bound in bounds["float64"]) < 4e-12


def test_a_wrong_momentum_leaves_the_bound(trajectory):
    activation, nesterov, states, bounds = trajectory
    network = make("float32", activation, nesterov)
    network.start("sgd", [MOMENTUM * 1.01, float(nesterov)], L2)
    with pytest.raises(AssertionError, match="step"):
        follow(network, bounds["float32"], states)


def trained(dtype, batch, rows=77):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(rows, 40)).astype(np.float32)
    y = rng.integers(5, size=rows).astype(np.int32)
    widths = [40, 33, 17, 5]
    layers = [(33, "relu"), (17, "tanh"), (5, "identity")]
    network = getattr(_core, dtype).Network(40, layers, "softmax_cross_entropy")
    for layer, (a, b) in enumerate(itertools.pairwise(widths)):
        weights = rng.normal(size=(a, b)) / np.sqrt(a)
        network.set_parameters(layer, weights, np.zeros(b))
    network.start("sgd", [0.9, 1.0], 1e-3)
    order = np.concatenate([rng.permutation(rows) for _ in range(3)])
    steps = -(-len(order) // batch)
    losses, correct = network.train(X, y, order, batch, np.full(steps, 0.05))
    evaluation = network.evaluate(X, y)
    pairs = [network.parameters(layer) for layer in range(3)]
    outputs = network.predict(X, probabilities=True)
    return losses, correct, evaluation, pairs, outputs


@pytest.mark.parametrize("batch", [1, 13, 45, 231])
def test_threads_do_not_change_a_bit(isa, dtype, threads, batch):
    results = []
    for count in (1, 2, 3, 8):
        threads(count)
        results.append(repr_bits(trained(dtype, batch)))
    assert all(result == results[0] for result in results)


def repr_bits(value):
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, (tuple, list)):
        return [repr_bits(item) for item in value]
    return repr(value)


def test_long_batches_are_chunks_of_one_step(isa, threads):
    """A batch of more than 512 rows is one step, whatever it is cut into."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(1300, 9))
    y = rng.integers(3, size=1300).astype(np.int32)
    networks = [
        _core.float64.Network(9, [(3, "identity")], "softmax_cross_entropy"),
        reference.Network(9, [(3, "identity")], "softmax_cross_entropy", dtype="f8"),
    ]
    threads(2)
    for network in networks:
        network.set_parameters(0, np.full((9, 3), 0.1), np.zeros(3))
        network.start("sgd", [0.0, 0.0])
        losses, _ = network.train(X, y, np.arange(1300), 1300, np.array([0.5]))
        assert losses.shape == (1,)
    # 1300 terms of magnitude below 5 per weight, divided by 1300 again.
    np.testing.assert_allclose(
        networks[0].parameters(0)[0], networks[1].parameters(0)[0], rtol=0, atol=1e-12
    )


def test_losses_and_hits_are_those_before_each_update(isa):
    X, y, order = data()
    network, twin = make("float64", "tanh", False), make("float64", "tanh", False)
    losses, correct = network.train(X, y, order[: 3 * BATCH], BATCH, np.full(3, RATE))
    hits = 0
    for step in range(3):
        rows = order[step * BATCH : (step + 1) * BATCH]
        loss, right = twin.evaluate(X[rows], y[rows])
        assert losses[step] == pytest.approx(loss, rel=1e-14)
        hits += right
        twin.train(X, y, rows, BATCH, np.array([RATE]))
    assert correct == hits


def test_a_loss_that_is_not_finite_ends_the_run(isa, dtype):
    X, y, order = data()
    network = make(dtype, "relu", False)
    rates = np.full(21, np.finfo(dtype).max / 2)
    losses, _ = network.train(X, y, order, BATCH, rates)
    assert 1 <= len(losses) < 21
    assert not np.isfinite(losses[-1]) and np.isfinite(losses[:-1]).all()
