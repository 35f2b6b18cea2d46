"""Data larger than one likes to have in memory: mapped, or in parts."""

import json
import sys

import numpy as np
import pytest
from children import run

import schuss

TRAIN = """
import json, sys
import numpy as np
import schuss

rows, columns = 262_144, 1024
file = np.memmap(sys.argv[1], np.float32, "w+", shape=(rows, columns))
for first in range(0, rows, 4096):
    block = np.random.default_rng(first).random((4096, columns), np.float32)
    file[first : first + 4096] = block
file.flush()
del file, block
X = np.memmap(sys.argv[1], np.float32, "r", shape=(rows, columns))
y = np.arange(rows) % 2


def own_kilobytes():
    for line in open("/proc/self/status"):
        if line.startswith("RssAnon"):
            return int(line.split()[1])


seen = []
model = schuss.Model([schuss.Dense(16, "relu"), schuss.Dense(2)])
model.fit(X[:64], y[:64], epochs=1, verbose=False)
before = own_kilobytes()


class Watch(schuss.Callback):
    def on_batch_end(self, batch, logs):
        if batch % 16 == 0:
            seen.append(own_kilobytes())


model.fit(X, y, epochs=1, batch_size=1024, callbacks=[Watch()], verbose=False)
model.evaluate(X, y)
model.predict(X)
seen.append(own_kilobytes())
print(json.dumps([before, max(seen)]))
"""


def test_a_memory_map_trains_the_bits_that_its_array_trains(tmp_path):
    X, y = schuss.datasets.make_moons(64, seed=0)
    file = np.memmap(tmp_path / "X", X.dtype, "w+", shape=X.shape)
    file[:] = X
    file.flush()
    found = []
    for given in (X, np.memmap(tmp_path / "X", X.dtype, "r", shape=X.shape)):
        model = schuss.Model([schuss.Dense(4, "tanh"), schuss.Dense(2)])
        model.fit(given, y, epochs=2, verbose=False)
        found.append([array.tobytes() for pair in model.weights for array in pair])
        found[-1].append(model.predict(given).tobytes())
    assert found[0] == found[1]


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_resumed_fits_on_parts_are_one_fit_on_the_whole(engine):
    X, y = schuss.datasets.make_moons(96, seed=0)
    names = np.array(["lower", "upper"])[y]
    options = {
        "optimizer": schuss.Adam(schuss.InverseTimeDecay(0.01, rate=0.1, per="step"))
    }
    options |= {"shuffle": False, "batch_size": 16, "verbose": False}
    found = []
    for parts in (1, 3):
        layers = [schuss.Dense(4, "tanh"), schuss.Dense(2)]
        model = schuss.Model(layers, engine=engine, seed=1)
        for rows in np.split(np.arange(96), parts):
            model.fit(X[rows], names[rows], epochs=1, resume=True, **options)
        found.append([array.tobytes() for pair in model.weights for array in pair])
    assert found[0] == found[1]


def test_a_parquet_file_trains_batch_by_batch(tmp_path):
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rng = np.random.default_rng(0)
    town = rng.choice(["Bern", "Oslo", "Rome"], 96)
    table = pa.table({"size": rng.normal(9, 3, 96), "town": town, "sold": town > "C"})
    parquet.write_table(table, tmp_path / "houses")
    own = schuss.TabularPreprocessor().fit(table.drop_columns("sold"))
    options = {"shuffle": False, "epochs": 1, "batch_size": 16, "verbose": False}

    def new():
        return schuss.Model([schuss.Dense(2)], preprocessing=own)

    whole, parts = new(), new()
    whole.fit(table.drop_columns("sold"), table["sold"], **options)
    for batch in parquet.ParquetFile(tmp_path / "houses").iter_batches(32):
        X, y = batch.select(["size", "town"]), batch["sold"]
        parts.fit(X, y, resume=True, **options)
    assert parts.weights[0][0].tobytes() == whole.weights[0][0].tobytes()
    assert parts.classes.tolist() == [False, True]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what memory is whose")
def test_a_gigabyte_on_disk_is_none_in_memory(tmp_path):
    result = run(TRAIN, str(tmp_path / "X"), timeout=300)
    assert not result.stderr
    before, after = json.loads(result.stdout)
    # Labels, order and predictions of 262,144 rows have 8 bytes each, at most; rows of
    # the file are told from memory of one's own by the kernel.
    assert after - before < 64 * 1024
