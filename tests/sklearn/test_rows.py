"""Rows that belong together, and sparse ones that are read block by block."""

import numpy as np
import pytest

pytest.importorskip("sklearn.base")
sparse = pytest.importorskip("scipy.sparse")
rows = pytest.importorskip("schuss.sklearn.rows")


def test_a_part_keeps_what_belongs_together():
    whole = rows.Rows(np.arange(6).reshape(3, 2), np.arange(3), np.array([1.0, 2, 3]))
    part = whole.part(np.array([2, 0]))
    assert part.X.tolist() == [[4, 5], [0, 1]]
    assert (part.targets.tolist(), part.weights.tolist()) == ([2, 0], [3, 1])
    assert (whole.weight, whole._replace(weights=None).weight) == (6, 3)


@pytest.mark.parametrize("kind", ["csr_matrix", "csc_matrix", "csr_array"])
def test_blocks_are_the_whole(monkeypatch, kind, rng):
    X = rng.normal(size=(10, 4))
    seen = []

    def doubled(block):
        seen.append(len(block))
        return 2 * block

    monkeypatch.setattr(rows, "BLOCK", 3 * 4 * 8)
    assert np.array_equal(rows.in_blocks(doubled, getattr(sparse, kind)(X)), 2 * X)
    assert seen == [3, 3, 3, 1]
    assert np.array_equal(rows.in_blocks(doubled, X), 2 * X)
