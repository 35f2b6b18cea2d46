"""The model as people use it: it learns, it repeats, and it refuses nonsense whole."""

import os
import signal
import threading
import time
import tracemalloc

import numpy as np
import pytest

import schuss

ENGINES = ["native", "reference"]


def blobs():
    return schuss.datasets.make_blobs(120, classes=3, seed=1)


def small(**options):
    layers = [schuss.Dense(8, "tanh"), schuss.Dense(3)]
    return schuss.Model(layers, **{"seed": 4, **options})


def fitted(**options):
    X, y = blobs()
    model = small(**options)
    model.fit(X, y, epochs=2, verbose=False)
    return model


def bits(model):
    return [array.tobytes() for pair in model.weights for array in pair]


@pytest.mark.parametrize("engine", ENGINES)
def test_it_learns(dtype, engine):
    X, y = blobs()
    model = small(dtype=dtype, engine=engine)
    history = model.fit(
        X[:90],
        y[:90],
        epochs=20,
        batch_size=16,
        optimizer=schuss.SGD(0.1, momentum=0.9),
        validation_data=(X[90:], y[90:]),
        verbose=False,
    )
    keys = ["loss", "accuracy", "learning_rate", "val_loss", "val_accuracy", "seconds"]
    assert list(history) == keys
    assert all(values.shape == (20,) for values in history.values())
    assert history["accuracy"][-1] > 0.95 > history["accuracy"][0]
    scores = model.evaluate(X[90:], y[90:])
    assert scores["loss"] == history["val_loss"][-1]
    assert scores["accuracy"] == history["val_accuracy"][-1]
    assert scores["accuracy"] == np.mean(model.predict(X[90:]) == y[90:])


def test_outputs_have_the_right_types(dtype):
    X, _ = blobs()
    model = fitted(dtype=dtype)
    probabilities = model.predict_proba(X)
    assert probabilities.dtype == model(X).dtype == dtype
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(model.predict(X), probabilities.argmax(axis=1))
    np.testing.assert_allclose(
        probabilities, schuss.reference.softmax(model(X)), rtol=1e-5
    )


def test_a_seed_determines_everything():
    assert bits(fitted()) == bits(fitted())
    assert bits(fitted()) != bits(fitted(seed=5))


@pytest.mark.parametrize("engine", ENGINES)
def test_adam_learns(dtype, engine):
    X, y = blobs()
    model = small(dtype=dtype, engine=engine)
    history = model.fit(
        X, y, epochs=20, batch_size=16, optimizer=schuss.Adam(0.02), verbose=False
    )
    assert history["accuracy"][-1] > 0.95 > history["accuracy"][0]
    assert (history["learning_rate"] == 0.02).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_adam_may_diverge_too(engine):
    X, y = blobs()
    layers = [schuss.Dense(8, "relu"), schuss.Dense(3)]
    model = schuss.Model(layers, engine=engine).build(2)
    before = bits(model)
    with pytest.raises(
        FloatingPointError, match="^the loss .* in epoch 1, batch 2, at"
    ):
        model.fit(X, y, optimizer=schuss.Adam(1e37), verbose=False)
    assert bits(model) == before


def test_the_first_step_of_adam_has_the_length_of_its_rate():
    X, y = blobs()
    model = small(dtype="float64").build(2)
    before = model.weights
    optimizer = schuss.Adam(0.125, epsilon=1e-12)
    model.fit(X, y, epochs=1, batch_size=None, optimizer=optimizer, verbose=False)
    for pairs in zip(before, model.weights, strict=True):
        for a, b in zip(*pairs, strict=True):
            np.testing.assert_allclose(np.abs(a - b), 0.125, rtol=1e-6)


def test_epochs_that_pass_by_many_at_once_are_told_one_by_one():
    X, y = blobs()
    started = time.perf_counter()
    once, singly = small(), small()
    history = once.fit(X, y, epochs=500, verbose=False)
    passed = time.perf_counter() - started
    assert all(values.shape == (500,) for values in history.values())
    assert all(values.dtype == np.float64 for values in history.values())
    assert history["seconds"].min() > 0
    assert history["seconds"].sum() <= passed
    for epoch in range(20):
        single = singly.fit(X, y, epochs=1, verbose=False)
        for key in ("loss", "accuracy", "learning_rate"):
            assert single[key] == history[key][epoch : epoch + 1]


