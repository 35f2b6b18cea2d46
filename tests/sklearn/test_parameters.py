"""Parameters: kept as they were given, one for each layer."""

import pytest

pytest.importorskip("sklearn.base")
parameters = pytest.importorskip("schuss.sklearn.parameters")


def test_arguments_are_kept_as_they_are():
    class Kept:
        def __init__(self, a, b=(1,)):
            parameters.keep(self, locals())

    given = [2]
    assert vars(Kept(given)) == {"a": given, "b": (1,)}
    assert Kept(given).a is given


def test_one_for_all_or_one_for_each():
    assert parameters.per_layer("dropout", 0.5, 2) == [0.5, 0.5]
    assert parameters.per_layer("dropout", (0.5, 0), 2) == [0.5, 0]
    with pytest.raises(ValueError, match=r"dropout is \[0.5\], and there are 2 hidden"):
        parameters.per_layer("dropout", [0.5], 2)
