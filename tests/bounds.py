"""Error bounds, each derived from the arithmetic it bounds.

u is the unit roundoff: one operation returns its exact result times (1 + d), |d| <= u.
n operations in a chain err by at most gamma(n) = n u / (1 - n u) (N. J. Higham,
"Accuracy and Stability of Numerical Algorithms", 2002, lemma 3.1). A fused
multiply-add errs once where two operations err twice, so bounds hold for both.
Functions with a stated error of k units in the last place err by at most 2 k u.
"""

import numpy as np

from schuss import reference
from schuss.reference import gated
from schuss.reference.elementary import normal_density

# Units in the last place stated in kernels.hpp.
EXP_ULP = 2
LOG_ULP = 2
NORMAL_CDF_ULP = 8
ACTIVATION_ULP = {
    "identity": 0,
    "step": 0,
    "hard_sigmoid": 2,
    "sigmoid": 3,
    "tanh": 3,
    "relu": 0,
    "leaky_relu": 2,
    "elu": 2,
    "selu": 3,
    "softplus": 3,
    "gelu": NORMAL_CDF_ULP + 1,
    "gelu_tanh": 3,
    "silu": 5,
    "mish": 5,
}

# Operations in f'(x) and in its product with a gradient, each of them an error of u at
# most in one of the terms of slope_magnitude; an elementary function counts twice its
# units. Four is room for the others. With s = e^-|x|, of 4 u: silu's gate and its slope
# have 10 of them at most, mish's, where s is squared as is the divisor of 3, 19; then
# come x, a sum, and the gradient.
ROUNDINGS = {
    "softplus": 2 * EXP_ULP + 2,
    "gelu": 2 * NORMAL_CDF_ULP + 3,
    "gelu_tanh": 10 + 6,
    "silu": 10 + 3,
    "mish": 19 + 3,
}
# Where f' jumps.
KINKS = {
    "step": (0,),
    "relu": (0,),
    "leaky_relu": (0,),
    "selu": (0,),
    "hard_sigmoid": (-3, 3),
}
# The largest |f'|, where it is above 1.
STEEPEST = {"selu": 1.76, "gelu": 1.13, "gelu_tanh": 1.13, "silu": 1.1, "mish": 1.09}
# The largest change of f' with what it is computed from: y = f(x), or x.
CURVATURE = {
    "identity": 0,
    "step": 0,
    "hard_sigmoid": 0,
    "sigmoid": 1,
    "tanh": 2,
    "relu": 0,
    "leaky_relu": 0,
    "elu": 1,
    "selu": 1,
    "softplus": 1,
    "gelu": 0.8,
    "gelu_tanh": 0.81,
    "silu": 0.5,
    "mish": 0.65,
}


def roundoff(dtype):
    return float(np.finfo(dtype).eps) / 2


def gamma(n, dtype):
    u = roundoff(dtype)
    return n * u / (1 - n * u)


def exact(array):
    """The same numbers in a precision whose own errors do not matter here."""
    array = np.asarray(array)
    return array.astype(np.float64 if array.dtype == np.float32 else np.longdouble)


def product(a, b, start, dtype):
    """Of start + a b: a chain of depth + 1 terms, each product rounded or not."""
    a, b = np.abs(exact(a)), np.abs(exact(b))
    return gamma(a.shape[1] + 2, dtype) * (np.abs(exact(start)) + a @ b)


def kept(activation, x, y):
    """What the way back of y = f(x) is given."""
    return x if reference.ACTIVATIONS[activation].keeps_input else y


def cubic(x):
    """The argument of GELU's approximation, and its slope."""
    return (
        gated.LINEAR * x + gated.CUBIC * x**3,
        gated.LINEAR + 3 * gated.CUBIC * x**2,
    )