def test_rows_come_in_the_order_of_the_plans_key():
    X, y = blobs()
    model, twin = small(), small()
    model.fit(X, y, epochs=1, batch_size=7, verbose=False)
    again = model.fit(X, y, epochs=2, batch_size=7, verbose=False)
    key = int(np.random.SeedSequence([4, 1]).generate_state(1, "u8")[0])
    losses = []
    for epoch in range(3):
        order = schuss.reference.shuffle(len(X), key, epoch)
        single = twin.fit(
            X[order], y[order], epochs=1, batch_size=7, shuffle=False, verbose=False
        )
        losses.extend(single["loss"])
    assert bits(model) == bits(twin)
    np.testing.assert_array_equal(again["loss"], losses[1:])


def test_fitting_again_goes_on():
    X, y = blobs()
    once, twice = small(), small()
    once.fit(X, y, epochs=4, verbose=False)
    twice.fit(X, y, epochs=2, verbose=False)
    history = twice.fit(X, y, epochs=2, verbose=False)
    assert bits(once) == bits(twice)
    np.testing.assert_array_equal(history["loss"], once.history["loss"][2:])


def test_regression_reaches_least_squares():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    y = X @ [1.0, -2.0, 0.5] + 3 + 0.1 * rng.normal(size=60)
    model = schuss.Model([schuss.Dense(1)], loss="mean_squared_error", dtype="float64")
    history = model.fit(
        X, y, epochs=500, batch_size=None, optimizer=schuss.SGD(0.2), verbose=False
    )
    design = np.column_stack([X, np.ones(60)])
    solution = np.linalg.lstsq(design, y, rcond=None)[0]
    weights, bias = model.weights[0]
    np.testing.assert_allclose(np.append(weights, bias), solution, atol=1e-8)
    assert "accuracy" not in history
    assert model.predict(X).shape == (60,)
    assert set(model.evaluate(X, y)) == {"loss"}
    with pytest.raises(ValueError, match="predicts numbers without probabilities"):
        model.predict_proba(X)


def test_distributions_as_targets_equal_labels():
    X, y = blobs()
    a, b = small(dtype="float64"), small(dtype="float64")
    a.fit(X, y, verbose=False)
    b.fit(X, np.eye(3)[y], verbose=False)
    for pair_a, pair_b in zip(a.weights, b.weights, strict=True):
        np.testing.assert_allclose(pair_a[0], pair_b[0], rtol=1e-12)


def test_l2_pulls_weights_and_not_biases():
    X, y = blobs()
    free, held = small(), small()
    free.fit(X, y, verbose=False)
    held.fit(X, y, regularizer=schuss.L2(0.05), verbose=False)
    assert np.abs(held.weights[0][0]).sum() < 0.8 * np.abs(free.weights[0][0]).sum()


def test_rescaling_equals_rescaled_inputs(dtype):
    X, y = schuss.datasets.load_digits()
    X, y = X[:200], y[:200]
    dense = [schuss.Dense(10)]
    a = schuss.Model([schuss.Rescaling(1 / 16, -0.5), *dense], dtype=dtype)
    b = schuss.Model(dense, dtype=dtype)
    a.fit(X, y, epochs=2, verbose=False)
    b.fit(X / 16 - 0.5, y, epochs=2, verbose=False)
    tolerance = 100 * np.finfo(dtype).eps
    np.testing.assert_allclose(a.weights[0][0], b.weights[0][0], atol=tolerance)


def test_given_weights_are_used():
    W, b = np.arange(6.0).reshape(2, 3), np.array([1.0, -1.0, 0.0])
    model = schuss.Model([schuss.Dense(3, weights=W, bias=b)]).build(2)
    np.testing.assert_array_equal(model([[1, 10]]), [[31, 40, 52]])
    model = schuss.Model([schuss.Dense(3)])
    model.set_weights([(W, b)])
    np.testing.assert_array_equal(model([[1, 10]]), [[31, 40, 52]])


