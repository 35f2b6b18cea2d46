"""Models of other libraries predict the same here, to what rounding allows both."""

import bounds
import numpy as np
import pytest

import schuss
from schuss import conversion, reference


def error_of(model, X):
    """Of the outputs, by what both libraries' arithmetic may do to them."""
    layers = [[np.float64(array) for array in own] for own in model.weights]
    names = [layer.activation for layer in model.structure.dense]
    errors, _ = bounds.outputs(names, layers, np.float64(X), model.dtype)
    return 2 * errors[-1]


def softmax_error(model, X):
    """Of the probabilities; as in bounds.two_layers, for both."""
    outputs = np.float64(model(X))
    error, p = error_of(model, X), reference.softmax(outputs)
    spread = p * (error + (p * error).sum(axis=1, keepdims=True))
    return spread + 2 * bounds.softmax(outputs, p, model.dtype)


def table(rng, dtype, columns=5, rows=40):
    return rng.normal(size=(rows, columns)).astype(dtype)


def trained(kind, X, y, **options):
    """An MLP after a few steps, which is told not to complain."""
    network = pytest.importorskip("sklearn.neural_network")
    return getattr(network, kind)(
        **{"random_state": 0, "max_iter": 3, "hidden_layer_sizes": (7, 6), **options}
    ).fit(X, y)


pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.mark.parametrize("activation", conversion.SKLEARN_ACTIVATIONS)
def test_a_classifier(rng, dtype, activation):
    X, y = table(rng, dtype), rng.integers(0, 4, 40)
    mlp = trained("MLPClassifier", X, y, activation=activation)
    model = schuss.from_sklearn(mlp)
    assert model.dtype == dtype and getattr(model, "classes", None) is None
    difference = np.abs(model.predict_proba(X) - mlp.predict_proba(X))
    assert np.all(difference <= softmax_error(model, X))
    np.testing.assert_array_equal(model.predict(X), mlp.predict(X))


@pytest.mark.parametrize(
    "labels", [[0, 1], ["no", "yes"], [False, True], [3, 7], [0.0, 1.0], [1.0, 2.0]]
)
def test_two_classes_have_one_output(rng, dtype, labels):
    X, y = table(rng, dtype), np.array(labels)[rng.integers(0, 2, 40)]
    mlp = trained("MLPClassifier", X, y)
    model = schuss.from_sklearn(mlp)
    assert model.loss.name == "binary_cross_entropy"
    p = model.predict_proba(X)
    # The logistic function is nowhere steeper than 1/4.
    error = error_of(model, X) / 4 + 4 * bounds.gamma(4, dtype)
    assert np.all(np.abs(p[:, 0] - mlp.predict_proba(X)[:, 1]) <= error[:, 0])
    classes = getattr(model, "classes", None)
    places = np.array(labels) if classes is None else classes
    np.testing.assert_array_equal(places[model.predict(X)], mlp.predict(X))
    assert (classes is None) == (labels == [0, 1] and labels[0] is not False)
    assert classes is None or classes.dtype.kind in "Ubi"


def test_columns_are_known_by_name(rng):
    frame = pytest.importorskip("pandas").DataFrame
    X = frame(table(rng, "float64")).rename(columns=str)
    y = np.array(["c", "a", "b"])[rng.integers(0, 3, 40)]
    mlp = trained("MLPClassifier", X, y)
    model = schuss.from_sklearn(mlp)
    np.testing.assert_array_equal(model.predict(X[X.columns[::-1]]), mlp.predict(X))


def test_labels_that_are_not_counted_from_0_are_kept(rng, tmp_path):
    X, y = table(rng, "float64"), np.array(["c", "a", "b"])[rng.integers(0, 3, 40)]
    mlp = trained("MLPClassifier", X, y)
    schuss.from_sklearn(mlp).save(tmp_path / "m")
    model = schuss.load(tmp_path / "m")
    np.testing.assert_array_equal(model.predict(X), mlp.predict(X))


def test_several_labels_at_once(rng, dtype):
    X, y = table(rng, dtype), rng.integers(0, 2, (40, 3))
    mlp = trained("MLPClassifier", X, y)
    model = schuss.from_sklearn(mlp)
    error = error_of(model, X) / 4 + 4 * bounds.gamma(4, dtype)
    assert np.all(np.abs(model.predict_proba(X) - mlp.predict_proba(X)) <= error)
    np.testing.assert_array_equal(model.predict(X), mlp.predict(X))
    assert getattr(model, "classes", None) is None


