"""The plane is coloured as the model predicts, and lines are where units switch."""

import numpy as np
import pytest

import schuss
from schuss import figures
from schuss.plots import decision_boundary

pytest.importorskip("matplotlib")


@pytest.fixture(params=["native", "reference"])
def engine(request):
    return request.param


def linear(engine="native"):
    """Class 1 where x_1 + 2 x_2 > 1."""
    layer = schuss.Dense(2, weights=[[0.0, 1.0], [0.0, 2.0]], bias=[1.0, 0.0])
    return schuss.Model([layer], engine=engine, dtype="float64").build(2)


def hidden(engine="native", activation="sigmoid"):
    """A unit that switches at x_1 = 0.5, one at x_2 = -x_1, and one that never does."""
    weights, bias = [[2.0, 1.0, 0.0], [0.0, 1.0, 0.0]], [-1.0, 0.0, 1.0]
    first = schuss.Dense(3, activation, weights=weights, bias=bias)
    layers = [first, schuss.Dense(2)]
    return schuss.Model(layers, engine=engine, dtype="float64").build(2)


X = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
Y = np.array([0, 0, 1, 1])


def paths(axes):
    """The vertices of every line that contour drew."""
    from matplotlib.contour import ContourSet

    sets = [each for each in axes.collections if isinstance(each, ContourSet)]
    return [np.concatenate([p.vertices for p in each.get_paths()]) for each in sets]


def test_colours_are_predictions(engine):
    model = linear(engine)
    (axes,) = decision_boundary(model, X, Y, points=21).axes
    (image,) = axes.images
    grid = np.linspace(-1.2, 1.2, 21)
    table = np.stack([part.ravel() for part in np.meshgrid(grid, grid)], axis=1)
    from matplotlib.colors import to_rgba_array

    colours = to_rgba_array(figures.PALETTE, 0.25)[model.predict(table)]
    np.testing.assert_array_equal(image.get_array(), colours.reshape(21, 21, 4))
    assert image.origin == "lower"
    # Pixels stand around the points of the grid.
    np.testing.assert_allclose(image.get_extent(), [-1.26, 1.26, -1.26, 1.26])
    np.testing.assert_allclose([*axes.get_xlim(), *axes.get_ylim()], [-1.2, 1.2] * 2)
    (line,) = paths(axes)
    np.testing.assert_allclose(line @ [1, 2], 1, atol=1e-12)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$x_1$", "$x_2$")


def test_one_event_has_a_line_where_it_is_as_likely_as_not(engine):
    layer = schuss.Dense(1, weights=[[1.0], [2.0]], bias=[-1.0])
    loss = "binary_cross_entropy"
    options = {"engine": engine, "dtype": "float64", "loss": loss}
    model = schuss.Model([layer], **options).build(2)
    (axes,) = decision_boundary(model, X, Y, points=21).axes
    (line,) = paths(axes)
    np.testing.assert_allclose(line @ [1, 2], 1, atol=1e-12)
    np.testing.assert_allclose(model.predict_proba(line), 0.5, atol=1e-12)
    # The plane is coloured as that of the same classifier with two outputs.
    (other,) = decision_boundary(linear(engine), X, Y, points=21).axes
    pictures = [each.images[0].get_array() for each in (axes, other)]
    np.testing.assert_array_equal(*pictures)


def test_several_events_have_a_line_each(engine):
    layer = schuss.Dense(2, weights=[[1.0, 1.0], [2.0, 0.0]], bias=[-1.0, 0.0])
    loss = "binary_cross_entropy"
    options = {"engine": engine, "dtype": "float64", "loss": loss}
    (axes,) = decision_boundary(
        schuss.Model([layer], **options).build(2), X, points=21
    ).axes
    first, second = paths(axes)
    np.testing.assert_allclose(first @ [1, 2], 1, atol=1e-12)
    np.testing.assert_allclose(second[:, 0], 0, atol=1e-12)
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["event 0", "event 1"]


def test_points_are_the_data_by_class(engine):
    (axes,) = decision_boundary(linear(engine), X, Y).axes
    scattered = [each for each in axes.collections if len(each.get_offsets()) == 2]
    for each, label in zip(scattered, (0, 1), strict=True):
        np.testing.assert_array_equal(each.get_offsets(), X[label == Y])
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["class 0", "class 1"]
    first, second = (each.get_facecolor()[0] for each in scattered)
    assert not np.array_equal(first, second)
    (axes,) = decision_boundary(linear(engine), X).axes
    assert axes.get_legend() is None
    assert len(axes.collections[-1].get_offsets()) == 4


def test_sparse_points_are_points(engine):
    sparse = pytest.importorskip("scipy.sparse").csr_array(X)
    one, other = (
        decision_boundary(linear(engine), each, Y).axes[0] for each in (sparse, X)
    )
    for ours, theirs in zip(one.collections, other.collections, strict=True):
        np.testing.assert_array_equal(ours.get_offsets(), theirs.get_offsets())