def variants(X):
    """The same numbers in every form that users have."""
    record = np.zeros(X.shape, [("pad", "u1"), ("value", "<f8")])
    record["value"] = X
    frozen = X.copy()
    frozen.setflags(write=False)
    wide = np.repeat(X, 2, axis=1)
    return {
        "Fortran order": np.asfortranarray(X),
        "big-endian": X.astype(">f8"),
        "float32": X.astype("f4"),
        "list": X.tolist(),
        "read-only": frozen,
        "every other column": wide[:, ::2],
        "reversed twice": X[::-1][::-1],
        "reversed in memory": np.ascontiguousarray(X[::-1, ::-1])[::-1, ::-1],
        "unaligned": record["value"],
    }


def test_any_form_of_the_data_just_works(tmp_path):
    X, y = blobs()
    X = np.round(X * 8) / 8  # exact in every dtype
    truth = small()
    truth.fit(X, y, epochs=2, verbose=False)
    np.save(tmp_path / "X.npy", X)
    forms = variants(X)
    forms["memory map"] = np.load(tmp_path / "X.npy", mmap_mode="r")
    for name, form in forms.items():
        model = small()
        model.fit(form, y.tolist(), epochs=2, verbose=False)
        assert bits(model) == bits(truth), name
        np.testing.assert_array_equal(model(form), truth(X))


@pytest.mark.parametrize(
    ("X", "y", "error", "sentence"),
    [
        (np.ones((4, 2), "O"), [0] * 4, TypeError, "X has dtype object; expected"),
        ([["a"], ["b"]], [0, 1], TypeError, "X has dtype <U1; expected"),
        (np.ones((4, 2), "c8"), [0] * 4, TypeError, "X has dtype complex64; expected"),
        (np.ones(4), [0] * 4, ValueError, r"X has shape \(4,\); expected 2 dimensions"),
        (np.ones((4, 2, 2)), [0] * 4, ValueError, r"X has shape \(4, 2, 2\)"),
        ([[1, 2], [3]], [0, 1], ValueError, "X is no rectangular array"),
        (np.ones((0, 2)), [], ValueError, r"X is empty: its shape is \(0, 2\)"),
        (np.ones((4, 2)), [0] * 3, ValueError, r"X has 4 rows but y has shape \(3,\)"),
        (np.ones((4, 2)), [0, 1, 2, 3], ValueError, r"y\[3\] is 3.*from 0 to 2"),
        (np.ones((4, 2)), [0, -1, 2, 1], ValueError, r"y\[1\] is -1.*from 0 to 2"),
        (np.ones((4, 2)), [0.5] * 4, TypeError, "y has dtype float64.*are integers"),
        (np.ones((4, 2)), ["a"] * 4, TypeError, "y has strings, but the model knows"),
        (np.ones((4, 2)), np.ones((4, 1), int), ValueError, r"use y.ravel\(\) for lab"),
        (np.ones((4, 2)), np.ones((4, 3)), ValueError, "row 0 of y is no distribution"),
        ([[1, np.nan]] * 4, [0] * 4, ValueError, r"X\[0, 1\] is NaN"),
        ([[1, 2]] * 3 + [[np.inf, 1]], [0] * 4, ValueError, r"X\[3, 0\] is infinite"),
        (np.full((4, 2), 1e300), [0] * 4, ValueError, r"infinite \(as float32\)"),
        (np.ones((4, 3)), [0] * 4, ValueError, "X has 3 columns; expected 2"),
        (np.ma.masked_less([[1.0, 2], [3, 4]], 2), [0, 0], ValueError, "masked values"),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_bad_data_is_refused_and_changes_nothing(engine, X, y, error, sentence):
    model = fitted(engine=engine)
    before, history = bits(model), model.history
    with pytest.raises(error, match=sentence):
        model.fit(X, y, verbose=False)
    with pytest.raises(error, match=sentence):
        model.evaluate(X, y)
    sentence = sentence.replace("but y", "but validation y")
    sentence = sentence.replace("of y is", "of validation y is")
    with pytest.raises(error, match=sentence):
        good, labels = blobs()
        model.fit(good, labels, validation_data=(X, y), verbose=False)
    assert bits(model) == before
    assert model.history is history


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"epochs": -1}, ValueError, "epochs is -1; give a whole number"),
        ({"epochs": 1.5}, TypeError, "epochs is 1.5; give a whole number"),
        ({"batch_size": 0}, ValueError, "batch_size is 0; give a whole number"),
        ({"optimizer": "sgd"}, TypeError, "optimizer is 'sgd'; give a schuss.SGD"),
        (
            {"regularizer": 0.1},
            TypeError,
            "regularizer is 0.1; give a schuss.L2 or the like",
        ),
        ({"validation_data": 3}, TypeError, "validation_data is no pair"),
        ({"shuffle": "no"}, TypeError, "shuffle is 'no'; give True or False"),
    ],
)
def test_bad_options_are_refused_and_change_nothing(options, error, sentence):
    X, y = blobs()
    model = fitted()
    before = bits(model)
    with pytest.raises(error, match=sentence):
        model.fit(X, y, verbose=False, **options)
    assert bits(model) == before