@pytest.mark.parametrize("outputs", [1, 2])
def test_a_regressor(rng, dtype, outputs):
    X, y = table(rng, dtype), table(rng, dtype, outputs)
    mlp = trained("MLPRegressor", X, y if outputs > 1 else y[:, 0])
    model = schuss.from_sklearn(mlp)
    expected = mlp.predict(X)
    assert model.predict(X).shape == expected.shape
    assert np.all(np.abs(model(X) - expected.reshape(40, -1)) <= error_of(model, X))


def test_a_regressor_of_counts(rng):
    X, y = table(rng, "float64"), rng.integers(0, 5, 40)
    try:
        mlp = trained("MLPRegressor", X, y, loss="poisson")
    except TypeError:
        pytest.xfail("scikit-learn has it since 1.7")
    model = schuss.from_sklearn(mlp)
    expected, error = mlp.predict(X), error_of(model, X)[:, 0]
    # Relative: the error of the exponent, and that of each exponential.
    error = expected * (np.expm1(error) + 2 * bounds.gamma(4, "float64"))
    assert np.all(np.abs(model.predict(X) - expected) <= error)


def test_without_a_hidden_layer(rng):
    X, y = table(rng, "float64"), rng.integers(0, 3, 40)
    mlp = trained("MLPClassifier", X, y, hidden_layer_sizes=())
    model = schuss.from_sklearn(mlp)
    difference = np.abs(model.predict_proba(X) - mlp.predict_proba(X))
    assert np.all(difference <= softmax_error(model, X))


def test_what_is_no_mlp_is_refused():
    network = pytest.importorskip("sklearn.neural_network")
    linear = pytest.importorskip("sklearn.linear_model")
    with pytest.raises(TypeError, match="from_sklearn got LogisticRegression of skl"):
        schuss.from_sklearn(linear.LogisticRegression())
    with pytest.raises(
        TypeError, match="from_sklearn got list of builtins; give a fit"
    ):
        schuss.from_sklearn([])
    with pytest.raises(
        ValueError, match="the MLPRegressor is not fitted; call its fit"
    ):
        schuss.from_sklearn(network.MLPRegressor())
    mlp = network.MLPRegressor(max_iter=1).fit([[0.0], [1.0]], [0, 1])
    mlp.activation = "sine"
    with pytest.raises(
        TypeError, match="has activations 'sine' and 'identity'; give o"
    ):
        schuss.from_sklearn(mlp)


@pytest.fixture
def nn():
    return pytest.importorskip("torch").nn


def outputs_of(sequential, X):
    torch = pytest.importorskip("torch")
    with torch.no_grad():
        return sequential.eval()(torch.from_numpy(X)).numpy()


MODULES = [
    *(name for name in conversion.TORCH_ACTIVATIONS if name != "Softplus"),
    "GELU",
    "GELU tanh",
]


@pytest.mark.parametrize("name", MODULES)
def test_activations_of_a_sequential(nn, rng, dtype, name):
    pytest.importorskip("torch").manual_seed(1)
    name, _, approximate = name.partition(" ")
    options = {"approximate": approximate} if approximate else {}
    sequential = nn.Sequential(
        nn.Flatten(),
        nn.Linear(5, 7),
        getattr(nn, name)(**options),
        nn.Sequential(nn.Dropout(0.3), nn.Identity(), nn.Linear(7, 3, bias=False)),
    ).to(getattr(pytest.importorskip("torch"), dtype))
    model = schuss.from_torch(sequential)
    X = table(rng, dtype)
    assert model.dtype == dtype
    assert np.all(np.abs(model(X) - outputs_of(sequential, X)) <= error_of(model, X))


def test_softplus_of_a_sequential_is_a_line_from_20_on(nn, rng):
    torch = pytest.importorskip("torch")
    sequential = nn.Sequential(nn.Linear(5, 7), nn.Softplus(), nn.Linear(7, 3))
    sequential.to(torch.float64)
    model = schuss.from_torch(sequential)
    X = 30 * table(rng, "float64")
    line = np.exp(-20) * np.abs(model.weights[1][0]).sum(axis=0)
    error = error_of(model, X) + line
    assert np.all(np.abs(model(X) - outputs_of(sequential, X)) <= error)


