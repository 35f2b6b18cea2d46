"""The optimizers' updates in a wider precision, and bounds of their errors.

Each rule has its kernel's name and arguments, and the precision that it bounds; it
returns the truth, parameters first, and the errors. Settings are rounded to that
precision first.
"""

import numpy as np
from bounds import exact, gamma, roundoff


def rounded(settings, dtype):
    kind = np.dtype(dtype).type
    return [exact(kind(value)) for value in settings]


def total_gradient(w, g, l2, dtype):
    """g + 2 l2 w, the sum of absolute terms, and the error of product and sum."""
    terms = np.abs(g) + 2 * l2 * np.abs(w)
    return g + 2 * l2 * w, terms, gamma(2, dtype) * terms * (l2 > 0)


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
    """w - rate weight_decay w - move: w is rounded twice, or once if nothing decays,
    its part that goes four times and the move once."""
    shrink = rate * weight_decay
    of_w = gamma(2 if weight_decay else 1, dtype) + gamma(4, dtype) * shrink
    bound = of_w * np.abs(w) + roundoff(dtype) * np.abs(move)
    return w - shrink * w - move, bound + 1.01 * e_move


def shrunk(w, e_w, l1, reach, relative, dtype):
    """sign(w) max(|w| - l1 reach, 0) and its error, given reach's relative one.

    It changes by no more than w and the threshold do; a product and its own difference
    are rounded. What is surely below the threshold is zero, exactly.
    """
    if not l1:
        return w, e_w
    threshold = l1 * reach
    relative = relative + roundoff(dtype)
    error = e_w + relative * threshold + roundoff(dtype) * (np.abs(w) + threshold)
    surely = np.abs(w) + e_w + 1.01 * relative * threshold < threshold
    found = np.sign(w) * np.maximum(np.abs(w) - threshold, 0)
    return found, np.where(surely, 0, 1.02 * error)


def slowed(rate, divisor, e_divisor, l1, dtype):
    """How far a rule that divides moves what has a gradient of 1, and its error, which
    is relative: of the divisor, and of a quotient."""
    reach = rate / np.maximum(divisor, l1 / 4)
    return reach, e_divisor / divisor + gamma(2, dtype)


def sgd(w, g, v, rate, momentum, nesterov, l2, step, weight_decay, l1, dtype):
    """Of a term of the gradient: two roundings for each of penalty, momentum and the
    look-ahead; what decays is one of these terms where there is no momentum."""
    rate, momentum, l2 = rounded((rate, momentum, l2), dtype)
    weight_decay, l1 = rounded((weight_decay, l1), dtype)
    w, g, v = map(exact, (w, g, v))
    g, terms, e_g = total_gradient(w, g, l2, dtype)
    direction, e, e_v = g, e_g, 0 * g
    if momentum:
        terms_v = terms + momentum * np.abs(v)
        v = direction = momentum * v + g
        e = e_v = e_g + gamma(2, dtype) * terms_v
        if nesterov:
            direction = g + momentum * v
            e = 1.01 * (e_g + momentum * e_v)
            e = e + gamma(2, dtype) * (terms + momentum * terms_v)
    elif weight_decay:
        e = e + gamma(3, dtype) * (terms + weight_decay * np.abs(w))
    move = rate * direction
    e_move = 1.01 * rate * e + roundoff(dtype) * np.abs(move)
    w, e_w = moved(w, move, e_move, rate, weight_decay, dtype)
    w, e_w = shrunk(w, e_w, l1, rate / (1 - momentum), gamma(2, dtype), dtype)
    return (w, v), (e_w, e_v)


def correction(beta, step, dtype):
    """1 / (1 - beta^t), and its relative error as the kernel computes it: the power
    errs by step eps of float64, the difference and the quotient by half of it each, and
    the result is rounded to the precision of the weights."""
    power = beta**step
    double = float(np.finfo(np.float64).eps)
    error = double * (step * power / (1 - power) + 1) + roundoff(dtype)
    return 1 / (1 - power), 1.01 * error


def adam(w, g, m, v, rate, beta1, beta2, epsilon, l2, step, weight_decay, l1, dtype):
    """Of m: 1 - beta1, g twice, their product, the sum. Of v: 1 - beta2, g twice two
    times, the square, the product, the sum."""
    rate, beta1, beta2, epsilon = rounded((rate, beta1, beta2, epsilon), dtype)
    l2, weight_decay, l1 = rounded((l2, weight_decay, l1), dtype)
    w, g, m, v = map(exact, (w, g, m, v))
    g, terms, _ = total_gradient(w, g, l2, dtype)
    e_m = gamma(5, dtype) * (beta1 * np.abs(m) + (1 - beta1) * terms)
    e_v = gamma(8, dtype) * (beta2 * v + (1 - beta2) * terms**2)
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
    first, e_first = correction(beta1, step, dtype)
    second, e_second = correction(beta2, step, dtype)
    u = roundoff(dtype)
    e_square = second * (e_v + (e_second + u) * v)
    divisor, e_divisor = divisor_of(v * second, e_square, epsilon, dtype)
    top = rate * first * m
    e_top = 1.01 * rate * first * (e_m + (e_first + u) * np.abs(m))
    move, e_move = quotient(top, e_top, divisor, e_divisor, dtype)
    w, e_w = moved(w, move, e_move, rate, weight_decay, dtype)
    w, e_w = shrunk(w, e_w, l1, *slowed(rate, divisor, e_divisor, l1, dtype), dtype)
    return (w, m, v), (e_w, e_m, e_v)