@pytest.mark.parametrize(
    ("layers", "options", "error", "sentence"),
    [
        ([], {}, ValueError, "layers is empty"),
        ([schuss.Rescaling()], {}, ValueError, "layers is empty"),
        ([3], {}, TypeError, "give schuss.Dense layers"),
        ([schuss.Dense(1), schuss.Rescaling()], {}, TypeError, "may be the first"),
        ([schuss.Dense(1, "rleu")], {}, ValueError, "'rleu'; give one of \"identity\""),
        ([schuss.Dense(1)], {"loss": "mse"}, ValueError, "loss is 'mse'; give one of"),
        ([schuss.Dense(1)], {"dtype": "f4"}, ValueError, "dtype is 'f4'; give one of"),
        ([schuss.Dense(1)], {"engine": "gpu"}, ValueError, "engine is 'gpu'; give one"),
        (
            [schuss.Dense(1)],
            {"seed": -1},
            ValueError,
            "seed is -1; give a whole number",
        ),
    ],
)
def test_bad_models_are_refused(layers, options, error, sentence):
    with pytest.raises(error, match=sentence):
        schuss.Model(layers, **options)


def test_bad_weights_are_refused_and_change_nothing():
    model = fitted()
    before, good = bits(model), model.weights
    for wrong, sentence in (
        (good[:1], "got weights for 1 layers; the model has 2"),
        ([good[0], (good[1][0].T, good[1][1])], "weights of layer 1 have shape"),
        (
            [good[0], (good[1][0], good[1][1] * np.nan)],
            r"bias of layer 1\[0, 0\] is NaN",
        ),
    ):
        with pytest.raises(ValueError, match=sentence):
            model.set_weights(wrong)
    assert bits(model) == before


def test_weights_that_do_not_fit_the_data_are_refused():
    model = schuss.Model([schuss.Dense(3, weights=np.ones((4, 3)))])
    with pytest.raises(
        ValueError, match=r"weights of layer 0 have shape \(4, 3\); give"
    ):
        model.fit(*blobs(), verbose=False)


def test_an_unfitted_model_says_so():
    with pytest.raises(RuntimeError, match="no weights yet; call fit, build or set_we"):
        small().predict([[1.0, 2.0]])


@pytest.mark.parametrize("engine", ENGINES)
def test_divergence_names_the_place_and_restores_the_weights(engine):
    X, y = blobs()
    layers = [schuss.Dense(8, "relu"), schuss.Dense(3)]
    model = schuss.Model(layers, engine=engine).build(2)
    before = bits(model)
    optimizer = schuss.SGD(1e30)
    with pytest.raises(
        FloatingPointError,
        match=r"^the loss stopped being finite in epoch 1, batch \d+, at learning rate "
        r"1e\+30; use a smaller learning rate",
    ):
        model.fit(X, y, optimizer=optimizer, verbose=False)
    assert bits(model) == before
    assert model.history == {}