def exactly(nn, dtype):
    """A Sequential whose numbers, with inputs that suit, need no rounding at all.

    LayerNorm(epsilon 1/2) of (3, -2, -1, 0) divides by 2, as its variance is 7/2, and
    BatchNorm(epsilon 1/4) by 2 where the running variance is 15/4.
    """
    torch = pytest.importorskip("torch")
    sequential = nn.Sequential(
        nn.LayerNorm(4, eps=0.5),
        nn.Linear(4, 3),
        nn.BatchNorm1d(3, eps=0.25, momentum=0.25),
        nn.PReLU(),
        nn.Linear(3, 3),
        nn.BatchNorm1d(3, eps=0.25, affine=False),
        nn.PReLU(3),
        nn.Linear(3, 2),
    ).to(getattr(torch, dtype))
    rng = np.random.default_rng(3)
    with torch.no_grad():
        for tensor in (*sequential.parameters(), *sequential.buffers()):
            if tensor.dtype.is_floating_point:
                eighths = rng.integers(-8, 9, tuple(tensor.shape)) / 8
                tensor.copy_(torch.from_numpy(eighths))
        for place in (2, 5):
            sequential[place].running_var.fill_(3.75)
    return sequential


def test_norms_and_slopes_of_a_sequential_are_the_same_numbers(nn, dtype):
    sequential = exactly(nn, dtype)
    orders = map(np.random.default_rng, range(9))
    X = np.array([each.permutation([3, -2, -1, 0]) for each in orders], dtype)
    model = schuss.from_torch(sequential, loss="mean_squared_error")
    np.testing.assert_array_equal(model(X), outputs_of(sequential, X))
    momenta = [
        layer.momentum for layer in model.layers if isinstance(layer, schuss.BatchNorm)
    ]
    assert momenta == [0.75, 0.9] and model.loss.name == "mean_squared_error"


def test_a_norm_without_gain_and_shift(nn):
    plain = nn.Sequential(nn.LayerNorm(3, elementwise_affine=False), nn.Linear(3, 2))
    model = schuss.from_torch(plain.double())
    gain, shift = model.weights[0]
    np.testing.assert_array_equal(gain, 1)
    np.testing.assert_array_equal(shift, 0)


def test_what_schuss_has_not_is_refused_by_name(nn):
    class Own(nn.Linear):
        pass

    class Backwards(nn.Sequential):
        def forward(self, x):
            return x

    class Plain(nn.Sequential):
        pass

    linear = nn.Linear(4, 4)
    assert schuss.from_torch(Plain(linear))
    for module, error, sentence in (
        (nn.Conv1d(4, 4, 1), TypeError, "the Sequential has Conv1d.*does not know"),
        (nn.Softmax(1), TypeError, "the Sequential has Softmax.*does not know there"),
        (nn.Flatten(), TypeError, "the Sequential has Flatten.*or Flatten in front"),
        (Own(4, 4), TypeError, "the Sequential has Own.*does not know"),
        (Backwards(linear), TypeError, r"the Sequential has Backwards\("),
        (nn.ELU(0.5), ValueError, "has alpha 0.5, and schuss has 1.0; convert"),
        (nn.LeakyReLU(0.2), ValueError, "has negative_slope 0.2, and schuss has 0.01"),
        (nn.BatchNorm1d(4, momentum=None), ValueError, "momentum None, a mean over al"),
        (
            nn.BatchNorm1d(4, track_running_stats=False),
            ValueError,
            "has track_running_stats False, and schuss has True",
        ),
        (nn.LayerNorm((2, 4)), ValueError, r"has normalized_shape \(2, 4\), and schu"),
        (nn.Linear(4, 4).double(), ValueError, "torch.float32, torch.float64; call"),
    ):
        with pytest.raises(error, match=sentence):
            schuss.from_torch(nn.Sequential(linear, module, linear))
    with pytest.raises(TypeError, match="from_torch got Linear; give a torch.nn.Seque"):
        schuss.from_torch(linear)
    with pytest.raises(TypeError, match="from_torch got Backwards; give a torch.nn.Se"):
        schuss.from_torch(Backwards(linear))
    with pytest.raises(ValueError, match="the Sequential has no Linear; give one"):
        schuss.from_torch(nn.Sequential(nn.ReLU()))
    with pytest.raises(ValueError, match="parameters of torch.float16; call its float"):
        schuss.from_torch(nn.Sequential(nn.Linear(4, 4).half()))
    with pytest.raises(
        ValueError, match="has start_dim 0, and schuss has 1; convert a"
    ):
        schuss.from_torch(nn.Sequential(nn.Flatten(0), linear))


def test_neither_library_is_imported():
    from children import run

    code = "import sys, schuss; print({'torch', 'sklearn'} & set(sys.modules))"
    assert run(code).stdout == "set()\n"