def activation_error(activation, x, y, dtype):
    """Of y = f(x), x being exact.

    The cubic of gelu_tanh has 5 operations, and d ln s(v) = s(-v) dv.
    """
    u, y = roundoff(dtype), np.abs(y)
    error = 2 * ACTIVATION_ULP[activation] * u * y
    if activation == "gelu_tanh":
        v, _ = cubic(x)
        error = error + 5 * u * np.abs(v) * reference.sigmoid(-v) * y
    return error


def slope_magnitude(activation, kept):
    """Sum of the absolute values of the terms of f'(x), written in what is kept."""
    y = size = np.abs(kept)
    s = reference.sigmoid
    mish_gate = np.tanh(reference.softplus(kept))
    terms = {
        "identity": lambda: np.ones_like(y),
        "step": lambda: np.zeros_like(y),
        "hard_sigmoid": lambda: np.ones_like(y) / 6,
        "sigmoid": lambda: y * (1 + y),
        "tanh": lambda: 1 + y * y,
        "relu": lambda: np.ones_like(y),
        "leaky_relu": lambda: np.ones_like(y),
        "elu": lambda: np.where(kept > 0, 1, 1 + y),
        "selu": lambda: np.where(kept > 0, 1.06, 1.76 + y),
        "softplus": lambda: -np.expm1(-y),
        "gelu": lambda: reference.normal_cdf(kept) + size * normal_density(kept),
        "gelu_tanh": lambda: (
            s(cubic(kept)[0]) * (1 + size * cubic(kept)[1] * s(-cubic(kept)[0]))
        ),
        "silu": lambda: s(kept) * (1 + size * s(-kept)),
        "mish": lambda: mish_gate + size * (1 - mish_gate**2) * s(kept),
    }
    return terms[activation]()


def slope_error(activation, kept, dtype):
    """Of f'(x) times a gradient, relative to the gradient; what is kept is exact.

    No s(v) s(-v) of gelu_tanh changes by more than itself times dv.
    """
    chain = gamma(ROUNDINGS.get(activation, 4), dtype)
    error = chain * slope_magnitude(activation, kept)
    if activation == "gelu_tanh":
        v, slope = cubic(kept)
        both = reference.sigmoid(v) * reference.sigmoid(-v)
        shift = 5 * roundoff(dtype) * np.abs(v)
        error = error + shift * both * (1 + np.abs(kept) * slope)
    return error


def exponentials(x, dtype):
    """Relative, of e^(x - max) for each number of each row.

    The subtraction errs by u |x - max|, which the exponential turns into a relative
    error of that size; the exponential adds its own.
    """
    x = exact(x)
    shift = np.abs(x - x.max(axis=1, keepdims=True))
    return roundoff(dtype) * (shift + 2 * EXP_ULP)


def exponential_sums(x, p, dtype):
    """Relative, of sum_c e^(x_c - max): the terms' errors, and a chain of additions."""
    terms = (p * exponentials(x, dtype)).sum(axis=1, keepdims=True)
    return terms + gamma(x.shape[1], dtype)


def softmax(x, p, dtype):
    """Of p = softmax(x): numerator, denominator, a reciprocal and a product.

    An exponential below the smallest normal number may lose all its digits.
    """
    relative = exponentials(x, dtype) + exponential_sums(x, p, dtype)
    return 1.01 * p * (relative + gamma(2, dtype)) + np.finfo(dtype).tiny


def log_softmax(x, p, dtype):
    """Of x - max - ln sum: an error of the sum is one of its logarithm, at most."""
    x = exact(x)
    u = roundoff(dtype)
    shift = np.abs(x - x.max(axis=1, keepdims=True))
    log_sum = np.log(x.shape[1])
    own = 2 * LOG_ULP * u * log_sum + u * shift + u * (shift + log_sum)
    return 1.01 * (own + exponential_sums(x, p, dtype))