def test_the_last_finite_epoch_survives_a_later_divergence():
    X, y = blobs()
    layers = [schuss.Dense(8, "relu"), schuss.Dense(3)]
    model, twin = schuss.Model(layers), schuss.Model(layers)
    rates = schuss.StepDecay(1e-2, factor=1e33, every=2)
    with pytest.raises(FloatingPointError, match="in epoch 3"):
        model.fit(X, y, epochs=9, optimizer=schuss.SGD(rates), verbose=False)
    twin.fit(X, y, epochs=2, optimizer=schuss.SGD(1e-2), verbose=False)
    assert bits(model) == bits(twin)
    assert len(model.history["loss"]) == 2


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("epoch", [1, 2, 50])
def test_epochs_before_a_divergence_are_kept_however_they_were_run(engine, epoch):
    X, y = blobs()
    layers = [schuss.Dense(8, "relu"), schuss.Dense(3)]
    model, twin = (schuss.Model(layers, engine=engine) for _ in range(2))
    optimizer = schuss.SGD(lambda step, at: 1e-2 if at < epoch else 1e30)
    with pytest.raises(
        FloatingPointError,
        match=rf"^the loss stopped .* in epoch {epoch + 1}, batch 2,",
    ):
        model.fit(X, y, epochs=90, optimizer=optimizer, verbose=False)
    twin.fit(X, y, epochs=epoch, optimizer=schuss.SGD(1e-2), verbose=False)
    assert bits(model) == bits(twin)
    assert all(values.shape == (epoch,) for values in model.history.values())
    # Going on from there takes the orders that are next.
    for each in (model, twin):
        each.fit(X, y, epochs=2, optimizer=schuss.SGD(1e-2), verbose=False)
    assert bits(model) == bits(twin)


@pytest.mark.parametrize(
    ("rate", "error"),
    [(-1.0, ValueError), (None, TypeError), ("0.1", TypeError), (10**400, ValueError)],
)
def test_a_schedule_that_gives_nonsense_is_refused(rate, error):
    X, y = blobs()
    for model in (fitted(), small()):
        before = bits(model) if model.history else None
        history = model.history
        optimizer = schuss.SGD(lambda step, epoch: rate)
        with pytest.raises(error, match="schedule gave for step 0, epoch 0, is"):
            model.fit(X, y, optimizer=optimizer, verbose=False)
        assert model.history is history
        assert before is None or bits(model) == before
    model.fit(np.ones((4, 5)), [0, 1, 2, 0], verbose=False)  # it was not built


def test_a_schedule_that_fails_later_leaves_the_epoch_before():
    X, y = blobs()
    model, twin = small(), small()
    optimizer = schuss.SGD(lambda step, epoch: 0.1 if epoch < 2 else -1.0)
    with pytest.raises(ValueError, match="epoch 2, is -1.0"):
        model.fit(X, y, epochs=9, optimizer=optimizer, verbose=False)
    twin.fit(X, y, epochs=2, optimizer=schuss.SGD(0.1), verbose=False)
    assert bits(model) == bits(twin)
    assert len(model.history["loss"]) == 2


def test_labels_that_change_during_a_fit_are_not_followed():
    """Labels out of range once led a kernel out of its rows."""
    X, y = blobs()
    y = y.astype(np.int32)

    def schedule(step, epoch):
        y[:] = -2_000_000_000
        return 0.1

    model, twin = small(), small()
    twin.fit(X, y.copy(), epochs=2, optimizer=schuss.SGD(0.1), verbose=False)
    model.fit(X, y, epochs=2, optimizer=schuss.SGD(schedule), verbose=False)
    assert bits(model) == bits(twin)


