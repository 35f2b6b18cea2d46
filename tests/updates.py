"""The optimizers' updates in a wider precision, and bounds of their errors.

Settings are rounded to the precision of the weights first.
"""

import numpy as np
from bounds import exact, gamma, roundoff


def rounded(settings, dtype):
    kind = np.dtype(dtype).type
    return [exact(kind(value)) for value in settings]


def total_gradient(w, g, l2, dtype):
    """g + 2 l2 w, the sum of absolute terms, and the error of product and sum."""
    terms = np.abs(g) + 2 * l2 * np.abs(w)
    return g + 2 * l2 * w, terms, gamma(2, dtype) * terms


def divisor_of(square, e_square, epsilon, dtype):
    """sqrt(square) + epsilon and its error: |sqrt a - sqrt b| <= |a - b| / sqrt b, and
    roots are rounded correctly."""
    root, u = np.sqrt(square), roundoff(dtype)
    divisor = root + epsilon
    e_root = 1.01 * e_square / np.where(square, root, 1)
    return divisor, e_root + u * root + u * divisor


def quotient(top, e_top, bottom, e_bottom, dtype):
    """top / bottom and its error."""
    assert np.all(e_bottom < bottom)
    ratio = top / bottom
    error = (e_top + np.abs(ratio) * e_bottom) / (bottom - e_bottom)
    return ratio, 1.01 * error + roundoff(dtype) * np.abs(ratio)


def moved(w, move, e_move, rate, weight_decay, dtype):
    """w - rate weight_decay w - move: w is rounded twice, its part that goes four times
    and the move once."""
    shrink = rate * weight_decay
    bound = gamma(4, dtype) * (1 + shrink) * np.abs(w) + roundoff(dtype) * np.abs(move)
    return w - shrink * w - move, bound + 1.01 * e_move


def rmsprop_in_truth(arrays, rate, settings, dtype):
    """The update, and bounds of its errors."""
    rho, momentum, epsilon, l2, weight_decay = rounded(settings, dtype)
    rate, (w, g, v, b) = exact(np.dtype(dtype).type(rate)), map(exact, arrays)
    g, terms, e_g = total_gradient(w, g, l2, dtype)
    # 1 - rho, the gradient's two errors twice, the square, the product, the sum.
    e_v = gamma(8, dtype) * (rho * v + (1 - rho) * terms**2)
    v = rho * v + (1 - rho) * g * g
    direction, e = quotient(g, e_g, *divisor_of(v, e_v, epsilon, dtype), dtype)
    if momentum:
        e = 1.01 * e + gamma(2, dtype) * (momentum * np.abs(b) + np.abs(direction))
        b = direction = momentum * b + direction
    e_b = e if momentum else 0 * e
    move = rate * direction
    e_move = 1.01 * rate * e + roundoff(dtype) * np.abs(move)
    w, e_w = moved(w, move, e_move, rate, weight_decay, dtype)
    return (w, v, b), (e_w, e_v, e_b)


def adagrad_in_truth(arrays, rate, settings, dtype):
    """The update, and bounds of its errors."""
    initial, epsilon, l2, weight_decay = rounded(settings, dtype)
    rate, (w, g, s) = exact(np.dtype(dtype).type(rate)), map(exact, arrays)
    g, terms, e_g = total_gradient(w, g, l2, dtype)
    # The gradient's two errors twice, the square, the sum.
    e_s = gamma(6, dtype) * (s + terms**2)
    s = s + g * g
    e_square = 1.01 * e_s + roundoff(dtype) * (s + initial)
    top, e_top = rate * g, 1.01 * rate * e_g + roundoff(dtype) * rate * np.abs(g)
    bottom = divisor_of(s + initial, e_square, epsilon, dtype)
    move, e_move = quotient(top, e_top, *bottom, dtype)
    w, e_w = moved(w, move, e_move, rate, weight_decay, dtype)
    return (w, s), (e_w, e_s)


