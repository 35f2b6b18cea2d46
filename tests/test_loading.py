"""Files are loaded to the bit, go on in another process, and are refused when bad."""

import json
import random
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from children import run

import schuss
from schuss import files, loading
from schuss.safetensors import decode, encode

OPTIMIZERS = [
    schuss.SGD(0.05),
    schuss.SGD(0.05, momentum=0.9, nesterov=True, clip_norm=0.5),
    schuss.Adam(0.01),
    schuss.AdamW(0.01, weight_decay=0.1),
    schuss.RMSprop(0.01, momentum=0.5),
    schuss.Adagrad(0.05),
    schuss.Rprop(0.01),
    schuss.SGD(schuss.Warmup(schuss.CosineDecay(0.1, 20, per="step"), 5), 0.5),
]


def blobs():
    return schuss.datasets.make_blobs(50, classes=3, seed=1)


def model(**options):
    block = [schuss.Dense(4, "relu"), schuss.PReLU(), schuss.Dropout(0.2)]
    layers = [
        schuss.Dense(4, "tanh"),
        schuss.BatchNorm(),
        schuss.Residual(block),
        schuss.Dense(3),
    ]
    return schuss.Model(layers, **{"seed": 4, **options})


def fit(of, epochs=3, **options):
    options = {"batch_size": 20, "verbose": False, **options}
    return of.fit(*blobs(), epochs=epochs, **options)


def bits(of):
    return [array.tobytes() for own in of.weights for array in own]


RESUME = """
import hashlib, sys
import schuss
X, y = schuss.datasets.make_blobs(50, classes=3, seed=1)
for path in sys.argv[1:]:
    model = schuss.load(path)
    model.fit(X, y, epochs=3, batch_size=20, verbose=False, resume=True)
    arrays = [array.tobytes() for own in model.weights for array in own]
    print(hashlib.sha256(b"".join(arrays)).hexdigest())
"""


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_another_process_goes_on_to_the_bit(engine, dtype, tmp_path):
    import hashlib

    paths, expected = [], []
    for number, optimizer in enumerate(OPTIMIZERS):
        whole, half = (model(engine=engine, dtype=dtype) for _ in range(2))
        fit(whole, 6, optimizer=optimizer)
        fit(half, 3, optimizer=optimizer)
        paths.append(str(tmp_path / f"{number}.safetensors"))
        half.save(paths[-1], training_state=True)
        expected.append(hashlib.sha256(b"".join(bits(whole))).hexdigest())
    child = run(RESUME, *paths)
    assert child.stdout.split() == expected, child.stderr


@pytest.fixture(scope="module")
def parts():
    """Tensors and metadata of a file that has all a file may have."""
    own = model()
    fit(own, optimizer=schuss.Adam())
    record = own._record(None) | {"training": own._training(lambda value: value)}
    record |= {"classes": np.array(["a", "b", "c"]), "feature_names": ["u", "v"]}
    return own, *files.to_file(record, [layer.names for layer in own.layers])


@pytest.fixture
def loads(parts, tmp_path):
    """A function that loads a file of other parts, with a checksum that is right."""
    _, tensors, metadata = parts

    def load(change=None, rest=None):
        given, texts = dict(tensors), dict(metadata)
        if change:
            change(given, texts)
        texts["checksum"] = files.checksum(given, texts)
        path = tmp_path / "m.safetensors"
        path.write_bytes(b"".join(encode(given, texts)))
        return schuss.load(path)

    return load


def test_what_a_model_has_beside_comes_back(loads, parts):
    found = loads()
    assert bits(found) == bits(parts[0])
    assert list(found.classes) == ["a", "b", "c"] and found.feature_names == ["u", "v"]


def test_a_preprocessing_is_kept_with_what_it_has_seen(tmp_path):
    X = {"size": [1.0, np.nan, 3.0, 9.0], "kind": ["a", "b", "a", None]}
    layers = [schuss.Dense(2)]
    own = schuss.Model(layers, preprocessing=schuss.TabularPreprocessor(scaling=None))
    own.save(tmp_path / "new")
    assert not schuss.load(tmp_path / "new").preprocessing.is_fitted
    own.fit(X, ["yes", "no", "yes", "no"], verbose=False)
    own.save(tmp_path / "fitted")
    found = schuss.load(tmp_path / "fitted")
    assert found.preprocessing == own.preprocessing
    assert found.preprocessing.feature_names_out == own.preprocessing.feature_names_out
    np.testing.assert_array_equal(found(X), own(X))
    np.testing.assert_array_equal(found.predict(X), own.predict(X))