def outputs(activations, layers, x, dtype):
    """Of every layer's output, the inputs' first, and of what is kept: the products'
    own errors, and those of what they were given. Where there is a jump, or a kink that
    the way back sees, no sum may be so near it that it could end on the other side.
    """
    h, errors, of_kept = x, [np.zeros_like(x)], []
    for (weights, bias), activation in zip(layers, activations, strict=True):
        error = product(h, weights, bias, dtype) + errors[-1] @ np.abs(weights)
        s = h @ weights + bias
        for kink in KINKS.get(activation, ()):
            assert np.all((np.abs(s - kink) > error) | (error == 0))
        h = reference.ACTIVATIONS[activation].forward(s)
        steepest = 0 if activation == "step" else STEEPEST.get(activation, 1)
        errors.append(steepest * error + activation_error(activation, s, h, dtype))
        of_kept.append(kept(activation, error, errors[-1]))
    return errors, of_kept


def losses(loss, output, e_output, targets, dtype, settings=(), weights=None):
    """Of the sum of the rows' losses, and of the first delta; targets are numbers.

    A weight is one more factor of the losses and of the delta.
    """
    weights = np.ones(len(output)) if weights is None else weights
    special = {"softmax_cross_entropy": cross_entropies}
    special |= {"perceptron": margin_losses, "hinge": margin_losses}
    of_rows = special.get(loss, numeric_losses)
    named = () if of_rows is cross_entropies else (loss,)
    values, e_values, e_slopes = of_rows(
        *named, output, e_output, targets, dtype, *settings
    )
    e_values = e_values + roundoff(dtype) * np.abs(values)
    return (weights * e_values).sum(), weights[:, None] * e_slopes / len(output)


def numeric_losses(loss, output, e_output, targets, dtype, *settings):
    """The rows' losses, their errors, and those of their slopes.

    Of each output its terms, how fast the loss moves with it, the terms of the slope,
    how fast that moves, and its jump, if the output's error may reach it. Operations
    are 14 in a loss at most and 13 in a slope (an exponential and a logarithm count
    twice their units), before the sum over columns, their share, and scale.
    """
    known = ~np.isnan(targets)
    columns, y, t = output.shape[1], output, np.where(known, targets, 0)
    distance, reached = np.abs(y - t), np.abs(y - t) <= e_output
    if loss == "mean_squared_error":
        parts = distance**2, 2 * distance + e_output, 2 * distance, 2, 0
    elif loss == "mean_absolute_error":
        parts = distance, 1, 1, 0, 2 * reached
    elif loss == "huber":
        (delta,) = settings
        size = np.minimum(distance, delta)
        value = np.where(distance <= delta, distance**2 / 2, delta * distance)
        parts = value, np.minimum(size + e_output, delta), size, 1, 0
    elif loss == "pinball":
        q = np.array(settings)
        parts = distance, np.maximum(q, 1 - q), 1, 0, reached
    elif loss == "binary_cross_entropy":
        more = np.abs(np.array(settings or 1) - 1) * t
        wrong = np.where(y > 0, (1 - t) * y, -(t + more) * y)
        value = wrong + (1 + more) * np.log1p(np.exp(-np.abs(y)))
        p, bend = reference.sigmoid(y), (1 + more) / 4
        slope = np.abs(p - t) + more * (1 - p)
        # A sum of terms of which 1 - p has two.
        parts = value, slope + bend * e_output, p + t + more * (1 + p), bend, 0
    else:
        mean = np.exp(y + e_output)
        parts = mean + t * np.abs(y), mean + t, mean + t, mean, 0
    terms, slope, of_slope, bend, jump = (part * known for part in parts)
    e_values = slope * e_output + gamma(columns + 18, dtype) * terms
    e_slopes = bend * e_output + gamma(17, dtype) * of_slope + jump * (e_output > 0)
    values = terms.sum(axis=1) / columns
    return values, e_values.sum(axis=1) / columns, e_slopes / columns


