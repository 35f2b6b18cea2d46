"""A preprocessor as people use it: it fits, transforms, is saved and refuses."""

import json
from copy import copy

import numpy as np
import pytest

import schuss
from schuss.preprocessing import as_preprocessor

CARS = {
    "doors": [2, 4, 5, 4],
    "fuel": ["gas", "diesel", "gas", None],
    "zip": [1, 2, 3, 1],
}


def fitted(**options):
    return schuss.TabularPreprocessor(**options).fit(CARS)


def test_columns_become_what_their_names_say():
    own = fitted(smooth_clip=None, categorical=["zip"])
    assert own.feature_names == ["doors", "fuel", "zip"]
    names = ["doors", "fuel=gas", "fuel is missing", "zip=1", "zip=2", "zip=3"]
    assert own.feature_names_out == names
    expected = [
        [-2 / 0.75, 1, 0, 1, 0, 0],
        [0, -1, 0, 0, 1, 0],
        [1 / 0.75, 1, 0, 0, 0, 1],
        [0, 0, 1, 1, 0, 0],
    ]
    np.testing.assert_array_equal(own.transform(CARS, "float64"), expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_matrix_is_of_the_type_and_layout_of_kernels(dtype):
    matrix = fitted().transform(CARS, dtype)
    assert matrix.dtype == dtype and matrix.flags.c_contiguous
    assert matrix.shape == (4, len(fitted().feature_names_out))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"scaling": "standard", "smooth_clip": None},
        {"scaling": None, "max_categories": 2, "categorical": ("zip",)},
    ],
)
def test_a_state_is_all_there_is(options):
    own = fitted(**options)
    description, arrays = own.state()
    cls = schuss.TabularPreprocessor
    again = cls.from_state(json.loads(json.dumps(description)), arrays)
    assert again == own and again.feature_names_out == own.feature_names_out
    assert again.transform(CARS).tobytes() == own.transform(CARS).tobytes()
    empty = cls(**options)
    same = cls.from_state(*empty.state())
    assert same == empty and not same.is_fitted


def test_description_and_what_was_learned_are_apart():
    own = fitted(scaling="standard")
    assert repr(own) == repr(own.unfitted()) and own == own.unfitted()
    assert own.is_fitted and not own.unfitted().is_fitted
    with pytest.raises(AttributeError):
        own.scaling = "robust"
    twin = copy(own)
    twin.fit({"doors": [1, 2], "fuel": ["x", "y"], "zip": [0, 1]})
    assert (
        own.feature_names_out[1] == "fuel=gas" and twin.feature_names_out[1] == "fuel=y"
    )


def test_order_does_not_matter_and_one_row_will_do():
    own = fitted()
    turned = dict(reversed(CARS.items()))
    assert own.transform(turned).tobytes() == own.transform(CARS).tobytes()
    row = {"doors": [4], "fuel": [None], "zip": [None]}
    assert own.transform(row).shape == (1, 4)


def test_parts_of_a_table_become_parts_of_its_matrix():
    pa = pytest.importorskip("pyarrow")
    own, table = fitted(), pa.table(CARS)
    parts = [own.transform(part) for part in table.to_batches(max_chunksize=1)]
    assert len(parts) == 4
    assert np.concatenate(parts).tobytes() == own.transform(table).tobytes()


def test_every_kind_of_frame_gives_the_same_bits():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pa = pytest.importorskip("pyarrow")
    expected = fitted().transform(CARS)
    for kind in (pandas.DataFrame, polars.DataFrame, pa.table):
        frame = kind(CARS)
        own = schuss.TabularPreprocessor().fit(frame)
        assert own.transform(frame).tobytes() == expected.tobytes()
        assert fitted().transform(frame).tobytes() == expected.tobytes()
        assert own.transform(CARS).tobytes() == expected.tobytes()


