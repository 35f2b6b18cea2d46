"""Models that are given tables: what they learn of them, and what they refuse."""

import threading

import numpy as np
import pytest

import schuss

ENGINES = ["native", "reference"]


def houses(rows=80, seed=3):
    rng = np.random.default_rng(seed)
    size, town = rng.normal(100, 30, rows), rng.choice(["Rome", "Oslo", "Bern"], rows)
    price = size / 50 + (town == "Rome") + rng.normal(0, 0.05, rows)
    table = {
        "size": np.where(rng.random(rows) < 0.1, np.nan, size),
        "town": town,
        "new": rng.random(rows) < 0.5,
    }
    return table, price


def part(table, rows):
    return {name: column[rows] for name, column in table.items()}


def small(preprocessing=True, outputs=1, **options):
    layers = [schuss.Dense(8, "tanh"), schuss.Dense(outputs)]
    options = {"loss": "mean_squared_error", "seed": 4, **options}
    return schuss.Model(layers, preprocessing=preprocessing, **options)


def bits(model):
    return [array.tobytes() for pair in model.weights for array in pair]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_does_what_preprocessing_by_hand_does(dtype, engine):
    table, price = houses()
    model = small(engine=engine, dtype=dtype)
    history = model.fit(table, price, epochs=3, verbose=False)
    own = schuss.TabularPreprocessor().fit(table)
    matrix = own.transform(table, dtype)
    plain = small(None, engine=engine, dtype=dtype)
    plain.fit(matrix, price, epochs=3, verbose=False)
    assert bits(model) == bits(plain)
    assert history["loss"][-1] < history["loss"][0]
    assert model.feature_names == ["size", "town", "new"]
    assert model.preprocessing.feature_names_out == own.feature_names_out
    np.testing.assert_array_equal(model.predict(table), plain.predict(matrix))
    np.testing.assert_array_equal(model.transform(table), plain.transform(matrix))
    assert model.evaluate(table, price) == plain.evaluate(matrix, price)
    gradient = model.input_gradient(table, price)
    np.testing.assert_array_equal(gradient, plain.input_gradient(matrix, price))


def test_rows_that_are_held_out_are_not_looked_at():
    table, price = houses()
    model = small()
    history = model.fit(table, price, epochs=2, validation_fraction=0.3, verbose=False)
    rng = np.random.default_rng([4, 3])
    taken = rng.permutation(80)[:24]
    left = np.setdiff1d(np.arange(80), taken)
    own = schuss.TabularPreprocessor().fit(part(table, left))
    assert model.preprocessing.state()[0] == own.state()[0]
    for key, array in own.state()[1].items():
        np.testing.assert_array_equal(model.preprocessing.state()[1][key], array)
    whole = schuss.TabularPreprocessor().fit(table).state()[1]
    assert (whole["center"] != own.state()[1]["center"]).all()
    twin = small()
    pair = part(table, np.sort(taken)), price[np.sort(taken)]
    same = twin.fit(
        part(table, left), price[left], epochs=2, validation_data=pair, verbose=False
    )
    assert bits(model) == bits(twin)
    np.testing.assert_array_equal(history["val_loss"], same["val_loss"])


def test_a_resumed_fit_keeps_what_was_learned():
    table, price = houses()
    other, _ = houses(seed=9)
    once, twice = small(), small()
    once.fit(table, price, epochs=4, verbose=False)
    twice.fit(table, price, epochs=2, verbose=False)
    before = twice.preprocessing
    twice.fit(other, price, epochs=0, resume=True, verbose=False)
    assert twice.preprocessing is before
    twice.fit(table, price, epochs=2, resume=True, verbose=False)
    assert bits(once) == bits(twice)