def cross_entropies(output, e_output, targets, dtype, smoothing=0):
    """The same, smoothed: what smoothing adds is a sum of its own, and a term."""
    columns = output.shape[1]
    p, log_p = reference.softmax(output), reference.log_softmax(output)
    total = targets.sum(axis=1, keepdims=True)
    moved = smoothing * np.abs(total / columns - targets)
    truth = targets + smoothing * (total / columns - targets)
    values = -(truth * log_p).sum(axis=1)
    terms = targets * np.abs(log_p)
    error = (truth + total * p) * e_output + gamma(columns + 4, dtype) * terms
    error = error + targets * log_softmax(output, p, dtype)
    below = output.max(axis=1, keepdims=True) - output
    smoothed = gamma(2 * columns + 6, dtype) * smoothing * (total / columns + targets)
    error = error + smoothed * below
    if smoothing:
        error = error + roundoff(dtype) * (terms + moved * below)
    e_p = p * (e_output + (p * e_output).sum(axis=1, keepdims=True))
    e_p = e_p + softmax(output, p, dtype)
    e_slopes = total * e_p + gamma(columns + 5, dtype) * (p * total + targets)
    return values, error.sum(axis=1), e_slopes + smoothed


def margin_losses(loss, output, e_output, targets, dtype):
    """The same. No two classes may be so near that another could be the largest."""
    u = roundoff(dtype)
    raised = output + (1 - targets) if loss == "hinge" else output
    error = (e_output + u * np.abs(raised)).max(axis=1)
    ordered = np.sort(raised, axis=1)
    assert np.all(ordered[:, -1] - ordered[:, -2] > 2 * error)
    values = ordered[:, -1] - (targets * output).sum(axis=1)
    rival = np.eye(output.shape[1])[raised.argmax(axis=1)]
    # The slope's share of the batch: a quotient, or a product with one.
    return values, 2 * error + u * values, gamma(2, dtype) * np.abs(rival - targets)


def gradients(activations, layers, network, errors, e_delta, dtype):
    """For weights and bias of each layer, the sum of absolute terms and the error.

    `network` is a reference network after its way back, `errors` those of `outputs`,
    e_delta the last delta's.
    """
    e_outputs, e_kept = errors
    pairs = []
    for layer in reversed(range(len(layers))):
        activation, weights = activations[layer], np.abs(layers[layer][0])
        x, e_x = np.abs(network.outputs[layer]), e_outputs[layer]
        way, d_output = network.kept[layer], network.deltas[layer]
        steep = slope_magnitude(activation, way)
        delta = reference.ACTIVATIONS[activation].backward(way, d_output)
        bent = CURVATURE[activation] * e_kept[layer]
        bent = bent + slope_error(activation, way, dtype)
        error = e_delta * steep + np.abs(d_output) * bent
        delta = np.abs(delta)
        of_weights = x.T @ error + e_x.T @ delta
        chain = gamma(len(x) + 2, dtype)
        terms, sums = x.T @ delta, delta.sum(axis=0)
        pairs.append(
            (
                (terms, of_weights + chain * terms),
                (sums, error.sum(axis=0) + chain * sums),
            )
        )
        e_delta = (error + gamma(weights.shape[1] + 2, dtype) * delta) @ weights.T
    return pairs[::-1]


def of_step(network, loss, x, targets, dtype, settings=()):
    """Of what a reference network has just computed for x: the error of the rows' mean
    loss, and `gradients`.

    A product may be computed in parts that are added, and a batch in chunks: no chain
    gets longer.
    """
    layers = [network.parameters(layer) for layer in range(network.depth)]
    names, output = network.activations, network.outputs[-1]
    if targets.ndim == 1:
        targets = np.eye(output.shape[1])[targets]
    errors = outputs(names, layers, x, dtype)
    e_loss, e_delta = losses(loss, output, errors[0][-1], targets, dtype, settings)
    pairs = gradients(names, layers, network, errors, e_delta, dtype)
    return float(e_loss) / len(x), pairs
