"""Real penguins: numbers, categories and gaps, from the table to the species.

K. B. Gorman, T. D. Williams and W. R. Fraser, 2014: 344 penguins of three species; 11
of unknown sex, 2 without measurements.
"""

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest

import schuss

NUMBERS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def penguins():
    pytest.importorskip("palmerpenguins")
    origin = importlib.util.find_spec("palmerpenguins").origin
    with (Path(origin).parent / "data" / "penguins.csv").open() as file:
        rows = list(csv.DictReader(file))
    table = {}
    for name in rows[0]:
        cells = [None if row[name] in ("NA", "") else row[name] for row in rows]
        if name in NUMBERS:
            cells = [None if cell is None else float(cell) for cell in cells]
        table[name] = cells
    del table["year"]
    return table, np.array(table.pop("species"))


def model():
    layers = [schuss.Dense(16, "relu"), schuss.Dense(3)]
    return schuss.Model(layers, preprocessing=True, seed=0)


def trained(table, species, rows):
    own = model()
    part = {name: [cells[row] for row in rows] for name, cells in table.items()}
    own.fit(part, species[rows], epochs=40, optimizer=schuss.Adam(0.01), verbose=False)
    return own


def test_species_are_told_from_a_table_with_gaps():
    table, species = penguins()
    assert len(species) == 344 and table["sex"].count(None) == 11
    order = np.random.default_rng(0).permutation(344)
    own = trained(table, species, order[:244])
    assert own.classes.tolist() == ["Adelie", "Chinstrap", "Gentoo"]
    assert own.feature_names == ["island", *NUMBERS, "sex"]
    rest = {name: [cells[row] for row in order[244:]] for name, cells in table.items()}
    # The largest class alone has 44 %.
    assert own.evaluate(rest, species[order[244:]])["accuracy"] >= 0.95
    outputs = own.preprocessing.feature_names_out
    assert outputs[:3] == ["island=Biscoe", "island=Dream", "island=Torgersen"]
    assert outputs[-2:] == ["sex=male", "sex is missing"]


def test_frames_of_every_library_train_the_same_bits():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pa = pytest.importorskip("pyarrow")
    table, species = penguins()
    found = []
    for kind in (dict, pandas.DataFrame, polars.DataFrame, pa.table):
        own = model()
        frame = kind(table)
        own.fit(frame, species, epochs=2, verbose=False)
        found.append([array.tobytes() for pair in own.weights for array in pair])
        assert own.predict(frame[:5] if kind is not dict else table)[0] in own.classes
    assert found[0] == found[1] == found[2] == found[3]