def test_a_preprocessor_is_copied_and_one_that_is_fitted_is_kept():
    table, price = houses()
    own = schuss.TabularPreprocessor()
    model = small(own)
    assert model.preprocessing == own and not model.preprocessing.is_fitted
    model.fit(table, price, epochs=1, verbose=False)
    assert model.preprocessing.is_fitted and not own.is_fitted
    other, _ = houses(seed=9)
    own.fit(other)
    model = small(own)
    model.fit(table, price, epochs=1, verbose=False)
    center = own.state()[1]["center"]
    np.testing.assert_array_equal(model.preprocessing.state()[1]["center"], center)


def test_arrays_of_objects_and_of_numbers_are_tables_too():
    table, price = houses()
    rows = np.array(list(zip(*table.values(), strict=True)), object)
    named, nameless = small(), small()
    named.fit(table, price, epochs=2, verbose=False)
    nameless.fit(rows, price, epochs=2, verbose=False)
    assert bits(named) == bits(nameless) and nameless.feature_names is None
    np.testing.assert_array_equal(named.predict(rows), named.predict(table))
    np.testing.assert_array_equal(named.predict(rows[:1]), named.predict(table)[:1])
    matrix = np.array([[1.0, 200], [2, 100], [3, 400]])
    model = small()
    model.fit(matrix, [1, 2, 3], epochs=1, verbose=False)
    own = schuss.TabularPreprocessor().fit(matrix)
    np.testing.assert_array_equal(model._examples(matrix), own.transform(matrix))


def test_tune_fits_a_preprocessing_for_each_trial():
    table, price = houses()

    def build(parameters):
        return small(schuss.TabularPreprocessor(scaling=parameters["scaling"]))

    space = {"scaling": ["robust", "standard"]}
    found = schuss.tune(
        build, table, price, space, validation_fraction=0.25, epochs=2, workers=2
    )
    assert len(found.trials) == 2 and not any(trial.error for trial in found.trials)
    best = found.best_model
    assert best.preprocessing.scaling == found.best_parameters["scaling"]
    assert best.feature_names == ["size", "town", "new"]
    assert np.isfinite(best.predict(table)).all()


def test_a_search_for_a_rate_leaves_the_model_as_it_is():
    table, price = houses()
    model = small()
    found = schuss.find_learning_rate(model, table, price, steps=5)
    assert len(found.losses) and not model.preprocessing.is_fitted
    own = schuss.TabularPreprocessor().fit(table).transform(table)
    same = schuss.find_learning_rate(small(None), own, price, steps=5)
    np.testing.assert_array_equal(found.losses, same.losses)


def test_a_step_is_explained_with_what_the_network_is_given():
    table, price = houses()
    model = schuss.Model(
        [schuss.Dense(1)], loss="mean_squared_error", preprocessing=True
    )
    model.fit(table, price, epochs=1, verbose=False)
    row = part(table, [0])
    told = model.explain_step(row, price[:1])
    np.testing.assert_array_equal(told["x"].value, model._examples(row)[0])


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"town": None}, ValueError, "X lacks column 'town'; give the 3 columns"),
        ({"age": np.ones(80)}, ValueError, "X has the unknown column 'age'"),
        ({"town": np.ones(80)}, TypeError, "column 'town' of X has numbers, and in th"),
        ({"size": np.full(80, np.inf)}, ValueError, "column 'size' is infinite in row"),
        ({"new": np.zeros(80, "M8[s]")}, TypeError, "column 'new' has dates or times"),
    ],
)
def test_other_tables_are_refused_and_change_nothing(change, error, sentence):
    table, price = houses()
    model = small()
    model.fit(table, price, epochs=1, verbose=False)
    before, known = bits(model), model.preprocessing
    other = {key: own for key, own in (table | change).items() if own is not None}
    for call in (
        lambda: model.predict(other),
        lambda: model.evaluate(other, price),
        lambda: model.fit(other, price, verbose=False),
    ):
        with pytest.raises(error, match=sentence):
            call()
    with pytest.raises(error, match=sentence.replace("of X", "of validation X")):
        pair = other, price
        model.fit(table, price, validation_data=pair, verbose=False)
    assert bits(model) == before and model.preprocessing is known


