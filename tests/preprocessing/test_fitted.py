"""What was learned goes through JSON and arrays and back, or is refused as damaged."""

import json

import numpy as np
import pytest

from schuss.preprocessing.categories import Categorical
from schuss.preprocessing.fitted import Fitted
from schuss.preprocessing.frames import read_table
from schuss.preprocessing.numeric import Numeric

COLUMNS = (
    Numeric("size", 1 / 3, 2.0, 0.1, gaps=True),
    Categorical("town", "strings", ("Oslo", "Rome"), others=False, gaps=True),
    Categorical("open", "truth values", (False, True), others=False, gaps=False),
    Categorical("zip", "numbers", (1.5, 75001.0), others=True, gaps=False),
    Numeric("count", 0.0, 1.0, 0.0, gaps=False),
)
FITTED = Fitted(COLUMNS, named=True)


def test_json_and_arrays_tell_all():
    description, arrays = FITTED.state()
    assert all(array.dtype == np.float64 for array in arrays.values())
    again = Fitted.from_state(json.loads(json.dumps(description)), arrays)
    assert again == FITTED and again.outputs == FITTED.outputs


def test_columns_are_matched_by_name_and_kind():
    cells = {"count": [1], "zip": [2], "open": [None], "town": ["x"], "size": [3]}
    columns = FITTED.matched(read_table(cells, "X"))
    assert [column.name for column in columns] == FITTED.names
    nameless = FITTED.matched(read_table([[3, "x", True, 2, 1]], "X"))
    assert [column.kind for column in nameless][:2] == ["numbers", "strings"]


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (
            {"size": ["big"]},
            TypeError,
            "'size' of X has strings, and in the fit it had",
        ),
        ({"open": [1]}, TypeError, "'open' of X has numbers.*had truth values"),
        ({"town": [1]}, TypeError, "'town' of X has numbers.*had strings"),
        ({"new": [1]}, ValueError, "X has the unknown column 'new'; give the 5"),
        ({"size": None}, ValueError, "X lacks column 'size'; give the 5 columns"),
    ],
)
def test_other_tables_are_refused_by_name(change, error, sentence):
    cells = {"size": [3], "town": ["x"], "open": [True], "zip": [2], "count": [1]}
    cells = {key: own for key, own in (cells | change).items() if own}
    with pytest.raises(error, match=sentence):
        FITTED.matched(read_table(cells, "X"))
    with pytest.raises(ValueError, match="X has 2 columns; expected 5"):
        FITTED.matched(read_table([[1, 2]], "X"))


def damage(description, arrays, path, value):
    *way, last = path
    place = {"arrays": arrays, **description}
    for step in way:
        place = place[step]
    if not way:
        description[last] = value
    else:
        place[last] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("named",), 1),
        (("columns",), []),
        (("columns",), "x"),
        (("columns", 0), 5),
        (("columns", 0, "name"), None),
        (("columns", 0, "gaps"), 0),
        (("columns", 1, "name"), "size"),
        (("columns", 1, "kind"), "dates"),
        (("columns", 1, "kind"), "numbers"),
        (("columns", 1, "categories"), []),
        (("columns", 1, "categories"), ["a", 1]),
        (("columns", 1, "others"), None),
        (("columns", 4, "categories"), ["a"]),
        (("arrays", "center"), np.zeros(3)),
        (("arrays", "center"), np.zeros(2, np.float32)),
        (("arrays", "median"), np.array([np.nan, 0])),
        (("arrays", "scale"), np.array([0.0, 1])),
    ],
)
def test_damage_is_told(path, value):
    description, arrays = FITTED.state()
    damage(description, arrays, path, value)
    with pytest.raises(ValueError, match="the state of a TabularPreprocessor is damag"):
        Fitted.from_state(description, arrays)