def test_a_file_that_its_own_library_wrote_anew_is_loaded(tmp_path):
    library = pytest.importorskip("safetensors")
    numpy = pytest.importorskip("safetensors.numpy")
    own, first, second = model(), tmp_path / "a", tmp_path / "b"
    fit(own)
    own.save(first, training_state=True)
    with library.safe_open(first, "numpy") as file:
        metadata = file.metadata()
        np.testing.assert_array_equal(
            file.get_tensor("layers.0.weights"), own.weights[0][0]
        )
    # That library writes tensors, and texts, in an order of its own.
    numpy.save_file(numpy.load_file(first), second, metadata)
    assert bits(schuss.load(second)) == bits(own)


def replaced(key, old, new):
    def change(tensors, metadata):
        text = metadata[key].replace(old, new, 1)
        assert text != metadata[key]
        metadata[key] = text

    return change


def array(name, value):
    def change(tensors, metadata):
        assert name in tensors
        tensors[name] = value

    return change


def without(key):
    def change(tensors, metadata):
        del (metadata if key in metadata else tensors)[key]

    return change


DEEP = '{"class":"Residual","layers":[' * 300 + "0" + "]}" * 300

BAD = [
    (without("format"), "is a safetensors file, but none that Model.save wrote"),
    (replaced("format_version", "1", "2"), "format has version '2', written by schuss"),
    (without("model"), "the metadata has no 'model'"),
    (without("epochs"), "the metadata has no 'epochs'"),
    (replaced("epochs", "3", "-3"), "epochs is -3; give a whole number"),
    (replaced("epochs", "3", "{"), "epochs cannot be read as JSON"),
    (replaced("model", '{"layers"', "["), "model cannot be read as JSON"),
    (replaced("model", "{", '{"seed":1,'), "the key 'seed' comes twice"),
    (replaced("model", "layers", "levels"), "description of a model has 'levels'"),
    (replaced("model", "Dense", "os.system"), "class is 'os.system'; give one of"),
    (replaced("model", "Dropout", "SGD"), "SGD has no setting 'rate'"),
    (replaced("model", "0.2", "1e999"), "number 1e999 is not finite"),
    (replaced("model", "0.2", "NaN"), "number NaN is not finite"),
    (replaced("model", "0.2", "1e39"), "rate is 1e[+]39; give a number"),
    (replaced("model", "tanh", "sine"), "activation of layer 0 is 'sine'"),
    (replaced("model", "float32", "float16"), "dtype is 'float16'; give one of"),
    (replaced("model", "float32", "float64"), "layer 0 has dtype float32, and the mod"),
    (replaced("model", '"units":4', '"units":5'), "a Residual adds its 5 inputs to it"),
    (replaced("model", '"units":3', '"units":5'), "weights of layer 4 have shape"),
    (
        replaced("model", '"units":3', '"units":2147483647'),
        "weights of layer 4 have shape .*; give shape .4, 2147483647.",
    ),
    (replaced("model", '{"class":"BatchNorm"', DEEP + ',{"class":"BatchNorm"'), "deep"),
    (without("layers.0.weights"), "weights of layer 0 is not in the file"),
    (array("layers.0.weights", np.zeros((3, 4), "f4")), "the optimizer|state of Adam"),
    (array("layers.0.weights", np.zeros((2, 4))), "layer 0 has dtype float64, and"),
    (array("layers.0.weights", np.zeros((0, 4), "f4")), "weights of layer 0|inputs is"),
    (array("layers.0.weights", np.zeros(8, "f4")), "weights of layer 0 have shape"),
    (array("layers.0.bias", np.full(4, np.nan, "f4")), "bias of layer 0"),
    (array("layers.1.variance", np.full(4, -1, "f4")), "variance of layer 1 has numb"),
    (without("layers.4.bias"), "bias of layer 4 is not in the file"),
    (without("optimizer.1.layers.4.bias"), "bias of layer 4 is not in the file"),
    (array("optimizer.1.layers.4.bias", np.zeros(9, "f4")), "state of Adam.*not fit"),
    (array("history.loss", np.zeros(4)), "history .* it should have a float64 for ea"),
    (array("history.loss", np.zeros((3, 1))), "history .* it should have a float64"),
    (array("history.loss", np.zeros(3, "f4")), "history 'loss' has .* float32; it"),
    (replaced("training", '"epoch":3', '"epoch":0.5'), "epoch is 0.5; give a whole"),
    (replaced("training", '"steps":9', f'"steps":{2**70}'), "steps is [0-9]*; give a"),
    (replaced("training", '"step"', '"stop"'), "position is .*; it should have"),
    (replaced("training", "position", "places"), "training is .*; it should have"),
    (replaced("training", "Adam", "Huber"), "Huber has no setting"),
    (replaced("training", '"Adam"', '"AdamX"'), "class is 'AdamX'"),
    (replaced("classes", "str", "int64"), "classes are .*; they should be labels"),
    (replaced("classes", '"a"', "1"), "classes are .*; they should be labels"),
    (replaced("classes", "{", "[{"), "classes cannot be read as JSON"),
    (replaced("classes", "str", "complex"), "classes are .*; they should be labels"),
    (replaced("feature_names", '"u"', "1"), "feature_names are .*; they should be te"),
    (replaced("feature_names", '["u","v"]', "{}"), "feature_names are {}; they shou"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD, ids=[bad[1][:40] for bad in BAD])
def test_what_is_wrong_is_told_in_a_sentence(loads, change, sentence):
    with pytest.raises(ValueError, match=sentence) as refused:
        loads(change)
    told = str(refused.value)
    assert "m.safetensors cannot be loaded: " in told and "\n" not in told


@pytest.mark.parametrize("name", ["more", "layers.9.weights", "layers.0.more"])
def test_tensors_that_nobody_owns_are_refused(loads, name):
    def add(tensors, metadata):
        tensors[name] = np.zeros(2)

    with pytest.raises(ValueError, match=f"there is a tensor '{name}', which no"):
        loads(add)


def test_a_training_without_weights_is_refused(loads):
    def drop(tensors, metadata):
        for name in list(tensors):
            if name.startswith("layers."):
                del tensors[name]

    with pytest.raises(ValueError, match="a position of a training, but no weights"):
        loads(drop)


def test_lbfgs_goes_on_from_nothing(loads):
    pytest.importorskip("scipy")

    def change(tensors, metadata):
        training = json.loads(metadata["training"])
        training["position"]["optimizer"] = {"class": "LBFGS"}
        metadata["training"] = json.dumps(training)

    with pytest.raises(ValueError, match="optimizer is LBFGS.*, with which no fit"):
        loads(change)


def test_another_kind_of_file_is_called_so(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("length,width,species\n1,2,setosa\n")
    with pytest.raises(ValueError, match="does not begin as a file in the format safe"):
        schuss.load(path)


def test_every_cut_and_every_flipped_bit_is_noticed(parts, tmp_path):
    own, path = parts[0], tmp_path / "m"
    own.save(path)
    good = path.read_bytes()
    chance = random.Random(1)
    for length in [*range(16), *(chance.randrange(len(good)) for _ in range(40))]:
        path.write_bytes(good[:length])
        with pytest.raises(ValueError, match="cannot be loaded: .*take another copy"):
            schuss.load(path)
    start = 8 + int.from_bytes(good[:8], "little")
    for place in range(start, len(good), 7):
        bad = bytearray(good)
        bad[place] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        with pytest.raises(ValueError, match="the checksum is wrong"):
            schuss.load(path)


TOKENS = [
    *(b"0", b"-1", b"1.5", b"1e999", b"NaN", b"null", b"true", b"[]", b"{}", b"[[1]]"),
    *(b"4294967296", b"9223372036854775807", b"99999999999999999999", b'"x"', b"\xff"),
    *(b'"F64"', b'"BOOL"', b'\\"Sum\\"', b'\\"Dense\\"', b'\\"class\\":', b"\\ud800"),
]
WORD = re.compile(rb'(?<![\w.])-?\d[\d.e-]*|null|true|false|"\w+"|\\"\w+\\"')


def mutated(good, chance):
    """The same file with some bits, bytes, words or lengths that are others."""
    bad, length = bytearray(good), int.from_bytes(good[:8], "little")
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        first = chance.randrange(min(8 + length, len(bad)) or 1)
        last = first + chance.randrange(1, 12)
        kind = chance.randrange(8)
        if kind == 0:
            bad[first:last] = bytes(chance.randrange(256) for _ in bad[first:last])
        elif kind == 1:
            del bad[first:last]
        elif kind == 2:
            bad[first:first] = bad[first:last]
        elif kind == 3:
            lengths = (0, 1, length - 1, length + 8, 2**63, 2**64 - 1, len(bad))
            bad[:8] = chance.choice(lengths).to_bytes(8, "little")
        else:
            words = list(WORD.finditer(bad, 8, 8 + length))
            if words:
                word = chance.choice(words)
                new = chance.choice([*TOKENS, chance.choice(words).group()])
                bad[word.start() : word.end()] = new
                length += len(new) - len(word.group())
                bad[:8] = max(length, 0).to_bytes(8, "little")
    return bytes(bad)


@pytest.mark.parametrize("sealed", [True, False])
def test_chance_makes_no_file_that_does_harm(parts, tmp_path, monkeypatch, sealed):
    """Without the checksum, to try what stands behind it, other models are loaded."""
    own, tensors, metadata = parts
    path, chance = tmp_path / "m", random.Random(sealed)
    files.write(path, tensors, metadata)
    good, loaded = path.read_bytes(), 0
    if not sealed:
        monkeypatch.setattr(files, "checksum", lambda tensors, texts: texts["checksum"])
    tracemalloc.start()
    for _ in range(250):
        path.write_bytes(mutated(good, chance))
        try:
            found = schuss.load(path)
        except ValueError as error:
            assert str(error).startswith(f"{path} cannot be loaded: ")
        else:
            loaded += 1
            assert not sealed or bits(found) == bits(own)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200 * len(good)
    assert loaded < 200


VALUES = [
    *(0, -1, 1.5, 1e300, 2**31 - 1, 2**64, 2**200, None, True, "", "relu", "step"),
    *([], {}, [[1.0]], [None] * 3, {"1": 2}, {"class": []}),
    *({"class": "Dense", "units": 4}, {"class": "PReLU"}, {"class": "Hinge"}),
    *({"class": "Sum", "terms": []}, {"class": "SGD"}, {"class": "Residual"}),
    {"class": "Pinball", "quantiles": [0.5]},
]


def shuffled(tree, chance):
    """The same plain data with a value that is another, at some depth."""
    keys = list(tree) if isinstance(tree, dict) else range(len(tree))
    if not keys:
        return tree
    key, copied = chance.choice(keys), tree.copy()
    inner = copied[key]
    if isinstance(inner, dict | list) and inner and chance.random() < 0.8:
        copied[key] = shuffled(inner, chance)
    elif chance.random() < 0.2:
        del copied[key]
    elif isinstance(tree, list) and chance.random() < 0.3:
        copied.append(chance.choice([*tree, *VALUES]))
    else:
        copied[key] = chance.choice([*VALUES, *(tree[each] for each in keys)])
    return copied


def test_chance_makes_no_description_that_does_harm(loads, tmp_path):
    """Nor does a file whose tensors, sound by themselves, are none for a model."""
    chance, told = random.Random(2), set()

    def change(tensors, metadata):
        for _ in range(chance.choice((1, 1, 2))):
            key = chance.choice(["model", "training", "classes", "epochs"])
            tree = shuffled({key: json.loads(metadata[key])}, chance)
            metadata[key] = json.dumps(tree.get(key))
        if chance.random() < 0.3:
            name, other = (chance.choice(list(tensors)) for _ in range(2))
            tensors[name] = tensors[other][: chance.choice((None, 0, 1))]

    loaded = 0
    for _ in range(500):
        try:
            loads(change)
        except ValueError as error:
            head, _, sentence = str(error).partition(" cannot be loaded: ")
            assert head == str(tmp_path / "m.safetensors")
            told.add(sentence[:20])
        else:
            loaded += 1
    assert loaded < 400 and len(told) > 30


def test_a_claim_of_gigabytes_takes_none(tmp_path):
    header = {"a": {"dtype": "U8", "shape": [2**32], "data_offsets": [0, 2**32]}}
    text = json.dumps(header).encode()
    path = tmp_path / "m"
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(900))
    tracemalloc.start()
    with pytest.raises(ValueError, match=f"takes bytes 0 to {2**32} of 900"):
        schuss.load(path)
    assert tracemalloc.get_traced_memory()[1] < 10**6
    tracemalloc.stop()


def test_a_file_that_is_not_there_is_the_systems_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        schuss.load(tmp_path / "no")
    with pytest.raises(OSError):
        schuss.load(tmp_path)


def blocks_of_the_page(language):
    page = Path(__file__).parents[1] / "docs" / "files.md"
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.S)


def test_the_page_tells_how_to_check_a_file(tmp_path, monkeypatch):
    pytest.importorskip("safetensors")
    (code,) = (code for code in blocks_of_the_page("python") if "hashlib" in code)
    own = model(dtype="float64")
    fit(own)
    monkeypatch.chdir(tmp_path)
    own.save("digits.safetensors", training_state=True)
    found = {}
    exec(code, found)
    assert len(found["expected"]) == 64


def test_the_page_tells_how_to_describe_a_model():
    (text,) = blocks_of_the_page("json")
    described = schuss.Model.from_description(json.loads(text)).build(64)
    assert len(described.layers) == 4 and described.loss.label_smoothing == 0.1


def test_nothing_in_a_file_is_run():
    """No module here can run what it reads."""
    for module in (loading, files):
        text = Path(module.__file__).read_text()
        assert not re.search(r"pickle|eval\(|exec\(|import_module|__import__", text)


def test_decoding_copies_nothing(parts):
    content = b"".join(encode(*parts[1:]))
    tensors, _ = decode(content)
    assert not any(tensor.flags.owndata for tensor in tensors.values())
