"""Images of weights are the weights, tile by tile, around zero."""

import numpy as np
import pytest

import schuss
from schuss.plots import weight_images

pytest.importorskip("matplotlib")


def model_of(weights):
    layers = [schuss.Dense(weights.shape[1], "relu", weights=weights), schuss.Dense(2)]
    return schuss.Model(layers, dtype="float64").build(len(weights))


def test_every_unit_has_its_tile(rng):
    weights = rng.normal(size=(6, 3))
    axes, bar = weight_images(model_of(weights), shape=(2, 3)).axes
    (image,) = axes.images
    tiles = np.ma.filled(image.get_array(), np.nan)
    assert tiles.shape == (5, 7)
    for unit, (top, left) in enumerate([(0, 0), (0, 4), (3, 0)]):
        tile = tiles[top : top + 2, left : left + 3]
        np.testing.assert_array_equal(tile, weights[:, unit].reshape(2, 3))
    assert np.isnan(tiles).sum() == 5 * 7 - 18
    assert image.get_clim() == (-np.abs(weights).max(), np.abs(weights).max())
    assert bar.get_ylabel() == "weight"


def test_squares_and_a_choice_of_units(rng):
    weights = rng.normal(size=(9, 5))
    axes = weight_images(model_of(weights), units=[4, 1]).axes[0]
    tiles = axes.images[0].get_array()
    np.testing.assert_array_equal(tiles[:, :3], weights[:, 4].reshape(3, 3))
    np.testing.assert_array_equal(tiles[:, 4:], weights[:, 1].reshape(3, 3))


def test_weights_that_are_all_zero_are_white():
    image = weight_images(model_of(np.zeros((4, 2)))).axes[0].images[0]
    assert image.get_clim() == (-1, 1)


def test_given_axes_are_drawn_in(rng):
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    assert weight_images(model_of(rng.normal(size=(4, 2))), ax=axes) is figure
    assert len(axes.images) == 1


def test_images_that_are_none(rng):
    model = model_of(rng.normal(size=(6, 3)))
    with pytest.raises(ValueError, match="6 inputs, which make no square; give shape"):
        weight_images(model)
    with pytest.raises(ValueError, match=r"shape is \(2, 2\), of 4 pixels, but"):
        weight_images(model, shape=(2, 2))
    with pytest.raises(ValueError, match="shape is 6; give"):
        weight_images(model, shape=6)
    with pytest.raises(TypeError, match="height is 'a'; give a whole number"):
        weight_images(model, shape=("a", 2))
    with pytest.raises(ValueError, match="a unit is 3; .* below 3"):
        weight_images(model, shape=(2, 3), units=[3])
    with pytest.raises(ValueError, match="units is empty"):
        weight_images(model, shape=(2, 3), units=[])
    with pytest.raises(RuntimeError, match="no weights yet"):
        weight_images(schuss.Model([schuss.Dense(2)]))
