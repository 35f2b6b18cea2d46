"""Regularizers: what they come to, where they lead, and what others call them."""

import math

import numpy as np
import pytest

import schuss
from schuss import L1, L2, SGD, Dense, MaxNorm
from schuss.regularizers import Strengths

ENGINES = ["native", "reference"]


@pytest.mark.parametrize("kind", [L1, L2])
def test_penalties(kind):
    assert kind(0.5).alpha == 0.5
    for wrong, error in (
        (-1, ValueError),
        (float("nan"), ValueError),
        ("1", TypeError),
    ):
        with pytest.raises(error, match="alpha is"):
            kind(wrong)
    with pytest.raises(TypeError, match="biases is 1; give True or False"):
        kind(0.5, biases=1)


def test_max_norm():
    assert MaxNorm(3).limit == 3.0
    for wrong, error in (
        (0, ValueError),
        (float("inf"), ValueError),
        (None, TypeError),
    ):
        with pytest.raises(error, match="limit is"):
            MaxNorm(wrong)


def test_they_add_up():
    assert L1(0.5).strengths == Strengths(l1=0.5)
    assert L2(0.5, biases=True).strengths == Strengths(l2=0.5, bias_l2=0.5)
    whole = L1(1) + (L2(2) + L1(3, biases=True)) + MaxNorm(4) + MaxNorm(3) + L2(5)
    assert whole.strengths == Strengths(4, 7, 3, 0, 3)
    assert whole.strengths == (L2(7) + MaxNorm(3) + L1(3, True) + L1(1)).strengths
    assert repr(L1(0.5) + MaxNorm(3)) == (
        "L1(alpha=0.5, biases=False) + MaxNorm(limit=3.0)"
    )
    assert L1(0.5) + L2(1) == L1(0.5) + L2(1) != L2(1) + L1(0.5)
    assert L2(1).strengths.max_norm == math.inf
    for wrong in (0.5, None, "L2"):
        with pytest.raises(TypeError, match="unsupported operand"):
            L1(0.5) + wrong


