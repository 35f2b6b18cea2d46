"""Times every kernel beside its NumPy meaning, as both are called from Python.

The native times include the border: arrays are copied into padded ones and back, which
a network in training does not do. For kernels that do little per number the copies are
most of the time; what a kernel is worth inside a network, bench_training.py tells.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

Compare = Callable[..., None]
Floats = NDArray[np.float32]

BATCH, INPUTS, OUTPUTS = 128, 784, 256
PARAMETERS = 200_000


def normal(rng: np.random.Generator, *shape: int) -> Floats:
    return rng.standard_normal(shape, dtype=np.float32)


@pytest.fixture
def hidden(rng: np.random.Generator) -> Floats:
    """Return what a hidden layer holds for one batch."""
    return normal(rng, BATCH, OUTPUTS)


@pytest.fixture
def gradient(rng: np.random.Generator, hidden: Floats) -> Floats:
    return normal(rng, *hidden.shape)


@pytest.fixture(params=[10, 1000])
def logits(request: pytest.FixtureRequest, rng: np.random.Generator) -> Floats:
    return normal(rng, BATCH, request.param)


def bench_gemm(compare: Compare, rng: np.random.Generator) -> None:
    compare("gemm", normal(rng, BATCH, INPUTS), normal(rng, INPUTS, OUTPUTS))


def bench_gemm_transposed(compare: Compare, rng: np.random.Generator) -> None:
    compare("gemm_transposed", normal(rng, BATCH, INPUTS), normal(rng, INPUTS, 10))


def bench_dense_forward(compare: Compare, rng: np.random.Generator) -> None:
    x, weights = normal(rng, BATCH, INPUTS), normal(rng, INPUTS, OUTPUTS)
    compare("dense_forward", x, weights, normal(rng, OUTPUTS), "relu")


def bench_dense_backward(
    compare: Compare, rng: np.random.Generator, hidden: Floats, gradient: Floats
) -> None:
    x, weights = normal(rng, BATCH, INPUTS), normal(rng, INPUTS, OUTPUTS)
    compare("dense_backward", x, weights, hidden, gradient, "relu")


def bench_dense_backward_weights(
    compare: Compare, rng: np.random.Generator, gradient: Floats
) -> None:
    compare("dense_backward_weights", normal(rng, BATCH, INPUTS), gradient)


def bench_dense_backward_input(
    compare: Compare, rng: np.random.Generator, gradient: Floats
) -> None:
    compare("dense_backward_input", normal(rng, INPUTS, OUTPUTS), gradient)


def bench_identity(compare: Compare, hidden: Floats) -> None:
    compare("identity", hidden)


def bench_step(compare: Compare, hidden: Floats) -> None:
    compare("step", hidden)


def bench_sigmoid(compare: Compare, hidden: Floats) -> None:
    compare("sigmoid", hidden)


def bench_tanh(compare: Compare, hidden: Floats) -> None:
    compare("tanh", hidden)


def bench_relu(compare: Compare, hidden: Floats) -> None:
    compare("relu", hidden)


def bench_hard_sigmoid(compare: Compare, hidden: Floats) -> None:
    compare("hard_sigmoid", hidden)


def bench_leaky_relu(compare: Compare, hidden: Floats) -> None:
    compare("leaky_relu", hidden)


def bench_elu(compare: Compare, hidden: Floats) -> None:
    compare("elu", hidden)


def bench_selu(compare: Compare, hidden: Floats) -> None:
    compare("selu", hidden)


def bench_softplus(compare: Compare, hidden: Floats) -> None:
    compare("softplus", hidden)


def bench_gelu(compare: Compare, hidden: Floats) -> None:
    compare("gelu", hidden)


def bench_gelu_tanh(compare: Compare, hidden: Floats) -> None:
    compare("gelu_tanh", hidden)


def bench_silu(compare: Compare, hidden: Floats) -> None:
    compare("silu", hidden)


def bench_mish(compare: Compare, hidden: Floats) -> None:
    compare("mish", hidden)


def bench_identity_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("identity_backward", hidden, gradient)


def bench_step_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("step_backward", hidden, gradient)


def bench_sigmoid_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("sigmoid_backward", hidden, gradient)


def bench_tanh_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("tanh_backward", hidden, gradient)


def bench_relu_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("relu_backward", hidden, gradient)


def bench_hard_sigmoid_backward(
    compare: Compare, hidden: Floats, gradient: Floats
) -> None:
    compare("hard_sigmoid_backward", hidden, gradient)


def bench_leaky_relu_backward(
    compare: Compare, hidden: Floats, gradient: Floats
) -> None:
    compare("leaky_relu_backward", hidden, gradient)


def bench_elu_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("elu_backward", hidden, gradient)


def bench_selu_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("selu_backward", hidden, gradient)


def bench_softplus_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("softplus_backward", hidden, gradient)


def bench_gelu_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("gelu_backward", hidden, gradient)


def bench_gelu_tanh_backward(
    compare: Compare, hidden: Floats, gradient: Floats
) -> None:
    compare("gelu_tanh_backward", hidden, gradient)


def bench_silu_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("silu_backward", hidden, gradient)


def bench_mish_backward(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("mish_backward", hidden, gradient)


def bench_exp(compare: Compare, hidden: Floats) -> None:
    compare("exp", hidden)


def bench_log(compare: Compare, hidden: Floats) -> None:
    compare("log", np.abs(hidden))


def bench_normal_cdf(compare: Compare, hidden: Floats) -> None:
    compare("normal_cdf", hidden)


def bench_dropout(compare: Compare, hidden: Floats) -> None:
    compare("dropout", hidden, 0.5, 1, 2)


def bench_gaussian_noise(compare: Compare, hidden: Floats) -> None:
    compare("gaussian_noise", hidden, 0.1, 1, 2)


def bench_column_moments(compare: Compare, hidden: Floats) -> None:
    compare("column_moments", hidden)


def bench_column_product_sum(
    compare: Compare, hidden: Floats, gradient: Floats
) -> None:
    compare("column_product_sum", hidden, gradient)


def bench_layer_norm(
    compare: Compare, rng: np.random.Generator, hidden: Floats
) -> None:
    compare("layer_norm", hidden, *normal(rng, 2, OUTPUTS), 1e-5)


def bench_layer_norm_backward(
    compare: Compare, rng: np.random.Generator, hidden: Floats, gradient: Floats
) -> None:
    inverse, gain = np.abs(normal(rng, BATCH)), normal(rng, OUTPUTS)
    compare("layer_norm_backward", gain, hidden, inverse, gradient)


def bench_batch_norm(
    compare: Compare, rng: np.random.Generator, hidden: Floats
) -> None:
    compare("batch_norm", hidden, *normal(rng, 4, OUTPUTS))


def bench_batch_norm_backward(
    compare: Compare, rng: np.random.Generator, hidden: Floats, gradient: Floats
) -> None:
    gain, inverse, *sums = normal(rng, 4, OUTPUTS)
    compare("batch_norm_backward", gain, inverse, hidden, gradient, *sums)


def bench_prelu(compare: Compare, rng: np.random.Generator, hidden: Floats) -> None:
    compare("prelu", hidden, normal(rng, OUTPUTS))


def bench_prelu_backward(
    compare: Compare, rng: np.random.Generator, hidden: Floats, gradient: Floats
) -> None:
    compare("prelu_backward", hidden, normal(rng, OUTPUTS), gradient)


def bench_softmax(compare: Compare, logits: Floats) -> None:
    compare("softmax", logits, variant=shape_of(logits))


def bench_log_softmax(compare: Compare, logits: Floats) -> None:
    compare("log_softmax", logits, variant=shape_of(logits))


def bench_argmax(compare: Compare, logits: Floats) -> None:
    compare("argmax", logits, variant=shape_of(logits))


def bench_softmax_cross_entropy(
    compare: Compare, rng: np.random.Generator, logits: Floats
) -> None:
    labels = rng.integers(logits.shape[1], size=BATCH, dtype=np.int32)
    compare("softmax_cross_entropy", logits, labels, variant=shape_of(logits))


def bench_mean_squared_error(
    compare: Compare, rng: np.random.Generator, logits: Floats
) -> None:
    targets = normal(rng, *logits.shape)
    compare("mean_squared_error", logits, targets, variant=shape_of(logits))


def bench_mean_absolute_error(
    compare: Compare, rng: np.random.Generator, logits: Floats
) -> None:
    targets = normal(rng, *logits.shape)
    compare("mean_absolute_error", logits, targets, variant=shape_of(logits))


def bench_huber(compare: Compare, rng: np.random.Generator, logits: Floats) -> None:
    targets = normal(rng, *logits.shape)
    compare("huber", logits, targets, 0.5, variant=shape_of(logits))


def bench_binary_cross_entropy(
    compare: Compare, rng: np.random.Generator, logits: Floats
) -> None:
    targets = rng.random(logits.shape, np.float32)
    compare("binary_cross_entropy", logits, targets, variant=shape_of(logits))


def bench_poisson(compare: Compare, rng: np.random.Generator, logits: Floats) -> None:
    targets = rng.poisson(1, logits.shape).astype(np.float32)
    compare("poisson", logits, targets, variant=shape_of(logits))


def bench_pinball(compare: Compare, rng: np.random.Generator, logits: Floats) -> None:
    targets = normal(rng, *logits.shape)
    quantiles = np.linspace(0, 1, logits.shape[1] + 2)[1:-1].tolist()
    compare("pinball", logits, targets, *quantiles, variant=shape_of(logits))


def bench_perceptron(
    compare: Compare, rng: np.random.Generator, logits: Floats
) -> None:
    labels = rng.integers(logits.shape[1], size=BATCH, dtype=np.int32)
    compare("perceptron", logits, labels, variant=shape_of(logits))


def bench_hinge(compare: Compare, rng: np.random.Generator, logits: Floats) -> None:
    labels = rng.integers(logits.shape[1], size=BATCH, dtype=np.int32)
    compare("hinge", logits, labels, variant=shape_of(logits))


def bench_sparse_product(compare: Compare, rng: np.random.Generator) -> None:
    index = np.sort(rng.choice(INPUTS, 50, replace=False))
    b = normal(rng, INPUTS, OUTPUTS)
    compare("sparse_product", index, normal(rng, 50), 1.0, b)


def bench_sum_of_squares(compare: Compare, rng: np.random.Generator) -> None:
    compare("sum_of_squares", normal(rng, INPUTS, OUTPUTS))


def bench_clip(compare: Compare, rng: np.random.Generator) -> None:
    compare("clip", normal(rng, INPUTS, OUTPUTS), 0.5, 1.0)


def bench_max_norm(compare: Compare, rng: np.random.Generator) -> None:
    compare("max_norm", normal(rng, INPUTS, OUTPUTS), 3.0)


def bench_sgd(compare: Compare, rng: np.random.Generator) -> None:
    parameters, gradients, velocity = normal(rng, 3, PARAMETERS)
    rate, momentum, nesterov, l2 = 0.1, 0.9, 0.0, 1e-4
    compare("sgd", parameters, gradients, velocity, rate, momentum, nesterov, l2)


def bench_adam(compare: Compare, rng: np.random.Generator) -> None:
    parameters, gradients, mean, square = normal(rng, 4, PARAMETERS)
    rate, beta1, beta2, epsilon, l2, step = 0.001, 0.9, 0.999, 1e-8, 1e-4, 10
    state = mean, np.square(square)
    settings = beta1, beta2, epsilon
    compare("adam", parameters, gradients, *state, rate, *settings, l2, step)


def bench_rmsprop(compare: Compare, rng: np.random.Generator) -> None:
    parameters, gradients, square, velocity = normal(rng, 4, PARAMETERS)
    rate, rho, momentum, epsilon, l2 = 0.001, 0.9, 0.9, 1e-8, 1e-4
    state, settings = (np.square(square), velocity), (rho, momentum, epsilon)
    compare("rmsprop", parameters, gradients, *state, rate, *settings, l2)


def bench_adagrad(compare: Compare, rng: np.random.Generator) -> None:
    parameters, gradients, total = normal(rng, 3, PARAMETERS)
    rate, initial, epsilon, l2 = 0.01, 0.1, 1e-10, 1e-4
    state = np.square(total)
    compare("adagrad", parameters, gradients, state, rate, initial, epsilon, l2)


def bench_rprop(compare: Compare, rng: np.random.Generator) -> None:
    parameters, gradients, previous, sizes = normal(rng, 4, PARAMETERS)
    rate, settings, l2, step = 0.01, (0.5, 1.2, 1e-6, 50.0), 1e-4, 10
    state = previous, np.abs(sizes)
    compare("rprop", parameters, gradients, *state, rate, *settings, l2, step)


def bench_gather(compare: Compare, rng: np.random.Generator) -> None:
    images = rng.integers(256, size=(10_000, INPUTS), dtype=np.uint8)
    compare("gather", images, rng.integers(10_000, size=BATCH), 1 / 255)


def bench_interleave(compare: Compare, rng: np.random.Generator) -> None:
    compare("interleave", normal(rng, BATCH, INPUTS))


def bench_transpose(compare: Compare, rng: np.random.Generator) -> None:
    compare("transpose", normal(rng, INPUTS, OUTPUTS))


def bench_column_sum(compare: Compare, hidden: Floats) -> None:
    compare("column_sum", hidden)


def bench_add(compare: Compare, hidden: Floats, gradient: Floats) -> None:
    compare("add", hidden, gradient)


def bench_moving_average(compare: Compare, rng: np.random.Generator) -> None:
    average, x = normal(rng, 2, 1, PARAMETERS)
    compare("moving_average", average, x, 1e-3)


def bench_multiply_add(compare: Compare, rng: np.random.Generator) -> None:
    compare("multiply_add", normal(rng, 192), 0.5, 1.0, 1000)


def bench_shuffle(compare: Compare) -> None:
    compare("shuffle", 60_000, 1, 2)


def bench_train_narrow(compare: Compare, rng: np.random.Generator) -> None:
    rows, widths = 1000, (2, 16, 2)
    weights = [normal(rng, *shape) for shape in pairwise(widths)]
    compare(
        "train_narrow",
        normal(rng, rows, widths[0]),
        rng.integers(widths[-1], size=rows, dtype=np.int32),
        weights,
        [normal(rng, width) for width in widths[1:]],
        ["sigmoid", "identity"],
        "softmax_cross_entropy",
        "sgd",
        [0.0, 0.0],
        np.full(rows, 0.1),
        1,
        0.0,
        [False, True],
    )


def bench_first_nonfinite(compare: Compare, rng: np.random.Generator) -> None:
    compare("first_nonfinite", normal(rng, PARAMETERS))


def shape_of(array: Floats) -> str:
    return "x".join(map(str, array.shape))
