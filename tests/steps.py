"""One training step of a small network as maps of flat vectors, and their roundings.

A step from a state s, its parameters and what its optimizer keeps, is the update
U(clip(G(s)), s) of gradients G, whose norms are then limited. Each map is the
reference's in float64.
"""

import itertools

import bounds
import numpy as np
import updates
from bounds import gamma, roundoff

from schuss.reference import max_norm

DTYPES = ("float32", "float64")
CLIPS, LIMIT = {"clip_norm", "clip_value"}, "max_norm"
# What may be left of second order, as a part of the first.
SECOND = 1 / 8


def joined(pairs):
    arrays = [np.ravel(array) for pair in pairs for array in pair]
    return np.concatenate(arrays).astype(np.float64)


def flat(network, depth):
    """A network's state: parameters, then the optimizer's arrays."""
    layers = [network.parameters(layer) for layer in range(depth)]
    return joined(itertools.chain(layers, *network.state()[1]))


def differences(function, x, h):
    """Slopes of a function of a vector, a column per number, 0 over no distance; and
    how far it bends over these distances, all together."""
    here = function(x)
    slopes, bent = np.zeros((len(here), len(x))), np.zeros_like(here)
    for i in np.flatnonzero(h):
        move = np.zeros_like(x)
        move[i] = h[i]
        above, below = function(x + move), function(x - move)
        slopes[:, i] = (above - below) / (2 * h[i])
        bent += np.abs(above - 2 * here + below) / 2
    return slopes, bent