def test_two_threads_that_fit_one_model_are_told():
    X, y = blobs()
    model, refused, inside = small(), [], threading.Event()

    def schedule(step, epoch):
        if not inside.is_set():
            inside.set()
            thread = threading.Thread(target=fit_too)
            thread.start()
            thread.join()
        return 0.1

    def fit_too():
        try:
            model.fit(X, y, epochs=1, verbose=False)
        except RuntimeError as error:
            refused.append(str(error))

    optimizer = schuss.SGD(lambda step, epoch: schedule(step, epoch) if epoch else 0.1)
    model.fit(X, y, epochs=2, optimizer=optimizer, verbose=False)
    assert len(refused) == 1 and "fitted by another thread" in refused[0]
    model.fit(X, y, epochs=1, verbose=False)


def test_labels_whose_byte_order_is_written_out_are_taken():
    X, y = blobs()
    model, twin = small(), small()
    model.fit(X, y.astype(np.dtype("i4").newbyteorder("<")), epochs=1, verbose=False)
    twin.fit(X, y, epochs=1, verbose=False)
    assert bits(model) == bits(twin)


def test_numbers_of_numpy_do_not_overflow():
    """Eight-bit widths once wrapped around in the scale of the first weights."""
    X, y = schuss.datasets.make_blobs(300, seed=0)
    units, classes = np.uint8(200), y.astype(np.uint8).max() + np.uint8(1)
    layers = [schuss.Dense(units, "tanh"), schuss.Dense(classes)]
    twin = [schuss.Dense(200, "tanh"), schuss.Dense(3)]
    models = [schuss.Model(layers, seed=np.uint8(3)), schuss.Model(twin, seed=3)]
    for model, size in zip(models, (np.uint8(200), 200), strict=True):
        model.fit(X, y, epochs=1, batch_size=size, verbose=False)
    assert bits(models[0]) == bits(models[1])


def test_no_standard_error_is_no_progress(monkeypatch):
    monkeypatch.setattr("sys.stderr", None)
    small().fit(*blobs(), epochs=1)


@pytest.mark.parametrize("engine", ENGINES)
def test_interrupting_a_fit_leaves_a_usable_model(engine):
    X, y = schuss.datasets.load_digits()
    layers = [schuss.Rescaling(1 / 16), schuss.Dense(256, "relu"), schuss.Dense(10)]
    model = schuss.Model(layers, engine=engine).build(64)
    before, pressed = bits(model), []

    def press():
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y, epochs=100_000, verbose=False)
    signal.signal(signal.SIGINT, handler)
    assert time.perf_counter() - pressed[0] < 1.0
    timer.join()
    assert np.isfinite(model.predict_proba(X)).all()
    assert bits(model) != before
    model.fit(X, y, epochs=1, verbose=False)


def test_gradients_equal_central_differences(dtype):
    X, y = blobs()
    check = fitted(dtype=dtype).check_gradients(X[:20], y[:20])
    # Rounding of the gradient in float32; of the differences (eps^(2/3)) in float64.
    assert check.error < (1e-4 if dtype == "float32" else 1e-7)
    assert check.checked == 2 * 8 + 8 + 8 * 3 + 3


def test_summary_counts_parameters(capsys):
    fitted().summary()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["layer", "weights", "parameters", "bytes"]
    assert lines[1].split() == ["Dense", "tanh", "2", "x", "8", "24", "96"]
    assert lines[-1].split() == ["total", "(float32)", "51", "204"]
    small().summary()
    assert "? x 8" in capsys.readouterr().out


def test_progress_is_written_and_can_be_silenced(capsys):
    X, y = blobs()
    small().fit(X, y, epochs=2, validation_data=(X, y))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    for word in (
        "epoch 2/2",
        "loss",
        "val_loss",
        "val_accuracy",
        "examples/s",
        "s in all",
    ):
        assert word in lines[1]
    small().fit(X, y, epochs=2, verbose=False)
    assert capsys.readouterr() == ("", "")


def test_large_data_is_not_copied():
    X = np.zeros((200_000, 50), np.float32)
    y = np.zeros(len(X), np.int32)
    model = schuss.Model([schuss.Dense(2)])
    tracemalloc.start()
    model.fit(X[::-1], y, epochs=1, batch_size=1000, verbose=False)
    model.predict_proba(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < X.nbytes / 4