@pytest.mark.parametrize("scaling", ["robust", "standard"])
def test_scikit_learn_says_the_same(scaling, rng):
    sklearn = pytest.importorskip("sklearn.preprocessing")
    towns = [f"town {n}" for n in range(9) for _ in range(3 * n + 2)]  # no two alike
    sizes = rng.normal(50, 20, len(towns))
    table = {"size": sizes, "town": rng.permutation(towns)}
    options = {"scaling": scaling, "smooth_clip": None, "max_categories": 5}
    own = schuss.TabularPreprocessor(**options).fit(table)
    later = {"size": sizes[:3] * 2, "town": ["town 8", "town 0", "nowhere"]}
    robust = scaling == "robust"
    scaler = sklearn.RobustScaler() if robust else sklearn.StandardScaler()
    encoder = sklearn.OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=5, sparse_output=False
    )
    scaler.fit(sizes[:, None])
    encoder.fit(table["town"][:, None])
    for given in (table, later):
        expected = np.hstack(
            [
                scaler.transform(given["size"][:, None]),
                encoder.transform(np.array(given["town"])[:, None]),
            ]
        )
        found = own.transform(given, "float64")
        # Both sum as many terms as there are rows, at most.
        error = len(towns) * np.finfo(float).eps * np.abs(expected).max()
        np.testing.assert_allclose(found, expected, rtol=0, atol=error)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"scaling": "minmax"}, ValueError, "scaling is 'minmax'; give one of"),
        ({"smooth_clip": 0}, ValueError, "smooth_clip is 0; give a number above 0"),
        ({"max_categories": 1}, ValueError, "max_categories is 1; give a whole num"),
        ({"categorical": "zip"}, TypeError, "categorical is 'zip'; give a list of"),
        ({"categorical": [1]}, TypeError, r"categorical is \[1\]; give a list of col"),
    ],
)
def test_settings_that_are_none_are_refused(options, error, sentence):
    with pytest.raises(error, match=sentence):
        schuss.TabularPreprocessor(**options)


def test_a_fit_that_fails_changes_nothing():
    own = fitted()
    before = own.transform(CARS)
    with pytest.raises(ValueError, match="'a' has nothing but missing cells; leave"):
        own.fit({"a": [None, None]})
    named = schuss.TabularPreprocessor(categorical=["town"])
    with pytest.raises(ValueError, match="has column 'town', and X has 'doors', 'fuel"):
        named.fit(CARS)
    assert not named.is_fitted
    assert own.transform(CARS).tobytes() == before.tobytes()


def test_what_cannot_be_transformed_is_refused():
    with pytest.raises(RuntimeError, match="has looked at no table yet; fit it, or"):
        schuss.TabularPreprocessor().transform(CARS)
    with pytest.raises(ValueError, match="dtype is 'int8'; give one of"):
        fitted().transform(CARS, "int8")
    far = CARS | {"doors": [4, 1e300, 4, 4]}
    with pytest.raises(ValueError, match=r"'doors' is 1e\+300 in row 1, too far from"):
        fitted(smooth_clip=None).transform(far)
    assert np.isfinite(fitted().transform(far)).all()


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"scaling": "x"}, {"more": 1}, {"max_categories": "9"}],
)
def test_damage_is_told(change):
    description, arrays = fitted().state()
    with pytest.raises(ValueError, match="a TabularPreprocessor is damaged: .*; save"):
        schuss.TabularPreprocessor.from_state(description | change, arrays)
    del description["scaling"]
    with pytest.raises(ValueError, match="is damaged"):
        schuss.TabularPreprocessor.from_state(description, arrays)


def test_what_a_model_takes_for_preprocessing():
    own = fitted()
    taken = as_preprocessor(own)
    assert taken is not own and taken.feature_names_out == own.feature_names_out
    assert as_preprocessor(True) == as_preprocessor("auto") == own.unfitted()
    assert as_preprocessor(None) is None and as_preprocessor(False) is None
    for given in ("robust", 3, schuss.TabularPreprocessor):
        with pytest.raises(TypeError, match="preprocessing is .*; give a schuss.Tabu"):
            as_preprocessor(given)