def regression(rows=60, inputs=8, seed=3):
    """Some inputs matter, and the others do not."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, inputs))
    truth = np.where(np.arange(inputs) < inputs // 2, rng.normal(size=inputs), 0)
    return X, X @ truth + 0.7 + 0.5 * rng.normal(size=rows)


def classes(rows=90, seed=2):
    X, y = schuss.datasets.make_blobs(rows, classes=3, spread=4.0, seed=seed)
    return (X - X.mean(axis=0)) / X.std(axis=0), y


def linear(regularizer, engine="native", optimizer=None, epochs=3000, tolerance=1e-12):
    X, y = regression()
    model = schuss.Model(
        [Dense(1)], loss="mean_squared_error", dtype="float64", engine=engine
    )
    model.fit(
        X,
        y[:, None],
        epochs=epochs,
        batch_size=None,
        optimizer=optimizer or SGD(0.1, momentum=0.5),
        regularizer=regularizer,
        gradient_tolerance=tolerance,
        verbose=False,
    )
    [(weights, bias)] = model.weights
    return weights[:, 0], bias[0]


def softmax(regularizer, epochs=6000):
    X, y = classes()
    model = schuss.Model([Dense(3)], dtype="float64")
    model.fit(
        X,
        y,
        epochs=epochs,
        batch_size=None,
        optimizer=SGD(0.5, momentum=0.9),
        regularizer=regularizer,
        gradient_tolerance=1e-10,
        verbose=False,
    )
    assert model.history["gradient_norm"][-1] <= 1e-10
    return model.weights[0]


@pytest.mark.parametrize(
    ("name", "options", "regularizer"),
    [
        ("Ridge", {"alpha": 3.0}, L2(3.0 / 60)),
        ("Lasso", {"alpha": 0.1}, L1(2 * 0.1)),
        (
            "ElasticNet",
            {"alpha": 0.2, "l1_ratio": 0.3},
            L1(2 * 0.2 * 0.3) + L2(0.2 * 0.7),
        ),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_least_squares_of_scikit_learn(engine, name, options, regularizer):
    """Both are at the minimum but for their tolerances; zeros are zeros on both."""
    models = pytest.importorskip("sklearn.linear_model")
    X, y = regression()
    theirs = getattr(models, name)(**options, tol=1e-14, max_iter=100_000).fit(X, y)
    weights, bias = linear(regularizer, engine)
    np.testing.assert_allclose(weights, theirs.coef_, rtol=0, atol=1e-9)
    assert bias == pytest.approx(theirs.intercept_, abs=1e-9)
    np.testing.assert_array_equal(weights == 0, theirs.coef_ == 0)
    assert (np.sum(weights == 0) > 0) == (name != "Ridge")


@pytest.mark.parametrize(
    ("l1_ratio", "regularizer"),
    [(0.0, L2(1 / (2 * 0.2 * 90))), (1.0, L1(1 / (0.2 * 90)))],
)
def test_logistic_regression_of_scikit_learn(l1_ratio, regularizer):
    models = pytest.importorskip("sklearn.linear_model")
    X, y = classes()
    theirs = models.LogisticRegression(
        C=0.2, l1_ratio=l1_ratio, solver="saga", tol=1e-12, max_iter=100_000
    ).fit(X, y)
    weights, bias = softmax(regularizer)
    np.testing.assert_allclose(weights, theirs.coef_.T, rtol=0, atol=1e-6)
    # Softmax does not see what all biases have in common.
    bias = bias - bias.mean()
    intercept = theirs.intercept_ - theirs.intercept_.mean()
    np.testing.assert_allclose(bias, intercept, rtol=0, atol=1e-6)
    if l1_ratio:
        np.testing.assert_array_equal(weights == 0, theirs.coef_.T == 0)
        assert np.any(weights == 0)


@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_networks_of_scikit_learn(kind):
    """One step from the same weights; a regressor halves the squares, so that its rate
    is half of what it is here."""
    networks = pytest.importorskip("sklearn.neural_network")
    classifies = kind == "MLPClassifier"
    X, y = classes() if classifies else regression()
    alpha, rate = 2.0, 0.25
    theirs = getattr(networks, kind)(
        hidden_layer_sizes=(5,),
        activation="tanh",
        solver="sgd",
        alpha=alpha,
        batch_size=len(X),
        learning_rate_init=rate,
        momentum=0.0,
        nesterovs_momentum=False,
        random_state=1,
    )
    more = {"classes": np.unique(y)} if classifies else {}
    theirs.partial_fit(X, y, **more)
    start = list(zip(theirs.coefs_, theirs.intercepts_, strict=True))
    start = [(weights.copy(), bias.copy()) for weights, bias in start]
    theirs.partial_fit(X, y)
    ours = schuss.Model(
        [Dense(5, "tanh"), Dense(3 if classifies else 1)],
        loss="softmax_cross_entropy" if classifies else "mean_squared_error",
        dtype="float64",
    )
    ours.set_weights(start)
    ours.fit(
        X,
        y if classifies else y[:, None],
        epochs=1,
        batch_size=None,
        optimizer=SGD(rate if classifies else rate / 2),
        regularizer=L2(alpha / (2 * len(X)) if classifies else alpha / len(X)),
        verbose=False,
    )
    pairs = zip(theirs.coefs_, theirs.intercepts_, strict=True)
    for a, b in zip(ours.weights, pairs, strict=True):
        np.testing.assert_allclose(a[0], b[0], rtol=0, atol=1e-13)
        np.testing.assert_allclose(a[1], b[1], rtol=0, atol=1e-13)


# The name and options of an optimizer of PyTorch, and what means the same here. AdamW
# decays no biases here, and there, they are put into a group without.
OF_TORCH = {
    "SGD": ({"momentum": 0.9, "weight_decay": 0.04}, SGD(0.05, 0.9)),
    "Adam": ({"eps": 1e-3, "weight_decay": 0.04}, schuss.Adam(0.05, epsilon=1e-3)),
    "RMSprop": (
        {"alpha": 0.9, "eps": 1e-3, "weight_decay": 0.04},
        schuss.RMSprop(0.05, epsilon=1e-3),
    ),
    "Adagrad": (
        {"eps": 1e-3, "weight_decay": 0.04},
        schuss.Adagrad(0.05, epsilon=1e-3),
    ),
    "AdamW": (
        {"eps": 1e-3, "weight_decay": 0.04},
        schuss.AdamW(0.05, epsilon=1e-3, weight_decay=0.04),
    ),
}


def in_torch(name, options, clip=None, steps=20):
    torch = pytest.importorskip("torch")
    X, y = (torch.from_numpy(np.asarray(array)) for array in classes())
    layer = torch.nn.Linear(2, 3, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(START.T.copy()))
        layer.bias.zero_()
    bias = {"params": [layer.bias]} | ({"weight_decay": 0} if name == "AdamW" else {})
    optimizer = getattr(torch.optim, name)(
        [{"params": [layer.weight]}, bias], lr=0.05, **options
    )
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(layer(X), y.long()).backward()
        if clip:
            getattr(torch.nn.utils, clip[0])(layer.parameters(), clip[1])
        optimizer.step()
    return layer.weight.detach().numpy().T, layer.bias.detach().numpy()


START = np.random.default_rng(5).normal(size=(2, 3))


def ours(optimizer, regularizer=None, steps=20):
    X, y = classes()
    model = schuss.Model([Dense(3, weights=START)], dtype="float64")
    model.fit(
        X,
        y,
        epochs=steps,
        batch_size=None,
        optimizer=optimizer,
        regularizer=regularizer,
        verbose=False,
    )
    return model.weights[0]


@pytest.mark.parametrize("name", OF_TORCH)
def test_weight_decay_of_pytorch(name):
    options, optimizer = OF_TORCH[name]
    decay = options["weight_decay"]
    regularizer = None if name == "AdamW" else L2(decay / 2, biases=True)
    theirs = in_torch(name, options)
    for a, b in zip(ours(optimizer, regularizer), theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
    for a, b in zip(ours(optimizer, L2(decay)), theirs, strict=True):
        assert np.max(np.abs(a - b)) > 1e-6


@pytest.mark.parametrize(
    ("clip", "options", "error"),
    [
        # There, 1e-6 is added to the norm.
        (("clip_grad_norm_", 0.05), {"clip_norm": 0.05}, 1e-5),
        (("clip_grad_value_", 0.02), {"clip_value": 0.02}, 1e-13),
    ],
)
def test_clipping_of_pytorch(clip, options, error):
    theirs = in_torch("SGD", {"momentum": 0.9}, clip)
    for a, b in zip(ours(SGD(0.05, 0.9, **options)), theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=error)
    assert np.max(np.abs(ours(SGD(0.05, 0.9))[0] - theirs[0])) > 1e-2


def elastic_net_conditions(weights, bias, l1, l2):
    """How far the minimum's conditions are from being met, weight by weight."""
    X, y = regression()
    residual = X @ weights + bias - y
    slope = 2 * X.T @ residual / len(y) + 2 * l2 * weights
    return np.where(
        weights == 0, np.maximum(np.abs(slope) - l1, 0), slope + l1 * np.sign(weights)
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("l1", [0.05, 0.2, 1.0])
@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.1),
        SGD(0.02, momentum=0.9),
        SGD(0.02, momentum=0.9, nesterov=True),
        schuss.Adam(schuss.StepDecay(0.03, factor=0.5, every=200, per="epoch")),
        schuss.RMSprop(schuss.StepDecay(0.03, factor=0.5, every=200, per="epoch")),
        schuss.Adagrad(0.3),
        schuss.Rprop(0.01),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "name") else value,
)
def test_all_optimizers_find_one_elastic_net(optimizer, l1, engine):
    """A strength is one strength: zeros and all."""
    net = L1(l1) + L2(0.05)
    weights, _ = linear(net, engine, optimizer, 2000, 0)
    best, best_bias = linear(net)
    assert np.max(np.abs(elastic_net_conditions(best, best_bias, l1, 0.05))) < 1e-10
    np.testing.assert_allclose(weights, best, rtol=0, atol=1e-4)
    np.testing.assert_array_equal(weights == 0, best == 0)
    assert np.any(weights == 0)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(5))