def test_three_classes_meet_in_two_lines_of_margins():
    weights = [[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]]
    model = schuss.Model([schuss.Dense(3, weights=weights)], dtype="float64").build(2)
    (axes,) = decision_boundary(model, X, points=51).axes
    assert len(np.unique(axes.images[0].get_array().reshape(-1, 4), axis=0)) == 3
    for line, mine in zip(paths(axes), (0, 1), strict=True):
        logits = np.sort(np.delete(line @ weights, mine, axis=1), axis=1)
        gaps = (line @ weights)[:, mine] - logits[:, -1]
        # Linear within a square of the grid but at the corner, where three meet.
        assert np.abs(gaps).max() < 2.4 / 50


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_lines_of_a_layer_are_where_its_units_switch(engine, activation):
    model = hidden(engine, activation)
    (axes,) = decision_boundary(model, X, layer=0).axes
    vertical, diagonal = paths(axes)
    np.testing.assert_allclose(vertical[:, 0], 0.5, atol=1e-12)
    np.testing.assert_allclose(diagonal.sum(axis=1), 0, atol=1e-12)
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["unit 0", "unit 1"] and not axes.images


def test_lines_of_a_higher_layer_are_those_of_its_sums(engine):
    X, y = schuss.datasets.make_moons(60, seed=0)
    layers = [schuss.Dense(5, "tanh"), schuss.Dense(1, "tanh"), schuss.Dense(2)]
    model = schuss.Model(layers, engine=engine, dtype="float64", seed=2)
    model.fit(X, y, epochs=5, verbose=False)
    (axes,) = decision_boundary(model, X, layer=-2).axes
    (line,) = paths(axes)
    # As near as a straight line within a square of the grid comes to the curve.
    assert np.abs(model.transform(line, 1)).max() < 0.01


def test_the_field_is_the_output_of_a_unit(engine):
    model = hidden(engine)
    axes, bar = decision_boundary(model, X, layer=0, unit=1, points=11).axes
    grid = np.linspace(-1.2, 1.2, 11)
    table = np.stack([part.ravel() for part in np.meshgrid(grid, grid)], axis=1)
    field = model.transform(table, 0)[:, 1].reshape(11, 11)
    np.testing.assert_array_equal(axes.images[0].get_array(), field)
    assert bar.get_ylabel() == "output of unit 1 of layer 0"
    np.testing.assert_allclose(bar.get_ylim(), [field.min(), field.max()])
    (line,) = paths(axes)
    np.testing.assert_allclose(line.sum(axis=1), 0, atol=1e-12)


def test_a_model_of_numbers_shows_its_first_output(engine):
    layer = schuss.Dense(1, weights=[[1.0], [0.0]])
    model = schuss.Model([layer], loss="mean_squared_error", engine=engine).build(2)
    axes, bar = decision_boundary(model, X, points=3).axes
    expected = np.broadcast_to(np.float32([-1.2, 0, 1.2]), (3, 3))
    np.testing.assert_allclose(axes.images[0].get_array(), expected, rtol=1e-6)
    assert bar.get_ylabel() == "predicted" and not paths(axes)


def test_a_constant_has_no_line_and_no_shades():
    layer = schuss.Dense(1, initializer="zeros")
    model = schuss.Model([layer], loss="mean_squared_error").build(2)
    assert not paths(decision_boundary(model, X).axes[0])
    assert not paths(decision_boundary(hidden(), X[:1], layer=0, unit=2).axes[0])


def test_given_axes_get_no_legend():
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    assert decision_boundary(linear(), X, Y, ax=axes) is figure
    assert axes.get_legend() is None and len(axes.images) == 1


def test_planes_that_are_none():
    wide = schuss.Model([schuss.Dense(2)]).build(3)
    with pytest.raises(ValueError, match="the model has 3 inputs, and a plane has two"):
        decision_boundary(wide, X)
    with pytest.raises(RuntimeError, match="no weights yet"):
        decision_boundary(schuss.Model([schuss.Dense(2)]), X)
    with pytest.raises(ValueError, match="unit is 3; .* below 3"):
        decision_boundary(hidden(), X, layer=0, unit=3)
    with pytest.raises(ValueError, match="layer is 2; .* below 2"):
        decision_boundary(hidden(), X, layer=2)
    with pytest.raises(ValueError, match="unit is 1 of no layer; give its layer"):
        decision_boundary(hidden(), X, unit=1)
    with pytest.raises(ValueError, match="points is 1"):
        decision_boundary(hidden(), X, points=1)
    with pytest.raises(ValueError, match="one class label for each of the 4 rows"):
        decision_boundary(hidden(), X, Y[:3])
    with pytest.raises(ValueError, match=r"dtype float64; give one class label"):
        decision_boundary(hidden(), X, Y / 2)
    with pytest.raises(ValueError, match="X has 1 columns; expected 2"):
        decision_boundary(hidden(), X[:, :1])
    with pytest.raises(ValueError, match="X is empty"):
        decision_boundary(hidden(), X[:0])
