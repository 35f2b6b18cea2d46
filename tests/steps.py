"""One training step of a small network as maps of flat vectors, and their roundings.

A step from a state, the parameters and what the optimizer keeps, computes gradients,
clips them, updates, and limits norms. Each of these is a map of the reference's in
float64, which carries on the errors of those before it by its derivative, and adds its
own: of the gradients (bounds.py), of the update (updates.py), of products with a scale.
Derivatives are central differences over the distances that float32 may be away: so they
see what it sees, and no square is ever below zero.
"""

import itertools

import bounds
import numpy as np
import updates
from bounds import gamma, roundoff

from schuss.reference import max_norm

DTYPES = ("float32", "float64")
U = np.array([[roundoff(dtype)] for dtype in DTYPES])
CLIPS, LIMIT = {"clip_norm", "clip_value"}, "max_norm"
# What second order may add, as a part of the first: a quarter of it here, where errors
# meet the update; half of it where runs differ; the rest is for errors that are bounded
# at one of two states that differ in their last digits.
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
        e_loss, parts = bounds.of_step(
            self.network, self.loss, x, targets, dtype, self.loss_settings
        )
        return np.append(e_loss, joined([[e for _, e in pair] for pair in parts]))

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

    def through_clips(self, gradients, errors):
        """Errors of the gradients once they are clipped: the sum of squares, root and
        quotient in float64; scale and product."""
        if not CLIPS & self.rules.keys():
            return errors
        slopes, _ = differences(self.clip, gradients, errors[0])
        own = gamma(self.size + 4, "float64") + 2.01 * U
        return errors @ np.abs(slopes).T + own * np.abs(self.clip(gradients))

    def through_limit(self, state, errors):
        """Errors of the state once its norms are limited: likewise."""
        if LIMIT not in self.rules:
            return errors
        slopes, _ = differences(self.limit, state, errors[0])
        own, limited = gamma(self.size + 6, "float64") + 2.01 * U, self.limit(state)
        scaled = np.abs(limited) * (limited != state)
        return errors @ np.abs(slopes).T + own * scaled

    def roundings(self, state, x, targets, rate, number):
        """The loss and its slopes; and what roundings of one step can do, a row for
        each precision, to the loss and to the next state."""
        loss, *slope = self.gradients(state, x, targets)
        e_g = np.stack([self.gradient_errors(x, targets, dtype) for dtype in DTYPES])
        e_loss, e_g = e_g[:, 0], self.through_clips(np.array(slope), e_g[:, 1:])
        g = self.clip(np.array(slope))
        settings = np.array([rate, *self.settings, *self.rules.values()])
        # They are rounded to float32; float64 has them as they are.
        e_settings = np.outer([U[0, 0], 0], np.abs(settings))
        given, e_given = np.append(g, settings), np.hstack([e_g, e_settings])
        slopes, bent = differences(
            lambda given: self.update(state, given, number), given, e_given[0]
        )
        e_u = [self.update_errors(state, g, rate, number, dtype) for dtype in DTYPES]
        errors = e_given @ np.abs(slopes).T + e_u
        assert np.all(bent <= SECOND / 4 * errors[0])
        free = self.update(state, given, number)
        return loss, np.array(slope), e_loss, self.through_limit(free, errors)