def test_what_holds_of_any_data(engine, seed, dtype):
    """Random networks, regularizers and optimizers: limits hold, stronger penalties
    leave more zeros, biases are left alone."""
    rng = np.random.default_rng([seed, 9])
    X = rng.normal(size=(50, 6))
    y = rng.integers(3, size=50)
    optimizer = [
        SGD(0.1, momentum=0.5),
        schuss.Adam(0.01, clip_norm=1.0),
        schuss.RMSprop(0.01),
        schuss.Adagrad(0.1, clip_value=0.1),
        schuss.Rprop(),
    ][seed]
    zeros = []
    for l1 in (0.0, 1e-3, 1e-2, 1.0):
        limit = float(rng.uniform(0.3, 0.6))
        regularizer = L1(l1) + MaxNorm(limit)
        model = schuss.Model(
            [Dense(7, "tanh"), Dense(3)], seed=seed, dtype=dtype, engine=engine
        )
        model.fit(
            X,
            y,
            epochs=40,
            batch_size=10,
            optimizer=optimizer,
            regularizer=regularizer,
            verbose=False,
        )
        for weights, bias in model.weights:
            assert np.all(np.linalg.norm(weights, axis=0) <= limit * (1 + 1e-6))
            assert np.all(bias != 0)
        zeros.append(sum(int(np.sum(weights == 0)) for weights, _ in model.weights))
    assert zeros[0] == 0 and zeros == sorted(zeros) and zeros[-1] == 6 * 7 + 7 * 3


def test_biases_are_regularized_where_asked():
    X, y = classes()
    for kind, alpha in ((L1, 3.0), (L2, 30.0)):
        for biases in (False, True):
            model = schuss.Model([Dense(3, bias=[1.0, -1.0, 1.0])])
            model.fit(
                X,
                y,
                epochs=30,
                optimizer=SGD(0.01),
                regularizer=kind(alpha, biases),
                verbose=False,
            )
            [(_, bias)] = model.weights
            assert np.all(np.abs(bias) < 0.1) == biases