def test_a_fit_that_is_refused_leaves_nothing_learned():
    table, price = houses()
    model = small()
    with pytest.raises(ValueError, match="batch_size is 0"):
        model.fit(table, price, batch_size=0, verbose=False)
    assert model.feature_names is None and not model.preprocessing.is_fitted
    with pytest.raises(TypeError, match="preprocessing is 3; give a schuss.Tabular"):
        small(3)


def test_a_plane_of_a_preprocessed_model_is_not_drawn():
    pytest.importorskip("matplotlib")
    model = small()
    X = np.array([[1.0, 2], [3, 5], [4, 1]])
    model.fit(X, [1, 2, 3], epochs=1, verbose=False)
    with pytest.raises(ValueError, match="the model has a preprocessing"):
        schuss.plots.decision_boundary(model, X)


NUMBERS = {"a": [1.0, 2, 3, 5], "b": [4.0, 0, 1, 2], "c": [0.0, 1, 0, 1]}
MATRIX = np.array(list(NUMBERS.values())).T
PRICES = [1.0, 2, 3, 4]


def frames(columns):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pa = pytest.importorskip("pyarrow")
    return [
        columns,
        pandas.DataFrame(columns),
        polars.DataFrame(columns),
        pa.table(columns),
        pa.table(columns).to_batches()[0],
    ]


def test_frames_of_numbers_need_no_preprocessing():
    plain = small(None)
    plain.fit(MATRIX, PRICES, epochs=2, verbose=False)
    expected = plain.predict(MATRIX)
    turned = dict(reversed(NUMBERS.items()))
    for frame, other in zip(frames(NUMBERS), frames(turned), strict=True):
        model = small(None)
        pair = other, PRICES
        model.fit(frame, PRICES, epochs=2, validation_data=pair, verbose=False)
        assert bits(model) == bits(plain) and model.feature_names == ["a", "b", "c"]
        for given in (frame, other, MATRIX, MATRIX.tolist()):
            np.testing.assert_array_equal(model.predict(given), expected)
        for wrong in frames({"a": [1.0], "b": [2.0], "d": [3.0]}):
            sentence = "X lacks column 'c' and has the unknown column 'd'; give the 3"
            with pytest.raises(ValueError, match=sentence):
                model.predict(wrong)
    assert plain.feature_names is None
    np.testing.assert_array_equal(plain.predict(frame), expected)


def test_frames_with_categories_ask_for_a_preprocessing():
    for frame in frames({"a": [1.0, 2], "town": ["Rome", "Oslo"]}):
        model = small(None)
        sentence = "X has categories in column 'town'; give the model preprocessing=Tr"
        with pytest.raises(TypeError, match=sentence):
            model.fit(frame, [1, 2], verbose=False)
        assert model.feature_names is None and model._network is None


def test_a_gap_in_a_frame_of_numbers_is_told_as_in_an_array():
    for frame in frames({"a": [1.0, None], "b": [2.0, 1]}):
        with pytest.raises(ValueError, match=r"X\[1, 0\] is NaN"):
            small(None).fit(frame, [1, 2], verbose=False)


def test_a_stream_that_can_be_read_once_is():
    pa = pytest.importorskip("pyarrow")
    stream = pa.table(NUMBERS).to_reader()
    for model in (small(None), small()):
        stream = pa.table(NUMBERS).to_reader()
        model.fit(stream, pa.array(PRICES), epochs=1, verbose=False)
        assert model.feature_names == ["a", "b", "c"]
        given = model.predict(pa.table(NUMBERS).to_reader())
        np.testing.assert_array_equal(given, model.predict(NUMBERS))


def test_one_model_predicts_frames_from_several_threads():
    table, price = houses()
    model = small()
    model.fit(table, price, epochs=1, verbose=False)
    expected, found = model.predict(table), []
    threads = [
        threading.Thread(target=lambda: found.append(model.predict(table)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all((each == expected).all() for each in found)