def rmsprop(w, g, v, b, rate, rho, momentum, epsilon, l2, step, decay, l1, dtype):
    """Of v: 1 - rho, the gradient's two errors twice, the square, the product, the sum;
    of the velocity, a product and a sum."""
    rate, rho, momentum, epsilon = rounded((rate, rho, momentum, epsilon), dtype)
    l2, decay, l1 = rounded((l2, decay, l1), dtype)
    w, g, v, b = map(exact, (w, g, v, b))
    g, terms, e_g = total_gradient(w, g, l2, dtype)
    e_v = gamma(8, dtype) * (rho * v + (1 - rho) * terms**2)
    v = rho * v + (1 - rho) * g * g
    divisor, e_divisor = divisor_of(v, e_v, epsilon, dtype)
    direction, e = quotient(g, e_g, divisor, e_divisor, dtype)
    if momentum:
        e = 1.01 * e + gamma(2, dtype) * (momentum * np.abs(b) + np.abs(direction))
        b = direction = momentum * b + direction
    e_b = e if momentum else 0 * e
    move = rate * direction
    e_move = 1.01 * rate * e + roundoff(dtype) * np.abs(move)
    w, e_w = moved(w, move, e_move, rate, decay, dtype)
    reach, relative = slowed(rate, divisor, e_divisor, l1, dtype)
    reach, relative = reach / (1 - momentum), relative + gamma(2, dtype)
    w, e_w = shrunk(w, e_w, l1, reach, relative, dtype)
    return (w, v, b), (e_w, e_v, e_b)


def adagrad(w, g, s, rate, initial, epsilon, l2, step, weight_decay, l1, dtype):
    """Of the total: the gradient's two errors twice, the square, the sum."""
    rate, initial, epsilon = rounded((rate, initial, epsilon), dtype)
    l2, weight_decay, l1 = rounded((l2, weight_decay, l1), dtype)
    w, g, s = map(exact, (w, g, s))
    g, terms, e_g = total_gradient(w, g, l2, dtype)
    e_s = gamma(6, dtype) * (s + terms**2)
    s = s + g * g
    e_square = 1.01 * e_s + roundoff(dtype) * (s + initial)
    top, e_top = rate * g, 1.01 * rate * e_g + roundoff(dtype) * rate * np.abs(g)
    divisor, e_divisor = divisor_of(s + initial, e_square, epsilon, dtype)
    move, e_move = quotient(top, e_top, divisor, e_divisor, dtype)
    w, e_w = moved(w, move, e_move, rate, weight_decay, dtype)
    w, e_w = shrunk(w, e_w, l1, *slowed(rate, divisor, e_divisor, l1, dtype), dtype)
    return (w, s), (e_w, e_s)


def rprop(
    w, g, before, sizes, rate, minus, plus, least, most, l2, step, decay, l1, dtype
):
    """No gradient may be so near zero that its sign could be another, and no weight
    that a penalty may stop at zero."""
    rate, minus, plus, least, most = rounded((rate, minus, plus, least, most), dtype)
    l2, decay, l1 = rounded((l2, decay, l1), dtype)
    start, g, before, sizes = map(exact, (w, g, before, sizes))
    g, terms, e_g = total_gradient(start, g, l2, dtype)
    if l1:
        at_zero = np.sign(g) * np.maximum(np.abs(g) - l1, 0)
        g, terms = np.where(start == 0, at_zero, g + l1 * np.sign(start)), terms + l1
        e_g = e_g + roundoff(dtype) * terms
    assert np.all((np.abs(g) > e_g) | (terms == 0) | ((start == 0) & (g == 0)))
    sizes = np.full_like(start, rate) if step == 1 else sizes
    signs = np.sign(g) * np.sign(before)
    sizes = sizes * np.select([signs < 0, signs > 0], [minus, plus], 1)
    sizes = np.clip(sizes, least, most)
    g, e_g = np.where(signs < 0, 0, g), np.where(signs < 0, 0, e_g)
    e_sizes = roundoff(dtype) * sizes
    w, e_w = moved(start, np.sign(g) * sizes, e_sizes, rate, decay, dtype)
    if l1:
        passes = w * np.sign(start) < 0
        assert np.all((np.abs(w) > e_w) | (start == 0))
        w, e_w = np.where(passes, 0, w), np.where(passes, 0, e_w)
    return (w, g, sizes), (e_w, e_g, e_sizes)


def arrays_of(rng, dtype, size, squares=(), normals=0):
    """Parameters, gradients, and state that is either."""
    arrays = [rng.normal(size=size) for _ in range(2)]
    arrays += [rng.normal(size=size) ** 2 + 0.01 for _ in squares]
    arrays += [rng.normal(size=size) for _ in range(normals)]
    return [array.astype(dtype) for array in arrays]


def adam_arrays(rng, dtype, size):
    w, g, m = (rng.normal(size=size).astype(dtype) for _ in range(3))
    return w, g, m, (rng.normal(size=size) ** 2 + 0.01).astype(dtype)