def rprop_in_truth(arrays, rate, settings, dtype):
    """The update, and bounds of its errors. No gradient may be so near zero that its
    sign could be another."""
    plus_minus, limits = rounded(settings[:2], dtype), rounded(settings[2:4], dtype)
    l2, step, weight_decay = rounded(settings[4:], dtype)
    rate, (w, g, before, sizes) = exact(np.dtype(dtype).type(rate)), map(exact, arrays)
    g, terms, e_g = total_gradient(w, g, l2, dtype)
    assert np.all((np.abs(g) > e_g) | (terms == 0))
    sizes = np.full_like(w, rate) if step == 1 else sizes
    signs = np.sign(g) * np.sign(before)
    minus, plus = plus_minus
    sizes = sizes * np.select([signs < 0, signs > 0], [minus, plus], 1)
    sizes = np.clip(sizes, *limits)
    g, e_g = np.where(signs < 0, 0, g), np.where(signs < 0, 0, e_g)
    e_sizes = roundoff(dtype) * sizes
    w, e_w = moved(w, np.sign(g) * sizes, e_sizes, rate, weight_decay, dtype)
    return (w, g, sizes), (e_w, e_g, e_sizes)


def arrays_of(rng, dtype, size, squares=(), normals=0):
    """Parameters, gradients, and state that is either."""
    arrays = [rng.normal(size=size) for _ in range(2)]
    arrays += [rng.normal(size=size) ** 2 + 0.01 for _ in squares]
    arrays += [rng.normal(size=size) for _ in range(normals)]
    return [array.astype(dtype) for array in arrays]


def correction(beta, step, dtype):
    """1 / (1 - beta^t), and its relative error as the kernel computes it: the power
    errs by step eps of float64, the difference and the quotient by half of it each, and
    the result is rounded to the precision of the weights."""
    power = beta**step
    double = float(np.finfo(np.float64).eps)
    error = double * (step * power / (1 - power) + 1) + roundoff(dtype)
    return 1 / (1 - power), 1.01 * error


def adam_in_truth(w, g, m, v, rate, settings, dtype):
    """The update in a wider precision, and bounds of its errors."""
    kind = np.dtype(dtype).type
    beta1, beta2, epsilon, l2 = (exact(kind(value)) for value in settings[:4])
    rate, (w, g, m, v) = exact(kind(rate)), map(exact, (w, g, m, v))
    terms_g = np.abs(g) + 2 * l2 * np.abs(w)
    g = g + 2 * l2 * w
    terms_m = beta1 * np.abs(m) + (1 - beta1) * terms_g
    terms_v = beta2 * v + (1 - beta2) * terms_g**2
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
    # Of m: 1 - beta1, g (2), their product, the sum. Of v: 1 - beta2, g twice, the
    # square, the product, the sum.
    e_m, e_v = gamma(5, dtype) * terms_m, gamma(8, dtype) * terms_v
    first, e_first = correction(beta1, settings[4], dtype)
    second, e_second = correction(beta2, settings[4], dtype)
    u = roundoff(dtype)
    # |sqrt a - sqrt b| <= |a - b| / sqrt b, and roots are rounded correctly.
    root = np.sqrt(v * second)
    e_root = 1.01 * second * (e_v + (e_second + u) * v) / np.where(v, root, 1)
    divisor = root + epsilon
    e_divisor = e_root + u * root + u * divisor
    top, move = rate * first * m, rate * first * m / divisor
    e_top = rate * first * (e_m + (e_first + u) * np.abs(m))
    e_move = (e_top + np.abs(move) * e_divisor) / (divisor - e_divisor)
    e_w = e_move + u * np.abs(move) + u * (np.abs(w) + np.abs(move))
    assert np.all(e_divisor < divisor) and top.shape == w.shape
    return (w - move, m, v), (1.02 * e_w, e_m, e_v)


def adam_arrays(rng, dtype, size):
    w, g, m = (rng.normal(size=size).astype(dtype) for _ in range(3))
    return w, g, m, (rng.normal(size=size) ** 2 + 0.01).astype(dtype)