class Twin:
    """A reference network in float64, of dense layers without stages.

    Loss and optimizer are given as a network takes them, the latter with the rules that
    start it beside its settings. Limits are numbers that float32 has.
    """

    def __init__(self, network, loss, loss_settings, optimizer, settings, rules):
        self.network, self.depth = network, network.depth
        self.loss, self.loss_settings = loss, loss_settings
        self.optimizer, self.settings, self.rules = optimizer, settings, rules
        layers = [network.parameters(layer) for layer in range(self.depth)]
        self.shapes = [array.shape for pair in layers for array in pair]
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in self.shapes])
        self.parts = [slice(*pair) for pair in itertools.pairwise([0, *ends])]
        self.size = ends[-1]
        self.start()

    def pairs(self, vector):
        """The layers' arrays, of a number for each parameter."""
        parts = zip(self.parts, self.shapes, strict=True)
        arrays = [vector[part].reshape(shape) for part, shape in parts]
        return list(zip(arrays[::2], arrays[1::2], strict=True))

    def put(self, state, number):
        """Be in a state, before the step of that number."""
        parameters, *slots = map(self.pairs, state.reshape(-1, self.size))
        for layer, pair in enumerate(parameters):
            self.network.set_parameters(layer, *pair)
        self.network.set_state(number - 1, slots)

    def start(self, settings=None, rules=None):
        settings = self.settings if settings is None else settings
        rules = self.rules if rules is None else rules
        self.network.start(self.optimizer, settings, **rules)

    def step(self, state, x, targets, rate, number):
        self.put(state, number)
        self.network.step(x, targets, rate, number)
        return flat(self.network, self.depth)

    def gradients(self, state, x, targets):
        """The loss, then its gradients."""
        self.put(state, 1)
        loss = self.network.differentiate(x, targets)
        gradients = map(self.network.gradients, range(self.depth))
        return np.append(loss, joined(gradients))

    def clip(self, gradients):
        self.network._gradients = self.pairs(gradients)
        return joined(self.network.clipped())

    def update(self, state, given, number):
        """The next state, before norms are limited.

        What is given are clipped gradients, the learning rate and the optimizer's
        settings, then the rules.
        """
        rate, *settings = given[self.size :]
        count = len(self.settings)
        rules = dict(zip(self.rules, settings[count:], strict=True))
        free = {key: rules[key] for key in rules.keys() - CLIPS - {LIMIT}}
        self.start(settings[:count], free)
        self.put(state, number)
        self.network._gradients = self.pairs(given[: self.size])
        self.network.update(rate, number)
        found = flat(self.network, self.depth)
        self.start()
        return found

    def limit(self, state):
        """The state when norms are limited."""
        pairs, limit = self.pairs(state[: self.size]), self.rules[LIMIT]
        limited = [(max_norm(weights, limit), bias) for weights, bias in pairs]
        return np.append(joined(limited), state[self.size :])

    def gradient_errors(self, x, targets, dtype):
        """Of the loss and the gradients that the network has just computed."""
        network, rows = self.network, len(x)
        layers = [network.parameters(layer) for layer in range(self.depth)]
        names, output = network.activations, network.outputs[-1]
        if targets.ndim == 1:
            targets = np.eye(output.shape[1])[targets]
        errors = bounds.outputs(names, layers, x, dtype)
        e_loss, e_delta = bounds.losses(
            self.loss, output, errors[0][-1], targets, dtype, self.loss_settings
        )
        parts = bounds.gradients(names, layers, network, errors, e_delta, dtype)
        pairs = [[error for _, error in pair] for pair in parts]
        return np.append(float(e_loss) / rows, joined(pairs))

    def update_errors(self, state, gradients, rate, number, dtype):
        """Of the update's own roundings."""
        values = [self.pairs(part) for part in state.reshape(-1, self.size)]
        values.insert(1, self.pairs(gradients))
        of = {key: self.rules.get(key, 0.0) for key in ("l2", "weight_decay", "l1")}
        of_bias = [self.rules.get(key, 0.0) for key in ("bias_l2", "", "bias_l1")]
        found = [[] for _ in values[1:]]
        for layer in range(self.depth):
            for kind, (l2, decay, l1) in enumerate((of.values(), of_bias)):
                arrays = [pairs[layer][kind] for pairs in values]
                rule, pulls = getattr(updates, self.optimizer), (l2, number, decay, l1)
                _, errors = rule(*arrays, rate, *self.settings, *pulls, dtype)
                for slot, error in zip(found, errors, strict=True):
                    slot.append(error)
        return joined(found)

    def roundings(self, state, x, targets, rate, number):
        """What they can do in one step, a row per precision: to the loss, and to the
        next state. And the loss with its slopes."""
        loss, *g = self.gradients(state, x, targets)
        slope = np.array(g)
        u = np.array([[roundoff(dtype)] for dtype in DTYPES])
        e_g = np.stack([self.gradient_errors(x, targets, dtype) for dtype in DTYPES])
        e_loss, e_g = e_g[:, 0], e_g[:, 1:]
        g = self.clip(slope)
        if CLIPS & self.rules.keys():
            # The sum of squares, root and quotient in float64; scale and product.
            slopes, _ = differences(self.clip, slope, e_g[0])
            own = gamma(self.size + 4, "float64") + 2.01 * u
            e_g = e_g @ np.abs(slopes).T + own * np.abs(g)
        given = np.array([*g, rate, *self.settings, *self.rules.values()])
        # Settings are rounded to float32; float64 has them as they are.
        e_given = np.hstack([e_g, np.outer([u[0, 0], 0], np.abs(given[self.size :]))])
        slopes, bent = differences(
            lambda given: self.update(state, given, number), given, e_given[0]
        )
        e_u = [self.update_errors(state, g, rate, number, dtype) for dtype in DTYPES]
        errors = e_given @ np.abs(slopes).T + e_u
        assert np.all(bent <= SECOND * errors[0])
        if LIMIT in self.rules:
            free = self.update(state, given, number)
            found, (slopes, _) = (
                self.limit(free),
                differences(self.limit, free, errors[0]),
            )
            own = gamma(len(free) + 6, "float64") + 2.01 * u
            errors = errors @ np.abs(slopes).T + own * np.abs(found) * (found != free)
        return e_loss, errors, loss, slope
