"""Error bounds, each derived from the arithmetic it bounds.

u is the unit roundoff: one operation returns its exact result times (1 + d), |d| <= u.
n operations in a chain err by at most gamma(n) = n u / (1 - n u) (N. J. Higham,
"Accuracy and Stability of Numerical Algorithms", 2002, lemma 3.1). A fused
multiply-add errs once where two operations err twice, so bounds hold for both.
Functions with a stated error of k units in the last place err by at most 2 k u.
"""

import numpy as np

from schuss import reference

# Units in the last place stated in kernels.hpp.
EXP_ULP = 2
LOG_ULP = 2
ACTIVATION_ULP = {"identity": 0, "step": 0, "sigmoid": 3, "tanh": 3, "relu": 0}


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


def slope_magnitude(activation, y):
    """Sum of the absolute values of the terms of f'(x), written in y = f(x)."""
    y = np.abs(y)
    terms = {
        "identity": np.ones_like(y),
        "step": np.zeros_like(y),
        "sigmoid": y * (1 + y),
        "tanh": 1 + y * y,
        "relu": np.ones_like(y),
    }
    return terms[activation]


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


def two_layers(activation, layers, x, labels, dtype):
    """Of the gradient of a two-layer network with softmax cross-entropy.

    Returns (sum of absolute terms, error) for each of w1, b1, w2, b2. A product may be
    computed in parts that are added, and a batch in chunks: no chain gets longer.
    """
    (w1, b1), (w2, b2) = layers
    aw2, batch = np.abs(w2), len(x)
    s = x @ w1 + b1
    h = reference.ACTIVATIONS[activation][0](s)
    logits = h @ w2 + b2

    def g(n):
        return gamma(n, dtype)

    # Down: each product's own error, and the error of what it was given.
    e_s = product(x, w1, b1, dtype)
    e_h = e_s + 2 * ACTIVATION_ULP[activation] * roundoff(dtype) * np.abs(h)
    e_logits = product(h, w2, b2, dtype) + e_h @ aw2
    # Turn: dp_i = p_i (ds_i - sum_j p_j ds_j).
    p = reference.softmax(logits)
    truth = np.eye(w2.shape[1])[labels]
    e_p = p * (e_logits + (p * e_logits).sum(axis=1, keepdims=True))
    e_p = e_p + softmax(logits, p, dtype)
    d2 = (p - truth) / batch
    e_d2 = (e_p + g(4) * (p + truth)) / batch
    # Up: the same for the products with the transposes.
    d_h = d2 @ w2.T
    e_dh = e_d2 @ aw2.T + g(w2.shape[1] + 2) * (np.abs(d2) @ aw2.T)
    steep = slope_magnitude(activation, h)
    d1 = reference.ACTIVATIONS[activation][1](h, d_h)
    curvature = {"relu": 0.0, "tanh": 2.0, "sigmoid": 1.0}[activation]
    e_d1 = e_dh * steep + np.abs(d_h) * (curvature * e_h + g(4) * steep)
    parts = []
    for a, e_a, d, e_d in ((x, 0 * x, d1, e_d1), (h, e_h, d2, e_d2)):
        ones = np.ones((batch, 1))
        for t, e_t in ((np.abs(a), e_a), (ones, 0 * ones)):
            terms = t.T @ np.abs(d)
            error = t.T @ e_d + e_t.T @ np.abs(d) + g(batch + 2) * terms
            parts.append((terms.squeeze(), error.squeeze()))
    return parts


CURVATURE = {"identity": 0, "step": 0, "sigmoid": 1, "tanh": 2, "relu": 0}


def outputs(activations, layers, x, dtype):
    """Of every layer's output, the inputs' first: the products' own errors, and those
    of what they were given. No slope is above 1; where there is a jump, or a kink that
    the way back sees, no sum may be so near it that it could end on the other side.
    """
    h, errors = x, [np.zeros_like(x)]
    for (weights, bias), activation in zip(layers, activations, strict=True):
        error = product(h, weights, bias, dtype) + errors[-1] @ np.abs(weights)
        s = h @ weights + bias
        if activation in ("relu", "step"):
            assert np.all((np.abs(s) > error) | (s == error))
        h = reference.ACTIVATIONS[activation][0](s)
        error = 0 * error if activation == "step" else error
        errors.append(error + 2 * ACTIVATION_ULP[activation] * roundoff(dtype) * abs(h))
    return errors


def losses(loss, output, e_output, targets, dtype):
    """Of the sum of the rows' losses, and of the first delta; targets are numbers."""
    batch, columns = output.shape
    if loss == "mean_squared_error":
        distance = np.abs(output - targets)
        error = (2 * distance + e_output) * e_output / columns
        error = error + gamma(columns + 6, dtype) * distance**2 / columns
        e_delta = 2 / (columns * batch) * (e_output + gamma(6, dtype) * distance)
        return error.sum(), e_delta
    p = reference.softmax(output)
    total = targets.sum(axis=1, keepdims=True)
    log_p = reference.log_softmax(output)
    error = (targets + total * p) * e_output + gamma(columns + 4, dtype) * (
        targets * np.abs(log_p)
    )
    error = error + targets * log_softmax(output, p, dtype)
    e_p = p * (e_output + (p * e_output).sum(axis=1, keepdims=True))
    e_p = e_p + softmax(output, p, dtype)
    e_delta = total * e_p + gamma(columns + 4, dtype) * (p * total + targets)
    return error.sum(), e_delta / batch


def gradients(activations, layers, outputs, e_outputs, deltas, e_delta, dtype):
    """For weights and bias of each layer, the sum of absolute terms and the error.

    outputs and deltas are those of a reference network, e_delta the last delta's error.
    """
    pairs = []
    for layer in reversed(range(len(layers))):
        activation, weights = activations[layer], np.abs(layers[layer][0])
        x, e_x = np.abs(outputs[layer]), e_outputs[layer]
        y, e_y = outputs[layer + 1], e_outputs[layer + 1]
        steep = slope_magnitude(activation, y)
        delta = reference.ACTIVATIONS[activation][1](y, deltas[layer])
        bent = CURVATURE[activation] * e_y + gamma(4, dtype) * steep
        error = e_delta * steep + np.abs(deltas[layer]) * bent
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
